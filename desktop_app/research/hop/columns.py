"""Candles as the hop reads them: prices in whole units, and a tree of extremes to find the next touch in."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.columns import Candles

Floats = NDArray[np.float64]

LEAF = 8  # candles whose extremes are the lowest level of the tree
_LARGEST = 2.0**50
_FINEST = 12


class NotWhole(ValueError):
    """The prices have more digits than floats can count: only the core can walk these candles."""


@dataclass(frozen=True, slots=True)
class Columns:
    """n candles; prices in units of 10^−`digits`, negative where `side` is −1: a short is a long upside down.

    `tops` and `bottoms` are heaps: node 1 has the extremes of all, 2k and 2k + 1 those of either half of node k, and
    those from `leaves` on of LEAF candles each. Behind the last candle all is touched.
    """

    digits: int
    side: int
    at: NDArray[np.int64]
    open: "memoryview[Any]"
    high: memoryview
    low: memoryview
    close: memoryview
    leaves: int
    tops: list[float]
    bottoms: list[float]

    def __len__(self) -> int:
        return len(self.at)

    def touching(self, start: int, stop: int, below: float, above: float) -> int:
        """The first candle of start…stop−1 that comes down to `below` or up to `above`, else `stop`."""
        lows, highs, tops, bottoms, leaves = self.low, self.high, self.tops, self.bottoms, self.leaves
        node = leaves + start // LEAF
        if bottoms[node] <= below or tops[node] >= above:
            for i in range(start, min(stop, (node + 1 - leaves) * LEAF)):
                if lows[i] <= below or highs[i] >= above:
                    return i
        node += 1
        while bottoms[node] > below and tops[node] < above:
            node += 1
            if not node & 1:  # nothing so far: twice as many at once
                node >>= 1
        while node < leaves:
            node <<= 1
            if bottoms[node] > below and tops[node] < above:
                node += 1
        first = (node - leaves) * LEAF
        for i in range(first, min(stop, first + LEAF)):
            if lows[i] <= below or highs[i] >= above:
                return i
        return stop


def make_columns(candles: Candles, side: int, tick: Decimal) -> Columns:
    """Raises NotWhole where prices and tick are no multiples of one unit that floats can count."""
    digits = _digits_of(candles, tick)
    scale = 10.0**digits
    opens, highs, lows, closes = (
        side * np.rint(column * scale) for column in (candles.open, candles.high, candles.low, candles.close)
    )
    if side < 0:
        highs, lows = lows, highs
    tops, bottoms = _heap(highs, np.inf, np.maximum), _heap(lows, -np.inf, np.minimum)
    at = np.ascontiguousarray(candles.at, dtype=np.int64)
    return Columns(
        digits=digits,
        side=side,
        at=at,
        open=opens.data,
        high=highs.data,
        low=lows.data,
        close=closes.data,
        leaves=len(tops) // 2,
        tops=tops,
        bottoms=bottoms,
    )


def _heap(prices: Floats, beyond: float, extreme: np.ufunc) -> list[float]:
    """With a power of two of leaves, and at least one behind the last candle."""
    leaves = 1 << (len(prices) // LEAF + 1).bit_length()
    padded = np.full(leaves * LEAF, beyond)
    padded[: len(prices)] = prices
    levels = [extreme.reduce(padded.reshape(leaves, LEAF), axis=1)]
    while len(levels[-1]) > 1:
        levels.append(extreme(levels[-1][::2], levels[-1][1::2]))
    return [beyond, *np.concatenate(levels[::-1]).tolist()]


def _digits_of(candles: Candles, tick: Decimal) -> int:
    exponent = tick.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    for digits in range(max(0, -exponent), _FINEST + 1):
        columns = (candles.open, candles.high, candles.low, candles.close)
        if all(_is_whole(column, 10.0**digits) for column in columns):
            return digits
    raise NotWhole("prices with more digits than floats can count")


def _is_whole(column: Floats, scale: float) -> bool:
    units = np.rint(column * scale)
    return bool((units / scale == column).all() and np.abs(units).max(initial=0.0) < _LARGEST)
