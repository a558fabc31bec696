"""The one table view: dense, keyboard-friendly, copyable, and never blank without saying why."""

import json
from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QMenu,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop_app.gui.cells import CELL_MARGIN, CellPainter
from desktop_app.gui.i18n import tr
from desktop_app.gui.models import Role, RowsModel
from desktop_app.gui.notices import Banner, plain_label
from desktop_app.gui.theme import current_theme

R = TypeVar("R")
_LAYOUT_VERSION = 1
_ROW_PADDING = 6
_LOOK_CHANGES = (QEvent.Type.FontChange, QEvent.Type.StyleChange, QEvent.Type.PaletteChange)


class DataTable(QTableView, Generic[R]):
    """Shows a RowsModel. The panel connects the signals and decides; the table only shows and asks."""

    row_selected = Signal(str)  # id of the current row, "" when none
    row_activated = Signal(str)  # Enter or double click
    menu_requested = Signal(list, QPoint)  # ids of the selected rows, where to pop up
    empty_action_requested = Signal()

    def __init__(self, model: RowsModel[R], title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title  # English, marked with tr_later; read aloud with the number of rows
        self._rows = model
        self._kept: tuple[list[str], str, int] = ([], "", 0)
        self._second_line: Callable[[R], str] | None = None
        self._empty = _EmptyState(self.viewport())
        self._empty.button.clicked.connect(self.empty_action_requested)
        model.rowsAboutToBeRemoved.connect(self._leave_removed)  # before Qt's own handlers, which setModel connects
        self.setModel(model)
        self._set_up_view()
        self._set_up_header()
        self._follow_model()
        self.activated.connect(self._activate)
        self.selectionModel().currentRowChanged.connect(self._tell_selection)

    # --- rows and selection ------------------------------------------------------------------------------------

    @property
    def rows_model(self) -> RowsModel[R]:
        """Return the model, typed."""
        return self._rows

    def selected_ids(self) -> list[str]:
        """Return the ids of the selected rows from top to bottom."""
        return [self._rows.id_at(at) for at in sorted({i.row() for i in self.selectionModel().selectedRows()})]

    def current_id(self) -> str:
        """Return the id of the current row, or an empty string."""
        index = self.currentIndex()
        return self._rows.id_at(index.row()) if index.isValid() else ""

    def select(self, row_id: str) -> bool:
        """Make a row current and bring it into view; False if it is not shown."""
        index = self._rows.index_of(row_id)
        if not index.isValid():
            return False
        flag = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)
        self.scrollTo(index)
        return True

    def visible_keys(self) -> list[str]:
        """Return the keys of the visible columns from left to right."""
        return [self._rows.columns[section].key for section in self._visible_sections()]

    # --- states ------------------------------------------------------------------------------------------------

    def set_empty(self, text: str, action: str = "") -> None:
        """Say, already translated, what would be here and how to get it; shown while there are no rows."""
        self._empty.label.setText(text)
        self._empty.button.setText(action)
        self._empty.button.setVisible(bool(action))
        self._show_state()

    def set_second_line(self, text: Callable[[R], str] | None) -> None:
        """Give every row a muted second line across all columns, where more columns would not fit; None: no more."""
        self._second_line = text
        self._fit_rows()

    def copy_selected(self) -> None:
        """Put the selected rows on the clipboard: tab-separated, visible columns, raw numbers."""
        sections = self._visible_sections()
        lines = [[str(self._rows.headerData(s, Qt.Orientation.Horizontal)) for s in sections]]
        for row_id in self.selected_ids():
            at = self._rows.index_of(row_id).row()
            lines.append([str(self._rows.data(self._rows.index(at, s), Role.RAW)) for s in sections])
        if len(lines) > 1:
            QApplication.clipboard().setText("\n".join("\t".join(_flat(cell) for cell in line) for line in lines))

    # --- layout ------------------------------------------------------------------------------------------------

    def layout_state(self) -> str:
        """Return column order, widths, visibility and sorting as text that later versions understand."""
        header = self.horizontalHeader()
        columns = [
            [self._rows.columns[s].key, self.columnWidth(s) or header.defaultSectionSize(), self.isColumnHidden(s)]
            for s in (header.logicalIndex(v) for v in range(header.count()))
        ]
        sorted_by = header.sortIndicatorSection()
        key = self._rows.columns[sorted_by].key if 0 <= sorted_by < len(self._rows.columns) else ""
        is_descending = header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
        return json.dumps({"v": _LAYOUT_VERSION, "columns": columns, "sort": key, "descending": is_descending})

    def restore_layout(self, state: str) -> bool:
        """Apply a saved layout; columns it does not know keep their defaults. False if it is not one."""
        try:
            saved = json.loads(state)
            wanted = [(str(key), max(16, int(width)), bool(hidden)) for key, width, hidden in saved["columns"]]
            sort_key, is_descending = str(saved["sort"]), bool(saved["descending"])
        except (ValueError, TypeError, KeyError):
            return False
        header = self.horizontalHeader()
        sections = {column.key: section for section, column in enumerate(self._rows.columns)}
        known = [(sections[key], width, hidden) for key, width, hidden in wanted if key in sections]
        for visual, (section, width, hidden) in enumerate(known):
            header.moveSection(header.visualIndex(section), visual)
            self.setColumnHidden(section, hidden)
            self.setColumnWidth(section, width)
        if sort_key in sections:
            order = Qt.SortOrder.DescendingOrder if is_descending else Qt.SortOrder.AscendingOrder
            self.sortByColumn(sections[sort_key], order)
        return bool(known)

    def show_column(self, key: str, is_shown: bool = True) -> None:
        """Show or hide a column by its key; the last visible one stays."""
        section = next(s for s, column in enumerate(self._rows.columns) if column.key == key)
        if is_shown or self._visible_sections() != [section]:
            self.setColumnHidden(section, not is_shown)
            if is_shown and self.columnWidth(section) == 0:
                self._fit_column(section)

    # --- what Qt asks ------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy rows instead of one cell."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selected()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Give arriving keyboard users a current row."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._rows.rowCount() and event.reason() in _BY_KEYBOARD:
            self.selectionModel().setCurrentIndex(self._rows.index(0, 0), QItemSelectionModel.SelectionFlag.NoUpdate)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the empty state centred."""
        super().resizeEvent(event)
        self._empty.setGeometry(self.viewport().rect())

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._rows.retranslate()
            self._name_itself()
        elif event.type() in _LOOK_CHANGES:
            self._fit_rows()
            self._rows.repaint_all()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the visible cells."""
        self._cells.begin()
        super().paintEvent(event)
        if self._second_line is not None:
            self._paint_second_lines(self._second_line)

    # --- inside ------------------------------------------------------------------------------------------------

    def _set_up_view(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setWordWrap(False)
        self._cells = CellPainter(self, self._rows)
        self.setItemDelegate(self._cells)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)  # Tab leaves the table: no trap
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask_for_menu)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._fit_rows()

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(24)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._show_column_menu)
        self.setSortingEnabled(True)
        for section, column in enumerate(self._rows.columns):
            self._fit_column(section)
            self.setColumnHidden(section, column.is_hidden)

    def _follow_model(self) -> None:
        for changed in (self._rows.rowsInserted, self._rows.rowsRemoved, self._rows.modelReset):
            changed.connect(self._show_state)
        self._rows.modelAboutToBeReset.connect(self._keep_place)
        self._rows.modelReset.connect(self._return_to_place)
        self._show_state()

    def _fit_rows(self) -> None:
        line = self.fontMetrics().height()
        is_double = self._second_line is not None
        self._cells.first_line = line + _ROW_PADDING if is_double else 0
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize((2 * line if is_double else line) + _ROW_PADDING)
        self._cells.refresh()
        self.viewport().update()

    def _paint_second_lines(self, text_of: Callable[[R], str]) -> None:
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        if first < 0:
            return
        painter, metrics = QPainter(self.viewport()), self.fontMetrics()
        painter.setPen(QColor(current_theme().muted))
        width = self.viewport().width() - 2 * CELL_MARGIN
        for position in range(first, (last if last >= 0 else self._rows.rowCount() - 1) + 1):
            row = self._rows.row(self._rows.index(position, 0))
            if row is not None:
                words = metrics.elidedText(text_of(row), Qt.TextElideMode.ElideRight, width)
                top = self.rowViewportPosition(position) + metrics.height() + _ROW_PADDING - 2
                painter.drawText(CELL_MARGIN, top + metrics.ascent(), words)
        painter.end()

    def _fit_column(self, section: int) -> None:
        characters = self._rows.columns[section].width
        self.setColumnWidth(section, self.fontMetrics().horizontalAdvance("0") * characters + 2 * CELL_MARGIN)

    def _show_state(self) -> None:
        has_rows = self._rows.rowCount() > 0
        self._empty.setVisible(not has_rows and bool(self._empty.label.text()))
        self._name_itself()

    def _name_itself(self) -> None:
        name = tr("{title}, {count} rows").format(title=tr(self._title), count=self._rows.rowCount())
        self.setAccessibleName(name)

    def _leave_removed(self, _parent: QModelIndex, first: int, last: int) -> None:
        """A row that goes away must not make its neighbour the chosen one."""
        if first <= self.currentIndex().row() <= last:
            self.selectionModel().clearCurrentIndex()

    def _keep_place(self) -> None:
        self._kept = (self.selected_ids(), self.current_id(), self.verticalScrollBar().value())

    def _return_to_place(self) -> None:
        selected, current, scrolled = self._kept
        flag = QItemSelectionModel.SelectionFlag
        for row_id in selected:
            index = self._rows.index_of(row_id)
            if index.isValid():
                self.selectionModel().select(index, flag.Select | flag.Rows)
        index = self._rows.index_of(current)
        if index.isValid():
            self.selectionModel().setCurrentIndex(index, flag.NoUpdate)
        self.verticalScrollBar().setValue(scrolled)

    def _activate(self, index: QModelIndex) -> None:
        self.row_activated.emit(self._rows.id_at(index.row()))

    def _tell_selection(self, current: QModelIndex) -> None:
        self.row_selected.emit(self._rows.id_at(current.row()) if current.isValid() else "")

    def _ask_for_menu(self, at: QPoint) -> None:
        if ids := self.selected_ids():
            self.menu_requested.emit(ids, self.viewport().mapToGlobal(at))

    def _visible_sections(self) -> list[int]:
        header = self.horizontalHeader()
        ordered = (header.logicalIndex(visual) for visual in range(header.count()))
        return [section for section in ordered if not self.isColumnHidden(section)]

    def column_menu(self) -> QMenu:
        """Build the menu that shows and hides columns."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for section, column in enumerate(self._rows.columns):
            action = QAction(tr(column.title), menu)
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(section))
            action.toggled.connect(lambda is_shown, key=column.key: self.show_column(key, is_shown))
            menu.addAction(action)
        return menu

    def _show_column_menu(self, at: QPoint) -> None:
        self.column_menu().popup(self.horizontalHeader().mapToGlobal(at))


_BY_KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


class TableFrame(QWidget, Generic[R]):
    """A table with a banner above it: after an error the old rows stay, greyed, below the card."""

    table: DataTable[R]

    def __init__(self, table: DataTable[R] | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._banner: Banner | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        if table is not None:
            self.hold(table)

    def hold(self, table: DataTable[R]) -> None:
        """Take the table in; one that was made with this frame as its parent is styled only once."""
        self.table = table
        self._column.addWidget(table)

    @property
    def banner(self) -> Banner:
        """Return the card above the rows; most frames never need one."""
        if self._banner is None:
            self._banner = Banner(self)
            self._column.insertWidget(0, self._banner)
        return self._banner

    def show_error(self, happened: str, meaning: str, *, action: str = "", details: str = "") -> None:
        """Say what happened and what it means for the money; the rows below are no longer fresh."""
        self.banner.say("error", happened, meaning, action=action, details=details, is_closable=False)
        self.table.rows_model.set_stale(True)

    def show_stale(self, text: str, of: Callable[[R], bool] | None = None) -> None:
        """Say since when the rows are old, or those of them."""
        self.banner.say("warning", text, is_closable=False)
        self.table.rows_model.set_stale(True, of)

    def show_fresh(self) -> None:
        """Take the card away: the rows are fresh again."""
        if self._banner is not None:
            self._banner.hide()
        self.table.rows_model.set_stale(False)


class _EmptyState(QWidget):
    """One line and one action in the middle of a table without rows."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.label = plain_label()
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.label.setProperty("role", "muted")
        self.button = QPushButton()
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addStretch()
        column.addWidget(self.label)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()
        self.hide()


def _flat(cell: str) -> str:
    return " ".join(cell.split())
