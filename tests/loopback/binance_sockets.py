"""Binance's two kinds of websockets on the floor: market streams and the websocket API with the user's stream."""

import asyncio
import contextlib
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from aiohttp import WSMsgType, web

from tests.loopback.binance_desk import Desk, Params, day_row, levels
from tests.loopback.binance_words import RATE_LIMITS, Json, Wrong, account_position, execution_report, number, wrong
from tests.loopback.faults import Faults
from tests.loopback.floor import ONE_MINUTE, Account, BalanceNews, Floor, News, OrderNews, Pair, PriceNews

MARKET, PRIVATE = "ws market", "ws private"
_METHODS = {
    "ping": ("GET", "/api/v3/ping"),
    "time": ("GET", "/api/v3/time"),
    "order.place": ("POST", "/api/v3/order"),
    "order.cancel": ("DELETE", "/api/v3/order"),
    "order.status": ("GET", "/api/v3/order"),
    "openOrders.status": ("GET", "/api/v3/openOrders"),
    "account.status": ("GET", "/api/v3/account"),
    "myTrades": ("GET", "/api/v3/myTrades"),
}
Authorize = Callable[[str, str, str, Params], Account]


@dataclass(eq=False)
class Connection:
    """One client's socket. Frames are queued, because the floor tells its news in the middle of things."""

    number: int
    name: str
    socket: web.WebSocketResponse
    streams: set[str] = field(default_factory=set)
    subscriptions: dict[int, Account] = field(default_factory=dict)
    queue: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)

    def say(self, frame: Json) -> None:
        self.queue.put_nowait(json.dumps(frame))


