from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.gui.optimiser.results import ResultRow, make_row
from desktop_app.gui.optimiser.results_box import ResultsBox
from desktop_app.gui.optimiser.variables import variables_of
from desktop_app.research.search_run import Tried
from tests.gui.editor.fake_engine import dca_ref
from tests.gui.optimiser.trials import SCALE, SEARCH, SOME, STEP

VARIED = [variable for variable in variables_of(dca_ref()) if variable.path in (STEP, SCALE)]


def rows(*numbers: int) -> list[ResultRow]:
    return [make_row(n, Tried(SOME[n - 1], None), SEARCH.objective, None) for n in numbers]


def test_the_chosen_run_stays_chosen_while_others_come_before_it(qtbot: QtBot, themed: QApplication) -> None:
    box = ResultsBox()
    qtbot.addWidget(box)
    box.show_axes(VARIED, "USDT")
    box.show_rows(rows(1, 2))
    box.table.select(rows(2)[0].key)
    moved = [make_row(at, Tried(SOME[place], None), SEARCH.objective, None) for at, place in ((1, 3), (2, 1), (3, 0))]
    box.show_rows(moved)

    assert box.chosen is not None and box.chosen.trial is SOME[1] and box.chosen.number == 2
    assert [row.number for row in box.table.rows_model.shown_rows()] == [1, 2, 3]


def test_other_settings_have_other_columns_and_the_words_for_nothing_stay(qtbot: QtBot, themed: QApplication) -> None:
    box = ResultsBox()
    qtbot.addWidget(box)
    box.set_empty("nothing yet")
    box.show_axes(VARIED, "USDT")
    first = box.table
    box.show_axes(VARIED[:1], "USDT")

    assert box.table is not first
    assert [column.key for column in box.table.rows_model.columns][:3] == ["number", STEP, "profit"]
    assert box.needed_width > 400


def test_a_run_from_further_down_can_be_brought_in(qtbot: QtBot, themed: QApplication) -> None:
    box = ResultsBox()
    qtbot.addWidget(box)
    box.show_axes(VARIED, "USDT")
    box.show_rows(rows(1))
    box.add(rows(4)[0])

    assert box.table.select(rows(4)[0].key) and box.chosen == rows(4)[0]
