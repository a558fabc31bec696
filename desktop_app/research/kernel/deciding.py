"""What news does to a deal: core/strategies/dca, dca_orders, dca_triggers and dca_close, signed (see layout)."""

from desktop_app.research.kernel.formulas import (
    HAS_FIRED,
    HAS_PRICE,
    IS_THERE,
    IS_TRIGGER,
    RUNG_PRICE,
    SOLD_LOTS,
    SOLD_PRICE,
    Run,
    Whole,
    add_to,
    average,
    cash,
    closing_level,
    get,
    has_stop_level,
    held,
    is_out_of_profit,
    is_too_small,
    lay_ladder,
    on_tick_down,
    order_lots,
    put,
    size_next_deal,
    size_of,
    stop_level,
    target_price,
)
from desktop_app.research.kernel.jit import inner
from desktop_app.research.kernel.layout import (
    ACCEPTED,
    AMOUNT,
    ARM,
    BAR_END,
    BASE,
    BASE_LOTS,
    BASE_PRICE,
    BASE_VOLUME,
    BEST,
    BEYOND_SINCE,
    BREAK_EVEN,
    BREAK_EVEN_AFTER,
    CANCELED,
    CANDLE,
    CANDLE_AT,
    CARRIED,
    CLOCK,
    CLOSE_AFTER,
    CLOSED_BY_USER,
    COIN_FEE,
    COIN_FEE_MONEY,
    COMPLETED,
    COOLDOWN,
    DEAL,
    DEAL_CLOSED,
    DEAL_OPENED,
    DEAL_SAFETY,
    DEAL_STATUS,
    DEALS,
    DEALS_CLOSED,
    DEALS_TAKEN,
    DOES_STOP_END,
    DOES_STOP_TRAIL,
    DUST,
    ENDING,
    ENTERED,
    ENTRY_FEE,
    ENTRY_MONEY,
    EVENTS,
    EXIT_FEE,
    EXIT_MONEY,
    EXITED,
    FILL_AT,
    FILL_CANDLE,
    FILL_DEAL,
    FILL_INDEX,
    FILL_IS_ENTRY,
    FILL_IS_MAKER,
    FILL_IS_MARKET,
    FILL_LOTS,
    FILL_ROLE,
    FILLED,
    FILLS,
    FINAL,
    HAS_ARM,
    HAS_BASE_PRICE,
    HAS_BREAK_EVEN,
    HAS_LEAST_PRICE,
    HAS_MOST_PRICE,
    HAS_SHARED,
    HAS_STOP,
    HEAD,
    INDEX,
    IS_BASE_IN_COINS,
    IS_CLOSING,
    IS_ENTRY,
    IS_FEE_IN_COINS,
    IS_JUMP,
    IS_LIMIT_BASE,
    IS_MARKET,
    IS_OPEN,
    IS_OPENING,
    IS_STOPPED,
    IS_TRAILING,
    LADDER,
    LAST,
    LAST_EXIT,
    LEAST_PRICE,
    MAKER,
    MOST_DEALS,
    MOST_PRICE,
    NO_DEAL,
    OPEN,
    OPENED_AT,
    OPENING_TICK,
    OPENS_AFTER,
    ORDER_COLUMNS,
    ORDERS,
    OUTCOME,
    P0,
    PATH,
    PENDING,
    PLACED_AT,
    PLANNED,
    POINT,
    POINT_AT,
    POINT_END,
    PRICE,
    PROFIT,
    ROLE,
    RUNGS,
    RUNS,
    SAFETY,
    SAFETY_FILLED,
    SHARED,
    SHARED_AFTER,
    SIDE,
    STATUS,
    STEPS_DONE,
    STOP,
    STOP_WAIT,
    STOPPED_OUT,
    TAKE_PROFIT,
    TAKER,
    TARGETS,
    TIMED_OUT,
    TOO_MANY_FILLS,
    TRAIL_BEST,
)
from desktop_app.research.kernel.planning import (
    find_live,
    is_dust,
    is_planned,
    order_anew,
    place_limit_base,
    place_market_base,
    push,
    share_anew,
)
from desktop_app.research.kernel.twofold import Pair, less, steps_down, times

_REPRICE_MS = 60_000

