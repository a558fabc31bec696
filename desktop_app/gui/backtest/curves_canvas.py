"""Paints curves under each other over one axis of time. The wheel and the mouse look closer; arrows read along."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Literal

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from desktop_app.gui.backtest.curve_scales import time_ticks, value_ticks, value_words
from desktop_app.gui.fonts import number_font
from desktop_app.gui.theme import Theme

Name = Literal["equity", "drawdown", "in_use", "months"]

_GUTTER, _RIGHT, _TOP, _APART = 66, 8, 4, 8
_TALL_TICK, _LABEL = 30, 64  # pixels that a value and a moment need
_ZOOM = 1.25  # of a turn of the wheel
_CLOSEST = 20  # points in sight at least
_SHADE = 55  # of 255: a curve's area
_BAR = 0.8  # of a bar's span
_MARGIN = 0.06  # of the range, above and below
_ROOM_OF_NUMBER = 1.6  # lines of text above and below bars that have their numbers
_FAR = 24.0  # arrows with Shift read along in such steps


@dataclass(frozen=True, slots=True)
class Curve:
    """`at` in seconds. `is_filled`: the area down to zero is shaded."""

    at: Sequence[float]
    values: Sequence[float]
    colour: str
    width: float = 1.0
    style: Qt.PenStyle = Qt.PenStyle.SolidLine
    is_filled: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """From when to when, in seconds; `text` stands at its end, empty for none."""

    start: float
    end: float
    value: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Strip:
    """One picture of the stack; `share` of the height."""

    name: Name
    share: int
    unit: str = ""
    curves: tuple[Curve, ...] = ()
    bars: tuple[Bar, ...] = ()


@dataclass(slots=True)
class _Place:
    """Where a strip stands, and which values its height shows."""

    strip: Strip
    area: QRectF
    low: float = 0.0
    high: float = 1.0

    def y(self, value: float) -> float:
        return self.area.bottom() - (value - self.low) / (self.high - self.low) * self.area.height()


@dataclass(slots=True)
class _Drag:
    x: float
    span: tuple[float, float] = field(default=(0.0, 1.0))


class CurvesCanvas(QWidget):
    """`pointed` says which point of `moments` is pointed at; −1: none."""

    pointed = Signal(int)

    def __init__(self, zone: tzinfo, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone, self._theme = zone, theme
        self.strips: tuple[Strip, ...] = ()
        self._moments: Sequence[float] = ()
        self._whole = self.span = (0.0, 1.0)
        self._picture: QPixmap | None = None
        self._places: tuple[_Place, ...] = ()
        self._chosen = -1
        self._drag: _Drag | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(160, 120)

    def show_strips(self, strips: tuple[Strip, ...], moments: Sequence[float], span: tuple[float, float]) -> None:
        """`moments` (seconds) can be pointed at; `span` is all there is."""
        if span != self._whole:
            self._whole = self.span = span if span[1] > span[0] else (span[0], span[0] + 1)
        self.strips, self._moments = strips, moments
        self._choose(-1)
        self._repaint()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._repaint()

    # --- painting

    def _repaint(self) -> None:
        self._picture = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatioF() != ratio:
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(QColor(self._theme.background))
            with QPainter(self._picture) as painter:
                self._draw(painter)
        with QPainter(self) as painter:
            painter.drawPixmap(0, 0, self._picture)
            if 0 <= self._chosen < len(self._moments):
                x = self._x(self._moments[self._chosen])
                painter.setPen(QPen(QColor(self._theme.muted), 1, Qt.PenStyle.DashLine))
                for place in self._places:
                    painter.drawLine(QPointF(x, place.area.top()), QPointF(x, place.area.bottom()))
            if self.hasFocus():
                painter.setPen(QPen(QColor(self._theme.focus), 1))
                painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _draw(self, painter: QPainter) -> None:
        font = number_font(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.9)
        painter.setFont(font)
        line = painter.fontMetrics().height()
        self._places = self._laid_out(line)
        ticks = time_ticks(*self.span, max(2, round(self._width() / (_LABEL + 2 * line))), self._zone)
        for place in self._places:
            self._draw_axes(painter, place, [at for at, _ in ticks])
        if self._places:
            self._draw_times(painter, ticks, line)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place in self._places:
            painter.save()
            painter.setClipRect(place.area.adjusted(0, -1, 0, 1))
            for curve in place.strip.curves:
                self._draw_curve(painter, place, curve)
            self._draw_bars(painter, place)
            painter.restore()

    def _laid_out(self, line: int) -> tuple[_Place, ...]:
        """The strips under each other; each shows the values that are in sight."""
        if not self.strips:
            return ()
        room = self.height() - _TOP - line - 6 - _APART * (len(self.strips) - 1)
        whole, top = sum(strip.share for strip in self.strips), float(_TOP)
        places = []
        for strip in self.strips:
            tall = max(1.0, room * strip.share / whole)
            place = _Place(strip, QRectF(_GUTTER, top, self._width(), tall))
            place.low, place.high = self._range(strip, tall, line)
            places.append(place)
            top += tall + _APART
        return tuple(places)

    def _range(self, strip: Strip, tall: float, line: int) -> tuple[float, float]:
        start, end = self.span
        values = [0.0] if strip.bars or any(curve.is_filled for curve in strip.curves) else []
        for curve in strip.curves:
            first = max(0, bisect_left(curve.at, start) - 1)
            last = min(len(curve.at), bisect_left(curve.at, end) + 1)
            seen = curve.values[first:last]
            if len(seen):
                values += [float(min(seen)), float(max(seen))]
        shown = [bar for bar in strip.bars if bar.end > start and bar.start < end]
        values += [bar.value for bar in shown]
        low, high = (min(values), max(values)) if values else (0.0, 1.0)
        if high <= low:
            low, high = low - (abs(low) or 1) * _MARGIN, high + (abs(high) or 1) * _MARGIN
        margin = (high - low) * _MARGIN
        if any(bar.text for bar in shown):
            margin = (high - low) * min(1.0, _ROOM_OF_NUMBER * line / max(tall, 1.0))
        is_floored = not any(value < 0 for value in values) and values and min(values) == 0
        is_capped = values and max(values) == 0
        return low - (0 if is_floored else margin), high + (0 if is_capped else margin)

    def _draw_axes(self, painter: QPainter, place: _Place, times: list[float]) -> None:
        theme, area = self._theme, place.area
        painter.setPen(QPen(QColor(theme.grid), 1))
        for at in times:
            x = round(self._x(at)) + 0.5
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        values, decimals = value_ticks(place.low, place.high, max(2, int(area.height() / _TALL_TICK)))
        metrics = painter.fontMetrics()
        for value in values:
            y = round(place.y(value)) + 0.5
            painter.setPen(QPen(QColor(theme.border if value == 0 else theme.grid), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(theme.muted))
            text = value_words(value, decimals, place.strip.unit)
            painter.drawText(
                QRectF(0, y - metrics.height() / 2, _GUTTER - 6, metrics.height()),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text,
            )  # fmt: skip
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.drawLine(area.topLeft(), area.bottomLeft())
        painter.drawLine(area.bottomLeft(), area.bottomRight())

    def _draw_times(self, painter: QPainter, ticks: tuple[tuple[float, str], ...], line: int) -> None:
        painter.setPen(QColor(self._theme.muted))
        metrics, top = painter.fontMetrics(), self._places[-1].area.bottom() + 4
        taken = 0.0
        for at, text in ticks:
            wide = metrics.horizontalAdvance(text)
            left = min(max(self._x(at) - wide / 2, 2), self.width() - wide - 2)
            if left >= taken:
                painter.drawText(QRectF(left, top, wide + 2, line), Qt.AlignmentFlag.AlignLeft, text)
                taken = left + wide + 10

    def _draw_curve(self, painter: QPainter, place: _Place, curve: Curve) -> None:
        first = max(0, bisect_left(curve.at, self.span[0]) - 1)
        last = min(len(curve.at), bisect_left(curve.at, self.span[1]) + 1)
        per_second, left = self._width() / (self.span[1] - self.span[0]), _GUTTER
        start, unit, low = self.span[0], place.area.height() / (place.high - place.low), place.low
        bottom, at, values = place.area.bottom(), curve.at, curve.values
        points = [
            QPointF(left + (at[i] - start) * per_second, bottom - (values[i] - low) * unit) for i in range(first, last)
        ]
        if not points:
            return
        if curve.is_filled:
            zero = place.y(0.0)
            shade = QColor(curve.colour)
            shade.setAlpha(_SHADE)
            ground = [QPointF(points[0].x(), zero), *points, QPointF(points[-1].x(), zero)]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(shade)
            painter.drawPolygon(QPolygonF(ground))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(curve.colour), curve.width, curve.style))
        if curve.width > 1:  # Qt takes five times as long to join the pieces of a broad line
            painter.drawLines(list(map(QLineF, points, points[1:])))
        else:
            painter.drawPolyline(QPolygonF(points))

    def _draw_bars(self, painter: QPainter, place: _Place) -> None:
        theme, zero, line = self._theme, place.y(0.0), painter.fontMetrics().height()
        for bar in place.strip.bars:
            left, right = self._x(bar.start), self._x(bar.end)
            wide, y = max(1.0, (right - left) * _BAR), place.y(bar.value)
            middle = (left + right) / 2
            painter.fillRect(
                QRectF(middle - wide / 2, min(y, zero), wide, max(1.0, abs(zero - y))),
                QColor(theme.up if bar.value >= 0 else theme.down),
            )
            if bar.text and painter.fontMetrics().horizontalAdvance(bar.text) <= right - left + 2:
                painter.setPen(QColor(theme.text))
                top = y - line - 1 if bar.value >= 0 else y + 1
                room = QRectF(left - 10, top, right - left + 20, line)
                painter.drawText(room, Qt.AlignmentFlag.AlignHCenter, bar.text)

    # --- where things are

    def _width(self) -> float:
        return max(1.0, float(self.width() - _GUTTER - _RIGHT))

    def _x(self, at: float) -> float:
        start, end = self.span
        return _GUTTER + (at - start) / (end - start) * self._width()

    def _moment(self, x: float) -> float:
        start, end = self.span
        return start + (x - _GUTTER) / self._width() * (end - start)

    # --- looking closer

    def look_at(self, start: float, end: float) -> None:
        """Show this part, no further than there is anything."""
        first, last = self._whole
        least = (last - first) / max(1, len(self._moments)) * _CLOSEST
        wide = min(max(end - start, least), last - first)
        start = min(max(start, first), last - wide)
        self.span = (start, start + wide)
        self._repaint()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta().y()
        if not turn or not self.strips:
            event.ignore()
            return
        at, share = self._moment(event.position().x()), _ZOOM ** (-turn / 120)
        start, end = self.span
        self.look_at(at - (at - start) * share, at + (end - at) * share)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = _Drag(event.position().x(), self.span)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.look_at(*self._whole)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._drag is not None and self.span != self._whole:
            start, end = self._drag.span
            moved = (self._drag.x - x) / self._width() * (end - start)
            self.look_at(start + moved, end + moved)
        self._choose(self._nearest(self._moment(x)) if x >= _GUTTER else -1)

    def leaveEvent(self, event: QEvent) -> None:
        self._choose(-1)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right read along, Shift farther; plus and minus look closer and away, 0 at all of it."""
        way = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if way is not None and self._moments:
            far = round(_FAR) if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            now = self._chosen if self._chosen >= 0 else self._nearest(sum(self.span) / 2) - way * far
            self._choose(min(max(now + way * far, 0), len(self._moments) - 1))
            return
        share = {Qt.Key.Key_Plus: 1 / _ZOOM, Qt.Key.Key_Equal: 1 / _ZOOM, Qt.Key.Key_Minus: _ZOOM}.get(
            Qt.Key(event.key())
        )
        if share is not None or event.key() == Qt.Key.Key_0:
            start, end = self.span if share is not None else self._whole
            middle, half = (start + end) / 2, (end - start) / 2 * (share or 1.0)
            self.look_at(middle - half, middle + half)
            return
        super().keyPressEvent(event)

    def _nearest(self, at: float) -> int:
        if not self._moments:
            return -1
        i = min(bisect_left(self._moments, at), len(self._moments) - 1)
        return i - 1 if i and at - self._moments[i - 1] < self._moments[i] - at else i

    def _choose(self, i: int) -> None:
        if i != self._chosen:
            self._chosen = i
            self.pointed.emit(i)
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._repaint()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self._repaint()
        super().changeEvent(event)
