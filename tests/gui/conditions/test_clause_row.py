"""One condition as a row: the words that its indicator has, and what becomes of it when one is picked."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.core.indicator_catalogue import catalogue
from desktop_app.gui.conditions.chips import ChoiceChip
from desktop_app.gui.conditions.clause_row import ClauseRow
from desktop_app.gui.conditions.clauses import Clause, clause_of
from desktop_app.gui.conditions.reading import Fault, indicators, read_clause


@pytest.mark.parametrize("name", [one.name for one in catalogue()])
def test_every_indicator_has_a_chip_for_each_of_its_settings(qtbot: QtBot, themed: QApplication, name: str) -> None:
    known = indicators()[name]
    row = ClauseRow(clause_of(known.first), (0,))
    qtbot.addWidget(row)
    wanted = {"indicator", "timeframe", "trigger", *(one.name for one in known.parameters)}
    assert wanted <= set(row.chips)
    assert ("line" in row.chips) == bool(known.compared)
    assert ("against" in row.chips) == bool(known.against)
    assert ("value" in row.chips) == (known.value is not None and row.clause.text("value") not in known.against)


@pytest.mark.parametrize("name", [one.name for one in catalogue()])
def test_another_indicator_begins_with_its_own_usual_numbers(qtbot: QtBot, themed: QApplication, name: str) -> None:
    row = ClauseRow(clause_of(indicators()["rsi"].first), (0,))
    qtbot.addWidget(row)
    changed: list[Clause] = []
    row.changed.connect(changed.append)
    chip = row.chips["indicator"]
    assert isinstance(chip, ChoiceChip)
    chip.choose(name)
    assert all(read_clause(clause) == () and clause.indicator == name for clause in changed)
    assert len(changed) == (name != "rsi")


def test_a_clause_of_an_indicator_that_is_not_known_can_still_be_seen(qtbot: QtBot, themed: QApplication) -> None:
    row = ClauseRow(Clause("moon", "5m", "less_than", (("value", "3"),)), (0,))
    qtbot.addWidget(row)
    row.show_faults([Fault((0,), "indicator", "This indicator is not known.")])
    assert row.problem == "This indicator is not known."
    assert row.chips["indicator"].property("problem") is True


def test_only_other_numbers_leave_the_words_where_they_are(qtbot: QtBot, themed: QApplication) -> None:
    clause = clause_of(indicators()["stochastic"].first)
    row = ClauseRow(clause, (0,))
    qtbot.addWidget(row)
    assert row.show_clause(clause.with_text("length", "20"))
    assert not row.show_clause(clause.with_text("value", "20")), "a number in place of a line is another sentence"
