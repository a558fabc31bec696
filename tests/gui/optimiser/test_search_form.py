from decimal import Decimal

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.gui.optimiser.goals import PARETO
from desktop_app.gui.optimiser.search_form import LONG_MS, SearchForm
from desktop_app.gui.optimiser.variables import Reach
from desktop_app.research.goals import Limits
from tests.gui.editor.fake_engine import dca_ref
from tests.gui.optimiser.trials import SCALE, STEP

D = Decimal


@pytest.fixture
def form(qtbot: QtBot, themed: QApplication) -> SearchForm:
    made = SearchForm(dca_ref(), "USDT")
    qtbot.addWidget(made)
    made.resize(1000, 240)
    made.show()
    return made


def widen(form: SearchForm) -> None:
    """Far more combinations than anybody wants to try."""
    for path in (STEP, SCALE):
        form.space.rows[path].set_reach(Reach(D(1), D(2), D("0.01")))


def choose(form: SearchForm, key: str) -> None:
    form.sampler.setCurrentIndex(form.sampler.findData(key))


def test_x06_few_combinations_are_all_tried_and_many_are_learnt_from(form: SearchForm) -> None:
    search = form.search()
    assert search is not None and search.sampler == "grid" and search.trials is None
    assert not form.runs.isVisible() and f"all {form.combinations}" in form.sampler.currentText()
    widen(form)
    search = form.search()

    assert search is not None and search.sampler == "tpe" and search.trials == 500
    assert form.runs.isVisible()


def test_the_choice_of_runs_can_be_made_by_hand(form: SearchForm) -> None:
    choose(form, "random")
    form.runs.set_value(D(40))
    search = form.search()

    assert search is not None and (search.sampler, search.trials) == ("random", 40)
    form.runs.set_value(D(0))
    assert form.search() is None and "Between 1 and" in form.problem


def test_a_grid_of_endless_combinations_is_refused_with_the_way_out(form: SearchForm) -> None:
    widen(form)
    form.space.ticks["take_profit.percent"].click()
    form.space.rows["take_profit.percent"].set_reach(Reach(D(1), D(2), D("0.01")))
    choose(form, "grid")

    assert form.search() is None
    assert form.problem == "1,030,301 combinations are too many. Take larger steps, or draw some."


def test_limits_go_along_and_empty_ones_mean_none(form: SearchForm) -> None:
    assert form.search().limits == Limits()  # type: ignore[union-attr]
    form.most_funds.set_value(D(200))
    form.most_fall.set_value(D("12.5"))
    form.least_deals.set_value(D(30))

    assert form.search().limits == Limits(D(200), D("12.5"), 30)  # type: ignore[union-attr]
    form.least_deals.setText("-1")
    assert form.search() is None and form.problem.startswith("deals at least:")


def test_several_goals_at_once_evolve_where_there_are_many(form: SearchForm) -> None:
    form.goal.setCurrentIndex(form.goal.findData(PARETO))
    widen(form)
    search = form.search()

    assert search is not None
    assert (search.sampler, search.objectives) == ("nsga2", ("total_quote", "max_drawdown_percent"))


def test_x06_a_long_period_is_walked_forward_unless_somebody_says_no(form: SearchForm) -> None:
    form.show_period(LONG_MS - 1)
    assert form.folds == 0 and not form.walks.isEnabled()
    form.show_period(LONG_MS)
    assert form.folds == 4
    form.walks.click()
    form.show_period(2 * LONG_MS)

    assert form.folds == 0


def test_a_grid_bot_has_its_own_settings_and_goals(form: SearchForm) -> None:
    shape = {"lower": 60_000, "upper": 70_000, "lines": 21, "investment": 1000}
    place = {"name": "bot", "account": "paper", "pairs": ["BTC/USDT"]}
    form.show_settings(GridSettings.model_validate({**place, "grid": shape}))
    search = form.search()

    assert search is None  # what was ticked was of another kind of bot
    form.space.ticks["grid.lines"].click()
    search = form.search()
    assert search is not None and search.objectives == ("total_quote",)
