"""Whose turn it is to touch the database: a thread's of its own, or for one quick write that of whoever asks."""

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_Job = Callable[[], None]


class WriterThread:
    """Runs calls one after another on a thread of its own; awaiting one that is cancelled does not undo it.

    Two changes of threads cost more than most commits. So while nothing waits for the thread, `claim` gives the turn
    to the caller, who does without them.
    """

    def __init__(self, name: str) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._turn = threading.Lock()
        self._counting = threading.Lock()
        self._undone = 0  # calls that are queued or under way
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()
        self.is_open = True

    def call(self, function: Callable[..., T], *arguments: object) -> "asyncio.Future[T]":
        assert self.is_open, "the store was used after it was closed"
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def job() -> None:
            with self._turn:
                settle: Callable[..., None] = _settle
                try:
                    outcome: object = function(*arguments)
                except BaseException as error:  # noqa: BLE001 - whoever awaits gets it
                    settle, outcome = _fail, error
            self._count(-1)
            if not loop.is_closed():
                loop.call_soon_threadsafe(settle, future, outcome)

        self._count(1)
        self._jobs.put(job)
        return future

    def claim(self) -> bool:
        """Whether the caller may touch the database here and now; it must `release` it without awaiting before."""
        return self.is_open and not self._undone and self._turn.acquire(blocking=False)

    def release(self) -> None:
        self._turn.release()

    async def stop(self) -> None:
        """Let what is queued finish, then end the thread."""
        if self.is_open:
            self.is_open = False
            self._jobs.put(None)
            await asyncio.to_thread(self._thread.join)

    def _count(self, by: int) -> None:
        with self._counting:
            self._undone += by

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


def _settle(future: "asyncio.Future[T]", result: T) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: "asyncio.Future[T]", error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)
