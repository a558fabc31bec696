"""The power fails anywhere in the life of a bot that trades by conditions: nothing is lost, nothing is doubled."""

import asyncio
import logging
from contextlib import suppress
from pathlib import Path

import pytest

from desktop_app.core.deal import DealStatus
from desktop_app.core.strategies import KINDS
from tests.engine.lab import EACH_SHARE, Lab
from tests.fakes import Power, PowerCut, breathe

PAIR = "BTC/USDT"
BOT = """
kind = "dca"
name = "Signals"
account = "demo"
pairs = ["BTC/USDT"]
base_order = { volume = "100" }
safety_orders = { volume = "50", price_deviation = 1, max_count = 3, on_conditions = { all = [
  { indicator = "price_change", timeframe = "1m", length = 1, trigger = "less_than", value = -2 },
] } }
take_profit = { on_conditions = { all = [
  { indicator = "price_change", timeframe = "1m", length = 1, trigger = "greater_than", value = 3 },
] }, min_profit = 1 }
start = { mode = "conditions", all = [
  { indicator = "price_change", timeframe = "1m", length = 1, trigger = "less_than", value = -1 },
] }
limits = { stop_after_deals = 1 }
"""
STORY = ("100", "98.9", "99", "96", "95.9", "94", "94.1", "97.5", "101", "101.2")
END = ("97", "102", "106", "111", "111")


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL + 1, logger="desktop_app")


async def _step(lab: Lab, price: str) -> None:
    lab.venue.close_minute(PAIR, price)
    await breathe(20)
    if not lab.is_cut:
        await lab.settle()
    lab.venue.set_price(PAIR, price)
    await breathe(20)
    if not lab.is_cut:
        await lab.settle()


async def _cut(folder: Path, at: int) -> int:
    """The seams that were passed; the books are checked after the power came back."""
    lab = Lab(folder, kinds=KINDS)
    await lab.start()
    await lab.add(BOT)
    lab.power.seams, lab.power.cut_at = 0, at
    for price in STORY:
        with suppress(PowerCut):
            await _step(lab, price)
        if lab.is_cut:
            break
    seams, was_cut = lab.power.seams, lab.is_cut
    if was_cut:
        await lab.kill()
        lab.power = Power()
        await lab.start()
        for _ in range(5):
            await lab.clock.advance(20)
            await lab.settle()
        for price in (*STORY, *END) if not await lab.deals() else END:
            await _step(lab, price)
            await lab.clock.advance(8)
            await lab.settle()
    *failed, deal = await lab.deals()
    assert deal.status is DealStatus.COMPLETED, (at, deal.status)
    assert all(one.status is DealStatus.FAILED and not one.position.entry_amount for one in failed), at
    assert not lab.venue.resting, at
    await lab.check_books()
    lab.power.cut_at = 0
    await lab.stop()
    return seams if not was_cut else 0


async def test_without_a_cut_the_story_is_one_deal_with_safety_orders_by_signal(tmp_path: Path) -> None:
    assert await _cut(tmp_path, 0) > 30


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1, 6, EACH_SHARE))
async def test_a_power_cut_anywhere_loses_nothing(tmp_path: Path, first: int) -> None:
    for number, at in enumerate(range(first, 60, 5)):
        folder = tmp_path / str(number)
        folder.mkdir()
        await asyncio.wait_for(_cut(folder, at), 120)
