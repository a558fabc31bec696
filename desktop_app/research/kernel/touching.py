"""The next candle that reaches a level: extremes of blocks, and of blocks of blocks, say which need no look."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from desktop_app.research.kernel.formulas import Real, Run, Whole
from desktop_app.research.kernel.jit import inner
from desktop_app.research.kernel.layout import CLOSE_OF_BAR, FILLS, WORST_OF_BAR

NEAR: Final = 8  # candles whose extremes are looked at as one
BLOCK: Final = 64  # candles in a block of those
WIDE: Final = 64  # blocks in a block of blocks
_NEAR_IN_BLOCK: Final = BLOCK // NEAR

# Columns of `bars`: beside each other, for a walk that leaps fetches each candle from afar.
BAR_OPEN: Final = 0
BAR_HIGH: Final = 1
BAR_LOW: Final = 2
BAR_CLOSE: Final = 3
# Columns of what is known of many candles: in half the bytes, for it is memory that a leap waits for; rounded outward.
TOP: Final = 0
BOTTOM: Final = 1

Extremes = NDArray[np.float32]
Bars = NDArray[np.float32] | NDArray[np.float64]  # what holds the prices exactly; read them as float64


def extremes(highs: Real, lows: Real, width: int) -> Extremes:
    """Of each `width` candles."""
    starts = np.arange(0, len(highs), width)
    found = np.empty((len(starts), 2), dtype=np.float32)
    tops, bottoms = np.maximum.reduceat(highs, starts), np.minimum.reduceat(lows, starts)
    found[:, TOP], found[:, BOTTOM] = tops, bottoms
    up, down = found[:, TOP] < tops, found[:, BOTTOM] > bottoms
    found[up, TOP] = np.nextafter(found[up, TOP], np.float32(np.inf))
    found[down, BOTTOM] = np.nextafter(found[down, BOTTOM], np.float32(-np.inf))
    return found


@inner
def touching(
    bars: Bars, near: Extremes, blocks: Extremes, wide: Extremes, start: int, stop: int, below: float, above: float
) -> int:  # fmt: skip
    """The first candle of start…stop−1 that comes down to `below` or up to `above`, else `stop`."""
    i = start
    while i < stop:
        for k in range(i, min(stop, (i | (NEAR - 1)) + 1)):  # the rest of its block
            if bars[k, BAR_LOW] <= below or bars[k, BAR_HIGH] >= above:
                return k
        few = i // NEAR + 1
        while few < len(near) and near[few, BOTTOM] > below and near[few, TOP] < above:
            few += 1
            block = few // _NEAR_IN_BLOCK
            if few % _NEAR_IN_BLOCK == 0 and block < len(blocks):
                while block < len(blocks) and blocks[block, BOTTOM] > below and blocks[block, TOP] < above:
                    many = block // WIDE
                    is_wide = block % WIDE == 0 and wide[many, BOTTOM] > below and wide[many, TOP] < above
                    block += WIDE if is_wide else 1
                few = block * _NEAR_IN_BLOCK
        i = few * NEAR
    return stop


@inner
def first_at(at: Whole, start: int, due: int) -> int:
    """The first candle from `start` on that is not before `due`."""
    low, high = start, len(at)
    while low < high:
        middle = (low + high) // 2
        if at[middle] < due:
            low = middle + 1
        else:
            high = middle
    return low


@inner
def note_bar(run: Run, start: int, close: float, worst: float) -> None:
    """With the fills from row `start` on: the candle that they fell into."""
    for row in range(start, run.state[FILLS]):
        run.fill_prices[row, CLOSE_OF_BAR], run.fill_prices[row, WORST_OF_BAR] = close, worst
