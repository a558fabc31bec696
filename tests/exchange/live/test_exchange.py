"""A live account against a stand-in of Binance, through the real client library."""

from collections.abc import AsyncIterator

import pytest

from desktop_app.core.credentials import Credentials, Secret
from desktop_app.exchange.live.exchange import LiveExchange
from desktop_app.exchange.live_config import LiveConfig
from desktop_app.exchange.protocol import Refused, Unreachable
from tests.exchange.behaviour import Behaviour, FakeSink
from tests.exchange.stands import open_venue
from tests.loopback.binance import KEY, SECRET, BinanceStand, a_floor
from tests.loopback.floor import wall_clock


class LiveBench:
    symbol = "BTC/USDT"
    is_id_free_after_fill = True
    duplicate_is_unknown = True

    def __init__(self, stand: BinanceStand) -> None:
        self.stand = stand
        self.sink = FakeSink()
        self.exchange = self._make()

    def _make(self) -> LiveExchange:
        async def keys() -> Credentials:
            return Credentials(Secret(KEY), Secret(SECRET))

        config = LiveConfig(rest_url=self.stand.rest_url, ws_url=self.stand.ws_url)
        return LiveExchange("binance", config, keys, wall_clock)

    async def restart(self) -> None:
        await self.exchange.close()
        self.exchange = self._make()
        await self.exchange.connect(self.sink)


async def test_a_revoked_key_stops_the_connection_before_anything_large_is_read() -> None:
    async with open_venue("binance", connect=False) as venue:
        venue.floor.accounts[venue.key].is_revoked = True
        with pytest.raises(Refused) as refusal:
            await venue.exchange.connect(venue.sink)
        assert refusal.value.code == "key_refused"
        assert venue.faults.count("GET /api/v3/exchangeInfo") == 0
        assert venue.faults.count("GET /api/v3/account") == 1


async def test_a_key_that_cannot_be_had_keeps_the_account_disconnected() -> None:
    async with open_venue("binance", connect=False) as venue:

        async def locked() -> Credentials:
            raise Refused("The key store is locked.", "key_locked")

        exchange = LiveExchange("binance", LiveConfig(rest_url=venue.stand.rest_url), locked, venue.clock)
        for ask in (exchange.connect(venue.sink), exchange.check_key()):
            with pytest.raises(Refused) as refusal:
                await ask
            assert refusal.value.code == "key_locked"
        with pytest.raises(Unreachable):
            await exchange.balances()
        assert venue.faults.calls == []


@pytest.mark.parametrize("exchange_id", ["binance", "kucoin"])
async def test_a_key_is_checked_without_connecting(exchange_id: str) -> None:
    async with open_venue(exchange_id, connect=False) as venue:
        venue.floor.accounts[venue.key].may_withdraw = True
        report = await venue.exchange.check_key()
        assert report.rights.withdraw or report.rights.transfer
        assert report.rights.ip_restricted is True
        assert report.clock_offset_ms is not None
        assert venue.exchange.markets() == {}


async def test_the_clock_of_the_exchange_is_followed_and_never_goes_back_by_a_little() -> None:
    async with open_venue("binance") as venue:
        assert abs(venue.exchange.now() - venue.floor.now()) < 1_000
        session = venue.exchange._session
        assert session is not None
        before = venue.exchange.now()
        session.clock.offset_ms -= 500
        assert venue.exchange.now() == before
        session.clock.offset_ms -= 3_600_000
        assert venue.exchange.now() < before


async def test_it_connects_again_after_it_was_closed() -> None:
    async with open_venue("binance") as venue:
        await venue.exchange.close()
        with pytest.raises(Unreachable):
            await venue.exchange.open_orders()
        await venue.exchange.connect(venue.sink)
        assert await venue.exchange.open_orders() == ()


class TestAsAnyExchange(Behaviour):
    @pytest.fixture
    async def bench(self) -> AsyncIterator[LiveBench]:
        async with BinanceStand(a_floor()) as stand:
            bench = LiveBench(stand)
            await bench.exchange.connect(bench.sink)
            yield bench
            await bench.exchange.close()
