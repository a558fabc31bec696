"""Smart trades at work in the engine: placed, taken over from a deal, and through every failure of the power."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest

from desktop_app.core.deal import Deal, DealStatus
from desktop_app.core.events import CloseDeal, ConvertDeal, EditDeal, ForceStart
from desktop_app.core.order import OrderStatus, OrderType, Role
from desktop_app.core.strategies import KINDS
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.engine.problem import Problem
from tests.engine.lab import Lab
from tests.fakes import PowerCut, breathe

D = Decimal
TRADE = """
kind = "smart_trade"
name = "Swing"
account = "demo"
pair = "BTC/USDT"
amount = "0.01"
take_profit = { steps = [{ price = "51000", share = "50" }, { price = "52000", share = "50" }] }
stop_loss = { price = "49000", native = true, breakeven_after = 1 }
"""
DCA = """
kind = "dca"
name = "Ladder"
account = "demo"
pairs = ["BTC/USDT"]
base_order = { volume = "500" }
safety_orders = { volume = "500", price_deviation = "1", max_count = 3, max_active = 2 }
take_profit = { percent = "5" }
"""
UP = ("50000", "50500", "51000", "51500", "52000", "52100")
DOWN = ("50000", "49500", "48900", "48000")


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Dying tasks are what these tests are about; a hundred tracebacks are not."""
    caplog.set_level(logging.CRITICAL + 1, logger="desktop_app")


async def a_lab(folder: Path) -> Lab:
    lab = Lab(folder, kinds=KINDS)
    await lab.start()
    supervisor = lab.running.supervisor
    await supervisor.add_account("demo", "fake")
    await supervisor.allow_trading("demo")
    await lab.price("50000", opens=False)
    return lab


async def moved(lab: Lab, *prices: str) -> None:
    for price in prices:
        lab.clock.at += 1_000
        lab.venue.set_price("BTC/USDT", price)
        await breathe(20)
        if not lab.is_cut:
            await lab.settle()


async def recovered(lab: Lab) -> None:
    await lab.kill()
    await lab.start()
    for _ in range(5):
        await lab.clock.advance(20)
        await lab.settle()


def settings(**changes: object) -> SmartTradeSettings:
    read = {"name": "Heir", "account": "demo", "pair": "BTC/USDT", "amount": "1"} | changes
    return SmartTradeSettings.model_validate(read)


# --- placed


async def test_a_trade_is_placed_and_ends_with_its_last_target(tmp_path: Path) -> None:
    lab = await a_lab(tmp_path)
    bot = await lab.running.supervisor.add_trade(TRADE)
    await moved(lab, "50000")
    (stop,) = lab.venue.resting
    assert (stop.type, stop.trigger, stop.amount) == (OrderType.STOP, D(49000), D("0.01"))
    await moved(lab, *UP[1:3])
    assert [order.trigger for order in lab.venue.resting] == [D("50050")], "moved to where the fees are earned"
    await moved(lab, *UP[3:])

    (deal,) = await lab.deals(bot)
    assert deal.status is DealStatus.COMPLETED and deal.profit > 0
    assert lab.venue.resting == []
    await lab.clock.advance(1)
    await lab.settle()
    assert (await lab.running.supervisor.bot(bot)).status == "stopped"
    await lab.check_books(bot)
    await lab.stop()


async def test_a_stop_that_acted_while_the_program_was_closed_is_found(tmp_path: Path) -> None:
    lab = await a_lab(tmp_path)
    bot = await lab.running.supervisor.add_trade(TRADE)
    await moved(lab, "50000")
    await lab.stop()
    lab.venue.set_price("BTC/USDT", "48900")
    await lab.start()
    await lab.settle()

    (deal,) = await lab.deals(bot)
    assert deal.status is DealStatus.STOPPED_OUT
    await lab.check_books(bot)
    await lab.stop()


