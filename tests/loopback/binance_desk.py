"""What each of Binance's spot endpoints answers, whether it was asked by REST or over the websocket API."""

import json
import re
from collections import deque
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from tests.loopback.binance_words import (
    ORDER_TYPES,
    RATE_LIMITS,
    Json,
    account_row,
    cancel_answer,
    number,
    order_answer,
    order_row,
    refusal,
    restrictions,
    symbol_row,
    trade_row,
    wrong,
)
from tests.loopback.floor import ONE_MINUTE, Account, Floor, Kind, No, Order, Pair, PriceNews

Params = dict[str, str]
Row = TypeVar("Row")
DAY = 86_400_000
_CLIENT_ID = re.compile(r"^[\.A-Z\:/a-z0-9_-]{1,36}$")
_UNITS = {"m": 1, "h": 60, "d": 1440, "w": 10080}
LEVELS = 10
LEVEL_SIZE = Decimal(10)


class PublicTape:
    """The latest public trades of each pair, numbered."""

    def __init__(self) -> None:
        self.trades: dict[str, deque[tuple[int, PriceNews, int]]] = {}
        self._next = 1

    def write(self, news: PriceNews, at: int) -> int:
        trade_id, self._next = self._next, self._next + 1
        self.trades.setdefault(news.pair.symbol, deque(maxlen=1000)).append((trade_id, news, at))
        return trade_id


def levels(
    pair: Pair, price: Decimal | None = None
) -> tuple[list[tuple[Decimal, Decimal]], list[tuple[Decimal, Decimal]]]:
    """Bids and asks around the price, best first."""
    middle, tick = price or pair.price, pair.price_tick
    size = LEVEL_SIZE if pair.liquidity is None else pair.liquidity
    bids = [(middle - tick * step, size) for step in range(LEVELS) if middle > tick * step]
    return bids, [(middle + tick * (step + 1), size) for step in range(LEVELS)]


