"""Coarser candles from finer ones, and the moments at which candles of a timeframe open."""

from typing import TYPE_CHECKING

from desktop_app.core.columns import TIMEFRAMES, Candles

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WEEK_MS = TIMEFRAMES["1w"]
_MONDAY_MS = 4 * TIMEFRAMES["1d"]  # 1970-01-05


def floor_to(at: int, every_ms: int) -> int:
    """The opening moment of the candle that `at` is in; weeks begin on Monday."""
    origin = _MONDAY_MS if every_ms == _WEEK_MS else 0
    return at - (at - origin) % every_ms


def gather(candles: Candles, every_ms: int, end: int) -> Candles:
    """Coarser candles from finer ones, without one that ends after `end`."""
    import numpy as np

    origin = _MONDAY_MS if every_ms == _WEEK_MS else 0
    opens_at: NDArray[np.int64] = candles.at - (candles.at - origin) % every_ms
    kept = int(np.searchsorted(opens_at, end - every_ms, side="right"))
    opens_at = opens_at[:kept]
    if not kept:
        return rows(candles, 0, 0)
    first = np.flatnonzero(np.diff(opens_at, prepend=opens_at[0] - 1))
    last = np.append(first[1:], kept) - 1
    return Candles(
        at=opens_at[first],
        open=candles.open[first],
        high=np.maximum.reduceat(candles.high[:kept], first),
        low=np.minimum.reduceat(candles.low[:kept], first),
        close=candles.close[last],
        volume=np.add.reduceat(candles.volume[:kept], first),
    )


def rows(candles: Candles, start: int, stop: int) -> Candles:
    part = slice(start, stop)
    return Candles(
        candles.at[part],
        candles.open[part],
        candles.high[part],
        candles.low[part],
        candles.close[part],
        candles.volume[part],
    )


def joined(first: Candles, second: Candles) -> Candles:
    """One after the other."""
    import numpy as np

    return Candles(
        np.concatenate((first.at, second.at)),
        np.concatenate((first.open, second.open)),
        np.concatenate((first.high, second.high)),
        np.concatenate((first.low, second.low)),
        np.concatenate((first.close, second.close)),
        np.concatenate((first.volume, second.volume)),
    )
