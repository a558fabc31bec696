"""A search as work of a process of its own: what the window asks for, what it hears meanwhile, and the whole answer."""

import time
from dataclasses import dataclass, replace
from decimal import Decimal
from heapq import nlargest
from pathlib import Path

from desktop_app.core.bot_file import read_settings
from desktop_app.core.columns import Candles, exact
from desktop_app.core.grid_preview import make_grid_preview
from desktop_app.core.ladder import Sizing
from desktop_app.core.market import ZERO, Market
from desktop_app.core.preview import make_preview
from desktop_app.core.risk_reward import weigh
from desktop_app.core.settings import Settings
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.optimiser import estimate, optimise
from desktop_app.research.past import Source, read_past, read_warm_up
from desktop_app.research.search import BadSearch, Estimate, Found, Search, Trial
from desktop_app.research.space import Point
from desktop_app.research.worker import Reporter

MOST_KEPT = 20_000  # trials that go back to whoever asked
_EVERY_SECONDS = 0.3  # between two batches
_MOST_AT_ONCE = 300  # of a batch: the best, for a person's eyes; the answer has the others


@dataclass(frozen=True, slots=True)
class SearchOrder:
    """What to search on what. `candles` is the folder of kept candles: a path, so that none are copied."""

    settings: Settings
    market: Market
    rules: BacktestRules
    search: Search
    candles: Path
    source: Source
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tried:
    """A trial, and the most money that its settings plan to use; None where the market has none for them."""

    trial: Trial
    funds: Decimal | None


@dataclass(frozen=True, slots=True)
class Batch:
    """The best of what came since the batch before."""

    tried: tuple[Tried, ...]


@dataclass(frozen=True, slots=True)
class Searched:
    """`found` without its trials; they are `tried`, best first, the first 20,000 of `count`."""

    found: Found
    tried: tuple[Tried, ...]
    count: int


@dataclass(frozen=True, slots=True)
class NotSearched:
    """Why nothing can be searched like this, in English; empty where there are no candles."""

    why: str = ""


def run_search(report: Reporter, order: SearchOrder) -> Searched | NotSearched:
    """The work; sends Batches. What was found until it was stopped is an answer too."""
    candles = read_past(order.candles, order.source, order.start, order.end)
    if not len(candles):
        return NotSearched()
    plans = _Plans(order, candles)
    fresh: list[Trial] = []
    last = [time.monotonic()]

    def progress(done: int, total: int) -> bool:
        now = time.monotonic()
        if fresh and (now - last[0] >= _EVERY_SECONDS or done >= total):
            last[0] = now
            best = nlargest(_MOST_AT_ONCE, fresh, key=lambda trial: trial.score)
            report.part(Batch(tuple(Tried(trial, plans.funds(trial.point)) for trial in best)))
            fresh.clear()
        return report.progress(done, total)

    try:
        found = optimise(
            order.settings,
            candles,
            order.market,
            order.rules,
            order.search,
            before=read_warm_up(order.candles, order.source, order.start),
            progress=progress,
            on_trial=fresh.append,
        )
    except BadSearch as problem:
        return NotSearched(str(problem))
    kept = tuple(Tried(trial, plans.funds(trial.point)) for trial in found.trials[:MOST_KEPT])
    return Searched(replace(found, trials=()), kept, len(found.trials))


def run_estimate(_report: Reporter, order: SearchOrder) -> Estimate | NotSearched:
    """How long that search would take."""
    candles = read_past(order.candles, order.source, order.start, order.end)
    if not len(candles):
        return NotSearched()
    try:
        return estimate(order.settings, candles, order.market, order.rules, order.search)
    except BadSearch as problem:
        return NotSearched(str(problem))


def planned_funds(settings: Settings, market: Market, price: Decimal, balance: Decimal | None = None) -> Decimal | None:
    """The most money that these settings plan to have in the market at once, at this price."""
    sizing = Sizing(free=balance or ZERO)
    if isinstance(settings, DcaSettings):
        return make_preview(settings, market, price, sizing).funds
    if isinstance(settings, GridSettings):
        layout = make_grid_preview(settings.grid, market, settings.grid.start_price or price).layout
        return None if layout is None else layout.funds
    if isinstance(settings, SmartTradeSettings):
        return weigh(settings, market, price, sizing).cost
    return None


class _Plans:
    """The funds of each point at the first price of the candles."""

    def __init__(self, order: SearchOrder, candles: Candles) -> None:
        self._order = order
        self._price = exact(candles.open[0])
        self._data = order.settings.model_dump(mode="json", exclude_defaults=True)
        self._known: dict[Point, Decimal | None] = {}

    def funds(self, point: Point) -> Decimal | None:
        if point not in self._known:
            settings = read_settings(self._order.settings.kind, point.applied_to(self._data)).settings
            market, balance = self._order.market, self._order.rules.balance
            known = planned_funds(settings, market, self._price, balance) if settings is not None else None
            self._known[point] = known
        return self._known[point]
