"""Candles as a kernel reads them: whole price units, signed, with the extremes of every block."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.research.kernel.formulas import Real, Whole
from desktop_app.research.kernel.touching import BLOCK, NEAR, WIDE, Bars, Extremes, extremes

_LARGEST = 2.0**50
_LARGEST_IN_HALF = 2.0**24
_FINEST = 12


class NotWhole(ValueError):
    """The prices have more digits than a kernel holds: only the core can walk these candles."""


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
    digits = _digits_of(candles, tick)
    scale = 10.0**digits
    opens, highs, lows, closes = (
        side * np.rint(column * scale) for column in (candles.open, candles.high, candles.low, candles.close)
    )
    if side < 0:
        highs, lows = lows, highs
    return Columns(
        digits=digits,
        at=np.ascontiguousarray(candles.at, dtype=np.int64),
        bars=_bars(opens, highs, lows, closes),
        near=extremes(highs, lows, NEAR),
        blocks=extremes(highs, lows, BLOCK),
        wide=extremes(highs, lows, BLOCK * WIDE),
    )


def _bars(*columns: Real) -> Bars:
    """In half the bytes where these hold every unit."""
    bars = np.stack(columns, axis=1)
    return bars.astype(np.float32) if np.abs(bars).max(initial=0.0) < _LARGEST_IN_HALF else bars


def _digits_of(candles: Candles, tick: Decimal) -> int:
    exponent = tick.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    for digits in range(max(0, -exponent), _FINEST + 1):
        scale = 10.0**digits
        columns = (candles.open, candles.high, candles.low, candles.close)
        if all(_is_whole(column, scale) for column in columns):
            return digits
    raise NotWhole("prices with more digits than a kernel can hold")


def _is_whole(column: Real, scale: float) -> bool:
    units = np.rint(column * scale)
    return bool((units / scale == column).all() and np.abs(units).max(initial=0.0) < _LARGEST)
