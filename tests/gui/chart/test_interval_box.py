import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.gui.chart.interval_box import IntervalBox


@pytest.fixture
def box(qtbot: QtBot, qapp: QApplication) -> IntervalBox:
    area = QWidget()
    area.resize(600, 400)
    qtbot.addWidget(area)
    with qtbot.waitExposed(area):
        area.show()
    found = IntervalBox(area)
    found.area = area  # type: ignore[attr-defined]  # keeps it alive
    return found


@pytest.mark.parametrize(
    ("typed", "hint"),
    [("15", "Enter: show 15m candles"), ("7", "Minutes, or 4h, d, w"), ("et", "Enter: search \u201cET\u201d")],
)
def test_c_06_the_box_says_what_enter_will_do(box: IntervalBox, typed: str, hint: str) -> None:
    box.open_with(typed)
    assert box.hint.text() == hint
    assert box.edit.accessibleDescription() == hint


def test_c_06_escape_leaves_without_a_trace(box: IntervalBox, qtbot: QtBot) -> None:
    box.open_with("1")
    with qtbot.assertNotEmitted(box.interval_requested), qtbot.waitSignal(box.closed):
        QTest.keyClick(box.edit, Qt.Key.Key_Escape)
    assert not box.isVisible()


def test_a_length_that_does_not_exist_keeps_the_box_open(box: IntervalBox, qtbot: QtBot) -> None:
    box.open_with("7")
    with qtbot.assertNotEmitted(box.interval_requested), qtbot.assertNotEmitted(box.search_requested):
        QTest.keyClick(box.edit, Qt.Key.Key_Return)
    assert box.isVisible()
