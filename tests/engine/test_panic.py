"""PANIC: stop, cancel, only if asked sell, report; and it outlives a restart."""

from decimal import Decimal

import pytest

from desktop_app.core.deal import DealStatus
from desktop_app.engine.news import HappenedNews, PanicNews
from desktop_app.engine.panic import PanicReport
from tests.engine.lab import BOT, Lab

SIX = tuple(BOT.replace('"Toy"', f'"Toy {n}"').replace("deals = 1", "deals = 9") for n in range(6))


async def _six_bots_with_twelve_orders(lab: Lab) -> None:
    lab.venue.balances["BTC"] = Decimal("0.5")  # not bought by any bot
    for text in SIX:
        await lab.add(text)
    await lab.price("50000")
    assert len(lab.venue.resting) == 12


async def _panic(lab: Lab, *, sell: bool) -> PanicReport:
    """PANIC as a person would press it, with time passing meanwhile."""
    reports: list[PanicReport] = []

    async def press() -> None:
        reports.append(await lab.running.supervisor.panic(sell=sell))

    lab.running._crew.spawn(press(), "a hand")
    await lab.until(lambda: bool(reports))
    return reports[0]


@pytest.mark.parametrize("sell", [False, True])
async def test_p_01_panic_stops_then_cancels_then_sells_only_if_asked(lab: Lab, sell: bool) -> None:
    await _six_bots_with_twelve_orders(lab)
    before = len(lab.venue.accepted)
    lab.venue.calls.clear()
    failing = lab.venue.resting[0].client_id
    lab.venue.fail("cancel", "lost")
    lab.venue.set_price("BTC/USDT", "50001")  # bots may be deciding just now

    report = await _panic(lab, sell=sell)
    await lab.settle()

    assert (report.bots_stopped, report.cancelled, report.orders, report.is_done) == (6, 12, 12, True)
    assert not lab.venue.resting
    assert lab.venue.cancels.count(failing) >= 2
    after = lab.venue.accepted[before:]
    assert len(after) == (6 if sell else 0)
    if sell:
        last_cancel = max(i for i, call in enumerate(lab.venue.calls) if call == "cancel")
        assert lab.venue.calls.index("place") > last_cancel
        assert lab.venue.balances["BTC"] == Decimal("0.5")
    expected = DealStatus.CLOSED_BY_USER if sell else DealStatus.CANCELLED
    for bot in range(1, 7):
        assert await lab.statuses(bot) == [expected]
    assert {told.code for told in report.left} == ({"panic_left"} if sell else {"panic_left", "panic_deal_left"})
    assert next(told["amount"] for told in report.left if told.code == "panic_left") == Decimal("0.5")
    steps = [news.step for news in lab.news if isinstance(news, PanicNews)]
    assert steps[0] == 1
    assert steps[-1] == 4

    await lab.price("50000")
    await lab.price("40000")
    assert len(lab.venue.accepted) == before + len(after)


async def test_bots_stay_stopped_after_panic_and_a_restart_until_each_is_started(lab: Lab) -> None:
    await _six_bots_with_twelve_orders(lab)
    await _panic(lab, sell=False)
    await lab.stop()
    await lab.start()
    await lab.price("50000")
    before = len(lab.venue.accepted)

    views = await lab.running.supervisor.bots()
    assert {view.status for view in views} == {"stopped"}
    assert {view.why.code for view in views} == {"why_stopped_by_panic"}
    await lab.running.supervisor.start_bot(1)
    await lab.price("50000")
    assert len(lab.venue.accepted) == before + 3
    assert len(await lab.deals(1)) == 2
    assert len(await lab.deals(2)) == 1


async def test_panic_that_a_kill_interrupted_goes_on_after_the_restart(lab: Lab) -> None:
    await _six_bots_with_twelve_orders(lab)
    lab.venue.fail("cancel", *["lost"] * 12)
    lab.running._crew.spawn(_ignore(lab), "a hand")
    await lab.settle()
    assert len(lab.venue.resting) == 12
    await lab.kill()
    await lab.start()
    await lab.until(lambda: not lab.venue.resting)
    await lab.until(lambda: any(isinstance(news, PanicNews) and news.is_done for news in lab.news))

    for bot in range(1, 7):
        assert await lab.statuses(bot) == [DealStatus.CANCELLED]
    assert {view.status for view in await lab.running.supervisor.bots()} == {"stopped"}


async def test_an_order_that_is_written_down_but_not_yet_sent_does_not_leave_in_panic(lab: Lab) -> None:
    await lab.add()
    lab.venue.set_price("BTC/USDT", "50000")  # the bot decides from here on, unawaited
    lab.running._crew.spawn(_ignore(lab), "a hand")
    await lab.settle()
    await lab.until(lambda: any(isinstance(news, PanicNews) and news.is_done for news in lab.news))

    assert lab.venue.accepted == []


async def test_orders_of_a_held_bot_are_cancelled_past_it(lab: Lab) -> None:
    await lab.add(BOT + 'explode_at = "49900"\n')
    await lab.price("50000")
    await lab.price("49800")
    assert (await lab.running.supervisor.bot(1)).status == "held"
    assert len(lab.venue.resting) == 2

    await _panic(lab, sell=False)

    assert not lab.venue.resting


async def test_what_panic_stops_is_told_to_the_events_file(lab: Lab) -> None:
    await lab.add()
    await lab.price("50000")
    await _panic(lab, sell=False)

    events = [news.event for news in lab.news if isinstance(news, HappenedNews)]
    assert events.count("bot_stopped") >= 1
    assert events.count("order_cancelled") == 2


async def _ignore(lab: Lab) -> None:
    await lab.running.supervisor.panic()
