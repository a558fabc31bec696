"""Prints what the engine costs: `python tests/bench/engine.py`.

(a) CPU of 500 DCA bots on 50 pairs with 20 ticks a second each, less what making the ticks costs.
(b) From a tick to the order handed to the exchange: the engine on its own thread, as the window runs it, alone and
    beside a chart that is repainted 20 times a second; with the journal on the disk before the order leaves, and for
    comparison with a journal that does not wait for the disk. What lies between the two is the disk's, and what the
    disk asks for such a write without any of our code is told, too. Ticks come after a rest, when the caches are cold:
    what that alone makes of one and the same decision is told first.
"""

import asyncio
import logging
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from desktop_app.config import Paths
from desktop_app.core.bot_file import read_bot_file
from desktop_app.core.client_id import BotIdentity
from desktop_app.core.events import PriceTick
from desktop_app.core.market import Market
from desktop_app.core.order import Order, Role
from desktop_app.core.strategies import KINDS
from desktop_app.engine.engine import Engine, wall_clock
from desktop_app.engine.thread import EngineThread
from desktop_app.exchange.protocol import OrderReport
from tests.fakes import FakeClock, FakeExchange, FakeVenue

BOTS, PAIRS, TICKS_A_SECOND, SECONDS = 500, 50, 20, 10
ROUNDS, WARM_UP = 300, 40
FRAMES_A_SECOND, BARS = 20, 50_000
DISK_WRITES, DISK_BYTES = 300, 48_000  # what one decision writes
GOAL_CPU, GOAL_P50_US, GOAL_P99_US = 15.0, 150.0, 2000.0

BOT = """
kind = "dca"
name = "{name}"
account = "bench"
pairs = ["{pair}"]
base_order = {{ volume = "{volume}", volume_unit = "quote", type = "market" }}
{safety}
take_profit = {{ percent = "{profit}" }}
start = {{ mode = "asap" }}
limits = {{ max_active_deals = 1 }}
"""
SAFETY = 'safety_orders = { volume = "10", price_deviation = "2", max_count = 3, max_active = 2 }'


class WallClock(FakeClock):
    """The real time under the fake's name."""

    def __call__(self) -> int:
        return wall_clock()


@dataclass
class Stopwatch:
    began: float = 0.0
    microseconds: list[float] = field(default_factory=list)


class WatchedExchange(FakeExchange):
    """Notes when a base order reaches it."""

    stopwatch = Stopwatch()

    async def place(self, order: Order) -> OrderReport:
        if order.role is Role.BASE:
            self.stopwatch.microseconds.append((time.perf_counter() - self.stopwatch.began) * 1e6)
        return await super().place(order)


def _venue(pairs: int) -> FakeVenue:
    markets = [Market(f"C{n}/USDT", f"C{n}", "USDT") for n in range(pairs)]
    venue = FakeVenue(WallClock(), markets)
    venue.balances["USDT"] = Decimal(100_000_000)
    return venue


def _make_engine(venue: FakeVenue, folder: str) -> Engine:
    return Engine(Paths(Path(folder)), lambda *_: WatchedExchange(venue), opens_door=False)


async def _engine(venue: FakeVenue, folder: str) -> Engine:
    engine = _make_engine(venue, folder)
    await engine.start()
    await _add_account(engine)
    return engine


async def _add_account(engine: Engine) -> None:
    await engine.supervisor.add_account("bench", "fake")
    await engine.supervisor.allow_trading("bench")


def _bot(number: int, pair: str, *, safety: str = SAFETY, profit: str = "30", volume: str = "100") -> str:
    return BOT.format(name=f"Bot {number}", pair=pair, safety=safety, profit=profit, volume=volume)


def _walk(venue: FakeVenue, prices: dict[str, Decimal], dice: random.Random) -> None:
    """One tick on every pair, within a band in which most levels are not reached."""
    for symbol in prices:
        price = Decimal(round(dice.gauss(10_000, 12))) / 100
        if venue.session is not None:
            venue.session.tell_price(PriceTick(symbol, price, venue.clock(), opens=True))


async def _cpu_of_walk(venue: FakeVenue, prices: dict[str, Decimal]) -> float:
    dice = random.Random(7)
    began_cpu, began = time.process_time(), time.perf_counter()
    for step in range(SECONDS * TICKS_A_SECOND):
        _walk(venue, prices, dice)
        await asyncio.sleep(max(0.0, began + (step + 1) / TICKS_A_SECOND - time.perf_counter()))
    return (time.process_time() - began_cpu) / (time.perf_counter() - began) * 100


async def many_bots() -> float:
    venue = _venue(PAIRS)
    prices = {symbol: Decimal(100) for symbol in venue.markets}
    alone = await _cpu_of_walk(venue, prices)
    with tempfile.TemporaryDirectory() as folder:
        engine = await _engine(venue, folder)
        for symbol in prices:
            venue.set_price(symbol, "100", opens=False)
        began = time.perf_counter()
        for number in range(BOTS):
            bot = await engine.supervisor.add_bot(_bot(number, f"C{number % PAIRS}/USDT"))
            await engine.supervisor.start_bot(bot)
        print(f"    {BOTS} bots added and started in {time.perf_counter() - began:.1f} s")
        for symbol in prices:
            venue.set_price(symbol, "100")
        await engine.settled()
        resting = len(venue.resting)
        began_cpu, began = time.process_time(), time.perf_counter()
        await asyncio.sleep(3)
        idle = (time.process_time() - began_cpu) / (time.perf_counter() - began) * 100
        together = await _cpu_of_walk(venue, prices)
        print(f"    {resting} orders rest; ticks alone {alone:.1f} %, bots without ticks {idle:.1f} %")
        await engine.stop()
    return together - alone


