"""A bot's settings tried by hopping, refused where the core would refuse them."""

from collections.abc import Callable

from desktop_app.core.columns import Candles, exact
from desktop_app.core.deal import Direction
from desktop_app.core.market import Market
from desktop_app.core.preview import make_preview
from desktop_app.core.settings import Settings
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.research.backtest import BacktestRefused, BacktestRules
from desktop_app.research.hop.course import account_of_deals, course_of
from desktop_app.research.hop.coverage import is_hop_covered
from desktop_app.research.hop.grid_trial import hop_grid
from desktop_app.research.hop.openings import openings_of
from desktop_app.research.hop.plan import BeyondHop, make_plan
from desktop_app.research.hop.prepared import prepared
from desktop_app.research.hop.walk import walk
from desktop_app.research.report import Summary, summary_of
from desktop_app.research.whole_prices import NotWhole


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
    if not is_hop_covered(settings, market, rules):
        return None
    market = rules.applied_to(market)
    if isinstance(settings, GridSettings):
        return hop_grid(settings.grid, candles, market, rules, is_stopped)
    assert isinstance(settings, DcaSettings)
    return _hop_deals(settings, candles, market, rules, before, is_stopped)


def _hop_deals(
    settings: DcaSettings, candles: Candles, market: Market, rules: BacktestRules, before: Candles | None,
    is_stopped: Callable[[], bool],
) -> Summary | None:  # fmt: skip
    first, last = exact(candles.open[0]), exact(candles.close[-1])
    preview = make_preview(settings, market, first)
    if problems := tuple(problem for problem in preview.problems if problem.is_block):
        raise BacktestRefused(problems)
    try:
        columns, prices = prepared(candles, 1 if settings.direction is Direction.LONG else -1, market.price_tick)
        plan = make_plan(settings, columns, market, rules)
        openings = openings_of(settings, candles, before, rules.timeframe_ms)
        log = walk(plan, columns, openings, last, is_stopped)
    except (NotWhole, BeyondHop):
        return None  # the core goes on, or says which order is too small
    if log is None:
        return None
    funds = float(preview.funds)
    losses = [float(deal.profit_quote) for deal in log.deals if deal.closed_at is not None]
    course = course_of(account_of_deals(log, plan, funds), losses, prices, len(candles), funds, last / first - 1)
    return summary_of(log.deals, (), course, funds=preview.funds, most_used=log.most * plan.money.unit)
