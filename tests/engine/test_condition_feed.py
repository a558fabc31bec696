"""Conditions of bots at work: read from closed candles, told before the next price, never true of what was missed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desktop_app.core.deal import DealStatus
from desktop_app.core.order import Role
from desktop_app.core.reading import Outcome
from desktop_app.core.strategies import KINDS
from desktop_app.core.words import sentence
from desktop_app.exchange.protocol import Sink
from tests.engine.lab import Lab

PAIR = "BTC/USDT"
BOT = """
kind = "dca"
name = "Falls"
account = "demo"
pairs = ["BTC/USDT"]
base_order = { volume = "100" }
take_profit = { percent = "2" }
start = { mode = "conditions", all = [
  { indicator = "price_change", timeframe = "1m", length = 1, trigger = "less_than", value = -1 },
] }
"""
FIVE = BOT.replace('"1m"', '"5m"')


@pytest.fixture
async def dca(tmp_path: Path) -> AsyncIterator[Lab]:
    lab = Lab(tmp_path, kinds=KINDS)
    await lab.start()
    yield lab
    await lab.stop()


async def minute(lab: Lab, price: str, *, is_told: bool = True) -> None:
    lab.venue.close_minute(PAIR, price, is_told=is_told)
    await lab.settle()


async def why(lab: Lab) -> str:
    (bot,) = await lab.running.supervisor.bots()
    return sentence(bot.why)


async def test_a_deal_starts_with_the_first_price_after_the_candle_that_says_so(dca: Lab) -> None:
    await dca.add(BOT)
    await dca.price("100")
    await minute(dca, "100")
    await minute(dca, "99.5")
    await dca.price("99.5")
    assert not dca.venue.accepted
    assert await why(dca) == "Price change 1 on 1m is -0.5, waits for below -1."

    await minute(dca, "98")
    assert not dca.venue.accepted, "a candle alone buys nothing"
    await dca.price("98")

    assert [order.role for order in dca.venue.resting] == [Role.TAKE_PROFIT]


async def test_history_is_asked_for_so_that_a_bot_is_ready_at_once(dca: Lab) -> None:
    for price in ("100", "100", "98"):
        dca.venue.close_minute(PAIR, price)
    await dca.add(BOT)
    await dca.price("98")

    assert dca.venue.accepted


async def test_a_bot_without_enough_candles_says_how_many_there_are(dca: Lab) -> None:
    await dca.add(BOT.replace("length = 1", "length = 8"))
    await dca.price("100")
    for price in ("100", "90"):
        await minute(dca, price)

    assert await why(dca) == "Price change 8 on 1m is not ready: 2 of 9 candles."


async def test_coarser_candles_add_up_and_a_price_after_their_end_closes_them(dca: Lab) -> None:
    first = dca.clock.at - dca.clock.at % 300_000
    dca.clock.at = first
    await dca.add(FIVE)
    for price in ("100", "99", "98", "97", "100"):
        await minute(dca, price)
    for price in ("100", "99", "97"):
        await minute(dca, price)
    await dca.price("97")
    assert not dca.venue.accepted, "five minutes are not over"
    dca.clock.at = first + 600_000
    await dca.price("97")
    assert not dca.venue.accepted, "the last minutes may still be on their way"
    dca.clock.at += 5_000
    await dca.price("97")  # nothing was traded in the last two of them

    assert dca.venue.accepted


async def test_what_was_read_before_a_gap_no_longer_counts(dca: Lab) -> None:
    await dca.add(BOT)
    await dca.price("100")
    for price in ("100", "98"):
        await minute(dca, price)
    sink: Sink = dca.desk
    dca.venue.fail("candles", "lost", "lost")
    sink.on_feed(is_live=False, reason="the line is dead")
    await dca.settle()
    runner = dca.desk.runners[1]
    assert [reading.outcome for reading in runner.state.pair(PAIR).readings] == [Outcome.NOT_READY]

    dca.venue.close_minute(PAIR, "98", is_told=False)
    sink.on_feed(is_live=True, reason="")
    await dca.settle()
    await dca.price("98")
    assert not dca.venue.accepted
    await dca.clock.advance(30)
    await dca.settle()
    assert [reading.outcome for reading in runner.state.pair(PAIR).readings] == [Outcome.NO]


async def test_a_minute_that_comes_late_makes_the_history_be_asked_for_again(dca: Lab) -> None:
    await dca.add(BOT)
    await dca.price("100")
    await minute(dca, "100")
    await minute(dca, "90", is_told=False)
    late = dca.venue.minutes[PAIR][-1]
    await minute(dca, "89.9")
    runner = dca.desk.runners[1]
    assert runner.state.pair(PAIR).readings[0].outcome is Outcome.YES, "it fell by ten, as far as was heard"
    dca.desk.on_candle(PAIR, late, is_closed=True)
    await dca.settle()

    assert runner.state.pair(PAIR).readings[0].outcome is Outcome.NO


async def test_a_restarted_bot_reads_anew_before_it_acts(dca: Lab) -> None:
    await dca.add(BOT)
    await dca.price("100")
    for price in ("100", "98"):
        await minute(dca, price)
    dca.venue.close_minute(PAIR, "98", is_told=False)
    await dca.stop()
    await dca.start()
    await dca.price("98")
    assert not dca.venue.accepted, "what was true before the minute that it missed is not"


async def test_two_bots_share_what_they_read_and_one_that_ends_leaves_the_other_its_own(dca: Lab) -> None:
    await dca.add(BOT)
    await dca.add(BOT.replace("Falls", "Other"))
    await dca.price("100")
    for price in ("100", "99.5"):
        await minute(dca, price)
    asked = dca.venue.calls.count("candles")
    await dca.running.supervisor.stop_bot(1)
    await dca.desk.let_go(1)
    await minute(dca, "98")
    await dca.price("98")

    assert dca.venue.calls.count("candles") == asked
    assert not await dca.deals(1)
    assert [deal.status for deal in await dca.deals(2)] == [DealStatus.OPEN]
    await dca.desk.let_go(2)
    assert not dca.desk.conditions._pairs


async def test_an_edited_bot_reads_its_new_conditions(dca: Lab) -> None:
    await dca.add(BOT)
    await dca.price("100")
    for price in ("100", "99.9"):
        await minute(dca, price)
    await dca.running.supervisor.edit_bot(1, BOT.replace("value = -1 ", "value = 1 "))
    await dca.settle()
    await dca.price("99.9")

    assert dca.venue.accepted
