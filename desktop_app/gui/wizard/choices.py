"""A row of the first page: what is asked, and its exclusive answers side by side or below each other."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QHBoxLayout, QLabel, QRadioButton, QWidget

from desktop_app.gui.i18n import tr

TITLE_WIDTH = 110


class ChoiceRow(QWidget):
    """Radio buttons with a title; titles are English, marked with `tr_later`."""

    changed = Signal(str)  # key

    def __init__(
        self, title: str, choices: Sequence[tuple[str, str]], *, is_tall: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._title = title
        self._choices = dict(choices)
        self._label = QLabel()
        self._label.setFixedWidth(TITLE_WIDTH)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QRadioButton] = {}
        way = QBoxLayout.Direction.TopToBottom if is_tall else QBoxLayout.Direction.LeftToRight
        answers = QBoxLayout(way)
        answers.setSpacing(2 if is_tall else 14)
        for key in self._choices:
            button = QRadioButton()
            button.toggled.connect(lambda is_on, key=key: self.changed.emit(key) if is_on else None)
            self._group.addButton(button)
            self._buttons[key] = button
            answers.addWidget(button)
        if not is_tall:
            answers.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._label, 0, Qt.AlignmentFlag.AlignTop if is_tall else Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(answers, 1)
        self.retranslate()

    @property
    def value(self) -> str:
        return next(key for key, button in self._buttons.items() if button.isChecked())

    def set_value(self, key: str) -> None:
        self._buttons[key].setChecked(True)

    def button(self, key: str) -> QRadioButton:
        return self._buttons[key]

    def retranslate(self) -> None:
        self._label.setText(tr(self._title))
        for key, button in self._buttons.items():
            button.setText(tr(self._choices[key]))
            button.setAccessibleName(f"{tr(self._title)}: {tr(self._choices[key])}")

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
