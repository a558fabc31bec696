"""Which streams of an exchange tell its prices, and how ccxt is asked for them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from desktop_app.exchange.feed.raw import OFFERS, TRADES, CacheReader

PAIRS_A_LINE = 50

Ask = Callable[[tuple[str, ...]], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Channel:
    """A kind of stream: how to wait for its next message, what to do then, and for how many pairs at once."""

    kind: str
    ask: Ask
    take: Callable[[tuple[str, ...]], None]
    most: int


def channels_of(api: Any, caches: CacheReader | None) -> list[Channel]:
    """The streams that an exchange has: trades, or else tickers; and the best offers where it has them."""
    has = api.has

    def every(name: str) -> Ask:
        method = getattr(api, name)
        return lambda symbols: method(list(symbols))

    def each(name: str) -> Ask:
        method = getattr(api, name)
        return lambda symbols: method(symbols[0])

    trades = caches.trades if caches else _nothing
    tickers = caches.tickers if caches else _nothing
    found: list[Channel] = []
    if has.get("watchTradesForSymbols"):
        found.append(Channel(TRADES, every("watch_trades_for_symbols"), trades, PAIRS_A_LINE))
    elif has.get("watchTrades"):
        found.append(Channel(TRADES, each("watch_trades"), trades, 1))
    elif has.get("watchTickers"):
        found.append(Channel(TRADES, every("watch_tickers"), tickers, PAIRS_A_LINE))
    elif has.get("watchTicker"):
        found.append(Channel(TRADES, each("watch_ticker"), tickers, 1))
    if found and has.get("watchBidsAsks"):
        offers = caches.offers if caches else _nothing
        found.append(Channel(OFFERS, every("watch_bids_asks"), offers, PAIRS_A_LINE))
    return found


def _nothing(symbols: tuple[str, ...]) -> None:
    """Our own reader has dealt with it."""
