"""A grid on a replayed file trades, fill for fill, what an independent and naive reading of its rules trades."""

import os
import random
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from pathlib import Path

import pytest

from desktop_app.core.client_id import BotIdentity
from desktop_app.core.grid_preview import make_grid_preview
from desktop_app.core.market import Market
from desktop_app.core.order import Side
from desktop_app.core.strategies.grid import GridBot
from desktop_app.exchange.sim.replay import ReplayExchange
from tests.exchange.sim.test_replay import Engine, ReplayBench
from tests.research.agreement import same
from tests.research.grid_cases import GridCase, make_grid_case
from tests.research.grid_oracle import GridOracle
from tests.research.oracle import DIGITS

CASES = int(os.environ.get("STRONGROOM_GRID_REPLAYS", "12"))


@pytest.fixture(autouse=True)
def _quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _handle: None)


@dataclass
class GridBench(ReplayBench):
    """A replay on a market of its own."""

    market: Market

    def __init__(self, folder: Path, case: GridCase) -> None:
        self.market = case.market
        balance = {"USDT": Decimal(1_000_000)}
        super().__init__(
            folder, case.candles, speed="max", fill_through=case.rules.through,
            slippage_percent=case.rules.slippage, balance=balance,
        )  # fmt: skip

    def make(self) -> ReplayExchange:
        return ReplayExchange(self.config, self.file, self.market, "1m", self.folder, self.time, sleep=self.time.sleep)


async def played(folder: Path, case: GridCase) -> tuple[GridBench, Engine]:
    bench = GridBench(folder, case)
    bot = GridBot(BotIdentity(1, 1, b"key"), case.settings, {case.market.symbol: case.market})
    engine = Engine(bot=bot, state=bot.first_state(int(bench.file.at[0])), exchange=bench.exchange)  # type: ignore[arg-type]
    engine.time = bench.time
    bench.sink = engine
    await bench.exchange.connect(engine)
    await bench.play()
    return bench, engine


def random_case(seed: int) -> GridCase | None:
    case = make_grid_case(random.Random(seed), most=25)
    price = case.grid.get("start_price") or case.bars[0].open
    return None if make_grid_preview(case.settings.grid, case.market, price).blocks else case


@pytest.mark.parametrize("seed", range(1000, 1000 + CASES))
async def test_every_fill_of_a_random_grid_on_a_replay_is_the_oracles(tmp_path: Path, seed: int) -> None:
    case = random_case(seed)
    if case is None:
        return
    oracle = GridOracle(case.grid, case.rules).run(case.bars)
    if oracle.is_unsaid:
        return
    bench, engine = await played(tmp_path, case)
    trades = await bench.exchange.trades_since(bench.symbol, 0)
    sides = {order.client_id: order.side for order in engine.placed_orders}
    found = [(sides[t.client_id], t.fill.price, t.fill.amount, t.fill.fee) for t in trades]
    with localcontext(Context(prec=DIGITS)):
        assert len(found) == len(oracle.fills)
        for (side, price, amount, fee), fill in zip(found, oracle.fills, strict=True):
            assert side is Side(fill.side)
            for one, other in ((fill.price, price), (fill.amount, amount), (fill.fee, fee)):
                assert same(one, str(other))
    assert engine.bot is not None and engine.state is not None
    deals = [*engine.closed, *engine.bot.deals(engine.state)]
    assert len(deals) == (oracle.status != "not started")
    for deal in deals:
        assert deal.status == oracle.status
        assert deal.grid is not None and deal.grid.round_trips == oracle.round_trips
        assert same(oracle.profit, str(deal.grid.profit))
    await bench.exchange.close()
