"""A deal on one line: its safety orders, where the price is, what was paid, where it is sold."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.gui.theme import current_theme

_MARGIN = 10.0
_TICK = 5.0


@dataclass(frozen=True, slots=True)
class Stop:
    """One place on the strip. `text` is its whole name with the price, for hints and screen readers."""

    label: str
    price: Decimal
    colour: str  # name of a theme colour
    text: str


class PositionStrip(QWidget):
    """Paints prices in proportion; labels that would overlap give way to the more important one (the earlier)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stops: tuple[Stop, ...] = ()
        self._last: Decimal | None = None
        self._average: Decimal | None = None
        self._is_profit = False
        self._last_text = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_deal(
        self, stops: Sequence[Stop], last: Decimal | None, last_text: str, average: Decimal | None, *,
        is_profit: bool, spoken: str,
    ) -> None:  # fmt: skip
        self._stops, self._last, self._average, self._is_profit = tuple(stops), last, average, is_profit
        self._last_text = last_text
        self.setToolTip("\n".join(stop.text for stop in self._stops))
        self.setAccessibleName(spoken)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, self.fontMetrics().height() * 2 + 22)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        prices = [stop.price for stop in self._stops]
        if self._last is not None:
            prices.append(self._last)
        if len(prices) < 2 or min(prices) == max(prices):
            return
        low, span = min(prices), max(prices) - min(prices)
        theme, painter = current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = self.fontMetrics().height()
        middle = line + 11.0
        room = self.width() - 2 * _MARGIN

        def x_of(price: Decimal) -> float:
            return _MARGIN + float((price - low) / span) * room

        painter.setPen(QPen(QColor(theme.edge), 2))
        painter.drawLine(QPointF(_MARGIN, middle), QPointF(self.width() - _MARGIN, middle))
        if self._last is not None and self._average is not None:
            colour = theme.profit if self._is_profit else theme.loss
            painter.setPen(QPen(QColor(colour), 3))
            painter.drawLine(QPointF(x_of(self._average), middle), QPointF(x_of(self._last), middle))
        taken: list[tuple[float, float]] = []
        for stop in self._stops:
            x = x_of(stop.price)
            painter.setPen(QPen(QColor(getattr(theme, stop.colour)), 2))
            painter.drawLine(QPointF(x, middle - _TICK), QPointF(x, middle + _TICK))
            width = self.fontMetrics().horizontalAdvance(stop.label)
            left = min(max(0.0, x - width / 2), self.width() - width)
            if all(left > right + 4 or left + width + 4 < start for start, right in taken):
                taken.append((left, left + width))
                box = QRectF(left, middle + _TICK + 2, width + 1, line)
                painter.drawText(box, Qt.AlignmentFlag.AlignLeft, stop.label)
        if self._last is not None:
            self._paint_last(painter, x_of(self._last), middle, line)
        painter.end()

    def _paint_last(self, painter: QPainter, x: float, middle: float, line: int) -> None:
        theme = current_theme()
        painter.setPen(QPen(QColor(theme.background), 2))
        painter.setBrush(QColor(theme.text))
        painter.drawEllipse(QPointF(x, middle), 5, 5)
        text = self._last_text
        width = self.fontMetrics().horizontalAdvance(text)
        left = min(max(0.0, x - width / 2), self.width() - width)
        painter.setPen(QColor(theme.text))
        painter.drawText(QRectF(left, 0, width + 1, line), Qt.AlignmentFlag.AlignLeft, text)
