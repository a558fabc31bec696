"""Work in another process as the window sees it: started, told of on the window's own thread, stopped."""

import logging
import time
from itertools import count
from weakref import WeakValueDictionary

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from desktop_app.gui.i18n import tr, tr_later
from desktop_app.research.worker import Cancelled, Done, Failed, Message, Part, Progressed, Started, Work, Worker

_log = logging.getLogger(__name__)
ETA_AFTER_SECONDS = 2.0

_FAILURES = {
    "memory": tr_later("This computer's memory is full, so it stopped. Nothing was ordered. Choose a shorter period."),
    "error": tr_later("Strongroom made a mistake here and stopped. Nothing was ordered. The log has the details."),
    "died": tr_later("The process that worked on it went away. Nothing was ordered. Run it once more."),
}


class _Relay(QObject):
    """Brings what workers tell onto the window's thread, and there to their jobs.

    It outlives them all: whoever emits a signal from another thread still touches its sender after the receiver has
    run, and by then a job may have been deleted.
    """

    told = Signal(int, object)  # number of a job, message

    def __init__(self) -> None:
        super().__init__()
        self._numbers = count(1)
        self._jobs: WeakValueDictionary[int, Job] = WeakValueDictionary()
        self.told.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)

    def enter(self, job: "Job") -> int:
        number = next(self._numbers)
        self._jobs[number] = job
        return number

    def _pass_on(self, number: int, message: Message) -> None:
        job = self._jobs.get(number)
        if job is not None and isValid(job):
            job.take(message)


_relays: list[_Relay] = []  # one, from the first job on


def _relay() -> _Relay:
    if not _relays:
        _relays.append(_Relay())
    return _relays[0]


class Job(QObject):
    """One piece of work of research/worker.py. Its owner keeps it; deleting it ends the work.

    Exactly one of `finished` and `failed` comes, last; `failed` with no text is a cancel without anything to show.
    """

    progressed = Signal(int, int, object)  # done, total, at (ms; 0 where unknown)
    came = Signal(object)  # a part
    finished = Signal(object, bool)  # what the work returned, and whether it was cancelled on the way
    failed = Signal(str)  # a sentence, or nothing after a cancel

    def __init__(self, work: Work, *arguments: object, parent: QObject | None = None) -> None:
        super().__init__(parent)
        relay = _relay()
        number = relay.enter(self)
        self._worker = Worker(work, *arguments, hear=lambda message: _tell(relay, number, message))
        self._started_at = 0.0
        self._has_begun = False  # what it needs to get going says nothing about the rest
        self._held_at: float | None = None
        self.is_over = False
        self.destroyed.connect(self._worker.kill)

    def start(self) -> None:
        self._started_at = time.monotonic()
        self._worker.start()

    def cancel(self) -> None:
        """Stop within a second."""
        self._worker.cancel()

    def hold(self, is_held: bool) -> None:
        """Let it wait, or go on; the wait does not count as work."""
        now = time.monotonic()
        if is_held and self._held_at is None:
            self._held_at = now
        elif not is_held and self._held_at is not None:
            self._started_at += now - self._held_at
            self._held_at = None
        self._worker.hold(is_held)

    def kill(self) -> None:
        """End it at once: nobody waits for it any more."""
        self._worker.kill()

    def left_ms(self, done: int, total: int) -> int | None:
        """About how long it still takes; None before that can be told."""
        took = time.monotonic() - self._started_at
        return left_ms(took, done, total)

    def take(self, message: Message) -> None:
        """What the worker told, on the window's thread."""
        match message:
            case Started():
                pass
            case Progressed():
                if not self._has_begun:
                    self._has_begun, self._started_at = True, time.monotonic()
                self.progressed.emit(message.done, message.total, message.at)
            case Part():
                self.came.emit(message.value)
            case Done():
                self.is_over = True
                self.finished.emit(message.value, message.is_cancelled)
            case Cancelled():
                self.is_over = True
                self.failed.emit("")
            case Failed():
                self.is_over = True
                _log.error("research stopped: %s %s", message.why, message.details)
                self.failed.emit(tr(_FAILURES[message.why]))


def _tell(relay: _Relay, number: int, message: Message) -> None:
    """On the worker's thread."""
    try:
        relay.told.emit(number, message)
    except RuntimeError:
        _log.debug("the window went away before the end of a job")


def left_ms(took_seconds: float, done: int, total: int) -> int | None:
    """An estimate from what has been done so far; none in the first two seconds, when it would jump about."""
    if took_seconds < ETA_AFTER_SECONDS or done <= 0 or total <= 0:
        return None
    return round(took_seconds * max(0, total - done) / done * 1000)
