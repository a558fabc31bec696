"""Paints table cells straight from a RowsModel: a quarter of what a style and seven questions per cell cost."""

from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTableView

from desktop_app.gui.fonts import number_font
from desktop_app.gui.models import Index, RowsModel
from desktop_app.gui.theme import current_theme

CELL_MARGIN = 9
_ICON = 16
_EDGE = 2
_MOST_WIDTHS = 5_000
_WORDS, _NUMBER, _OLD_NUMBER = range(3)  # fonts
_ROOT = QModelIndex()


class CellPainter(QStyledItemDelegate):
    """Text, icon, colour and selection of one cell.

    Selected rows keep the colour of profit and loss and are marked at their edge, so that tint is not the only sign.
    """

    def __init__(self, table: QTableView, model: RowsModel[Any]) -> None:
        super().__init__(table)
        self._table = table
        self._model = model
        self._is_selected: dict[int, bool] = {}
        self.first_line = 0  # height of the upper line of rows that have two; 0: the whole row is one line
        self._widths: dict[tuple[str, int], int] = {}
        self.refresh()

    def refresh(self) -> None:
        """Take fonts and colours anew; called when they may have changed."""
        theme = current_theme()
        self._text, self._selection = QColor(theme.text), QColor(theme.selection)
        self._accent = QColor(theme.accent)
        numbers, old_numbers = number_font(self._table.font()), number_font(self._table.font())
        old_numbers.setItalic(True)
        self._fonts = (self._table.font(), numbers, old_numbers)
        self._metrics = tuple(QFontMetrics(font) for font in self._fonts)
        self._rise = (self._metrics[0].ascent() - self._metrics[0].descent()) // 2
        self._widths.clear()

    def begin(self) -> None:
        """Forget which rows are selected: a new paint event begins."""
        self._is_selected.clear()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        position, section = index.row(), index.column()
        cell = self._model.cell(position, section)
        is_number = self._model.columns[section].is_number
        rect = option.rect
        left, top, width, height = rect.left(), rect.top(), rect.width(), rect.height()
        if self._row_is_selected(position):
            painter.fillRect(rect, self._selection)
            if left <= 0:
                painter.fillRect(0, top, _EDGE, height, self._accent)
        height = self.first_line or height
        left, width = left + CELL_MARGIN, width - 2 * CELL_MARGIN
        if cell.icon is not None:
            size = min(_ICON, height - 4)
            cell.icon.paint(painter, left, top + (height - size) // 2, size, size)
            left, width = left + size + 4, width - size - 4
        kind = _OLD_NUMBER if cell.is_stale else _NUMBER if is_number else _WORDS
        text, room = cell.text, self._width_of(cell.text, kind)
        if room > width:
            text = self._metrics[kind].elidedText(text, Qt.TextElideMode.ElideRight, width)
            room = width
        painter.setFont(self._fonts[kind])
        painter.setPen(cell.colour or self._text)
        painter.drawText(left + width - room if is_number else left, top + height // 2 + self._rise, text)

    def _row_is_selected(self, position: int) -> bool:
        known = self._is_selected.get(position)
        if known is None:
            known = self._table.selectionModel().isRowSelected(position, _ROOT)
            self._is_selected[position] = known
        return known

    def _width_of(self, text: str, kind: int) -> int:
        width = self._widths.get((text, kind))
        if width is None:
            if len(self._widths) > _MOST_WIDTHS:
                self._widths.clear()
            width = self._widths[text, kind] = self._metrics[kind].horizontalAdvance(text)
        return width
