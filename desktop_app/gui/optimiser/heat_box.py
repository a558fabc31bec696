"""The heat map with its axes to choose, and what its colours mean."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from desktop_app.gui.editor.rows import QuietCombo
from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import plain_label
from desktop_app.gui.optimiser.heat_map import Axes, ColourKey, HeatMap
from desktop_app.gui.optimiser.space_editor import value_words
from desktop_app.gui.optimiser.variables import Variable
from desktop_app.research.search import HeatMap as HeatField


class HeatBox(QWidget):
    """`axes_changed`: another field is to be shown, over `axis_across` and `axis_down`."""

    axes_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map, self.key = HeatMap(), ColourKey()
        self.across, self.down = QuietCombo(), QuietCombo()
        self._across_label, self._down_label = QLabel(), QLabel()
        self._note, self._empty = plain_label(), plain_label()
        self._variables: tuple[Variable, ...] = ()
        self._lay_out()
        self.across.currentIndexChanged.connect(lambda _at: self._axis_picked(self.across, self.down))
        self.down.currentIndexChanged.connect(lambda _at: self._axis_picked(self.down, self.across))
        self.retranslate()

    @property
    def axis_across(self) -> str:
        return str(self.across.currentData() or "")

    @property
    def axis_down(self) -> str | None:
        """None where only one setting varies."""
        return str(self.down.currentData()) if self.down.count() > 1 else None

    def set_variables(self, variables: Sequence[Variable]) -> None:
        """The settings that a search varies; the first goes down, the second across."""
        self._variables = tuple(variables)
        for combo in (self.across, self.down):
            with QSignalBlocker(combo):
                combo.clear()
                for variable in variables:
                    combo.addItem("", variable.path)
        is_flat = len(variables) < 2
        with QSignalBlocker(self.across):
            self.across.setCurrentIndex(0 if is_flat else 1)
        for part in (self.down, self._down_label):
            part.setVisible(not is_flat)
        self.retranslate()

    def show_field(self, field: HeatField, objective: str) -> None:
        if not self._variables:
            return
        down = self._named(field.y) if field.y is not None else None
        across = self._named(field.x)
        titles = (tr(across.title), tr(down.title) if down is not None else "")
        words = (lambda value: value_words(across, value), lambda value: value_words(down or across, value))
        self.map.show_field(field, objective, Axes(titles, words))
        self.key.show_range(*self.map.cells.range)
        self._pages.setCurrentIndex(1)
        self._say_note()

    def show_nothing(self, words: str) -> None:
        """No search yet: say what would be here."""
        self._empty.setText(words)
        self._pages.setCurrentIndex(0)

    def retranslate(self) -> None:
        self._across_label.setText(tr("Across"))
        self._down_label.setText(tr("Down"))
        self.across.setAccessibleName(tr("Setting across the heat map"))
        self.down.setAccessibleName(tr("Setting down the heat map"))
        for combo in (self.across, self.down):
            for place, variable in enumerate(self._variables):
                combo.setItemText(place, tr(variable.title))
        self._say_note()

    def _say_note(self) -> None:
        others = len(self._variables) - (1 if self.axis_down is None else 2)
        words = tr("Each cell: the best score there, whatever the other settings were.") if others > 0 else ""
        self._note.setText(words)
        self._note.setVisible(bool(words))

    def _named(self, path: str) -> Variable:
        return next(variable for variable in self._variables if variable.path == path)

    def _axis_picked(self, picked: QuietCombo, other: QuietCombo) -> None:
        """Both axes of the same setting would be a diagonal: the other one steps aside."""
        if picked.count() > 1 and picked.currentIndex() == other.currentIndex():
            with QSignalBlocker(other):
                other.setCurrentIndex((other.currentIndex() + 1) % other.count())
        self.axes_changed.emit()

    def _lay_out(self) -> None:
        self._note.setProperty("role", "muted")
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        head = QHBoxLayout()
        head.setSpacing(6)
        for label, combo in ((self._down_label, self.down), (self._across_label, self.across)):
            label.setProperty("role", "muted")
            label.setBuddy(combo)
            combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            combo.setMinimumContentsLength(6)
            combo.setMaximumWidth(220)
            combo.setSizeAdjustPolicy(QuietCombo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            head.addWidget(label)
            head.addWidget(combo, 1)
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(8, 6, 8, 4)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.key)
        column.addWidget(self.map, 1)
        column.addWidget(self._note)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(shown)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
