"""The form of a grid bot: range with two proposals, lines, money, what happens outside, and the rest."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.editor.draft import Draft
from desktop_app.gui.editor.grid.catalogue import (
    EXPAND_DOWN,
    EXPAND_UP,
    FIELDS,
    INVESTMENT,
    LOWER,
    PER_LINE,
    SIZED_BY,
    START,
    STOP_ABOVE,
    STOP_BELOW,
    UNIT,
    UPPER,
    VOLUME,
    GridGroup,
)
from desktop_app.gui.editor.grid.draft import unused
from desktop_app.gui.editor.grid.proposal import DAYS, WIDTH
from desktop_app.gui.editor.settings_form import SettingsForm
from desktop_app.gui.fields import DecimalEdit
from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import plain_label

_SCALED = (UPPER, LOWER, INVESTMENT, VOLUME, STOP_BELOW, STOP_ABOVE, EXPAND_UP, EXPAND_DOWN, START)
_GROUPS = (GridGroup.RANGE, GridGroup.LINES, GridGroup.MONEY, GridGroup.OUTSIDE)


class GridForm(SettingsForm):
    """Fields that do not count in the shape chosen are hidden and keep what was typed."""

    history_requested = Signal()  # a range from what the pair did
    width_requested = Signal()  # a range around the price

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(FIELDS, _GROUPS, GridGroup.MORE, INVESTMENT, parent)
        self.history_button, self.width_button = QPushButton(), QPushButton()
        self.how = plain_label()
        self.how.setProperty("role", "muted")
        self.how.hide()
        self._proposals = self._make_proposals()
        self.lay_out()
        self.history_button.clicked.connect(lambda _=False: self.history_requested.emit())
        self.width_button.clicked.connect(lambda _=False: self.width_requested.emit())
        self.retranslate()

    def draft(self, head: Mapping[str, str]) -> Draft:
        return Draft(self.texts(head), kind="grid")

    def say_how(self, text: str) -> None:
        """How the range that was proposed came about."""
        self.how.setText(text)
        self.how.setVisible(bool(text))

    def show_busy(self, is_busy: bool) -> None:
        """While candles are read, nothing can be asked twice."""
        self.history_button.setEnabled(not is_busy)

    def focus_on(self, path: str) -> bool:
        if path == INVESTMENT and self.rows[SIZED_BY].text() == PER_LINE:
            path = VOLUME
        return super().focus_on(path)

    def parts_after(self, group: StrEnum) -> Sequence[QWidget]:
        return (self._proposals,) if group is GridGroup.RANGE else ()

    def show_units(self) -> None:
        base, quote = self._currencies
        self.rows[VOLUME].set_unit(base if self.rows[UNIT].text() == "base" else quote)
        for path in _SCALED:
            row = self.rows[path]
            value = row.value()
            if value and isinstance(row.field, DecimalEdit):  # a hundredth of what is there, on any pair
                row.field.step = Decimal(1).scaleb(value.adjusted() - 2)

    def show_parts(self) -> None:
        super().show_parts()
        for path in unused(Draft(self.texts(dict.fromkeys(self.head_paths, "")))):
            self.rows[path].hide()
        for side in ("above", "below"):
            then = self.rows[f"grid.stop_{side}.then"]
            is_stopped = bool(self.rows[f"grid.stop_{side}.price"].text().strip())
            then.setVisible(is_stopped and not self.is_simple)
        self.show_titles()

    def _edited(self, path: str) -> None:
        if path.endswith(".price"):
            self.show_parts()
        if path in _SCALED:
            self.show_units()
        super()._edited(path)

    def _make_proposals(self) -> QWidget:
        part = QWidget()
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self.history_button, self.width_button):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch()
        column = QVBoxLayout(part)
        column.setContentsMargins(7, 2, 0, 0)
        column.setSpacing(4)
        column.addLayout(buttons)
        column.addWidget(self.how)
        return part

    def retranslate(self) -> None:
        super().retranslate()
        self.history_button.setText(tr("From the last {days} days").format(days=DAYS))
        self.history_button.setToolTip(tr("Proposes range and lines from how the pair has moved, and says how."))
        self.width_button.setText(f"±{fmt.percent(WIDTH, sign=False, decimals=0)}")
        self.width_button.setAccessibleName(tr("Range around the price"))
        self.width_button.setToolTip(tr("Puts the two ends at this distance from the price."))
