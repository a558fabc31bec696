"""Bots whose pairs come from a list: resolved, subscribed, refreshed, and deals go on when their pair has left."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from desktop_app.core.deal import DealStatus
from desktop_app.core.market import Market
from desktop_app.core.strategies import KINDS
from desktop_app.engine.problem import BadBotFile
from tests.engine.lab import Lab
from tests.fakes import FakeVenue

COINS = ("BTC", "ETH", "SOL", "ADA", "DOT", "XRP", "LTC", "BCH")
BOT = """
kind = "dca"
name = "Top"
account = "demo"
pair_list = { quote = "USDT", top = 2, blacklist = ["ETH"] }
base_order = { volume = "100" }
take_profit = { percent = "2" }
limits = { max_active_deals = 3 }
"""


@pytest.fixture
async def many(tmp_path: Path) -> AsyncIterator[Lab]:
    lab = Lab(tmp_path, kinds=KINDS)
    markets = [Market(f"{coin}/USDT", coin, "USDT") for coin in COINS] + [Market("ETH/BTC", "ETH", "BTC")]
    lab.venue = FakeVenue(lab.clock, markets)
    lab.venue.balances |= {"BTC": Decimal(0)}
    lab.venue.volumes = {f"{coin}/USDT": Decimal(1000 - 100 * i) for i, coin in enumerate(COINS)}
    await lab.start()
    yield lab
    await lab.stop()


async def pairs(lab: Lab) -> tuple[str, ...]:
    (bot,) = await lab.running.supervisor.bots()
    return bot.pairs


async def test_the_largest_pairs_but_the_forbidden_ones_are_traded(many: Lab) -> None:
    await many.add(BOT)
    assert await pairs(many) == ("BTC/USDT", "SOL/USDT")
    for coin in ("BTC", "ETH", "SOL"):
        await many.price("100", f"{coin}/USDT")

    assert sorted(order.order.symbol for order in many.venue.orders.values() if order.order.role.value == "base") == [
        "BTC/USDT", "SOL/USDT",
    ]  # fmt: skip


async def test_a_list_is_made_anew_and_deals_on_pairs_that_left_go_on(many: Lab) -> None:
    await many.add(BOT)
    await many.price("100", "SOL/USDT")
    many.venue.volumes |= {f"{coin}/USDT": Decimal(9000 + i) for i, coin in enumerate(("DOT", "XRP", "LTC"))}
    await many.clock.advance(3_700)
    await many.settle()
    assert set(await pairs(many)) == {"XRP/USDT", "LTC/USDT", "SOL/USDT"}

    await many.price("103", "SOL/USDT")
    assert [deal.status for deal in await many.deals()] == [DealStatus.COMPLETED]
    await many.price("100", "SOL/USDT")
    assert len(await many.deals()) == 1, "nothing new on a pair that has left"
    assert set(await pairs(many)) == {"XRP/USDT", "LTC/USDT"}
    await many.price("100", "XRP/USDT")
    assert len(await many.deals()) == 2


async def test_the_list_survives_a_restart_without_a_network(many: Lab) -> None:
    await many.add(BOT)
    await many.stop()
    many.venue.fail("volumes", *["lost"] * 9)
    await many.start()

    assert await pairs(many) == ("BTC/USDT", "SOL/USDT")


async def test_all_pairs_of_a_currency_need_no_volumes(many: Lab) -> None:
    await many.add(BOT.replace("top = 2, ", ""))

    assert len(await pairs(many)) == 7 and "volumes" not in many.venue.calls


async def test_a_currency_that_the_account_does_not_know_is_refused(many: Lab) -> None:
    await many.add(BOT)
    with pytest.raises(BadBotFile) as refused:
        await many.running.supervisor.add_bot(BOT.replace("USDT", "EUR"))

    assert refused.value.problems == (("pair_list.quote", "demo trades no pair of EUR"),)


async def test_an_edit_may_take_a_pair_away_from_under_a_deal_that_came_by_a_list(many: Lab) -> None:
    await many.add(BOT)
    await many.price("100", "SOL/USDT")
    await many.running.supervisor.edit_bot(1, BOT.replace('["ETH"]', '["ETH", "SOL"]'))
    await many.settle()
    assert set(await pairs(many)) == {"BTC/USDT", "ADA/USDT", "SOL/USDT"}
    await many.price("103", "SOL/USDT")

    assert await many.statuses() == [DealStatus.COMPLETED]


async def test_funds_are_needed_for_as_many_deals_as_there_may_be_and_no_more_than_the_limit(many: Lab) -> None:
    await many.add(BOT.replace("top = 2", "top = 5"), is_started=False)
    for coin in COINS:
        await many.price("100", f"{coin}/USDT")
    await many.running.supervisor.start_bot(1)
    await many.settle()
    (bot,) = await many.running.supervisor.bots()
    assert bot.funds_max == 3 * Decimal("100.1")

    await many.running.supervisor.edit_bot(
        1, BOT.replace("max_active_deals = 3", "max_active_deals = 3, max_funds = 150")
    )
    await many.settle()
    (bot,) = await many.running.supervisor.bots()
    assert bot.funds_max == 150
