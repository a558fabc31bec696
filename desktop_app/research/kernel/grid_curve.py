"""The course of a grid's run: what research/curves computes of every candle, many at a time between two fills."""

from typing import NamedTuple

import numpy as np

from desktop_app.research.kernel.daily import rates_of
from desktop_app.research.kernel.formulas import Real, Whole
from desktop_app.research.kernel.grid_layout import CLOSE, LOW_OF_BAR, STAYS_OVER, STAYS_UNDER
from desktop_app.research.kernel.jit import compiled, inner
from desktop_app.research.ratios import day_ends

FEW = 16  # candles whose extremes are looked at as one
MANY = 128
_UP, _LESS = 1.0 + 1e-12, 1.0 - 1e-12  # beyond whatever floats round off

# What comes back.
FALL = 0
DEEPEST = 1
IN_MARKET = 2  # candles
PEAK = 3
SHARPE = 4  # NaN where it is undefined, as is the next
SORTINO = 5
RESULTS = 6


class Course(NamedTuple):
    """Prices of every candle, and the extremes of each FEW and each MANY candles. In quote.

    `last_of_day`: the last candle of each UTC day.
    """

    close: Real
    low: Real
    few_tops: Real
    few_bottoms: Real
    few_lows: Real
    many_tops: Real
    many_bottoms: Real
    many_lows: Real
    last_of_day: Whole
    close_of_day: Real


def course_of(at: Whole, close: Real, low: Real) -> Course:
    last_of_day = day_ends(at).astype(np.int64)
    few, many = np.arange(0, len(close), FEW), np.arange(0, len(close), MANY)
    return Course(
        close=np.ascontiguousarray(close, dtype=np.float64),
        low=np.ascontiguousarray(low, dtype=np.float64),
        few_tops=np.maximum.reduceat(close, few),
        few_bottoms=np.minimum.reduceat(close, few),
        few_lows=np.minimum.reduceat(low, few),
        many_tops=np.maximum.reduceat(close, many),
        many_bottoms=np.minimum.reduceat(close, many),
        many_lows=np.minimum.reduceat(low, many),
        last_of_day=last_of_day,
        close_of_day=close[last_of_day],
    )


@inner
def _does_pass(top: float, bottom: float, results: Real) -> bool:
    """Whether these extremes of some candles' equity are enough. Not where they make a new high and might then fall
    deeper than ever, for that takes the order of their prices."""
    peak = results[PEAK]
    if top <= peak and peak - bottom <= results[FALL] * peak * _LESS:
        return True
    most = max(peak, top)
    fall = (most - bottom) / (most if most > 0.0 else 1.0)
    if most > peak and fall > results[FALL]:
        return False
    results[PEAK] = most
    results[FALL] = max(results[FALL], fall)
    return True


@inner
def _see(equity: float, results: Real) -> None:
    """One candle's."""
    results[PEAK] = max(results[PEAK], equity)
    _does_pass(equity, equity, results)


@inner
def _can_matter_no_more(before: float, lost: float, coins: float, over: float, under: float, results: Real) -> bool:
    """Whether no price between these two could make a new high, or fall or lose more than ever."""
    if coins <= 0.0:
        return False
    top, bottom, peak = before + coins * under * _UP, before + coins * over * _LESS, results[PEAK]
    if not top <= peak or not lost - coins * over * _LESS <= results[DEEPEST]:
        return False
    return bool(peak - bottom <= results[FALL] * peak * _LESS)


@inner
def _stretch(course: Course, start: int, stop: int, before: float, held: float, share: float, results: Real) -> float:
    """Follow the equity over these candles; their lowest price."""
    close, low, few_tops, few_bottoms, few_lows, many_tops, many_bottoms, many_lows, _, _ = course
    lowest, at = np.inf, start
    while at < stop:
        if at % FEW == 0 and at + FEW <= stop:
            many, few = at // MANY, at // FEW
            if at % MANY == 0 and at + MANY <= stop:
                top, bottom = before + held * many_tops[many] * share, before + held * many_bottoms[many] * share
                if _does_pass(top, bottom, results):
                    lowest = min(lowest, many_lows[many])
                    at += MANY
                    continue
            top, bottom = before + held * few_tops[few] * share, before + held * few_bottoms[few] * share
            if _does_pass(top, bottom, results):
                lowest = min(lowest, few_lows[few])
                at += FEW
                continue
        end = min(stop, at - at % FEW + FEW)
        while at < end:
            _see(before + held * close[at] * share, results)
            lowest = min(lowest, low[at])
            at += 1
    return lowest


@compiled
def follow_grid(
    course: Course, candle: Whole, cash: Real, coins: Real, rows: Real, scale: float, funds: float, fee: float,
    booked: float, days: Real, results: Real,
) -> None:  # fmt: skip
    """Fill `results`, and `days` with the equity at the first candle's end and at that of each UTC day.

    `candle`, `cash`, `coins`: of each fill, and what cash and coins were after it. `rows`: its prices, as many as
    `scale` to a quote, among them those between which the price stays to the next fill's candle.
    `booked`: the profit of the deal, if its last fill ended it; NaN while it runs.

    The worth of coins never falls as the price rises, not even rounded: so extremes of prices are those of worths.
    """
    results[PEAK] = funds
    share, count, total, is_over = 1.0 - fee, len(candle), len(course.close), not np.isnan(booked)
    held, before, is_done = 0.0, funds, False
    k, i, day = 0, 0, 0
    while i < total:
        first = k
        while k < count and candle[k] == i:
            k += 1
        if k > first:
            held, before = coins[k - 1], funds + cash[k - 1]
            is_done = is_over and k == count
        stop = i + 1 if k > first else (candle[k] if k < count else total)
        if i == 0:
            days[0] = before + held * course.close[0] * share
        while day < len(course.last_of_day) and course.last_of_day[day] < stop:
            days[day + 1] = before + held * course.close_of_day[day] * share
            day += 1
        lost = (booked if is_done else 0.0) - (before - funds)
        lowest = np.inf
        if k > first:
            lowest = rows[k - 1, LOW_OF_BAR] / scale
            _see(before + held * (rows[k - 1, CLOSE] / scale) * share, results)
        elif k == 0 or not _stays(before, lost, held * share, rows[k - 1], scale, results):
            lowest = _stretch(course, i, stop, before, held, share, results)
        if k > 0 and (not is_done or k > first):
            results[IN_MARKET] += stop - i
            results[DEEPEST] = max(results[DEEPEST], lost - held * lowest * share)
        i = stop
    results[SHARPE], results[SORTINO] = rates_of(days)


@inner
def _stays(before: float, lost: float, worth: float, row: Real, scale: float, results: Real) -> bool:
    low, high = row[STAYS_OVER] / scale, row[STAYS_UNDER] / scale
    return _can_matter_no_more(before, lost, worth, low, high, results)
