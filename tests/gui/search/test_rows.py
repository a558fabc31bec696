from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListView
from pytestqt.qtbot import QtBot

from desktop_app.gui.search.finder import Entry, Kind
from desktop_app.gui.search.rows import FoundModel, FoundPainter


def nothing() -> None:
    pass


def model() -> FoundModel:
    made = FoundModel()
    made.show(
        [
            Entry(Kind.BOT, "BTC starter", "DCA", nothing),
            Entry(Kind.COMMAND, "Backtest", "Research", nothing, "Ctrl+R"),
            Entry(Kind.COMMAND, "Back", "Window", nothing),
        ]
    )
    return made


def test_a_screen_reader_hears_the_whole_row() -> None:
    rows = model()
    row = rows.index(1)

    assert row.data(Qt.ItemDataRole.DisplayRole) == "Backtest"
    assert row.data(Qt.ItemDataRole.AccessibleTextRole) == "Backtest, Research, Command, Ctrl+R"


def test_a_line_stands_where_another_kind_begins() -> None:
    rows = model()

    assert [rows.begins_a_kind(row) for row in range(3)] == [False, True, False]


def test_the_rows_can_be_painted_and_the_current_one_differs(qtbot: QtBot) -> None:
    rows, view = model(), QListView()
    qtbot.addWidget(view)
    view.setModel(rows)
    view.setItemDelegate(FoundPainter(rows))
    view.resize(400, 120)
    before = view.grab().toImage()

    view.setCurrentIndex(rows.index(1))

    assert view.grab().toImage() != before
