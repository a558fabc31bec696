"""Paints order lines across the pane and their tags at the price axis, stacked so that none covers another."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from desktop_app.gui.chart.batch import Floats, draw_segments, segments
from desktop_app.gui.chart.layer import Layer
from desktop_app.gui.chart.lines import GRAB_PIXELS, PENDING_DASHES, STYLES, ChartLine, LineBook, LineKind
from desktop_app.gui.chart.paint import draw_text, readable_on
from desktop_app.gui.chart.placing import PAD, Tag, TagPlacer
from desktop_app.gui.chart.view import CandleView
from desktop_app.gui.theme import Theme

_LEADER = 14.0


class TagsItem(QGraphicsItem):
    """Lies over pane and price axis; also answers which line or button is under the pointer."""

    def __init__(self, view: CandleView, book: LineBook, theme: Theme, font: QFont) -> None:
        super().__init__()
        self._view, self.book, self._theme, self._font = view, book, theme, font
        self._metrics = QFontMetricsF(font)
        self.placer = TagPlacer(view, book, self._metrics)
        self._rect = QRectF()
        self._tags: list[Tag] = []
        self._key: tuple[object, ...] = ()
        self._revision = 0
        self._dashes: dict[tuple[tuple[int, ...], float], Floats] = {}
        self.countdown = ""
        self._layer, self._painted, self._pictures = Layer(), self._tags, 0
        self.setZValue(5)
        book.changed.connect(self._touch)

    def boundingRect(self) -> QRectF:
        return self._rect

    def place(self, rect: QRectF) -> None:
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = rect
            self._touch()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._touch()

    def _touch(self) -> None:
        self._revision += 1

    # -- placing ------------------------------------------------------------------------------------------------------

    def tags(self) -> list[Tag]:
        view, last = self._view, self._view.series.last
        close = (last.close, last.open) if last is not None else None
        key = (view.y0, view.y1, view.pane_width, view.pane_height, view.is_log, self._revision, close, self.countdown)
        if key != self._key:
            self._key = key
            self._tags = self.placer.placed(self._theme, self.countdown, self._rect.width() - view.pane_width)
        return self._tags

    def covered(self) -> list[tuple[float, float]]:
        """Stretches of the price axis that cells lie over."""
        return [(tag.cell.top(), tag.cell.bottom()) for tag in self.tags() if tag.cell.isValid()]

    # -- pointing -----------------------------------------------------------------------------------------------------

    def line_at(self, point: QPointF) -> str:
        """The line whose tag or stroke is within reach; draggable ones win over the rest."""
        for tag in reversed(self.tags()):
            if tag.key and (tag.chip.contains(point) or tag.cell.contains(point)):
                return tag.key
        if not 0 <= point.x() <= self._view.pane_width:
            return ""
        near = [
            (not line.draggable, distance, line.key)
            for line in self.book.lines
            if (distance := abs(self._view.y_of(float(self.book.price_of(line))) - point.y())) <= GRAB_PIXELS
        ]
        return min(near)[2] if near else ""

    def button_at(self, point: QPointF) -> str:
        """`commit` or `abort` if a pending tag's button is under the pointer."""
        for tag in self.tags():
            if tag.commit is not None and tag.commit.contains(point):
                return "commit"
            if tag.abort is not None and tag.abort.contains(point):
                return "abort"
        return ""

    # -- painting -----------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        # Every change makes a new list of tags, so the list itself tells whether the picture still holds.
        tags = self.tags()
        if tags is not self._painted:
            self._painted, self._pictures = tags, self._pictures + 1
        self._layer.paint(painter, self._rect, self._pictures, self._draw)

    def _draw(self, painter: QPainter) -> None:
        tags = self.tags()
        painter.setFont(self._font)
        starts = {tag.key: tag for tag in tags if tag.key}
        bare: dict[LineKind, set[float]] = {}
        for line in self.book.lines:
            if line.key not in starts and not self.book.is_strong(line.key):
                bare.setdefault(line.kind, set()).add(self._row_of(self._view.y_of(float(line.price))))
        for kind, rows in bare.items():
            self._paint_bare(painter, kind, rows)
        for line in self.book.lines:
            if line.key in starts or self.book.is_strong(line.key):
                self._paint_line(painter, line, starts.get(line.key))
        for tag in sorted(
            tags, key=lambda tag: (bool(tag.key), self.book.is_strong(tag.key), self.book.is_moving(tag.key))
        ):
            self._paint_tag(painter, tag)

    @staticmethod
    def _row_of(y: float) -> float:
        """The middle of a row of pixels: lines between two would be painted twice as wide and half as strong."""
        return math.floor(y) + 0.5

    def _paint_bare(self, painter: QPainter, kind: LineKind, rows: set[float]) -> None:
        """All lines of a kind that have no tag at once: a grid has hundreds."""
        ys = [y for y in rows if 0 <= y <= self._view.pane_height]
        style = STYLES[kind]
        painter.setPen(QPen(QColor(str(getattr(self._theme, style.colour))), 1.0, c=Qt.PenCapStyle.FlatCap))
        dashes = self._dashed(style.dashes)
        packed = np.tile(dashes, (len(ys), 1))
        packed[:, 1] = packed[:, 3] = np.repeat(ys, len(dashes))
        draw_segments(painter, packed)

    def _paint_line(self, painter: QPainter, line: ChartLine, tag: Tag | None) -> None:
        y = self._row_of(tag.line_y if tag is not None else self._view.y_of(float(line.price)))
        if not 0 <= y <= self._view.pane_height:
            return
        style, is_strong = STYLES[line.kind], self.book.is_strong(line.key)
        is_amber = tag is not None and tag.is_amber
        colour = QColor(self._theme.warning if is_amber else str(getattr(self._theme, style.colour)))
        painter.setPen(QPen(colour, 2.0 if is_strong else 1.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        end = self._view.pane_width
        if tag is not None:
            middle = tag.chip.center().y()
            end = tag.chip.left()
            if abs(middle - y) > 2:
                end -= _LEADER
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.drawLine(QPointF(end, y), QPointF(tag.chip.left(), math.floor(middle) + 0.5))
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        dashes = self._dashed(PENDING_DASHES if is_amber else style.dashes)
        dashes = dashes[: int(dashes[:, 0].searchsorted(end))].copy()
        if len(dashes):
            dashes[-1, 2] = min(float(dashes[-1, 2]), end)
            dashes[:, 1] = dashes[:, 3] = y
            draw_segments(painter, dashes)

    def _dashed(self, pattern: tuple[int, ...]) -> Floats:
        """Segments of a full-width line; Qt's own dashing costs more than the candles."""
        width = self._view.pane_width
        if not pattern:
            return segments(0.0, 0.0, width, 0.0)
        key = (pattern, width)
        if key not in self._dashes:
            if len(self._dashes) > 64:
                self._dashes.clear()
            lengths = np.tile(np.array(pattern, np.float64), int(width) // sum(pattern) + 1)
            edges = np.minimum(np.concatenate(([0.0], np.cumsum(lengths))), width)
            self._dashes[key] = segments(edges[:-1:2], 0.0, edges[1::2], 0.0)
        return self._dashes[key]

    def _paint_tag(self, painter: QPainter, tag: Tag) -> None:
        is_strong = bool(tag.key) and (self.book.is_strong(tag.key) or self.book.is_moving(tag.key))
        colour, metrics = QColor(tag.colour), self._metrics
        if tag.cell.isValid():
            painter.fillRect(tag.cell, colour)
            ink = readable_on(colour)
            rows = (tag.price_text, tag.detail) if not tag.key and tag.detail else (tag.price_text,)
            step = metrics.height() - 1 if len(rows) > 1 else tag.cell.height()
            top = tag.cell.top() + (tag.cell.height() - step * len(rows)) / 2
            for n, text in enumerate(rows):
                draw_text(
                    painter, metrics, QRectF(tag.cell.left() + 7, top + n * step, tag.cell.width(), step), text, ink
                )
        if not tag.chip.isValid():
            return
        ground = QColor(self._theme.raised if is_strong else self._theme.surface)
        painter.setPen(QPen(colour, 1) if tag.key else Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRect(tag.chip.adjusted(0.5, 0.5, -0.5, -0.5))
        buttons = 2 * self.placer.row if tag.commit is not None else 0.0
        inner = tag.chip.adjusted(PAD, 0, -PAD - buttons, 0)
        ink = QColor(self._theme.text if tag.key else self._theme.muted)
        draw_text(painter, metrics, inner, tag.text, ink)
        if tag.detail:
            used = metrics.horizontalAdvance(tag.text) + PAD
            draw_text(
                painter, metrics, inner.adjusted(used, 0, 0, 0), tag.detail, QColor(self._theme.muted), elide=True
            )
        if tag.commit is not None and tag.abort is not None:
            self._paint_buttons(painter, tag.commit, tag.abort)

    def _paint_buttons(self, painter: QPainter, commit: QRectF, abort: QRectF) -> None:
        """A tick and a cross as strokes: no font has to know them."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(commit.adjusted(1, 1, -1, -1), QColor(self._theme.primary_bg))
        painter.fillRect(abort.adjusted(1, 1, -1, -1), QColor(self._theme.hover))
        unit = self.placer.row / 6
        painter.setPen(QPen(QColor(self._theme.primary_fg), 1.8))
        c = commit.center()
        elbow = QPointF(c.x() - unit * 0.4, c.y() + unit)
        painter.drawLine(QPointF(c.x() - unit * 1.4, c.y()), elbow)
        painter.drawLine(elbow, QPointF(c.x() + unit * 1.5, c.y() - unit * 1.1))
        painter.setPen(QPen(QColor(self._theme.text), 1.8))
        c = abort.center()
        painter.drawLine(QPointF(c.x() - unit, c.y() - unit), QPointF(c.x() + unit, c.y() + unit))
        painter.drawLine(QPointF(c.x() - unit, c.y() + unit), QPointF(c.x() + unit, c.y() - unit))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
