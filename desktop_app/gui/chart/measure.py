"""Shift and drag: how far two points are apart in price, percent, bars and time."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.chart.items import PaneItem
from desktop_app.gui.chart.paint import draw_text
from desktop_app.gui.chart.prices import PriceFormat, percent_text
from desktop_app.gui.chart.view import CandleView
from desktop_app.gui.i18n import tr, units
from desktop_app.gui.theme import Theme


class Measure(PaneItem):
    """A tinted box between two points of the chart, anchored to time and price."""

    def __init__(self, view: CandleView, theme: Theme, font: QFont) -> None:
        self._font, self._metrics = font, QFontMetricsF(font)
        self._from: tuple[float, float] | None = None  # ms, price
        self._to: tuple[float, float] | None = None
        self.format = PriceFormat()
        super().__init__(view, theme)
        self.setZValue(7)

    def start(self, point: QPointF) -> None:
        self._from = self._to = self._place(point)

    def stretch(self, point: QPointF) -> None:
        self._to = self._place(point)

    def clear(self) -> bool:
        """Take the box away; tell whether there was one."""
        was_there, self._from, self._to = self._from is not None, None, None
        return was_there

    def text(self) -> str:
        """`+1,204.50 (+1.91 %)  34 bars, 8 h 30 m`."""
        if self._from is None or self._to is None:
            return ""
        change, span = self._to[1] - self._from[1], abs(self._to[0] - self._from[0])
        sign = "+" if change > 0 else ""
        percent = percent_text(change / self._from[1] * 100) if self._from[1] > 0 else fmt.UNKNOWN
        bars = round(span / self._view.series.step_ms)
        count = tr("1 bar") if bars == 1 else tr("{count} bars").format(count=bars)
        return f"{sign}{self.format.text(change)} ({percent})  {count}, {fmt.duration(round(span), units())}"

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self._from is None or self._to is None:
            return
        view = self._view
        a = QPointF(view.x_of(self._from[0]), view.y_of(self._from[1]))
        b = QPointF(view.x_of(self._to[0]), view.y_of(self._to[1]))
        colour = QColor(self._theme.up if b.y() <= a.y() else self._theme.down)
        tint = QColor(colour)
        tint.setAlphaF(0.16)
        painter.setPen(QPen(colour, 1))
        painter.setBrush(tint)
        box = QRectF(a, b).normalized()
        painter.drawRect(box)
        text, metrics = self.text(), self._metrics
        width, height = metrics.horizontalAdvance(text) + 16, metrics.height() + 8
        left = min(max(box.center().x() - width / 2, 2.0), max(view.pane_width - width - 2, 2.0))
        top = box.top() - height - 6 if b.y() <= a.y() else box.bottom() + 6
        label = QRectF(round(left), round(min(max(top, 2.0), view.pane_height - height - 2)), width, height)
        painter.setPen(QPen(QColor(self._theme.edge), 1))
        painter.setBrush(QColor(self._theme.raised))
        painter.drawRect(label.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setFont(self._font)
        draw_text(painter, metrics, label.adjusted(8, 0, 0, 0), text, QColor(self._theme.text))

    def _place(self, point: QPointF) -> tuple[float, float]:
        return self._view.at_of(point.x()), self._view.price_of(point.y())