# What an event changed.
NOTHING = 0
PRICES = 1  # only what is remembered of the price
PLAN = 2
ENTRIES = 3  # the plan, and coins came in


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
            changed = _filled(run, order, is_maker, price)
        elif kind == CANCELED:
            if run.orders[order, STATUS] != FINAL:
                run.orders[order, STATUS] = FINAL
                changed = PLAN
        elif kind == CLOCK:
            changed = _clock(run, at)
        else:
            changed = _tick(run, kind == OPENING_TICK)
        if changed != NOTHING:
            _finish(run, changed, at)
    elif kind == OPENING_TICK:
        _open(run)


@inner
def _finish(run: Run, changed: int, at: int) -> None:
    """Every change ends in a new plan of orders, and in the deal's end if nothing is left."""
    if changed != PRICES:
        if run.state[ENDING] == RUNS and run.state[DEAL] != IS_OPENING:
            _end_by_exits(run)
            share_anew(run, changed == ENTRIES)
        order_anew(run)
        if _close_if_done(run, at):
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


# --- a deal begins ----------------------------------------------------------------------------------------------------


@inner
def may_open(run: Run) -> bool:
    state = run.state
    return state[DEAL] == NO_DEAL and not state[IS_STOPPED] and state[DEALS_CLOSED] < run.set[MOST_DEALS]


@inner
def _open(run: Run) -> None:
    price = get(run.pairs, POINT)
    if not may_open(run) or run.state[POINT_AT] < run.state[OPENS_AFTER] or not _is_price_allowed(run, price):
        return
    size_next_deal(run, price)
    is_limit = run.set[IS_LIMIT_BASE]
    level = on_tick_down(run, price)
    ordered = (float(level), 0.0) if is_limit else price
    lots = order_lots(run, get(run.set_pairs, BASE_VOLUME), run.set[IS_BASE_IN_COINS], ordered)
    if is_too_small(run, (float(lots), 0.0), ordered):
        return
    _begin(run)
    put(run.pairs, LAST, price)
    if is_limit:
        run.state[BASE_PRICE] = level
        run.state[HAS_BASE_PRICE] = 1
        place_limit_base(run, lots, level)
    else:
        place_market_base(run, lots)


@inner
def _is_price_allowed(run: Run, price: Pair) -> bool:
    size = size_of(price)
    if run.set[HAS_LEAST_PRICE] and less(size, get(run.set_pairs, LEAST_PRICE)):
        return False
    return not run.set[HAS_MOST_PRICE] or not less(get(run.set_pairs, MOST_PRICE), size)


@inner
def _begin(run: Run) -> None:
    state, pairs = run.state, run.pairs
    for place in (
        ENDING, STEPS_DONE, SHARED_AFTER, HAS_SHARED, BEYOND_SINCE, BAR_END, RUNGS, ENTERED, EXITED, BASE_LOTS,
        HAS_BASE_PRICE, HAS_ARM, HAS_STOP, HAS_BREAK_EVEN, SAFETY_FILLED, LAST_EXIT, ORDERS,
    ):  # fmt: skip
        state[place] = 0
    for place in (
        LAST, P0, ENTRY_MONEY, ENTRY_FEE, EXIT_MONEY, EXIT_FEE, COIN_FEE, COIN_FEE_MONEY, SHARED, BEST, TRAIL_BEST,
        ARM, STOP, BREAK_EVEN,
    ):  # fmt: skip
        put(pairs, place, (0.0, 0.0))
    put(pairs, CARRIED, get(pairs, DUST))
    put(pairs, DUST, (0.0, 0.0))
    for rung in range(run.set[LADDER]):
        run.rungs[rung, IS_THERE] = 0
    for step in range(run.set[TARGETS]):
        run.sold[step, SOLD_LOTS] = 0
        run.sold[step, SOLD_PRICE] = 0
        run.sold[step, HAS_PRICE] = 0
    state[DEAL] = IS_OPENING
    state[OPENED_AT] = state[POINT_AT]
    state[DEALS] += 1


# --- trades -----------------------------------------------------------------------------------------------------------


