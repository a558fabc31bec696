"""What came of a run, to be looked at: figures, curves, and the deals on a chart and in a table."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop_app.gui.backtest.choices import moment_words
from desktop_app.gui.backtest.curves_view import CurvesView, Drawn
from desktop_app.gui.backtest.deal_chart import DealChart, Spawn
from desktop_app.gui.backtest.deal_rows import DealRow, columns_of, rows_of
from desktop_app.gui.backtest.figures import cautions_of, endings_of, figures_of
from desktop_app.gui.backtest.result_card import ResultCard
from desktop_app.gui.editor.bot_editor import rule
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.models import RowsModel
from desktop_app.gui.tables import DataTable
from desktop_app.research.trial_run import Outcome

_CHART_SHARE = 0.6  # of the height, the rest is the deals'
_CURVES_SHARE = 0.36  # of the width


class ResultPane(QWidget):
    """Shows an Outcome, its parts in turns of the loop of their own: nobody waits for the chart to move the mouse."""

    def __init__(self, folder: Path, spawn: Spawn, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spawn, self._zone = spawn, zone
        self.outcome: Outcome | None = None
        self._rows: dict[str, DealRow] = {}
        # Each has its place from the start: to move a widget into another costs as much as to make it.
        self._split = QSplitter(Qt.Orientation.Horizontal, self)
        self.part, self.card = QLabel(self), ResultCard(self)
        self.curves = CurvesView(zone, self._split)
        self._right = QSplitter(Qt.Orientation.Vertical, self._split)
        self.chart = DealChart(folder, spawn, zone, self._right)
        self.model: RowsModel[DealRow] = RowsModel(lambda row: row.key, columns_of(zone), self)
        self.table = DataTable(self.model, tr_later("Deals of the backtest"), self._right)
        self.table.setSelectionMode(DataTable.SelectionMode.SingleSelection)
        self.table.row_selected.connect(self.jump)
        self.table.row_activated.connect(self.jump)
        self._lay_out()
        self.retranslate()

    def show_outcome(self, outcome: Outcome) -> None:
        """The figures at once, the rest right after."""
        self.outcome = outcome
        self._show_words()
        self._spawn(self._show_pictures(outcome), tr("showing a result"))

    async def _show_pictures(self, outcome: Outcome) -> None:
        for _ in self._pictures(outcome):
            await asyncio.sleep(0)
            if not isValid(self) or self.outcome is not outcome:
                return

    def _pictures(self, outcome: Outcome) -> Iterator[None]:
        report = outcome.report
        yield
        rows = rows_of(outcome)
        self._rows = {row.key: row for row in rows}
        self.model.replace(rows)
        yield
        self.curves.show_curves((Drawn(outcome.insight.course, outcome.insight.months, report.market.quote),))
        yield
        self.chart.show_result(
            outcome.source, report.market, report.start, report.end + outcome.source.step_ms, rows
        )  # fmt: skip

    def jump(self, key: str) -> None:
        """Bring a deal into sight on the chart."""
        row = self._rows.get(key)
        if row is not None and self.chart.has_result:
            self.chart.show_deal(row)

    # --- inside

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

    def _lay_out(self) -> None:
        for split in (self._split, self._right):
            split.setChildrenCollapsible(False)
        self.part.setTextFormat(Qt.TextFormat.PlainText)
        self.part.setProperty("role", "warning")
        self.part.setContentsMargins(12, 6, 12, 0)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        for part in (self.part, self.card, rule()):
            inside.addWidget(part)
        inside.addWidget(self._split, 1)

    def retranslate(self) -> None:
        self.table.set_empty(tr("No deal was opened in this period."))
        self.model.retranslate()
        self._show_words()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = event.size().width()
        self._split.setSizes([round(width * _CURVES_SHARE), round(width * (1 - _CURVES_SHARE))])
        height = max(1, self._right.height())
        self._right.setSizes([round(height * _CHART_SHARE), round(height * (1 - _CHART_SHARE))])
