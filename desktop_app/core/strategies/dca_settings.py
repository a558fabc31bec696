"""The settings of a DCA bot, checked: the names are those of a bot file."""

from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, field_validator, model_validator

from desktop_app.core import ladder
from desktop_app.core.condition_groups import MOST_CONDITIONS, Entry, Group
from desktop_app.core.conditions import Condition
from desktop_app.core.deal import Direction
from desktop_app.core.market import HUNDRED, ZERO
from desktop_app.core.pair_list import PairList
from desktop_app.core.settings import Number, Percent, PercentUpTo100, Positive, Settings, Share

Unit = Literal["quote", "base", "percent"]
Scale = Annotated[Number, Field(ge=Decimal("0.1"), le=10)]


class _Part(BaseModel, frozen=True, extra="forbid"):
    pass


class BaseOrder(_Part):
    """The deal's first order."""

    volume: Positive = Field(title="Base order")
    volume_unit: Unit = Field("quote", title="Unit")
    type: Literal["market", "limit"] = Field("market", title="Order type")

    @model_validator(mode="after")
    def _percent_is_a_percent(self) -> Self:
        if self.volume_unit == "percent" and self.volume > HUNDRED:
            raise ValueError("volume: more than 100 % of the free balance")
        return self


class CustomRung(_Part):
    """A rung of a free ladder: a deviation below 0 lies under the price of the base order, above 0 over it."""

    deviation: Number = Field(ge=-1000, le=1000)
    volume: Positive

    @field_validator("deviation")
    @classmethod
    def _is_somewhere(cls, value: Decimal) -> Decimal:
        if not value:
            raise ValueError("must not be 0: that is where the base order is")
        return value


class SafetyOrders(_Part):
    """The ladder under a long (over a short)."""

    volume: Positive | None = Field(None, title="Size")
    volume_unit: Unit = Field("quote", title="Unit")
    price_deviation: Percent | None = Field(None, title="First step")
    step_scale: Scale = Field(Decimal(1), title="Step scale")
    volume_scale: Scale = Field(Decimal(1), title="Volume scale")
    max_count: int = Field(0, ge=0, le=200, title="Max count")
    max_active: int | None = Field(None, ge=1, le=200, title="Active at once")
    custom: tuple[CustomRung, ...] = Field((), max_length=200, title="Own steps")
    on_conditions: Group | None = Field(None, title="By signal")
    trailing_deviation: Annotated[Number, Field(gt=0, lt=100)] | None = Field(None, title="Trailing")

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.custom and (self.volume is not None or self.price_deviation is not None or self.max_count):
            raise ValueError("custom: give either own steps or volume, price_deviation and max_count, not both")
        if self.max_count and (self.volume is None or self.price_deviation is None):
            raise ValueError("max_count: needs volume and price_deviation")
        if self.max_active is not None and self.count and self.max_active > self.count:
            raise ValueError(f"max_active: {self.max_active} is more than the {self.count} safety orders")
        if self.on_conditions is not None and not self.count:
            raise ValueError("on_conditions: needs safety orders that it could buy")
        if self.on_conditions is not None and self.trailing_deviation is not None:
            raise ValueError("trailing_deviation: safety orders either trail or are bought by signal, not both")
        return self

    @cached_property
    def steps(self) -> tuple[tuple[int, Decimal, Decimal], ...]:
        """(k, deviation, volume) of every step that is not of one's own, reckoned once for all deals."""
        return ladder.steps_of(self, self.volume) if self.volume is not None else ()

    @property
    def count(self) -> int:
        return len(self.custom) or self.max_count

    @property
    def active(self) -> int:
        return self.max_active or max(1, self.count)

    @property
    def rests(self) -> bool:
        """They are placed beforehand; else they wait for a signal, or for the price to come back."""
        return self.on_conditions is None and self.trailing_deviation is None


