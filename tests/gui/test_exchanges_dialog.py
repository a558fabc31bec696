from pytestqt.qtbot import QtBot

from desktop_app.gui.exchanges_dialog import ExchangesDialog
from tests.gui.fake_engine import EXCHANGES
from tests.gui.shell import Shell


def test_the_table_says_what_works_and_what_does_not(qtbot: QtBot) -> None:
    dialog = ExchangesDialog(EXCHANGES)
    qtbot.addWidget(dialog)

    row = dialog.model.row_by_id("coinmate")
    assert row is not None
    cells = {column.key: column.text(row) for column in dialog.model.columns}
    assert (cells["trade"], cells["check"], cells["candles"]) == ("no", "no", "yes")
    assert cells["level"] == "Connectable, not tried"
    assert "2 of them were worked through" in dialog._intro.text()
    dialog.table.select("coinmate")
    assert "counts as unknown" in dialog._note.text()
    assert "look there yourself that withdrawals are off" in dialog._note.text()


def test_it_is_searched(qtbot: QtBot) -> None:
    dialog = ExchangesDialog(EXCHANGES)
    qtbot.addWidget(dialog)
    dialog.search.setText("kuc")
    assert [row.id for row in dialog.model.shown_rows()] == ["kucoin"]


def test_help_opens_it(shell: Shell) -> None:
    shell.arrive()
    shell.do(shell.window.commands.exchanges.trigger)
    assert shell.sheet().objectName() == "dialog.exchanges"
    shell.do(shell.sheet().reject)
