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
from dataclasses import replace
from decimal import Decimal
from os import cpu_count

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.core.market import Market
from desktop_app.core.settings import Settings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.crew import Crew, LocalCrew
from desktop_app.research.hunt import Hunt, OnTrial, Progress, front_length, ranked, recomputed
from desktop_app.research.judging import Job, Stretch, Task, Workbench, is_compiled_before
from desktop_app.research.plan import Plan, checked, make_plan
from desktop_app.research.sampling import make_source
from desktop_app.research.search import MOST_TRIALS, BadSearch, Estimate, Found, Search
from desktop_app.research.space import Point

_PROBE_SECONDS = 1.0
_PROBE_TRIALS = 5
_PROBE_CANDLES = 50_000  # of the core; compiled code is tried on all
_START_SECONDS = 1.0  # until worker processes are ready
# Where nothing was compiled before, for what would then be measured: about so many times as fast as the core is the
# compiled bot, and as long as the core takes for so many candles takes the compiler.
_TIMES_FASTER = 20
_COMPILER_CANDLES = 100_000_000


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
    total = checked(settings, search)
    if total > MOST_TRIALS:
        seconds = estimate(settings, candles, market, rules, search, before=before).seconds
        raise BadSearch(
            f"{total:,} trials are more than the {MOST_TRIALS:,} that can be made; they would take {lasting(seconds)}; "
            "take larger steps, or draw some at random"
        )
    plan = make_plan(settings, candles, market, rules, search, before, total)
    began = time.perf_counter()
    hunt = Hunt(search, plan.seen, plan.unseen, total)
    with make_crew(plan.job, search) as crew:
        hunt.run(crew, progress, on_trial)
    trials = ranked(hunt.trials)
    if hunt.ending == "complete" and plan.job.engine != "core":
        trials = recomputed(Workbench(plan.job), plan.seen, plan.unseen, trials)
    return Found(
        search=search,
        trials=trials,
        refused=hunt.refused,
        seconds=time.perf_counter() - began,
        ending=hunt.ending,
        engine=plan.job.engine,
        front=front_length(trials),
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
    total = checked(settings, search)
    plan = make_plan(settings, candles, market, rules, search, before, total)
    if plan.job.engine == "core":
        each = _by_core(plan, search)
        starting = _START_SECONDS if search.workers > 1 else 0.0
    elif plan.job.engine == "hop":
        each, starting = _as_planned(plan, search), 0.0 if plan.job.is_brief or search.workers == 1 else _START_SECONDS
    elif is_compiled_before(settings.kind):
        each, starting = _as_planned(plan, search), 0.0
    else:  # not even an estimate waits for a compiler
        each = _by_core(plan, search) / _TIMES_FASTER
        starting = each / _length(plan) * _TIMES_FASTER * _COMPILER_CANDLES
    hands = min(search.workers, cpu_count() or 1)
    return Estimate(total, starting + float(min(Decimal(each) * total / hands, Decimal(10**300))))


def _by_core(plan: Plan, search: Search) -> float:
    """Seconds of a trial."""
    start, stop = plan.seen
    short = (start, min(stop, start + _PROBE_CANDLES))
    taken = _probed(Workbench(replace(plan.job, engine="core")), _some(search), short)
    return taken * _length(plan) / (short[1] - short[0])


def _as_planned(plan: Plan, search: Search) -> float:
    """Seconds of a trial that is not left to the core."""
    bench, points = Workbench(plan.job), _some(search)
    bench.work(Task(points[:1], plan.seen, None))  # loads compiled code and makes its form of the candles
    return _probed(bench, points[1:] or points, plan.seen) * _length(plan) / (plan.seen[1] - plan.seen[0])


def _some(search: Search) -> tuple[Point, ...]:
    count = min(search.space.size, 4 * _PROBE_TRIALS)
    return make_source(replace(search, sampler="random"), count).take(count)


def _length(plan: Plan) -> int:
    """Candles of a trial."""
    return sum(stop - start for start, stop in (plan.seen, plan.unseen or (0, 0)))


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


def make_crew(job: Job, search: Search) -> Crew:
    """The workers that the search asks for. Raises ClusterTrouble."""
    if search.cluster is not None:
        from desktop_app.research.cluster import ClusterCrew

        return ClusterCrew(job, search.cluster)
    return LocalCrew(job, search.workers)
