"""Other orders of the same deals."""

from itertools import permutations

import numpy as np
import pytest

from desktop_app.research.resampling import drawdowns, resample
from tests.research.searches import D


def test_the_fall_is_from_the_highest_point_so_far() -> None:
    rows = np.array([[10.0, -22.0, 50.0, -13.8], [-50.0, 10.0, 10.0, 10.0], [1.0, 1.0, 1.0, 1.0]])

    assert drawdowns(rows, 100.0).tolist() == pytest.approx([20, 50, 0])


def test_shuffled_deals_fall_as_deep_as_their_orders_do() -> None:
    profits = np.array([10.0, -5.0, 3.0, -8.0, 6.0])
    every = drawdowns(np.array(list(permutations(profits))), 100.0)

    found = resample(profits, D(100), runs=20_000)

    assert found is not None and found.deals == 5
    assert found.own_drawdown == pytest.approx(float(drawdowns(profits[np.newaxis], 100.0)[0]))
    assert found.shuffled_drawdown.high == pytest.approx(float(np.percentile(every, 95)), abs=0.3)
    assert found.shuffled_drawdown.low == pytest.approx(float(np.percentile(every, 5)), abs=0.3)


def test_deals_drawn_anew_lose_as_often_as_chance_says() -> None:
    found = resample(np.array([1.0, -1.0]), D(100), runs=20_000)

    assert found is not None
    assert found.losing_share == pytest.approx(0.25, abs=0.02)  # both are the loss
    assert found.drawn_profit.low == -2 and found.drawn_profit.high == 2


def test_the_same_seed_draws_the_same() -> None:
    profits = np.random.default_rng(1).normal(1, 5, 40)

    assert resample(profits, D(100), seed=3) == resample(profits, D(100), seed=3) != resample(profits, D(100), seed=4)


def test_one_deal_has_no_other_order() -> None:
    assert resample(np.array([4.0]), D(100)) is None
