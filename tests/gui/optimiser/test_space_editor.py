from decimal import Decimal

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.gui.optimiser.space_editor import SpaceEditor, value_words
from desktop_app.gui.optimiser.variables import Reach, Variable, variables_of
from desktop_app.research.space import Dimension
from tests.gui.editor.fake_engine import dca_ref
from tests.gui.optimiser.trials import SCALE, STEP

D = Decimal


@pytest.fixture
def editor(qtbot: QtBot, themed: QApplication) -> SpaceEditor:
    made = SpaceEditor()
    qtbot.addWidget(made)
    made.resize(1000, 200)
    made.set_variables(variables_of(dca_ref()), "USDT")
    made.show()
    return made


def sizes(editor: SpaceEditor) -> list[int]:
    return [len(one.values) for one in editor.dimensions or ()]


def test_x06_two_settings_are_proposed_with_their_values(editor: SpaceEditor) -> None:
    assert [variable.path for variable in editor.chosen] == [STEP, SCALE]
    assert all(count > 3 for count in sizes(editor))
    assert editor.rows[STEP].isVisible() and "take_profit.percent" not in editor.rows


def test_a_tick_brings_a_setting_in_and_takes_it_out(editor: SpaceEditor) -> None:
    heard: list[bool] = []
    editor.changed.connect(lambda: heard.append(True))
    editor.ticks["take_profit.percent"].click()
    assert len(sizes(editor)) == 3 and editor.rows["take_profit.percent"].isVisible()
    editor.ticks[STEP].click()

    assert [one.name for one in editor.dimensions or ()] == [SCALE, "take_profit.percent"]
    assert heard == [True, True]


def test_typed_ends_and_steps_are_what_is_tried(editor: SpaceEditor) -> None:
    row = editor.rows[STEP]
    for field, text in ((row.low, "1"), (row.high, "2"), (row.step, "0.5")):
        field.selectAll()
        QTest.keyClicks(field, text)

    assert (editor.dimensions or ())[0] == Dimension(STEP, (D(1), D("1.5"), D(2)))


def test_what_cannot_be_tried_is_said_beside_it_and_keeps_the_search_from_starting(editor: SpaceEditor) -> None:
    editor.rows[STEP].set_reach(Reach(D(3), D(1), D(1)))

    assert editor.dimensions is None
    assert editor.problem == "First step: The first value is above the last."
    assert editor.rows[STEP].low.accessibleDescription() == "The first value is above the last."


def test_an_empty_field_is_no_number(editor: SpaceEditor) -> None:
    editor.rows[STEP].low.clear()

    assert editor.dimensions is None and "Enter a number" in editor.problem


def test_another_bot_keeps_what_was_typed_where_it_fits(editor: SpaceEditor) -> None:
    editor.rows[STEP].set_reach(Reach(D(1), D(4), D(1)))
    editor.ticks["take_profit.percent"].click()
    editor.set_variables(variables_of(dca_ref()), "USDT")

    assert sizes(editor)[0] == 4 and len(sizes(editor)) == 3


def test_choices_are_all_tried(qtbot: QtBot, editor: SpaceEditor) -> None:
    spacing = Variable("grid.spacing", "Spacing", "", "arithmetic", (("arithmetic", "a"), ("geometric", "b")))
    editor.set_variables([spacing], "USDT")
    editor.ticks["grid.spacing"].click()

    assert editor.dimensions == (Dimension("grid.spacing", ("arithmetic", "geometric")),)


@pytest.mark.parametrize(
    ("value", "words"), [(D("1500.5"), "1,500.5"), (D("0.0000123"), "0.0000123"), (None, "—"), ("x", "one")]
)
def test_values_are_written_for_people(value: object, words: str) -> None:
    variable = Variable("a", "", choices=(("x", "one"),))

    assert value_words(variable, value) == words
