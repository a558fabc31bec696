"""What a search is asked for: what varies, what it is for, how its runs are drawn, what each has to keep to."""

from decimal import Decimal
from os import cpu_count

from PySide6.QtCore import QEvent, QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.core.settings import Settings
from desktop_app.gui import fmt
from desktop_app.gui.conditions.flow import FlowLayout
from desktop_app.gui.editor.rows import QuietCombo
from desktop_app.gui.fields import DecimalEdit
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.optimiser.goals import Goal, goals_of, usual_goal
from desktop_app.gui.optimiser.space_editor import SpaceEditor
from desktop_app.gui.optimiser.variables import variables_of
from desktop_app.research.goals import Limits
from desktop_app.research.search import MOST_TRIALS, Sampler, Search
from desktop_app.research.space import Space

UNSEEN_PERCENT = Decimal(30)
FOLDS = 4
LONG_MS = 120 * 86_400_000  # from here on a period is long enough to walk forward in
MANY = 2_000  # combinations; more than that are not all tried unless somebody says so
_USUAL_RUNS = 500
_AUTOMATIC = "automatic"
_SAMPLERS: tuple[tuple[str, str], ...] = (
    (_AUTOMATIC, tr_later("automatic")),
    ("grid", tr_later("all combinations")),
    ("tpe", tr_later("learning from earlier runs (TPE)")),
    ("random", tr_later("drawn at random")),
)


