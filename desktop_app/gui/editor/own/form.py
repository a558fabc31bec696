"""The form of a bot that asks a strategy of one's own: what every such bot has, and a field for each setting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QFrame, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desktop_app.core.bot_file import FileProblem, read_settings
from desktop_app.core.columns import TIMEFRAMES
from desktop_app.core.settings import Settings
from desktop_app.core.strategies.python_settings import PythonSettings
from desktop_app.engine.views import AccountView
from desktop_app.gui import fmt, wording
from desktop_app.gui.fields import DecimalEdit
from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import plain_label
from desktop_app.own.process import Description, OptionField

_TALLEST = 420


@dataclass(frozen=True, slots=True)
class Read:
    """What the form says: settings, or what is wrong with it."""

    settings: Settings | None
    problems: tuple[FileProblem, ...] = ()


class OwnForm(QScrollArea):
    """Made from what the strategy says of itself; its titles are shown as the file has them."""

    changed = Signal()

    def __init__(
        self,
        file: str,
        described: Description,
        accounts: Sequence[AccountView],
        begin: Mapping[str, Any],
        *,
        parent: QWidget | None = None,
    ) -> None:
        """`begin`: values to begin with, by the names of a bot file."""
        super().__init__(parent)
        self.file = file
        self._kept = dict(begin)
        self.name, self.pairs = QLineEdit(str(begin.get("name", ""))), QLineEdit(", ".join(begin.get("pairs", ())))
        self.account, self.timeframe = QComboBox(), QComboBox()
        for view in accounts:
            self.account.addItem(f"{view.name} · {wording.mode_word(view.mode)}", view.name)
        self.account.setCurrentIndex(max(0, self.account.findData(begin.get("account"))))
        for timeframe in TIMEFRAMES:
            self.timeframe.addItem(timeframe, timeframe)
        self.timeframe.setCurrentIndex(self.timeframe.findData(begin.get("timeframe", "5m")))
        self.budget = DecimalEdit("", step=Decimal(10))
        self.budget.set_value(Decimal(str(begin.get("max_funds", "100"))))
        given = begin.get("options", {})
        self.options = {field.name: _field(field, given.get(field.name, field.default)) for field in described.fields}
        self._lay_out(described)
        for edit in (self.name, self.pairs, self.budget):
            edit.textChanged.connect(self.changed)
        self.account.currentIndexChanged.connect(self.changed)

    def read(self) -> Read:
        """The settings that the form says, checked as a bot file is; the strategy's own checks come with the start."""
        pairs = self.pairs.text().replace(",", " ").replace("，", " ").upper().split()
        options = {name: _value(widget) for name, widget in self.options.items()}
        data = self._kept | {
            "kind": "python",
            "name": self.name.text().strip(),
            "account": self.account.currentData() or "",
            "pairs": pairs,
            "file": self.file,
            "max_funds": fmt.plain(self.budget.value) if self.budget.value is not None else "",
            "timeframe": self.timeframe.currentData(),
            "options": {name: value for name, value in options.items() if value is not None},
        }
        found = read_settings("python", data)
        return Read(found.settings, found.problems)

    def _lay_out(self, described: Description) -> None:
        inside = QWidget()
        form = QFormLayout(inside)
        form.setContentsMargins(0, 0, 8, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        about = plain_label(described.about.partition("\n\n")[0])
        about.setProperty("role", "muted")
        form.addRow(about)
        fixed = (
            (tr("Name"), self.name),
            (tr("Account"), self.account),
            (tr("Pairs"), self.pairs),
            (tr("Spends at most"), self.budget),
            (tr("Asked every"), self.timeframe),
        )
        for title, widget in fixed:
            self._row(form, title, widget, "")
        for field in described.fields:
            self._row(form, field.title, self.options[field.name], field.description)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidget(inside)
        self.setMinimumSize(430, min(_TALLEST, inside.sizeHint().height() + 8))

    @staticmethod
    def _row(form: QFormLayout, title: str, widget: QWidget, hint: str) -> None:
        label = plain_label(title)
        label.setWordWrap(False)
        label.setBuddy(widget)
        widget.setAccessibleName(title)
        widget.setToolTip(hint)
        if not hint:
            form.addRow(label, widget)
            return
        column = QVBoxLayout()
        column.setSpacing(1)
        note = plain_label(hint)
        note.setProperty("role", "muted")
        column.addWidget(widget)
        column.addWidget(note)
        form.addRow(label, column)


def begin_with(settings: PythonSettings) -> dict[str, Any]:
    """What a form of these settings begins with."""
    return settings.model_dump(mode="json")


def _field(field: OptionField, value: object) -> QWidget:
    match field.kind:
        case "flag":
            box = QCheckBox()
            box.setChecked(bool(value))
            return box
        case "choice":
            combo = QComboBox()
            combo.addItems(list(field.choices))
            combo.setCurrentText(str(value))
            return combo
        case "text":
            return QLineEdit(str(value))
        case _:
            edit = DecimalEdit("", step=Decimal(1))
            edit.set_value(Decimal(str(value)))
            edit.setProperty("whole", field.kind == "whole")
            return edit


def _value(widget: QWidget) -> bool | int | str | None:
    if isinstance(widget, QCheckBox):
        return widget.isChecked()
    if isinstance(widget, QComboBox):
        return widget.currentText()
    if isinstance(widget, DecimalEdit):
        if widget.value is None:
            return widget.text()  # what cannot be read is told by whoever checks it
        is_whole = bool(widget.property("whole")) and widget.value == widget.value.to_integral_value()
        return int(widget.value) if is_whole else fmt.plain(widget.value)
    assert isinstance(widget, QLineEdit)
    return widget.text()
