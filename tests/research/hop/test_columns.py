"""The candles that the hop looks at are those that a look at each one would find."""

from decimal import Decimal

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.research.hop.columns import Columns, make_columns
from desktop_app.research.whole_prices import NotWhole

TICK = Decimal("0.01")


def candles_of(high: np.ndarray, low: np.ndarray) -> Candles:
    at = np.arange(len(high), dtype=np.int64) * 60_000
    return Candles(at, low, high, low, high, np.ones(len(high)))


def by_looking(columns: Columns, start: int, stop: int, below: float, above: float) -> int:
    touched = (i for i in range(start, stop) if columns.low[i] <= below or columns.high[i] >= above)
    return next(touched, stop)


@pytest.mark.parametrize("count", [1, 7, 8, 9, 64, 500])
@pytest.mark.parametrize("side", [1, -1])
def test_the_first_touch_is_found_from_anywhere(count: int, side: int) -> None:
    dice = np.random.default_rng(count)
    middle = 100 + np.cumsum(dice.normal(0, 0.1, count))
    columns = make_columns(candles_of(np.round(middle + 0.1, 2), np.round(middle - 0.1, 2)), side, TICK)
    for _ in range(200):
        start = int(dice.integers(0, count))
        stop = int(dice.integers(start, count + 1))
        price = columns.close[start]
        below, above = np.floor(price - dice.exponential(30)), np.ceil(price + dice.exponential(30))
        if dice.random() < 0.2:
            below = -np.inf
        found = columns.touching(start, stop, below, above)
        assert found == by_looking(columns, start, stop, below, above)


def test_a_touch_is_a_price_on_the_very_level() -> None:
    flat = np.full(40, 100.0)
    lows = flat.copy()
    lows[33] = 99.0
    columns = make_columns(candles_of(flat, lows), 1, TICK)
    assert columns.touching(0, 40, 9900, 10001) == 33
    assert columns.touching(0, 40, 9899, 10001) == 40
    assert columns.touching(0, 40, 9899, 10000) == 0


def test_after_the_last_candle_there_is_no_touch() -> None:
    columns = make_columns(candles_of(np.full(8, 100.0), np.full(8, 100.0)), 1, TICK)
    assert columns.touching(8, 8, -np.inf, np.inf) == 8


def test_prices_with_more_digits_than_floats_count_are_left_to_the_core() -> None:
    with pytest.raises(NotWhole):
        make_columns(candles_of(np.array([1 / 3]), np.array([1 / 3])), 1, TICK)
