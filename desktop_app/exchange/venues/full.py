"""The rows of the exchanges that were worked through and are tested against a stand-in: Binance and KuCoin."""

from collections.abc import Mapping
from typing import Any

from desktop_app.core.market import FeeCurrency
from desktop_app.exchange.protocol import Refused
from desktop_app.exchange.venues import kucoin_lists
from desktop_app.exchange.venues.quirks import Level, Lookup, Paging, Quirks, Refusal, has_field

DAY_MS = 86_400_000

_BINANCE_BAD_PARAMETERS = (
    # errors.md "11xx - Request issues": the request is read before the matching engine sees anything of it
    "-1100", "-1101", "-1102", "-1103", "-1104", "-1105", "-1106", "-1108", "-1111", "-1112", "-1114", "-1115",
    "-1116", "-1117", "-1118", "-1119", "-1120", "-1125", "-1127", "-1128", "-1130", "-1131", "-1134", "-1135",
    "-1145", "-1151", "-1194",
)  # fmt: skip


_BINANCE_LISTS = ("/openOrders", "/myTrades", "/allOrders", "/klines")
_BINANCE_FIELDS = {
    "/api/v3/order": "orderId",
    "/account": "balances",
    "/exchangeInfo": "symbols",
    "/time": "serverTime",
}


def _is_whole_on_binance(address: str, answer: Any) -> bool:
    """`{}` where a list of orders should be must not be taken for a list without any."""
    path = address.partition("?")[0]
    if path.endswith(_BINANCE_LISTS):
        return isinstance(answer, list)
    field = next((field for end, field in _BINANCE_FIELDS.items() if path.endswith(end)), None)
    return field is None or (isinstance(answer, Mapping) and field in answer)


async def _binance_fees(api: Any) -> tuple[Any, Any]:
    account = await api.privateGetAccount({"omitZeroBalances": "true"})
    rates = account["commissionRates"]
    return rates["maker"], rates["taker"]


async def _kucoin_fees(api: Any) -> tuple[Any, Any]:
    answer = await api.privateGetBaseFee()
    return answer["data"]["makerFeeRate"], answer["data"]["takerFeeRate"]


async def _kucoin_prepare(api: Any) -> None:
    if await api.is_uta_enabled():
        raise Refused("This is a unified account of KuCoin; Strongroom trades on classic ones.", "not_allowed")


async def _kucoin_open_symbols(api: Any) -> list[str]:
    """Orders of the faster accounts are listed by pair only, but the exchange tells which pairs have any."""
    if not api.options.get("hf"):
        return sorted({order["symbol"] for order in await api.fetch_open_orders()})
    answer = await api.privateGetHfOrdersActiveSymbols()
    return [api.safe_symbol(name) for name in (answer["data"] or {}).get("symbols") or ()]


BINANCE = Quirks(
    id="binance",
    name="Binance",
    source=(
        "github.com/binance/binance-spot-api-docs: errors.md, rest-api.md (5xx is unknown; newClientOrderId unique "
        "among open orders; recvWindow checked again before the engine; -1007), enums.md, user-data-stream.md, "
        "fix-api.md (an id is 1 to 36 of a-zA-Z0-9-_)"
    ),
    level=Level.FULL,
    client_id_parameter="newClientOrderId",
    lookup=Lookup.ALL,
    lookup_parameter="origClientOrderId",
    cancel_parameter="origClientOrderId",
    takes_stops=True,
    is_id_free_again=True,
    # recvWindow 5 s + clock lead 1 s + engine time-out 10 s + memory-to-database lag 4 s
    absent_after_ms=20_000,
    is_ack_only=False,
    is_cancel_ack_only=False,
    refusals=(
        Refusal("-1013", "halted", "Market is closed"),
        Refusal("-1013", "too_small", "NOTIONAL"),
        Refusal("-1013", "bad_order"),
        Refusal("-2010", "insufficient_funds", "insufficient balance"),
        Refusal("-2010", "halted", "Market is closed"),
        Refusal("-2010", "halted", "not currently trading"),
        Refusal("-2010", "not_allowed", "disabled on this account"),
        Refusal("-2010", "not_allowed", "not permitted for this account"),
        Refusal("-2010", "bad_order"),
        Refusal("-2011", "unknown_order", "Unknown order sent"),
        Refusal("-2013", "unknown_order"),
        Refusal("-1021", "clock"),
        Refusal("-1022", "key_refused"),
        Refusal("-1002", "key_refused"),
        Refusal("-2014", "key_refused"),
        Refusal("-2015", "key_refused"),
        Refusal("-1121", "unknown_symbol"),
        *(Refusal(code, "bad_order") for code in _BINANCE_BAD_PARAMETERS),
    ),
    duplicates=(Refusal("-2010", "duplicate", "Duplicate order sent"),),
    not_found=frozenset({"-2013"}),
    clock_codes=frozenset({"-1021"}),
    key_codes=frozenset({"-1022", "-2014", "-2015", "-1002"}),
    rate_codes=frozenset({"-1003", "-1015", "-1034"}),
    is_whole=_is_whole_on_binance,
    code_fields=("code",),
    message_fields=("msg",),
    success_codes=frozenset({"", "0", "200", "000000"}),
    fee_currency=FeeCurrency.RECEIVED,
    price_channels=("watch_trades", "watch_bids_asks"),
    private_channels=("watch_orders", "watch_my_trades"),
    trades_window_ms=DAY_MS,
    trades_page=1_000,
    paging=Paging.UP,
    read_account_fees=_binance_fees,
    options={
        "defaultType": "spot",
        "fetchMarkets": {"types": ["spot"], "loadAllOptions": False},
        "fetchMargins": False,
        "fetchOpenOrders": {"warnWithoutSymbol": False},
        "warnOnFetchOpenOrdersWithoutSymbol": False,
        "recvWindow": 5_000,
        "broker": {},
        # The answer with fills saves asking for them.
        "newOrderRespType": {"market": "FULL", "limit": "FULL"},
    },
    balance_parameters={"omitZeroBalances": "true"},  # else it lists every coin that it has ever had
    budget_window_s=60.0,
    used_weight_header="X-MBX-USED-WEIGHT-1M",
    used_weight_limit=6_000,
)

