"""Objectives, limits and the Pareto front."""

from decimal import Decimal
from itertools import product
from math import inf

import numpy as np
import pytest

from desktop_app.research.goals import (
    PROFIT_OVER_DRAWDOWN,
    Limits,
    front_of,
    objectives,
    score_of,
    shown_score,
    usual_objective,
)
from tests.research.searches import summary

D = Decimal


@pytest.mark.parametrize("objective", objectives())
def test_every_objective_gives_a_score_that_shows_as_the_number_it_is_of(objective: str) -> None:
    one = summary(max_drawdown_percent=D(7), max_funds_quote=D(200), profit_percent=D(14))

    score = score_of(one, objective)

    value = getattr(one, objective, None)
    if value is not None:
        assert shown_score(score, objective) == float(value)
    assert score_of(one, PROFIT_OVER_DRAWDOWN) == 2


def test_what_is_undefined_is_worst_and_shows_as_nothing() -> None:
    assert score_of(summary(sharpe=None), "sharpe") == -inf
    assert shown_score(-inf, "sharpe") is None


def test_a_grid_is_for_what_it_is_worth() -> None:
    assert usual_objective("grid") == "total_quote"
    assert usual_objective("dca") == "profit_quote"


def test_limits_name_what_breaks_them_and_by_which_share() -> None:
    limits = Limits(max_funds=D(80), max_drawdown=D(1), min_deals=6)

    assert Limits().broken(summary()) == ()
    assert limits.broken(summary()) == ("max-funds", "min-deals")
    assert limits.excesses(summary()) == {"max-funds": 0.25, "max-drawdown": 0, "min-deals": 0.5}
    assert limits.broken(summary(round_trips=6)) == ("max-funds",)  # a grid's deals are its round trips


def test_the_front_is_what_no_other_beats() -> None:
    scores = [(1.0, 5.0), (2.0, 4.0), (2.0, 3.0), (3.0, 1.0), (0.5, 0.5), (2.0, 4.0), (inf, -inf)]

    assert front_of(scores).tolist() == [True, True, False, True, False, True, False]
    assert front_of([]).tolist() == []


def test_the_front_is_that_of_comparing_all_with_all() -> None:
    chance = np.random.default_rng(3)
    scores = [tuple(float(one) for one in row) for row in chance.integers(0, 6, (120, 3))]

    def beats(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
        return one != other and all(mine >= theirs for mine, theirs in zip(one, other, strict=True))

    beaten = {other for one, other in product(scores, scores) if beats(one, other)}
    assert front_of(scores).tolist() == [one not in beaten for one in scores]
    large = [(1e16, 1.0), (1e16, 2.0)]
    assert front_of(large).tolist() == [False, True]
