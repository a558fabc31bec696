"""Orders whose outcome is unknown: looked for, never sent again."""

import pytest

from desktop_app.core.deal import DealStatus
from desktop_app.core.order import OrderStatus, Role
from desktop_app.engine.news import HappenedNews
from tests.engine.lab import Lab


def _events(lab: Lab) -> list[str]:
    return [news.event for news in lab.news if isinstance(news, HappenedNews)]


async def _wait(lab: Lab, seconds: float) -> None:
    await lab.clock.advance(seconds)
    await lab.settle()


@pytest.mark.parametrize("fault", ["timeout", "garbled"])
async def test_an_order_that_arrived_without_an_answer_is_found(lab: Lab, fault: str) -> None:
    await lab.add()
    lab.venue.tells_trades = False
    lab.venue.fail("place", fault)
    await lab.price("50000")
    assert "order_unknown" in _events(lab)
    await _wait(lab, 3)

    assert len(lab.venue.accepted) == 3  # base once, then safety and take profit
    assert await lab.statuses() == [DealStatus.OPEN]
    await lab.check_books()


async def test_a_late_order_is_waited_for_and_adopted(lab: Lab) -> None:
    await lab.add()
    lab.venue.fail("place", "late")
    await lab.price("50000")
    await _wait(lab, 4)
    assert await lab.statuses() == [DealStatus.OPENING]
    lab.clock.at += 2_000
    lab.venue.arrive()
    await _wait(lab, 20)

    assert await lab.statuses() == [DealStatus.OPEN]
    await lab.check_books()


async def test_a_lost_order_is_given_up_only_when_it_cannot_arrive_any_more(lab: Lab) -> None:
    await lab.add()
    lab.venue.fail("place", "lost")
    await lab.price("50000")
    await _wait(lab, 9)
    assert await lab.statuses() == [DealStatus.OPENING]
    await _wait(lab, 8)  # and then soon: a bot that waits earns nothing

    assert await lab.statuses() == [DealStatus.FAILED]
    assert lab.venue.accepted == []
    orders = await lab.running.store.orders(1, 1)
    assert [(row.order.status, row.order.reason) for row in orders] == [(OrderStatus.REJECTED, "never arrived")]


async def test_an_unanswered_search_proves_nothing(lab: Lab) -> None:
    await lab.add()
    lab.venue.fail("place", "late")
    lab.venue.late_ms = 9_000
    lab.venue.fail("find_order", *["lost"] * 12)
    await lab.price("50000")
    await _wait(lab, 25)
    assert await lab.statuses() == [DealStatus.OPENING]
    lab.venue.arrive()
    await _wait(lab, 60)

    assert await lab.statuses() == [DealStatus.OPEN]
    await lab.check_books()


async def test_a_refused_order_is_told_and_final(lab: Lab) -> None:
    await lab.add()
    lab.venue.fail("place", "refused")
    await lab.price("50000")

    assert await lab.statuses() == [DealStatus.FAILED]
    assert _events(lab).count("order_rejected") == 1
    assert "order_unknown" not in _events(lab)


async def test_news_told_twice_count_once(lab: Lab) -> None:
    lab.venue.repeats_news = True
    await lab.add()
    for price in ("50000", "48900", "51000"):
        await lab.price(price)

    assert await lab.statuses() == [DealStatus.COMPLETED]
    await lab.check_books()


async def test_fills_that_no_stream_told_are_fetched(lab: Lab) -> None:
    lab.venue.tells_trades = False
    await lab.add()
    for price in ("50000", "48900", "51000"):
        await lab.price(price)
        await _wait(lab, 3)

    assert await lab.statuses() == [DealStatus.COMPLETED]
    await lab.check_books()


@pytest.mark.parametrize("fault", ["lost", "timeout", "refused"])
async def test_a_cancel_without_a_clear_answer_is_pursued(lab: Lab, fault: str) -> None:
    await lab.add()
    await lab.price("50000")
    lab.venue.fail("cancel", fault, fault, fault)
    await lab.price("48900")
    for _ in range(6):
        await _wait(lab, 4)

    resting = lab.venue.resting
    assert [order.role for order in resting] == [Role.TAKE_PROFIT]
    assert resting[0].amount == lab.venue.balances["BTC"]
    await lab.check_books()


async def test_what_happened_while_the_application_was_away_is_caught_up(lab: Lab) -> None:
    await lab.add()
    await lab.price("50000")
    await lab.kill()
    lab.clock.at += 3_600_000
    lab.venue.set_price("BTC/USDT", "48900")
    await lab.start()
    assert [order.role for order in lab.venue.resting] == [Role.TAKE_PROFIT]
    await lab.price("51000")

    assert await lab.statuses() == [DealStatus.COMPLETED]
    await lab.check_books()


async def test_an_order_cancelled_by_hand_on_the_exchange_is_told_to_the_bot(lab: Lab) -> None:
    await lab.add()
    await lab.price("50000")
    exit_order = next(order for order in lab.venue.resting if order.role is Role.TAKE_PROFIT)
    lab.venue.cancel_outside(exit_order.client_id)
    await lab.settle()

    assert exit_order.client_id not in {order.client_id for order in lab.venue.resting}
    assert [order.role for order in lab.venue.resting] == [Role.SAFETY, Role.TAKE_PROFIT]
    await lab.check_books()


async def test_an_account_that_cannot_be_reached_at_first_is_tried_again(lab: Lab) -> None:
    await lab.add()
    await lab.price("50000")
    await lab.kill()
    lab.venue.fail("open_orders", "lost", "lost")
    await lab.start()
    why = (await lab.running.supervisor.bot(1)).why
    assert why.code == "why_waits_for_check"
    await lab.until(lambda: lab.desk.link.is_open)

    await lab.price("51000")
    assert await lab.statuses() == [DealStatus.COMPLETED]
