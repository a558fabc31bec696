"""Tasks that run until they are stopped: how one is ended, and one of an exchange whose failure is heard."""

import asyncio
import logging
from collections.abc import Callable, Coroutine

log = logging.getLogger(__name__)
_AGAIN_SECONDS = 3.0


async def end(*tasks: asyncio.Task[None]) -> None:
    """Cancel them until they are over: what they wait in may take one cancelling for its own business, and go on."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=_AGAIN_SECONDS)


class Pump:
    """Runs `work`; `failed` gets the words of a bug that ended it."""

    def __init__(
        self, name: str, work: Callable[[], Coroutine[None, None, None]], failed: Callable[[str], None]
    ) -> None:
        self._name = name
        self._work = work
        self._failed = failed
        self._task: asyncio.Task[None] | None = None

    def spawn(self) -> None:
        """Start, unless it is running."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run(), name=self._name)

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            await end(task)

    async def _run(self) -> None:
        try:
            await self._work()
        except Exception as error:
            log.exception("%s ended", self._name)
            self._failed(f"{type(error).__name__}: {error}")
