"""An exchange, a clock and a power cut to test the engine with; none of them ever waits for real time."""

import asyncio
import heapq
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from weakref import WeakSet

import numpy as np

from desktop_app.core.columns import TIMEFRAMES, Candles
from desktop_app.core.credentials import Credentials
from desktop_app.core.events import (
    PriceTick,
)
from desktop_app.core.gathering import gather
from desktop_app.core.market import ZERO, Balance, Candle, Market
from desktop_app.core.order import Fill, Order, OrderStatus, OrderType, Side
from desktop_app.core.rights import Rights
from desktop_app.exchange.protocol import Book, KeyReport, OrderReport, Refused, Sink, TradeReport, Unreachable
from desktop_app.store.db import Store
from desktop_app.store.rows import AccountRow, BotRow, Write

START = 1_750_000_000_000
FEE = Decimal("0.001")


class PowerCut(BaseException):
    """The machine is off: nothing in the process goes on."""


@dataclass
class Power:
    """Counts the places at which the power can fail, and fails at the one that is asked for, by number or name."""

    cut_at: int = 0
    cut_on: str = ""
    seams: int = 0
    is_off: bool = False
    names: list[str] = field(default_factory=list)

    def seam(self, name: str) -> None:
        if self.is_off:
            raise PowerCut(name)
        self.seams += 1
        self.names.append(name)
        if self.seams == self.cut_at or name == self.cut_on:
            self.is_off = True
            raise PowerCut(name)


class FakeClock:
    """Stands still until a test moves it; who sleeps is woken by `advance`."""

    def __init__(self, at: int = START) -> None:
        self.at = at
        self._sleepers: list[tuple[int, int, asyncio.Future[None]]] = []
        self._count = 0

    def __call__(self) -> int:
        return self.at

    async def sleep(self, seconds: float) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (self.at + round(seconds * 1000), self._count, waiter))
        await waiter

    async def advance(self, seconds: float) -> None:
        """Let this much time pass, and everybody act who waited for a moment in it."""
        end = self.at + round(seconds * 1000)
        while self._sleepers and self._sleepers[0][0] <= end:
            at, _, waiter = heapq.heappop(self._sleepers)
            self.at = max(self.at, at)
            if not waiter.done():
                waiter.set_result(None)
                await breathe()
        self.at = end
        await breathe()


_stores: "WeakSet[Store]" = WeakSet()


async def breathe(turns: int = 28) -> None:
    """Let the loop and the database's thread do what they have to do, however slow the machine is."""
    for turn in range(turns):
        if turn % 4 == 3:
            await _caught_up()
            if _is_idle():  # perhaps: sockets are looked at, and threads that are about to answer are waited for
                await asyncio.sleep(0)
                await _caught_up()
                if _is_idle():
                    return
        else:
            await asyncio.sleep(0)


async def _caught_up() -> None:
    """Return when the databases' threads have done all that was asked of them until now."""
    for store in tuple(_stores):
        if store._writer.is_open:
            await store._writer.call(_nothing)
    if not _are_threads_idle():
        await asyncio.to_thread(_nothing)


def _is_idle() -> bool:
    """Whether whoever asks is the only one with something to do, and no thread works for the others."""
    ready = getattr(asyncio.get_running_loop(), "_ready", None)
    is_written = not any(store._writer.is_open and store._writer._undone for store in tuple(_stores))
    return ready is not None and not ready and is_written and _are_threads_idle()


def _are_threads_idle() -> bool:
    if any(thread.name == "vault" for thread in threading.enumerate()):
        return False  # it ends with its last call
    threads = getattr(asyncio.get_running_loop(), "_default_executor", None)
    return threads is None or (threads._work_queue.empty() and threads._idle_semaphore._value >= len(threads._threads))


def _nothing() -> None:
    return None


@dataclass
class _Resting:
    order: Order
    exchange_id: str
    status: OrderStatus = OrderStatus.OPEN
    filled: Decimal = ZERO


