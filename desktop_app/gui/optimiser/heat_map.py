"""Scores over two settings as numbers on colours: read with the eyes, the arrow keys or a screen reader."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from math import inf
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QLinearGradient, QPainter, QPaintEvent, QPen, QPolygon
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop_app.gui import fmt
from desktop_app.gui.fonts import number_font
from desktop_app.gui.i18n import tr
from desktop_app.gui.theme import current_theme
from desktop_app.research.goals import shown_score
from desktop_app.research.search import HeatMap as HeatField
from desktop_app.research.search import Trial
from desktop_app.research.space import Point

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_SHADES = 256
_MAP = "cividis"  # perceptually uniform, and the same to people with and without red-green blindness
_DARK, _LIGHT = "#000000", "#FFFFFF"  # one of them reads at 4.5:1 on every shade
_PADDING = 5
_DOT = 5
_MOST_MEASURED = 40  # texts
_KEYS = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}


Words = Callable[[object], str]  # how a setting's value is written


@dataclass(frozen=True, slots=True)
class Axes:
    """The names of the settings across and down, translated, and how their values are written."""

    titles: tuple[str, str]
    words: tuple[Words, Words]


class HeatModel(QAbstractTableModel):
    """The field of a search as a table."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.field = HeatField("", None, (), (), ())
        self._objective = ""
        self._range = (0.0, 0.0)
        self._best: tuple[int, int] | None = None
        self._axes = Axes(("", ""), (str, str))

    def show(self, field: HeatField, objective: str, axes: Axes) -> None:
        """Show other scores; a field of the same shape keeps its current cell."""
        old = self.field
        is_same = (field.x, field.y, field.columns, field.rows) == (old.x, old.y, old.columns, old.rows)
        if not is_same:
            self.beginResetModel()
        self.field, self._objective, self._axes = field, objective, axes
        scored = [
            (trial.score, -row, -column)
            for row, line in enumerate(field.cells)
            for column, trial in enumerate(line)
            if trial is not None and trial.score != -inf and not trial.broken
        ]
        self._range = (min(scored)[0], max(scored)[0]) if scored else (0.0, 0.0)
        self._best = (-max(scored)[1], -max(scored)[2]) if scored else None
        if not is_same:
            self.endResetModel()
        elif field.cells:
            self.dataChanged.emit(self.index(0, 0), self.index(len(field.rows) - 1, len(field.columns) - 1))

    @property
    def range(self) -> tuple[float, float]:
        """The worst and the best score of all cells, as people know them."""
        worst, best = (shown_score(score, self._objective) if self._objective else score for score in self._range)
        return worst or 0.0, best or 0.0

    def trial(self, index: _Index) -> Trial | None:
        return self.field.cells[index.row()][index.column()] if index.isValid() else None

    def place_of(self, point: Point) -> QModelIndex:
        """The cell in which this run stands for the others; invalid if none."""
        for row, line in enumerate(self.field.cells):
            for column, trial in enumerate(line):
                if trial is not None and trial.point == point:
                    return self.index(row, column)
        return QModelIndex()

    def text(self, row: int, column: int) -> str:
        trial = self.field.cells[row][column]
        if trial is None:
            return ""
        return self._score(trial)

    def is_best(self, row: int, column: int) -> bool:
        return (row, column) == self._best

    def colour(self, row: int, column: int) -> QColor | None:
        """None where nothing has been tried, nothing could be judged, or a limit is broken."""
        trial = self.field.cells[row][column]
        if trial is None or trial.score == -inf or trial.broken:
            return None
        low, high = self._range
        return shade(1.0 if high == low else (trial.score - low) / (high - low))

    def _score(self, trial: Trial) -> str:
        shown = shown_score(trial.score, self._objective)
        return fmt.UNKNOWN if shown is None else short(shown)

    def spoken(self, row: int, column: int) -> str:
        """A cell in words: where it is, and what it is worth."""
        titles, words = self._axes.titles, self._axes.words
        place = f"{titles[0]} {words[0](self.field.columns[column])}"
        value = self.field.rows[row]
        if value is not None:
            place = f"{place}, {titles[1]} {words[1](value)}"
        trial = self.field.cells[row][column]
        if trial is None:
            return tr("{place}: not tried yet").format(place=place)
        if trial.score == -inf:
            return tr("{place}: no score").format(place=place)
        pattern = tr("{place}: score {score}")
        if trial.broken:
            pattern = tr("{place}: score {score}, breaks a limit")
        elif self.is_best(row, column):
            pattern = tr("{place}: score {score}, the best")
        return pattern.format(place=place, score=self._score(trial))

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.field.rows)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.field.columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text(index.row(), index.column())
            case Qt.ItemDataRole.AccessibleTextRole | Qt.ItemDataRole.ToolTipRole:
                return self.spoken(index.row(), index.column())
            case Qt.ItemDataRole.BackgroundRole:
                return self.colour(index.row(), index.column())
            case Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        if orientation == Qt.Orientation.Horizontal:
            return self._axes.words[0](self.field.columns[section])
        value = self.field.rows[section]
        return "" if value is None else self._axes.words[1](value)


