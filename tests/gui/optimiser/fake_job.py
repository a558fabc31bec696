"""Jobs that a test ends by hand: no process is started."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_app.research.search_run import SearchOrder, run_estimate, run_examine, run_search


class FakeJob(QObject):
    progressed = Signal(int, int, object)
    came = Signal(object)
    finished = Signal(object, bool)
    failed = Signal(str)

    def __init__(self, work: Callable[..., Any], *arguments: Any, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.work, self.arguments = work, arguments
        self.deeds: list[object] = []

    @property
    def order(self) -> SearchOrder:
        found = self.arguments[0]
        assert isinstance(found, SearchOrder)
        return found

    def start(self) -> None:
        self.deeds.append("start")

    def hold(self, is_held: bool) -> None:
        self.deeds.append(("hold", is_held))

    def cancel(self) -> None:
        self.deeds.append("cancel")

    def kill(self) -> None:
        self.deeds.append("kill")

    def left_ms(self, done: int, total: int) -> int | None:
        return (total - done) * 1000 if done else None


class Jobs:
    """Makes them, and remembers which."""

    def __init__(self) -> None:
        self.made: list[FakeJob] = []

    def __call__(self, work: Callable[..., Any], *arguments: Any, parent: QObject | None = None) -> FakeJob:
        job = FakeJob(work, *arguments, parent=parent)
        self.made.append(job)
        return job

    def last(self, work: Callable[..., Any]) -> FakeJob:
        return [job for job in self.made if job.work is work][-1]

    @property
    def search(self) -> FakeJob:
        return self.last(run_search)

    @property
    def measure(self) -> FakeJob:
        return self.last(run_estimate)

    @property
    def closer(self) -> FakeJob:
        return self.last(run_examine)
