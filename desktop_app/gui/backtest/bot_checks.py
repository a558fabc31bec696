"""The bots to choose from, with a tick each: Space or a click sets it."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QMouseEvent
from PySide6.QtWidgets import QListView, QWidget

from desktop_app.gui.backtest.portfolio_plan import why_not
from desktop_app.gui.backtest.subject import Subject
from desktop_app.gui.i18n import tr
from desktop_app.gui.tips import plain_tip
from desktop_app.gui.wording import bot_kind

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_MOST_PAIRS = 3  # that are named
_APART = 3  # pixels between lines


class BotChecks(QAbstractListModel):
    """Those that can be tested together come first; the others say why they cannot."""

    ticked_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.subjects: list[Subject] = []
        self._ticked: set[int] = set()  # places

    @property
    def ticked(self) -> tuple[Subject, ...]:
        return tuple(one for at, one in enumerate(self.subjects) if at in self._ticked)

    def show_subjects(self, subjects: Sequence[Subject], ticked: Sequence[Subject]) -> None:
        """`ticked` are among the subjects."""
        wanted = sorted(subjects, key=lambda one: bool(why_not(one)))
        self.beginResetModel()
        self.subjects = wanted
        self._ticked = {at for at, one in enumerate(wanted) if one in ticked and not why_not(one)}
        self.endResetModel()
        self.ticked_changed.emit()

    def tick(self, at: int, is_on: bool) -> None:
        index = self.index(at)
        self.setData(index, Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)

    # --- what Qt asks

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.subjects)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flag = Qt.ItemFlag
        if not index.isValid() or why_not(self.subjects[index.row()]):
            return flag.NoItemFlags
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsUserCheckable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        subject = self.subjects[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return words_of(subject)
            case Qt.ItemDataRole.CheckStateRole:
                return Qt.CheckState.Checked if index.row() in self._ticked else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip("\n".join([words_of(subject), ", ".join(subject.symbols)]))
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or self.flags(index) == Qt.ItemFlag.NoItemFlags:
            return False
        if Qt.CheckState(value) == Qt.CheckState.Checked:
            self._ticked.add(index.row())
        else:
            self._ticked.discard(index.row())
        self.dataChanged.emit(index, index)
        self.ticked_changed.emit()
        return True

    def retranslate(self) -> None:
        if self.subjects:
            self.dataChanged.emit(self.index(0), self.index(len(self.subjects) - 1))


def words_of(subject: Subject) -> str:
    """`BTC starter · DCA · BTC/USDT, ETH/USDT · Paper wallet`"""
    pairs = ", ".join(subject.symbols[:_MOST_PAIRS])
    if len(subject.symbols) > _MOST_PAIRS:
        pairs = tr("{pairs} and {count} more").format(pairs=pairs, count=len(subject.symbols) - _MOST_PAIRS)
    parts = [subject.name, bot_kind(subject.settings.kind), why_not(subject) or pairs, subject.account]
    return "  ·  ".join(part for part in parts if part)


class BotChecksView(QListView):
    """A click anywhere in a line sets or takes its tick."""

    def __init__(self, model: BotChecks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setUniformItemSizes(True)
        self.setSpacing(_APART)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Space means the first line until another one is gone to."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.model().rowCount():
            self.setCurrentIndex(self.model().index(0, 0))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        model = self.model()
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid() or not model.flags(index):
            super().mousePressEvent(event)
            return
        self.setCurrentIndex(index)
        is_on = model.data(index, Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        turned = Qt.CheckState.Unchecked if is_on else Qt.CheckState.Checked
        model.setData(index, turned, Qt.ItemDataRole.CheckStateRole)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second of two quick clicks is a click."""
        self.mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """What there was to do, the press has done."""
        event.accept()
