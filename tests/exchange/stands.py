"""A live account on a stand-in of its exchange, with a clock that a test moves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from time import monotonic_ns

from desktop_app.core.credentials import Credentials, Secret
from desktop_app.exchange.gateway.budget import Budgets
from desktop_app.exchange.live.exchange import LiveExchange
from desktop_app.exchange.live_config import LiveConfig
from tests.exchange.behaviour import FakeSink
from tests.loopback import binance, kucoin
from tests.loopback.faults import Faults
from tests.loopback.floor import Floor, Kind, Order, Side

PAIR = "BTC/USDT"
START = 1_764_000_000_000


@dataclass
class Clock:
    """Goes with the real one, from wherever a test has put it."""

    leapt: int = START - monotonic_ns() // 1_000_000

    def __call__(self) -> int:
        return self.leapt + monotonic_ns() // 1_000_000

    def leap(self, ms: int) -> None:
        self.leapt += ms


@dataclass
class Venue:
    exchange_id: str
    stand: binance.BinanceStand | kucoin.KucoinStand
    key: str
    clock: Clock
    sink: FakeSink = field(default_factory=FakeSink)
    seconds: float = 0.0
    exchange: LiveExchange = field(init=False)

    def __post_init__(self) -> None:
        self.exchange = self.make()

    def make(self) -> LiveExchange:
        async def keys() -> Credentials:
            if self.exchange_id == "binance":
                return Credentials(Secret(binance.KEY), Secret(binance.SECRET))
            return Credentials(Secret(kucoin.KEY), Secret(kucoin.SECRET), Secret(kucoin.PASSWORD))

        config = LiveConfig(rest_url=self.stand.rest_url, ws_url=self.stand.ws_url)
        budgets = Budgets(clock=lambda: self.seconds)
        return LiveExchange(self.exchange_id, config, keys, self.clock, budgets=budgets)

    @property
    def floor(self) -> Floor:
        return self.stand.floor

    @property
    def faults(self) -> Faults:
        return self.stand.faults

    def order(self, client_id: str, side: Side = "buy", amount: str = "0.001", price: str = "") -> Order:
        """An order that nobody of this program has sent, placed on the floor."""
        kind = Kind.LIMIT if price else Kind.MARKET
        pair, account = self.floor.pair(PAIR.replace("/", "")), self.floor.accounts[self.key]
        return self.floor.place(Order(account, pair, client_id, side, kind, Decimal(amount), Decimal(price or 0)))


@asynccontextmanager
async def open_venue(exchange_id: str, *, connect: bool = True) -> AsyncIterator[Venue]:
    clock = Clock()
    stand: binance.BinanceStand | kucoin.KucoinStand
    if exchange_id == "binance":
        stand, key = binance.BinanceStand(binance.a_floor(clock)), binance.KEY
    else:
        stand, key = kucoin.KucoinStand(kucoin.a_floor(clock)), kucoin.KEY
    async with stand:
        venue = Venue(exchange_id, stand, key, clock)
        if connect:
            await venue.exchange.connect(venue.sink)
        try:
            yield venue
        finally:
            await venue.exchange.close()
