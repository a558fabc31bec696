"""The computer slept, or the program was away: everything is connected and compared anew, and told."""

from pathlib import Path

from desktop_app.core.deal import DealStatus
from desktop_app.core.order import Role
from desktop_app.engine.news import AwayNews, FeedNews, ReconciledNews
from tests.engine.lab import Lab

HOURS = 3_600_000


def _away(lab: Lab) -> list[AwayNews]:
    return [news for news in lab.news if isinstance(news, AwayNews)]


async def _awake(folder: Path) -> Lab:
    lab = Lab(folder, beat_seconds=1)
    await lab.start()
    await lab.add()
    await lab.price("50000")
    await lab.clock.advance(2)
    return lab


async def test_a_sleep_is_noticed_and_nothing_leaves_before_all_is_compared(tmp_path: Path) -> None:
    lab = await _awake(tmp_path)
    session = lab.venue.session
    lab.venue.session = None  # what the exchange tells a sleeping computer is lost
    lab.clock.at += 8 * HOURS
    lab.venue.set_price("BTC/USDT", "48900")
    lab.venue.fail("open_orders", "lost", "lost")
    before = lab.venue.calls.count("place")
    await lab.clock.advance(1.1)
    assert lab.venue.session is not session
    assert lab.desk.link.is_shut
    assert lab.venue.calls.count("place") == before
    await lab.until(lambda: not lab.desk.link.is_shut)
    await lab.settle()

    assert [order.role for order in lab.venue.resting] == [Role.TAKE_PROFIT]
    told = _away(lab)
    assert len(told) == 1
    assert (told[0].kind, told[0].until - told[0].since >= 8 * HOURS) == ("slept", True)
    assert [(change.what, change.role) for change in told[0].changes] == [("filled", Role.SAFETY)]
    assert [news.is_live for news in lab.news if isinstance(news, FeedNews)] == [False, True]
    await lab.price("51000")
    assert await lab.statuses() == [DealStatus.COMPLETED]
    await lab.check_books()
    await lab.stop()


async def test_a_clock_that_is_set_back_connects_anew_without_a_story(tmp_path: Path) -> None:
    lab = await _awake(tmp_path)
    session = lab.venue.session
    lab.clock.at -= HOURS
    await lab.clock.advance(HOURS / 1000 + 2)
    await lab.settle()

    assert lab.venue.session is not session or lab.desk.link.is_connected
    await lab.stop()


async def test_what_happened_while_the_program_did_not_run_is_told_after_the_start(tmp_path: Path) -> None:
    lab = await _awake(tmp_path)
    await lab.kill()
    lab.clock.at += 2 * HOURS
    lab.venue.set_price("BTC/USDT", "51000")
    await lab.start()
    await lab.until(lambda: bool(_away(lab)))
    told = _away(lab)
    assert [(news.kind, news.account) for news in told] == [("not_running", "demo")]
    assert [(change.what, change.role, change.bot) for change in told[0].changes] == [
        ("filled", Role.TAKE_PROFIT, "Toy")
    ]
    assert told[0].changes[0].profit is not None and told[0].changes[0].profit > 0
    compared = [news for news in lab.news if isinstance(news, ReconciledNews) and news.cause == "start"]
    assert compared[-1].changes == told[0].changes
    assert compared[-1].fills == 1
    await lab.stop()


async def test_a_short_absence_is_nobodys_news(tmp_path: Path) -> None:
    lab = await _awake(tmp_path)
    await lab.stop()
    lab.clock.at += 10_000
    await lab.start()

    assert _away(lab) == []
    await lab.stop()
