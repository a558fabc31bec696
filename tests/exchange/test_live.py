"""A live account against a stand-in of Binance, through the real client library."""

from collections.abc import AsyncIterator

import pytest

from desktop_app.core.credentials import Credentials, Secret
from desktop_app.exchange.live import LiveExchange
from desktop_app.exchange.live_config import LiveConfig
from tests.exchange.behaviour import Behaviour, FakeSink
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


class TestAsAnyExchange(Behaviour):
    @pytest.fixture
    async def bench(self) -> AsyncIterator[LiveBench]:
        async with BinanceStand(a_floor()) as stand:
            bench = LiveBench(stand)
            await bench.exchange.connect(bench.sink)
            yield bench
            await bench.exchange.close()
