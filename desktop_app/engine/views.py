"""What the faces see of accounts, bots and deals: frozen pictures, never the things themselves."""

from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core.deal import Deal
from desktop_app.core.market import ZERO
from desktop_app.core.order import Fill, Order
from desktop_app.core.said import Said


@dataclass(frozen=True, slots=True)
class AccountView:
    """`mode` is "sim", "paper" or "live"; `since` is when the feed came or went, on our clock."""

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

    @property
    def mode(self) -> str:
        return mode_of(is_simulated=self.is_simulated, is_paper=self.is_paper)


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
class FundsBar:
    """Quote on an account: what is free, what other bots may still come to need of it, and what is left."""

    free: Decimal
    reserved_by: tuple[tuple[str, Decimal], ...]
    uncommitted: Decimal
    quote: str = ""
    locked: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class CheckedBot:
    """A bot file that was read: its settings, or every problem in it as (place, reason)."""

    problems: tuple[tuple[str, str], ...]
    kind: str = ""
    settings_json: str = ""


def mode_of(*, is_simulated: bool, is_paper: bool) -> str:
    if is_simulated:
        return "sim"
    return "paper" if is_paper else "live"
