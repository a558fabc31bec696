"""Which orders wait for what: exits only for what makes them impossible, new risk for everything uncertain."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from desktop_app.core.deal import DealStatus
from desktop_app.core.events import PriceTick
from desktop_app.core.order import OrderStatus, Role
from desktop_app.engine.news import HappenedNews, LogNews
from tests.engine.lab import BOT, Lab

TWO = BOT.replace("deals = 1", "deals = 2")


def _placed(lab: Lab) -> int:
    return lab.venue.calls.count("place")


def _told(lab: Lab, code: str) -> int:
    return sum(isinstance(news, LogNews) and news.said.code == code for news in lab.news)


def _exit_rests(lab: Lab) -> Callable[[], bool]:
    return lambda: [order.role for order in lab.venue.resting] == [Role.TAKE_PROFIT]


async def test_no_deal_opens_on_prices_that_may_be_stale(lab: Lab) -> None:
    await lab.add()
    lab.desk.on_feed(is_live=False, reason="connection reset")
    await lab.price("50000")
    assert _placed(lab) == 0
    assert (await lab.running.supervisor.bot(1)).why.code == "why_waits_for_prices"
    lab.desk.on_feed(is_live=True, reason="")
    await lab.settle()
    await lab.price("50001")

    assert await lab.statuses() == [DealStatus.OPEN]
    await lab.check_books()


async def test_exits_and_cancels_go_on_while_the_feed_is_away_and_entries_wait(lab: Lab) -> None:
    await lab.add()
    await lab.price("50000")
    lab.desk.on_feed(is_live=False, reason="connection reset")
    before = _placed(lab)
    await lab.price("48900")  # the exchange fills the safety order; its exit is placed anew
    assert _placed(lab) == before + 1
    assert _exit_rests(lab)()
    await lab.price("51000")

    assert await lab.statuses() == [DealStatus.COMPLETED]
    await lab.check_books()


async def test_no_deal_opens_before_all_is_compared_again(lab: Lab) -> None:
    await lab.add()
    lab.venue.fail("open_orders", "lost", "lost")
    lab.desk.on_feed(is_live=False, reason="gone")
    lab.desk.on_feed(is_live=True, reason="")
    await lab.price("50000")
    assert _placed(lab) == 0
    await lab.until(lambda: lab.desk.link.is_reconciled)
    await lab.price("50001")
    assert _placed(lab) > 0

    assert await lab.statuses() == [DealStatus.OPEN]


async def test_a_halted_pair_freezes_its_deals_and_lets_cancels_through(lab: Lab) -> None:
    await lab.add()
    await lab.price("50000")
    lab.venue.markets["BTC/USDT"] = replace(lab.venue.markets["BTC/USDT"], is_active=False)
    lab.desk.on_markets()
    assert _told(lab, "pair_halted") == 1
    before = _placed(lab)
    await lab.price("48900")
    assert _placed(lab) == before
    assert lab.venue.resting == []  # the old take profit could be cancelled
    assert await lab.statuses() == [DealStatus.OPEN]
    why = (await lab.running.supervisor.bot(1)).why
    assert why.code == "wait_halted"

    lab.venue.markets["BTC/USDT"] = replace(lab.venue.markets["BTC/USDT"], is_active=True)
    lab.desk.on_markets()
    await lab.settle()
    assert _exit_rests(lab)()
    assert _told(lab, "pair_resumed") == 1
    await lab.price("51000")
    assert await lab.statuses() == [DealStatus.COMPLETED]


async def test_a_pair_that_is_gone_keeps_its_deal_and_breaks_nothing(lab: Lab) -> None:
    await lab.add()
    await lab.price("50000")
    lab.venue.hidden.add("BTC/USDT")
    lab.desk.on_markets()
    await lab.price("48900")
    assert not lab.desk.markets["BTC/USDT"].is_active
    assert await lab.statuses() == [DealStatus.OPEN]
    await lab.kill()
    await lab.start()
    assert await lab.statuses() == [DealStatus.OPEN]
    lab.venue.hidden.clear()
    lab.desk.on_markets()
    await lab.clock.advance(60)
    await lab.settle()
    await lab.price("51000")

    assert await lab.statuses() == [DealStatus.COMPLETED]
    await lab.check_books()


async def test_bots_go_on_under_new_rules_of_their_pair(lab: Lab) -> None:
    await lab.add(TWO)
    await lab.price("50000")
    lab.venue.markets["BTC/USDT"] = replace(lab.venue.markets["BTC/USDT"], amount_step=Decimal("0.001"))
    lab.desk.on_markets()
    await lab.price("51000")
    await lab.price("51001")
    base = lab.venue.orders[lab.venue.accepted[3]].order

    assert base.role is Role.BASE
    assert base.amount == Decimal("0.002")


async def test_an_exit_without_coins_is_told_and_not_tried_in_a_circle(lab: Lab) -> None:
    await lab.add()
    await lab.price("50000")
    kept, lab.venue.balances["BTC"] = lab.venue.balances["BTC"], Decimal(0)  # sold by hand, somewhere else
    lab.venue.fail("place", *["insufficient_funds"] * 50)
    before = _placed(lab)
    await lab.price("48900")
    lab.venue.balances["BTC"] = Decimal(0)
    for _ in range(20):
        await lab.clock.advance(60)
        await lab.settle()
    tries = _placed(lab) - before
    assert tries <= 2
    await lab.price("48800")
    await lab.price("48801")
    assert (await lab.running.supervisor.bot(1)).why.code == "coins_missing"
    assert await lab.statuses() == [DealStatus.OPEN]

    lab.venue.faults["place"].clear()
    lab.venue.balances["BTC"] = kept * 3
    await lab.clock.advance(360)
    await lab.settle()
    assert _exit_rests(lab)()


async def test_coins_known_to_be_gone_are_not_even_asked_to_be_sold(lab: Lab) -> None:
    await lab.add()
    await lab.price("50000")
    lab.venue.balances["BTC"] = Decimal(0)
    await lab.clock.advance(31)
    await lab.settle()
    exit_order = next(order for order in lab.venue.resting if order.role is Role.TAKE_PROFIT)
    before = _placed(lab)
    lab.venue.cancel_outside(exit_order.client_id)
    await lab.settle()

    assert _placed(lab) == before
    assert _told(lab, "coins_missing") == 1


async def test_an_entry_without_money_is_tried_again_only_when_the_balance_has_changed(lab: Lab) -> None:
    await lab.add(BOT.replace("deals = 1", "deals = 100"))
    lab.venue.fail("place", *["insufficient_funds"] * 50)
    await lab.price("50000")
    for number in range(30):
        await lab.clock.advance(31)
        await lab.price(str(50_000 + number))
    assert _placed(lab) == 1
    assert (await lab.running.supervisor.bot(1)).why.code == "funds_missing"
    lab.venue.faults["place"].clear()
    lab.venue.balances["USDT"] += 500
    await lab.clock.advance(31)
    await lab.price("50001")

    assert _placed(lab) > 1


async def test_a_bot_short_of_money_hears_at_which_prices_it_may_only_end_deals(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lab.add(BOT.replace("deals = 1", "deals = 100"))
    lab.venue.fail("place", *["insufficient_funds"] * 50)
    await lab.price("50000")
    heard: list[object] = []
    monkeypatch.setattr(lab.desk.runners[1], "deliver", heard.append)
    await lab.clock.advance(31)
    lab.venue.set_price("BTC/USDT", "50001")
    lab.desk.nudge(lab.desk.runners[1], "BTC/USDT")

    ticks = [(tick.opens, tick.may_begin) for tick in heard if isinstance(tick, PriceTick)]
    assert ticks == [(True, False), (True, False)]


async def test_an_exit_goes_again_when_its_coins_are_there_after_all(lab: Lab) -> None:
    await lab.add()
    await lab.price("50000")
    exit_order = next(order for order in lab.venue.resting if order.role is Role.TAKE_PROFIT)
    lab.venue.fail("place", "insufficient_funds")
    await lab.price("48900")  # a safety order fills, so the exit is replaced
    assert exit_order.client_id in lab.venue.cancels
    assert not _exit_rests(lab)()
    for _ in range(11):
        await lab.clock.advance(31)
        await lab.settle()

    assert _exit_rests(lab)()
    await lab.check_books()


@pytest.mark.parametrize("fault", ["clock", "halted"])
async def test_what_was_refused_for_no_reason_of_its_own_goes_again_under_the_same_id(lab: Lab, fault: str) -> None:
    await lab.add()
    lab.venue.fail("place", fault)
    await lab.price("50000")
    await lab.clock.advance(20 if fault == "clock" else 62)
    await lab.settle()
    await lab.price("50000")

    statuses = [deal.status for deal in await lab.deals()]
    assert statuses == [DealStatus.OPEN] if fault == "clock" else statuses[0] in (DealStatus.OPEN, DealStatus.FAILED)
    await lab.check_books()


async def test_an_order_that_waits_is_not_sent_once_it_is_not_wanted(lab: Lab) -> None:
    await lab.add()
    await lab.price("50000")
    lab.venue.markets["BTC/USDT"] = replace(lab.venue.markets["BTC/USDT"], is_active=False)
    lab.desk.on_markets()
    await lab.price("48900")
    await lab.running.supervisor.stop_bot(1, "cancel")
    await lab.settle()
    lab.venue.markets["BTC/USDT"] = replace(lab.venue.markets["BTC/USDT"], is_active=True)
    lab.desk.on_markets()
    await lab.settle()

    assert await lab.statuses() == [DealStatus.CANCELLED]
    assert lab.venue.resting == []
    orders = await lab.running.store.orders(1, 1)
    assert {row.order.status for row in orders} <= {OrderStatus.FILLED, OrderStatus.CANCELED}


async def test_an_order_that_waited_when_the_power_failed_is_proved_never_to_have_left(lab: Lab) -> None:
    await lab.add()
    await lab.price("50000")
    lab.venue.markets["BTC/USDT"] = replace(lab.venue.markets["BTC/USDT"], is_active=False)
    lab.desk.on_markets()
    await lab.price("48900")
    await lab.kill()
    lab.venue.markets["BTC/USDT"] = replace(lab.venue.markets["BTC/USDT"], is_active=True)
    await lab.start()
    await lab.clock.advance(60)
    await lab.settle()
    await lab.until(_exit_rests(lab))
    await lab.price("51000")

    assert await lab.statuses() == [DealStatus.COMPLETED]
    await lab.check_books()


async def test_a_wait_is_an_event_only_once(lab: Lab) -> None:
    await lab.add()
    await lab.price("50000")
    lab.venue.markets["BTC/USDT"] = replace(lab.venue.markets["BTC/USDT"], is_active=False)
    for _ in range(3):
        lab.desk.on_markets()
        await lab.settle()

    halted = [news for news in lab.news if isinstance(news, HappenedNews) and news.event == "pair_halted"]
    assert len(halted) == 1
