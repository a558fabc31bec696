"""The rows that the store hands out and takes in, one frozen type each."""

from dataclasses import dataclass

from desktop_app.core.deal import Deal
from desktop_app.core.order import Fill, Order
from desktop_app.core.said import Said


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account; never a secret. `account_id` is 0 until the store gives one."""

    account_id: int
    name: str
    exchange: str
    is_paper: bool
    config_json: str = "{}"
    limits_json: str = "{}"
    may_trade: bool = False
    created_at: int = 0


@dataclass(frozen=True, slots=True)
class BotRow:
    """A bot and its settings. `bot_id` is 0 until the store gives one; ids are never given twice."""

    bot_id: int
    name: str
    kind: str
    account_id: int
    settings_json: str
    version: int = 1
    is_wanted: bool = False
    status: str = "stopped"
    reason_json: str = ""
    created_at: int = 0


@dataclass(frozen=True, slots=True)
class DealRow:
    bot_id: int
    account_id: int
    number: int
    symbol: str
    status: str
    opened_at: int
    closed_at: int
    deal_json: str


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order with whose it is. `sent_at` and `unknown_since` are 0 while nothing was sent or in doubt."""

    account_id: int
    bot_id: int
    deal: int
    order: Order
    sent_at: int = 0
    unknown_since: int = 0


@dataclass(frozen=True, slots=True)
class FillRow:
    account_id: int
    bot_id: int
    deal: int
    client_id: str
    symbol: str
    fill: Fill


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One link of the journal's hash chain; `changes_json` holds the orders and fills that it wrote."""

    seq: int
    at: int
    bot_id: int
    account_id: int
    event_json: str
    commands_json: str
    changes_json: str
    hash: str


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A line of a deal's story. `kind` is "note" or "problem"."""

    line: int
    at: int
    bot_id: int
    deal: int
    kind: str
    said_json: str


@dataclass(frozen=True, slots=True)
class SignalRow:
    """A signal from outside with what became of it. `line` is 0 until the store gives one.

    `key` is empty of one that was not acted on; `bot_id` 0 where nobody knows whose it was. `body` is without secrets.
    """

    line: int
    at: int
    bot_id: int
    way: str
    sender: str
    key: str
    status: int
    said_json: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Write:
    """What one decision of a bot changes; it is written whole or not at all.

    `deals` are the ones that changed; `orders` the new and changed ones, each with its deal's number; `fills`
    (deal, client id, fill); `tells` (deal, what, whether it is a problem). `bots` are made by the decision. `sent` are
    orders (client id, when) that
    went out since the write before: nothing depends on it, so it is worth no commit of its own. `signal` is the one
    that caused the decision: known from the same moment on, so that it is never acted on again.
    """

    bot_id: int
    account_id: int
    at: int
    event_json: str
    state_json: str | None = None
    deals: tuple[Deal, ...] = ()
    orders: tuple[tuple[int, Order], ...] = ()
    fills: tuple[tuple[int, str, Fill], ...] = ()
    tells: tuple[tuple[int, Said, bool], ...] = ()
    commands_json: str = "[]"
    sent: tuple[tuple[str, int], ...] = ()
    bots: tuple[BotRow, ...] = ()
    signal: SignalRow | None = None


@dataclass(frozen=True, slots=True)
class AuditResult:
    """Whether the journal is whole; else the first row that is not, and why."""

    is_whole: bool
    rows: int
    first_bad_seq: int | None = None
    reason: str = ""
