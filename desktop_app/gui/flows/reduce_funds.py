"""The form that takes coins out of a deal: while an amount is typed, it says what that brings and what is left."""

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.deal import Direction
from desktop_app.core.market import HUNDRED, ZERO, Market
from desktop_app.engine.views import DealView
from desktop_app.gui import fmt, outlook
from desktop_app.gui.fields import DecimalEdit, LabeledField
from desktop_app.gui.fonts import number_font
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.notices import plain_label

PARTS = (25, 50, 75)


class ReduceForm(QWidget):
    """Amounts are coins; never more than the deal holds."""

    changed = Signal()

    def __init__(self, view: DealView, market: Market) -> None:
        super().__init__()
        self._view, self._market = view, market
        self.coins = DecimalEdit(market.base, step=market.amount_step)
        self.parts = {part: QPushButton(f"{part} %") for part in PARTS}
        self._grid: list[tuple[QLabel, QLabel]] = [(QLabel(), QLabel()) for _ in range(3)]
        self._note = plain_label()
        self._note.setProperty("role", "muted")
        self._lay_out()
        for part, button in self.parts.items():
            button.clicked.connect(lambda _=False, part=part: self._take_part(part))
        self.coins.textChanged.connect(lambda _: self._show())
        self._take_part(50)

    @property
    def amount(self) -> Decimal | None:
        """What would be exited: to the lot, no more than there is."""
        typed = self.coins.value
        return self._market.amount_down(min(typed, self._view.deal.held)) if typed is not None and typed > 0 else None

    @property
    def is_possible(self) -> bool:
        amount, last = self.amount, self._view.last
        return bool(amount) and last is not None and not self._market.is_too_small(amount or ZERO, last)

    def verb(self) -> str:
        pattern = tr("Sell {amount} {base}") if self._is_long else tr("Buy back {amount} {base}")
        return pattern.format(amount=fmt.amount(self.amount, self._market.amount_step), base=self._market.base)

    def take(self, views: Sequence[DealView]) -> None:
        """The deal changed while the form is open."""
        for view in views:
            if view.deal_id == self._view.deal_id:
                self._view = view
                self._show()

    @property
    def _is_long(self) -> bool:
        return self._view.deal.direction is Direction.LONG

    def _take_part(self, part: int) -> None:
        self.coins.set_value(self._market.amount_down(self._view.deal.held * part / HUNDRED))

    def _show(self) -> None:
        deal, last, market = self._view.deal, self._view.last, self._market
        amount = self.amount
        rows = [fmt.UNKNOWN] * 3
        note = tr("Type an amount.")
        if amount and last is not None:
            out = outlook.reducing(deal, amount, last, market)
            rows = [
                tr("about {proceeds} at {price}").format(
                    proceeds=fmt.money(out.proceeds, market.quote), price=fmt.price(last, market.price_tick)
                ),
                tr("about {result} after fees").format(result=fmt.pnl(out.result, market.quote)),
                f"{fmt.amount(out.left, market.amount_step)} {market.base}",
            ]
            note = tr("The take profit rests again for what is left; the average price stays.")
            if not out.left:
                note = tr("That is everything: the deal ends.")
            elif not self.is_possible:
                note = tr("The exchange takes no order below {least}.").format(
                    least=fmt.money(market.min_cost, market.quote)
                )
            elif market.is_too_small(out.left, last):
                note = tr("What is left would be too small to sell.")
        names = (tr("Brings") if self._is_long else tr("Costs"), tr("Result"), tr("Left in the deal"))
        for (name, value), words, text in zip(self._grid, names, rows, strict=True):
            name.setText(words)
            value.setText(text)
        self._note.setText(note)
        self.changed.emit()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(LabeledField(tr_later("Amount"), self.coins))
        row = QHBoxLayout()
        for part, button in self.parts.items():
            button.setAutoDefault(False)
            button.setAccessibleName(tr("{percent} % of what the deal holds").format(percent=part))
            row.addWidget(button)
        column.addLayout(row)
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setColumnStretch(1, 1)
        for line, (name, value) in enumerate(self._grid):
            name.setProperty("role", "muted")
            value.setFont(number_font(self.font()))
            grid.addWidget(name, line, 0)
            grid.addWidget(value, line, 1)
        column.addLayout(grid)
        column.addWidget(self._note)
