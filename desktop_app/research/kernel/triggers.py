"""What a price or a clock does to a deal: core/strategies/dca_triggers, signed (see layout)."""

from desktop_app.research.kernel.booking import pass_by, recover
from desktop_app.research.kernel.closing import end_deal
from desktop_app.research.kernel.formulas import (
    HAS_FIRED,
    IS_THERE,
    IS_TRIGGER,
    RUNG_PRICE,
    Run,
    closing_level,
    get,
    has_stop_level,
    on_tick_down,
    put,
    stop_level,
)
from desktop_app.research.kernel.jit import inner
from desktop_app.research.kernel.layout import (
    ARM,
    BASE,
    BASE_PRICE,
    BEST,
    BEYOND_SINCE,
    CLOSE_AFTER,
    COMPLETED,
    DEAL,
    ENDING,
    HAS_ARM,
    HAS_BASE_PRICE,
    IS_JUMP,
    IS_OPENING,
    IS_TRAILING,
    LADDER,
    LAST,
    NOTHING,
    OPENED_AT,
    PATH,
    PLACED_AT,
    PLAN,
    POINT,
    POINT_AT,
    PRICES,
    RUNS,
    STOP_WAIT,
    STOPPED_OUT,
    TIMED_OUT,
    TRAIL_BEST,
)
from desktop_app.research.kernel.planning import find_live
from desktop_app.research.kernel.twofold import Pair, less

_REPRICE_MS = 60_000


@inner
def tick(run: Run, opens: bool) -> int:
    state, price = run.state, get(run.pairs, POINT)
    if state[DEAL] == IS_OPENING and state[HAS_BASE_PRICE]:
        live = find_live(run, BASE, 0)
        before = state[BASE_PRICE]
        if opens and (live < 0 or state[POINT_AT] >= state[PLACED_AT] + _REPRICE_MS):
            state[BASE_PRICE] = on_tick_down(run, price)
        put(run.pairs, LAST, price)
        return PLAN if state[BASE_PRICE] != before else PRICES
    put(run.pairs, LAST, price)
    if state[ENDING] != RUNS or state[DEAL] == IS_OPENING:
        return PRICES
    fallen, risen = price, price
    if state[IS_JUMP]:
        path = get(run.pairs, PATH)
        fallen = path if less(price, path) else price
        risen = path if less(path, price) else price
    changed = PRICES
    is_stop_first = _is_stop_first(run)
    if is_stop_first:
        changed = max(changed, _stop_loss(run, price, fallen))
    if state[ENDING] == RUNS:
        changed = max(changed, _trail(run, price, fallen))
    if state[ENDING] == RUNS and not is_stop_first:
        changed = max(changed, _stop_loss(run, price, fallen))
    if state[ENDING] == RUNS:
        changed = max(changed, _arm(run, price, risen))
        changed = max(changed, _fire(run, risen))
    return changed


@inner
def _is_stop_first(run: Run) -> bool:
    if run.state[DEAL] != IS_TRAILING:
        return True
    return has_stop_level(run) and not less(stop_level(run), closing_level(run))


@inner
def _stop_loss(run: Run, price: Pair, fallen: Pair) -> int:
    changed = PRICES
    if has_stop_level(run) and not less(stop_level(run), fallen):
        if not run.set[STOP_WAIT]:
            end_deal(run, STOPPED_OUT)
            return PLAN
        if not run.state[BEYOND_SINCE]:
            run.state[BEYOND_SINCE] = run.state[POINT_AT]
            changed = PLAN
    elif recover(run):
        changed = PLAN
    if less(get(run.pairs, BEST), price):
        put(run.pairs, BEST, price)
    return changed


@inner
def _trail(run: Run, price: Pair, fallen: Pair) -> int:
    if run.state[DEAL] != IS_TRAILING:
        return PRICES
    if pass_by(run, price):
        return PLAN
    if not less(closing_level(run), fallen):
        end_deal(run, COMPLETED)
        return PLAN
    if less(get(run.pairs, TRAIL_BEST), price):
        put(run.pairs, TRAIL_BEST, price)
    return PRICES


@inner
def _arm(run: Run, price: Pair, risen: Pair) -> int:
    if run.state[DEAL] == IS_TRAILING or not run.state[HAS_ARM] or less(risen, get(run.pairs, ARM)):
        return PRICES
    put(run.pairs, TRAIL_BEST, price)
    run.state[DEAL] = IS_TRAILING
    return PLAN


@inner
def _fire(run: Run, risen: Pair) -> int:
    changed = PRICES
    for rung in range(run.set[LADDER]):
        row = run.rungs[rung]
        waits = row[IS_THERE] and row[IS_TRIGGER] and not row[HAS_FIRED]
        if waits and not less(risen, (float(row[RUNG_PRICE]), 0.0)):
            row[HAS_FIRED] = 1
            changed = PLAN
    return changed


@inner
def clock(run: Run, at: int) -> int:
    state = run.state
    if state[ENDING] != RUNS:
        return NOTHING
    times_out, stops = at + 1, at + 1
    if run.set[CLOSE_AFTER]:
        times_out = state[OPENED_AT] + run.set[CLOSE_AFTER]
    if state[BEYOND_SINCE]:
        stops = state[BEYOND_SINCE] + run.set[STOP_WAIT]
    if stops <= min(at, times_out):
        end_deal(run, STOPPED_OUT)
        return PLAN
    if run.set[CLOSE_AFTER] and times_out <= at:
        end_deal(run, TIMED_OUT)
        return PLAN
    return NOTHING
