"""A price feed on a stand-in exchange, through real ccxt, in a world where waiting passes forty times faster."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from time import monotonic

import pytest

from desktop_app.core.market import Market
from desktop_app.exchange.feed.prices import PublicFeed
from desktop_app.exchange.gateway.client import Client, open_client
from desktop_app.exchange.live_config import LiveConfig
from tests.exchange.behaviour import FakeSink
from tests.loopback import binance, kucoin
from tests.loopback.faults import Faults
from tests.loopback.floor import Floor

HURRY = 25
PATIENCE_SECONDS = 25.0
BTC, ETH = "BTC/USDT", "ETH/USDT"
MARKET = "ws market"  # what faults call the sockets of the market

Stand = binance.BinanceStand | kucoin.KucoinStand


async def sleep(seconds: float) -> None:
    await asyncio.sleep(seconds / HURRY)


def steady() -> int:
    return int(monotonic() * 1000 * HURRY)


async def until(is_so: Callable[[], object]) -> None:
    """Wait for something that comes over a socket."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not is_so():  # noqa: ASYNC110 - it is a socket that is waited for
                await asyncio.sleep(0.005)
    except TimeoutError:
        pytest.fail("it did not come to be")


@dataclass
class Feeding:
    """Everything of one test."""

    floor: Floor
    stand: Stand
    client: Client
    feed: PublicFeed
    sink: FakeSink

    @property
    def faults(self) -> Faults:
        return self.stand.faults

    @property
    def told(self) -> list[Decimal]:
        return [tick.price for tick in self.sink.prices]

    async def hear(self) -> None:
        """Subscribe, and wait until the streams speak."""
        await self.feed.subscribe([BTC])
        await until(lambda: self.lines_heard or self.nudge())

    @property
    def lines_heard(self) -> bool:
        lines = list(self.feed._lines)
        return bool(lines) and all(line.is_heard for line in lines)

    def nudge(self, symbol: str = "BTCUSDT") -> bool:
        """Have something happen, because a stand says nothing by itself."""
        self.floor.move(symbol, self.floor.pair(symbol).price)
        return False

    def move(self, price: str) -> None:
        self.floor.move("BTCUSDT", price)


def stand_on(exchange: str, floor: Floor | None = None) -> Stand:
    if exchange == "binance":
        return binance.BinanceStand(floor or binance.a_floor())
    return kucoin.KucoinStand(floor or kucoin.a_floor())


@asynccontextmanager
async def feeding(exchange: str) -> AsyncIterator[Feeding]:
    stand = stand_on(exchange)
    async with stand:
        client = await open_client(exchange, LiveConfig(rest_url=stand.rest_url, ws_url=stand.ws_url), None)
        await client.load_markets()
        markets = {symbol: Market(symbol, *symbol.split("/")) for symbol in client.api.markets}
        sink = FakeSink()
        feed = PublicFeed(client, lambda: markets, client.api.milliseconds, sleep=sleep, steady=steady)
        await feed.start(sink)
        try:
            yield Feeding(stand.floor, stand, client, feed, sink)
        finally:
            await feed.close()
            await client.close()
