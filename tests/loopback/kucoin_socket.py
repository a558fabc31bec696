"""The KuCoin stand's websockets: tokens from the bullet endpoints, topics, and the messages that go out on them."""

import asyncio
import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from aiohttp import WSMsgType, web

from tests.loopback import kucoin_words as words
from tests.loopback.faults import Faults
from tests.loopback.floor import (
    ONE_MINUTE,
    ZERO,
    Account,
    BalanceNews,
    Floor,
    Kind,
    News,
    No,
    Order,
    OrderNews,
    Pair,
    PriceNews,
)
from tests.loopback.kucoin_market import MINUTES
from tests.loopback.kucoin_words import Json

PING_INTERVAL_MS = 18_000
PING_TIMEOUT_MS = 10_000
TOKEN_LIVES_MS = 86_400_000
_PRIVATE = {"/spotMarket/tradeOrders", "/spotMarket/tradeOrdersV2", "/spotMarket/advancedOrders", "/account/balance"}
_PUBLIC = {
    "/market/match", "/market/ticker", "/market/snapshot", "/market/candles", "/market/level2",
    "/spotMarket/level1", "/spotMarket/level2Depth5", "/spotMarket/level2Depth50",
}  # fmt: skip
_DAY_NUMBERS = ("buy", "sell", "high", "low", "vol", "volValue", "changePrice", "changeRate")


@dataclass(slots=True)
class _Token:
    account: Account | None
    born: int


@dataclass(eq=False)
class _Line:
    """One connection. What is to be said waits in `out`, None: hang up."""

    number: int
    account: Account | None
    topics: set[str] = field(default_factory=set)
    out: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)

    @property
    def name(self) -> str:
        return "ws market" if self.account is None else "ws private"


