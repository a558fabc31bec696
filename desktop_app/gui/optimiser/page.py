"""The document of a search: what is asked for, how far it is, the runs beside what they did on data never looked at."""

from datetime import tzinfo

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from desktop_app.config import Paths
from desktop_app.core.market import Market
from desktop_app.gui import fmt
from desktop_app.gui.backtest.choices import DAY_MS
from desktop_app.gui.backtest.past_box import PastBox
from desktop_app.gui.backtest.setup import Asked
from desktop_app.gui.backtest.subject import Subject
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.editor.bot_editor import rule
from desktop_app.gui.i18n import tr, units
from desktop_app.gui.notices import Banner, plain_label
from desktop_app.gui.optimiser.against import Change, applied, changes_of, plan_change
from desktop_app.gui.optimiser.belief import about_front, about_run, about_walk
from desktop_app.gui.optimiser.details import Details
from desktop_app.gui.optimiser.heat_box import HeatBox
from desktop_app.gui.optimiser.heat_map import short
from desktop_app.gui.optimiser.results import ResultRow, key_of, make_row
from desktop_app.gui.optimiser.results_box import ResultsBox
from desktop_app.gui.optimiser.run_bar import RunBar
from desktop_app.gui.optimiser.search_form import SearchForm
from desktop_app.gui.optimiser.search_hand import SearchHand
from desktop_app.gui.optimiser.variables import Variable
from desktop_app.gui.optimiser.verdict import share_of_near
from desktop_app.research.goals import shown_score
from desktop_app.research.search import Estimate, check
from desktop_app.research.search import HeatMap as HeatField
from desktop_app.research.search_run import SearchOrder
from desktop_app.research.space import Point

_MARKED, _MARKED_MEANWHILE = 100, 20  # rows whose neighbours are looked at
_HEAT_SHARES = (0.33, 0.5)  # of the width: what the rows do not need, within these


