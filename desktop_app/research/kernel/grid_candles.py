"""Candles as a grid's kernel and its curve read them, kept while a sweep asks for them again and again."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.core.market import ONE
from desktop_app.research.kernel.columns import Columns, make_columns
from desktop_app.research.kernel.formulas import Real, Whole
from desktop_app.research.kernel.grid_curve import STRETCH
from desktop_app.research.ratios import DAY_MS

_MOST_KEPT = 4  # seen and unseen candles, in the units of two markets


@dataclass(frozen=True, slots=True)
class GridCandles:
    """The candles in units, and for the curve the extremes of closes and lows over stretches of them.

    `last_of_day`: the last candle of each UTC day. Prices of the curve are in quote.
    """

    columns: Columns
    lowest: float
    highest: float
    close: Real
    low: Real
    close_tops: Real
    close_bottoms: Real
    low_bottoms: Real
    last_of_day: Whole


_kept: OrderedDict[tuple[int, int], tuple[Candles, GridCandles]] = OrderedDict()
_keeping = Lock()


def grid_candles(candles: Candles, digits: int) -> GridCandles:
    """In units of 10^−`digits` or finer.

    Raises:
        NotWhole: prices with more digits than a kernel holds.
    """
    key = (id(candles), digits)
    with _keeping:
        if key not in _kept:
            _kept[key] = (candles, _make(candles, digits))  # the candles stay, so that their id does
            while len(_kept) > _MOST_KEPT:
                _kept.popitem(last=False)
        return _kept[key][1]


def _make(candles: Candles, digits: int) -> GridCandles:
    columns = make_columns(candles, 1, ONE.scaleb(-digits))
    starts = np.arange(0, len(candles), STRETCH)
    days = candles.at // DAY_MS
    return GridCandles(
        columns=columns,
        lowest=float(columns.bottoms.min()),
        highest=float(columns.tops.max()),
        close=np.ascontiguousarray(candles.close, dtype=np.float64),
        low=np.ascontiguousarray(candles.low, dtype=np.float64),
        close_tops=np.maximum.reduceat(candles.close, starts),
        close_bottoms=np.minimum.reduceat(candles.close, starts),
        low_bottoms=np.minimum.reduceat(candles.low, starts),
        last_of_day=np.flatnonzero(np.append(days[1:] != days[:-1], True)).astype(np.int64),
    )
