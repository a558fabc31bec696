"""Holds the table of runs; a search over other settings has other columns, and so another table."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.gui.i18n import tr, tr_later
from desktop_app.gui.models import RowsModel
from desktop_app.gui.optimiser.results import ResultRow, columns_of
from desktop_app.gui.optimiser.variables import Variable
from desktop_app.gui.tables import DataTable

_MARGIN, _TITLE_MARGIN = 8, 11
_SCROLL_BAR = 20


class ResultsBox(QWidget):
    """The best run first, until somebody sorts otherwise; the chosen row stays chosen while others come."""

    row_selected = Signal(str)  # key
    row_activated = Signal(str)
    menu_requested = Signal(str, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._empty = ""
        self._axes: tuple[tuple[Variable, ...], str] = ((), "")
        self.table = self._make(columns_of((), ""))
        self._column.addWidget(self.table)
        self._show_bar()

    def show_axes(self, variables: Sequence[Variable], quote: str) -> None:
        """The settings that the rows differ in."""
        axes = (tuple(variables), quote)
        if axes == self._axes:
            self.table.rows_model.replace(())
            return
        self._axes = axes
        old, self.table = self.table, self._make(columns_of(variables, quote))
        self._column.replaceWidget(old, self.table)
        old.setParent(None)
        old.deleteLater()
        self._show_bar()

    def show_rows(self, rows: Iterable[ResultRow]) -> None:
        self.table.rows_model.replace(rows)
        self._show_bar()

    def _show_bar(self) -> None:
        """Nothing is scrolled to while there are only words."""
        policy = Qt.ScrollBarPolicy
        has_rows = self.table.rows_model.rowCount() > 0
        self.table.setHorizontalScrollBarPolicy(
            policy.ScrollBarAsNeeded if has_rows else policy.ScrollBarAlwaysOff
        )  # fmt: skip

    def add(self, row: ResultRow) -> None:
        """One more that is wanted although it is not among the best."""
        self.table.rows_model.upsert((row,))

    def row(self, key: str) -> ResultRow | None:
        return self.table.rows_model.row_by_id(key)

    @property
    def chosen(self) -> ResultRow | None:
        return self.row(self.table.current_id())

    @property
    def needed_width(self) -> int:
        """So that everything up to the verdict is in sight."""
        keys = [column.key for column in self.table.rows_model.columns]
        return sum(self.table.columnWidth(section) for section in range(keys.index("mark") + 1)) + _SCROLL_BAR

    def set_empty(self, text: str) -> None:
        self._empty = text
        self.table.set_empty(text)

    def retranslate(self) -> None:
        self.table.rows_model.retranslate()
        _fit(self.table)

    def _make(self, columns: Sequence[object]) -> DataTable[ResultRow]:
        model: RowsModel[ResultRow] = RowsModel(lambda row: row.key, columns)  # type: ignore[arg-type]
        table = DataTable(model, tr_later("Runs of the search"), self)
        model.setParent(table)
        table.setSelectionMode(DataTable.SelectionMode.SingleSelection)
        table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        table.set_empty(self._empty)
        _fit(table)
        table.row_selected.connect(self.row_selected)
        table.row_activated.connect(self.row_activated)
        table.menu_requested.connect(lambda ids, at: self.menu_requested.emit(ids[0], at))
        return table


def _fit(table: DataTable[ResultRow]) -> None:
    """As narrow as titles and numbers allow: what was seen and what was not fit side by side."""
    metrics, columns = table.fontMetrics(), table.rows_model.columns
    for section, column in enumerate(columns):
        figures = metrics.horizontalAdvance("0") * column.width
        title = metrics.horizontalAdvance(tr(column.title))
        table.setColumnWidth(section, max(figures + 2 * _MARGIN, title + 2 * _TITLE_MARGIN))
