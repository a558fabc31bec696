"""The next candle that reaches a level: extremes of blocks, and of blocks of blocks, say which need no look."""

from typing import Final

from desktop_app.research.kernel.formulas import Real
from desktop_app.research.kernel.jit import inner

NEAR: Final = 16  # candles whose extremes are looked at as one
BLOCK: Final = 64  # candles in a block of those
WIDE: Final = 64  # blocks in a block of blocks
_NEAR_IN_BLOCK: Final = BLOCK // NEAR

# Columns of `bars`: beside each other, for a walk that leaps fetches each candle from afar.
BAR_OPEN: Final = 0
BAR_HIGH: Final = 1
BAR_LOW: Final = 2
BAR_CLOSE: Final = 3


@inner
def touching(
    bars: Real, near_tops: Real, near_bottoms: Real, tops: Real, bottoms: Real, wide_tops: Real, wide_bottoms: Real,
    start: int, stop: int, below: float, above: float,
) -> int:  # fmt: skip
    """The first candle of start…stop−1 that comes down to `below` or up to `above`, else `stop`."""
    i = start
    while i < stop:
        for k in range(i, min(stop, (i | (NEAR - 1)) + 1)):  # the rest of its block
            if bars[k, BAR_LOW] <= below or bars[k, BAR_HIGH] >= above:
                return k
        near = i // NEAR + 1
        while near < len(near_tops) and near_bottoms[near] > below and near_tops[near] < above:
            near += 1
            block = near // _NEAR_IN_BLOCK
            if near % _NEAR_IN_BLOCK == 0 and block < len(tops):
                while block < len(tops) and bottoms[block] > below and tops[block] < above:
                    wide = block // WIDE
                    is_wide = block % WIDE == 0 and wide_bottoms[wide] > below and wide_tops[wide] < above
                    block += WIDE if is_wide else 1
                near = block * _NEAR_IN_BLOCK
        i = near * NEAR
    return stop
