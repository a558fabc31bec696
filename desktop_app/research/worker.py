"""Runs one long piece of research in a process of its own, so that no window and no bot feels it.

    def add_up(report: Reporter, numbers: tuple[int, ...]) -> int:      # of a module's top level
        total = 0
        for at, number in enumerate(numbers):
            total += number
            report.part(total)                                          # what there is so far, if the caller wants it
            if not report.progress(at + 1, len(numbers), at=number):    # False: come back now with what there is
                break
        return total

    worker = Worker(add_up, (1, 2, 3), hear=print)      # arguments, parts and results are picklable values
    worker.start()                                      # returns at once; `hear` is called on the worker's thread:
                                                        # Started, then Progressed and Part, and one End for certain
    worker.hold(True)                                   # a pause: `progress` does not return until hold(False)
    worker.cancel()                                     # acts within a second; a run that listens still hands over

The process is spawned: nothing of this one's memory goes with it, no key and no database. It has a low priority,
answers a cancel by the return of `progress`, and ends with its parent however that ends. `leave_with_parent` gives
the same to the processes of a pool that the work makes for itself: pass it as the pool's initializer.
`Reporter.progress` has the shape of a backtest's Progress, so `report.progress` can be handed to one.
"""

import atexit
import gc
import logging
import os
import sys
import threading
import time
import traceback
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Literal, TypeAlias

Why = Literal["memory", "error", "died"]

STOP_SECONDS = 0.8  # from a cancel to the end of a process that does not listen
HAND_OVER_SECONDS = 10.0  # for one that listens, to put together what there is
_EVERY_SECONDS = 0.05  # between two reports of progress: what people see
_NICENESS = 10
_BELOW_NORMAL = 0x4000
_CANCEL, _HOLD, _GO_ON = "cancel", "hold", "go on"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Started:
    """The process is there and works."""

    pid: int


@dataclass(frozen=True, slots=True)
class Progressed:
    """`done` of `total` never goes back; `at` is the moment of the past that is being looked at, 0 where unknown."""

    done: int
    total: int
    at: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """What there is so far."""

    value: Any


@dataclass(frozen=True, slots=True)
class Done:
    """The end: what the work returned. `is_cancelled`: it was asked to stop, so that this may be less than all."""

    value: Any
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The end: stopped before anything could be handed over."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The end: out of memory, an error of this program (`details` for the log), or a process that went away."""

    why: Why
    details: str = ""


End: TypeAlias = Done | Cancelled | Failed
Message: TypeAlias = Started | Progressed | Part | End


@dataclass(frozen=True, slots=True)
class _Stopping:
    """The work has heard that it was cancelled."""


class Reporter:
    """What the work has of its caller. `send` takes messages; without one the work runs just so, as in a test."""

    def __init__(self, send: Callable[[Any], None] | None = None) -> None:
        self._send = send or _nowhere
        self._cancelled = threading.Event()
        self._may_go_on = threading.Event()
        self._may_go_on.set()
        self._has_told = False
        self._done = -1
        self._last = 0.0

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        self._cancelled.set()
        self._may_go_on.set()

    def hold(self, is_held: bool) -> None:
        """Let the work wait in its next call of `progress`, or go on."""
        if is_held and not self.is_cancelled:
            self._may_go_on.clear()
        else:
            self._may_go_on.set()

    def progress(self, done: int, total: int, at: int = 0) -> bool:
        """Tell how far it is; False when the caller wants no more. Call it as often as you like."""
        now = time.monotonic()
        if done > self._done and (done >= total or now - self._last >= _EVERY_SECONDS):
            self._done, self._last = done, now
            self._send(Progressed(done, total, at))
        self._may_go_on.wait()
        if not self.is_cancelled:
            return True
        if not self._has_told:
            self._has_told = True
            self._send(_Stopping())
        return False

    def part(self, value: object) -> None:
        self._send(Part(value))


Work = Callable[..., Any]  # (Reporter, *arguments) → what comes of it; of a module's top level


