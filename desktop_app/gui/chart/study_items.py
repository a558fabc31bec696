"""Paints studies: lines over the candles, panes under them, shades where nothing is known yet, and marks of firings."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from desktop_app.gui.chart.axes import TimeAxis
from desktop_app.gui.chart.batch import draw_rectangles, draw_segments, rectangles, segments
from desktop_app.gui.chart.crosshair import Crosshair
from desktop_app.gui.chart.items import PaneItem, mixed
from desktop_app.gui.chart.paint import draw_text
from desktop_app.gui.chart.study import Curve, Firings, Floats, Ints, Study, stepped, text_of, thinned, value_known_at
from desktop_app.gui.chart.ticks import price_ticks
from desktop_app.gui.chart.view import CandleView
from desktop_app.gui.i18n import tr
from desktop_app.gui.theme import Theme

COLOURS = ("accent", "line_safety", "line_base", "warning")
_MARK = 4.5  # half of a firing's diamond, in pixels
_LANE = 11.0
_REACH = 9.0
_MOST_MARKS = 1500
_MARGIN = 0.12  # of a pane's height, above and below the values


class PriceStudies(PaneItem):
    """Averages, bands and the like, over the candles."""

    def __init__(self, view: CandleView, theme: Theme) -> None:
        self.studies: tuple[Study, ...] = ()
        super().__init__(view, theme)
        self.setZValue(1)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        for colour, study, curve in coloured(self.studies):
            x, values = seen(self._view, study, curve)
            draw_curve(painter, x, self._view.ys_of(values), QColor(getattr(self._theme, colour)), curve.is_dotted)


class NotReady(PaneItem):
    """A quiet shade over the time in which a group of conditions could not be judged yet."""

    def __init__(self, view: CandleView, theme: Theme, font: QFont) -> None:
        self.ready_at: int | None = None
        self._font, self._metrics = font, QFontMetricsF(font)
        super().__init__(view, theme)
        self.setZValue(-8)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        shade = shaded(self._view, self.ready_at)
        if shade <= 0:
            return
        height = self._view.pane_height
        painter.fillRect(QRectF(0, 0, shade, height), ground(self._theme))
        text = tr("not ready yet")
        if shade > self._metrics.horizontalAdvance(text) + 16:
            painter.setFont(self._font)
            row = QRectF(8, height - self._metrics.height() - 8, shade, self._metrics.height())
            draw_text(painter, self._metrics, row, text, QColor(self._theme.muted))


class FiringMarks(PaneItem):
    """A diamond under each candle at whose close a group of conditions came true; one lane a group."""

    def __init__(self, view: CandleView, theme: Theme) -> None:
        self.firings: tuple[Firings, ...] = ()
        super().__init__(view, theme)
        self.setZValue(3)

    def text_at(self, point: QPointF) -> str:
        """What the mark under the pointer stands for; empty where there is none."""
        best, text = _REACH, ""
        for lane, firings in enumerate(self.firings):
            x, y = self._places(lane, firings.at)
            if not len(x):
                continue
            distance = np.hypot(x - point.x(), y - point.y())
            if float(distance.min()) <= best:
                best, text = float(distance.min()), firings.text
        return text

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for lane, firings in enumerate(self.firings):
            x, y = self._places(lane, firings.at)
            thin = slice(None, None, max(1, len(x) // _MOST_MARKS))
            draw_diamonds(painter, x[thin], y[thin], QColor(getattr(self._theme, firings.colour)), self._theme)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _places(self, lane: int, at: Ints) -> tuple[Floats, Floats]:
        view, series = self._view, self._view.series
        if not len(series) or not len(at):
            return np.empty(0), np.empty(0)
        shown = at[slice(*_span(view, at))]
        # Known at the close: the mark belongs to the bar that was running just before that.
        index = series.at.searchsorted(shown - 1, "right") - 1
        index = index[index >= 0]
        y = np.minimum(view.ys_of(series.low[index]) + _MARK + 6 + lane * _LANE, view.pane_height - _MARK - 2)
        return view.xs_of(series.at[index]), y


class StudyPane(QGraphicsItem):
    """One oscillator in a strip of its own under the candles: same time, its own scale."""

    def __init__(self, view: CandleView, times: TimeAxis, crosshair: Crosshair, theme: Theme, font: QFont) -> None:
        super().__init__()
        self._view, self._times, self._crosshair, self._theme = view, times, crosshair, theme
        self._font, self._metrics = font, QFontMetricsF(font)
        self._rect = QRectF()
        self._low, self._high = 0.0, 1.0
        self.study: Study | None = None
        self.setZValue(2)

    @property
    def rect(self) -> QRectF:
        """Where it lies on the canvas."""
        return self._rect

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, self._rect.width(), self._rect.height())

    def place(self, rect: QRectF) -> None:
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = rect
            self.setPos(rect.topLeft())

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def reading(self, y: float) -> str:
        """The value at a height of the canvas, for the crosshair's label."""
        share = (y - self._rect.top()) / max(self._rect.height(), 1.0)
        value = self._high - share * (self._high - self._low)
        return text_of(value, self._high - self._low)

    def legend(self) -> list[tuple[str, str]]:
        """Title and values at the crosshair (or the newest), each with the name of its colour."""
        study, view = self.study, self._view
        if study is None:
            return []
        bar_at = self._crosshair.at if self._crosshair.is_shown else None
        last = view.series.last
        known = bar_at if bar_at is not None else last.at if last is not None else 0
        span = self._high - self._low
        pieces = [(study.title, "muted")]
        for colour, _, curve in coloured((study,)):
            value = text_of(value_known_at(curve, known + view.series.step_ms), span)
            pieces.append((f"{curve.name} {value}" if len(study.curves) > 1 else value, colour))
        return pieces

    # --- painting

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        study, view, theme = self.study, self._view, self._theme
        if study is None or view.pane_width <= 0:
            return
        curves = [(colour, curve, *seen(view, study, curve)) for colour, _, curve in coloured((study,))]
        self._fit([values for *_, values in curves], study.levels)
        width = view.pane_width
        painter.fillRect(self.boundingRect(), QColor(theme.background))
        painter.save()
        painter.setClipRect(QRectF(0, 0, width, self._rect.height()))
        shade = shaded(view, study.ready_at)
        if shade > 0:
            painter.fillRect(QRectF(0, 0, shade, self._rect.height()), ground(theme))
        self._paint_grid(painter, study)
        for colour, curve, x, values in curves:
            draw_curve(painter, x, self._ys(values), QColor(getattr(theme, colour)), curve.is_dotted)
        self._paint_fired(painter, study)
        self._paint_legend(painter, shade)
        painter.restore()
        self._paint_axis(painter)

    def _fit(self, shown: Sequence[Floats], levels: tuple[float, ...]) -> None:
        values = np.concatenate((*shown, np.array(levels, np.float64)))
        values = values[np.isfinite(values)]
        low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
        span = max(high - low, abs(high) * 1e-4, 1e-9)
        self._low, self._high = low - _MARGIN * span, high + _MARGIN * span

    def _ys(self, values: Floats) -> Floats:
        return (self._high - values) * (self._rect.height() / (self._high - self._low))

    def _ticks(self) -> list[float]:
        most = max(2, int(self._rect.height() / (self._metrics.height() * 2.2)))
        # No tick of a market here: values may be as fine as they are.
        return price_ticks(self._low, self._high, most, 1e-9)

    def _paint_grid(self, painter: QPainter, study: Study) -> None:
        view, height = self._view, self._rect.height()
        painter.setPen(QPen(QColor(self._theme.grid), 1))
        x = np.floor(np.array([view.x_of(tick.at) for tick in self._times.ticks()])) + 0.5
        draw_segments(painter, segments(x, 0.0, x, height))
        y = np.floor(self._ys(np.array(self._ticks(), np.float64))) + 0.5
        draw_segments(painter, segments(0.0, y, view.pane_width, y))
        painter.setPen(QPen(QColor(self._theme.muted), 1))
        dashes = np.arange(0.0, view.pane_width, 8.0)
        for level in study.levels:
            middle = math.floor(float(self._ys(np.array([level]))[0])) + 0.5
            draw_segments(painter, segments(dashes, middle, dashes + 4, middle))

    def _paint_fired(self, painter: QPainter, study: Study) -> None:
        if not len(study.fired) or not study.curves:
            return
        view, curve = self._view, study.curves[0]
        step = view.series.step_ms
        fired = study.fired[slice(*_span(view, study.fired))]
        fired = fired[:: max(1, len(fired) // _MOST_MARKS)]
        index = curve.at.searchsorted(fired, "right") - 1
        fired, index = fired[index >= 0], index[index >= 0]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x, y = view.xs_of(fired - step), self._ys(curve.values[index])
        is_known = np.isfinite(y)
        draw_diamonds(painter, x[is_known], y[is_known], QColor(self._theme.warning), self._theme)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_legend(self, painter: QPainter, shade: float) -> None:
        painter.setFont(self._font)
        x, row = 8.0, self._metrics.height() + 2
        for text, colour in self.legend():
            draw_text(painter, self._metrics, QRectF(x, 3, 0, row), text, QColor(getattr(self._theme, colour)))
            x += self._metrics.horizontalAdvance(text) + 10
        text = tr("not ready yet")
        if shade > self._metrics.horizontalAdvance(text) + 16:
            place = QRectF(8, self._rect.height() - row - 3, shade, row)
            draw_text(painter, self._metrics, place, text, QColor(self._theme.muted))

    def _paint_axis(self, painter: QPainter) -> None:
        pane, theme = self._view.pane_width, self._theme
        painter.setPen(QColor(theme.edge))
        painter.drawLine(0, 0, int(self._rect.width()), 0)
        painter.setPen(QColor(theme.border))
        painter.drawLine(int(pane), 0, int(pane), int(self._rect.height()))
        painter.setFont(self._font)
        half = self._metrics.height() / 2
        for value in self._ticks():
            y = float(self._ys(np.array([value]))[0])
            if half <= y <= self._rect.height() - half:
                row = QRectF(pane + 8, y - half, self._rect.width() - pane, 2 * half)
                draw_text(painter, self._metrics, row, text_of(value, self._high - self._low), QColor(theme.muted))


# --- shared


def coloured(studies: Sequence[Study]) -> list[tuple[str, Study, Curve]]:
    """Each curve with a colour that the ones before it do not have, as far as there are colours."""
    curves = [(study, curve) for study in studies for curve in study.curves]
    return [(COLOURS[n % len(COLOURS)], study, curve) for n, (study, curve) in enumerate(curves)]


def seen(view: CandleView, study: Study, curve: Curve) -> tuple[Floats, Floats]:
    """The part of a curve that is in sight, in pixels from the left and in values.

    A value stands over the bar at whose close it was known, so that no line runs ahead of what a bot knew.
    """
    step = view.series.step_ms
    start, stop = _span(view, curve.at)
    start = max(0, start - 1)
    moments, values = curve.at[start : stop + 1], curve.values[start : stop + 1]
    if study.step_ms > step and not curve.is_dotted:
        moments, values = stepped(moments, values)
    if not curve.is_dotted:
        moments, values = thinned(moments, values, 2 * max(1, int(view.pane_width)))
    return view.xs_of(moments - step), values


def _span(view: CandleView, at: Ints) -> tuple[int, int]:
    """Which moments lie at the close of a bar in sight, or next to it."""
    step = view.series.step_ms
    first, last = math.floor(view.x0 * step), math.ceil((view.x1 + 2) * step)
    return int(at.searchsorted(first)), int(at.searchsorted(last, "right"))


def shaded(view: CandleView, ready_at: int | None) -> float:
    """How many pixels from the left nothing is known yet."""
    if ready_at is None or not len(view.series):
        return 0.0
    return min(view.x_of(ready_at - view.series.step_ms / 2), view.pane_width)


def ground(theme: Theme) -> QBrush:
    return QBrush(mixed(theme.muted, theme.background, 0.10))


def draw_curve(painter: QPainter, x: Floats, y: Floats, colour: QColor, is_dotted: bool) -> None:
    """Connected points; where a value is missing the line is interrupted."""
    is_known = np.isfinite(y)
    y = np.clip(np.where(is_known, y, 0.0), -1e5, 1e5)  # far outside is as invisible as anywhere, and cheap to clip
    if is_dotted:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        draw_rectangles(painter, rectangles(x[is_known] - 1.0, y[is_known] - 1.0, 2.0, 2.0))
        return
    joined = is_known[:-1] & is_known[1:]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.3))
    draw_segments(painter, segments(x[:-1][joined], y[:-1][joined], x[1:][joined], y[1:][joined]))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def draw_diamonds(painter: QPainter, x: Floats, y: Floats, colour: QColor, theme: Theme) -> None:
    painter.setPen(QPen(QColor(theme.background), 1))
    painter.setBrush(colour)
    shape = QPolygonF([QPointF(0, -_MARK), QPointF(_MARK, 0), QPointF(0, _MARK), QPointF(-_MARK, 0)])
    for left, top in zip(x.tolist(), y.tolist(), strict=True):
        painter.drawPolygon(shape.translated(left, top))
