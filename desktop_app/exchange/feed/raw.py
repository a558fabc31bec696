"""Reads the trades and offers of the busiest exchanges straight from their messages, in a tenth of ccxt's time."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from desktop_app.core.market import ZERO
from desktop_app.exchange.feed.teller import LiveTeller

Ear = Callable[[str, str], None]  # (kind of line, pair): a message of it came
Reader = Callable[[Any], bool]  # takes a decoded message; True when it was one of ours

TRADES, OFFERS = "trades", "offers"
NANOSECONDS = 1_000_000  # in a millisecond


class BinanceReader:
    """`<pair>@trade` and `<pair>@bookTicker` of the spot streams."""

    def __init__(self, teller: LiveTeller, heard: Ear, closing: Callable[[], None]) -> None:
        """`closing`: the exchange has said that it closes the connection soon."""
        self._teller = teller
        self._heard = heard
        self._closing = closing
        self.names: Mapping[str, str] = {}  # the exchange's names of pairs → ours

    def __call__(self, message: Any) -> bool:
        event = message.get("e")
        if event == "trade":
            symbol = self.names.get(message["s"])
            if symbol is not None:
                self._heard(TRADES, symbol)
                self._teller.trade(
                    symbol, Decimal(message["p"]), Decimal(message["q"]), int(message["T"]), message["t"]
                )
            return True
        if event is None and "u" in message and "a" in message and "b" in message:
            symbol = self.names.get(message["s"])
            if symbol is not None:
                self._heard(OFFERS, symbol)
                self._teller.quote(symbol, Decimal(message["b"]), Decimal(message["a"]))
            return True
        if event == "serverShutdown":
            self._closing()
            return True
        return False


class KucoinReader:
    """`/market/match` and `/spotMarket/level1`."""

    def __init__(self, teller: LiveTeller, heard: Ear, closing: Callable[[], None]) -> None:  # noqa: ARG002
        self._teller = teller
        self._heard = heard
        self.names: Mapping[str, str] = {}

    def __call__(self, message: Any) -> bool:
        subject = message.get("subject")
        if subject == "trade.l3match":
            data = message["data"]
            symbol = self.names.get(data["symbol"])
            if symbol is not None:
                self._heard(TRADES, symbol)
                at = int(data["time"]) // NANOSECONDS
                self._teller.trade(symbol, Decimal(data["price"]), Decimal(data["size"]), at, data["tradeId"])
            return True
        if subject == "level1":
            symbol = self.names.get(message["topic"].rpartition(":")[2])
            if symbol is not None:
                self._heard(OFFERS, symbol)
                bids, asks = message["data"]["bids"], message["data"]["asks"]
                self._teller.quote(symbol, Decimal(bids[0]), Decimal(asks[0]))
            return True
        return False


READERS: Mapping[str, type[BinanceReader] | type[KucoinReader]] = {"binance": BinanceReader, "kucoin": KucoinReader}


class CacheReader:
    """Any other exchange: what ccxt has read is looked up in its caches whenever it says that something came."""

    def __init__(self, api: Any, teller: LiveTeller, heard: Ear) -> None:
        self._api = api
        self._teller = teller
        self._heard = heard
        self._latest: dict[str, object] = {}  # the newest trade that was taken, of each pair

    def trades(self, symbols: tuple[str, ...]) -> None:
        """ccxt's answer names one pair; others may have been traded at the same moment."""
        for symbol in symbols:
            cache = (self._api.trades or {}).get(symbol)
            if not cache:
                continue
            newest, fresh = self._latest.get(symbol), []
            for trade in reversed(cache):
                if trade is newest:
                    break
                fresh.append(trade)
            if fresh:
                self._latest[symbol] = fresh[0]
                self._heard(TRADES, symbol)
            for trade in reversed(fresh):
                self._take(symbol, trade)

    def offers(self, symbols: tuple[str, ...]) -> None:
        for symbol in symbols:
            ticker = (self._api.bidsasks or {}).get(symbol)
            bid, ask = (_number(ticker.get("bid")), _number(ticker.get("ask"))) if ticker else (None, None)
            if bid is not None and ask is not None:
                self._heard(OFFERS, symbol)
                self._teller.quote(symbol, bid, ask)

    def tickers(self, symbols: tuple[str, ...]) -> None:
        """For exchanges that stream no trades: the last price is one, of unknown amount."""
        for symbol in symbols:
            ticker = (self._api.tickers or {}).get(symbol)
            if not ticker or ticker is self._latest.get(symbol):
                continue
            self._latest[symbol] = ticker
            price, at = _number(ticker.get("last")), ticker.get("timestamp")
            self._heard(TRADES, symbol)
            if price is not None:
                moment = int(at) if at else self._api.milliseconds()
                self._teller.trade(symbol, price, ZERO, moment, f"{moment} {price}")

    def _take(self, symbol: str, trade: Mapping[str, Any]) -> None:
        price, amount = _number(trade.get("price")), _number(trade.get("amount"))
        if price is not None and amount is not None:
            at = int(trade.get("timestamp") or self._api.milliseconds())
            self._teller.trade(symbol, price, amount, at, str(trade.get("id") or f"{at} {price} {amount}"))


def _number(value: object) -> Decimal | None:
    if value is None:
        return None
    return value if isinstance(value, Decimal) else Decimal(str(value))
