"""The walk of candles over a deal's levels, leaping over those in which nothing happens: the core's, signed."""

from math import floor

import numpy as np

from desktop_app.research.kernel.deciding import deliver
from desktop_app.research.kernel.formulas import (
    Run,
    Whole,
    get,
    put,
)
from desktop_app.research.kernel.jit import compiled, inner
from desktop_app.research.kernel.layout import (
    ABOVE,
    BELOW,
    BEYOND_KERNEL,
    CANDLE,
    CANDLE_AT,
    CLOCK,
    DEAL,
    DEALS,
    DEALS_TAKEN,
    DUE,
    EVERY,
    FILLED,
    FILLS,
    FOLLOWS,
    INDEX,
    IS_ENTRY,
    IS_JUMP,
    MOMENTS,
    NO_DEAL,
    OPENING_TICK,
    ORDERS,
    OUTCOME,
    PATH,
    POINT,
    POINT_AT,
    POINT_END,
    PRICE,
    RESTS,
    RESTS_ABOVE,
    RESTS_BELOW,
    SIDE,
    TICK,
    TOLD,
)
from desktop_app.research.kernel.placing import highest, lowest, rest_level
from desktop_app.research.kernel.plain import is_plain, play_deals
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
from desktop_app.research.kernel.twofold import Pair, less, same
from desktop_app.research.kernel.watching import NEVER, Watched, is_quiet, look, wake_at, watched

_MOST_MOMENTS = 10_000
SPARE = 1024  # rows that are kept free for the fills of one candle


@inner
def _due(run: Run) -> int:
    """The order that fills first at this point, −1 for none: buys before sells, then as the path meets them."""
    for turn in range(2):
        is_entry = (turn == 0) == (run.set[SIDE] > 0)
        found, best = -1, 0.0
        reach = highest(run) if is_entry else lowest(run)
        nearest = run.pairs[RESTS_BELOW if is_entry else RESTS_ABOVE]
        if nearest < reach[0] if is_entry else nearest > reach[0]:
            continue
        for k in range(run.state[ORDERS]):
            order = run.orders[k]
            if not order[RESTS] or (order[IS_ENTRY] != 0) != is_entry:
                continue
            level = rest_level(run, order)
            if is_entry and less((level, 0.0), reach):
                continue
            if not is_entry and less(reach, (level, 0.0)):
                continue
            nearness = -level if is_entry else level
            if found < 0 or nearness < best or (nearness == best and order[INDEX] < run.orders[found, INDEX]):
                found, best = k, nearness
        if found >= 0:
            return found
    return -1


# --- what has been told at this price ---------------------------------------------------------------------------------


@inner
def _is_told(run: Run, watch: Watched) -> bool:
    for k in range(run.state[TOLD]):
        row = run.told[k]
        if (
            row[0] == watch[0][0]
            and row[1] == watch[0][1]
            and row[2] == watch[1][0]
            and row[3] == watch[1][1]
            and (row[4] != 0) == watch[2]
            and (row[5] != 0) == watch[3]
            and row[6] == watch[4]
        ):
            return True
    return False


@inner
def _tell(run: Run, watch: Watched) -> None:
    if run.state[TOLD] >= len(run.told):
        run.state[OUTCOME] = BEYOND_KERNEL
        return
    row = run.told[run.state[TOLD]]
    put(row, 0, watch[0])
    put(row, 2, watch[1])
    row[4], row[5], row[6] = 1.0 if watch[2] else 0.0, 1.0 if watch[3] else 0.0, float(watch[4])
    run.state[TOLD] += 1


@inner
def _is_reached(run: Run, watch: Watched) -> bool:
    return not less(watch[0], highest(run)) or not less(lowest(run), watch[1])


# --- along the path ---------------------------------------------------------------------------------------------------


@inner
def _moment(run: Run, kind: int, order: int, is_maker: int, price: Pair) -> None:
    run.state[MOMENTS] += 1
    if run.state[MOMENTS] > _MOST_MOMENTS:
        run.state[OUTCOME] = BEYOND_KERNEL
        return
    deliver(run, kind, order, is_maker, price)
    look(run)


@inner
def _settle(run: Run, is_corner: bool) -> None:
    """All that happens where the walk stands: resting orders one by one, then whoever watches this price."""
    while not run.state[OUTCOME]:
        path, price = run.pairs[PATH], run.pairs[POINT]
        is_whole = run.pairs[PATH + 1] == 0.0 and path == floor(path)
        if is_whole and is_quiet(run, min(path, price), max(path, price)):
            return
        while not run.state[OUTCOME]:
            order = _due(run)
            if order < 0:
                break
            run.state[TOLD] = 0
            run.orders[order, RESTS] = 0
            price = get(run.pairs, POINT) if run.state[IS_JUMP] else (float(run.orders[order, PRICE]), 0.0)
            _moment(run, FILLED, order, 1, price)
        watch = watched(run)
        is_turn = is_corner and watch[2] and not run.state[TOLD]
        if _is_told(run, watch) or not (is_turn or _is_reached(run, watch)):
            return
        _tell(run, watch)
        _moment(run, TICK, 0, 0, (0.0, 0.0))


