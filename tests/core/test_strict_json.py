"""JSON from strangers costs little, whatever it is, and says one thing only."""

from decimal import Decimal

import pytest

from desktop_app.core.strict_json import TooDeep, read_json


def test_numbers_are_decimals_and_nan_is_nothing() -> None:
    assert read_json('{"a": 1, "b": 2.50, "c": NaN, "d": [-Infinity], "e": "[[[["}', 3) == {
        "a": Decimal(1),
        "b": Decimal("2.50"),
        "c": None,
        "d": [None],
        "e": "[[[[",
    }


@pytest.mark.parametrize("text", ["[[[[1]]]]", '{"a":' * 4, "[" * 60_000, "]" * 60_000, "1," * 30_000, "[]," * 900])
def test_depth_and_number_of_parts_have_an_end(text: str) -> None:
    with pytest.raises(TooDeep):
        read_json(text, 3)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"a":1,"a":2}',
        "1" * 61,
        '"' * 60_000,
        '"\\' * 30_000,
        '{"a": 01}',
        "nan",
        '"a" "b"',
        "1e99999999",
        "-1e-99999999",
        "0e-99999999",
        "1e9999999999999999999",
    ],
)
def test_the_rest_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever
        read_json(text, 3)
