"""What should rest for a deal: core/strategies/dca_plan, signed (see layout)."""

from desktop_app.research.kernel.formulas import (
    HAS_FIRED,
    IS_THERE,
    IS_TRIGGER,
    RUNG_LOTS,
    RUNG_PRICE,
    SOLD_LOTS,
    Run,
    get,
    held,
    is_too_small,
    order_lots,
    put,
    target_price,
)
from desktop_app.research.kernel.jit import inner
from desktop_app.research.kernel.layout import (
    ACTIVE,
    AMOUNT,
    ARM,
    BASE,
    BASE_PRICE,
    BASE_VOLUME,
    CLOSE,
    COMPLETED,
    DEAL,
    DOES_TRAIL,
    ENDING,
    ENTERED,
    EXITED,
    FINAL,
    HAS_ARM,
    HAS_BASE_PRICE,
    HAS_SHARED,
    INDEX,
    IS_BASE_IN_COINS,
    IS_ENTRY,
    IS_MARKET,
    IS_OPENING,
    LADDER,
    LAST,
    ORDERS,
    P0,
    PRICE,
    ROLE,
    RUNS,
    SAFETY,
    SHARED,
    SHARED_AFTER,
    STATUS,
    STEPS_DONE,
    STOP_LOSS,
    STOPPED_OUT,
    TAKE_PROFIT,
    TARGETS,
)
from desktop_app.research.kernel.twofold import over, plus, steps_down, times

# Columns of `wanted` are those of orders up to the price; columns of `plan`:
STEP = 0
STEP_PRICE = 1
STEP_LOTS = 2
PLAN_COLUMNS = 3


# --- take-profit steps ------------------------------------------------------------------------------------------------


@inner
def share_out(run: Run) -> int:
    """Fill `plan` with the steps not yet sold; how many."""
    first, last = run.state[SHARED_AFTER], run.set[TARGETS]
    if not run.state[ENTERED] or run.pairs[P0] == 0.0 or first >= last or run.state[STEPS_DONE] >= last:
        return 0
    left = int(steps_down(get(run.pairs, SHARED)))
    shares = (0.0, 0.0)
    for step in range(first, last):
        shares = plus(shares, get(run.targets[step], 2))
    count, given, spread = 0, (0.0, 0.0), 0
    for step in range(first, last):
        is_last = step == last - 1
        share = plus(get(run.targets[step], 2), given)
        price = target_price(run, step + 1)
        rest = left - spread
        wanted = (float(rest), 0.0) if is_last else over(times((float(left), 0.0), share), shares)
        lots = rest if is_last else int(steps_down(wanted))
        size = (float(price), 0.0)
        if not is_too_small(run, wanted, size) and not is_too_small(run, (float(lots), 0.0), size):
            run.plan[count, STEP] = step + 1
            run.plan[count, STEP_PRICE] = price
            run.plan[count, STEP_LOTS] = lots
            count += 1
            spread += lots
            given = (0.0, 0.0)
        elif not is_last:
            given = share
        elif count:
            run.plan[count - 1, STEP_LOTS] += rest
    return _less_sold(run, count, first)


@inner
def _less_sold(run: Run, count: int, first: int) -> int:
    """What is left of each step; a rest that the exchange would refuse joins its neighbour."""
    has_sold = False
    for step in range(first, run.set[TARGETS]):
        has_sold = has_sold or run.sold[step, SOLD_LOTS] != 0
    if not has_sold:
        return count
    kept, spare = 0, 0
    for k in range(count):
        step, price = run.plan[k, STEP], run.plan[k, STEP_PRICE]
        rest = run.plan[k, STEP_LOTS] - run.sold[step - 1, SOLD_LOTS] + spare
        spare = 0
        if _rests(run, step, price) or not is_too_small(run, (float(rest), 0.0), (float(price), 0.0)):
            run.plan[kept, STEP] = step
            run.plan[kept, STEP_PRICE] = price
            run.plan[kept, STEP_LOTS] = rest
            kept += 1
        else:
            spare = rest
    if spare and kept:
        run.plan[kept - 1, STEP_LOTS] += spare
    there = 0
    for k in range(kept):
        if run.plan[k, STEP_LOTS] > 0:
            for column in range(PLAN_COLUMNS):
                run.plan[there, column] = run.plan[k, column]
            there += 1
    return there


@inner
def _rests(run: Run, step: int, price: int) -> bool:
    for k in range(run.state[ORDERS]):
        order = run.orders[k]
        is_limit = order[ROLE] == TAKE_PROFIT and order[STATUS] != FINAL and not order[IS_MARKET]
        if is_limit and order[INDEX] == step and order[PRICE] == price:
            return True
    return False


