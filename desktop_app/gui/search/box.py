"""The box of Ctrl+K: a line to type into over what was found, in front of the window."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QVBoxLayout, QWidget

from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import announce, plain_label
from desktop_app.gui.search.finder import Entry, Finder
from desktop_app.gui.search.rows import FoundModel, FoundPainter

_WIDTH, _MOST_ROWS, _MARGIN = 640, 14, 8
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -_MOST_ROWS, Qt.Key.Key_PageDown: _MOST_ROWS}


class SearchBox(QWidget):
    """Covers its window while it is open, so that a click anywhere else closes it and does nothing besides.

    It is no window of its own: input methods write into a child of the window that has the focus everywhere.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("search.veil")
        self.hide()
        self._window, self._finder = window, Finder(())
        self._before: QWidget | None = None
        self.frame = QFrame(self)
        self.frame.setProperty("sheet", "search")
        self.edit = _Line(self.frame)
        self.model = FoundModel()
        self.model.setParent(self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(FoundPainter(self.model))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.hint = plain_label()
        self.hint.setProperty("role", "muted")
        rows = QVBoxLayout(self.frame)
        rows.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        for part in (self.edit, self.list, self.hint):
            rows.addWidget(part)
        self.edit.textChanged.connect(self._find)
        self.edit.stepped.connect(self._step)
        self.edit.returnPressed.connect(lambda: self._act(self.list.currentIndex()))
        self.edit.abandoned.connect(self.close_box)
        self.list.clicked.connect(self._act)
        self.list.selectionModel().currentChanged.connect(self._say)
        window.installEventFilter(self)

    def open_on(self, entries: Iterable[Entry], words: str = "") -> None:
        """Begin anew with these entries, and these words typed."""
        self._finder = Finder(entries)
        if self.isHidden():
            self._before = self._window.focusWidget()
        name = tr("Search everything")
        self.edit.setAccessibleName(name)
        self.list.setAccessibleName(name)
        self.edit.setPlaceholderText(tr("Pair, bot, #deal, setting or command"))
        self.edit.setText(words)
        self._find()
        self.show()
        self.raise_()
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_box(self) -> None:
        """The focus goes back to where it was."""
        self.hide()
        before, self._before = self._before, None
        if before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if not self.frame.geometry().contains(event.position().toPoint()):
            self.close_box()

    def focusNextPrevChild(self, _next: bool) -> bool:
        """Tab does not leave: there is nothing else to go to."""
        return True

    def _find(self) -> None:
        words = self.edit.text().strip()
        found = self._finder.find(words)
        self.model.show(found)
        if found:
            self.list.setCurrentIndex(self.model.index(0))
        elif words:
            self.hint.setText(tr('Nothing here is called "{words}".').format(words=words))
            announce(self.edit, self.hint.text())
        else:
            self.hint.setText(tr("Finds pairs, bots, deals, settings and commands. Enter goes there, Esc closes."))
        self.list.setVisible(bool(found))
        self.hint.setVisible(not found)
        self._place()

    def _place(self) -> None:
        """In the middle, below the toolbar, as tall as what was found."""
        area = self._window.rect()
        self.setGeometry(area)
        rows = min(_MOST_ROWS, self.model.rowCount())
        self.list.setFixedHeight(max(1, rows) * max(1, self.list.sizeHintForRow(0)) + 2 * self.list.frameWidth() + 2)
        self.frame.setFixedWidth(min(_WIDTH, area.width() - 4 * _MARGIN))
        self.frame.adjustSize()
        self.frame.move((area.width() - self.frame.width()) // 2, area.height() // 8)

    def _step(self, by: int) -> None:
        count = self.model.rowCount()
        if count:
            at = self.list.currentIndex().row() + by
            at = at % count if abs(by) == 1 else min(count - 1, max(0, at))
            self.list.setCurrentIndex(self.model.index(at))

    def _say(self, current: QModelIndex) -> None:
        if current.isValid():
            announce(self.edit, current.data(Qt.ItemDataRole.AccessibleTextRole))

    def _act(self, index: QModelIndex) -> None:
        """Closed first: what is done may put the focus somewhere, or ask."""
        if index.isValid():
            entry = self.model.entries[index.row()]
            self.close_box()
            entry.act()


class _Line(QLineEdit):
    """Its arrows move through what was found."""

    stepped = Signal(int)
    abandoned = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None:
            event.accept()
            self.stepped.emit(step)
        elif event.key() == Qt.Key.Key_Escape:
            event.accept()
            self.abandoned.emit()
        else:
            super().keyPressEvent(event)
