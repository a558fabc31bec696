"""What anybody may ask a real exchange without a key: tickers, order book, candles."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from desktop_app.core.market import Candle, Market
from desktop_app.exchange.feed.candles import read_row
from desktop_app.exchange.feed.teller import MINUTE_MS
from desktop_app.exchange.feed.tick_guard import read_price
from desktop_app.exchange.protocol import Book, Refused, Unreachable

BOOK_LEVELS = 100  # without a key KuCoin gives 20 or 100, nothing in between
PAIRS_A_QUESTION = 100
MINUTES_AT_ONCE = 500

Found = TypeVar("Found")
Levels = tuple[tuple[Decimal, Decimal], ...]


class Asks(Protocol):
    """The client of the gateway."""

    @property
    def api(self) -> Any: ...
    async def call(self, make: Callable[[], Awaitable[Found]]) -> Found:
        """What ccxt answers. Raises Unreachable, Refused, nothing else."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A pair as a ticker shows it."""

    symbol: str
    price: Decimal
    bid: Decimal | None
    ask: Decimal | None
    quote_volume: Decimal | None
    at: int


class Questions:
    """Every method raises Unreachable or Refused."""

    def __init__(self, client: Asks, markets: Callable[[], Mapping[str, Market]], clock: Callable[[], int]) -> None:
        self._client = client
        self._markets = markets
        self._clock = clock

    def require(self, symbol: str) -> None:
        if symbol not in self._markets():
            raise Refused(f"there is no pair {symbol}", "unknown_symbol")

    async def quotes(self, symbols: Sequence[str]) -> list[Quote]:
        """Of those pairs that have a price at all."""
        api = self._client.api
        found: list[Any] = []
        symbols = [symbol for symbol in symbols if symbol in api.markets]  # what was delisted spoils no question
        if api.has.get("fetchTickers"):
            for i in range(0, len(symbols), PAIRS_A_QUESTION):
                part = list(symbols[i : i + PAIRS_A_QUESTION])
                answer = await self._client.call(lambda part=part: api.fetch_tickers(part))  # type: ignore[misc]
                found += (answer or {}).values()
        else:
            for symbol in symbols:
                found.append(await self._client.call(lambda symbol=symbol: api.fetch_ticker(symbol)))  # type: ignore[misc]
        quotes = [self._quote(ticker) for ticker in found]
        wanted = set(symbols)
        return [quote for quote in quotes if quote is not None and quote.symbol in wanted]

    async def volumes(self, quote: str) -> Mapping[str, Decimal]:
        """In quote, of 24 hours; with one question for all pairs where the exchange takes that."""
        api = self._client.api
        symbols = [symbol for symbol, market in self._markets().items() if market.quote == quote]
        if api.has.get("fetchTickers"):
            answer = await self._client.call(lambda: api.fetch_tickers())  # noqa: PLW0108 - the name may be missing
            quotes = [self._quote(ticker) for ticker in (answer or {}).values()]
        else:
            quotes = list(await self.quotes(symbols[:PAIRS_A_QUESTION]))
        wanted = set(symbols)
        return {
            one.symbol: one.quote_volume
            for one in quotes
            if one is not None and one.symbol in wanted and one.quote_volume is not None
        }

    async def book(self, symbol: str) -> Book:
        """Raises Unreachable too when what came is no book that can be acted upon."""
        self.require(symbol)
        api = self._client.api
        answer = await self._client.call(lambda: api.fetch_order_book(symbol, BOOK_LEVELS))
        bids, asks = _levels(answer.get("bids")), _levels(answer.get("asks"))
        if bids and asks and bids[0][0] >= asks[0][0]:
            raise Unreachable(f"The order book of {symbol} came in disorder.")
        return Book(bids, asks, int(answer.get("timestamp") or self._clock()))

    async def rows(self, symbol: str, timeframe: str, since: int, limit: int) -> Sequence[Sequence[object]]:
        self.require(symbol)
        api = self._client.api
        if timeframe not in (api.timeframes or {}):
            raise Refused(f"this exchange has no candles of {timeframe}", "unknown_timeframe")
        found: Sequence[Sequence[object]] = await self._client.call(
            lambda: api.fetch_ohlcv(symbol, timeframe, since, limit)
        )
        return found or ()

    async def minutes(self, symbol: str, since: int) -> list[Candle]:
        """The 1-minute candles from `since` on, oldest first; the last one as far as it has come."""
        limit = min((self._clock() - since) // MINUTE_MS + 1, MINUTES_AT_ONCE)
        found = await self.rows(symbol, "1m", since, limit)
        rows = [(row, read_row(row, MINUTE_MS)) for row in found]
        good = sorted((read[0], row) for row, read in rows if read is not None and read[0] >= since)
        return [Candle(at, *(Decimal(str(value or 0)) for value in row[1:6])) for at, row in good]

    def _quote(self, ticker: Mapping[str, Any]) -> Quote | None:
        price = read_price(ticker.get("last")) or read_price(ticker.get("close"))
        if price is None:
            return None
        return Quote(
            symbol=str(ticker.get("symbol")),
            price=price,
            bid=read_price(ticker.get("bid")),
            ask=read_price(ticker.get("ask")),
            quote_volume=read_price(ticker.get("quoteVolume")),
            at=min(int(ticker.get("timestamp") or self._clock()), self._clock()),
        )


def _levels(side: object) -> Levels:
    """Best first; a level that cannot be true ends the book there."""
    levels: list[tuple[Decimal, Decimal]] = []
    for level in side if isinstance(side, list) else ():
        price, amount = read_price(level[0]), read_price(level[1])
        if price is None:
            break
        if amount is not None:
            levels.append((price, amount))
    return tuple(levels)
