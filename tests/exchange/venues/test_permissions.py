"""Asking an exchange what a key may do: through the real ccxt, without ever trying a right out."""

from typing import Any

import pytest

from desktop_app.core.rights import Rights, Verdict, judge
from desktop_app.exchange.protocol import Refused, Unreachable
from desktop_app.exchange.venues.permissions import KEY_CHECKED, KEY_QUESTIONS, read_rights
from tests.exchange.replies import AT
from tests.exchange.venue import Answer, opened

NOW = AT
# Reached only where an exchange tells nothing of the key, or nothing that can be used.
BALANCES = {
    "binance": {"GET /api/v3/account": Answer({"uid": 354937868, "balances": [], "updateTime": AT})},
    "mexc": {"GET /api/v3/account": Answer({"balances": [], "canWithdraw": True, "canTrade": True})},
    "kraken": {"POST /0/private/Balance": Answer({"error": [], "result": {}})},
}


def okay(data: Any) -> dict[str, Any]:
    return {"code": "0", "msg": "", "data": data}


CASES: dict[str, tuple[dict[str, Answer], Rights]] = {
    "binance": (
        {
            "GET /sapi/v1/account/apiRestrictions": Answer(
                {"ipRestrict": True, "createTime": AT - 1, "enableReading": True, "enableWithdrawals": False,
                 "enableInternalTransfer": False, "permitsUniversalTransfer": False,
                 "enableSpotAndMarginTrading": True}
            ),
            **BALANCES["binance"],
        },
        Rights(True, True, False, False, True, AT - 1, None, "354937868"),
    ),
    "kucoin": (
        {"GET /api/v1/user/api-key": Answer({"code": "200000", "data": {
            "permission": "General,Spot", "ipWhitelist": "203.0.113.7", "createdAt": AT - 1, "uid": 7}})},
        Rights(True, True, False, False, True, AT - 1, None, "7"),
    ),
    "okx": (
        {"GET /api/v5/account/config": Answer(okay([{"perm": "read_only,trade", "ip": "203.0.113.7", "uid": "44"}]))},
        Rights(True, True, False, False, True, None, None, "44"),
    ),
    "bybit": (
        {"GET /v5/user/query-api": Answer({"retCode": 0, "retMsg": "", "result": {
            "readOnly": 0, "permissions": {"Spot": ["SpotTrade"], "Wallet": []}, "ips": ["203.0.113.7"],
            "createdAt": "2026-11-01T00:00:00Z", "expiredAt": "1970-01-01T00:00:00Z", "userID": 53}})},
        Rights(True, True, False, False, True, 1793491200000, None, "53"),
    ),
    "kraken": (
        {"POST /0/private/GetApiKeyInfo": Answer({"error": [], "result": {
            "permissions": ["query-funds", "modify-trades"], "ipAllowlist": ["203.0.113.7"], "validUntil": "0",
            "createdTime": "1793491200"}})},
        Rights(True, True, False, False, True, 1793491200000),
    ),
    "coinbase": (
        {"GET /api/v3/brokerage/key_permissions": Answer(
            {"can_view": True, "can_trade": True, "can_transfer": False, "portfolio_uuid": "p"})},
        Rights(True, True, False, False, None, None, None, "p"),
    ),
    "gate": (
        {
            "GET /api/v4/account/detail": Answer({"user_id": 16, "ip_whitelist": ["203.0.113.7"], "key": {"mode": 1}}),
            "GET /api/v4/account/main_keys": Answer(
                [{"perms": [{"name": "spot", "read_only": False}, {"name": "wallet", "read_only": True}]}]),
        },
        Rights(True, True, None, False, True, None, None, "16"),
    ),
    "bitget": (
        {"GET /api/v2/spot/account/info": Answer({"code": "00000", "msg": "success", "data": {
            "userId": "12", "ips": "203.0.113.7", "authorities": ["stor", "stow"]}})},
        Rights(True, True, False, False, True, None, None, "12"),
    ),
    "htx": (
        {
            "GET /v2/user/uid": Answer({"code": 200, "data": 63628520}),
            "GET /v2/user/api-key": Answer({"code": 200, "data": [{
                "accessKey": "key1key1key1", "permission": "trade,readOnly", "ipAddresses": "203.0.113.7",
                "validDays": -1, "createTime": AT - 1}]}),
        },
        Rights(True, True, False, False, True, AT - 1, None, "63628520"),
    ),
    "bitfinex": (
        {"POST /v2/auth/r/permissions": Answer(
            [["orders", 1, 1], ["wallets", 1, 0], ["withdraw", 0, 0], ["ui_withdraw", 0, 0]])},
        Rights(True, True, False, False),
    ),
    "bingx": (
        {"GET /openApi/v1/account/apiPermissions": Answer({"code": 0, "data": {
            "permissions": [1, 2], "ipAddresses": ["203.0.113.7"]}})},
        Rights(True, True, None, None, True),
    ),
}  # fmt: skip
SISTERS = {"okxus", "myokx", "bybiteu", "bybitid", "gateeu"}