class OptimiserPage(QWidget):
    """A document. It changes no bot: whoever opens it does what its last two buttons ask for."""

    backtest_requested = Signal(object)  # Settings
    apply_requested = Signal(object)  # ResultRow

    def __init__(
        self, bridge: Bridge, paths: Paths, zone: tzinfo, subject: Subject, hand: SearchHand | None = None
    ) -> None:
        super().__init__()
        self.setObjectName("document.optimiser")
        self.subject = subject
        self.hand = hand or SearchHand()
        self.hand.setParent(self)
        # Each has its place from the start: to move a widget into another costs as much as to make it.
        self._setup, self._split = QWidget(self), QSplitter(Qt.Orientation.Horizontal, self)
        self.past = PastBox(bridge, paths.candles, zone, subject, is_search=True, parent=self._setup)
        self.market: Market = self.past.market()
        self.form = SearchForm(subject.settings, self.market.quote, self._setup)
        self.bar, self.banner, self.heat = RunBar(self), Banner(self), HeatBox(self._split)
        self.results = ResultsBox(self._split)
        self.details = Details(self, is_trade=subject.settings.kind == "smart_trade")
        self._summary = plain_label()
        self._is_form_shown = True
        self._measured: tuple[float, int] | None = None  # seconds, runs
        self._variables: tuple[Variable, ...] = ()
        self._field: HeatField | None = None
        self._lay_out()
        self._connect()
        self.retranslate()
        self.past.refresh()

    def title(self) -> str:
        return tr("Optimise — {bot}").format(bot=self.subject.name)

    @property
    def goal(self) -> str:
        """The objective that the runs in sight are scored by."""
        search = self.hand.search
        return search.objective if search is not None else self.form.chosen_goal.objectives[0]

    # --- asking

    def order(self) -> SearchOrder | None:
        """What is asked for; None while something is missing."""
        asked, search = self.past.asked(), self.form.search()
        if asked is None or search is None:
            return None
        return SearchOrder(
            settings=self.subject.settings,
            market=self.past.market(),
            rules=asked.rules,
            search=search,
            candles=self.past.folder,
            source=asked.data.source,
            start=asked.start,
            end=asked.end,
            folds=self.form.folds,
        )

    def show_subject(self, subject: Subject) -> None:
        """The bot has other settings now; what was typed here stays where it fits."""
        if subject != self.subject and not self.hand.is_busy:
            self.subject = subject
            self.form.show_settings(subject.settings)
            self._show_form(True)
            self._asked_for()

    def take_past(self, asked: Asked) -> None:
        """The same candles as in a backtest."""
        self.past.take(asked)

    def start(self) -> None:
        order = self.order()
        if order is None or self.hand.is_busy:
            return
        self.banner.hide()
        self.market = order.market
        self._variables, self._field = self.form.space.chosen, None
        self.results.show_axes(self._variables, self.market.quote)
        self.heat.set_variables(self._variables)
        self._share_room()
        self._show_form(False)
        self.hand.start(order)

    def _asked_for(self) -> None:
        """Something of the form changed: how much it is, and how long it takes."""
        if self.hand.is_busy:
            return
        start, end = self.past.form.period()
        self.form.show_period(end - start)
        self.hand.measure(self.order())
        self._show_cost()
        self._show_nothing_yet()

    def _show_cost(self) -> None:
        order = self.order()
        problem = self.past.problem or self.form.problem
        runs = check(order.search) if order is not None else 0
        seconds = None
        if self._measured is not None and runs:
            seconds = self._measured[0] * runs / self._measured[1]
        self.bar.show_cost(runs, self.form.folds, seconds, problem)

    def _take_measure(self, measured: Estimate | None) -> None:
        self._measured = (measured.seconds, measured.runs) if measured is not None and measured.runs else None
        self._show_cost()

    # --- what comes

    def _show_state(self) -> None:
        state = self.hand.state
        self.bar.show_state(state, has_form=self._is_form_shown)
        self.past.set_busy(self.hand.is_busy)
        self.form.setEnabled(not self.hand.is_busy)
        if state == "over":
            self.bar.show_ending(self._ending_words())
            self._choose_best()
        self._show_nothing_yet()
        self._show_chosen()

    def _show_news(self) -> None:
        """More runs are known."""
        hand = self.hand
        if hand.search is None or not self._variables:
            return
        space, marked = hand.search.space, _MARKED if hand.answer is not None else _MARKED_MEANWHILE
        rows = []
        for number, trial in enumerate(hand.shown, 1):
            share = share_of_near(space, trial, hand.known) if number <= marked else None
            rows.append(make_row(number, hand.all[trial.point], self.goal, share))
        self.results.show_rows(rows)
        self._draw_heat()
        score = shown_score(hand.shown[0].score, self.goal) if hand.shown else None
        self.bar.show_best("" if score is None else short(score))
        if hand.answer is not None:
            self._choose_best()
        self._show_chosen()

    def _choose_best(self) -> None:
        """Where nobody has chosen a run."""
        if self.results.chosen is None and self.hand.shown:
            self.results.table.select(key_of(self.hand.shown[0]))

    def _draw_heat(self, *_: object, is_new: bool = False) -> None:
        if self.hand.search is not None and self.hand.all:
            old = None if is_new else self._field
            self._field = self.hand.field(self.heat.axis_across, self.heat.axis_down, old)
            self.heat.show_field(self._field, self.goal)

    def _show_progress(self, done: int, total: int, left: int | None) -> None:
        order = self.hand.order
        if order is not None:
            self.bar.show_progress(done, total // (1 + order.folds), total, left)

    def _ending_words(self) -> str:
        hand, answer = self.hand, self.hand.answer
        if answer is None:
            count = len(hand.all)
            return tr("Partial: stopped after {count} runs.").format(count=fmt.whole(count)) if count else ""
        found = answer.found
        done = answer.count + found.refused
        if found.is_complete:
            words = tr("{count} runs in {time}.").format(
                count=fmt.whole(done), time=fmt.duration(max(1000, round(found.seconds * 1000)), units())
            )
        else:
            words = tr("Partial: {done} of {count} runs.").format(done=fmt.whole(done), count=fmt.whole(found.total))
        if found.refused:
            left_out = tr("{count} combinations make no bot and were left out.")
            words = f"{words} {left_out.format(count=fmt.whole(found.refused))}"
        return words

    # --- the chosen run

    def _chosen(self, _key: str = "") -> None:
        row = self.results.chosen
        if row is not None:
            self.heat.map.show_point(row.trial.point)
        self._show_chosen()

    def _pick(self, point: Point) -> None:
        """A cell of the map was picked: its row is chosen, and brought in if it is not among the best."""
        tried = self.hand.all.get(point)
        if tried is None:
            return
        key = key_of(tried.trial)
        if self.results.row(key) is None:
            better = sum(1 for other in self.hand.all.values() if other.trial.score > tried.trial.score)
            self.results.add(make_row(better + 1, tried, self.goal, None))
        self.results.table.select(key)

    def _show_chosen(self) -> None:
        row, hand = self.results.chosen, self.hand
        if row is None:
            self.details.show_nothing(tr("Choose a run to see what speaks for it.") if hand.all else "")
            return
        point = row.trial.point
        closer = hand.robustness.get(point)
        sayings = list(about_run(row.trial, closer, max(1, len(hand.all)), self.market.quote))
        if hand.answer is not None and row.number <= hand.answer.found.front:
            sayings.append(about_front())
        if hand.walk is not None:
            sayings.append(about_walk(hand.walk, self.market.quote))
        self.details.show_run(row.number, self.subject.name, self.changes(row), sayings)
        is_new = hand.answer is not None and not hand.is_busy and point not in hand.robustness
        self.details.show_closer(is_possible=is_new, is_looking=hand.is_examining and is_new)

    def changes(self, row: ResultRow) -> tuple[Change, ...]:
        """The chosen run against the bot, field by field, and the money that it plans to use."""
        found = changes_of(self._variables, row.trial.point, self.market.quote)
        if self.hand.answer is None:
            return found
        plan = plan_change(self.hand.answer.own_funds, row.funds, self.market.quote)
        return found if plan is None else (*found, plan)

    def _look_closer(self) -> None:
        if (row := self.results.chosen) is not None:
            self.hand.examine(row.trial.point)
            self._show_chosen()

    def _ask_backtest(self) -> None:
        row = self.results.chosen
        settings = applied(self.subject.settings, row.trial.point) if row is not None else None
        if settings is not None:
            self.backtest_requested.emit(settings)

    def _ask_apply(self) -> None:
        if (row := self.results.chosen) is not None:
            self.apply_requested.emit(row)

    # --- inside

    def _refuse(self, why: str) -> None:
        """What cannot be searched although the form let it pass."""
        if why:
            text = tr("Nothing was changed. Change the search, then start it again.")
            self.banner.say("error", tr("This cannot be searched."), text, details=why)
        else:
            self.banner.say("error", tr("There are no candles in this period. No run was made."))
        self._show_form(True)

    def _fail(self, text: str) -> None:
        self.banner.say("error", text, tr("What was found by then stays below.") if self.hand.all else "")

    def _show_form(self, is_shown: bool) -> None:
        """Once a search runs, its form folds to a line and leaves the room to what it finds."""
        self._is_form_shown = is_shown
        self._setup.setVisible(is_shown)
        self._summary.setVisible(not is_shown)
        self._summary.setText(self._summary_words())
        self.bar.show_state(self.hand.state, has_form=is_shown)

    def _summary_words(self) -> str:
        """What was asked for, in a line."""
        order = self.hand.order or self.order()
        if order is None:
            return ""
        days = max(1, round((order.end - order.start) / DAY_MS))
        parts = [
            f"{order.source.symbol} · {order.source.timeframe}",
            tr("{count} days").format(count=fmt.whole(days)),
            *(tr(variable.title) for variable in self._variables),
            tr("score: {goal}").format(goal=tr(self.form.chosen_goal.title)),
            tr("first 70 % to choose, last 30 % to check"),
        ]
        return " · ".join(parts)

    def _show_nothing_yet(self) -> None:
        """Words where runs will be."""
        if self.hand.all:
            return
        problem = self.past.problem or self.form.problem
        words = problem or tr("The runs come here, the best first, each beside what it did on data it never saw.")
        if self.hand.is_busy:
            words = tr("The first runs are under way…")
        self.results.set_empty(words)
        self.heat.show_nothing("" if problem else tr("The heat map shows where good settings lie."))

    def _connect(self) -> None:
        self.past.changed.connect(self._asked_for)
        self.form.changed.connect(self._asked_for)
        self.bar.start_requested.connect(self.start)
        self.bar.hold_requested.connect(self.hand.hold)
        self.bar.stop_requested.connect(self.hand.stop)
        self.bar.form_requested.connect(lambda: self._show_form(True))
        hand = self.hand
        hand.measured.connect(self._take_measure)
        hand.state_changed.connect(self._show_state)
        hand.found_more.connect(self._show_news)
        hand.progressed.connect(self._show_progress)
        hand.examined.connect(lambda _point: self._show_chosen())
        hand.walked.connect(self._show_chosen)
        hand.refused.connect(self._refuse)
        hand.failed.connect(self._fail)
        self.heat.axes_changed.connect(lambda: self._draw_heat(is_new=True))
        self.heat.map.run_picked.connect(self._pick)
        self.results.row_selected.connect(self._chosen)
        self.results.row_activated.connect(lambda _key: self._ask_backtest())
        self.details.closer_requested.connect(self._look_closer)
        self.details.backtest_requested.connect(self._ask_backtest)
        self.details.apply_requested.connect(self._ask_apply)

    def _lay_out(self) -> None:
        setup = QVBoxLayout(self._setup)
        setup.setContentsMargins(0, 0, 0, 0)
        setup.setSpacing(0)
        for part in (self.past, rule(), self.form):
            setup.addWidget(part)
        self._summary.setContentsMargins(12, 8, 12, 2)
        self._summary.setProperty("role", "muted")
        self._split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self._setup, self._summary, self.bar, self.banner, rule()):
            column.addWidget(part)
        column.addWidget(self._split, 1)
        column.addWidget(rule())
        column.addWidget(self.details)
        self._summary.hide()
        self.bar.show_state("idle", has_form=True)

    def retranslate(self) -> None:
        self.setWindowTitle(self.title())
        self.results.retranslate()
        self._summary.setText(self._summary_words())
        if self.hand.state == "over":
            self.bar.show_ending(self._ending_words())
        self._show_cost()
        self._show_nothing_yet()
        self._draw_heat()
        self._show_chosen()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        width, (least, most) = self.width(), _HEAT_SHARES
        heat = min(max(width - self.results.needed_width, round(width * least)), round(width * most))
        self._split.setSizes([heat, width - heat])

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nobody waits for what it computes any more."""
        self.past.stop_fetching()
        self.hand.leave()
        super().closeEvent(event)
