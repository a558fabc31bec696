"""Candles as the hop reads them, kept while a sweep asks for them again and again."""

from collections import OrderedDict
from decimal import Decimal
from threading import Lock

from desktop_app.core.columns import Candles
from desktop_app.research.hop.columns import Columns, make_columns
from desktop_app.research.hop.course import Prices, make_prices

_MOST_KEPT = 4  # forms of candles: seen and unseen, upside down or not

_kept: OrderedDict[tuple[int, int, Decimal], tuple[Candles, Columns, Prices]] = OrderedDict()
_keeping = Lock()


def prepared(candles: Candles, side: int, tick: Decimal) -> tuple[Columns, Prices]:
    """Raises NotWhole."""
    key = (id(candles), side, tick)
    with _keeping:
        if key not in _kept:
            made = make_columns(candles, side, tick), make_prices(candles, side)
            _kept[key] = (candles, *made)  # the candles stay, so that their id does
            while len(_kept) > _MOST_KEPT:
                _kept.popitem(last=False)
        _, columns, prices = _kept[key]
        return columns, prices
