"""Questions that are awaited: nothing here runs a nested loop, so the bots' news keeps flowing while one is open."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QRadioButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import Badge, BadgeKind, plain_label, restyle

Level = Literal[1, 2, 3]
ARMING_MS = 1_000
_NARROWEST = 420


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: its key, and translated words that name the verb and the object."""

    key: str
    label: str
    note: str = ""
    is_danger: bool = False


async def confirmed(
    parent: QWidget,
    title: str,
    lines: Sequence[str] = (),
    *,
    yes: str,
    no: str = "",
    level: Level = 1,
    badge: BadgeKind | None = None,
    word: str = "",
    is_danger: bool = False,
    body: QWidget | None = None,
) -> bool:
    """Ask for leave to do what `yes` names. All words come translated; the money sentence is the first line.

    Level 2 and 3 on a live account keep the button asleep for a second; level 3 asks to type `word`.
    The answer that changes nothing has the focus and Enter.
    """
    typed = (word or tr("CONFIRM")) if level == 3 else ""
    dialog = Question(parent, title, lines, badge=badge, body=body, word=typed)
    dialog.add_safe(no or tr("Cancel"))
    button = dialog.add_answer("yes", yes, is_danger=is_danger or level == 3)
    dialog.guard(button, is_armed_late=level >= 2 and badge == "live")
    return await asked(dialog) == "yes"


async def ask_choice(
    parent: QWidget,
    title: str,
    lines: Sequence[str],
    choices: Sequence[Choice],
    *,
    yes: str,
    no: str = "",
    level: Level = 1,
    badge: BadgeKind | None = None,
) -> str | None:
    """Let people pick one of several ways, the first being the gentlest; None when they would rather not."""
    picker = _Picker(choices)
    dialog = Question(parent, title, lines, badge=badge, body=picker)
    dialog.add_safe(no or tr("Cancel"))
    dialog.guard(dialog.add_answer("yes", yes), is_armed_late=level >= 2 and badge == "live")
    return picker.picked if await asked(dialog) == "yes" else None


async def ask_action(
    parent: QWidget,
    title: str,
    lines: Sequence[str],
    actions: Sequence[Choice],
    *,
    no: str = "",
    badge: BadgeKind | None = None,
    body: QWidget | None = None,
) -> str | None:
    """Offer several buttons beside the safe one; None when the safe one was used."""
    dialog = Question(parent, title, lines, badge=badge, body=body)
    dialog.add_safe(no or tr("Cancel"))
    for action in actions:
        dialog.add_answer(action.key, action.label, is_danger=action.is_danger)
    return await asked(dialog)


async def ask_text(
    parent: QWidget, title: str, lines: Sequence[str], *, yes: str, text: str = "", is_secret: bool = False
) -> str | None:
    """Ask for one line; None when cancelled."""
    field = QLineEdit(text)
    field.setAccessibleName(title)
    if is_secret:
        field.setEchoMode(QLineEdit.EchoMode.Password)
    dialog = Question(parent, title, lines, body=field)
    dialog.add_safe(tr("Cancel"))
    button = dialog.add_answer("yes", yes, is_default=True)
    button.setEnabled(bool(text.strip()))
    field.textChanged.connect(lambda words: button.setEnabled(bool(words.strip())))
    field.setFocus()
    field.selectAll()
    return field.text() if await asked(dialog) == "yes" else None