class Desk:
    """Endpoints by (verb, path). Public ones take the parameters, private ones the account as well."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.tape = PublicTape()
        self.public: dict[tuple[str, str], Callable[[Params], object]] = {
            ("GET", "/api/v3/ping"): lambda _: {},
            ("GET", "/api/v3/time"): lambda _: {"serverTime": floor.now()},
            ("GET", "/api/v3/exchangeInfo"): self._exchange_info,
            ("GET", "/api/v3/klines"): self._klines,
            ("GET", "/api/v3/ticker/24hr"): lambda params: self._tickers(params, self._day),
            ("GET", "/api/v3/ticker/price"): lambda params: self._tickers(params, self._last),
            ("GET", "/api/v3/ticker/bookTicker"): lambda params: self._tickers(params, self._best),
            ("GET", "/api/v3/depth"): self._depth,
            ("GET", "/api/v3/trades"): self._trades,
            ("GET", "/api/v3/avgPrice"): lambda params: {
                "mins": 5,
                "price": number(self._pair(params).price),
                "closeTime": floor.now(),
            },
        }
        self.private: dict[tuple[str, str], Callable[[Account, Params], object]] = {
            ("GET", "/api/v3/account"): self._account,
            ("POST", "/api/v3/order"): self._place,
            ("POST", "/api/v3/order/test"): self._test_order,
            ("GET", "/api/v3/order"): self._order,
            ("DELETE", "/api/v3/order"): self._cancel,
            ("GET", "/api/v3/openOrders"): self._open_orders,
            ("DELETE", "/api/v3/openOrders"): self._cancel_all,
            ("GET", "/api/v3/allOrders"): self._all_orders,
            ("GET", "/api/v3/myTrades"): self._my_trades,
            ("GET", "/sapi/v1/account/apiRestrictions"): lambda account, _: restrictions(account),
            ("GET", "/sapi/v1/asset/tradeFee"): self._trade_fee,
        }

    def weight(self, verb: str, path: str, params: Params) -> int:
        has_symbol = "symbol" in params
        match verb, path.rpartition("/")[2]:
            case "GET", "exchangeInfo" | "account" | "allOrders":
                return 20
            case "GET", "openOrders":
                return 6 if has_symbol else 80
            case "GET", "24hr":
                return 2 if has_symbol else 80
            case "GET", "myTrades":
                return 5 if "orderId" in params else 20
            case "GET", "order":
                return 4
            case "GET", "depth":
                limit = int(params.get("limit", "100"))
                return 5 if limit <= 100 else 25 if limit <= 500 else 50 if limit <= 1000 else 250
            case "GET", "trades":
                return 25
            case "GET", "klines" | "bookTicker" | "price":
                return 2
            case _:
                return 1

    # --- public -------------------------------------------------------------------------------------------------------

    def _pair(self, params: Params) -> Pair:
        if "symbol" not in params:
            raise wrong(-1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.")
        try:
            return self.floor.pair(params["symbol"])
        except No as no:
            raise refusal(no) from None

    def _some_pairs(self, params: Params) -> Iterable[Pair]:
        if "symbols" in params:
            return [self._pair({"symbol": symbol}) for symbol in json.loads(params["symbols"])]
        return self.floor.pairs.values()

    def _exchange_info(self, params: Params) -> object:
        pairs = [self._pair(params)] if "symbol" in params else self._some_pairs(params)
        return {
            "timezone": "UTC",
            "serverTime": self.floor.now(),
            "rateLimits": RATE_LIMITS,
            "exchangeFilters": [],
            "symbols": [symbol_row(pair) for pair in pairs],
        }

    def _klines(self, params: Params) -> object:
        pair = self._pair(params)
        interval = params.get("interval", "")
        if not re.fullmatch(r"\d+[mhdw]", interval):
            raise wrong(-1120, "Invalid interval.")
        minutes = int(interval[:-1]) * _UNITS[interval[-1]]
        limit = min(int(params.get("limit", "500")), 1000)
        size = minutes * ONE_MINUTE
        end = int(params.get("endTime", self.floor.now())) + 1
        start = int(params["startTime"]) if "startTime" in params else end - limit * size
        rows = [
            [
                at,
                *map(number, (first, high, low, last, volume)),
                at + size - 1,
                number(volume * last),
                1,
                *_taken(volume, last),
                "0",
            ]
            for at, (first, high, low, last, volume) in self.floor.candles(pair.symbol, start, end, minutes)
        ]
        return rows[:limit] if "startTime" in params else rows[-limit:]

    def _tickers(self, params: Params, row: Callable[[Pair], Json]) -> object:
        return row(self._pair(params)) if "symbol" in params else [row(pair) for pair in self._some_pairs(params)]

    def _last(self, pair: Pair) -> Json:
        return {"symbol": pair.symbol, "price": number(pair.price)}

    def _best(self, pair: Pair) -> Json:
        bids, asks = levels(pair)
        return {
            "symbol": pair.symbol,
            "bidPrice": number(bids[0][0]),
            "bidQty": number(bids[0][1]),
            "askPrice": number(asks[0][0]),
            "askQty": number(asks[0][1]),
        }

    def _day(self, pair: Pair) -> Json:
        return day_row(pair, self.floor.now(), self.tape) | self._best(pair)

    def _depth(self, params: Params) -> object:
        pair = self._pair(params)
        bids, asks = levels(pair)
        limit = int(params.get("limit", "100"))
        return {
            "lastUpdateId": pair.book_version,
            "bids": [[number(price), number(size)] for price, size in bids[:limit]],
            "asks": [[number(price), number(size)] for price, size in asks[:limit]],
        }

    def _trades(self, params: Params) -> object:
        limit = int(params.get("limit", "500"))
        return [
            {
                "id": trade_id,
                "price": number(news.price),
                "qty": number(news.amount),
                "quoteQty": number(news.price * news.amount),
                "time": at,
                "isBuyerMaker": False,
                "isBestMatch": True,
            }
            for trade_id, news, at in [*self.tape.trades.get(self._pair(params).symbol, ())][-limit:]
        ]

    # --- private ------------------------------------------------------------------------------------------------------

    def _account(self, account: Account, params: Params) -> object:
        row = account_row(account, next(iter(self.floor.pairs.values()), None), self.floor.now())
        if params.get("omitZeroBalances") == "true":
            row["balances"] = [one for one in row["balances"] if Decimal(one["free"]) or Decimal(one["locked"])]
        return row

    def _trade_fee(self, _: Account, params: Params) -> object:
        pairs = [self._pair(params)] if "symbol" in params else self.floor.pairs.values()
        return [
            {"symbol": pair.symbol, "makerCommission": str(pair.maker_fee), "takerCommission": str(pair.taker_fee)}
            for pair in pairs
        ]

    def _read_order(self, account: Account, params: Params) -> Order:
        pair = self._pair(params)
        side, kind_name = params.get("side", ""), params.get("type", "")
        if side not in ("BUY", "SELL"):
            raise wrong(-1117, "Invalid side.")
        if kind_name not in ORDER_TYPES:
            raise wrong(-1116, "Invalid orderType.")
        kind = ORDER_TYPES[kind_name]
        wanted = ["timeInForce", "price"] if kind in (Kind.LIMIT, Kind.STOP_LIMIT, Kind.TAKE_LIMIT) else []
        wanted += ["price"] if kind is Kind.MAKER else []
        wanted += ["stopPrice"] if kind in (Kind.STOP, Kind.STOP_LIMIT, Kind.TAKE, Kind.TAKE_LIMIT) else []
        wanted += ["quantity"] if "quoteOrderQty" not in params else []
        for name in wanted:
            if not params.get(name):
                raise wrong(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")
        client_id = params.get("newClientOrderId") or f"x{self.floor.now()}{len(self.floor.orders)}"
        if not _CLIENT_ID.match(client_id):
            text = "Illegal characters found in parameter 'newClientOrderId'; "
            raise wrong(-1100, text + "legal range is '^[\\.A-Z\\:/a-z0-9_-]{1,36}$'.")
        return Order(
            account,
            pair,
            client_id,
            "buy" if side == "BUY" else "sell",
            kind,
            _decimal(params, "quantity"),
            _decimal(params, "price"),
            _decimal(params, "stopPrice"),
            _decimal(params, "quoteOrderQty"),
            params.get("timeInForce", "GTC"),
        )

    def _place(self, account: Account, params: Params) -> object:
        order = self._read_order(account, params)
        try:
            self.floor.place(order)
        except No as no:
            raise refusal(no, order.pair) from None
        default = "FULL" if order.kind in (Kind.MARKET, Kind.LIMIT) else "ACK"
        return order_answer(order, params.get("newOrderRespType", default))

    def _test_order(self, account: Account, params: Params) -> object:
        try:
            self.floor.check(self._read_order(account, params))
        except No as no:
            raise refusal(no) from None
        return {}

    def _find(self, account: Account, params: Params, code: int) -> Order:
        pair = self._pair(params)
        order_id, client_id = params.get("orderId", ""), params.get("origClientOrderId", "")
        if not order_id and not client_id:
            text = "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!"
            raise wrong(-1102, text)
        order = self.floor.find(account, order_id=int(order_id or 0), client_id=client_id, symbol=pair.symbol)
        if order is None or not self.floor.is_seen(order):
            raise wrong(code)
        return order

    def _order(self, account: Account, params: Params) -> object:
        return order_row(self._find(account, params, -2013))

    def _cancel(self, account: Account, params: Params) -> object:
        order = self._find(account, params, -2011)
        cancel_id = params.get("newClientOrderId") or f"c{self.floor.now()}{order.id}"
        try:
            self.floor.cancel(account, order, cancel_id)
        except No as no:
            raise refusal(no) from None
        return cancel_answer(order, cancel_id)

    def _open_orders(self, account: Account, params: Params) -> object:
        symbol = self._pair(params).symbol if "symbol" in params else ""
        return [order_row(order) for order in self.floor.seen_orders(account, symbol) if order.is_open]

    def _cancel_all(self, account: Account, params: Params) -> object:
        found = [order for order in self.floor.seen_orders(account, self._pair(params).symbol) if order.is_open]
        if not found:
            raise wrong(-2011)
        return [cancel_answer(self.floor.cancel(account, order, f"a{order.id}"), f"a{order.id}") for order in found]

    def _all_orders(self, account: Account, params: Params) -> object:
        start, end = _window(params)
        orders = [
            order
            for order in self.floor.seen_orders(account, self._pair(params).symbol)
            if start <= order.created_at <= end and order.id >= int(params.get("orderId", "0"))
        ]
        return [order_row(order) for order in _page(orders, params, from_start={"orderId", "startTime"})]

    def _my_trades(self, account: Account, params: Params) -> object:
        if "fromId" in params and ("startTime" in params or "endTime" in params):
            raise wrong(-1128, "Combination of optional parameters invalid.")
        start, end = _window(params)
        trades = [
            trade
            for trade in self.floor.seen_trades(account, self._pair(params).symbol)
            if start <= trade.at <= end
            and trade.id >= int(params.get("fromId", "0"))
            and params.get("orderId", str(trade.order_id)) == str(trade.order_id)
        ]
        return [trade_row(trade) for trade in _page(trades, params, from_start={"fromId", "startTime"})]


def day_row(pair: Pair, now: int, tape: PublicTape) -> Json:
    minutes = [one for at, one in sorted(pair.candles.items()) if now - DAY <= at <= now] or [
        [pair.price] * 4 + [Decimal(0)]
    ]
    first, volume = minutes[0][0], sum((one[4] for one in minutes), Decimal(0))
    cost = sum((one[4] * one[3] for one in minutes), Decimal(0))
    trades = tape.trades.get(pair.symbol)
    return {
        "symbol": pair.symbol,
        "priceChange": number(pair.price - first),
        "priceChangePercent": f"{(pair.price - first) / first * 100:.3f}",
        "weightedAvgPrice": number(cost / volume if volume else pair.price),
        "prevClosePrice": number(first),
        "lastPrice": number(pair.price),
        "lastQty": number(trades[-1][1].amount if trades else Decimal(0)),
        "openPrice": number(first),
        "highPrice": number(max(one[1] for one in minutes)),
        "lowPrice": number(min(one[2] for one in minutes)),
        "volume": number(volume),
        "quoteVolume": number(cost),
        "openTime": now - DAY,
        "closeTime": now,
        "firstId": trades[0][0] if trades else -1,
        "lastId": trades[-1][0] if trades else -1,
        "count": len(trades) if trades else 0,
    }


def _taken(volume: Decimal, price: Decimal) -> tuple[str, str]:
    return number(volume / 2), number(volume / 2 * price)


def _decimal(params: Params, name: str) -> Decimal:
    text = params.get(name, "0")
    if not re.fullmatch(r"([0-9]{1,20})(\.[0-9]{1,20})?", text):
        raise wrong(
            -1100,
            f"Illegal characters found in parameter '{name}'; legal range is '^([0-9]{{1,20}})(\\.[0-9]{{1,20}})?$'.",
        )
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise wrong(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.") from None
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -8:
        raise wrong(-1111, f"Parameter '{name}' has too much precision.")
    return value


def _window(params: Params) -> tuple[int, int]:
    start, end = int(params.get("startTime", "0")), int(params.get("endTime", "0"))
    if start and end and end - start > DAY:
        raise wrong(-1127, "More than 24 hours between startTime and endTime.")
    # With only one end given the window is a day as well: the harsher reading of the documents.
    return start or (end - DAY if end else 0), end or (start + DAY if start else 2**62)


def _page(rows: list[Row], params: Params, *, from_start: set[str]) -> list[Row]:
    limit = min(int(params.get("limit", "500")), 1000)
    return rows[:limit] if from_start & params.keys() else rows[-limit:]
