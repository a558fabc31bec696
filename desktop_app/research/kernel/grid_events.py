"""What a fill, a level and the end do to a grid: the core's grid cells and orders in compiled numbers."""

import numpy as np

from desktop_app.research.kernel.formulas import get, put
from desktop_app.research.kernel.grid_layout import (
    BALANCING,
    BEYOND_KERNEL,
    BOUNDARY,
    CANDLE,
    CASH,
    DOES_MOVE,
    DOES_TRAIL_DOWN,
    DOES_TRAIL_UP,
    EARNED,
    ENDED_AT,
    EXIT,
    EXPAND_DOWN,
    EXPAND_UP,
    FILLS,
    FUNDED,
    GOAL,
    GRID,
    HAS_LEVEL,
    HAS_PROFIT_GOAL,
    HELD,
    HIGH,
    IS_ENDLESS,
    IS_FEE_IN_COINS,
    IS_OVER,
    IS_PROFIT_IN_COINS,
    LAST,
    LEFT_WORTH,
    LEVEL,
    LOOSE,
    LOW,
    LOWER_LINE,
    LOWER_WATCH,
    MAKER,
    MISSING,
    MOST_BUYS,
    MOST_SELLS,
    OUTCOME,
    REST,
    ROUND_TRIPS,
    ROWS,
    STATUS,
    STAYS_OVER,
    STAYS_UNDER,
    STOP_ABOVE,
    STOP_BELOW,
    TAKER,
    TAKER_GRAINS,
    THEN_BUY,
    THEN_SELL,
    THROUGH,
    UPPER_LINE,
    UPPER_WATCH,
    GridRun,
)
from desktop_app.research.kernel.grid_trades import (
    gather,
    is_too_small,
    measure,
    one_and,
    received,
    slipped,
    trade,
    whole,
)
from desktop_app.research.kernel.jit import inner
from desktop_app.research.kernel.twofold import Pair, less, minus, over, plus, snapped, steps_down, times

# --- a line fills -----------------------------------------------------------------------------------------------------


@inner
def buy_line(run: GridRun, price: float, path: float) -> None:
    """The highest line below fills: the one above it sells. `path`: how far the price has come."""
    state = run.state
    cell = state[BOUNDARY] - 1
    lots = run.lots[cell]
    trade(run, 1, (price, 0.0), lots, 1, cell, GRID)
    paid = price * lots
    run.paid[cell] = paid if run.set[IS_FEE_IN_COINS] else paid * (1.0 + run.set_pairs[MAKER])
    run.coins[cell] = run.again[cell]
    if not run.set[IS_PROFIT_IN_COINS]:
        state[LOOSE] += received(run, lots, 1) - run.coins[cell] * run.set[REST]
    state[BOUNDARY] = cell
    if run.coins[cell] < run.least[cell + 1]:
        state[OUTCOME] = BEYOND_KERNEL
    entering = cell - run.set[MOST_BUYS]
    if run.set[MOST_BUYS] and entering >= state[LOW] and run.prices[entering] >= path:
        state[OUTCOME] = BEYOND_KERNEL  # it would fill at once, as a taker


@inner
def sell_line(run: GridRun, price: float, path: float) -> None:
    """The lowest line above fills: the one below it buys."""
    state = run.state
    cell = state[BOUNDARY]
    lots = run.coins[cell]
    trade(run, -1, (price, 0.0), lots, 1, cell + 1, GRID)
    if run.paid[cell] > 0.0:
        left = max(0.0, received(run, run.lots[cell], 1) / run.set[REST] - lots)
        proceeds = price * lots * (1.0 - run.set_pairs[MAKER])
        gather(run, EARNED, proceeds - run.paid[cell] + left * price)
        state[ROUND_TRIPS] += 1
    run.paid[cell] = 0.0
    run.coins[cell] = 0
    state[BOUNDARY] = cell + 1
    entering = cell + 1 + run.set[MOST_SELLS]
    is_there = entering <= state[HIGH] or (run.set[IS_ENDLESS] and entering < run.set[ROWS])
    if run.set[MOST_SELLS] and is_there and run.prices[entering] <= path:
        state[OUTCOME] = BEYOND_KERNEL


# --- what follows from it ---------------------------------------------------------------------------------------------


@inner
def settle_grid(run: GridRun, price: float, highest: float) -> None:
    """Coins for the lines that lack some, lines after the price, the level of the profit.

    `price`: what an order at market pays here; `highest`: what a buy limit must pay.
    """
    state = run.state
    if run.set[DOES_MOVE] or state[FUNDED] < state[HIGH]:
        fund(run)
        follow_price(run)
        grow_down(run, highest)
        if run.set[IS_ENDLESS]:
            reach_up(run)
        lacks = fund(run)
        while lacks > 0 and not state[OUTCOME]:
            buy_coins(run, lacks, price)
            lacks = fund(run)
    if run.set[HAS_PROFIT_GOAL]:
        set_level(run)
    set_near(run)


