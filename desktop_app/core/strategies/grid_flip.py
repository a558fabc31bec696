"""What most fills do to a grid: one cell turns from buying to selling or back, and nothing else changes, but that where
only the nearest lines rest one more comes to rest and one leaves.

The answer is the one that a whole plan would give, in a time that does not grow with the number of lines. Where a fill
could mean more, there is no answer here.
"""

from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core.change import replace
from desktop_app.core.client_id import BotIdentity
from desktop_app.core.commands import CancelOrder, Command
from desktop_app.core.events import OrderFilled
from desktop_app.core.market import Market
from desktop_app.core.order import Order, OrderStatus, OrderType, Role
from desktop_app.core.strategies.grid_cells import earned_by, has_windows, kept_of, most_sells, turned, with_levels
from desktop_app.core.strategies.grid_orders import told_of, with_fill
from desktop_app.core.strategies.grid_plan import new_order
from desktop_app.core.strategies.grid_state import Cell, GridDeal
from desktop_app.core.strategies.wanted import Wanted


def flipped(
    deal: GridDeal, order: Order, event: OrderFilled, market: Market, who: BotIdentity, at: int
) -> tuple[GridDeal, tuple[Command, ...]] | None:
    """An even grid after a fill that completes an order; None where more may follow from it."""
    if not deal.is_even:
        return None
    cell, fill = deal.cell_of(order), event.fill
    if cell is None or order.status is OrderStatus.CANCELING:
        return None
    traded = with_fill(cell, fill)
    if traded.left > 0 or order.filled + fill.amount < order.amount or not _stays(deal, cell):
        return None
    after = turned(deal, traded, market)
    amount = market.amount_down(after.left)
    if market.is_too_small(amount, after.price):
        return None
    orders = deal.orders_with(order, None)
    cancels: tuple[Command, ...] = ()
    wants = [Wanted(Role.GRID, after.line, after.side, OrderType.LIMIT, amount, after.price)]
    if has_windows(deal.grid):
        slide = _slide(deal, cell, orders, market)
        if slide is None:
            return None
        if slide.comes is not None:
            wants.insert(0 if after.is_holding else 1, slide.comes)  # buys first, as in a plan
        if (leaves := slide.leaves) is not None:
            orders = tuple(one.becomes(OrderStatus.CANCELING) if one is leaves else one for one in orders)
            cancels = (CancelOrder(leaves.client_id, leaves.symbol, deal.deal.number),)
    placed = tuple([new_order(deal, want, who, at, nth) for nth, want in enumerate(wants)])
    earned = earned_by(traded, fill.price) if cell.is_holding else None
    tally = replace(deal.tally, waiting=_waiting(deal, after))
    changed = replace(
        deal.deal,
        position=deal.deal.position.with_fill(fill, is_entry=after.is_holding),
        orders=(*orders, *[one.order for one in placed]),
        grid=tally if earned is None else tally.with_round_trip(earned),
    )
    deal = replace(
        deal,
        deal=changed,
        cells=deal.cells_with(after),
        serial=deal.serial + len(placed),
        last=fill.price,
        kept=deal.kept + kept_of(deal, traded, after) if after.is_holding else deal.kept,
        bar_end=max(deal.bar_end, event.bar_end),
    )
    if deal.grid.take_profit_percent is not None:
        deal = with_levels(deal, market)
    return deal, (told_of(deal, order, fill, earned), *cancels, *placed)


@dataclass(frozen=True, slots=True)
class _Slide:
    """What else a turn changes where only the nearest lines rest."""

    comes: Wanted | None
    leaves: Order | None


def _slide(deal: GridDeal, cell: Cell, orders: tuple[Order, ...], market: Market) -> _Slide | None:
    """In an even grid all cells under the price buy and all others sell; None where that would not stay so, or where
    the line that comes or the one that leaves is not ready to."""
    buys, sells = deal.grid.max_active_buy_lines, most_sells(deal.grid)
    far_down = deal.cell(cell.index - buys) if buys is not None else None
    far_up = deal.cell(cell.index + sells) if sells is not None else None
    beside = deal.cell(cell.index + (-1 if cell.is_holding else 1))
    comes, goes = (far_up, far_down) if cell.is_holding else (far_down, far_up)
    if beside is not None and beside.is_holding is cell.is_holding:
        return None
    if comes is None and deal.grid.is_infinite and cell.is_holding:
        return None  # it may grow
    want = None
    if comes is not None:
        amount = market.amount_down(comes.left)
        is_short_of_coins = comes.is_holding and comes.coins < comes.amount
        if is_short_of_coins or market.is_too_small(amount, comes.price) or _order_of(comes, orders) is not None:
            return None
        want = Wanted(Role.GRID, comes.line, comes.side, OrderType.LIMIT, amount, comes.price)
    leaves = _order_of(goes, orders) if goes is not None else None
    if goes is not None and (leaves is None or leaves.status is not OrderStatus.OPEN):
        return None
    return _Slide(want, leaves)


def _order_of(cell: Cell, orders: tuple[Order, ...]) -> Order | None:
    line, side = cell.line, cell.side
    for order in orders:
        if order.index == line and order.side is side:
            return order
    return None


def _stays(deal: GridDeal, cell: Cell) -> bool:
    """Whether the lines stay where they are when this cell turns."""
    grid, first, last = deal.grid, deal.cells[0], deal.cells[-1]
    if not (grid.trailing_up or grid.trailing_down or grid.expand_up_to or grid.expand_down_to):
        return True
    return first.index < cell.index < last.index and first.is_holding is not last.is_holding


def _waiting(deal: GridDeal, after: Cell) -> Decimal | None:
    """The price below which every line buys, once this cell has turned."""
    waiting = deal.tally.waiting
    assert waiting is not None, "the lines were laid"
    if after.is_holding:
        return min(waiting, after.low)
    if waiting != after.low:
        return waiting
    above = deal.cells[after.index - deal.cells[0].index + 1 :]
    return next((cell.low for cell in above if cell.is_holding), deal.cells[-1].high)
