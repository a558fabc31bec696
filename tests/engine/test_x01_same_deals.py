"""X-01: the same bots on the same candles have the same deals in a backtest, on a simulator, on paper and together."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktop_app.core.bot_file import read_settings
from desktop_app.core.columns import Candles, exact
from desktop_app.core.commands import CancelOrder, PlaceOrder
from desktop_app.core.deal import Deal
from desktop_app.core.events import Event, OrderFilled, PriceTick
from desktop_app.core.matching import Matcher
from desktop_app.core.order import OrderType
from desktop_app.core.settings import Settings
from desktop_app.core.strategies import KINDS
from desktop_app.core.strategy import Bot
from desktop_app.core.walk import path
from desktop_app.engine.keys import FetchKey
from desktop_app.exchange.feed.teller import PublicTrade
from desktop_app.exchange.paper.floor import arrival, meet
from desktop_app.exchange.protocol import Book
from desktop_app.exchange.sim.config import SimConfig
from desktop_app.exchange.sim.replay import ReplayExchange
from desktop_app.research.backtest import BacktestRules, is_place
from desktop_app.research.portfolio import Member, PairPast, run_portfolio
from desktop_app.research.trial import prepare, try_settings
from desktop_app.store.codec import deal_from_json
from desktop_app.store.rows import AccountRow
from tests.engine.lab import Lab
from tests.engine.test_condition_replay import MARKET, MINUTE, PAIR, _is_the_end, shapes

RICH = {"USDT": "10000000", "BTC": "10000"}
RULES = BacktestRules(MINUTE)
BOTS: dict[str, tuple[str, dict[str, Any]]] = {
    "ladder": (
        "dca",
        {
            "base_order": {"volume": "100"},
            "safety_orders": {"volume": "50", "price_deviation": "0.4", "volume_scale": "1.4", "max_count": 5},
            "take_profit": {"steps": [{"percent": "0.6", "share": "60"}, {"percent": "1", "share": "40"}]},
            "stop_loss": {"percent": "3"},
        },
    ),
    "short": (
        "dca",
        {
            "direction": "short",
            "base_order": {"volume": "100"},
            "take_profit": {"percent": "0.7", "trailing_deviation": "0.2"},
            "stop_loss": {"percent": "1", "timeout_seconds": 300},
            "limits": {"cooldown_seconds": 600, "close_after_seconds": 6_000},
        },
    ),
    "told": (
        "dca",
        {
            "base_order": {"volume": "100", "type": "limit"},
            "take_profit": {"percent": "0.6"},
            "stop_loss": {"percent": "2"},
            "start": {
                "mode": "conditions",
                "all": [{"indicator": "rsi", "timeframe": "5m", "length": 7, "trigger": "less_than", "value": 45}],
            },
        },
    ),
    "grid": ("grid", {"grid": {"lower": "96", "upper": "104", "lines": 28, "volume_per_line": "50"}}),
    "trade": (
        "smart_trade",
        {
            "amount": "100",
            "unit": "quote",
            "entry": {"type": "market"},
            "take_profit": {
                "steps": [{"percent": "1", "share": "50"}, {"percent": "4", "share": "50"}],
                "trailing_deviation": "0.5",
            },
            "stop_loss": {"percent": "2.5", "breakeven_after": 1},
        },
    ),
}


@pytest.fixture(autouse=True)
def _quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _handle: None)


class ReplayLab(Lab):
    """The engine on a file of candles, with all the money that a test could want."""

    candles: Candles

    def __post_init__(self) -> None:
        super().__post_init__()
        self.is_open = asyncio.Event()  # the replay waits until every bot is there

    def make_exchange(self, row: AccountRow, fetch: FetchKey) -> Any:
        config = SimConfig.model_validate({"speed": "max", "replay": "there", "symbol": PAIR, "balance": RICH})

        async def sleep(seconds: float) -> None:
            await self.is_open.wait()
            await asyncio.sleep(0)

        return ReplayExchange(config, self.candles, MARKET, "1m", self.folder / "sim", self.clock, sleep=sleep)


def the_past(count: int = 260, seed: int = 11) -> Candles:
    """Minutes that swing about, with jumps between candles and some of them missing, to the cent."""
    chance = np.random.default_rng(seed)
    swing = 2.2 * np.sin(np.arange(count) / 18) + chance.normal(0, 0.12, count).cumsum() / 4
    close = np.round(100 + swing, 2)
    opened = np.concatenate(([100.0], close[:-1]))
    opened = np.where(chance.random(count) < 0.2, np.round(opened + chance.normal(0, 0.15, count), 2), opened)
    high = np.round(np.maximum(opened, close) + chance.uniform(0, 0.1, count), 2)
    low = np.round(np.minimum(opened, close) - chance.uniform(0, 0.1, count), 2)
    high = np.where(
        np.isclose(high - opened, opened - low), np.round(high + 0.01, 2), high
    )  # the way of a tie is a bot's own
    at = 1_700_000_040_000 // 300_000 * 300_000 + np.arange(count, dtype=np.int64) * MINUTE
    kept = np.sort(chance.permutation(np.arange(1, count))[20:])
    kept = np.concatenate(([0], kept))
    volume = np.round(chance.uniform(1, 9, count), 3)
    return Candles(at[kept], opened[kept], high[kept], low[kept], close[kept], volume[kept])


def bots() -> dict[str, Settings]:
    found = {}
    for name, (kind, given) in BOTS.items():
        read = read_settings(kind, {"name": name, "account": "demo", "pairs": [PAIR]} | given)
        assert read.settings is not None, read.problems
        found[name] = read.settings
    return found


async def played(lab: ReplayLab, settings: Mapping[str, Settings]) -> dict[str, list[Deal]]:
    await lab.start()
    ended = asyncio.Event()
    lab.running.bus.subscribe(lambda news: ended.set() if _is_the_end(news) else None)
    await lab.running.supervisor.add_account("demo", "fake")
    await lab.settle()
    numbers = {}
    for name, one in settings.items():
        numbers[name] = await lab.running.supervisor.add_bot(one)
    for number in numbers.values():
        await lab.running.supervisor.start_bot(number)
    await lab.settle()
    lab.is_open.set()
    await ended.wait()
    found = {}
    for name, number in numbers.items():
        rows = await lab.running.store.deals(number)
        deals = sorted((deal_from_json(row.deal_json) for row in rows), key=lambda deal: deal.number)
        found[name] = [deal for deal in deals if deal.position.entry_amount]
    await lab.stop()
    return found


def test_x01_all_of_them_over_one_account_have_the_deals_that_each_has_alone() -> None:
    candles, settings = the_past(), bots()
    members = [Member(one, (PAIR,)) for one in settings.values()]

    found = run_portfolio(members, {PAIR: PairPast(candles, MARKET)}, RULES)

    for part, one in zip(found.parts, settings.values(), strict=True):
        assert shapes(list(part.result.deals)) == shapes(list(try_settings(one, candles, MARKET, RULES).deals))


@pytest.mark.parametrize("name", ["paper ladder", "grid"])
def test_x01_paper_orders_met_by_the_trades_of_the_candles_fill_as_in_the_backtest(name: str) -> None:
    """Every tick of every candle's path is a trade, larger than any order; nothing jumps, for trades do not."""
    candles = without_jumps(the_past())
    given = {"base_order": {"volume": "100"}, "take_profit": {"percent": "0.6"}} | {
        "safety_orders": {"volume": "50", "price_deviation": "0.4", "max_count": 5}
    }
    kind, parts = BOTS["grid"] if name == "grid" else ("dca", given)
    settings = read_settings(kind, {"name": name, "account": "demo", "pairs": [PAIR]} | parts).settings
    assert settings is not None

    expected = try_settings(settings, candles, MARKET, RULES).trades
    ready = prepare(settings, {PAIR: MARKET}, {PAIR: exact(candles.open[0])}, RULES)

    assert len(expected) > 20
    assert Paper(ready.bot).play(candles) == [
        (trade.client_id, trade.fill.price, trade.fill.amount, trade.fill.fee) for trade in expected
    ]


