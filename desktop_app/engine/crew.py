"""The engine's tasks: every one is held, and none ends in error unseen."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from desktop_app.exchange.pump import end

_log = logging.getLogger(__name__)
_BACK_OFF = (0.5, 1.0, 2.0, 5.0, 15.0)

Sleep = Callable[[float], Coroutine[Any, Any, None]]
Failed = Callable[[str, BaseException, bool], None]


class Crew:
    """Owns tasks until `dismiss`. `on_failure(name, error, is_restarted)` hears of everything that breaks."""

    def __init__(self, on_failure: Failed, sleep: Sleep = asyncio.sleep) -> None:
        self._on_failure = on_failure
        self._sleep = sleep
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_open = True

    def __len__(self) -> int:
        return len(self._tasks)

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Run something that ends by itself."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def keep(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> asyncio.Task[None]:
        """Run something that must go on: after an error it starts again, ever more slowly, and visibly."""
        return self.spawn(self._kept(work, name), name)

    async def dismiss(self) -> None:
        """Cancel what still runs, and wait until all of it is over."""
        self._is_open = False
        while others := self._tasks - {asyncio.current_task()}:
            await end(*others)
            self._tasks -= {task for task in others if task.done()}

    async def _kept(self, work: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        failures = 0
        while True:
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - logged, told, and tried again
                _log.exception("%s failed; it starts again", name)
                self._on_failure(name, error, True)
            else:
                return
            await self._sleep(_BACK_OFF[min(failures, len(_BACK_OFF) - 1)])
            failures += 1

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            _log.error("%s failed", task.get_name(), exc_info=error)
            self._on_failure(task.get_name(), error, False)
