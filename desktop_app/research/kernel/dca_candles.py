"""Candles as a DCA bot's kernel and its curve read them, kept while a sweep asks for them again and again."""

from collections import OrderedDict
from dataclasses import dataclass
from decimal import Decimal
from threading import Lock

from desktop_app.core.columns import Candles, exact
from desktop_app.research.kernel.columns import Columns, make_columns
from desktop_app.research.kernel.curve import Course, course_of

_MOST_KEPT = 4  # seen and unseen candles, upside down or not


@dataclass(frozen=True, slots=True)
class DcaCandles:
    """The candles in units, and what a summary says of them. `held_percent`: what buying at first would have won."""

    side: int
    columns: Columns
    course: Course
    first: Decimal
    held_percent: Decimal
    span: int  # ms
    last_close: float


_kept: OrderedDict[tuple[int, int, Decimal], tuple[Candles, DcaCandles]] = OrderedDict()
_keeping = Lock()


def dca_candles(candles: Candles, side: int, tick: Decimal) -> DcaCandles:
    """Raises NotWhole: prices with more digits than a kernel holds."""
    key = (id(candles), side, tick)
    with _keeping:
        if key not in _kept:
            _kept[key] = (candles, make_dca_candles(candles, side, tick))  # the candles stay, so that their id does
            while len(_kept) > _MOST_KEPT:
                _kept.popitem(last=False)
        return _kept[key][1]


def make_dca_candles(candles: Candles, side: int, tick: Decimal) -> DcaCandles:
    course, first = course_of(candles, side), exact(candles.open[0])
    return DcaCandles(
        side=side,
        columns=make_columns(candles, side, tick),
        course=course,
        first=first,
        held_percent=(exact(candles.close[-1]) / first - 1) * 100,
        span=int(candles.at[-1] - candles.at[0]),
        last_close=float(course.close[-1]),
    )