def without_jumps(candles: Candles) -> Candles:
    opened = np.concatenate((candles.open[:1], candles.close[:-1]))
    high, low = np.maximum(candles.high, opened), np.minimum(candles.low, opened)
    high = np.where(np.isclose(high - opened, opened - low), np.round(high + 0.01, 2), high)
    return replace(candles, open=opened, high=high, low=low)


class Paper:
    """A bot whose orders are met by trades as those of a paper account are."""

    def __init__(self, bot: Bot[Any]) -> None:
        self.bot = bot
        self.state = bot.first_state(0)
        self.matcher = Matcher([MARKET])
        self.fills: list[tuple[str, Decimal, Decimal, Decimal]] = []

    def play(self, candles: Candles) -> list[tuple[str, Decimal, Decimal, Decimal]]:
        for i in range(len(candles)):
            candle = candles.candle(i)
            self.hear(PriceTick(PAIR, candle.open, candle.at), candle.open, candle.at)
            corners = path(candle, is_high_first_on_tie=False)
            for start, stop in pairwise(corners):
                step = MARKET.price_tick if stop > start else -MARKET.price_tick
                for ticks in range(1, int((stop - start) / step) + 1):
                    self.trade(start + ticks * step, candle.at)
        return self.fills

    def trade(self, price: Decimal, at: int) -> None:
        one = PublicTrade(PAIR, price, Decimal(1_000_000), at)
        while events := meet(self.matcher, MARKET, one, at, None):
            for event in events:
                self.hear(event, price, at)
        self.hear(PriceTick(PAIR, price, at, opens=False), price, at)

    def hear(self, event: Event, price: Decimal, at: int) -> None:
        if isinstance(event, OrderFilled):
            fill = event.fill
            self.fills.append((event.client_id, fill.price, fill.amount, fill.fee))
        step = self.bot.on_event(self.state, event)
        self.state = step.state
        book = Book(bids=((price, Decimal(1_000_000)),), asks=((price, Decimal(1_000_000)),), at=at)
        for command in sorted(step.commands, key=is_place):
            told: tuple[Event, ...] = ()
            if isinstance(command, PlaceOrder):
                known = book if command.order.type is OrderType.MARKET else None
                met = arrival(command.order, price, known, at, Decimal(0))
                told = self.matcher.place(command.order, met)
            elif isinstance(command, CancelOrder):
                told = self.matcher.cancel(command.client_id, at)
            for one in told:
                self.hear(one, price, at)


async def test_x01_the_engine_on_a_simulator_has_the_deals_of_the_backtest(tmp_path: Path) -> None:
    candles, settings = the_past(), bots()
    expected = {name: list(try_settings(one, candles, MARKET, RULES).deals) for name, one in settings.items()}
    lab = ReplayLab(tmp_path, kinds=KINDS)
    lab.candles = candles

    found = await played(lab, settings)

    assert min(len(expected[name]) for name in ("ladder", "short", "told")) > 4
    assert len(expected["trade"]) == 1 and expected["grid"][0].grid is not None
    assert expected["grid"][0].grid.round_trips > 10
    for name in settings:
        assert shapes(found[name]) == shapes(expected[name]), name