class HeatMap(QTableView):
    """Arrows move the cell, Enter picks its run. The current cell has a ring of its own."""

    run_picked = Signal(object)  # Point
    run_changed = Signal(object)  # the same, while the cell moves; None where nothing was tried

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells = HeatModel(self)
        self.setModel(self.cells)
        self.setItemDelegate(_Cell(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setHighlightSections(True)
            header.setSectionsClickable(False)
            header.setMinimumSectionSize(1)
            header.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        self.selectionModel().currentChanged.connect(self._moved)
        self.clicked.connect(lambda _index: self._pick())
        self.retranslate()

    def show_field(self, field: HeatField, objective: str, axes: Axes) -> None:
        self.cells.show(field, objective, axes)
        self.fit()
        self.retranslate()

    def show_point(self, point: Point) -> None:
        """Move to a run's cell without picking it."""
        place = self.cells.place_of(point)
        if place.isValid() and place != self.currentIndex():
            self.setCurrentIndex(place)

    def current_point(self) -> Point | None:
        trial = self.cells.trial(self.currentIndex())
        return trial.point if trial is not None else None

    def fit(self) -> None:
        """Every number is readable in full; what does not fit is scrolled to."""
        metrics = self.fontMetrics()
        model = self.cells
        texts = [model.text(row, column) for row in range(model.rowCount()) for column in range(model.columnCount())]
        heads = [str(model.headerData(at, Qt.Orientation.Horizontal)) for at in range(model.columnCount())]
        widest = max(metrics.horizontalAdvance(text) for text in _longest([*texts, *heads, "0.00"]))
        least = widest + 2 * _PADDING
        room = (self.viewport().width() - 1) // max(1, model.columnCount())
        self.horizontalHeader().setDefaultSectionSize(min(max(least, room), 2 * least))
        line = metrics.height() + 2 * 4
        tall = (self.viewport().height() - 1) // max(1, model.rowCount())
        self.verticalHeader().setDefaultSectionSize(min(max(line, tall), 2 * line))

    def retranslate(self) -> None:
        rows, columns = self.cells.rowCount(), self.cells.columnCount()
        words = tr("Heat map of scores, {rows} rows, {columns} columns. Arrows move, Enter picks the run.")
        self.setAccessibleName(words.format(rows=rows, columns=columns))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _KEYS:
            self._pick()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self.fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.fit()

    def _moved(self, index: QModelIndex) -> None:
        trial = self.cells.trial(index)
        self.run_changed.emit(trial.point if trial is not None else None)

    def _pick(self) -> None:
        if (point := self.current_point()) is not None:
            self.run_picked.emit(point)


class _Cell(QStyledItemDelegate):
    """Colour, number, and a ring round the current one; what was not tried is empty ground."""

    def __init__(self, view: HeatMap) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        rect: QRect = option.rect
        model, theme = self._view.cells, current_theme()
        colour = model.colour(index.row(), index.column())
        painter.fillRect(rect.adjusted(0, 0, -1, -1), colour or QColor(theme.raised))
        painter.setPen(QColor(ink_on(colour)) if colour is not None else QColor(theme.muted))
        painter.setFont(number_font(self._view.font()))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, model.text(index.row(), index.column()))
        if model.is_best(index.row(), index.column()):
            self._dot(painter, rect, colour)
        if index == self._view.currentIndex():
            self._ring(painter, rect, colour)

    def _dot(self, painter: QPainter, rect: QRect, colour: QColor | None) -> None:
        """The best cell has a corner of its own."""
        ink = QColor(ink_on(colour) if colour is not None else current_theme().text)
        corner = rect.topRight() + QPoint(-2, 1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawPolygon(QPolygon([corner, corner + QPoint(-2 * _DOT, 0), corner + QPoint(0, 2 * _DOT)]))

    def _ring(self, painter: QPainter, rect: QRect, colour: QColor | None) -> None:
        """Ink of two colours, so that it stands out on any shade."""
        theme = current_theme()
        inner = ink_on(colour) if colour is not None else theme.text
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.focus if self._view.hasFocus() else theme.muted), 2))
        painter.drawRect(rect.adjusted(1, 1, -2, -2))
        painter.setPen(QPen(QColor(inner), 1))
        painter.drawRect(rect.adjusted(3, 3, -4, -4))

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(
            self._view.horizontalHeader().defaultSectionSize(), self._view.verticalHeader().defaultSectionSize()
        )


