"""Orders of a bot with a strategy of one's own: made once each, and sells only when the coins for them are free."""

from decimal import Decimal

from desktop_app.core.change import replace
from desktop_app.core.client_id import BotIdentity, Origin, make_client_id
from desktop_app.core.commands import CancelOrder, Command, PlaceOrder, Tell
from desktop_app.core.deal import DealStatus
from desktop_app.core.market import ZERO, Market
from desktop_app.core.order import Order, OrderStatus, OrderType, Role, Side
from desktop_app.core.said import Value, said
from desktop_app.core.strategies.python_state import OwnDeal

_MOST_INDEX = 4_095
_KEPT_ENDED = 20
_ENDING_ROLES = {DealStatus.STOPPED_OUT: Role.STOP_LOSS}


def tell(deal: OwnDeal, code: str, *, is_problem: bool = False, **values: Value) -> Tell:
    return Tell(said(code, **values), deal.number, is_problem)


def next_orders(deal: OwnDeal, market: Market, who: BotIdentity, at: int) -> tuple[OwnDeal, tuple[Command, ...]]:
    """The deal with its new orders in it, and the commands: cancels first, then sells for the coins that are free."""
    if deal.ending is not None:
        deal = doom(deal, deal.deal.live_orders)
    elif deal.sell_now:
        deal = doom(deal, deal.live(Side.SELL))
    deal, commands = _cancels(deal)
    if deal.ending is not None or deal.sell_now:
        return _sold_at_market(deal, market, who, at, commands)
    if any(order.client_id in deal.doomed for order in deal.live(Side.SELL)):
        return deal, tuple(commands)  # until it is gone nobody knows how much there is to sell
    for want in deal.to_rest:
        amount = min(market.amount_down(want.amount), market.amount_down(free_coins(deal)))
        if market.is_too_small(amount, want.price):
            commands.append(tell(deal, "own_target_too_small", price=want.price, least=market.min_cost))
            continue
        index = deal.exits + 1
        deal, placed = place(deal, who, at, Role.TAKE_PROFIT, index, Side.SELL, amount, want.price, want.name)
        deal = replace(deal, exits=index)
        commands.append(placed)
    return replace(deal, to_rest=()), tuple(commands)


def free_coins(deal: OwnDeal) -> Decimal:
    """Coins that no resting sell order stands for."""
    return deal.deal.held - sum((order.remaining for order in deal.live(Side.SELL)), ZERO)


def doom(deal: OwnDeal, orders: tuple[Order, ...]) -> OwnDeal:
    """Have these orders cancelled; one that may not rest yet, as soon as it does. A market order is let be."""
    ids = tuple(
        order.client_id for order in orders if order.type is not OrderType.MARKET and order.client_id not in deal.doomed
    )
    return replace(deal, doomed=(*deal.doomed, *ids)) if ids else deal


def named(deal: OwnDeal, name: str) -> tuple[Order, ...]:
    return tuple(order for order in deal.deal.live_orders if deal.name_of(order.client_id) == name)


def place(
    deal: OwnDeal, who: BotIdentity, at: int, role: Role, index: int, side: Side, amount: Decimal,
    price: Decimal | None, name: str = "",
) -> tuple[OwnDeal, PlaceOrder]:  # fmt: skip
    """Make the order and write it into the deal as PENDING."""
    index = min(index, _MOST_INDEX)
    origin = Origin(who.install, who.bot_id, deal.number, role, index, deal.serial)
    order = Order(
        client_id=make_client_id(origin, who.key),
        symbol=deal.deal.symbol,
        role=role,
        index=index,
        side=side,
        type=OrderType.MARKET if price is None else OrderType.LIMIT,
        amount=amount,
        price=price,
        placed_at=at,
    )
    orders = (*_trimmed(deal.deal.orders), order)
    known = {kept.client_id for kept in orders}
    names = tuple((client_id, called) for client_id, called in deal.names if client_id in known)
    if name:
        names = (*names, (order.client_id, name))
    deal = replace(deal, serial=deal.serial + 1, names=names).with_deal(orders=orders)
    return deal, PlaceOrder(order, deal.number)


def over_if_done(deal: OwnDeal, market: Market, at: int) -> OwnDeal:
    """The deal in its final status once nothing rests and nothing is left that could be sold."""
    if deal.deal.live_orders or deal.to_rest:
        return deal
    held = market.amount_down(deal.deal.held)
    has_sold = deal.deal.position.exit_amount > 0
    is_empty = held <= 0 or (has_sold and market.is_too_small(held, deal.last))
    if deal.ending is None:
        if not deal.deal.position.entry_amount:
            return deal.with_deal(status=DealStatus.CANCELLED, closed_at=at)  # its first order came to nothing
        if not is_empty:
            return deal
        return deal.with_deal(status=DealStatus.COMPLETED, closed_at=_sold_at(deal, at))
    if deal.ending is not DealStatus.CANCELLED and not is_empty:
        return deal
    return deal.with_deal(status=deal.ending, closed_at=_sold_at(deal, at))


def _sold_at(deal: OwnDeal, at: int) -> int:
    return max((order.filled_at for order in deal.deal.orders if order.side is Side.SELL and order.filled), default=at)


def _sold_at_market(
    deal: OwnDeal, market: Market, who: BotIdentity, at: int, commands: list[Command]
) -> tuple[OwnDeal, tuple[Command, ...]]:
    """Once nothing else that sells is left: what is wanted out, at market."""
    waits = deal.live(Side.SELL) or (deal.ending is not None and _resting(deal)) or at < deal.blocked_until
    if waits or deal.ending is DealStatus.CANCELLED:
        return deal, tuple(commands)
    held = market.amount_down(deal.deal.held)
    amount = held if deal.ending is not None else min(held, market.amount_down(deal.sell_now))
    if market.is_too_small(amount, deal.last):
        return replace(deal, sell_now=ZERO), tuple(commands)
    role = _ENDING_ROLES.get(deal.ending, Role.CLOSE) if deal.ending is not None else Role.CLOSE
    deal, placed = place(deal, who, at, role, 0, Side.SELL, amount, None)
    return deal, (*commands, placed)


def _resting(deal: OwnDeal) -> bool:
    return any(order.type is not OrderType.MARKET for order in deal.deal.live_orders)


def _cancels(deal: OwnDeal) -> tuple[OwnDeal, list[Command]]:
    commands: list[Command] = []
    live = {order.client_id for order in deal.deal.live_orders}
    for order in deal.deal.live_orders:
        if order.client_id in deal.doomed and order.status is OrderStatus.OPEN:
            deal = deal.with_order(order, order.becomes(OrderStatus.CANCELING))
            commands.append(CancelOrder(order.client_id, order.symbol, deal.number))
    doomed = tuple(client_id for client_id in deal.doomed if client_id in live)
    return (replace(deal, doomed=doomed) if doomed != deal.doomed else deal), commands


def _trimmed(orders: tuple[Order, ...]) -> tuple[Order, ...]:
    """Orders that ended without a trade are history; a few are kept because a fill can overtake a cancel."""
    idle = [order.client_id for order in orders if order.status.is_final and not order.filled]
    drop = set(idle[:-_KEPT_ENDED])
    return tuple(order for order in orders if order.client_id not in drop) if drop else orders
