"""The orders that rest on the exchange, or may, and what each of them is for."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from desktop_app.core.market import HUNDRED, Market
from desktop_app.core.order import Order, OrderStatus, Role
from desktop_app.gui import fmt, wording
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.i18n import tr, tr_later, units
from desktop_app.gui.icons import icon
from desktop_app.gui.known import KnownOrder
from desktop_app.gui.models import Column, RowsModel
from desktop_app.gui.panels.panel import Panel
from desktop_app.gui.selection import Choice, Selection
from desktop_app.gui.staleness import Staleness
from desktop_app.gui.tables import DataTable, TableFrame

_PLAIN_MARKET = Market("", "", "")


@dataclass(frozen=True, slots=True)
class OrderRow:
    known: KnownOrder
    bot: str
    mode: str
    market: Market
    age_ms: int

    @property
    def order(self) -> Order:
        return self.known.order

    @property
    def price(self) -> Decimal | None:
        return self.order.price

    @property
    def total(self) -> Decimal | None:
        return self.order.amount * self.order.price if self.order.price is not None else None

    @property
    def filled(self) -> Decimal:
        return self.order.filled / self.order.amount * HUNDRED if self.order.amount else Decimal(0)


def _state_icon(row: OrderRow) -> QIcon | None:
    match row.order.status:
        case OrderStatus.PENDING | OrderStatus.CANCELING:
            return icon("clock", "warning")
        case OrderStatus.REJECTED:
            return icon("error", "error")
    return None


def _state_hint(row: OrderRow) -> str:
    match row.order.status:
        case OrderStatus.PENDING:
            return tr("We do not know yet whether this order exists. It is being looked up and not sent again.")
        case OrderStatus.CANCELING:
            return tr("The cancel is under way. The order may still fill.")
    return row.order.reason


def _side_tint(row: OrderRow) -> str:
    return "profit" if row.order.side == "buy" else "loss"


COLUMNS: tuple[Column[OrderRow], ...] = (
    Column("pair", tr_later("Pair"), lambda row: row.order.symbol, width=9),
    Column("side", tr_later("Side"), lambda row: wording.side(row.order.side), colour=_side_tint, width=5),
    Column("type", tr_later("Type"), lambda row: wording.order_type(row.order.type), width=6),
    Column(
        "price", tr_later("Price"),
        lambda row: fmt.price(row.price, row.market.price_tick) if row.price is not None else tr("market"),
        sort=lambda row: row.price, raw=lambda row: fmt.plain(row.price), is_number=True, width=10,
    ),
    Column(
        "amount", tr_later("Amount"), lambda row: fmt.amount(row.order.amount, row.market.amount_step),
        sort=lambda row: row.order.amount, raw=lambda row: fmt.plain(row.order.amount), is_number=True, width=9,
        hint=tr_later("Coins"),
    ),
    Column(
        "filled", tr_later("Filled"), lambda row: fmt.percent(row.filled, sign=False, decimals=0),
        sort=lambda row: row.filled, raw=lambda row: fmt.plain(row.filled), is_number=True, width=6,
    ),
    Column(
        "total", tr_later("Value"), lambda row: fmt.quote(row.total, row.market.quote), sort=lambda row: row.total,
        raw=lambda row: fmt.plain(row.total), is_number=True, width=9, hint=tr_later("In the quote currency"),
    ),
    Column("purpose", tr_later("Purpose"), lambda row: wording.purpose(row.order), width=8,
           tooltip=lambda row: wording.role_name(row.order.role)),
    Column("deal", tr_later("Deal"), lambda row: f"{row.bot} #{row.known.deal}", width=16),
    Column("age", tr_later("Age"), lambda row: fmt.minutes(row.age_ms, units()),
           sort=lambda row: -row.order.placed_at, is_number=True, width=8),
    Column("state", tr_later("State"), lambda row: wording.order_status(row.order), icon=_state_icon,
           tooltip=_state_hint, width=13),
    Column("account", tr_later("Account"), lambda row: f"{row.known.account} · {wording.mode_word(row.mode)}",
           width=16, is_hidden=True),
    Column("exchange_id", tr_later("Exchange's id"), lambda row: row.order.exchange_id or fmt.UNKNOWN, width=14,
           is_hidden=True),
    Column("client_id", tr_later("Our id"), lambda row: row.order.client_id, width=24, is_hidden=True),
)  # fmt: skip


class OrdersPanel(Panel):
    chart_requested = Signal(str, str)
    take_back_requested = Signal(str)  # client id

    def __init__(self, bridge: Bridge, selection: Selection, window: QWidget) -> None:
        super().__init__("orders", tr_later("Orders"), bridge, selection, window, has_filter=True, has_chain=True)
        self.model: RowsModel[OrderRow] = RowsModel(lambda row: row.order.client_id, COLUMNS, self)
        self.frame: TableFrame[OrderRow] = TableFrame(parent=self)
        self.table = DataTable(self.model, tr_later("Orders"), self.frame)
        self.frame.hold(self.table)
        self.setWidget(self.frame)
        self.staleness = Staleness(self.frame, lambda row: row.known.account)
        self.head.filter.textChanged.connect(self.model.set_filter_text)
        self.table.row_selected.connect(self._pick)
        self.table.row_activated.connect(self._open_chart)
        self.table.menu_requested.connect(self._show_menu)
        bridge.orders_changed.connect(self._take)
        bridge.reloaded.connect(self.refresh)
        self.retranslate()

    def main_widget(self) -> QWidget:
        return self.table

    def table_state(self) -> str:
        return self.table.layout_state()

    def restore_table(self, state: str) -> None:
        self.table.restore_layout(state)

    def refresh(self) -> None:
        self.model.replace(self._row(known) for known in self.bridge.known.orders.values())
        self._rows_changed()

    def follow(self, choice: Choice) -> None:
        """Mark the orders of the selected deal."""
        if self.table.hasFocus():
            return
        flag = self.table.selectionModel().SelectionFlag
        self.table.clearSelection()
        for row in self.model.shown_rows():
            if row.known.deal_id == choice.deal_id:
                index = self.model.index_of(row.order.client_id)
                self.table.selectionModel().select(index, flag.Select | flag.Rows)

    def retranslate(self) -> None:
        super().retranslate()
        self.table.set_empty(tr("No open orders on any account."))
        self.model.retranslate()
        self.refresh()

    def set_stale(self, texts: Mapping[str, str]) -> None:
        """What to say of each account with old prices."""
        self.staleness.show(texts)

    def _take(self, changed: list[KnownOrder]) -> None:
        self.model.remove([known.order.client_id for known in changed if not known.order.is_live])
        self.model.upsert(self._row(known) for known in changed if known.order.is_live)
        self._rows_changed()

    def _row(self, known: KnownOrder) -> OrderRow:
        facts = self.bridge.known
        bot = facts.bots.get(known.bot_id)
        market = facts.market(known.account, known.order.symbol) or _PLAIN_MARKET
        age = max(0, facts.now(known.account) - known.order.placed_at) // 60_000 * 60_000
        return OrderRow(known, bot.name if bot else str(known.bot_id), facts.mode(known.account), market, age)

    def _rows_changed(self) -> None:
        self._show_count()
        self.staleness.again()

    def _show_count(self) -> None:
        self.head.count.setText(fmt.whole(self.model.total) if self.model.total else "")

    def _pick(self, order_id: str) -> None:
        row = self.model.row_by_id(order_id)
        if row is not None and self.table.hasFocus():
            known = row.known
            self.selection.pick_order(order_id, known.deal_id, known.bot_id, known.account, known.order.symbol)

    def _open_chart(self, order_id: str) -> None:
        row = self.model.row_by_id(order_id)
        if row is not None:
            self.chart_requested.emit(row.known.account, row.order.symbol)

    def _show_menu(self, ids: list[str], at: QPoint) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction(tr("Show on chart")).triggered.connect(lambda _=False: self._open_chart(ids[0]))
        menu.setToolTipsVisible(True)
        back = menu.addAction(tr("Cancel order…"))
        row = self.model.row_by_id(ids[0])
        reason = why_not_back(row.order) if row is not None and len(ids) == 1 else tr("One order at a time.")
        back.setEnabled(not reason)
        back.setToolTip(reason)
        back.triggered.connect(lambda _=False: self.take_back_requested.emit(ids[0]))
        menu.addAction(tr("Copy rows")).triggered.connect(lambda _=False: self.table.copy_selected())
        menu.addAction(tr("Copy our id")).triggered.connect(
            lambda _=False: QApplication.clipboard().setText("\n".join(ids))
        )
        menu.popup(at)


def why_not_back(order: Order) -> str:
    """Why an order cannot be cancelled by hand; empty when it can."""
    if order.role is not Role.MANUAL or order.status is not OrderStatus.OPEN:
        return tr("The deal would place it again. Edit or close the deal instead.")
    return ""
