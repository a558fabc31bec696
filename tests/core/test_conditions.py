"""The settings of conditions: what is refused, and with which sentence."""

from typing import Any

import pytest
from pydantic import ValidationError

from desktop_app.core.conditions import MODELS
from desktop_app.core.indicator_catalogue import condition
from tests.core.series import sample


@pytest.mark.parametrize(
    ("indicator", "parts", "words"),
    [
        ("rsi", {"value": 101}, "less than or equal to 100"),
        ("rsi", {"value": 30, "length": 1}, "greater than or equal to 2"),
        ("rsi", {}, "Field required"),
        ("rsi", {"value": 30, "timeframe": "7m"}, "Input should be"),
        ("rsi", {"value": 30, "colour": "red"}, "Extra inputs"),
        ("ultimate_oscillator", {"value": 30, "short": 20}, "the three lengths must rise"),
        ("ema_cross", {"fast": 21, "slow": 21}, "must be longer than the fast length"),
        ("macd", {"fast": 26, "slow": 12}, "must be longer than the fast length"),
        ("parabolic_sar", {"step": "0.3"}, "must not be below the step"),
        ("adx", {"value": "k"}, "Input should be"),
        ("stochastic", {"value": 120}, "less than or equal to 100"),
        ("volume_spike", {"value": -1}, "greater than or equal to 0"),
    ],
)
def test_nonsense_is_refused(indicator: str, parts: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        condition(indicator, **({"timeframe": "5m", "trigger": "less_than"} | parts))


def test_a_run_of_heikin_ashi_candles_is_compared_with_a_whole_number() -> None:
    assert condition("heikin_ashi", timeframe="1h", trigger="greater_than", value=3).right == 3


def test_every_indicator_is_in_the_sample_of_the_tests() -> None:
    assert {one.indicator for one in sample()} == set(MODELS)


def test_settings_come_back_from_their_json_as_they_were() -> None:
    for one in sample():
        assert type(one).model_validate_json(one.model_dump_json()) == one
