"""Which candles a search chooses by and which it checks on, and what every worker of it must know."""

from dataclasses import dataclass

from desktop_app.core.columns import Candles
from desktop_app.core.gathering import joined
from desktop_app.core.market import Market
from desktop_app.core.settings import Settings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.judging import Job, Stretch, make_job
from desktop_app.research.search import BadSearch, Search, check

_WITHOUT_PAST = ("signal", "python")  # what they do comes from outside the settings


@dataclass(frozen=True, slots=True)
class Plan:
    """The job, and which of its candles are to choose by and which to check on."""

    job: Job
    seen: Stretch
    unseen: Stretch | None


def checked(settings: Settings, search: Search) -> int:
    """How many trials a search makes. Raises BadSearch."""
    total = check(search)
    if settings.kind in _WITHOUT_PAST:
        raise BadSearch(f"a bot of kind {settings.kind!r} has no past that settings alone could make")
    return total


def make_plan(
    settings: Settings,
    candles: Candles,
    market: Market,
    rules: BacktestRules,
    search: Search,
    before: Candles | None,
    total: int,
) -> Plan:
    """`total`: how many trials there will be. Raises BadSearch: too few candles."""
    first = 0 if before is None else len(before)
    kept = int(len(candles) * search.unseen_percent / 100)
    if kept >= len(candles):
        raise BadSearch("too few candles to keep some back")
    whole = candles if not first or before is None else joined(before, candles)
    end = len(whole)
    job = make_job(settings, whole, market, rules, search, total * len(candles))
    return Plan(job, (first, end - kept), (end - kept, end) if kept else None)
