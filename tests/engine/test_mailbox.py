"""What waits for a bot."""

from decimal import Decimal

import pytest

from desktop_app.core.events import ClockStruck, OrderAccepted, PriceTick
from desktop_app.engine.mailbox import Mailbox, MailboxFull


def _tick(price: int, symbol: str = "BTC/USDT", *, opens: bool = True) -> PriceTick:
    return PriceTick(symbol, Decimal(price), price, opens=opens)


async def test_a_waiting_price_is_replaced_by_the_newest_of_its_pair() -> None:
    box = Mailbox()
    for price in (1, 2, 3):
        box.put(_tick(price))
        box.put(_tick(price * 10, "ETH/USDT"))

    assert len(box) == 2
    assert await box.get() == _tick(3)
    assert await box.get() == _tick(30, "ETH/USDT")


async def test_a_chance_to_open_survives_merging() -> None:
    box = Mailbox()
    box.put(_tick(1, opens=True))
    box.put(_tick(2, opens=False))

    assert await box.get() == _tick(2, opens=True)


async def test_order_events_keep_their_number_and_order() -> None:
    box = Mailbox()
    events = [OrderAccepted(f"c{n}", "", n) for n in range(100)]
    for event in events:
        box.put(event)
        box.put(_tick(event.at + 1))

    got = [await box.get() for _ in range(len(box))]

    assert [item for item in got if isinstance(item, OrderAccepted)] == events
    assert sum(isinstance(item, PriceTick) for item in got) == 1


async def test_a_full_mailbox_says_so_and_prices_never_fill_it() -> None:
    box = Mailbox(limit=2)
    box.put(ClockStruck(1))
    box.put(ClockStruck(2))
    box.put(_tick(1))

    with pytest.raises(MailboxFull):
        box.put(ClockStruck(3))


async def test_what_must_be_decided_first_comes_first() -> None:
    box = Mailbox()
    box.put(ClockStruck(2))
    box.put_first(ClockStruck(1))

    assert await box.get() == ClockStruck(1)
