"""The settings of a grid bot, checked: the names are those of a bot file's `[grid]`."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from desktop_app.core.grid_lines import MOST_LINES
from desktop_app.core.market import HUNDRED, ONE
from desktop_app.core.settings import Number, Positive, Settings

Spacing = Literal["arithmetic", "geometric"]
StopAction = Literal["stop", "stop_and_sell", "stop_and_buy"]
StepPercent = Annotated[Number, Field(ge=Decimal("0.01"), le=100)]


class _Part(BaseModel, frozen=True, extra="forbid"):
    pass


class GridStop(_Part):
    """A price beyond the range at which the grid ends, and what becomes of its coins and its quote then."""

    price: Positive = Field(title="Price")
    then: StopAction = Field("stop", title="Then")


class Grid(_Part):
    """The lines and the money on them. Without `upper` the grid has no end above: an infinity grid."""

    lower: Positive = Field(title="Lower")
    upper: Positive | None = Field(None, title="Upper")
    lines: int | None = Field(None, ge=2, le=MOST_LINES, title="Lines")
    spacing: Spacing = Field("arithmetic", title="Spacing")
    step_percent: StepPercent | None = Field(None, title="Step")
    volume_per_line: Positive | None = Field(None, title="Size per line")
    investment: Positive | None = Field(None, title="Invest")
    volume_unit: Literal["quote", "base"] = Field("quote", title="Unit")
    profit_currency: Literal["quote", "base"] = Field("quote", title="Profit in")
    use_held_coins: bool = Field(False, title="Use coins you already hold")
    max_active_buy_lines: int | None = Field(None, ge=1, le=MOST_LINES, title="Buy lines at once")
    max_active_sell_lines: int | None = Field(None, ge=1, le=MOST_LINES, title="Sell lines at once")
    trailing_up: bool = Field(False, title="Follow the price up")
    trailing_down: bool = Field(False, title="Follow the price down")
    expand_up_to: Positive | None = Field(None, title="Add lines above up to")
    expand_down_to: Positive | None = Field(None, title="Add lines below down to")
    stop_above: GridStop | None = Field(None, title="Stop above")
    stop_below: GridStop | None = Field(None, title="Stop below")
    take_profit_percent: Annotated[Number, Field(gt=0, le=100_000)] | None = Field(None, title="Take profit")
    pump_protection_percent: Annotated[Number, Field(gt=0, le=1000)] | None = Field(None, title="Pump protection")
    start_price: Positive | None = Field(None, title="Start at")

    @model_validator(mode="after")
    def _has_lines(self) -> Self:
        if self.upper is not None and self.upper <= self.lower:
            raise ValueError("upper: must be above lower")
        if self.upper is not None and self.step_percent is not None:
            raise ValueError("step_percent: is for grids without upper; between two ends give lines")
        if self.upper is not None and self.lines is None:
            raise ValueError("lines: is missing")
        if self.upper is None and self.lines is not None:
            raise ValueError("lines: a grid without upper has no number of lines; give step_percent")
        if self.upper is None and self.step_percent is None:
            raise ValueError("upper: is missing (or give step_percent for a grid without an end above)")
        if self.upper is None and self.spacing != "geometric":
            raise ValueError("spacing: a grid without upper has lines at equal percent; write geometric")
        return self

    @model_validator(mode="after")
    def _has_a_size(self) -> Self:
        if (self.volume_per_line is None) == (self.investment is None):
            raise ValueError("volume_per_line: give either volume_per_line or investment")
        if self.upper is None and self.volume_unit == "base":
            raise ValueError("volume_unit: a grid without upper is sized in quote")
        if self.profit_currency == "base" and self.volume_unit == "base":
            raise ValueError("profit_currency: with equal coins on every line no coins are left; use volume_unit quote")
        return self

    @model_validator(mode="after")
    def _ends_somewhere(self) -> Self:
        if self.upper is None and (self.trailing_up or self.expand_up_to is not None):
            raise ValueError("trailing_up: a grid without upper follows the price up by itself")
        if self.trailing_up and self.expand_up_to is not None:
            raise ValueError("expand_up_to: give either trailing_up or expand_up_to")
        if self.trailing_down and self.expand_down_to is not None:
            raise ValueError("expand_down_to: give either trailing_down or expand_down_to")
        if self.expand_up_to is not None and self.upper is not None and self.expand_up_to <= self.upper:
            raise ValueError("expand_up_to: must be above upper")
        if self.expand_down_to is not None and self.expand_down_to >= self.lower:
            raise ValueError("expand_down_to: must be below lower")
        if self.pump_protection_percent is not None and not (self.trailing_up or self.trailing_down):
            raise ValueError("pump_protection_percent: pauses trailing, which is off")
        return self

    @model_validator(mode="after")
    def _stops_outside(self) -> Self:
        highest = self.expand_up_to or self.upper
        if self.stop_above is not None and self.stop_above.price <= (highest or self.lower):
            raise ValueError("stop_above.price: must be above the highest line")
        if self.stop_below is not None and self.stop_below.price >= (self.expand_down_to or self.lower):
            raise ValueError("stop_below.price: must be below the lowest line")
        if self.start_price is not None and self._is_stopped_at(self.start_price):
            raise ValueError("start_price: is where the grid would stop")
        return self

    def _is_stopped_at(self, price: Decimal) -> bool:
        above, below = self.stop_above, self.stop_below
        return (above is not None and price >= above.price) or (below is not None and price <= below.price)

    @property
    def is_infinite(self) -> bool:
        return self.upper is None

    @property
    def ratio(self) -> Decimal:
        """From one line of an infinity grid to the next."""
        assert self.step_percent is not None
        return ONE + self.step_percent / HUNDRED


class GridSettings(Settings, frozen=True, extra="forbid"):
    kind: Literal["grid"] = "grid"
    grid: Grid

    @model_validator(mode="after")
    def _has_one_pair(self) -> Self:
        if len(self.pairs) != 1:
            raise ValueError("pairs: a grid trades one pair")
        return self
