"""The only way out: to the exchange's own hosts, following nobody."""

from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web

from desktop_app.exchange.gateway.egress import open_session
from desktop_app.exchange.gateway.wire import LONGEST_ANSWER, WIRE, Barred, Hosts, Wire, hosts_of

Start = Callable[..., Awaitable[tuple[str, list[web.BaseRequest]]]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    runners: list[web.ServerRunner] = []

    async def start(
        answer: Callable[[web.BaseRequest], web.StreamResponse], host: str = "127.0.0.1"
    ) -> tuple[str, list[web.BaseRequest]]:
        heard: list[web.BaseRequest] = []

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            heard.append(request)
            return answer(request)

        runner = web.ServerRunner(web.Server(handle))
        runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, host, 0)
        await site.start()
        return f"http://{host}:{runner.addresses[0][1]}", heard

    yield start
    for runner in runners:
        await runner.cleanup()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("is_stream", [False, True])
async def test_no_redirect_is_followed_and_no_key_reaches_a_second_host(
    start: Start, status: int, is_stream: bool
) -> None:
    evil, heard_there = await start(lambda _: web.Response(text="thanks"), "127.0.0.2")
    home, _ = await start(lambda _: web.Response(status=status, headers={"Location": evil}))
    session = await open_session(Hosts(frozenset({"127.0.0.1"})))
    key = {"X-MBX-APIKEY": "k"}
    ask = session.ws_connect(home, headers=key) if is_stream else session.post(home, data=b"signature=s", headers=key)
    with pytest.raises(Barred):
        await ask
    await session.close()
    assert heard_there == []


@pytest.mark.parametrize("address", ["127.0.0.2", "localhost", "[::1]"])
async def test_no_other_host_is_connected_to_by_name_or_by_number(start: Start, address: str) -> None:
    home, heard = await start(lambda _: web.Response(text="hello"))
    session = await open_session(Hosts(frozenset({"127.0.0.1"})))
    port = home.rpartition(":")[2]
    try:
        with pytest.raises((Barred, aiohttp.ClientError)):
            await session.get(f"http://{address}:{port}/")
        async with session.get(home) as answer:
            assert await answer.text() == "hello"
    finally:
        await session.close()
    assert len(heard) == 1


async def test_a_name_that_resolves_is_connected_to_at_the_addresses_it_has(start: Start) -> None:
    home, _ = await start(lambda _: web.Response(text="hello"))
    session = await open_session(hosts_of(["localhost"], ()))
    try:
        async with session.get(home.replace("127.0.0.1", "localhost")) as answer:
            assert answer.status == 200
    finally:
        await session.close()


async def test_an_answer_without_end_is_cut_off_unless_the_call_expects_a_long_one(start: Start) -> None:
    body = b"x" * (LONGEST_ANSWER + 1)
    home, _ = await start(lambda _: web.Response(body=body))
    session = await open_session(Hosts(frozenset({"127.0.0.1"})))
    try:
        async with session.get(home) as answer:
            with pytest.raises(Barred):
                await answer.read()
        token = WIRE.set(Wire(longest=2 * LONGEST_ANSWER))
        async with session.get(home) as answer:
            assert len(await answer.read()) == len(body)
        WIRE.reset(token)
    finally:
        await session.close()