async def test_what_cannot_begin_leaves_nothing_behind(tmp_path: Path) -> None:
    lab = await a_lab(tmp_path)
    supervisor = lab.running.supervisor
    held = TRADE.replace('amount = "0.01"', 'trade = "hold"\nprice_paid = "40000"\namount = "0.01"')
    for text, code in (
        (TRADE.replace('"0.01"', '"0.00001"'), "trade_too_small"),
        (TRADE.replace('"0.01"', '"9"'), "not_affordable"),
        (held, "trade_without_coins"),
        (DCA, "no_trade"),
        ('kind = "smart_trade"', "bad_bot_file"),
    ):
        with pytest.raises(Problem) as refused:
            await supervisor.add_trade(text)
        assert refused.value.said.code == code
    assert await supervisor.bots() == ()
    await lab.stop()


async def test_d_14_the_same_trade_twice_is_one(tmp_path: Path) -> None:
    lab = await a_lab(tmp_path)
    wishes = [lab.running.supervisor.add_trade(TRADE) for _ in range(2)]
    done = await asyncio.gather(*wishes, return_exceptions=True)
    await moved(lab, "50000")

    assert sorted(type(one) is int for one in done) == [False, True]
    assert len(lab.venue.accepted) == 2, "one entry and one stop"
    await lab.stop()


async def test_a_running_trade_is_forced_edited_and_closed(tmp_path: Path) -> None:
    lab = await a_lab(tmp_path)
    supervisor = lab.running.supervisor
    waiting = TRADE.replace("take_profit", 'entry = { type = "limit", price = "45000" }\ntake_profit').replace(
        'stop_loss = { price = "49000"', 'stop_loss = { price = "44000"'
    )
    bot = await supervisor.add_trade(waiting)
    await moved(lab, "50000")
    assert [order.price for order in lab.venue.resting] == [D(45000)]
    await supervisor.ask(bot, ForceStart(1))
    await lab.settle()
    (view,) = await supervisor.deals(bot)
    running = SmartTradeSettings.model_validate_json(view.settings_json)
    changed = running.model_copy(update={"stop_loss": running.stop_loss.model_copy(update={"price": D(46000)})})
    await supervisor.ask(bot, EditDeal(1, changed.model_dump_json()))
    await lab.settle()
    assert [order.trigger for order in lab.venue.resting] == [D(46000)]
    await supervisor.ask(bot, CloseDeal(1))
    await lab.settle()

    assert await lab.statuses(bot) == [DealStatus.CLOSED_BY_USER]
    await lab.check_books(bot)
    await lab.stop()


# --- taken over from a deal


async def converted(lab: Lab) -> None:
    """Convert the deal of bot 1 as soon as it holds something, and again whenever the wish was lost."""
    supervisor = lab.running.supervisor
    wish = settings(
        take_profit={"steps": [{"price": "51000", "share": "100"}]}, stop_loss={"price": "47000", "native": True}
    )
    with suppress(Problem):
        await supervisor.ask(1, ConvertDeal(1, wish.model_dump_json()))


async def heirs(lab: Lab) -> list[Deal]:
    found: list[Deal] = []
    for view in await lab.running.supervisor.bots():
        if view.kind == "smart_trade":
            found += await lab.deals(view.bot_id)
    return found


async def check_hand_over(lab: Lab, where: object) -> None:
    """One trade took over all that the deal held; no coin is lost, none counted twice, no order is left behind."""
    (deal,) = await lab.deals(1)
    (heir,) = await heirs(lab)
    assert deal.status is DealStatus.CANCELLED, where
    assert heir.position.entry_amount == deal.held, where
    assert not heir.held, where
    assert lab.venue.balances["BTC"] == 0, where
    assert not lab.venue.resting, where
    assert len(set(lab.venue.accepted)) == len(lab.venue.accepted)
    spent = deal.position.cash(deal.direction) + heir.position.exit_quote - heir.position.exit_fee
    assert lab.venue.balances["USDT"] == D(10_000) + spent, where
    assert (await lab.running.store.verify_audit()).is_whole


async def prepared_deal(folder: Path) -> Lab:
    lab = await a_lab(folder)
    await lab.running.supervisor.add_bot(DCA)
    await lab.running.supervisor.start_bot(1)
    await lab.settle()
    await moved(lab, "50000", "49400")
    return lab


