"""Reads what each exchange answers when it is asked what a key may do. Pure: the same answer, the same rights.

Every reader takes the present and the answers to the questions of its exchange, in their order.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from desktop_app.core.rights import Rights

_DAY_MS = 86_400_000
_SECONDS_END = 100_000_000_000  # a time below this is in seconds
_SUCCESS = frozenset({"", "0", "00000", "200", "200000"})


def of_binance(now: int, reply: Any, account: Any = None) -> Rights:
    """Transfers between own wallets count as transfers: from there coins can leave by other rights."""
    told = _fields(reply)
    expires_at = _time(told, "tradingAuthorityExpirationTime")
    return Rights(
        read=_flag(told, "enableReading"),
        trade=_flag(told, "enableSpotAndMarginTrading"),
        withdraw=_flag(told, "enableWithdrawals"),
        transfer=_any(_flag(told, "enableInternalTransfer"), _flag(told, "permitsUniversalTransfer")),
        ip_restricted=_flag(told, "ipRestrict"),
        created_at=_time(told, "createTime"),
        # Once it has passed, the right to trade is gone, which says it all; the key itself goes on.
        expires_at=expires_at if expires_at is not None and expires_at > now else None,
        uid=_text(_fields(account), "uid"),
    )


def of_kucoin(_now: int, reply: Any) -> Rights:
    told = _fields(reply, "data")
    words = _words(told, "permission")
    return Rights(
        read=_has(words, "general"),
        trade=_has(words, "spot", "trade"),
        # Its "Transfer" lets coins out of the exchange as well; the ones within it have names of their own.
        withdraw=_speaks_of(words, "withdraw") or _has(words, "transfer"),
        transfer=_speaks_of(words, "transfer"),
        ip_restricted=_is_bound(told, "ipWhitelist") if words is not None else None,
        created_at=_time(told, "createdAt"),
        uid=_text(told, "uid"),
    )


def of_okx(_now: int, reply: Any) -> Rights:
    """Its right to trade includes moving coins between the user's own accounts, and cannot be had without."""
    told = _first(_fields(reply).get("data"))
    words = _words(told, "perm")
    return Rights(
        read=_has(words, "read_only", "trade"),
        trade=_has(words, "trade"),
        withdraw=_speaks_of(words, "withdraw"),
        transfer=_speaks_of(words, "transfer"),
        ip_restricted=_is_bound(told, "ip") if words is not None else None,
        uid=_text(told, "uid"),
    )


def of_bybit(_now: int, reply: Any) -> Rights:
    told = _fields(reply, "result")
    permissions = told.get("permissions")
    read_only = _flag(told, "readOnly")
    if not isinstance(permissions, Mapping):
        return Rights(uid=_text(told, "userID"))
    wallet, spot = _words(permissions, "Wallet"), _words(permissions, "Spot")
    created_at, expires_at = _time(told, "createdAt"), _time(told, "expiredAt")
    return Rights(
        read=True,  # any key may ask
        trade=False if read_only else _has(spot, "spottrade"),
        withdraw=False if read_only else _speaks_of(wallet, "withdraw"),
        transfer=False if read_only else _speaks_of(wallet, "transfer"),
        ip_restricted=_is_bound(told, "ips"),
        created_at=created_at,
        # A key that is bound to addresses carries a date of no meaning.
        expires_at=expires_at if expires_at is not None and expires_at > (created_at or 0) else None,
        uid=_text(told, "userID"),
    )


def of_kraken(_now: int, reply: Any) -> Rights:
    told = _fields(reply, "result")
    words = _words(told, "permissions")
    return Rights(
        read=_has(words, "query-funds"),
        trade=_has(words, "modify-trades"),
        withdraw=_speaks_of(words, "withdraw"),
        transfer=_speaks_of(words, "transfer"),
        ip_restricted=_is_bound(told, "ipAllowlist") if words is not None else None,
        created_at=_time(told, "createdTime"),
        expires_at=_time(told, "validUntil"),
    )


