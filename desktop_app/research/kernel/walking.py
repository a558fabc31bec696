"""The walk of candles over a deal's levels, leaping over those in which nothing happens: the core's, signed."""

from math import ceil, floor, inf

import numpy as np

from desktop_app.research.kernel.deciding import deliver
from desktop_app.research.kernel.formulas import (
    HAS_FIRED,
    IS_THERE,
    IS_TRIGGER,
    RUNG_PRICE,
    Run,
    Whole,
    closing_level,
    get,
    has_stop_level,
    put,
    stop_level,
)
from desktop_app.research.kernel.jit import compiled, inner
from desktop_app.research.kernel.layout import (
    ABOVE,
    ARM,
    BELOW,
    BEST,
    BEYOND_KERNEL,
    BEYOND_SINCE,
    CANDLE,
    CANDLE_AT,
    CLOCK,
    CLOSE_AFTER,
    CLOSE_OF_BAR,
    DEAL,
    DEALS,
    DEALS_TAKEN,
    DOES_STOP_TRAIL,
    DUE,
    ENDING,
    EVERY,
    FILLED,
    FILLS,
    FOLLOWS,
    HAS_ARM,
    HAS_BASE_PRICE,
    INDEX,
    IS_ENTRY,
    IS_JUMP,
    IS_OPENING,
    IS_TRAILING,
    LADDER,
    MOMENTS,
    NO_DEAL,
    OPENED_AT,
    OPENING_TICK,
    OPENS_AFTER,
    OPENS_FROM,
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
    RUNS,
    SIDE,
    STOP_WAIT,
    TICK,
    TOLD,
    WANTS_OPEN,
    WATCH_ABOVE,
    WATCH_BELOW,
    WORST_OF_BAR,
)
from desktop_app.research.kernel.opening import may_open
from desktop_app.research.kernel.placing import highest, lowest, rest_level
from desktop_app.research.kernel.touching import BAR_CLOSE, BAR_HIGH, BAR_LOW, BAR_OPEN, Bars, Extremes, touching
from desktop_app.research.kernel.twofold import Pair, less, same

_MOST_MOMENTS = 10_000
SPARE = 1024  # rows that are kept free for the fills of one candle
_NEVER = 2**62

# A watch: below (pair), above (pair), follows, wants_open, opens_after.
Watched = tuple[Pair, Pair, bool, bool, int]


@inner
def watch_of(run: Run) -> Watched:  # noqa: C901 - one place says when a deal must be called
    below, above = (-inf, 0.0), (inf, 0.0)
    state = run.state
    if state[DEAL] == NO_DEAL:
        return below, above, False, may_open(run), state[OPENS_AFTER] if may_open(run) else 0
    if state[ENDING] != RUNS:
        return below, above, False, False, 0
    if state[DEAL] == IS_OPENING:
        return below, above, False, state[HAS_BASE_PRICE] != 0, 0
    if has_stop_level(run) and not state[BEYOND_SINCE]:
        below = stop_level(run)
    has_winning = False
    for rung in range(run.set[LADDER]):
        row = run.rungs[rung]
        if row[IS_THERE] and row[IS_TRIGGER] and not row[HAS_FIRED]:
            has_winning = True
            if less((float(row[RUNG_PRICE]), 0.0), above):
                above = (float(row[RUNG_PRICE]), 0.0)
    is_trailing = state[DEAL] == IS_TRAILING
    if is_trailing:
        if less(below, closing_level(run)):
            below = closing_level(run)
    elif state[HAS_ARM]:
        has_winning = True
        if less(get(run.pairs, ARM), above):
            above = get(run.pairs, ARM)
    follows = is_trailing or state[BEYOND_SINCE] != 0
    if run.set[DOES_STOP_TRAIL]:
        if has_winning:
            follows = True
        else:
            above = get(run.pairs, BEST)
    return below, above, follows, False, 0


@inner
def _wake_at(run: Run) -> int:
    state = run.state
    due = _NEVER
    if state[DEAL] == NO_DEAL or state[ENDING] != RUNS:
        return due
    if run.set[CLOSE_AFTER]:
        due = state[OPENED_AT] + run.set[CLOSE_AFTER]
    if state[BEYOND_SINCE]:
        due = min(due, state[BEYOND_SINCE] + run.set[STOP_WAIT])
    return due