class TakeProfitStep(_Part):
    """One target: so many percent of profit, or a price of its own; `market`: sold at market once that is reached."""

    percent: Annotated[Number, Field(ge=0, le=100_000)] = ZERO
    share: Share
    price: Positive | None = None
    type: Literal["limit", "market"] = "limit"

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if self.price is None and not self.percent:
            is_given = "percent" in self.model_fields_set
            raise ValueError("percent: must be more than 0" if is_given else "percent: is missing")
        if self.price is not None and self.percent:
            raise ValueError("price: give either a price or a percent, not both")
        return self


class TakeProfit(_Part):
    """Where the coins are sold again. The percent is net of both fees; with basis `entry` it is of the entry price."""

    basis: Literal["total", "base", "entry"] = Field("total", title="Profit of")
    percent: Percent | None = Field(None, title="Profit")
    steps: tuple[TakeProfitStep, ...] = Field((), max_length=50, title="Targets")
    trailing_deviation: Annotated[Number, Field(gt=0, lt=100)] | None = Field(None, title="Trailing")
    on_conditions: Group | None = Field(None, title="By signal")
    min_profit: Annotated[Number, Field(ge=-100, le=100_000)] = Field(ZERO, title="Only from a profit of")
    min_profit_basis: Literal["total", "base"] = Field("total", title="Least profit of")

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if self.steps and self.percent is not None:
            raise ValueError("steps: give either percent or steps, not both")
        if self.steps and sum((step.share for step in self.steps), ZERO) != HUNDRED:
            raise ValueError("steps: the shares must add up to 100")
        if self.min_profit and self.on_conditions is None:
            raise ValueError("min_profit: goes with on_conditions")
        percents = [step.percent for step in self.steps if step.price is None]
        if percents != sorted(set(percents)):
            raise ValueError("steps: each percent must be larger than the one before")
        return self

    @cached_property
    def targets(self) -> tuple[TakeProfitStep, ...]:
        """The steps, a single percent being one step of everything; empty when the exit is by hand or stop only."""
        if self.steps or self.percent is None:
            return self.steps
        return (TakeProfitStep(percent=self.percent, share=HUNDRED),)


class StopRules(_Part):
    """What the stop losses of every kind of deal have in common.

    A stop of type limit sells no worse than `limit_percent` beyond its level, or than `limit_price` where `price` gives
    the level; when the level moves, this limit keeps its distance in percent.
    `native`: the stop rests on the exchange itself, so it protects while the app is closed.
    """

    percent: Annotated[Number, Field(gt=0, lt=100)] | None = Field(None, title="Stop loss")
    price: Positive | None = Field(None, title="Stop price")
    type: Literal["market", "limit"] = Field("market", title="Sells at")
    limit_percent: Annotated[Number, Field(ge=0, lt=100)] = Field(ZERO, title="Limit beyond the stop")
    limit_price: Positive | None = Field(None, title="Limit price")
    trailing: bool = Field(False, title="Follows the price")
    timeout_seconds: int = Field(0, ge=0, le=2_592_000, title="Wait")
    breakeven_after: int | None = Field(None, ge=1, le=50, title="Break-even after target")
    native: bool = Field(False, title="Rests on the exchange")

    @model_validator(mode="after")
    def _has_a_level(self) -> Self:
        if self.percent is not None and self.price is not None:
            raise ValueError("price: give either a price or a percent, not both")
        has_level = self.percent is not None or self.price is not None
        if not has_level and (self.trailing or self.timeout_seconds) and self.breakeven_after is None:
            raise ValueError("percent: trailing and timeout_seconds need a stop loss percent")
        if (self.limit_percent or self.limit_price is not None) and self.type != "limit":
            name = "limit_percent" if self.limit_percent else "limit_price"
            raise ValueError(f"{name}: is for a stop loss of type limit")
        if self.limit_price is not None and (self.price is None or self.limit_percent):
            raise ValueError("limit_price: goes with a stop price, and without limit_percent")
        if self.native and not has_level and self.breakeven_after is None:
            raise ValueError("native: needs a stop loss percent or price")
        if self.native and self.trailing:
            raise ValueError("trailing: an order that rests on the exchange cannot follow the price; switch native off")
        if self.native and self.timeout_seconds:
            raise ValueError("timeout_seconds: an order that rests on the exchange cannot wait; switch native off")
        return self


