"""How a deal begins: what core/strategies/dca does at an opening, signed (see layout)."""

from desktop_app.research.kernel.formulas import (
    HAS_PRICE,
    IS_THERE,
    SOLD_LOTS,
    SOLD_PRICE,
    Run,
    get,
    is_too_small,
    on_tick_down,
    order_lots,
    put,
    size_next_deal,
    size_of,
)
from desktop_app.research.kernel.jit import inner
from desktop_app.research.kernel.layout import (
    ARM,
    BAR_END,
    BASE_LOTS,
    BASE_PRICE,
    BASE_VOLUME,
    BEST,
    BEYOND_SINCE,
    BREAK_EVEN,
    CARRIED,
    COIN_FEE,
    COIN_FEE_MONEY,
    DEAL,
    DEALS,
    DEALS_CLOSED,
    DUST,
    ENDING,
    ENTERED,
    ENTRY_FEE,
    ENTRY_MONEY,
    EXIT_FEE,
    EXIT_MONEY,
    EXITED,
    HAS_ARM,
    HAS_BASE_PRICE,
    HAS_BREAK_EVEN,
    HAS_LEAST_PRICE,
    HAS_MOST_PRICE,
    HAS_SHARED,
    HAS_STOP,
    IS_BASE_IN_COINS,
    IS_LIMIT_BASE,
    IS_OPENING,
    IS_STOPPED,
    LADDER,
    LAST,
    LAST_EXIT,
    LEAST_PRICE,
    MOST_DEALS,
    MOST_PRICE,
    NO_DEAL,
    OPENED_AT,
    OPENS_AFTER,
    ORDERS,
    P0,
    POINT,
    POINT_AT,
    RUNGS,
    SAFETY_FILLED,
    SHARED,
    SHARED_AFTER,
    STEPS_DONE,
    STOP,
    TARGETS,
    TRAIL_BEST,
)
from desktop_app.research.kernel.placing import place_limit_base, place_market_base
from desktop_app.research.kernel.twofold import Pair, less


@inner
def may_open(run: Run) -> bool:
    state = run.state
    return state[DEAL] == NO_DEAL and not state[IS_STOPPED] and state[DEALS_CLOSED] < run.set[MOST_DEALS]


@inner
def open_deal(run: Run) -> None:
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
    begin(run)
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
def begin(run: Run) -> None:
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
