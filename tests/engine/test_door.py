"""A second process does through the door what the first one's faces can do."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from multiprocessing.connection import Client
from pathlib import Path

import pytest

from desktop_app.config import Paths
from desktop_app.core.events import CloseDeal
from desktop_app.engine.door import DoorClient
from desktop_app.engine.problem import Problem
from desktop_app.engine.views import BotView
from tests.engine.lab import BOT, Lab


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Lab]:
    lab = Lab(tmp_path, opens_door=True)
    await lab.start()
    await lab.add()
    yield lab
    await lab.stop()


def _client(lab: Lab) -> DoorClient:
    paths = Paths(lab.folder)
    return DoorClient(paths.door_address, paths.data_dir / "door.key")


async def _call(lab: Lab, name: str, **arguments: object) -> object:
    def ask() -> object:
        with _client(lab) as client:
            return client.supervisor().call(name, **arguments)

    return await asyncio.to_thread(ask)


async def test_calls_and_answers_keep_their_types(house: Lab) -> None:
    await house.price("50000")

    bots = await _call(house, "bots")
    assert bots == await house.running.supervisor.bots()
    assert isinstance(bots, tuple)
    assert isinstance(bots[0], BotView)
    deal = await _call(house, "deal", bot="Toy", number=1)
    assert deal == await house.running.supervisor.deal(1, 1)


async def test_a_wish_for_a_deal_goes_through_the_door(house: Lab) -> None:
    await house.price("50000")
    await _call(house, "ask", bot=1, ask=CloseDeal(1))
    await house.settle()

    assert await house.statuses() == ["closed_by_user"]


async def test_a_problem_comes_back_as_one(house: Lab) -> None:
    with pytest.raises(Problem) as refused:
        await _call(house, "start_bot", bot="nobody")
    assert (refused.value.said.code, refused.value.exit_status) == ("no_such_bot", 2)

    with pytest.raises(Problem) as bad:
        await _call(house, "add_bot", source=BOT.replace('kind = "toy"', 'kind = "magic"'))
    assert bad.value.said.code == "bad_bot_file"


@pytest.mark.parametrize("request_bytes", [b"", b"[]", b'{"call": "_store"}', b'{"call": "stop"}', b'{"call": "bot"}'])
async def test_what_is_no_call_is_refused_in_words(house: Lab, request_bytes: bytes) -> None:
    def send() -> bytes:
        with _client(house) as client:
            return client.send(request_bytes)

    assert b'"problem"' in await asyncio.to_thread(send)


async def test_a_stranger_without_the_key_is_not_heard(house: Lab) -> None:
    (house.folder / "wrong.key").write_bytes(b"x" * 32)
    with pytest.raises(Problem) as refused:
        await asyncio.to_thread(DoorClient, Paths(house.folder).door_address, house.folder / "wrong.key")

    assert refused.value.said.code == "door_closed"
    assert await _call(house, "accounts")


async def test_a_second_start_brings_the_first_window_up(house: Lab) -> None:
    shown: list[bool] = []
    house.running.supervisor.on_focus = lambda: shown.append(True)
    await _call(house, "focus")

    assert shown == [True]


async def test_nobody_answers_after_the_end(tmp_path: Path) -> None:
    lab = Lab(tmp_path, opens_door=True)
    await lab.start()
    await lab.stop()
    with pytest.raises(Problem) as refused:
        await asyncio.to_thread(_client, lab)

    assert refused.value.said.code == "door_closed"


async def test_the_door_closes_although_nobody_listens_any_more(house: Lab) -> None:
    door = house.running._door
    assert door is not None
    door._is_open.clear()
    with contextlib.suppress(Problem):
        await asyncio.to_thread(_client, house)
    assert door._thread is not None
    await asyncio.to_thread(door._thread.join, 5)
    assert not door._thread.is_alive()

    await asyncio.wait_for(door.close(), 10)


async def test_a_silent_caller_keeps_nobody_out(house: Lab) -> None:
    silent = await asyncio.to_thread(Client, Paths(house.folder).door_address)
    try:
        assert await asyncio.wait_for(_call(house, "accounts"), 30)
    finally:
        silent.close()