class StopLoss(StopRules):
    basis: Literal["start", "average", "entry"] = Field("start", title="Measured from")
    then: Literal["continue", "stop_bot"] = Field("continue", title="Then")


class Start(_Part):
    """What a deal starts by; `all` and `any` are the conditions of the mode of that name."""

    mode: Literal["asap", "conditions", "signal", "manual"] = Field("asap", title="Start a deal")
    all: tuple[Entry, ...] = Field((), max_length=MOST_CONDITIONS, title="All of")
    any: tuple[Entry, ...] = Field((), max_length=MOST_CONDITIONS, title="Any of")

    @model_validator(mode="after")
    def _has_what_it_waits_for(self) -> Self:
        if self.mode != "conditions" and (self.all or self.any):
            raise ValueError("mode: conditions are for the mode of that name; limits.on_conditions goes with any")
        if self.mode == "conditions" and self.conditions is None:
            raise ValueError("all: needs at least one condition")
        return self

    @cached_property
    def conditions(self) -> Group | None:
        return Group(all=self.all, any=self.any) if self.all or self.any else None


class DealLimits(_Part):
    max_active_deals: int = Field(1, ge=1, le=500, title="Deals at once")
    max_deals_per_pair: int = Field(1, ge=1, le=100, title="Deals at once on a pair")
    cooldown_seconds: int = Field(0, ge=0, le=2_592_000, title="Pause between deals")
    min_price: Positive | None = Field(None, title="Only above")
    max_price: Positive | None = Field(None, title="Only below")
    min_quote_volume_24h: Positive | None = Field(None, title="Only with a volume of")
    stop_after_deals: int | None = Field(None, ge=1, le=1_000_000, title="Stop after deals")
    close_after_seconds: int | None = Field(None, ge=60, le=315_360_000, title="Close after")
    start_delay_seconds: int = Field(0, ge=0, le=2_592_000, title="Delay before a deal")
    on_conditions: Group | None = Field(None, title="Only while")
    max_funds: Positive | None = Field(None, title="Funds of all deals at most")

    @model_validator(mode="after")
    def _leaves_a_range(self) -> Self:
        if self.min_price is not None and self.max_price is not None and self.min_price > self.max_price:
            raise ValueError("min_price: is above max_price, so no deal could ever start")
        return self


class DcaSettings(Settings, frozen=True, extra="forbid"):
    kind: Literal["dca"] = "dca"
    pairs: tuple[str, ...] = Field((), max_length=500, title="Pairs")
    pair_list: PairList | None = Field(None, title="Pairs by a list")
    direction: Direction = Field(Direction.LONG, title="Direction")
    profit_currency: Literal["quote", "base"] = Field("quote", title="Profit in")
    base_order: BaseOrder
    safety_orders: SafetyOrders = SafetyOrders()
    take_profit: TakeProfit
    stop_loss: StopLoss = StopLoss()
    start: Start = Start()
    limits: DealLimits = DealLimits()
    reinvest_percent: PercentUpTo100 = Field(ZERO, title="Reinvest")
    reinvest_mode: Literal["scale", "equal"] = Field("scale", title="Reinvest by")
    risk_reduction_percent: PercentUpTo100 = Field(ZERO, title="Risk reduction")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if not self.pairs and self.pair_list is None:
            raise ValueError("pairs: must not be empty" if "pairs" in self.model_fields_set else "pairs: is missing")
        if self.pair_list is not None and any(pair.partition("/")[2] != self.pair_list.quote for pair in self.pairs):
            raise ValueError("pair_list.quote: all pairs of a bot must have the same quote currency")
        if self.profit_currency == "base" and self.direction is Direction.LONG:
            raise ValueError("profit_currency: base is for short bots, which buy back more coins than they sold")
        return self

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Every group of conditions in it."""
        parts = (
            self.start.conditions,
            self.limits.on_conditions,
            self.safety_orders.on_conditions,
            self.take_profit.on_conditions,
        )
        return tuple(part for part in parts if part is not None)

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition in it, each once."""
        found = {condition.key(): condition for group in self.groups for condition in group.conditions()}
        return tuple(found.values())
