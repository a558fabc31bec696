"""The closed candles of one pair and timeframe as they grow, and the coarser candle that finer ones add up to."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_app.core.columns import Candles
from desktop_app.core.gathering import floor_to, rows
from desktop_app.core.market import Candle

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ROOM = 512


@dataclass(slots=True)
class _Forming:
    """A coarser candle under way."""

    at: int
    open: float
    high: float
    low: float
    close: float
    volume: float


class ClosedCandles:
    """Candles that are told once each, oldest first. `history` of them are kept at least, twice as many at most."""

    def __init__(self, every_ms: int, base_ms: int, history: int) -> None:
        """`base_ms`: the spacing of the candles that `add` is given."""
        self.every_ms = every_ms
        self.history = history
        self._base_ms = base_ms
        self._at: NDArray[np.int64]
        self._columns: tuple[NDArray[np.float64], ...]
        self._count = 0
        self._forming: _Forming | None = None
        self.last = -1  # opening moment of the last candle that was added, in base candles

    def begin(self, closed: Candles, since: Candles) -> None:
        """Forget everything, and begin with closed candles and the base candles of the one under way."""
        import numpy as np

        room = max(_ROOM, 2 * len(closed), 2 * self.history + 1)
        self._at = np.zeros(room, np.int64)
        self._columns = tuple(np.zeros(room) for _ in range(5))
        self._count = len(closed)
        self._at[: self._count] = closed.at
        for ours, theirs in zip(self._columns, _columns(closed), strict=True):
            ours[: self._count] = theirs
        self._forming = None
        self.last = int(closed.at[-1]) + self.every_ms - self._base_ms if len(closed) else -1
        for i in range(len(since)):
            self.add(since.candle(i))

    @property
    def candles(self) -> Candles:
        """Those that are kept; a view that is good until the next `add`."""
        return Candles(self._at[: self._count], *(column[: self._count] for column in self._columns))

    def is_late(self, candle: Candle) -> bool:
        """It belongs before something that was added, or into a candle of ours that has closed."""
        if candle.at < self.last:
            return True
        end = int(self._at[self._count - 1]) + self.every_ms if self._count else 0
        return self.last < candle.at < end

    def add(self, candle: Candle) -> bool:
        """Take in the next base candle; whether a candle of ours has closed by it."""
        if candle.at <= self.last:
            return False
        has_closed = self.passes(candle.at)
        self.last = candle.at
        values = [float(part) for part in (candle.open, candle.high, candle.low, candle.close, candle.volume)]
        if self.every_ms == self._base_ms:
            self._push(candle.at, values)
            return True
        at = floor_to(candle.at, self.every_ms)
        forming = self._forming
        if forming is None:
            self._forming = _Forming(at, *values)
        else:
            forming.high, forming.low = max(forming.high, values[1]), min(forming.low, values[2])
            forming.close = values[3]
            forming.volume += values[4]
        return self.passes(candle.at + self._base_ms) or has_closed

    def passes(self, at: int) -> bool:
        """It is this late now: close the candle under way if it is over."""
        forming = self._forming
        if forming is None or at < forming.at + self.every_ms:
            return False
        self._forming = None
        self._push(forming.at, [forming.open, forming.high, forming.low, forming.close, forming.volume])
        return True

    def _push(self, at: int, values: list[float]) -> None:
        if self._count == len(self._at):
            self._trim()
        self._at[self._count] = at
        for column, value in zip(self._columns, values, strict=True):
            column[self._count] = value
        self._count += 1

    def _trim(self) -> None:
        kept = rows(self.candles, self._count - self.history, self._count)
        self._at[: self.history] = kept.at.copy()
        for ours, theirs in zip(self._columns, _columns(kept), strict=True):
            ours[: self.history] = theirs.copy()
        self._count = self.history


def _columns(candles: Candles) -> "tuple[NDArray[np.float64], ...]":
    return candles.open, candles.high, candles.low, candles.close, candles.volume
