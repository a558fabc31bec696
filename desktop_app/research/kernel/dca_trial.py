"""A DCA bot's settings tried by the kernel, refused where the core would refuse them."""

from desktop_app.core.columns import Candles
from desktop_app.core.deal import Direction
from desktop_app.core.market import Market
from desktop_app.core.preview import make_preview
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.backtest import BacktestRefused, BacktestRules
from desktop_app.research.kernel.block import DCA_MEMORY
from desktop_app.research.kernel.coverage import is_dca_covered
from desktop_app.research.kernel.dca import BeyondKernel, LadderRefused, make_run, walked
from desktop_app.research.kernel.dca_candles import DcaCandles, dca_candles
from desktop_app.research.kernel.dca_table import Row, Terms, ladder_rows, make_terms, plain_funds
from desktop_app.research.kernel.summary import summarise
from desktop_app.research.report import Summary
from desktop_app.research.whole_prices import NotWhole


def try_compiled_dca(settings: DcaSettings, candles: Candles, market: Market, rules: BacktestRules) -> Summary | None:
    """The summary of this run; None where only the core can make it.

    Raises:
        BacktestRefused: so would the core.
    """
    if not is_dca_covered(settings, rules):
        return None
    market = rules.applied_to(market)
    try:
        kept = dca_candles(candles, 1 if settings.direction is Direction.LONG else -1, market.price_tick)
    except NotWhole:
        return None
    terms = make_terms(kept.columns.digits, market, rules)
    rows = ladder_rows(settings, terms)
    funds = plain_funds(settings, terms, rows, kept.first)
    if funds is None:
        preview = make_preview(settings, market, kept.first)
        if problems := tuple(problem for problem in preview.problems if problem.is_block):
            raise BacktestRefused(problems)
        funds = float(preview.funds)
    return summary_of(settings, kept, terms, rows, funds)


def summary_of(
    settings: DcaSettings, kept: DcaCandles, terms: Terms, rows: list[Row], funds: float
) -> Summary | None:  # fmt: skip
    """Of a bot that the core would not refuse beforehand; None where it has to go on, or to say what is too small."""
    try:
        block = make_run(settings, terms, rows)
        summary = summarise(walked(block, kept.columns), kept, terms, funds)
    except (BeyondKernel, LadderRefused):
        return None
    DCA_MEMORY.give_back(block)
    return summary
