"""Candles as a kernel reads them: whole price units, signed, with the extremes of every block."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.research.kernel.formulas import Real, Whole
from desktop_app.research.kernel.touching import BLOCK, NEAR, WIDE

_LARGEST = 2.0**50
_FINEST = 12


class NotWhole(ValueError):
    """The prices have more digits than a kernel holds: only the core can walk these candles."""


@dataclass(frozen=True, slots=True)
class Columns:
    """n candles; prices in units of 10^−`digits`, negative where `side` is −1. Beside them the extremes of blocks."""

    digits: int
    at: Whole
    bars: Real  # open, high, low, close
    near_tops: Real
    near_bottoms: Real
    tops: Real
    bottoms: Real
    wide_tops: Real
    wide_bottoms: Real

    @property
    def index(self) -> tuple[Real, Real, Real, Real, Real, Real, Real]:
        """What `touching` looks through."""
        return (
            self.bars, self.near_tops, self.near_bottoms, self.tops, self.bottoms, self.wide_tops, self.wide_bottoms,
        )  # fmt: skip


def make_columns(candles: Candles, side: int, tick: Decimal) -> Columns:
    """Raises NotWhole where prices and tick are no multiples of one unit that floats can count."""
    digits = _digits_of(candles, tick)
    scale = 10.0**digits
    opens, highs, lows, closes = (
        side * np.rint(column * scale) for column in (candles.open, candles.high, candles.low, candles.close)
    )
    if side < 0:
        highs, lows = lows, highs
    near = _extremes(highs, lows, NEAR)
    blocks = _extremes(*near, BLOCK // NEAR)
    wide = _extremes(*blocks, WIDE)
    at = np.ascontiguousarray(candles.at, dtype=np.int64)
    bars = np.stack((opens, highs, lows, closes), axis=1)
    return Columns(digits, at, bars, *near, *blocks, *wide)


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


def _extremes(highs: Real, lows: Real, width: int) -> tuple[Real, Real]:
    starts = np.arange(0, len(highs), width)
    return np.maximum.reduceat(highs, starts), np.minimum.reduceat(lows, starts)
