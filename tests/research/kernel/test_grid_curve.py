"""The curve of a grid's run, many candles at a time, against every candle one by one."""

import random

import numpy as np
import pytest

from desktop_app.research.kernel import grid_curve
from desktop_app.research.kernel.formulas import Real, Whole
from desktop_app.research.kernel.grid_layout import CLOSE, LOW_OF_BAR, PRICE_COLUMNS, STAYS_OVER, STAYS_UNDER

FUNDS, FEE = 1000.0, 0.001


def one_by_one(
    close: Real, low: Real, candle: Whole, cash: Real, coins: Real, booked: float
) -> tuple[float, float, int, Real]:
    """(largest fall, deepest loss, candles in the market, equity)."""
    equity = np.zeros(len(close))
    peak, fall, deepest, inside = FUNDS, 0.0, 0.0, 0
    for i in range(len(close)):
        done = int((candle <= i).sum())
        flow, held = (cash[done - 1], coins[done - 1]) if done else (0.0, 0.0)
        is_over = not np.isnan(booked) and done == len(candle)
        equity[i] = FUNDS + flow + held * close[i] * (1 - FEE)
        peak = max(peak, equity[i])
        fall = max(fall, (peak - equity[i]) / peak)
        if done and (not is_over or i in candle):
            inside += 1
            lost = (booked if is_over else 0.0) - (FUNDS + flow - FUNDS)
            deepest = max(deepest, lost - held * low[i] * (1 - FEE))
    return fall, deepest, inside, equity


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("booked", [float("nan"), -7.5])
def test_leaping_over_candles_measures_what_looking_at_each_does(seed: int, booked: float) -> None:
    rng = random.Random(seed)
    count = rng.choice([5, 130, 700])
    close = 100 + np.cumsum([rng.gauss(0, 1 if seed % 2 else 0.1) for _ in range(count)])
    low = close - abs(rng.gauss(0, 0.5))
    candle = np.array(sorted(rng.choices(range(count), k=rng.choice([0, 1, 4, 30]))), dtype=np.int64)
    cash = np.array([rng.uniform(-900, 50) for _ in candle])
    coins = np.array([rng.uniform(0, 9) for _ in candle])
    booked = booked if len(candle) else float("nan")
    at = np.arange(count, dtype=np.int64) * 7_200_000
    course, results = grid_curve.course_of(at, close, low), np.zeros(grid_curve.RESULTS)
    days = np.zeros(len(course.last_of_day) + 1)
    rows = np.zeros((len(candle), PRICE_COLUMNS))
    rows[:, STAYS_OVER], rows[:, STAYS_UNDER] = -np.inf, np.inf
    rows[:, CLOSE], rows[:, LOW_OF_BAR] = close[candle], low[candle]
    grid_curve.follow_grid(course, candle, cash, coins, rows, 1.0, FUNDS, FEE, booked, days, results)
    fall, deepest, inside, equity = one_by_one(close, low, candle, cash, coins, booked)
    assert results[grid_curve.FALL] == fall
    assert results[grid_curve.DEEPEST] == pytest.approx(deepest, rel=1e-14)
    assert results[grid_curve.IN_MARKET] == inside
    assert days.tolist() == equity[[0, *course.last_of_day]].tolist()
    assert len(days) == -(-count // 12) + 1
