"""What the faces see of accounts, bots and deals: frozen pictures, never the things themselves."""

from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core.deal import Deal
from desktop_app.core.market import ZERO
from desktop_app.core.order import Fill, Order, Role, Side
from desktop_app.core.rights import Rights
from desktop_app.core.said import Said

EMBEDDED = "sim"  # the exchange that is part of the program
UNTOLD = Rights()


@dataclass(frozen=True, slots=True)
class AccountView:
    """`mode` is "sim", "paper" or "live"; `since` is when the feed came or went, on our clock.

    `key_state`: "none" (it needs no key), "ok", "session" (kept until the program ends), "locked", "absent" (no safe
    place for keys on this computer), "missing", "replaced" (another key stands where ours was), "refused" (the
    exchange does not take it); `key_remedy` says what to do about the last five. `verdict`: "ok", "warning", "refused",
    empty while nothing is known. `frozen`: why no bot on it opens or adds to anything; exits and cancels go on.
    """

    name: str
    exchange: str
    is_simulated: bool
    is_paper: bool
    may_trade: bool
    is_live_feed: bool
    speed: Decimal
    clock_at: int
    account_id: int = 0
    reason: str = ""
    since: int = 0
    is_reconciled: bool = False
    is_connected: bool = False
    key_tail: str = ""
    key_state: str = "none"
    key_remedy: Said | None = None
    rights: Rights = UNTOLD
    verdict: str = ""
    reasons: tuple[Said, ...] = ()
    checked_at: int = 0
    clock_offset_ms: int | None = None
    frozen: Said | None = None
    address: str = ""  # where its exchange is, if not at its usual place
    limits_json: str = "{}"  # core.risk.Limits

    @property
    def mode(self) -> str:
        return mode_of(self.exchange, is_simulated=self.is_simulated, is_paper=self.is_paper)


@dataclass(frozen=True, slots=True)
class AccountCheck:
    """What an exchange says about a key, and whether Strongroom takes it: `verdict` "ok", "warning" or "refused"."""

    exchange: str
    reachable: bool
    clock_offset_ms: int | None
    rights: Rights
    verdict: str
    reasons: tuple[Said, ...]
    tail: str = ""
    checked_at: int = 0


@dataclass(frozen=True, slots=True)
class KeyringView:
    """Where keys are kept on this computer: `kind` "ok", "locked", "absent", "unsafe" or "silent"."""

    kind: str
    backend: str = ""
    remedy: Said | None = None


@dataclass(frozen=True, slots=True)
class OrderChange:
    """What became of an order of ours while nobody looked.

    `what`: "filled", "partly_filled", "cancelled" (not by us) or "in_doubt". `amount` and `price` are of what filled
    meanwhile, `profit` is of the deal if it closed with this.
    """

    bot_id: int
    bot: str
    deal: int
    symbol: str
    what: str
    role: Role
    side: Side
    amount: Decimal
    price: Decimal | None = None
    at: int = 0
    profit: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing on an account that this program did not do. `kind`: "order", "trade", "balance" or "key"."""

    at: int
    kind: str
    said: Said
    symbol: str = ""
    side: str = ""
    amount: Decimal | None = None
    price: Decimal | None = None
    client_id: str = ""
    exchange_id: str = ""


@dataclass(frozen=True, slots=True)
class BotView:
    """`profit` is of all closed deals and what open ones realised; `funds_max` what the bot may come to need in all."""

    bot_id: int
    name: str
    kind: str
    account: str
    pairs: tuple[str, ...]
    status: str
    why: Said
    deals_open: int
    deals_max: int
    profit: Decimal
    profit_today: Decimal
    funds_used: Decimal
    funds_max: Decimal
    started_at: int
    version: int
    settings_json: str
    mode: str = "live"
    deals_closed: int = 0


@dataclass(frozen=True, slots=True)
class DealView:
    bot_id: int
    bot_name: str
    account: str
    deal: Deal
    last: Decimal | None
    unrealised: Decimal | None
    mode: str
    settings_json: str = ""  # what the deal runs on; empty where its bot does not keep that

    @property
    def deal_id(self) -> str:
        """The name of the deal for people and commands: bot and number."""
        return f"{self.bot_id}-{self.deal.number}"


@dataclass(frozen=True, slots=True)
class TimelineLine:
    at: int
    said: Said
    is_problem: bool


@dataclass(frozen=True, slots=True)
class DealDetail:
    """A deal with everything that is known of it. `fills` are (client id, fill), oldest first."""

    view: DealView
    orders: tuple[Order, ...]
    fills: tuple[tuple[str, Fill], ...]
    timeline: tuple[TimelineLine, ...]


@dataclass(frozen=True, slots=True)
class SignalView:
    """A signal from outside and what became of it. `way`: "hook", "mail", "command" or "test".

    `status` is what HTTP says: 200 taken, 401 wrong secret, 409 repeated or the bot could not, 410 late …
    """

    line: int
    at: int
    bot_id: int
    way: str
    sender: str
    status: int
    verdict: Said
    body: str

    @property
    def is_taken(self) -> bool:
        return self.status == 200


@dataclass(frozen=True, slots=True)
class SignalAnswer:
    """What became of a signal that was sent from here."""

    status: int
    verdict: Said
    took_ms: int = 0


@dataclass(frozen=True, slots=True)
class SignalAddress:
    """Where a bot's signals come in, and the message to paste into an alert. The message holds the bot's secret.

    `url` is what is reachable from this computer; `public_url` what a tunnel makes of it, empty without one.
    """

    bot_id: int
    uuid: str
    url: str
    public_url: str
    messages: tuple[tuple[str, str], ...]  # (what it is for, the text)


@dataclass(frozen=True, slots=True)
class SignalsView:
    """How it stands with the ways in. `state` of each: "off", "listening", "port_in_use", "blocked", "problem"."""

    hook_state: str
    port: int
    mail_state: str
    hook_problem: Said | None = None
    mail_problem: Said | None = None
    last_at: int = 0
    public_url: str = ""


@dataclass(frozen=True, slots=True)
class FundsBar:
    """Quote on an account: what is free, what other bots may still come to need of it, and what is left."""

    free: Decimal
    reserved_by: tuple[tuple[str, Decimal], ...]
    uncommitted: Decimal
    quote: str = ""
    locked: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class StrategyView:
    """A strategy file of the user's: what is in it now, and whether the user agreed to run exactly that."""

    name: str
    digest: str
    is_trusted: bool
    path: str = ""


@dataclass(frozen=True, slots=True)
class CheckedBot:
    """A bot file that was read: its settings, or every problem in it as (place, reason)."""

    problems: tuple[tuple[str, str], ...]
    kind: str = ""
    settings_json: str = ""


def mode_of(exchange: str, *, is_simulated: bool, is_paper: bool) -> str:
    if exchange != EMBEDDED and is_paper:
        return "paper"
    return "sim" if is_simulated else "live"
