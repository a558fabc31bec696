"""Own steps and targets: a small table of two numbers a line, and perhaps a tick, that people edit in place."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QPushButton, QTableView, QVBoxLayout, QWidget

from desktop_app.gui import fmt
from desktop_app.gui.editor.draft import PRICE, TICKED, Row, Rows
from desktop_app.gui.fonts import number_font
from desktop_app.gui.i18n import tr
from desktop_app.gui.icons import icon
from desktop_app.gui.notices import plain_label, restyle
from desktop_app.gui.theme import current_theme

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_MOST_SHOWN = 6
_TICK = 2  # the column
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class StepsModel(QAbstractTableModel):
    """Two texts a line, kept as typed; what is no number is shown in the colour of a problem. A third column is a tick.

    A text that begins with @ is a price.
    """

    edited = Signal()

    def __init__(self, titles: tuple[str, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._titles = titles  # English, marked with tr_later
        self.rows: list[Row] = []

    def set_rows(self, rows: Rows) -> None:
        if list(rows) == self.rows:
            return
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def add(self, row: Row) -> None:
        self.beginInsertRows(_ROOT, len(self.rows), len(self.rows))
        self.rows.append(row)
        self.endInsertRows()
        self.edited.emit()

    def remove(self, position: int) -> None:
        self.beginRemoveRows(_ROOT, position, position)
        del self.rows[position]
        self.endRemoveRows()
        self.edited.emit()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._titles)

    def flags(self, index: Index) -> Qt.ItemFlag:
        is_tick = index.column() == _TICK
        return super().flags(index) | (Qt.ItemFlag.ItemIsUserCheckable if is_tick else Qt.ItemFlag.ItemIsEditable)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        text = row[index.column()] if index.column() < len(row) else ""
        if index.column() == _TICK:
            if role == Qt.ItemDataRole.CheckStateRole:
                return Qt.CheckState.Checked if text else Qt.CheckState.Unchecked
            return (tr("on") if text else tr("off")) if role == Qt.ItemDataRole.AccessibleTextRole else None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return text.replace("-", fmt.MINUS)
            case Qt.ItemDataRole.EditRole | Qt.ItemDataRole.AccessibleTextRole:
                return text
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT
            case Qt.ItemDataRole.ForegroundRole if isinstance(fmt.parse_number(text.removeprefix(PRICE)), fmt.Problem):
                return QColor(current_theme().error)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row = list(self.rows[index.row()])
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == _TICK:
            is_on = Qt.CheckState(value) == Qt.CheckState.Checked
            row = [*row[:_TICK], *([TICKED] if is_on else [])]
        elif role == Qt.ItemDataRole.EditRole:
            row[index.column()] = str(value).strip()
        else:
            return False
        self.rows[index.row()] = tuple(row)
        self.dataChanged.emit(index, index)
        self.edited.emit()
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(self._titles[section])
        if orientation == Qt.Orientation.Vertical and role == Qt.ItemDataRole.DisplayRole:
            return str(section + 1)
        return None

    def retranslate(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._titles) - 1)


class StepsTable(QWidget):
    """The table with buttons to add and remove a line; the last line is repeated when one is added."""

    edited = Signal()

    def __init__(self, titles: tuple[str, ...], add: str, first: Row, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._add_title, self._first = add, first
        self.model = StepsModel(titles, self)
        self.view = QTableView()
        self.add_button = QPushButton()
        self.remove_button = QPushButton()
        self._note = plain_label()
        self._lay_out()
        self.model.edited.connect(self.edited)
        for changed in (self.model.rowsInserted, self.model.rowsRemoved, self.model.modelReset):
            changed.connect(self._fit)
        self.add_button.clicked.connect(self._add)
        self.remove_button.clicked.connect(self._remove)
        self.retranslate()
        self._fit()

    @property
    def rows(self) -> Rows:
        return tuple(self.model.rows)

    def set_rows(self, rows: Rows) -> None:
        self.model.set_rows(rows)

    def show_problem(self, text: str, *, is_block: bool = True) -> None:
        self._note.setText(text)
        self._note.setVisible(bool(text))
        self._note.setProperty("role", "problem" if is_block else "warning")
        restyle(self._note)
        self.view.setAccessibleDescription(text)

    def _lay_out(self) -> None:
        self.view.setModel(self.model)
        self.view.setFont(number_font(self.view.font()))
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setTabKeyNavigation(False)
        self.view.setShowGrid(True)
        self.view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.view.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.add_button.setIcon(icon("plus", "muted"))
        self.remove_button.setIcon(icon("minus", "muted"))
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.remove_button)
        buttons.addStretch()
        for button in (self.add_button, self.remove_button):
            button.setAutoDefault(False)
        self._note.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.view)
        column.addWidget(self._note)
        column.addLayout(buttons)

    def _add(self) -> None:
        self.model.add(self.rows[-1] if self.rows else self._first)
        self.view.setCurrentIndex(self.model.index(len(self.rows) - 1, 0))

    def _remove(self) -> None:
        index = self.view.currentIndex()
        self.model.remove(index.row() if index.isValid() else len(self.rows) - 1)

    def _fit(self) -> None:
        rows = min(max(1, len(self.rows)), _MOST_SHOWN)
        line = self.view.verticalHeader().defaultSectionSize()
        self.view.setFixedHeight(self.view.horizontalHeader().sizeHint().height() + rows * line + 6)
        self.remove_button.setEnabled(bool(self.rows))

    def retranslate(self) -> None:
        self.model.retranslate()
        self.add_button.setText(tr(self._add_title))
        self.remove_button.setText(tr("Remove"))
        self.view.setAccessibleName(tr(self._add_title))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
