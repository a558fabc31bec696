"""What a row of the table of exchanges says: how each differs from the others, and where that is known from."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from desktop_app.core.capability import Level
from desktop_app.core.market import FeeCurrency

__all__ = ["DEFAULT", "Level", "Lookup", "Paging", "Quirks", "Refusal", "has_field", "padded", "same", "unpadded"]


class Lookup(StrEnum):
    """Which orders an exchange finds by a client id."""

    ALL = "all"
    ACTIVE = "active"  # only those that can still trade: the rest through order list and trades
    NONE = "none"


class Paging(StrEnum):
    """How the rest of a list of own trades is asked for."""

    TIME = "time"
    UP = "up"  # from a trade's number on
    DOWN = "down"  # what came before a trade's number


@dataclass(frozen=True, slots=True)
class Refusal:
    """A raw code that means that nothing happened. `meaning` is our word; `text` must be in the message too."""

    code: str
    meaning: str
    text: str = ""


def same(client_id: str) -> str:
    return client_id


def padded(client_id: str) -> str:
    """As 32 hexadecimal characters, for exchanges that want a whole UUID."""
    return client_id.rjust(32, "0")


def unpadded(client_id: str) -> str:
    """The other way round; ids of others stay as they are."""
    return client_id[4:] if len(client_id) == 32 and client_id.startswith("0000") else client_id


def has_field(name: str) -> Callable[[str, Any], bool]:
    """For exchanges that wrap every answer the same way."""
    return lambda _, answer: isinstance(answer, Mapping) and name in answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """One exchange. The defaults are what is safe for one that nobody has looked at."""

    id: str
    name: str = ""
    source: str = ""  # where the row is known from
    level: Level = Level.CONNECTABLE

    # The client id
    client_id_parameter: str = "clientOrderId"  # as ccxt takes it
    shape_client_id: Callable[[str], str] = same
    read_client_id: Callable[[str], str] = same
    lookup: Lookup = Lookup.NONE
    lookup_parameter: str = "clientOrderId"  # what ccxt's fetch_order takes to look an order up by
    cancel_parameter: str = ""  # what ccxt's cancel_order takes to cancel by client id; "": by the exchange's id only
    # Whether a stop order is one order from its placing to its fill there: one id, one list, one cancel.
    takes_stops: bool = False
    takes_orders: bool = True  # False: nothing is placed there, because ours could not be told apart from others
    is_id_free_again: bool = True  # a client id may be used a second time once its order is over
    absent_after_ms: int = 60_000
    is_ack_only: bool = True  # the answer to an order holds only its id: the order itself is asked for
    is_cancel_ack_only: bool = True

    # What its answers mean
    refusals: tuple[Refusal, ...] = ()  # the definitive ones; everything else is unknown
    duplicates: tuple[Refusal, ...] = ()  # "there is an order with this client id": it is there, look
    not_found: frozenset[str] = frozenset()  # codes of "no such order" in answer to a look
    not_found_texts: tuple[str, ...] = ()
    empty_is_not_found: bool = False  # a look for an order that is not there is answered by nothing
    clock_codes: frozenset[str] = frozenset()
    key_codes: frozenset[str] = frozenset()
    halted_codes: frozenset[str] = frozenset()
    rate_codes: frozenset[str] = frozenset()
    code_fields: tuple[str, ...] = ("code", "retCode", "errorCode", "err_code", "sCode", "label", "error")
    message_fields: tuple[str, ...] = ("msg", "message", "retMsg", "sMsg", "error", "errorMsg")
    success_codes: frozenset[str] = frozenset({"", "0", "00000", "200", "200000", "None"})
    is_whole: Callable[[str, Any], bool] | None = (
        None  # (address, answer): whether it has what that address answers with
    )
    read_code: Callable[[Any], tuple[str, str]] | None = None  # (code, message) where the fields are not enough

    # The account
    needs_password: bool = False
    fee_currency: FeeCurrency = FeeCurrency.QUOTE
    has_private_stream: bool = True
    private_channels: tuple[str, ...] = ("watch_orders", "watch_my_trades")
    price_channels: tuple[str, ...] = ("watch_trades",)
    open_orders_need_symbol: bool = False
    open_symbols: Callable[[Any], Awaitable[list[str]]] | None = None  # asks ccxt's object which pairs have open orders
    trades_window_ms: int = 0  # the longest span of one request for own trades; 0: no limit
    trades_page: int = 100
    paging: Paging = Paging.TIME
    orders_window_ms: int = 0
    orders_page: int = 100
    # Whole lists of a span of time, for exchanges whose paging ccxt does not know: (ccxt's object, pair, since, until)
    list_trades: Callable[[Any, str, int, int], Awaitable[list[Any]]] | None = None
    list_orders: Callable[[Any, str, int, int], Awaitable[list[Any]]] | None = None
    prepare: Callable[[Any], Awaitable[None]] | None = None  # asks at once what ccxt would ask before the first order
    read_account_fees: Callable[[Any], Awaitable[tuple[Any, Any]]] | None = None  # ccxt's object → maker, taker
    holds_market_buys_by_cost: bool = False  # market buys take an amount of quote, not of coins

    # The connection
    options: Mapping[str, Any] = field(default_factory=dict)  # for ccxt
    balance_parameters: Mapping[str, Any] = field(default_factory=dict)  # for ccxt's fetch_balance
    markets_parameters: Mapping[str, Any] = field(default_factory=dict)  # for ccxt's load_markets
    stream_domains: tuple[str, ...] = ()  # where streams go whose address only the exchange tells
    one_at_a_time: bool = False  # its private requests carry a number that must grow from each to the next
    budget_window_s: float = 10.0
    used_weight_header: str = ""
    used_weight_limit: int = 0

    @property
    def definitive_codes(self) -> frozenset[str]:
        return frozenset(refusal.code for refusal in self.refusals)


DEFAULT = Quirks(id="")
