"""The bots: what each is doing, why it is not doing more, and what it has earned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from desktop_app.core.market import Market
from desktop_app.gui import fmt, wording
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.i18n import tr, tr_later, units
from desktop_app.gui.icons import icon
from desktop_app.gui.models import Column, RowsModel
from desktop_app.gui.panels.panel import Panel, give_rest
from desktop_app.gui.selection import Choice, Selection
from desktop_app.gui.tables import DataTable, TableFrame

if TYPE_CHECKING:
    from desktop_app.engine.views import BotView

ONE_LINE = 700  # from here on the why-line has a column of its own
WITH_FUNDS = 430
_STATES = {
    "running": ("play", "profit"),
    "paused": ("pause", "warning"),
    "stopped": ("stop", "muted"),
    "held": ("warning", "error"),
}


@dataclass(frozen=True, slots=True)
class BotRow:
    """A bot; `market` is of the pair that its words are about; `age` in whole minutes repaints rarely."""

    view: BotView
    market: Market | None
    age_ms: int

    @property
    def quote(self) -> str:
        return self.view.pairs[0].partition("/")[2] if self.view.pairs else ""

    @property
    def why(self) -> str:
        return wording.sentence(self.view.why, self.market)


def _state_icon(row: BotRow) -> QIcon:
    picture, tint = _STATES.get(row.view.status, ("info", "muted"))
    return icon(picture, tint)


def _profit_tint(row: BotRow) -> str | None:
    return "profit" if row.view.profit > 0 else "loss" if row.view.profit < 0 else None


def _pairs(row: BotRow) -> str:
    first, *more = row.view.pairs or ("—",)
    return tr("{pair} and {count} more").format(pair=first, count=len(more)) if more else first


COLUMNS: tuple[Column[BotRow], ...] = (
    Column(
        "name", tr_later("Name"), lambda row: row.view.name, icon=_state_icon, width=15,
        tooltip=lambda row: f"{wording.bot_status(row.view.status)} · {row.why}",
        spoken=lambda row: f"{row.view.name}, {wording.bot_status(row.view.status)}, {row.why}",
    ),
    Column(
        "deals", tr_later("Deals"), lambda row: f"{row.view.deals_open}/{row.view.deals_max}",
        sort=lambda row: row.view.deals_open, is_number=True, width=5, hint=tr_later("Open deals, of at most"),
    ),
    Column(
        "profit", tr_later("Profit"), lambda row: fmt.signed(row.view.profit, row.quote),
        sort=lambda row: row.view.profit, raw=lambda row: fmt.plain(row.view.profit), is_number=True,
        colour=_profit_tint, width=9,
        hint=tr_later("Of closed deals, and what open ones have realised; after fees, in the quote currency"),
        spoken=lambda row: tr("{amount}, {kind}").format(
            amount=fmt.pnl(row.view.profit, row.quote), kind=tr("loss") if row.view.profit < 0 else tr("profit")),
    ),
    Column("why", tr_later("Waiting for"), lambda row: row.why, width=30, tooltip=lambda row: row.why),
    Column(
        "funds", tr_later("Funds used"),
        lambda row: f"{fmt.quote(row.view.funds_used, row.quote)} / {fmt.quote(row.view.funds_max, row.quote)}",
        sort=lambda row: row.view.funds_used, is_number=True, width=15,
        hint=tr_later("In deals and orders now, of what it may come to need"),
    ),
    Column("state", tr_later("State"), lambda row: wording.bot_status(row.view.status), width=9, is_hidden=True),
    Column("account", tr_later("Account"), lambda row: f"{row.view.account} · {wording.mode_word(row.view.mode)}",
           width=16, is_hidden=True),
    Column("kind", tr_later("Type"), lambda row: wording.bot_kind(row.view.kind), width=6, is_hidden=True),
    Column("pairs", tr_later("Pairs"), _pairs, width=12, is_hidden=True),
    Column(
        "today", tr_later("Profit today"), lambda row: fmt.signed(row.view.profit_today, row.quote),
        sort=lambda row: row.view.profit_today, raw=lambda row: fmt.plain(row.view.profit_today), is_number=True,
        is_hidden=True, hint=tr_later("Profit of deals closed since 00:00 UTC, after fees"),
    ),
    Column("closed", tr_later("Closed deals"), lambda row: fmt.whole(row.view.deals_closed),
           sort=lambda row: row.view.deals_closed, is_number=True, width=7, is_hidden=True),
    Column("started", tr_later("Running for"),
           lambda row: fmt.minutes(row.age_ms, units()) if row.view.started_at else fmt.UNKNOWN,
           sort=lambda row: row.view.started_at or None, is_number=True, is_hidden=True),
    Column("version", tr_later("Version"), lambda row: fmt.whole(row.view.version),
           sort=lambda row: row.view.version, is_number=True, width=6, is_hidden=True),
)  # fmt: skip


def _is_listed(view: BotView) -> bool:
    """A smart trade is a deal, and listed there; here only while it has none yet, or needs attention."""
    return view.kind != "smart_trade" or view.status == "held" or (view.status != "stopped" and not view.deals_open)


class BotsPanel(Panel):
    new_requested = Signal()
    start_requested = Signal(list)  # bot ids
    pause_requested = Signal(list)
    stop_requested = Signal(list)
    edit_requested = Signal(int)
    backtest_requested = Signal(int)
    backtest_many_requested = Signal(list)
    optimise_requested = Signal(int)
    remove_requested = Signal(list)
    export_requested = Signal(list)
    duplicate_requested = Signal(int)
    mirror_requested = Signal(int)

    def __init__(self, bridge: Bridge, selection: Selection, window: QWidget) -> None:
        super().__init__("bots", tr_later("Bots"), bridge, selection, window)
        self.model: RowsModel[BotRow] = RowsModel(lambda row: str(row.view.bot_id), COLUMNS, self)
        self.frame: TableFrame[BotRow] = TableFrame(parent=self)
        self.table = DataTable(self.model, tr_later("Bots"), self.frame)
        self.frame.hold(self.table)
        self.setWidget(self.frame)
        self._shape: tuple[bool, bool] | None = None
        self.table.row_selected.connect(self._pick)
        self.table.clicked.connect(self._pick_again)
        self.table.row_activated.connect(lambda bot_id: self.edit_requested.emit(int(bot_id)))
        self.table.menu_requested.connect(self._show_menu)
        self.table.empty_action_requested.connect(self.new_requested)
        bridge.bots_changed.connect(self._take)
        bridge.bots_gone.connect(lambda ids: self.model.remove(str(bot_id) for bot_id in ids))
        bridge.bots_gone.connect(self._show_count)
        bridge.reloaded.connect(self.refresh)
        self.retranslate()

    def main_widget(self) -> QWidget:
        return self.table

    def table_state(self) -> str:
        return self.table.layout_state()

    def restore_table(self, state: str) -> None:
        self.table.restore_layout(state)

    def refresh(self) -> None:
        self.model.replace(self._row(view) for view in self.bridge.known.bots.values() if _is_listed(view))
        self._show_count()

    def selected(self) -> list[int]:
        return [int(bot_id) for bot_id in self.table.selected_ids()]

    def follow(self, choice: Choice) -> None:
        if not choice.bot_id:
            self.table.clearSelection()
        elif self.table.current_id() != str(choice.bot_id):
            self.table.select(str(choice.bot_id))

    def retranslate(self) -> None:
        super().retranslate()
        self.table.set_empty(tr("No bots yet. Making one on paper takes about a minute."), tr("Make a bot"))
        self.refresh()
        self.model.retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Below the width of its columns, the why-line moves under the name."""
        super().resizeEvent(event)
        width = event.size().width()
        is_narrow, has_funds = width < ONE_LINE, width >= WITH_FUNDS
        if (is_narrow, has_funds) != self._shape:
            self._shape = (is_narrow, has_funds)
            self.table.show_column("why", not is_narrow)
            self.table.show_column("funds", has_funds)
            self.table.set_second_line((lambda row: row.why) if is_narrow else None)
        if set(self.table.visible_keys()) <= {"name", "deals", "profit", "funds"}:
            give_rest(self.table, "name", 80)

    def _take(self, views: list[BotView]) -> None:
        self.model.remove(str(view.bot_id) for view in views if not _is_listed(view))
        self.model.upsert(self._row(view) for view in views if _is_listed(view))
        self._show_count()

    def _row(self, view: BotView) -> BotRow:
        market = self.bridge.known.market_of_bot(view)
        age = max(0, self.bridge.known.now(view.account) - view.started_at) // 60_000 * 60_000
        return BotRow(view, market, age)

    def _show_count(self, *_: object) -> None:
        self.head.count.setText(fmt.whole(self.model.total) if self.model.total else "")

    def _pick(self, bot_id: str) -> None:
        row = self.model.row_by_id(bot_id)
        if row is not None and self.selection.choice.bot_id != row.view.bot_id:
            self.choose(row.view)

    def _pick_again(self) -> None:
        """A click on the row that is current shows the deal that it has got meanwhile."""
        row = self.model.row_by_id(self.table.current_id())
        if row is not None and not self.selection.choice.deal_id:
            self.choose(row.view)

    def choose(self, view: BotView) -> None:
        """As a click on its row: the only deal that it has is selected with it."""
        own = [deal for deal in self.bridge.known.open_deals() if deal.bot_id == view.bot_id]
        # A bot whose list of pairs is not made yet has none: what is looked at stays.
        symbol = own[-1].deal.symbol if own else next(iter(view.pairs), self.selection.choice.symbol)
        if len(own) == 1:
            self.selection.pick_deal(own[0].deal_id, view.bot_id, view.account, symbol)
        else:
            self.selection.pick_bot(view.bot_id, view.account, symbol)

    def _show_menu(self, ids: list[str], at: QPoint) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        bots = [int(bot_id) for bot_id in ids]
        rows = [row for bot_id in ids if (row := self.model.row_by_id(bot_id)) is not None]
        is_working = any(row.view.status == "running" for row in rows)

        def add(text: str, do: Callable[[], None], *, is_possible: bool = True) -> None:
            action = menu.addAction(text)
            action.setEnabled(is_possible)
            action.triggered.connect(lambda _=False: do())

        is_idle = any(row.view.status != "running" for row in rows)
        add(tr("Start"), lambda: self.start_requested.emit(bots), is_possible=is_idle)
        add(tr("Pause new deals"), lambda: self.pause_requested.emit(bots), is_possible=is_working)
        can_stop = any(row.view.status != "stopped" for row in rows)
        add(tr("Stop…"), lambda: self.stop_requested.emit(bots), is_possible=can_stop)
        menu.addSeparator()
        is_one = len(bots) == 1
        add(tr("Edit…"), lambda: self.edit_requested.emit(bots[0]), is_possible=is_one)
        if is_one:
            add(tr("Backtest…"), lambda: self.backtest_requested.emit(bots[0]))
        else:
            add(tr("Backtest together…"), lambda: self.backtest_many_requested.emit(bots))
        add(tr("Optimise…"), lambda: self.optimise_requested.emit(bots[0]), is_possible=is_one)
        add(tr("Duplicate…"), lambda: self.duplicate_requested.emit(bots[0]), is_possible=is_one)
        add(tr("Mirror onto…"), lambda: self.mirror_requested.emit(bots[0]), is_possible=is_one)
        add(tr("Export…"), lambda: self.export_requested.emit(bots))
        add(tr("Remove…"), lambda: self.remove_requested.emit(bots))
        menu.popup(at)
