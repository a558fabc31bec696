from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.core.market import Market
from desktop_app.gui.optimiser.search_hand import SearchHand
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.past import Source, keep
from desktop_app.research.search import Estimate
from desktop_app.research.search_run import Batch, Examined, NotSearched, Searched, SearchOrder, Tried
from desktop_app.research.walk_forward import WalkForward
from tests.gui.editor.fake_engine import dca_ref
from tests.gui.optimiser.fake_job import Jobs
from tests.gui.optimiser.trials import SCALE, SEARCH, SOME, STEP, found, point
from tests.research.searches import MARKET, RULES, SETTINGS, candles, search

D = Decimal
ORDER = SearchOrder(
    dca_ref(), Market("BTC/USDT", "BTC", "USDT"), BacktestRules(60_000), SEARCH, Path("nowhere"),
    Source("demo", "BTC/USDT", "1m"), 0, 86_400_000, folds=4,
)  # fmt: skip
TRIED = tuple(Tried(one, D(100)) for one in SOME)
BEST_FIRST = tuple(sorted(TRIED, key=lambda one: (bool(one.trial.broken), -one.trial.score)))
ANSWER = Searched(replace(found(), trials=(), total=len(SOME)), BEST_FIRST, len(SOME), D("215.50"))


@pytest.fixture
def jobs() -> Jobs:
    return Jobs()


@pytest.fixture
def hand(qapp: QApplication, jobs: Jobs) -> Iterator[SearchHand]:
    made = SearchHand(make=jobs)  # type: ignore[arg-type]
    yield made
    made.leave()


def heard(signal: Any) -> list[Any]:
    got: list[Any] = []
    signal.connect(lambda *values: got.append(values[0] if len(values) == 1 else values))
    return got


def test_x06_how_long_it_takes_is_measured_once_the_form_rests(hand: SearchHand, jobs: Jobs) -> None:
    measured = heard(hand.measured)
    hand.measure(ORDER)
    assert not jobs.made  # not while somebody types
    hand._timer.timeout.emit()
    jobs.measure.finished.emit(Estimate(132, 170.0), False)

    assert measured == [Estimate(132, 170.0)]


def test_a_form_that_changes_meanwhile_ends_the_old_measurement(hand: SearchHand, jobs: Jobs) -> None:
    measured = heard(hand.measured)
    hand.measure(ORDER)
    hand._timer.timeout.emit()
    old = jobs.measure
    hand.measure(replace(ORDER, folds=0))
    old.finished.emit(Estimate(1, 1.0), False)

    assert "kill" in old.deeds and measured == []


def test_runs_stand_best_first_while_they_come(hand: SearchHand, jobs: Jobs) -> None:
    hand.start(ORDER)
    jobs.search.came.emit(Batch(TRIED[:3]))
    assert [trial.score for trial in hand.shown] == [0.81, 0.44, 0.41]
    jobs.search.came.emit(Batch(TRIED[3:]))

    assert [trial.score for trial in hand.shown][:2] == [0.98, 0.81]
    assert hand.shown[-1].broken and len(hand.all) == len(SOME)


def test_the_field_with_only_the_news_added_is_the_field_of_everything(hand: SearchHand, jobs: Jobs) -> None:
    hand.start(ORDER)
    jobs.search.came.emit(Batch(TRIED[:4]))
    first = hand.field(SCALE, STEP)
    jobs.search.came.emit(Batch(TRIED[4:]))

    assert hand.field(SCALE, STEP, first).cells == hand.field(SCALE, STEP).cells
    assert hand.field(STEP, None, first).rows == (None,)  # other axes: of everything


