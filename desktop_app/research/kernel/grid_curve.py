"""The course of a grid's run: what research/curves computes of every candle, many at a time between two fills."""

from typing import NamedTuple

import numpy as np

from desktop_app.research.kernel.formulas import Real, Whole
from desktop_app.research.kernel.jit import compiled, inner

FEW = 16  # candles whose extremes are looked at as one
MANY = 128
_UP, _DOWN = 1.0 + 1e-12, 1.0 - 1e-12

# What comes back.
FALL = 0
DEEPEST = 1
IN_MARKET = 2  # candles
PEAK = 3
RESULTS = 4


class Course(NamedTuple):
    """Prices of every candle, and the extremes of each FEW and each MANY candles. In quote."""

    close: Real
    low: Real
    few_tops: Real
    few_bottoms: Real
    few_lows: Real
    many_tops: Real
    many_bottoms: Real
    many_lows: Real


def course_of(close: Real, low: Real) -> Course:
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
    )


def equity_at(
    where: Whole, course: Course, candle: Whole, cash: Real, coins: Real, funds: float, fee: float
) -> Real:  # fmt: skip
    """At the ends of these candles."""
    done = np.searchsorted(candle, where, side="right")
    flow, held = np.append(0.0, cash)[done], np.append(0.0, coins)[done]
    worth: Real = funds + flow + held * course.close[where] * (1.0 - fee)
    return worth


@inner
def _does_pass(top: float, bottom: float, results: Real) -> bool:
    """Whether these extremes of some candles' equity are enough. Not where they make a new high and might then fall
    deeper than ever, for that takes the order of their prices."""
    most = max(results[PEAK], top)
    fall = (most - bottom) / (most if most > 0.0 else 1.0)
    if most > results[PEAK] and fall > results[FALL]:
        return False
    results[PEAK] = most
    results[FALL] = max(results[FALL], fall)
    return True


@inner
def _can_matter_no_more(before: float, lost: float, coins: float, over: float, under: float, results: Real) -> bool:
    """Whether no price between these two could make a new high, or fall or lose more than ever."""
    if coins <= 0.0:
        return False
    top, bottom, peak = before + coins * under * _UP, before + coins * over * _DOWN, results[PEAK]
    if not top <= peak or not lost - coins * over * _DOWN <= results[DEEPEST]:
        return False
    return bool(peak - bottom <= results[FALL] * peak * _DOWN)


@compiled
def follow_grid(
    course: Course, candle: Whole, cash: Real, coins: Real, over: Real, under: Real, funds: float, fee: float,
    booked: float, results: Real,
) -> None:  # fmt: skip
    """Fill `results`. `candle`, `cash`, `coins`: of each fill, and what cash and coins were after it; from there to the
    next fill's candle all prices are `over` the one and `under` the other, if only by what floats round off.

    `booked`: the profit of the deal, if its last fill ended it; NaN while it runs.

    The worth of coins never falls as the price rises, not even rounded: so extremes of prices are those of worths.
    """
    close, low, few_tops, few_bottoms, few_lows, many_tops, many_bottoms, many_lows = course
    results[PEAK] = funds
    share, count, total, is_over = 1.0 - fee, len(candle), len(close), not np.isnan(booked)
    held, before, is_done = 0.0, funds, False
    k, i = 0, 0
    while i < total:
        first = k
        while k < count and candle[k] == i:
            k += 1
        if k > first:
            held, before = coins[k - 1], funds + cash[k - 1]
            is_done = is_over and k == count
        stop = i + 1 if k > first else (candle[k] if k < count else total)
        is_open = k > 0 and (not is_done or k > first)
        lost = (booked if is_done else 0.0) - (before - funds)
        lowest, at = np.inf, i
        if first == k > 0 and _can_matter_no_more(before, lost, held * share, over[k - 1], under[k - 1], results):
            at = stop
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
                equity = before + held * close[at] * share
                results[PEAK] = max(results[PEAK], equity)
                _does_pass(equity, equity, results)
                lowest = min(lowest, low[at])
                at += 1
        if is_open:
            results[IN_MARKET] += stop - i
            results[DEEPEST] = max(results[DEEPEST], lost - held * lowest * share)
        i = stop
