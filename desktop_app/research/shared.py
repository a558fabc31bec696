"""Candles in a file that several processes read as one memory, so that they are neither sent nor held twice."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from desktop_app.core.columns import Candles


@dataclass(frozen=True, slots=True)
class SharedCandles:
    """What travels instead of them. The file must stay while anybody reads it."""

    path: Path

    @property
    def candles(self) -> Candles:
        table = np.asarray(np.load(self.path, mmap_mode="r"))
        return Candles(table[0].view(np.int64), *table[1:])


def share(candles: Candles, folder: Path) -> SharedCandles:
    """Raises OSError."""
    path = folder / "candles.npy"
    at = np.ascontiguousarray(candles.at, np.int64).view(np.float64)
    np.save(path, np.stack((at, candles.open, candles.high, candles.low, candles.close, candles.volume)))
    return SharedCandles(path)
