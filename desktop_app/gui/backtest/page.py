"""The document of a backtest: what is asked for, how far it is, what came of it, and what can be done with that."""

from __future__ import annotations

import asyncio
from datetime import tzinfo

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop_app.config import Paths
from desktop_app.gui import fmt, wording
from desktop_app.gui.backtest.choices import moment_words, size_words
from desktop_app.gui.backtest.past_box import PastBox, asked_of
from desktop_app.gui.backtest.progress_line import ProgressLine
from desktop_app.gui.backtest.result_pane import ResultPane
from desktop_app.gui.backtest.subject import Subject
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.editor.bot_editor import rule
from desktop_app.gui.i18n import tr
from desktop_app.gui.jobs import Job
from desktop_app.gui.notices import plain_label
from desktop_app.research.trial_run import NotTested, Outcome, TrialOrder, run_trial


class BacktestPage(QWidget):
    """A document. It holds one subject and the last result; whoever opens it does what the buttons below ask for."""

    finished = Signal(object)  # Outcome
    export_requested = Signal(object)  # Outcome
    compare_requested = Signal(object)
    optimise_requested = Signal(object, object)  # Subject, Asked or None
    others_requested = Signal(object, object)  # the same
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
        self.past = PastBox(bridge, paths.candles, zone, subject, parent=self)
        self.form, self.data, self.banner = self.past.form, self.past.data, self.past.banner
        self.progress = ProgressLine(zone)
        self.past.add_line(self.progress)
        self._pane: ResultPane | None = None
        self._pages = QStackedWidget(self)
        self._empty, self._empty_button = plain_label(), QPushButton()
        self.buttons = {
            name: QPushButton(self) for name in ("compare", "export", "optimise", "others", "apply", "open")
        }
        self._lay_out()
        self._connect()
        self.retranslate()
        self.past.refresh()
        bridge.spawn(self._prepare(), tr("showing a result"))

    # --- what it is

    def title(self) -> str:
        return tr("Backtest — {bot}").format(bot=self.subject.name)

    @property
    def pane(self) -> ResultPane:
        """Where results are shown; made when there is time, or when the first one comes."""
        if self._pane is None:
            self._pane = ResultPane(self._paths.candles, self._bridge.spawn, self._zone, self._pages)
            self._pages.addWidget(self._pane)
        return self._pane

    async def _prepare(self) -> None:
        await asyncio.sleep(0)
        if isValid(self):
            assert self.pane is not None

    # --- running

    def run(self) -> None:
        """Play the candles, if everything that is asked for is there."""
        asked = self.past.asked()
        if asked is None or self.job is not None:
            return
        order = TrialOrder(
            settings=self.subject.settings,
            market=self.past.market(),
            rules=asked.rules,
            candles=self._paths.candles,
            source=asked.data.source,
            start=asked.start,
            end=asked.end,
            strategies=self._paths.strategies,
            detail=asked.detail,
        )
        self.banner.hide()
        job = self.job = Job(run_trial, order, parent=self)
        job.finished.connect(self._take)
        job.failed.connect(self._fail)
        self.past.set_busy(True)
        self.progress.follow(job)
        self.past.show_line(self.progress)
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
        elif isinstance(made, NotTested) and (made.problems or made.detail):
            self._refuse(made)
        elif not is_cancelled:
            self.banner.say("error", tr("There are no candles in this period. No deal was computed."))

    def _refuse(self, why: NotTested) -> None:
        if why.detail is None:
            reasons = [wording.sentence(problem.reason, self.past.market()) for problem in why.problems]
            text = tr("No deal was computed. Change these settings of the bot, then run it again.")
            self.banner.say("error", " ".join(reasons), text, is_closable=False)
            return
        if why.at:
            words = tr("The finer candles are not of these candles: those of {at} make another one.")
            title = words.format(at=moment_words(why.at, self._zone))
        else:
            title = tr("There are no finer candles in this period.")
        self.banner.say("error", title, tr("No deal was computed. Choose other candles, or the assumed path."))

    def _fail(self, text: str) -> None:
        self._over()
        if text:
            self.banner.say("error", text)

    def _over(self) -> None:
        job, self.job = self.job, None
        if job is not None:
            job.deleteLater()
        self.progress.end()
        self.past.show_line(self.data)
        self.past.set_busy(False)
        self._show_possible()

    # --- the result

    def show_outcome(self, outcome: Outcome) -> None:
        """Show what came of a run, of this page or a kept one."""
        self.outcome = outcome
        self.pane.show_outcome(outcome)
        self._pages.setCurrentWidget(self.pane)
        self._show_possible()

    def show_kept(self, outcome: Outcome) -> None:
        """A result of before, and above it what it was asked with: it can be run again."""
        self.past.take(asked_of(outcome))
        self.show_outcome(outcome)

    # --- inside

    def _show_possible(self) -> None:
        coverage, problem = self.data.coverage, self.form.problem()
        is_gappy = coverage is not None and not coverage.is_whole and coverage.candles > 0
        words = tr("Run around the gaps") if is_gappy else tr("Run")
        self.form.name_run(words, is_possible=self.past.has_candles and not problem and self.job is None)
        self.form.run.setToolTip(problem)
        has_result = self.outcome is not None
        for name in ("compare", "export", "apply", "open"):
            self.buttons[name].setEnabled(has_result and self.job is None)
        for name in ("optimise", "others"):
            self.buttons[name].setEnabled(self.job is None)
        self._show_empty()

    def _show_empty(self) -> None:
        """Words where a result will be."""
        past, choice, coverage = self.past, self.past.choice, self.data.coverage
        is_missing = coverage is not None and not coverage.candles and not self.data.is_fetching
        if problem := past.problem:
            self._empty.setText(problem)
        elif coverage is None or self.data.is_fetching:
            self._empty.setText("")
        else:
            words = tr("Run plays {count} candles to {bot} and shows what would have come of it, fees and losses too.")
            self._empty.setText(words.format(count=fmt.whole(coverage.candles), bot=self.subject.name))
        can_fetch = choice is not None and bool(choice.account)
        self._empty_button.setVisible(is_missing and can_fetch and not self.form.problem())
        if coverage is not None:
            self._empty_button.setText(tr("Get {size}…").format(size=size_words(coverage.missing_bytes)))

    def _connect(self) -> None:
        self.past.changed.connect(self._show_possible)
        self.form.run_requested.connect(self.run)
        self.progress.cancel_requested.connect(self.cancel)
        self._empty_button.clicked.connect(self.past.get_data)
        self.buttons["compare"].clicked.connect(lambda: self.compare_requested.emit(self.outcome))
        self.buttons["export"].clicked.connect(lambda: self.export_requested.emit(self.outcome))
        self.buttons["optimise"].clicked.connect(lambda: self.optimise_requested.emit(self.subject, self.form.asked()))
        self.buttons["others"].clicked.connect(lambda: self.others_requested.emit(self.subject, self.form.asked()))
        self.buttons["apply"].clicked.connect(lambda: self.apply_requested.emit(self.outcome))
        self.buttons["open"].clicked.connect(lambda: self.open_requested.emit(self.outcome))

    def _lay_out(self) -> None:
        empty = QWidget(self._pages)
        middle = QVBoxLayout(empty)
        middle.addStretch()
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("role", "muted")
        self._empty_button.setProperty("primary", True)
        middle.addWidget(self._empty)
        middle.addWidget(self._empty_button, 0, Qt.AlignmentFlag.AlignHCenter)
        middle.addStretch()
        self._pages.addWidget(empty)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 7, 12, 8)
        foot.setSpacing(8)
        for name in ("compare", "export", "optimise", "others"):
            foot.addWidget(self.buttons[name])
        foot.addStretch(1)
        for name in ("apply", "open"):
            foot.addWidget(self.buttons[name])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.past, rule()):
            column.addWidget(part)
        column.addWidget(self._pages, 1)
        column.addWidget(rule())
        column.addLayout(foot)

    def retranslate(self) -> None:
        words = {
            "compare": tr("Compare with…"), "export": tr("Export…"), "optimise": tr("Optimise…"),
            "others": tr("With other bots…"),
            "apply": tr("Apply to bot (paper)…"), "open": tr("Open as new bot"),
        }  # fmt: skip
        for name, button in self.buttons.items():
            button.setText(words[name])
        self.buttons["others"].setToolTip(tr("Tests it together with other bots, over one balance that they share."))
        self.buttons["apply"].setToolTip(tr("Shows what would change, field by field. Nothing is started."))
        self.buttons["open"].setToolTip(tr("An unsaved draft with these settings. Nothing is started."))
        if self.subject.settings.kind == "smart_trade":  # it has no form: a trade is placed from the ticket only
            self.buttons["apply"].hide()
            self.buttons["open"].setText(tr("Open in the ticket"))
            self.buttons["open"].setToolTip(tr("Fills in the ticket with these settings. Nothing is placed."))
        self._show_possible()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nobody waits for what it computes any more."""
        self.past.stop_fetching()
        if self.job is not None:
            self.job.kill()
        super().closeEvent(event)
