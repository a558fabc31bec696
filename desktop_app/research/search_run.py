"""A search as work of a process of its own: what the window asks for, what it hears meanwhile, and the whole answer."""

import time
from dataclasses import dataclass, replace
from decimal import Decimal
from heapq import nlargest
from itertools import combinations
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
from desktop_app.research.heat_map import grid_of
from desktop_app.research.optimiser import estimate, optimise
from desktop_app.research.past import Source, read_past, read_warm_up
from desktop_app.research.robustness import Robustness, examine
from desktop_app.research.search import BadSearch, Estimate, Found, Search, Trial
from desktop_app.research.space import Point
from desktop_app.research.walk_forward import WalkForward, walk_forward
from desktop_app.research.worker import Reporter

MOST_KEPT = 5_000  # trials that go back to whoever asked, beside those that a heat map of two settings shows
_EVERY_SECONDS = 0.5  # between two batches
_MOST_AT_ONCE = 300  # of a batch: the best, for a person's eyes; the answer has the others


@dataclass(frozen=True, slots=True)
class SearchOrder:
    """What to search on what. `candles` is the folder of kept candles: a path, so that none are copied. `folds`: to be
    walked forward after the search; 0: none."""

    settings: Settings
    market: Market
    rules: BacktestRules
    search: Search
    candles: Path
    source: Source
    start: int
    end: int
    folds: int = 0


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
    """`found` without its trials; they are `tried`, best first, the first 5,000 of `count` and the best of each pair
    of values of two settings. `own_funds`: what the bot plans to use as it is."""

    found: Found
    tried: tuple[Tried, ...]
    count: int
    own_funds: Decimal | None


@dataclass(frozen=True, slots=True)
class Examined:
    """What speaks for and against believing one choice; None: it was stopped."""

    point: Point
    robustness: Robustness | None


@dataclass(frozen=True, slots=True)
class NotSearched:
    """Why nothing can be searched like this, in English; empty where there are no candles."""

    why: str = ""


def run_search(report: Reporter, order: SearchOrder) -> WalkForward | NotSearched | None:
    """The work. Sends Batches, what was Searched, whether the best deserves belief, and returns how it walked forward.

    What was found until it was stopped is sent too; of what would come after, there is none then.
    """
    candles = read_past(order.candles, order.source, order.start, order.end)
    if not len(candles):
        return NotSearched()
    before = read_warm_up(order.candles, order.source, order.start)
    try:
        found = _search(report, order, candles, before)
    except BadSearch as problem:
        return NotSearched(str(problem))
    if not found.trials or report.is_cancelled:
        return None
    data = (order.settings, candles, order.market, order.rules)
    runs = found.total

    def held(_done: int, _total: int) -> bool:
        return report.progress(runs, runs * (1 + order.folds))

    robustness = examine(found, *data, before=before, progress=held)
    report.part(Examined(found.trials[0].point, robustness))
    if not order.folds or report.is_cancelled:
        return None

    def walked(done: int, _total: int) -> bool:
        return report.progress(runs + done, runs * (1 + order.folds))

    try:
        return walk_forward(*data, order.search, order.folds, before=before, progress=walked)
    except BadSearch as problem:
        return NotSearched(str(problem))


def _search(report: Reporter, order: SearchOrder, candles: Candles, before: Candles) -> Found:
    """Raises BadSearch."""
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
        return report.progress(done, total * (1 + order.folds))

    found = optimise(
        order.settings,
        candles,
        order.market,
        order.rules,
        order.search,
        before=before,
        progress=progress,
        on_trial=fresh.append,
    )
    kept = tuple(Tried(trial, plans.funds(trial.point)) for trial in _kept(found))
    report.part(Searched(replace(found, trials=()), kept, len(found.trials), plans.funds(Point(()))))
    return found


def _kept(found: Found) -> tuple[Trial, ...]:
    """In their order."""
    if len(found.trials) <= MOST_KEPT:
        return found.trials
    names = [one.name for one in found.search.space.dimensions]
    winners = {
        trial.point
        for pair in combinations(names, min(2, len(names)))
        for line in grid_of(found, *pair).cells
        for trial in line
        if trial is not None
    }
    return (*found.trials[:MOST_KEPT], *(trial for trial in found.trials[MOST_KEPT:] if trial.point in winners))


def run_examine(
    report: Reporter, order: SearchOrder, trials: tuple[Trial, ...], found: Found
) -> Examined | NotSearched:
    """Whether the first of these trials deserves belief; `found` is what they were found by, without them."""
    candles = read_past(order.candles, order.source, order.start, order.end)
    if not len(candles):
        return NotSearched()
    known = replace(found, trials=trials)
    before = read_warm_up(order.candles, order.source, order.start)
    robustness = examine(
        known, order.settings, candles, order.market, order.rules, before=before, progress=report.progress
    )
    return Examined(trials[0].point, robustness)


def run_estimate(_report: Reporter, order: SearchOrder) -> Estimate | NotSearched:
    """How long that search would take, and walking forward after it."""
    candles = read_past(order.candles, order.source, order.start, order.end)
    if not len(candles):
        return NotSearched()
    try:
        alone = estimate(order.settings, candles, order.market, order.rules, order.search)
    except BadSearch as problem:
        return NotSearched(str(problem))
    return replace(alone, seconds=alone.seconds * (1 + walking(order.folds, order.search)))


def walking(folds: int, search: Search) -> float:
    """How many times as many candles all folds together go through as the search before them."""
    parts = folds + 2
    return (1 - float(search.unseen_percent) / 100) * sum((fold + 2) / parts for fold in range(folds))


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
