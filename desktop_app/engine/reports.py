"""What a word of the exchange about an order means, given what we know of it."""

from dataclasses import dataclass

from desktop_app.core.events import Event, OrderAccepted, OrderCanceled, OrderRejected
from desktop_app.core.market import ZERO
from desktop_app.core.order import Order, OrderStatus
from desktop_app.exchange.protocol import OrderReport


@dataclass(frozen=True, slots=True)
class Answer:
    """`event` is for the bot. `is_settled`: nothing is in doubt. `wants_look`: trades or a cancel are still missing."""

    event: Event | None = None
    is_settled: bool = False
    wants_look: bool = False


def answer_to(order: Order, report: OrderReport) -> Answer:
    """Pure. An order is final for us only when all of its trades are known."""
    if report.filled > order.filled:
        accepted = _accepted(order, report) if order.status is OrderStatus.PENDING else None
        return Answer(accepted, wants_look=True)
    match report.status:
        case OrderStatus.OPEN | OrderStatus.PENDING:
            is_new = order.status is OrderStatus.PENDING or not order.exchange_id
            event = _accepted(order, report) if is_new else None
            return Answer(event, is_settled=order.status is not OrderStatus.CANCELING)
        case OrderStatus.CANCELING:
            return Answer(wants_look=True)
        case OrderStatus.REJECTED if order.filled == ZERO == report.filled and order.status is not OrderStatus.OPEN:
            return Answer(OrderRejected(order.client_id, report.reason or "refused", report.at), is_settled=True)
        case _:
            # Canceled, or filled for less than it was for: what it traded is known, and it rests no longer. So is
            # an order that was taken at first and refused later.
            return Answer(OrderCanceled(order.client_id, report.at, _why(order, report)), is_settled=True)


def _accepted(order: Order, report: OrderReport) -> OrderAccepted:
    return OrderAccepted(order.client_id, report.exchange_id, report.at)


def _why(order: Order, report: OrderReport) -> str:
    """Empty when we asked for it."""
    if order.status is OrderStatus.CANCELING:
        return ""
    return report.reason or ("partly filled only" if report.status is OrderStatus.FILLED else "canceled outside")