KUCOIN = Quirks(
    id="kucoin",
    name="KuCoin",
    source=(
        "kucoin.com/docs-new (spot orders, error codes), github.com/Kucoin/kucoin-api-docs index.html.md (clientOid of "
        "40 characters; a look by it finds active orders only; fills of 7 days in one request); ccxt's table of codes"
    ),
    level=Level.FULL,
    client_id_parameter="clientOid",
    lookup=Lookup.ACTIVE,
    lookup_parameter="clientOid",
    cancel_parameter="clientOid",
    is_id_free_again=True,
    absent_after_ms=60_000,
    is_ack_only=True,
    is_cancel_ack_only=True,
    refusals=(
        Refusal("200004", "insufficient_funds"),
        Refusal("230003", "insufficient_funds"),
        Refusal("400100", "insufficient_funds", "account.available.amount"),
        Refusal("400100", "insufficient_funds", "Balance insufficient"),
        Refusal("400100", "unknown_order", "order_not_exist"),
        Refusal("400100", "unknown_order", "order not exist"),
        Refusal("400100", "unknown_order", "order does not exist"),
        Refusal("400100", "too_small", "below the minimum"),
        Refusal("400100", "unknown_symbol", "Unsupported trading pair"),
        Refusal("400100", "bad_order"),
        Refusal("400600", "unknown_symbol"),
        Refusal("900001", "unknown_symbol"),
        Refusal("400350", "bad_order"),
        Refusal("400370", "bad_order"),
        Refusal("400330", "bad_order"),
        Refusal("400400", "bad_order"),
        Refusal("400760", "bad_order"),
        Refusal("600100", "too_small", "below the minimum"),
        Refusal("600100", "bad_order"),
        Refusal("600101", "too_small"),
        Refusal("200001", "halted"),
        Refusal("200002", "halted"),
        Refusal("200003", "bad_order"),
        Refusal("200009", "not_allowed"),
        Refusal("400200", "not_allowed"),
        Refusal("400303", "not_allowed"),
        Refusal("400500", "not_allowed"),
        Refusal("411100", "not_allowed"),
        Refusal("400001", "key_refused"),
        Refusal("400002", "clock"),
        Refusal("400003", "key_refused"),
        Refusal("400004", "key_refused"),
        Refusal("400005", "key_refused"),
        Refusal("400006", "key_refused"),
        Refusal("400007", "key_refused"),
        Refusal("100001", "unknown_order", "orderNotExist"),
        Refusal("order_not_exist", "unknown_order"),
    ),
    duplicates=(
        Refusal("400100", "duplicate", "clientOid"),
        Refusal("126044", "duplicate"),
        Refusal("126033", "duplicate"),
        Refusal("102426", "duplicate"),
    ),
    not_found=frozenset({"order_not_exist"}),
    not_found_texts=("order_not_exist", "order not exist", "orderNotExist", "order does not exist"),
    empty_is_not_found=True,
    clock_codes=frozenset({"400002"}),
    key_codes=frozenset({"400001", "400003", "400004", "400005", "400006", "400007"}),
    rate_codes=frozenset({"429000", "1015"}),
    is_whole=has_field("code"),
    code_fields=("code",),
    message_fields=("msg",),
    success_codes=frozenset({"", "200000", "200"}),
    needs_password=True,
    fee_currency=FeeCurrency.QUOTE,
    price_channels=("watch_trades", "watch_ticker"),
    private_channels=("watch_orders", "watch_my_trades"),
    open_orders_need_symbol=True,
    trades_window_ms=7 * DAY_MS,
    trades_page=100,
    open_symbols=_kucoin_open_symbols,
    list_trades=kucoin_lists.list_trades,
    list_orders=kucoin_lists.list_orders,
    orders_window_ms=7 * DAY_MS,
    orders_page=100,
    prepare=_kucoin_prepare,
    read_account_fees=_kucoin_fees,
    options={
        "defaultType": "spot",
        "fetchMarkets": {"types": ["spot"], "fetchTickersFees": True},
        "partner": {},
    },
    markets_parameters={"marginables": False},  # a key for spot may not ask about margin
    stream_domains=("kucoin.com",),
    budget_window_s=30.0,
)

ROWS = {row.id: row for row in (BINANCE, KUCOIN)}
