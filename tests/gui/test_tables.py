from decimal import Decimal

import pytest
from PySide6.QtCore import QEvent, QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QFocusEvent, QFont
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.gui import fmt
from desktop_app.gui.i18n import Language, set_language
from desktop_app.gui.models import Column, RowsModel
from desktop_app.gui.tables import DataTable, TableFrame

Row = tuple[str, Decimal]
COLUMNS = (
    Column[Row]("pair", "Pair", lambda r: r[0]),
    Column[Row]("last", "Last", lambda r: fmt.price(r[1], Decimal("0.01")), raw=lambda r: fmt.plain(r[1]),
                sort=lambda r: r[1], is_number=True),
    Column[Row]("note", "Note", lambda r: "two\twords", is_hidden=True),
)  # fmt: skip


@pytest.fixture
def table(qtbot: QtBot, themed: QApplication) -> DataTable[Row]:
    model: RowsModel[Row] = RowsModel(lambda r: r[0], COLUMNS)
    made = DataTable(model, "Pair")
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    return made


def fill(table: DataTable[Row], count: int = 3) -> None:
    table.rows_model.upsert((f"P{n:03d}", Decimal(63120 + n)) for n in range(count))


def test_copy_carries_raw_numbers_of_visible_columns(table: DataTable[Row], qtbot: QtBot) -> None:
    fill(table)
    table.selectAll()
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)  # type: ignore[no-untyped-call]
    assert QApplication.clipboard().text() == "Pair\tLast\nP000\t63120\nP001\t63121\nP002\t63122"

    table.show_column("note")
    table.horizontalHeader().moveSection(0, 1)
    table.select("P001")
    table.copy_selected()
    assert QApplication.clipboard().text() == "Last\tPair\tNote\n63121\tP001\ttwo words"


def test_an_empty_table_says_what_would_be_here(table: DataTable[Row], qtbot: QtBot) -> None:
    table.set_empty("No pairs yet.", "Add BTC/USDT")
    assert table._empty.isVisible()
    with qtbot.waitSignal(table.empty_action_requested):
        table._empty.button.click()

    fill(table)
    assert not table._empty.isVisible()
    table.rows_model.remove(["P000", "P001", "P002"])
    assert table._empty.isVisible()


def test_selection_and_scroll_survive_updates_sorting_and_scattered_filters(table: DataTable[Row]) -> None:
    fill(table, 200)
    table.select("P150")
    scrolled = table.verticalScrollBar().value()
    table.rows_model.upsert([("P010", Decimal(1)), ("Q", Decimal(2))])
    assert table.verticalScrollBar().value() == scrolled
    assert table.selected_ids() == ["P150"]

    table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert table.selected_ids() == ["P150"]
    table.rows_model.set_filter(lambda row: row[0].endswith("0"))
    assert table.selected_ids() == ["P150"]
    assert table.current_id() == "P150"


def test_selecting_tells_the_id(table: DataTable[Row], qtbot: QtBot) -> None:
    fill(table)
    with qtbot.waitSignal(table.row_selected) as told:
        assert table.select("P002")
    assert told.args == ["P002"]
    assert not table.select("unknown")
    with qtbot.waitSignal(table.row_activated) as told:
        qtbot.keyClick(table, Qt.Key.Key_Return)  # type: ignore[no-untyped-call]
    assert told.args == ["P002"]


def test_the_menu_key_asks_for_the_menu_of_the_selected_rows(table: DataTable[Row], qtbot: QtBot) -> None:
    fill(table)
    table.select("P001")
    with qtbot.waitSignal(table.menu_requested) as told:
        table.customContextMenuRequested.emit(QPoint(5, 5))
    assert told.args is not None
    assert told.args[0] == ["P001"]


def test_a_layout_survives_by_column_keys(table: DataTable[Row], qtbot: QtBot) -> None:
    fill(table)
    table.show_column("note")
    table.horizontalHeader().moveSection(2, 0)
    table.setColumnWidth(1, 133)
    table.show_column("pair", is_shown=False)
    table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    state = table.layout_state()

    other = DataTable(RowsModel(lambda r: r[0], (*COLUMNS, Column[Row]("new", "New", lambda r: ""))), "Pair")
    qtbot.addWidget(other)
    fill(other)
    assert other.restore_layout(state)
    assert other.visible_keys() == ["note", "last", "new"]
    assert other.columnWidth(1) == 133
    assert other.rows_model.id_at(0) == "P002"


@pytest.mark.parametrize("state", ["", "null", "[]", "{}", '{"columns": [[1]], "sort": ""}', '{"columns": 3}'])
def test_a_broken_layout_is_refused(table: DataTable[Row], state: str) -> None:
    before = table.layout_state()

    assert not table.restore_layout(state)
    assert table.layout_state() == before


def test_the_last_column_cannot_be_hidden(table: DataTable[Row]) -> None:
    table.show_column("last", is_shown=False)
    table.show_column("pair", is_shown=False)

    assert table.visible_keys() == ["pair"]


def test_the_header_menu_lists_all_columns(table: DataTable[Row]) -> None:
    menu = table.column_menu()
    note = next(action for action in menu.actions() if action.text() == "Note")
    assert not note.isChecked()
    note.trigger()

    assert table.visible_keys() == ["pair", "last", "note"]


def test_it_is_read_aloud_with_its_row_count_in_both_languages(table: DataTable[Row]) -> None:
    fill(table)
    assert table.accessibleName() == "Pair, 3 rows"
    try:
        set_language(Language.CHINESE)
        QApplication.processEvents()
        assert "3" in table.accessibleName()
        assert "rows" not in table.accessibleName()
    finally:
        set_language(Language.ENGLISH)
        QApplication.processEvents()


def test_rows_grow_with_the_text(table: DataTable[Row]) -> None:
    before = table.verticalHeader().defaultSectionSize()
    big = QFont(table.font())
    big.setPointSizeF(big.pointSizeF() * 2)
    table.setFont(big)

    assert table.verticalHeader().defaultSectionSize() == table.fontMetrics().height() + 6 > before


def test_tab_arrives_on_a_row_and_leaves_the_table(table: DataTable[Row], qtbot: QtBot) -> None:
    fill(table)
    assert not table.tabKeyNavigation()
    QApplication.sendEvent(table, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason))
    assert table.current_id() == "P000"
    assert table.selected_ids() == []


def test_after_an_error_the_old_rows_stay_below_the_card(qtbot: QtBot, themed: QApplication) -> None:
    table = DataTable(RowsModel[Row](lambda r: r[0], COLUMNS), "Pair")
    frame = TableFrame(table)
    qtbot.addWidget(frame)
    frame.show()
    fill(table)
    frame.show_error("Binance's pair list did not load.", "Showing the list from yesterday.", action="Try again")

    assert frame.banner.isVisible()
    assert table.rows_model.rowCount() == 3
    assert table.rows_model.index(0, 1).data(Qt.ItemDataRole.FontRole).italic()
    with qtbot.waitSignal(frame.banner.action_requested):
        frame.banner._action.click()
    frame.show_stale("Prices from 14:01:10. Reconnecting.")
    frame.show_fresh()
    assert not frame.banner.isVisible()
    assert not table.rows_model.index(0, 1).data(Qt.ItemDataRole.FontRole).italic()


def test_sorting_clicks_keep_the_selection_model_alive(table: DataTable[Row]) -> None:
    fill(table)
    table.selectionModel().select(table.model().index(0, 0), QItemSelectionModel.SelectionFlag.Select)
    QApplication.sendEvent(table, QEvent(QEvent.Type.LanguageChange))

    assert table.selected_ids() in (["P000"], [])
