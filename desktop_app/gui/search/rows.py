"""The rows of what was found: a model, and one line of each with its kind at the right."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.search.finder import Entry, Kind
from desktop_app.gui.theme import current_theme

KINDS = {
    Kind.DEAL: tr_later("Deal"),
    Kind.BOT: tr_later("Bot"),
    Kind.PAIR: tr_later("Pair"),
    Kind.COMMAND: tr_later("Command"),
    Kind.SETTING: tr_later("Setting"),
}
_MARGIN, _GAP, _PAD, _EDGE = 10, 12, 6, 2
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ROOT = QModelIndex()


class FoundModel(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.entries: Sequence[Entry] = ()

    def show(self, entries: Sequence[Entry]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (entry.title, entry.detail, tr(KINDS[entry.kind]), entry.keys) if part)
        return None

    def begins_a_kind(self, row: int) -> bool:
        return row > 0 and self.entries[row].kind != self.entries[row - 1].kind


class FoundPainter(QStyledItemDelegate):
    def __init__(self, model: FoundModel) -> None:
        super().__init__(model)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, option.fontMetrics.height() + 2 * _PAD)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        entry, theme, rect, metrics = self._model.entries[index.row()], current_theme(), option.rect, option.fontMetrics
        painter.setFont(option.font)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(theme.selection))
            painter.fillRect(rect.left(), rect.top(), _EDGE, rect.height(), QColor(theme.accent))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(theme.hover))
        if self._model.begins_a_kind(index.row()):
            painter.fillRect(rect.left(), rect.top(), rect.width(), 1, QColor(theme.border))
        room = rect.adjusted(_MARGIN, 0, -_MARGIN, 0)
        painter.setPen(QColor(theme.muted))
        for words in (tr(KINDS[entry.kind]), entry.keys):
            if words:
                painter.drawText(room, _RIGHT, words)
                room.setRight(room.right() - metrics.horizontalAdvance(words) - _GAP)
        title = metrics.elidedText(entry.title, Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(QColor(theme.text))
        painter.drawText(room, _LEFT, title)
        left = room.left() + metrics.horizontalAdvance(title) + _GAP
        rest = QRect(left, room.top(), max(0, room.right() - left), room.height())
        painter.setPen(QColor(theme.muted))
        painter.drawText(rest, _LEFT, metrics.elidedText(entry.detail, Qt.TextElideMode.ElideRight, rest.width()))
