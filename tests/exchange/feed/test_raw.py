"""Messages of exchanges as they were documented and recorded, read without ccxt; and ccxt's caches for all others."""

from collections import deque
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from desktop_app.core.strategy import Watch
from desktop_app.exchange.feed.raw import OFFERS, TRADES, BinanceReader, CacheReader, KucoinReader
from desktop_app.exchange.feed.teller import LiveTeller
from tests.exchange.behaviour import FakeSink

BTC = "BTC/USDT"
NOW = 1_723_161_255_400
TRADE = {
    "e": "trade", "E": 1723161255343, "s": "BTCUSDT", "t": 3735683259, "p": "61837.63000000", "q": "0.02000000",
    "T": 1723161255342, "m": True, "M": True,
}  # fmt: skip
OFFER = {"u": 50093239212, "s": "BTCUSDT", "b": "61837.63000000", "B": "3.78826000", "a": "61837.64000000",
         "A": "1.54698000"}  # fmt: skip
MATCH = {
    "topic": "/market/match:BTC-USDT", "type": "message", "subject": "trade.l3match",
    "data": {
        "makerOrderId": "67b0e3f2", "price": "61837.6", "sequence": "11067996711960577", "side": "buy", "size": "0.02",
        "symbol": "BTC-USDT", "takerOrderId": "67b0e3f3", "time": "1723161255342000000", "tradeId": "11067996711960577",
        "type": "match",
    },
}  # fmt: skip
LEVEL1 = {
    "topic": "/spotMarket/level1:BTC-USDT", "type": "message", "subject": "level1",
    "data": {"asks": ["61837.7", "0.84"], "bids": ["61837.6", "1.6"], "timestamp": 1723161255342},
}  # fmt: skip


@dataclass
class Reading:
    """A reader's surroundings."""

    sink: FakeSink = field(default_factory=FakeSink)
    heard: list[tuple[str, str]] = field(default_factory=list)
    closings: int = 0

    def __post_init__(self) -> None:
        self.teller = LiveTeller(self.sink, lambda: NOW, doubt=lambda _: None, want=lambda *_: None)
        self.teller.subscribe([BTC], NOW)
        self.sink.watches[BTC] = Watch(follows=True)

    def note(self, kind: str, symbol: str) -> None:
        self.heard.append((kind, symbol))

    def close(self) -> None:
        self.closings += 1

    def binance(self) -> BinanceReader:
        reader = BinanceReader(self.teller, self.note, self.close)
        reader.names = {"BTCUSDT": BTC}
        return reader

    def kucoin(self) -> KucoinReader:
        reader = KucoinReader(self.teller, self.note, self.close)
        reader.names = {"BTC-USDT": BTC}
        return reader


def test_binances_trades_and_offers_are_read() -> None:
    at = Reading()
    reader = at.binance()
    assert reader(TRADE)
    assert reader(OFFER)
    at.teller.flush()
    tick = at.sink.prices[-1]
    assert (tick.price, tick.bid, tick.ask) == (Decimal("61837.63"), Decimal("61837.63"), Decimal("61837.64"))
    assert tick.at == TRADE["T"]
    assert at.heard == [(TRADES, BTC), (OFFERS, BTC)]


def test_kucoins_trades_and_offers_are_read() -> None:
    at = Reading()
    reader = at.kucoin()
    assert reader(MATCH)
    assert reader(LEVEL1)
    at.teller.flush()
    tick = at.sink.prices[-1]
    assert (tick.price, tick.bid, tick.ask) == (Decimal("61837.6"), Decimal("61837.6"), Decimal("61837.7"))
    assert tick.at == 1723161255342


def test_a_pair_that_nobody_asked_for_is_passed_over() -> None:
    at = Reading()
    assert at.binance()({**TRADE, "s": "这是测试币456USDT"})
    assert at.heard == []


@pytest.mark.parametrize("message", [{"result": None, "id": 1}, {"e": "kline"}, {"id": 1, "error": {"code": 2}}, {}])
def test_what_is_neither_is_left_to_ccxt(message: dict[str, Any]) -> None:
    assert not Reading().binance()(message)
    assert not Reading().kucoin()(message)


def test_an_announced_shutdown_is_heard() -> None:
    at = Reading()
    assert at.binance()({"e": "serverShutdown", "E": 1770123456789})
    assert at.closings == 1


@dataclass
class FakeApi:
    """ccxt's object, as far as its caches go."""

    trades: dict[str, Any] = field(default_factory=dict)
    bidsasks: dict[str, Any] = field(default_factory=dict)
    tickers: dict[str, Any] = field(default_factory=dict)

    def milliseconds(self) -> int:
        return NOW


def a_trade(number: int, price: str) -> dict[str, Any]:
    return {"id": str(number), "price": price, "amount": "1", "timestamp": NOW + number}


def test_every_trade_of_a_cache_is_taken_once_and_in_order() -> None:
    at, api = Reading(), FakeApi()
    reader = CacheReader(api, at.teller, at.note)
    api.trades[BTC] = deque([a_trade(1, "100"), a_trade(2, "101")])
    reader.trades((BTC, "ETH/USDT"))
    reader.trades((BTC,))
    api.trades[BTC].append(a_trade(3, "102"))
    reader.trades((BTC,))
    assert [tick.price for tick in at.sink.prices] == [100, 101, 102]


def test_a_trade_that_cannot_be_read_is_passed_over() -> None:
    at, api = Reading(), FakeApi()
    api.trades[BTC] = deque([a_trade(1, "100") | {"price": None}, a_trade(2, "101")])
    CacheReader(api, at.teller, at.note).trades((BTC,))
    assert [tick.price for tick in at.sink.prices] == [101]


def test_where_no_trades_are_streamed_the_ticker_tells_the_price() -> None:
    at, api = Reading(), FakeApi()
    reader = CacheReader(api, at.teller, at.note)
    api.tickers[BTC] = {"last": Decimal(100), "timestamp": NOW}
    reader.tickers((BTC,))
    reader.tickers((BTC,))
    api.bidsasks[BTC] = {"bid": "99", "ask": "101"}
    reader.offers((BTC,))
    at.teller.flush()
    assert [tick.price for tick in at.sink.prices] == [100, 100]
    assert [tick.bid for tick in at.sink.prices] == [None, 99]