@inner
def _filled(run: Run, place: int, is_maker: int, price: Pair) -> int:
    order, state = run.orders[place], run.state
    if not order[IS_MARKET]:
        _pass(run, price)
        put(run.pairs, LAST, price)
        _recover(run)
    state[BAR_END] = max(state[BAR_END], state[POINT_END])
    order[STATUS] = FINAL
    _book(run, order, is_maker, price)
    role, index, is_entry = order[ROLE], order[INDEX], order[IS_ENTRY]
    if role == SAFETY:
        run.rungs[index - 1, IS_THERE] = 0
    elif role == TAKE_PROFIT:
        run.sold[index - 1, SOLD_LOTS] += order[AMOUNT]
        if not order[IS_MARKET]:
            run.sold[index - 1, SOLD_PRICE] = order[PRICE]
            run.sold[index - 1, HAS_PRICE] = 1
    if state[ENDING] != RUNS:
        return ENTRIES if is_entry else PLAN
    if role == BASE and state[DEAL] == IS_OPENING:
        _complete_base(run)
    elif role == SAFETY:
        state[SAFETY_FILLED] += 1
    elif role == TAKE_PROFIT:
        _step_sold(run, index)
    if is_entry:
        _recover(run)
        _pass(run, get(run.pairs, LAST))
        return ENTRIES
    return PLAN


@inner
def _book(run: Run, order: Whole, is_maker: int, price: Pair) -> None:
    state = run.state
    lots = (float(order[AMOUNT]), 0.0)
    money = times(size_of(price), lots)
    rate = get(run.set_pairs, MAKER if is_maker else TAKER)
    if order[IS_ENTRY]:
        state[ENTERED] += order[AMOUNT]
        add_to(run.pairs, ENTRY_MONEY, money)
        add_to(run.pairs, ENTRY_FEE, times(money, rate))
        if run.set[IS_FEE_IN_COINS] and run.set[SIDE] > 0:
            coins = times(lots, rate)
            add_to(run.pairs, COIN_FEE, coins)
            add_to(run.pairs, COIN_FEE_MONEY, times(coins, size_of(price)))
    else:
        state[EXITED] += order[AMOUNT]
        state[LAST_EXIT] = state[CANDLE_AT]
        add_to(run.pairs, EXIT_MONEY, money)
        add_to(run.pairs, EXIT_FEE, times(money, rate))
    row = state[FILLS]
    if row >= len(run.fills):
        state[OUTCOME] = TOO_MANY_FILLS
        return
    fill = run.fills[row]
    fill[FILL_CANDLE] = state[CANDLE]
    fill[FILL_DEAL] = state[DEALS]
    fill[FILL_ROLE] = order[ROLE]
    fill[FILL_INDEX] = order[INDEX]
    fill[FILL_IS_ENTRY] = order[IS_ENTRY]
    fill[FILL_IS_MARKET] = order[IS_MARKET]
    fill[FILL_LOTS] = order[AMOUNT]
    fill[FILL_IS_MAKER] = is_maker
    fill[FILL_AT] = state[CANDLE_AT]
    put(run.fill_prices[row], 0, size_of(price))
    state[FILLS] += 1


@inner
def _complete_base(run: Run) -> None:
    put(run.pairs, P0, average(run))
    run.state[BASE_LOTS] = run.state[ENTERED]
    run.state[HAS_BASE_PRICE] = 0
    lay_ladder(run)
    put(run.pairs, BEST, get(run.pairs, LAST))
    run.state[DEAL] = IS_OPEN


@inner
def _step_sold(run: Run, index: int) -> None:
    state = run.state
    state[STEPS_DONE] = max(state[STEPS_DONE], index)
    if index > run.set[BREAK_EVEN_AFTER]:
        return
    if index == 1:
        level = average(run)
    elif run.sold[index - 2, HAS_PRICE]:
        level = (float(run.sold[index - 2, SOLD_PRICE]), 0.0)
    else:
        level = (float(target_price(run, index - 1)), 0.0)
    if not state[HAS_BREAK_EVEN] or less(get(run.pairs, BREAK_EVEN), level):
        put(run.pairs, BREAK_EVEN, level)
        state[HAS_BREAK_EVEN] = 1


@inner
def _pass(run: Run, price: Pair) -> bool:
    """Trailing is undone where the path came out of profit."""
    if run.state[DEAL] == IS_TRAILING and is_out_of_profit(run, price):
        put(run.pairs, TRAIL_BEST, (0.0, 0.0))
        run.state[DEAL] = IS_OPEN
        return True
    return False


