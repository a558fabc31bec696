"""The rows of the exchanges whose orders and refusals were tried through ccxt against made-up answers in their form.

A code is definitive only if ccxt's table or a list that was read has it. “Not read anew”: taken on trust.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from desktop_app.core.market import FeeCurrency
from desktop_app.exchange.venues import codes
from desktop_app.exchange.venues.quirks import Level, Lookup, Quirks, Refusal, has_field, padded, unpadded

_DAY_MS = 86_400_000


def refusals(**by_meaning: str) -> tuple[Refusal, ...]:
    """Codes by what they mean, with blanks between them."""
    return tuple(Refusal(code, meaning) for meaning, listed in by_meaning.items() for code in listed.split())


def _without_prefix(client_id: str) -> str:
    """Gate wants `t-` in front of every id of a user's own; ccxt puts it there."""
    return client_id.removeprefix("t-")


def keys_of(rows: Iterable[Refusal], meaning: str) -> frozenset[str]:
    return frozenset(row.code for row in rows if row.meaning == meaning)


# --- OKX --------------------------------------------------------------------------------------------------------------

_OKX_REFUSALS = refusals(
    insufficient_funds="51008 51119 51127 51131",
    too_small="51020 51100 51118 51120",
    # parameters, amounts and prices out of their bounds: checked before the order gets its number
    bad_order="50002 50006 50014 50015 50016 50024 51000 51003 51004 51005 51006 51015 51101 51102 51110 51116 51121 "
    "51122 51124 51136 51137 51138 51139 51185 51201 51202 51203 51174",
    unknown_symbol="51001 51002 51012 51014 51026",
    halted="51021 51022 51027 51028",
    not_allowed="50007 50009 50012 50027 50028 50029 50030 50032 50033 50051 50052 50059 50060 51009 51010 51024 51155",
    key_refused="50035 50100 50101 50103 50104 50105 50106 50107 50110 50111 50113 50114",
    clock="50102 50112",
    unknown_order="51400 51401 51402 51603",
)
_GATE_LISTS = ("/spot/orders", "/spot/open_orders", "/spot/my_trades", "/spot/accounts")
_COINBASE_FIELDS = {
    "/orders/historical/batch": "orders",
    "/orders/historical/fills": "fills",
    "/brokerage/accounts": "accounts",
}


def _is_whole_on_gate(address: str, answer: Any) -> bool:
    """`{}` is a list without orders to ccxt; an order that was placed is told with its id."""
    path = address.partition("?")[0]
    return (
        isinstance(answer, list) or not path.endswith(_GATE_LISTS) or (isinstance(answer, Mapping) and "id" in answer)
    )


def _is_whole_on_coinbase(address: str, answer: Any) -> bool:
    path = address.partition("?")[0]
    field = next((field for end, field in _COINBASE_FIELDS.items() if path.endswith(end)), None)
    return field is None or (isinstance(answer, Mapping) and field in answer)


OKX = Quirks(
    id="okx",
    name="OKX",
    source=(
        "codes: ccxt 4.5.90's table, and 50000-50063 read in OKX's own list (50004: “does not mean that the request "
        "was successful or failed”); clOrdId of up to 32 letters and digits: not read anew"
    ),
    level=Level.CHECKED,
    lookup=Lookup.ALL,
    cancel_parameter="clientOrderId",
    refusals=_OKX_REFUSALS,
    duplicates=refusals(duplicate="51016"),
    not_found=frozenset({"51603"}),
    clock_codes=keys_of(_OKX_REFUSALS, "clock"),
    key_codes=keys_of(_OKX_REFUSALS, "key_refused"),
    halted_codes=keys_of(_OKX_REFUSALS, "halted"),
    rate_codes=frozenset({"50011", "50013", "50040", "50061"}),
    is_whole=has_field("data"),
    read_code=codes.of_okx,
    needs_password=True,
    fee_currency=FeeCurrency.RECEIVED,
    private_channels=("watch_orders",),
    trades_window_ms=3 * _DAY_MS,
    options={"defaultType": "spot", "fetchMarkets": {"types": ["spot"]}, "tgtCcy": "base_ccy"},
)

# --- Bybit ------------------------------------------------------------------------------------------------------------