def of_coinbase(_now: int, reply: Any) -> Rights:
    """Its one right to transfer is also the one to withdraw."""
    told = _fields(reply)
    return Rights(
        read=_flag(told, "can_view"),
        trade=_flag(told, "can_trade"),
        withdraw=_flag(told, "can_transfer"),
        transfer=_flag(told, "can_transfer"),
        uid=_text(told, "portfolio_uuid"),
    )


def of_gate(_now: int, detail: Any, keys: Any = None) -> Rights:
    """All keys of the account are told, but not which of them is asking: what they do not share stays unknown."""
    told = _fields(detail)
    uid = _text(told, "user_id")
    bound = _is_bound(told, "ip_whitelist") if "ip_whitelist" in told else None
    listed = [key for key in _items(keys) if isinstance(key.get("perms"), list)]
    rights = [_of_gate_key(key) for key in listed]
    return Rights(
        read=_shared(right.read for right in rights),
        trade=_shared(right.trade for right in rights),
        withdraw=_shared(right.withdraw for right in rights),
        transfer=_shared(right.transfer for right in rights),
        ip_restricted=bound,
        created_at=rights[0].created_at if len(rights) == 1 else None,
        uid=uid,
    )


def _of_gate_key(key: Mapping[str, Any]) -> Rights:
    """Its wallet right, when it is not for reading only, moves coins. That nothing else takes them out is not told."""
    rights = {str(one.get("name", "")).lower(): _flag(one, "read_only") for one in _items(key["perms"])}
    writes = {name for name, read_only in rights.items() if read_only is not True}
    moves = any(word in name for name in writes for word in ("wallet", "withdraw", "transfer"))
    return Rights(
        read=bool(rights),
        trade="spot" in writes,
        withdraw=True if moves else None,
        transfer=moves,
        created_at=_time(key, "created_at"),
    )


def of_bitget(_now: int, reply: Any) -> Rights:
    """Four letters a right: the last but one r or w says whether it reads or writes."""
    told = _fields(reply, "data")
    words = _words(told, "authorities")
    return Rights(
        read=True if words else None,
        trade=_has(words, "stow", "trade"),
        withdraw=_any(_has(words, "wwow"), _speaks_of(words, "withdraw")),
        transfer=_any(_has(words, "wtow", "chow"), _speaks_of(words, "transfer")),
        ip_restricted=_is_bound(told, "ips") if words is not None else None,
        uid=_text(told, "userId"),
    )


def own_key(uid_reply: Any, api: Any) -> dict[str, str]:
    """What HTX wants to know to tell about the key that is asking, and about no other."""
    return {"uid": str(_fields(uid_reply).get("data", "")), "accessKey": str(api.apiKey)}


def of_htx(now: int, uid: Any, reply: Any = None) -> Rights:
    number = _fields(uid).get("data")
    told = _first(_fields(reply).get("data"))
    words = _words(told, "permission")
    days = _number(told, "validDays")
    return Rights(
        read=_has(words, "readonly", "trade"),
        trade=_has(words, "trade"),
        withdraw=_speaks_of(words, "withdraw"),
        transfer=_speaks_of(words, "transfer"),
        ip_restricted=_is_bound(told, "ipAddresses") if words is not None else None,
        created_at=_time(told, "createTime"),
        expires_at=now + days * _DAY_MS if days is not None and days >= 0 else None,
        uid=str(number) if isinstance(number, int | str) else "",
    )


def of_bitfinex(_now: int, reply: Any) -> Rights:
    """Rows of (scope, may read, may write). Writing `wallets` moves coins between the user's own wallets."""
    rows = reply if isinstance(reply, list) else []
    scopes = {str(row[0]).lower(): (row[1], row[2]) for row in rows if isinstance(row, list) and len(row) >= 3}
    if "withdraw" not in scopes:
        return Rights()
    writes = {name for name, (_, may_write) in scopes.items() if str(may_write) != "0"}
    reads = {name for name, (may_read, _) in scopes.items() if str(may_read) != "0"}
    return Rights(
        read="wallets" in reads,
        trade="orders" in writes,
        withdraw=bool(writes & {"withdraw", "ui_withdraw"}),
        transfer="wallets" in writes or "bfxpay" in writes,
    )


