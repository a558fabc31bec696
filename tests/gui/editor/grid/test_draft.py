"""The form of a grid says what its settings are, and nothing of it is lost."""

from typing import Any

import pytest

from desktop_app.gui.editor.grid.draft import draft_of, read_draft
from tests.gui.editor.grid.conftest import OpenGrid
from tests.gui.grids import grid_ref

LINES, UPPER, LOWER = "grid.lines", "grid.upper", "grid.lower"


@pytest.mark.parametrize(
    ("path", "text", "where", "words"),
    [
        (UPPER, "59000", UPPER, "Must be above the lower end."),
        (UPPER, "", UPPER, "This is needed."),
        (LINES, "1", LINES, "Must be at least 2."),
        (LINES, "2.5", LINES, "Must be a whole number."),
        (LOWER, "1,5", LOWER, '"1,5" could mean 1.5 or 15. Use a point for decimals.'),
        ("grid.stop_below.price", "61000", "grid.stop_below.price", "Must be below the lowest line."),
        ("grid.stop_above.price", "61000", "grid.stop_above.price", "Must be above the highest line."),
        ("grid.expand_up_to", "65000", "grid.expand_up_to", "Must be above the upper end."),
        ("pairs", "BTC/USDT, ETH/USDT", "pairs", "A grid trades one pair."),
    ],
)
def test_B_08_what_no_grid_can_run_with_is_said_at_its_field(path: str, text: str, where: str, words: str) -> None:
    made = read_draft(draft_of(grid_ref()).with_text(path, text))
    assert made.settings is None
    assert [(one.path, one.text) for one in made.remarks] == [(where, words)]


@pytest.mark.parametrize(
    "changes",
    [
        {"stop_above": {"price": "75000", "then": "stop_and_sell"}, "trailing_down": True, "take_profit_percent": "30"},
        {"upper": None, "lines": None, "spacing": "geometric", "step_percent": "1", "volume_unit": "quote"},
        {"investment": None, "volume_per_line": "0.002", "start_price": "63000", "max_active_buy_lines": 5},
        {"volume_unit": "quote", "profit_currency": "base", "use_held_coins": True, "expand_down_to": "50000"},
    ],
)
def test_B_14_switching_loses_nothing_of_a_grid(open_grid: OpenGrid, changes: dict[str, Any]) -> None:
    chosen = grid_ref(**changes)
    editor = open_grid(chosen)
    editor.head.view.set_value("simple")
    editor.head.view.set_value("advanced")
    assert editor.form.draft(editor.head.texts()) == draft_of(chosen)
    assert editor.picture.settings == chosen


def test_every_setting_of_a_grid_can_be_reached_on_the_form(open_grid: OpenGrid) -> None:
    from desktop_app.core.strategies.grid_settings import Grid

    reached = {path.split(".")[1] for path in open_grid().form.rows if path.startswith("grid.")}
    assert reached == set(Grid.model_fields)


def test_the_shape_without_an_end_hides_what_it_does_not_have_and_keeps_it(open_grid: OpenGrid) -> None:
    editor = open_grid()
    editor.set_draft(editor.draft.with_text("shape", "infinite").with_text("grid.step_percent", "1"))
    assert editor.picture.settings is not None
    assert editor.picture.settings.grid.is_infinite
    assert not editor.form.rows[UPPER].isVisibleTo(editor.form)
    assert "upwards" in editor.foot.sentence.text()
    editor.set_draft(editor.draft.with_text("shape", "range"))
    assert editor.picture.settings == grid_ref()
