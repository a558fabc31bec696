"""The course of an account, against one that is kept candle by candle in the plainest way."""

import random
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from desktop_app.core.deal import Direction
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.backtest import BacktestRefused, BacktestResult, BacktestRules
from desktop_app.research.curves import drawdown_of, make_curves
from desktop_app.research.ratios import DAY_MS, day_ends
from desktop_app.research.trial import try_settings
from tests.research.grid_cases import make_grid_case
from tests.research.random_cases import MINUTE, make_case


def results() -> list[BacktestResult]:
    """Of grids, and of DCA bots in both directions."""
    made: list[BacktestResult] = []
    for seed in range(12):
        case = make_grid_case(random.Random(seed))
        other = make_case(random.Random(seed))
        bot = DcaSettings.model_validate(other.settings)
        for settings, candles in ((case.settings, case.candles), (bot, replace(case, bars=other.bars).candles)):
            try:
                made.append(try_settings(settings, candles, case.market, BacktestRules(MINUTE)))
            except BacktestRefused:
                continue
    return [result for result in made if result.trades]


def test_the_course_is_the_one_that_is_kept_candle_by_candle() -> None:
    found = results()
    assert len(found) > 10
    assert {deal.direction for result in found for deal in result.deals} == set(Direction)
    for result in found:
        curves, fee = make_curves(result), result.market.taker_fee
        cash = held = booked = Decimal(0)
        highest, deepest = float(result.funds), 0.0
        last = {trade.deal: trade.index for trade in result.trades}
        for n in range(len(result.candles)):
            for trade in result.trades:
                if trade.index == n:
                    cash, held = cash + trade.quote, held + trade.base
            booked += sum(deal.profit for deal in result.deals if deal.status.is_over and last[deal.number] == n)
            candle, share = result.candles.candle(n), 1 - fee if held >= 0 else 1 + fee
            worth = float(result.funds + cash + held * candle.close * share)
            assert curves.equity[n] == pytest.approx(worth, rel=1e-12)
            highest = max(highest, worth)
            deepest = max(deepest, (highest - worth) / highest)
            is_long = all(deal.direction is Direction.LONG for deal in result.deals)
            worst = cash - booked + held * (candle.low if is_long else candle.high) * share
            shown = float(worst) if curves.is_in_market[n] else 0.0
            assert curves.floating[n] == pytest.approx(shown, rel=1e-9, abs=1e-9)
        assert curves.max_drawdown == pytest.approx(deepest, rel=1e-9, abs=1e-12)


def test_a_long_curve_falls_from_the_highest_point_of_all_that_came_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_app.research.curves._BLOCK", 3)
    assert drawdown_of(np.array([10.0, 12.0, 11.0, 11.0, 9.0, 13.0, 12.5]), 5.0) == pytest.approx(0.25)
    assert drawdown_of(np.array([4.0, 4.5]), 5.0) == pytest.approx(0.2)


def test_each_day_that_has_a_candle_ends_with_its_last_one() -> None:
    rng = np.random.default_rng(2)
    for _ in range(50):
        at = np.cumsum(rng.choice([60_000, 3_600_000, DAY_MS, 3 * DAY_MS], 30)) + 1_600_000_000_000
        days = at // DAY_MS
        assert day_ends(at).tolist() == np.flatnonzero(np.append(days[1:] != days[:-1], True)).tolist()
