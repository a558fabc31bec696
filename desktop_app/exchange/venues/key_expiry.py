"""When a key stops working by a rule of its exchange, where the exchange has such a rule and does not tell the date."""

from collections.abc import Mapping
from dataclasses import dataclass

from desktop_app.core.change import replace
from desktop_app.core.rights import Rights

_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class ExpiryRule:
    """A key that is bound to no address works for `days` after it was made. `read_on`: when the rule was looked up."""

    days: int
    source: str
    read_on: str


# Rules about keys that nobody uses (OKX 14 days, KuCoin and Binance 30) are left out: a bot uses its key.
EXPIRY_RULES: Mapping[str, ExpiryRule] = {
    "binance": ExpiryRule(
        30, "binance.com/en/support/announcement/cda0a4b53da04396b5d27881e93abf78 (2021-07-08)", "2026-11-25"
    ),
    "bybit": ExpiryRule(90, "bybit-exchange/docs, docs/v5/user/apikey-info.mdx: deadlineDay, expiredAt", "2026-11-25"),
}


def with_rule(exchange_id: str, rights: Rights, now: int) -> Rights:
    """The same rights with the date by the rule; what the exchange told goes before.

    A date that has passed is dropped: the key has just answered, so its permission was renewed since.
    """
    rule = EXPIRY_RULES.get(exchange_id)
    if rule is None or rights.expires_at is not None or rights.ip_restricted is not False or rights.created_at is None:
        return rights
    expires_at = rights.created_at + rule.days * _DAY_MS
    return replace(rights, expires_at=expires_at, is_expiry_by_rule=True) if expires_at > now else rights