class FakeVenue:
    """The exchange's own side, which outlives every crash of the application.

    `faults` are used up one by one by the calls of their name: "lost" (never arrives), "timeout" (arrives, no
    answer), "late" (arrives after `late_ms`, no answer), "refused", "garbled" (arrives, answer about another order).
    """

    def __init__(self, clock: FakeClock, markets: Sequence[Market] = ()) -> None:
        self.clock = clock
        chosen = markets or (Market("BTC/USDT", "BTC", "USDT"), Market("ETH/USDT", "ETH", "USDT"))
        self.markets = {market.symbol: market for market in chosen}
        self.balances = {"USDT": Decimal(10_000)} | {market.base: ZERO for market in chosen}
        self.prices: dict[str, Decimal] = {}
        self.orders: dict[str, _Resting] = {}
        self.trades: list[TradeReport] = []
        self.accepted: list[str] = []  # every client id that was ever taken, in order
        self.cancels: list[str] = []
        self.calls: list[str] = []
        self.faults: dict[str, deque[str]] = {}
        self.hidden: set[str] = set()  # pairs that are not listed any more
        self.repeats_news = False
        self.tells_trades = True
        self.unlisted = False  # the list of trades is behind
        self.part: Decimal | None = None  # what part of a touched limit order fills, None: all
        self.late_ms = 5_000
        self.session: FakeExchange | None = None
        self.rights = Rights(read=True, trade=True, withdraw=False, transfer=False, ip_restricted=True, uid="u1")
        self.minutes: dict[str, list[Candle]] = {}  # closed ones, oldest first
        self.volumes: dict[str, Decimal] = {}
        self.keys_asked: list[str] = []  # the tail of each key that was shown to the exchange
        self._late: list[tuple[int, Order]] = []

    # --- a test's hands

    def fail(self, call: str, *faults: str) -> None:
        self.faults.setdefault(call, deque()).extend(faults)

    def fault(self, call: str) -> str:
        waiting = self.faults.get(call)
        return waiting.popleft() if waiting else ""

    def set_price(self, symbol: str, price: str | Decimal, *, opens: bool = True) -> None:
        """Move the price: what it touches fills, then the tick is told."""
        self.prices[symbol] = Decimal(price)
        self._arrive_late()
        for resting in list(self.orders.values()):
            if resting.order.symbol == symbol and resting.status is OrderStatus.OPEN:
                self._match(resting)
        if self.session is not None:
            self.session.tell_price(PriceTick(symbol, Decimal(price), self.clock(), opens=opens))

    def close_minute(self, symbol: str, price: str | Decimal, volume: int = 1, *, is_told: bool = True) -> None:
        """A minute of one price ends, and time goes on to that end."""
        known = self.minutes.setdefault(symbol, [])
        at = known[-1].at + 60_000 if known else self.clock.at - self.clock.at % 60_000
        candle = Candle(at, *(Decimal(price),) * 4, Decimal(volume))
        known.append(candle)
        self.clock.at = max(self.clock.at, at + 60_000)
        if self.session is not None and is_told:
            self.session.tell_candle(symbol, candle)

    def cancel_outside(self, client_id: str) -> None:
        resting = self.orders[client_id]
        resting.status = OrderStatus.CANCELED
        self.tell_order(resting)

    @property
    def resting(self) -> list[Order]:
        return [resting.order for resting in self.orders.values() if resting.status is OrderStatus.OPEN]

    # --- what the application calls through its session

    def take(self, order: Order) -> _Resting:
        self.accepted.append(order.client_id)
        assert self.accepted.count(order.client_id) == 1, f"{order.client_id} was sent twice"
        resting = self.orders[order.client_id] = _Resting(order, f"x{len(self.accepted)}")
        self._match(resting)
        return resting

    def take_late(self, order: Order) -> None:
        self._late.append((self.clock() + self.late_ms, order))

    def report(self, resting: _Resting) -> OrderReport:
        order = resting.order
        return OrderReport(
            order.client_id, resting.exchange_id, order.symbol, order.side, order.type, order.amount,
            resting.filled, resting.status, self.clock(), order.price,
        )  # fmt: skip

    def tell_order(self, resting: _Resting) -> None:
        if self.session is not None:
            for _ in range(2 if self.repeats_news else 1):
                self.session.tell_order(self.report(resting))

    def _arrive_late(self) -> None:
        due = [order for at, order in self._late if at <= self.clock()]
        self._late = [(at, order) for at, order in self._late if at > self.clock()]
        for order in due:
            self.tell_order(self.take(order))

    def arrive(self) -> None:
        self._arrive_late()

    def _match(self, resting: _Resting) -> None:
        order = resting.order
        price = self.prices.get(order.symbol)
        if price is None:
            return
        if order.type is OrderType.LIMIT:
            assert order.price is not None
            is_met = price <= order.price if order.side is Side.BUY else price >= order.price
            if not is_met:
                return
            price = order.price
        if order.type is OrderType.STOP:
            assert order.trigger is not None
            if price > order.trigger if order.side is Side.SELL else price < order.trigger:
                return
        rest = order.amount - resting.filled
        amount = rest if self.part is None or order.type is OrderType.MARKET else min(rest, order.amount * self.part)
        self._trade(resting, price, amount)

    def _trade(self, resting: _Resting, price: Decimal, amount: Decimal) -> None:
        order = resting.order
        market = self.markets[order.symbol]
        cost = price * amount
        sign = 1 if order.side is Side.BUY else -1
        self.balances[market.base] += sign * amount
        self.balances[market.quote] -= sign * cost + cost * FEE
        resting.filled += amount
        if resting.filled >= order.amount:
            resting.status = OrderStatus.FILLED
        fill = Fill(f"t{len(self.trades) + 1}", price, amount, cost * FEE, at=self.clock())
        trade = TradeReport(order.client_id, resting.exchange_id, order.symbol, fill, self.clock())
        self.trades.append(trade)
        if self.session is not None and self.tells_trades:
            for _ in range(2 if self.repeats_news else 1):
                self.session.tell_trade(trade)
        self.tell_order(resting)


