"""The conditions on indicators that a bot file may name, each with its parameters and their bounds."""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from desktop_app.core import indicators
from desktop_app.core.columns import Candles
from desktop_app.core.comparison import Comparison
from desktop_app.core.settings import Number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[np.float64]

Length = Annotated[int, Field(ge=2, le=500)]
Short = Annotated[int, Field(ge=1, le=500)]

_SETTLED = 23  # time constants until what lay before the history has lost all but 1e-10 of its weight


class Rsi(Comparison, frozen=True, extra="forbid"):
    """Relative strength index."""

    indicator: Literal["rsi"]
    length: Length = Field(14, title="Length")
    value: Annotated[Number, Field(ge=0, le=100)] = Field(title="Value")

    @property
    def lookback(self) -> int:
        return self.length

    @property
    def settling(self) -> int:
        return _SETTLED * self.length

    def lines(self, candles: Candles) -> "tuple[Column, ...]":
        return indicators.rsi(candles, self.length)


class UltimateOscillator(Comparison, frozen=True, extra="forbid"):
    """Buying pressure over three lengths."""

    indicator: Literal["ultimate_oscillator"]
    short: Short = Field(7, title="Short length")
    middle: Short = Field(14, title="Middle length")
    long: Short = Field(28, title="Long length")
    value: Annotated[Number, Field(ge=0, le=100)] = Field(title="Value")

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if not self.short < self.middle < self.long:
            raise ValueError("long: the three lengths must rise: short, middle, long")
        return self

    @property
    def lookback(self) -> int:
        return self.long

    def lines(self, candles: Candles) -> "tuple[Column, ...]":
        return indicators.ultimate_oscillator(candles, self.short, self.middle, self.long)


class BollingerPercentB(Comparison, frozen=True, extra="forbid"):
    """Where the close is in the Bollinger band: 0 at the lower line, 1 at the upper."""

    indicator: Literal["bollinger"]
    length: Length = Field(20, title="Length")
    deviations: Annotated[Number, Field(ge=Decimal("0.1"), le=10)] = Field(Decimal(2), title="Deviations")
    value: Annotated[Number, Field(ge=-10, le=10)] = Field(title="%B")

    @property
    def lookback(self) -> int:
        return self.length - 1

    def lines(self, candles: Candles) -> "tuple[Column, ...]":
        return indicators.bollinger_percent_b(candles, self.length, float(self.deviations))


class MovingAverages(Comparison, frozen=True, extra="forbid"):
    """A fast mean of the price against a slow one; a fast length of 1 is the price itself."""

    line_names = ("fast", "slow")
    is_in_price = True

    indicator: Literal["sma_cross", "ema_cross", "wma_cross"]
    fast: Short = Field(9, title="Fast length")
    slow: Length = Field(21, title="Slow length")

    @model_validator(mode="after")
    def _is_faster(self) -> Self:
        if self.fast >= self.slow:
            raise ValueError("slow: must be longer than the fast length")
        return self

    @property
    def kind(self) -> str:
        return self.indicator.partition("_")[0]

    @property
    def lookback(self) -> int:
        return self.slow - 1

    @property
    def settling(self) -> int:
        return _SETTLED * self.slow // 2 + _SETTLED if self.kind == "ema" else 0

    def lines(self, candles: Candles) -> "tuple[Column, ...]":
        return indicators.moving_averages(candles, self.kind, self.fast, self.slow)


class Adx(Comparison, frozen=True, extra="forbid"):
    """Strength of the trend, and its two directions."""

    line_names = ("adx", "plus_di", "minus_di")

    indicator: Literal["adx"]
    length: Length = Field(14, title="Length")
    line: Literal["adx", "plus_di", "minus_di"] = Field("adx", title="Line")
    value: Annotated[Number, Field(ge=0, le=100)] | Literal["adx", "plus_di", "minus_di"] = Field(title="Value")

    @property
    def lookback(self) -> int:
        return 2 * self.length - 1 if "adx" in (self.line, self.value) else self.length

    @property
    def settling(self) -> int:
        return 2 * _SETTLED * self.length

    def lines(self, candles: Candles) -> "tuple[Column, ...]":
        return indicators.adx(candles, self.length)


class Stochastic(Comparison, frozen=True, extra="forbid"):
    """Where the close is in the range of the last candles."""

    line_names = ("k", "d")

    indicator: Literal["stochastic"]
    length: Short = Field(14, title="Length")
    smooth_k: Short = Field(3, title="Smoothing of %K")
    smooth_d: Short = Field(3, title="Smoothing of %D")
    line: Literal["k", "d"] = Field("k", title="Line")
    value: Annotated[Number, Field(ge=0, le=100)] | Literal["k", "d"] = Field(title="Value")

    @property
    def lookback(self) -> int:
        return self.length + self.smooth_k + self.smooth_d - 3

    def lines(self, candles: Candles) -> "tuple[Column, ...]":
        return indicators.stochastic(candles, self.length, self.smooth_k, self.smooth_d)


class Macd(Comparison, frozen=True, extra="forbid"):
    """Distance of two exponential means: its signal line, or the side of zero."""

    line_names = ("macd", "signal", "histogram")
    is_in_price = True

    indicator: Literal["macd"]
    fast: Length = Field(12, title="Fast length")
    slow: Length = Field(26, title="Slow length")
    signal: Short = Field(9, title="Signal length")
    line: Literal["macd", "signal", "histogram"] = Field("macd", title="Line")
    value: Number | Literal["macd", "signal"] = Field("signal", title="Value")

    @model_validator(mode="after")
    def _is_faster(self) -> Self:
        if self.fast >= self.slow:
            raise ValueError("slow: must be longer than the fast length")
        return self

    @property
    def lookback(self) -> int:
        return self.slow + self.signal - 2

    @property
    def settling(self) -> int:
        return _SETTLED * (self.slow + self.signal) // 2 + 2 * _SETTLED

    def lines(self, candles: Candles) -> "tuple[Column, ...]":
        return indicators.macd(candles, self.fast, self.slow, self.signal)


