"""The client: what goes out of it, and what comes out when something goes wrong."""

import asyncio
import decimal
import logging
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from desktop_app.core.credentials import Credentials, Secret
from desktop_app.exchange.gateway.client import Client, open_client
from desktop_app.exchange.gateway.outcomes import Answered, Doing
from desktop_app.exchange.live_config import LiveConfig
from desktop_app.exchange.protocol import Refused, Unreachable
from tests.exchange.behaviour import until
from tests.loopback.binance import KEY, SECRET, BinanceStand, a_floor
from tests.loopback.faults import What

KEYS = Credentials(Secret(KEY), Secret(SECRET))


@pytest.fixture
async def stand() -> AsyncIterator[BinanceStand]:
    async with BinanceStand(a_floor()) as stand:
        yield stand


@pytest.fixture
async def client(stand: BinanceStand) -> AsyncIterator[Client]:
    client = await open_client("binance", LiveConfig(rest_url=stand.rest_url, ws_url=stand.ws_url), KEYS)
    yield client
    await client.close()


async def test_an_exchange_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        await open_client("swapzone", LiveConfig(), None)
    assert refusal.value.code == "unknown_exchange"


async def test_without_addresses_only_the_exchanges_own_hosts_are_let_through() -> None:
    client = await open_client("binance", LiveConfig(), None)
    hosts = client._session.hosts
    assert hosts.allows("api.binance.com")
    assert hosts.allows("stream.binance.com")
    assert not hosts.allows("127.0.0.1")
    assert not hosts.allows("example.com")
    await client.close()


async def test_with_addresses_nothing_but_those_is_let_through(client: Client) -> None:
    assert client._session.hosts.exact == {"127.0.0.1"}
    assert client._session.hosts.domains == ()
    addresses = str(client.api.urls["api"])
    assert "https://" not in addresses
    assert "wss://" not in addresses


async def test_pairs_are_read_away_from_the_loop_and_exactly(client: Client) -> None:
    markets = await client.load_markets()
    assert Decimal(str(markets["BTC/USDT"]["precision"]["amount"])) == Decimal("0.00001")
    assert client.api.market("BTC/USDT")["id"] == "BTCUSDT"


@pytest.mark.parametrize(
    "name", ["withdraw", "transfer", "borrow_cross_margin", "sapiPostCapitalWithdrawApply", "sapiPostAssetTransfer"]
)
async def test_no_coin_ever_leaves(client: Client, stand: BinanceStand, name: str) -> None:
    method = getattr(client.api, name)
    with pytest.raises(Refused) as refusal:
        await client.call(lambda: method({}), doing=Doing.ORDER)
    assert refusal.value.code == "not_allowed"
    assert stand.faults.calls == []


async def test_a_call_restores_the_rounding_of_whoever_makes_it(client: Client) -> None:
    await client.load_markets()
    before = decimal.getcontext().copy()

    async def round_something() -> str:
        return str(client.api.amount_to_precision("BTC/USDT", "0.123456789"))

    assert await client.call(round_something) == "0.12345"
    assert decimal.getcontext().rounding == before.rounding
    assert decimal.getcontext().traps == before.traps


async def test_nothing_of_a_key_is_in_what_is_told_or_logged(
    client: Client, stand: BinanceStand, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    stand.faults.add(What.CODE, "*", number=-2015, text=f"Invalid key {KEY} and {SECRET}", times=9)
    with pytest.raises(Refused) as refusal:
        await client.call(client.api.fetch_balance)
    stand.faults.clear()
    stand.faults.add(What.CODE, "*", number=-9999, text=f"What is {SECRET}?", times=9)
    with pytest.raises(Answered) as answered:
        await client.ask(client.api.fetch_balance)
    with pytest.raises(Unreachable) as unreachable:
        await client.call(client.api.fetch_balance)
    await client.close()
    told = [caplog.text, str(refusal.value), answered.value.message, str(unreachable.value), repr(client)]
    assert refusal.value.code == "key_refused"
    assert not any(secret in text for secret in (KEY, SECRET, "signature=") for text in told)
    assert client.api.apiKey == ""
    assert client.api.secret == ""


async def test_the_weight_that_the_exchange_counts_is_taken_over(client: Client, stand: BinanceStand) -> None:
    stand.used_weight = 3_000
    stand._minute = stand.floor.now() // 60_000
    await client.call(client.api.fetch_time)
    assert client.budget.used == pytest.approx(client.budget.limit / 2, rel=0.01)


async def test_an_unreachable_host_is_told_in_words_without_its_address() -> None:
    client = await open_client("binance", LiveConfig(rest_url="http://127.0.0.1:9"), KEYS)
    with pytest.raises(Unreachable) as unreachable:
        await client.call(client.api.fetch_time)
    await client.close()
    assert str(unreachable.value) == "Binance could not be reached."


async def test_being_told_to_stop_goes_through_a_call(client: Client, stand: BinanceStand) -> None:
    stand.faults.add(What.SILENCE, "*")
    call = asyncio.ensure_future(client.call(client.api.fetch_time))
    await until(lambda: bool(stand.faults.calls))
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_a_request_is_signed_by_the_exchanges_clock(client: Client, stand: BinanceStand) -> None:
    client.clock = lambda: stand.floor.now() - 3_600_000
    with pytest.raises(Refused) as refusal:
        await client.call(client.api.fetch_balance)
    assert refusal.value.code == "clock"
    client.offset_ms = 3_600_000
    await client.call(client.api.fetch_balance)
