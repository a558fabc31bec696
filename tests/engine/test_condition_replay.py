"""The real engine on a replayed file decides by conditions what the backtest of that file decides, deal for deal."""

import asyncio
import os
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.core.deal import Deal
from desktop_app.core.market import Market
from desktop_app.core.strategies import KINDS
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.engine.keys import FetchKey
from desktop_app.engine.news import FeedNews, News
from desktop_app.exchange.sim.config import SimConfig
from desktop_app.exchange.sim.replay import ReplayExchange
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.trial import try_settings
from desktop_app.store.rows import AccountRow
from tests.core.series import made, sample
from tests.engine.lab import Lab

PAIR = "BTC/USDT"
MARKET = Market(PAIR, "BTC", "USDT")
MINUTE = 60_000
CASES = 6


@pytest.fixture(autouse=True)
def _quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _handle: None)


class ReplayLab(Lab):
    """The engine on a file of candles."""

    candles: Candles

    def make_exchange(self, row: AccountRow, fetch: FetchKey) -> Any:
        config = SimConfig(speed="max", replay="there", symbol=PAIR)

        async def sleep(seconds: float) -> None:
            await asyncio.sleep(0)

        return ReplayExchange(config, self.candles, MARKET, "1m", self.folder / "sim", self.clock, sleep=sleep)


def gappy(seed: int) -> Candles:
    """Minutes of which some are missing, now and then many, to the cent."""
    chance, whole = random.Random(seed), made(700, every="1m", seed=seed)
    start = chance.randint(100, 500)
    gone = {*chance.sample(range(30, 700), 25), *range(start, start + chance.randint(3, 30))}
    kept = np.array([i for i in range(700) if i not in gone])
    prices = [np.round(column, 2) for column in (whole.open, whole.high, whole.low, whole.close)]
    return Candles(whole.at[kept], *(column[kept] for column in (*prices, np.round(whole.volume, 3))))


def random_settings(seed: int) -> DcaSettings:
    """Whatever conditions, in whatever timeframes, for starting, averaging and closing."""
    chance = random.Random(seed)

    def one() -> dict[str, Any]:
        found = chance.choice(sample(chance.choice(["1m", "1m", "3m", "5m", "15m"])))
        return found.model_dump(mode="json")

    safety: dict[str, Any] = {"volume": 50, "price_deviation": "0.3", "max_count": 4}
    safety |= chance.choice([{}, {"trailing_deviation": "0.2"}, {"on_conditions": {"any": [one(), one()]}}])
    take_profit: dict[str, Any] = {"percent": "0.6"}
    if chance.random() < 0.7:
        take_profit |= {"on_conditions": {"any": [one(), one()]}, "min_profit": "0.1"}
    return DcaSettings.model_validate(
        {
            "name": "random",
            "account": "demo",
            "pairs": [PAIR],
            "base_order": {"volume": "100"},
            "safety_orders": safety,
            "take_profit": take_profit,
            "start": {"mode": "conditions", "any": [one(), one(), {"all": [one(), one()]}]},
        }
    )


def shapes(deals: list[Deal]) -> list[object]:
    return [
        (
            deal.opened_at,
            deal.closed_at,
            deal.status,
            deal.position,
            sorted((str(o.role), o.index, o.filled, o.cost, o.filled_at) for o in deal.orders if o.filled),
        )
        for deal in deals
    ]


def _is_the_end(news: News) -> bool:
    return isinstance(news, FeedNews) and not news.is_live


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(CASES))
async def test_a_replay_with_conditions_has_the_deals_of_its_backtest(tmp_path: Path, seed: int) -> None:
    candles, settings = gappy(seed), random_settings(seed)
    expected = list(try_settings(settings, candles, MARKET, BacktestRules(MINUTE)).deals)
    lab = ReplayLab(tmp_path, kinds=KINDS)
    lab.candles = candles
    await lab.start()
    ended = asyncio.Event()
    lab.running.bus.subscribe(lambda news: ended.set() if _is_the_end(news) else None)
    await lab.running.supervisor.add_account("demo", "fake")
    await lab.settle()
    await lab.running.supervisor.start_bot(await lab.running.supervisor.add_bot(settings))
    await ended.wait()
    deals = [deal for deal in await lab.deals() if deal.position.entry_amount]

    assert shapes(deals) == shapes(expected)
    await lab.stop()