class ParabolicSar(Comparison, frozen=True, extra="forbid"):
    """The price against the stop-and-reverse that follows it."""

    line_names = ("price", "sar")
    is_in_price = True

    indicator: Literal["parabolic_sar"]
    step: Annotated[Number, Field(ge=Decimal("0.001"), le=1)] = Field(Decimal("0.02"), title="Step")
    maximum: Annotated[Number, Field(ge=Decimal("0.01"), le=1)] = Field(Decimal("0.2"), title="Largest step")

    @model_validator(mode="after")
    def _has_room(self) -> Self:
        if self.step > self.maximum:
            raise ValueError("maximum: must not be below the step")
        return self

    @property
    def lookback(self) -> int:
        return 1

    @property
    def settling(self) -> int:
        return 1000  # some reversals; after each it knows nothing from before

    def lines(self, candles: Candles) -> "tuple[Column, ...]":
        return indicators.parabolic_sar(candles, float(self.step), float(self.maximum))


class Mfi(Comparison, frozen=True, extra="forbid"):
    """Money flow index."""

    indicator: Literal["mfi"]
    length: Length = Field(14, title="Length")
    value: Annotated[Number, Field(ge=0, le=100)] = Field(title="Value")

    @property
    def lookback(self) -> int:
        return self.length

    def lines(self, candles: Candles) -> "tuple[Column, ...]":
        return indicators.mfi(candles, self.length)


class Cci(Comparison, frozen=True, extra="forbid"):
    """Commodity channel index."""

    indicator: Literal["cci"]
    length: Length = Field(20, title="Length")
    value: Annotated[Number, Field(ge=-1000, le=1000)] = Field(title="Value")

    @property
    def lookback(self) -> int:
        return self.length - 1

    def lines(self, candles: Candles) -> "tuple[Column, ...]":
        return indicators.cci(candles, self.length)


class HeikinAshi(Comparison, frozen=True, extra="forbid"):
    """Heikin-Ashi candles in a row: 3 is the third rising one, −3 the third falling one."""

    indicator: Literal["heikin_ashi"]
    value: Annotated[int, Field(ge=-100, le=100)] = Field(title="In a row")

    @property
    def lookback(self) -> int:
        return 1

    @property
    def settling(self) -> int:
        return 60 + abs(self.value)  # half of what an open does not know is gone after each candle

    @property
    def right(self) -> Decimal:
        return Decimal(self.value)

    def lines(self, candles: Candles) -> "tuple[Column, ...]":
        return indicators.heikin_ashi(candles)


class PriceChange(Comparison, frozen=True, extra="forbid"):
    """How far the close has moved over some candles, in percent."""

    indicator: Literal["price_change"]
    length: Short = Field(1, title="Candles")
    value: Annotated[Number, Field(ge=-100, le=100_000)] = Field(title="Percent")

    @property
    def lookback(self) -> int:
        return self.length

    def lines(self, candles: Candles) -> "tuple[Column, ...]":
        return indicators.price_change(candles, self.length)


class VolumeSpike(Comparison, frozen=True, extra="forbid"):
    """How many times the mean of the last candles was traded."""

    indicator: Literal["volume_spike"]
    length: Length = Field(20, title="Candles")
    value: Annotated[Number, Field(ge=0, le=500)] = Field(title="Times")

    @property
    def lookback(self) -> int:
        return self.length - 1

    def lines(self, candles: Candles) -> "tuple[Column, ...]":
        return indicators.volume_spike(candles, self.length)


class AtrPercent(Comparison, frozen=True, extra="forbid"):
    """How far the price usually moves in a candle, in percent of it."""

    indicator: Literal["atr_percent"]
    length: Short = Field(14, title="Length")
    value: Annotated[Number, Field(ge=0, le=1000)] = Field(title="Percent")

    @property
    def lookback(self) -> int:
        return self.length

    @property
    def settling(self) -> int:
        return _SETTLED * self.length

    def lines(self, candles: Candles) -> "tuple[Column, ...]":
        return indicators.atr_percent(candles, self.length)


Condition = (
    Rsi
    | UltimateOscillator
    | BollingerPercentB
    | MovingAverages
    | Adx
    | Stochastic
    | Macd
    | ParabolicSar
    | Mfi
    | Cci
    | HeikinAshi
    | PriceChange
    | VolumeSpike
    | AtrPercent
)

MODELS: dict[str, type[Comparison]] = {
    "rsi": Rsi,
    "ultimate_oscillator": UltimateOscillator,
    "bollinger": BollingerPercentB,
    "sma_cross": MovingAverages,
    "ema_cross": MovingAverages,
    "wma_cross": MovingAverages,
    "adx": Adx,
    "stochastic": Stochastic,
    "macd": Macd,
    "parabolic_sar": ParabolicSar,
    "mfi": Mfi,
    "cci": Cci,
    "heikin_ashi": HeikinAshi,
    "price_change": PriceChange,
    "volume_spike": VolumeSpike,
    "atr_percent": AtrPercent,
}
