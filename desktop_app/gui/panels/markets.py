"""The pairs of the account in view, with their last prices and what the last day did to them."""

from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from desktop_app.core.market import HUNDRED, ONE, Market
from desktop_app.gui import fmt
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.i18n import is_chinese, tr, tr_later
from desktop_app.gui.models import Column, RowsModel
from desktop_app.gui.panels.panel import Panel, give_rest
from desktop_app.gui.selection import Choice, Selection
from desktop_app.gui.tables import DataTable, TableFrame


@dataclass(frozen=True, slots=True)
class MarketRow:
    market: Market
    last: Decimal | None = None
    change: Decimal | None = None  # percent over 24 hours
    volume: Decimal | None = None
    high: Decimal | None = None
    low: Decimal | None = None
    spread: Decimal | None = None  # percent


def _tint(row: MarketRow) -> str | None:
    return None if not row.change else "profit" if row.change > 0 else "loss"


COLUMNS: tuple[Column[MarketRow], ...] = (
    Column("pair", tr_later("Pair"), lambda row: row.market.symbol, width=10),
    Column(
        "last", tr_later("Last"), lambda row: fmt.narrow_price(row.last, row.market.price_tick),
        sort=lambda row: row.last, raw=lambda row: fmt.plain(row.last), is_number=True, width=10,
        tooltip=lambda row: fmt.price(row.last, row.market.price_tick),
    ),
    Column(
        "change", tr_later("24h %"), lambda row: fmt.percent(row.change), sort=lambda row: row.change,
        raw=lambda row: fmt.plain(row.change), is_number=True, colour=_tint, width=8,
        hint=tr_later("Change over the last 24 hours of the exchange's clock"),
    ),
    Column(
        "volume", tr_later("24h volume"), lambda row: fmt.compact(row.volume, chinese=is_chinese()),
        sort=lambda row: row.volume, raw=lambda row: fmt.plain(row.volume), is_number=True, width=9, is_hidden=True,
        hint=tr_later("Traded in the last 24 hours, in the quote currency"),
    ),
    Column(
        "high", tr_later("High"), lambda row: fmt.narrow_price(row.high, row.market.price_tick),
        sort=lambda row: row.high, raw=lambda row: fmt.plain(row.high), is_number=True, is_hidden=True,
    ),
    Column(
        "low", tr_later("Low"), lambda row: fmt.narrow_price(row.low, row.market.price_tick),
        sort=lambda row: row.low, raw=lambda row: fmt.plain(row.low), is_number=True, is_hidden=True,
    ),
    Column(
        "spread", tr_later("Spread"), lambda row: fmt.percent(row.spread, sign=False, decimals=3),
        sort=lambda row: row.spread, raw=lambda row: fmt.plain(row.spread), is_number=True, width=8, is_hidden=True,
    ),
)  # fmt: skip


