"""Rounding: down, up, nearest, and nothing that is already on the grid moves."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.market import Market, round_to

D = Decimal
MARKET = Market("BTC/USDT", "BTC", "USDT", D("0.01"), D("0.0001"), D("0.0002"), D("5"))


@pytest.mark.parametrize(
    ("value", "down", "up", "nearest"),
    [
        ("3067.510446", "3067.51", "3067.52", "3067.51"),
        ("3067.515", "3067.51", "3067.52", "3067.52"),
        ("100.00000000001", "100.00", "100.00", "100.00"),
        ("99.99999999999", "100.00", "100.00", "100.00"),
        ("100.0001", "100.00", "100.01", "100.00"),
    ],
)
def test_prices_go_to_the_tick(value: str, down: str, up: str, nearest: str) -> None:
    rounded = (MARKET.price_down(D(value)), MARKET.price_up(D(value)), MARKET.price_nearest(D(value)))
    assert rounded == (D(down), D(up), D(nearest))


@given(
    st.decimals("0.00000001", "1000000", places=10),
    st.sampled_from([D("1"), D("0.5"), D("0.01"), D("1E-8"), D("1E-12"), D("10")]),
)
def test_rounding_brackets_the_value_on_the_grid(value: Decimal, step: Decimal) -> None:
    low, high = round_to(value, step, "ROUND_FLOOR"), round_to(value, step, "ROUND_CEILING")
    near = step * D("1e-9")
    assert low - near <= value <= high + near
    assert high - low in (0, step)
    assert low % step == high % step == 0


def test_an_order_under_a_minimum_is_too_small() -> None:
    assert MARKET.is_too_small(D("0"), D("100"))
    assert MARKET.is_too_small(D("0.0001"), D("1000000"))
    assert MARKET.is_too_small(D("0.04"), D("100"))
    assert not MARKET.is_too_small(D("0.05"), D("100"))
    assert MARKET.amount_down(D("0.00019")) == D("0.0001")
    assert MARKET.amount_up(D("0.00011")) == D("0.0002")
