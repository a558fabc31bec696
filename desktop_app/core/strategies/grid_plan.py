"""What should rest on the exchange for a grid right now, and the commands that get there.

As for a DCA deal the plan is made anew after every event from the deal alone, so a restart, a lost answer or a cancel
that came too late needs no code of its own.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from desktop_app.core.change import replace
from desktop_app.core.client_id import BotIdentity, Origin, make_client_id
from desktop_app.core.commands import CancelOrder, Command, PlaceOrder, Tell
from desktop_app.core.deal import DealStatus
from desktop_app.core.grid_lines import balancing_amount
from desktop_app.core.market import ONE, ZERO, Market
from desktop_app.core.order import Order, OrderStatus, OrderType, Role, Side
from desktop_app.core.said import Value, said
from desktop_app.core.strategies.grid_cells import (
    completed,
    content,
    funded,
    grown_down,
    grown_up,
    has_windows,
    is_jump,
    leaving_down,
    lines_that_rest,
    moved_down,
    moved_up,
    noted,
    pause_ends,
    reached_up,
    resting_buys,
    resting_sells,
    with_levels,
)
from desktop_app.core.strategies.grid_state import Cell, GridDeal
from desktop_app.core.strategies.wanted import Wanted

_SERIAL_BITS = 20  # of a client id: a grid that made more orders goes on counting in the id's index
_ENDING_ROLES = {DealStatus.COMPLETED: Role.TAKE_PROFIT, DealStatus.STOPPED_OUT: Role.STOP_LOSS}
_ON_ITS_WAY = frozenset({OrderStatus.PENDING, OrderStatus.OPEN})
_MOST_MOVES = 2000  # at once: a price that jumps further is not followed to its end

Told = tuple[Tell, ...]


def tell(deal: GridDeal, code: str, *, is_problem: bool = False, **values: Value) -> Tell:
    return Tell(said(code, **values), deal.deal.number, is_problem)


# --- the grid itself


def settled(deal: GridDeal, market: Market, at: int) -> tuple[GridDeal, Told, Decimal]:
    """The grid after everything that follows from what happened; also the coins that its sell lines still lack."""
    if deal.ending is not None or deal.is_opening or deal.is_rebuilding:
        return deal, (), ZERO
    deal, _ = funded(_without_crumbs(deal, market))
    deal, told = _after_price(deal, market, at)
    deal = grown_down(deal, market)
    if deal.grid.is_infinite:
        deal = reached_up(deal, market)
    deal, lacks = funded(deal)
    if lacks and market.is_too_small(balancing_amount(lacks, ZERO, market), deal.last):
        return content(deal, market), told, ZERO
    return deal, told, lacks


def _without_crumbs(deal: GridDeal, market: Market) -> GridDeal:
    """A rest of a line that nobody would take counts as traded."""
    for cell in deal.cells:
        if cell.done and market.is_too_small(cell.left, cell.price) and not _live_of(deal, cell.side, cell.line):
            deal, _ = completed(deal, cell, cell.price, market)
    return deal


def _after_price(deal: GridDeal, market: Market, at: int) -> tuple[GridDeal, Told]:
    """Follow the price beyond an end, step by step: what leaves one end must be off the exchange first."""
    told: Told = ()
    for _ in range(_MOST_MOVES):
        if deal.retired is not None:
            deal, is_over = _moved(deal, market)
            if not is_over:
                break
        if deal.paused_until > at:
            break
        deal, said_so, is_on_its_way = _begun(deal, market, at)
        told += said_so
        if not is_on_its_way:
            break
    return deal, told


def _begun(deal: GridDeal, market: Market, at: int) -> tuple[GridDeal, Told, bool]:
    """Begin to move if the price asks for it; the last tells whether there is more to do."""
    deal = replace(deal, paused_until=0)
    seen = with_levels(deal, market)
    level = seen.level_up if seen.level_up is not None and deal.last >= seen.level_up else None
    is_up = level is not None
    if level is None and seen.level_down is not None and deal.last <= seen.level_down:
        level = seen.level_down
    if level is None:
        return deal, (), False
    if is_jump(deal, level, at):
        until = pause_ends(at)
        percent = deal.grid.pump_protection_percent or ZERO
        return replace(deal, paused_until=until), (tell(deal, "grid_pump", price=level, percent=percent),), False
    deal = noted(deal, at, level)
    if is_up and not deal.grid.trailing_up:
        return grown_up(deal, market), (tell(deal, "grid_grew", price=level),), True
    leaves = deal.cells[0].index if is_up else leaving_down(deal)
    assert leaves is not None, "without coins there is no level to follow to"
    return replace(deal, retired=leaves), (tell(deal, "grid_moved", price=level),), True


def _moved(deal: GridDeal, market: Market) -> tuple[GridDeal, bool]:
    """Go on with a move once the order of the cell that leaves is off the exchange; whether it is over."""
    assert deal.retired is not None
    cell = deal.cell(deal.retired)
    is_up = not deal.cells[-1].is_holding
    if cell is None or cell.is_holding is is_up:
        return replace(deal, retired=None), True  # it filled meanwhile: the grid stays where it is
    if _live_of(deal, cell.side, cell.line):
        return deal, False
    return (moved_up if is_up else moved_down)(deal, market), True


def _live_of(deal: GridDeal, side: Side, line: int) -> bool:
    return any(
        order.role is Role.GRID and order.side is side and order.index == line and order.is_live
        for order in deal.deal.orders
    )


# --- its orders


def next_orders(
    deal: GridDeal,
    market: Market,
    who: BotIdentity,
    at: int,
    lacks: Decimal = ZERO,
    cells: Sequence[Cell] | None = None,
) -> tuple[GridDeal, tuple[Command, ...]]:
    """The deal with its new orders in it, and the commands: cancels first, then places.

    `cells`: only the orders of these can have changed; None: any.
    """
    wanted = {(want.role, want.side, want.index): want for want in _wanted(deal, market, at, lacks, cells)}
    touched = (
        None
        if cells is None
        else {key for cell in cells for key in ((Side.BUY, cell.index), (Side.SELL, cell.index + 1))}
    )
    commands: list[Command] = []
    taken: set[tuple[Role, Side, int]] = set()
    orders: list[Order] = []
    is_even = cells is None or deal.is_even
    for order in deal.deal.orders:
        orders.append(order)
        if touched is not None and (order.side, order.index) not in touched:
            continue
        key = (order.role, order.side, order.index)
        want = wanted.get(key)
        is_right = want is not None and want.price == order.price and want.amount == order.remaining
        if order.is_live:
            taken.add(key)
        if order.status is OrderStatus.OPEN and order.type is OrderType.LIMIT and not is_right:
            orders[-1] = order.becomes(OrderStatus.CANCELING)
            commands.append(CancelOrder(order.client_id, order.symbol, deal.deal.number))
        is_leaving = want is None and orders[-1].status is OrderStatus.CANCELING
        is_even = is_even and (is_leaving or (is_right and order.status in _ON_ITS_WAY))
    if commands:
        deal = deal.with_deal(orders=tuple(orders))
    for key, want in wanted.items():
        if key not in taken:
            placed = new_order(deal, want, who, at)
            deal = replace(deal, serial=deal.serial + 1).with_deal(orders=(*deal.deal.orders, placed.order))
            commands.append(placed)
    is_even = is_even and _are_all_there(deal) and _is_at_rest(deal)
    return deal if is_even is deal.is_even else replace(deal, is_even=is_even), tuple(commands)


def _are_all_there(deal: GridDeal) -> bool:
    """As many orders rest, or are on their way, as lines may."""
    orders = deal.deal.orders
    lines = lines_that_rest(deal)
    return len(orders) >= lines and sum(order.status in _ON_ITS_WAY for order in orders) == lines


def _is_at_rest(deal: GridDeal) -> bool:
    """Nothing but a fill is waited for, or that lines leave which rest no longer."""
    return (
        _is_calm(deal)
        and not (deal.missing or deal.blocked_until or deal.paused_until or deal.refusals)
        and not any(cell.blocked_until for cell in deal.cells)
        and not any(cell.coins < cell.amount for cell in resting_sells(deal))
        and (not has_windows(deal.grid) or _is_sorted(deal))
    )


def _is_sorted(deal: GridDeal) -> bool:
    """All cells that buy are below all that sell."""
    return all(upper.is_holding or not lower.is_holding for lower, upper in pairwise(deal.cells))


def changed_cells(before: GridDeal, after: GridDeal) -> tuple[Cell, ...] | None:
    """After a fill: the cells whose orders it can have changed; None where it is more than that.

    Most fills flip one cell of many, and a plan of all of them takes a hundred times as long.
    """
    if not _is_calm(before) or not _is_calm(after) or before.settings is not after.settings:
        return None
    if (
        before.volume != after.volume
        or len(before.cells) != len(after.cells)
        or before.cells[0].index != after.cells[0].index
    ):
        return None
    pairs = zip(before.cells, after.cells, strict=True)
    indexes = {new.index for old, new in pairs if old is not new}
    for resting in (resting_buys, resting_sells) if has_windows(after.grid) else ():
        indexes |= {cell.index for cell in resting(before)} ^ {cell.index for cell in resting(after)}
    first = after.cells[0].index
    return tuple(after.cells[index - first] for index in sorted(indexes))


def could_be_even(deal: GridDeal) -> bool:
    """Only a plan of the whole grid can tell."""
    return not deal.is_even and len(deal.deal.orders) >= lines_that_rest(deal)


def is_only_price(before: GridDeal, after: GridDeal) -> bool:
    """Only the price was remembered, and it came to no level: nothing that the plan depends on was touched."""
    if after.deal is not before.deal or not _is_calm(after) or after.blocked_until:
        return False
    up, down = after.level_up, after.level_down
    if (up is not None and after.last >= up) or (down is not None and after.last <= down):
        return False
    return replace(after, last=before.last) == before


def _is_calm(deal: GridDeal) -> bool:
    return (
        bool(deal.cells)
        and deal.ending is None
        and not (deal.is_opening or deal.is_rebuilding or deal.retired is not None)
    )


def new_order(deal: GridDeal, want: Wanted, who: BotIdentity, at: int, nth: int = 0) -> PlaceOrder:
    """The deal's next order, or the `nth` after it, PENDING."""
    over, serial = divmod(deal.serial + nth, 1 << _SERIAL_BITS)
    origin = Origin(who.install, who.bot_id, deal.deal.number, want.role, over, serial)
    order = Order(
        client_id=make_client_id(origin, who.key),
        symbol=deal.deal.symbol,
        role=want.role,
        index=want.index,
        side=want.side,
        type=want.type,
        amount=want.amount,
        price=want.price,
        placed_at=at,
    )
    return PlaceOrder(order, deal.deal.number)


