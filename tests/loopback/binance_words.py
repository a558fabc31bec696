"""The shapes in which Binance spot speaks of the floor's things, and its refusals word for word (its errors.md)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from tests.loopback.floor import Account, Kind, No, Order, OrderNews, Pair, Status, Trade

Json = dict[str, Any]
ORDER_TYPES = {
    "LIMIT": Kind.LIMIT,
    "MARKET": Kind.MARKET,
    "LIMIT_MAKER": Kind.MAKER,
    "STOP_LOSS": Kind.STOP,
    "STOP_LOSS_LIMIT": Kind.STOP_LIMIT,
    "TAKE_PROFIT": Kind.TAKE,
    "TAKE_PROFIT_LIMIT": Kind.TAKE_LIMIT,
}
TYPE_NAMES = {kind: name for name, kind in ORDER_TYPES.items()}
_STATUSES = {
    Status.FILLED: "FILLED",
    Status.CANCELED: "CANCELED",
    Status.EXPIRED: "EXPIRED",
    Status.EXPIRED_IN_MATCH: "EXPIRED_IN_MATCH",
}
_PAIR_STATUSES = {"trading": "TRADING", "break": "BREAK", "halt": "HALT", "cancel_only": "CANCEL_ONLY"}


class Wrong(Exception):
    """An answer with an error in it."""

    def __init__(self, code: int, text: str, http: int = 400) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.http = http

    def json(self) -> Json:
        return {"code": self.code, "msg": self.text}


TEXTS = {
    -1000: "An unknown error occurred while processing the request.",
    -1001: "Internal error; unable to process your request. Please try again.",
    -1003: "Too much request weight used; current limit is 6000 request weight per 1 MINUTE. Please use WebSocket "
    "Streams for live updates to avoid polling the API.",
    -1006: "An unexpected response was received from the message bus. Execution status unknown.",
    -1007: "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
    -1008: "Server is currently overloaded with other requests. Please try again in a few minutes.",
    -1013: "Filter failure: LOT_SIZE",
    -1015: "Too many new orders; current limit is 100 orders per 10 SECOND.",
    -1016: "This service is no longer available.",
    -1021: "Timestamp for this request is outside of the recvWindow.",
    -1022: "Signature for this request is not valid.",
    -1121: "Invalid symbol.",
    -2010: "Account has insufficient balance for requested action.",
    -2011: "Unknown order sent.",
    -2013: "Order does not exist.",
    -2014: "API-key format invalid.",
    -2015: "Invalid API-key, IP, or permissions for action.",
    -2026: "Order was canceled or expired with no executed qty over 90 days ago and has been archived.",
}
HTTP = {-1000: 500, -1001: 500, -1003: 429, -1006: 500, -1007: 408, -1008: 503, -1015: 429, -2014: 401, -2015: 401}


def wrong(code: int, text: str = "") -> Wrong:
    return Wrong(
        code, text or TEXTS.get(code, "An unknown error occurred while processing the request."), HTTP.get(code, 400)
    )


_REFUSALS = {
    "unknown_symbol": (-1121, "Invalid symbol."),
    "halted": (-1013, "Market is closed."),
    "cancel_only": (-1013, "Market is closed."),
    "no_permission": (-2015, ""),
    "lot_size": (-1013, "Filter failure: LOT_SIZE"),
    "market_lot_size": (-1013, "Filter failure: MARKET_LOT_SIZE"),
    "price_filter": (-1013, "Filter failure: PRICE_FILTER"),
    "percent_price": (-1013, "Filter failure: PERCENT_PRICE_BY_SIDE"),
    "notional": (-1013, "Filter failure: NOTIONAL"),
    "too_many": (-1013, "Filter failure: MAX_NUM_ORDERS"),
    "duplicate": (-2010, "Duplicate order sent."),
    "insufficient": (-2010, ""),
    "would_match": (-2010, "Order would immediately match and take."),
    "unknown_order": (-2011, ""),
}


def refusal(no: No, pair: Pair | None = None) -> Wrong:
    code, text = _REFUSALS[no.kind]
    if no.kind == "notional" and pair is not None:
        text = f"Filter failure: {pair.cost_filter}"
    return wrong(code, text)


def number(value: Decimal) -> str:
    return f"{value:.8f}"


# --- orders and trades ------------------------------------------------------------------------------------------------


def status_of(order: Order) -> str:
    if order.is_open:
        return "PARTIALLY_FILLED" if order.trades else "NEW"
    return _STATUSES[order.status]


def order_row(order: Order) -> Json:
    """As GET order, openOrders and allOrders tell it."""
    return {
        "symbol": order.pair.symbol,
        "orderId": order.id,
        "orderListId": -1,
        "clientOrderId": order.client_id,
        "price": number(order.price),
        "origQty": number(order.amount),
        "executedQty": number(order.filled),
        "cummulativeQuoteQty": number(order.paid),
        "status": status_of(order),
        "timeInForce": order.time_in_force,
        "type": TYPE_NAMES[order.kind],
        "side": order.side.upper(),
        "stopPrice": number(order.stop_price),
        "icebergQty": number(Decimal(0)),
        "time": order.created_at,
        "updateTime": order.updated_at,
        "isWorking": order.is_working,
        "workingTime": order.created_at if order.is_working else -1,
        "origQuoteOrderQty": number(order.cost),
        "selfTradePreventionMode": "EXPIRE_MAKER",
    }


def order_answer(order: Order, kind: str) -> Json:
    """What POST order answers: ACK, RESULT or FULL."""
    answer: Json = {
        "symbol": order.pair.symbol,
        "orderId": order.id,
        "orderListId": -1,
        "clientOrderId": order.client_id,
        "transactTime": order.updated_at,
    }
    if kind == "ACK":
        return answer
    row = order_row(order)
    names = (
        "price", "origQty", "executedQty", "origQuoteOrderQty", "cummulativeQuoteQty", "status", "timeInForce", "type",
        "side", "workingTime", "selfTradePreventionMode",
    )  # fmt: skip
    answer |= {name: row[name] for name in names}
    if kind == "FULL":
        answer["fills"] = [
            {
                "price": number(trade.price),
                "qty": number(trade.amount),
                "commission": number(trade.fee),
                "commissionAsset": trade.fee_asset,
                "tradeId": trade.id,
            }
            for trade in order.trades
        ]
    return answer


def cancel_answer(order: Order, cancel_id: str) -> Json:
    row = order_row(order)
    names = (
        "price", "origQty", "executedQty", "origQuoteOrderQty", "cummulativeQuoteQty", "status", "timeInForce", "type",
        "side", "selfTradePreventionMode",
    )  # fmt: skip
    return {
        "symbol": order.pair.symbol,
        "origClientOrderId": order.client_id,
        "orderId": order.id,
        "orderListId": -1,
        "clientOrderId": cancel_id,
        "transactTime": order.updated_at,
    } | {name: row[name] for name in names}


def trade_row(trade: Trade) -> Json:
    return {
        "symbol": trade.symbol,
        "id": trade.id,
        "orderId": trade.order_id,
        "orderListId": -1,
        "price": number(trade.price),
        "qty": number(trade.amount),
        "quoteQty": number(trade.price * trade.amount),
        "commission": number(trade.fee),
        "commissionAsset": trade.fee_asset,
        "time": trade.at,
        "isBuyer": trade.side == "buy",
        "isMaker": trade.is_maker,
        "isBestMatch": True,
    }


# --- the user's stream ------------------------------------------------------------------------------------------------


def execution_report(news: OrderNews, now: int) -> Json:
    order, trade = news.order, news.trade
    zero = number(Decimal(0))
    is_cancel = news.what == "canceled"
    return {
        "e": "executionReport",
        "E": now,
        "s": order.pair.symbol,
        "c": (news.cancel_id or f"web_{order.id}") if is_cancel else order.client_id,
        "S": order.side.upper(),
        "o": TYPE_NAMES[order.kind],
        "f": order.time_in_force,
        "q": number(order.amount),
        "p": number(order.price),
        "P": number(order.stop_price),
        "F": zero,
        "g": -1,
        "C": order.client_id if is_cancel else "",
        "x": "TRADE_PREVENTION" if order.status is Status.EXPIRED_IN_MATCH else news.what.upper(),
        "X": status_of(order),
        "r": "NONE",
        "i": order.id,
        "l": zero if trade is None else number(trade.amount),
        "z": number(order.filled),
        "L": zero if trade is None else number(trade.price),
        "n": "0" if trade is None else number(trade.fee),
        "N": None if trade is None else trade.fee_asset,
        "T": order.updated_at,
        "t": -1 if trade is None else trade.id,
        "I": order.id * 10 + len(order.trades),
        "w": order.is_open and order.is_working,
        "m": trade is not None and trade.is_maker,
        "M": False,
        "O": order.created_at,
        "Z": number(order.paid),
        "Y": zero if trade is None else number(trade.price * trade.amount),
        "Q": number(order.cost),
        "W": order.created_at,
        "V": "EXPIRE_MAKER",
    }


def account_position(account: Account, assets: Iterable[str], now: int) -> Json:
    rows = [
        {"a": asset, "f": number(account.of(asset).free), "l": number(account.of(asset).locked)}
        for asset in sorted(set(assets))
    ]
    return {"e": "outboundAccountPosition", "E": now, "u": now, "B": rows}


# --- the market's rules -----------------------------------------------------------------------------------------------


def symbol_row(pair: Pair) -> Json:
    zero = number(Decimal(0))
    return {
        "symbol": pair.symbol,
        "status": _PAIR_STATUSES[pair.status],
        "baseAsset": pair.base,
        "baseAssetPrecision": 8,
        "quoteAsset": pair.quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "baseCommissionPrecision": 8,
        "quoteCommissionPrecision": 8,
        "orderTypes": [*ORDER_TYPES],
        "icebergAllowed": True,
        "ocoAllowed": True,
        "otoAllowed": True,
        "quoteOrderQtyMarketAllowed": True,
        "allowTrailingStop": True,
        "cancelReplaceAllowed": True,
        "amendAllowed": True,
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "filters": [
            {
                "filterType": "PRICE_FILTER",
                "minPrice": number(pair.price_tick),
                "maxPrice": number(Decimal(1_000_000)),
                "tickSize": number(pair.price_tick),
            },
            {
                "filterType": "LOT_SIZE",
                "minQty": number(pair.min_amount),
                "maxQty": number(pair.max_amount),
                "stepSize": number(pair.amount_step),
            },
            {"filterType": "ICEBERG_PARTS", "limit": 10},
            {
                "filterType": "MARKET_LOT_SIZE",
                "minQty": zero,
                "maxQty": number(pair.max_market_amount),
                "stepSize": zero,
            },
            {
                "filterType": "TRAILING_DELTA",
                "minTrailingAboveDelta": 10,
                "maxTrailingAboveDelta": 2000,
                "minTrailingBelowDelta": 10,
                "maxTrailingBelowDelta": 2000,
            },
            {
                "filterType": "PERCENT_PRICE_BY_SIDE",
                "bidMultiplierUp": str(pair.price_band),
                "bidMultiplierDown": str(1 / pair.price_band),
                "askMultiplierUp": str(pair.price_band),
                "askMultiplierDown": str(1 / pair.price_band),
                "avgPriceMins": 5,
            },
            _cost_filter(pair),
            {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200},
            {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": 5},
        ],
        "permissions": [],
        "permissionSets": [["SPOT", "MARGIN"]],
        "defaultSelfTradePreventionMode": "EXPIRE_MAKER",
        "allowedSelfTradePreventionModes": ["EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"],
    }


def _cost_filter(pair: Pair) -> Json:
    least, most = number(pair.min_cost), number(pair.max_cost)
    if pair.cost_filter == "MIN_NOTIONAL":
        return {"filterType": "MIN_NOTIONAL", "minNotional": least, "applyToMarket": True, "avgPriceMins": 5}
    return {
        "filterType": "NOTIONAL",
        "minNotional": least,
        "applyMinToMarket": True,
        "maxNotional": most,
        "applyMaxToMarket": False,
        "avgPriceMins": 5,
    }


RATE_LIMITS: list[Json] = [
    {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 6000},
    {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 100},
    {"rateLimitType": "ORDERS", "interval": "DAY", "intervalNum": 1, "limit": 200000},
    {"rateLimitType": "RAW_REQUESTS", "interval": "MINUTE", "intervalNum": 5, "limit": 61000},
]


def account_row(account: Account, pair: Pair | None, now: int) -> Json:
    maker, taker = (pair.maker_fee, pair.taker_fee) if pair else (Decimal("0.001"), Decimal("0.001"))
    return {
        "makerCommission": int(maker * 10_000),
        "takerCommission": int(taker * 10_000),
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": {
            "maker": number(maker),
            "taker": number(taker),
            "buyer": number(Decimal(0)),
            "seller": number(Decimal(0)),
        },
        "canTrade": account.may_trade,
        "canWithdraw": True,
        "canDeposit": True,
        "brokered": False,
        "requireSelfTradePrevention": False,
        "preventSor": False,
        "updateTime": now,
        "accountType": "SPOT",
        "balances": [
            {"asset": asset, "free": number(one.free), "locked": number(one.locked)}
            for asset, one in account.balances.items()
        ],
        "permissions": ["SPOT"],
        "uid": account.uid,
    }


def restrictions(account: Account) -> Json:
    """The rights of a key."""
    return {
        "ipRestrict": account.is_ip_bound,
        "createTime": 1_698_645_219_000,
        "enableReading": True,
        "enableWithdrawals": account.may_withdraw,
        "enableInternalTransfer": account.may_transfer,
        "enableMargin": False,
        "enableFutures": False,
        "permitsUniversalTransfer": account.may_transfer,
        "enableVanillaOptions": False,
        "enableFixApiTrade": False,
        "enableFixReadOnly": False,
        "enableSpotAndMarginTrading": account.may_trade,
        "enablePortfolioMarginTrading": False,
    }
