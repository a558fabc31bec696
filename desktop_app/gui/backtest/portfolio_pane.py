"""What came of a run of several bots: the balance that they shared, a row for each of them, and their deals."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import tzinfo

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop_app.gui.backtest.choices import moment_words
from desktop_app.gui.backtest.curves_view import CurvesView, Drawn
from desktop_app.gui.backtest.deal_chart import Spawn
from desktop_app.gui.backtest.deal_rows import DealRow, columns_of_many, rows_of
from desktop_app.gui.backtest.figures import figures_of
from desktop_app.gui.backtest.portfolio_figures import BotRow, bot_columns, bot_rows, portfolio_cautions
from desktop_app.gui.backtest.result_card import ResultCard
from desktop_app.gui.editor.bot_editor import rule
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.models import RowsModel
from desktop_app.gui.tables import DataTable
from desktop_app.research.portfolio_run import PortfolioOutcome

_BOTS_SHARE = 0.4  # of the height, the rest is the deals'
_CURVES_SHARE = 0.36  # of the width
_AT_ONCE = 500  # deals that a table takes in one turn of the loop


class PortfolioPane(QWidget):
    """Shows a PortfolioOutcome, its parts in turns of the loop of their own."""

    def __init__(self, spawn: Spawn, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spawn, self._zone = spawn, zone
        self.outcome: PortfolioOutcome | None = None
        self._deals: tuple[DealRow, ...] = ()
        self._asked = 0
        self._split = QSplitter(Qt.Orientation.Horizontal, self)
        self.part, self.card = QLabel(self), ResultCard(self)
        self.curves = CurvesView(zone, self._split)
        self._right = QSplitter(Qt.Orientation.Vertical, self._split)
        self.bots_model: RowsModel[BotRow] = RowsModel(lambda row: row.key, bot_columns(), self)
        self.bots = DataTable(self.bots_model, tr_later("Bots of the run"), self._right)
        self.deals_model: RowsModel[DealRow] = RowsModel(lambda row: row.key, columns_of_many(zone), self)
        self.deals = DataTable(self.deals_model, tr_later("Deals of the backtest"), self._right)
        for table in (self.bots, self.deals):
            table.setSelectionMode(DataTable.SelectionMode.SingleSelection)
        self.bots.selectionModel().selectionChanged.connect(lambda *_: self._show_deals())
        self._lay_out()
        self.retranslate()

    def show_outcome(self, outcome: PortfolioOutcome) -> None:
        """The figures at once, the rest right after."""
        self.outcome = outcome
        self._show_words()
        self._spawn(self._show_pictures(outcome), tr("showing a result"))

    @property
    def bot(self) -> int:
        """The bot whose row is selected; −1: none, and all deals are shown."""
        chosen = self.bots.selected_ids()
        return int(chosen[0]) if chosen else -1

    async def _show_pictures(self, outcome: PortfolioOutcome) -> None:
        for _ in self._pictures(outcome):
            await asyncio.sleep(0)
            if not isValid(self) or self.outcome is not outcome:
                return

    def _pictures(self, outcome: PortfolioOutcome) -> Iterator[None]:
        yield
        self.bots.clearSelection()
        self.bots_model.replace(bot_rows(outcome))
        yield
        insight = outcome.insight
        self.curves.show_curves((Drawn(insight.course, insight.months, outcome.quote),))
        yield
        found: list[DealRow] = []
        for at, bot in enumerate(outcome.bots):
            for part in bot.parts:
                found.extend(rows_of(part, bot=at, first=len(found) + 1))
                yield
        self._deals = tuple(found)
        self._show_deals()

    def _show_deals(self) -> None:
        """Those of the selected bot, or all."""
        self._asked += 1
        self._spawn(self._fill_deals(self._asked), tr("showing a result"))

    async def _fill_deals(self, asked: int) -> None:
        bot = self.bot
        wanted = [row for row in self._deals if bot in (-1, row.bot)]
        self.deals_model.replace(wanted[:_AT_ONCE])
        for first in range(_AT_ONCE, len(wanted), _AT_ONCE):
            await asyncio.sleep(0)
            if not isValid(self) or asked != self._asked:
                return
            self.deals_model.upsert(wanted[first : first + _AT_ONCE])

    # --- inside

    def _show_words(self) -> None:
        outcome = self.outcome
        if outcome is None:
            return
        self.card.show_result(figures_of(outcome), portfolio_cautions(outcome, self._zone))
        self.part.setVisible(outcome.is_partial)
        words = tr("Partial result: stopped at {at}; the period asked for goes on to {end}.")
        self.part.setText(
            words.format(at=moment_words(outcome.end, self._zone), end=moment_words(outcome.wanted, self._zone))
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
        self.deals.set_empty(tr("No deal was opened in this period."))
        for model in (self.bots_model, self.deals_model):
            model.retranslate()
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
        self._right.setSizes([round(height * _BOTS_SHARE), round(height * (1 - _BOTS_SHARE))])
