"""Smart trades on a replayed file: order for order the backtest of the same file, through kills too."""

import asyncio
import os
import random
from pathlib import Path
from typing import Any

import pytest

from desktop_app.core.client_id import BotIdentity
from desktop_app.core.columns import Candles
from desktop_app.core.deal import Deal, Direction
from desktop_app.core.market import Market
from desktop_app.core.strategies.smart import SmartTradeBot
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.exchange.sim.replay import ReplayExchange
from desktop_app.research.backtest import BacktestRefused, BacktestRules
from desktop_app.research.trial import try_settings
from tests.exchange.sim.test_replay import Engine, ReplayBench, in_short
from tests.research.random_cases import MINUTE, Case
from tests.research.smart_agreement import candles_of, market_of
from tests.research.smart_cases import make_case

EXAMPLES = int(os.environ.get("STRONGROOM_ORACLE_EXAMPLES", "200"))
PARTS = 10
RICH = {"USDT": "100000000", "BTC": "100000"}


@pytest.fixture(autouse=True)
def _quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No power cuts here, and thousands of orders: what the process wrote is enough."""
    monkeypatch.setattr(os, "fsync", lambda _handle: None)


class TradeBench(ReplayBench):
    def __init__(self, folder: Path, file: Candles, market: Market, **config: Any) -> None:
        self.market = market
        super().__init__(folder, file, speed="max", balance=RICH, **config)

    def make(self) -> ReplayExchange:
        return ReplayExchange(self.config, self.file, self.market, "1m", self.folder, self.time, sleep=self.time.sleep)


def a_bench(folder: Path, case: Case) -> tuple[TradeBench, Engine]:
    folder.mkdir()
    rules, market = case.rules, market_of(case)
    settings = SmartTradeSettings.model_validate(case.settings)
    bench = TradeBench(
        folder,
        candles_of(case),
        market,
        fill_through=rules.through,
        slippage_percent=str(rules.slippage),
        fee_currency=market.fee_currency,
        is_high_first_on_tie=settings.direction is Direction.SHORT,
    )
    bot = SmartTradeBot(BotIdentity(1), settings, {market.symbol: market})
    engine = Engine(bot=bot, state=bot.first_state(int(bench.file.at[0])), exchange=bench.exchange)  # type: ignore[arg-type]
    engine.time = bench.time
    bench.sink = engine
    return bench, engine


def backtested(case: Case) -> list[Deal] | None:
    rules = case.rules
    play = BacktestRules(MINUTE, slippage_percent=rules.slippage, fill_through=rules.through)
    settings = SmartTradeSettings.model_validate(case.settings)
    try:
        return list(try_settings(settings, candles_of(case), market_of(case), play).deals)
    except BacktestRefused:
        return None


def deals_of(engine: Engine) -> list[Deal]:
    bot: Any = engine.bot
    running = [deal for deal in bot.deals(engine.state) if deal.position.entry_amount]
    return [*engine.closed, *running]


@pytest.mark.parametrize("part", range(PARTS))
async def test_random_trades_end_as_in_the_backtest(tmp_path: Path, part: int) -> None:
    tried = 0
    for seed in range(part, EXAMPLES, PARTS):
        case = make_case(random.Random(seed), most=25)
        expected = backtested(case)
        if expected is None:
            continue
        bench, engine = a_bench(tmp_path / str(seed), case)
        await bench.exchange.connect(engine)
        await bench.play()
        await bench.exchange.close()
        found = [deal for deal in deals_of(engine) if deal.position.entry_amount]
        assert in_short(found) == in_short(expected), f"seed {seed}: {case.settings}"
        tried += 1
    assert tried > EXAMPLES / PARTS * 0.7


@pytest.mark.parametrize("seed", range(12))
async def test_kills_in_the_middle_of_candles_change_nothing(tmp_path: Path, seed: int) -> None:
    case = make_case(random.Random(7_000 + seed), most=60)
    expected = backtested(case)
    assert expected is not None
    bench, engine = a_bench(tmp_path / "account", case)
    engine.dies_at = frozenset(range(3, 10_000, 7))
    await bench.exchange.connect(engine)
    bot: Any = engine.bot
    while not bot.is_done(engine.state) and not (engine.feed and not engine.feed[-1][0]):
        await bench.exchange.subscribe([bench.symbol])
        task = bench.exchange._pump._task
        assert task is not None
        dead = asyncio.get_running_loop().create_task(engine.died.wait())
        await asyncio.wait((task, dead), return_when=asyncio.FIRST_COMPLETED)
        dead.cancel()
        if not engine.died.is_set():
            break
        engine.died.clear()
        await bench.exchange._pump.stop()
        engine.forget()
        bench.exchange = engine.exchange = bench.make()
        await bench.exchange.connect(engine)
        for trade in await bench.exchange.trades_since(bench.symbol, 0):
            engine.on_trade(trade)
        await engine.work()
    await bench.exchange.close()

    assert in_short([deal for deal in deals_of(engine) if deal.position.entry_amount]) == in_short(expected)
