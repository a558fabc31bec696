"""The course of a kernel's run candle by candle, in one pass: what research/curves computes with whole columns."""

import numpy as np

from desktop_app.research.kernel.formulas import Real, Whole
from desktop_app.research.kernel.jit import compiled

# Columns of `flows`: what each fill did.
QUOTE = 0
COINS = 1
BOOKED = 2  # the profit of the deal that it ended
IS_LAST = 3  # of its deal
FLOW_COLUMNS = 4
# What comes back, besides the values of the days.
FALL = 0
DEEPEST = 1
IN_MARKET = 2
DAYS = 3
FIRST = 4
RESULTS = 5

_DAY_MS = 86_400_000


@compiled
def follow(
    at: Whole, close: Real, worst: Real, index: Whole, flows: Real, funds: float, fee: float, least: float, days: Real,
    results: Real,
) -> None:  # fmt: skip
    """Fill `results`, and `days` with the equity at the end of each UTC day.

    `index`: the candle of each fill; `worst`: the candles' worst prices; less than `least` coins are none.
    """
    cash, coins, booked, peak, fall, deepest = 0.0, 0.0, 0.0, funds, 0.0, 0.0
    k, in_market, count, is_open = 0, 0, 0, False
    for i in range(len(at)):
        is_here = is_open
        while k < len(index) and index[k] == i:
            cash += flows[k, QUOTE]
            coins += flows[k, COINS]
            booked += flows[k, BOOKED]
            is_open = flows[k, IS_LAST] == 0.0
            is_here = True
            k += 1
        held = 0.0 if abs(coins) <= least else coins
        share = 1.0 - fee if held >= 0.0 else 1.0 + fee
        equity = funds + cash + held * close[i] * share
        peak = max(peak, equity)
        fall = max(fall, (peak - equity) / (peak if peak > 0.0 else 1.0))
        if is_here:
            in_market += 1
            deepest = max(deepest, booked - cash - held * worst[i] * share)
        if i == 0:
            results[FIRST] = equity
        if i + 1 == len(at) or at[i + 1] // _DAY_MS != at[i] // _DAY_MS:
            days[count] = equity
            count += 1
    results[FALL] = fall
    results[DEEPEST] = deepest
    results[IN_MARKET] = in_market / max(1, len(at))
    results[DAYS] = count


def days_in(at: Whole) -> int:
    """How many UTC days have candles."""
    return int((np.diff(at // _DAY_MS) != 0).sum()) + 1