_BINGX_SPOT, _BINGX_READ, _BINGX_TRANSFER, _BINGX_WITHDRAW, _BINGX_SUB_TRANSFER = "1", "2", "4", "5", "7"


def of_bingx(_now: int, reply: Any) -> Rights:
    told = _fields(reply, "data") or _fields(reply)
    words = _words(told, "permissions")
    return Rights(
        read=_has(words, _BINGX_READ, _BINGX_SPOT),
        trade=_has(words, _BINGX_SPOT),
        # Which number is which was not read anywhere: good enough to refuse a key by, not to let one pass.
        withdraw=_has(words, _BINGX_WITHDRAW) or None,
        transfer=_has(words, _BINGX_TRANSFER, _BINGX_SUB_TRANSFER) or None,
        ip_restricted=_is_bound(told, "ipAddresses") if words is not None else None,
    )


# --- what answers are made of


def _fields(reply: Any, *path: str) -> Mapping[str, Any]:
    """The object at the end of the path, or an empty one, which tells nothing."""
    for name in path:
        reply = reply.get(name) if isinstance(reply, Mapping) else None
    return reply if isinstance(reply, Mapping) else {}


def _items(reply: Any) -> list[Mapping[str, Any]]:
    many = reply if isinstance(reply, list) else [reply]
    return [one for one in many if isinstance(one, Mapping)]


def _first(reply: Any) -> Mapping[str, Any]:
    """Of a list with exactly one object. Of several it is not known which is meant."""
    found = _items(reply)
    return found[0] if len(found) == 1 else {}


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return str(value)[:128] if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _number(told: Mapping[str, Any], name: str) -> int | None:
    try:
        return int(str(told.get(name)))
    except ValueError:
        return None


def _flag(told: Mapping[str, Any], name: str) -> bool | None:
    word = str(told.get(name)).lower()
    return {"true": True, "1": True, "false": False, "0": False}.get(word)


def _words(told: Mapping[str, Any], name: str) -> frozenset[str] | None:
    """A list of rights, or one text with commas between them. None: there is neither."""
    value = told.get(name)
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list):
        return None
    return frozenset(word for one in value if (word := str(one).strip().lower()))


def _has(words: frozenset[str] | None, *wanted: str) -> bool | None:
    return None if words is None else not words.isdisjoint(wanted)


def _speaks_of(words: frozenset[str] | None, part: str) -> bool | None:
    """A right that nobody has heard of yet counts by its name."""
    return None if words is None else any(part in word for word in words)


def _is_bound(told: Mapping[str, Any], name: str) -> bool:
    addresses = _words(told, name) or frozenset()
    return bool(addresses - {"*", "0.0.0.0", "0.0.0.0/0", "::/0", "null", "none"})  # noqa: S104 - not a place to listen at


def _time(told: Mapping[str, Any], name: str) -> int | None:
    """In ms UTC, from ms, seconds or ISO 8601. Zero and the years before 2000 mean that there is none."""
    value = told.get(name)
    if isinstance(value, float):
        value = int(value)
    text = str(value).strip()
    try:
        at = int(text)
    except ValueError:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        at = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    at = at * 1000 if 0 < at < _SECONDS_END else at
    return at if at > 946_684_800_000 else None


def _any(*flags: bool | None) -> bool | None:
    """One yes is a yes; a no needs all to be told."""
    if any(flags):
        return True
    return None if None in flags else False


def _shared(flags: Iterable[bool | None]) -> bool | None:
    found = set(flags)
    return found.pop() if len(found) == 1 else None