class Question(QDialog):
    """A sheet: badge and title, lines, an optional body, and buttons that say what they do."""

    def __init__(
        self,
        parent: QWidget,
        title: str,
        lines: Sequence[str] = (),
        *,
        badge: BadgeKind | None = None,
        body: QWidget | None = None,
        word: str = "",
    ) -> None:
        super().__init__(parent)
        self.answer: str | None = None
        self.safe_button: QPushButton | None = None
        self._word = word
        self._guarded: QPushButton | None = None
        self._is_armed = True
        self._arming = QTimer(self)
        self._arming.setSingleShot(True)
        self._arming.timeout.connect(self._arm)
        self._typed = QLineEdit()
        self._buttons = QHBoxLayout()
        self.setWindowTitle(title)
        self.setMinimumWidth(_NARROWEST)
        self._lay_out(title, lines, badge, body)

    def _lay_out(self, title: str, lines: Sequence[str], badge: BadgeKind | None, body: QWidget | None) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(8)
        column.addLayout(_heading(title, badge))
        for line in lines:
            column.addWidget(plain_label(line))
        if body is not None:
            column.addSpacing(4)
            column.addWidget(body)
        if self._word:
            ask = plain_label(tr("Type {word} to go on:").format(word=self._word))
            ask.setBuddy(self._typed)
            self._typed.setAccessibleName(ask.text())
            self._typed.textChanged.connect(self._refresh)
            column.addSpacing(4)
            column.addWidget(ask)
            column.addWidget(self._typed)
        column.addSpacing(8)
        self._buttons.setSpacing(8)
        self._buttons.addStretch()
        column.addLayout(self._buttons)

    def add_below(self, widget: QWidget) -> None:
        """Something to choose beside the answer, just above the buttons."""
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(column.count() - 1, widget)

    def add_safe(self, text: str) -> QPushButton:
        """Add the answer that changes nothing; it is the default, and Esc means it."""
        button = self._add(text)
        button.clicked.connect(self.reject)
        button.setDefault(True)
        button.setFocus()
        self.safe_button = button
        return button

    def add_answer(self, key: str, text: str, *, is_danger: bool = False, is_default: bool = False) -> QPushButton:
        """Add an answer."""
        button = self._add(text)
        button.setProperty("danger" if is_danger else "primary", True)
        restyle(button)
        button.clicked.connect(lambda: self._give(key))
        if is_default:
            button.setDefault(True)
        return button

    def guard(self, button: QPushButton, *, is_armed_late: bool) -> None:
        """Keep a button asleep until the second has passed and the word is typed."""
        self._guarded = button
        self._is_armed = not is_armed_late
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Start the second only when people can see the question."""
        super().showEvent(event)
        if not self._is_armed:
            self._arming.start(ARMING_MS)

    def _add(self, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        self._buttons.addWidget(button)
        return button

    def _arm(self) -> None:
        self._is_armed = True
        self._refresh()

    def _refresh(self) -> None:
        if self._guarded is not None:
            is_typed = self._typed.text().strip().casefold() == self._word.casefold()
            self._guarded.setEnabled(self._is_armed and is_typed)

    def _give(self, key: str) -> None:
        self.answer = key
        self.accept()


async def asked(dialog: Question) -> str | None:
    """Show a question and wait for its answer; None for the safe one, Esc, or a parent that went away."""
    answered: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

    def settle(answer: str | None) -> None:
        if not answered.done():
            answered.set_result(answer)

    dialog.finished.connect(lambda: settle(dialog.answer))
    dialog.destroyed.connect(lambda: settle(None))
    dialog.open()
    try:
        return await answered
    except asyncio.CancelledError:
        dialog.reject()
        raise
    finally:
        if isValid(dialog):
            dialog.deleteLater()


class _Picker(QWidget):
    """Radio buttons with a note each; the first is chosen."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._buttons: list[tuple[str, QRadioButton]] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for choice in choices:
            button = QRadioButton(choice.label)
            button.setAccessibleDescription(choice.note)
            button.setChecked(not self._buttons)
            column.addWidget(button)
            if choice.note:
                note = plain_label(choice.note)
                note.setProperty("role", "muted")
                note.setIndent(26)
                column.addWidget(note)
            self._buttons.append((choice.key, button))

    @property
    def picked(self) -> str:
        """Return the key of the chosen way."""
        return next(key for key, button in self._buttons if button.isChecked())


def _heading(title: str, badge: BadgeKind | None) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    label = plain_label(title)
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * 1.2)
    font.setBold(True)
    label.setFont(font)
    row.addWidget(label, 1)
    if badge is not None:
        row.addWidget(Badge(badge), 0, Qt.AlignmentFlag.AlignTop)
    return row


def body_lines(lines: Sequence[tuple[str, str]]) -> QWidget:
    """Lay out pairs of a muted label and a text, for the body of a question ("Stays on the exchange", ...)."""
    body = QWidget()
    column = QVBoxLayout(body)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    for name, text in lines:
        row = QHBoxLayout()
        row.setSpacing(12)
        label = QLabel(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("role", "muted")
        label.setFixedWidth(150)
        label.setWordWrap(True)
        row.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(plain_label(text), 1)
        column.addLayout(row)
    return body
