"""D-01: an order that was sent but not recorded as sent is found again by its own id, once."""

import logging
from pathlib import Path

import pytest

from desktop_app.core.deal import DealStatus
from desktop_app.engine.news import ReconciledNews
from tests.engine.lab import Lab
from tests.fakes import breathe


async def test_d_01_an_order_sent_before_the_kill_is_adopted_once_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL + 1, logger="desktop_app")  # dying tasks are what this is about
    lab = Lab(tmp_path)
    await lab.start()
    await lab.add()
    lab.power.cut_on = "place after"
    lab.venue.set_price("BTC/USDT", "50000")
    await breathe()
    assert lab.is_cut
    (sent,) = lab.venue.accepted

    await lab.kill()
    lab.news.clear()
    await lab.start()
    await lab.clock.advance(20)
    await lab.settle()

    assert lab.venue.accepted.count(sent) == 1
    told = [news for news in lab.news if isinstance(news, ReconciledNews)]
    assert told[0].differences + told[0].fills >= 1
    (deal,) = await lab.deals()
    assert deal.status is not DealStatus.FAILED
    assert deal.order(sent) is not None
    assert deal.position.entry_amount > 0
    await lab.check_books()
    await lab.stop()
