"""Lets accounts connect one after another once the window is up: loading what they need costs a second each."""

import asyncio

from desktop_app.engine.crew import Crew, Sleep

_LONGEST_HOLD = 10.0
_PAINTING_SECONDS = 1.0
_LONGEST_TURN = 2.0


class Turns:
    """Nobody goes before `open`, or before ten seconds have passed; then the next one goes when one is up."""

    def __init__(self, crew: Crew, sleep: Sleep) -> None:
        self._crew = crew
        self._sleep = sleep
        self._is_open = asyncio.Event()
        self._is_opening = False
        self._turn = asyncio.Lock()
        crew.spawn(self._open_after(_LONGEST_HOLD), "a start that is held back")

    def open(self) -> None:
        """There is something to see: a moment to paint it, and then."""
        if not self._is_opening:
            self._is_opening = True
            self._crew.spawn(self._open_after(_PAINTING_SECONDS), "a window that paints")

    async def take(self, is_up: asyncio.Event) -> None:
        """Return when it is this one's turn; the turn ends when it is up, or has taken long enough."""
        await self._is_open.wait()
        if is_up.is_set():
            return
        await self._turn.acquire()
        self._crew.spawn(self._end_turn(is_up), "a turn to connect")

    async def _end_turn(self, is_up: asyncio.Event) -> None:
        over = self._crew.spawn(self._set_after(_LONGEST_TURN, is_over := asyncio.Event()), "the longest turn")
        up = self._crew.spawn(_set_with(is_up, is_over), "an account that connects")
        try:
            await is_over.wait()
        finally:
            over.cancel()
            up.cancel()
            self._turn.release()

    async def _open_after(self, seconds: float) -> None:
        await self._sleep(seconds)
        self._is_open.set()

    async def _set_after(self, seconds: float, event: asyncio.Event) -> None:
        await self._sleep(seconds)
        event.set()


async def _set_with(first: asyncio.Event, second: asyncio.Event) -> None:
    await first.wait()
    second.set()
