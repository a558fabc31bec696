"""The formulas of a DCA deal on pairs of floats: `core/ladder` and `core/deal`, signed (see layout)."""

from math import floor, inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from desktop_app.research.kernel.jit import inner
from desktop_app.research.kernel.layout import (
    ARE_RUNGS_IN_COINS,
    ARM,
    BASE_LOTS,
    BASE_VOLUME,
    BEST,
    BREAK_EVEN,
    CARRIED,
    COIN_FEE,
    COIN_FEE_MONEY,
    DOES_STOP_TRAIL,
    DOES_TRAIL,
    ENTERED,
    ENTRY_FEE,
    ENTRY_MONEY,
    EXIT_FEE,
    EXIT_MONEY,
    EXITED,
    EXTRA,
    HAS_ARM,
    HAS_BREAK_EVEN,
    HAS_STOP,
    HAS_STOP_LOSS,
    IS_BASE_IN_COINS,
    IS_BASIS_BASE,
    IS_BASIS_ENTRY,
    IS_EQUAL,
    IS_STOP_FROM_AVERAGE,
    IS_STOP_FROM_ENTRY,
    LADDER,
    LEAST_AMOUNT,
    LEAST_LOTS,
    LEAST_MONEY,
    MAKER,
    P0,
    PROFIT,
    REDUCTION,
    REINVEST,
    RUNGS,
    SCALE,
    SIDE,
    STOP,
    STOP_PART,
    TAKER,
    TARGETS,
    TICK_UNITS,
    TRAIL_BEST,
    TRAILING,
)
from desktop_app.research.kernel.twofold import (
    Pair,
    less,
    minus,
    over,
    plus,
    settles,
    snapped,
    steps_down,
    steps_up,
    times,
)

Whole = NDArray[np.int64]
Real = NDArray[np.float64]

# Columns of `rungs`.
RUNG_PRICE = 0
RUNG_LOTS = 1
IS_TRIGGER = 2
IS_THERE = 3  # it exists and has not been bought
HAS_FIRED = 4
RUNG_COLUMNS = 5
# Columns of `sold`.
SOLD_LOTS = 0
SOLD_PRICE = 1  # of the last order of this step that sold
HAS_PRICE = 2
SOLD_COLUMNS = 3


class Run(NamedTuple):
    """All arrays of one run; see layout for their columns."""

    set: Whole
    set_pairs: Real
    ladder: Real  # per rung: deviation as a fraction of P0 (pair), volume (pair; money or lots)
    near: Whole  # the rungs from the nearest to the farthest
    targets: Real  # per take-profit step: profit as a fraction (pair), share in percent (pair)
    state: Whole
    pairs: Real
    rungs: Whole
    sold: Whole
    orders: Whole
    events: Whole
    event_prices: Real
    told: Real
    wanted: Whole  # scratch: role, index, is_entry, is_market, lots, price
    plan: Whole  # scratch: take-profit step, price, lots
    fills: Whole
    fill_prices: Real
    deals: Whole


ZERO: Pair = (0.0, 0.0)
_CLEARLY = 1.0 + 1e-12  # more than that is more, whatever floats round off
_ENOUGH = 0.1  # a difference from one that has lost no more than a digit


@inner
def get(values: Real, place: int) -> Pair:
    return values[place], values[place + 1]


@inner
def put(values: Real, place: int, value: Pair) -> None:
    values[place] = value[0]
    values[place + 1] = value[1]


@inner
def add_to(values: Real, place: int, value: Pair) -> None:
    put(values, place, plus(get(values, place), value))


@inner
def with_part(part: Pair, sign: int) -> Pair:
    """1 + sign·part."""
    return plus((1.0, 0.0), (sign * part[0], sign * part[1]))


@inner
def size_of(price: Pair) -> Pair:
    return (-price[0], -price[1]) if price[0] < 0 else price


@inner
def average(run: Run) -> Pair:
    """Σ(price·amount ± fee) / Σ amount, signed."""
    side = run.set[SIDE]
    fee = get(run.pairs, ENTRY_FEE)
    money = plus(get(run.pairs, ENTRY_MONEY), (side * fee[0], side * fee[1]))
    price = over(money, (float(run.state[ENTERED]), 0.0))
    return side * price[0], side * price[1]


@inner
def entry_price(run: Run) -> Pair:
    """Σ(price·amount) / Σ amount over the entries, before fees, signed."""
    side = run.set[SIDE]
    price = over(get(run.pairs, ENTRY_MONEY), (float(run.state[ENTERED]), 0.0))
    return side * price[0], side * price[1]


@inner
def held(run: Run) -> Pair:
    """Lots that the exit still has to trade."""
    lots = plus((float(run.state[ENTERED] - run.state[EXITED]), 0.0), get(run.pairs, CARRIED))
    if run.set[SIDE] > 0:
        lots = minus(lots, get(run.pairs, COIN_FEE))
    return lots if lots[0] > 0 else (0.0, 0.0)


