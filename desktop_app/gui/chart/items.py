"""What the pane paints from candles: bars, volume, the grid and the last price; no Python per candle."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from desktop_app.gui.chart.axes import PriceAxis, TimeAxis
from desktop_app.gui.chart.batch import draw_rectangles, draw_segments, rectangles, segments
from desktop_app.gui.chart.series import FANOUT, Slice
from desktop_app.gui.chart.view import CandleView
from desktop_app.gui.theme import Theme

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_CROWDED = 0.75  # below this many pixels per bar, four bars are painted as one
_BODY = 0.7  # of the spacing
VOLUME_SHARE = 0.18  # of the pane's height
_VOLUME_ALPHA = 0.38


class PaneItem(QGraphicsItem):
    """Something painted in the pane's own pixels, above the view's transformation rather than through it."""

    def __init__(self, view: CandleView, theme: Theme) -> None:
        super().__init__(view)
        self._view, self._theme = view, theme
        self.set_theme(theme)

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, self._view.pane_width, self._view.pane_height)

    def resized(self) -> None:
        self.prepareGeometryChange()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()


class Columns:
    """The visible buckets and their pixels, worked out once per frame and shared by bars and volume."""

    def __init__(self, view: CandleView) -> None:
        self._view = view
        self._key: tuple[float, ...] = ()
        self._slice = view.series.read(0, 0, 0)
        self.x: Floats = np.empty(0)
        self.is_up: Bools = np.empty(0, np.bool_)
        self.spacing = 1.0
        self.revision = 0  # bumped when a bar changes

    def refresh(self) -> Slice:
        view = self._view
        key = (id(view.series), view.x0, view.x1, view.pane_width, float(self.revision))
        if key != self._key:
            self._key = key
            level = 0
            while view.spacing * FANOUT**level < _CROWDED and level + 1 < view.series.level_count:
                level += 1
            start, stop = view.visible()
            found = view.series.read(start, stop, level)
            self.spacing = view.spacing * found.per_bucket
            self._slice, self.is_up = found, found.close >= found.open
            self.x = view.xs_of(found.at) + (found.per_bucket - 1) / 2 * view.spacing
        return self._slice


class CandleItem(PaneItem):
    """Candles; past a few pixels a bar they lose their bodies, past one they merge."""

    def __init__(self, view: CandleView, columns: Columns, theme: Theme) -> None:
        self.is_hollow = False  # up candles as outlines: the shape says what colour cannot
        self.is_stale = False
        self._columns = columns
        super().__init__(view, theme)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        found = self._columns.refresh()
        if not len(found.at):
            return
        view, spacing, is_up = self._view, self._columns.spacing, self._columns.is_up
        ratio = painter.device().devicePixelRatio()
        hair = max(1.0, math.floor(ratio + 0.25)) / ratio
        wick_x = snapped(self._columns.x - hair / 2, ratio)
        high, low = snapped(view.ys_of(found.high), ratio), snapped(view.ys_of(found.low), ratio)
        opened, closed = view.ys_of(found.open), view.ys_of(found.close)
        top, bottom = snapped(np.minimum(opened, closed), ratio), snapped(np.maximum(opened, closed), ratio)
        wicks = rectangles(wick_x, high, hair, np.maximum(low - high, hair))
        half = 0.0 if spacing < 3 else max(1.0, math.floor((spacing * _BODY * ratio - 1) / 2)) / ratio
        bodies = rectangles(wick_x - half, top, 2 * half + hair, np.maximum(bottom - top, hair)) if half else None
        painter.setPen(Qt.PenStyle.NoPen)
        for mask, colour in ((is_up, self._theme.up), (~is_up, self._theme.down)):
            painter.setBrush(QColor(colour))
            draw_rectangles(painter, wicks[mask])
            if bodies is not None:
                draw_rectangles(painter, bodies[mask])
        if self.is_hollow and bodies is not None and half > hair:
            inner = bodies[is_up & (bottom - top > 3 * hair)] + np.array([hair, hair, -2 * hair, -2 * hair])
            painter.setBrush(QColor(self._theme.background))
            draw_rectangles(painter, inner)
        if self.is_stale:
            veil = QColor(self._theme.background)
            veil.setAlphaF(0.65)
            width = max(spacing, 3.0)
            painter.fillRect(QRectF(float(self._columns.x[-1]) - width / 2, 0, width, view.pane_height), veil)


class VolumeItem(PaneItem):
    """Volume along the bottom of the pane, scaled to its tallest visible bar."""

    def __init__(self, view: CandleView, columns: Columns, theme: Theme) -> None:
        self._columns = columns
        super().__init__(view, theme)
        self.setZValue(-5)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        found = self._columns.refresh()
        if not len(found.at):
            return
        most = float(found.volume.max())
        if not most > 0:
            return
        view, spacing, ratio = self._view, self._columns.spacing, painter.device().devicePixelRatio()
        hair = max(1.0, math.floor(ratio + 0.25)) / ratio
        height = snapped(found.volume * (VOLUME_SHARE * view.pane_height / most), ratio)
        half = 0.0 if spacing < 3 else max(1.0, math.floor((spacing * _BODY * ratio - 1) / 2)) / ratio
        left = snapped(self._columns.x - hair / 2, ratio) - half
        bars = rectangles(left, view.pane_height - height, 2 * half + hair, height)
        painter.setPen(Qt.PenStyle.NoPen)
        is_up = self._columns.is_up
        for mask, brush in ((is_up, self._up), (~is_up, self._down)):
            painter.setBrush(brush)
            draw_rectangles(painter, bars[mask])

    def set_theme(self, theme: Theme) -> None:
        self._up, self._down = (
            QBrush(mixed(colour, theme.background, _VOLUME_ALPHA)) for colour in (theme.up, theme.down)
        )
        super().set_theme(theme)


class GridItem(PaneItem):
    """All grid lines in one call; pyqtgraph's own grid costs more than the rest of the frame."""

    def __init__(self, view: CandleView, prices: PriceAxis, times: TimeAxis, theme: Theme) -> None:
        self._prices, self._times = prices, times
        super().__init__(view, theme)
        self.setZValue(-10)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        view = self._view
        y = np.floor(np.array([tick.y for tick in self._prices.ticks()])) + 0.5
        x = np.floor(np.array([view.x_of(tick.at) for tick in self._times.ticks()])) + 0.5
        painter.setPen(QPen(QColor(self._theme.grid), 1))
        draw_segments(painter, segments(0.0, y, view.pane_width, y))
        draw_segments(painter, segments(x, 0.0, x, view.pane_height))
        self._paint_gaps(painter)

    def _paint_gaps(self, painter: QPainter) -> None:
        """Missing candles as shaded empty ground, so that nobody takes the jump for a price move."""
        view = self._view
        starts = np.array(view.series.gap_starts, np.int64)
        if not len(starts):
            return
        right = view.xs_of(view.series.at[starts]) - view.spacing / 2
        left = view.xs_of(view.series.at[starts - 1]) + view.spacing / 2
        seen = (right > 0) & (left < view.pane_width) & (right - left >= 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(mixed(self._theme.muted, self._theme.background, 0.35), Qt.BrushStyle.BDiagPattern))
        draw_rectangles(
            painter, rectangles(left[seen], np.zeros(int(seen.sum())), (right - left)[seen], view.pane_height)
        )


class LastPriceItem(PaneItem):
    """A dashed line at the last price, coloured by the running bar's direction; its label is one of the tags."""

    def __init__(self, view: CandleView, theme: Theme) -> None:
        super().__init__(view, theme)
        self.setZValue(4)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        last = self._view.series.last
        if last is None:
            return
        y = math.floor(self._view.y_of(last.close)) + 0.5
        if not 0 <= y <= self._view.pane_height:
            return
        painter.setPen(QPen(QColor(self._theme.up if last.close >= last.open else self._theme.down), 1))
        x = np.arange(0.0, self._view.pane_width, 4.0)
        draw_segments(painter, segments(x, y, x + 1, y))


def snapped(values: Floats, ratio: float) -> Floats:
    """Whole device pixels, so that edges are crisp on every screen."""
    return np.floor(values * ratio + 0.5) / ratio


def mixed(colour: str, ground: str, share: float) -> QColor:
    """`colour` laid over `ground`: opaque, because blending a thousand bars costs more than filling them."""
    a, b = QColor(colour), QColor(ground)
    return QColor.fromRgbF(
        a.redF() * share + b.redF() * (1 - share),
        a.greenF() * share + b.greenF() * (1 - share),
        a.blueF() * share + b.blueF() * (1 - share),
    )
