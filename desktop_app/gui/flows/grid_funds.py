"""The form that adds money to a running grid: while it is typed, it says what each line gets and what is bought now."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.core import grid_lines
from desktop_app.core.market import ZERO, Market
from desktop_app.core.strategies.grid_settings import Grid
from desktop_app.engine.views import DealView
from desktop_app.gui import fmt
from desktop_app.gui.fields import DecimalEdit, LabeledField
from desktop_app.gui.grid_order_lines import live_lines
from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.notices import plain_label

_LINES = 4


@dataclass(frozen=True, slots=True)
class Enlarged:
    """`each` is what every line gets more, in the unit of the settings; `coins` are bought at market for the sells."""

    each: Decimal
    coins: Decimal
    cost: Decimal
    lines: int


def enlarged(view: DealView, grid: Grid, market: Market, money: Decimal) -> Enlarged | None:
    """What this money makes of the lines that rest; None while nothing rests or no price is known."""
    buys, sells = live_lines(view.deal.live_orders)
    tally = view.deal.grid
    if view.last is None or tally is None or tally.waiting is None or money <= 0 or not (buys or sells):
        return None
    each = grid_lines.volume_for(grid, market, view.last, money, tuple(buys), tuple(sells), tally.waiting)
    coins = sum((grid_lines.line_amount(grid, each, price, market) for price in sells), ZERO)
    if grid.is_infinite:
        coins = grid_lines.infinite_coins(grid, each, tally.waiting, market)
    bought = grid_lines.balancing_amount(coins, ZERO, market)
    return Enlarged(each, bought, bought * view.last, len(buys) + len(sells))


class GridFundsForm(QWidget):
    changed = Signal()

    def __init__(self, view: DealView, grid: Grid, market: Market) -> None:
        super().__init__()
        self._view, self._grid, self._market = view, grid, market
        self.volume = DecimalEdit(market.quote, step=Decimal(10))
        self._words = plain_label()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(LabeledField(tr_later("Amount"), self.volume))
        column.addWidget(self._words)
        self._words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._words.setMinimumHeight(_LINES * self.fontMetrics().lineSpacing())  # the sheet does not grow with the text
        self.volume.textChanged.connect(lambda _: self._show())
        self._show()

    @property
    def amount(self) -> Decimal | None:
        return self.volume.value

    @property
    def is_possible(self) -> bool:
        out = self._outlook()
        return out is not None and self._grows(out)

    def words(self) -> str:
        return self._words.text()

    def take(self, views: Sequence[DealView]) -> None:
        """The grid traded while the form is open."""
        for view in views:
            if view.deal_id == self._view.deal_id:
                self._view = view
                self._show()

    def _outlook(self) -> Enlarged | None:
        return enlarged(self._view, self._grid, self._market, self.amount or ZERO)

    def _grows(self, out: Enlarged) -> bool:
        """Whether at least the largest line becomes larger by a lot."""
        if self._grid.volume_unit == "base":
            return out.each >= self._market.amount_step
        tally = self._view.deal.grid
        assert tally is not None and tally.waiting is not None
        return grid_lines.line_amount(self._grid, out.each, tally.lower or tally.waiting, self._market) > 0

    def _show(self) -> None:
        out, market = self._outlook(), self._market
        if out is None:
            text = tr("Type an amount.")
        elif not self._grows(out):
            text = tr("This is too little: no line would become larger by the exchange's smallest step.")
        else:
            each = fmt.money(out.each, market.quote)
            if self._grid.volume_unit == "base":
                each = f"{fmt.amount(out.each, market.amount_step)} {market.base}"
            text = tr("Each of {lines} lines gets {each} more.").format(lines=out.lines, each=each)
            if out.coins:
                words = tr("{text} Buys {amount} {coin} now for about {cost}, for the sell lines.")
                amount, cost = fmt.amount(out.coins, market.amount_step), fmt.money(out.cost, market.quote)
                text = words.format(text=text, amount=amount, coin=market.base, cost=cost)
            text = f"{text}\n{tr('Grid profit and round trips stay as they are.')}"
        self._words.setText(text)
        self.changed.emit()