_BYBIT_REFUSALS = refusals(
    insufficient_funds="170131 170033 110004 110007 110012",
    too_small="170136 170140",
    bad_order="10001 170105 170115 170116 170117 170124 170130 170132 170133 170134 170135 170137 170148 170192 170193 "
    "170194 170197 170198 170202 170203 170204 170206 170210 170217 170218 170371 170372 110003 12137",
    unknown_symbol="170121 170221",
    halted="170151 170159",
    not_allowed="10008 10020 10024 10027 10028 10029 170031 170157 170201 170209 170224 170227 170241",
    key_refused="10003 10004 10005 10007 10009 10010 33004 -2015",
    clock="10002",
    unknown_order="170213 170142 170139 170143 170190 110001 110008 110010",
)
BYBIT = Quirks(
    id="bybit",
    name="Bybit",
    source=(
        "codes: ccxt 4.5.90's table, and Bybit's own list (docs/v5/error.mdx) read to 110031; orderLinkId of up to 36, "
        "always unique, and the acknowledgement that only says the request was taken: not read anew"
    ),
    level=Level.CHECKED,
    # ccxt's look at one order sends an empty order id beside ours, so it is looked for in the lists instead.
    lookup=Lookup.NONE,
    cancel_parameter="orderLinkId",
    is_id_free_again=False,
    refusals=_BYBIT_REFUSALS,
    duplicates=refusals(duplicate="170141 110072 12141"),
    not_found=frozenset({"170213", "110001"}),
    empty_is_not_found=True,
    clock_codes=keys_of(_BYBIT_REFUSALS, "clock"),
    key_codes=keys_of(_BYBIT_REFUSALS, "key_refused"),
    halted_codes=keys_of(_BYBIT_REFUSALS, "halted"),
    rate_codes=frozenset({"10006", "10018", "10429", "429", "170005", "170222", "20003"}),
    is_whole=has_field("result"),
    code_fields=("retCode", "ret_code"),
    message_fields=("retMsg", "ret_msg"),
    fee_currency=FeeCurrency.RECEIVED,
    trades_window_ms=7 * _DAY_MS,
    orders_window_ms=7 * _DAY_MS,
    orders_page=50,
    options={
        "defaultType": "spot",
        "fetchMarkets": {"types": ["spot"]},
        "recvWindow": 5_000,
        "fetchOrder": {"acknowledged": True},  # that it finds open orders and the last 500 finished ones
        # Classic accounts are gone; without this every first order asks two more questions.
        "enableUnifiedAccount": True,
        "enableUnifiedMargin": False,
        "unifiedMarginStatus": 6,
    },
)

# --- Kraken -----------------------------------------------------------------------------------------------------------

_KRAKEN_REFUSALS = tuple(
    Refusal(code, meaning)
    for meaning, listed in {
        "insufficient_funds": ("EOrder:Insufficient funds",),
        "too_small": ("EOrder:Order minimum not met",),
        "bad_order": (
            "EGeneral:Invalid arguments", "EOrder:Invalid price", "EOrder:Invalid order",
        ),
        "unknown_symbol": ("EQuery:Invalid asset pair", "EQuery:Unknown asset"),
        "halted": ("EService:Market in cancel_only mode", "EService:Market in post_only mode"),
        "not_allowed": (
            "ETrade:User Locked",
            "EGeneral:Permission denied",
        ),
        "key_refused": ("EAPI:Invalid key", "EAPI:Invalid signature"),
        "clock": ("EAPI:Invalid nonce",),
        "unknown_order": ("EOrder:Unknown order",),
    }.items()
    for code in listed
)  # fmt: skip
KRAKEN = Quirks(
    id="kraken",
    name="Kraken",
    source=(
        "codes: ccxt 4.5.90's table, and docs.kraken.com/api/docs/guides/spot-errors read in part; cl_ord_id as a "
        "UUID, unique across open orders: not read anew"
    ),
    level=Level.CHECKED,
    shape_client_id=padded,
    read_client_id=unpadded,
    # ccxt's look at one order sends a client id as `userref`, which is a number; the lists of orders take it.
    lookup=Lookup.NONE,
    cancel_parameter="clientOrderId",
    refusals=_KRAKEN_REFUSALS,
    not_found=frozenset({"EOrder:Unknown order"}),
    clock_codes=frozenset({"EAPI:Invalid nonce"}),
    key_codes=keys_of(_KRAKEN_REFUSALS, "key_refused"),
    halted_codes=keys_of(_KRAKEN_REFUSALS, "halted"),
    rate_codes=frozenset(
        {"EAPI:Rate limit exceeded", "EOrder:Rate limit exceeded", "EOrder:Domain rate limit exceeded",
         "EGeneral:Too many requests", "EGeneral:Temporary lockout"}
    ),
    is_whole=has_field("error"),
    read_code=codes.of_kraken,
    fee_currency=FeeCurrency.QUOTE,
    trades_page=50,
    orders_page=50,
    one_at_a_time=True,
)  # fmt: skip

