"""The rows of exchanges that nobody has tried yet: the codes are those of ccxt 4.5.90, other facts taken on trust."""

from desktop_app.core.change import replace
from desktop_app.core.market import FeeCurrency
from desktop_app.exchange.venues import codes
from desktop_app.exchange.venues.checked import BYBIT, GATE, OKX, keys_of, refusals
from desktop_app.exchange.venues.full import BINANCE
from desktop_app.exchange.venues.quirks import Level, Lookup, Quirks, Refusal

_DAY_MS = 86_400_000

_HTX_REFUSALS = refusals(
    insufficient_funds="account-frozen-balance-insufficient-error",
    too_small="order-limitorder-amount-min-error order-marketorder-amount-min-error order-value-min-error",
    bad_order="invalid-amount order-limitorder-amount-max-error order-limitorder-price-min-error "
    "order-limitorder-price-max-error order-limitorder-price-buy-min-error order-limitorder-price-buy-max-error "
    "order-limitorder-price-sell-min-error order-limitorder-price-sell-max-error order-invalid-price "
    "order-orderprice-precision-error order-holding-limit-failed "
    "validation-format-error validation-constraints-required",
    unknown_symbol="base-symbol-error require-symbol",
    halted="base-symbol-trade-disabled",
    key_refused="api-signature-not-valid api-signature-check-failed",
    unknown_order="order-orderstate-error order-queryorder-invalid base-record-invalid",
)
HTX = Quirks(
    id="htx",
    name="HTX",
    source=(
        "htx.com/en-us/opend: error codes; notice 84873840032816 (client-order-id is not made unique since 2021; of a "
        "finished order it is known for two hours); ccxt's table of codes"
    ),
    lookup=Lookup.ACTIVE,
    cancel_parameter="client-order-id",
    refusals=_HTX_REFUSALS,
    not_found=frozenset({"base-record-invalid", "order-queryorder-invalid"}),
    key_codes=keys_of(_HTX_REFUSALS, "key_refused"),
    halted_codes=frozenset({"base-symbol-trade-disabled"}),
    rate_codes=frozenset({"base-request-exceed-frequency-limit", "rate-too-many-requests"}),
    read_code=codes.of_htx,
    fee_currency=FeeCurrency.RECEIVED,
    open_orders_need_symbol=True,
    trades_window_ms=2 * _DAY_MS,
    orders_window_ms=2 * _DAY_MS,
    holds_market_buys_by_cost=True,
    options={"defaultType": "spot", "fetchMarkets": {"types": {"spot": True, "linear": False, "inverse": False}}},
)

_MEXC_REFUSALS = refusals(
    insufficient_funds="10101 30004 30005 2005",
    too_small="30002 88013",
    bad_order="30003 30010 30029 30041 30087 700004 700005 700008 730002 -1128",
    unknown_symbol="10007 30014 30021 730001 -1121",
    halted="30000 30001 30016",
    not_allowed="30018 30020 30027 30028 70011 60005 700007",
    key_refused="10072 700001 700002 700006 402 406",
    clock="700003 10073",
    unknown_order="-2011",
)
MEXC = Quirks(
    id="mexc",
    name="MEXC",
    source="mexcdevelop.github.io/apidocs/spot_v3_en: error codes, newClientOrderId; ccxt's table of codes",
    lookup=Lookup.ALL,
    cancel_parameter="clientOrderId",
    refusals=_MEXC_REFUSALS,
    clock_codes=keys_of(_MEXC_REFUSALS, "clock"),
    key_codes=keys_of(_MEXC_REFUSALS, "key_refused"),
    halted_codes=keys_of(_MEXC_REFUSALS, "halted"),
    rate_codes=frozenset({"429", "510"}),
    open_orders_need_symbol=True,
    trades_window_ms=7 * _DAY_MS,
    options={
        "defaultType": "spot",
        "fetchMarkets": {"types": {"spot": True, "swap": {"linear": False, "inverse": False}}},
    },
)

CRYPTOCOM = Quirks(
    id="cryptocom",
    name="Crypto.com",
    source="exchange-docs.crypto.com: response and reason codes, private/create-order (client_oid, 36); ccxt's table",
    client_id_parameter="client_oid",  # ccxt drops `clientOrderId` here without a word
    refusals=refusals(
        insufficient_funds="306 20002",
        too_small="415 30013",
        bad_order="213 219 314 315 325 30004 30005 30006 30007 30008 30009 30014 30016 30017 30023 30024 30025 10004 "
        "40003 40004 40005 40006",
        unknown_symbol="30003",
        not_allowed="10005 20005 40104",
        key_refused="10002 10003 40101 40103",
        clock="10007 40102",
        unknown_order="40401",
    ),
    not_found=frozenset({"40401"}),
    clock_codes=frozenset({"10007", "40102"}),
    key_codes=frozenset({"10002", "10003", "40101", "40103"}),
    rate_codes=frozenset({"10006", "42901"}),
    fee_currency=FeeCurrency.RECEIVED,
    trades_window_ms=_DAY_MS,
    holds_market_buys_by_cost=True,
    options={"defaultType": "spot"},
)

