"""Tables as models: frozen rows by id, columns as descriptions, and only what changed is announced."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby, pairwise
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont, QIcon
from PySide6.QtWidgets import QApplication

from desktop_app.gui.fonts import number_font
from desktop_app.gui.i18n import tr
from desktop_app.gui.theme import current_theme
from desktop_app.gui.tips import plain_tip

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_SCATTERED = 8  # more separate removals than this cost more than showing the table anew


class Role(IntEnum):
    """What a cell tells beyond what Qt asks for."""

    RAW = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)  # without slots: CPython 3.11 cannot call a subscripted generic that is frozen and slotted
class Column(Generic[R]):
    """How one fact of a row is shown, sorted, copied and spoken. Titles are English: mark them with `tr_later`."""

    key: str  # ASCII and stable: layouts are saved by it
    title: str
    text: Callable[[R], str]
    sort: Callable[[R], Any] | None = None  # None values go last; without it the text sorts
    raw: Callable[[R], str] | None = None  # what a copy carries, e.g. fmt.plain; without it the text
    is_number: bool = False  # right-aligned, figures of one width
    colour: Callable[[R], str | None] | None = None  # name of a theme token: "profit", "muted"
    icon: Callable[[R], QIcon | None] | None = None
    tooltip: Callable[[R], str] | None = None
    spoken: Callable[[R], str] | None = None  # for a screen reader where sign or colour carries meaning
    hint: str = ""  # explains the column on its header
    width: int = 10  # in characters
    is_hidden: bool = False  # at first; the user may show it


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell looks like."""

    text: str
    colour: QColor | None
    icon: QIcon | None
    is_stale: bool = False


