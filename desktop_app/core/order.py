"""Orders and fills, and the only legal ways an order changes."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from desktop_app.core.change import quick, replace
from desktop_app.core.market import ZERO


class Side(StrEnum):
    BUY = "buy"
    SELL = "sell"

    @property
    def opposite(self) -> "Side":
        return Side.SELL if self is Side.BUY else Side.BUY


class OrderType(StrEnum):
    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"  # becomes a market order when the price reaches `trigger`


class Role(StrEnum):
    """What an order is for; the number of a role is part of every client id, so the order here is for ever."""

    BASE = "base"
    SAFETY = "safety"
    TAKE_PROFIT = "take_profit"
    STOP_LOSS = "stop_loss"
    CLOSE = "close"
    MANUAL = "manual"
    GRID = "grid"
    BALANCING = "balancing"


class OrderStatus(StrEnum):
    """Uncertainty is a state: PENDING may or may not exist, CANCELING may still fill."""

    PENDING = "pending"
    OPEN = "open"
    CANCELING = "canceling"
    FILLED = "filled"
    CANCELED = "canceled"
    REJECTED = "rejected"

    @property
    def is_final(self) -> bool:
        return self in FINAL


FINAL = frozenset({OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.REJECTED})

_NEXT: dict[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.PENDING: frozenset(
        {OrderStatus.OPEN, OrderStatus.CANCELING, OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.REJECTED}
    ),
    OrderStatus.OPEN: frozenset({OrderStatus.CANCELING, OrderStatus.FILLED, OrderStatus.CANCELED}),
    OrderStatus.CANCELING: frozenset(
        {OrderStatus.OPEN, OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.REJECTED}
    ),
    OrderStatus.CANCELED: frozenset({OrderStatus.FILLED}),  # a fill can overtake a cancel
    OrderStatus.REJECTED: frozenset({OrderStatus.FILLED}),  # "never arrived" can be disproved
    OrderStatus.FILLED: frozenset(),
}


class IllegalTransition(AssertionError):
    """An order was asked to change in a way that no exchange can cause: a bug, never a market event."""


@quick
@dataclass(frozen=True, slots=True)
class Fill:
    """A trade of ours. `fee` is in quote, whatever it was paid in, valued at the moment of the fill.

    `coin_fee` is the part of the fee that the exchange kept back in the coin that was bought.
    """

    trade_id: str
    price: Decimal
    amount: Decimal
    fee: Decimal = ZERO
    coin_fee: Decimal = ZERO
    at: int = 0

    @property
    def cost(self) -> Decimal:
        return self.price * self.amount


@quick
@dataclass(frozen=True, slots=True)
class Order:
    """An order of ours; `client_id` is deterministic, so the same decision never becomes two orders."""

    client_id: str
    symbol: str
    role: Role
    index: int  # base 0, safety 1…, take-profit step 1…, grid line from the lowest = 0
    side: Side
    type: OrderType
    amount: Decimal
    price: Decimal | None = None
    trigger: Decimal | None = None
    status: OrderStatus = OrderStatus.PENDING
    exchange_id: str = ""
    filled: Decimal = ZERO
    cost: Decimal = ZERO  # quote, without fees
    fee: Decimal = ZERO  # quote
    coin_fee: Decimal = ZERO
    placed_at: int = 0
    filled_at: int = 0
    reason: str = ""

    @property
    def remaining(self) -> Decimal:
        return max(ZERO, self.amount - self.filled) if self.filled else self.amount

    @property
    def is_live(self) -> bool:
        """It rests on the exchange, or may."""
        return self.status not in FINAL

    @property
    def average_price(self) -> Decimal:
        return self.cost / self.filled if self.filled else ZERO

    def becomes(self, status: OrderStatus, **changes: object) -> "Order":
        """The order in another status.

        Raises:
            IllegalTransition: no exchange can make this change.
        """
        if status is not self.status and status not in _NEXT[self.status]:
            raise IllegalTransition(f"{self.client_id}: {self.status} cannot become {status}")
        return replace(self, status=status, **changes)  # type: ignore[arg-type]

    def with_fill(self, fill: Fill) -> "Order":
        """The order after one more trade; complete when nothing remains."""
        filled = self.filled + fill.amount
        status = self.status
        if filled >= self.amount:
            status = OrderStatus.FILLED
        elif status is OrderStatus.PENDING:
            status = OrderStatus.OPEN
        return self.becomes(
            status,
            filled=filled,
            cost=self.cost + fill.cost,
            fee=self.fee + fill.fee,
            coin_fee=self.coin_fee + fill.coin_fee,
            filled_at=fill.at,
        )


def swapped(orders: tuple[Order, ...], before: Order, after: Order) -> tuple[Order, ...]:
    """The orders with one of them changed, in its place."""
    place = list(map(id, orders)).index(id(before))
    return (*orders[:place], after, *orders[place + 1 :])
