"""Values of indicators as the chart keeps them: thinned without losing a peak, held until the next is known."""

import math

import numpy as np

from desktop_app.gui.chart.study import Curve, stepped, text_of, thinned, value_known_at


def test_thinning_keeps_every_peak() -> None:
    at = np.arange(100_000, dtype=np.int64)
    values = np.zeros(100_000)
    values[77_777], values[3] = 9.0, -9.0
    moments, kept = thinned(at, values, 2_000)
    assert len(kept) <= 2_100
    assert kept.max() == 9.0
    assert kept.min() == -9.0
    assert np.all(np.diff(moments) >= 0)


def test_few_points_are_left_as_they_are() -> None:
    at, values = np.arange(10, dtype=np.int64), np.arange(10.0)
    assert thinned(at, values, 100) == (at, values)


def test_a_value_holds_until_the_next_one_is_known() -> None:
    moments, values = stepped(np.array([10, 20, 30], np.int64), np.array([1.0, 2.0, 3.0]))
    assert moments.tolist() == [10, 20, 20, 30, 30]
    assert values.tolist() == [1.0, 1.0, 2.0, 2.0, 3.0]


def test_nothing_is_known_before_the_close() -> None:
    curve = Curve("", np.array([100, 200], np.int64), np.array([1.0, 2.0]))
    assert math.isnan(value_known_at(curve, 99))
    assert value_known_at(curve, 100) == 1.0
    assert value_known_at(curve, 199) == 1.0
    assert value_known_at(curve, 5_000) == 2.0


def test_values_have_the_decimals_that_can_be_told_apart() -> None:
    assert text_of(41.237, 60) == "41.2"
    assert text_of(-0.00012345, 0.0004) == "−0.000123"
    assert text_of(12_345.6, 40_000) == "12,346"
    assert text_of(math.nan, 10) == "—"
