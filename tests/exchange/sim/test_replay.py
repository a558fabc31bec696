"""A replayed file: an exchange like any other, and deal for deal the backtest of the same file."""

import asyncio
import os
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktop_app.core.client_id import BotIdentity
from desktop_app.core.columns import Candles
from desktop_app.core.commands import CancelOrder, PlaceOrder
from desktop_app.core.deal import Deal
from desktop_app.core.events import (
    ClockStruck,
    Event,
    OrderAccepted,
    OrderCanceled,
    OrderFilled,
    OrderRejected,
    PriceTick,
)
from desktop_app.core.market import Market
from desktop_app.core.order import Order, OrderStatus, Side
from desktop_app.core.strategies.dca import DcaBot
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.dca_state import DcaState
from desktop_app.core.strategy import Watch
from desktop_app.exchange.protocol import Refused, TradeReport
from desktop_app.exchange.sim.config import SimConfig
from desktop_app.exchange.sim.replay import ReplayExchange
from tests.exchange.behaviour import Behaviour, FakeSink, an_order

D = Decimal
MARKET = Market("BTC/USDT", "BTC", "USDT", D("0.01"), D("0.0001"))
MINUTE = 60_000
START = 1_700_000_040_000


@pytest.fixture(autouse=True)
def _quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No power cuts here, and thousands of orders: what the process wrote is enough."""
    monkeypatch.setattr(os, "fsync", lambda _handle: None)


@dataclass
class FakeTime:
    at: int = 1_764_000_000_000

    def __call__(self) -> int:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += round(seconds * 1000)
        await asyncio.sleep(0)


def candles(*rows: tuple[float, float, float, float]) -> Candles:
    opens, highs, lows, closes = np.array(rows, dtype=float).T
    at = START + MINUTE * np.arange(len(rows), dtype=np.int64)
    return Candles(at, opens, highs, lows, closes, np.full(len(rows), 3.0))


def wander(seed: int, count: int = 200) -> Candles:
    """A coarse random walk: prices often lie exactly on levels, some minutes are missing, some opens jump."""
    chance = np.random.default_rng(seed)
    price, rows = 200.0, []
    for _ in range(count):
        opened = price + (chance.integers(-2, 3) if chance.random() < 0.2 else 0)
        corners = opened + chance.integers(-3, 4, size=3)
        rows.append((opened, max(opened, *corners), min(opened, *corners), float(corners[2])))
        price = max(120.0, float(corners[2]))
    made = candles(*rows)
    kept = chance.random(count) > 0.03
    kept[0] = True
    return Candles(*(getattr(made, name)[kept] for name in ("at", "open", "high", "low", "close", "volume")))


@dataclass
class Engine(FakeSink):
    """The least that runs a bot: what the exchange tells it is decided when the exchange lets it settle."""

    bot: DcaBot | None = None
    state: DcaState | None = None
    exchange: ReplayExchange | None = None
    closed: list[Deal] = field(default_factory=list)
    placed_orders: list[Order] = field(default_factory=list)
    waiting: deque[Event] = field(default_factory=deque)
    known: dict[str, None] = field(default_factory=dict)
    settlings: int = 0
    time: FakeTime = field(default_factory=FakeTime)
    dies_at: frozenset[int] = frozenset()
    died: asyncio.Event = field(default_factory=asyncio.Event)

    def watch(self, symbol: str) -> Watch:
        return self.bot.watch(self.state, symbol) if self.bot and self.state else Watch()

    def wake_at(self) -> int | None:
        return self.bot.wake_at(self.state) if self.bot and self.state else None

    def on_price(self, tick: PriceTick) -> None:
        super().on_price(tick)
        watch = self.watch(tick.symbol)
        opens = watch.wants_open and tick.opens and tick.at >= watch.opens_after
        below = watch.below is not None and tick.price <= watch.below
        above = watch.above is not None and tick.price >= watch.above
        if opens or watch.follows or below or above:
            self.waiting.append(tick)

    def on_trade(self, trade: TradeReport) -> None:
        super().on_trade(trade)
        if trade.fill.trade_id not in self.known:
            self.known[trade.fill.trade_id] = None
            self.waiting.append(OrderFilled(trade.client_id, trade.fill, trade.at, trade.bar_end))

    async def settled(self) -> None:
        assert self.exchange is not None
        self.settlings += 1
        self.time.at += 60
        if self.settlings in self.dies_at:
            self.died.set()
            await asyncio.Event().wait()
        await self.work()

    def forget(self) -> None:
        """What a killed process loses: all that was not decided yet."""
        for event in self.waiting:
            if isinstance(event, OrderFilled):
                del self.known[event.fill.trade_id]
        self.waiting.clear()

    async def work(self) -> None:
        assert self.exchange is not None
        while True:
            due = self.wake_at()
            if due is not None and due <= self.exchange.now():
                self.waiting.append(ClockStruck(self.exchange.now()))
            if not self.waiting:
                return
            while self.waiting:
                await self._decide(self.waiting.popleft())

    async def _decide(self, event: Event) -> None:
        assert self.bot is not None
        assert self.exchange is not None
        step = self.bot.on_event(self.state, event)  # type: ignore[arg-type]
        self.state = step.state
        self.closed.extend(step.closed)
        for command in sorted(step.commands, key=lambda one: isinstance(one, PlaceOrder)):
            if isinstance(command, PlaceOrder):
                self.placed_orders.append(command.order)
                try:
                    report = await self.exchange.place(command.order)
                except Refused as refusal:
                    self.waiting.append(OrderRejected(command.order.client_id, refusal.reason, self.exchange.now()))
                else:
                    self.waiting.appendleft(OrderAccepted(report.client_id, report.exchange_id, report.at))
            elif isinstance(command, CancelOrder):
                report = await self.exchange.cancel(command.symbol, command.client_id, "")
                if report.status is OrderStatus.CANCELED:
                    self.waiting.append(OrderCanceled(report.client_id, report.at))


class ReplayBench:
    symbol = "BTC/USDT"

    def __init__(self, folder: Path, file: Candles, **config: Any) -> None:
        self.folder = folder
        self.file = file
        self.config = SimConfig(replay="file.csv", symbol=self.symbol, **config)
        self.time = FakeTime()
        self.sink: FakeSink = FakeSink()
        self.exchange = self.make()

    def make(self) -> ReplayExchange:
        market = MARKET
        return ReplayExchange(self.config, self.file, market, "1m", self.folder, self.time, sleep=self.time.sleep)

    async def restart(self) -> None:
        await self.exchange._pump.stop()  # a killed process says no goodbye
        self.exchange = self.make()
        await self.exchange.connect(self.sink)

    async def play(self) -> None:
        """To the end of the file."""
        await self.exchange.subscribe([self.symbol])
        task = self.exchange._pump._task
        assert task is not None
        await task
        assert self.sink.feed[-1] == (False, "The replay has come to the end of its candle file. Orders keep resting.")


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[ReplayBench]:
    bench = ReplayBench(tmp_path, wander(1))
    await bench.exchange.connect(bench.sink)
    yield bench
    await bench.exchange.close()


class TestReplay(Behaviour):
    """The behaviour of every exchange."""


# --- in step with the backtest ----------------------------------------------------------------------------------------

SETTINGS: dict[str, dict[str, Any]] = {
    "ladder": {},
    "trailing": {"take_profit": {"percent": "1.0", "trailing_deviation": "0.5"}},
    "stop": {"stop_loss": {"percent": "3.0"}, "limits": {"cooldown_seconds": 300}},
    "stop in time": {"stop_loss": {"percent": "2.0", "timeout_seconds": 150}},
    "limit base": {"base_order": {"volume": "100", "type": "limit"}},
    "timeout": {"limits": {"close_after_seconds": 900, "cooldown_seconds": 90}},
    "steps": {"take_profit": {"steps": [{"percent": "1", "share": "50"}, {"percent": "2", "share": "50"}]}},
}


def a_bot(extra: dict[str, Any]) -> DcaBot:
    settings = {
        "kind": "dca",
        "name": "bot",
        "account": "demo",
        "pairs": ["BTC/USDT"],
        "base_order": {"volume": "100"},
        "safety_orders": {"volume": "100", "price_deviation": "1.0", "step_scale": "1.5", "max_count": 4},
        "take_profit": {"percent": "1.0"},
    }
    made = DcaSettings.model_validate(settings | extra)
    return DcaBot(BotIdentity(1, 1, b"key"), made, {"BTC/USDT": MARKET})


def in_short(deals: list[Deal]) -> list[tuple[object, ...]]:
    return [
        (
            deal.opened_at,
            deal.closed_at,
            deal.status,
            deal.position,
            sorted((o.role, o.index, o.filled, o.cost, o.fee, o.filled_at) for o in deal.orders if o.filled),
        )
        for deal in deals
    ]


def backtested(bot: DcaBot, file: Candles, fill_through: int = 0) -> list[Deal]:
    from desktop_app.research.backtest import BacktestRules, run_backtest

    rules = BacktestRules(MINUTE, fill_through=fill_through)
    return list(run_backtest(bot, file, MARKET, rules).deals)


def an_engine(bench: ReplayBench, bot: DcaBot) -> Engine:
    engine = Engine(bot=bot, state=bot.first_state(int(bench.file.at[0])), exchange=bench.exchange)
    engine.time = bench.time
    bench.sink = engine
    return engine


def deals_of(engine: Engine) -> list[Deal]:
    assert engine.bot is not None
    assert engine.state is not None
    running = [d for d in engine.bot.deals(engine.state) if d.position.entry_amount]
    return sorted((*engine.closed, *running), key=lambda deal: deal.number)


@pytest.mark.parametrize("seed", range(len(SETTINGS)), ids=SETTINGS.keys())
async def test_its_deals_equal_those_of_the_backtest(tmp_path: Path, seed: int) -> None:
    extra, through = list(SETTINGS.values())[seed], seed % 2
    bench = ReplayBench(tmp_path, wander(seed), speed="max", fill_through=through)
    bot = a_bot(extra)
    engine = an_engine(bench, bot)
    await bench.exchange.connect(engine)
    await bench.play()
    await bench.exchange.close()

    expected = in_short(backtested(bot, bench.file, through))
    assert in_short(deals_of(engine)) == expected
    assert len(expected) > 3


# --- kills ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("extra", ["ladder", "trailing", "stop in time"])
async def test_kills_in_the_middle_of_candles_change_no_deal_and_double_no_fill(tmp_path: Path, extra: str) -> None:
    bench = ReplayBench(tmp_path, wander(9, 150), speed="max")
    bot = a_bot(SETTINGS[extra])
    engine = an_engine(bench, bot)
    engine.dies_at = frozenset(range(3, 10_000, 7))
    await bench.exchange.connect(engine)
    kills = 0
    while not (engine.feed and not engine.feed[-1][0]):
        await bench.exchange.subscribe([bench.symbol])
        task = bench.exchange._pump._task
        assert task is not None
        dead = asyncio.get_running_loop().create_task(engine.died.wait())
        await asyncio.wait((task, dead), return_when=asyncio.FIRST_COMPLETED)
        dead.cancel()
        if not engine.died.is_set():
            break
        engine.died.clear()
        kills += 1
        now = bench.exchange.now()
        await bench.exchange._pump.stop()
        engine.forget()
        bench.exchange = engine.exchange = bench.make()
        await bench.exchange.connect(engine)
        assert bench.exchange.now() == now
        for trade in await bench.exchange.trades_since(bench.symbol, 0):
            engine.on_trade(trade)
        await engine.work()

    expected = backtested(bot, bench.file)
    assert in_short(deals_of(engine)) == in_short(expected)
    assert kills > 20
    ids = [trade.fill.trade_id for trade in await bench.exchange.trades_since(bench.symbol, 0)]
    assert len(ids) == len(set(ids)) == sum(len([o for o in deal.orders if o.filled]) for deal in expected)
    await bench.exchange.close()


# --- the rest ---------------------------------------------------------------------------------------------------------

FOUR = candles((100, 104, 99, 103), (103, 103, 90, 91), (91, 95, 91, 95), (95, 96, 94, 96))


async def test_it_waits_at_the_first_open_until_somebody_trades(tmp_path: Path) -> None:
    bench = ReplayBench(tmp_path, FOUR, speed="max")
    await bench.exchange.connect(bench.sink)
    await bench.exchange.subscribe([bench.symbol])
    for _ in range(500):
        await asyncio.sleep(0)

    assert bench.sink.candles == []
    assert [tick.price for tick in bench.sink.prices] == [D(100)]
    assert bench.exchange.now() == START
    await bench.exchange.close()


async def test_an_order_that_nothing_reached_rests_after_the_end_and_after_a_restart(tmp_path: Path) -> None:
    bench = ReplayBench(tmp_path, FOUR, speed="max")
    await bench.exchange.connect(bench.sink)
    await bench.exchange.place(an_order("low", bench.symbol, Side.BUY, D(1), D(80)))
    await bench.exchange.place(an_order("mid", bench.symbol, Side.BUY, D(1), D(92)))
    await bench.play()

    assert [candle.close for _, candle, closed in bench.sink.candles if closed] == [D(103), D(91), D(95), D(96)]
    assert [(t.client_id, t.fill.price, t.fill.at, t.bar_end) for t in bench.sink.trades] == [
        ("mid", D(92), START + MINUTE, START + 2 * MINUTE)
    ]
    await bench.exchange.close()
    bench.exchange = bench.make()
    await bench.exchange.connect(bench.sink)
    assert [one.client_id for one in await bench.exchange.open_orders()] == ["low"]
    bench.sink.feed.clear()
    await bench.play()
    sold = await bench.exchange.place(an_order("out", bench.symbol, Side.SELL, D(1)))
    assert sold.status is OrderStatus.FILLED
    assert bench.sink.trades[-1].fill.price == D(96)
    await bench.exchange.close()


async def test_its_speed_is_seconds_of_candles_a_second(tmp_path: Path) -> None:
    bench = ReplayBench(tmp_path, FOUR, speed=60)
    await bench.exchange.connect(bench.sink)
    bench.sink.watches[bench.symbol] = Watch(above=D(1000))
    before = bench.time.at
    await bench.play()

    assert 4_000 <= bench.time.at - before <= 4_200
    await bench.exchange.close()


async def test_candles_are_told_only_of_the_past(tmp_path: Path) -> None:
    bench = ReplayBench(tmp_path, wander(4, 30), speed="max")
    await bench.exchange.connect(bench.sink)
    everything = (bench.symbol, "1m", 0, START + 10**9)
    assert len(await bench.exchange.candles(*everything)) == 0
    bench.sink.watches[bench.symbol] = Watch(above=D(1000))
    await bench.play()

    assert (await bench.exchange.candles(*everything)).at.tolist() == bench.file.at.tolist()
    fives = await bench.exchange.candles(bench.symbol, "5m", 0, START + 10**9)
    assert fives.volume.sum() <= bench.file.volume.sum()
    assert all(at % 300_000 == 0 for at in fives.at.tolist())
    await bench.exchange.close()


async def test_another_file_under_the_same_account_is_refused(tmp_path: Path) -> None:
    bench = ReplayBench(tmp_path, FOUR)
    await bench.exchange.connect(bench.sink)
    await bench.exchange.close()
    bench.file = wander(1, 5)
    with pytest.raises(Refused, match="begun on another market"):
        await bench.make().connect(bench.sink)


async def test_alarms_wait_for_the_open_after_the_jump(tmp_path: Path) -> None:
    bench = ReplayBench(tmp_path, FOUR, speed="max")
    await bench.exchange.connect(bench.sink)
    bench.sink.alarm = START + MINUTE + 1
    times: list[int] = []

    async def note() -> None:
        times.append(bench.exchange.now())

    bench.sink.settling = note
    bench.sink.watches[bench.symbol] = Watch(below=D(95))
    await bench.exchange.place(an_order("a", bench.symbol, Side.BUY, D(1), D(93)))
    await bench.play()

    assert list(dict.fromkeys(times)) == [START + number * MINUTE for number in range(4)]
    assert times == sorted(times)
    await bench.exchange.close()