class MarketsPanel(Panel):
    chart_requested = Signal(str, str)  # account, pair
    bot_requested = Signal(str, str)
    trade_requested = Signal(str, str)
    view_changed = Signal()  # other pairs are in sight

    def __init__(self, bridge: Bridge, selection: Selection, window: QWidget) -> None:
        super().__init__("markets", tr_later("Markets"), bridge, selection, window, has_filter=True)
        self._account = ""
        self.model: RowsModel[MarketRow] = RowsModel(lambda row: row.market.symbol, COLUMNS, self)
        self.frame: TableFrame[MarketRow] = TableFrame(parent=self)
        self.table = DataTable(self.model, tr_later("Markets"), self.frame)
        self.frame.hold(self.table)
        self.setWidget(self.frame)
        self.head.filter.textChanged.connect(self.model.set_filter_text)
        self.head.filter.textChanged.connect(self.view_changed)
        self.table.verticalScrollBar().valueChanged.connect(self.view_changed)
        self.table.row_selected.connect(self._pick)
        self.table.row_activated.connect(lambda symbol: self.chart_requested.emit(self._account, symbol))
        self.table.menu_requested.connect(self._show_menu)
        bridge.prices_changed.connect(self._prices_moved)
        bridge.days_changed.connect(self._prices_moved)
        bridge.reloaded.connect(self.refresh)
        self.retranslate()

    def main_widget(self) -> QWidget:
        return self.table

    def table_state(self) -> str:
        return self.table.layout_state()

    def restore_table(self, state: str) -> None:
        self.table.restore_layout(state)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.view_changed.emit()
        if self.table.visible_keys() == ["pair", "last", "change"]:
            give_rest(self.table, "pair")

    def show_account(self, account: str) -> None:
        self._account = account
        self.refresh()

    def in_sight(self) -> list[str]:
        """The pairs of the rows that somebody can see now."""
        if not self.isVisible():
            return []
        rows = self.model.rowCount()
        first, last = self.table.rowAt(0), self.table.rowAt(self.table.viewport().height() - 1)
        if first < 0:
            return []
        return [self.model.id_at(at) for at in range(first, min(last if last >= 0 else rows - 1, rows - 1) + 1)]

    def refresh(self) -> None:
        """Show the pairs of the account."""
        markets = self.bridge.known.markets.get(self._account, {})
        self.model.replace(self._row(market) for market in markets.values())
        self._show_state()
        self.follow(self.selection.choice)

    def follow(self, choice: Choice) -> None:
        if choice.account == self._account and choice.symbol and self.table.current_id() != choice.symbol:
            self.table.select(choice.symbol)

    def retranslate(self) -> None:
        super().retranslate()
        self.table.set_empty(tr("No pairs yet. They appear when the account answers."))
        self._show_state()

    def set_stale(self, text: str) -> None:
        """Say that prices are old; empty when they are fresh."""
        if text:
            self.frame.show_stale(text)
        else:
            self.frame.show_fresh()

    def _row(self, market: Market) -> MarketRow:
        key = (self._account, market.symbol)
        tick, day = self.bridge.known.prices.get(key), self.bridge.known.days.get(key)
        if tick is None:
            return MarketRow(market)
        last = tick.price
        spread = None
        if tick.bid and tick.ask:
            spread = (tick.ask - tick.bid) / tick.ask * HUNDRED
        if day is None:
            return MarketRow(market, last, volume=tick.quote_volume_24h, spread=spread)
        change = (last / day.open - ONE) * HUNDRED if day.open else None
        return MarketRow(
            market, last, change, tick.quote_volume_24h, max(day.high, last), min(day.low, last), spread
        )  # fmt: skip

    def _prices_moved(self, keys: list[tuple[str, str]]) -> None:
        if not self.isVisible():
            return
        markets = self.bridge.known.markets.get(self._account, {})
        self.model.upsert(self._row(markets[s]) for account, s in keys if account == self._account and s in markets)

    def _pick(self, symbol: str) -> None:
        """A pair with a deal on it means that deal."""
        choice = self.selection.choice
        if not symbol or (choice.account, choice.symbol) == (self._account, symbol):
            return
        deals = self.bridge.known.open_deals()
        own = [view for view in deals if (view.account, view.deal.symbol) == (self._account, symbol)]
        if own:
            self.selection.pick_deal(own[-1].deal_id, own[-1].bot_id, self._account, symbol)
        else:
            self.selection.pick_pair(self._account, symbol)

    def _show_menu(self, ids: list[str], at: QPoint) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        symbol = ids[0]
        menu.addAction(tr("Open chart")).triggered.connect(
            lambda _=False: self.chart_requested.emit(self._account, symbol)
        )
        menu.addAction(tr("New bot on {pair}…").format(pair=symbol)).triggered.connect(
            lambda _=False: self.bot_requested.emit(self._account, symbol)
        )
        menu.addAction(tr("Smart trade on {pair}…").format(pair=symbol)).triggered.connect(
            lambda _=False: self.trade_requested.emit(self._account, symbol)
        )
        menu.popup(at)

    def _show_state(self) -> None:
        self.head.count.setText(fmt.whole(self.model.total) if self.model.total else "")
