"""Decides what each order line's tag says, which tags are shown when room is short, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF

from desktop_app.gui.chart.lines import STYLES, ChartLine, LineBook, Stage, tag_text
from desktop_app.gui.chart.stacking import Wish, kept, stacked
from desktop_app.gui.chart.view import CandleView
from desktop_app.gui.i18n import tr
from desktop_app.gui.theme import Theme

PAD = 6.0
_FIRM = 1e6  # weight of tags that others make room for
_MOST_OF_PANE = 0.7
_MOST_WIDTHS = 1000


@dataclass(frozen=True, slots=True)
class Tag:
    """Where one tag went: its chip in the pane, its price cell on the axis, and the height of the line itself."""

    key: str  # of the line; empty for the last price and the counters
    text: str
    price_text: str
    detail: str  # second part of the chip: what a move would bring; the countdown under the last price
    colour: str
    line_y: float
    chip: QRectF
    cell: QRectF
    height: float
    weight: float = 1.0
    is_amber: bool = False
    commit: QRectF | None = None
    abort: QRectF | None = None


class TagPlacer:
    """Works on the view's pixels."""

    def __init__(self, view: CandleView, book: LineBook, metrics: QFontMetricsF) -> None:
        self._view, self._book, self._metrics = view, book, metrics
        self._widths: dict[str, float] = {}  # texts repeat from frame to frame, and measuring them is dear
        self.headroom = 2.0  # pixels at the top that belong to the legend

    @property
    def row(self) -> float:
        return float(round(self._metrics.height() + 5))

    def room(self) -> float:
        """Width that the plain chips of all lines cover at the right edge of the pane."""
        widths = [self._advance(tag_text(line, line.price)) for line in self._book.lines]
        return max(widths) + 4 * PAD if widths else 0.0

    def placed(self, theme: Theme, countdown: str, axis_width: float) -> list[Tag]:
        """All tags in sight, none over another."""
        pane = self._view.pane_height
        lines, above, below = self._in_sight()
        tags = self._firm_tags(theme, countdown, above, below)
        room = pane - min(self.headroom, pane / 4) - 2 - sum(tag.height for tag in tags)
        order = sorted(range(len(lines)), key=lambda i: self._rank(lines[i][0]))
        ranks = [0.0] * len(lines)
        for place, i in enumerate(order):
            ranks[i] = place
        shown = [lines[i] for i in kept(ranks, [self.row + 1] * len(lines), room)]
        common = max((self._advance(tag_text(line, line.price)) for line, _ in shown), default=0.0) + 2 * PAD
        tags += [self._line_tag(theme, line, y, common) for line, y in shown]
        centres = stacked(
            [Wish(tag.line_y, tag.height, tag.weight) for tag in tags], min(self.headroom, pane / 4), pane - 2.0
        )
        return [self._moved(tag, centre, axis_width) for tag, centre in zip(tags, centres, strict=True)]

    # -- inside -------------------------------------------------------------------------------------------------------

    def _in_sight(self) -> tuple[list[tuple[ChartLine, float]], int, int]:
        """Lines with their heights, and how many lie above and below the pane; a moving one is always in sight."""
        pane, found, above, below = self._view.pane_height, [], 0, 0
        for line in self._book.lines:
            y = self._view.y_of(float(self._book.price_of(line)))
            if self._book.is_moving(line.key):
                y = min(max(y, 0.0), pane)
            if 0 <= y <= pane:
                found.append((line, y))
            else:
                above, below = above + (y < 0), below + (y > pane)
        return found, above, below

    def _firm_tags(self, theme: Theme, countdown: str, above: int, below: int) -> list[Tag]:
        """The last price, and how many lines are out of sight."""
        pane, last, tags = self._view.pane_height, self._view.series.last, []
        if last is not None and 0 <= (y := self._view.y_of(last.close)) <= pane:
            height = float(round(self.row * (1.8 if countdown else 1)))
            colour = theme.up if last.close >= last.open else theme.down
            price = self._book.format.text(last.close)
            cell = QRectF(0, 0, 1, height)
            tags.append(Tag("", "", price, countdown, colour, y, QRectF(), cell, height + 1, _FIRM))
        sides = ((above, 0.0, "\u2191 " + tr("{count} above")), (below, pane, "\u2193 " + tr("{count} below")))
        for count, y, words in sides:
            if count:
                text = words.format(count=count)
                chip = QRectF(0, 0, self._advance(text) + 2 * PAD, self.row)
                tags.append(Tag("", text, "", "", theme.muted, y, chip, QRectF(), self.row + 1, _FIRM))
        return tags

    def _rank(self, line: ChartLine) -> tuple[float, float]:
        """What is pointed at first, then by meaning, then by nearness to the market."""
        is_first = self._book.is_strong(line.key) or self._book.is_moving(line.key)
        last = self._view.series.last
        distance = abs(float(line.price) - last.close) if last is not None else 0.0
        return (-1.0 if is_first else float(STYLES[line.kind].rank), distance)

    def _line_tag(self, theme: Theme, line: ChartLine, y: float, common: float) -> Tag:
        book, price = self._book, self._book.price_of(line)
        move = book.move if book.is_moving(line.key) else None
        text, detail = tag_text(line, price), self._detail(line)
        width = max(common, self._advance(text) + 2 * PAD)
        if detail:
            width = max(common, self._advance(text) + self._advance(detail) + 3 * PAD)
        width = min(width, max(60.0, self._view.pane_width * _MOST_OF_PANE))
        is_waiting = move is not None and move.stage is Stage.PENDING
        is_amber = line.pending or (move is not None and price != line.price)
        colour = theme.warning if is_amber else str(getattr(theme, STYLES[line.kind].colour))
        chip = QRectF(0, 0, width + (2 * self.row if is_waiting else 0.0), self.row)
        square = QRectF(0, 0, self.row, self.row) if is_waiting else None
        return Tag(
            line.key, text, book.format.text(price), detail, colour, y, chip, QRectF(0, 0, 1, self.row), self.row + 1,
            1.0, is_amber, square, square,
        )  # fmt: skip

    def _detail(self, line: ChartLine) -> str:
        book = self._book
        if book.notice is not None and book.notice[0] == line.key:
            return book.notice[1]
        if book.move is None or not book.is_moving(line.key) or book.move.price == line.price:
            return line.note if book.is_strong(line.key) else ""
        if book.move.stage is Stage.SENDING:
            return tr("sending…")
        was = tr("was {price}").format(price=book.format.text(line.price))
        return "  ".join(part for part in (book.move.note, was) if part)

    def _moved(self, tag: Tag, centre: float, axis_width: float) -> Tag:
        top, edge = float(round(centre - tag.height / 2)), self._view.pane_width
        chip, cell = QRectF(tag.chip), QRectF(tag.cell)
        if chip.isValid():
            chip.moveTo(edge - chip.width() - 1, top)
        if cell.isValid():
            cell = QRectF(edge + 1, top, axis_width - 1, cell.height())
        if tag.commit is None:
            return replace(tag, chip=chip, cell=cell)
        abort = QRectF(chip.right() - self.row, top, self.row, self.row)
        return replace(tag, chip=chip, cell=cell, commit=abort.translated(-self.row, 0), abort=abort)

    def _advance(self, text: str) -> float:
        width = self._widths.get(text)
        if width is None:
            if len(self._widths) > _MOST_WIDTHS:
                self._widths.clear()
            width = self._widths[text] = self._metrics.horizontalAdvance(text)
        return width
