"""Deals of a plain bot, each from its base order to its take profit without the machinery of orders and events.

Most bots of a search are plain, and most of their deals meet nothing odd: then what rests is the next rungs of the
ladder below and one target above, and the formulas alone say what happens. Whatever is odd, or not over at the last
candle, is left to the walk of candles, as if it had not been tried.
"""

from math import inf

import numpy as np

from desktop_app.research.kernel.booking import book, complete_base
from desktop_app.research.kernel.closing import close_deal
from desktop_app.research.kernel.formulas import (
    RUNG_LOTS,
    RUNG_PRICE,
    Run,
    Whole,
    get,
    is_too_small,
    order_lots,
    size_next_deal,
    target_price,
    with_part,
)
from desktop_app.research.kernel.jit import inner
from desktop_app.research.kernel.layout import (
    ACTIVE,
    BASE,
    BASE_VOLUME,
    BREAK_EVEN_AFTER,
    CANDLE,
    CANDLE_AT,
    CLOSE_AFTER,
    COMPLETED,
    DEAL,
    DEALS,
    DOES_STOP_TRAIL,
    DOES_TRAIL,
    DUST,
    ENDING,
    ENTERED,
    EVERY,
    FILLS,
    HAS_LEAST_PRICE,
    HAS_MOST_PRICE,
    HAS_STOP_LOSS,
    IS_BASE_IN_COINS,
    IS_FEE_IN_COINS,
    IS_LIMIT_BASE,
    LADDER,
    NO_DEAL,
    OPENS_AFTER,
    POINT_AT,
    POINT_END,
    RESTS_ABOVE,
    RESTS_BELOW,
    RUNGS,
    SAFETY,
    SAFETY_FILLED,
    SIDE,
    SLIPPAGE,
    TAKE_PROFIT,
    TARGETS,
    THROUGH,
    TOLD,
)
from desktop_app.research.kernel.opening import begin, may_open
from desktop_app.research.kernel.touching import (
    BAR_CLOSE,
    BAR_HIGH,
    BAR_LOW,
    BAR_OPEN,
    Bars,
    Extremes,
    first_at,
    note_bar,
    touching,
)
from desktop_app.research.kernel.twofold import times
from desktop_app.research.kernel.watching import look

# What a deal can have come to; as a candle, _ODD is none.
_ODD = -1
_RUNS = 0
_SOLD = 1


@inner
def is_plain(run: Run) -> bool:
    """Whether nothing but its ladder and its target ever does anything, the nearest rung first."""
    for place in (
        IS_LIMIT_BASE, DOES_TRAIL, HAS_STOP_LOSS, DOES_STOP_TRAIL, BREAK_EVEN_AFTER, CLOSE_AFTER, IS_FEE_IN_COINS,
        HAS_LEAST_PRICE, HAS_MOST_PRICE,
    ):  # fmt: skip
        if run.set[place]:
            return False
    for rung in range(run.set[LADDER]):
        is_trigger = (run.ladder[rung, 0] > 0) == (run.set[SIDE] > 0)
        if is_trigger or run.near[rung] != rung:
            return False
    return bool(run.set[TARGETS] == 1)


@inner
def play_deals(
    run: Run, at: Whole, bars: Bars, near_by: Extremes, blocks: Extremes, wide: Extremes, start: int, fills_left: int,
    deals_left: int,
) -> int:  # fmt: skip
    """One after the other from candle `start` on, where no deal runs: the candle at which to go on without."""
    state, i = run.state, start
    while state[FILLS] < fills_left and state[DEALS] < deals_left and may_open(run) and run.pairs[DUST] == 0.0:
        if at[i] < state[OPENS_AFTER]:
            i = first_at(at, i, state[OPENS_AFTER])
        if i >= len(at):
            break
        written, deals = state[FILLS], state[DEALS]
        closed = _play(run, at, bars, near_by, blocks, wide, i)
        if closed == _ODD:
            state[FILLS], state[DEALS], state[DEAL] = written, deals, NO_DEAL
            break
        i = closed + 1
        if i >= len(at):
            break
    state[TOLD] = 0
    look(run)
    return i


