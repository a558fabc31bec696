"""What eight exchanges say about an order: made up in the form that their documents and ccxt's comments describe.

None of it was recorded at an exchange.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs

from tests.exchange.venue import Answer, Asked

CLIENT_ID = "0123456789abcdef0123456789ab"
AT_S = 1_795_600_000
AT = AT_S * 1_000
EXCHANGE_ID = "1098394344925597696"


@dataclass(frozen=True, slots=True)
class Words:
    """`sends`: the request that places an order; `taken`: the answer when it was. `read_id`: our id in that request.

    `seen`: how its open order is told again; `unseen`: the answers when there is none. `refused` and `doubtful`:
    bodies with their HTTP status, the first ones with our word for them. `by_id`: how the order is told by its own id
    in each state; `cancels`: the request that cancels it, the answer to that, and the one when it was over before.
    `trades`: its one fill. `lists`: everything that is open, which is this order. `over`: the list that it is in once
    it is over.
    """

    market_id: str
    sends: str
    taken: Answer
    read_id: Callable[[Asked], str]
    wire_id: str
    seen: dict[str, Answer]
    unseen: dict[str, Answer]
    refused: list[tuple[Answer, str]]
    doubtful: list[Answer]
    before: dict[str, Answer] = field(default_factory=dict)
    duplicate: Answer | None = None
    by_id: Callable[[str], dict[str, Answer]] | None = None
    cancels: tuple[str, Answer, Answer] | None = None
    trades: dict[str, Answer] = field(default_factory=dict)
    lists: dict[str, Answer] = field(default_factory=dict)
    over: Callable[[str], dict[str, Answer]] = lambda _: {}


def _body(*path: str | int) -> Callable[[Asked], str]:
    def read(asked: Asked) -> str:
        found: Any = json.loads(asked.text)
        for name in path:
            found = found[name]
        return str(found)

    return read


def _form(name: str) -> Callable[[Asked], str]:
    return lambda asked: parse_qs(asked.text)[name][0]


# --- Binance: binance-spot-api-docs, rest-api.md and errors.md


def _binance(code: int, words: str, http: int = 400) -> Answer:
    return Answer({"code": code, "msg": words}, http)


_BINANCE_ORDER = {
    "symbol": "BTCUSDT", "orderId": int(EXCHANGE_ID), "orderListId": -1, "clientOrderId": CLIENT_ID,
    "price": "50000.00000000", "origQty": "0.01000000", "executedQty": "0.00400000",
    "cummulativeQuoteQty": "200.00000000", "status": "PARTIALLY_FILLED", "timeInForce": "GTC", "type": "LIMIT",
    "side": "BUY", "stopPrice": "0.0", "icebergQty": "0.0", "time": AT, "updateTime": AT, "isWorking": True,
}  # fmt: skip
BINANCE = Words(
    market_id="BTCUSDT",
    sends="POST /api/v3/order$",
    taken=Answer({**_BINANCE_ORDER, "transactTime": AT, "fills": [], "status": "NEW", "executedQty": "0.00000000",
                  "cummulativeQuoteQty": "0.00000000"}),
    read_id=_form("newClientOrderId"),
    wire_id=CLIENT_ID,
    seen={"GET /api/v3/order$": Answer(_BINANCE_ORDER)},
    unseen={"GET /api/v3/order$": _binance(-2013, "Order does not exist.")},
    refused=[
        (_binance(-2010, "Account has insufficient balance for requested action."), "insufficient_funds"),
        (_binance(-1013, "Filter failure: NOTIONAL"), "too_small"),
        (_binance(-1013, "Filter failure: LOT_SIZE"), "bad_order"),
        (_binance(-1121, "Invalid symbol."), "unknown_symbol"),
        (_binance(-1021, "Timestamp for this request is outside of the recvWindow."), "clock"),
        (_binance(-1022, "Signature for this request is not valid."), "key_refused"),
        (_binance(-2015, "Invalid API-key, IP, or permissions for action.", 401), "key_refused"),
    ],
    doubtful=[
        _binance(-1006, "An unexpected response was received from the message bus. Execution status unknown."),
        _binance(-1007, "Timeout waiting for response from backend server. Send status unknown; execution status "
                        "unknown.", 408),
        _binance(-1000, "An unknown error occurred while processing the request."),
        _binance(-1001, "Internal error; unable to process your request. Please try again."),
        _binance(-1003, "Too many requests queued.", 429),
    ],
    duplicate=_binance(-2010, "Duplicate order sent."),
)  # fmt: skip

# --- KuCoin: kucoin.com/docs-new, spot orders and error codes


def _kucoin(code: str, words: str, http: int = 200) -> Answer:
    return Answer({"code": code, "msg": words}, http)


KUCOIN = Words(
    market_id="BTC-USDT",
    sends="POST /api/v1/(hf/)?orders",
    taken=Answer({"code": "200000", "data": {"orderId": EXCHANGE_ID, "clientOid": CLIENT_ID}}),
    read_id=_body("clientOid"),
    wire_id=CLIENT_ID,
    before={
        "GET /api/ua/v1/account/mode": Answer({"code": "200000", "data": {"selfAccountMode": "CLASSIC"}}),
        "GET /api/v1/hf/accounts/opened": Answer({"code": "200000", "data": False}),
    },
    seen={},
    unseen={},
    refused=[
        (_kucoin("200004", "Balance insufficient!"), "insufficient_funds"),
        (_kucoin("400100", "Order size below the minimum requirement."), "too_small"),
        (_kucoin("400003", "KC-API-KEY not exists", 401), "key_refused"),
        (_kucoin("400005", "Invalid KC-API-SIGN", 401), "key_refused"),
        (_kucoin("400002", "Invalid KC-API-TIMESTAMP", 400), "clock"),
        (_kucoin("900001", "symbol not exists"), "unknown_symbol"),
    ],
    doubtful=[
        _kucoin("408000", "Network timeout, please try again later"),
        _kucoin("500000", "Internal Server Error", 500),
        _kucoin("230005", "System error"),
        _kucoin("429000", "Too many requests", 429),
    ],
)

# --- OKX: okx.com/docs-v5/en


def _okx(code: str, words: str) -> Answer:
    """An order that is not taken: its own code is inside."""
    row = {"clOrdId": CLIENT_ID, "ordId": "", "sCode": code, "sMsg": words, "tag": "", "ts": str(AT)}
    return Answer({"code": "1", "data": [row], "msg": "All operations failed"})


def _okx_whole(code: str, words: str, http: int = 200) -> Answer:
    return Answer({"code": code, "data": [], "msg": words}, http)


_OKX_ORDER = {
    "instType": "SPOT", "instId": "BTC-USDT", "ordId": EXCHANGE_ID, "clOrdId": CLIENT_ID, "tag": "", "px": "50000",
    "sz": "0.01", "ordType": "limit", "side": "buy", "tdMode": "cash", "accFillSz": "0.004", "fillPx": "50000",
    "fillSz": "0.004", "avgPx": "50000", "state": "partially_filled", "feeCcy": "BTC", "fee": "-0.000004",
    "tgtCcy": "", "cTime": str(AT), "uTime": str(AT),
}  # fmt: skip
OKX = Words(
    market_id="BTC-USDT",
    sends="POST /api/v5/trade/(batch-orders|order)$",
    taken=Answer({"code": "0", "msg": "", "data": [
        {"clOrdId": CLIENT_ID, "ordId": EXCHANGE_ID, "tag": "", "sCode": "0", "sMsg": "", "ts": str(AT)}]}),
    read_id=_body(0, "clOrdId"),
    wire_id=CLIENT_ID,
    seen={"GET /api/v5/trade/order$": Answer({"code": "0", "msg": "", "data": [_OKX_ORDER]})},
    unseen={"GET /api/v5/trade/order$": _okx_whole("51603", "Order does not exist")},
    refused=[
        (_okx("51008", "Order failed. Insufficient USDT balance in account."), "insufficient_funds"),
        (_okx("51020", "Your order should meet or exceed the minimum order amount."), "too_small"),
        (_okx("51121", "Order quantity must be a multiple of the lot size."), "bad_order"),
        (_okx("51001", "Instrument ID, Instrument ID code, or Spread ID doesn't exist."), "unknown_symbol"),
        (_okx("51022", "Contract suspended."), "halted"),
        (_okx_whole("50102", "Timestamp request expired.", 401), "clock"),
        (_okx_whole("50111", "Invalid OK-ACCESS-KEY.", 401), "key_refused"),
        (_okx_whole("50110", "Your IP is not included in your API key's IP whitelist.", 401), "key_refused"),
    ],
    doubtful=[
        _okx_whole("50004", "API endpoint request timeout. (does not mean that the request was successful or failed, "
                            "please check the request result).", 400),
        _okx_whole("50001", "Service temporarily unavailable. Please try again later.", 503),
        _okx_whole("50013", "Systems are busy. Please try again later.", 429),
        _okx_whole("50026", "System error. Try again later", 500),
        _okx("51149", "Order timed out. Please try again later."),
        _okx("50011", "Rate limit reached."),
    ],
    duplicate=_okx("51016", "Client order ID already exists."),
)  # fmt: skip

# --- Bybit: bybit-exchange/docs, docs/v5


def _bybit(code: int, words: str, http: int = 200) -> Answer:
    return Answer({"retCode": code, "retMsg": words, "result": {}, "retExtInfo": {}, "time": AT}, http)


_BYBIT_ORDER = {
    "orderId": EXCHANGE_ID, "orderLinkId": CLIENT_ID, "symbol": "BTCUSDT", "price": "50000", "qty": "0.01",
    "side": "Buy", "orderStatus": "PartiallyFilled", "avgPrice": "50000", "leavesQty": "0.006", "cumExecQty": "0.004",
    "cumExecValue": "200", "cumExecFee": "0.000004", "timeInForce": "GTC", "orderType": "Limit", "stopOrderType": "",
    "triggerPrice": "0", "createdTime": str(AT), "updatedTime": str(AT),
}  # fmt: skip


def _bybit_list(*rows: dict[str, Any]) -> Answer:
    result = {"category": "spot", "list": list(rows), "nextPageCursor": ""}
    return Answer({"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": AT})


BYBIT = Words(
    market_id="BTCUSDT",
    sends="POST /v5/order/create",
    taken=Answer({"retCode": 0, "retMsg": "OK", "result": {"orderId": EXCHANGE_ID, "orderLinkId": CLIENT_ID},
                  "retExtInfo": {}, "time": AT}),
    read_id=_body("orderLinkId"),
    wire_id=CLIENT_ID,
    seen={"GET /v5/order/realtime": _bybit_list(_BYBIT_ORDER), "GET /v5/order/history": _bybit_list()},
    unseen={"GET /v5/order/(realtime|history)": _bybit_list(), "GET /v5/execution/list": _bybit_list()},
    refused=[
        (_bybit(170131, "Insufficient balance."), "insufficient_funds"),
        (_bybit(170140, "Order value exceeded lower limit."), "too_small"),
        (_bybit(170134, "Order price has too many decimals."), "bad_order"),
        (_bybit(170121, "Invalid symbol."), "unknown_symbol"),
        (_bybit(170151, "The trading pair is not open yet."), "halted"),
        (_bybit(10002, "invalid request, please check your server timestamp or recv_window param."), "clock"),
        (_bybit(10003, "API key is invalid."), "key_refused"),
        (_bybit(10010, "Unmatched IP, please check your API key's bound IP addresses."), "key_refused"),
        (_bybit(33004, "Your api key has expired."), "key_refused"),
    ],
    doubtful=[
        _bybit(10000, "Server Timeout"), _bybit(10016, "Server error."), _bybit(10006, "Too many visits."),
        _bybit(170007, "Timeout waiting for response from backend server."), _bybit(170001, "Internal error."),
        _bybit(170032, "Network error. Please try again later."), _bybit(170146, "Order creation timeout."),
        _bybit(170149, "Create order failed."), _bybit(170005, "Too many new orders."),
    ],
    duplicate=_bybit(170141, "Duplicate clientOrderId."),
)  # fmt: skip

# --- Kraken: docs.kraken.com


def _kraken(*texts: str) -> Answer:
    return Answer({"error": list(texts)})


_KRAKEN_WIRE_ID = f"0000{CLIENT_ID}"
_KRAKEN_ORDER = {
    "refid": None, "userref": 0, "cl_ord_id": _KRAKEN_WIRE_ID, "status": "open", "opentm": float(AT_S), "starttm": 0,
    "expiretm": 0, "descr": {"pair": "XBTUSDT", "type": "buy", "ordertype": "limit", "price": "50000.0", "price2": "0",
                             "leverage": "none", "order": "buy 0.01 XBTUSDT @ limit 50000.0", "close": ""},
    "vol": "0.01000000", "vol_exec": "0.00400000", "cost": "200.0", "fee": "0.32", "price": "50000.0",
    "stopprice": "0.0", "limitprice": "0.0", "misc": "", "oflags": "fciq",
}  # fmt: skip


def _kraken_result(**result: Any) -> Answer:
    return Answer({"error": [], "result": result})


KRAKEN = Words(
    market_id="XBTUSDT",
    sends="POST /0/private/AddOrder",
    taken=_kraken_result(descr={"order": "buy 0.01 XBTUSDT @ limit 50000.0"}, txid=[EXCHANGE_ID]),
    read_id=_form("cl_ord_id"),
    wire_id=_KRAKEN_WIRE_ID,
    seen={
        "POST /0/private/OpenOrders": _kraken_result(open={EXCHANGE_ID: _KRAKEN_ORDER}),
        "POST /0/private/ClosedOrders": _kraken_result(closed={}, count=0),
    },
    unseen={
        "POST /0/private/OpenOrders": _kraken_result(open={}),
        "POST /0/private/ClosedOrders": _kraken_result(closed={}, count=0),
        "POST /0/private/TradesHistory": _kraken_result(trades={}, count=0),
    },
    refused=[
        (_kraken("EOrder:Insufficient funds"), "insufficient_funds"),
        (_kraken("EOrder:Order minimum not met"), "too_small"),
        (_kraken("EGeneral:Invalid arguments:volume"), "bad_order"),
        (_kraken("EQuery:Invalid asset pair"), "unknown_symbol"),
        (_kraken("EService:Market in cancel_only mode"), "halted"),
        (_kraken("EAPI:Invalid nonce"), "clock"),
        (_kraken("EAPI:Invalid key"), "key_refused"),
        (_kraken("EGeneral:Permission denied"), "not_allowed"),
    ],
    doubtful=[
        _kraken("EService:Unavailable"), _kraken("EService:Busy"), _kraken("EGeneral:Internal error"),
        _kraken("EService:Deadline elapsed"), _kraken("EOrder:Rate limit exceeded"),
        _kraken("EDatabase:Internal error"),
    ],
)  # fmt: skip

# --- Coinbase: docs.cdp.coinbase.com, Advanced Trade


def _coinbase(code: str, preview: str = "UNKNOWN_PREVIEW_FAILURE_REASON", words: str = "") -> Answer:
    refusal = {"error": code, "message": words, "error_details": "", "preview_failure_reason": preview}
    return Answer({"success": False, "failure_reason": "UNKNOWN_FAILURE_REASON", "order_id": "",
                   "error_response": refusal, "order_configuration": None})  # fmt: skip


def _coinbase_error(code: str, words: str, http: int) -> Answer:
    return Answer({"error": code, "error_details": words, "message": words}, http)


_COINBASE_ORDER = {
    "order_id": EXCHANGE_ID, "product_id": "BTC-USDT", "user_id": "u", "side": "BUY", "client_order_id": CLIENT_ID,
    "order_configuration": {"limit_limit_gtc": {"base_size": "0.01", "limit_price": "50000", "post_only": False}},
    "status": "OPEN", "time_in_force": "GOOD_UNTIL_CANCELLED", "created_time": "2026-11-25T09:46:40.000Z",
    "completion_percentage": "40", "filled_size": "0.004", "average_filled_price": "50000", "number_of_fills": "1",
    "filled_value": "200", "pending_cancel": False, "size_in_quote": False, "total_fees": "0.5", "settled": False,
    "order_type": "LIMIT", "last_fill_time": None,
}  # fmt: skip


def _coinbase_list(*rows: dict[str, Any]) -> Answer:
    return Answer({"orders": list(rows), "sequence": "0", "has_next": False, "cursor": ""})


COINBASE = Words(
    market_id="BTC-USDT",
    sends="POST /api/v3/brokerage/orders$",
    taken=Answer({"success": True, "failure_reason": "UNKNOWN_FAILURE_REASON", "order_id": EXCHANGE_ID,
                  "success_response": {"order_id": EXCHANGE_ID, "product_id": "BTC-USDT", "side": "BUY",
                                       "client_order_id": CLIENT_ID}, "order_configuration": None}),
    read_id=_body("client_order_id"),
    wire_id=CLIENT_ID,
    seen={"GET /api/v3/brokerage/orders/historical/batch": _coinbase_list(_COINBASE_ORDER)},
    unseen={
        "GET /api/v3/brokerage/orders/historical/batch": _coinbase_list(),
        "GET /api/v3/brokerage/orders/historical/fills": Answer({"fills": [], "cursor": ""}),
    },
    refused=[
        (_coinbase("INSUFFICIENT_FUND", "PREVIEW_INSUFFICIENT_FUND", "Insufficient balance"), "insufficient_funds"),
        (_coinbase("UNKNOWN_FAILURE_REASON", "PREVIEW_INVALID_BASE_SIZE_TOO_SMALL"), "too_small"),
        (_coinbase("INVALID_PRICE_PRECISION"), "bad_order"),
        (_coinbase("INVALID_PRODUCT_ID"), "unknown_symbol"),
        (_coinbase("ORDER_ENTRY_DISABLED"), "halted"),
        (_coinbase_error("PERMISSION_DENIED", "user is not allowed", 403), "key_refused"),
        (_coinbase_error("INVALID_ARGUMENT", "account is not available", 400), "bad_order"),
    ],
    doubtful=[
        _coinbase("UNKNOWN_FAILURE_REASON"), _coinbase("COMMANDER_REJECTED_NEW_ORDER"),
        _coinbase_error("INTERNAL", "internal", 500), _coinbase_error("UNAVAILABLE", "try again", 503),
        _coinbase_error("rate_limit_exceeded", "slow down", 429), _coinbase_error("unknown", "", 400),
    ],
)  # fmt: skip

# --- Gate: gate.com/docs/developers/apiv4/en


def _gate(label: str, words: str, http: int = 400) -> Answer:
    return Answer({"label": label, "message": words}, http)


_GATE_ORDER = {
    "id": EXCHANGE_ID, "text": f"t-{CLIENT_ID}", "amend_text": "-", "create_time": str(AT_S), "update_time": str(AT_S),
    "create_time_ms": AT, "update_time_ms": AT, "status": "open", "currency_pair": "BTC_USDT", "type": "limit",
    "account": "spot", "side": "buy", "amount": "0.01", "price": "50000", "time_in_force": "gtc", "iceberg": "0",
    "left": "0.006", "filled_amount": "0.004", "filled_total": "200", "avg_deal_price": "50000", "fee": "0.000004",
    "fee_currency": "BTC", "point_fee": "0", "gt_fee": "0", "gt_discount": False, "rebated_fee": "0",
    "rebated_fee_currency": "USDT", "finish_as": "open",
}  # fmt: skip
GATE = Words(
    market_id="BTC_USDT",
    sends="POST /api/v4/spot/orders",
    taken=Answer({**_GATE_ORDER, "left": "0.01", "filled_amount": "0", "filled_total": "0", "fee": "0"}, 201),
    read_id=_body("text"),
    wire_id=f"t-{CLIENT_ID}",
    before={"GET /api/v4/account/detail": Answer({"user_id": 1, "key": {"mode": 1}})},
    seen={f"GET /api/v4/spot/orders/t-{CLIENT_ID}": Answer(_GATE_ORDER)},
    unseen={
        "GET /api/v4/spot/orders/.+": _gate("ORDER_NOT_FOUND", "Order not found"),
        "GET /api/v4/spot/(orders|open_orders)$": Answer([]), "GET /api/v4/spot/my_trades": Answer([]),
    },
    refused=[
        (_gate("BALANCE_NOT_ENOUGH", "Not enough balance"), "insufficient_funds"),
        (_gate("INVALID_PARAM_VALUE", "Your order size 0.0037 USDT is too small. The minimum is 1 USDT"), "too_small"),
        (_gate("INVALID_PRECISION", "Invalid precision"), "bad_order"),
        (_gate("INVALID_CURRENCY_PAIR", "label: invalid argument"), "unknown_symbol"),
        (_gate("TRADE_RESTRICTED", "trade restricted"), "not_allowed"),
        (_gate("REQUEST_EXPIRED", "gap between request Timestamp and server time exceeds 60", 401), "clock"),
        (_gate("INVALID_KEY", "Invalid key provided", 401), "key_refused"),
        (_gate("IP_FORBIDDEN", "Request IP not in whitelist", 403), "key_refused"),
        (_gate("READ_ONLY", "API key is read-only", 403), "key_refused"),
    ],
    doubtful=[
        _gate("INTERNAL", "internal server error", 500), _gate("SERVER_ERROR", "server error", 500),
        _gate("TOO_BUSY", "system is busy"), _gate("REQUEST_TIMEOUT", "timeout", 504),
        _gate("TOO_MANY_REQUESTS", "Request rate limit exceeded", 429),
    ],
    duplicate=_gate("REPEATED_CREATION", "repeated creation"),
)  # fmt: skip

# --- Bitget: bitget.com/api-doc


def _bitget(code: str, words: str, http: int = 400) -> Answer:
    return Answer({"code": code, "msg": words, "requestTime": AT, "data": None}, http)


_BITGET_ORDER = {
    "userId": "1", "symbol": "BTCUSDT", "orderId": EXCHANGE_ID, "clientOid": CLIENT_ID, "price": "50000.00",
    "size": "0.01", "orderType": "limit", "side": "buy", "status": "partially_filled", "priceAvg": "50000.00",
    "baseVolume": "0.004", "quoteVolume": "200", "enterPointSource": "API", "feeDetail": "", "orderSource": "normal",
    "cTime": str(AT), "uTime": str(AT),
}  # fmt: skip
BITGET = Words(
    market_id="BTCUSDT",
    sends="POST /api/v2/spot/trade/place-order",
    taken=Answer({"code": "00000", "msg": "success", "requestTime": AT,
                  "data": {"orderId": EXCHANGE_ID, "clientOid": CLIENT_ID}}),
    read_id=_body("clientOid"),
    wire_id=CLIENT_ID,
    before={"GET /api/v3/account/settings": _bitget("40084", "You are in Classic Account mode")},
    seen={"GET /api/v2/spot/trade/orderInfo": Answer({"code": "00000", "msg": "success", "requestTime": AT,
                                                      "data": [_BITGET_ORDER]})},
    unseen={"GET /api/v2/spot/trade/orderInfo": Answer({"code": "00000", "msg": "success", "requestTime": AT,
                                                        "data": []})},
    refused=[
        (_bitget("43012", "Insufficient balance"), "insufficient_funds"),
        (_bitget("45110", "less than the minimum amount 5 USDT"), "too_small"),
        (_bitget("40808", "Parameter verification exception size checkBDScale error"), "bad_order"),
        (_bitget("40309", "The contract has been removed"), "unknown_symbol"),
        (_bitget("40008", "Request timestamp expired"), "clock"),
        (_bitget("40006", "Invalid ACCESS_KEY"), "key_refused"),
        (_bitget("40018", "Invalid IP"), "key_refused"),
        (_bitget("40014", "Incorrect permissions"), "key_refused"),
    ],
    doubtful=[
        _bitget("40010", "Request timed out"), _bitget("40015", "System is abnormal, please try again later"),
        _bitget("40725", "service return an error"), _bitget("45001", "Unknown error"),
        _bitget("429", "Too many requests", 429), _bitget("40200", "Server upgrade, please try again later"),
    ],
    duplicate=_bitget("43118", "clientOrderId duplicate"),
)  # fmt: skip

# --- the same order in its states, its cancel and its fill

OPEN, CANCELED, FILLED = "open", "canceled", "filled"
TRADE_ID = "75583433"
_FILLED = {OPEN: "0.004", CANCELED: "0.004", FILLED: "0.01"}


def _okx_by_id(state: str) -> dict[str, Answer]:
    told = {OPEN: "partially_filled", CANCELED: "canceled", FILLED: "filled"}[state]
    order = {**_OKX_ORDER, "state": told, "accFillSz": _FILLED[state]}
    return {"GET /api/v5/trade/order$": Answer({"code": "0", "msg": "", "data": [order]})}


def _bybit_by_id(state: str) -> dict[str, Answer]:
    told = {OPEN: "PartiallyFilled", CANCELED: "PartiallyFilledCanceled", FILLED: "Filled"}[state]
    return {"GET /v5/order/realtime": _bybit_list({**_BYBIT_ORDER, "orderStatus": told, "cumExecQty": _FILLED[state]})}


def _bybit_over(state: str) -> dict[str, Answer]:
    status = {CANCELED: "Cancelled|PartiallyFilledCanceled", FILLED: "Filled"}[state]
    (answer,) = _bybit_by_id(state).values()
    return {f"GET /v5/order/history.*orderStatus=({status})": answer}


def _kraken_over(state: str) -> dict[str, Answer]:
    (answer,) = _kraken_by_id(state).values()
    return {"POST /0/private/ClosedOrders": _kraken_result(closed=answer.body["result"], count=1)}


def _coinbase_over(state: str) -> dict[str, Answer]:
    status = {CANCELED: "CANCELLED", FILLED: "FILLED"}[state]
    (answer,) = _coinbase_by_id(state).values()
    return {
        f"GET /api/v3/brokerage/orders/historical/batch.*order_status={status}": _coinbase_list(answer.body["order"])
    }


def _gate_over(state: str) -> dict[str, Answer]:
    return {"GET /api/v4/spot/orders[?].*status=finished": Answer([_gate_order(state)])}


def _kraken_by_id(state: str) -> dict[str, Answer]:
    told = {OPEN: "open", CANCELED: "canceled", FILLED: "closed"}[state]
    order: dict[str, Any] = {**_KRAKEN_ORDER, "status": told, "vol_exec": _FILLED[state], "trades": []}
    return {"POST /0/private/QueryOrders": _kraken_result(**{EXCHANGE_ID: order})}


def _coinbase_by_id(state: str) -> dict[str, Answer]:
    told = {OPEN: "OPEN", CANCELED: "CANCELLED", FILLED: "FILLED"}[state]
    order = {**_COINBASE_ORDER, "status": told, "filled_size": _FILLED[state]}
    return {f"GET /api/v3/brokerage/orders/historical/{EXCHANGE_ID}": Answer({"order": order})}


def _gate_order(state: str) -> dict[str, Any]:
    told, left = {OPEN: ("open", "0.006"), CANCELED: ("cancelled", "0.006"), FILLED: ("closed", "0")}[state]
    end = {OPEN: "open", CANCELED: "cancelled", FILLED: "filled"}[state]
    return {**_GATE_ORDER, "status": told, "left": left, "filled_amount": _FILLED[state], "finish_as": end}


def _gate_by_id(state: str) -> dict[str, Answer]:
    return {f"GET /api/v4/spot/orders/{EXCHANGE_ID}": Answer(_gate_order(state))}


def _bitget_by_id(state: str) -> dict[str, Answer]:
    told = {OPEN: "partially_filled", CANCELED: "cancelled", FILLED: "filled"}[state]
    order = {**_BITGET_ORDER, "status": told, "baseVolume": _FILLED[state]}
    done = {"code": "00000", "msg": "success", "requestTime": AT, "data": [order]}
    return {"GET /api/v2/spot/trade/orderInfo": Answer(done)}


_OKX_CANCEL = {"clOrdId": CLIENT_ID, "ordId": EXCHANGE_ID, "sCode": "0", "sMsg": "", "ts": str(AT)}
OKX = replace(
    OKX,
    by_id=_okx_by_id,
    lists={"GET /api/v5/trade/orders-pending": Answer({"code": "0", "msg": "", "data": [_OKX_ORDER]})},
    cancels=(
        "POST /api/v5/trade/cancel-order",
        Answer({"code": "0", "msg": "", "data": [_OKX_CANCEL]}),
        _okx("51402", "Order cancellation failed as the order has been completed."),
    ),
    trades={"GET /api/v5/trade/fills": Answer({"code": "0", "msg": "", "data": [
        {"instType": "SPOT", "instId": "BTC-USDT", "tradeId": TRADE_ID, "ordId": EXCHANGE_ID, "clOrdId": CLIENT_ID,
         "billId": "1", "tag": "", "fillPx": "50000", "fillSz": "0.004", "side": "buy", "posSide": "", "execType": "T",
         "feeCcy": "BTC", "fee": "-0.000004", "ts": str(AT)}]})},
)  # fmt: skip
BYBIT = replace(
    BYBIT,
    by_id=_bybit_by_id,
    over=_bybit_over,
    lists={"GET /v5/order/realtime": _bybit_list(_BYBIT_ORDER)},
    cancels=(
        "POST /v5/order/cancel$",
        Answer({"retCode": 0, "retMsg": "OK", "time": AT,
                "result": {"orderId": EXCHANGE_ID, "orderLinkId": CLIENT_ID}}),
        _bybit(170213, "Order does not exist."),
    ),
    trades={"GET /v5/execution/list": _bybit_list(
        {"symbol": "BTCUSDT", "orderType": "Limit", "orderLinkId": CLIENT_ID, "orderId": EXCHANGE_ID, "side": "Buy",
         "execId": TRADE_ID, "execPrice": "50000", "execQty": "0.004", "execValue": "200", "execType": "Trade",
         "execFee": "0.000004", "feeCurrency": "BTC", "feeRate": "0.001", "isMaker": False, "execTime": str(AT)})},
)  # fmt: skip
KRAKEN = replace(
    KRAKEN,
    by_id=_kraken_by_id,
    over=_kraken_over,
    lists={"POST /0/private/OpenOrders": _kraken_result(open={EXCHANGE_ID: _KRAKEN_ORDER})},
    cancels=("POST /0/private/CancelOrder", _kraken_result(count=1), _kraken("EOrder:Unknown order")),
    trades={"POST /0/private/TradesHistory": _kraken_result(count=1, trades={TRADE_ID: {
        "ordertxid": EXCHANGE_ID, "postxid": "P", "pair": "XBTUSDT", "time": float(AT_S), "type": "buy",
        "ordertype": "limit", "price": "50000.00000", "cost": "200.00000", "fee": "0.32000", "vol": "0.00400000",
        "margin": "0.00000", "misc": "", "trade_id": 1, "maker": False}})},
)  # fmt: skip
COINBASE = replace(
    COINBASE,
    by_id=_coinbase_by_id,
    over=_coinbase_over,
    lists={"GET /api/v3/brokerage/orders/historical/batch": _coinbase_list(_COINBASE_ORDER)},
    cancels=(
        "POST /api/v3/brokerage/orders/batch_cancel",
        Answer({"results": [{"success": True, "failure_reason": "UNKNOWN_CANCEL_FAILURE_REASON",
                             "order_id": EXCHANGE_ID}]}),
        Answer({"results": [{"success": False, "failure_reason": "UNKNOWN_CANCEL_ORDER", "order_id": EXCHANGE_ID}]}),
    ),
    trades={"GET /api/v3/brokerage/orders/historical/fills": Answer({"cursor": "", "fills": [
        {"entry_id": "e", "trade_id": TRADE_ID, "order_id": EXCHANGE_ID, "trade_time": "2026-11-25T09:46:40.000Z",
         "trade_type": "FILL", "price": "50000", "size": "0.004", "commission": "0.5", "product_id": "BTC-USDT",
         "sequence_timestamp": "2026-11-25T09:46:40.000Z", "liquidity_indicator": "TAKER", "size_in_quote": False,
         "user_id": "u", "side": "BUY"}]})},
)  # fmt: skip
GATE = replace(
    GATE,
    by_id=_gate_by_id,
    over=_gate_over,
    lists={"GET /api/v4/spot/open_orders": Answer(
        [{"currency_pair": "BTC_USDT", "total": 1, "orders": [_GATE_ORDER]}])},
    cancels=(
        f"DELETE /api/v4/spot/orders/{EXCHANGE_ID}",
        Answer(_gate_order(CANCELED)),
        _gate("ORDER_CLOSED", "Order already closed"),
    ),
    trades={"GET /api/v4/spot/my_trades": Answer([
        {"id": TRADE_ID, "create_time": str(AT_S), "create_time_ms": f"{AT}.123", "currency_pair": "BTC_USDT",
         "side": "buy", "role": "taker", "amount": "0.004", "price": "50000", "order_id": EXCHANGE_ID,
         "fee": "0.000004", "fee_currency": "BTC", "point_fee": "0", "gt_fee": "0", "amend_text": "-",
         "text": f"t-{CLIENT_ID}"}])},
)  # fmt: skip
BITGET = replace(
    BITGET,
    by_id=_bitget_by_id,
    lists={"GET /api/v2/spot/trade/unfilled-orders": Answer(
        {"code": "00000", "msg": "success", "requestTime": AT, "data": [_BITGET_ORDER]})},
    cancels=(
        "POST /api/v2/spot/trade/cancel-order",
        Answer({"code": "00000", "msg": "success", "requestTime": AT,
                "data": {"orderId": EXCHANGE_ID, "clientOid": CLIENT_ID}}),
        _bitget("43001", "The order does not exist"),
    ),
    trades={"GET /api/v2/spot/trade/fills": Answer({"code": "00000", "msg": "success", "requestTime": AT, "data": [
        {"userId": "1", "symbol": "BTCUSDT", "orderId": EXCHANGE_ID, "tradeId": TRADE_ID, "orderType": "limit",
         "side": "buy", "priceAvg": "50000", "size": "0.004", "amount": "200", "tradeScope": "taker",
         "feeDetail": {"deduction": "no", "feeCoin": "BTC", "totalDeductionFee": "", "totalFee": "-0.000004"},
         "cTime": str(AT), "uTime": str(AT)}]})},
)  # fmt: skip

VENUES = {
    "binance": BINANCE, "kucoin": KUCOIN, "okx": OKX, "bybit": BYBIT, "kraken": KRAKEN, "coinbase": COINBASE,
    "gate": GATE, "bitget": BITGET,
}  # fmt: skip
