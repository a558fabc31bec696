"""The one thread that may touch the database, so that no loop ever waits for the disk."""

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_Job = Callable[[], None]


class WriterThread:
    """Runs calls one after another on a thread of its own; awaiting one that is cancelled does not undo it."""

    def __init__(self, name: str) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()
        self.is_open = True

    def call(self, function: Callable[..., T], *arguments: object) -> "asyncio.Future[T]":
        assert self.is_open, "the store was used after it was closed"
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def job() -> None:
            try:
                result = function(*arguments)
            except BaseException as error:  # noqa: BLE001 - whoever awaits gets it
                hand_over(_fail, future, error)
            else:
                hand_over(_settle, future, result)

        def hand_over(settle: Callable[..., None], *values: object) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(settle, *values)

        self._jobs.put(job)
        return future

    async def stop(self) -> None:
        """Let what is queued finish, then end the thread."""
        if self.is_open:
            self.is_open = False
            self._jobs.put(None)
            await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


def _settle(future: "asyncio.Future[T]", result: T) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: "asyncio.Future[T]", error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)
