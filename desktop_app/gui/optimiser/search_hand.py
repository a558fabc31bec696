"""Runs one search at a time in a process of its own, and keeps what it has found so far, the best first."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.gui.jobs import Job
from desktop_app.research.heat_map import grid_of
from desktop_app.research.hunt import ranked
from desktop_app.research.robustness import Robustness
from desktop_app.research.search import Estimate, Found, HeatMap, Search, Trial
from desktop_app.research.search_run import (
    Batch,
    Examined,
    NotSearched,
    Searched,
    SearchOrder,
    Tried,
    run_estimate,
    run_examine,
    run_search,
)
from desktop_app.research.space import Point
from desktop_app.research.walk_forward import WalkForward

State = Literal["idle", "running", "held", "stopping", "over"]
MakeJob = Callable[..., Job]  # (work, *arguments, parent=)

MOST_SHOWN = 500  # rows of the table
_MOST_MEANWHILE = 100  # of them, while more come several times a second
_MOST_SENT = 5_000  # runs that a closer look hears of, for the luck that was in finding the best
ESTIMATE_MS = 600  # after the last change of the form


class SearchHand(QObject):
    """`shown` are the best runs in their order; `field` is the heat map over two of the settings."""

    state_changed = Signal()
    found_more = Signal()  # `shown` and the fields may be others
    progressed = Signal(int, int, object)  # done, total, milliseconds left or None
    measured = Signal(object)  # Estimate, or None where it cannot be told
    refused = Signal(str)  # why nothing can be searched, in English; empty without candles
    failed = Signal(str)  # a sentence
    examined = Signal(object)  # Point: `robustness` of it is known
    walked = Signal()

    def __init__(self, parent: QObject | None = None, make: MakeJob = Job) -> None:
        super().__init__(parent)
        self._make = make
        self._job: Job | None = None
        self._measuring: Job | None = None
        self._wanted: SearchOrder | None = None
        self._timer = QTimer(self, singleShot=True, interval=ESTIMATE_MS)
        self._timer.timeout.connect(self._measure)
        self.state: State = "idle"
        self.order: SearchOrder | None = None
        self.all: dict[Point, Tried] = {}
        self.known: dict[Point, Trial] = {}  # the same runs, bare
        self.shown: tuple[Trial, ...] = ()
        self.news: tuple[Trial, ...] = ()  # what came last
        self.answer: Searched | None = None
        self.robustness: dict[Point, Robustness | None] = {}
        self.walk: WalkForward | None = None
        self._examining: Job | None = None
        self._examined_point: Point | None = None
        self.done, self.total = 0, 0

    # --- how long it would take

    def measure(self, order: SearchOrder | None) -> None:
        """Find out soon; what was asked before is forgotten."""
        if order == self._wanted:
            return
        self._wanted = order
        self._forget_measuring()
        if order is None:
            self._timer.stop()
        else:
            self._timer.start()

    def _measure(self) -> None:
        if self._wanted is None or self.is_busy:
            return
        job = self._measuring = self._make(run_estimate, self._wanted, parent=self)
        # To methods, never to a function that keeps this object: the last to go would be a job that is its child.
        job.finished.connect(self._measured)
        job.failed.connect(self._measured)
        job.start()

    def _measured(self, value: Any, _is_cut: bool = False) -> None:
        job = self.sender()
        if job is self._measuring:
            self._measuring = None
            self.measured.emit(value if isinstance(value, Estimate) else None)
        job.deleteLater()

    def _forget_measuring(self) -> None:
        if self._measuring is not None:
            job, self._measuring = self._measuring, None
            job.kill()

    # --- the search

    @property
    def is_busy(self) -> bool:
        return self.state in ("running", "held", "stopping")

    def start(self, order: SearchOrder) -> None:
        assert not self.is_busy, "one search at a time"
        self._timer.stop()
        self._forget_measuring()
        self.order, self.answer = order, None
        self.news = ()
        self.all, self.known, self.shown, self.robustness, self.walk = {}, {}, (), {}, None
        self._forget_examining()
        self.done, self.total = 0, 0
        job = self._job = self._make(run_search, order, parent=self)
        job.progressed.connect(self._progress)
        job.came.connect(self._take)
        job.finished.connect(self._finish)
        job.failed.connect(self._fail)
        self._become("running")
        self.found_more.emit()
        job.start()

    def hold(self, is_held: bool) -> None:
        """Pause, or go on."""
        if self._job is not None and self.state in ("running", "held"):
            self._job.hold(is_held)
            self._become("held" if is_held else "running")

    def stop(self) -> None:
        """Within a second; what was found stays and is marked as part of it."""
        if self._job is not None and self.state in ("running", "held"):
            self._job.cancel()
            self._become("stopping")

    def leave(self) -> None:
        """Nobody waits for anything any more."""
        self._wanted = None
        self._timer.stop()
        self._forget_measuring()
        self._forget_examining()
        if self._job is not None:
            self._job.kill()

    def examine(self, point: Point) -> None:
        """Look closer at one run, once the search is over; `examined` tells."""
        if self.answer is None or self.order is None or self.is_busy or point in self.robustness:
            return
        self._forget_examining()
        first = self.all[point].trial
        others = [tried.trial for tried in self.all.values() if tried.trial is not first][:_MOST_SENT]
        job = self._make(run_examine, self.order, (first, *others), self.answer.found, parent=self)
        self._examining, self._examined_point = job, point
        job.finished.connect(self._end_examining)
        job.failed.connect(self._end_examining)
        job.start()

    @property
    def is_examining(self) -> bool:
        return self._examining is not None

    def _end_examining(self, value: Any, _is_cut: bool = False) -> None:
        """`value` is a text where it failed."""
        job, point = self.sender(), self._examined_point
        if job is self._examining and point is not None:
            self._examining = None
            if isinstance(value, Examined):
                self._take_examined(value)
            elif isinstance(value, str):
                self._take_examined(Examined(point, None))
        job.deleteLater()

    def _forget_examining(self) -> None:
        if self._examining is not None:
            job, self._examining = self._examining, None
            job.kill()

    @property
    def is_whole(self) -> bool:
        """Every run was made."""
        return self.answer is not None and self.answer.found.is_complete

    @property
    def search(self) -> Search | None:
        return self.order.search if self.order is not None else None

    def field(self, x: str, y: str | None, old: HeatMap | None = None) -> HeatMap:
        """The best run for each pair of values of two settings. With the `old` field, only what came last is added."""
        trials = list(self.known.values())
        if old is not None and (old.x, old.y) == (x, y) and self.answer is None:
            trials = [*(trial for line in old.cells for trial in line if trial is not None), *self.news]
        return grid_of(self._found(trials), x, y)

    # --- what comes of it

    def _take(self, part: Any) -> None:
        match part:
            case Batch():
                self.all.update((tried.trial.point, tried) for tried in part.tried)
                self.news = tuple(tried.trial for tried in part.tried)
                self.known.update((trial.point, trial) for trial in self.news)
                self.shown = ranked([*self.shown, *self.news])[:_MOST_MEANWHILE]
                self.found_more.emit()
            case Searched():
                self.answer = part
                self.all = {tried.trial.point: tried for tried in part.tried}
                self.known = {point: tried.trial for point, tried in self.all.items()}
                self.shown = tuple(tried.trial for tried in part.tried[:MOST_SHOWN])
                self.found_more.emit()
            case Examined():
                self._take_examined(part)

    def _take_examined(self, part: Examined) -> None:
        self.robustness[part.point] = part.robustness
        self.examined.emit(part.point)

    def _progress(self, done: int, total: int, _at: object) -> None:
        self.done, self.total = done, total
        left = self._job.left_ms(done, total) if self._job is not None else None
        self.progressed.emit(done, total, left)

    def _finish(self, value: Any, _is_cut: bool) -> None:
        self._drop_job()
        if isinstance(value, WalkForward):
            self.walk = value
            self.walked.emit()
        self._become("over")
        if isinstance(value, NotSearched):
            self.refused.emit(value.why)

    def _fail(self, text: str) -> None:
        """What came before it went wrong stays; nothing is said of a search that was stopped."""
        self._drop_job()
        self._become("over")
        if text:
            self.failed.emit(text)

    def _drop_job(self) -> None:
        if self._job is not None:
            self._job.deleteLater()
            self._job = None

    def _become(self, state: State) -> None:
        self.state = state
        self.state_changed.emit()

    def _found(self, trials: list[Trial]) -> Found:
        assert self.search is not None
        if self.answer is not None:
            return replace(self.answer.found, trials=tuple(trials))
        return Found(self.search, tuple(trials), 0, 0.0, "stopped", "core")
