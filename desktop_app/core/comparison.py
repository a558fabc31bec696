"""What every condition on an indicator is: a comparison that each closed candle decides anew."""

from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import BaseModel, Field

from desktop_app.core.columns import TIMEFRAMES, Candles
from desktop_app.core.reading import Outcome

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[np.float64]
    Outcomes = NDArray[np.int8]

Timeframe = Literal["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w"]
Trigger = Literal["less_than", "greater_than", "crosses_above", "crosses_below"]

_TOLERANCE = 1e-9  # of the scale: nearer values are equal, so that rounding never decides


class Comparison(BaseModel, frozen=True, extra="forbid"):
    """Compares one line of an indicator with a number or with another line of it, on closed candles only."""

    line_names: ClassVar[tuple[str, ...]] = ("value",)
    is_in_price: ClassVar[bool] = False  # the lines are prices, not percents or counts

    indicator: str
    timeframe: Timeframe = Field(title="Timeframe")
    trigger: Trigger = Field(title="Trigger")

    def key(self) -> str:
        """The name under which readings of this condition are told; equal conditions have equal names."""
        return self._key

    @cached_property
    def _key(self) -> str:
        said = self.model_dump(mode="json")
        head = said.pop("indicator"), said.pop("timeframe")
        return " ".join((*head, *(f"{name}={value}" for name, value in sorted(said.items()))))

    @property
    def every_ms(self) -> int:
        return TIMEFRAMES[self.timeframe]

    @property
    def is_crossing(self) -> bool:
        return self.trigger.startswith("crosses")

    @property
    def left(self) -> str:
        """The line that is compared."""
        return str(getattr(self, "line", self.line_names[0]))

    @property
    def right(self) -> str | Decimal:
        """What it is compared with: a number, or the name of another line."""
        value: str | Decimal = getattr(self, "value", self.line_names[-1])
        return value

    @property
    def lookback(self) -> int:
        """Candles before the first value (TA-Lib's lookback)."""
        raise NotImplementedError

    @property
    def settling(self) -> int:
        """Candles until a value no longer depends on where the history began; 0 when it never does."""
        return 0

    @property
    def warm_up(self) -> int:
        """Closed candles that it takes before the condition can be true."""
        return self.lookback + (2 if self.is_crossing else 1)

    @property
    def history(self) -> int:
        """Closed candles after which its values are those of the longest history."""
        return self.warm_up + self.settling

    def lines(self, candles: Candles) -> "tuple[Column, ...]":
        """The columns of `line_names`."""
        raise NotImplementedError

    def sides(self, candles: Candles) -> "tuple[Column, Column]":
        """The compared line, and what it is compared with, candle by candle."""
        import numpy as np

        lines = dict(zip(self.line_names, self.lines(candles), strict=True))
        right = self.right
        column = lines[right] if isinstance(right, str) else np.full(len(candles), float(right))
        return lines[self.left], column

    def outcomes(self, candles: Candles) -> "Outcomes":
        """The outcome of every candle, of its own and earlier ones alone."""
        import numpy as np

        if len(candles) < self.warm_up:
            return np.full(len(candles), Outcome.NOT_READY, np.int8)
        return self.judged(*self.sides(candles), candles)

    def judged(self, left: "Column", right: "Column", candles: Candles) -> "Outcomes":
        """The outcomes of columns already computed; no value where one is due is no."""
        import numpy as np

        scale = candles.close if self.is_in_price else np.maximum(1.0, np.abs(right))
        apart = left - right
        is_over, is_under = apart > _TOLERANCE * scale, apart < -_TOLERANCE * scale
        is_true = is_over if self.trigger in ("greater_than", "crosses_above") else is_under
        if self.is_crossing:
            was_there = np.zeros(len(candles), np.bool_)
            was_there[1:] = ~np.isnan(apart[:-1]) & ~is_true[:-1]
            is_true &= was_there
        found = is_true.astype(np.int8)
        found[: self.warm_up - 1] = Outcome.NOT_READY
        return found
