"""The settings of a smart trade, checked: one deal by hand, with an entry, targets and a stop loss."""

from decimal import Decimal
from functools import cached_property
from typing import Literal, Self

from pydantic import BaseModel, Field, field_validator, model_validator

from desktop_app.core import ladder
from desktop_app.core.deal import Direction
from desktop_app.core.market import HUNDRED, Market
from desktop_app.core.settings import Positive, Settings
from desktop_app.core.strategies.dca_settings import (
    BaseOrder,
    DcaSettings,
    DealLimits,
    Start,
    StopLoss,
    StopRules,
    TakeProfit,
    TakeProfitStep,
    Unit,
)
from desktop_app.core.strategies.entry import Deviation, Entry

_FINEST = 16  # decimals of a price paid

TradeKind = Literal["buy", "sell", "trade", "cover", "hold"]


class Targets(BaseModel, frozen=True, extra="forbid"):
    """Where the coins are sold again: any number of steps, the last of which may trail."""

    steps: tuple[TakeProfitStep, ...] = Field((), max_length=50, title="Targets")
    trailing_deviation: Deviation | None = Field(None, title="Last target follows by")

    @model_validator(mode="after")
    def _is_a_take_profit(self) -> Self:
        self.as_take_profit()
        if self.trailing_deviation is not None and not self.steps:
            raise ValueError("trailing_deviation: needs a target at which to begin")
        return self

    def as_take_profit(self) -> TakeProfit:
        return TakeProfit(basis="entry", steps=self.steps, trailing_deviation=self.trailing_deviation)


class SmartTradeSettings(Settings, frozen=True, extra="forbid"):
    """A smart trade. Percents of its targets and of its stop loss are of the entry price, before fees.

    `trade`: buys and sells again; `cover`: sells coins that are held, and buys them back; `hold`: looks after coins
    that are held, for which `price_paid` was paid; `buy`, `sell`: the entry alone. A `cover` with a `price_paid` has
    sold its coins already, at that price.
    """

    kind: Literal["smart_trade"] = "smart_trade"
    trade: TradeKind = Field("trade", title="Kind")
    amount: Positive = Field(title="Amount")
    unit: Unit = Field("base", title="Unit")
    price_paid: Positive | None = Field(None, title="Paid")
    entry: Entry = Entry()
    take_profit: Targets = Targets()
    stop_loss: StopRules = StopRules()
    note: str = Field("", max_length=1000, title="Note")

    @model_validator(mode="before")
    @classmethod
    def _takes_one_pair(cls, data: object) -> object:
        """A file may say `pair = "BTC/USDT"`: a smart trade has exactly one."""
        if isinstance(data, dict) and "pair" in data and "pairs" not in data:
            data = {name: value for name, value in data.items() if name != "pair"} | {"pairs": [data["pair"]]}
        return data

    @field_validator("pairs")
    @classmethod
    def _has_one_pair(cls, pairs: tuple[str, ...]) -> tuple[str, ...]:
        if len(pairs) != 1:
            raise ValueError("a smart trade has exactly one pair")
        return pairs

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.trade == "hold" and self.price_paid is None:
            raise ValueError("price_paid: say what the coins cost, each")
        if self.takes_over:
            if self.trade not in ("hold", "cover"):
                raise ValueError("price_paid: is for coins that are held already")
            if self.unit != "base":
                raise ValueError("unit: coins that are held are counted in coins; use base")
            if self.entry != Entry():
                raise ValueError("entry: coins that are held need none")
        if self.unit == "percent" and self.amount > HUNDRED:
            raise ValueError("amount: more than 100 % of the free balance")
        exits = bool(self.take_profit.steps) or self.has_stop
        if self.trade in ("buy", "sell") and exits:
            raise ValueError("trade: buy and sell end with their entry; use trade, cover or hold to get out again")
        self._check_sides()
        return self

    def _check_sides(self) -> None:
        """Prices that are known beforehand lie on their sides of the entry, targets in the order of their distance."""
        prices = [step.price for step in self.take_profit.steps if step.price is not None]
        if prices != sorted(set(prices), reverse=self.direction is Direction.SHORT):
            raise ValueError("take_profit.steps: each price must be farther away than the one before")
        # What coins that are held have cost says nothing about where the price is now.
        entry = self.known_entry if not self.takes_over else None
        stop = self.stop_loss.price
        sign = 1 if self.direction is Direction.LONG else -1
        for number, step in enumerate(self.take_profit.steps, 1):
            if step.price is None:
                continue
            if entry is not None and sign * (step.price - entry) <= 0:
                raise ValueError(f"take_profit.steps: target {number} is on the wrong side of the entry price")
            if stop is not None and sign * (step.price - stop) <= 0:
                raise ValueError(f"stop_loss.price: is on the wrong side of target {number}")
        if entry is not None and stop is not None and sign * (entry - stop) <= 0:
            raise ValueError("stop_loss.price: is on the wrong side of the entry price")
        if self.stop_loss.breakeven_after is not None and self.stop_loss.breakeven_after > len(self.take_profit.steps):
            raise ValueError("stop_loss.breakeven_after: there are fewer targets than that")

    @property
    def pair(self) -> str:
        return self.pairs[0]

    @property
    def direction(self) -> Direction:
        return Direction.SHORT if self.trade in ("sell", "cover") else Direction.LONG

    @property
    def has_stop(self) -> bool:
        stop = self.stop_loss
        return stop.percent is not None or stop.price is not None or stop.breakeven_after is not None

    @property
    def takes_over(self) -> bool:
        """It begins with what was traded before."""
        return self.price_paid is not None

    @property
    def ends_with_entry(self) -> bool:
        return self.trade in ("buy", "sell")

    @property
    def known_entry(self) -> Decimal | None:
        """The price at which it gets in, where the settings alone tell."""
        if self.takes_over:
            return self.price_paid
        return self.entry.price if self.entry.type == "limit" else self.entry.limit_price

    def entry_price(self, price: Decimal) -> Decimal:
        """Where it gets in, as far as that is known while the market stands at `price`."""
        if self.known_entry is not None:
            return self.known_entry
        return price if self.entry.price is None else self.entry.price

    def entry_amount(self, entry: Decimal, market: Market, sizing: ladder.Sizing = ladder.PLAIN) -> Decimal:
        """Coins that it trades at this price, or takes over."""
        if self.takes_over:
            return market.amount_down(self.amount)
        return ladder.order_amount(self.amount, self.unit, entry, market, sizing)

    def taking_over(self, account: str, pair: str, direction: Direction, amount: Decimal, price: Decimal) -> Self:
        """The same exits over what was traded before: so many coins at such a price. Raises ValidationError."""
        return type(self).model_validate(
            self.model_dump(exclude={"entry"})
            | {
                "trade": "hold" if direction is Direction.LONG else "cover",
                "account": account,
                "pairs": (pair,),
                "amount": amount,
                "unit": "base",
                "price_paid": round(price, _FINEST),
            }
        )

    @cached_property
    def plan(self) -> DcaSettings:
        """The same deal in the terms of the machinery that runs it: no ladder, started by hand, once."""
        return DcaSettings(
            name=self.name,
            account=self.account,
            pairs=self.pairs,
            direction=self.direction,
            base_order=BaseOrder(volume=self.amount, volume_unit=self.unit),
            take_profit=self.take_profit.as_take_profit(),
            stop_loss=StopLoss(**self.stop_loss.model_dump(), basis="entry"),
            start=Start(mode="manual"),
            limits=DealLimits(stop_after_deals=1),
        )
