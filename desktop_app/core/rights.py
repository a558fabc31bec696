"""What an API key may do, and whether Strongroom takes a key that may do that."""

from dataclasses import dataclass
from enum import StrEnum

from desktop_app.core.said import Said, said

_DAY_MS = 86_400_000
_REMIND_DAYS = 7


class Verdict(StrEnum):
    OK = "ok"
    WARNING = "warning"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Rights:
    """As the exchange tells them; None: it does not tell. Times in ms UTC. `uid` names the account at the exchange.

    `is_expiry_by_rule`: `expires_at` was reckoned from a rule of the exchange, not told by it.
    """

    read: bool | None = None
    trade: bool | None = None
    withdraw: bool | None = None
    transfer: bool | None = None
    ip_restricted: bool | None = None
    created_at: int | None = None
    expires_at: int | None = None
    uid: str = ""
    is_expiry_by_rule: bool = False


def judge(rights: Rights, now: int) -> tuple[Verdict, tuple[Said, ...]]:
    """Whether the key is taken, and everything that speaks against it, the gravest first.

    A key that can move coins away is refused whatever else it can. What the exchange does not tell is a warning,
    never a pass.
    """
    refusals = _refusals(rights, now)
    if refusals:
        return Verdict.REFUSED, refusals
    warnings = _warnings(rights, now)
    return (Verdict.WARNING if warnings else Verdict.OK), warnings


def _refusals(rights: Rights, now: int) -> tuple[Said, ...]:
    reasons = []
    if rights.withdraw:
        reasons.append(said("key_can_withdraw"))
    if rights.transfer:
        reasons.append(said("key_can_transfer"))
    if rights.read is False:
        reasons.append(said("key_cannot_read"))
    if rights.expires_at is not None and rights.expires_at <= now and not rights.is_expiry_by_rule:
        reasons.append(said("key_expired"))
    return tuple(reasons)


def _warnings(rights: Rights, now: int) -> tuple[Said, ...]:
    reasons = []
    if rights.withdraw is None:
        reasons.append(said("key_withdraw_unknown"))
    if rights.transfer is None and rights.withdraw is not None:
        reasons.append(said("key_transfer_unknown"))
    if rights.trade is False:
        reasons.append(said("key_cannot_trade"))
    if rights.ip_restricted is False:
        reasons.append(said("key_not_bound"))
    elif rights.ip_restricted is None:
        reasons.append(said("key_binding_unknown"))
    if rights.expires_at is not None and now < rights.expires_at < now + _REMIND_DAYS * _DAY_MS:
        reasons.append(said("key_expires_soon", days=(rights.expires_at - now) // _DAY_MS))
    return tuple(reasons)