class RowsModel(QAbstractTableModel, Generic[R]):
    """A sorted, filtered table over rows with ids. Selection and scroll position survive every update."""

    def __init__(self, id_of: Callable[[R], str], columns: Sequence[Column[R]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._id_of = id_of
        self._rows: dict[str, R] = {}
        self._shown: list[str] = []
        self._position: dict[str, int] = {}
        self._filter: Callable[[R], bool] | None = None
        self._sorted_by: Column[R] | None = None
        self._is_descending = False
        self._keys: dict[str, tuple[bool, Any]] = {}
        self._is_stale = False
        self._stale_rows: Callable[[R], bool] | None = None
        self._cells: dict[str, list[Cell | None]] = {}
        self._searched: dict[str, str] = {}

    # --- rows --------------------------------------------------------------------------------------------------

    def upsert(self, rows: Iterable[R]) -> None:
        """Take new and changed rows; equal ones cost one comparison."""
        latest = {self._id_of(row): row for row in rows}
        touched = {row_id: row for row_id, row in latest.items() if self._rows.get(row_id) != row}
        self._rows.update(touched)
        self._forget(touched)
        wanted = [row_id for row_id, row in touched.items() if self._filter is None or self._filter(row)]
        changed = [row_id for row_id in wanted if row_id in self._position]
        added = [row_id for row_id in wanted if row_id not in self._position]
        if len(wanted) < len(touched):
            self._hide(touched.keys() & self._position.keys() - set(wanted))
        self._announce(changed)
        self._append(added)
        self._restore_order([*changed, *added])

    def remove(self, ids: Iterable[str]) -> None:
        """Forget rows; unknown ids are fine."""
        gone = [row_id for row_id in ids if row_id in self._rows]
        self._hide([row_id for row_id in gone if row_id in self._position])
        for row_id in gone:
            self._rows.pop(row_id, None)
            self._keys.pop(row_id, None)
        self._forget(gone)

    def replace(self, rows: Iterable[R]) -> None:
        """Show exactly these rows, keeping selection and scroll of those that stay."""
        fresh = list(rows)
        staying = {self._id_of(row) for row in fresh}
        self.remove([row_id for row_id in self._rows if row_id not in staying])
        self.upsert(fresh)

    def row(self, index: Index) -> R | None:
        """Return the row behind an index."""
        return self._rows[self._shown[index.row()]] if index.isValid() else None

    def row_by_id(self, row_id: str) -> R | None:
        """Return a row, shown or filtered out."""
        return self._rows.get(row_id)

    def id_at(self, position: int) -> str:
        """Return the id of the row shown at a position."""
        return self._shown[position]

    def index_of(self, row_id: str) -> QModelIndex:
        """Return where a row is shown, or an invalid index."""
        position = self._position.get(row_id)
        return _ROOT if position is None else self.index(position, 0)

    def shown_rows(self) -> list[R]:
        """Return what passes the filter, in the order of the screen."""
        return [self._rows[row_id] for row_id in self._shown]

    @property
    def total(self) -> int:
        """Count all rows, filtered out ones too."""
        return len(self._rows)

    # --- filter, order, look -----------------------------------------------------------------------------------

    def set_filter(self, wanted: Callable[[R], bool] | None) -> None:
        """Show only rows that pass; None shows all."""
        self._filter = wanted
        passing = {row_id for row_id, row in self._rows.items() if wanted is None or wanted(row)}
        self._hide([row_id for row_id in self._shown if row_id not in passing])
        added = [row_id for row_id in self._rows if row_id in passing and row_id not in self._position]
        self._append(added)
        self._restore_order(added)

    def set_filter_text(self, words: str) -> None:
        """Show only rows with all these words in their cells; numbers are not searched."""
        wanted = words.casefold().split()
        searched = [column.text for column in self.columns if not column.is_number]

        def has_all(row: R) -> bool:
            row_id = self._id_of(row)
            cells = self._searched.get(row_id)
            if cells is None:
                cells = self._searched[row_id] = "\n".join([text(row) for text in searched]).casefold()
            return all(word in cells for word in wanted)

        self.set_filter(has_all if wanted else None)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column and keep it so; −1 returns to the order of arrival."""
        self._sorted_by = self.columns[column] if 0 <= column < len(self.columns) else None
        self._is_descending = order == Qt.SortOrder.DescendingOrder
        self._keys = {row_id: self._key(self._rows[row_id]) for row_id in self._shown}
        self._reorder()

    def set_stale(self, is_stale: bool, of: Callable[[R], bool] | None = None) -> None:
        """Grey and slant the numbers: they are no longer fresh. `of`: only those of these rows."""
        if is_stale != self._is_stale or (is_stale and (of is not None or self._stale_rows is not None)):
            self._is_stale, self._stale_rows = is_stale, of
            self.repaint_all()

    def retranslate(self) -> None:
        """Ask views to fetch titles and texts again."""
        self._searched.clear()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(0, len(self.columns) - 1))
        self.repaint_all()

    def repaint_all(self) -> None:
        """Ask views to fetch every visible cell again: ages tick, balances hide, the theme changes."""
        self._cells.clear()
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, len(self.columns) - 1))

    # --- what Qt asks ------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Count shown rows."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Count columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Answer for one cell. The table's own painter asks `cell` instead, which is far cheaper."""
        answer = _ANSWERS.get(int(role))
        if answer is None or not index.isValid():
            return None
        return answer(self, self.columns[index.column()], self._rows[self._shown[index.row()]])

    def cell(self, position: int, section: int) -> "Cell":
        """Return what to paint; remembered until the row changes or everything is repainted."""
        row_id = self._shown[position]
        cells = self._cells.get(row_id)
        if cells is None:
            cells = self._cells[row_id] = [None] * len(self.columns)
        cell = cells[section]
        if cell is None:
            column, row = self.columns[section], self._rows[row_id]
            icon = column.icon(row) if column.icon else None
            is_old = column.is_number and self.is_row_stale(row)
            cell = cells[section] = Cell(column.text(row), self.colour_of(column, row), icon, is_old)
        return cell

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Answer for one title, translated now."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return tr(column.title)
            case Qt.ItemDataRole.ToolTipRole:
                return tr(column.hint) if column.hint else tr(column.title)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
        return None

    # --- inside ------------------------------------------------------------------------------------------------

    @property
    def is_stale(self) -> bool:
        """Tell whether the numbers are no longer fresh."""
        return self._is_stale

    def is_row_stale(self, row: R) -> bool:
        return self._is_stale and (self._stale_rows is None or self._stale_rows(row))

    def _forget(self, ids: Iterable[str]) -> None:
        for row_id in ids:
            self._cells.pop(row_id, None)
            self._searched.pop(row_id, None)

    def colour_of(self, column: Column[R], row: R) -> QColor | None:
        """Return a cell's colour in the theme in force, or None for the usual one."""
        name = column.colour(row) if column.colour else None
        if column.is_number and self.is_row_stale(row):
            name = "stale"
        return QColor(getattr(current_theme(), name)) if name else None

    def _key(self, row: R) -> tuple[bool, Any]:
        if self._sorted_by is None:
            return (False, 0)
        value = self._sorted_by.sort(row) if self._sorted_by.sort else self._sorted_by.text(row).casefold()
        # Unknown values stay at the end in both directions.
        return (value is None) != self._is_descending, 0 if value is None else value

    def _append(self, ids: list[str]) -> None:
        if not ids:
            return
        first = len(self._shown)
        self.beginInsertRows(_ROOT, first, first + len(ids) - 1)
        self._shown.extend(ids)
        self._position.update((row_id, first + i) for i, row_id in enumerate(ids))
        self.endInsertRows()

    def _hide(self, ids: Iterable[str]) -> None:
        """Take rows off the screen: neighbours together, or all at once if they lie scattered."""
        gone = set(ids)
        blocks = list(_blocks(self._position[row_id] for row_id in gone))
        if len(blocks) > _SCATTERED:
            self.beginResetModel()
            self._shown = [row_id for row_id in self._shown if row_id not in gone]
            self._renumber()
            self.endResetModel()
            return
        for first, last in reversed(blocks):
            self.beginRemoveRows(_ROOT, first, last)
            del self._shown[first : last + 1]
            self._renumber()
            self.endRemoveRows()

    def _renumber(self) -> None:
        self._position = {row_id: position for position, row_id in enumerate(self._shown)}

    def _announce(self, ids: list[str]) -> None:
        last_column = len(self.columns) - 1
        for first, last in _blocks(self._position[row_id] for row_id in ids):
            self.dataChanged.emit(self.index(first, 0), self.index(last, last_column))

    def _restore_order(self, touched: list[str]) -> None:
        """Sort again only if a touched row no longer stands between its neighbours."""
        if self._sorted_by is None or not touched:
            return
        for row_id in touched:
            self._keys[row_id] = self._key(self._rows[row_id])
        if any(not self._is_in_place(self._position[row_id]) for row_id in touched):
            self._reorder()

    def _is_in_place(self, position: int) -> bool:
        around = [self._keys[row_id] for row_id in self._shown[max(0, position - 1) : position + 2]]
        if self._is_descending:
            around.reverse()
        return all(before <= after for before, after in pairwise(around))

    def _reorder(self) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        kept = [self._shown[index.row()] for index in before]
        if self._sorted_by is None:
            arrival = {row_id: i for i, row_id in enumerate(self._rows)}
            self._shown.sort(key=arrival.__getitem__)
        else:
            self._shown.sort(key=self._keys.__getitem__, reverse=self._is_descending)
        self._renumber()
        after = [self.index(self._position[row_id], index.column()) for row_id, index in zip(kept, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()


def _blocks(positions: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Join neighbouring positions into (first, last), from the top down."""
    for _, run in groupby(enumerate(sorted(positions)), key=lambda pair: pair[1] - pair[0]):
        block = [position for _, position in run]
        yield block[0], block[-1]


def _alignment(column: Column[Any]) -> int:
    return _RIGHT if column.is_number else _LEFT


def _font(model: RowsModel[Any], column: Column[Any], row: Any) -> QFont | None:
    if not column.is_number:
        return None
    font = number_font(QApplication.font())
    font.setItalic(model.is_row_stale(row))
    return font


_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_ANSWERS: dict[int, Callable[[RowsModel[Any], Column[Any], Any], Any]] = {
    Qt.ItemDataRole.DisplayRole: lambda _m, column, row: column.text(row),
    Qt.ItemDataRole.ForegroundRole: lambda model, column, row: model.colour_of(column, row),
    Qt.ItemDataRole.TextAlignmentRole: lambda _m, column, _r: _alignment(column),
    Qt.ItemDataRole.FontRole: _font,
    Qt.ItemDataRole.DecorationRole: lambda _m, column, row: column.icon(row) if column.icon else None,
    Qt.ItemDataRole.ToolTipRole: lambda _m, column, row: plain_tip(column.tooltip(row)) if column.tooltip else None,
    Qt.ItemDataRole.AccessibleTextRole: lambda _m, column, row: (column.spoken or column.text)(row),
    Role.RAW: lambda _m, column, row: (column.raw or column.text)(row),
}
