from desktop_app.gui.optimiser.goals import GOALS, PARETO, goals_of, usual_goal
from desktop_app.research.goals import objectives


def test_every_goal_is_one_that_the_search_knows() -> None:
    assert {name for goal in GOALS for name in goal.objectives} <= set(objectives())
    assert next(goal for goal in GOALS if goal.key == PARETO).objectives == ("total_quote", "max_drawdown_percent")


def test_a_grid_is_not_searched_by_deals_that_close() -> None:
    assert usual_goal("grid").key == "total_quote" and usual_goal("grid") in goals_of("grid")
    assert usual_goal("dca") in goals_of("dca") and usual_goal("dca") not in goals_of("grid")
