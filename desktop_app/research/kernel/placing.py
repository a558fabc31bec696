"""How orders come to be as planned, and what the pretend exchange answers: core/strategies/dca_orders and matching."""

import numpy as np

from desktop_app.research.kernel.formulas import (
    Run,
    get,
    is_too_small,
    put,
    size_of,
)
from desktop_app.research.kernel.jit import inner
from desktop_app.research.kernel.layout import (
    ACCEPTED,
    AMOUNT,
    BASE,
    BEYOND_KERNEL,
    CANCELED,
    CANCELING,
    DEAL,
    ENDING,
    EVENTS,
    EXITED,
    FILLED,
    FINAL,
    HEAD,
    INDEX,
    IS_ENTRY,
    IS_JUMP,
    IS_MARKET,
    IS_OPENING,
    OPEN,
    ORDERS,
    OUTCOME,
    PATH,
    PENDING,
    PLACED_AT,
    PLANNED,
    POINT,
    POINT_AT,
    PRICE,
    REFUSED,
    RESTS,
    ROLE,
    RUNS,
    SAFETY,
    SIDE,
    SLIPPAGE,
    STATUS,
    TAKE_PROFIT,
    THROUGH,
)
from desktop_app.research.kernel.planning import find_live, wanted_orders, wish
from desktop_app.research.kernel.twofold import Pair, less, minus, plus, same, times


@inner
def highest(run: Run) -> Pair:
    """What an entry must pay: path and price have both come this low."""
    point = get(run.pairs, POINT)
    path = get(run.pairs, PATH)
    return path if run.state[IS_JUMP] and less(point, path) else point


@inner
def lowest(run: Run) -> Pair:
    point = get(run.pairs, POINT)
    path = get(run.pairs, PATH)
    return path if run.state[IS_JUMP] and less(path, point) else point


@inner
def push(run: Run, kind: int, order: int, is_maker: int, price: Pair) -> None:
    place = run.state[EVENTS]
    if place >= len(run.events):
        run.state[OUTCOME] = BEYOND_KERNEL
        return
    run.events[place, 0] = kind
    run.events[place, 1] = order
    run.events[place, 2] = is_maker
    put(run.event_prices[place], 0, price)
    run.state[EVENTS] += 1


@inner
def order_anew(run: Run) -> None:
    """Cancels first, then places; each is answered by events, or at once where no other event comes before."""
    state = run.state
    count = wanted_orders(run)
    is_idle = state[HEAD] == state[EVENTS]
    is_simple = is_idle and state[ENDING] == RUNS and not state[EXITED] and state[DEAL] != IS_OPENING
    does_exit_wait = False
    for k in range(state[ORDERS]):
        order = run.orders[k]
        if order[ROLE] == TAKE_PROFIT and order[STATUS] == CANCELING:
            does_exit_wait = True
    is_exit_going = _cancel(run, count, does_exit_wait, is_simple)
    for k in range(count):
        want = run.wanted[k]
        if (is_exit_going or does_exit_wait) and not want[IS_ENTRY]:
            continue
        if find_live(run, want[ROLE], want[INDEX]) < 0:
            _place(run, want)
    state[PLANNED] = count + 1
    if is_idle:
        _accept(run)


@inner
def _cancel(run: Run, count: int, does_exit_wait: bool, is_simple: bool) -> bool:
    """What is not wanted; whether an exit is among it that is still on its way off. `is_simple`: all goes at once."""
    is_exit_going = False
    for k in range(run.state[ORDERS]):
        order = run.orders[k]
        if order[STATUS] != OPEN or (order[ROLE] > TAKE_PROFIT and run.state[ENDING] == RUNS):
            continue
        if _is_wanted(run, order, count, does_exit_wait):
            continue
        if is_simple and order[RESTS]:
            order[RESTS] = 0
            order[STATUS] = FINAL
            continue
        order[STATUS] = CANCELING
        if not order[IS_ENTRY]:
            is_exit_going = True
        if order[RESTS]:
            order[RESTS] = 0
            push(run, CANCELED, k, 0, (0.0, 0.0))
    return is_exit_going


@inner
def _accept(run: Run) -> None:
    """That the exchange has what was planned changes nothing: unless something else comes first, it is so at once."""
    state = run.state
    for place in range(state[HEAD], state[EVENTS]):
        if run.events[place, 0] != ACCEPTED:
            return
    for place in range(state[HEAD], state[EVENTS]):
        run.orders[run.events[place, 1], STATUS] = OPEN
    state[EVENTS] = state[HEAD]


@inner
def is_planned(run: Run, place: int) -> bool:
    """The plan counts on this order as it is: that the exchange has it now is no reason for another plan."""
    return run.state[PLANNED] > 0 and _is_wanted(run, run.orders[place], run.state[PLANNED] - 1, False)


@inner
def _is_wanted(run: Run, order: np.ndarray, count: int, does_exit_wait: bool) -> bool:
    for k in range(count):
        want = run.wanted[k]
        if does_exit_wait and not want[IS_ENTRY]:
            continue
        if want[ROLE] == order[ROLE] and want[INDEX] == order[INDEX]:
            is_same_price = want[IS_MARKET] == order[IS_MARKET] and want[PRICE] == order[PRICE]
            return bool(is_same_price and want[AMOUNT] == order[AMOUNT])
    return False


@inner
def place_market_base(run: Run, lots: int) -> None:
    wish(run, 0, BASE, 0, 1, 1, lots, 0)
    _place(run, run.wanted[0])


@inner
def place_limit_base(run: Run, lots: int, price: int) -> None:
    wish(run, 0, BASE, 0, 1, 0, lots, price)
    _place(run, run.wanted[0])


@inner
def _place(run: Run, want: np.ndarray) -> None:
    place = run.state[ORDERS]
    if place >= len(run.orders):
        run.state[OUTCOME] = BEYOND_KERNEL
        return
    point = get(run.pairs, POINT)
    price = point if want[IS_MARKET] else (float(want[PRICE]), 0.0)
    if price[0] * run.set[SIDE] <= 0:
        run.state[OUTCOME] = BEYOND_KERNEL
        return
    if is_too_small(run, (float(want[AMOUNT]), 0.0), size_of(price)):
        run.state[OUTCOME] = REFUSED if want[ROLE] <= SAFETY else BEYOND_KERNEL
        return
    order = run.orders[place]
    for column in range(PRICE + 1):
        order[column] = want[column]
    order[STATUS] = PENDING
    order[RESTS] = 0
    run.state[ORDERS] += 1
    if want[ROLE] == BASE:
        run.state[PLACED_AT] = run.state[POINT_AT]
    push(run, ACCEPTED, place, 0, (0.0, 0.0))
    if want[IS_MARKET]:
        slip = get(run.set_pairs, SLIPPAGE)
        sign = run.set[SIDE] if want[IS_ENTRY] else -run.set[SIDE]
        push(run, FILLED, place, 0, times(point, plus((1.0, 0.0), (sign * slip[0], sign * slip[1]))))
        return
    gain = minus(price, highest(run)) if want[IS_ENTRY] else minus(lowest(run), price)
    if gain[0] > 0 or (same(gain, (0.0, 0.0)) and not run.set[THROUGH]):
        push(run, FILLED, place, 0, point)
    else:
        order[RESTS] = 1


@inner
def rest_level(run: Run, order: np.ndarray) -> float:
    """Where a resting order fills."""
    return float(order[PRICE] - run.set[THROUGH] if order[IS_ENTRY] else order[PRICE] + run.set[THROUGH])
