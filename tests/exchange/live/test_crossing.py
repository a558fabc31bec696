"""The price of a market buy that has to be a limit order."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any, TypeVar

import pytest

from desktop_app.core.market import Market
from desktop_app.exchange.live.crossing import crossing_price, wants_cost
from desktop_app.exchange.protocol import Refused
from desktop_app.exchange.venues.quirks import Quirks

MARKET = Market("BTC/USDT", "BTC", "USDT")
Found = TypeVar("Found")


class Api:
    def __init__(self, asks: list[list[str]], features: Any = None) -> None:
        self.asks = asks
        self.features = features

    async def fetch_order_book(self, symbol: str, levels: int) -> dict[str, Any]:
        return {"symbol": symbol, "asks": self.asks[:levels], "bids": []}


class Client:
    def __init__(self, asks: list[list[str]], quirks: Quirks | None = None, features: Any = None) -> None:
        self.api = Api(asks, features)
        self.quirks = quirks or Quirks(id="x")

    async def call(self, make: Callable[[], Awaitable[Found]]) -> Found:
        return await make()


async def test_the_limit_is_a_little_above_the_last_offer_that_is_needed() -> None:
    client = Client([["100", "1"], ["101", "1"], ["102", "1"]])

    assert await crossing_price(client, MARKET, Decimal("0.5")) == Decimal("100.50")
    assert await crossing_price(client, MARKET, Decimal("1.5")) == Decimal("101.51")


async def test_offers_are_taken_by_price_in_whatever_order_they_came() -> None:
    client = Client([["10000.5", "1"], ["9999.5", "1"]])

    assert await crossing_price(client, MARKET, Decimal(1)) == Decimal("10049.50")


async def test_a_thin_book_is_not_bought_up_to_any_price() -> None:
    client = Client([["100", "1"], ["200", "1"]])

    assert await crossing_price(client, MARKET, Decimal(2)) == Decimal("103.00")


@pytest.mark.parametrize("asks", [[], [["0", "1"]], [["100", "-1"]], [["x", "1"]]])
async def test_an_empty_book_is_bought_from_at_no_price(asks: list[list[str]]) -> None:
    with pytest.raises(Refused):
        await crossing_price(Client(asks), MARKET, Decimal(1))


def test_who_wants_a_cost_is_known_from_the_table_or_from_ccxt() -> None:
    features = {"spot": {"createOrder": {"marketBuyRequiresPrice": True}}}

    assert wants_cost(Client([], Quirks(id="x", holds_market_buys_by_cost=True)))
    assert wants_cost(Client([], features=features))
    assert not wants_cost(Client([]))
    assert not wants_cost(Client([], Quirks(id="bybit"), features)), "there the amount can be said in coins"
