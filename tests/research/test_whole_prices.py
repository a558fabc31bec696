"""Prices in whole units."""

from decimal import Decimal

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.research.whole_prices import NotWhole, whole_prices


def candles(prices: list[float]) -> Candles:
    column = np.array(prices)
    return Candles(np.arange(len(prices), dtype=np.int64) * 60_000, column, column + 0.5, column - 0.5, column, column)


@pytest.mark.parametrize(
    ("tick", "digits", "unit"), [("0.1", 2, 100), ("0.01", 2, 100), ("0.0001", 4, 10_000), ("10", 2, 100)]
)
def test_the_unit_is_the_finest_digit_of_prices_and_tick(tick: str, digits: int, unit: int) -> None:
    prices = whole_prices(candles([100.25, 101.5]), 1, Decimal(tick))
    assert prices.digits == digits
    assert prices.open.tolist() == [100.25 * unit, 101.5 * unit]


def test_a_short_sees_the_market_upside_down() -> None:
    prices = whole_prices(candles([100.25]), -1, Decimal("0.01"))
    assert [prices.open[0], prices.high[0], prices.low[0], prices.close[0]] == [-10025, -9975, -10075, -10025]


@pytest.mark.parametrize(("price", "tick"), [(1 / 3, "0.01"), (100.25, "1E-13"), (2.0**49, "0.01")])
def test_what_floats_cannot_count_is_left_to_the_core(price: float, tick: str) -> None:
    with pytest.raises(NotWhole):
        whole_prices(candles([price]), 1, Decimal(tick))
