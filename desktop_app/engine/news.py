"""Everything that the engine tells its listeners; frozen values only, so that they may cross threads."""

from collections.abc import Mapping
from dataclasses import dataclass

from desktop_app.core.events import PriceTick
from desktop_app.core.market import Balance, Candle
from desktop_app.core.order import Fill, Order, Role
from desktop_app.core.said import Said
from desktop_app.engine.views import AccountView, BotView, DealView, Evidence, OrderChange, SignalsView, SignalView


@dataclass(frozen=True, slots=True)
class AccountNews:
    account: AccountView


@dataclass(frozen=True, slots=True)
class AccountGone:
    account: str


@dataclass(frozen=True, slots=True)
class BotNews:
    bot: BotView


@dataclass(frozen=True, slots=True)
class BotGone:
    bot_id: int


@dataclass(frozen=True, slots=True)
class DealNews:
    bot_id: int
    deal: DealView


@dataclass(frozen=True, slots=True)
class OrderNews:
    bot_id: int
    deal: int
    order: Order
    account: str


@dataclass(frozen=True, slots=True)
class PriceNews:
    account: str
    tick: PriceTick


@dataclass(frozen=True, slots=True)
class CandleNews:
    account: str
    symbol: str
    candle: Candle
    is_closed: bool


@dataclass(frozen=True, slots=True)
class BalanceNews:
    account: str
    balances: Mapping[str, Balance]


@dataclass(frozen=True, slots=True)
class FillNews:
    bot_id: int
    deal: int
    client_id: str
    fill: Fill
    role: Role
    account: str = ""
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class TimelineNews:
    bot_id: int
    deal: int
    at: int
    said: Said
    is_problem: bool


@dataclass(frozen=True, slots=True)
class LogNews:
    """A line for the log panel. `level` is "info", "warning" or "error"; `deal` 0 means no deal."""

    at: int
    level: str
    account: str
    bot: str
    deal: int
    event_code: str
    said: Said


@dataclass(frozen=True, slots=True)
class FeedNews:
    account: str
    is_live: bool
    reason: str
    since: int


@dataclass(frozen=True, slots=True)
class ReconciledNews:
    """An account was compared with its exchange; `differences` are the orders that had moved meanwhile.

    `cause`: "start", "feed", "wake", "asked" or "regular". `changes`: what had become of our orders since `since`,
    when this program last looked (0: it never had).
    """

    account: str
    at: int
    differences: int
    fills: int
    cause: str = "regular"
    since: int = 0
    changes: tuple[OrderChange, ...] = ()


@dataclass(frozen=True, slots=True)
class AwayNews:
    """This program was away, and now knows what happened meanwhile: one for each account with bots at work.

    `kind`: "slept" (the computer) or "not_running" (the program). Times are on our clock.
    """

    account: str
    kind: str
    since: int
    until: int
    changes: tuple[OrderChange, ...] = ()


@dataclass(frozen=True, slots=True)
class PanicNews:
    """One step of PANIC: 1 stop, 2 cancel, 3 sell, 4 report; `is_done` when nothing is left of it."""

    at: int
    step: int
    done: int
    total: int
    said: Said
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class ForeignNews:
    """Something on an account that this program did not do.

    `is_frozen`: bots of the account open nothing until somebody says "it was me" (Supervisor.acknowledge_foreign).
    """

    account: str
    at: int
    said: Said
    evidence: tuple[Evidence, ...] = ()
    is_frozen: bool = False


@dataclass(frozen=True, slots=True)
class SignalNews:
    """A signal came from outside, and this became of it."""

    signal: SignalView


@dataclass(frozen=True, slots=True)
class SignalsNews:
    """How it stands with the ways by which signals come in."""

    signals: SignalsView


@dataclass(frozen=True, slots=True)
class HappenedNews:
    """One line of `run --events`; `event` is one of the names of the contract."""

    at: int
    event: str
    account: str = ""
    bot: str = ""
    bot_id: int = 0
    deal: int = 0
    client_id: str = ""
    exchange_id: str = ""
    pair: str = ""
    role: str = ""
    side: str = ""
    price: str = ""
    amount: str = ""
    status: str = ""
    reason: str = ""
    fee: str = ""  # of a fill, in quote
    trade_id: str = ""


News = (
    AccountNews
    | AccountGone
    | BotNews
    | BotGone
    | DealNews
    | OrderNews
    | PriceNews
    | CandleNews
    | BalanceNews
    | FillNews
    | TimelineNews
    | LogNews
    | FeedNews
    | ReconciledNews
    | AwayNews
    | PanicNews
    | ForeignNews
    | SignalNews
    | SignalsNews
    | HappenedNews
)
