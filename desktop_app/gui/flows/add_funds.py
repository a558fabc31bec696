"""The form that adds funds to a deal: while an amount is typed, it says what average and take profit become."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.core.deal import Direction
from desktop_app.core.market import Market
from desktop_app.core.order import OrderType
from desktop_app.engine.views import DealView
from desktop_app.gui import fmt, outlook
from desktop_app.gui.fields import DecimalEdit, LabeledField, Segmented
from desktop_app.gui.fonts import number_font
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.notices import plain_label

if TYPE_CHECKING:
    from desktop_app.core.strategies.dca_settings import DcaSettings


class AddFundsForm(QWidget):
    changed = Signal()

    def __init__(self, view: DealView, settings: "DcaSettings", market: Market, plan: Decimal) -> None:
        super().__init__()
        self._view, self._settings, self._market, self._plan = view, settings, market, plan
        self.volume = DecimalEdit(market.quote)
        self.volume.set_value(settings.base_order.volume if settings.base_order.volume_unit == "quote" else None)
        self.kind = Segmented([("market", tr_later("Market")), ("limit", tr_later("Limit"))])
        self.limit = DecimalEdit(market.quote)
        self.limit.set_value(view.last)
        self._limit_field = LabeledField(tr_later("Price"), self.limit)
        self._grid: list[tuple[QLabel, QLabel]] = [(QLabel(), QLabel()) for _ in range(4)]
        self._note = plain_label()
        self._note.setProperty("role", "muted")
        self._lay_out()
        self.volume.textChanged.connect(lambda _: self._show())
        self.limit.textChanged.connect(lambda _: self._show())
        self.kind.changed.connect(lambda _: self._show())
        self._show()

    @property
    def is_limit(self) -> bool:
        return self.kind.value == "limit"

    @property
    def price(self) -> Decimal | None:
        return self.limit.value if self.is_limit else self._view.last

    @property
    def amount(self) -> Decimal | None:
        return self.volume.value

    @property
    def is_possible(self) -> bool:
        out = self._outlook()
        return out is not None and not out.is_too_small

    def verb(self) -> str:
        """What the button does: the coins it buys."""
        out = self._outlook()
        amount = fmt.amount(out.amount, self._market.amount_step) if out is not None else fmt.UNKNOWN
        pattern = tr("Buy {amount} {base}") if self._is_long else tr("Sell {amount} {base}")
        return pattern.format(amount=amount, base=self._market.base)

    def take(self, views: Sequence[DealView]) -> None:
        """The deal changed while the form is open."""
        for view in views:
            if view.deal_id == self._view.deal_id:
                self._view = view
                self._show()

    @property
    def _is_long(self) -> bool:
        return self._view.deal.direction is Direction.LONG

    def _outlook(self) -> outlook.Adding | None:
        volume, price = self.amount, self.price
        if volume is None or price is None or volume <= 0 or price <= 0:
            return None
        kind = OrderType.LIMIT if self.is_limit else OrderType.MARKET
        return outlook.adding(self._view.deal, self._settings, self._market, volume, price, kind)

    def _show(self) -> None:
        self._limit_field.setVisible(self.is_limit)
        out, market = self._outlook(), self._market
        tick, quote = market.price_tick, market.quote
        rows = [(tr("Buys") if self._is_long else tr("Sells"), fmt.UNKNOWN), (tr("Average"), fmt.UNKNOWN),
                (tr("Take profit"), fmt.UNKNOWN), (tr("Invested"), fmt.UNKNOWN)]  # fmt: skip
        note = tr("Type an amount.")
        if out is not None:
            coins = f"{fmt.amount(out.amount, market.amount_step)} {market.base}"
            rows = [
                (rows[0][0], tr("{coins} for {cost}").format(coins=coins, cost=fmt.money(out.cost, quote))),
                (rows[1][0], _change(fmt.price(out.average_before, tick), fmt.price(out.average, tick))),
                (rows[2][0], _change(fmt.price(out.take_profit_before, tick), fmt.price(out.take_profit, tick))),
                (rows[3][0], _change(fmt.quote(out.invested_before, quote), fmt.money(out.invested, quote))),
            ]
            note = tr("{amount} more than the bot's plan of {plan}. No safety order is used up.").format(
                amount=fmt.money(out.cost, quote), plan=fmt.money(self._plan, quote)
            )
            if out.is_too_small:
                note = tr("The exchange takes no order below {least}.").format(least=fmt.money(market.min_cost, quote))
        for (name, value), (words, text) in zip(self._grid, rows, strict=True):
            name.setText(words)
            value.setText(text)
        self._note.setText(note)
        self.changed.emit()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(LabeledField(tr_later("Amount"), self.volume))
        column.addWidget(self.kind)
        column.addWidget(self._limit_field)
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(self._grid):
            name.setProperty("role", "muted")
            value.setFont(number_font(self.font()))
            grid.addWidget(name, row, 0)
            grid.addWidget(value, row, 1)
        column.addLayout(grid)
        column.addWidget(self._note)


def _change(before: str, after: str) -> str:
    return f"{before} → {after}"
