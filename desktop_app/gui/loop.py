"""The window's asyncio loop: qasync with one queue, one heap and one precise timer, not a Qt timer per callback."""

import asyncio
import heapq
import itertools
import logging
import math
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from types import TracebackType
from typing import Any, TypeVar

import qasync
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

Report = Callable[[str, BaseException | None], None]
T = TypeVar("T")
_log = logging.getLogger(__name__)
_LONGEST_WAIT_MS = 60_000
_CANCELLED_TOLERATED = 64
_SLOW_CALLBACK_S = 0.1


class _Waker(QObject):
    """Carries "there is work" from other threads to the window's thread."""

    woken = Signal()


class Loop(qasync.QEventLoop):  # type: ignore[misc]
    """Runs callbacks in order, sleeps never end early, cancelled timeouts cost nothing."""

    def __init__(self, app: QApplication) -> None:
        self._queue: deque[asyncio.Handle] = deque()
        self._from_threads: deque[asyncio.Handle] = deque()
        self._heap: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._numbers = itertools.count()
        self._cancelled = 0
        self._is_woken = False
        self._is_running_batch = False
        super().__init__(app)
        self._clock = QTimer()
        self._clock.setSingleShot(True)
        self._clock.setTimerType(Qt.TimerType.PreciseTimer)
        self._clock.timeout.connect(self._run_batch)
        self._waker = _Waker()
        self._waker.woken.connect(self._take_from_threads, Qt.ConnectionType.QueuedConnection)
        self.set_default_executor(ThreadPoolExecutor(max_workers=4, thread_name_prefix="window-job"))

    @property
    def waiting(self) -> int:
        """Count the entries the heap holds, cancelled ones included."""
        return len(self._heap)

    def call_soon(self, callback: Callable[..., Any], *args: Any, context: Context | None = None) -> asyncio.Handle:
        """Queue a callback for the next batch."""
        self._check_closed()
        handle = asyncio.Handle(callback, args, self, context)
        self._queue.append(handle)
        if len(self._queue) == 1 and not self._is_running_batch:
            self._clock.start(0)
        return handle

    def call_later(
        self, delay: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Run a callback after `delay` seconds, never before."""
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Run a callback when the loop's clock reaches `when`, never before."""
        self._check_closed()
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        handle._scheduled = True  # type: ignore[attr-defined]  # noqa: SLF001  asks for news of its cancelling
        heapq.heappush(self._heap, (when, next(self._numbers), handle))
        if self._heap[0][2] is handle and not self._queue and not self._is_running_batch:
            self._wind_clock()
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Queue a callback from any thread; many calls cost one wake-up."""
        self._check_closed()
        handle = asyncio.Handle(callback, args, self, context)
        self._from_threads.append(handle)
        if not self._is_woken:
            self._is_woken = True
            self._waker.woken.emit()
        return handle

    def close(self) -> None:
        """Stop the clock and forget what waits."""
        if self.is_closed():
            return
        super().close()
        self._clock.stop()
        self._queue.clear()
        self._from_threads.clear()
        self._heap.clear()

    def _take_from_threads(self) -> None:
        # The flag falls before the queue is emptied: what a thread adds in between is taken now or wakes us again.
        self._is_woken = False
        while self._from_threads:
            self._queue.append(self._from_threads.popleft())
        if self._queue and not self._is_running_batch:
            self._clock.start(0)

    def _run_batch(self) -> None:
        """Run what is due now; what that queues waits for the next batch, so that Qt can paint in between."""
        self._move_due()
        self._is_running_batch = True
        try:
            for _ in range(len(self._queue)):
                if not self._queue:
                    break
                self._run_one(self._queue.popleft())
        finally:
            self._is_running_batch = False
            self._wind_clock()

    def _run_one(self, handle: asyncio.Handle) -> None:
        if handle.cancelled():
            return
        if not self.get_debug():
            handle._run()  # noqa: SLF001  that is how loops run handles
            return
        started = self.time()
        handle._run()  # noqa: SLF001
        took = self.time() - started
        if took >= _SLOW_CALLBACK_S:
            _log.warning("A callback held the window's loop for %.3f s: %r", took, handle)

    def _move_due(self) -> None:
        now = self.time()
        while self._heap and self._heap[0][0] <= now:
            handle = heapq.heappop(self._heap)[2]
            handle._scheduled = False  # type: ignore[attr-defined]  # noqa: SLF001
            if handle.cancelled():
                self._cancelled -= 1
            else:
                self._queue.append(handle)

    def _wind_clock(self) -> None:
        if self.is_closed():
            return
        if self._queue:
            self._clock.start(0)
        elif self._heap:
            rest = math.ceil((self._heap[0][0] - self.time()) * 1000)
            self._clock.start(min(max(0, rest), _LONGEST_WAIT_MS))
        else:
            self._clock.stop()

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Called by asyncio; forgets cancelled entries once they are the majority."""
        self._cancelled += 1
        if self._cancelled > _CANCELLED_TOLERATED and self._cancelled * 2 > len(self._heap):
            self._heap = [entry for entry in self._heap if not entry[2].cancelled()]
            heapq.heapify(self._heap)
            self._cancelled = 0

    def time(self) -> float:
        """Return the monotonic clock in seconds."""
        return time.monotonic()


def run(main: Coroutine[Any, Any, T], app: QApplication, report: Report | None = None) -> T:
    """Run the window until `main` returns. Closing a window never stops the loop: `main` decides when it is over.

    The window's closeEvent ignores the event and sets what `main` waits for; `main` drains the engine and returns.
    """
    app.setQuitOnLastWindowClosed(False)
    loop = Loop(app)
    asyncio.set_event_loop(loop)
    restore = install_hooks(loop, report or log_report)
    try:
        return loop.run_until_complete(main)  # type: ignore[no-any-return]
    finally:
        try:
            _cancel_the_rest(loop)
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            asyncio.set_event_loop(None)
            loop.close()
            restore()


def _cancel_the_rest(loop: Loop) -> None:
    rest = asyncio.all_tasks(loop)
    for task in rest:
        task.cancel()
    if rest:
        loop.run_until_complete(asyncio.gather(*rest, return_exceptions=True))
    for task in rest:
        if not task.cancelled() and (error := task.exception()) is not None:
            loop.call_exception_handler({"message": "A task raised while the window shut down", "exception": error})


def log_report(message: str, error: BaseException | None) -> None:
    """Write an unexpected error to the log: the reporter until the window has a better one."""
    _log.error(message, exc_info=error)


def install_hooks(loop: asyncio.AbstractEventLoop, report: Report) -> Callable[[], None]:
    """Send what nobody caught (in slots, paint events, threads, lost tasks) to `report`; returns the undoing."""
    before = sys.excepthook, threading.excepthook

    def in_slot(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            before[0](kind, error, trace)
            return
        report("Unexpected error in the window", error.with_traceback(trace))

    def in_thread(args: threading.ExceptHookArgs) -> None:
        name = args.thread.name if args.thread is not None else "unknown"
        report(f"Unexpected error in thread {name}", args.exc_value)

    def in_loop(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        report(str(context.get("message", "Unexpected error in the loop")), context.get("exception"))

    def undo() -> None:
        sys.excepthook, threading.excepthook = before

    sys.excepthook, threading.excepthook = in_slot, in_thread
    loop.set_exception_handler(in_loop)
    return undo
