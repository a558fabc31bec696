"""What an exchange says about a key as rows: a mark, a fact and what it means. Unknown is never a tick."""

from dataclasses import dataclass
from datetime import tzinfo
from typing import Literal

from desktop_app.core.rights import Rights
from desktop_app.gui import fmt
from desktop_app.gui.i18n import tr, tr_later, units
from desktop_app.gui.theme import current_theme

Mark = Literal["yes", "no", "warning", "unknown"]
DAY_MS = 86_400_000
_SOON_DAYS = 7
_MOST_CLOCK_MS = 1_000  # exchanges take orders that are at most a few seconds off

_PICTURES: dict[Mark, tuple[str, str]] = {
    "no": ("close", "error"),
    "warning": ("warning", "warning"),
    "unknown": ("question", "muted"),
}
_SPOKEN: dict[Mark, str] = {
    "yes": tr_later("fine"),
    "no": tr_later("not acceptable"),
    "warning": tr_later("attention"),
    "unknown": tr_later("unknown"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a check. All words are translated; `key` names it for buttons and tests."""

    key: str
    mark: Mark
    text: str
    note: str = ""


def picture(mark: Mark) -> tuple[str, str]:
    """Icon and tint. A tick is never red, also where rising prices are."""
    if mark == "yes":
        return "check", "loss" if current_theme().palette == "red_green" else "profit"
    return _PICTURES[mark]


def spoken(mark: Mark) -> str:
    return tr(_SPOKEN[mark])


def facts_of(rights: Rights, now: int, zone: tzinfo) -> list[Fact]:
    """Every right in the order in which it matters."""
    return [
        _read(rights.read),
        _trade(rights.trade),
        _withdraw(rights.withdraw),
        _transfer(rights.transfer),
        _bound(rights.ip_restricted),
        _expiry(rights.expires_at, now, zone),
    ]


def clock_fact(offset_ms: int | None) -> Fact:
    """How far the exchange's clock and ours are apart."""
    if offset_ms is None:
        return Fact("clock", "unknown", tr("Clock difference"), tr("It could not be measured."))
    text = tr("Clock difference {seconds} s").format(seconds=seconds(offset_ms))
    if abs(offset_ms) <= _MOST_CLOCK_MS:
        return Fact("clock", "yes", text)
    note = tr("Set the clock of this computer to automatic; we correct for it meanwhile.")
    return Fact("clock", "warning", text, note)


def seconds(ms: int) -> str:
    """Milliseconds as seconds with one decimal, never below zero."""
    tenths = (abs(ms) + 50) // 100
    return f"{tenths // 10}.{tenths % 10}"


def key_line(exchange: str, tail: str, rights: Rights, now: int, zone: tzinfo) -> str:
    """ "Binance · key …x7Q2 · created 2026-07-02 (143 days ago)" """
    parts = [exchange]
    if tail:
        parts.append(tr("key {tail}").format(tail=tail))
    if rights.created_at is not None:
        days = max(0, (now - rights.created_at) // DAY_MS)
        parts.append(tr("created {day} ({days} days ago)").format(day=day_of(rights.created_at, zone), days=days))
    return " · ".join(parts)


def day_of(at: int, zone: tzinfo) -> str:
    return fmt.moment(at, zone).partition(" ")[0]


def _read(can: bool | None) -> Fact:
    if can is None:
        return Fact("read", "unknown", tr("Read balances"), _not_told())
    if can:
        return Fact("read", "yes", tr("Read balances"), tr("needed"))
    return Fact("read", "no", tr("Cannot read balances"), tr("Allow reading at the exchange."))


def _trade(can: bool | None) -> Fact:
    if can is None:
        return Fact("trade", "unknown", tr("Spot trading"), _not_told())
    if can:
        return Fact("trade", "yes", tr("Spot trading"), tr("needed for bots"))
    return Fact("trade", "warning", tr("No spot trading"), tr("Enough to watch the account; bots need spot trading."))


def _withdraw(can: bool | None) -> Fact:
    if can is None:
        note = tr("The exchange does not tell us. Look there yourself: they must be off.")
        return Fact("withdraw", "unknown", tr("Withdrawals"), note)
    if can:
        return Fact("withdraw", "no", tr("This key can withdraw your coins"), tr("Keys that can withdraw are refused."))
    return Fact("withdraw", "yes", tr("Withdrawals are OFF"), tr("keys that can withdraw are refused"))


def _transfer(can: bool | None) -> Fact:
    if can is None:
        note = tr("The exchange does not tell us. Look there yourself: they must be off.")
        return Fact("transfer", "unknown", tr("Transfers to other accounts"), note)
    if can:
        text = tr("This key can move coins to other accounts")
        return Fact("transfer", "no", text, tr("Keys that can transfer are refused."))
    return Fact("transfer", "yes", tr("Transfers are OFF"), tr("keys that can transfer are refused"))


def _bound(is_bound: bool | None) -> Fact:
    if is_bound is None:
        return Fact("bound", "unknown", tr("Bound to an internet address"), _not_told())
    if is_bound:
        note = tr("If your address changes, orders are refused until you update the list at the exchange.")
        return Fact("bound", "yes", tr("Bound to an internet address"), note)
    note = tr("Works, but the exchange may end trading or delete the key after a while.")
    return Fact("bound", "warning", tr("No IP allow-list"), note)


def _expiry(at: int | None, now: int, zone: tzinfo) -> Fact:
    if at is None:
        return Fact("expires", "unknown", tr("Expiry"), _not_told())
    left = at - now
    if left <= 0:
        return Fact("expires", "no", tr("Expired on {day}").format(day=day_of(at, zone)), tr("Make a new key."))
    text = tr("Expires on {day}, in {span}").format(
        day=day_of(at, zone), span=fmt.duration(left // DAY_MS * DAY_MS or left, units())
    )
    return Fact("expires", "warning" if left < _SOON_DAYS * DAY_MS else "yes", text)


def _not_told() -> str:
    return tr("The exchange does not tell us.")
