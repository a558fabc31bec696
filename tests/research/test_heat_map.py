"""The picture of a search: the best of each pair of values."""

from desktop_app.research.heat_map import grid_of
from desktop_app.research.search import Found
from desktop_app.research.space import read_space
from tests.research.searches import D, found, search, trial


def test_a_cell_has_the_best_over_the_other_settings() -> None:
    result = found(search())

    field = grid_of(result, "take_profit.percent", "safety_orders.max_count")

    assert field.columns == (D("0.4"), D("0.6"), D("0.8"))
    assert field.rows == (1, 2)
    for row, count in enumerate(field.rows):
        for column, percent in enumerate(field.columns):
            fitting = [
                one
                for one in result.trials
                if dict(one.point.values)["take_profit.percent"] == percent
                and dict(one.point.values)["safety_orders.max_count"] == count
            ]
            assert field.cells[row][column] == max(fitting, key=lambda one: one.score)


def test_one_setting_makes_one_row_and_what_was_not_tried_is_empty() -> None:
    space = read_space("[a]\nb = { values = [1, 2, 3] }\n")
    first, second, _ = space.points()
    trials = (trial(5.0, point=first, broken=("max-funds",)), trial(1.0, point=first), trial(2.0, point=second))
    result = Found(search(space), trials, 0, 1.0, "complete", "core")

    field = grid_of(result, "a.b")

    assert field.rows == (None,)
    assert field.cells == ((trials[1], trials[2], None),)  # what keeps to the limits comes first
