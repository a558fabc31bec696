"""The engine on a thread of its own, so that no repaint ever delays an order."""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from desktop_app.engine.engine import Engine

_log = logging.getLogger(__name__)
_STOP_SECONDS = 5.0
T = TypeVar("T")


class EngineThread:
    """Owns the loop that the engine lives on. Calls come in through `call`, news go out through the bus."""

    def __init__(self, make_engine: Callable[[], Engine]) -> None:
        """`make_engine` runs on the new thread."""
        self._make_engine = make_engine
        self._loop: asyncio.AbstractEventLoop | None = None
        self._engine: Engine | None = None
        self._started: Future[Engine] = Future()
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)

    @property
    def engine(self) -> Engine:
        assert self._engine is not None, "the engine has not started"
        return self._engine

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        assert self._loop is not None, "the engine has not started"
        return self._loop

    def start(self) -> "Future[Engine]":
        """Start at once; the future gives the engine when it is up, or the Problem that kept it from it."""
        self._thread.start()
        return self._started

    def call(self, work: Callable[[], Coroutine[Any, Any, T]]) -> "Future[T]":
        """Run something on the engine's loop, from any thread."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work(), self._loop)

    def stop(self, timeout: float = _STOP_SECONDS) -> bool:
        """Stop in order and wait for it; whether it was over in time."""
        loop, stop = self._loop, self._stop
        if loop is not None and stop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)
        if self._thread.is_alive():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            asyncio.run(self._live())
        except BaseException as error:  # noqa: BLE001 - the end of the thread: logged, and told to whoever waits
            _log.exception("the engine's thread ended")
            if not self._started.done():
                self._started.set_exception(error)

    async def _live(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(_on_loop_error)
        self._stop = asyncio.Event()
        engine = self._engine = self._make_engine()
        engine.hold_back()  # whoever wants a thread has a window to show first
        try:
            await engine.start()
        except Exception as error:  # noqa: BLE001 - whoever started us gets it
            self._started.set_exception(error)
            return
        self._started.set_result(engine)
        try:
            await self._stop.wait()
        finally:
            await engine.stop()


def _on_loop_error(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    _log.error("%s", context.get("message", "an error on the engine's loop"), exc_info=context.get("exception"))
