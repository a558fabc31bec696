"""One bot at work: decide, vet, write down, act."""

import pytest

from desktop_app.core.deal import DealStatus
from desktop_app.core.order import Role
from desktop_app.engine.bots import Then
from desktop_app.engine.news import HappenedNews, TimelineNews
from desktop_app.engine.problem import Problem
from desktop_app.store.errors import DiskFull
from desktop_app.store.rows import Write
from tests.engine.lab import BOT, Lab
from tests.fakes import FakeClock


async def test_a_deal_is_opened_averaged_down_and_closed(lab: Lab) -> None:
    await lab.add()

    await lab.price("50000")
    assert [order.role for order in lab.venue.resting] == [Role.SAFETY, Role.TAKE_PROFIT]
    await lab.price("48900")
    assert [order.role for order in lab.venue.resting] == [Role.TAKE_PROFIT]
    await lab.price("51000")

    assert await lab.statuses() == [DealStatus.COMPLETED]
    await lab.check_books()


async def test_nothing_leaves_before_it_is_on_disk(lab: Lab) -> None:
    await lab.add()
    lab.power.names.clear()
    await lab.price("50000")

    names = lab.power.names
    for place in (i for i, name in enumerate(names) if name == "place before"):
        assert "record after" in names[:place]
    assert names.index("record after") < names.index("place before")


async def test_an_order_is_intended_before_it_is_sent_and_sent_before_it_is_accepted(lab: Lab) -> None:
    await lab.add()
    for price in ("50000", "48900", "51000"):
        await lab.price(price)

    happened = [news for news in lab.news if isinstance(news, HappenedNews)]
    for client_id in lab.venue.accepted:
        events = [news.event for news in happened if news.client_id == client_id]
        assert events[:3] == ["order_intended", "order_sent", "order_accepted"], events
    names = [news.event for news in happened]
    assert names.index("bot_started") < names.index("deal_opened") < names.index("deal_closed")


async def test_a_deals_timeline_is_told_as_it_is_kept(lab: Lab) -> None:
    class Restless(FakeClock):
        """No two questions get the same answer: deciding, writing and telling take time."""

        def __call__(self) -> int:
            self.at += 1
            return self.at

    await lab.add()
    lab.venue.clock = Restless(lab.venue.clock.at)
    for price in ("50000", "48900", "51000"):
        await lab.price(price)

    kept = (await lab.running.supervisor.deal(1, 1)).timeline
    told = [news for news in lab.news if isinstance(news, TimelineNews) and news.deal == 1]
    assert [(news.at, news.said) for news in told] == [(line.at, line.said) for line in kept]


async def test_a_bot_with_a_bug_is_held_and_the_others_go_on(lab: Lab) -> None:
    await lab.add(BOT.replace('"Toy"', '"Broken"') + 'explode_at = "49000"\n')
    await lab.add(BOT)
    await lab.price("50000")
    await lab.price("48900")
    await lab.price("51000")

    broken, sound = await lab.running.supervisor.bots()
    assert (broken.status, broken.why.code) == ("held", "why_held_error")
    assert (sound.deals_closed, sound.deals_open) == (1, 0)
    assert await lab.statuses(2) == [DealStatus.COMPLETED]


async def test_a_held_bot_stays_held_over_a_restart_and_catches_up_when_it_is_started(lab: Lab) -> None:
    bot = await lab.add(BOT + 'explode_at = "49000"\n')
    await lab.price("50000")
    await lab.price("48900")
    await lab.stop()
    await lab.start()
    assert (await lab.running.supervisor.bot(bot)).status == "held"

    await lab.price("49500")
    await lab.running.supervisor.edit_bot(bot, BOT)
    await lab.running.supervisor.start_bot(bot)
    await lab.settle()
    await lab.price("51000")

    assert await lab.statuses() == [DealStatus.COMPLETED]
    await lab.check_books()


async def test_minor_steps_are_written_at_most_once_a_second(lab: Lab) -> None:
    await lab.add(BOT + "remembers = true\n")
    await lab.price("50000")
    lab.power.names.clear()
    for n in range(50):
        lab.clock.at += 100
        await lab.price(str(50000 + n))

    written = lab.power.names.count("record after")
    assert 3 <= written <= 6


async def test_a_full_disk_holds_the_bot_and_sends_nothing(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    await lab.add()
    full = DiskFull(path="/somewhere")

    async def fail(write: Write) -> int:
        raise full

    monkeypatch.setattr(lab.running.store, "record", fail)
    await lab.price("50000")

    view = await lab.running.supervisor.bot(1)
    assert (view.status, view.why.code) == ("held", "why_held_store")
    assert lab.venue.accepted == []


async def test_a_stopped_bot_ends_when_its_last_deal_is_over(lab: Lab) -> None:
    bot = await lab.add(BOT.replace("deals = 1", "deals = 9"))
    await lab.price("50000")
    await lab.running.supervisor.stop_bot(bot)
    await lab.price("51000")
    await lab.price("51000")

    assert await lab.statuses() == [DealStatus.COMPLETED]
    assert bot not in lab.desk.runners
    assert (await lab.running.supervisor.bot(bot)).status == "stopped"


@pytest.mark.parametrize(("then", "status"), [("close", "closed_by_user"), ("cancel", "cancelled")])
async def test_stopping_can_sell_or_let_go(lab: Lab, then: Then, status: str) -> None:
    bot = await lab.add(BOT.replace("deals = 1", "deals = 9"))
    await lab.price("50000")
    await lab.running.supervisor.stop_bot(bot, then)
    await lab.settle()

    assert await lab.statuses() == [status]
    assert not lab.venue.resting
    assert bool(lab.venue.balances["BTC"]) is (then == "cancel")


async def test_a_watch_only_account_sends_nothing_and_says_why(lab: Lab) -> None:
    supervisor = lab.running.supervisor
    await supervisor.add_account("demo", "fake")
    bot = await supervisor.add_bot(BOT)

    with pytest.raises(Problem) as refused:
        await supervisor.start_bot(bot)

    assert (refused.value.said.code, refused.value.exit_status) == ("account_watch_only", 3)


async def test_a_bot_that_others_plans_leave_no_funds_for_is_not_started(lab: Lab) -> None:
    lab.venue.set_price("BTC/USDT", "50000")
    await lab.add(BOT.replace('"Toy"', '"First"') + 'volume = "4000"\ntake_profit_percent = "50"\n')
    other = await lab.add(BOT + 'volume = "4000"\n', is_started=False)
    await lab.settle()

    with pytest.raises(Problem) as refused:
        await lab.running.supervisor.start_bot(other)

    assert refused.value.said.code == "not_affordable"
