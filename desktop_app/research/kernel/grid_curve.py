"""The course of a grid's run: what research/curves computes of every candle, a stretch at a time between fills."""

import numpy as np

from desktop_app.research.kernel.formulas import Real, Whole
from desktop_app.research.kernel.jit import compiled, inner

STRETCH = 64  # candles whose extremes are looked at as one

# What comes back, besides the values of the days.
FALL = 0
DEEPEST = 1
IN_MARKET = 2  # candles
FIRST = 3
PEAK = 4
RESULTS = 5


@inner
def _look(i: int, stop: int, before: float, held: float, share: float, lost: float, is_open: bool, close: Real,
          low: Real, close_tops: Real, close_bottoms: Real, low_bottoms: Real, results: Real) -> None:  # fmt: skip
    """Candles i…stop−1, through which cash and coins stay what they are.

    The worth of a price never falls as the price rises, not even rounded: so the extremes of a stretch are enough,
    but where it both makes a new high and might fall the deepest.
    """
    if is_open:
        results[IN_MARKET] += stop - i
    while i < stop:
        if i % STRETCH == 0 and i + STRETCH <= stop:
            block = i // STRETCH
            top = before + held * close_tops[block] * share
            bottom = before + held * close_bottoms[block] * share
            most = max(results[PEAK], top)
            fall = (most - bottom) / (most if most > 0.0 else 1.0)
            if most == results[PEAK] or fall <= results[FALL]:
                results[PEAK] = most
                results[FALL] = max(results[FALL], fall)
                if is_open:
                    results[DEEPEST] = max(results[DEEPEST], lost - held * low_bottoms[block] * share)
                i += STRETCH
                continue
        for k in range(i, min(stop, i + STRETCH - i % STRETCH)):
            equity = before + held * close[k] * share
            peak = max(results[PEAK], equity)
            results[PEAK] = peak
            results[FALL] = max(results[FALL], (peak - equity) / (peak if peak > 0.0 else 1.0))
            if is_open:
                results[DEEPEST] = max(results[DEEPEST], lost - held * low[k] * share)
        i += STRETCH - i % STRETCH


@compiled
def follow_grid(
    close: Real, low: Real, close_tops: Real, close_bottoms: Real, low_bottoms: Real, last_of_day: Whole, candle: Whole,
    cash: Real, coins: Real, funds: float, fee: float, least: float, booked: float, days: Real, results: Real,
) -> None:  # fmt: skip
    """Fill `results`, and `days` with the equity at the end of each UTC day.

    `candle`, `cash`, `coins`: of each fill, and what cash and coins were after it. Less than `least` coins are none.
    `booked`: the profit of the deal, if its last fill ended it; NaN while it runs.
    """
    results[PEAK] = funds
    share, count, total = 1.0 - fee, len(candle), len(close)
    is_over = not np.isnan(booked)
    day, k, i = 0, 0, 0
    while i < total:
        first = k
        while k < count and candle[k] == i:
            k += 1
        stop = i + 1 if k > first else (candle[k] if k < count else total)
        held = coins[k - 1] if k else 0.0
        if abs(held) <= least:
            held = 0.0
        flow = cash[k - 1] if k else 0.0
        is_done = is_over and k == count
        is_open = k > 0 and (not is_done or k > first)
        lost = (booked if is_done else 0.0) - flow
        _look(i, stop, funds + flow, held, share, lost, is_open, close, low, close_tops, close_bottoms, low_bottoms,
              results)  # fmt: skip
        if i == 0:
            results[FIRST] = funds + flow + held * close[0] * share
        while day < len(last_of_day) and last_of_day[day] < stop:
            days[day] = funds + flow + held * close[last_of_day[day]] * share
            day += 1
        i = stop