class Worker:
    """One piece of work, once. `hear` gets every message on this worker's thread; End is the last one."""

    def __init__(self, work: Work, *arguments: object, hear: Callable[[Message], None]) -> None:
        self._work, self._arguments, self._hear = work, arguments, hear
        self._lock = threading.Lock()
        self._link: Connection | None = None
        self._process: BaseProcess | None = None
        self._is_cancelled = False
        self._is_held = False
        self._deadline: threading.Timer | None = None
        self._thread = threading.Thread(target=self._live, name="research", daemon=True)

    def start(self) -> None:
        _at_work.add(self)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        return self._thread.ident is not None and not self._thread.is_alive()

    def cancel(self) -> None:
        """Ask it to stop; one that does not listen is stopped. On any thread, as often as you like."""
        with self._lock:
            if self._is_cancelled:
                return
            self._is_cancelled = True
            self._arm(STOP_SECONDS)
            if self._link is not None:
                with suppress(OSError):  # it has just ended by itself
                    self._link.send(_CANCEL)

    def hold(self, is_held: bool) -> None:
        """Let it wait, or go on. What it does between two calls of `progress` it finishes first."""
        with self._lock:
            self._is_held = is_held
            if self._link is not None and not self._is_cancelled:
                with suppress(OSError):  # it has just ended by itself
                    self._link.send(_HOLD if is_held else _GO_ON)

    def kill(self) -> None:
        """End it now, without handing anything over."""
        with self._lock:
            self._is_cancelled = True
            self._kill()

    def join(self, seconds: float | None = None) -> None:
        self._thread.join(seconds)

    # --- on its thread

    def _live(self) -> None:
        end: End = Cancelled()
        try:
            end = self._run()
        except Exception as error:  # noqa: BLE001  whatever it was, the caller must not wait for ever
            _log.exception("research could not be run")
            end = Failed("memory" if isinstance(error, MemoryError) else "error", traceback.format_exc())
        finally:
            self._end()
            _at_work.discard(self)
            self._hear(end)

    def _run(self) -> End:
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        with self._lock:
            if self._is_cancelled:
                return Cancelled()
            process: BaseProcess = context.Process(
                target=_serve, args=(theirs, self._work, self._arguments, self._is_held), name="research"
            )
            process.start()
            self._process, self._link = process, ours
        theirs.close()
        self._hear(Started(process.pid or 0))
        while True:
            try:
                message = ours.recv()
            except (EOFError, OSError):
                return self._gone(process)
            if isinstance(message, _Stopping):
                with self._lock:
                    self._arm(HAND_OVER_SECONDS)
            elif isinstance(message, Done | Failed):
                return message
            else:
                self._hear(message)

    def _gone(self, process: BaseProcess) -> End:
        """It went without a word: because it was told to, or the system ended it."""
        process.join(STOP_SECONDS)
        with self._lock:
            return Cancelled() if self._is_cancelled else Failed("died", f"exit code {process.exitcode}")

    def _arm(self, seconds: float) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = threading.Timer(seconds, self.kill)
        self._deadline.daemon = True
        self._deadline.start()

    def _kill(self) -> None:
        if self._process is not None and self._process.exitcode is None:
            self._process.kill()

    def _end(self) -> None:
        with self._lock:
            if self._deadline is not None:
                self._deadline.cancel()
            process, self._process = self._process, None
            link, self._link = self._link, None
        if link is not None:
            link.close()  # whoever still works there hears it, and goes
        if process is not None:
            process.join(STOP_SECONDS)
            if process.exitcode is None:
                process.kill()
                process.join()
            process.close()


_at_work: "weakref.WeakSet[Worker]" = weakref.WeakSet()


@atexit.register  # before multiprocessing's own, which would wait for them
def stop_all() -> None:
    """End everything that still works."""
    for worker in tuple(_at_work):
        worker.kill()


# --- in the process

GARBAGE_THRESHOLD = 10_000  # runs leave hardly any: looking for it as often as usual takes a tenth of a grid's


def leave_with_parent() -> None:
    """Have this process end when the one that started it does: call it first, or as a pool's initializer."""
    parent = parent_process()
    assert parent is not None, "for processes that multiprocessing has started"

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def _serve(link: Connection, work: Work, arguments: tuple[object, ...], is_held: bool) -> None:
    leave_with_parent()
    be_gentle()
    gc.set_threshold(GARBAGE_THRESHOLD)
    sending = threading.Lock()

    def send(message: object) -> None:
        with sending:
            link.send(message)

    report = Reporter(send)
    report.hold(is_held)
    threading.Thread(target=_listen, args=(link, report), name="caller", daemon=True).start()
    try:
        value = work(report, *arguments)
        end: End = Done(value, report.is_cancelled)
    except MemoryError:
        end = Failed("memory")
    except Exception:  # noqa: BLE001  told to the parent, who logs it
        end = Failed("error", traceback.format_exc())
    try:
        send(end)
    except MemoryError:
        send(Failed("memory"))


def _listen(link: Connection, report: Reporter) -> None:
    """A caller says that it wants no more, or lets the work wait; one that is gone has no more use for this."""
    try:
        while (word := link.recv()) != _CANCEL:
            report.hold(word == _HOLD)
    except (EOFError, OSError):
        os._exit(1)
    report.cancel()


def be_gentle() -> None:
    """Leave the processor to the bots and the window."""
    with suppress(OSError, AttributeError):
        if sys.platform == "win32":
            import ctypes

            kernel = ctypes.windll.kernel32
            kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL)
        else:
            os.nice(_NICENESS)


def _nowhere(_message: object) -> None:
    """For work that runs without anybody who listens."""
