"""One choice of settings, judged on a stretch of candles: what every worker of a search does, wherever it is."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

from desktop_app.core.bot_file import read_settings
from desktop_app.core.columns import Candles
from desktop_app.core.gathering import rows
from desktop_app.core.market import Market
from desktop_app.core.settings import Settings
from desktop_app.research.backtest import BacktestRefused, BacktestResult, BacktestRules
from desktop_app.research.goals import Limits, score_of
from desktop_app.research.hop.coverage import is_hop_covered
from desktop_app.research.hop.trial import try_hopping
from desktop_app.research.report import Summary, make_report
from desktop_app.research.search import Engine, Search, Trial
from desktop_app.research.space import Point
from desktop_app.research.trial import try_settings

Stretch = tuple[int, int]  # candles from … up to, without it
_Tried = tuple[Summary, bool]  # the numbers, and whether they are the core's own
# Candles times trials; below that the core is done sooner than the compiled code is there.
_WORTH_COMPILING = 200_000_000
_WORTH_LOADING = 20_000_000  # where it was compiled before
_WORTH_PROCESSES = 30_000_000  # for hopping
_HOP_TIMES_FASTER = 5  # than the core at the least, where it knows the bot: what it does meanwhile
_MARK = ".compiled"  # beside the compiled code: all that this kind of bot needs is there


class Interrupted(Exception):
    """Somebody asked to stop in the middle of a trial."""


@dataclass(frozen=True, slots=True)
class Job:
    """What every trial needs; it travels to each worker once. `candles` may begin before the first stretch.

    `is_brief`: all of it is done before processes would have started.
    """

    data: dict[str, Any]
    kind: str
    candles: Candles
    market: Market
    rules: BacktestRules
    objectives: tuple[str, ...]
    limits: Limits
    engine: Engine
    is_brief: bool = False

    def settings(self, point: Point) -> Settings | None:
        return read_settings(self.kind, point.applied_to(self.data)).settings


@dataclass(frozen=True, slots=True)
class Task:
    """Points to judge in one go."""

    points: tuple[Point, ...]
    seen: Stretch
    unseen: Stretch | None


@dataclass(frozen=True, slots=True)
class Judged:
    """The trials of a task, in its order; None where the settings make no bot, or one that is refused."""

    trials: tuple[Trial | None, ...]
    seconds: float


def make_job(
    settings: Settings, candles: Candles, market: Market, rules: BacktestRules, search: Search, work: int
) -> Job:
    """`work`: candles times trials."""
    engine = _engine(settings, market, rules, work)
    return Job(
        data=settings.model_dump(mode="json", exclude_defaults=True),
        kind=settings.kind,
        candles=candles,
        market=market,
        rules=rules,
        objectives=search.objectives,
        limits=search.limits,
        engine=engine,
        is_brief=engine == "hop" and work < _WORTH_PROCESSES,
    )


def _engine(settings: Settings, market: Market, rules: BacktestRules, work: int) -> Engine:
    does_hop = is_hop_covered(settings, market, rules)
    if _is_worth_compiling(settings, rules, work // _HOP_TIMES_FASTER if does_hop else work):
        return "compiled"
    return "hop" if does_hop else "core"


def _is_worth_compiling(settings: Settings, rules: BacktestRules, work: int) -> bool:
    """`work`: as if the core had to do it."""
    if work < _WORTH_LOADING:
        return False
    from desktop_app.research.kernel.jit import HAS_COMPILER
    from desktop_app.research.kernel.trial import is_covered

    if not HAS_COMPILER or not is_covered(settings, rules):
        return False
    return work >= _WORTH_COMPILING or is_compiled_before(settings.kind)


def is_compiled_before(kind: str) -> bool:
    """Whether the code for this kind of bot was kept by an earlier run: nobody has to wait for the compiler."""
    from desktop_app.research.kernel.jit import cache_folder

    folder = cache_folder()
    return folder is not None and (folder / f"{kind}{_MARK}").exists()


@cache
def _note_compiled(kind: str) -> None:
    from desktop_app.research.kernel.jit import cache_folder

    folder = cache_folder()
    if folder is not None:
        with suppress(OSError):  # then the next run finds out by itself
            (folder / f"{kind}{_MARK}").touch()


class Workbench:
    """Judges points of one job. Threads may share it. `is_stopped` ends a run of the core within a moment."""

    def __init__(self, job: Job, is_stopped: Callable[[], bool] = lambda: False) -> None:
        self.job = job
        self._is_stopped = is_stopped
        self._parts: dict[Stretch, Candles] = {}  # the same object each time: a kernel keeps its form of it

    def work(self, task: Task) -> Judged:
        """Raises Interrupted."""
        began = time.perf_counter()
        trials = self._judge(task.points, task.seen, task.unseen, self.job.engine)
        return Judged(trials, time.perf_counter() - began)

    def judge(self, point: Point, seen: Stretch, unseen: Stretch | None, *, by_core: bool = False) -> Trial | None:
        """None where these settings make no bot, or one that is refused. Raises Interrupted."""
        (trial,) = self._judge((point,), seen, unseen, "core" if by_core else self.job.engine)
        return trial

    def _judge(
        self, points: tuple[Point, ...], seen: Stretch, unseen: Stretch | None, engine: Engine
    ) -> tuple[Trial | None, ...]:
        bots = [self.job.settings(point) for point in points]
        first = self._tried(bots, seen, engine)
        if unseen is None:
            return tuple(
                self._trial(point, one, None) if one else None for point, one in zip(points, first, strict=True)
            )
        left = [bot if one else None for bot, one in zip(bots, first, strict=True)]
        after = self._tried(left, unseen, engine)
        return tuple(
            self._trial(point, one, other) if one and other else None
            for point, one, other in zip(points, first, after, strict=True)
        )

    def _trial(self, point: Point, first: _Tried, after: _Tried | None) -> Trial:
        summary, is_exact = first
        return Trial(
            point=point,
            summary=summary,
            unseen=None if after is None else after[0],
            scores=tuple(score_of(summary, objective) for objective in self.job.objectives),
            broken=self.job.limits.broken(summary),
            is_checked=is_exact and (after is None or after[1]),
        )

    def run(self, point: Point, stretch: Stretch, rules: BacktestRules | None = None) -> BacktestResult:
        """The whole backtest, through the core. Raises BacktestRefused, Interrupted."""
        settings = self.job.settings(point)
        assert settings is not None, "these settings make no bot"
        return self._run(settings, stretch, rules or self.job.rules)

    def part(self, stretch: Stretch) -> Candles:
        found = self._parts.get(stretch)
        return found if found is not None else self._parts.setdefault(stretch, rows(self.job.candles, *stretch))

    def _before(self, stretch: Stretch) -> Candles | None:
        """So that indicators are ready at the first candle."""
        return self.part((0, stretch[0])) if stretch[0] else None

    def _tried(self, bots: Sequence[Settings | None], stretch: Stretch, engine: Engine) -> list[_Tried | None]:
        """Of each bot; None where there is none, or where it is refused."""
        quick = self._compiled(bots, stretch) if engine == "compiled" else [None] * len(bots)
        tried: list[_Tried | None] = []
        for bot, summary in zip(bots, quick, strict=True):
            if bot is None or isinstance(summary, BacktestRefused):
                tried.append(None)
            elif summary is not None:
                tried.append((summary, False))
            else:
                try:
                    tried.append(self._summary(bot, stretch, engine))
                except BacktestRefused:
                    tried.append(None)
        return tried

    def _compiled(
        self, bots: Sequence[Settings | None], stretch: Stretch
    ) -> list[Summary | BacktestRefused | None]:  # fmt: skip
        """None where there is no bot, or where the core has to go on."""
        from desktop_app.research.kernel.trial import try_compiled_all

        there = [bot for bot in bots if bot is not None]
        tried = try_compiled_all(there, self.part(stretch), self.job.market, self.job.rules)
        if any(isinstance(one, Summary) for one in tried):
            _note_compiled(self.job.kind)
        ahead = iter(tried)
        return [None if bot is None else next(ahead) for bot in bots]

    def _summary(self, settings: Settings, stretch: Stretch, engine: Engine) -> _Tried:
        """Without a compiler."""
        if engine == "hop":
            past, before = self.part(stretch), self._before(stretch)
            hopped = try_hopping(settings, past, self.job.market, self.job.rules, before, self._is_stopped)
            if hopped is not None:
                return hopped, False
            if self._is_stopped():
                raise Interrupted
        return make_report(self._run(settings, stretch, self.job.rules)).summary, True

    def _run(self, settings: Settings, stretch: Stretch, rules: BacktestRules) -> BacktestResult:
        result = try_settings(
            settings,
            self.part(stretch),
            self.job.market,
            rules,
            before=self._before(stretch),
            progress=lambda *_: not self._is_stopped(),
        )
        if self._is_stopped() and not result.is_complete:
            raise Interrupted
        return result
