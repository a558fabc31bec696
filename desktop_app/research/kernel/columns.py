"""Candles as a kernel reads them: whole price units, signed, with the extremes of every block."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.research.kernel.formulas import Real, Whole
from desktop_app.research.kernel.walking import BLOCK, WIDE

_LARGEST = 2.0**50
_FINEST = 12


class NotWhole(ValueError):
    """The prices have more digits than a kernel holds: only the core can walk these candles."""


@dataclass(frozen=True, slots=True)
class Columns:
    """n candles; prices in units of 10^−`digits`, negative where `side` is −1."""

    digits: int
    at: Whole
    open: Real
    high: Real
    low: Real
    close: Real
    tops: Real
    bottoms: Real
    wide_tops: Real
    wide_bottoms: Real


def make_columns(candles: Candles, side: int, tick: Decimal) -> Columns:
    """Raises NotWhole where prices and tick are no multiples of one unit that floats can count."""
    digits = _digits_of(candles, tick)
    scale = 10.0**digits
    opens, highs, lows, closes = (
        side * np.rint(column * scale) for column in (candles.open, candles.high, candles.low, candles.close)
    )
    if side < 0:
        highs, lows = lows, highs
    tops, bottoms = _extremes(highs, lows, BLOCK)
    wide_tops, wide_bottoms = _extremes(tops, bottoms, WIDE)
    at = np.ascontiguousarray(candles.at, dtype=np.int64)
    return Columns(digits, at, opens, highs, lows, closes, tops, bottoms, wide_tops, wide_bottoms)


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
