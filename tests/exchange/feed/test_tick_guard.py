"""Which prices are believed."""

from decimal import Decimal

import pytest

from desktop_app.exchange.feed.tick_guard import Verdict, judge_price, read_price


@pytest.mark.parametrize("price", ["0", "-1", "NaN", "Infinity", "-Infinity", "sNaN"])
def test_what_is_no_price_is_never_believed(price: str) -> None:
    assert judge_price(Decimal(price), None) is Verdict.ABSURD
    assert judge_price(Decimal(price), Decimal(100)) is Verdict.ABSURD
    assert read_price(price) is None


@pytest.mark.parametrize(
    ("price", "verdict"),
    [
        ("130", Verdict.GOOD),
        ("70", Verdict.GOOD),
        ("130.01", Verdict.DOUBTFUL),
        ("69.99", Verdict.DOUBTFUL),
        ("1E+12", Verdict.DOUBTFUL),
    ],
)
def test_a_jump_of_more_than_thirty_percent_needs_a_second_source(price: str, verdict: Verdict) -> None:
    assert judge_price(Decimal(price), Decimal(100)) is verdict


def test_the_first_price_has_nothing_to_be_compared_with() -> None:
    assert judge_price(Decimal("1e12"), None) is Verdict.GOOD


@pytest.mark.parametrize("text", [None, "", "abc", True, [], {}, "1,5", b"1"])
def test_what_cannot_be_read_is_no_price(text: object) -> None:
    assert read_price(text) is None


def test_prices_keep_every_digit() -> None:
    assert read_price("0.000000123456789012") == Decimal("0.000000123456789012")
    assert read_price(61837.63) == Decimal("61837.63")
