"""What the parts of an account's desk are to each other, so that none of them has to import the whole."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from desktop_app.core.commands import CancelOrder, Command, PlaceOrder
from desktop_app.core.events import PriceTick
from desktop_app.core.market import Balance, Candle, Market
from desktop_app.core.order import Order
from desktop_app.core.said import Said
from desktop_app.core.strategy import Bot, Watch
from desktop_app.engine.bus import Bus
from desktop_app.engine.crew import Crew, Sleep
from desktop_app.engine.gates import Gate
from desktop_app.engine.ledger import Changes, Ledger
from desktop_app.engine.mailbox import Item
from desktop_app.engine.tally import Tallies
from desktop_app.engine.work import Work
from desktop_app.exchange.protocol import Exchange, OrderReport, TradeReport
from desktop_app.store.db import Store
from desktop_app.store.rows import AccountRow, BotRow

Needed = tuple[Any, tuple[tuple[str, Decimal], ...], Decimal]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every account shares: made once by the engine."""

    store: Store
    bus: Bus
    crew: Crew
    clock: Callable[[], int]
    sleep: Sleep
    install: int
    key: bytes
    tallies: Tallies
    work: Work = Work.TRADE


@dataclass(slots=True)
class Halt:
    """The kill switch of an account: these bots send nothing, except exits when selling was asked for."""

    bots: set[int]
    is_selling: bool
    may_sell: asyncio.Event
    gone: set[str] = field(default_factory=set)  # cancelled past a bot that is held, by client id


class Runner(Protocol):
    """A bot at work."""

    row: BotRow
    bot: Bot[Any]
    state: Any
    ledger: Ledger
    is_held: bool
    started_at: int
    needed: Needed | None

    @property
    def bot_id(self) -> int: ...
    @property
    def is_running(self) -> bool: ...
    @property
    def is_done(self) -> bool: ...
    def deliver(self, item: Item) -> None: ...
    def open_gates(self) -> None: ...
    def with_row(self, **changes: Any) -> BotRow: ...


class Doubting(Protocol):
    """The searches for orders of which something is not known."""

    def __contains__(self, client_id: str) -> bool: ...
    def settle(self, client_id: str) -> None: ...
    def chase(self, runner: Runner, client_id: str) -> None: ...


class Carrier(Protocol):
    """Who takes orders to the exchange."""

    flights: dict[str, asyncio.Future[None]]

    @property
    def doubts(self) -> Doubting: ...
    def act(self, runner: Runner, cancels: Sequence[CancelOrder], places: Sequence[PlaceOrder]) -> None: ...
    async def cancel(self, runner: Runner, command: CancelOrder) -> None: ...
    def take_sent(self) -> tuple[tuple[str, int], ...]: ...


class LinkState(Protocol):
    """How the account is connected."""

    is_connected: bool
    is_reconciled: bool
    is_live_feed: bool
    reason: str
    since: int


class Beat(Protocol):
    def bot(self, runner: Runner) -> None: ...


class Desk(Protocol):
    """One account at work, as its parts see it."""

    row: AccountRow
    shared: Surroundings
    exchange: Exchange
    store: Store
    bus: Bus
    crew: Crew
    clock: Callable[[], int]
    sleep: Sleep
    tallies: Tallies
    held: dict[int, Said]
    last: dict[str, PriceTick]
    balances: Mapping[str, Balance]
    markets: Mapping[str, Market]
    halt: Halt

    @property
    def runners(self) -> Mapping[int, Runner]: ...
    @property
    def courier(self) -> Carrier: ...
    @property
    def link(self) -> LinkState: ...
    @property
    def pulse(self) -> Beat: ...
    @property
    def mode(self) -> str: ...
    @property
    def is_connected(self) -> bool: ...
    @property
    def may_trade(self) -> bool: ...
    @property
    def speed(self) -> Decimal: ...

    def on_price(self, tick: PriceTick) -> None: ...
    def on_candle(self, symbol: str, candle: Candle, *, is_closed: bool) -> None: ...
    def on_order(self, report: OrderReport) -> None: ...
    def on_trade(self, trade: TradeReport) -> None: ...
    def on_feed(self, *, is_live: bool, reason: str) -> None: ...
    def on_markets(self) -> None: ...
    def watch(self, symbol: str) -> Watch: ...
    def wake_at(self) -> int | None: ...
    async def settled(self) -> None: ...

    def owner(self, client_id: str, exchange_id: str) -> Runner | None: ...
    def gate(self, symbol: str) -> Gate: ...
    def close_gates(self, bot_id: int) -> None: ...
    def set_wake(self, bot_id: int, at: int | None) -> None: ...
    def note_busy(self, runner: Any) -> None: ...
    def note_idle(self, runner: Any) -> None: ...
    def note_progress(self) -> None: ...
    async def progress(self) -> None: ...
    def vet(
        self, runner: Runner, commands: tuple[Command, ...]
    ) -> tuple[tuple[Command, ...], tuple[tuple[PlaceOrder, str], ...]]: ...
    def why_not_send(self, runner: Runner, order: Order) -> str: ...
    def must_wait(self, bot_id: int) -> bool: ...
    async def may_go(self) -> None: ...
    def later(self, tell: Callable[[], None]) -> None: ...
    def decided(self, runner: Runner, changes: Changes) -> None: ...
    def money_moved(self) -> None: ...
    def check_foreign(self, report: OrderReport) -> None: ...
    def foreign_trade(self, trade: TradeReport) -> None: ...
    async def bot_is_held(self, runner: Runner, why: Said) -> None: ...
    async def bot_is_done(self, runner: Runner) -> None: ...