@inner
def _recover(run: Run) -> bool:
    if not run.state[BEYOND_SINCE]:
        return False
    if has_stop_level(run) and not less(stop_level(run), get(run.pairs, LAST)):
        return False
    run.state[BEYOND_SINCE] = 0
    return True


# --- the price --------------------------------------------------------------------------------------------------------


@inner
def _tick(run: Run, opens: bool) -> int:
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
def _end(run: Run, ending: int) -> None:
    if run.state[ENDING] == RUNS:
        run.state[ENDING] = ending
        run.state[DEAL] = IS_CLOSING


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
            _end(run, STOPPED_OUT)
            return PLAN
        if not run.state[BEYOND_SINCE]:
            run.state[BEYOND_SINCE] = run.state[POINT_AT]
            changed = PLAN
    elif _recover(run):
        changed = PLAN
    if less(get(run.pairs, BEST), price):
        put(run.pairs, BEST, price)
    return changed


@inner
def _trail(run: Run, price: Pair, fallen: Pair) -> int:
    if run.state[DEAL] != IS_TRAILING:
        return PRICES
    if _pass(run, price):
        return PLAN
    if not less(closing_level(run), fallen):
        _end(run, COMPLETED)
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
def _clock(run: Run, at: int) -> int:
    state = run.state
    if state[ENDING] != RUNS:
        return NOTHING
    times_out, stops = at + 1, at + 1
    if run.set[CLOSE_AFTER]:
        times_out = state[OPENED_AT] + run.set[CLOSE_AFTER]
    if state[BEYOND_SINCE]:
        stops = state[BEYOND_SINCE] + run.set[STOP_WAIT]
    if stops <= min(at, times_out):
        _end(run, STOPPED_OUT)
        return PLAN
    if run.set[CLOSE_AFTER] and times_out <= at:
        _end(run, TIMED_OUT)
        return PLAN
    return NOTHING


# --- a deal ends ------------------------------------------------------------------------------------------------------


@inner
def _end_by_exits(run: Run) -> None:
    state = run.state
    if not state[EXITED]:
        return
    if steps_down(held(run)) <= 0:
        _end(run, COMPLETED if state[STEPS_DONE] else CLOSED_BY_USER)
        return
    if state[STEPS_DONE] and is_dust(run) and not _has_live_target(run):
        _end(run, COMPLETED)
    elif run.set[TARGETS] and state[STEPS_DONE] >= run.set[TARGETS]:
        state[STEPS_DONE] = run.set[TARGETS] - 1


@inner
def _has_live_target(run: Run) -> bool:
    for k in range(run.state[ORDERS]):  # noqa: SIM110 - the compiler knows no generators
        if run.orders[k, ROLE] == TAKE_PROFIT and run.orders[k, STATUS] != FINAL:
            return True
    return False


@inner
def _close_if_done(run: Run, at: int) -> bool:
    """Once no order rests and nothing is left that could be exited: profit and dust go to the next deal."""
    state = run.state
    if state[ENDING] == RUNS:
        return False
    for k in range(state[ORDERS]):
        if run.orders[k, STATUS] != FINAL:
            return False
    if steps_down(held(run)) > 0 and not is_dust(run):
        return False
    if state[ENTERED] or state[EXITED]:
        row = run.deals[state[DEALS] - 1 - state[DEALS_TAKEN]]
        row[DEAL_STATUS] = state[ENDING]
        row[DEAL_OPENED] = state[OPENED_AT]
        row[DEAL_CLOSED] = state[LAST_EXIT] if state[EXITED] else at
        row[DEAL_SAFETY] = state[SAFETY_FILLED]
    state[OPENS_AFTER] = max(at, state[BAR_END]) + run.set[COOLDOWN]
    add_to(run.pairs, PROFIT, cash(run))
    add_to(run.pairs, DUST, held(run))
    state[DEALS_CLOSED] += 1
    if state[ENDING] == STOPPED_OUT and run.set[DOES_STOP_END]:
        state[IS_STOPPED] = 1
    state[DEAL] = NO_DEAL
    if state[DEALS] - state[DEALS_TAKEN] >= len(run.deals):
        state[OUTCOME] = TOO_MANY_FILLS
    return True
