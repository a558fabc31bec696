"""Candles as a grid's kernel and its curve read them, kept while a sweep asks for them again and again."""

from collections import OrderedDict
from dataclasses import dataclass
from decimal import Decimal
from threading import Lock

from desktop_app.core.columns import Candles, exact
from desktop_app.core.market import ONE
from desktop_app.research.kernel.columns import Columns, make_columns
from desktop_app.research.kernel.grid_curve import Course, course_of
from desktop_app.research.kernel.touching import BAR_HIGH, BAR_LOW

_MOST_KEPT = 4  # seen and unseen candles, in the units of two markets


@dataclass(frozen=True, slots=True)
class GridCandles:
    """The candles in units, and what the curve is made of. `held_percent`: what buying at first would have won."""

    columns: Columns
    lowest: float
    highest: float
    course: Course
    first: Decimal
    held_percent: Decimal


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
    first = exact(candles.open[0])
    return GridCandles(
        columns=columns,
        lowest=float(columns.bars[:, BAR_LOW].min()),
        highest=float(columns.bars[:, BAR_HIGH].max()),
        course=course_of(candles.at, candles.close, candles.low),
        first=first,
        held_percent=(exact(candles.close[-1]) / first - 1) * 100,
    )
