"""What is read out of the exchanges' answers about a key. Some answers are from documents, others made up."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from desktop_app.core.rights import Rights
from desktop_app.exchange.venues import key_answers as read

NOW = 1_800_000_000_000
DAY = 86_400_000


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).astimezone(UTC).timestamp() * 1000)


# --- Binance: developers.binance.com/docs/wallet/account/api-key-permission


def binance(**changes: Any) -> dict[str, Any]:
    return {
        "ipRestrict": False, "createTime": 1698645219000, "enableReading": True, "enableWithdrawals": False,
        "enableInternalTransfer": False, "enableMargin": False, "enableFutures": False,
        "permitsUniversalTransfer": False, "enableVanillaOptions": False, "enableFixApiTrade": False,
        "enableFixReadOnly": True, "enableSpotAndMarginTrading": False, "enablePortfolioMarginTrading": True,
    } | changes  # fmt: skip


def test_binance_tells_all_but_the_number_of_the_account_which_is_asked_for_apart() -> None:
    reply = binance(enableSpotAndMarginTrading=True, ipRestrict=True)

    assert read.of_binance(NOW, reply, {"uid": 354937868, "canTrade": True}) == Rights(
        read=True, trade=True, withdraw=False, transfer=False, ip_restricted=True, created_at=1698645219000,
        uid="354937868",
    )  # fmt: skip


@pytest.mark.parametrize("right", ["enableInternalTransfer", "permitsUniversalTransfer"])
def test_either_transfer_right_of_binance_counts(right: str) -> None:
    assert read.of_binance(NOW, binance(**{right: True})).transfer is True


def test_what_binance_leaves_out_is_unknown() -> None:
    reply = binance()
    del reply["enableWithdrawals"], reply["permitsUniversalTransfer"]

    rights = read.of_binance(NOW, reply)

    assert (rights.withdraw, rights.transfer) == (None, None)


@pytest.mark.parametrize(("told", "kept"), [(NOW + DAY, NOW + DAY), (NOW - DAY, None), (0, None)])
def test_only_a_coming_end_of_binances_right_to_trade_is_an_expiry(told: int, kept: int | None) -> None:
    assert read.of_binance(NOW, binance(tradingAuthorityExpirationTime=told)).expires_at == kept


# --- KuCoin: kucoin.com/docs-new, Get Apikey Info


def kucoin(permission: str, **changes: Any) -> dict[str, Any]:
    data = {
        "remark": "account1", "apiKey": "6705f5c311545b000157d3eb", "apiVersion": 3, "permission": permission,
        "ipWhitelist": "203.**.154,103.**.34", "createdAt": 1728443843000, "uid": 165111215, "isMaster": True,
    } | changes  # fmt: skip
    return {"code": "200000", "data": data}


def test_a_trading_key_of_kucoin() -> None:
    assert read.of_kucoin(NOW, kucoin("General,Spot")) == Rights(
        read=True, trade=True, withdraw=False, transfer=False, ip_restricted=True, created_at=1728443843000,
        uid="165111215",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("permission", "withdraw", "transfer"),
    [
        ("General,Futures,Spot,Earn,InnerTransfer,Transfer,Margin", True, True),
        ("General, Spot, FlexTransfers", False, True),
        ("General,Spot,InnerTransfer", False, True),
        ("General,Spot,Withdrawal", True, False),
    ],
)
def test_kucoins_many_words_for_moving_coins(permission: str, withdraw: bool, transfer: bool) -> None:
    rights = read.of_kucoin(NOW, kucoin(permission))

    assert (rights.withdraw, rights.transfer) == (withdraw, transfer)


@pytest.mark.parametrize("changes", [{"ipWhitelist": ""}, {"ipWhitelist": None}])
def test_a_key_of_kucoin_without_addresses_is_not_bound(changes: dict[str, Any]) -> None:
    assert read.of_kucoin(NOW, kucoin("General", **changes)).ip_restricted is False


# --- OKX: okx.com/docs-v5/en, Get account configuration


def okx(perm: str, ip: str) -> dict[str, Any]:
    account = {
        "acctLv": "1", "autoLoan": False, "ip": ip, "kycLv": "3", "label": "v5 test", "mainUid": "44705892343619584",
        "perm": perm, "posMode": "long_short_mode", "roleType": "0", "uid": "44705892343619584",
    }  # fmt: skip
    return {"code": "0", "data": [account], "msg": ""}


def test_okx_tells_in_one_text_with_commas() -> None:
    assert read.of_okx(NOW, okx("read_only,trade", "203.0.113.7")) == Rights(
        read=True, trade=True, withdraw=False, transfer=False, ip_restricted=True, uid="44705892343619584"
    )
    assert read.of_okx(NOW, okx("read_only,withdraw,trade", "")).withdraw is True
    assert read.of_okx(NOW, okx("read_only", "")).ip_restricted is False


# --- Bybit: bybit-exchange/docs, docs/v5/user/apikey-info.mdx


def bybit(**changes: Any) -> dict[str, Any]:
    permissions = {
        "ContractTrade": [], "Spot": ["SpotTrade"], "Wallet": [], "Options": [], "Derivatives": [], "Exchange": [],
    }  # fmt: skip
    result = {
        "id": "16651472", "note": "testxxx", "apiKey": "opjSlSOzqIeXROT5rq", "readOnly": 0, "secret": "",
        "permissions": permissions, "ips": ["*"], "type": 1, "deadlineDay": 88, "expiredAt": "2023-05-15T03:13:24Z",
        "createdAt": "2023-02-15T03:13:24Z", "unified": 0, "uta": 0, "userID": 53888001, "affiliateID": 0,
    } | changes  # fmt: skip
    return {"retCode": 0, "retMsg": "", "result": result, "retExtInfo": {}, "time": 1676430843547}


def test_bybit_tells_when_a_key_that_is_not_bound_dies() -> None:
    assert read.of_bybit(NOW, bybit()) == Rights(
        read=True, trade=True, withdraw=False, transfer=False, ip_restricted=False, uid="53888001",
        created_at=at("2023-02-15T03:13:24+00:00"), expires_at=at("2023-05-15T03:13:24+00:00"),
    )  # fmt: skip


def test_a_bound_key_of_bybit_does_not_expire() -> None:
    rights = read.of_bybit(NOW, bybit(ips=["203.0.113.7"], expiredAt="1970-01-01T00:00:00Z"))

    assert (rights.ip_restricted, rights.expires_at) == (True, None)


@pytest.mark.parametrize(
    ("wallet", "withdraw", "transfer"),
    [(["AccountTransfer", "Withdraw"], True, True), (["SubMemberTransferList"], False, True), ([], False, False)],
)
def test_bybits_wallet_rights(wallet: list[str], withdraw: bool, transfer: bool) -> None:
    rights = read.of_bybit(NOW, bybit(permissions={"Spot": ["SpotTrade"], "Wallet": wallet}))

    assert (rights.withdraw, rights.transfer) == (withdraw, transfer)


def test_a_read_only_key_of_bybit_can_do_nothing_of_what_is_listed() -> None:
    reply = bybit(readOnly=1, permissions={"Spot": ["SpotTrade"], "Wallet": ["Withdraw", "AccountTransfer"]})

    rights = read.of_bybit(NOW, reply)

    assert (rights.read, rights.trade, rights.withdraw, rights.transfer) == (True, False, False, False)


# --- Kraken: docs.kraken.com/api-reference/account-data/get-api-key-info


def kraken(*permissions: str, **changes: Any) -> dict[str, Any]:
    result = {
        "apiKeyName": "spot", "apiKey": "k", "nonce": "1", "nonceWindow": 0, "permissions": list(permissions),
        "validUntil": "0", "queryFrom": "0", "queryTo": "0", "createdTime": "1772542900", "modifiedTime": "1772543095",
        "lastUsed": None,
    } | changes  # fmt: skip
    return {"error": [], "result": result}


def test_krakens_times_are_in_seconds_and_zero_is_never() -> None:
    words = ("query-funds", "query-open-trades", "query-closed-trades", "modify-trades", "close-trades")

    assert read.of_kraken(NOW, kraken(*words, ipAllowlist=["203.0.113.7"])) == Rights(
        read=True, trade=True, withdraw=False, transfer=False, ip_restricted=True, created_at=1772542900000
    )
    assert read.of_kraken(NOW, kraken(*words, validUntil="1900000000")).expires_at == 1900000000000
    assert read.of_kraken(NOW, kraken(*words)).ip_restricted is False


@pytest.mark.parametrize("right", ["withdraw-funds", "add-withdraw-address", "update-withdraw-address"])
def test_a_kraken_key_that_can_prepare_a_withdrawal_counts_as_one_that_can_withdraw(right: str) -> None:
    assert read.of_kraken(NOW, kraken("query-funds", right)).withdraw is True


# --- Coinbase: docs.cdp.coinbase.com, Advanced Trade, Get API Key Permissions


@pytest.mark.parametrize("can_transfer", [True, False])
def test_coinbases_transfer_right_is_the_one_to_withdraw(can_transfer: bool) -> None:
    reply = {
        "can_view": True, "can_trade": True, "can_transfer": can_transfer, "portfolio_uuid": "a1b2",
        "portfolio_type": "DEFAULT",
    }  # fmt: skip

    assert read.of_coinbase(NOW, reply) == Rights(
        read=True, trade=True, withdraw=can_transfer, transfer=can_transfer, uid="a1b2"
    )


# --- Gate: gate/gateapi-python, docs/AccountDetail.md, AccountKeyInfo.md, KeyPerms.md

GATE_DETAIL = {
    "user_id": 1667201533, "ip_whitelist": ["127.0.0.1"], "currency_pairs": ["USDT_BTC"], "key": {"mode": 1},
    "tier": 2, "copy_trading_role": 1,
}  # fmt: skip


def gate_key(**rights: bool) -> dict[str, Any]:
    """`rights`: whether each is for reading only."""
    perms = [{"name": name, "read_only": read_only} for name, read_only in rights.items()]
    return {"state": 1, "mode": 1, "user_id": 1667201533, "perms": perms, "created_at": "1698645219"}


def test_the_only_key_of_a_gate_account_is_ours() -> None:
    assert read.of_gate(NOW, GATE_DETAIL, [gate_key(spot=False, wallet=True, account=True)]) == Rights(
        read=True, trade=True, withdraw=None, transfer=False, ip_restricted=True, created_at=1698645219000,
        uid="1667201533",
    )  # fmt: skip
    assert read.of_gate(NOW, GATE_DETAIL, gate_key(spot=False, wallet=False)).withdraw is True


def test_of_several_keys_at_gate_only_what_they_share_is_known() -> None:
    two = [gate_key(spot=False), gate_key(spot=False, wallet=False)]

    rights = read.of_gate(NOW, GATE_DETAIL, two)

    assert (rights.trade, rights.withdraw, rights.created_at) == (True, None, None)


def test_a_gate_key_that_may_not_ask_for_keys_leaves_its_rights_unknown() -> None:
    assert read.of_gate(NOW, GATE_DETAIL, None) == Rights(ip_restricted=True, uid="1667201533")


# --- Bitget: bitget.com/api-doc/spot/account/Get-Account-Info


def bitget(*authorities: str, ips: str = "127.0.0.1") -> dict[str, Any]:
    data = {
        "userId": "1234567890", "inviterId": "2", "ips": ips, "authorities": list(authorities), "parentId": 1,
        "traderType": "trader", "channelCode": "XXX", "channel": "YYY", "regisTime": "1246566789345",
    }  # fmt: skip
    return {"code": "00000", "msg": "success", "requestTime": 1695808949356, "data": data}


def test_bitgets_four_letter_rights() -> None:
    assert read.of_bitget(NOW, bitget("stor", "stow")) == Rights(
        read=True, trade=True, withdraw=False, transfer=False, ip_restricted=True, uid="1234567890"
    )
    assert read.of_bitget(NOW, bitget("stow", "wwow")).withdraw is True
    assert read.of_bitget(NOW, bitget("stow", "wtow")).transfer is True
    assert read.of_bitget(NOW, bitget("trade", "readonly")).trade is True
    assert read.of_bitget(NOW, bitget("stor", ips="")).ip_restricted is False


# --- HTX: htx.com/en-us/opend/newApiPages, API key query


def htx(permission: str, ips: str, days: int) -> dict[str, Any]:
    key = {
        "accessKey": "160bb889-b7", "status": "normal", "note": "host", "permission": permission, "ipAddresses": ips,
        "validDays": days, "createTime": 1615192704000, "updateTime": 1623030338000,
    }  # fmt: skip
    return {"code": 200, "message": "success", "data": [key], "ok": True}


def test_htx_counts_the_days_that_are_left() -> None:
    uid = {"code": 200, "data": 63628520}

    assert read.of_htx(NOW, uid, htx("trade,readOnly", "192.168.0.1,192.168.1.1", -1)) == Rights(
        read=True, trade=True, withdraw=False, transfer=False, ip_restricted=True, created_at=1615192704000,
        uid="63628520",
    )  # fmt: skip
    loose = read.of_htx(NOW, uid, htx("readOnly,trade,withdraw", "", 7))
    assert (loose.withdraw, loose.ip_restricted, loose.expires_at) == (True, False, NOW + 7 * DAY)


# --- Bitfinex: docs.bitfinex.com/reference/key-permissions


def bitfinex(**scopes: tuple[int, int]) -> list[list[Any]]:
    names = ("account", "history", "orders", "positions", "funding", "settings", "wallets", "withdraw", "ui_withdraw")
    return [[name, *scopes.get(name, (1, 0))] for name in names]


def test_bitfinex_tells_by_scope() -> None:
    assert read.of_bitfinex(NOW, bitfinex(orders=(1, 1), withdraw=(0, 0))) == Rights(
        read=True, trade=True, withdraw=False, transfer=False
    )
    assert read.of_bitfinex(NOW, bitfinex(withdraw=(0, 1))).withdraw is True
    assert read.of_bitfinex(NOW, bitfinex(wallets=(1, 1))).transfer is True


# --- BingX: hexdocs.pm/bingex, Bingex.User.Data.GetApiKeyPermissions


def test_bingx_tells_by_number() -> None:
    reply = {"code": 0, "data": {"apiKey": "k", "note": "n", "permissions": [1, 2], "ipAddresses": ["203.0.113.7"]}}

    assert read.of_bingx(NOW, reply) == Rights(read=True, trade=True, withdraw=None, transfer=None, ip_restricted=True)
    reply = {"code": 0, "data": {"permissions": [2, 4, 5], "ipAddresses": []}}
    rights = read.of_bingx(NOW, reply)
    assert (rights.trade, rights.withdraw, rights.transfer, rights.ip_restricted) == (False, True, True, False)


# --- whatever comes

READERS: list[Callable[..., Rights]] = [
    read.of_binance, read.of_kucoin, read.of_okx, read.of_bybit, read.of_kraken, read.of_coinbase, read.of_gate,
    read.of_bitget, read.of_htx, read.of_bitfinex, read.of_bingx,
]  # fmt: skip


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "reply",
    [None, "", "<html>", [], {}, 7, {"data": None}, {"data": []}, {"result": []}, {"data": {"permissions": 5}},
     {"data": [{}, {}]}, {"result": {"permissions": None}}],
)  # fmt: skip
def test_an_answer_that_is_no_answer_never_says_that_a_key_cannot_withdraw(
    reader: Callable[..., Rights], reply: Any
) -> None:
    rights = reader(NOW, reply)

    assert rights.withdraw is None
    assert rights.transfer is None
