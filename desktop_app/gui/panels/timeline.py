"""What happened to a deal, newest first, each line with a sign for what kind of thing it was."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop_app.core.market import Market
from desktop_app.engine.views import TimelineLine
from desktop_app.gui import fmt, wording
from desktop_app.gui.icons import icon
from desktop_app.gui.models import Index
from desktop_app.gui.theme import current_theme

_ROOT = QModelIndex()
_GAP = 4
_SIGN = 14
_SIGNS = {
    "fill": ("check", "profit"),
    "order": ("orders", "muted"),
    "you": ("edit", "accent"),
    "problem": ("warning", "warning"),
}
_YOURS = {"funds_added", "funds_reduced", "deal_edited", "deal_noted", "grid_funds_added", "grid_is_rebuilt"}
_MOST = 500


@dataclass(frozen=True, slots=True)
class Happening:
    """One line. `kind` is "fill", "order", "you" or "problem"; `moment` is its time in full."""

    kind: str
    clock: str
    moment: str
    text: str


def kind_of(code: str, *, is_problem: bool) -> str:
    """What kind of thing a code of the core tells of."""
    if is_problem:
        return "problem"
    if code.endswith("_filled") or code in {"grid_bought", "grid_sold", "grid_round_trip"}:
        return "fill"
    is_yours = code.endswith("_asked") or code in _YOURS
    return "you" if is_yours else "order"


def happening(line: TimelineLine, market: Market, zone: tzinfo) -> Happening:
    """A line of the engine as it is shown."""
    kind = kind_of(line.said.code, is_problem=line.is_problem)
    return Happening(kind, fmt.clock(line.at, zone), fmt.moment(line.at, zone), wording.sentence(line.said, market))


class TimelineModel(QAbstractListModel):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: list[Happening] = []

    def show(self, lines: Iterable[Happening]) -> None:
        """Show these, newest first."""
        fresh = list(lines)[:_MOST]
        if fresh != self._lines:
            self.beginResetModel()
            self._lines = fresh
            self.endResetModel()

    def put_first(self, line: Happening) -> None:
        self.beginInsertRows(_ROOT, 0, 0)
        self._lines.insert(0, line)
        self.endInsertRows()

    def line(self, position: int) -> Happening:
        return self._lines[position]

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return f"{line.clock}  {line.text}"
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{line.moment}, {line.text}"
            case Qt.ItemDataRole.ToolTipRole:
                return line.moment
        return None


class TimelineView(QListView):
    """Wraps its lines to the width that there is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = TimelineModel(self)
        self.setModel(self.lines)
        self.setItemDelegate(_Lines(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setWordWrap(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setMinimumHeight(90)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.scheduleDelayedItemsLayout()


class _Lines(QStyledItemDelegate):
    def __init__(self, view: TimelineView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        width = self._view.viewport().width()
        box = option.fontMetrics.boundingRect(
            QRect(0, 0, max(40, width - _SIGN - 3 * _GAP), 10_000), _FLAGS, self._view.lines.line(index.row()).text
        )
        return QSize(width, option.fontMetrics.height() + box.height() + 2 * _GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line, theme, rect = self._view.lines.line(index.row()), current_theme(), option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(theme.selection))
        picture, tint = _SIGNS[line.kind]
        height = option.fontMetrics.height()
        top = rect.top() + _GAP
        icon(picture, tint).paint(painter, rect.left() + _GAP, top + (height - _SIGN) // 2, _SIGN, _SIGN)
        left = rect.left() + _SIGN + 2 * _GAP
        room = rect.right() - left - _GAP
        painter.setPen(QColor(theme.muted))
        painter.drawText(QRect(left, top, room, height), Qt.AlignmentFlag.AlignLeft, line.clock)
        painter.setPen(QColor(theme.warning if line.kind == "problem" else theme.text))
        painter.drawText(QRect(left, top + height, room, rect.bottom() - top - height), _FLAGS, line.text)
        painter.restore()


_FLAGS = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
