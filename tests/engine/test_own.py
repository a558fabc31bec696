"""Bots with strategies of the user's own at work: asked, contained, recovered. Their processes are played here."""

import asyncio
import logging
from contextlib import suppress
from pathlib import Path

import pytest

from desktop_app.core.deal import DealStatus
from desktop_app.core.strategies import KINDS
from desktop_app.engine.problem import Problem
from desktop_app.own.folder import StrategyFile, StrategyFolder
from tests.engine.lab import EACH_SHARE, Lab
from tests.fakes import Power, PowerCut, breathe
from tests.own.played import PlayedProcess

BOT = """
kind = "python"
name = "Own"
account = "demo"
pairs = ["BTC/USDT"]
file = "dip.py"
max_funds = "1000"
timeframe = "1m"
"""
# Buys with its first candle, twice in all; lets a target rest and a stop be watched; counts what it was told.
DIP = """
from strongroom import buy, stop, targets

def on_event(settings, state, event, view):
    state = dict(state or {"asked": 0, "deals": 0})
    state["asked"] += 1
    if event.kind == "filled" and event.side == "buy" and not event.left:
        return state, [targets((view.average * 101 / 100, 60), (view.average * 102 / 100, 40)),
                       stop(view.average * 97 / 100), buy(quote=100, price=view.average * 98 / 100, name="dip")]
    if event.kind == "filled" and event.side == "sell" and not view.has_position:
        return state, [] if not view.orders else [sell_rest(view)]
    if event.kind == "candle" and not view.has_position and not view.orders and state["deals"] < 2:
        state["deals"] += 1
        return state, [buy(quote=100)]
    return state, []

def sell_rest(view):
    from strongroom import sell
    return sell()
"""
STORY = ("50000", "50100", "49000", "49200", "50700", "51500", "50000", "49800", "52000", "53000")


@pytest.fixture(autouse=True)
def _played(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL + 1, logger="desktop_app")
    monkeypatch.setattr("desktop_app.own.asking.StrategyProcess", PlayedProcess)
    monkeypatch.setattr("desktop_app.engine.own.StrategyProcess", PlayedProcess)
    monkeypatch.setattr("desktop_app.engine.own._TRIES", ())  # this exchange has no candles, and never will


def write(folder: Path, text: str = DIP, *, is_trusted: bool = True) -> None:
    strategies = StrategyFolder(folder / "strategies")
    file = StrategyFile("dip.py", text)
    strategies.keep(file)
    if is_trusted:
        strategies.trust(file, 0)


async def lab_at_work(folder: Path, text: str = DIP) -> Lab:
    lab = Lab(folder, kinds=KINDS)
    lab.venue.set_price("BTC/USDT", "50000")
    await lab.start()
    write(folder, text)
    await lab.add(BOT)
    await lab.price("50000")
    return lab


async def minute(lab: Lab, price: str) -> None:
    """The price moves, the candle closes, and the first price after it comes."""
    lab.clock.at += 60_000
    for _ in range(2):
        lab.venue.set_price("BTC/USDT", price)
        await breathe(20)
        if not lab.is_cut:
            await lab.settle()


async def test_a_strategy_trades_and_its_books_are_right(tmp_path: Path) -> None:
    lab = await lab_at_work(tmp_path)
    for price in STORY:
        await minute(lab, price)

    assert (await lab.statuses())[0] is DealStatus.COMPLETED
    assert len(await lab.deals()) == 2
    await lab.check_books()
    await lab.stop()


@pytest.mark.parametrize(("broken", "code"), [("1 / 0", "own_raised"), ("'FOR EVER'", "own_slow")])
async def test_a_strategy_that_fails_stops_its_bot_and_no_other(tmp_path: Path, broken: str, code: str) -> None:
    lab = await lab_at_work(
        tmp_path, f"def on_event(settings, state, event, view):\n    {broken}\n    return state, []\n"
    )
    strategies = StrategyFolder(tmp_path / "strategies")
    good = StrategyFile("good.py", DIP)
    strategies.keep(good)
    strategies.trust(good, 0)
    other = await lab.add(BOT.replace("Own", "Other").replace("dip.py", "good.py"))
    for price in STORY[:4]:
        await minute(lab, price)

    await lab.until(lambda: lab.running.supervisor._bots.row("Own").status == "stopped")
    failed = await lab.running.supervisor.bot("Own")
    assert (failed.status, failed.why.code) == ("stopped", code)
    assert failed.why["file"] == "dip.py"
    assert (await lab.running.supervisor.bot(other)).status == "running"
    assert await lab.deals(other)
    await lab.stop()


