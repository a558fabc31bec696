"""A DCA bot's settings tried by the kernel, refused where the core would refuse them."""

from collections import OrderedDict
from decimal import Decimal
from threading import Lock

from desktop_app.core.columns import Candles, exact
from desktop_app.core.deal import Direction
from desktop_app.core.market import Market
from desktop_app.core.preview import make_preview
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.backtest import BacktestRefused, BacktestRules
from desktop_app.research.kernel.columns import Columns, NotWhole, make_columns
from desktop_app.research.kernel.coverage import is_dca_covered
from desktop_app.research.kernel.curve import Course, course_of
from desktop_app.research.kernel.dca import BeyondKernel, LadderRefused, played
from desktop_app.research.kernel.summary import summarise
from desktop_app.research.report import Summary

_MOST_KEPT = 4  # candles in kernel form: seen and unseen, upside down or not

_kept: OrderedDict[tuple[int, int, Decimal], tuple[Candles, Columns, Course]] = OrderedDict()
_keeping = Lock()


def try_compiled_dca(settings: DcaSettings, candles: Candles, market: Market, rules: BacktestRules) -> Summary | None:
    """The summary of this run; None where only the core can make it.

    Raises:
        BacktestRefused: so would the core.
    """
    if not is_dca_covered(settings, rules):
        return None
    market = rules.applied_to(market)
    preview = make_preview(settings, market, exact(candles.open[0]))
    if problems := tuple(problem for problem in preview.problems if problem.is_block):
        raise BacktestRefused(problems)
    try:
        columns, course = prepared(candles, settings.direction, market.price_tick)
        run = played(settings, columns, market, rules)
    except (NotWhole, BeyondKernel, LadderRefused):
        return None  # the core goes on, or says which order is too small
    return summarise(run, columns, course, candles, market, preview.funds)


def prepared(candles: Candles, direction: Direction, tick: Decimal) -> tuple[Columns, Course]:
    side = 1 if direction is Direction.LONG else -1
    key = (id(candles), side, tick)
    with _keeping:
        if key not in _kept:
            prepared = make_columns(candles, side, tick), course_of(candles, side)
            _kept[key] = (candles, *prepared)  # the candles stay, so that their id does
            while len(_kept) > _MOST_KEPT:
                _kept.popitem(last=False)
        _, columns, course = _kept[key]
        return columns, course
