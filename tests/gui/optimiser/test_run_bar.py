import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.gui.optimiser.run_bar import RunBar, lasting

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bar(qtbot: QtBot, themed: QApplication) -> RunBar:
    made = RunBar()
    qtbot.addWidget(made)
    made.show()
    made.show_state("idle", has_form=True)
    return made


def test_x06_runs_and_time_stand_beside_the_button(bar: RunBar) -> None:
    bar.show_cost(132, 4, 170.0, "")

    assert bar.cost.text() == "= 132 runs and as many in each of 4 steps forward, about 2 m 50 s"
    assert bar.start.isEnabled() and bar.start.accessibleDescription() == bar.cost.text()


def test_a_problem_stands_where_the_cost_would_and_keeps_it_from_starting(bar: RunBar) -> None:
    bar.show_cost(0, 0, None, "Pick one or two settings to vary.")

    assert bar.cost.text() == "Pick one or two settings to vary." and not bar.start.isEnabled()


def test_x06_pause_goes_on_with_the_same_button(bar: RunBar) -> None:
    asked: list[bool] = []
    bar.hold_requested.connect(asked.append)
    bar.show_state("running", has_form=False)
    QTest.mouseClick(bar.pause, LEFT)
    bar.show_state("held", has_form=False)
    QTest.mouseClick(bar.pause, LEFT)

    assert asked == [True, False]


def test_each_part_of_the_work_is_named(bar: RunBar) -> None:
    bar.show_state("running", has_form=False)
    assert bar.news.text() == "Getting ready…"
    bar.show_best("0.98")
    bar.show_progress(88, 132, 660, 170_000)
    assert bar.news.text() == "88 of 132 · best so far 0.98 · about 2 m 50 s left"
    bar.show_progress(132, 132, 660, None)
    assert bar.news.text().startswith("Looking closer at the best…")
    bar.show_progress(200, 132, 660, None)
    assert bar.news.text().startswith("Walking forward: 68 of 528")
    bar.show_state("stopping", has_form=False)
    assert bar.news.text() == "Stopping; what was found stays…" and not bar.stop.isEnabled()


def test_afterwards_the_search_can_be_changed(bar: RunBar) -> None:
    bar.show_ending("132 runs in 3 m.")
    bar.show_state("over", has_form=False)

    assert bar.change.isVisible() and not bar.start.isVisible() and bar.news.text() == "132 runs in 3 m."


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "less than a second"), (7.4, "about 7 s"), (171, "about 2 m 50 s"), (4000, "about 1 h 7 m"),
        (200_000, "about 2 d 8 h"), (1e12, "more than a year"),
    ],
)  # fmt: skip
def test_time_is_said_as_roughly_as_it_is_known(seconds: float, words: str) -> None:
    assert lasting(seconds) == words
