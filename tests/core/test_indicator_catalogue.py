"""What a builder of conditions is offered."""

from decimal import Decimal

import pytest

from desktop_app.core.conditions import MODELS
from desktop_app.core.indicator_catalogue import catalogue, condition, line_title, title_of


def test_every_indicator_is_offered_with_a_first_condition_that_holds() -> None:
    offered = catalogue("1h")

    assert [one.name for one in offered] == list(MODELS)
    for one in offered:
        assert one.first.timeframe == "1h" and one.first.indicator == one.name
        assert one.title == title_of(one.name) and one.summary.endswith(".")
        assert all(line_title(line.name) == line.title for line in one.lines)
        for parameter in (*one.parameters, *((one.value,) if one.value is not None else ())):
            assert parameter.title
            if parameter.least is not None and parameter.most is not None:
                assert parameter.least <= parameter.most
        for parameter in one.parameters:
            assert parameter.least is not None and parameter.least <= parameter.default


def test_bounds_are_those_of_the_settings() -> None:
    by_name = {one.name: one for one in catalogue()}

    (length,) = by_name["rsi"].parameters
    assert (length.name, length.default, length.is_whole) == ("length", Decimal(14), True)
    assert (length.least, length.most) == (Decimal(2), Decimal(500))
    value = by_name["bollinger"].value
    assert value is not None and not value.is_whole
    assert (value.least, value.most) == (Decimal(-10), Decimal(10))
    assert [p.default for p in by_name["parabolic_sar"].parameters] == [Decimal("0.02"), Decimal("0.2")]
    assert by_name["parabolic_sar"].value is None
    assert by_name["adx"].compared == by_name["adx"].against == ("adx", "plus_di", "minus_di")
    assert by_name["macd"].against == ("macd", "signal")
    assert {one.name for one in catalogue() if one.pane == "price"} == {
        "sma_cross", "ema_cross", "wma_cross", "parabolic_sar",
    }  # fmt: skip


def test_an_indicator_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="'stars' is not an indicator"):
        condition("stars")
