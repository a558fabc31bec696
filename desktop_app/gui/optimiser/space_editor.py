"""Which settings a search varies: a tick for each that the bot has, and from where to where for those with one."""

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.conditions.flow import FlowLayout
from desktop_app.gui.fields import DecimalEdit
from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import plain_label, restyle
from desktop_app.gui.optimiser.variables import Reach, Variable, dimension, problem_of, proposal
from desktop_app.research.space import Dimension

_COLUMNS = 2
_WIDE = 820  # from here on two rows stand side by side
_CHARACTERS = 8  # of a number field


class ReachRow(QWidget):
    """One ticked setting: from … to, by; or the choices that are tried."""

    changed = Signal()

    def __init__(self, variable: Variable, quote: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.variable, self._unit = variable, unit_of(variable, quote)
        self._title, self._to, self._by, self._count = QLabel(), QLabel(), QLabel(), QLabel()
        self._note = plain_label()
        self._note.setProperty("role", "problem")
        self._note.hide()
        proposed = proposal(variable) if variable.is_number else Reach(Decimal(0), Decimal(0), Decimal(1))
        self.low, self.high, self.step = (_field(self._unit if place == 2 else "") for place in range(3))
        for field, value in zip((self.low, self.high, self.step), _parts(proposed), strict=True):
            field.step = variable.step
            field.set_value(value)
            field.value_changed.connect(lambda _value: self._take())
        self._lay_out()
        self.retranslate()

    @property
    def reach(self) -> Reach | None:
        """None while a number is missing or unreadable."""
        low, high, step = self.low.value, self.high.value, self.step.value
        return None if low is None or high is None or step is None else Reach(low, high, step)

    @property
    def problem(self) -> str:
        """What is wrong, translated; empty when it can be tried."""
        if not self.variable.is_number:
            return ""
        reach = self.reach
        if reach is None:
            return next(field.problem for field in (self.low, self.high, self.step) if field.value is None)
        return problem_of(self.variable, reach)

    @property
    def dimension(self) -> Dimension | None:
        if self.problem:
            return None
        return dimension(self.variable, self.reach if self.variable.is_number else None, self._choices())

    def set_reach(self, reach: Reach) -> None:
        for field, value in zip((self.low, self.high, self.step), _parts(reach), strict=True):
            field.set_value(value)

    def retranslate(self) -> None:
        title = tr(self.variable.title)
        self._title.setText(title)
        self._to.setText("…")
        self._by.setText(tr("by"))
        names = (tr("{setting}, from"), tr("{setting}, to"), tr("{setting}, step"))
        for field, name in zip((self.low, self.high, self.step), names, strict=True):
            words = name.format(setting=title)
            field.setAccessibleName(f"{words}, {self._unit}" if self._unit else words)
        self._show_state()

    def _choices(self) -> tuple[str | bool | Decimal, ...]:
        return tuple(value for value, _ in self.variable.choices)

    def _take(self) -> None:
        self._show_state()
        self.changed.emit()

    def _show_state(self) -> None:
        problem = self.problem
        self._note.setText(problem)
        self._note.setVisible(bool(problem))
        for field in (self.low, self.high, self.step):
            field.setProperty("problem", bool(problem))
            field.setAccessibleDescription(problem)
            restyle(field)
        if not self.variable.is_number:
            self._count.setText(" · ".join(tr(words) for _, words in self.variable.choices))
            return
        reach = self.reach
        count = reach.count if reach is not None and not problem else 0
        self._count.setText(tr("{count} values").format(count=fmt.whole(count)) if count else "")

    def _lay_out(self) -> None:
        self._title.setMinimumWidth(self.fontMetrics().horizontalAdvance("x") * 20)
        for label in (self._to, self._by, self._count):
            label.setProperty("role", "muted")
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._title)
        parts: tuple[QWidget, ...] = (self.low, self._to, self.high, self._by, self.step)
        for part in parts if self.variable.is_number else ():
            row.addWidget(part)
        row.addWidget(self._count)
        row.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addLayout(row)
        column.addWidget(self._note)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class SpaceEditor(QWidget):
    """Ticks above, and a row for each that is set."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ticks: dict[str, QCheckBox] = {}
        self.rows: dict[str, ReachRow] = {}  # of what is or was ticked
        self._kept: dict[str, Reach] = {}  # what was typed before the bot changed
        self._variables: tuple[Variable, ...] = ()
        self._quote = ""
        self._label = QLabel()
        self._flow_box = QWidget()
        self._flow = FlowLayout(self._flow_box)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(28)
        self._grid.setVerticalSpacing(4)
        self._columns = _COLUMNS
        self._lay_out()
        self.retranslate()

    def set_variables(self, variables: Sequence[Variable], quote: str) -> None:
        """Offer these; the usual ones are ticked. What was ticked and typed before is kept where it fits still."""
        self._kept |= {path: reach for path, row in self.rows.items() if (reach := row.reach) is not None}
        for old in (*self.ticks.values(), *self.rows.values()):
            old.setParent(None)
            old.deleteLater()
        was_ticked = {path for path, tick in self.ticks.items() if tick.isChecked()}
        is_first = not self.ticks
        self._variables, self._quote = tuple(variables), quote
        self.ticks, self.rows = {}, {}
        while self._flow.takeAt(0) is not None:
            continue
        for variable in self._variables:
            tick = QCheckBox(self)
            tick.setChecked(variable.is_usual if is_first else variable.path in was_ticked)
            tick.toggled.connect(lambda _is_on: self._ticked())
            self._flow.addWidget(tick)
            self.ticks[variable.path] = tick
        self._place()
        self.retranslate()

    @property
    def chosen(self) -> tuple[Variable, ...]:
        """What is ticked, in the order of the form."""
        return tuple(variable for variable in self._variables if self.ticks[variable.path].isChecked())

    @property
    def dimensions(self) -> tuple[Dimension, ...] | None:
        """The axes of the search; None while one of them cannot be tried."""
        found = [self._row(variable).dimension for variable in self.chosen]
        known = tuple(one for one in found if one is not None)
        return known if len(known) == len(found) else None

    @property
    def problem(self) -> str:
        """The first thing that is wrong, with the setting that it is about."""
        for variable in self.chosen:
            if problem := self._row(variable).problem:
                return f"{tr(variable.title)}: {problem}"
        return ""

    def retranslate(self) -> None:
        self._label.setText(tr("Vary"))
        for variable in self._variables:
            tick, now = self.ticks[variable.path], now_of(variable, self._quote)
            tick.setText(tr(variable.title))
            tick.setToolTip(tr("The bot has {value} now.").format(value=now))
            tick.setAccessibleName(tr("Vary {setting}, now {value}").format(setting=tr(variable.title), value=now))

    def _row(self, variable: Variable) -> ReachRow:
        """Made when it is first ticked: eight of them take as long as all the rest of the form."""
        if variable.path not in self.rows:
            row = self.rows[variable.path] = ReachRow(variable, self._quote, self)
            if variable.is_number and (reach := self._kept.get(variable.path)) is not None:
                row.set_reach(reach)
            row.changed.connect(self.changed)
        return self.rows[variable.path]

    def _ticked(self) -> None:
        self._place()
        self.changed.emit()

    def _place(self) -> None:
        """Rows of what is ticked, as many side by side as there is room for."""
        for row in self.rows.values():
            self._grid.removeWidget(row)
            row.hide()
        for place, variable in enumerate(self.chosen):
            row = self._row(variable)
            self._grid.addWidget(row, place // self._columns, place % self._columns, Qt.AlignmentFlag.AlignTop)
            row.show()
        self._flow_box.updateGeometry()
        self.updateGeometry()

    def _lay_out(self) -> None:
        self._label.setProperty("role", "title")
        self._label.setContentsMargins(0, 3, 0, 0)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self._label, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self._flow_box, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(top)
        rows = QHBoxLayout()
        rows.addLayout(self._grid)
        rows.addStretch()
        column.addLayout(rows)

    def resizeEvent(self, event: object) -> None:
        columns = _COLUMNS if self.width() >= _WIDE else 1
        if columns != self._columns:
            self._columns = columns
            self._place()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def unit_of(variable: Variable, quote: str) -> str:
    """What stands behind its numbers; a factor needs nothing."""
    return quote if variable.unit == "quote" else variable.unit.removesuffix("×")


def value_words(variable: Variable, value: object) -> str:
    """A value as people know it; without its unit."""
    for known, words in variable.choices:
        if known == value:
            return tr(words)
    if isinstance(value, bool):
        return tr("on") if value else tr("off")
    if isinstance(value, Decimal):
        return f"{value:,f}".replace("-", fmt.MINUS)
    return fmt.UNKNOWN if value is None else str(value)


def now_of(variable: Variable, quote: str) -> str:
    """What the bot has, with its unit."""
    if variable.now is None:
        return tr("off")
    words, unit = value_words(variable, variable.now), unit_of(variable, quote)
    return f"{words} {unit}" if unit and variable.is_number else words


def _parts(reach: Reach) -> tuple[Decimal, Decimal, Decimal]:
    return reach.low, reach.high, reach.step


def _field(unit: str) -> DecimalEdit:
    field = DecimalEdit(unit)
    field.setFixedWidth(field.fontMetrics().horizontalAdvance("0") * (_CHARACTERS + len(unit)) + 16)
    return field
