"""An order that is said to have filled before its trades are listed, and trades that come too late or too large."""

from dataclasses import replace
from decimal import Decimal

from desktop_app.core.deal import DealStatus
from desktop_app.core.order import OrderStatus, Role
from desktop_app.engine.news import LogNews
from desktop_app.engine.unlisted import was_made
from tests.engine.lab import Lab


def _errors(lab: Lab) -> list[str]:
    return [news.said.code for news in lab.news if isinstance(news, LogNews) and news.level == "error"]


async def _wait(lab: Lab, seconds: float) -> None:
    await lab.clock.advance(seconds)
    await lab.settle()


async def test_an_order_stays_live_until_its_trades_are_listed(lab: Lab) -> None:
    await lab.add()
    lab.venue.tells_trades = False
    lab.venue.unlisted = True
    await lab.price("50000")
    await _wait(lab, 20)
    assert await lab.statuses() == [DealStatus.OPENING]
    lab.venue.unlisted = False
    await _wait(lab, 20)
    lab.venue.tells_trades = True

    assert await lab.statuses() == [DealStatus.OPEN]
    assert _errors(lab) == []
    await lab.check_books()


async def test_trades_that_are_never_listed_are_believed_after_a_minute_and_counted_once(lab: Lab) -> None:
    await lab.add()
    lab.venue.tells_trades = False
    lab.venue.unlisted = True
    await lab.price("50000")
    await _wait(lab, 100)
    assert await lab.statuses() == [DealStatus.OPEN]
    assert "trades_never_listed" in _errors(lab)
    fills = await lab.running.store.fills(1)
    assert [was_made(row.fill.trade_id) for row in fills] == [True]
    lab.venue.unlisted = False
    await _wait(lab, 700)

    assert len(await lab.running.store.fills(1)) == 1
    deal = (await lab.deals())[0]
    assert deal.position.entry_amount == lab.venue.balances["BTC"]


async def test_a_fill_of_an_order_that_was_over_is_taken_into_its_deal(lab: Lab) -> None:
    await lab.add()
    await lab.price("50000")
    safety = next(order for order in lab.venue.resting if order.role is Role.SAFETY)
    resting = lab.venue.orders[safety.client_id]
    lab.venue.cancel_outside(safety.client_id)
    await lab.settle()
    resting.status = OrderStatus.OPEN  # the exchange takes its word back
    await lab.price("48900")
    await _wait(lab, 5)

    deal = (await lab.deals())[0]
    assert deal.position.entry_amount == lab.venue.balances["BTC"]
    assert [order.amount for order in lab.venue.resting] == [lab.venue.balances["BTC"]]


async def test_a_fill_of_an_order_that_was_believed_never_to_have_arrived_is_taken_in_too(lab: Lab) -> None:
    lab.venue.late_ms = 3_600_000
    await lab.add()
    await lab.price("50000")
    lab.venue.fail("place", "late")
    await lab.price("48900")  # the safety order fills; the new exit gets lost on its way
    await _wait(lab, 120)
    lost = [row.order for row in await lab.running.store.orders(1, 1) if row.order.status is OrderStatus.REJECTED]
    assert [order.role for order in lost] == [Role.TAKE_PROFIT]
    lab.clock.at += 3_600_000
    lab.venue.prices["BTC/USDT"] = Decimal(52_000)
    for order in lab.venue.resting:
        lab.venue.orders[order.client_id].status = OrderStatus.CANCELED
    lab.venue.arrive()
    await lab.settle()
    await _wait(lab, 60)

    assert "late_fill_taken" in _errors(lab)
    assert await lab.statuses() == [DealStatus.COMPLETED]
    await lab.check_books()


async def test_an_order_that_is_over_in_the_journal_and_rests_all_the_same_is_cancelled(lab: Lab) -> None:
    await lab.add()
    await lab.price("50000")
    safety = next(order for order in lab.venue.resting if order.role is Role.SAFETY)
    lab.venue.cancel_outside(safety.client_id)
    await lab.settle()
    lab.venue.orders[safety.client_id].status = OrderStatus.OPEN
    await _wait(lab, 40)

    assert safety.client_id not in [order.client_id for order in lab.venue.resting]


async def test_more_than_was_ordered_is_counted_and_told(lab: Lab) -> None:
    await lab.add()
    lab.venue.tells_trades = True
    await lab.price("50000")
    safety = next(order for order in lab.venue.resting if order.role is Role.SAFETY)
    resting = lab.venue.orders[safety.client_id]
    resting.order = replace(safety, amount=safety.amount + Decimal("0.001"))
    await lab.price("48900")

    assert "overfilled" in _errors(lab)
    deal = (await lab.deals())[0]
    assert deal.position.entry_amount == lab.venue.balances["BTC"]


async def test_an_order_that_was_taken_first_and_refused_later_rests_no_longer(lab: Lab) -> None:
    await lab.add()
    await lab.price("50000")
    safety = next(order for order in lab.venue.resting if order.role is Role.SAFETY)
    resting = lab.venue.orders[safety.client_id]
    resting.status = OrderStatus.REJECTED
    lab.venue.tell_order(resting)
    await lab.settle()
    view = await lab.running.supervisor.bot(1)

    assert view.status == "running"
    assert safety.client_id not in lab.desk.runners[1].ledger.live
