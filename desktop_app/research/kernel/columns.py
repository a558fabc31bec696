"""Candles as a kernel reads them: whole price units, signed, with the extremes of every block."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.research.kernel.formulas import Real, Whole
from desktop_app.research.kernel.touching import BLOCK, NEAR, WIDE, Bars, Extremes, extremes
from desktop_app.research.whole_prices import whole_prices

_LARGEST_IN_HALF = 2.0**24


@dataclass(frozen=True, slots=True)
class Columns:
    """n candles; prices in units of 10^−`digits`, negative where `side` is −1. Beside them the extremes of blocks."""

    digits: int
    at: Whole
    bars: Bars  # open, high, low, close
    near: Extremes  # of blocks
    blocks: Extremes
    wide: Extremes

    @property
    def index(self) -> tuple[Bars, Extremes, Extremes, Extremes]:
        """What `touching` looks through."""
        return self.bars, self.near, self.blocks, self.wide


def make_columns(candles: Candles, side: int, tick: Decimal) -> Columns:
    """Raises NotWhole where prices and tick are no multiples of one unit that floats can count."""
    prices = whole_prices(candles, side, tick)
    highs, lows = prices.high, prices.low
    return Columns(
        digits=prices.digits,
        at=np.ascontiguousarray(candles.at, dtype=np.int64),
        bars=_bars(prices.open, highs, lows, prices.close),
        near=extremes(highs, lows, NEAR),
        blocks=extremes(highs, lows, BLOCK),
        wide=extremes(highs, lows, BLOCK * WIDE),
    )


def _bars(*columns: Real) -> Bars:
    """In half the bytes where these hold every unit."""
    bars = np.stack(columns, axis=1)
    return bars.astype(np.float32) if np.abs(bars).max(initial=0.0) < _LARGEST_IN_HALF else bars
