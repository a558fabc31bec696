"""Words for what is known of an account: its key, its rights, whether it trades, and the one thing that would help."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from desktop_app.gui import fmt, wording
from desktop_app.gui.connect.marks import DAY_MS, day_of
from desktop_app.gui.connect.places import place_of
from desktop_app.gui.i18n import is_chinese, together, tr, tr_later, units

if TYPE_CHECKING:
    from desktop_app.engine.views import AccountView

Help = Literal["unlock", "replace", "reconnect", "acknowledge", "allow", "none"]

_EMBEDDED = "sim"
_HELP_WORDS: dict[Help, str] = {
    "unlock": tr_later("Unlock"),
    "replace": tr_later("Replace key…"),
    "reconnect": tr_later("Reconnect"),
    "acknowledge": tr_later("It was me"),
    "allow": tr_later("Allow trading…"),
    "none": "",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What keeps an account from working: a title, what it means for the money, and one way out."""

    mood: Literal["info", "warning", "error"]
    title: str
    text: str
    help: Help = "none"

    @property
    def button(self) -> str:
        return tr(_HELP_WORDS[self.help])


def exchange_name(exchange: str) -> str:
    """How the exchange writes itself, where that is known here."""
    place = place_of(exchange)
    if exchange == _EMBEDDED:
        return tr("Built-in exchange")
    return place.name if place is not None else exchange


def listed(parts: Iterable[str]) -> str:
    return ("、" if is_chinese() else ", ").join(parts)


def limits_text(view: AccountView) -> str:
    """What no bot may exceed there, the best known first."""
    limits = json.loads(view.limits_json)
    parts = (
        (limits.get("max_open_deals"), tr("deals ≤ {count}")),
        (limits.get("max_order_value"), tr("order ≤ {count}")),
        (limits.get("max_orders_a_minute"), tr("orders a minute ≤ {count}")),
        (len(limits.get("pairs", ())), tr("pairs: {count}")),
    )
    return listed(words.format(count=_counted(str(count))) for count, words in parts if count) or fmt.UNKNOWN


def _counted(text: str) -> str:
    number = Decimal(text)
    return fmt.whole(int(number)) if number == int(number) else fmt.plain(number)


def has_key(view: AccountView) -> bool:
    return view.key_state != "none"


def rights_text(view: AccountView) -> str:
    """ "Read, spot, withdrawals off"; what the exchange does not tell is a question, never a yes."""
    if not has_key(view):
        return fmt.UNKNOWN
    rights = view.rights
    parts = [
        _right(rights.read, tr("read"), tr("no reading")),
        _right(rights.trade, tr("spot"), tr("no trading")),
        _right(rights.withdraw, tr("WITHDRAWALS ON"), tr("withdrawals off"), unknown=tr("withdrawals")),
    ]
    return listed(parts)


def binding_text(view: AccountView) -> str:
    if not has_key(view):
        return fmt.UNKNOWN
    return _right(view.rights.ip_restricted, tr("bound"), tr("none"), unknown="")


