"""Small things that a ticket's form is made of: lines with a name, choices that the wheel leaves alone."""

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QWidget

from desktop_app.gui.fields import DecimalEdit, Segmented
from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import restyle


class Choices(QComboBox):
    """A drop-down of keys; scrolling past it changes nothing."""

    def __init__(self, choices: Sequence[tuple[str, str]], name: str) -> None:
        super().__init__()
        self._titles, self._name = dict(choices), name  # key -> English, marked with tr_later
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("slim", True)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for key in self._titles:
            self.addItem("", key)
        self.retranslate()

    @property
    def value(self) -> str:
        return str(self.currentData())

    def set_value(self, key: str) -> None:
        self.setCurrentIndex(self.findData(key))

    def set_titles(self, titles: dict[str, str]) -> None:
        """Other words for the same keys; names of coins need no translation."""
        if titles != self._titles:
            self._titles = titles
            self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(tr(self._name))
        for at, title in enumerate(self._titles.values()):
            self.setItemText(at, tr(title))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class Line(QWidget):
    """A name on the left, its fields on the right."""

    def __init__(self, title: str, *fields: QWidget, width: int = 0) -> None:
        super().__init__()
        self._title = title  # English, marked with tr_later
        self.label = QLabel()
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setBuddy(fields[0])
        if width:
            self.label.setMinimumWidth(width)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.label)
        for at, field in enumerate(fields):
            row.addWidget(field, 1 if at == 0 else 0)
        self.retranslate()

    def retranslate(self) -> None:
        self.label.setText(tr(self._title))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def tightened(choice: Segmented, keys: Sequence[str]) -> Segmented:
    """Less air inside the segments: a dock is narrow."""
    for key in keys:
        choice.button(key).setProperty("tight", True)
        restyle(choice.button(key))
    return choice


def number_field(unit: str = "", step: str = "1", *, least: int = 52) -> DecimalEdit:
    """A slim field; what is wrong with it the form says, not the field."""
    field = DecimalEdit(unit, step=Decimal(step), is_optional=True)
    field.setProperty("slim", True)
    field.setMinimumWidth(least)
    field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return field


def follow_text(field: DecimalEdit, text: str) -> None:
    """Show what the draft says; what is being typed is what the draft says already."""
    if field.text() != text:
        field.setText(text)
