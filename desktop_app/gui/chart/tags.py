"""Paints order lines across the pane and their tags at the price axis, stacked so that none covers another."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from desktop_app.gui.chart.batch import draw_segments, segments
from desktop_app.gui.chart.lines import GRAB_PIXELS, PENDING_DASHES, STYLES, ChartLine, LineBook, Stage, tag_text
from desktop_app.gui.chart.paint import draw_text, readable_on
from desktop_app.gui.chart.stacking import Wish, kept, stacked
from desktop_app.gui.chart.view import CandleView
from desktop_app.gui.i18n import tr
from desktop_app.gui.theme import Theme

_PAD = 6.0
_LEADER = 14.0
_LAST_WEIGHT = 1e6
_MOST_OF_PANE = 0.6


@dataclass(frozen=True, slots=True)
class Tag:
    """Where one tag went: its chip in the pane, its price cell on the axis, and the height of the line itself."""

    key: str  # of the line; empty for the last price and the counters
    text: str
    price_text: str
    detail: str  # second part of the chip: what a move would bring, or the countdown under the last price
    colour: str
    line_y: float
    chip: QRectF
    cell: QRectF
    is_amber: bool = False
    commit: QRectF | None = None
    abort: QRectF | None = None


class TagsItem(QGraphicsItem):
    """Lies over pane and price axis; also answers which line or button is under the pointer."""

    def __init__(self, view: CandleView, book: LineBook, theme: Theme, font: QFont) -> None:
        super().__init__()
        self._view, self.book, self._theme, self._font = view, book, theme, font
        self._metrics = QFontMetricsF(font)
        self._rect = QRectF()
        self._tags: list[Tag] = []
        self._key: tuple[object, ...] = ()
        self._revision = 0
        self._dashes: dict[tuple[tuple[int, ...], float], tuple[np.ndarray[tuple[int], np.dtype[np.float64]], ...]] = {}
        self.countdown = ""
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

    @property
    def row(self) -> float:
        return float(round(self._metrics.height() + 5))

    def room(self) -> float:
        """Width that the chips of all lines cover at the right edge of the pane."""
        texts = [tag_text(line, line.price) for line in self.book.lines]
        return max((self._metrics.horizontalAdvance(text) for text in texts), default=-_PAD * 4) + _PAD * 4

    # -- placing ------------------------------------------------------------------------------------------------------

    def tags(self) -> list[Tag]:
        view, last = self._view, self._view.series.last
        close = (last.close, last.open) if last is not None else None
        key = (view.y0, view.y1, view.pane_width, view.pane_height, view.is_log, self._revision, close, self.countdown)
        if key != self._key:
            self._key = key
            self._tags = self._placed()
        return self._tags

    def _placed(self) -> list[Tag]:
        pane, row = self._view.pane_height, self.row
        drafts: list[tuple[Tag, float, float]] = []  # tag, height, weight
        above, below = 0, 0
        ranked: list[tuple[tuple[float, ...], ChartLine, float]] = []
        last = self._view.series.last
        for line in self.book.lines:
            y = self._view.y_of(float(self.book.price_of(line)))
            if self._is_moving(line.key):
                y = min(max(y, 0.0), pane)
            if not 0 <= y <= pane:
                above, below = above + (y < 0), below + (y > pane)
                continue
            is_first = self.book.is_strong(line.key) or self._is_moving(line.key)
            distance = abs(float(line.price) - last.close) if last is not None else 0.0
            ranked.append(((-1.0 if is_first else STYLES[line.kind].rank, distance), line, y))
        if last is not None and 0 <= self._view.y_of(last.close) <= pane:
            drafts.append(
                (
                    self._last_tag(last.close, last.close >= last.open),
                    row * (1.8 if self.countdown else 1),
                    _LAST_WEIGHT,
                )
            )
        for count, y, text in ((above, 0.0, tr("{count} above")), (below, pane, tr("{count} below"))):
            if count:
                arrow = "\u2191 " if y == 0 else "\u2193 "
                drafts.append((self._counter(arrow + text.format(count=count), y), row, _LAST_WEIGHT))
        room = pane - sum(height for _, height, _ in drafts) - 4
        order = sorted(range(len(ranked)), key=lambda i: ranked[i][0])
        ranks = [0.0] * len(ranked)
        for place, i in enumerate(order):
            ranks[i] = place
        shown = kept(ranks, [row + 1] * len(ranked), room)
        drafts += [(self._line_tag(ranked[i][1], ranked[i][2]), row + 1, 1.0) for i in shown]
        wishes = [Wish(tag.line_y, height, weight) for tag, height, weight in drafts]
        centres = stacked(wishes, 2.0, pane - 2.0)
        return [self._moved(tag, centre, height) for (tag, height, _), centre in zip(drafts, centres, strict=True)]

    def _is_moving(self, key: str) -> bool:
        return self.book.move is not None and self.book.move.key == key

    def _line_tag(self, line: ChartLine, y: float) -> Tag:
        price = self.book.price_of(line)
        move = self.book.move if self._is_moving(line.key) else None
        text, detail = tag_text(line, price), line.note if self.book.is_strong(line.key) else ""
        if move is not None and price != line.price:
            detail = "  ".join(
                filter(None, (move.note, tr("was {price}").format(price=self.book.format.text(line.price))))
            )
            if move.stage is Stage.SENDING:
                detail = tr("sending\u2026")
        if self.book.notice is not None and self.book.notice[0] == line.key:
            detail = self.book.notice[1]
        width = self._metrics.horizontalAdvance(text) + 2 * _PAD
        if detail:
            width += self._metrics.horizontalAdvance(detail) + _PAD
        buttons = 2 * self.row if move is not None and move.stage is Stage.PENDING else 0.0
        width = min(width, max(60.0, self._view.pane_width * _MOST_OF_PANE)) + buttons
        is_amber = line.pending or (move is not None and price != line.price)
        colour = self._theme.warning if is_amber else str(getattr(self._theme, STYLES[line.kind].colour))
        chip, cell = QRectF(0, 0, width, self.row), QRectF(0, 0, 1, self.row)
        square = QRectF(0, 0, self.row, self.row)
        both = (square, QRectF(square)) if buttons else (None, None)
        return Tag(line.key, text, self.book.format.text(price), detail, colour, y, chip, cell, is_amber, *both)

    def _last_tag(self, close: float, is_up: bool) -> Tag:
        height = self.row * (1.8 if self.countdown else 1)
        colour = self._theme.up if is_up else self._theme.down
        price = self.book.format.text(close)
        return Tag("", "", price, self.countdown, colour, self._view.y_of(close), QRectF(), QRectF(0, 0, 1, height))

    def _counter(self, text: str, y: float) -> Tag:
        width = self._metrics.horizontalAdvance(text) + 2 * _PAD
        return Tag("", text, "", "", self._theme.muted, y, QRectF(0, 0, width, self.row), QRectF())

    def _moved(self, tag: Tag, centre: float, height: float) -> Tag:
        top, edge = round(centre - height / 2), self._view.pane_width
        chip, cell = QRectF(tag.chip), QRectF(tag.cell)
        chip.moveTo(edge - chip.width() - 1, top)
        if cell.isValid():
            cell = QRectF(edge + 1, top, self._rect.width() - edge - 1, cell.height())
        abort = commit = None
        if tag.commit is not None and tag.abort is not None:
            abort = QRectF(chip.right() - self.row, top, self.row, self.row)
            commit = abort.translated(-self.row, 0)
        return Tag(
            tag.key,
            tag.text,
            tag.price_text,
            tag.detail,
            tag.colour,
            tag.line_y,
            chip,
            cell,
            tag.is_amber,
            commit,
            abort,
        )

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
        tags = self.tags()
        painter.setFont(self._font)
        starts = {tag.key: tag for tag in tags if tag.key}
        for line in self.book.lines:
            self._paint_line(painter, line, starts.get(line.key))
        for tag in sorted(
            tags, key=lambda tag: (bool(tag.key), self.book.is_strong(tag.key), self._is_moving(tag.key))
        ):
            self._paint_tag(painter, tag)

    def _paint_line(self, painter: QPainter, line: ChartLine, tag: Tag | None) -> None:
        y = math.floor(tag.line_y if tag is not None else self._view.y_of(float(line.price))) + 0.5
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
        on, off = self._dashed(PENDING_DASHES if is_amber else style.dashes)
        count = int(np.searchsorted(on, end))
        draw_segments(painter, segments(on[:count], y, np.minimum(off[:count], end), y))

    def _dashed(self, pattern: tuple[int, ...]) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], ...]:
        """Where the dashes of a full-width line begin and end; Qt's own dashing costs more than the candles."""
        width = self._view.pane_width
        if not pattern:
            return np.zeros(1), np.full(1, width)
        key = (pattern, width)
        if key not in self._dashes:
            if len(self._dashes) > 64:
                self._dashes.clear()
            edges = np.concatenate(
                ([0.0], np.cumsum(np.tile(np.array(pattern, np.float64), int(width) // sum(pattern) + 1)))
            )
            self._dashes[key] = edges[:-1:2].copy(), edges[1::2].copy()
        return self._dashes[key]

    def _paint_tag(self, painter: QPainter, tag: Tag) -> None:
        is_strong = bool(tag.key) and (self.book.is_strong(tag.key) or self._is_moving(tag.key))
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
        buttons = 2 * self.row if tag.commit is not None else 0.0
        inner = tag.chip.adjusted(_PAD, 0, -_PAD - buttons, 0)
        ink = QColor(self._theme.text if tag.key else self._theme.muted)
        draw_text(painter, metrics, inner, tag.text, ink)
        if tag.detail:
            used = metrics.horizontalAdvance(tag.text) + _PAD
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
        unit = self.row / 6
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
