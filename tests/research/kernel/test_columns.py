"""Candles in whole price units."""

from decimal import Decimal

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.research.kernel.columns import make_columns
from desktop_app.research.whole_prices import NotWhole


def candles(prices: list[float]) -> Candles:
    column = np.array(prices)
    return Candles(np.arange(len(prices), dtype=np.int64) * 60_000, column, column + 0.5, column - 0.5, column, column)


def test_prices_are_counted_in_the_finest_digit_of_prices_and_tick() -> None:
    columns = make_columns(candles([100.25, 101.5]), 1, Decimal("0.1"))
    assert columns.digits == 2
    assert columns.bars[:, 0].tolist() == [10025.0, 10150.0]
    assert columns.bars[:, 1].tolist() == [10075.0, 10200.0]


def test_a_short_sees_the_market_upside_down() -> None:
    columns = make_columns(candles([100.25]), -1, Decimal("0.01"))
    assert columns.bars[0].tolist() == [-10025.0, -9975.0, -10075.0, -10025.0]


def test_prices_finer_than_a_kernel_counts_are_refused() -> None:
    with pytest.raises(NotWhole):
        make_columns(candles([1 / 3]), 1, Decimal("0.01"))
