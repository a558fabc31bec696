"""A bot's settings tried by hopping, refused where the core would refuse them."""

from collections import OrderedDict
from collections.abc import Callable
from decimal import Decimal
from threading import Lock

from desktop_app.core.columns import Candles, exact
from desktop_app.core.deal import Direction
from desktop_app.core.market import Market
from desktop_app.core.preview import make_preview
from desktop_app.core.settings import Settings
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.backtest import BacktestRefused, BacktestRules
from desktop_app.research.hop.columns import Columns, make_columns
from desktop_app.research.hop.course import Prices, course_of, make_prices
from desktop_app.research.hop.coverage import is_hop_covered
from desktop_app.research.hop.openings import openings_of
from desktop_app.research.hop.plan import BeyondHop, make_plan
from desktop_app.research.hop.walk import walk
from desktop_app.research.report import Summary, summary_of
from desktop_app.research.whole_prices import NotWhole

_MOST_KEPT = 4  # forms of candles: seen and unseen, upside down or not

_kept: OrderedDict[tuple[int, int, Decimal], tuple[Candles, Columns, Prices]] = OrderedDict()
_keeping = Lock()


def try_hopping(
    settings: Settings, candles: Candles, market: Market, rules: BacktestRules, before: Candles | None = None,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Summary | None:  # fmt: skip
    """The summary of this run, the very one that the core would come to; None where only the core can make it, and
    where somebody asked to stop.

    `market` is the pair's, without the fees of the run; `before` are candles right before the first, for indicators
    only.

    Raises:
        BacktestRefused: so would the core.
    """
    if not isinstance(settings, DcaSettings) or not is_hop_covered(settings, market, rules):
        return None
    market = rules.applied_to(market)
    first, last = exact(candles.open[0]), exact(candles.close[-1])
    preview = make_preview(settings, market, first)
    if problems := tuple(problem for problem in preview.problems if problem.is_block):
        raise BacktestRefused(problems)
    try:
        columns, prices = _prepared(candles, settings.direction, market.price_tick)
        plan = make_plan(settings, columns, market, rules)
        openings = openings_of(settings, candles, before, rules.timeframe_ms)
        log = walk(plan, columns, openings, last, is_stopped)
    except (NotWhole, BeyondHop):
        return None  # the core goes on, or says which order is too small
    if log is None:
        return None
    course = course_of(log, plan, prices, len(candles), float(preview.funds), last / first - 1)
    return summary_of(log.deals, (), course, funds=preview.funds, most_used=log.most * plan.money.unit)


def _prepared(candles: Candles, direction: Direction, tick: Decimal) -> tuple[Columns, Prices]:
    side = 1 if direction is Direction.LONG else -1
    key = (id(candles), side, tick)
    with _keeping:
        if key not in _kept:
            prepared = make_columns(candles, side, tick), make_prices(candles, side)
            _kept[key] = (candles, *prepared)  # the candles stay, so that their id does
            while len(_kept) > _MOST_KEPT:
                _kept.popitem(last=False)
        _, columns, prices = _kept[key]
        return columns, prices