@inner
def _stand(run: Run, level: Pair, end: float, is_jump: bool) -> None:
    state = run.state
    put(run.pairs, PATH, level)
    put(run.pairs, POINT, (end, 0.0) if is_jump else level)
    state[IS_JUMP] = 1 if is_jump else 0
    state[POINT_END] = state[CANDLE_AT] + run.set[EVERY]
    state[POINT_AT] = state[CANDLE_AT] if is_jump else state[POINT_END]
    state[TOLD] = 0


@inner
def _walk(run: Run, start: float, end: float, is_jump: bool) -> None:
    stand = (start, 0.0)
    goal = (end, 0.0)
    while not same(stand, goal) and not run.state[OUTCOME]:
        is_whole = stand[1] == 0.0 and stand[0] == floor(stand[0])
        if is_whole and is_quiet(run, min(stand[0], end), max(stand[0], end)):
            run.state[TOLD] = 0
            return
        watch = watched(run)
        resting = run.pairs[RESTS_BELOW], run.pairs[RESTS_ABOVE]
        best = goal
        if end < stand[0] or (end == stand[0] and stand[1] > 0):
            level = (resting[0], 0.0)
            if less(level, stand) and less(best, level):
                best = level
            if less(watch[0], stand) and less(best, watch[0]):
                best = watch[0]
        else:
            level = (resting[1], 0.0)
            if less(stand, level) and less(level, best):
                best = level
            if less(stand, watch[1]) and less(watch[1], best):
                best = watch[1]
        stand = best
        _stand(run, stand, end, is_jump)
        _settle(run, same(stand, goal))


@inner
def _strike(run: Run, at: int) -> None:
    """What is due at or before the candle's opening moment, each alarm once."""
    first, second = NEVER, NEVER
    while not run.state[OUTCOME]:
        due = wake_at(run)
        if due > at or due in (first, second):
            return
        first, second = due, first
        run.state[TOLD] = 0
        _moment(run, CLOCK, 0, 0, (0.0, 0.0))
        _settle(run, False)


@inner
def _open_candle(run: Run, price: float) -> None:
    state = run.state
    at = state[CANDLE_AT]
    if at < state[DUE] and is_quiet(run, price, price):
        return
    put(run.pairs, POINT, (price, 0.0))
    put(run.pairs, PATH, (price, 0.0))
    state[IS_JUMP] = 0
    state[POINT_AT] = at
    state[POINT_END] = at + run.set[EVERY]
    _settle(run, False)
    _strike(run, at)
    watch = watched(run)
    opens = watch[3] and at >= watch[4]
    if opens:
        state[TOLD] = 0
    if not state[TOLD] and (opens or watch[2]):
        _tell(run, watch)
        _moment(run, OPENING_TICK, 0, 0, (0.0, 0.0))
        _settle(run, False)


@compiled
def walk_candles(
    run: Run, at: Whole, bars: Bars, near_by: Extremes, blocks: Extremes, wide: Extremes, start: int,
) -> int:  # fmt: skip
    """Walk them from `start` on, until the end or until there is little room for fills: the next candle."""
    total, i, state = len(at), start, run.state
    fills_left, deals_left = len(run.fills) - SPARE, len(run.deals) - SPARE + state[DEALS_TAKEN]
    look(run)
    does_play = is_plain(run)
    while i < total and not state[OUTCOME] and state[FILLS] < fills_left and state[DEALS] < deals_left:
        if does_play and state[DEAL] == NO_DEAL:
            i = play_deals(run, at, bars, near_by, blocks, wide, i, fills_left, deals_left)
            if i >= total or state[FILLS] >= fills_left or state[DEALS] >= deals_left:
                break
        state[CANDLE] = i
        state[CANDLE_AT] = at[i]
        state[MOMENTS] = 0
        written = state[FILLS]
        open_, high = np.float64(bars[i, BAR_OPEN]), np.float64(bars[i, BAR_HIGH])
        low, close = np.float64(bars[i, BAR_LOW]), np.float64(bars[i, BAR_CLOSE])
        before = np.float64(bars[max(i, 1) - 1, BAR_CLOSE])
        if i > 0 and before != open_:
            _walk(run, before, open_, True)
        _open_candle(run, open_)
        is_low_first = open_ - low <= high - open_
        nearer = low if is_low_first else high
        farther = high if is_low_first else low
        for leg in range(3):
            start_ = open_ if leg == 0 else nearer if leg == 1 else farther
            end = nearer if leg == 0 else farther if leg == 1 else close
            _walk(run, start_, end, False)
        note_bar(run, written, close, low)
        following = i + 1
        if not state[FOLLOWS]:
            stop = total
            if state[DUE] < NEVER:
                stop = first_at(at, following, state[DUE])
            following = touching(
                bars, near_by, blocks, wide, following, stop,
                run.pairs[BELOW], run.pairs[ABOVE],
            )  # fmt: skip
        if following > i + 1:
            state[TOLD] = 0
        i = following
    return i
