"""A backtest as work of a process of its own: what the window asks for, and all of the answer that it shows."""

from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from desktop_app.core.columns import Candles
from desktop_app.core.gathering import rows
from desktop_app.core.market import Market
from desktop_app.core.preview import Problem
from desktop_app.core.said import Said
from desktop_app.core.settings import Settings
from desktop_app.core.strategies.python_settings import PythonSettings
from desktop_app.research.assumptions import Assumptions, make_assumptions
from desktop_app.research.backtest import BacktestRefused, BacktestResult, BacktestRules, Progress
from desktop_app.research.detail import DetailRefused, Finer, Why, make_finer
from desktop_app.research.insight import Insight, make_insight
from desktop_app.research.past import Source, read_past, read_warm_up
from desktop_app.research.report import Report, make_report
from desktop_app.research.trial import try_settings
from desktop_app.research.worker import Reporter


@dataclass(frozen=True, slots=True)
class TrialOrder:
    """What to test on what. `strategies`: the folder of the user's own ones; `detail`: finer candles of the same past,
    walked inside each candle."""

    settings: Settings
    market: Market
    rules: BacktestRules
    candles: Path
    source: Source
    start: int
    end: int
    strategies: Path
    detail: Source | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that is known of a run. A partial one ends where it was stopped: `wanted` says until when it should go.

    `funds` are what percents refer to. `told`: what the bot itself complained of, the first of each kind and how often.
    """

    settings: Settings
    report: Report
    insight: Insight
    assumptions: Assumptions
    source: Source
    funds: Decimal
    wanted: int
    is_partial: bool = False
    told: tuple[tuple[Said, int], ...] = ()

    @property
    def total_quote(self) -> Decimal:
        """What closed deals brought and what open ones stand at: what the equity curve ends with."""
        return self.report.summary.profit_quote + self.report.summary.unrealised_quote


@dataclass(frozen=True, slots=True)
class NotTested:
    """Why these settings cannot be tested like this; empty: it was stopped before anything had been seen.

    `bot`: whose settings, of several.
    `detail`: the finer candles are not of these candles; `at` is the moment that shows it, 0: of none.
    """

    problems: tuple[Problem, ...] = ()
    detail: Why | None = None
    at: int = 0
    bot: str = ""


def run_trial(report: Reporter, order: TrialOrder) -> Outcome | NotTested:
    """The work. Partial results are whole results of a shorter period."""
    candles = read_past(order.candles, order.source, order.start, order.end)
    before = read_warm_up(order.candles, order.source, order.start)
    if not len(candles):
        return NotTested()

    def progress(done: int, total: int) -> bool:
        return report.progress(done, total, int(candles.at[min(done, total - 1)]))

    try:
        finer = _finer(order, candles)
        program, result = _try(order, candles, before, finer, progress)
    except DetailRefused as refused:
        return NotTested(detail=refused.why, at=refused.at)
    except BacktestRefused as refused:
        return NotTested(refused.problems)
    return tested(order, result, before, program, finer) if result.candles_done else NotTested()


def _finer(order: TrialOrder, candles: Candles) -> Finer | None:
    if order.detail is None:
        return None
    step, fine_step = order.source.step_ms, order.detail.step_ms
    fine = read_past(order.candles, order.detail, int(candles.at[0]), int(candles.at[-1]) + step)
    return make_finer(candles, step, fine, fine_step)


def tested(order: TrialOrder, result: BacktestResult, before: Candles, program: str, finer: Finer | None) -> Outcome:
    """Of a run that was stopped, as if only the candles that were played had been asked for."""
    played = replace(result, candles=rows(result.candles, 0, result.candles_done))
    report = make_report(played)
    source = order.source.exchange
    detail = finer.said(order.detail.exchange) if finer is not None and order.detail is not None else None
    taken = make_assumptions(played, order.settings, source=source, warm_up=before, detail=detail, program=program)
    return Outcome(
        settings=order.settings,
        report=report,
        insight=make_insight(played, report),
        assumptions=taken,
        source=order.source,
        funds=result.funds,
        wanted=order.end,
        is_partial=not result.is_complete,
        told=told_of(result),
    )


def told_of(result: BacktestResult) -> tuple[tuple[Said, int], ...]:
    """What the bot complained of, the most frequent first."""
    counts = Counter(tell.said.code for tell in result.told_problems)
    first = {tell.said.code: tell.said for tell in reversed(result.told_problems)}
    return tuple((first[code], count) for code, count in counts.most_common())


def _try(
    order: TrialOrder, candles: Candles, before: Candles, finer: Finer | None, progress: Progress
) -> tuple[str, BacktestResult]:
    settings, rules = order.settings, order.rules
    inside = finer.inside if finer is not None else None
    if isinstance(settings, PythonSettings):
        from desktop_app.own.folder import StrategyFolder
        from desktop_app.research.own_trial import trusted_file, try_own

        file = trusted_file(StrategyFolder(order.strategies), settings.file)
        return file.text, try_own(settings, candles, order.market, rules, file, progress=progress, inside=inside)
    return "", try_settings(settings, candles, order.market, rules, progress=progress, before=before, inside=inside)
