"""Where a deal must be called next, and where what rests for it fills: kept until something happens, signed."""

from math import ceil, floor, inf

from desktop_app.research.kernel.formulas import (
    HAS_FIRED,
    IS_THERE,
    IS_TRIGGER,
    RUNG_PRICE,
    Run,
    closing_level,
    get,
    has_stop_level,
    put,
    stop_level,
)
from desktop_app.research.kernel.jit import inner
from desktop_app.research.kernel.layout import (
    ABOVE,
    ARM,
    BELOW,
    BEST,
    BEYOND_SINCE,
    CLOSE_AFTER,
    DEAL,
    DOES_STOP_TRAIL,
    DUE,
    ENDING,
    FOLLOWS,
    HAS_ARM,
    HAS_BASE_PRICE,
    IS_ENTRY,
    IS_OPENING,
    IS_TRAILING,
    LADDER,
    NO_DEAL,
    OPENED_AT,
    OPENS_AFTER,
    OPENS_FROM,
    ORDERS,
    RESTS,
    RESTS_ABOVE,
    RESTS_BELOW,
    RUNS,
    STOP_WAIT,
    WANTS_OPEN,
    WATCH_ABOVE,
    WATCH_BELOW,
)
from desktop_app.research.kernel.opening import may_open
from desktop_app.research.kernel.placing import rest_level
from desktop_app.research.kernel.twofold import Pair, less

NEVER = 2**62

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
def wake_at(run: Run) -> int:
    state = run.state
    due = NEVER
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
def look(run: Run) -> None:
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
    due = wake_at(run)
    state[DUE] = min(due, watch[4]) if watch[3] else due
    state[FOLLOWS] = 1 if watch[2] else 0


@inner
def watched(run: Run) -> Watched:
    """watch_of as it was when something happened last: nothing else changes it."""
    state, pairs = run.state, run.pairs
    below, above = get(pairs, WATCH_BELOW), get(pairs, WATCH_ABOVE)
    return below, above, state[FOLLOWS] != 0, state[WANTS_OPEN] != 0, state[OPENS_FROM]


@inner
def is_quiet(run: Run, low: float, high: float) -> bool:
    """Between these whole prices nothing happens and nobody looks."""
    return run.pairs[BELOW] < low and high < run.pairs[ABOVE] and not run.state[FOLLOWS]
