"""What six exchanges say of their pairs, their clock and what an account holds, in made-up answers of their form."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from desktop_app.core.market import Balance, FeeCurrency, Market
from desktop_app.exchange.live.markets import Markets
from desktop_app.exchange.live.reading import read_balances
from tests.exchange.replies import AT, AT_S, VENUES
from tests.exchange.venue import SYMBOL, Answer, opened


@dataclass(frozen=True, slots=True)
class Says:
    pairs: dict[str, Answer]
    rules: Market
    holds: dict[str, Answer]
    time: dict[str, Answer]


def _rules(tick: str, step: str, least: str, cost: str, maker: str, taker: str, fee: FeeCurrency) -> Market:
    return Market(
        SYMBOL, "BTC", "USDT", Decimal(tick), Decimal(step), Decimal(least), Decimal(cost), Decimal(maker),
        Decimal(taker), fee, takes_stops=False,
    )  # fmt: skip


SAYS = {
    "okx": Says(
        {"GET /api/v5/public/instruments": Answer({"code": "0", "msg": "", "data": [
            {"instType": "SPOT", "instId": "BTC-USDT", "uly": "", "category": "1", "baseCcy": "BTC", "quoteCcy": "USDT",
             "settleCcy": "", "ctVal": "", "ctMult": "", "ctValCcy": "", "optType": "", "stk": "",
             "listTime": "1548133413000", "expTime": "", "lever": "10", "tickSz": "0.1",
             "lotSz": "0.00000001", "minSz": "0.00001", "ctType": "",
             "alias": "", "state": "live", "maxLmtSz": "9999999999", "maxMktSz": "1000000"}]})},
        _rules("0.1", "0.00000001", "0.00001", "0", "0.001", "0.0015", FeeCurrency.RECEIVED),
        {"GET /api/v5/account/balance": Answer({"code": "0", "msg": "", "data": [{"uTime": str(AT), "totalEq": "1000",
            "details": [{"ccy": "USDT", "availBal": "900", "frozenBal": "100", "cashBal": "1000", "eq": "1000",
                         "availEq": "900", "ordFrozen": "100", "uTime": str(AT)}]}]})},
        {"GET /api/v5/public/time": Answer({"code": "0", "msg": "", "data": [{"ts": str(AT)}]})},
    ),
    "bybit": Says(
        {"GET /v5/market/instruments-info": Answer({"retCode": 0, "retMsg": "OK", "time": AT, "result": {
            "category": "spot", "list": [
                {"symbol": "BTCUSDT", "baseCoin": "BTC", "quoteCoin": "USDT", "innovation": "0", "status": "Trading",
                 "marginTrading": "both", "lotSizeFilter": {
                     "basePrecision": "0.000001", "quotePrecision": "0.00000001", "minOrderQty": "0.000048",
                     "maxOrderQty": "71.73956243", "minOrderAmt": "1", "maxOrderAmt": "4000000"},
                 "priceFilter": {"tickSize": "0.01"}}]}})},
        _rules("0.01", "0.000001", "0.000048", "1", "0.001", "0.001", FeeCurrency.RECEIVED),
        {"GET /v5/account/wallet-balance": Answer({"retCode": 0, "retMsg": "OK", "time": AT, "result": {"list": [
            {"accountType": "UNIFIED", "coin": [
                {"coin": "USDT", "walletBalance": "1000", "locked": "100", "equity": "1000", "borrowAmount": "0",
                 "availableToWithdraw": "", "free": "", "totalOrderIM": "0", "usdValue": "1000"}]}]}})},
        {"GET /v5/market/time": Answer({"retCode": 0, "retMsg": "OK", "time": AT, "result": {
            "timeSecond": str(AT_S), "timeNano": f"{AT}000000"}})},
    ),
    "kraken": Says(
        {"GET /0/public/AssetPairs": Answer({"error": [], "result": {"XBTUSDT": {
            "altname": "XBTUSDT", "wsname": "XBT/USDT", "aclass_base": "currency", "base": "XXBT",
            "aclass_quote": "currency", "quote": "USDT", "lot": "unit", "cost_decimals": 6, "pair_decimals": 1,
            "lot_decimals": 8, "lot_multiplier": 1, "leverage_buy": [2], "leverage_sell": [2],
            "fees": [[0, 0.4], [10000, 0.35]], "fees_maker": [[0, 0.25], [10000, 0.2]], "fee_volume_currency": "ZUSD",
            "margin_call": 80, "margin_stop": 40, "ordermin": "0.00005", "costmin": "0.5", "tick_size": "0.1",
            "status": "online"}}})},
        _rules("0.1", "0.00000001", "0.00005", "0.5", "0.0025", "0.004", FeeCurrency.QUOTE),
        {"POST /0/private/BalanceEx": Answer({"error": [], "result": {
            "USDT": {"balance": "1000.00000000", "hold_trade": "100.00000000"}}})},
        {"GET /0/public/Time": Answer({"error": [], "result": {"unixtime": AT_S, "rfc1123": "x"}})},
    ),
    "coinbase": Says(
        {
            "GET /api/v3/brokerage/(market/)?products": Answer({"num_products": 1, "products": [
                {"product_id": "BTC-USDT", "price": "50000", "volume_24h": "1", "base_increment": "0.00000001",
                 "quote_increment": "0.01", "quote_min_size": "1", "quote_max_size": "50000000",
                 "base_min_size": "0.00000001", "base_max_size": "3400", "base_name": "Bitcoin",
                 "quote_name": "Tether", "is_disabled": False, "status": "online", "cancel_only": False,
                 "limit_only": False, "post_only": False, "trading_disabled": False, "auction_mode": False,
                 "product_type": "SPOT", "quote_currency_id": "USDT", "base_currency_id": "BTC",
                 "price_increment": "0.01"}]}),
            "GET /api/v3/brokerage/transaction_summary": Answer({"fee_tier": {
                "pricing_tier": "", "taker_fee_rate": "0.006", "maker_fee_rate": "0.004"}}),
        },
        _rules("0.01", "0.00000001", "0.00000001", "1", "0.004", "0.006", FeeCurrency.QUOTE),
        {"GET /api/v3/brokerage/accounts": Answer({"has_next": False, "cursor": "", "size": 1, "accounts": [
            {"uuid": "a", "name": "USDT Wallet", "currency": "USDT", "default": True, "active": True,
             "available_balance": {"value": "900", "currency": "USDT"}, "hold": {"value": "100", "currency": "USDT"},
             "created_at": "2021-05-31T09:59:59Z", "updated_at": "2021-05-31T09:59:59Z", "deleted_at": None,
             "type": "ACCOUNT_TYPE_CRYPTO", "ready": True}]})},
        {"GET /api/v3/brokerage/time": Answer({"iso": "2026-11-25T09:46:40Z", "epochSeconds": str(AT_S),
                                               "epochMillis": str(AT)})},
    ),
    "gate": Says(
        {"GET /api/v4/spot/currency_pairs": Answer([
            {"id": "BTC_USDT", "base": "BTC", "base_name": "Bitcoin", "quote": "USDT", "quote_name": "Tether",
             "fee": "0.2", "min_base_amount": "0.0001", "min_quote_amount": "3", "amount_precision": 6, "precision": 1,
             "trade_status": "tradable", "sell_start": 0, "buy_start": 0, "type": "normal"}]),
         "GET /api/v4/margin/currency_pairs": Answer([])},
        _rules("0.1", "0.000001", "0.0001", "3", "0.002", "0.002", FeeCurrency.RECEIVED),
        {"GET /api/v4/spot/accounts": Answer([
            {"currency": "USDT", "available": "900", "locked": "100", "update_id": 98}])},
        {"GET /api/v4/spot/time": Answer({"server_time": AT})},
    ),
    "bitget": Says(
        {"GET /api/v2/spot/public/symbols": Answer({"code": "00000", "msg": "success", "requestTime": AT, "data": [
            {"symbol": "BTCUSDT", "baseCoin": "BTC", "quoteCoin": "USDT", "minTradeAmount": "0",
             "maxTradeAmount": "900000000000000000000", "takerFeeRate": "0.002", "makerFeeRate": "0.002",
             "pricePrecision": "2", "quantityPrecision": "6", "quotePrecision": "8", "status": "online",
             "minTradeUSDT": "1", "buyLimitPriceRatio": "0.05", "sellLimitPriceRatio": "0.05", "areaSymbol": "no",
             "orderQuantity": "200", "openTime": "1532454360000", "offTime": ""}]}),
         "GET /api/v2/margin/currencies": Answer({"code": "00000", "msg": "success", "requestTime": AT, "data": []})},
        _rules("0.01", "0.000001", "0", "1", "0.002", "0.002", FeeCurrency.RECEIVED),
        {"GET /api/v2/spot/account/assets": Answer({"code": "00000", "msg": "success", "requestTime": AT, "data": [
            {"coin": "USDT", "available": "900", "frozen": "100", "locked": "0", "limitAvailable": "0",
             "uTime": str(AT)}]})},
        {"GET /api/v2/public/time": Answer({"code": "00000", "msg": "success", "requestTime": AT, "data": {
            "serverTime": str(AT)}})},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAYS)
async def test_the_rules_of_a_pair_are_read_exactly(name: str) -> None:
    async with opened(name, {**VENUES[name].before, **SAYS[name].pairs}, "X") as (client, _):
        markets = Markets(client)
        await markets.refresh()

    assert dict(markets.rules) == {SYMBOL: SAYS[name].rules}


@pytest.mark.parametrize("name", SAYS)
async def test_what_is_free_and_what_is_held_by_orders_are_told_apart(name: str) -> None:
    answers = {**VENUES[name].before, **SAYS[name].holds}
    async with opened(name, answers, VENUES[name].market_id) as (client, _):
        balances = read_balances(await client.call(client.api.fetch_balance))

    assert balances["USDT"] == Balance("USDT", Decimal(900), Decimal(100))


@pytest.mark.parametrize("name", SAYS)
async def test_the_clock_of_the_exchange_is_read_in_milliseconds(name: str) -> None:
    async with opened(name, {**VENUES[name].before, **SAYS[name].time}, VENUES[name].market_id) as (client, _):
        assert int(await client.call(client.api.fetch_time)) == AT