@inner
def cash(run: Run) -> Pair:
    """Money that came in less money that went out, as core/deal counts it."""
    entry, entry_fee = get(run.pairs, ENTRY_MONEY), get(run.pairs, ENTRY_FEE)
    left, exit_fee = get(run.pairs, EXIT_MONEY), get(run.pairs, EXIT_FEE)
    if run.set[SIDE] > 0:
        total = minus(minus(left, exit_fee), plus(entry, entry_fee))
        return plus(total, get(run.pairs, COIN_FEE_MONEY))
    return minus(minus(entry, entry_fee), plus(left, exit_fee))


@inner
def is_too_small(run: Run, lots: Pair, price: Pair) -> bool:
    least = run.set_pairs[LEAST_MONEY]
    if lots[0] > 0 and lots[0] > run.set_pairs[LEAST_AMOUNT] and lots[0] * abs(price[0]) > least * _CLEARLY:
        return False
    if lots[0] <= 0 or less(lots, get(run.set_pairs, LEAST_AMOUNT)):
        return True
    return less(times(lots, size_of(price)), get(run.set_pairs, LEAST_MONEY))


@inner
def on_tick_down(run: Run, price: Pair) -> int:
    tick = int(run.set[TICK_UNITS])
    near = price[0] / tick
    if settles(near):
        return int(floor(near) * tick)
    return int(steps_down(over(price, (float(tick), 0.0)))) * tick


@inner
def on_tick_up(run: Run, price: Pair) -> int:
    tick = int(run.set[TICK_UNITS])
    near = price[0] / tick
    if settles(near):
        return int((floor(near) + 1) * tick)
    return int(steps_up(over(price, (float(tick), 0.0)))) * tick


@inner
def money_of(volume: Pair, is_in_coins: int, price: Pair) -> Pair:
    """A setting's size as money."""
    return times(volume, size_of(price)) if is_in_coins else volume


@inner
def order_lots(run: Run, volume: Pair, is_in_coins: int, price: Pair) -> int:
    """Rounded up to the lot."""
    if run.pairs[EXTRA] == 0.0:
        near = volume[0] * run.pairs[SCALE]
        if not is_in_coins:
            near /= abs(price[0])
        if settles(near):
            return int(floor(near) + 1)
    money = times(money_of(volume, is_in_coins, price), get(run.pairs, SCALE))
    return int(steps_up(over(plus(money, get(run.pairs, EXTRA)), size_of(price))))


@inner
def level_of(run: Run, rung: int, p0: Pair) -> Pair:
    """P0·(1 + deviation), signed as `p0` is."""
    return times(p0, plus((1.0, 0.0), get(run.ladder[rung], 0)))


@inner
def does_exist(run: Run, rung: int, p0: Pair) -> bool:
    part = run.ladder[rung, 0]
    if part <= -1.0:
        return False
    if abs(p0[0]) * (1.0 + part) > 2.0 * run.set[TICK_UNITS]:
        return True
    return on_tick_down(run, size_of(level_of(run, rung, p0))) > 0


@inner
def rung_price(run: Run, rung: int, p0: Pair) -> int:
    tick = int(run.set[TICK_UNITS])
    part = 1.0 + run.ladder[rung, 0]
    near = p0[0] * part / tick
    if part > _ENOUGH and settles(near):
        return int(floor(near) * tick)
    return on_tick_down(run, level_of(run, rung, p0))


@inner
def lay_ladder(run: Run) -> None:
    p0 = get(run.pairs, P0)
    run.state[RUNGS] = 0
    for rung in range(run.set[LADDER]):
        run.rungs[rung, IS_THERE] = 0
        run.rungs[rung, HAS_FIRED] = 0
        if not does_exist(run, rung, p0):
            continue
        price = rung_price(run, rung, p0)
        lots = order_lots(run, get(run.ladder[rung], 2), run.set[ARE_RUNGS_IN_COINS], (float(price), 0.0))
        run.rungs[rung, RUNG_PRICE] = price
        run.rungs[rung, RUNG_LOTS] = max(lots, run.set[LEAST_LOTS])
        is_above = run.ladder[rung, 0] > 0
        run.rungs[rung, IS_TRIGGER] = 1 if is_above == (run.set[SIDE] > 0) else 0
        run.rungs[rung, IS_THERE] = 1
        run.state[RUNGS] += 1


