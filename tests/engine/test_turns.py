"""Accounts connect after the window, one after another, and none for ever behind another."""

import asyncio

from desktop_app.engine.crew import Crew
from desktop_app.engine.turns import Turns
from tests.fakes import FakeClock, breathe


class _Start:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.crew = Crew(lambda *_: None, self.clock.sleep)
        self.turns = Turns(self.crew, self.clock.sleep)
        self.gone: list[int] = []
        self.up = [asyncio.Event() for _ in range(3)]

    def begin(self) -> None:
        for number in range(3):
            self.crew.spawn(self._connect(number), "an account")

    async def _connect(self, number: int) -> None:
        await self.turns.take(self.up[number])
        self.gone.append(number)


async def test_nobody_goes_before_the_window_is_up_and_then_one_after_another() -> None:
    start = _Start()
    start.begin()
    await breathe()
    assert start.gone == []
    start.turns.open()
    await breathe()
    await start.clock.advance(1.1)
    assert start.gone == [0]
    start.up[0].set()
    await breathe()
    assert start.gone == [0, 1]
    await start.clock.advance(2.1)
    assert start.gone == [0, 1, 2]
    await start.crew.dismiss()


async def test_a_window_that_never_asks_holds_nobody_for_long() -> None:
    start = _Start()
    start.begin()
    await breathe()
    await start.clock.advance(10.1)
    assert start.gone == [0]
    await start.crew.dismiss()


async def test_who_was_up_before_needs_no_turn() -> None:
    start = _Start()
    start.turns.open()
    await breathe()
    await start.clock.advance(1.1)
    start.up[0].set()
    await start.turns.take(start.up[0])
    await start.turns.take(start.up[0])
    await start.crew.dismiss()
