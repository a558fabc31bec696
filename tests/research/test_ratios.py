"""Sharpe, Sortino and Calmar against numbers worked out by hand."""

from math import isclose, sqrt

import numpy as np

from desktop_app.research.ratios import Ratios, make_ratios

DAY = 86_400_000


def days(
    *values: float,
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], np.ndarray[tuple[int], np.dtype[np.float64]]]:
    return np.arange(len(values), dtype=np.int64) * DAY, np.array(values)


def test_the_ratios_of_a_curve_worked_out_by_hand() -> None:
    ratios = make_ratios(*days(100, 110, 99, 108.9), max_drawdown=0.1)

    returns = [0.1, -0.1, 0.1]
    mean = sum(returns) / 3
    deviation = sqrt(sum((one - mean) ** 2 for one in returns) / 2)
    assert ratios.sharpe is not None
    assert ratios.sortino is not None
    assert ratios.calmar is not None
    assert isclose(ratios.sharpe, mean / deviation * sqrt(365))
    assert isclose(ratios.sortino, mean / sqrt(0.01 / 3) * sqrt(365))
    assert isclose(ratios.calmar, (1.089 ** (365 / 3) - 1) / 0.1)


def test_only_the_last_value_of_a_day_counts() -> None:
    at = np.array([0, DAY - 1, DAY, 2 * DAY - 1, 3 * DAY - 1], dtype=np.int64)
    within = make_ratios(at, np.array([1.0, 100.0, 5.0, 110.0, 99.0]), 0.1)
    daily = make_ratios(*days(100, 110, 99), max_drawdown=0.1)

    assert (within.sharpe, within.sortino) == (daily.sharpe, daily.sortino)


def test_what_is_undefined_is_none() -> None:
    assert make_ratios(*days(100, 110), max_drawdown=0.0) == Ratios(None, None, None)
    assert make_ratios(*days(100, 100, 100), max_drawdown=0.0) == Ratios(None, None, None)
    assert make_ratios(*days(100, 110, 125), max_drawdown=0.0).sortino is None
    assert make_ratios(*days(100, -1, 125), max_drawdown=1.0).sharpe is None
    assert make_ratios(*days(1e-300, 1e300), max_drawdown=0.5).calmar is None


def test_a_fall_that_is_only_what_floats_round_off_gives_no_calmar() -> None:
    at = np.arange(4, dtype=np.int64) * 86_400_000
    equity = np.array([1000.0, 1010.0, 1020.0, 1030.0])
    assert make_ratios(at, equity, 1e-16).calmar is None
    assert make_ratios(at, equity, 1e-6).calmar is not None