def age_text(view: AccountView, now: int) -> str:
    """ "143 d / 37 d left": how old the key is, and how long it lives."""
    if not has_key(view):
        return fmt.UNKNOWN
    created, expires = view.rights.created_at, view.rights.expires_at
    age = tr("{days} d").format(days=max(0, now - created) // DAY_MS) if created is not None else fmt.UNKNOWN
    if expires is None:
        return f"{age} / {fmt.UNKNOWN}"
    left = tr("{days} d left").format(days=max(0, (expires - now) // DAY_MS))
    return f"{age} / {left if expires > now else tr('expired')}"


def expiry_tip(view: AccountView, zone: tzinfo) -> str:
    expires = view.rights.expires_at
    if not has_key(view):
        return tr("This account needs no key.")
    if expires is None:
        return tr("The exchange does not tell when the key expires.")
    return tr("Expires on {day}").format(day=day_of(expires, zone))


def trading_word(view: AccountView) -> str:
    """WATCH: never allowed. OFF: stopped for now. ON."""
    if not view.may_trade:
        return tr("WATCH")
    return tr("OFF") if view.frozen is not None else tr("ON")


def state_word(view: AccountView) -> tuple[str, str, str]:
    """Words, icon and tint of what the account is doing."""
    words = _KEY_STATES.get(view.key_state)
    if words is not None:
        return tr(words), "lock" if view.key_state == "locked" else "key", "error"
    if view.frozen is not None:
        return tr("Stopped for now"), "warning", "error"
    if view.mode == "sim":
        return tr("Simulated market"), "check", "accent"
    if not view.is_live_feed:
        return tr("No prices"), "warning", "warning"
    return tr("Connected"), "check", "accent"


def trouble(view: AccountView) -> Trouble | None:
    """The gravest thing first; None while the account works."""
    remedy = wording.sentence(view.key_remedy) if view.key_remedy is not None else ""
    stays = tr("Bots on it wait. Orders on the exchange stay active.")
    name = view.name
    match view.key_state:
        case "locked":
            title = tr("{account}: the keyring is locked.").format(account=name)
            return Trouble("warning", title, remedy or stays, "unlock")
        case "absent":
            title = tr("{account}: this computer has no safe place for keys.").format(account=name)
            return Trouble("warning", title, remedy or stays, "replace")
        case "missing":
            title = tr("{account}: its key is not in the keyring any more.").format(account=name)
            return Trouble("error", title, remedy or stays, "replace")
        case "replaced":
            title = tr("{account}: another key stands where its key was.").format(account=name)
            return Trouble("error", title, remedy or stays, "replace")
        case "refused":
            title = tr("{account}: {exchange} refuses the key.").format(
                account=name, exchange=exchange_name(view.exchange)
            )
            return Trouble("error", title, remedy or stays, "replace")
    if view.frozen is not None:
        return _frozen(view)
    if view.mode != "sim" and not view.is_connected:
        title = tr("{account} is not connected.").format(account=name)
        reason = tr("Reason: {reason}.").format(reason=tr(view.reason).rstrip(".")) if view.reason else ""
        return Trouble("warning", title, together(stays, reason), "reconnect")
    return None


def watch_only(view: AccountView) -> Trouble | None:
    """A live account that was never allowed to trade."""
    if view.may_trade or view.mode != "live":
        return None
    title = tr("{account} can be watched but not traded.").format(account=view.name)
    text = tr("Nothing is ordered with real money until you allow it, as a step of its own.")
    return Trouble("info", title, text, "allow")


def prices_from(view: AccountView, zone: tzinfo, last_at: int) -> str:
    """Since when its prices are old, and what that means."""
    at = last_at or view.since
    if not at:
        return tr("No prices from {account} yet. Bots wait; orders on the exchange stay active.").format(
            account=view.name
        )
    words = tr("Prices from {clock}. Reconnecting. Bots wait; orders on the exchange stay active.")
    return words.format(clock=fmt.clock(at, zone))


def age_word(ms: int) -> str:
    """The chip beside old prices."""
    return fmt.duration(max(0, ms), units())


def _frozen(view: AccountView) -> Trouble:
    title = tr("{account}: bots on it open nothing now.").format(account=view.name)
    why = wording.sentence(view.frozen) if view.frozen is not None else ""
    keeps = tr("Take profits, stop losses and cancels go on.")
    is_key = view.verdict == "refused"
    return Trouble("error", title, together(why, keeps), "replace" if is_key else "acknowledge")


def _right(has: bool | None, yes: str, no: str, *, unknown: str = "") -> str:
    if has is None:
        return f"{unknown or yes} ?" if unknown or yes else "?"
    return yes if has else no


_KEY_STATES = {
    "locked": tr_later("Keyring locked"),
    "absent": tr_later("No keyring"),
    "missing": tr_later("Key missing"),
    "replaced": tr_later("Key replaced"),
    "refused": tr_later("Key refused"),
}
