"""The open deals: what was paid, where they stand, where they end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QMenu, QWidget

from desktop_app.core.market import ZERO, Market
from desktop_app.core.order import Role
from desktop_app.gui import fmt, outlook, wording
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.i18n import tr, tr_later, units
from desktop_app.gui.icons import icon
from desktop_app.gui.models import Column, RowsModel
from desktop_app.gui.panels.deal_menu import fill_deal_menu
from desktop_app.gui.panels.panel import Panel
from desktop_app.gui.selection import Choice, Selection
from desktop_app.gui.staleness import Staleness
from desktop_app.gui.tables import DataTable, TableFrame

if TYPE_CHECKING:
    from desktop_app.engine.views import DealView

_PLAIN_MARKET = Market("", "", "")


@dataclass(frozen=True, slots=True)
class DealRow:
    """A deal with what it is worth now; everything a cell shows is in it, so equal rows are not painted again."""

    view: DealView
    market: Market
    result: Decimal | None
    percent: Decimal | None
    age_ms: int

    @property
    def last(self) -> Decimal | None:
        return self.view.last

    @property
    def target(self) -> Decimal | None:
        return self.view.deal.take_profits[0] if self.view.deal.take_profits else None

    @property
    def next_safety(self) -> Decimal | None:
        orders = [order for order in self.view.deal.live_orders if order.role is Role.SAFETY]
        return min(orders, key=lambda order: order.index).price if orders else None


def _price(value: Callable[[DealRow], Decimal | None]) -> Callable[[DealRow], str]:
    return lambda row: fmt.price(value(row), row.market.price_tick)


def _tint(row: DealRow) -> str | None:
    return None if not row.result else "profit" if row.result > 0 else "loss"


def _spoken(row: DealRow) -> str:
    if row.result is None:
        return tr("unknown")
    kind = tr("loss") if row.result < 0 else tr("profit")
    return tr("{amount}, {kind}").format(amount=fmt.pnl(row.result, row.market.quote), kind=kind)


def _average(row: DealRow) -> Decimal | None:
    return None if row.view.deal.grid is not None else row.view.deal.average or None


def _safety(row: DealRow) -> str:
    deal = row.view.deal
    has_none = deal.grid is not None or not deal.safety_total
    return fmt.UNKNOWN if has_none else f"{deal.safety_filled}/{deal.safety_total}"


def _invested(row: DealRow) -> Decimal | None:
    return outlook.invested(row.view.deal)


def _break_even(row: DealRow) -> Decimal | None:
    return outlook.break_even(row.view.deal, row.market)


def _to_target(row: DealRow) -> Decimal | None:
    return outlook.distance(row.target, row.last)


def _money_column(
    key: str, title: str, value: Callable[[DealRow], Decimal | None], width: int = 10, *, is_hidden: bool = False
) -> Column[DealRow]:
    return Column(
        key, title, lambda row: fmt.quote(value(row), row.market.quote), sort=value,
        raw=lambda row: fmt.plain(value(row)), is_number=True, width=width, is_hidden=is_hidden,
    )  # fmt: skip


def _price_column(
    key: str, title: str, value: Callable[[DealRow], Decimal | None], hint: str = "", *, is_hidden: bool = False
) -> Column[DealRow]:
    return Column(
        key, title, _price(value), sort=value, raw=lambda row: fmt.plain(value(row)), is_number=True, width=9,
        hint=hint, is_hidden=is_hidden,
    )  # fmt: skip


COLUMNS: tuple[Column[DealRow], ...] = (
    Column("bot", tr_later("Bot"), lambda row: row.view.bot_name, width=10),
    Column("pair", tr_later("Pair"), lambda row: row.view.deal.symbol, width=9),
    Column("side", tr_later("Side"), lambda row: wording.direction(row.view.deal.direction), width=4),
    Column(
        "status", tr_later("Status"), lambda row: wording.status_of(row.view.deal), width=7,
        icon=lambda row: icon("error", "error") if row.view.deal.status == "failed" else None,
    ),
    _price_column("average", tr_later("Average"), _average, tr_later("What was paid per coin, fees in")),
    _price_column("last", tr_later("Last"), lambda row: row.last),
    _price_column("target", tr_later("TP"), lambda row: row.target, tr_later("Nearest take profit")),
    _price_column("stop", tr_later("SL"), lambda row: row.view.deal.stop_loss, tr_later("Stop loss in force")),
    Column(
        "safety", tr_later("SO"), _safety,
        sort=lambda row: row.view.deal.safety_filled, is_number=True, width=4,
        hint=tr_later("Safety orders filled, of all"),
    ),
    _money_column("invested", tr_later("Invested"), _invested, 7),
    Column(
        "result", tr_later("Result"), lambda row: fmt.signed(row.result, row.market.quote), sort=lambda row: row.result,
        raw=lambda row: fmt.plain(row.result), is_number=True, colour=_tint, width=7, spoken=_spoken,
        hint=tr_later("What you would have now after all fees, the selling fee too"),
    ),
    Column(
        "percent", tr_later("Result %"), lambda row: fmt.percent(row.percent), sort=lambda row: row.percent,
        raw=lambda row: fmt.plain(row.percent), is_number=True, colour=_tint, width=7,
        hint=tr_later("The result over what was spent. Some other programs leave out the selling fee."),
    ),
    Column(
        "to_target", tr_later("To TP"), lambda row: fmt.percent(_to_target(row)), sort=_to_target,
        raw=lambda row: fmt.plain(_to_target(row)), is_number=True, width=7,
        hint=tr_later("How far the price has to go to the take profit"),
    ),
    Column(
        "age", tr_later("Age"), lambda row: fmt.minutes(row.age_ms, units()),
        sort=lambda row: -row.view.deal.opened_at, is_number=True, width=9,
    ),
    Column("number", tr_later("Deal"), lambda row: f"#{row.view.deal.number}", sort=lambda row: row.view.deal.number,
           is_number=True, width=5, is_hidden=True),
    Column("account", tr_later("Account"), lambda row: f"{row.view.account} · {wording.mode_word(row.view.mode)}",
           width=16, is_hidden=True),
    _price_column("break_even", tr_later("Break-even"), _break_even,
                  tr_later("An exit at market below this loses, fees in"), is_hidden=True),
    _price_column("next_safety", tr_later("Next SO"), lambda row: row.next_safety, is_hidden=True),
    _money_column("fees", tr_later("Fees"), lambda row: row.view.deal.position.fees, 8, is_hidden=True),
    Column("note", tr_later("Note"), lambda row: row.view.deal.note, width=16, is_hidden=True),
)  # fmt: skip


class DealsPanel(Panel):
    add_requested = Signal(str)  # deal id
    close_requested = Signal(list)  # deal ids
    leave_requested = Signal(list)  # stop managing
    change_requested = Signal(str, str)  # verb of deal_menu, deal id
    chart_requested = Signal(str, str)

    def __init__(self, bridge: Bridge, selection: Selection, window: QWidget) -> None:
        super().__init__("deals", tr_later("Deals"), bridge, selection, window, has_filter=True)
        self.model: RowsModel[DealRow] = RowsModel(lambda row: row.view.deal_id, COLUMNS, self)
        self.frame: TableFrame[DealRow] = TableFrame(parent=self)
        self.table = DataTable(self.model, tr_later("Deals"), self.frame)
        self.frame.hold(self.table)
        self.setWidget(self.frame)
        self.staleness = Staleness(self.frame, lambda row: row.view.account)
        self.head.filter.textChanged.connect(self._filter)
        self.table.row_selected.connect(self._pick)
        self.table.row_activated.connect(self._open_chart)
        self.table.menu_requested.connect(self._show_menu)
        bridge.deals_changed.connect(self._take)
        bridge.bots_changed.connect(lambda _: self._say_empty())
        bridge.reloaded.connect(self.refresh)
        self.retranslate()

    def main_widget(self) -> QWidget:
        return self.table

    def table_state(self) -> str:
        return self.table.layout_state()

    def restore_table(self, state: str) -> None:
        self.table.restore_layout(state)

    def refresh(self) -> None:
        self.model.replace(self._row(view) for view in self.bridge.known.open_deals())
        self._rows_changed()
        self._say_empty()

    def selected(self) -> list[str]:
        return self.table.selected_ids()

    def follow(self, choice: Choice) -> None:
        if not choice.deal_id:
            self.table.clearSelection()
        elif self.table.selected_ids() != [choice.deal_id]:
            self.table.select(choice.deal_id)

    def retranslate(self) -> None:
        super().retranslate()
        self.model.retranslate()
        self.refresh()

    def set_stale(self, texts: Mapping[str, str]) -> None:
        """What to say of each account with old prices."""
        self.staleness.show(texts)

    def _filter(self, words: str) -> None:
        self.model.set_filter_text(words)
        self._show_totals()

    def _take(self, views: list[DealView]) -> None:
        self.model.remove([view.deal_id for view in views if view.deal.status.is_over])
        self.model.upsert(self._row(view) for view in views if not view.deal.status.is_over)
        self._rows_changed()
        self._say_empty()

    def _row(self, view: DealView) -> DealRow:
        market = self.bridge.known.market(view.account, view.deal.symbol) or _PLAIN_MARKET
        result = outlook.worth_now(view.deal, view.last, market)
        age = max(0, self.bridge.known.now(view.account) - view.deal.opened_at) // 60_000 * 60_000
        return DealRow(view, market, result, outlook.percent_of(view.deal, result), age)

    def _rows_changed(self) -> None:
        self._show_totals()
        self.staleness.again()

    def _show_totals(self) -> None:
        shown = self.model.shown_rows()
        self.head.count.setText(totals(shown, self.model.total))

    def _say_empty(self) -> None:
        """The bot that could have a deal says why it has none."""
        running = [bot for bot in self.bridge.known.bots.values() if bot.status == "running"]
        text = tr("No open deals. A running bot opens them.")
        if running:
            bot = running[0]
            market = self.bridge.known.market(bot.account, bot.pairs[0]) if bot.pairs else None
            why = wording.sentence(bot.why, market)
            text = tr("No open deals. {bot}: {why}").format(bot=bot.name, why=why)
        self.table.set_empty(text)

    def _pick(self, deal_id: str) -> None:
        row = self.model.row_by_id(deal_id)
        if row is not None and self.selection.choice.deal_id != deal_id:
            view = row.view
            self.selection.pick_deal(deal_id, view.bot_id, view.account, view.deal.symbol)

    def _open_chart(self, deal_id: str) -> None:
        row = self.model.row_by_id(deal_id)
        if row is not None:
            self.chart_requested.emit(row.view.account, row.view.deal.symbol)

    def _show_menu(self, ids: list[str], at: QPoint) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        one = menu.addAction(tr("Add funds…"))
        one.setEnabled(len(ids) == 1)
        one.triggered.connect(lambda _=False: self.add_requested.emit(ids[0]))
        if len(ids) == 1:
            fill_deal_menu(menu, self.bridge, ids[0], self.change_requested.emit)
            menu.addSeparator()
        menu.addAction(tr("Close at market…")).triggered.connect(lambda _=False: self.close_requested.emit(ids))
        menu.addAction(tr("Stop managing (keep coins)…")).triggered.connect(
            lambda _=False: self.leave_requested.emit(ids)
        )
        menu.addSeparator()
        menu.addAction(tr("Show on chart")).triggered.connect(lambda _=False: self._open_chart(ids[0]))
        menu.addAction(tr("Copy")).triggered.connect(lambda _=False: self.table.copy_selected())
        menu.popup(at)


def totals(shown: Iterable[DealRow], total: int) -> str:
    """ "Totals for 3 of 41 deals: −1.20 USDT": per currency and never paper and live money in one sum."""
    rows = list(shown)
    if not rows:
        return ""
    sums: dict[tuple[bool, str], Decimal] = {}
    for row in rows:
        key = (row.view.mode == "live", row.market.quote)
        sums[key] = sums.get(key, ZERO) + (row.result or ZERO)
    is_mixed = len({is_live for is_live, _ in sums}) > 1
    parts = []
    for (is_live, quote), amount in sums.items():
        words = fmt.pnl(amount, quote)
        parts.append(f"{tr('LIVE') if is_live else tr('PAPER')} {words}" if is_mixed else words)
    counted = (tr("{count} of {total} deal") if total == 1 else tr("{count} of {total} deals")).format(
        count=len(rows), total=total
    )
    return f"{counted} · {' · '.join(parts)}"