@inner
def share_anew(run: Run, has_entered: bool) -> None:
    """What the steps share is settled by what was bought (bots.md 1.3)."""
    if run.state[HAS_SHARED] and not has_entered and run.state[SHARED_AFTER] <= run.state[STEPS_DONE]:
        return
    lots = held(run)
    for step in range(run.state[STEPS_DONE], run.set[TARGETS]):
        lots = plus(lots, (float(run.sold[step, SOLD_LOTS]), 0.0))
    put(run.pairs, SHARED, lots)
    run.state[HAS_SHARED] = 1 if lots[0] != 0.0 else 0
    run.state[SHARED_AFTER] = run.state[STEPS_DONE]


# --- what is wanted ---------------------------------------------------------------------------------------------------


@inner
def wish(run: Run, count: int, role: int, index: int, is_entry: int, is_market: int, lots: int, price: int) -> int:
    wanted = run.wanted[count]
    wanted[ROLE] = role
    wanted[INDEX] = index
    wanted[IS_ENTRY] = is_entry
    wanted[IS_MARKET] = is_market
    wanted[AMOUNT] = lots
    wanted[PRICE] = price
    return count + 1


@inner
def find_live(run: Run, role: int, index: int) -> int:
    """The place of a live order, −1 for none."""
    for k in range(run.state[ORDERS]):
        order = run.orders[k]
        if order[ROLE] == role and order[INDEX] == index and order[STATUS] != FINAL:
            return k
    return -1


@inner
def is_dust(run: Run) -> bool:
    if not run.state[EXITED]:
        return False
    return is_too_small(run, (steps_down(held(run)), 0.0), get(run.pairs, LAST))


@inner
def wanted_orders(run: Run) -> int:
    run.state[HAS_ARM] = 0
    if run.state[ENDING] != RUNS:
        return _wanted_while_closing(run)
    if run.state[DEAL] == IS_OPENING:
        return _wanted_base(run)
    count, resting = 0, 0
    for k in range(run.set[LADDER]):
        rung = run.near[k]
        row = run.rungs[rung]
        if not row[IS_THERE]:
            continue
        if row[HAS_FIRED]:
            count = wish(run, count, SAFETY, rung + 1, 1, 1, row[RUNG_LOTS], 0)
        elif not row[IS_TRIGGER] and resting < run.set[ACTIVE]:
            resting += 1
            count = wish(run, count, SAFETY, rung + 1, 1, 0, row[RUNG_LOTS], row[RUNG_PRICE])
    steps = share_out(run)
    for k in range(steps):
        step, price, lots = run.plan[k, STEP], run.plan[k, STEP_PRICE], run.plan[k, STEP_LOTS]
        if run.set[DOES_TRAIL] and step == run.set[TARGETS]:
            run.state[HAS_ARM] = 1
            put(run.pairs, ARM, (float(price), 0.0))
        else:
            count = wish(run, count, TAKE_PROFIT, step, 0, 0, lots, price)
    return count


@inner
def _wanted_base(run: Run) -> int:
    """A market order is only kept; a limit order moves with the price it should have."""
    live = find_live(run, BASE, 0)
    price = run.state[BASE_PRICE]
    if not run.state[HAS_BASE_PRICE] or (live >= 0 and run.orders[live, PRICE] == price):
        if live < 0:
            return 0
        order = run.orders[live]
        return wish(run, 0, BASE, 0, 1, order[IS_MARKET], order[AMOUNT], order[PRICE])
    lots = order_lots(run, get(run.set_pairs, BASE_VOLUME), run.set[IS_BASE_IN_COINS], (float(price), 0.0))
    return wish(run, 0, BASE, 0, 1, 0, lots, price)


@inner
def _wanted_while_closing(run: Run) -> int:
    for k in range(run.state[ORDERS]):
        order = run.orders[k]
        if order[STATUS] != FINAL and not order[IS_ENTRY] and not order[IS_MARKET]:
            return 0
    lots = int(steps_down(held(run)))
    if lots <= 0 or is_dust(run):
        return 0
    ending = run.state[ENDING]
    if ending == COMPLETED:
        return wish(run, 0, TAKE_PROFIT, run.set[TARGETS], 0, 1, lots, 0)
    return wish(run, 0, STOP_LOSS if ending == STOPPED_OUT else CLOSE, 0, 0, 1, lots, 0)
