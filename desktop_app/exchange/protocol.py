"""What an exchange is to the rest of the program, and the two ways in which it can fail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, runtime_checkable

from desktop_app.core.columns import Candles
from desktop_app.core.events import PriceTick
from desktop_app.core.market import Balance, Candle, Market
from desktop_app.core.order import Fill, Order, OrderStatus, OrderType, Side
from desktop_app.core.rights import Rights
from desktop_app.core.strategy import Watch


class Unreachable(Exception):
    """No usable answer came: whatever was asked may or may not have happened."""


class Refused(Exception):
    """A definitive no: nothing happened. `code` is the exchange's own."""

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


@dataclass(frozen=True, slots=True)
class OrderReport:
    """An order as the exchange tells it. `status` is OPEN or final."""

    client_id: str
    exchange_id: str
    symbol: str
    side: Side
    type: OrderType
    amount: Decimal
    filled: Decimal
    status: OrderStatus
    at: int
    price: Decimal | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TradeReport:
    """One trade of one order as the exchange tells it; `fill.trade_id` is unique within the symbol.

    `at` is the moment for every clock, `fill.at` what people read; `bar_end` as in OrderFilled.
    """

    client_id: str
    exchange_id: str
    symbol: str
    fill: Fill
    at: int
    bar_end: int = 0


@dataclass(frozen=True, slots=True)
class Book:
    """Price levels of one moment, best first: (price, amount in coins)."""

    bids: tuple[tuple[Decimal, Decimal], ...]
    asks: tuple[tuple[Decimal, Decimal], ...]
    at: int


@dataclass(frozen=True, slots=True)
class KeyReport:
    """What the exchange says about the key of an account. `clock_offset_ms`: its clock minus ours, None if unknown."""

    rights: Rights
    clock_offset_ms: int | None = None


class Sink(Protocol):
    """Where an exchange puts its news. Called on the engine's loop; never blocks, never raises."""

    def on_price(self, tick: PriceTick) -> None: ...
    def on_candle(self, symbol: str, candle: Candle, *, is_closed: bool) -> None:
        """The 1-minute candle under way (at most a few times a second), or its final form."""

    def on_order(self, report: OrderReport) -> None: ...
    def on_trade(self, trade: TradeReport) -> None: ...
    def on_feed(self, *, is_live: bool, reason: str) -> None: ...
    def on_markets(self) -> None:
        """The rules of some pair have changed, or one was halted or delisted; `markets()` has them."""

    def watch(self, symbol: str) -> Watch:
        """The nearest levels at which any bot must be called; a replay walks its candles by them."""

    def wake_at(self) -> int | None:
        """The next moment at which any bot must be called."""

    async def settled(self) -> None:
        """Return when everything delivered so far has been decided, written down and acted upon."""


class Exchange(Protocol):
    """One account on one exchange. Every call may raise Unreachable; calls that change something also Refused."""

    @property
    def is_simulated(self) -> bool: ...
    @property
    def absent_after_ms(self) -> int:
        """How long after it was sent an unseen order can still arrive."""

    async def connect(self, sink: Sink) -> None:
        """Load markets and start the account's own stream (orders, trades)."""

    def markets(self) -> Mapping[str, Market]: ...
    def now(self) -> int:
        """The exchange's clock, ms UTC; on a simulated one it may run faster than ours."""

    async def subscribe(self, symbols: Sequence[str]) -> None:
        """Have prices and candles of exactly these pairs delivered to the sink."""

    async def place(self, order: Order) -> OrderReport: ...
    async def cancel(self, symbol: str, client_id: str, exchange_id: str) -> OrderReport:
        """Ask for a cancel; the answer is the order after it, which may have filled instead."""

    async def find_order(self, symbol: str, client_id: str) -> OrderReport | None: ...
    async def open_orders(self) -> Sequence[OrderReport]: ...
    async def trades_since(self, symbol: str, at: int) -> Sequence[TradeReport]: ...
    async def balances(self) -> Mapping[str, Balance]: ...
    async def book(self, symbol: str) -> Book: ...
    async def candles(self, symbol: str, timeframe: str, start: int, end: int) -> Candles:
        """Closed candles with start <= at < end, oldest first."""

    async def close(self) -> None: ...


@runtime_checkable
class HasVolumes(Protocol):
    """Knows the volumes of pairs whose prices nobody asked for."""

    async def volumes(self, quote: str) -> Mapping[str, Decimal]:
        """What was traded in 24 hours, in quote, of every pair of this currency. Raises Unreachable, Refused."""


@runtime_checkable
class HasKey(Protocol):
    """An account that is opened by an API key."""

    async def check_key(self) -> KeyReport:
        """Ask the exchange what the key may do; works before `connect`. Raises Unreachable, Refused."""