BINGX = Quirks(
    id="bingx",
    name="BingX",
    source="bingx-api.github.io/docs: spot, error codes, newClientOrderId (40); ccxt's table of codes",
    refusals=refusals(
        insufficient_funds="100202 101204",
        too_small="101400 110425",
        unknown_symbol="109425 100421",
        halted="100490 109418",
        not_allowed="100004 100414",
        key_refused="100001 100412 100413 100419",
        unknown_order="80016 80017 109421",
    ),
    duplicates=refusals(duplicate="101481 109201"),
    not_found=frozenset({"80016", "80017", "109421"}),
    key_codes=frozenset({"100001", "100412", "100413", "100419"}),
    rate_codes=frozenset({"100410", "429"}),
    fee_currency=FeeCurrency.RECEIVED,
    open_orders_need_symbol=True,
    options={"defaultType": "spot", "fetchMarkets": {"types": ["spot"]}},
)

BIGONE = Quirks(
    id="bigone",
    name="BigONE",
    source="open.big.one/docs: spot orders (client_order_id), error codes; ccxt's table of codes",
    refusals=(
        Refusal("10007", "bad_order"),
        *refusals(
            insufficient_funds="10014 40603",
            bad_order="10001 40604 40605",
            unknown_symbol="10013",
            halted="60100",
            not_allowed="10403",
            key_refused="40004",
            unknown_order="40121",
        ),
    ),
    key_codes=frozenset({"40004"}),
    rate_codes=frozenset({"10429"}),
    has_private_stream=False,
    private_channels=(),
    price_channels=(),
    open_orders_need_symbol=True,
    fee_currency=FeeCurrency.RECEIVED,
    holds_market_buys_by_cost=True,
)

HYPERLIQUID = Quirks(
    id="hyperliquid",
    name="Hyperliquid",
    source="hyperliquid.gitbook.io: exchange endpoint (cloid, 128 bits), error responses; ccxt's table of texts",
    shape_client_id=lambda client_id: "0x" + client_id.rjust(32, "0"),
    read_client_id=lambda client_id: client_id.removeprefix("0x")[4:] if client_id.startswith("0x0000") else client_id,
    lookup=Lookup.ALL,
    cancel_parameter="clientOrderId",
    refusals=(
        Refusal("Order must have minimum value of", "too_small"),
        Refusal("Insufficient spot balance asset", "insufficient_funds"),
        Refusal("Price must be divisible by tick size", "bad_order"),
        Refusal("Order has invalid size", "bad_order"),
        Refusal("Order has zero size", "bad_order"),
        Refusal("User or API Wallet", "key_refused"),
    ),
    not_found_texts=("unknownOid",),
    read_code=codes.of_hyperliquid,
    fee_currency=FeeCurrency.RECEIVED,
    # Left alone, ccxt signs with the user's key that a builder may take a fee, and that somebody referred him.
    options={"defaultType": "spot", "refSet": True, "builderFee": False},
)

CEX = Quirks(
    id="cex",
    name="CEX.IO",
    source="trade.cex.io/docs: do_my_new_order wants the name of a sub-account in every order",
    takes_orders=False,
    read_code=codes.of_cex,
    refusals=(
        Refusal("Insufficient funds", "insufficient_funds"),
        Refusal("key not passed or incorrect", "key_refused"),
    ),
)

BITFINEX = Quirks(
    id="bitfinex",
    name="Bitfinex",
    source="docs.bitfinex.com/reference/rest-auth-submit-order: cid is a number of 45 bits, unique for a day of UTC",
    takes_orders=False,
    read_code=codes.of_bitfinex,
    key_codes=frozenset({"10100", "10001"}),
    refusals=refusals(key_refused="10100"),
    rate_codes=frozenset({"11010"}),
)

BITBNS = Quirks(
    id="bitbns",
    name="Bitbns",
    source="api.bitbns.com: orders have no ids of the user's own",
    takes_orders=False,
    has_private_stream=False,
    private_channels=(),
    price_channels=(),
)


def _like(row: Quirks, exchange_id: str, name: str) -> Quirks:
    """A sister of an exchange: the same protocol, as far as anybody has said."""
    return replace(row, id=exchange_id, name=name, level=Level.CONNECTABLE)


ROWS = {
    row.id: row
    for row in (
        HTX, MEXC, CRYPTOCOM, BINGX, BIGONE, HYPERLIQUID, CEX, BITFINEX, BITBNS,
        _like(BINANCE, "binanceus", "Binance US"), _like(OKX, "okxus", "OKX (US)"), _like(OKX, "myokx", "MyOKX (EEA)"),
        _like(BYBIT, "bybiteu", "Bybit EU"), _like(BYBIT, "bybitid", "Bybit Indonesia"),
        _like(GATE, "gateeu", "Gate EU"),
    )
}  # fmt: skip
