"""What most fills do to a grid: one cell turns from buying to selling or back, and nothing else changes.

The answer is the one that a whole plan would give, in a time that does not grow with the number of lines. Where a fill
could mean more, there is no answer here.
"""

from decimal import Decimal

from desktop_app.core.change import replace
from desktop_app.core.client_id import BotIdentity
from desktop_app.core.commands import Command
from desktop_app.core.events import OrderFilled
from desktop_app.core.market import Market
from desktop_app.core.order import Order, OrderType, Role
from desktop_app.core.strategies.grid_cells import earned_by, kept_of, turned, with_levels
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
    assert cell is not None, "each order of an even grid is its cell's"
    traded = with_fill(cell, fill)
    if traded.left > 0 or order.filled + fill.amount < order.amount or not _stays(deal, cell):
        return None
    after = turned(deal, traded, market)
    amount = market.amount_down(after.left)
    if market.is_too_small(amount, after.price):
        return None
    want = Wanted(Role.GRID, after.line, after.side, OrderType.LIMIT, amount, after.price)
    placed = new_order(deal, want, who, at)
    earned = earned_by(traded, fill.price) if cell.is_holding else None
    tally = replace(deal.tally, waiting=_waiting(deal, after))
    changed = replace(
        deal.deal,
        position=deal.deal.position.with_fill(fill, is_entry=after.is_holding),
        orders=(*deal.orders_with(order, None), placed.order),
        grid=tally if earned is None else tally.with_round_trip(earned),
    )
    deal = replace(
        deal,
        deal=changed,
        cells=deal.cells_with(after),
        serial=deal.serial + 1,
        last=fill.price,
        kept=deal.kept + kept_of(deal, traded, after) if after.is_holding else deal.kept,
        bar_end=max(deal.bar_end, event.bar_end),
    )
    if deal.grid.take_profit_percent is not None:
        deal = with_levels(deal, market)
    return deal, (told_of(deal, order, fill, earned), placed)


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