def _wanted(
    deal: GridDeal, market: Market, at: int, lacks: Decimal, cells: Sequence[Cell] | None
) -> tuple[Wanted, ...]:
    if deal.ending is not None:
        return _wanted_while_closing(deal, market, at)
    if deal.is_rebuilding:
        return ()
    if deal.is_opening:
        return _balancing(deal, market, at, deal.missing)
    if cells is None or has_windows(deal.grid):
        lines = (*resting_buys(deal), *resting_sells(deal))
        if cells is not None:
            indexes = {cell.index for cell in cells}
            lines = tuple(cell for cell in lines if cell.index in indexes)
    else:
        lines = tuple(cells)
    wanted: list[Wanted] = []
    for cell in lines:
        amount = market.amount_down(cell.left)  # the lot may have become coarser since the line was laid
        if amount > 0 and cell.blocked_until <= at and not market.is_too_small(amount, cell.price):
            wanted.append(Wanted(Role.GRID, cell.line, cell.side, OrderType.LIMIT, amount, cell.price))
    missing = balancing_amount(max(lacks, deal.missing), ZERO, market)
    return (*wanted, *_balancing(deal, market, at, missing))


def _balancing(deal: GridDeal, market: Market, at: int, amount: Decimal) -> tuple[Wanted, ...]:
    if deal.blocked_until > at or market.is_too_small(amount, deal.last):
        return ()
    return (Wanted(Role.BALANCING, 0, Side.BUY, OrderType.MARKET, amount),)


