"""What the KuCoin stand tells everybody: time, markets, tickers, books, candles."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from tests.loopback import kucoin_words as words
from tests.loopback.floor import Floor, No, Pair
from tests.loopback.kucoin_keys import Refusal
from tests.loopback.kucoin_words import Json

Answer = Callable[[web.Request], Awaitable[object]]

MINUTES = {
    "1min": 1, "3min": 3, "5min": 5, "15min": 15, "30min": 30, "1hour": 60, "2hour": 120, "4hour": 240, "6hour": 360,
    "8hour": 480, "12hour": 720, "1day": 1440, "1week": 10080,
}  # fmt: skip
_MOST_CANDLES = 1500


def pair_of(floor: Floor, symbol: str) -> Pair:
    try:
        pair = floor.pair(words.floor_symbol(symbol))
    except No:
        pair = None
    if pair is None or words.symbol_of(pair) != symbol:
        raise Refusal("900001", "Symbol not exists")
    return pair


class Market:
    """The public half."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor

    def routes(self) -> dict[str, Answer]:
        return {
            "GET /api/v1/timestamp": self.time,
            "GET /api/v1/status": self.status,
            "GET /api/v1/symbols": self.symbols,
            "GET /api/v2/symbols": self.symbols,
            "GET /api/v3/currencies": self.currencies,
            "GET /api/v1/market/allTickers": self.tickers,
            "GET /api/v1/market/stats": self.stats,
            "GET /api/v1/market/orderbook/level1": self.level1,
            "GET /api/v1/market/orderbook/level2_20": self.book,
            "GET /api/v1/market/orderbook/level2_100": self.book,
            "GET /api/v1/market/candles": self.candles,
            "GET /api/v1/market/histories": self.trades,
        }

    async def time(self, request: web.Request) -> object:
        return self.floor.now()

    async def status(self, request: web.Request) -> object:
        return {"status": "open", "msg": ""}

    async def symbols(self, request: web.Request) -> object:
        return [words.market(pair) for pair in self.floor.pairs.values()]

    async def currencies(self, request: web.Request) -> object:
        names = {name for pair in self.floor.pairs.values() for name in (pair.base, pair.quote)}
        return [words.currency(name) for name in sorted(names)]

    async def tickers(self, request: web.Request) -> object:
        now = self.floor.now()
        return {"time": now, "ticker": [words.ticker(pair, now) for pair in self.floor.pairs.values()]}

    async def stats(self, request: web.Request) -> object:
        now = self.floor.now()
        return words.ticker(self._pair(request), now) | {"time": now}

    async def level1(self, request: web.Request) -> object:
        pair = self._pair(request)
        return {
            "time": self.floor.now(),
            "sequence": str(pair.book_version),
            "price": words.text(pair.price),
            "size": "1",
            "bestBid": words.text(pair.bid),
            "bestBidSize": "10",
            "bestAsk": words.text(pair.ask),
            "bestAskSize": "10",
        }

    async def book(self, request: web.Request) -> object:
        depth = 20 if request.path.endswith("level2_20") else 100
        pair = self._pair(request)
        head: Json = {"time": self.floor.now(), "sequence": str(pair.book_version)}
        return head | words.book(pair, depth)

    async def candles(self, request: web.Request) -> object:
        pair = self._pair(request)
        size = MINUTES.get(request.query.get("type", ""))
        if size is None:
            raise Refusal("400100", "Incorrect candlestick type")
        now = self.floor.now()
        end = int(request.query.get("endAt") or 0) * 1000 or now
        start = int(request.query.get("startAt") or 0) * 1000 or end - 100 * size * 60_000
        rows = [words.candle(at, row) for at, row in self.floor.candles(pair.symbol, start, end, size)]
        return rows[-_MOST_CANDLES:][::-1]

    async def trades(self, request: web.Request) -> object:
        pair = self._pair(request)
        return [
            {
                "sequence": str(pair.book_version),
                "price": words.text(pair.price),
                "size": "1",
                "side": "buy",
                "time": self.floor.now() * 1_000_000,
            }
        ]

    def _pair(self, request: web.Request) -> Pair:
        return pair_of(self.floor, request.query.get("symbol", ""))
