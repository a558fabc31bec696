"""Several bots over one balance as work of a process of its own, and all of the answer that the window shows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from desktop_app.core.gathering import rows
from desktop_app.core.market import Market
from desktop_app.core.pair_list import may_trade
from desktop_app.core.said import Said
from desktop_app.core.settings import Settings
from desktop_app.research.assumptions import make_assumptions
from desktop_app.research.backtest import BacktestRefused, BacktestResult, BacktestRules
from desktop_app.research.insight import make_insight
from desktop_app.research.past import Source, read_past, read_warm_up
from desktop_app.research.portfolio import BotFunds, Member, PairPast, Part, PortfolioResult, run_portfolio
from desktop_app.research.portfolio_insight import PortfolioInsight, make_portfolio_insight
from desktop_app.research.portfolio_report import BotReport, PortfolioReport, make_portfolio_report
from desktop_app.research.report import DealLine, Report, Summary
from desktop_app.research.trial_run import NotTested, Outcome, told_of
from desktop_app.research.worker import Reporter

ALONE = ("signal", "python")  # of the one the past has no alerts, the other is tested by itself


@dataclass(frozen=True, slots=True)
class PairOrder:
    """The rules of a pair, and where its candles are."""

    market: Market
    source: Source


@dataclass(frozen=True, slots=True)
class PortfolioOrder:
    """Which bots to test together, on candles of one timeframe. `pairs` has every pair that a member names."""

    members: tuple[Member, ...]
    pairs: tuple[PairOrder, ...]
    rules: BacktestRules
    candles: Path
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class BotOutcome:
    """What one bot did: all of it over `summary`'s funds, which are the shared balance, and each pair by itself."""

    summary: Summary
    parts: tuple[Outcome, ...]

    @property
    def settings(self) -> Settings:
        return self.parts[0].settings

    @property
    def told(self) -> tuple[tuple[Said, int], ...]:
        """What the bot itself complained of, on whichever pair."""
        return self.parts[0].told

    @property
    def total_quote(self) -> Decimal:
        return self.summary.profit_quote + self.summary.unrealised_quote


@dataclass(frozen=True, slots=True)
class PortfolioOutcome:
    """All that is known of a run of several bots. `equity` is the document's curve; see Outcome for the rest."""

    bots: tuple[BotOutcome, ...]
    summary: Summary
    insight: PortfolioInsight
    equity: tuple[tuple[int, Decimal], ...]
    funds: Decimal
    wanted: int
    engine_seconds: float
    is_partial: bool = False

    @property
    def parts(self) -> tuple[Outcome, ...]:
        return tuple(part for bot in self.bots for part in bot.parts)

    @property
    def total_quote(self) -> Decimal:
        return self.summary.profit_quote + self.summary.unrealised_quote

    @property
    def quote(self) -> str:
        return self.parts[0].report.market.quote

    @property
    def deals(self) -> tuple[DealLine, ...]:
        return tuple(deal for part in self.parts for deal in part.report.deals)

    @property
    def name(self) -> str:
        return " + ".join(bot.settings.name for bot in self.bots)

    @property
    def pairs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(part.report.pair for part in self.parts))

    @property
    def start(self) -> int:
        return min(part.report.start for part in self.parts)

    @property
    def end(self) -> int:
        return max(part.report.end for part in self.parts)

    @property
    def report(self) -> PortfolioReport:
        bots = tuple(
            BotReport(bot.settings.name, bot.summary, tuple(part.report for part in bot.parts)) for bot in self.bots
        )
        return PortfolioReport(bots, self.summary, self.equity, self.engine_seconds)


def pairs_for(settings: Settings, symbols: Sequence[str]) -> tuple[str, ...]:
    """Which of these pairs the bot trades: those that it names in its own order, then others that it may."""
    named = [symbol for symbol in settings.pairs if symbol in symbols]
    return (*named, *(one for one in symbols if one not in settings.pairs and may_trade(settings, one)))


def run_portfolio_trial(report: Reporter, order: PortfolioOrder) -> PortfolioOutcome | NotTested:
    """The work. Partial results are whole results of a shorter period."""
    pasts = _pasts(order)
    if any(not len(past.candles) for past in pasts.values()):
        return NotTested()
    longest = max((past.candles for past in pasts.values()), key=len)

    def progress(done: int, total: int) -> bool:
        return report.progress(done, total, int(longest.at[min(done, total - 1)]))

    try:
        result = run_portfolio(order.members, pasts, order.rules, progress)
    except BacktestRefused as refused:
        return NotTested(refused.problems, bot=refused.bot)
    return _tested(order, result, pasts) if any(part.result.candles_done for part in result.parts) else NotTested()


def _pasts(order: PortfolioOrder) -> dict[str, PairPast]:
    found = {}
    for pair in order.pairs:
        candles = read_past(order.candles, pair.source, order.start, order.end)
        before = read_warm_up(order.candles, pair.source, order.start)
        found[pair.market.symbol] = PairPast(candles, order.rules.applied_to(pair.market), before)
    return found


def _tested(order: PortfolioOrder, result: PortfolioResult, pasts: dict[str, PairPast]) -> PortfolioOutcome:
    played = _played(result)
    report = make_portfolio_report(played)
    insight = make_portfolio_insight([part.result for part in played.parts], report, float(played.whole.funds))
    settings = [member.settings for member in order.members]
    seen = dict.fromkeys(part.bot for part in result.parts if part.result.candles_done)
    lines = iter(played.parts)
    bots = tuple(
        BotOutcome(
            bot.summary,
            tuple(
                _part(order, settings[number], line, next(lines).result, pasts, is_partial=not result.is_complete)
                for line in bot.parts
            ),
        )
        for number, bot in zip(seen, report.bots, strict=True)
    )
    return PortfolioOutcome(
        bots=bots,
        summary=report.summary,
        insight=insight,
        equity=report.equity,
        funds=played.whole.funds,
        wanted=order.end,
        engine_seconds=result.engine_seconds,
        is_partial=not result.is_complete,
    )


def _played(result: PortfolioResult) -> PortfolioResult:
    """A run that was stopped as if only the candles that were played had been there; bots that had none are not."""
    bots: dict[int, BotFunds] = {}
    parts = []
    for part in result.parts:
        if not (count := part.result.candles_done):
            continue
        bots.setdefault(part.bot, result.bots[part.bot])
        played = replace(part.result, candles=rows(part.result.candles, 0, count))
        parts.append(Part(list(bots).index(part.bot), played))
    return replace(result, parts=tuple(parts), bots=tuple(bots.values()))


def _part(
    order: PortfolioOrder,
    settings: Settings,
    report: Report,
    result: BacktestResult,
    pasts: dict[str, PairPast],
    *,
    is_partial: bool,
) -> Outcome:
    symbol = result.market.symbol
    source = next(pair.source for pair in order.pairs if pair.market.symbol == symbol)
    taken = make_assumptions(result, settings, source=source.exchange, warm_up=pasts[symbol].before)
    return Outcome(
        settings=settings,
        report=report,
        insight=make_insight(result, report),
        assumptions=replace(taken, bots=len(order.members)),
        source=source,
        funds=result.funds,
        wanted=order.end,
        is_partial=is_partial,
        told=told_of(result),
    )
