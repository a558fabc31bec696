"""Where a grid starts: at once, or where the path first comes to its start price."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from desktop_app.core.market import Market
from desktop_app.core.strategies.grid_settings import Grid
from desktop_app.research.grid_start import JUMP, Start, begin, digits_of
from desktop_app.research.grid_table import Frame, NoTable

D = Decimal
MARKET = Market("BTC/USDT", "BTC", "USDT", D("0.01"), D("0.0001"))
Bars = list[tuple[int, int, int]]  # open, high, low in cents


def grid_of(**given: Any) -> Grid:
    return Grid.model_validate({"lower": "98", "upper": "102", "lines": 5, "volume_per_line": "1000"} | given)


def start_of(bars: Bars, **given: Any) -> Start | None:
    opens, highs, lows = (np.array(column, dtype=np.float64) for column in zip(*bars, strict=True))
    return begin(grid_of(**given), Frame(MARKET, 2, 9000.0, 11000.0), opens, highs, lows).start


def test_without_a_start_price_it_starts_at_the_first_open() -> None:
    assert start_of([(10000, 10100, 9900)]) == Start(0, 0, 10000.0, 10000)


@pytest.mark.parametrize(
    ("bars", "start"),
    [
        ([(10000, 10010, 9990), (10000, 10060, 9990)], Start(1, 1, 10050.0, 10050)),
        ([(10000, 10010, 9990), (10000, 10060, 9930)], Start(1, 0, 10050.0, 10050)),
        ([(10000, 10010, 9990), (10070, 10080, 10060)], Start(1, JUMP, 10050.0, 10070)),
        ([(10000, 10010, 9990)], None),
        ([(10050, 10060, 10040)], Start(0, 0, 10050.0, 10050)),
    ],
)
def test_with_one_it_starts_where_the_path_comes_there(bars: Bars, start: Start | None) -> None:
    assert start_of(bars, start_price="100.5") == start


def test_a_start_beyond_a_stop_is_for_the_core() -> None:
    with pytest.raises(NoTable):
        start_of([(10300, 10310, 10290)], stop_above={"price": "103"})


def test_prices_have_the_digits_of_tick_and_stops() -> None:
    assert digits_of(grid_of(stop_above={"price": "103.125"}), D("0.5")) == 3
    with pytest.raises(NoTable):
        digits_of(grid_of(), D("1e-13"))
