"""DCA bots' settings tried by the kernel, refused where the core would refuse them."""

from collections.abc import Sequence

from desktop_app.core.columns import Candles
from desktop_app.core.deal import Direction
from desktop_app.core.market import Market
from desktop_app.core.preview import make_preview
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.backtest import BacktestRefused, BacktestRules
from desktop_app.research.kernel import dca_batch, layout
from desktop_app.research.kernel.block import DCA_MEMORY, MOST_RUNGS, MOST_TARGETS
from desktop_app.research.kernel.coverage import is_dca_covered
from desktop_app.research.kernel.dca import BeyondKernel, LadderRefused, make_run, walked
from desktop_app.research.kernel.dca_batch import Bot
from desktop_app.research.kernel.dca_candles import DcaCandles, dca_candles
from desktop_app.research.kernel.dca_table import Terms, ladder_rows, make_terms, plain_funds
from desktop_app.research.kernel.summary import share_of, summarise, summary_of
from desktop_app.research.report import Summary
from desktop_app.research.whole_prices import NotWhole

Tried = Summary | BacktestRefused | None  # None: only the core can make it


def try_compiled_dca(
    settings: Sequence[DcaSettings], candles: Candles, market: Market, rules: BacktestRules
) -> list[Tried]:
    """What comes of each of these bots."""
    tried: list[Tried] = [None] * len(settings)
    market = rules.applied_to(market)
    for direction in Direction:
        places = [k for k, one in enumerate(settings) if one.direction is direction and is_dca_covered(one, rules)]
        if not places:
            continue
        try:
            kept = dca_candles(candles, 1 if direction is Direction.LONG else -1, market.price_tick)
        except NotWhole:
            continue
        terms = make_terms(kept.columns.digits, market, rules)
        bots: dict[int, Bot] = {}
        for k in places:
            made = _bot(settings[k], kept, terms, market)
            if isinstance(made, Bot):
                bots[k] = made
            else:
                tried[k] = made
        for k, summary in zip(bots, summaries_of(tuple(bots.values()), kept, terms), strict=True):
            tried[k] = summary
    return tried


def _bot(settings: DcaSettings, kept: DcaCandles, terms: Terms, market: Market) -> Bot | BacktestRefused | None:
    rows = ladder_rows(settings, terms)
    if len(rows) > MOST_RUNGS or len(settings.take_profit.targets) > MOST_TARGETS:
        return None
    funds = plain_funds(settings, terms, rows, kept.first)
    if funds is None:
        preview = make_preview(settings, market, kept.first)
        if problems := tuple(problem for problem in preview.problems if problem.is_block):
            return BacktestRefused(problems)
        funds = float(preview.funds)
    return Bot(settings, rows, funds)


def summaries_of(bots: Sequence[Bot], kept: DcaCandles, terms: Terms) -> list[Summary | None]:
    """None where the core has to go on, or to say what is too small."""
    if not bots:
        return []
    numbers = dca_batch.numbers_of(bots, kept.columns, kept.course, terms, share_of(kept, terms))
    return [_summary(bot, row, kept, terms) for bot, row in zip(bots, numbers.tolist(), strict=True)]


def _summary(bot: Bot, row: list[float], kept: DcaCandles, terms: Terms) -> Summary | None:
    if row[dca_batch.OUTCOME] == layout.TOO_MANY_FILLS:
        return _in_parts(bot, kept, terms)
    if row[dca_batch.OUTCOME]:
        return None
    totals, results = row[: dca_batch.RESULTS], row[dca_batch.RESULTS : dca_batch.FIRST_DAY]
    days = row[dca_batch.FIRST_DAY], row[dca_batch.LAST_DAY]
    return summary_of(totals, results, days, row[dca_batch.CARRIED], kept, terms, bot.funds)


def _in_parts(bot: Bot, kept: DcaCandles, terms: Terms) -> Summary | None:
    """Of a bot that fills more often than there is room for at once."""
    try:
        block = make_run(bot.settings, terms, bot.rows)
        summary = summarise(walked(block, kept.columns), kept, terms, bot.funds)
    except (BeyondKernel, LadderRefused):
        return None
    DCA_MEMORY.give_back(block)
    return summary
