"""Asks an exchange what an API key may do, without ever trying it: a right that is not told stays unknown."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from desktop_app.core.change import replace
from desktop_app.core.rights import Rights
from desktop_app.exchange.protocol import Refused
from desktop_app.exchange.venues import key_answers as answers
from desktop_app.exchange.venues.key_expiry import with_rule


class Caller(Protocol):
    """The client of an account, as far as it is needed here."""

    @property
    def api(self) -> Any: ...
    async def call(self, make: Callable[[], Awaitable[Any]]) -> Any: ...


@dataclass(frozen=True, slots=True)
class KeyQuestion:
    """How one exchange is asked. `methods` are ccxt's names of its calls; `source` says where it documents the answer.

    Read at that source: Bybit, Gate and parts of Binance. Of KuCoin, OKX, Coinbase and Kraken the fields are known from
    programs that read them, of Bitget, Bitfinex and HTX from copies of the page. No key of a person was ever used.

    Of several calls only the first must be answered: the others add what it leaves out.
    """

    methods: tuple[str, ...]
    read: Callable[..., Rights]
    source: str
    needs_own_uid: bool = False  # the first call tells the account's number, which the second one wants


_BINANCE = KeyQuestion(
    ("sapiGetAccountApiRestrictions", "privateGetAccount"),
    answers.of_binance,
    "developers.binance.com/docs/wallet/account/api-key-permission; spot rest-api.md, Account information (uid)",
)
_KUCOIN = KeyQuestion(
    ("privateGetUserApiKey",),
    answers.of_kucoin,
    "kucoin.com/docs-new/rest/account-info/account-funding/get-apikey-info",
)
_OKX = KeyQuestion(
    ("privateGetAccountConfig",), answers.of_okx, "okx.com/docs-v5/en, Get account configuration: perm, ip, uid"
)
_BYBIT = KeyQuestion(
    ("privateGetV5UserQueryApi",), answers.of_bybit, "bybit-exchange/docs, docs/v5/user/apikey-info.mdx"
)
_GATE = KeyQuestion(
    ("privateAccountGetDetail", "privateAccountGetMainKeys"),
    answers.of_gate,
    "gate/gateapi-python, docs/AccountDetail.md, AccountKeyInfo.md, KeyPerms.md",
)

KEY_QUESTIONS: Mapping[str, KeyQuestion] = {
    "binance": _BINANCE,
    "kucoin": _KUCOIN,
    "okx": _OKX,
    "okxus": _OKX,
    "myokx": _OKX,
    "bybit": _BYBIT,
    "bybiteu": _BYBIT,
    "bybitid": _BYBIT,
    "kraken": KeyQuestion(
        ("privatePostGetApiKeyInfo",), answers.of_kraken, "docs.kraken.com/api-reference/account-data/get-api-key-info"
    ),
    "coinbase": KeyQuestion(
        ("v3PrivateGetBrokerageKeyPermissions",),
        answers.of_coinbase,
        "docs.cdp.coinbase.com, Advanced Trade, Get API Key Permissions",
    ),
    "gate": _GATE,
    "gateeu": _GATE,
    "bitget": KeyQuestion(
        ("privateSpotGetV2SpotAccountInfo",),
        answers.of_bitget,
        "bitget.com/api-doc/spot/account/Get-Account-Info",
    ),
    "htx": KeyQuestion(
        ("v2PrivateGetUserUid", "v2PrivateGetUserApiKey"),
        answers.of_htx,
        "htx.com/en-us/opend/newApiPages, API key query",
        needs_own_uid=True,
    ),
    "bitfinex": KeyQuestion(
        ("privatePostAuthRPermissions",), answers.of_bitfinex, "docs.bitfinex.com/reference/key-permissions"
    ),
    "bingx": KeyQuestion(
        ("accountV1PrivateGetAccountApiPermissions",),
        answers.of_bingx,
        "hexdocs.pm/bingex, GetApiKeyPermissions: the rights in their order; which number is which was not read",
    ),
}


KEY_CHECKED = frozenset({*KEY_QUESTIONS, "hyperliquid"})


async def read_rights(client: Caller, now: int | None = None) -> Rights:
    """What the key of this client may do; what its exchange does not tell is None. Raises Unreachable, Refused.

    A refused question is not a refused key: some rights cannot be asked for with a key that can only trade. Whether
    the key opens the account at all is then shown by its balance.
    """
    exchange_id = str(client.api.id)
    at = int(client.api.milliseconds()) if now is None else now
    if exchange_id == "hyperliquid":
        return await _read_wallet(client)
    question = KEY_QUESTIONS.get(exchange_id)
    rights = await _ask(client, question, at) if question else None
    if rights is None or rights.read is None:
        await client.call(client.api.fetch_balance)
        rights = replace(rights or Rights(), read=True)
    return with_rule(exchange_id, rights, at)


async def _ask(client: Caller, question: KeyQuestion, now: int) -> Rights | None:
    replies: list[Any] = []
    for method in question.methods:
        call = getattr(client.api, method, None)
        if call is None:  # another release of ccxt
            return None
        parameters = answers.own_key(replies[0], client.api) if question.needs_own_uid and replies else {}
        try:
            replies.append(await client.call(partial(call, parameters)))
        except Refused:
            if not replies:
                return None
            replies.append(None)
    return question.read(now, *replies)


async def _read_wallet(client: Caller) -> Rights:
    """A wallet's own key can do everything; the key of an API wallet can only trade for it."""
    await client.call(client.api.fetch_balance)
    wallet = str(client.api.walletAddress or "").lower()
    try:
        signer = str(client.api.eth_get_address_from_private_key(client.api.privateKey)).lower()
    except (ValueError, TypeError, AttributeError):
        return Rights(read=True, uid=wallet)
    is_own = signer == wallet
    return Rights(read=True, trade=True, withdraw=is_own, transfer=is_own, uid=wallet)
