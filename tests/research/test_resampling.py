"""Other orders of the same deals."""

from itertools import permutations

import numpy as np
import pytest

from desktop_app.research.resampling import drawdowns, resample
from tests.research.searches import D


def test_the_fall_is_from_the_highest_point_so_far() -> None:
    rows = np.array([[10.0, -22.0, 50.0, -13.8], [-50.0, 10.0, 10.0, 10.0], [1.0, 1.0, 1.0, 1.0]])

    assert drawdowns(rows, np.zeros_like(rows), 100.0).tolist() == pytest.approx([20, 50, 0])


def test_a_deal_that_ends_well_falls_as_deep_as_it_stood_while_open() -> None:
    rows, worst = np.array([[10.0, 10.0, -5.0]]), np.array([[-4.0, -22.0, -5.0]])

    assert drawdowns(rows, worst, 100.0).tolist() == pytest.approx([20])  # 88 after 110


def test_shuffled_deals_fall_as_deep_as_their_orders_do() -> None:
    profits = np.array([10.0, -5.0, 3.0, -8.0, 6.0])
    orders = np.array(list(permutations(profits)))
    every = drawdowns(orders, np.minimum(orders, -2.0), 100.0)

    found = resample(profits, np.minimum(profits, -2.0), D(100), runs=20_000)

    assert found is not None and (found.deals, found.losing_deals) == (5, 2)
    assert found.own_drawdown == pytest.approx(float(every[0]))
    assert found.shuffled_drawdown.high == pytest.approx(float(np.percentile(every, 95)), abs=0.3)
    assert found.shuffled_drawdown.low == pytest.approx(float(np.percentile(every, 5)), abs=0.3)


def test_deals_drawn_anew_lose_as_often_as_chance_says() -> None:
    found = resample(np.array([1.0, -1.0]), np.array([0.0, -1.0]), D(100), runs=20_000)

    assert found is not None
    assert found.losing_share == pytest.approx(0.25, abs=0.02)  # both are the loss
    assert found.drawn_profit.low == -2 and found.drawn_profit.high == 2


def test_the_same_seed_draws_the_same() -> None:
    profits = np.random.default_rng(1).normal(1, 5, 40)

    once, again, other = (resample(profits, profits, D(100), seed=seed) for seed in (3, 3, 4))
    assert once == again != other


def test_one_deal_has_no_other_order() -> None:
    assert resample(np.array([4.0]), np.array([-1.0]), D(100)) is None
