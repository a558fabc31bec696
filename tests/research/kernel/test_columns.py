"""Candles in whole price units."""

from decimal import Decimal

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.research.kernel.columns import NotWhole, make_columns
from desktop_app.research.kernel.walking import BLOCK, touching


def candles(prices: list[float]) -> Candles:
    column = np.array(prices)
    return Candles(np.arange(len(prices), dtype=np.int64) * 60_000, column, column + 0.5, column - 0.5, column, column)


def test_prices_are_counted_in_the_finest_digit_of_prices_and_tick() -> None:
    columns = make_columns(candles([100.25, 101.5]), 1, Decimal("0.1"))
    assert columns.digits == 2
    assert columns.open.tolist() == [10025.0, 10150.0]
    assert columns.high.tolist() == [10075.0, 10200.0]


def test_a_short_sees_the_market_upside_down() -> None:
    columns = make_columns(candles([100.25]), -1, Decimal("0.01"))
    assert (columns.open[0], columns.high[0], columns.low[0]) == (-10025.0, -9975.0, -10075.0)


def test_prices_finer_than_a_kernel_counts_are_refused() -> None:
    with pytest.raises(NotWhole):
        make_columns(candles([1 / 3]), 1, Decimal("0.01"))


def test_the_first_candle_that_touches_is_found_over_blocks_of_blocks() -> None:
    prices = [100.0 + (i % 7) * 0.01 for i in range(BLOCK * BLOCK * 3)]
    prices[BLOCK * BLOCK + 77] = 50.0
    prices[-5] = 150.0
    c = make_columns(candles(prices), 1, Decimal("0.01"))
    index = (c.high, c.low, c.tops, c.bottoms, c.wide_tops, c.wide_bottoms)
    first = touching(*index, 0, len(prices), 6000.0, 14000.0)
    assert first == BLOCK * BLOCK + 77
    assert touching(*index, first + 1, len(prices), 6000.0, 14000.0) == len(prices) - 5
    assert touching(*index, 0, first, 6000.0, 14000.0) == first
