"""The power fails before and after every exchange call and every commit: nothing is lost, nothing is doubled."""

import asyncio
import logging
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest

from desktop_app.core.deal import DealStatus
from tests.engine.lab import BOT, Lab
from tests.fakes import Power, PowerCut, breathe

TWO_DEALS = BOT.replace("deals = 1", "deals = 2")
STORY = ("50000", "49500", "48900", "48800", "49200", "51000", "51001", "51500")


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Dying tasks are what these tests are about; a hundred tracebacks are not."""
    caplog.set_level(logging.CRITICAL + 1, logger="desktop_app")


async def _play(lab: Lab) -> None:
    """The bot's whole life; cut short where the power fails, and told again from where the exchange stands."""
    for price in STORY:
        lab.clock.at += 1_000
        lab.venue.set_price("BTC/USDT", price)
        await breathe(20)
        if not lab.is_cut:
            await lab.settle()


async def _recover(lab: Lab) -> None:
    """Start again, and let everything that is in doubt come to its end."""
    await lab.kill()
    await lab.start()
    for _ in range(5):
        await lab.clock.advance(20)
        await lab.settle()


async def _until_done(lab: Lab) -> None:
    """Go on with the market until both deals are over."""
    for price in ("49000", "50500", "60000", "58000", "56000", "70000", "70001", "70002"):
        lab.clock.at += 1_000
        await lab.price(price)
        await lab.clock.advance(8)
        await lab.settle()


async def _check_end(lab: Lab, where: object) -> None:
    """Each deal is over; one that failed had an order that provably never arrived, so nothing is in it."""
    deals = await lab.deals()
    assert len(deals) == 2, where
    for deal in deals:
        assert deal.status in (DealStatus.COMPLETED, DealStatus.FAILED), (where, deal.status)
        assert deal.status is DealStatus.COMPLETED or not deal.position.entry_amount, where
    assert deals[-1].status is DealStatus.COMPLETED or deals[0].status is DealStatus.COMPLETED, where
    assert not lab.venue.resting, where
    await lab.check_books()


async def _prepared(folder: Path, part: str = "") -> Lab:
    lab = Lab(folder)
    lab.venue.part = Decimal(part) if part else None
    lab.venue.repeats_news = bool(part)
    await lab.start()
    await lab.add(TWO_DEALS)
    return lab


async def _count_seams(folder: Path, part: str) -> int:
    lab = await _prepared(folder, part)
    lab.power.seams = 0
    await _play(lab)
    seams = lab.power.seams
    await _until_done(lab)
    await _check_end(lab, "no cut")
    assert part or await lab.statuses() == [DealStatus.COMPLETED, DealStatus.COMPLETED]
    await lab.stop()
    return seams


@pytest.mark.slow
@pytest.mark.parametrize("part", ["", "0.5"], ids=["whole fills", "halves, told twice"])
async def test_power_may_fail_before_and_after_every_call_and_every_commit(tmp_path: Path, part: str) -> None:
    seams = await _count_seams(tmp_path / "whole", part)
    assert seams > 30
    for cut_at in range(1, seams + 1):
        lab = await _prepared(tmp_path / f"cut{cut_at}", part)
        lab.power.seams, lab.power.cut_at = 0, cut_at
        await _play(lab)
        assert lab.is_cut
        await _recover(lab)
        await _until_done(lab)
        await _check_end(lab, cut_at)
        await lab.stop()


@pytest.mark.slow
async def test_power_may_fail_again_while_the_first_failure_is_mended(tmp_path: Path) -> None:
    for first in range(3, 40, 7):
        for second in range(1, 12, 3):
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
            await _until_done(lab)
            await _check_end(lab, (first, second))
            await lab.stop()
