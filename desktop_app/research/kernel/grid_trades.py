"""A trade of a grid: written down, and what it does to cash and coins, in compiled numbers."""

import numpy as np

from desktop_app.research.kernel.formulas import add_to, get, put
from desktop_app.research.kernel.grid_layout import (
    CANDLE,
    CASH,
    FEES,
    FILL_CANDLE,
    FILL_IS_MAKER,
    FILL_LINE,
    FILL_LOTS,
    FILL_ROLE,
    FILL_SIDE,
    FILLS,
    HAS_PROFIT_GOAL,
    HELD,
    IS_FEE_IN_COINS,
    LAST,
    LEAST_LOTS,
    LEAST_MONEY,
    MAKER,
    MAKER_GRAINS,
    MOST_USED,
    PRICE,
    REST,
    SLIPPAGE,
    STAYS_OVER,
    STAYS_UNDER,
    TAKER,
    TAKER_GRAINS,
    GridRun,
)
from desktop_app.research.kernel.jit import inner
from desktop_app.research.kernel.twofold import Pair, less, plus, times, two_sum


@inner
def whole(value: int) -> Pair:
    """Exact, also where one float could not hold it."""
    high = float(value)
    return high, float(value - int(high))


@inner
def one_and(part: Pair, sign: float) -> Pair:
    return plus((1.0, 0.0), (sign * part[0], sign * part[1]))


@inner
def trade(run: GridRun, side: int, price: Pair, lots: int, is_maker: int, line: int, role: int) -> None:
    """Write the fill down, and what it does to cash and coins."""
    state = run.state
    row = state[FILLS]
    fill = run.fills[row]
    fill[FILL_CANDLE], fill[FILL_LINE], fill[FILL_SIDE] = state[CANDLE], line, side
    fill[FILL_LOTS], fill[FILL_IS_MAKER], fill[FILL_ROLE] = lots, is_maker, role
    put(run.fill_prices[row], PRICE, price)
    run.fill_prices[row, STAYS_OVER], run.fill_prices[row, STAYS_UNDER] = -np.inf, np.inf
    state[FILLS] = row + 1
    rate = MAKER if is_maker else TAKER
    cost, part = price[0] * lots, run.set_pairs[rate]
    is_fee_in_quote = side < 0 or not run.set[IS_FEE_IN_COINS]
    if run.set[HAS_PROFIT_GOAL]:  # its level shows every digit
        exact = times(price, whole(lots))
        if is_fee_in_quote:
            exact = times(exact, one_and(get(run.set_pairs, rate), float(side)))
        add_to(run.pairs, CASH, (-side * exact[0], -side * exact[1]))
    else:
        gather(run, CASH, -side * (cost * (1.0 + side * part) if is_fee_in_quote else cost))
    state[HELD] += received(run, lots, is_maker) if side > 0 else -lots * run.set[REST]
    run.pairs[FEES] += cost * part
    put(run.pairs, LAST, price)


@inner
def gather(run: GridRun, place: int, value: float) -> None:
    """Add it up, and beside it what the sum could not hold."""
    total, lost = two_sum(run.pairs[place], value)
    run.pairs[place] = total
    run.pairs[place + 1] += lost


@inner
def received(run: GridRun, lots: int, is_maker: int) -> int:
    """Grains that a buy leaves in the account."""
    return int(lots * (run.set[REST] - run.set[MAKER_GRAINS if is_maker else TAKER_GRAINS]))


@inner
def measure(run: GridRun) -> None:
    """The most quote that the grid had in the market at once."""
    run.pairs[MOST_USED] = max(run.pairs[MOST_USED], -run.pairs[CASH])


@inner
def is_too_small(run: GridRun, lots: int, price: Pair) -> bool:
    if lots <= 0 or lots < run.set[LEAST_LOTS]:
        return True
    return less(times(price, whole(lots)), get(run.set_pairs, LEAST_MONEY))


@inner
def slipped(run: GridRun, price: Pair, side: float) -> Pair:
    return times(price, one_and(get(run.set_pairs, SLIPPAGE), side))
