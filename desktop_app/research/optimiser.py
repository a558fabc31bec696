"""Searches the settings that served best on candles of the past, and shows what they did on candles never looked at.

    estimate(settings, candles, market, rules, search) -> Estimate(runs, seconds)     before, from a few trials
    optimise(settings, candles, market, rules, search, on_trial=…, progress=…) -> Found
    heat_map.grid_of(found, x, y) -> HeatMap                                          for a picture

Both take a moment: call them off the window's thread. `on_trial` hears of each Trial as it comes, in the thread that
called; on_trial and progress are never called from two threads. `progress(done, total)` is called at least five times
a second: while it does not return, no new trial begins (that is a pause); once it returns False, the search ends within
a moment and what was found so far comes back, marked by `ending`.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from os import cpu_count

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.core.market import Market
from desktop_app.core.settings import Settings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.crew import Crew, LocalCrew
from desktop_app.research.goals import front_of
from desktop_app.research.judging import Interrupted, Job, Judged, Stretch, Task, Workbench, make_job
from desktop_app.research.sampling import make_source
from desktop_app.research.search import MOST_TRIALS, BadSearch, Ending, Estimate, Found, Search, Trial, check
from desktop_app.research.space import Point

Progress = Callable[[int, int], bool]  # (trials done, trials in all) → go on?
OnTrial = Callable[[Trial], None]

_WITHOUT_PAST = ("signal", "python")  # what they do comes from outside the settings
_MOST_RECOMPUTED = 15  # winners that go through the core once more: as many as are shown
_PATIENCE = 0.2  # seconds between two calls of progress
_TASK_SECONDS = 0.1  # what one task should take, so that handing it out costs nothing beside it
_MOST_POINTS = 256  # of a task
_PROBE_SECONDS = 1.0
_PROBE_TRIALS = 5
_PROBE_CANDLES = 50_000  # of the core; compiled code is tried on all
_START_SECONDS = 1.0  # until worker processes are ready


def optimise(
    settings: Settings,
    candles: Candles,
    market: Market,
    rules: BacktestRules,
    search: Search,
    *,
    before: Candles | None = None,
    progress: Progress | None = None,
    on_trial: OnTrial | None = None,
) -> Found:
    """Try the points on the first part of the candles and, each, on the part kept back.

    The best, and the first of the Pareto front, are run through the core once more, whatever computed them first.
    `before`: candles right before the first, for indicators only.

    Raises:
        BadSearch: nothing can be searched like this.
    """
    total = _checked(settings, search)
    if total > MOST_TRIALS:
        seconds = estimate(settings, candles, market, rules, search, before=before).seconds
        raise BadSearch(
            f"{total:,} trials are more than the {MOST_TRIALS:,} that can be made; they would take {lasting(seconds)}; "
            "take larger steps, or draw some at random"
        )
    plan = _plan(settings, candles, market, rules, search, before, total)
    began = time.perf_counter()
    hunt = Hunt(plan.job, search, plan.seen, plan.unseen, total)
    with _crew(plan.job, search) as crew:
        hunt.run(crew, progress, on_trial)
    trials = ranked(hunt.trials)
    if hunt.ending == "complete" and plan.job.engine == "compiled":
        trials = _recomputed(Workbench(plan.job), plan, trials)
    return Found(
        search=search,
        trials=trials,
        refused=hunt.refused,
        seconds=time.perf_counter() - began,
        ending=hunt.ending,
        engine=plan.job.engine,
        front=_front_length(trials),
        total=total,
    )


def estimate(
    settings: Settings,
    candles: Candles,
    market: Market,
    rules: BacktestRules,
    search: Search,
    *,
    before: Candles | None = None,
) -> Estimate:
    """How long `optimise` will take on this computer, measured by a few of its trials.

    Raises:
        BadSearch: nothing can be searched like this.
    """
    total = _checked(settings, search)
    plan = _plan(settings, candles, market, rules, search, before, total)
    is_compiled = plan.job.engine == "compiled"
    bench = Workbench(plan.job)
    start, stop = plan.seen
    short = plan.seen if is_compiled else (start, min(stop, start + _PROBE_CANDLES))
    source = make_source(replace(search, sampler="random"), min(search.space.size, 4 * _PROBE_TRIALS))
    if is_compiled:
        bench.work(Task(source.take(1), short, None))  # loads the compiled code and makes its form of the candles
    taken = _probed(bench, source.take(4 * _PROBE_TRIALS), short)
    length = (stop - start) + (plan.unseen[1] - plan.unseen[0] if plan.unseen else 0)
    each = taken * length / (short[1] - short[0])
    hands = min(search.workers, cpu_count() or 1)
    starting = 0.0 if is_compiled or search.workers == 1 else _START_SECONDS
    return Estimate(total, starting + float(min(Decimal(each) * total / hands, Decimal(10**300))))


def _probed(bench: Workbench, points: tuple[Point, ...], stretch: Stretch) -> float:
    """Seconds that one trial takes; points that make no bot cost next to nothing and tell nothing."""
    took: list[float] = []
    ends = time.perf_counter() + _PROBE_SECONDS
    for point in points:
        began = time.perf_counter()
        if bench.judge(point, stretch, None) is not None:
            took.append(time.perf_counter() - began)
        if len(took) == _PROBE_TRIALS or time.perf_counter() > ends:
            break
    return float(np.mean(took)) if took else 0.0


def lasting(seconds: float) -> str:
    """A length of time in words."""
    if seconds < 60:
        return f"about {max(1, round(seconds))} s"
    for name, size in (("years", 31_536_000), ("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"about {seconds / size:,.0f} {name}"
    return "about a minute"


# --- the parts of the candles -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """The job, and which of its candles are to choose by and which to check on."""

    job: Job
    seen: Stretch
    unseen: Stretch | None


def _checked(settings: Settings, search: Search) -> int:
    total = check(search)
    if settings.kind in _WITHOUT_PAST:
        raise BadSearch(f"a bot of kind {settings.kind!r} has no past that settings alone could make")
    return total


def _plan(
    settings: Settings,
    candles: Candles,
    market: Market,
    rules: BacktestRules,
    search: Search,
    before: Candles | None,
    total: int,
) -> Plan:
    first = 0 if before is None else len(before)
    kept = int(len(candles) * search.unseen_percent / 100)
    if kept >= len(candles):
        raise BadSearch("too few candles to keep some back")
    whole = candles if not first or before is None else _joined(before, candles)
    end = len(whole)
    job = make_job(settings, whole, market, rules, search, total * len(candles))
    return Plan(job, (first, end - kept), (end - kept, end) if kept else None)


def _joined(before: Candles, candles: Candles) -> Candles:
    names = ("at", "open", "high", "low", "close", "volume")
    return Candles(**{name: np.concatenate((getattr(before, name), getattr(candles, name))) for name in names})


# --- the trials -------------------------------------------------------------------------------------------------------


def _crew(job: Job, search: Search) -> Crew:
    return LocalCrew(job, search.workers)


class Hunt:
    """One round of trials on one stretch: hands them out, and gathers what comes back."""

    def __init__(self, job: Job, search: Search, seen: Stretch, unseen: Stretch | None, total: int) -> None:
        self.trials: list[Trial] = []
        self.refused = 0
        self.ending: Ending = "complete"
        self._job = job
        self._stretches = (seen, unseen)
        self._total = total
        self._source = make_source(search, total)
        self._each = _TASK_SECONDS  # seconds of a trial, as far as is known
        self._running: dict[Future[Judged], Task] = {}

    @property
    def done(self) -> int:
        return len(self.trials) + self.refused

    def run(self, crew: Crew, progress: Progress | None, on_trial: OnTrial | None) -> None:
        try:
            self._run(crew, progress, on_trial)
        except MemoryError:
            self.ending = "memory"
        except BrokenExecutor:
            self.ending = "workers"
        except Interrupted:
            self.ending = "stopped"
        if self.ending != "complete":
            crew.stop()

    def _run(self, crew: Crew, progress: Progress | None, on_trial: OnTrial | None) -> None:
        while True:
            self._hand_out(crew)
            if not self._running:
                return
            finished, _ = wait(self._running, timeout=_PATIENCE, return_when=FIRST_COMPLETED)
            for future in finished:
                for trial in self._gathered(future):
                    if on_trial is not None:
                        on_trial(trial)
            if progress is not None and not progress(self.done, self._total):
                raise Interrupted

    def _hand_out(self, crew: Crew) -> None:
        while len(self._running) < 2 * crew.size:
            points = self._source.take(self._points_at_once(crew))
            if not points:
                return
            task = Task(points, *self._stretches)
            self._running[crew.submit(task)] = task

    def _points_at_once(self, crew: Crew) -> int:
        """Fewer towards the end, so that nobody works while all others wait."""
        if self._source.is_learning:
            return 1
        share = (self._total - self.done) // (4 * crew.size)
        return max(1, min(_MOST_POINTS, int(_TASK_SECONDS / self._each), share))

    def _gathered(self, future: "Future[Judged]") -> Iterator[Trial]:
        task, judged = self._running.pop(future), future.result()
        self._each = max(1e-6, judged.seconds / len(task.points))
        for point, trial in zip(task.points, judged.trials, strict=True):
            self._source.tell(point, trial)
            if trial is None:
                self.refused += 1
            else:
                self.trials.append(trial)
                yield trial


# --- the order --------------------------------------------------------------------------------------------------------


def ranked(trials: list[Trial]) -> tuple[Trial, ...]:
    """The front of several objectives, then what keeps to the limits, then the others; ties in the order of values."""
    kept = [trial for trial in trials if not trial.broken]
    leading = {trial.point for trial, is_on in zip(kept, _on_front(kept), strict=True) if is_on}
    return tuple(
        sorted(
            trials,
            key=lambda trial: (
                trial.point not in leading,
                len(trial.broken),
                tuple(-score for score in trial.scores),
                _in_order(trial.point),
            ),
        )
    )


def _on_front(kept: list[Trial]) -> list[bool]:
    if not kept or len(kept[0].scores) == 1:
        return [False] * len(kept)
    return [bool(one) for one in front_of([trial.scores for trial in kept])]


def _front_length(trials: tuple[Trial, ...]) -> int:
    return sum(_on_front([trial for trial in trials if not trial.broken]))


def _in_order(point: Point) -> tuple[tuple[Decimal, str], ...]:
    return tuple((value, "") if isinstance(value, Decimal) else (Decimal(0), str(value)) for _, value in point.values)


def _recomputed(bench: Workbench, plan: Plan, trials: tuple[Trial, ...]) -> tuple[Trial, ...]:
    """With the winners as the core computes them: should that change the order, whoever wins now is computed too."""
    while True:
        shown = islice(trials[: max(1, _front_length(trials))], _MOST_RECOMPUTED)
        wanted = next((trial for trial in shown if not trial.is_checked), None)
        if wanted is None:
            return trials
        exact = bench.judge(wanted.point, plan.seen, plan.unseen, by_core=True)
        assert exact is not None, "the core refuses what the compiled bot traded"
        trials = ranked([exact if trial is wanted else trial for trial in trials])