class ColourKey(QWidget):
    """What the colours mean: the lowest score, the shades, the highest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._range = (0.0, 0.0)
        self.setFixedHeight(self.fontMetrics().height() + 6)
        self.setMaximumWidth(260)

    def show_range(self, low: float, high: float) -> None:
        self._range = (low, high)
        self.setAccessibleName(tr("Colours from {low} to {high}").format(low=short(low), high=short(high)))
        self.setVisible(low < high)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        metrics, theme = self.fontMetrics(), current_theme()
        low, high = (short(value) for value in self._range)
        left, right = metrics.horizontalAdvance(low) + 6, metrics.horizontalAdvance(high) + 6
        bar = QRect(left, 4, max(20, self.width() - left - right), self.height() - 8)
        gradient = QLinearGradient(bar.left(), 0, bar.right(), 0)
        for place in range(11):
            gradient.setColorAt(place / 10, shade(place / 10))
        painter.fillRect(bar, gradient)
        painter.setPen(QColor(theme.muted))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), middle | Qt.AlignmentFlag.AlignLeft, low)
        painter.drawText(self.rect(), middle | Qt.AlignmentFlag.AlignRight, high)


def _longest(texts: Iterable[str]) -> list[str]:
    """Those that may be widest: figures are of one width, so that only the longest need to be measured."""
    found = set(texts)
    most = max(len(text) for text in found)
    return [text for text in found if len(text) >= most - 1][:_MOST_MEASURED]


def short(score: float) -> str:
    """A score in few figures: 0.98, 12.4, 1,250, 3.21M."""
    size = abs(score)
    if size >= 100_000:
        from decimal import Decimal

        return fmt.compact(Decimal(round(score)))
    decimals = 2 if size < 9.995 else 1 if size < 99.95 else 0
    text = f"{size:,.{decimals}f}"
    return f"{fmt.MINUS}{text}" if score < 0 and float(text.replace(",", "")) else text


def shade(part: float) -> QColor:
    """The colour for a part of the way from the lowest to the highest score."""
    return _shades()[round(min(1.0, max(0.0, part)) * (_SHADES - 1))]


def ink_on(ground: QColor) -> str:
    """Dark or light text, whichever reads better."""
    return _ink_on(ground.rgb())


@lru_cache(2 * _SHADES)  # each cell asks at each painting
def _ink_on(rgb: int) -> str:
    ground = QColor.fromRgb(rgb)
    return max((_DARK, _LIGHT), key=lambda ink: contrast(QColor(ink), ground))


def contrast(one: QColor, other: QColor) -> float:
    """The ratio of luminances as WCAG defines it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: QColor) -> float:
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@cache
def _shades() -> tuple[QColor, ...]:
    """Read from the drawing library once, when a map is first shown."""
    from pyqtgraph import colormap

    table = colormap.get(_MAP).getLookupTable(nPts=_SHADES)
    return tuple(QColor(*(int(part) for part in row[:3])) for row in table)
