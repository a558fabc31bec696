from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.gui.optimiser.against import Change
from desktop_app.gui.optimiser.belief import Saying
from desktop_app.gui.optimiser.details import Details

SAYINGS = (Saying("Unseen data", "good enough", "good"), Saying("Luck", "hardly", "bad", "a hint"))


def test_x07_buttons_are_named_for_the_row_and_sleep_without_one(qtbot: QtBot, themed: QApplication) -> None:
    strip = Details()
    qtbot.addWidget(strip)
    strip.show()
    assert not strip.backtest.isEnabled() and not strip.apply.isEnabled()
    asked: list[str] = []
    strip.backtest_requested.connect(lambda: asked.append("backtest"))
    strip.apply_requested.connect(lambda: asked.append("apply"))
    strip.closer_requested.connect(lambda: asked.append("closer"))
    strip.show_run(3, "BTC starter", (Change("First step", "1.5 %", "1.6 %"),), SAYINGS)
    strip.show_closer(is_possible=True, is_looking=False)
    for one in (strip.backtest, strip.apply, strip.closer):
        QTest.mouseClick(one, Qt.MouseButton.LeftButton)

    assert asked == ["backtest", "apply", "closer"]
    assert strip.backtest.text() == "Backtest row 3" and strip.closer.text() == "Look closer at row 3"
    assert strip.changes_text == "Row 3 vs BTC starter:  First step 1.5 % → 1.6 %"


def test_what_is_known_is_read_aloud_with_what_it_is_about(qtbot: QtBot, themed: QApplication) -> None:
    strip = Details()
    qtbot.addWidget(strip)
    strip.show_run(1, "bot", (), SAYINGS)

    assert [line.accessibleName() for line in strip.lines] == ["Unseen data: good enough", "Luck: hardly"]
    assert strip.lines[1].toolTip() == "a hint" and strip.changes_text.endswith("no difference")
    first = strip.lines[0]
    strip.show_run(1, "bot", (), SAYINGS)
    assert strip.lines[0] is first  # nothing is built anew for the same words
    strip.show_nothing("choose one")
    assert strip.lines == [] and strip.changes_text == "choose one"


def test_while_it_looks_closer_it_says_so(qtbot: QtBot, themed: QApplication) -> None:
    strip = Details()
    qtbot.addWidget(strip)
    strip.show_closer(is_possible=True, is_looking=True)

    assert not strip.closer.isEnabled() and strip.closer.text().startswith("Looking at neighbours")
