"""Scores over two settings as numbers on colours: read with the eyes, the arrow keys or a screen reader."""

from collections.abc import Callable
from functools import cache
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QLinearGradient, QPainter, QPaintEvent, QPen
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
from desktop_app.gui.optimiser.heat import Heat, Spot
from desktop_app.gui.theme import current_theme
from desktop_app.research.space import Value

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_SHADES = 256
_MAP = "cividis"  # perceptually uniform, and the same to people with and without red-green blindness
_DARK, _LIGHT = "#000000", "#FFFFFF"  # one of them reads at 4.5:1 on every shade
_PADDING = 7
_KEYS = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}
BEST = "◉"


class HeatModel(QAbstractTableModel):
    """A `Heat` as a table; `words` writes a setting's value."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.heat = Heat()
        self._low, self._high = 0.0, 0.0
        self._best: tuple[int, int] | None = None
        self._titles = ("", "")
        self._words: tuple[Callable[[Value], str], Callable[[Value], str]] = (str, str)

    def show(
        self, heat: Heat, titles: tuple[str, str], words: tuple[Callable[[Value], str], Callable[[Value], str]]
    ) -> None:
        """Show other scores; a map of the same shape keeps its current cell."""
        is_same = (heat.across, heat.down, titles) == (self.heat.across, self.heat.down, self._titles)
        if not is_same:
            self.beginResetModel()
        scores = heat.scores()
        self.heat, self._titles, self._words = heat, titles, words
        self._low, self._high = (min(scores), max(scores)) if scores else (0.0, 0.0)
        self._best = heat.best()
        if not is_same:
            self.endResetModel()
        elif heat.cells:
            self.dataChanged.emit(self.index(0, 0), self.index(len(heat.down) - 1, len(heat.across) - 1))

    @property
    def range(self) -> tuple[float, float]:
        return self._low, self._high

    def spot(self, index: _Index) -> Spot | None:
        return self.heat.cells[index.row()][index.column()] if index.isValid() else None

    def text(self, row: int, column: int) -> str:
        spot = self.heat.cells[row][column]
        if spot is None:
            return ""
        text = fmt.UNKNOWN if spot.score is None else short(spot.score)
        return f"{text} {BEST}" if (row, column) == self._best else text

    def colour(self, row: int, column: int) -> QColor | None:
        """None where nothing has been tried or nothing could be judged."""
        spot = self.heat.cells[row][column]
        if spot is None or spot.score is None:
            return None
        return shade(1.0 if self._high == self._low else (spot.score - self._low) / (self._high - self._low))

    def spoken(self, row: int, column: int) -> str:
        """A cell in words: where it is, and what it is worth."""
        place = f"{self._titles[0]} {self._words[0](self.heat.across[column])}"
        value = self.heat.down[row]
        if value is not None:
            place = f"{place}, {self._titles[1]} {self._words[1](value)}"
        spot = self.heat.cells[row][column]
        if spot is None:
            return tr("{place}: not tried yet").format(place=place)
        if spot.score is None:
            return tr("{place}: no score").format(place=place)
        words = tr("{place}: score {score}, the best") if (row, column) == self._best else tr("{place}: score {score}")
        return words.format(place=place, score=short(spot.score))

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.heat.down)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.heat.across)

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
            return self._words[0](self.heat.across[section])
        value = self.heat.down[section]
        return "" if value is None else self._words[1](value)


class HeatMap(QTableView):
    """Arrows move the cell, Enter picks its run. The current cell has a ring of its own."""

    spot_picked = Signal(str)  # key of the run
    spot_changed = Signal(str)  # the same, while the cell moves; empty where nothing was tried

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

    def show_heat(
        self, heat: Heat, titles: tuple[str, str], words: tuple[Callable[[Value], str], Callable[[Value], str]]
    ) -> None:
        """Titles and values of the settings across and down, translated."""
        self.cells.show(heat, titles, words)
        self.fit()
        self.retranslate()

    def show_key(self, key: str) -> None:
        """Move to a run's cell without picking it."""
        place = self.cells.heat.place_of(key)
        if place is not None and self.current_key() != key:
            self.setCurrentIndex(self.cells.index(*place))

    def current_key(self) -> str:
        spot = self.cells.spot(self.currentIndex())
        return spot.key if spot is not None else ""

    def fit(self) -> None:
        """Every number is readable in full; what does not fit is scrolled to."""
        metrics = self.fontMetrics()
        model = self.cells
        texts = [model.text(row, column) for row in range(model.rowCount()) for column in range(model.columnCount())]
        heads = [str(model.headerData(at, Qt.Orientation.Horizontal)) for at in range(model.columnCount())]
        widest = max((metrics.horizontalAdvance(text) for text in [*texts, *heads, "0.00"]), default=0)
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
        spot = self.cells.spot(index)
        self.spot_changed.emit(spot.key if spot is not None else "")

    def _pick(self) -> None:
        if key := self.current_key():
            self.spot_picked.emit(key)


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
        if index == self._view.currentIndex():
            self._ring(painter, rect, colour)

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
        self.setMinimumSize(160, self.fontMetrics().height() + 6)

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