class FakeExchange:
    """One session of the application with the venue; dead after its process died."""

    is_simulated = False
    absent_after_ms = 10_000

    def __init__(self, venue: FakeVenue, power: Power | None = None) -> None:
        self.venue = venue
        self.power = power or Power()
        self.sink: Sink | None = None
        self.subscribed: tuple[str, ...] = ()

    def now(self) -> int:
        return self.venue.clock()

    def markets(self) -> Mapping[str, Market]:
        return {symbol: market for symbol, market in self.venue.markets.items() if symbol not in self.venue.hidden}

    async def connect(self, sink: Sink) -> None:
        await self._begin("connect")
        self.sink = sink
        self.venue.session = self

    async def subscribe(self, symbols: Sequence[str]) -> None:
        await self._begin("subscribe")
        self.subscribed = tuple(symbols)
        for symbol in symbols:
            if symbol in self.venue.prices:
                self.tell_price(PriceTick(symbol, self.venue.prices[symbol], self.now()))

    async def place(self, order: Order) -> OrderReport:
        fault = await self._begin("place")
        if fault == "lost":
            raise Unreachable("nothing came back")
        if fault == "refused":
            raise Refused("insufficient balance", "-2010")
        if fault in ("insufficient_funds", "clock", "halted", "key_refused"):
            raise Refused(fault.replace("_", " "), fault)
        if fault == "late":
            self.venue.take_late(order)
            raise Unreachable("timed out")
        resting = self.venue.take(order)
        self._end("place")
        if fault == "timeout":
            raise Unreachable("timed out")
        report = self.venue.report(resting)
        return replace(report, client_id="garbled") if fault == "garbled" else report

    async def cancel(self, symbol: str, client_id: str, exchange_id: str) -> OrderReport:
        fault = await self._begin("cancel")
        self.venue.cancels.append(client_id)
        if fault == "lost":
            raise Unreachable("nothing came back")
        resting = self.venue.orders.get(client_id)
        if fault == "refused" or resting is None or resting.status.is_final:
            raise Refused("unknown order" if fault != "refused" else "cannot be cancelled now")
        resting.status = OrderStatus.CANCELED
        self.venue.tell_order(resting)
        self._end("cancel")
        if fault == "timeout":
            raise Unreachable("timed out")
        return self.venue.report(resting)

    async def find_order(self, symbol: str, client_id: str) -> OrderReport | None:
        await self._ask("find_order")
        resting = self.venue.orders.get(client_id)
        return self.venue.report(resting) if resting is not None else None

    async def open_orders(self) -> Sequence[OrderReport]:
        await self._ask("open_orders")
        return [self.venue.report(r) for r in self.venue.orders.values() if r.status is OrderStatus.OPEN]

    async def trades_since(self, symbol: str, at: int) -> Sequence[TradeReport]:
        await self._ask("trades_since")
        if self.venue.unlisted:
            return []
        return [trade for trade in self.venue.trades if trade.symbol == symbol and trade.at >= at]

    async def balances(self) -> Mapping[str, Balance]:
        await self._ask("balances")
        return {asset: Balance(asset, amount) for asset, amount in self.venue.balances.items()}

    async def book(self, symbol: str) -> Book:
        price = self.venue.prices[symbol]
        return Book(((price, Decimal(1)),), ((price, Decimal(1)),), self.now())

    async def volumes(self, quote: str) -> Mapping[str, Decimal]:
        await self._ask("volumes")
        return {symbol: volume for symbol, volume in self.venue.volumes.items() if symbol.endswith(f"/{quote}")}

    async def candles(self, symbol: str, timeframe: str, start: int, end: int) -> Candles:
        await self._ask("candles")
        kept = [one for one in self.venue.minutes.get(symbol, ()) if start <= one.at < end]
        at = np.array([one.at for one in kept], np.int64)
        columns = [
            np.array([float(getattr(one, name)) for one in kept]) for name in ("open", "high", "low", "close", "volume")
        ]
        found = Candles(at, *columns)
        return found if timeframe == "1m" else gather(found, TIMEFRAMES[timeframe], self.now())

    async def close(self) -> None:
        self.sink = None

    # --- news

    def tell_price(self, tick: PriceTick) -> None:
        if self._hears():
            self.sink.on_price(tick)  # type: ignore[union-attr]

    def tell_candle(self, symbol: str, candle: Candle) -> None:
        if self._hears():
            self.sink.on_candle(symbol, candle, is_closed=True)  # type: ignore[union-attr]

    def tell_order(self, report: OrderReport) -> None:
        if self._hears():
            self.sink.on_order(report)  # type: ignore[union-attr]

    def tell_trade(self, trade: TradeReport) -> None:
        if self._hears():
            self.sink.on_trade(trade)  # type: ignore[union-attr]

    def _hears(self) -> bool:
        return self.sink is not None and not self.power.is_off

    async def _begin(self, call: str) -> str:
        self.power.seam(f"{call} before")
        self.venue.calls.append(call)
        await asyncio.sleep(0)
        if self.power.is_off:
            raise PowerCut(call)
        return self.venue.fault(call)

    def _end(self, call: str) -> None:
        self.power.seam(f"{call} after")

    async def _ask(self, call: str) -> None:
        if await self._begin(call) == "lost":
            raise Unreachable("nothing came back")
        self._end(call)