def test_x06_pause_goes_on_and_stop_keeps_what_was_found(hand: SearchHand, jobs: Jobs) -> None:
    hand.start(ORDER)
    jobs.search.came.emit(Batch(TRIED[:3]))
    states: list[str] = []
    hand.state_changed.connect(lambda: states.append(hand.state))
    hand.hold(True)
    hand.hold(False)
    hand.stop()
    assert states == ["held", "running", "stopping"]
    assert jobs.search.deeds == ["start", ("hold", True), ("hold", False), "cancel"]
    partial = Searched(replace(ANSWER.found, ending="stopped"), TRIED[:3], 3, None)
    jobs.search.came.emit(partial)
    jobs.search.finished.emit(None, True)

    assert hand.state == "over" and not hand.is_whole and len(hand.all) == 3


def test_a_stop_before_anything_was_handed_over_keeps_the_runs_in_sight(hand: SearchHand, jobs: Jobs) -> None:
    failed = heard(hand.failed)
    hand.start(ORDER)
    jobs.search.came.emit(Batch(TRIED[:3]))
    hand.stop()
    jobs.search.failed.emit("")

    assert hand.state == "over" and len(hand.shown) == 3 and failed == []


def test_what_went_wrong_is_told(hand: SearchHand, jobs: Jobs) -> None:
    failed, refused = heard(hand.failed), heard(hand.refused)
    hand.start(ORDER)
    jobs.search.failed.emit("The memory is full.")
    hand.start(ORDER)
    jobs.search.finished.emit(NotSearched("no such objective"), False)

    assert failed == ["The memory is full."] and refused == ["no such objective"]


def test_the_best_is_examined_and_the_walk_comes_last(hand: SearchHand, jobs: Jobs) -> None:
    examined, walked = heard(hand.examined), heard(hand.walked)
    hand.start(ORDER)
    jobs.search.came.emit(ANSWER)
    jobs.search.came.emit(Examined(point("1.6", "1.2"), None))
    walk = WalkForward((), False, "complete", 1.0)
    jobs.search.finished.emit(walk, False)

    assert examined == [point("1.6", "1.2")] and walked == [()] and hand.walk == walk and hand.is_whole


def test_another_run_is_looked_at_closer_when_asked(hand: SearchHand, jobs: Jobs) -> None:
    hand.start(ORDER)
    jobs.search.came.emit(ANSWER)
    jobs.search.finished.emit(None, False)
    hand.examine(point("1.6", "1.1"))
    order, trials, known = jobs.closer.arguments
    assert order == ORDER and trials[0].point == point("1.6", "1.1") and len(trials) == len(SOME)
    assert known == ANSWER.found and hand.is_examining
    jobs.closer.finished.emit(Examined(point("1.6", "1.1"), None), False)
    hand.examine(point("1.6", "1.1"))  # known by now

    assert sum(job is jobs.closer for job in jobs.made) == 1


def test_progress_comes_with_what_is_left(hand: SearchHand, jobs: Jobs) -> None:
    told = heard(hand.progressed)
    hand.start(ORDER)
    jobs.search.progressed.emit(88, 660, 0)

    assert told == [(88, 660, 572_000)]


def test_leaving_ends_everything(hand: SearchHand, jobs: Jobs) -> None:
    hand.start(ORDER)
    hand.leave()

    assert jobs.search.deeds[-1] == "kill"


def test_x06_a_real_process_searches_pauses_goes_on_and_hands_everything_over(qtbot: QtBot, tmp_path: Path) -> None:
    past = candles()
    source = Source("demo", "BTC/USDT", "1m")
    assert keep(tmp_path, source, past) == ""
    order = SearchOrder(
        SETTINGS, MARKET, RULES, search(unseen_percent=D(30)), tmp_path, source, int(past.at[0]),
        int(past.at[-1]) + 60_000, folds=1,
    )  # fmt: skip
    hand = SearchHand()
    with qtbot.waitSignal(hand.walked, timeout=60_000):
        hand.start(order)
        hand.hold(True)
        hand.hold(False)

    assert hand.state == "over" and hand.is_whole and hand.answer is not None
    assert len(hand.all) == hand.answer.count > 3
    assert all(tried.trial.unseen is not None and tried.funds for tried in hand.all.values())
    assert hand.shown[0].point in hand.robustness and hand.walk is not None