async def test_a_deal_becomes_a_smart_trade(tmp_path: Path) -> None:
    lab = await prepared_deal(tmp_path)
    before = {order.role for order in lab.venue.resting}
    assert before == {Role.SAFETY, Role.TAKE_PROFIT}
    await lab.running.supervisor.add_trade(TRADE.replace("Swing", "Heir"))  # its name is taken
    await lab.running.supervisor.pause_bot(1)
    await converted(lab)
    await lab.settle()
    await lab.clock.advance(8)
    await moved(lab, "49500")

    names = {view.name: view for view in await lab.running.supervisor.bots()}
    assert set(names) == {"Ladder", "Heir", "Heir 2"}
    (heir,) = await lab.deals(names["Heir 2"].bot_id)
    (deal,) = await lab.deals(1)
    assert (heir.held, heir.average) == (deal.held, round(deal.average, 16))
    await lab.stop()


@pytest.mark.slow
async def test_power_may_fail_anywhere_while_a_deal_is_handed_over(tmp_path: Path) -> None:
    lab = await prepared_deal(tmp_path / "whole")
    await lab.running.supervisor.pause_bot(1)
    lab.power.seams = 0
    await converted(lab)
    await lab.settle()
    await lab.clock.advance(8)
    await moved(lab, "49500")
    seams = lab.power.seams
    await moved(lab, "51000", "51100")
    await check_hand_over(lab, "no cut")
    await lab.stop()
    assert seams > 10
    for cut_at in range(1, seams + 1):
        lab = await prepared_deal(tmp_path / f"cut{cut_at}")
        await lab.running.supervisor.pause_bot(1)
        lab.power.seams, lab.power.cut_at = 0, cut_at
        with suppress(PowerCut, asyncio.CancelledError, TimeoutError):
            await asyncio.wait_for(_cut_short(lab, converted), 5)
        if not lab.is_cut:
            await lab.clock.advance(8)
        await moved(lab, "49500")
        assert lab.is_cut, cut_at
        await recovered(lab)
        if not await heirs(lab):
            await converted(lab)
            await lab.settle()
        await lab.clock.advance(8)
        await moved(lab, "49500", "49600")
        await lab.clock.advance(8)
        await moved(lab, "51000", "51100")
        await lab.clock.advance(8)
        await lab.settle()
        await check_hand_over(lab, cut_at)
        await lab.stop()


async def _cut_short(lab: Lab, act: Callable[[Lab], Awaitable[None]]) -> None:
    """A wish that was under way when the power failed gets no answer."""
    wish = asyncio.ensure_future(act(lab))
    while not wish.done() and not lab.is_cut:
        await breathe(4)
    wish.cancel()
    if not lab.is_cut:
        await lab.settle()


# --- power cuts


@pytest.mark.slow
@pytest.mark.parametrize(
    ("story", "status"), [(UP, DealStatus.COMPLETED), (DOWN, DealStatus.STOPPED_OUT)], ids=["targets", "stop"]
)
async def test_power_may_fail_before_and_after_every_call_and_every_commit(
    tmp_path: Path, story: tuple[str, ...], status: DealStatus
) -> None:
    lab = await a_lab(tmp_path / "whole")
    bot = await lab.running.supervisor.add_trade(TRADE)
    lab.power.seams = 0
    await moved(lab, *story)
    seams = lab.power.seams
    assert await lab.statuses(bot) == [status]
    await lab.stop()
    assert seams > 15
    for cut_at in range(1, seams + 1):
        lab = await a_lab(tmp_path / f"cut{cut_at}")
        await lab.running.supervisor.add_trade(TRADE)
        lab.power.seams, lab.power.cut_at = 0, cut_at
        await moved(lab, *story)
        assert lab.is_cut, cut_at
        await recovered(lab)
        for _ in range(3):
            await moved(lab, *story[1:])
            await lab.clock.advance(12)
            await lab.settle()
        statuses = await lab.statuses(bot)
        assert len(statuses) == 1 and statuses[0].is_over, (cut_at, statuses)
        assert not lab.venue.resting, cut_at
        assert all(order.status is not OrderStatus.PENDING for deal in await lab.deals(bot) for order in deal.orders)
        await lab.check_books(bot)
        await lab.stop()
