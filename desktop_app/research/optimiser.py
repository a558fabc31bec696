"""Searches the settings that served best on candles of the past, and shows what they did on candles never looked at."""

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from itertools import islice
from multiprocessing import get_context
from typing import Any, Literal

from desktop_app.core.bot_file import read_settings
from desktop_app.core.columns import Candles
from desktop_app.core.market import Market
from desktop_app.core.settings import Settings
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.backtest import BacktestRefused, BacktestRules
from desktop_app.research.report import Summary, make_report
from desktop_app.research.space import Point, Space
from desktop_app.research.trial import try_settings

Sampler = Literal["grid", "random", "tpe"]
Progress = Callable[[int, int], bool]  # (trials done, trials in all) → go on?

_WITHOUT_PAST = ("signal", "python")  # what they do comes from outside the settings
_MOST_TRIES = 20  # draws for one new random point before the space counts as drawn empty
_WORTH_COMPILING = 20_000_000  # candles times trials; below that no compiler is waited for
# Ratios of two numbers of a summary, beside its own.
PROFIT_OVER_DRAWDOWN = "profit_over_drawdown"
PROFIT_PER_FUNDS = "profit_per_funds"
TOTAL = "total_quote"  # closed and open: a grid is one deal that need not end


class BadSearch(ValueError):
    """A search that cannot be made; the text says why and what would do."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked for. `trials` None: all points (a grid), else 100. `unseen_percent`: kept back for checking."""

    space: Space
    sampler: Sampler = "grid"
    trials: int | None = None
    objective: str = "profit_quote"
    unseen_percent: Decimal = Decimal(0)
    workers: int = 1
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Trial:
    """One choice of settings and what came of it. `unseen`: on the candles kept back; None without any."""

    point: Point
    summary: Summary
    unseen: Summary | None
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """The trials, best first. `refused` points make no bot, or one that the market would not take."""

    trials: tuple[Trial, ...]
    refused: int
    seconds: float
    is_complete: bool
    engine: Literal["compiled", "core"]


def objectives() -> tuple[str, ...]:
    """The names that a search can be for."""
    numbers = tuple(field.name for field in fields(Summary) if field.name not in _NOT_GOALS)
    return (*numbers, TOTAL, PROFIT_OVER_DRAWDOWN, PROFIT_PER_FUNDS)


def usual_objective(kind: str) -> str:
    """What to look for where nobody says."""
    return TOTAL if kind == "grid" else "profit_quote"


def total_of(summary: Summary) -> Decimal:
    """What came of closed deals, and what the open ones would bring now."""
    return summary.profit_quote + summary.unrealised_quote


_NOT_GOALS = frozenset({"buy_and_hold_percent", "deals_open", "unrealised_quote", "max_safety_orders_used"})
_SMALLER_IS_BETTER = frozenset(
    {
        "fees_quote",
        "max_drawdown_percent",
        "max_floating_loss_percent",
        "average_deal_seconds",
        "longest_deal_seconds",
        "max_funds_quote",
        "time_in_market_percent",
    }
)


def score_of(summary: Summary, objective: str) -> float:
    """How good; more is better. What is undefined is worst."""
    if objective == TOTAL:
        return float(total_of(summary))
    if objective == PROFIT_OVER_DRAWDOWN:
        return float(summary.profit_percent) / max(float(summary.max_drawdown_percent), 0.01)
    if objective == PROFIT_PER_FUNDS:
        return float(summary.profit_quote) / max(float(summary.max_funds_quote), 1e-9)
    value = getattr(summary, objective)
    if value is None:
        return float("-inf")
    return -float(value) if objective in _SMALLER_IS_BETTER else float(value)


