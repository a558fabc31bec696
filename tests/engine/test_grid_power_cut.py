"""The power fails before and after every exchange call and every commit of a grid: nothing is lost or doubled."""

import asyncio
import logging
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest

from desktop_app.core.deal import DealStatus
from desktop_app.core.order import Role, Side
from desktop_app.core.strategies import KINDS
from desktop_app.core.strategies.grid_state import GridState
from tests.engine.lab import EACH_SHARE, Lab
from tests.fakes import Power, PowerCut, breathe

GRID = """
kind = "grid"
name = "Grid"
account = "demo"
pairs = ["BTC/USDT"]
grid = { lower = 49000, upper = 51000, lines = 5, volume_per_line = 100, trailing_up = true, trailing_down = true, stop_below = { price = 46000, then = "stop_and_sell" } }
"""  # noqa: E501 - as a person writes it
STORY = ("50000", "49500", "50000", "50500", "51000", "51500", "50900")
_SHARES = 6  # of the seams: so that no test takes long


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Dying tasks are what these tests are about; a hundred tracebacks are not."""
    caplog.set_level(logging.CRITICAL + 1, logger="desktop_app")


async def _prepared(folder: Path, part: str = "") -> Lab:
    lab = Lab(folder, kinds=KINDS)
    lab.venue.part = Decimal(part) if part else None
    lab.venue.repeats_news = bool(part)
    await lab.start()
    await lab.add(GRID)
    return lab


async def _play(lab: Lab) -> None:
    for price in STORY:
        lab.clock.at += 1_000
        for _ in range(2 if lab.venue.part is not None else 1):
            lab.venue.set_price("BTC/USDT", price)
            await breathe(20)
            if not lab.is_cut:
                await lab.settle()


async def _recover(lab: Lab) -> None:
    await lab.kill()
    await lab.start()
    for _ in range(5):
        await lab.clock.advance(20)
        await lab.settle()


async def _finish(lab: Lab, where: object) -> None:
    """Let the grid trade on, look whether its lines are what they should be, and have the stop end it."""
    for price in ("50700", "50200", "50700", "50700"):
        lab.clock.at += 61_000
        await lab.price(price)
        await lab.clock.advance(8)
        await lab.settle()
    await _check_lines(lab, where)
    for price in ("45900", "45900", "45900"):
        lab.clock.at += 1_000
        await lab.price(price)
        await lab.clock.advance(8)
        await lab.settle()
    deals = await lab.deals()
    assert deals[-1].status is DealStatus.STOPPED_OUT, where
    assert all(deal.status is DealStatus.FAILED and not deal.position.entry_amount for deal in deals[:-1]), where
    assert not lab.venue.resting, where
    await lab.check_books()


async def _check_lines(lab: Lab, where: object) -> None:
    """On the exchange rests one order of each cell, below the price buys, above it sells of what is held."""
    state = lab.desk.runners[1].state
    assert isinstance(state, GridState) and state.deal is not None, where
    resting = lab.venue.resting
    assert all(order.role is Role.GRID for order in resting), where
    buys = [order.price for order in resting if order.side is Side.BUY and order.price is not None]
    sells = [order.price for order in resting if order.side is Side.SELL and order.price is not None]
    assert len(buys) + len(sells) == 4, (where, buys, sells)
    assert not buys or not sells or max(buys) < min(sells), where
    left = sum(
        (lab.venue.orders[order.client_id].order.amount - lab.venue.orders[order.client_id].filled for order in resting
         if order.side is Side.SELL), Decimal(0),
    )  # fmt: skip
    assert left <= lab.venue.balances["BTC"], where


async def _count_seams(folder: Path, part: str) -> int:
    lab = await _prepared(folder, part)
    lab.power.seams = 0
    await _play(lab)
    seams = lab.power.seams
    await _finish(lab, "no cut")
    await lab.stop()
    return seams


@pytest.mark.slow
@pytest.mark.parametrize("share", range(0, _SHARES, EACH_SHARE))
@pytest.mark.parametrize("part", ["", "0.5"], ids=["whole fills", "halves, told twice"])
async def test_power_may_fail_before_and_after_every_call_and_every_commit_of_a_grid(
    tmp_path: Path, part: str, share: int
) -> None:
    seams = await _count_seams(tmp_path / "whole", part)
    assert seams > 30
    for cut_at in range(1 + share, seams + 1, _SHARES * (3 if part else 1)):
        lab = await _prepared(tmp_path / f"cut{cut_at}", part)
        lab.power.seams, lab.power.cut_at = 0, cut_at
        await _play(lab)
        assert lab.is_cut
        await _recover(lab)
        await _finish(lab, cut_at)
        await lab.stop()


@pytest.mark.slow
async def test_power_may_fail_again_while_the_first_failure_of_a_grid_is_mended(tmp_path: Path) -> None:
    for first in range(3, 40, 7):
        for second in range(1, 12, 4):
            lab = await _prepared(tmp_path / f"cut{first}-{second}")
            lab.power.seams, lab.power.cut_at = 0, first
            await _play(lab)
            await lab.kill()
            lab.power = Power(cut_at=second)
            with suppress(PowerCut, asyncio.CancelledError):
                await lab.start()
                for _ in range(6):
                    await lab.clock.advance(8)
            await _recover(lab)
            await _finish(lab, (first, second))
            await lab.stop()
