"""Words of a sentence that can be changed: one of several, or a number."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLabel, QMenu, QToolButton, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.fields import DecimalEdit
from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import restyle

_ROOM = 18  # pixels inside a number's frame
_NARROWEST, _WIDEST = 3, 9  # characters


@dataclass(frozen=True, slots=True)
class Word:
    """`text` is English, marked with `tr_later`, unless `is_name`; `group` is the heading that it stands under."""

    key: str
    text: str
    group: str = ""
    hint: str = ""
    is_name: bool = False

    def spoken(self) -> str:
        return self.text if self.is_name else tr(self.text)


class ChoiceChip(QToolButton):
    """One word of several: a click, Space, Enter or an arrow key opens the others."""

    picked = Signal(str)  # key

    def __init__(self, what: str, words: Sequence[Word], key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._what = what  # English: what is chosen here
        self._words = tuple(words)
        self._key = key
        self.setProperty("word", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self._open)
        self.retranslate()

    @property
    def key(self) -> str:
        return self._key

    def menu_of_words(self) -> QMenu:
        """The words to choose from, the one in force ticked."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = ""
        for word in self._words:
            if word.group != group:
                group = word.group
                heading = menu.addAction(tr(group))
                heading.setEnabled(False)
            action: QAction = menu.addAction(word.spoken())
            action.setCheckable(True)
            action.setChecked(word.key == self._key)
            action.setToolTip(tr(word.hint) if word.hint else "")
            action.setData(word.key)
            action.triggered.connect(lambda _is_checked, key=word.key: self.choose(key))
        return menu

    def choose(self, key: str) -> None:
        """Take a word, and tell if it is another one."""
        if key != self._key:
            self._key = key
            self.retranslate()
            self.picked.emit(key)

    def _open(self) -> None:
        menu = self.menu_of_words()
        current = next((action for action in menu.actions() if action.isChecked()), None)
        if current is not None:
            menu.setActiveAction(current)
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_for_the_sentence(event):
            event.ignore()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._open()
            return
        super().keyPressEvent(event)

    def retranslate(self) -> None:
        word = next((word for word in self._words if word.key == self._key), Word(self._key, self._key, is_name=True))
        self.setText(word.spoken())
        self.setToolTip(tr(word.hint) if word.hint else "")
        self.setAccessibleName(f"{tr(self._what)}: {word.spoken()}")


class NumberChip(DecimalEdit):
    """A number in a sentence, as wide as it is long. Out of bounds is said beside it, never corrected."""

    edited = Signal(str)  # the text

    def __init__(
        self, what: str, text: str, *, unit: str = "", step: Decimal = Decimal(1), parent: QWidget | None = None
    ) -> None:
        super().__init__(unit, step=step, parent=parent)
        self._what = what  # English
        self.setProperty("slim", True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setText(text)
        self.textChanged.connect(self.edited)
        self.textChanged.connect(lambda _text: self.updateGeometry())
        self.retranslate()

    def sizeHint(self) -> QSize:
        characters = min(max(len(self.text()), _NARROWEST), _WIDEST)
        width = self.fontMetrics().horizontalAdvance("0" * characters) + self.textMargins().right() + _ROOM
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_for_the_sentence(event):
            event.ignore()
            return
        super().keyPressEvent(event)

    def retranslate(self) -> None:
        name = tr(self._what)
        self.setAccessibleName(f"{name}, {self.unit}" if self.unit else name)
        self.setToolTip(name)


class PlainWord(QLabel):
    """A word that only stands there."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)


def is_for_the_sentence(event: QKeyEvent) -> bool:
    """Alt with an arrow moves the whole condition, not the word that the cursor is on."""
    is_alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
    return is_alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down)


def mark_problem(chip: QWidget, problem: str) -> None:
    """Outline a word that cannot stay as it is, and say why to whoever cannot see the outline."""
    if isinstance(chip, DecimalEdit):
        chip.set_problem(problem)
        return
    chip.setProperty("problem", bool(problem))
    chip.setAccessibleDescription(problem)
    restyle(chip)


def number_text(value: object) -> str:
    """A number of core's catalogue as it stands in a field."""
    return fmt.plain(value if isinstance(value, Decimal) else Decimal(str(value)))
