"""Starting, stopping, and living on a thread of its own."""

from decimal import Decimal
from pathlib import Path

import pytest

from desktop_app.config import Paths
from desktop_app.core.said import said
from desktop_app.engine.engine import Engine
from desktop_app.engine.news import FeedNews, LogNews
from desktop_app.engine.problem import Problem, worded
from desktop_app.engine.thread import EngineThread
from desktop_app.engine.words_engine import WORDS
from tests.engine.lab import BOT, Lab
from tests.fakes import FakeClock, FakeExchange, FakeVenue


async def test_a_second_engine_on_the_same_folder_is_refused(lab: Lab) -> None:
    with pytest.raises(Problem) as refused:
        await Lab(lab.folder).start()

    assert refused.value.said.code == "second_instance"


async def test_a_damaged_database_is_a_sentence_and_nothing_stays_locked(tmp_path: Path) -> None:
    (tmp_path / "strongroom.sqlite3").write_bytes(b"this is no database, however long it may be" * 100)
    with pytest.raises(Problem) as refused:
        await Lab(tmp_path).start()
    assert refused.value.said.code == "store_problem"

    (tmp_path / "strongroom.sqlite3").unlink(missing_ok=True)
    lab = Lab(tmp_path)
    await lab.start()
    await lab.stop()


async def test_a_lost_and_restored_feed_is_told_and_makes_bots_wait(lab: Lab) -> None:
    await lab.add()
    await lab.price("50000")
    lab.desk.on_feed(is_live=False, reason="connection reset")
    view = await lab.running.supervisor.bot(1)
    assert view.why.code == "why_waits_for_prices"
    lab.desk.on_feed(is_live=True, reason="")
    await lab.settle()

    assert [news.is_live for news in lab.news if isinstance(news, FeedNews)] == [False, True]


async def test_a_feed_that_says_nothing_while_prices_move_is_lost(lab: Lab) -> None:
    await lab.add()
    await lab.price("50000")
    lab.venue.prices["BTC/USDT"] = Decimal(49_500)
    await lab.clock.advance(95)
    assert not lab.desk.link.is_live_feed
    await lab.price("50001")

    assert lab.desk.link.is_live_feed


async def test_a_market_in_which_nobody_trades_is_not_a_lost_feed(lab: Lab) -> None:
    await lab.add()
    await lab.price("50000")
    await lab.clock.advance(300)

    assert lab.desk.link.is_live_feed
    assert [news for news in lab.news if isinstance(news, FeedNews)] == []


async def test_a_part_that_breaks_is_started_again_visibly(lab: Lab) -> None:
    await lab.add()
    calls: list[int] = []

    async def fragile() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("broken")

    lab.running._crew.keep(fragile, "a fragile part")
    await lab.settle()
    await lab.clock.advance(1)

    assert len(calls) == 2
    assert any(isinstance(news, LogNews) and news.event_code == "task_failed" for news in lab.news)


async def test_funds_count_the_plans_of_all_other_bots(lab: Lab) -> None:
    lab.venue.set_price("BTC/USDT", "50000", opens=False)
    first = await lab.add(BOT.replace('"Toy"', '"First"') + 'volume = "1000"\n')
    await lab.add(BOT.replace('"Toy"', '"Second"') + 'volume = "500"\n', is_started=False)
    await lab.running.supervisor.pause_bot(first)
    bar = await lab.running.supervisor.uncommitted("demo", "USDT")
    alone = await lab.running.supervisor.uncommitted("demo", "USDT", first)

    assert bar.uncommitted == bar.free - sum(amount for _, amount in bar.reserved_by)
    assert alone.reserved_by == ()


async def test_the_thread_runs_an_engine_and_stops_it(tmp_path: Path) -> None:
    venue = FakeVenue(FakeClock())
    thread = EngineThread(lambda: Engine(Paths(tmp_path), lambda *_: FakeExchange(venue)))
    engine = thread.start().result(30)
    view = thread.call(lambda: engine.supervisor.add_account("demo", "fake")).result(30)

    assert view.name == "demo"
    assert thread.stop(30)


async def test_a_thread_tells_why_its_engine_did_not_start(lab: Lab) -> None:
    thread = EngineThread(lambda: Engine(Paths(lab.folder), lambda *_: FakeExchange(lab.venue)))
    with pytest.raises(Problem):
        thread.start().result(30)
    assert thread.stop(30)


def test_every_sentence_can_be_worded() -> None:
    assert all(template for template in WORDS.values())
    assert worded(said("no_such_bot", bot="X")).startswith("There is no bot X.")
