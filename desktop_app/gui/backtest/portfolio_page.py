"""The document of a backtest of several bots over one balance: which of them, how far it is, and what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop_app.config import Paths
from desktop_app.gui import wording
from desktop_app.gui.backtest.past_box import asked_of, take_over
from desktop_app.gui.backtest.portfolio_box import PortfolioBox
from desktop_app.gui.backtest.portfolio_pane import PortfolioPane
from desktop_app.gui.backtest.progress_line import ProgressLine
from desktop_app.gui.backtest.setup import Asked
from desktop_app.gui.backtest.subject import Subject
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.editor.bot_editor import rule
from desktop_app.gui.i18n import tr
from desktop_app.gui.jobs import Job
from desktop_app.research.portfolio_run import PortfolioOutcome, run_portfolio_trial
from desktop_app.research.trial_run import NotTested

_TURNS_UNTIL_PANE = 4  # of the loop: what is seen first is made first


class PortfolioPage(QWidget):
    """A document. It asks for bots and candles, runs them, and shows what came of it in their place."""

    finished = Signal(object)  # PortfolioOutcome
    export_requested = Signal(object)
    compare_requested = Signal(object)
    part_requested = Signal(object, int)  # PortfolioOutcome, the place of a bot in it

    def __init__(self, bridge: Bridge, paths: Paths, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("document.portfolio")
        self.outcome: PortfolioOutcome | None = None
        self.job: Job | None = None
        self._pages = QStackedWidget(self)
        self.box = PortfolioBox(bridge, paths.candles, zone, self._pages)
        self.form, self.banner = self.box.form, self.box.banner
        self._bridge, self._zone = bridge, zone
        self._pane: PortfolioPane | None = None
        self.progress = ProgressLine(zone)
        self.buttons = {name: QPushButton(self) for name in ("turn", "compare", "export", "part")}
        self._lay_out()
        self._connect()
        self.retranslate()
        self.box.refresh()
        bridge.spawn(self._prepare(), tr("showing a result"))

    @property
    def pane(self) -> PortfolioPane:
        """Where results are shown; made when there is time, or when the first one comes."""
        if self._pane is None:
            pane = self._pane = PortfolioPane(self._bridge.spawn, self._zone, self._pages)
            self._pages.addWidget(pane)
            pane.bots.selectionModel().selectionChanged.connect(lambda *_: self._show_possible())
            pane.bots.row_activated.connect(lambda _key: self._ask_part())
        return self._pane

    async def _prepare(self) -> None:
        for _ in range(_TURNS_UNTIL_PANE):
            await asyncio.sleep(0)
        if isValid(self):
            assert self.pane is not None

    def title(self) -> str:
        return tr("Backtest — several bots")

    # --- what it is told

    def show_subjects(self, subjects: Sequence[Subject], ticked: Sequence[Subject]) -> None:
        """The bots to choose from."""
        self.box.show_subjects(subjects, ticked)

    def take_past(self, asked: Asked) -> None:
        """The candles and costs of another test."""
        take_over(self.form, asked, has_balance=True)

    def show_outcome(self, outcome: PortfolioOutcome) -> None:
        """Show what came of a run, of this page or a kept one."""
        self.outcome = outcome
        self.pane.show_outcome(outcome)
        self._bridge.spawn(self._turn_to(outcome), tr("showing a result"))

    async def _turn_to(self, outcome: PortfolioOutcome) -> None:
        """In a turn of its own: to be seen for the first time costs widgets a moment."""
        await asyncio.sleep(0)
        if isValid(self) and self.outcome is outcome:
            self._pages.setCurrentWidget(self.pane)
            self._show_possible()

    def show_kept(self, outcome: PortfolioOutcome) -> None:
        """A result of before, and above it what it was asked with: it can be run again."""
        self.take_past(asked_of(outcome.parts[0]))
        self.show_outcome(outcome)

    # --- running

    def run(self) -> None:
        """Play the candles, if everything that is asked for is there."""
        order = self.box.order() if self.job is None else None
        if order is None:
            self._pages.setCurrentWidget(self.box)
            self._show_possible()
            return
        self.banner.hide()
        job = self.job = Job(run_portfolio_trial, order, parent=self)
        job.finished.connect(self._take)
        job.failed.connect(self._fail)
        self.box.set_busy(True)
        self.progress.follow(job)
        self.progress.show()
        self._show_possible()
        job.start()

    def cancel(self) -> None:
        if self.job is not None:
            self.job.cancel()

    def _take(self, made: object, is_cancelled: bool) -> None:
        self._over()
        if isinstance(made, PortfolioOutcome):
            self.show_outcome(made)
            self.finished.emit(made)
        elif isinstance(made, NotTested) and made.problems:
            reasons = dict.fromkeys(wording.sentence(one.reason) for one in made.problems)
            text = tr("No deal was computed. Change these settings of the bot, then run it again.")
            self.banner.say("error", f"{made.bot}: {' '.join(reasons)}", text, is_closable=False)
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
        self.progress.hide()
        self.box.set_busy(False)
        self._show_possible()

    # --- inside

    @property
    def _is_result(self) -> bool:
        return self._pane is not None and self._pages.currentWidget() is self._pane

    @property
    def _bot(self) -> int:
        """The selected one of a result that is seen; −1: none."""
        return self._pane.bot if self._pane is not None and self._is_result else -1

    def _turn(self) -> None:
        """From the result to the choosing, and back."""
        is_result = self._is_result
        self._pages.setCurrentWidget(self.box if is_result else self.pane)
        self._show_possible()
        if is_result:
            self.box.bots.setFocus()

    def _show_possible(self) -> None:
        words = tr("Run around the gaps") if self.box.is_ready and self.box.is_gappy else tr("Run")
        self.form.name_run(words, is_possible=self.box.is_ready and self.job is None)
        self.form.run.setToolTip(self.box.problem())
        is_result, has_result = self._is_result, self.outcome is not None
        self.buttons["turn"].setText(tr("Change bots…") if is_result else tr("Show the result"))
        for part in (self._line, self._foot):
            part.setVisible(has_result)
        for name in ("turn", "compare", "export"):
            self.buttons[name].setEnabled(has_result and self.job is None)
        self.buttons["part"].setEnabled(self._bot >= 0 and self.job is None)
        for name in ("compare", "export", "part"):
            self.buttons[name].setVisible(is_result)

    def _ask_part(self) -> None:
        if self.outcome is not None and self._bot >= 0:
            self.part_requested.emit(self.outcome, self._bot)

    def _connect(self) -> None:
        self.box.changed.connect(self._show_possible)
        self.form.run_requested.connect(self.run)
        self.progress.cancel_requested.connect(self.cancel)
        self.buttons["turn"].clicked.connect(self._turn)
        self.buttons["compare"].clicked.connect(lambda: self.compare_requested.emit(self.outcome))
        self.buttons["export"].clicked.connect(lambda: self.export_requested.emit(self.outcome))
        self.buttons["part"].clicked.connect(self._ask_part)

    def _lay_out(self) -> None:
        self._pages.addWidget(self.box)
        self.progress.hide()
        self._foot = QWidget(self)
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(12, 7, 12, 8)
        foot.setSpacing(8)
        for name in ("turn", "compare", "export"):
            foot.addWidget(self.buttons[name])
        foot.addStretch(1)
        foot.addWidget(self.buttons["part"])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.form, self.progress, self.banner, rule()):
            column.addWidget(part)
        column.addWidget(self._pages, 1)
        self._line = rule()
        column.addWidget(self._line)
        column.addWidget(self._foot)

    def retranslate(self) -> None:
        self.buttons["compare"].setText(tr("Compare with…"))
        self.buttons["export"].setText(tr("Export…"))
        self.buttons["part"].setText(tr("Open bot's result"))
        self.buttons["part"].setToolTip(tr("The chart and the deals of the selected bot, as it ran beside the others."))
        self._show_possible()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nobody waits for what it computes any more."""
        self.box.stop_fetching()
        if self.job is not None:
            self.job.kill()
        super().closeEvent(event)
