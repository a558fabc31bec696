"""Candles as columns, the form in which files, exchanges and charts hand them over."""

from dataclasses import dataclass
from decimal import Decimal
from math import inf
from typing import TYPE_CHECKING

from desktop_app.core.market import Candle

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TIMEFRAMES = {
    "1m": 60_000,
    "3m": 180_000,
    "5m": 300_000,
    "15m": 900_000,
    "30m": 1_800_000,
    "1h": 3_600_000,
    "2h": 7_200_000,
    "4h": 14_400_000,
    "6h": 21_600_000,
    "8h": 28_800_000,
    "12h": 43_200_000,
    "1d": 86_400_000,
    "3d": 259_200_000,
    "1w": 604_800_000,
}

_FIRST, _BLOCK = 1024, 4096  # candles searched at once: few at first, for mostly the next touch is near


@dataclass(frozen=True, slots=True)
class Candles:
    """n candles of one pair and timeframe, oldest first: `at` int64 ms UTC, the rest float64, volume in base."""

    at: "NDArray[np.int64]"
    open: "NDArray[np.float64]"
    high: "NDArray[np.float64]"
    low: "NDArray[np.float64]"
    close: "NDArray[np.float64]"
    volume: "NDArray[np.float64]"

    def __len__(self) -> int:
        return len(self.at)

    def candle(self, i: int) -> Candle:
        """Row `i`, exact: a float is read as its shortest decimal."""
        columns = (self.open, self.high, self.low, self.close, self.volume)
        return Candle(int(self.at[i]), *[Decimal(repr(column.item(i))) for column in columns])

    def touching(self, start: int, stop: int, below: Decimal | None, above: Decimal | None) -> int:
        """The first candle of start…stop−1 that comes down to `below` or up to `above`, else `stop`.

        Comparing floats is exact here: reading decimals as floats keeps their order, ties included.
        """
        floor = -inf if below is None else float(below)
        ceiling = inf if above is None else float(above)
        block = _FIRST
        while start < stop:
            ahead = slice(start, min(stop, start + block))
            hits = (self.low[ahead] <= floor) | (self.high[ahead] >= ceiling)
            first = int(hits.argmax())
            if hits[first]:
                return start + first
            start, block = ahead.stop, _BLOCK
        return stop


def exact(value: object) -> Decimal:
    """The shortest decimal that reads back as this number."""
    return Decimal(repr(float(value)))  # type: ignore[arg-type]