def check(search: Search) -> int:
    """How many trials a search makes.

    Raises:
        BadSearch: it makes no sense.
    """
    size = search.space.size
    if search.objective not in objectives():
        raise BadSearch(f"there is no objective {search.objective!r}; there are {', '.join(objectives())}")
    if not 0 <= search.unseen_percent <= 90:
        raise BadSearch("between 0 and 90 percent of the candles can be kept back")
    if search.trials is not None and search.trials < 1:
        raise BadSearch("at least one trial is needed")
    if search.sampler != "grid":
        return min(size, search.trials or 100)
    if search.trials is not None and search.trials < size:
        raise BadSearch(
            f"the grid has {size:,} points, more than the {search.trials:,} trials allowed; "
            "allow as many, take larger steps, or draw at random"
        )
    return size


def optimise(
    settings: Settings,
    candles: Candles,
    market: Market,
    rules: BacktestRules,
    search: Search,
    *,
    progress: Progress | None = None,
) -> Found:
    """Try the points on the first part of the candles and, each, on the part kept back.

    The best is run through the core once more, whatever computed it first.

    Raises:
        BadSearch: nothing can be searched like this.
    """
    total = check(search)
    if settings.kind in _WITHOUT_PAST:
        raise BadSearch(f"a bot of kind {settings.kind!r} has no past that settings alone could make")
    seen, unseen = _split(candles, search.unseen_percent)
    job = _Job(settings.model_dump(mode="json", exclude_defaults=True), settings.kind, seen, unseen, market, rules)
    engine = "compiled" if _is_worth_compiling(settings, rules, total * len(candles)) else "core"
    began = time.perf_counter()
    tried = list(_tried(job, search, total, engine == "compiled", progress))
    trials = [trial for trial in tried if trial is not None]
    trials.sort(key=lambda trial: trial.score, reverse=True)
    if trials and engine == "compiled":
        best = _judged(job, trials[0].point, search.objective, is_compiled=False)
        assert best is not None, "the core refuses what the compiled bot traded"
        trials[0] = best
    return Found(
        trials=tuple(trials),
        refused=len(tried) - len(trials),
        seconds=time.perf_counter() - began,
        is_complete=len(tried) == total,
        engine="compiled" if engine == "compiled" else "core",
    )


# --- the trials -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Job:
    """What every trial needs; it travels to each worker once."""

    data: dict[str, Any]
    kind: str
    seen: Candles
    unseen: Candles | None
    market: Market
    rules: BacktestRules

    def settings(self, point: Point) -> Settings | None:
        return read_settings(self.kind, point.applied_to(self.data)).settings


def _tried(
    job: _Job, search: Search, total: int, is_compiled: bool, progress: Progress | None
) -> Iterator[Trial | None]:
    """The trials as they come in; only as many are under way as there are workers to do them."""
    source = _Source(search, total)
    done = 0
    with _workers(job, search, is_compiled) as pool:
        running: dict[Future[Trial | None], Point] = {}
        while True:
            for point in source.next_points(2 * search.workers - len(running)):
                running[pool.submit(_in_worker, point, search.objective, is_compiled)] = point
            if not running:
                return
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                trial = future.result()
                source.tell(running.pop(future), trial)
                done += 1
                yield trial
            if progress is not None and not progress(done, total):
                pool.shutdown(wait=False, cancel_futures=True)
                return


def _workers(job: _Job, search: Search, is_compiled: bool) -> Executor:
    """Compiled code holds no lock of the interpreter: threads do. The core needs processes."""
    if is_compiled or search.workers == 1:
        _take(job)
        return ThreadPoolExecutor(search.workers)
    return ProcessPoolExecutor(search.workers, mp_context=get_context("spawn"), initializer=_take, initargs=(job,))


_jobs: list[_Job] = []  # of this worker: the last one counts


def _take(job: _Job) -> None:
    _jobs[:] = [job]


def _in_worker(point: Point, objective: str, is_compiled: bool) -> Trial | None:
    return _judged(_jobs[-1], point, objective, is_compiled=is_compiled)


def _judged(job: _Job, point: Point, objective: str, *, is_compiled: bool) -> Trial | None:
    """None where these settings make no bot, or one that is refused."""
    settings = job.settings(point)
    if settings is None:
        return None
    try:
        summary = _summary(job, settings, job.seen, is_compiled)
        unseen = _summary(job, settings, job.unseen, is_compiled) if job.unseen is not None else None
    except BacktestRefused:
        return None
    return Trial(point, summary, unseen, score_of(summary, objective))


