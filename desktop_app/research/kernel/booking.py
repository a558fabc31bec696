"""What a fill does to a deal: core/strategies/dca and core/deal, signed (see layout)."""

from desktop_app.research.kernel.formulas import (
    HAS_PRICE,
    IS_THERE,
    SOLD_LOTS,
    SOLD_PRICE,
    Run,
    add_to,
    average,
    get,
    has_stop_level,
    is_out_of_profit,
    lay_ladder,
    put,
    size_of,
    stop_level,
    target_price,
)
from desktop_app.research.kernel.jit import inner
from desktop_app.research.kernel.layout import (
    AMOUNT,
    BAR_END,
    BASE,
    BASE_LOTS,
    BEST,
    BEYOND_SINCE,
    BREAK_EVEN,
    BREAK_EVEN_AFTER,
    CANDLE,
    CANDLE_AT,
    COIN_FEE,
    COIN_FEE_MONEY,
    DEAL,
    DEALS,
    ENDING,
    ENTERED,
    ENTRIES,
    ENTRY_FEE,
    ENTRY_MONEY,
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
    FILLS,
    FINAL,
    HAS_BASE_PRICE,
    HAS_BREAK_EVEN,
    INDEX,
    IS_ENTRY,
    IS_FEE_IN_COINS,
    IS_MARKET,
    IS_OPEN,
    IS_OPENING,
    IS_TRAILING,
    LAST,
    LAST_EXIT,
    MAKER,
    OUTCOME,
    P0,
    PAID,
    PLAN,
    POINT_END,
    PRICE,
    ROLE,
    RUNS,
    SAFETY,
    SAFETY_FILLED,
    SIDE,
    STATUS,
    STEPS_DONE,
    TAKE_PROFIT,
    TAKER,
    TOO_MANY_FILLS,
    TRAIL_BEST,
)
from desktop_app.research.kernel.twofold import Pair, less, times


@inner
def filled(run: Run, place: int, is_maker: int, price: Pair) -> int:
    order, state = run.orders[place], run.state
    if not order[IS_MARKET]:
        pass_by(run, price)
        put(run.pairs, LAST, price)
        recover(run)
    state[BAR_END] = max(state[BAR_END], state[POINT_END])
    order[STATUS] = FINAL
    role, index, is_entry = order[ROLE], order[INDEX], order[IS_ENTRY]
    book(run, role, index, is_entry, order[IS_MARKET], order[AMOUNT], is_maker, price)
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
        complete_base(run)
    elif role == SAFETY:
        state[SAFETY_FILLED] += 1
    elif role == TAKE_PROFIT:
        _step_sold(run, index)
    if is_entry:
        recover(run)
        pass_by(run, get(run.pairs, LAST))
        return ENTRIES
    return PLAN


@inner
def book(
    run: Run, role: int, index: int, is_entry: int, is_market: int, amount: int, is_maker: int, price: Pair
) -> None:  # fmt: skip
    state = run.state
    lots = (float(amount), 0.0)
    money = times(size_of(price), lots)
    rate = get(run.set_pairs, MAKER if is_maker else TAKER)
    if is_entry:
        state[ENTERED] += amount
        add_to(run.pairs, ENTRY_MONEY, money)
        add_to(run.pairs, ENTRY_FEE, times(money, rate))
        if run.set[IS_FEE_IN_COINS] and run.set[SIDE] > 0:
            coins = times(lots, rate)
            add_to(run.pairs, COIN_FEE, coins)
            add_to(run.pairs, COIN_FEE_MONEY, times(coins, size_of(price)))
    else:
        state[EXITED] += amount
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
    fill[FILL_ROLE] = role
    fill[FILL_INDEX] = index
    fill[FILL_IS_ENTRY] = is_entry
    fill[FILL_IS_MARKET] = is_market
    fill[FILL_LOTS] = amount
    fill[FILL_IS_MAKER] = is_maker
    fill[FILL_AT] = state[CANDLE_AT]
    put(run.fill_prices[row], PAID, size_of(price))
    state[FILLS] += 1


@inner
def complete_base(run: Run) -> None:
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
def pass_by(run: Run, price: Pair) -> bool:
    """Trailing is undone where the path came out of profit."""
    if run.state[DEAL] == IS_TRAILING and is_out_of_profit(run, price):
        put(run.pairs, TRAIL_BEST, (0.0, 0.0))
        run.state[DEAL] = IS_OPEN
        return True
    return False


@inner
def recover(run: Run) -> bool:
    if not run.state[BEYOND_SINCE]:
        return False
    if has_stop_level(run) and not less(stop_level(run), get(run.pairs, LAST)):
        return False
    run.state[BEYOND_SINCE] = 0
    return True
