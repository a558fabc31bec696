"""What happened, line by line: filtered by level and by what is selected, and never scrolling away under a reader."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from desktop_app.core.market import Market
from desktop_app.core.said import Said
from desktop_app.gui import fmt, wording
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.icons import icon
from desktop_app.gui.models import Column, RowsModel
from desktop_app.gui.panels.panel import Panel
from desktop_app.gui.selection import Choice, Selection
from desktop_app.gui.tables import DataTable, TableFrame

if TYPE_CHECKING:
    from desktop_app.engine.news import LogNews

MOST_LINES = 5_000
_SPARE = 500  # cut this many at once
_LEVELS = (("info", tr_later("Info")), ("warning", tr_later("Warning")), ("error", tr_later("Error")))
_PICTURES = {"warning": ("warning", "warning"), "error": ("error", "error")}


@dataclass(frozen=True, slots=True)
class LogRow:
    number: int
    at: int
    level: str
    account: str
    bot: str
    deal: int
    code: str
    said: Said
    market: Market | None
    zone: tzinfo

    @property
    def message(self) -> str:
        return wording.sentence(self.said, self.market)


def _tint(row: LogRow) -> str | None:
    return {"warning": "warning", "error": "error"}.get(row.level)


COLUMNS: tuple[Column[LogRow], ...] = (
    Column("time", tr_later("Time"), lambda row: fmt.clock(row.at, row.zone), sort=lambda row: row.number, width=9,
           tooltip=lambda row: fmt.moment(row.at, row.zone), raw=lambda row: fmt.moment(row.at, row.zone)),
    Column(
        "level", tr_later("Level"), lambda row: tr(dict(_LEVELS).get(row.level, row.level)), colour=_tint, width=10,
        icon=lambda row: icon(*_PICTURES[row.level]) if row.level in _PICTURES else None,
    ),
    Column("bot", tr_later("Bot"), lambda row: row.bot, width=12),
    Column("deal", tr_later("Deal"), lambda row: f"#{row.deal}" if row.deal else "", sort=lambda row: row.deal or None,
           width=5),
    Column("message", tr_later("Message"), lambda row: row.message, width=90, tooltip=lambda row: row.message),
    Column("account", tr_later("Account"), lambda row: row.account, width=12, is_hidden=True),
    Column("code", tr_later("Event code"), lambda row: row.code, width=20, is_hidden=True),
)  # fmt: skip


class LogPanel(Panel):
    def __init__(self, bridge: Bridge, selection: Selection, zone: tzinfo, window: QWidget) -> None:
        super().__init__("log", tr_later("Event log"), bridge, selection, window, has_filter=True, has_chain=True)
        self._zone = zone
        self._count = 0
        self._old: deque[str] = deque()
        self.model: RowsModel[LogRow] = RowsModel(lambda row: str(row.number), COLUMNS, self)
        self.frame: TableFrame[LogRow] = TableFrame(parent=self)
        self.table = DataTable(self.model, tr_later("Event log"), self.frame)
        self.frame.hold(self.table)
        self.setWidget(self.frame)
        self.level = QComboBox()
        self.level.setProperty("slim", True)
        self.own = QCheckBox()
        self.head.add(self.level)
        self.head.add(self.own)
        self.level.currentIndexChanged.connect(self._filter)
        self.own.toggled.connect(self._filter)
        self.head.filter.textChanged.connect(self._filter)
        self.table.empty_action_requested.connect(self._show_all)
        bridge.log_added.connect(self.add)
        self.retranslate()

    def main_widget(self) -> QWidget:
        return self.table

    def table_state(self) -> str:
        return self.table.layout_state()

    def restore_table(self, state: str) -> None:
        self.table.restore_layout(state)

    def follow(self, choice: Choice) -> None:
        if self.own.isChecked():
            self._filter()

    def add(self, lines: Iterable[LogNews]) -> None:
        """Append; who reads further up is not moved."""
        bar = self.table.verticalScrollBar()
        is_at_end = bar.value() >= bar.maximum() - 2
        rows = [self._row(line) for line in lines]
        self.model.upsert(rows)
        self._old.extend(str(row.number) for row in rows)
        if len(self._old) > MOST_LINES + _SPARE:
            self.model.remove([self._old.popleft() for _ in range(_SPARE)])
        if is_at_end:
            self.table.scrollToBottom()

    def retranslate(self) -> None:
        super().retranslate()
        with QSignalBlocker(self.level):
            chosen = max(0, self.level.currentIndex())
            self.level.clear()
            for text in (tr("All levels"), tr("Warnings and errors"), tr("Errors")):
                self.level.addItem(text)
            self.level.setCurrentIndex(chosen)
        self.level.setAccessibleName(tr("Level"))
        self.own.setText(tr("This bot only"))
        self.model.retranslate()
        self._say_empty()

    def _row(self, line: LogNews) -> LogRow:
        self._count += 1
        market = self._market_of(line)
        return LogRow(
            self._count, line.at, line.level, line.account, line.bot, line.deal, line.event_code, line.said, market,
            self._zone,
        )  # fmt: skip

    def _market_of(self, line: LogNews) -> Market | None:
        bot = next((view for view in self.bridge.known.bots.values() if view.name == line.bot), None)
        if bot is None or not bot.pairs:
            return None
        deal = self.bridge.known.deals.get(f"{bot.bot_id}-{line.deal}")
        return self.bridge.known.market(bot.account, deal.deal.symbol if deal is not None else bot.pairs[0])

    def _filter(self, *_: object) -> None:
        levels = {0: {"info", "warning", "error"}, 1: {"warning", "error"}, 2: {"error"}}[self.level.currentIndex()]
        words = self.head.filter.text().casefold().split()
        bot = self.bridge.known.bots.get(self.selection.choice.bot_id) if self.own.isChecked() else None
        name = bot.name if bot is not None else None

        def is_wanted(row: LogRow) -> bool:
            if row.level not in levels or (name is not None and row.bot != name):
                return False
            text = f"{row.bot} #{row.deal} {row.message} {row.account} {row.code}".casefold()
            return all(word in text for word in words)

        self.model.set_filter(is_wanted)
        self._say_empty()

    def _say_empty(self) -> None:
        if self.model.total:
            self.table.set_empty(tr("Nothing logged that passes the filter."), tr("Show all"))
        else:
            self.table.set_empty(tr("Nothing has happened yet. What bots and accounts do is listed here."))

    def _show_all(self) -> None:
        self.level.setCurrentIndex(0)
        self.own.setChecked(False)
        self.head.filter.clear()
        self._filter()
