"""Numbers as hostile exchanges send them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.exchange.numbers import read_amount, read_moment, read_number, read_positive, tidy

HOSTILE = [
    "",
    " ",
    "NaN",
    "nan",
    "inf",
    "-inf",
    "Infinity",
    "1e999",
    "1e-999",
    "٣",
    "１",
    "1_000",
    "0x10",
    "1,5",
    "--1",
    "1e",
    "e",
    "+",
]


@pytest.mark.parametrize("text", [*HOSTILE, None, True, False, [], {}, b"1", float("nan"), float("inf"), "1" * 61])
def test_what_is_no_number_is_none(text: object) -> None:
    assert read_number(text) is None
    assert read_amount(text) is None
    assert read_positive(text) is None
    assert read_moment(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.00000001", "0.00000001"),
        ("1E-8", "1E-8"),
        (5, "5"),
        (0.1, "0.1"),
        ("-3.5", "-3.5"),
        (Decimal("7.10"), "7.10"),
    ],
)
def test_what_is_a_number_stays_exact(text: object, number: str) -> None:
    assert read_number(text) == Decimal(number)


def test_a_negative_amount_is_not_available() -> None:
    assert read_amount("-1") is None
    assert read_amount("0") == 0
    assert read_positive("0") is None


@given(st.text(max_size=80) | st.floats() | st.integers() | st.decimals())
def test_nothing_that_is_not_finite_comes_through(value: object) -> None:
    number = read_number(value)
    assert number is None or number.is_finite()
    amount = read_amount(value)
    assert amount is None or amount >= 0


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**18), max_value=10**18, places=8))
def test_tidying_changes_no_value_and_leaves_no_exponent_above_zero(number: Decimal) -> None:
    assert tidy(number) == number
    exponent = tidy(number).as_tuple().exponent
    assert isinstance(exponent, int)
    assert exponent <= 0