async def test_a_failure_with_a_deal_keeps_its_exits_and_it_can_be_mended(tmp_path: Path) -> None:
    text = DIP.replace('state["asked"] += 1', 'state["asked"] += 1\n    assert state["asked"] < 3, "tired"')
    lab = await lab_at_work(tmp_path, text)
    await minute(lab, "50100")
    await minute(lab, "50200")
    view = await lab.running.supervisor.bot("Own")
    assert view.why.code == "own_raised" and "tired" in str(view.why["error"]) and view.deals_open == 1
    resting = {order.side.value for order in lab.venue.resting}
    assert resting == {"sell"}, "the buy was taken back, the targets rest"

    write(tmp_path, DIP)
    await lab.running.supervisor.start_bot("Own")
    for price in ("50700", "51500", "52000"):
        await minute(lab, price)

    assert (await lab.statuses())[0] is DealStatus.COMPLETED
    await lab.check_books()
    await lab.stop()


async def test_without_consent_or_with_wrong_settings_nothing_starts(tmp_path: Path) -> None:
    lab = Lab(tmp_path, kinds=KINDS)
    await lab.start()
    bot = await lab.add(BOT, is_started=False)
    supervisor = lab.running.supervisor
    for change, code in ((None, "own_not_there"), (False, "own_not_trusted")):
        if change is not None:
            write(tmp_path, is_trusted=change)
        with pytest.raises(Problem) as caught:
            await supervisor.start_bot(bot)
        assert caught.value.said.code == code
    (view,) = await supervisor.strategies()
    with pytest.raises(Problem) as caught:
        await supervisor.trust_strategy("dip.py", "another")
    assert caught.value.said.code == "own_changed_meanwhile"
    await supervisor.trust_strategy("dip.py", view.digest)
    assert (await supervisor.strategies())[0].is_trusted
    assert (await supervisor.describe_strategy("dip.py")).fields == ()

    await supervisor.edit_bot(bot, BOT + "options = { nonsense = 1 }\n")
    with pytest.raises(Problem) as caught:
        await supervisor.start_bot(bot)
    assert "options.nonsense" in str(caught.value.said["problems"])
    assert (await supervisor.bot(bot)).status == "stopped"
    await lab.stop()


async def test_a_file_that_changed_asks_again_at_the_next_start(tmp_path: Path) -> None:
    lab = await lab_at_work(tmp_path)
    await minute(lab, "50100")
    assert await lab.deals()
    write(tmp_path, DIP + "# changed\n", is_trusted=False)
    await minute(lab, "50150")
    assert (await lab.running.supervisor.bot("Own")).why.code != "own_changed", "what runs is the text that was trusted"

    await lab.stop()
    await lab.start()
    await minute(lab, "50200")

    assert (await lab.running.supervisor.bot("Own")).why.code == "own_changed"
    await lab.stop()


async def _until_done(lab: Lab) -> None:
    for price in ("50000", "51000", "52000", "50000", "51500", "53000", "54000", "56000"):
        await minute(lab, price)
        await lab.clock.advance(8)
        await lab.settle()


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1, 9, EACH_SHARE))
async def test_power_may_fail_before_and_after_every_call_and_every_commit(tmp_path: Path, first: int) -> None:
    """Every eighth seam each, so that no part takes long."""
    lab = await lab_at_work(tmp_path / "whole")
    lab.power.seams = 0
    for price in STORY:
        await minute(lab, price)
    seams = lab.power.seams
    await lab.stop()
    assert seams > 30
    for cut_at in range(first, seams + 1, 8):
        lab = await lab_at_work(tmp_path / f"cut{cut_at}")
        lab.power.seams, lab.power.cut_at = 0, cut_at
        for price in STORY:
            with suppress(PowerCut, asyncio.CancelledError):
                await minute(lab, price)
        assert lab.is_cut
        await lab.kill()
        lab.power = Power()
        await lab.start()
        for _ in range(5):
            await lab.clock.advance(20)
            await lab.settle()
        await _until_done(lab)
        deals = await lab.deals()
        assert 1 <= len(deals) <= 2, cut_at
        assert not lab.venue.resting or not all(deal.status.is_over for deal in deals), cut_at
        await lab.check_books()
        await lab.stop()