@inner
def size_next_deal(run: Run, price: Pair) -> None:
    """Reinvest and risk reduction (core/ladder.closed_profit_sizing)."""
    put(run.pairs, SCALE, (1.0, 0.0))
    put(run.pairs, EXTRA, (0.0, 0.0))
    profit = get(run.pairs, PROFIT)
    share = times(get(run.set_pairs, REINVEST if profit[0] > 0 else REDUCTION), profit)
    if share[0] == 0.0:
        return
    total, count, room, least = ZERO, 0, ZERO, ZERO
    for rung in range(-1, run.set[LADDER]):
        if rung >= 0 and not does_exist(run, rung, price):
            continue
        level = price if rung < 0 else level_of(run, rung, price)
        volume = get(run.set_pairs, BASE_VOLUME) if rung < 0 else get(run.ladder[rung], 2)
        is_in_coins = run.set[IS_BASE_IN_COINS] if rung < 0 else run.set[ARE_RUNGS_IN_COINS]
        money = money_of(volume, is_in_coins, level)
        floor = times(get(run.set_pairs, LEAST_AMOUNT), size_of(level))
        if less(floor, get(run.set_pairs, LEAST_MONEY)):
            floor = get(run.set_pairs, LEAST_MONEY)
        spare, part = minus(money, floor), over(floor, money)
        if count == 0 or less(spare, room):
            room = spare
        if count == 0 or less(least, part):
            least = part
        total = plus(total, money)
        count += 1
    if run.set[IS_EQUAL]:
        extra = over(share, (float(count), 0.0))
        if extra[0] < 0:
            bound = (-room[0], -room[1]) if room[0] > 0 else (0.0, 0.0)
            if less(extra, bound):
                extra = bound
        put(run.pairs, EXTRA, extra)
        return
    scale = over(plus(total, share), total)
    if less(scale, (1.0, 0.0)):
        bound = least if less(least, (1.0, 0.0)) else (1.0, 0.0)
        if less(scale, bound):
            scale = bound
    put(run.pairs, SCALE, scale)


@inner
def target_price(run: Run, step: int) -> int:
    """Of a take-profit step, from 1; the one that trails is exited at market and pays the taker's fee."""
    side = run.set[SIDE]
    is_trailing = run.set[DOES_TRAIL] and step == run.set[TARGETS]
    part = get(run.targets[step - 1], 0)
    if run.set[IS_BASIS_ENTRY]:
        return on_tick_up(run, times(entry_price(run), with_part(part, side)))
    rate = TAKER if is_trailing else MAKER
    if not run.set[IS_BASIS_BASE]:
        money = run.pairs[ENTRY_MONEY] + side * run.pairs[ENTRY_FEE]
        tick = int(run.set[TICK_UNITS])
        earned, kept = side + part[0], 1.0 - side * run.set_pairs[rate]
        near = money / run.state[ENTERED] * earned / kept / tick
        if abs(earned) > _ENOUGH and kept > _ENOUGH and settles(near):
            return int((floor(near) + 1) * tick)
    mean = average(run)
    if run.set[IS_BASIS_BASE]:
        base = times(size_of(get(run.pairs, P0)), (float(run.state[BASE_LOTS]), 0.0))
        spent = times(size_of(mean), (float(run.state[ENTERED]), 0.0))
        part = over(times(part, base), spent)
    price = times(mean, with_part(part, side))
    return on_tick_up(run, over(price, with_part(get(run.set_pairs, rate), -side)))


@inner
def retraced(run: Run, best: Pair, part: Pair) -> Pair:
    return snapped(times(best, with_part(part, -run.set[SIDE])))


@inner
def closing_level(run: Run) -> Pair:
    return retraced(run, get(run.pairs, TRAIL_BEST), get(run.set_pairs, TRAILING))


@inner
def has_stop_level(run: Run) -> bool:
    if run.state[HAS_STOP] or run.state[HAS_BREAK_EVEN]:
        return True
    return bool(run.set[HAS_STOP_LOSS] != 0 and run.pairs[P0] != 0.0)


@inner
def stop_level(run: Run) -> Pair:
    """The level in force; ask has_stop_level first."""
    level = (-inf, 0.0)
    if run.state[HAS_STOP]:
        level = get(run.pairs, STOP)
    if run.state[HAS_BREAK_EVEN] and less(level, get(run.pairs, BREAK_EVEN)):
        level = get(run.pairs, BREAK_EVEN)
    if run.set[HAS_STOP_LOSS] and run.pairs[P0] != 0.0:
        reference = average(run) if run.set[IS_STOP_FROM_AVERAGE] else get(run.pairs, P0)
        if run.set[IS_STOP_FROM_ENTRY]:
            reference = entry_price(run)
        best = get(run.pairs, BEST)
        if run.set[DOES_STOP_TRAIL] and best[0] != 0.0 and less(reference, best):
            reference = best
        own = retraced(run, reference, get(run.set_pairs, STOP_PART))
        if less(level, own):
            level = own
    return level


@inner
def is_out_of_profit(run: Run, price: Pair) -> bool:
    level = snapped(over(average(run), with_part(get(run.set_pairs, TAKER), -run.set[SIDE])))
    if run.state[HAS_ARM] and less(get(run.pairs, ARM), level):
        level = get(run.pairs, ARM)  # a target may lie where the fees are not earned yet
    return less(price, level)