class Sockets:
    """Every open socket, and who gets to hear what."""

    def __init__(self, floor: Floor, desk: Desk, faults: Faults, authorize: Authorize) -> None:
        self._floor = floor
        self._desk = desk
        self._faults = faults
        self._authorize = authorize
        self._count = 0
        self._last_minute: dict[str, int] = {}
        self._last_book: dict[str, Decimal] = {}
        self.connections: list[Connection] = []
        floor.listeners.append(self._hear)

    async def market(self, request: web.Request) -> web.WebSocketResponse:
        return await self._serve(request, MARKET, self._market_frame)

    async def api(self, request: web.Request) -> web.WebSocketResponse:
        return await self._serve(request, PRIVATE, self._api_frame)

    async def disconnect(self, name: str = "") -> None:
        """Hang up on every client of that kind."""
        for connection in [*self.connections]:
            if name in ("", connection.name):
                await connection.socket.close()

    def private(self) -> list[Connection]:
        return [connection for connection in self.connections if connection.subscriptions]

    def terminate(self) -> None:
        """End the users' streams, as after a change of the key; the connection stays."""
        for connection in self.private():
            for number_ in [*connection.subscriptions]:
                event = {"e": "eventStreamTerminated", "E": self._floor.now()}
                connection.say({"subscriptionId": number_, "event": event})
            connection.subscriptions.clear()

    def announce_shutdown(self) -> None:
        event = {"e": "serverShutdown", "E": self._floor.now()}
        for connection in self.connections:
            connection.say({"event": event} if connection.name == PRIVATE else event)

    def beat(self) -> None:
        """Close the candles whose minute is over, also when nothing was traded."""
        minute = self._floor.now() // ONE_MINUTE * ONE_MINUTE
        for pair in self._floor.pairs.values():
            last = self._last_minute.setdefault(pair.symbol, minute)
            while last < minute:
                self._say_candle(pair, last, is_closed=True)
                last += ONE_MINUTE
            self._last_minute[pair.symbol] = minute

    # --- one socket ---------------------------------------------------------------------------------------------------

    async def _serve(
        self, request: web.Request, name: str, hear: Callable[[Connection, Json], None]
    ) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=20)
        await socket.prepare(request)
        self._count += 1
        connection = Connection(self._count, name, socket)
        self.connections.append(connection)
        writer = asyncio.ensure_future(self._write(connection))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT and not self._faults.has_muted(connection.number):
                    hear(connection, json.loads(message.data))
        finally:
            self.connections.remove(connection)
            writer.cancel()
        return socket

    async def _write(self, connection: Connection) -> None:
        while (frame := await connection.queue.get()) is not None:
            with contextlib.suppress(ConnectionError):
                is_answer = frame.startswith(('{"id"', '{"result"'))
                frames = [frame] if is_answer else self._faults.frames(connection.name, connection.number, frame)
                if frames is None:
                    await connection.socket.close()
                    return
                if is_answer and self._faults.has_muted(connection.number):
                    continue
                for one in frames:
                    await connection.socket.send_str(one)

    # --- what clients say ---------------------------------------------------------------------------------------------

    def _market_frame(self, connection: Connection, frame: Json) -> None:
        match frame.get("method"):
            case "SUBSCRIBE":
                connection.streams |= {*frame["params"]}
                connection.say({"result": None, "id": frame["id"]})
                for stream in frame["params"]:
                    self._welcome(connection, stream)
            case "UNSUBSCRIBE":
                connection.streams -= {*frame["params"]}
                connection.say({"result": None, "id": frame["id"]})
            case _:
                connection.say({"error": {"code": 2, "msg": "Invalid request: unknown method"}, "id": frame.get("id")})

    def _welcome(self, connection: Connection, stream: str) -> None:
        """Tickers and books are busy on the real thing: a fresh subscriber hears one within a moment."""
        symbol, _, kind = stream.partition("@")
        pair = self._floor.pairs.get(symbol.upper())
        if pair is None:
            return
        if kind == "bookTicker":
            connection.say(_book_ticker(pair))
        elif kind in ("miniTicker", "ticker"):
            connection.say(self._ticker(pair, kind))

    def _api_frame(self, connection: Connection, frame: Json) -> None:
        request_id, method = frame.get("id"), str(frame.get("method"))
        params = {name: _text(value) for name, value in frame.get("params", {}).items()}
        try:
            result = self._api_answer(connection, method, params)
        except Wrong as problem:
            answer: Json = {
                "id": request_id,
                "status": problem.http,
                "error": problem.json(),
                "rateLimits": RATE_LIMITS[:1],
            }
        else:
            answer = {"id": request_id, "status": 200, "result": result, "rateLimits": RATE_LIMITS[:1]}
        connection.say(answer)

    def _api_answer(self, connection: Connection, method: str, params: Params) -> object:
        if method == "userDataStream.unsubscribe":
            connection.subscriptions.clear()
            return {}
        if method == "userDataStream.subscribe.signature":
            account = self._api_account(params)
            number_ = len(connection.subscriptions)
            connection.subscriptions[number_] = account
            return {"subscriptionId": number_}
        if method not in _METHODS:
            raise wrong(-1000, f"Unknown method: {method}")
        endpoint = _METHODS[method]
        if endpoint in self._desk.public:
            return self._desk.public[endpoint](params)
        return self._desk.private[endpoint](self._api_account(params), params)

    def _api_account(self, params: Params) -> Account:
        signed = "&".join(f"{name}={value}" for name, value in sorted(params.items()) if name != "signature")
        return self._authorize(params.get("apiKey", ""), signed, params.get("signature", ""), params)

    # --- what the floor says ------------------------------------------------------------------------------------------

    def _hear(self, news: News) -> None:
        match news:
            case PriceNews():
                self._price(news)
            case OrderNews(order=order):
                assets = {order.pair.base, order.pair.quote, *(trade.fee_asset for trade in order.trades)}
                self._tell(order.account, execution_report(news, self._floor.now()))
                self._tell(order.account, account_position(order.account, assets, self._floor.now()))
            case BalanceNews(account=account, asset=asset, change=change):
                now = self._floor.now()
                self._tell(account, {"e": "balanceUpdate", "E": now, "a": asset, "d": number(change), "T": now})
                self._tell(account, account_position(account, [asset], now))

    def _tell(self, account: Account, event: Json) -> None:
        for connection in self.connections:
            for number_, owner in connection.subscriptions.items():
                if owner is account:
                    connection.say({"subscriptionId": number_, "event": event})

    def _publish(self, stream: str, event: Json) -> None:
        for connection in self.connections:
            if stream in connection.streams:
                connection.say(event)

    def _price(self, news: PriceNews) -> None:
        self.beat()
        pair, now = news.pair, self._floor.now()
        trade_id = self._desk.tape.write(news, now)
        name = pair.symbol.lower()
        trade = {
            "e": "trade",
            "E": now,
            "s": pair.symbol,
            "t": trade_id,
            "p": number(news.price),
            "q": number(news.amount),
            "T": now,
            "m": True,
            "M": True,
        }
        many = {"e": "aggTrade", "a": trade_id, "f": trade_id, "l": trade_id}
        self._publish(f"{name}@trade", trade)
        self._publish(f"{name}@aggTrade", {key: value for key, value in trade.items() if key != "t"} | many)
        self._publish(f"{name}@bookTicker", _book_ticker(pair))
        for kind in ("miniTicker", "ticker"):
            self._publish(f"{name}@{kind}", self._ticker(pair, kind))
        self._say_candle(pair, now // ONE_MINUTE * ONE_MINUTE, is_closed=False)
        self._say_depth(pair)

    def _say_depth(self, pair: Pair) -> None:
        before = self._last_book.get(pair.symbol, pair.price)
        self._last_book[pair.symbol] = pair.price
        gone_bids, gone_asks = levels(pair, before)
        bids, asks = levels(pair)
        event = {
            "e": "depthUpdate",
            "E": self._floor.now(),
            "s": pair.symbol,
            "U": pair.book_version,
            "u": pair.book_version,
            "b": _changes(gone_bids, bids),
            "a": _changes(gone_asks, asks),
        }
        for speed in ("", "@100ms"):
            self._publish(f"{pair.symbol.lower()}@depth{speed}", event)

    def _say_candle(self, pair: Pair, at: int, *, is_closed: bool) -> None:
        for _, (first, high, low, last, volume) in self._floor.candles(pair.symbol, at, at + 1):
            half, cost = number(volume / 2), number(volume * last)
            candle = {
                "t": at,
                "T": at + ONE_MINUTE - 1,
                "s": pair.symbol,
                "i": "1m",
                "f": 1,
                "L": 1,
                **dict(zip("ohlcv", map(number, (first, high, low, last, volume)), strict=True)),
                "n": 1,
                "x": is_closed,
                "q": cost,
                "V": half,
                "Q": cost,
                "B": "0",
            }
            event = {"e": "kline", "E": self._floor.now(), "s": pair.symbol, "k": candle}
            self._publish(f"{pair.symbol.lower()}@kline_1m", event)

    def _ticker(self, pair: Pair, kind: str) -> Json:
        now = self._floor.now()
        day = day_row(pair, now, self._desk.tape)
        event: Json = {
            "e": "24hrMiniTicker",
            "E": now,
            "s": pair.symbol,
            "c": day["lastPrice"],
            "o": day["openPrice"],
            "h": day["highPrice"],
            "l": day["lowPrice"],
            "v": day["volume"],
            "q": day["quoteVolume"],
        }
        if kind == "miniTicker":
            return event
        book = _book_ticker(pair)
        return event | {
            "e": "24hrTicker",
            "p": day["priceChange"],
            "P": day["priceChangePercent"],
            "w": day["weightedAvgPrice"],
            "x": day["prevClosePrice"],
            "Q": day["lastQty"],
            **{name: book[name] for name in "bBaA"},
            "O": day["openTime"],
            "C": day["closeTime"],
            "F": day["firstId"],
            "L": day["lastId"],
            "n": day["count"],
        }


def sign(secret: str, signed: str) -> str:
    return hmac.new(secret.encode(), signed.encode(), hashlib.sha256).hexdigest()


def _book_ticker(pair: Pair) -> Json:
    bids, asks = levels(pair)
    prices = zip("bBaA", (*bids[0], *asks[0]), strict=True)
    return {"u": pair.book_version, "s": pair.symbol, **{name: number(value) for name, value in prices}}


def _changes(before: list[tuple[Decimal, Decimal]], after: list[tuple[Decimal, Decimal]]) -> list[list[str]]:
    now = dict(after)
    gone = [[number(price), number(Decimal(0))] for price, _ in before if price not in now]
    return gone + [[number(price), number(size)] for price, size in after]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
