"""Form fields: exact decimals with a unit, labels with their problem below, segments, and sections that fold."""

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop_app.gui import fmt
from desktop_app.gui.fonts import number_font
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.icons import icon
from desktop_app.gui.notices import plain_label, restyle

_PROBLEMS = {
    fmt.Problem.EMPTY: tr_later("Enter a number."),
    fmt.Problem.UNCLEAR_COMMA: tr_later("A comma can mean two things here. Write decimals with a point: 1.5"),
    fmt.Problem.NOT_A_NUMBER: tr_later("Use figures only, for example 1234.5"),
}

_STEPS: dict[int, int] = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}


class DecimalEdit(QLineEdit):
    """A line that holds an exact Decimal. It never rounds what was typed and never moves by accident."""

    value_changed = Signal(object)  # Decimal, or None while empty or unreadable
    problem_changed = Signal(str)  # translated, "" when there is none
    stepped = Signal()  # by an arrow, a page key or the wheel: as deliberate as typing

    def __init__(
        self,
        unit: str = "",
        *,
        step: Decimal = Decimal(1),
        default: Decimal | None = None,
        is_optional: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.step = step
        self.is_optional = is_optional
        self._default = default
        self._problem = ""
        self._own_problem: fmt.Problem | None = None
        self._unit = QLabel(unit, self)
        self._unit.setTextFormat(Qt.TextFormat.PlainText)
        self._unit.setProperty("role", "muted")
        self._unit.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFont(number_font(self.font()))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if default is not None:
            self.setPlaceholderText(fmt.plain(default))
        self.textChanged.connect(self._read)
        self.set_unit(unit)
        if not self.text():
            self._own_problem = self._problem_of_empty()

    @property
    def value(self) -> Decimal | None:
        """Return the number; an empty field with a default means the default."""
        read = fmt.parse_number(self.text())
        if isinstance(read, Decimal):
            return read
        return self._default if read is fmt.Problem.EMPTY else None

    def set_value(self, value: Decimal | None) -> None:
        """Show a number without separators; None empties the field."""
        self.setText(fmt.plain(value))

    @property
    def unit(self) -> str:
        """Return the unit shown at the right edge."""
        return self._unit.text()

    def set_unit(self, unit: str) -> None:
        """Show another unit and leave room for it."""
        self._unit.setText(unit)
        self._unit.adjustSize()
        room = self._unit.width() + 8 if unit else 0
        self.setTextMargins(0, 0, room, 0)
        self._place_unit()

    @property
    def problem(self) -> str:
        """Return what is wrong, translated: with the typing first, then what the form said."""
        return tr(_PROBLEMS[self._own_problem]) if self._own_problem is not None else self._problem

    def set_problem(self, text: str) -> None:
        """Outline the field and say why (translated); an empty text clears it."""
        self._problem = text
        self._show_problem()

    def _read(self) -> None:
        read = fmt.parse_number(self.text())
        if read is fmt.Problem.EMPTY:
            self._own_problem = self._problem_of_empty()
        else:
            self._own_problem = read if isinstance(read, fmt.Problem) else None
        self._show_problem()
        self.value_changed.emit(self.value)

    def _problem_of_empty(self) -> fmt.Problem | None:
        return None if self.is_optional or self._default is not None else fmt.Problem.EMPTY

    def _show_problem(self) -> None:
        problem = self.problem
        self.setProperty("problem", bool(problem))
        self.setAccessibleDescription(problem)
        restyle(self)
        self.problem_changed.emit(problem)

    def _move(self, steps: int) -> None:
        if self.isReadOnly() or not self.isEnabled() or self.value is None:
            return
        moved = self.value + steps * self.step
        if self.value >= 0 > moved:  # stepping down stops at zero; a negative number has to be typed
            moved = Decimal(0)
        self.set_value(moved)
        self.setModified(True)
        self.stepped.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step with the arrows, ten times as far with the page keys."""
        distance = _STEPS.get(event.key())
        if distance is None:
            super().keyPressEvent(event)
            return
        self._move(distance)
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step only when focused: scrolling past a form must not change it."""
        if not self.hasFocus():
            event.ignore()
            return
        if event.angleDelta().y():
            self._move(1 if event.angleDelta().y() > 0 else -1)
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the unit at the right edge."""
        super().resizeEvent(event)
        self._place_unit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._show_problem()
        elif event.type() == QEvent.Type.FontChange:
            self.set_unit(self.unit)

    def _place_unit(self) -> None:
        self._unit.move(self.width() - self._unit.width() - 9, (self.height() - self._unit.height()) // 2)


class LabeledField(QWidget):
    """A label, its field, and below it the hint or the problem. The label names the field for a screen reader."""

    def __init__(self, title: str, field: QWidget, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self._title = title  # English, marked with tr_later
        self._hint = hint
        self._label = QLabel()
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setBuddy(field)
        self._note = plain_label()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self._label)
        column.addWidget(field)
        column.addWidget(self._note)
        if isinstance(field, DecimalEdit):
            field.problem_changed.connect(self.set_problem)
        self.retranslate()

    def set_problem(self, problem: str) -> None:
        """Show a translated problem in place of the hint."""
        self._note.setText(problem or tr(self._hint))
        self._note.setVisible(bool(self._note.text()))
        self._note.setProperty("role", "problem" if problem else "muted")
        restyle(self._note)

    def retranslate(self) -> None:
        """Show label, hint and accessible name in the language in force."""
        self._label.setText(tr(self._title))
        unit = self.field.unit if isinstance(self.field, DecimalEdit) else ""
        name = tr(self._title).replace("&", "")
        self.field.setAccessibleName(f"{name}, {unit}" if unit else name)
        is_touched = isinstance(self.field, DecimalEdit) and self.field.isModified()
        self.set_problem(self.field.problem if is_touched and isinstance(self.field, DecimalEdit) else "")

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class Segmented(QWidget):
    """Two to four exclusive choices side by side; arrows move between them."""

    changed = Signal(str)  # key

    def __init__(self, choices: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        assert 2 <= len(choices) <= 4
        self._titles = dict(choices)  # key -> English, marked with tr_later
        self._buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 0, 0, 0)
        row.setSpacing(0)
        for key in self._titles:
            button = QPushButton()
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setProperty("segment", True)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.toggled.connect(lambda is_on, key=key: self.changed.emit(key) if is_on else None)
            self._group.addButton(button)
            self._buttons[key] = button
            row.addWidget(button)
        first = next(iter(self._buttons.values()))
        first.setChecked(True)
        self.setFocusProxy(first)
        self.retranslate()

    @property
    def value(self) -> str:
        """Return the chosen key."""
        return next(key for key, button in self._buttons.items() if button.isChecked())

    def set_value(self, key: str) -> None:
        """Choose by key."""
        self._buttons[key].setChecked(True)

    def button(self, key: str) -> QPushButton:
        """Return a choice's button, to disable it or explain it."""
        return self._buttons[key]

    def retranslate(self) -> None:
        """Show the choices in the language in force."""
        for key, button in self._buttons.items():
            button.setText(tr(self._titles[key]))
            prefix = f"{self.accessibleName()}: " if self.accessibleName() else ""
            button.setAccessibleName(f"{prefix}{tr(self._titles[key])}")

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class Disclosure(QWidget):
    """A section that folds away and says how many of its settings differ from the defaults."""

    toggled = Signal(bool)

    def __init__(self, title: str, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title  # English, marked with tr_later
        self._changed = 0
        self.content = content
        self._button = QPushButton()
        self._button.setCheckable(True)
        self._button.setAutoDefault(False)
        self._button.setProperty("disclosure", True)
        self._button.toggled.connect(self._fold)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._button)
        column.addWidget(content)
        self._fold(False)
        self.retranslate()

    @property
    def is_open(self) -> bool:
        """Tell whether the content is shown."""
        return self._button.isChecked()

    def set_open(self, is_open: bool) -> None:
        """Fold or unfold."""
        self._button.setChecked(is_open)

    def set_changed(self, count: int) -> None:
        """Say how many settings inside differ from their defaults."""
        self._changed = count
        self.retranslate()

    def retranslate(self) -> None:
        """Show the title in the language in force."""
        title = tr(self._title)
        if self._changed:
            title = tr("{title} ({count} changed)").format(title=title, count=self._changed)
        self._button.setText(title)
        state = tr("open") if self.is_open else tr("folded")
        self._button.setAccessibleName(f"{title}, {state}")

    def _fold(self, is_open: bool) -> None:
        self.content.setVisible(is_open)
        self._button.setIcon(icon("chevron-down" if is_open else "chevron-right", "muted"))
        self.retranslate()
        self.toggled.emit(is_open)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