@inner
def last_resting(run: GridRun) -> int:
    """One past the highest cell whose sell may rest."""
    most = run.set[MOST_SELLS]
    return int(min(run.state[HIGH], run.state[BOUNDARY] + most) if most else run.state[HIGH])


@inner
def fund(run: GridRun) -> int:
    """Loose coins for the lines that lack some, nearest first; the grains that then have to be bought."""
    state = run.state
    end = last_resting(run)
    while state[FUNDED] < end:
        cell = state[FUNDED]
        wanted = run.lots[cell + 1] * run.set[REST]
        if wanted > state[LOOSE]:
            break
        state[LOOSE] -= wanted
        run.coins[cell] = run.lots[cell + 1]
        run.paid[cell] = 0.0
        state[FUNDED] = cell + 1
    short = 0
    for cell in range(state[FUNDED], end):
        short += run.lots[cell + 1] * run.set[REST]
    return max(0, short - max(0, state[LOOSE])) if short else 0


@inner
def buy_coins(run: GridRun, grains: int, price: float) -> None:
    """At market, with what the fee takes of them."""
    state = run.state
    each = run.set[REST] - run.set[TAKER_GRAINS]
    lots = -(-grains // each)
    if is_too_small(run, lots, get(run.pairs, LAST)) or is_too_small(run, lots, (price, 0.0)):
        state[OUTCOME] = BEYOND_KERNEL  # the lines make do with what is there
        return
    trade(run, 1, slipped(run, (price, 0.0), 1.0), lots, 0, -1, BALANCING)
    state[LOOSE] += received(run, lots, 0)
    measure(run)
    follow_price(run)


@inner
def follow_price(run: GridRun) -> None:
    """Move or grow after the price, as far as the bot has seen it."""
    state, last = run.state, get(run.pairs, LAST)
    while not state[OUTCOME] and not less(last, (up_level(run), 0.0)):
        grown = state[HIGH]
        if run.lots[grown] < run.least[grown]:
            state[OUTCOME] = BEYOND_KERNEL
        state[HIGH] = state[BOUNDARY] = state[FUNDED] = grown + 1
        if run.set[DOES_TRAIL_UP]:
            state[LOW] += 1
    while not state[OUTCOME] and not less((down_level(run), 0.0), last):
        cell, giver = state[LOW] - 1, state[HIGH] - 1
        run.coins[cell] = run.coins[giver]
        run.paid[cell] = 0.0
        if run.coins[cell] < run.least[cell + 1]:
            state[OUTCOME] = BEYOND_KERNEL
        state[LOW] = state[BOUNDARY] = cell
        state[HIGH] = state[FUNDED] = giver


@inner
def up_level(run: GridRun) -> float:
    """Where a line comes on top; infinity for nowhere."""
    state = run.state
    if state[BOUNDARY] < state[HIGH] or state[BOUNDARY] == state[LOW]:
        return np.inf
    if not run.set[DOES_TRAIL_UP] and not run.set[EXPAND_UP]:
        return np.inf
    if state[HIGH] + 1 >= run.set[ROWS]:
        state[OUTCOME] = BEYOND_KERNEL
        return np.inf
    level = run.prices[state[HIGH] + 1]
    return level if run.set[DOES_TRAIL_UP] or level <= run.set[EXPAND_UP] else np.inf


@inner
def down_level(run: GridRun) -> float:
    """Where the highest line leaves for below."""
    state = run.state
    if not run.set[DOES_TRAIL_DOWN] or state[BOUNDARY] > state[LOW]:
        return -np.inf
    if state[LOW] == 0:  # the table ends where no price is left, or where none of the candles comes
        return -np.inf
    return float(run.prices[state[LOW] - 1])


@inner
def grow_down(run: GridRun, highest: float) -> None:
    """One more line to buy at, once all lines have bought."""
    state = run.state
    if not run.set[EXPAND_DOWN] or state[BOUNDARY] > state[LOW] or state[LOW] == 0:
        return
    cell = state[LOW] - 1
    if run.prices[cell] < run.set[EXPAND_DOWN] or run.lots[cell] < run.least[cell]:
        return
    if run.prices[cell] >= highest:
        state[OUTCOME] = BEYOND_KERNEL  # it would fill at once
    state[LOW] = cell


@inner
def reach_up(run: GridRun) -> None:
    """A grid without an end above always has lines above the price, as far as its coins go."""
    state = run.state
    while state[HIGH] - state[BOUNDARY] < run.set[MOST_SELLS]:
        cell = state[HIGH]
        if cell + 1 >= run.set[ROWS]:
            state[OUTCOME] = BEYOND_KERNEL
            return
        amount = run.lots[cell + 1]
        if amount < run.least[cell + 1] or state[LOOSE] < amount * run.set[REST]:
            return
        if state[FUNDED] < state[HIGH]:
            state[OUTCOME] = BEYOND_KERNEL
            return
        state[LOOSE] -= amount * run.set[REST]
        run.coins[cell] = amount
        run.paid[cell] = 0.0
        state[HIGH] = state[FUNDED] = cell + 1


@inner
def set_level(run: GridRun) -> None:
    """The price at which everything sold would have earned what is wished for; 0 where it has already."""
    state = run.state
    state[HAS_LEVEL] = 1
    lacks = minus(get(run.set_pairs, GOAL), get(run.pairs, CASH))
    if lacks[0] <= 0.0:
        put(run.pairs, LEVEL, (0.0, 0.0))
    elif state[HELD] <= 0:
        state[HAS_LEVEL] = 0
    else:
        lots = over(whole(state[HELD]), (float(run.set[REST]), 0.0))
        level = over(lacks, times(lots, one_and(get(run.set_pairs, TAKER), -1.0)))
        put(run.pairs, LEVEL, snapped(level))


@inner
def set_near(run: GridRun) -> None:
    """Where something happens next, but for the level of the profit, which may lie between two units."""
    state, near, through = run.state, run.near, run.set[THROUGH]
    is_lowest, is_highest = state[BOUNDARY] == state[LOW], state[BOUNDARY] == state[HIGH]
    near[LOWER_LINE] = -np.inf if is_lowest else run.prices[state[BOUNDARY] - 1] - through
    near[UPPER_LINE] = np.inf if is_highest else run.prices[state[BOUNDARY] + 1] + through
    if not is_highest and state[FUNDED] == state[BOUNDARY]:
        state[OUTCOME] = BEYOND_KERNEL  # the nearest line has no coins
    if not run.set[DOES_MOVE] and state[FILLS]:
        fill = run.fill_prices[state[FILLS] - 1]
        fill[STAYS_OVER], fill[STAYS_UNDER] = near[LOWER_LINE], near[UPPER_LINE]
    near[LOWER_WATCH] = down_level(run) if is_lowest else -np.inf
    near[UPPER_WATCH] = up_level(run) if is_highest else np.inf
    if run.set[STOP_BELOW]:
        near[LOWER_WATCH] = max(near[LOWER_WATCH], float(run.set[STOP_BELOW]))
    if run.set[STOP_ABOVE]:
        near[UPPER_WATCH] = min(near[UPPER_WATCH], float(run.set[STOP_ABOVE]))


# --- the beginning and the end ----------------------------------------------------------------------------------------


@inner
def begin(run: GridRun, price: float, highest: float) -> None:
    """The coins for the sell lines, at market; then the lines rest."""
    state = run.state
    put(run.pairs, LAST, (price, 0.0))
    missing = state[MISSING]
    if missing > 0:
        if is_too_small(run, missing, (price, 0.0)):
            state[OUTCOME] = BEYOND_KERNEL
            return
        trade(run, 1, slipped(run, (price, 0.0), 1.0), missing, 0, -1, BALANCING)
        state[LOOSE] += received(run, missing, 0)
        measure(run)
    settle_grid(run, price, highest)


@inner
def finish(run: GridRun, status: int, then: int, price: Pair) -> None:
    """All lines off, and what the ending asks for at market. What is left is worth what it would bring."""
    state = run.state
    put(run.pairs, LAST, price)
    if state[FILLS]:
        fill = run.fill_prices[state[FILLS] - 1]
        fill[STAYS_OVER], fill[STAYS_UNDER] = -np.inf, np.inf
    if then == THEN_SELL:
        lots = state[HELD] // run.set[REST]
        if not is_too_small(run, lots, price):
            trade(run, -1, slipped(run, price, -1.0), lots, 0, -1, EXIT)
    elif then == THEN_BUY:
        unspent = (0.0, 0.0)
        for cell in range(state[LOW], state[BOUNDARY]):
            unspent = plus(unspent, times((run.prices[cell], 0.0), whole(run.lots[cell])))
        lots = int(steps_down(over(unspent, times(price, one_and(get(run.set_pairs, TAKER), 1.0)))))
        if not is_too_small(run, lots, price):
            trade(run, 1, slipped(run, price, 1.0), lots, 0, -1, BALANCING)
    held = max(0.0, state[HELD] / run.set[REST])
    run.pairs[LEFT_WORTH] = held * run.pairs[LAST] * (1.0 - run.set_pairs[TAKER])
    state[STATUS] = status
    state[IS_OVER] = 1
    state[ENDED_AT] = state[CANDLE]
