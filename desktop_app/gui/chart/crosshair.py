"""The crosshair: which bar and which price are pointed at, with a label on each axis and a box that explains."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from desktop_app.gui.chart.axes import PriceAxis, TimeAxis
from desktop_app.gui.chart.batch import draw_segments, segments
from desktop_app.gui.chart.paint import draw_text
from desktop_app.gui.chart.series import Bar
from desktop_app.gui.chart.view import CandleView
from desktop_app.gui.theme import Theme

_MAGNET_REACH = 24.0  # pixels
_DASH, _PERIOD = 3.0, 6.0


class Crosshair(QGraphicsItem):
    """Snaps to bars in time; with the magnet on also to open, high, low and close nearby."""

    def __init__(self, view: CandleView, prices: PriceAxis, times: TimeAxis, theme: Theme, font: QFont) -> None:
        super().__init__()
        self._view, self._prices, self._times, self._theme, self._font = view, prices, times, theme, font
        self._metrics = QFontMetricsF(font)
        self._rect = QRectF()
        self.has_magnet = True
        self.is_hidden = False  # by the user, until he clicks into the pane
        self.at: int | None = None  # open time of the bar pointed at; None while the pointer is elsewhere
        self.level = 0.0  # pixels from the top
        self.bottom: float | None = None  # where the time axis begins, if there are panes below that of the candles
        self._reading: str | None = None  # the value pointed at, in a pane below
        self._tip: tuple[str, ...] = ()
        self.setZValue(20)

    def boundingRect(self) -> QRectF:
        return self._rect

    def place(self, rect: QRectF) -> None:
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = rect

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme

    @property
    def is_shown(self) -> bool:
        return self.at is not None and not self.is_hidden

    @property
    def price(self) -> float:
        return self._view.price_of(self.level)

    @property
    def price_text(self) -> str:
        if self._reading is not None:
            return self._reading
        return self._prices.format.text(self._prices.format.snapped(max(self.price, 0.0)))

    @property
    def time_text(self) -> str:
        return self._times.moment_text(self.at) if self.at is not None else ""

    @property
    def tip(self) -> str:
        """What the box beside the crosshair says; plain text, one line each."""
        return "\n".join(self._tip)

    @property
    def foot(self) -> float:
        return self._view.pane_height if self.bottom is None else self.bottom

    def point(self, x: float, y: float, reading: str | None = None) -> None:
        """Follow the pointer; `reading` is the value at it where it is not a price."""
        series = self._view.series
        step = series.step_ms
        phase = int(series.at[0]) % step if len(series) else 0
        self.at = round((self._view.at_of(x) - phase) / step) * step + phase
        self._reading = reading
        self.level = self._attracted(y) if reading is None else y

    def show_bar(self, index: int) -> None:
        """Stand on a bar's close, for the keyboard."""
        bar = self._view.series.bar(index)
        self.at, self.is_hidden, self._reading = bar.at, False, None
        self.level = min(max(self._view.y_of(bar.close), 0.0), self._view.pane_height)

    def leave(self) -> None:
        self.at = None
        self._tip = ()

    def explain(self, text: str) -> None:
        self._tip = tuple(text.splitlines())

    def bar(self) -> Bar | None:
        """The candle pointed at; None in a gap, right of the newest or while nothing is pointed at."""
        if self.at is None:
            return None
        index = self._view.series.nearest(self.at)
        if index is None or int(self._view.series.at[index]) != self.at:
            return None
        return self._view.series.bar(index)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if not self.is_shown or self.at is None:
            return
        view, theme = self._view, self._theme
        x, y = math.floor(view.x_of(self.at)) + 0.5, math.floor(self.level) + 0.5
        painter.setPen(QPen(QColor(theme.muted), 1))
        if 0 <= x <= view.pane_width:
            dashes = np.arange(0.0, self.foot, _PERIOD)
            draw_segments(painter, segments(x, dashes, x, np.minimum(dashes + _DASH, self.foot)))
        dashes = np.arange(0.0, view.pane_width, _PERIOD)
        draw_segments(painter, segments(dashes, y, np.minimum(dashes + _DASH, view.pane_width), y))
        painter.setFont(self._font)
        self._paint_labels(painter, x, y)
        if self._tip:
            self._paint_tip(painter, x, y)

    def _paint_labels(self, painter: QPainter, x: float, y: float) -> None:
        view, metrics, theme = self._view, self._metrics, self._theme
        height = metrics.height() + 5
        ground, ink = QColor(theme.text), QColor(theme.background)
        top = min(max(y - height / 2, 0.0), self.foot - height)
        cell = QRectF(view.pane_width + 1, round(top), self._rect.width() - view.pane_width - 1, height)
        painter.fillRect(cell, ground)
        draw_text(painter, metrics, cell.adjusted(7, 0, 0, 0), self.price_text, ink)
        text = self.time_text
        width = metrics.horizontalAdvance(text) + 14
        left = min(max(x - width / 2, 0.0), view.pane_width - width)
        cell = QRectF(round(left), self.foot + 1, width, self._rect.height() - self.foot - 2)
        painter.fillRect(cell, ground)
        draw_text(painter, metrics, cell.adjusted(7, 0, 0, 0), text, ink)

    def _paint_tip(self, painter: QPainter, x: float, y: float) -> None:
        metrics, view = self._metrics, self._view
        width = max(metrics.horizontalAdvance(line) for line in self._tip) + 16
        height = metrics.height() * len(self._tip) + 12
        left = x + 14 if x + 14 + width < view.pane_width else x - 14 - width
        top = min(max(y + 14, 2.0), view.pane_height - height - 2)
        box = QRectF(round(max(left, 2.0)), round(top), width, height)
        painter.setPen(QPen(QColor(self._theme.edge), 1))
        painter.setBrush(QColor(self._theme.raised))
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
        for n, line in enumerate(self._tip):
            row = QRectF(box.left() + 8, box.top() + 6 + n * metrics.height(), width, metrics.height())
            draw_text(painter, metrics, row, line, QColor(self._theme.text))

    def _attracted(self, y: float) -> float:
        bar = self.bar() if self.has_magnet else None
        if bar is None:
            return y
        heights = [self._view.y_of(price) for price in (bar.open, bar.high, bar.low, bar.close)]
        best = min(heights, key=lambda height: abs(height - y))
        return best if abs(best - y) <= _MAGNET_REACH else y
