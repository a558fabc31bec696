"""The course of a kernel's run: what research/curves computes of every candle, many at a time between two fills."""

from typing import NamedTuple

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.research.kernel.daily import rates_of
from desktop_app.research.kernel.formulas import Real, Whole
from desktop_app.research.kernel.jit import compiled, inner
from desktop_app.research.kernel.layout import CLOSE_OF_BAR, FILL_CANDLE, WORST_OF_BAR
from desktop_app.research.ratios import day_ends

_FEW = 16  # candles whose extremes are looked at as one
_MANY = 256
_LESS = 1.0 - 1e-12  # than that is less, whatever floats round off
# Columns of `after`: what the account is like after each fill.
CASH = 0
COINS = 1  # signed: what a short has sold is not less than nothing
BOOKED = 2  # the profit of the deals that are over
IS_OPEN = 3
AFTER_COLUMNS = 4
# What comes back.
FALL = 0
DEEPEST = 1
IN_MARKET = 2  # candles
PEAK = 3
SHARPE = 4  # NaN where it is undefined, as is the next
SORTINO = 5
RESULTS = 6


class Course(NamedTuple):
    """Closing and worst prices, and the extremes of each _FEW and each _MANY candles; negative for a short.

    `last_of_day`: the last candle of each UTC day.
    """

    close: Real
    worst: Real
    few_tops: Real
    few_bottoms: Real
    few_worst: Real
    many_tops: Real
    many_bottoms: Real
    many_worst: Real
    last_of_day: Whole
    close_of_day: Real


def course_of(candles: Candles, side: int) -> Course:
    close = np.ascontiguousarray(side * candles.close)
    worst = np.ascontiguousarray(side * (candles.low if side > 0 else candles.high))
    last_of_day = day_ends(candles.at).astype(np.int64)
    few, many = np.arange(0, len(close), _FEW), np.arange(0, len(close), _MANY)
    return Course(
        close=close,
        worst=worst,
        few_tops=np.maximum.reduceat(close, few),
        few_bottoms=np.minimum.reduceat(close, few),
        few_worst=np.minimum.reduceat(worst, few),
        many_tops=np.maximum.reduceat(close, many),
        many_bottoms=np.minimum.reduceat(close, many),
        many_worst=np.minimum.reduceat(worst, many),
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
def _can_matter_no_more(
    course: Course, start: int, stop: int, base: float, held: float, lost: float, results: Real
) -> bool:  # fmt: skip
    """Whether these candles, and all others of their blocks, make no new high, and fall or lose no deeper than ever."""
    if held == 0.0:
        return bool(base <= results[PEAK] and results[PEAK] - base <= results[FALL] * results[PEAK] * _LESS)
    first, last = start // _MANY, (stop - 1) // _MANY
    top, bottom, worst = -np.inf, np.inf, np.inf
    for many in range(first, last + 1):
        top = max(top, course.many_tops[many])
        bottom = min(bottom, course.many_bottoms[many])
        worst = min(worst, course.many_worst[many])
    peak = results[PEAK]
    if base + held * top > peak or lost - held * worst > results[DEEPEST]:
        return False
    return bool(peak - (base + held * bottom) <= results[FALL] * peak * _LESS)


@inner
def _stretch(course: Course, start: int, stop: int, base: float, held: float, results: Real) -> float:
    """Follow the equity, base + held·price, over these candles; their worst price.

    The worth of coins never falls as the price rises, not even rounded: so extremes of prices are those of worths.
    """
    close, worst, few_tops, few_bottoms, few_worst, many_tops, many_bottoms, many_worst, _, _ = course
    lowest, at = np.inf, start
    while at < stop:
        if at % _FEW == 0 and at + _FEW <= stop:
            if at % _MANY == 0 and at + _MANY <= stop:
                many = at // _MANY
                if _does_pass(base + held * many_tops[many], base + held * many_bottoms[many], results):
                    lowest = min(lowest, many_worst[many])
                    at += _MANY
                    continue
            few = at // _FEW
            if _does_pass(base + held * few_tops[few], base + held * few_bottoms[few], results):
                lowest = min(lowest, few_worst[few])
                at += _FEW
                continue
        end = min(stop, at - at % _FEW + _FEW)
        while at < end:
            _see(base + held * close[at], results)
            lowest = min(lowest, worst[at])
            at += 1
    return lowest


@compiled
def follow(
    course: Course, fills: Whole, prices: Real, scale: float, after: Real, funds: float, share: float, days: Real,
    results: Real,
) -> None:  # fmt: skip
    """Fill `results`, and `days` with the equity at the first candle's end and at that of each UTC day.

    `scale`: units of the fills' `prices` to a quote; `share`: of the coins' worth, what the fee leaves.
    """
    results[PEAK] = funds
    total, count, cash, coins, booked, is_open = len(course.close), len(fills), 0.0, 0.0, 0.0, False
    k, i, day = 0, 0, 0
    while i < total:
        first = k
        while k < count and fills[k, FILL_CANDLE] == i:
            k += 1
        is_here = is_open or k > first
        if k > first:
            cash, coins, booked = after[k - 1, CASH], after[k - 1, COINS], after[k - 1, BOOKED]
            is_open = after[k - 1, IS_OPEN] != 0.0
        stop = i + 1 if k > first else (fills[k, FILL_CANDLE] if k < count else total)
        held = coins * share
        if is_here:
            results[IN_MARKET] += stop - i
        if k > first:
            _see(funds + cash + held * (prices[k - 1, CLOSE_OF_BAR] / scale), results)
            loss = booked - cash - held * (prices[k - 1, WORST_OF_BAR] / scale)
            results[DEEPEST] = max(results[DEEPEST], loss)
        elif not _can_matter_no_more(course, i, stop, funds + cash, held, booked - cash, results):
            lowest = _stretch(course, i, stop, funds + cash, held, results)
            if is_here:
                results[DEEPEST] = max(results[DEEPEST], booked - cash - held * lowest)
        if i == 0:
            days[0] = funds + cash + held * course.close[0]
        while day < len(course.last_of_day) and course.last_of_day[day] < stop:
            days[day + 1] = funds + cash + held * course.close_of_day[day]
            day += 1
        i = stop
    results[SHARPE], results[SORTINO] = rates_of(days)