class KeyedExchange(FakeExchange):
    """One that is opened by a key. The fault "key" of any call is a key that is not taken."""

    def __init__(self, venue: FakeVenue, power: Power, fetch: Callable[[], Awaitable[Credentials]]) -> None:
        super().__init__(venue, power)
        self._fetch = fetch

    async def connect(self, sink: Sink) -> None:
        await self._show_key("connect")
        await super().connect(sink)

    async def check_key(self) -> KeyReport:
        await self._show_key("check_key")
        return KeyReport(self.venue.rights, 12)

    async def _show_key(self, call: str) -> None:
        credentials = await self._fetch()
        self.venue.keys_asked.append(credentials.tail)
        fault = self.venue.fault("key")
        if fault == "refused":
            raise Refused("invalid key", "key_refused")
        if fault == "lost":
            raise Unreachable("nothing came back")

    async def balances(self) -> Mapping[str, Balance]:
        if self.venue.fault("balances") == "key":
            raise Refused("invalid key", "key_refused")
        return await super().balances()


class CutStore(Store):
    """The store, with the power failing before and after its commits."""

    power: Power = Power()

    async def record(self, write: Write) -> int:
        self.power.seam("record before")
        number = await super().record(write)
        self.power.seam("record after")
        return number

    async def save_bot(self, row: BotRow) -> None:
        self.power.seam("save_bot before")
        await super().save_bot(row)
        self.power.seam("save_bot after")

    async def add_account(self, row: AccountRow) -> int:
        self.power.seam("add_account before")
        number = await super().add_account(row)
        self.power.seam("add_account after")
        return number

    async def save_account(self, row: AccountRow) -> None:
        self.power.seam("save_account before")
        await super().save_account(row)
        self.power.seam("save_account after")

    async def save_cursor(self, account_id: int, symbol: str, at: int) -> None:
        self.power.seam("save_cursor before")
        await super().save_cursor(account_id, symbol, at)
        self.power.seam("save_cursor after")

    async def set_meta(self, key: str, value: str) -> None:
        self.power.seam("set_meta before")
        await super().set_meta(key, value)
        self.power.seam("set_meta after")


async def open_cut_store(data_dir: Path, clock: Any, power: Power) -> Store:
    store = await CutStore.open(data_dir, clock=clock)
    assert isinstance(store, CutStore)
    store.power = power
    _stores.add(store)
    return store
