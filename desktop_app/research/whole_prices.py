"""Prices of candles counted in whole units: what a compiled search and one that hops compute with."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.columns import Candles

_LARGEST = 2.0**50
_FINEST = 12


class NotWhole(ValueError):
    """The prices have more digits than floats can count: only the core can walk these candles."""


@dataclass(frozen=True, slots=True)
class WholePrices:
    """n prices each, in units of 10^−`digits`; of a short negative, its highs the lows: it is a long upside down."""

    digits: int
    open: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]


def whole_prices(candles: Candles, side: int, tick: Decimal) -> WholePrices:
    """Raises NotWhole where prices and tick are no multiples of one unit that floats can count."""
    digits = _digits_of(candles, tick)
    opens, highs, lows, closes = (side * np.rint(column * 10.0**digits) for column in _prices_of(candles))
    if side < 0:
        highs, lows = lows, highs
    return WholePrices(digits, opens, highs, lows, closes)


def _prices_of(candles: Candles) -> tuple[NDArray[np.float64], ...]:
    return candles.open, candles.high, candles.low, candles.close


def _digits_of(candles: Candles, tick: Decimal) -> int:
    exponent = tick.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    for digits in range(max(0, -exponent), _FINEST + 1):
        if all(_is_whole(column, 10.0**digits) for column in _prices_of(candles)):
            return digits
    raise NotWhole("prices with more digits than a kernel can hold")


def _is_whole(column: NDArray[np.float64], scale: float) -> bool:
    units = np.rint(column * scale)
    return bool((units / scale == column).all() and np.abs(units).max(initial=0.0) < _LARGEST)
