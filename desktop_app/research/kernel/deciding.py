"""What news does to a deal, one after the other until nothing follows: core/strategies/dca, signed (see layout)."""

from desktop_app.research.kernel.booking import filled
from desktop_app.research.kernel.closing import close_if_done, end_by_exits
from desktop_app.research.kernel.formulas import (
    Run,
    get,
    has_stop_level,
    put,
    stop_level,
)
from desktop_app.research.kernel.jit import inner
from desktop_app.research.kernel.layout import (
    ACCEPTED,
    CANCELED,
    CLOCK,
    DEAL,
    DOES_STOP_TRAIL,
    ENDING,
    ENTRIES,
    EVENTS,
    FILLED,
    FINAL,
    HAS_STOP,
    HEAD,
    IS_OPENING,
    NO_DEAL,
    NOTHING,
    OPEN,
    OPENING_TICK,
    ORDER_COLUMNS,
    ORDERS,
    OUTCOME,
    PENDING,
    PLAN,
    PLANNED,
    POINT_AT,
    POINT_END,
    PRICES,
    RUNS,
    STATUS,
    STOP,
)
from desktop_app.research.kernel.opening import open_deal
from desktop_app.research.kernel.placing import is_planned, order_anew, push
from desktop_app.research.kernel.planning import share_anew
from desktop_app.research.kernel.triggers import clock, tick
from desktop_app.research.kernel.twofold import Pair


@inner
def deliver(run: Run, kind: int, order: int, is_maker: int, price: Pair) -> None:
    """An event, and all that it brings about at this point of the path."""
    run.state[EVENTS] = 0
    run.state[HEAD] = 0
    push(run, kind, order, is_maker, price)
    while run.state[HEAD] < run.state[EVENTS] and not run.state[OUTCOME]:
        place = run.state[HEAD]
        run.state[HEAD] += 1
        _decide(run, run.events[place, 0], run.events[place, 1], run.events[place, 2], get(run.event_prices[place], 0))
    _forget(run)


@inner
def _decide(run: Run, kind: int, order: int, is_maker: int, price: Pair) -> None:
    at = run.state[POINT_AT]
    changed = NOTHING
    if kind != ACCEPTED:
        run.state[PLANNED] = 0
    if run.state[DEAL] != NO_DEAL:
        if kind == ACCEPTED:
            is_news = run.orders[order, STATUS] != PENDING or not is_planned(run, order)
            if run.orders[order, STATUS] == PENDING:
                run.orders[order, STATUS] = OPEN
            changed = PLAN if is_news else NOTHING
        elif kind == FILLED:
            at = max(at, run.state[POINT_END])
            changed = filled(run, order, is_maker, price)
        elif kind == CANCELED:
            changed = _cancelled(run, order)
        elif kind == CLOCK:
            changed = clock(run, at)
        else:
            changed = tick(run, kind == OPENING_TICK)
        if changed != NOTHING:
            _finish(run, changed, at)
    elif kind == OPENING_TICK:
        open_deal(run)


@inner
def _cancelled(run: Run, order: int) -> int:
    """And all that were cancelled with it."""
    state, changed = run.state, NOTHING
    while True:
        if run.orders[order, STATUS] != FINAL:
            run.orders[order, STATUS] = FINAL
            changed = PLAN
        if state[HEAD] == state[EVENTS] or run.events[state[HEAD], 0] != CANCELED:
            return changed
        order = run.events[state[HEAD], 1]
        state[HEAD] += 1


@inner
def _finish(run: Run, changed: int, at: int) -> None:
    """Every change ends in a new plan of orders, and in the deal's end if nothing is left."""
    if changed != PRICES:
        if run.state[ENDING] == RUNS and run.state[DEAL] != IS_OPENING:
            end_by_exits(run)
            share_anew(run, changed == ENTRIES)
        order_anew(run)
        if close_if_done(run, at):
            return
    if run.set[DOES_STOP_TRAIL] and has_stop_level(run):
        put(run.pairs, STOP, stop_level(run))
        run.state[HAS_STOP] = 1


@inner
def _forget(run: Run) -> None:
    """Orders that are over need no place any more."""
    if run.state[ORDERS] < 8:  # from there on they are in the way
        return
    kept = 0
    for k in range(run.state[ORDERS]):
        if run.orders[k, STATUS] != FINAL:
            for column in range(ORDER_COLUMNS):
                run.orders[kept, column] = run.orders[k, column]
            kept += 1
    run.state[ORDERS] = kept
