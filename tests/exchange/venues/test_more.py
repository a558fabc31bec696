"""The exchanges that nobody has worked through: what the program itself does to them is tried all the same."""

import json

import pytest

from desktop_app.exchange.gateway.outcomes import Doing
from desktop_app.exchange.protocol import Refused, Unreachable
from desktop_app.exchange.venues.more import ROWS
from desktop_app.exchange.venues.quirks import Level
from tests.exchange.replies import AT, CLIENT_ID, EXCHANGE_ID
from tests.exchange.venue import Answer, opened
from tests.exchange.venues.test_checked import limit_order, orders_of

MARKET_IDS = {
    "htx": "btcusdt", "cryptocom": "BTC_USDT", "bingx": "BTC-USDT", "bigone": "BTC-USDT", "gateeu": "BTC_USDT",
    "okxus": "BTC-USDT",
}  # fmt: skip
# What each is asked before an order, and says when it is short of money, or busy.
BEFORE = {
    "htx": {
        "GET /v1/account/accounts": Answer({"status": "ok", "data": [{"id": 1, "type": "spot", "state": "working"}]})
    },
    "gateeu": {"GET /api/v4/account/detail": Answer({"user_id": 1, "key": {"mode": 1}})},
}
SHORT = {
    "htx": {"status": "error", "err-code": "account-frozen-balance-insufficient-error", "err-msg": "left: `0.0027`",
            "data": None},
    "mexc": {"code": 10101, "msg": "资金不足"},
    "cryptocom": {"id": 1, "method": "private/create-order", "code": 306, "message": "INSUFFICIENT_AVAILABLE_BALANCE"},
    "bingx": {"code": 100202, "msg": "Insufficient assets", "debugMsg": ""},
    "bigone": {"code": 10014, "message": "Insufficient funds"},
    "okxus": {"code": "1", "msg": "", "data": [{"clOrdId": "", "ordId": "", "sCode": "51008", "sMsg": "Insufficient"}]},
    "bybiteu": {"retCode": 170131, "retMsg": "Insufficient balance.", "result": {}, "time": AT},
    "gateeu": {"label": "BALANCE_NOT_ENOUGH", "message": "Not enough balance"},
    "binanceus": {"code": -2010, "msg": "Account has insufficient balance for requested action."},
}  # fmt: skip
BUSY = {
    "htx": {"status": "error", "err-code": "gateway-internal-error", "err-msg": "Failed to load data", "data": None},
    "mexc": {"code": 504, "msg": "Gateway Time-out"},
    "cryptocom": {"id": 1, "method": "private/create-order", "code": 10001, "message": "SYS_ERROR"},
    "bingx": {"code": 100500, "msg": "The current system is busy, please try again later", "debugMsg": ""},
    "bigone": {"code": 10011, "message": "system error"},
    "okxus": {"code": "50004", "msg": "API endpoint request timeout.", "data": []},
    "bybiteu": {"retCode": 10016, "retMsg": "Server error.", "result": {}, "time": AT},
    "gateeu": {"label": "TOO_BUSY", "message": "busy"},
    "binanceus": {"code": -1006, "msg": "An unexpected response was received. Execution status unknown."},
}


def _answers(name: str, body: object) -> dict[str, Answer]:
    return {**BEFORE.get(name, {}), ".": Answer(body, 200 if name not in ("gateeu", "binanceus") else 400)}


@pytest.mark.parametrize("name", SHORT)
async def test_the_lack_of_money_is_understood_and_the_id_is_sent(name: str) -> None:
    async with opened(name, _answers(name, SHORT[name]), MARKET_IDS.get(name, "BTCUSDT")) as (client, venue):
        with pytest.raises(Refused) as caught:
            await orders_of(client).place(limit_order())

    assert caught.value.code == "insufficient_funds"
    sent = venue.asked[-1]
    assert CLIENT_ID in sent.text + str(dict(sent.query))


@pytest.mark.parametrize("name", BUSY)
async def test_a_busy_exchange_leaves_the_order_unknown(name: str) -> None:
    async with opened(name, _answers(name, BUSY[name]), MARKET_IDS.get(name, "BTCUSDT")) as (client, _):
        with pytest.raises(Unreachable):
            await orders_of(client).place(limit_order())


def bigone_order(number: int) -> dict[str, object]:
    return {"id": number, "asset_pair_name": "BTC-USDT", "price": "50000", "amount": "0.01", "filled_amount": "0.01",
            "avg_deal_price": "50000", "side": "BID", "type": "LIMIT", "state": "FILLED",
            "client_order_id": f"{number}", "created_at": "2026-11-25T09:46:40Z",
            "updated_at": "2026-11-25T09:46:40Z"}  # fmt: skip


@pytest.mark.parametrize("orders", [0, 3])
async def test_a_short_list_of_old_orders_proves_that_an_order_is_not_there(orders: int) -> None:
    told = {"code": 0, "data": [bigone_order(number) for number in range(1, orders + 1)]}
    answers = {"/viewer/trades": Answer({"code": 0, "data": []}), "/viewer/orders": Answer(told)}
    async with opened("bigone", answers, "BTC-USDT") as (client, _):
        assert await orders_of(client).find("BTC/USDT", CLIENT_ID) is None


async def test_a_long_one_of_an_exchange_that_nobody_knows_proves_nothing() -> None:
    """It may have been cut off anywhere: no exchange has told how long its lists can be."""
    told = {"code": 0, "data": [bigone_order(number) for number in range(1, 26)]}
    async with opened("bigone", {"/viewer/orders": Answer(told)}, "BTC-USDT") as (client, _):
        with pytest.raises(Unreachable):
            await orders_of(client).find("BTC/USDT", CLIENT_ID)


async def test_nothing_is_signed_for_others_with_the_key_of_a_wallet() -> None:
    """Left alone, ccxt has a builder's fee approved and a referrer set before the first order."""
    answers = {"POST /info": Answer({"balances": []}), "POST /exchange": Answer({"status": "ok", "response": {
        "type": "cancel", "data": {"statuses": ["success"]}}})}  # fmt: skip
    async with opened("hyperliquid", answers, "BTC/USDT") as (client, venue):
        client.api.markets["BTC/USDT"]["baseId"] = "10000"
        await client.call(lambda: client.api.cancel_order(EXCHANGE_ID, "BTC/USDT"), doing=Doing.CANCEL)

    actions = [json.loads(one.text)["action"]["type"] for one in venue.of("POST /exchange")]
    assert actions == ["cancel"]


def test_no_more_is_promised_than_was_tried() -> None:
    assert {row.level for row in ROWS.values()} == {Level.CONNECTABLE}
    assert {name for name, row in ROWS.items() if not row.takes_orders} == {"cex", "bitfinex", "bitbns"}