# --- Coinbase ---------------------------------------------------------------------------------------------------------

_COINBASE_REFUSALS = refusals(
    insufficient_funds="INSUFFICIENT_FUND INSUFFICIENT_FUNDS PREVIEW_INSUFFICIENT_FUND",
    too_small="PREVIEW_INVALID_BASE_SIZE_TOO_SMALL PREVIEW_INVALID_QUOTE_SIZE_TOO_SMALL",
    bad_order="UNSUPPORTED_ORDER_CONFIGURATION INVALID_SIDE INVALID_SIZE_PRECISION INVALID_PRICE_PRECISION "
    "INVALID_REQUEST INVALID_LIMIT_PRICE INVALID_LIMIT_PRICE_POST_ONLY INVALID_NO_LIQUIDITY INVALID_ARGUMENT "
    "PREVIEW_INVALID_BASE_SIZE_TOO_LARGE PREVIEW_INVALID_QUOTE_SIZE_TOO_LARGE PREVIEW_INVALID_PRICE_PRECISION "
    "PREVIEW_INVALID_SIZE_PRECISION PREVIEW_STOP_PRICE_ABOVE_LAST_TRADE_PRICE",
    unknown_symbol="INVALID_PRODUCT_ID",
    halted="ORDER_ENTRY_DISABLED",
    not_allowed="INELIGIBLE_PAIR identity_verification_required personal_details_required unverified_email",
    key_refused="PERMISSION_DENIED unauthorized authentication_error invalid_token revoked_token "
    "expired_token invalid_scope",
    unknown_order="UNKNOWN_CANCEL_ORDER NOT_FOUND not_found",
)
COINBASE = Quirks(
    id="coinbase",
    name="Coinbase",
    source=(
        "codes: ccxt 4.5.90's table, and the lists of failure reasons in others' typed clients; that ids are not made "
        "unique: not read anew; UNKNOWN_FAILURE_REASON and COMMANDER_REJECTED_NEW_ORDER leave it open what happened"
    ),
    level=Level.CHECKED,
    client_id_parameter="client_order_id",  # ccxt sends one of its own making beside `clientOrderId`
    lookup=Lookup.NONE,
    refusals=_COINBASE_REFUSALS,
    not_found=frozenset({"NOT_FOUND", "not_found"}),
    key_codes=keys_of(_COINBASE_REFUSALS, "key_refused"),
    halted_codes=keys_of(_COINBASE_REFUSALS, "halted"),
    rate_codes=frozenset({"rate_limit_exceeded", "RESOURCE_EXHAUSTED", "resource_exhausted"}),
    is_whole=_is_whole_on_coinbase,
    read_code=codes.of_coinbase,
    fee_currency=FeeCurrency.QUOTE,
    private_channels=("watch_orders",),
    holds_market_buys_by_cost=True,
    options={
        "advanced": True,
        # The older calls round times to seconds and leave out what open orders hold.
        "fetchBalance": "v3PrivateGetBrokerageAccounts",
        "fetchTime": "v3PublicGetBrokerageTime",
    },
)

# --- Gate -------------------------------------------------------------------------------------------------------------