def _wanted_while_closing(deal: GridDeal, market: Market, at: int) -> tuple[Wanted, ...]:
    """Once no line rests any more: what the ending asks for, at market."""
    if deal.deal.live_orders or deal.blocked_until > at:
        return ()
    left = closing_amount(deal, market)
    if not left:
        return ()
    if deal.then == "stop_and_buy":
        return (Wanted(Role.BALANCING, 1, Side.BUY, OrderType.MARKET, left),)
    assert deal.ending is not None
    role = _ENDING_ROLES.get(deal.ending, Role.CLOSE)
    return (Wanted(role, 0, Side.SELL, OrderType.MARKET, left),)


def closing_amount(deal: GridDeal, market: Market) -> Decimal:
    """Coins that the ending still has to trade at market; what nobody would take is nothing."""
    amount = ZERO
    if deal.then == "stop_and_buy":
        amount = market.amount_down(_unspent(deal) / (deal.last * (ONE + market.taker_fee)))
    elif deal.then == "stop_and_sell":
        amount = market.amount_down(deal.deal.held)
    return ZERO if market.is_too_small(amount, deal.last) else amount


def _unspent(deal: GridDeal) -> Decimal:
    """Quote that the empty cells were there to spend."""
    return sum((cell.left * cell.low for cell in deal.cells if not cell.is_holding), ZERO)
