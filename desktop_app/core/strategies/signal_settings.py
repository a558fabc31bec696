"""The settings of a signal bot, checked: the names are those of a bot file."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from desktop_app.core.deal import Direction
from desktop_app.core.market import HUNDRED, ZERO
from desktop_app.core.settings import Number, Positive, Settings
from desktop_app.core.strategies.dca_settings import (
    BaseOrder,
    DcaSettings,
    DealLimits,
    Start,
    StopLoss,
    TakeProfit,
    Unit,
)

LONGEST_LAG_SECONDS = 86_400


class Entry(BaseModel, frozen=True, extra="forbid"):
    """What one entry by a signal buys (of a short: sells), and how often a position may grow."""

    volume: Positive = Field(title="Size per signal")
    volume_unit: Unit = Field("quote", title="Unit")
    max_entries: int = Field(
        1, ge=1, le=100, title="Entries", description="How often a position is entered before it ends (pyramiding)."
    )
    min_distance_percent: Annotated[Number, Field(ge=0, le=1000)] = Field(
        ZERO, title="Distance between entries", description="Percent by which the price must differ from the last one."
    )
    size_from_signal: bool = Field(
        False, title="Size from the signal", description="A signal that brings a size sets it, up to the largest size."
    )
    max_volume: Positive | None = Field(None, title="Largest size", description="In quote, for sizes from signals.")

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        if self.volume_unit == "percent" and self.volume > HUNDRED:
            raise ValueError("volume: more than 100 % of the free balance")
        if self.size_from_signal and self.max_volume is None:
            raise ValueError("max_volume: needed with size_from_signal: whoever has the secret could name any size")
        return self


class SignalSettings(Settings, frozen=True, extra="forbid"):
    """`strategy`: buy and sell with the position of a TradingView strategy. `custom`: enter_long, exit_long, …"""

    kind: Literal["signal"] = "signal"
    mode: Literal["strategy", "custom"] = Field("strategy", title="Alerts come from")
    direction: Literal["long", "short", "both"] = Field("long", title="Direction")
    entry: Entry
    exit_parts: int = Field(
        1, ge=1, le=20, title="Exit in parts", description="How many exit signals it takes to sell everything."
    )
    reverse: bool = Field(
        False, title="Reverse", description="An opposite entry ends the position and opens the other side."
    )
    exits_from_signal: bool = Field(
        False, title="Exits from the signal", description="A signal may bring its own take profit and stop loss."
    )
    take_profit: TakeProfit = Field(TakeProfit(), title="Take profit")
    stop_loss: StopLoss = Field(StopLoss(), title="Stop loss")
    max_lag_seconds: int = Field(300, ge=1, le=LONGEST_LAG_SECONDS, title="Ignore if older than")
    signals_a_minute: int = Field(10, ge=1, le=600, title="Signals a minute")
    limits: DealLimits = DealLimits()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.reverse and self.direction != "both":
            raise ValueError("reverse: needs direction both; a bot of one direction only ends its position")
        if self.limits.start_delay_seconds:
            raise ValueError("limits.start_delay_seconds: a signal is acted on at once or not at all")
        return self

    def may_enter(self, direction: Direction) -> bool:
        return self.direction in ("both", direction.value)

    def first_deal(self) -> DcaSettings:
        """The deal that a first entry of the bot's own size opens."""
        direction = Direction.SHORT if self.direction == "short" else Direction.LONG
        return self.of_deal(direction, self.entry.volume, self.entry.volume_unit)

    def of_deal(
        self,
        direction: Direction,
        volume: Decimal,
        unit: Unit,
        take_profit: TakeProfit | None = None,
        stop_loss: StopLoss | None = None,
    ) -> DcaSettings:
        """The deal that an entry opens: one of a DCA bot without safety orders."""
        return DcaSettings(
            name=self.name,
            account=self.account,
            pairs=self.pairs,
            direction=direction,
            base_order=BaseOrder(volume=volume, volume_unit=unit),
            take_profit=take_profit if take_profit is not None else self.take_profit,
            stop_loss=stop_loss if stop_loss is not None else self.stop_loss,
            start=Start(mode="signal"),
            limits=self.limits,
        )
