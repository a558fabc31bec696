from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from desktop_app.gui.connect.clipboard import ClipboardGuard
from desktop_app.gui.connect.secret_field import SecretField, trimmed

CANARY = "CANARYvmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
PEM = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIDl\n-----END PRIVATE KEY-----"


@pytest.fixture
def field(qtbot: QtBot, themed: QApplication) -> Iterator[SecretField]:
    made = SecretField("API secret", ClipboardGuard())
    qtbot.addWidget(made)
    made.show()
    yield made
    QApplication.clipboard().clear()


def spoken(line: QLineEdit) -> str:
    face = QAccessible.queryAccessibleInterface(line)
    return " ".join(face.text(kind) for kind in QAccessible.Text)


def test_what_is_pasted_is_kept_without_what_surrounds_it(field: SecretField) -> None:
    QApplication.clipboard().setText(f"  {CANARY}\r\n")
    field.paste_button.click()

    assert field.value.reveal() == CANARY
    assert field.note.text() == "Spaces and line breaks were removed."
    assert "70 characters" in field.line.placeholderText()


def test_p_03_a_pasted_key_is_in_no_widget_and_spoken_by_none(field: SecretField) -> None:
    QApplication.clipboard().setText(CANARY)
    QTest.keySequence(field.line, QKeySequence(QKeySequence.StandardKey.Paste))

    assert field.has_value
    assert field.line.text() == ""
    assert CANARY not in field.line.displayText() + field.line.accessibleDescription() + spoken(field.line)
    assert CANARY not in repr(field) + repr(field.value) + str(vars(field))


def test_what_is_typed_leaves_the_line_when_the_focus_leaves(field: SecretField) -> None:
    QTest.keyClicks(field.line, "typed-key")
    assert "typed" not in spoken(field.line)
    field.line.editingFinished.emit()

    assert field.line.text() == ""
    QTest.keySequence(field.line, QKeySequence(QKeySequence.StandardKey.Undo))
    assert field.line.text() == ""
    assert field.value.reveal() == "typed-key"


def test_a_wiped_field_keeps_nothing_and_no_history(field: SecretField) -> None:
    QTest.keyClicks(field.line, "typed")
    field.wipe()

    assert not field.has_value
    assert not field.line.isUndoAvailable()
    assert not field.value


def test_delete_empties_a_kept_key_and_typing_does_not_mix_with_it(field: SecretField) -> None:
    QApplication.clipboard().setText(CANARY)
    field.paste()
    QTest.keyClicks(field.line, "more")
    assert field.value.reveal() == CANARY
    QTest.keyClick(field.line, Qt.Key.Key_Delete)
    assert not field.has_value
    QTest.keyClicks(field.line, "other")
    assert field.value.reveal() == "other"


def test_the_line_lends_its_text_to_nobody(field: SecretField) -> None:
    line = field.line
    assert line.echoMode() == QLineEdit.EchoMode.Password
    assert not line.dragEnabled()
    assert not line.acceptDrops()
    hints = line.inputMethodHints()
    for hint in (Qt.InputMethodHint.ImhHiddenText, Qt.InputMethodHint.ImhNoPredictiveText):
        assert hints & hint


def test_nothing_to_paste_and_far_too_much_are_said(field: SecretField) -> None:
    QApplication.clipboard().clear()
    field.paste()
    assert field.note.text() == "The clipboard holds no text."
    QApplication.clipboard().setText("x" * 20_000)
    field.paste()
    assert "20,000" in field.note.text()
    assert not field.has_value


def test_a_key_file_keeps_its_lines_and_a_password_its_spaces() -> None:
    assert trimmed(f"\n  {PEM}\n\n") == PEM
    assert trimmed(" a b \u200b", keeps_spaces=True) == "a b"
    assert trimmed("\ufeffab\u00a0 c\n") == "abc"
