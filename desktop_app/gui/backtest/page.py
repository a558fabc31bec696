"""The document of a backtest: what is asked for, how far it is, what came of it, and what can be done with that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop_app.config import Paths
from desktop_app.core.market import Market
from desktop_app.engine.views import AccountView
from desktop_app.gui import fmt, wording
from desktop_app.gui.backtest.choices import DataChoice, moment_words, place_words, size_words
from desktop_app.gui.backtest.curves_view import CurvesView, Drawn
from desktop_app.gui.backtest.data_line import DataLine, show_gaps
from desktop_app.gui.backtest.deal_chart import DealChart
from desktop_app.gui.backtest.deal_rows import DealRow, columns_of, rows_of
from desktop_app.gui.backtest.download import fetch_missing, may_fetch
from desktop_app.gui.backtest.figures import cautions_of, endings_of, figures_of
from desktop_app.gui.backtest.progress_line import ProgressLine
from desktop_app.gui.backtest.result_card import ResultCard
from desktop_app.gui.backtest.setup import SetupForm
from desktop_app.gui.backtest.subject import Subject, usual_balance
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.conditions.lab import off_loop
from desktop_app.gui.editor.bot_editor import rule
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.jobs import Job
from desktop_app.gui.models import RowsModel
from desktop_app.gui.notices import Banner, plain_label
from desktop_app.gui.tables import DataTable
from desktop_app.research.market_file import default_market
from desktop_app.research.past import Coverage, list_series, look
from desktop_app.research.trial_run import NotTested, Outcome, TrialOrder, run_trial

_CHART_SHARE = 0.6  # of the height, the rest is the deals'
_ROOMY = 1_500  # pixels from which the curves stand beside the chart with a third of the width


@dataclass(frozen=True, slots=True)
class _Looked:
    """The candles that a coverage is of."""

    choice: DataChoice | None
    start: int
    end: int


class BacktestPage(QWidget):
    """A document. It holds one subject and the last result; whoever opens it does what the buttons below ask for."""

    finished = Signal(object)  # Outcome
    export_requested = Signal(object)  # Outcome
    compare_requested = Signal(object)
    optimise_requested = Signal(object, object)  # Subject, Asked or None
    apply_requested = Signal(object)  # Outcome
    open_requested = Signal(object)

    def __init__(
        self, bridge: Bridge, paths: Paths, zone: tzinfo, subject: Subject, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("document.backtest")
        self._bridge, self._paths, self._zone = bridge, paths, zone
        self.subject = subject
        self.outcome: Outcome | None = None
        self.job: Job | None = None
        self._looked: _Looked | None = None
        self._ask = 0
        self._is_stopping_fetch = False
        self._rows: dict[str, DealRow] = {}
        self.form = SetupForm(subject.symbols, zone)
        self.data = DataLine(zone)
        self.progress = ProgressLine(zone)
        self.banner = Banner()
        self.card = ResultCard()
        self.part = QLabel()
        self.curves = CurvesView(zone)
        self.chart = DealChart(paths.candles, bridge.spawn, zone)
        self.model: RowsModel[DealRow] = RowsModel(lambda row: row.key, columns_of(zone), self)
        self.table = DataTable(self.model, tr_later("Deals of the backtest"))
        self.table.setSelectionMode(DataTable.SelectionMode.SingleSelection)
        self._pages = QStackedWidget()
        self._empty, self._empty_button = plain_label(), QPushButton()
        self.buttons = {name: QPushButton() for name in ("compare", "export", "optimise", "apply", "open")}
        self._lay_out()
        self._connect()
        self.retranslate()
        self.refresh()

    # --- what it is

    def title(self) -> str:
        return tr("Backtest — {bot}").format(bot=self.subject.name)

    @property
    def view(self) -> AccountView | None:
        return self._bridge.known.accounts.get(self.subject.account)

    def market(self) -> Market:
        """The rules of the pair on the bot's account; the usual ones where nobody knows them."""
        symbol = self.form.symbol
        return self._bridge.known.market(self.subject.account, symbol) or default_market(symbol)

    # --- candles

    def refresh(self) -> None:
        """Read anew what is kept."""
        self._bridge.spawn(self._read_series(), tr("reading candles"))

    async def _read_series(self) -> None:
        folder = self._paths.candles
        series = await off_loop(lambda: list_series(folder))
        if isValid(self):
            self._looked = None
            self.form.show_series(series, self.view, self._bridge.known.now(self.subject.account))

    def _changed(self) -> None:
        """What is asked for may be another: its market, its candles, whether it can be run."""
        market = self.market()
        price = self._bridge.known.price(self.subject.account, market.symbol)
        self.form.show_market(market, usual_balance(self.subject.settings, market, price))
        looked = _Looked(self.form.choice, *self.form.period())
        if looked != self._looked:
            self._looked = looked
            self.data.show_coverage(looked.choice, None)
            self._ask += 1
            if looked.choice is not None:
                self._bridge.spawn(self._look(self._ask, looked, looked.choice), tr("reading candles"))
        self._show_possible()

    async def _look(self, ask: int, looked: _Looked, choice: DataChoice) -> None:
        folder = self._paths.candles
        coverage = await off_loop(lambda: look(folder, choice.source, looked.start, looked.end))
        if isValid(self) and ask == self._ask:
            self.data.show_coverage(choice, coverage)
            self._show_possible()

    def get_data(self) -> None:
        """Say how much will be fetched, and fetch it when that is wanted."""
        if self.data.coverage is not None and self._looked is not None and not self.data.is_fetching:
            self._bridge.spawn(self._get_data(self._looked, self.data.coverage), tr("fetching candles"))

    async def _get_data(self, looked: _Looked, coverage: Coverage) -> None:
        choice = looked.choice
        if choice is None or not choice.account:
            return
        if not await may_fetch(self, choice, coverage, looked.start, looked.end, self._zone):
            return
        self._is_stopping_fetch = False
        self.data.show_progress(0, coverage.missing)
        self._show_possible()
        bridge, folder = self._bridge, self._paths.candles
        try:
            fetched = await fetch_missing(
                folder, choice, looked.start, looked.end,
                lambda *wish: bridge.ask(bridge.wishes.candles(*wish)),
                self.data.show_progress, lambda: self._is_stopping_fetch,
            )  # fmt: skip
        finally:
            if isValid(self):
                self.data.show_idle()
        if not isValid(self):
            return
        self._tell_fetched(fetched.problem, fetched.coverage, choice, is_stopped=fetched.is_stopped)
        self.refresh()

    def _tell_fetched(self, problem: str, coverage: Coverage, choice: DataChoice, *, is_stopped: bool) -> None:
        if problem:
            self.banner.say("error", problem, tr("What has come is kept. Nothing was ordered."))
        elif coverage.missing and not is_stopped:
            words = tr("{place} has no more candles of this period: {missing} are still missing.")
            place = place_words(choice.source.exchange, self.view)
            self.banner.say("info", words.format(place=place, missing=fmt.whole(coverage.missing)))
        else:
            self.banner.hide()

    def _stop_fetch(self) -> None:
        self._is_stopping_fetch = True

    # --- running

    def run(self) -> None:
        """Play the candles, if everything that is asked for is there."""
        asked = self.form.asked()
        if asked is None or self.job is not None or not self._can_run():
            return
        order = TrialOrder(
            settings=self.subject.settings,
            market=self.market(),
            rules=asked.rules,
            candles=self._paths.candles,
            source=asked.data.source,
            start=asked.start,
            end=asked.end,
            strategies=self._paths.strategies,
        )
        self.banner.hide()
        job = self.job = Job(run_trial, order, parent=self)
        job.finished.connect(self._take)
        job.failed.connect(self._fail)
        self.form.set_busy(True)
        self.progress.follow(job)
        self._show_possible()
        job.start()

    def cancel(self) -> None:
        if self.job is not None:
            self.job.cancel()

    def _take(self, made: object, is_cancelled: bool) -> None:
        self._over()
        if isinstance(made, Outcome):
            self.show_outcome(made)
            self.finished.emit(made)
        elif isinstance(made, NotTested) and made.problems:
            reasons = [wording.sentence(problem.reason, self.market()) for problem in made.problems]
            text = tr("No deal was computed. Change these settings of the bot, then run it again.")
            self.banner.say("error", " ".join(reasons), text, is_closable=False)
        elif not is_cancelled:
            self.banner.say("error", tr("There are no candles in this period. No deal was computed."))

    def _fail(self, text: str) -> None:
        self._over()
        if text:
            self.banner.say("error", text)

    def _over(self) -> None:
        job, self.job = self.job, None
        if job is not None:
            job.deleteLater()
        self.progress.end()
        self.form.set_busy(False)
        self._show_possible()

    # --- the result

    def show_outcome(self, outcome: Outcome) -> None:
        """Show what came of a run, of this page or a kept one."""
        self.outcome = outcome
        report = outcome.report
        rows = rows_of(outcome)
        self._rows = {row.key: row for row in rows}
        self.model.replace(rows)
        self.curves.show_curves((Drawn(outcome.insight.course, outcome.insight.months, report.market.quote),))
        self.chart.show_result(
            outcome.source, report.market, report.start, report.end + outcome.source.step_ms, rows
        )  # fmt: skip
        self._show_words()
        self._pages.setCurrentIndex(1)
        self._show_possible()

    def jump(self, key: str) -> None:
        """Bring a deal into sight on the chart."""
        row = self._rows.get(key)
        if row is not None:
            self.chart.show_deal(row)

    def _show_words(self) -> None:
        outcome = self.outcome
        if outcome is None:
            return
        self.card.show_result(figures_of(outcome), cautions_of(outcome), endings_of(outcome))
        self.part.setVisible(outcome.is_partial)
        words = tr("Partial result: stopped at {at}; the period asked for goes on to {end}.")
        self.part.setText(
            words.format(at=moment_words(outcome.report.end, self._zone), end=moment_words(outcome.wanted, self._zone))
        )

    # --- inside

    def _can_run(self) -> bool:
        coverage = self.data.coverage
        return coverage is not None and coverage.candles > 0 and not self.data.is_fetching

    def _show_possible(self) -> None:
        coverage, problem = self.data.coverage, self.form.problem()
        is_gappy = coverage is not None and not coverage.is_whole and coverage.candles > 0
        words = tr("Run around the gaps") if is_gappy else tr("Run")
        self.form.name_run(words, is_possible=self._can_run() and not problem and self.job is None)
        self.form.run.setToolTip(problem)
        has_result = self.outcome is not None
        for name in ("compare", "export", "apply", "open"):
            self.buttons[name].setEnabled(has_result and self.job is None)
        self.buttons["optimise"].setEnabled(self.job is None)
        self._show_empty(coverage, problem)

    def _show_empty(self, coverage: Coverage | None, problem: str) -> None:
        choice = self._looked.choice if self._looked is not None else None
        can_fetch = choice is not None and bool(choice.account)
        self._empty_button.hide()
        if problem:
            self._empty.setText(problem)
        elif choice is None:
            words = tr(
                "No candles of {pair} are kept, and no account is here to fetch them. Connect one, or import a file."
            )
            self._empty.setText(words.format(pair=self.form.symbol))
        elif coverage is None or self.data.is_fetching:
            self._empty.setText("")
        elif not coverage.candles:
            words = tr("Needs {timeframe} candles of {pair}.")
            self._empty.setText(words.format(timeframe=choice.source.timeframe, pair=choice.source.symbol))
            self._empty_button.setVisible(can_fetch)
            self._empty_button.setText(tr("Get {size}…").format(size=size_words(coverage.missing_bytes)))
        else:
            words = tr(
                "Run plays {count} candles to “{bot}” and shows what would have come of it, fees and losses too."
            )
            self._empty.setText(words.format(count=fmt.whole(coverage.candles), bot=self.subject.name))

    def _connect(self) -> None:
        self.form.changed.connect(self._changed)
        self.form.run_requested.connect(self.run)
        self.progress.cancel_requested.connect(self.cancel)
        self.data.get_requested.connect(self.get_data)
        self.data.stop_requested.connect(self._stop_fetch)
        self.data.gaps_requested.connect(self._show_gaps)
        self._empty_button.clicked.connect(self.get_data)
        self.table.row_selected.connect(self.jump)
        self.table.row_activated.connect(self.jump)
        self.buttons["compare"].clicked.connect(lambda: self.compare_requested.emit(self.outcome))
        self.buttons["export"].clicked.connect(lambda: self.export_requested.emit(self.outcome))
        self.buttons["optimise"].clicked.connect(lambda: self.optimise_requested.emit(self.subject, self.form.asked()))
        self.buttons["apply"].clicked.connect(lambda: self.apply_requested.emit(self.outcome))
        self.buttons["open"].clicked.connect(lambda: self.open_requested.emit(self.outcome))
        self._bridge.reloaded.connect(self.refresh)

    def _show_gaps(self) -> None:
        if self.data.coverage is not None:
            self._bridge.spawn(show_gaps(self, self.data.coverage, self._zone), tr("showing gaps"))

    def _lay_out(self) -> None:
        empty = QWidget()
        middle = QVBoxLayout(empty)
        middle.addStretch()
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("role", "muted")
        self._empty_button.setProperty("primary", True)
        middle.addWidget(self._empty)
        middle.addWidget(self._empty_button, 0, Qt.AlignmentFlag.AlignHCenter)
        middle.addStretch()
        right = self._right = QSplitter(Qt.Orientation.Vertical)
        right.addWidget(self.chart)
        right.addWidget(self.table)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.addWidget(self.curves)
        self._split.addWidget(right)
        self._split.setChildrenCollapsible(False)
        right.setChildrenCollapsible(False)
        self.part.setTextFormat(Qt.TextFormat.PlainText)
        self.part.setProperty("role", "warning")
        self.part.setContentsMargins(12, 6, 12, 0)
        result = QWidget()
        inside = QVBoxLayout(result)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        for part in (self.part, self.card, rule()):
            inside.addWidget(part)
        inside.addWidget(self._split, 1)
        self._pages.addWidget(empty)
        self._pages.addWidget(result)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 7, 12, 8)
        foot.setSpacing(8)
        for name in ("compare", "export", "optimise"):
            foot.addWidget(self.buttons[name])
        foot.addStretch(1)
        for name in ("apply", "open"):
            foot.addWidget(self.buttons[name])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.form, self.data, self.progress, self.banner, rule()):
            column.addWidget(part)
        column.addWidget(self._pages, 1)
        column.addWidget(rule())
        column.addLayout(foot)

    def retranslate(self) -> None:
        words = {
            "compare": tr("Compare with…"), "export": tr("Export…"), "optimise": tr("Optimise…"),
            "apply": tr("Apply to bot (paper)…"), "open": tr("Open as new bot"),
        }  # fmt: skip
        for name, button in self.buttons.items():
            button.setText(words[name])
        self.buttons["apply"].setToolTip(tr("Shows what would change, field by field. Nothing is started."))
        self.buttons["open"].setToolTip(tr("An unsaved draft with these settings. Nothing is started."))
        self.table.set_empty(tr("No deal was opened in this period."))
        self.model.retranslate()
        self._show_words()
        self._show_possible()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = event.size().width()
        share = 0.36 if width >= _ROOMY else 0.42
        self._split.setSizes([round(width * share), round(width * (1 - share))])
        height = max(1, self._right.height())
        self._right.setSizes([round(height * _CHART_SHARE), round(height * (1 - _CHART_SHARE))])

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nobody waits for what it computes any more."""
        self._stop_fetch()
        if self.job is not None:
            self.job.kill()
        super().closeEvent(event)
