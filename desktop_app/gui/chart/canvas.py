"""Turns mouse and keys over the chart into gestures on its view, its order lines and its crosshair."""

from __future__ import annotations

import math
from enum import Enum, auto

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from desktop_app.gui.chart.lines import Stage
from desktop_app.gui.chart.surface import ChartSurface, Region
from desktop_app.gui.theme import Theme

_PRICE_DRAG, _TIME_DRAG = 250.0, 350.0  # pixels of dragging for a factor of e
_CLICK_SLOP = 3.0
_SNAP_PIXELS = 4.0
_Key = Qt.Key


class Hand(Enum):
    """What the pressed button is doing."""

    NOTHING = auto()
    PAN = auto()
    SCALE_PRICES = auto()
    SCALE_TIME = auto()
    SCROLL = auto()
    MOVE_LINE = auto()
    MEASURE = auto()


class ChartCanvas(ChartSurface):
    """The surface with a hand on it."""

    indicators_requested = Signal()
    typed = Signal(str)  # a letter or digit over the chart: an interval or a search begins
    keyboard_mode_changed = Signal(bool)
    announced = Signal(str)
    menu_requested = Signal(QPointF, str)  # global position, price under the pointer

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.is_keyboard_mode = self._shows_focus = False
        self._hand, self._pressed, self._moved_at = Hand.NOTHING, QPointF(), QPointF()
        self._grab_offset = 0.0
        self.book.announced.connect(self.announced)

    # -- mouse --------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        point, region = event.position(), self.region(event.position())
        self._pressed = self._moved_at = point
        self.measure.clear()
        button = self.tags.button_at(point)
        key = self.tags.line_at(point) if region in _OF_PRICES else ""
        if button:
            _ = self.book.commit() if button == "commit" else self.book.cancel()
        elif region is Region.PANE and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._hand = Hand.MEASURE
            self.measure.start(point)
        elif key and self.book.grab(key):
            self._hand, self.view.holds_prices = Hand.MOVE_LINE, True
            line = self.book.line(key)
            assert line is not None
            # A tag that was pushed aside is as good a handle as the line itself: keep the distance.
            self._grab_offset = self.view.y_of(float(self.book.price_of(line))) - point.y()
        else:
            self.book.select(key)
            self._hand = _HANDS[region]
            if region in (Region.PANE, Region.STUDY):
                self.crosshair.is_hidden = False
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.redraw()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()
        point = event.position()
        delta, self._moved_at = point - self._moved_at, point
        match self._hand:
            case Hand.PAN:
                self.view.pan(delta.x(), delta.y())
            case Hand.SCROLL:
                self.view.pan(delta.x(), 0)
            case Hand.SCALE_PRICES:
                self.view.scale_prices(math.exp(delta.y() / _PRICE_DRAG))
            case Hand.SCALE_TIME:
                self.view.zoom_time(math.exp(-delta.x() / _TIME_DRAG), self.view.pane_width)
            case Hand.MOVE_LINE if (point - self._pressed).manhattanLength() >= _CLICK_SLOP:
                self._drag_line(point, is_free=bool(event.modifiers() & Qt.KeyboardModifier.AltModifier))
            case Hand.MEASURE:
                self.measure.stretch(point)
            case _:
                self._hover(point)
        self._point(point)
        self.redraw()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        if self._hand is Hand.MOVE_LINE:
            self.book.release()
        self._let_go()
        self._hover(event.position())
        self.redraw()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()
        match self.region(event.position()):
            case Region.PRICES if not self.tags.line_at(event.position()):
                self.view.reset_prices()
            case Region.TIMES:
                self.view.home()
            case _:
                self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        turn, pixels, point = event.angleDelta(), event.pixelDelta(), event.position()
        if abs(turn.x()) > abs(turn.y()):
            self.view.pan(float(pixels.x() or turn.x() / 2), 0)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.view.pan(turn.y() / 2, 0)
        elif self.region(point) is Region.PRICES:
            self.view.scale_prices(1.1 ** (-turn.y() / 120), point.y())
        else:
            self.view.wheel(turn.y() / 120, min(point.x(), self.view.pane_width))
        self._point(point)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._shows_focus = event.reason() in _BY_KEYBOARD
        self.redraw()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._shows_focus = False
        self.redraw()

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        if self._shows_focus or self.is_keyboard_mode:
            painter.setPen(QPen(QColor(self._theme.focus), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.is_keyboard_mode:
            self.crosshair.leave()
        self.book.hover("")
        self.redraw()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.accept()
        price = self.book.format.snapped(max(self.view.price_of(event.pos().y()), 0.0))
        self.menu_requested.emit(QPointF(event.globalPos()), str(price))

    def _point(self, point: QPointF) -> None:
        study = self.study_at(point) if point.x() < self.view.pane_width else None
        if (self.region(point) is not Region.PANE and study is None) or not len(self.view.series):
            if not self.is_keyboard_mode:
                self.crosshair.leave()
            return
        self.crosshair.point(point.x(), point.y(), study.reading(point.y()) if study is not None else None)
        self.crosshair.explain(self._explained(point) if self._hand is Hand.NOTHING and study is None else "")

    def _explained(self, point: QPointF) -> str:
        marker = self.markers.marker_at(point)
        return marker.text if marker is not None else self.firing_marks.text_at(point)

    def _hover(self, point: QPointF) -> None:
        region = self.region(point)
        key = self.tags.line_at(point) if region in _OF_PRICES else ""
        self.book.hover(key)
        line = self.book.line(key)
        if self.tags.button_at(point):
            shape = Qt.CursorShape.PointingHandCursor
        elif line is not None and line.draggable:
            shape = Qt.CursorShape.SizeVerCursor
        else:
            shape = _CURSORS[region]
        self.setCursor(shape)

    def _let_go(self) -> None:
        self._hand = Hand.NOTHING
        if self.view.holds_prices:
            self.view.holds_prices = False
            self.view.refit()

    def _drag_line(self, point: QPointF, *, is_free: bool) -> None:
        if self.book.move is None or self.book.move.stage is not Stage.MOVING:
            self._let_go()  # a fill or a new plan took the line out of the hand
            return
        top, bottom = 0.0, self.view.pane_height
        y = min(max(point.y() + self._grab_offset, top), bottom)
        price = None if is_free else self._extreme_at(point.x(), y)
        self.book.move_to(max(self.view.price_of(y) if price is None else price, 0.0))

    def _extreme_at(self, x: float, y: float) -> float | None:
        """The high or low of the candle under the hand, if a line at this height all but touches it."""
        index = self.view.series.nearest(self.view.at_of(x))
        if index is None:
            return None
        ends = (float(self.view.series.high[index]), float(self.view.series.low[index]))
        near = [(distance, end) for end in ends if (distance := abs(self.view.y_of(end) - y)) <= _SNAP_PIXELS]
        return min(near)[1] if near else None

    # -- keys ---------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._handle_key(_Key(event.key()), event.modifiers(), event.text()):
            event.accept()
            self.redraw()
        else:
            event.ignore()

    def _handle_key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier, text: str) -> bool:
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        if modifiers & Qt.KeyboardModifier.AltModifier:
            if key is not _Key.Key_R:
                return False
            self.view.reset()
            return True
        match key:
            case _Key.Key_Escape:
                self._escape()
            case _Key.Key_Return | _Key.Key_Enter:
                if not self.book.commit():
                    self._set_keyboard_mode(True)
            case _Key.Key_BracketLeft | _Key.Key_BracketRight:
                self.book.cycle(1 if key is _Key.Key_BracketRight else -1)
            case _Key.Key_Up | _Key.Key_Down:
                return self._vertical(1 if key is _Key.Key_Up else -1, modifiers)
            case _Key.Key_Left | _Key.Key_Right:
                self._horizontal((10 if control else 1) * (1 if key is _Key.Key_Right else -1))
            case _Key.Key_End:
                self.view.home()
            case _Key.Key_Slash:
                self.indicators_requested.emit()
            case _ if text.isprintable() and (text.isalnum() or text == ",") and not control:
                self.typed.emit(text)
            case _:
                return False
        return True

    def _escape(self) -> None:
        """One step back at a time."""
        if self._hand is Hand.MOVE_LINE:
            self._let_go()
        if self.book.cancel():
            return
        if self.measure.clear() or self.book.selected:
            self.book.select("")
        elif self.is_keyboard_mode:
            self._set_keyboard_mode(False)
        else:
            self.crosshair.is_hidden = not self.crosshair.is_hidden

    def _vertical(self, direction: int, modifiers: Qt.KeyboardModifier) -> bool:
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self.view.zoom_time(1.1**-direction, self.view.pane_width)
            return True
        return self.book.nudge(direction * (10 if modifiers & Qt.KeyboardModifier.ShiftModifier else 1))

    def _horizontal(self, bars: int) -> None:
        series = self.view.series
        if not self.is_keyboard_mode or not len(series):
            self.view.pan(-bars * self.view.spacing, 0)
            return
        at = self.crosshair.at
        index = series.nearest(at) if at is not None else len(series) - 1
        assert index is not None
        self._stand_on(min(max(index + bars, 0), len(series) - 1))

    def _set_keyboard_mode(self, is_on: bool) -> None:
        if is_on == self.is_keyboard_mode or not len(self.view.series):
            return
        self.is_keyboard_mode = is_on
        if is_on:
            bar = self.crosshair.bar() or self.view.series.last
            index = self.view.series.nearest(bar.at) if bar is not None else None
            self._stand_on(index if index is not None else 0)
        else:
            self.crosshair.leave()
        self.keyboard_mode_changed.emit(is_on)

    def _stand_on(self, index: int) -> None:
        self.view.show_bar(float(self.view.series.at[index]))
        self.crosshair.show_bar(index)
        numbers = self.legend.numbers()
        if numbers is not None:
            self.announced.emit(f"{self.crosshair.time_text}  {numbers.text()}")


_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
_OF_PRICES = (Region.PANE, Region.PRICES)
_HANDS = {
    Region.PANE: Hand.PAN,
    Region.PRICES: Hand.SCALE_PRICES,
    Region.TIMES: Hand.SCALE_TIME,
    Region.STUDY: Hand.SCROLL,
}
_CURSORS = {
    Region.PANE: Qt.CursorShape.CrossCursor,
    Region.STUDY: Qt.CursorShape.CrossCursor,
    Region.PRICES: Qt.CursorShape.SizeVerCursor,
    Region.TIMES: Qt.CursorShape.SizeHorCursor,
}
