"""What news of one order does to its grid."""

from decimal import Decimal

from desktop_app.core.change import replace
from desktop_app.core.commands import Tell
from desktop_app.core.deal import DealStatus
from desktop_app.core.events import OrderAccepted, OrderCanceled, OrderFilled, OrderRejected
from desktop_app.core.market import ZERO, Market
from desktop_app.core.order import Fill, Order, OrderStatus, OrderType, Role, Side
from desktop_app.core.said import Value
from desktop_app.core.strategies.grid_cells import completed, noted
from desktop_app.core.strategies.grid_plan import Told, tell
from desktop_app.core.strategies.grid_state import Cell, GridDeal

_RETRY_EXIT_MS = (1_000, 2_000, 5_000, 15_000, 60_000)
_RETRY_LINE_MS = 300_000
_RESPECTED_MS = 365 * 86_400_000


def accepted(deal: GridDeal, order: Order, event: OrderAccepted) -> GridDeal:
    status = OrderStatus.OPEN if order.status is OrderStatus.PENDING else order.status
    return deal.with_order(order, order.becomes(status, exchange_id=event.exchange_id))


def still_open(deal: GridDeal, order: Order) -> GridDeal:
    if order.status is not OrderStatus.CANCELING:
        return deal
    return deal.with_order(order, order.becomes(OrderStatus.OPEN))


def filled(deal: GridDeal, order: Order, event: OrderFilled, market: Market) -> tuple[GridDeal, Told]:
    fill = event.fill
    is_buy = order.side is Side.BUY
    after = order.with_fill(fill)
    cell = deal.cell_of(order)
    deal = replace(deal, bar_end=max(deal.bar_end, event.bar_end), last=fill.price).with_order(order, after)
    deal = deal.with_deal(position=deal.deal.position.with_fill(fill, is_entry=is_buy))
    if order.role is not Role.GRID:
        return _at_market(deal, after, fill, market)
    traded_so = told_of(deal, order, fill)
    if cell is None or deal.ending is not None:
        return deal, (traded_so,)
    traded = with_fill(cell, fill)
    deal = deal.with_cell(traded)
    if after.status is not OrderStatus.FILLED and traded.left > 0:
        return deal, (traded_so,)
    deal, earned = completed(replace(deal, refusals=0), traded, fill.price, market)
    if traded.index == deal.cells[-1 if traded.is_holding else 0].index:
        deal = noted(deal, max(event.at, event.bar_end), traded.price)
    return deal, (traded_so if earned is None else told_of(deal, order, fill, earned),)


def told_of(deal: GridDeal, order: Order, fill: Fill, earned: Decimal | None = None) -> Tell:
    index, amount, price, fee = order.index, fill.amount, fill.price, fill.fee
    if earned is not None:
        return tell(deal, "grid_round_trip", index=index, amount=amount, price=price, fee=fee, profit=earned)
    if order.side is Side.BUY:
        return tell(deal, "grid_bought", index=index, amount=amount, price=price, fee=fee)
    return tell(deal, "grid_sold", index=index, amount=amount, price=price, fee=fee)


def with_fill(cell: Cell, fill: Fill) -> Cell:
    if cell.is_holding:
        return replace(cell, done=cell.done + fill.amount, got=cell.got + fill.cost - fill.fee)
    paid = fill.cost + (ZERO if fill.coin_fee else fill.fee)
    return replace(
        cell,
        done=cell.done + fill.amount,
        received=cell.received + fill.amount - fill.coin_fee,
        paid=cell.paid + paid,
    )


def _at_market(deal: GridDeal, order: Order, fill: Fill, market: Market) -> tuple[GridDeal, Told]:
    """Balancing or an exit. Lines rest as soon as the coins for them are there."""
    deal = replace(deal, refusals=0)
    if order.role is not Role.BALANCING:
        code, price = f"{order.role}_filled", fill.price
        return deal, (tell(deal, code, index=1, amount=fill.amount, price=price, fee=fill.fee),)
    told = (tell(deal, "balancing_filled", amount=fill.amount, price=fill.price, fee=fill.fee),)
    if deal.then == "stop_and_buy" and deal.ending is not None:
        return (replace(deal, missing=ZERO, then="stop") if order.status is OrderStatus.FILLED else deal), told
    deal = replace(deal, missing=max(ZERO, deal.missing - fill.amount))
    return opened(deal, market), told


def opened(deal: GridDeal, market: Market) -> GridDeal:
    """The lines come to rest once nothing worth an order is missing."""
    if not deal.is_opening or deal.ending is not None or not market.is_too_small(deal.missing, deal.last):
        return deal
    return replace(deal, missing=ZERO).with_deal(status=DealStatus.OPEN)


def canceled(deal: GridDeal, order: Order, event: OrderCanceled) -> tuple[GridDeal, Told]:
    cell = deal.cell_of(order)
    deal = deal.with_order(order, order.becomes(OrderStatus.CANCELED, reason=event.reason))
    if not event.reason:
        return deal, ()
    told = (tell(deal, "order_canceled_outside", is_problem=True, **_named(order)),)
    if deal.ending is not None and deal.then == "stop_and_buy":
        return replace(deal, then="stop"), told
    if order.type is OrderType.MARKET:
        return replace(deal, blocked_until=event.at + _wait(deal), refusals=deal.refusals + 1), told
    if cell is not None:
        # Somebody does not want this order: that is respected, not fought.
        deal = deal.with_cell(replace(cell, blocked_until=event.at + _RESPECTED_MS))
    return deal, told


def rejected(deal: GridDeal, order: Order, event: OrderRejected) -> tuple[GridDeal, Told]:
    cell = deal.cell_of(order)
    deal = deal.with_order(order, order.becomes(OrderStatus.REJECTED, reason=event.reason))
    told = (tell(deal, "order_refused", is_problem=True, **_named(order), reason=event.reason),)
    if order.role is Role.BALANCING and deal.is_opening and not deal.deal.position.entry_amount:
        return deal.ends(DealStatus.FAILED, "stop"), told
    if deal.ending is not None and deal.then == "stop_and_buy":
        return replace(deal, then="stop"), told
    wait = _wait(deal)
    deal = replace(deal, refusals=deal.refusals + 1)
    if order.type is OrderType.MARKET:
        return replace(deal, blocked_until=event.at + (wait if deal.ending is not None else _RETRY_LINE_MS)), told
    if cell is not None:
        wait = wait if cell.is_holding else _RETRY_LINE_MS
        deal = deal.with_cell(replace(cell, blocked_until=event.at + wait))
    return deal, told


def _named(order: Order) -> dict[str, Value]:
    return {"role": order.role, "index": order.index, "side": order.side}


def _wait(deal: GridDeal) -> int:
    return _RETRY_EXIT_MS[min(deal.refusals, len(_RETRY_EXIT_MS) - 1)]
