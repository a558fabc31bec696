"""What became of orders meanwhile: only what others did is told, with the profit of the deal it ended."""

from decimal import Decimal

from desktop_app.core.order import Role
from desktop_app.engine.news import ReconciledNews
from tests.engine.lab import Lab


async def _compared(lab: Lab) -> ReconciledNews:
    await lab.desk.link.reconcile("asked")
    await lab.settle()
    return [news for news in lab.news if isinstance(news, ReconciledNews)][-1]


def _behind_its_back(lab: Lab, price: str) -> None:
    session, lab.venue.session = lab.venue.session, None
    lab.venue.set_price("BTC/USDT", price)
    lab.venue.session = session


async def test_a_partly_filled_order_is_told_with_what_filled(lab: Lab) -> None:
    await lab.add()
    await lab.price("50000")
    lab.venue.part = Decimal("0.5")
    _behind_its_back(lab, "48900")
    news = await _compared(lab)

    assert [(change.what, change.role, change.amount) for change in news.changes] == [
        ("partly_filled", Role.SAFETY, Decimal("0.00102"))
    ]
    assert news.changes[0].profit is None
    assert news.cause == "asked"


async def test_an_order_cancelled_by_hand_is_told_and_our_own_cancels_are_not(lab: Lab) -> None:
    await lab.add()
    await lab.price("50000")
    safety = next(order for order in lab.venue.resting if order.role is Role.SAFETY)
    session, lab.venue.session = lab.venue.session, None
    lab.venue.cancel_outside(safety.client_id)
    lab.venue.session = session
    news = await _compared(lab)

    assert [(change.what, change.role) for change in news.changes] == [("cancelled", Role.SAFETY)]
    quiet = await _compared(lab)
    assert quiet.changes == ()


async def test_an_order_cancelled_by_hand_is_noticed_within_a_minute_without_any_stream(lab: Lab) -> None:
    await lab.add()
    await lab.price("50000")
    safety = next(order for order in lab.venue.resting if order.role is Role.SAFETY)
    session, lab.venue.session = lab.venue.session, None
    lab.venue.cancel_outside(safety.client_id)
    lab.venue.session = session
    await lab.clock.advance(45)
    await lab.settle()

    assert safety.client_id not in lab.desk.runners[1].ledger.live
