"""Awake exactly while something depends on this computer, and never a wait in the window."""

import threading
from dataclasses import replace

import pytest

from desktop_app.config import AppSettings
from desktop_app.core.deal import DealStatus
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.system.awake_watch import AwakeWatch, is_at_work
from desktop_app.gui.system.unable import Unable
from tests.gui.fake_engine import bot_view, deal_view
from tests.gui.shell import Bare

ON = AppSettings(keeps_awake=True)


class Way:
    """Remembers on which threads it was held and let go."""

    def __init__(self) -> None:
        self.is_held = False
        self.threads: set[int] = set()
        self.problem: Unable | None = None
        self.may_answer = threading.Event()
        self.may_answer.set()

    def hold(self) -> None:
        self.threads.add(threading.get_ident())
        self.may_answer.wait(30)
        if self.problem is not None:
            raise self.problem
        self.is_held = True

    def let_go(self) -> None:
        self.threads.add(threading.get_ident())
        self.is_held = False


@pytest.fixture
def way() -> Way:
    return Way()


@pytest.fixture
def watch(bare: Bare, way: Way) -> AwakeWatch:
    made = AwakeWatch(bare.bridge, make=lambda: way)
    made.setParent(bare.window)
    return made


def show(bare: Bare, watch: AwakeWatch, wanted: str) -> None:
    bare.live(lambda: None, lambda: watch.state == wanted)


def have(bare: Bare, *, bots: bool, deals: bool) -> None:
    known = bare.bridge.known
    known.bots = {1: bot_view(status="running" if bots else "paused")}
    known.deals = {"1-128": deal_view()} if deals else {}
    bare.do(lambda: bare.bridge.bots_changed.emit([]))


def test_off_by_default_and_nothing_is_asked(bare: Bare, watch: AwakeWatch, way: Way) -> None:
    have(bare, bots=True, deals=True)
    assert watch.state == "off" and way.threads == set()
    assert not AppSettings().keeps_awake


def test_g_06_held_only_while_bots_run_and_released_when_none_does(bare: Bare, watch: AwakeWatch, way: Way) -> None:
    have(bare, bots=False, deals=False)
    bare.do(lambda: watch.follow(ON))
    show(bare, watch, "allowed")
    assert way.threads == set()

    have(bare, bots=True, deals=False)
    show(bare, watch, "held")
    held = way.is_held
    assert held and "Bots are at work" in watch.sentence()

    have(bare, bots=False, deals=False)  # paused
    show(bare, watch, "allowed")
    assert not way.is_held
    assert len(way.threads) == 1 and threading.get_ident() not in way.threads


def test_a_deal_that_goes_on_after_a_pause_is_still_watched_from_here(bare: Bare, watch: AwakeWatch, way: Way) -> None:
    have(bare, bots=False, deals=True)
    bare.do(lambda: watch.follow(ON))
    show(bare, watch, "held")
    bare.do(lambda: watch.follow(AppSettings()))
    show(bare, watch, "off")
    assert not way.is_held


def test_a_system_that_will_not_is_a_quiet_sentence(bare: Bare, watch: AwakeWatch, way: Way) -> None:
    way.problem = Unable("Windows did not agree to stay awake. Switch off sleep in its power settings.")
    have(bare, bots=True, deals=False)
    bare.do(lambda: watch.follow(ON))
    show(bare, watch, "failed")
    assert "did not agree" in watch.sentence()
    assert bare.toasts.texts() == []


def test_a_system_that_does_not_answer_holds_up_nothing_and_the_last_wish_counts(
    bare: Bare, watch: AwakeWatch, way: Way
) -> None:
    way.may_answer.clear()
    have(bare, bots=True, deals=False)
    bare.do(lambda: watch.follow(ON))  # comes back at once
    have(bare, bots=False, deals=False)
    way.may_answer.set()
    show(bare, watch, "allowed")
    assert not way.is_held


def test_the_end_of_the_application_lets_go(bare: Bare, watch: AwakeWatch, way: Way) -> None:
    have(bare, bots=True, deals=False)
    bare.do(lambda: watch.follow(ON))
    show(bare, watch, "held")
    watch.stop()
    watch._thread.do(lambda: None).result(20)
    assert not way.is_held


def test_what_counts_as_work() -> None:
    known = Bridge().known
    assert not is_at_work(known)
    known.bots = {1: bot_view(status="held"), 2: bot_view(status="stopped")}
    assert not is_at_work(known)
    known.deals = {"1-128": deal_view()}
    assert is_at_work(known)
    known.deals = {"1-128": replace(deal_view(), deal=replace(deal_view().deal, status=DealStatus.COMPLETED))}
    assert not is_at_work(known)
