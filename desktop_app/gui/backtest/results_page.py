"""The results that are kept, as a list: open one, compare two, throw some away."""

from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.backtest.choices import day_words, moment_words
from desktop_app.gui.backtest.figures import tone_of
from desktop_app.gui.editor.bot_editor import rule
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.icons import icon
from desktop_app.gui.models import Column, RowsModel
from desktop_app.gui.tables import DataTable
from desktop_app.research.results import ResultHead


def columns_of(zone: tzinfo) -> tuple[Column[ResultHead], ...]:
    def period(head: ResultHead) -> str:
        return f"{day_words(head.start, zone)} – {day_words(head.end, zone)}"

    return (
        Column("made", tr_later("Computed"), lambda head: moment_words(head.made_at, zone),
               sort=lambda head: head.made_at, width=15),
        Column("bot", tr_later("Bot"), lambda head: head.name, width=14,
               icon=lambda head: icon("warning", "warning") if head.is_partial else None,
               tooltip=lambda head: tr("A partial result: it was stopped.") if head.is_partial else head.name),
        Column("pair", tr_later("Pair"), lambda head: f"{head.pair} · {head.timeframe}", width=16,
               tooltip=lambda head: f"{head.pair} · {head.timeframe}"),
        Column("period", tr_later("Period"), period, sort=lambda head: head.start, width=21),
        Column("profit", tr_later("Profit"), lambda head: fmt.pnl(head.total_quote, head.quote),
               sort=lambda head: head.total_quote, raw=lambda head: fmt.plain(head.total_quote), is_number=True,
               colour=lambda head: tone_of(head.total_quote) or None, width=14,
               hint=tr_later("Open deals included, after all fees")),
        Column("percent", tr_later("Profit %"), lambda head: fmt.percent(head.total_percent),
               sort=lambda head: head.total_percent, is_number=True,
               colour=lambda head: tone_of(head.total_quote) or None, width=9),
        Column("holding", tr_later("Holding %"), lambda head: fmt.percent(head.holding_percent),
               sort=lambda head: head.holding_percent, is_number=True, width=10),
        Column("drawdown", tr_later("Max drawdown"), lambda head: fmt.percent(-head.drawdown_percent),
               sort=lambda head: head.drawdown_percent, is_number=True, width=12),
        Column("deals", tr_later("Deals"), lambda head: fmt.whole(head.deals), sort=lambda head: head.deals,
               is_number=True, width=7),
    )  # fmt: skip


class ResultsPage(QWidget):
    """A document; whoever opens it does what it asks for."""

    open_requested = Signal(str)  # key
    compare_requested = Signal(str, str)  # keys
    remove_requested = Signal(list)

    def __init__(self, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("document.backtest_results")
        self.model: RowsModel[ResultHead] = RowsModel(lambda head: head.key, columns_of(zone), self)
        self.table = DataTable(self.model, tr_later("Backtest results"))
        self.open, self.compare, self.remove = QPushButton(), QPushButton(), QPushButton()
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 7, 12, 8)
        foot.setSpacing(8)
        for button in (self.open, self.compare):
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(self.remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addWidget(rule())
        column.addLayout(foot)
        self.open.clicked.connect(lambda: self.open_requested.emit(self.table.current_id()))
        self.compare.clicked.connect(self._compare)
        self.remove.clicked.connect(lambda: self.remove_requested.emit(self.table.selected_ids()))
        self.table.row_activated.connect(self.open_requested)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_possible())
        self.retranslate()

    def show_heads(self, heads: Sequence[ResultHead]) -> None:
        self.model.replace(heads)
        self._show_possible()

    def _compare(self) -> None:
        chosen = self.table.selected_ids()
        if len(chosen) == 2:
            self.compare_requested.emit(*chosen)

    def _show_possible(self) -> None:
        count = len(self.table.selected_ids())
        self.open.setEnabled(count == 1)
        self.compare.setEnabled(count == 2)
        self.remove.setEnabled(count > 0)

    def retranslate(self) -> None:
        self.open.setText(tr("Open result"))
        self.compare.setText(tr("Compare two"))
        self.compare.setToolTip(tr("Select two of them: click one, then the other with Ctrl"))
        self.remove.setText(tr("Remove…"))
        self.table.set_empty(tr("Results of backtests are kept here. Run one: Research ▸ Backtest."))
        self.model.retranslate()
        self._show_possible()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