class Sockets:
    """Every websocket of one stand."""

    def __init__(self, floor: Floor, faults: Faults, *, is_hf: bool) -> None:
        self.floor = floor
        self.faults = faults
        self.is_hf = is_hf
        self.opened = 0  # connections ever made
        self._lines: set[_Line] = set()
        self._tokens: dict[str, _Token] = {}
        self._numbers = itertools.count(1)
        self._subscribed = asyncio.Event()
        self._books: dict[str, Json] = {}
        self._balances: dict[tuple[str, str], Decimal] = {}
        floor.listeners.append(self._hear)

    def bullet(self, account: Account | None, address: str) -> Json:
        """Where to connect, and the token to connect with."""
        token = f"2neAiuYvAU61ZDXANAGAsiL4{next(self._numbers):08d}=="
        self._tokens[token] = _Token(account, self.floor.now())
        server = {
            "endpoint": address,
            "encrypt": address.startswith("wss"),
            "protocol": "websocket",
            "pingInterval": PING_INTERVAL_MS,
            "pingTimeout": PING_TIMEOUT_MS,
        }
        return {"token": token, "instanceServers": [server]}

    async def disconnect(self, name: str = "") -> None:
        """Hang up on every client of that kind: "ws market", "ws private" or all."""
        for line in [*self._lines]:
            if name in ("", line.name):
                line.out.put_nowait(None)

    def expire_tokens(self) -> None:
        for token in self._tokens.values():
            token.born -= TOKEN_LIVES_MS

    @property
    def topics(self) -> list[str]:
        return sorted(topic for line in self._lines for topic in line.topics)

    async def until_heard(self, topics: int) -> None:
        """Return when so many topics are subscribed to."""
        while len(self.topics) < topics:
            self._subscribed.clear()
            await self._subscribed.wait()

    # --- one connection -----------------------------------------------------------------------------------------------

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.opened += 1
        token = self._tokens.get(request.query.get("token", ""))
        if token is None or token.born + TOKEN_LIVES_MS <= self.floor.now():
            wrong = "token is invalid" if token is None else "token is expired"
            await socket.send_json({"id": "", "type": "error", "code": 401, "data": wrong})
            await socket.close()
            return socket
        line = _Line(next(self._numbers), token.account)
        self._lines.add(line)
        line.out.put_nowait(_plain({"id": request.query.get("connectId", ""), "type": "welcome"}))
        try:
            async with asyncio.TaskGroup() as tasks:
                speaking = tasks.create_task(self._speak(line, socket))
                await self._listen(line, socket)
                speaking.cancel()
        finally:
            self._lines.discard(line)
        return socket

    async def _listen(self, line: _Line, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            asked = json.loads(message.data)
            answer = self._answer(line, asked)
            if answer is not None and not self.faults.has_muted(line.number):
                line.out.put_nowait(_plain(answer))

    async def _speak(self, line: _Line, socket: web.WebSocketResponse) -> None:
        while True:
            frame = await line.out.get()
            if frame is None:
                break
            out: list[str] | None = [frame]
            if '"type":"message"' in frame:
                out = self.faults.frames(line.name, line.number, frame)
            if out is None:
                break
            try:
                for one in out:
                    await socket.send_str(one)
            except ConnectionError:
                return
        await socket.close()

    def _answer(self, line: _Line, asked: Json) -> Json | None:
        identity, topic = asked.get("id", ""), str(asked.get("topic", ""))
        match asked.get("type"):
            case "ping":
                return {"id": identity, "type": "pong", "timestamp": self.floor.now() * 1000}
            case "subscribe":
                wrong = self._wrong(line, topic)
                if wrong is not None:
                    return {"id": identity, "type": "error"} | wrong
                line.topics |= set(_single(topic))
                self._subscribed.set()
            case "unsubscribe":
                line.topics -= set(_single(topic))
            case _:
                return {"id": identity, "type": "error", "code": 415, "data": "type is not supported"}
        return {"id": identity, "type": "ack"} if asked.get("response") else None

    def _wrong(self, line: _Line, topic: str) -> Json | None:
        kind, _, rest = topic.partition(":")
        if kind in _PRIVATE:
            if line.account is None:
                return {"code": 403, "data": f"topic {topic} is not permitted"}
            return None
        if kind not in _PUBLIC:
            return {"code": 404, "data": f"topic {topic} is not found"}
        for name in rest.split(","):
            symbol, _, size = name.partition("_")
            if symbol == "all":
                continue
            try:
                self.floor.pair(words.floor_symbol(symbol))
            except No:
                return {"code": 404, "data": f"topic {topic} is not found"}
            if kind == "/market/candles" and size not in MINUTES:
                return {"code": 404, "data": f"topic {topic} is not found"}
        return None

    # --- news ---------------------------------------------------------------------------------------------------------

    def _hear(self, news: News) -> None:
        match news:
            case PriceNews(pair, price, amount):
                self._say_price(pair, price, amount)
            case OrderNews(order, what, trade):
                for kind, status in _phases(self.floor, order, what, news):
                    told = trade if kind == "match" else None
                    body = words.order_news(order, kind, status, self.floor.now(), told, is_classic=not self.is_hf)
                    self._say_order(order.account, kind, body)
                event = {"new": "hold", "trade": "setted"}.get(what, "unhold")
                self._say_balances(order.account, event, (order.pair.quote, order.pair.base), order)
            case BalanceNews(account, asset, _):
                self._say_balances(account, "transfer", (asset,), None)

    def _say_order(self, account: Account, kind: str, body: Json) -> None:
        for topic in ("/spotMarket/tradeOrders", "/spotMarket/tradeOrdersV2"):
            if kind == "received" and topic == "/spotMarket/tradeOrders":
                continue  # the older topic begins with the order in the book
            self._say_private(account, topic, "orderChange", body)

    def _say_balances(self, account: Account, event: str, assets: Iterable[str], order: Order | None) -> None:
        kind = "trade_hf" if self.is_hf else "trade"
        for asset in assets:
            before = self._balances.get((account.key, asset), ZERO)
            after = self._balances[(account.key, asset)] = account.of(asset).free
            body = words.balance_news(account, asset, after - before, f"{kind}.{event}", order, self.floor.now())
            self._say_private(account, "/account/balance", "account.balance", body)

    def _say_private(self, account: Account, topic: str, subject: str, data: Json) -> None:
        frame = _message(topic, subject, data) | {"userId": str(account.uid), "channelType": "private"}
        for line in self._lines:
            if line.account is account and topic in line.topics:
                line.out.put_nowait(_plain(frame))

    def _say_price(self, pair: Pair, price: Decimal, amount: Decimal) -> None:
        symbol, now = words.symbol_of(pair), self.floor.now()
        sequence = 11_067_996_711_960_577 + pair.book_version
        body: Json = {
            "symbol": symbol,
            "sequence": str(sequence),
            "side": "buy",
            "size": words.text(amount),
            "price": words.text(price),
            "takerOrderId": words.order_id(0xFFFE),
            "makerOrderId": words.order_id(0xFFFD),
            "tradeId": str(sequence),
            "time": str(now * 1_000_000),
            "type": "match",
        }
        self._say(f"/market/match:{symbol}", "trade.l3match", body)
        self._say_best(pair, symbol, now)
        for name, size in MINUTES.items():
            self._say_candle(pair, symbol, name, size, now)

    def _say_best(self, pair: Pair, symbol: str, now: int) -> None:
        ask, bid = words.text(pair.ask), words.text(pair.bid)
        best: Json = {
            "bestAsk": ask, "bestAskSize": "10", "bestBid": bid, "bestBidSize": "10", "price": words.text(pair.price),
            "sequence": str(pair.book_version), "size": "1", "time": now,
        }  # fmt: skip
        self._say(f"/market/ticker:{symbol}", "trade.ticker", best)
        self._say("/market/ticker:all", symbol, best)
        self._say(
            f"/spotMarket/level1:{symbol}", "level1", {"asks": [ask, "10"], "bids": [bid, "10"], "timestamp": now}
        )
        for depth in (5, 50):
            topic = f"/spotMarket/level2Depth{depth}:{symbol}"
            self._say(topic, "level2", words.book(pair, depth) | {"timestamp": now})
        self._say(f"/market/level2:{symbol}", "trade.l2update", self._delta(pair, symbol, now))
        day: Json = words.ticker(pair, now)
        numbers = {name: float(day[name]) for name in _DAY_NUMBERS}
        day = {"lastTradedPrice": float(pair.price), "datetime": now, "symbol": symbol, "trading": True} | numbers
        self._say(f"/market/snapshot:{symbol}", "trade.snapshot", {"sequence": str(pair.book_version), "data": day})

    def _delta(self, pair: Pair, symbol: str, now: int) -> Json:
        """What to change in yesterday's book to have today's: levels that are gone have size 0."""
        version = pair.book_version
        book = words.book(pair, 100)
        before = self._books.get(symbol, {"asks": [], "bids": []})
        self._books[symbol] = book
        changes = {}
        for side in ("asks", "bids"):
            gone = {price for price, _ in before[side]} - {price for price, _ in book[side]}
            levels = [*([price, "0"] for price in sorted(gone)), *book[side]]
            changes[side] = [[price, size, str(version)] for price, size in levels]
        return {"sequenceStart": version, "sequenceEnd": version, "symbol": symbol, "changes": changes, "time": now}

    def _say_candle(self, pair: Pair, symbol: str, name: str, size: int, now: int) -> None:
        topic = f"/market/candles:{symbol}_{name}"
        if not any(topic in line.topics for line in self._lines):
            return
        start = now - now % (size * ONE_MINUTE)
        rows = [*self.floor.candles(pair.symbol, start, now + 1, size)]
        for at, row in rows[-1:]:
            data: Json = {"symbol": symbol, "candles": words.candle(at, row), "time": now * 1_000_000}
            self._say(topic, "trade.candles.update", data)

    def _say(self, topic: str, subject: str, data: Json) -> None:
        frame = None
        for line in self._lines:
            if topic in line.topics:
                frame = frame or _plain(_message(topic, subject, data))
                line.out.put_nowait(frame)


def _phases(floor: Floor, order: Order, what: str, news: OrderNews) -> list[tuple[str, str]]:
    """The messages that this step of an order's life makes: (type, status)."""
    if what == "new":
        rests = order.kind is not Kind.MARKET and not floor._crosses(order)
        return [("received", "new"), *[("open", "open")][:rests]]
    if what != "trade" or news.trade is None:
        return [("canceled", "done")]
    matched = ("match", "open" if news.trade.is_maker else "match")
    if not order.is_open:
        return [matched, ("filled", "done")]
    rests = not news.trade.is_maker and order.kind is Kind.LIMIT and order.time_in_force not in ("IOC", "FOK")
    return [matched, *[("open", "open")][:rests]]


def _single(topic: str) -> list[str]:
    kind, colon, rest = topic.partition(":")
    return [f"{kind}:{name}" for name in rest.split(",")] if colon else [topic]


def _message(topic: str, subject: str, data: Json) -> Json:
    return {"type": "message", "topic": topic, "subject": subject, "data": data}


def _plain(message: Json) -> str:
    return json.dumps(message, separators=(",", ":"))