@inner
def _levels(run: Run) -> tuple[float, float]:
    """The nearest prices at which something that rests fills."""
    below, above = -inf, inf
    for k in range(run.state[ORDERS]):
        order = run.orders[k]
        if order[RESTS]:
            if order[IS_ENTRY]:
                below = max(below, rest_level(run, order))
            else:
                above = min(above, rest_level(run, order))
    return below, above


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
    _look(run)


@inner
def _look(run: Run) -> None:
    """What can happen next: nothing while whole prices stay over BELOW and under ABOVE, before DUE."""
    state, pairs = run.state, run.pairs
    watch = watch_of(run)
    below, above = _levels(run)
    pairs[RESTS_BELOW], pairs[RESTS_ABOVE] = below, above
    put(pairs, WATCH_BELOW, watch[0])
    put(pairs, WATCH_ABOVE, watch[1])
    state[WANTS_OPEN] = 1 if watch[3] else 0
    state[OPENS_FROM] = watch[4]
    if below < watch[0][0]:
        below = floor(watch[0][0])
        if watch[0][0] == below and watch[0][1] < 0:
            below -= 1.0
    if above > watch[1][0]:
        above = ceil(watch[1][0])
        if watch[1][0] == above and watch[1][1] > 0:
            above += 1.0
    pairs[BELOW], pairs[ABOVE] = below, above
    due = _wake_at(run)
    state[DUE] = min(due, watch[4]) if watch[3] else due
    state[FOLLOWS] = 1 if watch[2] else 0


@inner
def _watched(run: Run) -> Watched:
    """watch_of as it was when something happened last: nothing else changes it."""
    state, pairs = run.state, run.pairs
    below, above = get(pairs, WATCH_BELOW), get(pairs, WATCH_ABOVE)
    return below, above, state[FOLLOWS] != 0, state[WANTS_OPEN] != 0, state[OPENS_FROM]


@inner
def _is_quiet(run: Run, low: float, high: float) -> bool:
    """Between these whole prices nothing happens and nobody looks."""
    return run.pairs[BELOW] < low and high < run.pairs[ABOVE] and not run.state[FOLLOWS]


@inner
def _settle(run: Run, is_corner: bool) -> None:
    """All that happens where the walk stands: resting orders one by one, then whoever watches this price."""
    while not run.state[OUTCOME]:
        path, price = run.pairs[PATH], run.pairs[POINT]
        is_whole = run.pairs[PATH + 1] == 0.0 and path == floor(path)
        if is_whole and _is_quiet(run, min(path, price), max(path, price)):
            return
        while not run.state[OUTCOME]:
            order = _due(run)
            if order < 0:
                break
            run.state[TOLD] = 0
            run.orders[order, RESTS] = 0
            price = get(run.pairs, POINT) if run.state[IS_JUMP] else (float(run.orders[order, PRICE]), 0.0)
            _moment(run, FILLED, order, 1, price)
        watch = _watched(run)
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
        if is_whole and _is_quiet(run, min(stand[0], end), max(stand[0], end)):
            run.state[TOLD] = 0
            return
        watch = _watched(run)
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
    first, second = _NEVER, _NEVER
    while not run.state[OUTCOME]:
        due = _wake_at(run)
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
    if at < state[DUE] and _is_quiet(run, price, price):
        return
    put(run.pairs, POINT, (price, 0.0))
    put(run.pairs, PATH, (price, 0.0))
    state[IS_JUMP] = 0
    state[POINT_AT] = at
    state[POINT_END] = at + run.set[EVERY]
    _settle(run, False)
    _strike(run, at)
    watch = _watched(run)
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
    _look(run)
    while i < total and not state[OUTCOME] and state[FILLS] < fills_left and state[DEALS] < deals_left:
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
        for row in range(written, state[FILLS]):
            run.fill_prices[row, CLOSE_OF_BAR], run.fill_prices[row, WORST_OF_BAR] = close, low
        following = i + 1
        if not state[FOLLOWS]:
            stop = total
            if state[DUE] < _NEVER:
                stop = _first_at(at, following, state[DUE])
            following = touching(
                bars, near_by, blocks, wide, following, stop,
                run.pairs[BELOW], run.pairs[ABOVE],
            )  # fmt: skip
        if following > i + 1:
            state[TOLD] = 0
        i = following
    return i


@inner
def _first_at(at: Whole, start: int, due: int) -> int:
    """The first candle from `start` on that is not before `due`."""
    low, high = start, len(at)
    while low < high:
        middle = (low + high) // 2
        if at[middle] < due:
            low = middle + 1
        else:
            high = middle
    return low
