"""One bot at work: decide, vet, write down, act."""

from desktop_app.core.deal import DealStatus
from desktop_app.core.order import Role
from tests.engine.lab import Lab


async def test_a_deal_is_opened_averaged_down_and_closed(lab: Lab) -> None:
    await lab.add()

    await lab.price("50000")
    assert [order.role for order in lab.venue.resting] == [Role.SAFETY, Role.TAKE_PROFIT]
    await lab.price("48900")
    assert [order.role for order in lab.venue.resting] == [Role.TAKE_PROFIT]
    await lab.price("51000")

    assert await lab.statuses() == [DealStatus.COMPLETED]
    await lab.check_books()