@inner
def _play(
    run: Run, at: Whole, bars: Bars, near_by: Extremes, blocks: Extremes, wide: Extremes, start: int
) -> int:  # fmt: skip
    """A deal that opens with this candle: the one in which it closes."""
    state, i = run.state, start
    written, open_ = state[FILLS], np.float64(bars[i, BAR_OPEN])
    _enter_candle(run, at, i)
    if not _open(run, open_):
        return _ODD
    while True:
        high, low = np.float64(bars[i, BAR_HIGH]), np.float64(bars[i, BAR_LOW])
        close, stage = np.float64(bars[i, BAR_CLOSE]), _RUNS
        is_low_first = open_ - low <= high - open_
        for leg in range(3):
            stage = _walk_to(run, close if leg == 2 else low if is_low_first == (leg == 0) else high)
            if stage != _RUNS:
                break
        if stage == _ODD:
            return _ODD
        note_bar(run, written, close, low)
        if stage == _SOLD:
            state[ENDING] = COMPLETED
            close_deal(run, state[POINT_END])
            return i
        written = state[FILLS]
        below, above = run.pairs[RESTS_BELOW], run.pairs[RESTS_ABOVE]
        i = touching(bars, near_by, blocks, wide, i + 1, len(at), below, above)
        if i >= len(at):
            return _ODD
        open_ = np.float64(bars[i, BAR_OPEN])
        if open_ <= below or open_ >= above:  # filled by a jump, at another price
            return _ODD
        _enter_candle(run, at, i)


@inner
def _walk_to(run: Run, end: float) -> int:
    """What becomes of the deal as the path goes there."""
    state, pairs = run.state, run.pairs
    while pairs[RESTS_BELOW] >= end:
        stand, rung = pairs[RESTS_BELOW], state[SAFETY_FILLED]
        book(run, SAFETY, rung + 1, 1, 0, run.rungs[rung, RUNG_LOTS], 1, (float(run.rungs[rung, RUNG_PRICE]), 0.0))
        state[SAFETY_FILLED] += 1
        if not _order(run, rung + run.set[ACTIVE], stand):
            return _ODD
    if pairs[RESTS_ABOVE] <= end:
        book(run, TAKE_PROFIT, 1, 0, 0, state[ENTERED], 1, (pairs[RESTS_ABOVE] - run.set[THROUGH], 0.0))
        return _SOLD
    return _RUNS


@inner
def _enter_candle(run: Run, at: Whole, i: int) -> None:
    state = run.state
    state[CANDLE] = i
    state[CANDLE_AT] = at[i]
    state[POINT_AT] = at[i]
    state[POINT_END] = at[i] + run.set[EVERY]


@inner
def _open(run: Run, open_: float) -> bool:
    """The base order, filled, and what rests from then on; False where anything about it is odd."""
    point = (open_, 0.0)
    size_next_deal(run, point)
    lots = order_lots(run, get(run.set_pairs, BASE_VOLUME), run.set[IS_BASE_IN_COINS], point)
    if is_too_small(run, (float(lots), 0.0), point):
        return False
    begin(run)
    book(run, BASE, 0, 1, 1, lots, 0, times(point, with_part(get(run.set_pairs, SLIPPAGE), run.set[SIDE])))
    complete_base(run)
    return bool(run.state[RUNGS] == run.set[LADDER] and _order(run, 0, open_))


@inner
def _order(run: Run, first: int, stand: float) -> bool:
    """Rungs from `first` on, as many as may rest, and the target for all that was bought; False where one is odd."""
    filled, through = run.state[SAFETY_FILLED], run.set[THROUGH]
    resting = min(run.set[LADDER], filled + run.set[ACTIVE])
    for rung in range(first, resting):
        price = float(run.rungs[rung, RUNG_PRICE])
        if price >= stand or not _is_taken(run, run.rungs[rung, RUNG_LOTS], price):
            return False
    target = float(target_price(run, 1))
    run.pairs[RESTS_BELOW] = float(run.rungs[filled, RUNG_PRICE] - through) if filled < resting else -inf
    run.pairs[RESTS_ABOVE] = target + through
    return bool(target > stand and _is_taken(run, run.state[ENTERED], target))


@inner
def _is_taken(run: Run, lots: int, price: float) -> bool:
    """Whether the market takes such an order."""
    return bool(price * run.set[SIDE] > 0.0 and not is_too_small(run, (float(lots), 0.0), (price, 0.0)))
