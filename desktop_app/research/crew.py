"""The workers of a search on this computer: threads where compiled code lets go of the interpreter or there is little
to do, else processes."""

import gc
import multiprocessing
import signal
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event as ProcessEvent
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Protocol, Self

from desktop_app.core.gathering import rows
from desktop_app.research.judging import Job, Judged, Task, Workbench
from desktop_app.research.shared import SharedCandles, share
from desktop_app.research.worker import GARBAGE_THRESHOLD, leave_with_parent

_ENDING_SECONDS = 0.2  # until a process has seen that it is stopped: then its file of candles can go


class Crew(Protocol):
    """Judges tasks, several at once. Leaving it ends it; with an exception at once."""

    size: int  # how many tasks at once
    task_seconds: float  # what one task should take, so that handing it out costs nothing beside it

    def submit(self, task: Task) -> "Future[Judged]": ...

    def stop(self) -> None:
        """Give up what runs and what waits."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class LocalCrew:
    """Workers of this computer."""

    task_seconds = 0.1

    def __init__(self, job: Job, workers: int) -> None:
        self.size = workers
        self._is_stopped: threading.Event | ProcessEvent
        self._pool: Executor
        self._ends = ExitStack()
        self._stopped: tuple[BaseProcess, ...] = ()
        if job.engine == "compiled" or job.is_brief or workers == 1:
            self._is_stopped = threading.Event()
            self._work = Workbench(job, self._is_stopped.is_set).work
            self._pool = ThreadPoolExecutor(workers, thread_name_prefix="trial")
        else:
            context = multiprocessing.get_context("spawn")
            self._is_stopped = context.Event()
            self._work = _work
            self._pool = ProcessPoolExecutor(
                workers, mp_context=context, initializer=_begin, initargs=(*self._shared(job), self._is_stopped)
            )

    def _shared(self, job: Job) -> tuple[Job, SharedCandles | None]:
        """The job without its candles, and these in a file; as it is where no file can be written."""
        try:
            folder = self._ends.enter_context(TemporaryDirectory(prefix="strongroom-", ignore_cleanup_errors=True))
            return replace(job, candles=rows(job.candles, 0, 0)), share(job.candles, Path(folder))
        except OSError:
            return job, None

    def submit(self, task: Task) -> "Future[Judged]":
        return self._pool.submit(self._work, task)

    def stop(self) -> None:
        self._is_stopped.set()
        if isinstance(self._pool, ProcessPoolExecutor):
            self._stopped = tuple(multiprocessing.active_children())  # a pool that is shut down waits for none of them
        self._pool.shutdown(wait=False, cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self.stop()
        self._pool.shutdown(wait=True)
        for process in self._stopped:
            process.join(_ENDING_SECONDS)
        self._ends.close()


_benches: list[Workbench] = []  # of this worker process


def _begin(job: Job, shared: SharedCandles | None, is_stopped: ProcessEvent) -> None:
    leave_with_parent()
    gc.set_threshold(GARBAGE_THRESHOLD)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever hands out the work, and stops it in order
    whole = job if shared is None else replace(job, candles=shared.candles)
    _benches[:] = [Workbench(whole, is_stopped.is_set)]


def _work(task: Task) -> Judged:
    return _benches[-1].work(task)
