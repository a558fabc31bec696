from decimal import Decimal

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.gui.fields import DecimalEdit, Disclosure, LabeledField, Segmented
from desktop_app.gui.i18n import Language, set_language

D = Decimal
NO_KEY = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def edit(qtbot: QtBot, themed: QApplication) -> DecimalEdit:
    made = DecimalEdit("USDT", step=D("0.5"))
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize(
    ("typed", "value"), [("20", "20"), ("1,234.5", "1234.5"), ("１２．５", "12.5"), ("0.00000001", "1e-8")]
)
def test_typing_gives_the_exact_decimal(edit: DecimalEdit, qtbot: QtBot, typed: str, value: str) -> None:
    for character in typed:
        QApplication.sendEvent(edit, QKeyEvent(QEvent.Type.KeyPress, ord(character), NO_KEY, character))

    assert edit.value == D(value)
    assert edit.problem == ""
    assert edit.text() == typed, "what was typed stays as it was typed"


@pytest.mark.parametrize(("typed", "word"), [("1,5", "comma"), ("abc", "figures"), ("1e400", "figures"), ("", "Enter")])
def test_what_cannot_be_read_is_outlined_with_a_reason(edit: DecimalEdit, typed: str, word: str) -> None:
    edit.setText("1")
    edit.setText(typed)

    assert edit.value is None
    assert word in edit.problem
    assert edit.accessibleDescription() == edit.problem
    assert edit.property("problem") is True
    edit.setText("2")
    assert edit.property("problem") is False


def test_an_empty_field_with_a_default_means_the_default(qtbot: QtBot) -> None:
    edit = DecimalEdit("%", default=D("1.5"))
    qtbot.addWidget(edit)

    assert edit.value == D("1.5")
    assert edit.placeholderText() == "1.5"
    edit.setText("2")
    edit.setText("")
    assert edit.problem == ""


def test_arrows_step_exactly_and_stop_at_zero(edit: DecimalEdit, qtbot: QtBot) -> None:
    edit.step = D("0.1")
    edit.set_value(D("0.2"))
    for key, value in [(Qt.Key.Key_Up, "0.3"), (Qt.Key.Key_PageUp, "1.3"), (Qt.Key.Key_Down, "1.2")]:
        qtbot.keyClick(edit, key)  # type: ignore[no-untyped-call]
        assert edit.value == D(value)
    qtbot.keyClick(edit, Qt.Key.Key_PageDown)  # type: ignore[no-untyped-call]
    qtbot.keyClick(edit, Qt.Key.Key_PageDown)  # type: ignore[no-untyped-call]
    assert edit.value == 0
    edit.setReadOnly(True)
    qtbot.keyClick(edit, Qt.Key.Key_Up)  # type: ignore[no-untyped-call]
    assert edit.value == 0


def turn_wheel(edit: DecimalEdit, notches: int) -> None:
    at = QPointF(5, 5)
    turn = QPoint(0, 120 * notches)
    event = QWheelEvent(at, at, QPoint(), turn, Qt.MouseButton.NoButton, NO_KEY, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(edit, event)


def test_the_wheel_is_ignored_unless_focused(edit: DecimalEdit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    edit.set_value(D(20))
    edit.clearFocus()
    turn_wheel(edit, 1)
    assert edit.value == 20

    monkeypatch.setattr(edit, "hasFocus", lambda: True)
    turn_wheel(edit, -1)
    assert edit.value == D("19.5")


def test_the_unit_stands_inside_and_is_not_part_of_the_number(edit: DecimalEdit) -> None:
    edit.set_unit("BTC")

    assert edit.unit == "BTC"
    assert edit.textMargins().right() > 0
    assert edit.text() == ""


def test_the_label_names_the_field_with_its_unit_and_shows_its_problem(qtbot: QtBot, edit: DecimalEdit) -> None:
    field = LabeledField("Base order &size", edit, "For the first order")
    field.show()

    notes = [label for label in field.findChildren(QLabel) if label.text() == "For the first order"]
    assert edit.accessibleName() == "Base order size, USDT"
    assert notes[0].isVisible()
    edit.setText("1,5")
    assert notes[0].text() == edit.problem
    assert notes[0].property("role") == "problem"
    edit.setText("1.5")
    assert notes[0].text() == "For the first order"
    edit.set_problem("Below the minimum of 5.00 USDT")
    assert notes[0].text() == "Below the minimum of 5.00 USDT"
    edit.setParent(None)


def test_a_problem_follows_the_language(edit: DecimalEdit) -> None:
    edit.setText("1,5")
    try:
        set_language(Language.CHINESE)
        QApplication.processEvents()
        assert "逗号" in edit.accessibleDescription()
        assert edit.text() == "1,5", "unsaved input stays"
    finally:
        set_language(Language.ENGLISH)


def test_segments_are_exclusive_and_tell_their_key(qtbot: QtBot) -> None:
    segments = Segmented([("long", "Long"), ("short", "Short")])
    qtbot.addWidget(segments)
    assert segments.value == "long"
    with qtbot.waitSignal(segments.changed) as told:
        segments.button("short").click()

    assert told.args == ["short"]
    assert segments.value == "short"
    segments.set_value("long")
    assert not segments.button("short").isChecked()


def test_a_section_folds_and_counts_what_was_changed(qtbot: QtBot) -> None:
    content = QWidget()
    section = Disclosure("Advanced", content)
    qtbot.addWidget(section)
    section.show()
    assert not content.isVisible()

    section.set_changed(3)
    button = section.findChild(QPushButton)
    assert isinstance(button, QPushButton)
    assert button.text() == "Advanced (3 changed)"
    assert button.accessibleName() == "Advanced (3 changed), folded"
    with qtbot.waitSignal(section.toggled):
        button.click()
    assert content.isVisible()
    assert section.is_open
    section.set_open(False)
    assert not content.isVisible()
