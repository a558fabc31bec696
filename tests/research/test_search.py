"""What a search may ask for."""

from decimal import Decimal
from typing import Any

import pytest

from desktop_app.research.search import BadSearch, check
from tests.research.searches import SPACE, search

D = Decimal


def test_a_grid_tries_all_points_and_a_draw_as_many_as_wished() -> None:
    assert check(search()) == SPACE.size == 12
    assert check(search(sampler="random", trials=5)) == 5
    assert check(search(sampler="random")) == 12
    assert check(search(sampler="nsga2", objectives=("sharpe", "profit_quote"))) == 12


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        ({"trials": 5}, "12 points"),
        ({"objectives": ("luck",)}, "no objective"),
        ({"objectives": ()}, "an objective is needed"),
        ({"objectives": ("sharpe", "sharpe")}, "twice"),
        ({"objectives": ("sharpe", "calmar", "sortino", "profit_quote", "profit_factor")}, "more than 4"),
        ({"sampler": "nsga2"}, "name two"),
        ({"unseen_percent": D(95)}, "kept back"),
        ({"trials": 0, "sampler": "random"}, "at least one"),
    ],
)
def test_a_search_without_sense_is_refused(wish: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadSearch, match=reason):
        check(search(**wish))
