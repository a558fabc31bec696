"""An order that a bot wants to rest, before there is one: what plans of orders are made of."""

from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core.change import quick
from desktop_app.core.order import Order, OrderType, Role, Side


@quick
@dataclass(frozen=True, slots=True)
class Wanted:
    """An order that should be there."""

    role: Role
    index: int
    side: Side
    type: OrderType
    amount: Decimal
    price: Decimal | None = None
    trigger: Decimal | None = None

    def is_met_by(self, order: Order) -> bool:
        return order.price == self.price and order.trigger == self.trigger and order.remaining == self.amount
