"""What the hop's deals did: each trade, and what each deal came to."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from desktop_app.core.order import Role


class Trade(NamedTuple):
    """`price` is in the money's parts of a price unit, or a decimal as it is; `quote` is what an entry costs (brings,
    for a short) or an exit brings (costs), in the money's unit, or in quote with its sign (see plan.Money)."""

    candle: int
    role: Role
    number: int  # of the rung or the target
    price: int | Decimal
    lots: int
    quote: int | float


class HopDeal(NamedTuple):
    """A deal in the numbers of a summary; of one that runs `closed_at` is None and `profit_quote` what it is worth."""

    opened_at: int
    closed_at: int | None
    profit_quote: Decimal
    fees_quote: Decimal
    safety_orders_filled: int


@dataclass(slots=True)
class Log:
    """Trades and deals in their order. `most` is the most money that was in one deal, in the money's unit."""

    trades: list[Trade] = field(default_factory=list)
    deals: list[HopDeal] = field(default_factory=list)
    most: int = 0
