"""Candles as the hop reads them: prices in whole units, and a tree of extremes to find the next touch in."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.columns import Candles
from desktop_app.research.whole_prices import whole_prices

Floats = NDArray[np.float64]

LEAF = 16  # candles whose extremes are the lowest level of the tree


@dataclass(frozen=True, slots=True)
class Columns:
    """n candles; prices in units of 10^−`digits`, negative where `side` is −1: a short is a long upside down.

    `highs` and `lows` are the same as `high` and `low`. `tops` and `bottoms` are heaps: node 1 has the extremes of all,
    2k and 2k + 1 those of either half of node k, and those from `leaves` on of LEAF candles each. Behind the last
    candle follow prices that touch all. `largest` is of the prices, whatever their sign.
    """

    digits: int
    side: int
    at: NDArray[np.int64]
    open: "memoryview[Any]"
    high: memoryview
    low: memoryview
    close: memoryview
    highs: Floats
    lows: Floats
    leaves: int
    largest: float
    tops: memoryview
    bottoms: memoryview

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
        i = (node - leaves) * LEAF
        if i >= stop:
            return stop
        while lows[i] > below and highs[i] < above:
            i += 1
        return min(i, stop)


def make_columns(candles: Candles, side: int, tick: Decimal) -> Columns:
    """Raises NotWhole where prices and tick are no multiples of one unit that floats can count."""
    prices = whole_prices(candles, side, tick)
    highs, lows = prices.high, prices.low
    largest = float(max(np.abs(highs).max(), np.abs(lows).max()))
    highs, lows = _with_an_end(highs, np.inf), _with_an_end(lows, -np.inf)
    tops, bottoms = _heap(highs, np.maximum), _heap(lows, np.minimum)
    return Columns(
        digits=prices.digits,
        side=side,
        at=np.ascontiguousarray(candles.at, dtype=np.int64),
        open=prices.open.data,
        high=highs.data,
        low=lows.data,
        close=prices.close.data,
        highs=highs,
        lows=lows,
        leaves=len(tops) // 2,
        largest=largest,
        tops=tops.data,
        bottoms=bottoms.data,
    )


def _with_an_end(prices: Floats, beyond: float) -> Floats:
    """Full leaves, and one more that every price reaches."""
    padded = np.full((len(prices) // LEAF + 2) * LEAF, beyond)
    padded[: len(prices)] = prices
    return padded


def _heap(prices: Floats, extreme: np.ufunc) -> Floats:
    """Of a power of two of leaves; those behind the last are as it is."""
    level = extreme.reduce(prices.reshape(-1, LEAF), axis=1)
    level = np.pad(level, (0, (1 << (len(level) - 1).bit_length()) - len(level)), mode="edge")
    levels = [level]
    while len(levels[-1]) > 1:
        levels.append(extreme(levels[-1][::2], levels[-1][1::2]))
    return np.concatenate((level[-1:], *levels[::-1]))
