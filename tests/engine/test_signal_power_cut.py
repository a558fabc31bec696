"""The power fails before and after every call and commit while signals come: each acts once, whoever repeats it."""

import asyncio
import json
import logging
from collections import Counter
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest

from desktop_app.core.deal import DealStatus
from desktop_app.engine.problem import Problem
from desktop_app.store.errors import StoreError
from tests.engine.lab import EACH_SHARE
from tests.engine.signal_lab import BOT, SignalLab
from tests.fakes import PowerCut, breathe

PARTS = BOT.replace('direction = "long"', 'mode = "custom"\nexit_parts = 2\nmax_lag_seconds = 86400')
STORY = (("enter_long", "50000"), ("enter_long", "49000"), ("exit_long", "50500"), ("exit_long", "51000"))


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL + 1, logger="desktop_app")


async def _send(lab: SignalLab, text: str) -> int:
    """The answer of one sending; 0: none came."""
    sending = asyncio.get_running_loop().create_task(lab.running.supervisor.send_signal(1, text))
    while not sending.done() and not lab.is_cut:
        await breathe(4)
    await breathe(8)
    if not sending.done():
        sending.cancel()
    with suppress(PowerCut, asyncio.CancelledError, StoreError, Problem):
        (answer,) = await sending
        return 0 if lab.is_cut and answer.status == 503 else answer.status  # who has no power answers nothing
    return 0


async def _recover(lab: SignalLab) -> None:
    await lab.kill()
    await lab.start()
    for _ in range(5):
        await lab.clock.advance(20)
        await lab.settle()


async def _play(lab: SignalLab) -> list[list[int]]:
    """Send each signal until it is answered, as whoever gets no answer does; the answers to each."""
    answers: list[list[int]] = []
    for number, (action, price) in enumerate(STORY):
        made_at = lab.clock.at + number
        text = json.dumps({"action": action, "timestamp": str(made_at)})
        told: list[int] = []
        while not told or told[-1] == 0:
            told.append(await _send(lab, text))
            if lab.is_cut:
                await _recover(lab)
        answers.append(told)
        for step in (price, price):
            lab.clock.at += 1_000
            lab.venue.set_price("BTC/USDT", step)
            await breathe(20)
            if lab.is_cut:
                await _recover(lab)
            await lab.settle()
    for _ in range(4):
        await lab.clock.advance(20)
        await lab.settle()
        if lab.is_cut:
            await _recover(lab)
    return answers


async def _prepared(folder: Path) -> SignalLab:
    lab = SignalLab(folder)
    await lab.start()
    await lab.add(PARTS)
    await lab.price("50000")
    return lab


async def _check(lab: SignalLab, answers: list[list[int]], where: object) -> None:
    assert all(told[-1] in (200, 409) for told in answers), (where, answers)
    deals = await lab.deals()
    # An order that provably never arrived fails its deal; the next signal then opens another one.
    assert all(not deal.position.entry_amount for deal in deals[:-1]), (where, answers)
    assert [deal.status for deal in deals[:-1]] == [DealStatus.FAILED] * (len(deals) - 1), (where, answers)
    deal = deals[-1]
    assert deal.status is DealStatus.CLOSED_BY_USER, (where, answers)
    filled = Counter(str(order.side) for order in deal.orders if order.filled)
    assert filled["buy"] + len(deals) - 1 <= 2, (where, answers)
    assert 1 <= filled["sell"] <= 2, (where, answers)
    assert deal.position.entry_amount <= Decimal("0.0206"), where
    assert not deal.held, where
    await lab.check_books()
    taken = [row for row in await lab.running.store.signals() if row.key]
    assert len(taken) == len(STORY), where


PARTS_OF_TEST = 5  # each within the time that a test may take


@pytest.mark.slow
@pytest.mark.parametrize("part", range(0, PARTS_OF_TEST, EACH_SHARE))
async def test_every_signal_acts_once_wherever_the_power_fails(tmp_path: Path, part: int) -> None:
    lab = await _prepared(tmp_path / "whole")
    lab.power.seams = 0
    answers = await _play(lab)
    seams = lab.power.seams
    assert answers == [[200]] * 4
    await _check(lab, answers, "no cut")
    await lab.stop()
    assert seams > 20
    for cut_at in range(1 + part, seams + 1, PARTS_OF_TEST):
        lab = await _prepared(tmp_path / f"cut{cut_at}")
        lab.power.seams, lab.power.cut_at = 0, cut_at
        answers = await _play(lab)
        await _check(lab, answers, cut_at)
        await lab.stop()


async def test_a_signal_that_is_on_the_disk_and_was_not_answered_is_known_when_it_comes_again(tmp_path: Path) -> None:
    lab = await _prepared(tmp_path)
    text = json.dumps({"action": "enter_long", "timestamp": str(lab.clock.at)})
    lab.power.cut_on = "record after"
    assert await _send(lab, text) == 0
    assert lab.is_cut
    await _recover(lab)
    assert await _send(lab, text) == 409
    await lab.price("50000")
    assert await lab.statuses() == [DealStatus.OPEN], "and it was acted on all the same"
    await lab.stop()