_GATE_REFUSALS = (
    Refusal("INVALID_PARAM_VALUE", "too_small", "too small"),
    *refusals(
        insufficient_funds="BALANCE_NOT_ENOUGH INSUFFICIENT_AVAILABLE",
        too_small="AMOUNT_TOO_LITTLE",
        bad_order="INVALID_PARAM_VALUE INVALID_PROTOCOL INVALID_ARGUMENT INVALID_REQUEST_BODY MISSING_REQUIRED_PARAM "
        "BAD_REQUEST INVALID_CONTENT_TYPE NOT_ACCEPTABLE METHOD_NOT_ALLOWED INVALID_PRECISION AMOUNT_TOO_MUCH "
        "QUANTITY_NOT_ENOUGH POC_FILL_IMMEDIATELY PRICE_TOO_DEVIATED PRICE_THRESHOLD_EXCEEDED",
        unknown_symbol="INVALID_CURRENCY_PAIR INVALID_CURRENCY",
        not_allowed="TOO_MANY_ORDERS TRADE_RESTRICTED ACCOUNT_LOCKED SUB_ACCOUNT_LOCKED FORBIDDEN USER_NOT_FOUND",
        key_refused="INVALID_CREDENTIALS INVALID_KEY INVALID_SIGNATURE IP_FORBIDDEN READ_ONLY MISSING_REQUIRED_HEADER "
        "AUTHENTICATION_FAILED",
        clock="REQUEST_EXPIRED",
        unknown_order="ORDER_NOT_FOUND CLIENT_ID_NOT_FOUND ORDER_CLOSED ORDER_CANCELLED",
    ),
)
GATE = Quirks(
    id="gate",
    name="Gate",
    source=(
        "codes: ccxt 4.5.90's table of labels; text as t- and up to 28 bytes: ccxt's own check; how long an order is "
        "found by it: not read anew, so finished ones are looked for in the lists"
    ),
    level=Level.CHECKED,
    read_client_id=_without_prefix,
    lookup=Lookup.ACTIVE,
    cancel_parameter="clientOrderId",
    is_ack_only=False,
    is_cancel_ack_only=False,
    refusals=_GATE_REFUSALS,
    duplicates=refusals(duplicate="REPEATED_CREATION"),
    not_found=frozenset({"ORDER_NOT_FOUND", "CLIENT_ID_NOT_FOUND"}),
    clock_codes=frozenset({"REQUEST_EXPIRED"}),
    key_codes=keys_of(_GATE_REFUSALS, "key_refused"),
    rate_codes=frozenset({"TOO_MANY_REQUESTS", "TOO_FAST"}),
    is_whole=_is_whole_on_gate,
    code_fields=("label",),
    message_fields=("message", "detail"),
    fee_currency=FeeCurrency.RECEIVED,
    trades_window_ms=30 * _DAY_MS,
    holds_market_buys_by_cost=True,
    options={"defaultType": "spot", "fetchMarkets": {"types": ["spot"]}},
)

# --- Bitget -----------------------------------------------------------------------------------------------------------

_BITGET_REFUSALS = refusals(
    insufficient_funds="43012 40762",
    too_small="45110",
    bad_order="40007 40017 400172 40019 40020 40305 40706 40808 41103 41117 43011 45113 00171 00172 01001 01002",
    unknown_symbol="40309",
    not_allowed="40013 40016 40031 22004",
    key_refused="40001 40002 40003 40006 40009 40011 40012 40014 40018 40037",
    clock="40004 40005 40008",
    unknown_order="43001 40768 40109 22001",
)
BITGET = Quirks(
    id="bitget",
    name="Bitget",
    source=(
        "codes: ccxt 4.5.90's table, and the beginning of Bitget's own list; 40010 is told to be “Request timed out”, "
        "against ccxt's comment, and so is unknown; looks by clientOid: ccxt's own call"
    ),
    level=Level.CHECKED,
    lookup=Lookup.ALL,
    lookup_parameter="clientOid",
    cancel_parameter="clientOid",
    refusals=_BITGET_REFUSALS,
    duplicates=refusals(duplicate="40786 43118"),
    not_found=frozenset({"43001", "40768", "40109"}),
    empty_is_not_found=True,
    clock_codes=keys_of(_BITGET_REFUSALS, "clock"),
    key_codes=keys_of(_BITGET_REFUSALS, "key_refused"),
    rate_codes=frozenset({"429", "1001", "30007"}),
    is_whole=has_field("code"),
    code_fields=("code",),
    message_fields=("msg",),
    success_codes=frozenset({"", "00000"}),
    needs_password=True,
    fee_currency=FeeCurrency.RECEIVED,
    private_channels=("watch_orders",),
    holds_market_buys_by_cost=True,
    options={"defaultType": "spot", "fetchMarkets": {"types": ["spot"]}},
)

ROWS = {row.id: row for row in (OKX, BYBIT, KRAKEN, COINBASE, GATE, BITGET)}
