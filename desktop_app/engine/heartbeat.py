"""Notices that the computer slept, or that the program was away, by comparing two clocks every second."""

import logging
import time
from collections.abc import Callable

from desktop_app.engine.crew import Sleep
from desktop_app.store.db import Store
from desktop_app.store.errors import StoreError

_log = logging.getLogger(__name__)
_META = "alive_at"
_DRIFT_MS = 5_000  # between the clock on the wall and the one that only counts
_LATE_MS = 10_000  # on some systems both go on while the computer sleeps
_WRITE_MS = 30_000
_AWAY_MS = 60_000  # a shorter absence is nobody's news


def steady_clock() -> int:
    """Milliseconds that nobody sets; stands still while the computer sleeps, on most systems."""
    return time.monotonic_ns() // 1_000_000


class Heartbeat:
    """`on_gap(since, until)` hears of every sleep and of every jump of the clock, on the clock of the wall."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], int],
        steady: Callable[[], int],
        sleep: Sleep,
        on_gap: Callable[[int, int], None],
        on_beat: Callable[[], None],
        *,
        every_seconds: float = 1.0,
    ) -> None:
        self._store = store
        self._clock = clock
        self._steady = steady
        self._sleep = sleep
        self._on_gap = on_gap
        self._on_beat = on_beat
        self._every = every_seconds
        self._written_at = 0

    async def last_seen(self) -> tuple[int, int] | None:
        """Since when and until when the program was away before this start; None if that is not worth a word."""
        text = await self._store.meta(_META)
        since, until = int(text) if text and text.isdecimal() else 0, self._clock()
        return (since, until) if since and until - since >= _AWAY_MS else None

    async def run(self) -> None:
        """For ever."""
        while True:
            wall, steady = self._clock(), self._steady()
            await self._write(wall)
            await self._sleep(self._every)
            now = self._clock()
            passed, counted = now - wall, self._steady() - steady
            if abs(passed - counted) > _DRIFT_MS or passed > self._every * 1000 + _LATE_MS:
                _log.warning("the clock went %s ms further in %s ms", passed, counted)
                self._on_gap(wall, now)
            self._on_beat()

    async def stop(self) -> None:
        self._written_at = 0
        await self._write(self._clock())

    async def _write(self, now: int) -> None:
        if 0 <= now - self._written_at < _WRITE_MS:
            return
        self._written_at = now
        try:
            await self._store.set_meta(_META, str(now))
        except StoreError as error:
            _log.warning("that the program is alive could not be written down: %s", error)
