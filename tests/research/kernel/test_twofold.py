"""Pairs of floats against decimals of fifty digits."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.market import round_to
from desktop_app.research.kernel.twofold import (
    less,
    minus,
    over,
    pair,
    plus,
    snapped,
    steps_down,
    steps_up,
    times,
)

WIDE = Context(prec=60)
NUMBERS = st.decimals(min_value="-1e9", max_value="1e9", places=6, allow_nan=False)
POSITIVE = st.decimals(min_value="0.000001", max_value="1e9", places=6, allow_nan=False)


def exact(value: tuple[float, float]) -> Decimal:
    return WIDE.add(Decimal(value[0]), Decimal(value[1]))


def is_close(value: tuple[float, float], truth: Decimal, size: Decimal) -> bool:
    return abs(exact(value) - truth) <= abs(size) * Decimal("1e-29") + Decimal("1e-40")


@given(NUMBERS, NUMBERS)
def test_sums_differences_and_products_keep_thirty_digits(a: Decimal, b: Decimal) -> None:
    size = abs(a) + abs(b)
    assert is_close(plus(pair(a), pair(b)), WIDE.add(a, b), size)
    assert is_close(minus(pair(a), pair(b)), WIDE.subtract(a, b), size)
    assert is_close(times(pair(a), pair(b)), WIDE.multiply(a, b), a * b)
    assert less(pair(a), pair(b)) == (a < b)


@given(NUMBERS, POSITIVE)
def test_a_quotient_keeps_thirty_digits(a: Decimal, b: Decimal) -> None:
    truth = WIDE.divide(a, b)
    assert is_close(over(pair(a), pair(b)), truth, truth)


@given(POSITIVE, st.sampled_from([Decimal("0.01"), Decimal("0.5"), Decimal(1), Decimal("0.00001")]))
def test_steps_are_rounded_as_the_core_rounds_them(value: Decimal, step: Decimal) -> None:
    steps = over(pair(value), pair(step))
    assert Decimal(steps_down(steps)) * step == round_to(value, step, ROUND_FLOOR)
    assert Decimal(steps_up(steps)) * step == round_to(value, step, ROUND_CEILING)


def test_a_level_that_is_whole_but_for_its_last_digits_is_whole() -> None:
    assert snapped((9900.0, 1e-13)) == (9900.0, 0.0)
    assert snapped((9900.0, 1e-10)) == (9900.0, 1e-10)
