"""Whole accounts on six exchanges, in made-up answers of their form: connected, priced, and closed, without streams."""

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal
from time import monotonic
from typing import Any

import pytest
from aiohttp import web

from desktop_app.core.credentials import Credentials
from desktop_app.core.events import PriceTick
from desktop_app.core.market import Balance, Candle
from desktop_app.core.strategy import Watch
from desktop_app.exchange.gateway.budget import Budgets
from desktop_app.exchange.live.exchange import LiveExchange
from desktop_app.exchange.live_config import LiveConfig
from desktop_app.exchange.protocol import OrderReport, TradeReport
from tests.exchange.replies import AT, AT_S, CLIENT_ID, VENUES
from tests.exchange.venue import SYMBOL, Answer, Venue, keys_of
from tests.exchange.venues.test_checked_accounts import SAYS

MINUTE = 60_000
CANDLE_S = AT_S - AT_S % 60 - 120
CANDLE_AT = CANDLE_S * 1_000
_CANDLE = "49900", "50100", "49800", "50000", "1.5"


def _okx(data: Any) -> Answer:
    return Answer({"code": "0", "msg": "", "data": data})


def _bybit(rows: Any) -> Answer:
    return Answer({"retCode": 0, "retMsg": "OK", "time": AT, "result": {"category": "spot", "list": rows}})


def _bitget(data: Any) -> Answer:
    return Answer({"code": "00000", "msg": "success", "requestTime": AT, "data": data})


# Tickers, and the candle of the minute before the last whole one.
PRICES: dict[str, dict[str, Answer]] = {
    "okx": {
        "GET /api/v5/market/tickers": _okx([
            {"instType": "SPOT", "instId": "BTC-USDT", "last": "50000", "lastSz": "0.1", "askPx": "50000.1",
             "askSz": "1", "bidPx": "49999.9", "bidSz": "1", "open24h": "49000", "high24h": "51000", "low24h": "48000",
             "volCcy24h": "2222000", "vol24h": "44", "ts": str(AT)}]),
        "GET /api/v5/market/(history-)?candles": _okx([[str(CANDLE_AT), *_CANDLE, "1", "1", "1"]]),
    },
    "bybit": {
        "GET /v5/market/tickers": _bybit([
            {"symbol": "BTCUSDT", "bid1Price": "49999.9", "bid1Size": "1", "ask1Price": "50000.1", "ask1Size": "1",
             "lastPrice": "50000", "prevPrice24h": "49000", "price24hPcnt": "0.02", "highPrice24h": "51000",
             "lowPrice24h": "48000", "turnover24h": "2222000", "volume24h": "44"}]),
        "GET /v5/market/kline": _bybit([[str(CANDLE_AT), *_CANDLE, "75000"]]),
    },
    "kraken": {
        "GET /0/public/Ticker": Answer({"error": [], "result": {"XBTUSDT": {
            "a": ["50000.1", "1", "1.000"], "b": ["49999.9", "1", "1.000"], "c": ["50000", "0.1"], "v": ["44", "44"],
            "p": ["50000", "50500"], "t": [1, 1], "l": ["48000", "48000"], "h": ["51000", "51000"], "o": "49000"}}}),
        "GET /0/public/OHLC": Answer({"error": [], "result": {
            "XBTUSDT": [[CANDLE_S, *_CANDLE[:4], *_CANDLE[3:], 5]], "last": CANDLE_S}}),
    },
    "coinbase": {
        "GET /api/v3/brokerage/(market/)?products/BTC-USDT/candles": Answer({"candles": [
            {"start": str(CANDLE_S), "open": "49900", "high": "50100", "low": "49800", "close": "50000",
             "volume": "1.5"}]}),
    },
    "gate": {
        "GET /api/v4/spot/tickers": Answer([
            {"currency_pair": "BTC_USDT", "last": "50000", "lowest_ask": "50000.1", "highest_bid": "49999.9",
             "change_percentage": "2", "base_volume": "44", "quote_volume": "2222000", "high_24h": "51000",
             "low_24h": "48000"}]),
        "GET /api/v4/spot/candlesticks": Answer(
            [[str(CANDLE_S), "75000", "50000", "50100", "49800", "49900", "1.5", "true"]]),
    },
    "bitget": {
        "GET /api/v2/spot/market/tickers": _bitget([
            {"symbol": "BTCUSDT", "high24h": "51000", "open": "49000", "low24h": "48000", "lastPr": "50000",
             "quoteVolume": "2222000", "baseVolume": "44", "bidPr": "49999.9", "askPr": "50000.1", "bidSz": "1",
             "askSz": "1", "openUtc": "49000", "ts": str(AT), "change24h": "0.02"}]),
        "GET /api/v2/spot/market/(history-)?candles": _bitget([[str(CANDLE_AT), *_CANDLE, "1", "1"]]),
    },
}  # fmt: skip


@dataclass
class Listener:
    """Takes everything; only prices are of interest."""

    prices: list[PriceTick] = field(default_factory=list)
    has_price: asyncio.Event = field(default_factory=asyncio.Event)

    def on_price(self, tick: PriceTick) -> None:
        self.prices.append(tick)
        self.has_price.set()

    def on_candle(self, symbol: str, candle: Candle, *, is_closed: bool) -> None: ...
    def on_order(self, report: OrderReport) -> None: ...
    def on_trade(self, trade: TradeReport) -> None: ...
    def on_feed(self, *, is_live: bool, reason: str) -> None: ...
    def on_markets(self) -> None: ...
    def watch(self, symbol: str) -> Watch:
        return Watch()

    def wake_at(self) -> int | None:
        return None

    async def settled(self) -> None: ...


@pytest.mark.parametrize("name", PRICES)
async def test_an_account_is_connected_and_priced_without_any_stream(name: str) -> None:
    words, says = VENUES[name], SAYS[name]
    told = {**PRICES[name], **words.before, **says.pairs, **says.holds, **says.time, **words.lists, **words.trades}
    venue = Venue(told)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", venue.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]

    async def keys() -> Credentials:
        return keys_of(name)

    config = LiveConfig(rest_url=f"http://{host}:{port}", ws_url=f"ws://{host}:{port}")
    hurried = Budgets(clock=lambda: monotonic() * 1_000, sleep=lambda seconds: asyncio.sleep(seconds / 1_000))
    exchange, listener = LiveExchange(name, config, keys, lambda: AT, budgets=hurried), Listener()
    try:
        await exchange.connect(listener)
        assert dict(exchange.markets()) == {SYMBOL: says.rules}
        assert await exchange.balances() == {"USDT": Balance("USDT", Decimal(900), Decimal(100))}
        assert [one.client_id for one in await exchange.open_orders()] == [CLIENT_ID]
        await exchange.subscribe([SYMBOL])
        await asyncio.wait_for(listener.has_price.wait(), 30)
        candles = await exchange.candles(SYMBOL, "1m", CANDLE_AT, CANDLE_AT + MINUTE)
    finally:
        await exchange.close()
        await runner.cleanup()

    assert (listener.prices[0].symbol, listener.prices[0].price) == (SYMBOL, Decimal(50_000))
    assert [candles.candle(i) for i in range(len(candles))] == [
        Candle(CANDLE_AT, Decimal(49_900), Decimal(50_100), Decimal(49_800), Decimal(50_000), Decimal("1.5"))
    ]