class SearchForm(QWidget):
    """`changed` whenever another search may be asked for; `search` reads it."""

    changed = Signal()

    def __init__(self, settings: Settings, quote: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind, self._quote = settings.kind, quote
        self.space = SpaceEditor(self)
        self.goal, self.sampler = QuietCombo(), QuietCombo()
        self.runs = DecimalEdit("", step=Decimal(100))
        self.most_funds = DecimalEdit(quote, is_optional=True, step=Decimal(50))
        self.most_fall = DecimalEdit("%", is_optional=True)
        self.least_deals = DecimalEdit("", is_optional=True, step=Decimal(10))
        self.walks = QCheckBox()
        self._has_said_walks = False
        self._labels = {name: QLabel() for name in ("goal", "sampler", "runs", "limits", "funds", "fall", "deals")}
        self._parts = QLabel()
        self._lay_out()
        self.show_settings(settings)
        self._connect()
        self.retranslate()

    # --- what it says

    @property
    def chosen_goal(self) -> Goal:
        goals = goals_of(self._kind)
        return next((goal for goal in goals if goal.key == self.goal.currentData()), goals[0])

    @property
    def combinations(self) -> int:
        dimensions = self.space.dimensions
        return Space(dimensions).size if dimensions else 0

    @property
    def drawn_by(self) -> Sampler:
        """How the runs come about, once the automatic choice is made."""
        chosen = str(self.sampler.currentData())
        if chosen != _AUTOMATIC:
            return chosen  # type: ignore[return-value]
        if self.combinations <= MANY:
            return "grid"
        return "nsga2" if len(self.chosen_goal.objectives) > 1 else "tpe"

    @property
    def problem(self) -> str:
        """What keeps a search from being made, translated; empty when nothing does."""
        if not self.space.chosen:
            return tr("Pick one or two settings to vary.")
        if problem := self.space.problem:
            return problem
        for field, label in ((self.most_funds, "funds"), (self.most_fall, "fall"), (self.least_deals, "deals")):
            if field.problem or (field.value is not None and field.value < 0):
                return f"{self._labels[label].text()}: {field.problem or tr('At least {value}.').format(value=0)}"
        if self.drawn_by == "grid":
            if self.combinations > MOST_TRIALS:
                words = tr("{count} combinations are too many. Take larger steps, or draw some.")
                return words.format(count=fmt.whole(self.combinations))
        elif self.runs.value is None or not 1 <= self.runs.value <= MOST_TRIALS:
            return tr("Between 1 and {most} runs can be made.").format(most=fmt.whole(MOST_TRIALS))
        return ""

    def search(self) -> Search | None:
        """None while something cannot be read; `problem` says what."""
        dimensions = self.space.dimensions
        if self.problem or not dimensions:
            return None
        deals = self.least_deals.value
        return Search(
            Space(dimensions),
            sampler=self.drawn_by,
            trials=None if self.drawn_by == "grid" else int(self.runs.value or _USUAL_RUNS),
            objectives=self.chosen_goal.objectives,
            limits=Limits(self.most_funds.value, self.most_fall.value, None if deals is None else int(deals)),
            unseen_percent=UNSEEN_PERCENT,
            workers=max(1, (cpu_count() or 2) - 1),  # one core stays with the window and the bots
        )

    @property
    def folds(self) -> int:
        return FOLDS if self.walks.isChecked() and self.walks.isEnabled() else 0

    # --- what it is told

    def show_settings(self, settings: Settings) -> None:
        """The bot has other settings now."""
        self._kind = settings.kind
        self.space.set_variables(variables_of(settings), self._quote)
        with QSignalBlocker(self.goal):
            chosen = self.goal.currentData()
            self.goal.clear()
            for goal in goals_of(self._kind):
                self.goal.addItem("", goal.key)
            place = self.goal.findData(chosen) if chosen else -1
            self.goal.setCurrentIndex(place if place >= 0 else self.goal.findData(usual_goal(self._kind).key))
        self.retranslate()

    def show_period(self, length_ms: int) -> None:
        """A short period has nothing to walk forward through; a long one does unless somebody said no."""
        is_long = length_ms >= LONG_MS
        self.walks.setEnabled(is_long)
        if not self._has_said_walks:
            with QSignalBlocker(self.walks):
                self.walks.setChecked(is_long)
        self._name_walks()

    # --- inside

    def _take(self) -> None:
        is_drawn = self.drawn_by != "grid"
        for part in (self._labels["runs"], self.runs):
            part.setVisible(is_drawn)
        self._name_sampler()
        self._name_goal()
        self.changed.emit()

    def _walks_said(self) -> None:
        self._has_said_walks = True
        self.changed.emit()

    def _connect(self) -> None:
        self.space.changed.connect(self._take)
        for combo in (self.goal, self.sampler):
            combo.currentIndexChanged.connect(lambda _at: self._take())
        for field in (self.runs, self.most_funds, self.most_fall, self.least_deals):
            field.value_changed.connect(lambda _value: self._take())
        self.walks.toggled.connect(lambda _is_on: self._walks_said())
        self._take()

    def _lay_out(self) -> None:
        for combo in (self.goal, self.sampler):
            combo.setSizeAdjustPolicy(QuietCombo.SizeAdjustPolicy.AdjustToContents)
        for key, _ in _SAMPLERS:
            self.sampler.addItem("", key)
        self.runs.set_value(Decimal(_USUAL_RUNS))
        for field, characters in ((self.runs, 8), (self.most_funds, 14), (self.most_fall, 8), (self.least_deals, 7)):
            field.setFixedWidth(field.fontMetrics().horizontalAdvance("0") * characters + 16)
        for label in (*self._labels.values(), self._parts):
            label.setProperty("role", "muted")
        self._labels["limits"].setProperty("role", "")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 12, 4)
        column.setSpacing(6)
        column.addWidget(self.space)
        lines: tuple[tuple[QWidget, ...], ...] = (
            (_pair(self._labels["goal"], self.goal), _pair(self._labels["sampler"], self.sampler),
             _pair(self._labels["runs"], self.runs), self._parts),
            (self._labels["limits"], _pair(self._labels["funds"], self.most_funds),
             _pair(self._labels["fall"], self.most_fall), _pair(self._labels["deals"], self.least_deals), self.walks),
        )  # fmt: skip
        for parts in lines:
            box = QWidget(self)
            flow = FlowLayout(box)
            for part in parts:
                flow.addWidget(part)
            column.addWidget(box)

    def _name_sampler(self) -> None:
        automatic = {
            "grid": tr("automatic: all {count} combinations"),
            "tpe": tr("automatic: learning, {count} combinations"),
            "nsga2": tr("automatic: evolving, {count} combinations"),
        }
        for place, (key, title) in enumerate(_SAMPLERS):
            self.sampler.setItemText(place, tr(title))
            if key == _AUTOMATIC and self.combinations:
                chosen = "grid" if self.combinations <= MANY else self.drawn_by
                words = automatic.get(chosen, automatic["tpe"])
                self.sampler.setItemText(place, words.format(count=fmt.whole(self.combinations)))

    def _name_goal(self) -> None:
        for place, goal in enumerate(goals_of(self._kind)):
            self.goal.setItemText(place, tr(goal.title))
        self.goal.setToolTip(tr(self.chosen_goal.hint))

    def _name_walks(self) -> None:
        self.walks.setText(tr("Walk forward in {count} steps").format(count=FOLDS))
        hint = tr("Chooses again and again on the past alone, each time judged on the stretch that came next.")
        if not self.walks.isEnabled():
            hint = tr("Needs a period of at least {count} days.").format(count=LONG_MS // 86_400_000)
        self.walks.setToolTip(hint)
        self.walks.setAccessibleDescription(hint)

    def retranslate(self) -> None:
        words = {
            "goal": tr("Score"), "sampler": tr("Runs"), "runs": tr("How many"), "limits": tr("Only runs with"),
            "funds": tr("money in use up to"), "fall": tr("drawdown up to"), "deals": tr("deals at least"),
        }  # fmt: skip
        for name, label in self._labels.items():
            label.setText(words[name])
        self._parts.setText(tr("First 70 % of the data to choose, last 30 % to check (always on)"))
        for field in (self.most_funds, self.most_fall, self.least_deals):
            field.setPlaceholderText(tr("any"))
        names = (
            (self.goal, tr("What the runs are scored by")), (self.sampler, tr("How the runs are drawn")),
            (self.runs, tr("How many runs")),
            (self.most_funds, tr("Most money in use, {unit}").format(unit=self._quote)),
            (self.most_fall, tr("Deepest drawdown, percent")), (self.least_deals, tr("Fewest deals")),
        )  # fmt: skip
        for widget, name in names:
            widget.setAccessibleName(name)
        self._name_sampler()
        self._name_goal()
        self._name_walks()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _pair(label: QLabel, field: QWidget) -> QWidget:
    """A field and its name, kept together where the line breaks."""
    label.setBuddy(field)
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 14, 0)
    row.setSpacing(6)
    row.addWidget(label)
    row.addWidget(field)
    return box
