"""A line is dialled again for ever, tells how it is, and ends only when it is told to."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from desktop_app.exchange.feed.line import Line, connections_of, forget, forget_addresses, hang_up
from desktop_app.exchange.feed.watch import BackOff
from desktop_app.exchange.protocol import Refused, Unreachable


@dataclass
class FakeStream:
    """Answers what it was given, one after another; an exception is raised, None waits for ever."""

    answers: list[object]
    taken: list[object] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    dialled: int = 0
    heard: int = 0
    slept: list[float] = field(default_factory=list)
    at: int = 0

    def __post_init__(self) -> None:
        back_off = BackOff(random.Random(7))
        self.line = Line("s", (), self.ask, self.take, self, clock=lambda: self.at, sleep=self.sleep, back_off=back_off)

    async def ask(self) -> object:
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, BaseException):
            raise answer
        if answer is None:
            await asyncio.Event().wait()
        return answer

    def take(self, answer: object) -> None:
        self.taken.append(answer)
        self.line.note()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += round(seconds * 1000)
        await asyncio.sleep(0)

    def line_lost(self, line: Line, reason: str) -> None:
        self.lost.append(reason)

    def line_dialled(self, line: Line) -> None:
        self.dialled += 1

    def line_heard(self, line: Line) -> None:
        self.heard += 1

    async def run(self, until: Callable[[], bool]) -> None:
        task = asyncio.create_task(self.line.run())
        for _ in range(1_000):
            if until():
                break
            await asyncio.sleep(0)
        assert until()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_whatever_ends_it_it_is_dialled_again() -> None:
    errors = [Unreachable("gone"), Refused("no", "x"), asyncio.CancelledError(), KeyError("odd")]
    stream = FakeStream([*errors, "news"])
    await stream.run(lambda: stream.taken == ["news"])
    assert stream.lost == ["gone", "no", "the connection was closed", "a message could not be read"]
    assert (stream.dialled, stream.heard) == (5, 1)


async def test_pauses_grow_until_something_is_heard() -> None:
    stream = FakeStream([*(Unreachable("gone") for _ in range(4)), "news", Unreachable("gone"), "more"])
    await stream.run(lambda: "more" in stream.taken)
    assert stream.slept[0] < stream.slept[1] < stream.slept[2] < stream.slept[3]
    assert stream.slept[4] < stream.slept[1]


async def test_a_changed_connection_is_no_loss() -> None:
    stream = FakeStream(["one"])
    asked = asyncio.Event()

    async def ask() -> object:
        if stream.answers:
            return stream.answers.pop(0)
        await asked.wait()
        asked.clear()
        raise Unreachable("the exchange closes this connection")

    stream.line._ask = ask
    task = asyncio.create_task(stream.line.run())
    await asyncio.sleep(0.001)
    stream.line.renew()
    asked.set()
    await asyncio.sleep(0.01)
    assert stream.lost == []
    assert stream.dialled == 2
    task.cancel()
    await asyncio.wait((task,))


async def test_silence_is_counted_from_the_last_message() -> None:
    stream = FakeStream(["news"])
    await stream.run(lambda: stream.heard == 1)
    assert stream.line.look() == 0
    stream.at += 30_000
    assert stream.line.look() == 0
    stream.at += 1
    assert stream.line.look() == 30_001


class FakeConnection:
    """ccxt's connection object, as far as it is touched."""

    def __init__(self, url: str, futures: dict[str, object]) -> None:
        self.url, self.futures = url, futures
        self.error: Exception | None = None
        self.connecting = False
        self.was_reset: list[object] = []
        self.is_stuck = False
        self.is_closed = False

    def reset(self, error: object) -> None:
        self.was_reset.append(error)

    async def aiohttp_close(self) -> None:
        if self.is_stuck:
            await asyncio.Event().wait()
        self.is_closed = True


@dataclass
class FakeApi:
    clients: dict[str, Any]
    options: dict[str, Any] = field(default_factory=dict)


async def test_a_hung_up_connection_is_forgotten_before_it_is_closed() -> None:
    connection = FakeConnection("u", {"trade::BTC/USDT": None})
    api = FakeApi({"u": connection})
    assert connections_of(api, ["BTC/USDT"]) == [connection]
    assert connections_of(api, ["ETH/USDT"]) == []
    await hang_up(api, connection, "silent")
    assert api.clients == {}
    assert connection.is_closed
    assert isinstance(connection.error, Unreachable)
    assert connection.was_reset == [connection.error]


def test_a_pair_is_not_taken_for_another_with_a_longer_name() -> None:
    names = (
        "trade::WBTC/USDT",
        "bidask:bookTicker@BTC/USDT",
        "trades:BTC/USDT",
        "ohlcv::BTC/USDT::1m",
        "trade::BTC/USDTT",
    )
    connections = {name: FakeConnection(name, {name: None}) for name in names}
    found = connections_of(FakeApi(dict(connections)), ["BTC/USDT", "X.Y/Z"])
    assert found == [connections[name] for name in names[1:4]]
    assert connections_of(FakeApi(dict(connections)), []) == []


async def test_a_connection_that_answers_no_goodbye_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_app.exchange.feed.line.GOODBYE_SECONDS", 0.01)
    connection = FakeConnection("u", {})
    connection.is_stuck = True
    await hang_up(FakeApi({"u": connection}), connection, "silent")
    assert not connection.is_closed


def test_the_successor_at_the_same_address_is_not_forgotten() -> None:
    old, new = FakeConnection("u", {}), FakeConnection("u", {})
    api = FakeApi({"u": new})
    forget(api, old, "old")
    assert api.clients == {"u": new}


def test_addresses_that_were_given_out_are_asked_for_again() -> None:
    api = FakeApi({}, {"urls": {"public": "wss://…?token=1"}})
    forget_addresses(api)
    assert api.options == {"urls": {}}
    forget_addresses(FakeApi({}))
