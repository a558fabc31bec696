"""What is asked of an exchange without a key, and which of its answers are believed."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

import pytest

from desktop_app.core.market import Market
from desktop_app.exchange.feed.questions import PAIRS_A_QUESTION, Questions
from desktop_app.exchange.protocol import Refused, Unreachable

Found = TypeVar("Found")
NOW = 1_700_000_030_000
MINUTE = NOW - NOW % 60_000
SYMBOLS = tuple(f"C{i}/USDT" for i in range(250))


@dataclass
class FakeApi:
    """ccxt's object."""

    has: dict[str, bool] = field(default_factory=lambda: {"fetchTickers": True})
    timeframes: Mapping[str, str] = field(default_factory=lambda: {"1m": "1m"})
    book: Any = None
    rows: list[list[Any]] = field(default_factory=list)
    ticker: dict[str, Any] = field(
        default_factory=lambda: {"last": "100", "bid": "99", "ask": 101, "quoteVolume": "5e6"}
    )
    asked: list[Any] = field(default_factory=list)
    markets: dict[str, Any] = field(default_factory=lambda: dict.fromkeys(SYMBOLS))

    async def fetch_tickers(self, symbols: list[str] | None = None) -> dict[str, Any]:
        self.asked.append(symbols)
        symbols = list(SYMBOLS) if symbols is None else symbols
        return {symbol: {"symbol": symbol, **self.ticker} for symbol in [*symbols, "NOT/ASKED"]}

    async def fetch_ticker(self, symbol: str) -> dict[str, Any]:
        self.asked.append(symbol)
        return {"symbol": symbol, **self.ticker}

    async def fetch_order_book(self, symbol: str, limit: int) -> Any:
        return self.book

    async def fetch_ohlcv(self, symbol: str, timeframe: str, since: int, limit: int) -> list[list[Any]]:
        self.asked.append((symbol, timeframe, since, limit))
        return self.rows


@dataclass
class FakeClient:
    api: FakeApi

    async def call(self, make: Callable[[], Awaitable[Found]]) -> Found:
        return await make()


def asking(api: FakeApi) -> Questions:
    markets = {symbol: Market(symbol, symbol.partition("/")[0], "USDT") for symbol in SYMBOLS}
    return Questions(FakeClient(api), lambda: markets, lambda: NOW)


async def test_many_pairs_are_asked_for_in_few_questions() -> None:
    api = FakeApi()
    quotes = await asking(api).quotes(SYMBOLS)
    assert [quote.symbol for quote in quotes] == list(SYMBOLS)
    assert len(api.asked) == -(-len(SYMBOLS) // PAIRS_A_QUESTION)
    assert [quotes[0].price, quotes[0].bid, quotes[0].quote_volume] == [100, 99, 5_000_000]
    assert quotes[0].at == NOW


async def test_volumes_of_all_pairs_take_one_question_and_none_is_made_up() -> None:
    api = FakeApi()
    found = await asking(api).volumes("USDT")
    assert api.asked == [None] and set(found) == set(SYMBOLS) and found[SYMBOLS[7]] == 5_000_000
    assert await asking(FakeApi()).volumes("BTC") == {}
    assert await asking(FakeApi(ticker={"last": "100"})).volumes("USDT") == {}


async def test_where_each_pair_must_be_asked_for_only_some_are() -> None:
    api = FakeApi(has={})
    assert len(await asking(api).volumes("USDT")) == len(api.asked) == PAIRS_A_QUESTION


async def test_a_delisted_pair_spoils_no_question() -> None:
    api = FakeApi()
    del api.markets[SYMBOLS[1]]
    assert [quote.symbol for quote in await asking(api).quotes(SYMBOLS[:3])] == [SYMBOLS[0], SYMBOLS[2]]


async def test_where_there_is_no_question_for_all_each_is_asked_for() -> None:
    api = FakeApi(has={})
    assert len(await asking(api).quotes(SYMBOLS[:3])) == 3
    assert api.asked == list(SYMBOLS[:3])


@pytest.mark.parametrize("last", [None, "0", "NaN", "-5", "x"])
async def test_a_pair_without_a_price_has_no_quote(last: str | None) -> None:
    api = FakeApi()
    api.ticker |= {"last": last}
    assert await asking(api).quotes(SYMBOLS[:1]) == []


async def test_a_ticker_from_the_future_is_of_now() -> None:
    api = FakeApi()
    api.ticker |= {"timestamp": NOW + 1_000_000}
    assert (await asking(api).quotes(SYMBOLS[:1]))[0].at == NOW


async def test_a_book_ends_where_it_cannot_be_true() -> None:
    api = FakeApi(
        book={"bids": [["99", "1"], ["98", "0"], ["97", "2"], ["NaN", "1"], ["96", "1"]], "asks": [[101, 1.5]]}
    )
    book = await asking(api).book(SYMBOLS[0])
    assert book.bids == ((Decimal(99), Decimal(1)), (Decimal(97), Decimal(2)))
    assert book.asks == ((Decimal(101), Decimal("1.5")),)


async def test_a_crossed_book_is_never_acted_upon() -> None:
    api = FakeApi(book={"bids": [["101", "1"]], "asks": [["100", "1"]]})
    with pytest.raises(Unreachable):
        await asking(api).book(SYMBOLS[0])


async def test_minutes_are_sorted_and_the_last_is_as_far_as_it_has_come() -> None:
    rows = [
        [MINUTE, "100", "102", "99", "101", "5"],
        [MINUTE - 60_000, "100", "102", "99", "100.123456789", "5"],
        [MINUTE - 120_000, "100", "90", "99", "101", "5"],
    ]
    api = FakeApi(rows=rows)
    candles = await asking(api).minutes(SYMBOLS[0], MINUTE - 120_000)
    assert [candle.at for candle in candles] == [MINUTE - 60_000, MINUTE]
    assert candles[0].close == Decimal("100.123456789")
    assert api.asked == [(SYMBOLS[0], "1m", MINUTE - 120_000, 3)]


async def test_a_timeframe_that_the_exchange_lacks_is_refused() -> None:
    with pytest.raises(Refused):
        await asking(FakeApi()).rows(SYMBOLS[0], "3m", 0, 1)