def test_every_exchange_that_tells_is_tried() -> None:
    assert set(CASES) | SISTERS == set(KEY_QUESTIONS)
    assert {KEY_QUESTIONS[name].read for name in SISTERS} <= {KEY_QUESTIONS[name].read for name in CASES}
    assert KEY_CHECKED - set(KEY_QUESTIONS) == {"hyperliquid"}
    assert all(question.source for question in KEY_QUESTIONS.values())


@pytest.mark.parametrize("name", CASES)
async def test_the_rights_of_a_key_are_read_through_ccxt(name: str) -> None:
    answers, rights = CASES[name]
    async with opened(name, answers, "BTCUSDT") as (client, venue):
        assert await read_rights(client, NOW) == rights

    assert venue.asked
    assert not [one for one in venue.asked if "withdraw" in one.path.lower() or "transfer" in one.path.lower()]


async def test_htx_is_asked_about_the_key_that_asks() -> None:
    async with opened("htx", CASES["htx"][0], "btcusdt") as (client, venue):
        await read_rights(client, NOW)

    (asked,) = venue.of("/v2/user/api-key")
    assert (asked.query["uid"], asked.query["accessKey"]) == ("63628520", "key1key1key1")


async def test_an_exchange_that_tells_nothing_of_keys_shows_only_that_the_key_opens_it() -> None:
    async with opened("mexc", BALANCES["mexc"], "BTCUSDT") as (client, _):
        rights = await read_rights(client, NOW)

    assert rights == Rights(read=True)
    assert judge(rights, NOW)[0] is Verdict.WARNING


async def test_a_question_that_is_refused_leaves_the_rights_unknown() -> None:
    answers = {
        "POST /0/private/GetApiKeyInfo": Answer({"error": ["EGeneral:Permission denied"]}), **BALANCES["kraken"]
    }  # fmt: skip
    async with opened("kraken", answers, "XBTUSDT") as (client, _):
        assert await read_rights(client, NOW) == Rights(read=True)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("binance", Answer({"code": -2015, "msg": "Invalid API-key, IP, or permissions for action."}, 401)),
        ("kraken", Answer({"error": ["EAPI:Invalid key"]})),
        ("bybit", Answer({"retCode": 10003, "retMsg": "API key is invalid.", "result": {}})),
        ("okx", Answer({"code": "50111", "msg": "Invalid OK-ACCESS-KEY.", "data": []}, 401)),
        ("bitget", Answer({"code": "40006", "msg": "Invalid ACCESS_KEY", "data": None}, 400)),
        ("gate", Answer({"label": "INVALID_KEY", "message": "Invalid key provided"}, 401)),
    ],
)
async def test_a_key_that_opens_nothing_is_refused(name: str, answer: Answer) -> None:
    async with opened(name, {".": answer}, "BTCUSDT") as (client, _):
        with pytest.raises(Refused) as caught:
            await read_rights(client, NOW)

    assert caught.value.code == "key_refused"


@pytest.mark.parametrize("name", CASES)
async def test_no_answer_is_not_taken_for_a_key_without_rights(name: str) -> None:
    async with opened(name, {".": Answer("<html>", 502)}, "BTCUSDT") as (client, _):
        with pytest.raises(Unreachable):
            await read_rights(client, NOW)


async def test_the_key_of_a_wallet_can_take_everything_and_that_of_an_api_wallet_cannot() -> None:
    answers = {"POST /info": Answer({"balances": []})}
    async with opened("hyperliquid", answers, "BTC/USDT") as (client, venue):
        rights = await read_rights(client, NOW)
        client.api.walletAddress = client.api.eth_get_address_from_private_key(client.api.privateKey)
        own = await read_rights(client, NOW)

    assert (rights.trade, rights.withdraw, rights.transfer) == (True, False, False)
    assert (own.withdraw, own.transfer) == (True, True)
    assert venue.of("POST /exchange") == [], "nothing is ever signed to ask a question"


async def test_a_key_of_gate_that_may_not_list_keys_still_shows_that_it_opens_the_account() -> None:
    answers = {
        "GET /api/v4/account/detail": CASES["gate"][0]["GET /api/v4/account/detail"],
        "GET /api/v4/account/main_keys": Answer({"label": "FORBIDDEN", "message": "no permission"}, 403),
        "GET /api/v4/spot/accounts": Answer([]),
    }
    async with opened("gate", answers, "BTC_USDT") as (client, _):
        assert await read_rights(client, NOW) == Rights(read=True, ip_restricted=True, uid="16")