def tick_to_order(*, is_synced: bool, wait: Callable[["Future[None]"], None]) -> list[float]:
    """Microseconds of each round; `wait` is what the main thread does meanwhile."""
    venue = _venue(1)
    stopwatch = WatchedExchange.stopwatch = Stopwatch()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        thread = EngineThread(lambda: _make_engine(venue, folder))
        engine = thread.start().result()
        engine.bus.subscribe(lambda news: None)
        wait(thread.call(lambda: _rounds(engine, venue, stopwatch, is_synced=is_synced)))
        thread.stop()
    return stopwatch.microseconds[WARM_UP:]


async def _rounds(engine: Engine, venue: FakeVenue, stopwatch: Stopwatch, *, is_synced: bool) -> None:
    await _add_account(engine)
    if not is_synced:
        connection = engine.store._connection
        assert connection is not None
        await engine.store._writer.call(connection.execute, "PRAGMA synchronous = OFF")
    venue.set_price("C0/USDT", "100", opens=False)
    bot = await engine.supervisor.add_bot(_bot(0, "C0/USDT", safety="", profit="1"))
    await engine.supervisor.start_bot(bot)
    dice = random.Random(7)
    for _ in range(ROUNDS + WARM_UP):
        _tick_timed(venue, stopwatch)
        await engine.settled()
        await asyncio.sleep(dice.uniform(0.001, 0.009))
        venue.set_price("C0/USDT", "110", opens=False)
        await engine.settled()
        await asyncio.sleep(dice.uniform(0.001, 0.009))


def _just_wait(done: "Future[None]") -> None:
    done.result()


def _repaint(done: "Future[None]") -> None:
    """Paint the chart until it is over: a tick into the last candle and a moved crosshair, 20 times a second."""
    from tests.bench.chart import frame_costs, opened, random_walk

    widget = opened(random_walk(BARS))
    costs = []
    due = time.perf_counter()
    while not done.done():
        costs += frame_costs(widget, 1)
        due = max(due + 1 / FRAMES_A_SECOND, time.perf_counter())
        time.sleep(max(0.0, due - time.perf_counter()))
    widget.hide()
    print(f"      ({len(costs)} frames of {statistics.median(costs):.1f} ms)")
    done.result()


def decision_alone(pause: float) -> list[float]:
    """Microseconds in which the core alone decides to open a deal: one after another, or each after a rest."""
    kind, settings = KINDS["dca"], read_bot_file(_bot(0, "C0/USDT")).settings
    bot = kind.make_bot(BotIdentity(1), settings, {"C0/USDT": Market("C0/USDT", "C0", "USDT")})
    state, tick = bot.first_state(0), PriceTick("C0/USDT", Decimal(100), 1)
    costs = []
    for _ in range(ROUNDS):
        time.sleep(pause)
        began = time.perf_counter()
        bot.on_event(state, tick)
        costs.append((time.perf_counter() - began) * 1e6)
    return costs


def disk_alone() -> list[float]:
    """Microseconds to overwrite as much as one decision does and to have it on the disk."""
    sync = getattr(os, "fdatasync", os.fsync)
    costs = []
    with tempfile.TemporaryFile(dir=Path.cwd(), buffering=0) as file:
        content = os.urandom(DISK_BYTES)
        file.write(content * 8)
        os.fsync(file.fileno())
        for n in range(DISK_WRITES):
            file.seek(n % 8 * DISK_BYTES)
            began = time.perf_counter()
            file.write(content)
            sync(file.fileno())
            costs.append((time.perf_counter() - began) * 1e6)
            time.sleep(0.005)
    return costs


def _tick_timed(venue: FakeVenue, stopwatch: Stopwatch) -> None:
    venue.prices["C0/USDT"] = Decimal(100)
    tick = PriceTick("C0/USDT", Decimal(100), venue.clock())
    assert venue.session is not None
    stopwatch.began = time.perf_counter()
    venue.session.tell_price(tick)


def _told(name: str, values: list[float]) -> None:
    cuts = statistics.quantiles(values, n=100)
    shown = ", ".join(f"p{n} {cuts[n - 1]:,.0f} µs" for n in (1, 10, 50, 95, 99))
    print(f"    {name}: {shown}, n = {len(values)}")


def main() -> None:
    logging.basicConfig(level=logging.WARNING)
    print(f"(a) {BOTS} bots, {PAIRS} pairs, {TICKS_A_SECOND} ticks a second on each; goal {GOAL_CPU:.0f} % of a core")
    print(f"    {asyncio.run(many_bots()):.1f} % of a core")
    from PySide6.QtWidgets import QApplication  # not before (a): it would share the core

    from desktop_app.gui.theme import apply_theme, make_theme

    app = QApplication([])
    apply_theme(app, make_theme("dark"))
    print(f"(b) tick to order; goal p50 {GOAL_P50_US:.0f} µs, p99 {GOAL_P99_US:.0f} µs; load {_load()}")
    _told("a decision alone, one after another", decision_alone(0))
    _told("a decision alone, each after 5 ms of rest", decision_alone(0.005))
    _told("the disk alone, one write of that size", disk_alone())
    for name, wait in (("idle", _just_wait), ("beside a chart", _repaint)):
        _told(f"{name}, on the disk first", tick_to_order(is_synced=True, wait=wait))
        _told(f"{name}, not waiting for the disk", tick_to_order(is_synced=False, wait=wait))
    _told("the disk alone, again", disk_alone())


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


if __name__ == "__main__":
    main()
