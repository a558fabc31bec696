"""What news of one order does to the deal of a strategy of the user's own, and what the strategy hears of it."""

from dataclasses import dataclass
from typing import Literal, assert_never

from desktop_app.core.change import replace
from desktop_app.core.commands import Command
from desktop_app.core.deal import DealStatus
from desktop_app.core.events import CancelRefused, OrderAccepted, OrderCanceled, OrderFilled, OrderRejected
from desktop_app.core.market import ZERO
from desktop_app.core.order import Order, OrderStatus, OrderType, Role, Side
from desktop_app.core.strategies.own import Filled, Refused, Told
from desktop_app.core.strategies.python_plan import doom, tell
from desktop_app.core.strategies.python_state import OwnDeal

_RETRY_EXIT_MS = (1_000, 2_000, 5_000, 15_000, 60_000)


@dataclass(frozen=True, slots=True)
class News:
    deal: OwnDeal
    commands: tuple[Command, ...] = ()
    told: Told | None = None


def on_news(
    deal: OwnDeal, order: Order, event: OrderAccepted | OrderFilled | OrderCanceled | OrderRejected | CancelRefused
) -> News:
    match event:
        case OrderAccepted():
            status = OrderStatus.OPEN if order.status is OrderStatus.PENDING else order.status
            return News(deal.with_order(order, replace(order.becomes(status), exchange_id=event.exchange_id)))
        case OrderFilled():
            return _filled(deal, order, event)
        case OrderCanceled():
            return _canceled(deal, order, event)
        case OrderRejected():
            return _rejected(deal, order, event)
        case CancelRefused():
            if order.status is not OrderStatus.CANCELING:
                return News(deal)
            return News(deal.with_order(order, order.becomes(OrderStatus.OPEN)))
        case _:
            assert_never(event)


def with_levels(deal: OwnDeal) -> OwnDeal:
    """The prices of its resting sells, nearest first, as a chart shows them."""
    prices = sorted(order.price for order in deal.live(Side.SELL) if order.price is not None)
    return deal if tuple(prices) == deal.deal.take_profits else deal.with_deal(take_profits=tuple(prices))


def without_buys(deal: OwnDeal) -> tuple[OwnDeal, tuple[Command, ...]]:
    """Take back what would buy more."""
    return doom(deal, deal.live(Side.BUY)), ()


def _filled(deal: OwnDeal, order: Order, event: OrderFilled) -> News:
    fill = event.fill
    is_entry = order.side is Side.BUY
    before = deal.deal.average
    after = order.with_fill(fill)
    deal = replace(deal, last=fill.price, bar_end=max(deal.bar_end, event.bar_end)).with_order(order, after)
    deal = deal.with_deal(position=deal.deal.position.with_fill(fill, is_entry=is_entry))
    if is_entry and deal.deal.status is DealStatus.OPENING:
        deal = deal.with_deal(status=DealStatus.OPEN)
    if after.status is OrderStatus.FILLED and order.role is Role.SAFETY:
        deal = deal.with_deal(safety_filled=deal.deal.safety_filled + 1)
    if not is_entry:
        wanted_out = ZERO if order.type is not OrderType.MARKET else fill.amount
        deal = replace(deal, refusals=0, sell_now=max(ZERO, deal.sell_now - wanted_out))
    told = tell(
        deal,
        f"{order.role}_filled",
        index=order.index,
        amount=fill.amount,
        price=fill.price,
        fee=fill.fee,
        before=before,
        average=deal.deal.average,
        left=after.remaining,
    )
    name = deal.name_of(order.client_id)
    side: Literal["buy", "sell"] = "buy" if order.side is Side.BUY else "sell"
    heard = Filled(name, side, fill.price, fill.amount, after.remaining, max(event.at, event.bar_end))
    return News(deal, (told,), heard)


def _canceled(deal: OwnDeal, order: Order, event: OrderCanceled) -> News:
    if order.status.is_final:
        return News(deal)
    deal = deal.with_order(order, order.becomes(OrderStatus.CANCELED, reason=event.reason))
    if not event.reason:
        return News(deal)
    told = tell(deal, "order_canceled_outside", is_problem=True, role=order.role, index=order.index)
    return News(_later(deal, order, event.at), (told,), _refused(deal, order, event.reason, event.at))


def _rejected(deal: OwnDeal, order: Order, event: OrderRejected) -> News:
    if order.status.is_final:
        return News(deal)
    deal = deal.with_order(order, order.becomes(OrderStatus.REJECTED, reason=event.reason))
    told = tell(deal, "order_refused", is_problem=True, role=order.role, index=order.index, reason=event.reason)
    return News(_later(deal, order, event.at), (told,), _refused(deal, order, event.reason, event.at))


def _later(deal: OwnDeal, order: Order, at: int) -> OwnDeal:
    """A market sell that did not come about is tried again, ever more patiently; anything else is the strategy's."""
    if order.side is Side.BUY or order.type is not OrderType.MARKET:
        return deal
    wait = _RETRY_EXIT_MS[min(deal.refusals, len(_RETRY_EXIT_MS) - 1)]
    return replace(deal, refusals=deal.refusals + 1, blocked_until=at + wait)


def _refused(deal: OwnDeal, order: Order, reason: str, at: int) -> Refused:
    return Refused(deal.name_of(order.client_id), order.side.value, reason[:200], at)
