"""What the hop's deals did: each trade, what it moved in the account, and what each deal came to."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from desktop_app.core.order import Role


class Trade(NamedTuple):
    """`price` is in the money's parts of a price unit (plan.Money), or a decimal as it is."""

    candle: int
    role: Role
    number: int  # of the rung or the target
    price: int | Decimal
    lots: int


@dataclass(frozen=True, slots=True)
class HopDeal:
    """A deal in the numbers of a summary; of one that runs `closed_at` is None and `profit_quote` what it is worth."""

    opened_at: int
    closed_at: int | None
    profit_quote: Decimal
    fees_quote: Decimal
    safety_orders_filled: int


@dataclass(slots=True)
class Log:
    """`places` are the candles that trade; `cash`, `coins` and `booked` what changed in each, for the account's
    course; `is_open` whether a deal runs after it. `most` is the most money that was in one, in `unit`.
    """

    unit: Decimal
    trades: list[Trade] = field(default_factory=list)
    deals: list[HopDeal] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    cash: list[float] = field(default_factory=list)
    coins: list[float] = field(default_factory=list)
    booked: list[float] = field(default_factory=list)
    is_open: list[bool] = field(default_factory=list)
    most: int = 0

    def add(self, trade: Trade, cash: float, coins: float) -> None:
        self.trades.append(trade)
        if self.places and self.places[-1] == trade.candle:
            self.cash[-1] += cash
            self.coins[-1] += coins
            return
        self.places.append(trade.candle)
        self.cash.append(cash)
        self.coins.append(coins)
        self.booked.append(0.0)
        self.is_open.append(True)

    @property
    def most_used(self) -> Decimal:
        return self.most * self.unit

    def close(self, deal: HopDeal) -> None:
        self.deals.append(deal)
        self.booked[-1] += float(deal.profit_quote)
        self.is_open[-1] = False