def _summary(job: _Job, settings: Settings, candles: Candles, is_compiled: bool) -> Summary:
    if is_compiled:
        from desktop_app.research.kernel.dca_trial import try_compiled

        assert isinstance(settings, DcaSettings)
        found = try_compiled(settings, candles, job.market, job.rules)
        if found is not None:
            return found
    return make_report(try_settings(settings, candles, job.market, job.rules)).summary


def _is_worth_compiling(settings: Settings, rules: BacktestRules, work: int) -> bool:
    if not isinstance(settings, DcaSettings) or rules.balance is not None or work < _WORTH_COMPILING:
        return False
    from desktop_app.research.kernel.jit import HAS_COMPILER

    return HAS_COMPILER


def _split(candles: Candles, unseen_percent: Decimal) -> tuple[Candles, Candles | None]:
    kept = int(len(candles) * unseen_percent / 100)
    if not kept:
        return candles, None
    first = len(candles) - kept
    if first < 1:
        raise BadSearch("too few candles to keep some back")

    def part(place: slice) -> Candles:
        names = ("at", "open", "high", "low", "close", "volume")
        return replace(candles, **{name: getattr(candles, name)[place] for name in names})

    return part(slice(0, first)), part(slice(first, None))


# --- where points come from -------------------------------------------------------------------------------------------


class _Source:
    """The next points to try; a learning sampler is told what became of the ones before."""

    def __init__(self, search: Search, total: int) -> None:
        self._left = total
        self._tpe = _Learner(search) if search.sampler == "tpe" else None
        if search.sampler == "grid":
            self._points = search.space.points()
        else:
            self._points = _drawn(search.space, random.Random(search.seed))  # noqa: S311 - trials, not secrets

    def next_points(self, count: int) -> list[Point]:
        count = min(count, self._left)
        if count <= 0:
            return []
        points = [self._tpe.ask() for _ in range(count)] if self._tpe else list(islice(self._points, count))
        self._left -= len(points) if points else self._left
        return points

    def tell(self, point: Point, trial: Trial | None) -> None:
        if self._tpe is not None:
            self._tpe.tell(point, trial)


def _drawn(space: Space, chance: random.Random) -> Iterator[Point]:
    """Random points, none twice."""
    drawn: set[Point] = set()
    while len(drawn) < space.size:
        for _ in range(_MOST_TRIES):
            choice = tuple((one.name, chance.choice(one.values)) for one in space.dimensions)
            if Point(choice) not in drawn:
                break
        else:
            yield from (point for point in space.points() if point not in drawn)
            return
        drawn.add(Point(choice))
        yield Point(choice)


class _Learner:
    """Optuna's tree-structured Parzen estimator (J. Bergstra et al., "Algorithms for Hyper-Parameter Optimization",
    NIPS 2011) over the positions of values in their lists."""

    def __init__(self, search: Search) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        sampler = optuna.samplers.TPESampler(seed=search.seed, constant_liar=search.workers > 1)
        self._study = optuna.create_study(direction="maximize", sampler=sampler)
        self._states = optuna.trial.TrialState
        self._space = search.space
        self._asked: dict[Point, list[Any]] = {}

    def ask(self) -> Point:
        trial = self._study.ask()
        values = []
        for one in self._space.dimensions:
            places = len(one.values) - 1
            if one.is_number:
                values.append((one.name, one.values[trial.suggest_int(one.name, 0, places)]))
            else:
                values.append((one.name, one.values[trial.suggest_categorical(one.name, range(places + 1))]))
        point = Point(tuple(values))
        self._asked.setdefault(point, []).append(trial)
        return point

    def tell(self, point: Point, trial: Trial | None) -> None:
        asked = self._asked[point].pop()
        if trial is None or trial.score == float("-inf"):
            self._study.tell(asked, state=self._states.FAIL)
        else:
            self._study.tell(asked, trial.score)
