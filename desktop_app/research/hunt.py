"""One round of trials on one stretch of candles: handed out to a crew, gathered, and put in order."""

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from decimal import Decimal
from itertools import islice

from desktop_app.research.crew import Crew
from desktop_app.research.goals import front_of
from desktop_app.research.judging import Interrupted, Judged, Stretch, Task, Workbench
from desktop_app.research.sampling import make_source
from desktop_app.research.search import Ending, Search, Trial
from desktop_app.research.space import Point

Progress = Callable[[int, int], bool]  # (trials done, trials in all) → go on?
OnTrial = Callable[[Trial], None]

_MOST_RECOMPUTED = 15  # winners that go through the core once more: as many as are shown
_PATIENCE = 0.2  # seconds between two calls of progress
_UNKNOWN_SECONDS = 1.0  # of a trial, before any was made
_MOST_POINTS = 256  # of a task


class Hunt:
    """One round of trials on one stretch: hands them out, and gathers what comes back."""

    def __init__(self, search: Search, seen: Stretch, unseen: Stretch | None, total: int) -> None:
        self.trials: list[Trial] = []
        self.refused = 0
        self.ending: Ending = "complete"
        self._stretches = (seen, unseen)
        self._total = total
        self._source = make_source(search, total)
        self._each = _UNKNOWN_SECONDS  # seconds of a trial, as far as is known
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
        return max(1, min(_MOST_POINTS, int(crew.task_seconds / self._each), share))

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


def front_length(trials: tuple[Trial, ...]) -> int:
    return sum(_on_front([trial for trial in trials if not trial.broken]))


def _in_order(point: Point) -> tuple[tuple[Decimal, str], ...]:
    return tuple((value, "") if isinstance(value, Decimal) else (Decimal(0), str(value)) for _, value in point.values)


def recomputed(bench: Workbench, seen: Stretch, unseen: Stretch | None, trials: tuple[Trial, ...]) -> tuple[Trial, ...]:
    """With the winners as the core computes them: should that change the order, whoever wins now is computed too."""
    while True:
        shown = islice(trials[: max(1, front_length(trials))], _MOST_RECOMPUTED)
        wanted = next((trial for trial in shown if not trial.is_checked), None)
        if wanted is None:
            return trials
        exact = bench.judge(wanted.point, seen, unseen, by_core=True)
        assert exact is not None, "the core refuses what the compiled bot traded"
        trials = ranked([exact if trial is wanted else trial for trial in trials])
