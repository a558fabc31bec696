"""An account's limits hold bots back before they begin a deal, and say so; what has begun goes on."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from desktop_app.core.deal import DealStatus
from desktop_app.core.events import CloseDeal
from desktop_app.core.risk import Limits
from desktop_app.core.strategies import KINDS
from desktop_app.engine.news import LogNews
from tests.engine.lab import Lab

D = Decimal
DCA = """
kind = "dca"
name = "First"
account = "demo"
pairs = ["BTC/USDT"]
base_order = { volume = 100 }
take_profit = { percent = 1 }
"""
SECOND = DCA.replace("First", "Second").replace("BTC/USDT", "ETH/USDT")


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    lab = Lab(tmp_path, kinds=KINDS)
    await lab.start()
    yield lab
    await lab.stop()


async def _prices(lab: Lab, btc: str = "50000", eth: str = "3000") -> None:
    await lab.price(btc)
    await lab.price(eth, "ETH/USDT")


async def _why(lab: Lab, bot: int) -> str:
    return next(view.why.code for view in await lab.running.supervisor.bots() if view.bot_id == bot)


async def test_a_bot_waits_for_room_and_begins_when_a_deal_is_over(lab: Lab) -> None:
    first = await lab.add(DCA)
    await _prices(lab)
    await lab.running.supervisor.set_limits("demo", Limits(max_open_deals=1))
    second = await lab.add(SECOND)
    for _ in range(3):
        await lab.clock.advance(61)
        await _prices(lab)

    assert await lab.deals(second) == []  # none that had begun only to be refused
    assert (await _why(lab, second), await _why(lab, first)) == ("why_account_full", "why_waits_tp")
    await lab.running.supervisor.ask(first, CloseDeal(1))
    await _prices(lab)
    await _prices(lab)
    assert [deal.status for deal in await lab.deals(second)] == [DealStatus.OPEN]
    assert await _why(lab, first) == "why_account_full"


async def test_a_bot_with_a_deal_hears_all_even_where_its_account_is_full_and_its_pair_barred(lab: Lab) -> None:
    bot = await lab.add(DCA)
    await _prices(lab)
    await lab.running.supervisor.set_limits("demo", Limits(max_open_deals=1, pairs=frozenset({"ETH/USDT"})))
    runner = lab.desk.runners[bot]
    assert not lab.desk.room.is_shut(runner, "BTC/USDT")
    await lab.price("51000")

    assert [deal.status for deal in await lab.deals(bot)] == [DealStatus.COMPLETED]
    assert lab.desk.room.is_shut(runner, "BTC/USDT")
    await lab.clock.advance(61)
    await lab.price("50500")
    assert len(await lab.deals(bot)) == 1
    assert await _why(lab, bot) == "why_pairs_barred"


async def test_an_order_that_a_limit_refuses_is_told_in_words(lab: Lab) -> None:
    await lab.add(DCA, is_started=False)
    await lab.running.supervisor.set_limits("demo", Limits(max_order_value=D(50)))
    await lab.running.supervisor.start_bot("First")
    await _prices(lab)

    refused = next(news for news in lab.news if isinstance(news, LogNews) and news.event_code == "order_refused")
    assert "above the account's limit of 50" in str(dict(refused.said.values)["reason"])
    assert lab.venue.accepted == []
