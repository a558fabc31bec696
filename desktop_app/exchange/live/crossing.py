"""Buys at market where the exchange wants to be told what to spend: by a limit that the whole amount can reach."""

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from desktop_app.core.market import ZERO, Market
from desktop_app.exchange.numbers import read_positive
from desktop_app.exchange.protocol import Refused
from desktop_app.exchange.venues.quirks import Quirks

Found = TypeVar("Found")

_LEVELS = 50
_MARGIN = Decimal("1.005")  # the book moves while the order travels
_FARTHEST = Decimal("1.03")  # from the best offer: a market order in a thin book would pay anything


class Asks(Protocol):
    @property
    def api(self) -> Any: ...
    @property
    def quirks(self) -> Quirks: ...
    async def call(self, make: Callable[[], Awaitable[Found]]) -> Found: ...


def wants_cost(client: Asks) -> bool:
    """Whether a market buy takes an amount of quote here, by our table or by what ccxt says of the exchange."""
    if client.quirks.holds_market_buys_by_cost:
        return True
    orders = ((getattr(client.api, "features", None) or {}).get("spot") or {}).get("createOrder")
    is_known = client.quirks.id in ("binance", "kucoin", "okx", "bybit", "kraken")
    return not is_known and isinstance(orders, Mapping) and bool(orders.get("marketBuyRequiresPrice"))


async def crossing_price(client: Asks, market: Market, amount: Decimal) -> Decimal:
    """A limit at which the offers in the book fill this amount at once, a little above the last one needed.

    Raises:
        Refused: nobody offers anything.
        Unreachable: the book could not be had. Nothing was sent.
    """
    book = await client.call(lambda: client.api.fetch_order_book(market.symbol, _LEVELS))
    # Sorted again: the client that trades keeps numbers as texts, and ccxt sorts them as such.
    offers = sorted(level for level in map(_level, book.get("asks") or ()) if level is not None)
    if not offers:
        raise Refused(f"Nobody offers {market.base} just now.", "bad_order")
    best = last = offers[0][0]
    missing = amount
    for price, offered in offers:
        last = price
        missing -= offered
        if missing <= ZERO:
            break
    return market.price_up(min(last * _MARGIN, best * _FARTHEST))


def _level(row: Any) -> tuple[Decimal, Decimal] | None:
    price, amount = read_positive(row[0]), read_positive(row[1])
    return (price, amount) if price is not None and amount is not None else None
