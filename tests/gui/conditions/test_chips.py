"""Words that can be changed: by clicks, by keys, and never by accident."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.gui.conditions.chips import ChoiceChip, NumberChip, Word, mark_problem

WORDS = (Word("a", "Move up", group="Name"), Word("b", "Move down", group="Name"), Word("c", "MACD", is_name=True))


def test_the_word_in_force_is_ticked_and_headings_cannot_be_picked(qtbot: QtBot, themed: QApplication) -> None:
    chip = ChoiceChip("Trigger", WORDS, "b")
    qtbot.addWidget(chip)
    actions = chip.menu_of_words().actions()
    assert [(action.text(), action.isEnabled(), action.isChecked()) for action in actions][:3] == [
        ("Name", False, False), ("Move up", True, False), ("Move down", True, True),
    ]  # fmt: skip


def test_the_same_word_again_is_no_change(qtbot: QtBot, themed: QApplication) -> None:
    chip = ChoiceChip("Trigger", WORDS, "b")
    qtbot.addWidget(chip)
    picked: list[str] = []
    chip.picked.connect(picked.append)
    chip.choose("b")
    chip.choose("c")
    assert picked == ["c"]
    assert (chip.key, chip.text()) == ("c", "MACD")


def test_a_word_that_nobody_knows_is_shown_as_it_is(qtbot: QtBot, themed: QApplication) -> None:
    chip = ChoiceChip("Trigger", WORDS, "moon")
    qtbot.addWidget(chip)
    assert chip.text() == "moon"


def test_a_number_is_as_wide_as_it_is_long(qtbot: QtBot, themed: QApplication) -> None:
    chip = NumberChip("Length", "14")
    qtbot.addWidget(chip)
    narrow = chip.sizeHint().width()
    chip.setText("123456")
    assert chip.sizeHint().width() > narrow
    chip.setText("1" * 40)
    assert chip.sizeHint().width() < 4 * narrow


def test_arrows_step_a_number_and_alt_leaves_them_to_the_sentence(qtbot: QtBot, themed: QApplication) -> None:
    chip = NumberChip("Length", "14")
    qtbot.addWidget(chip)
    QTest.keyClick(chip, Qt.Key.Key_Up)
    assert chip.text() == "15"
    QTest.keyClick(chip, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert chip.text() == "15"


def test_a_problem_is_outlined_and_spoken(qtbot: QtBot, themed: QApplication) -> None:
    number, word = NumberChip("Length", "14"), ChoiceChip("Trigger", WORDS, "a")
    for chip in (number, word):
        qtbot.addWidget(chip)
        mark_problem(chip, "This is needed.")
        assert (chip.property("problem"), chip.accessibleDescription()) == (True, "This is needed.")
        mark_problem(chip, "")
        assert (chip.property("problem"), chip.accessibleDescription()) == (False, "")
