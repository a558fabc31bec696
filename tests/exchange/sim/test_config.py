"""Choices about a pretended exchange are taken when they make sense, else refused in words."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from desktop_app.exchange.sim.config import SimConfig


def test_nothing_chosen_is_ten_thousand_at_the_speed_of_life() -> None:
    config = SimConfig()

    assert config.balance == {"USDT": Decimal(10_000)}
    assert config.speed == 1
    assert not config.is_replay


def test_it_survives_being_written_as_json() -> None:
    config = SimConfig(speed="max", replay="candles.csv", symbol="BTC/USDT", fee_percent=Decimal("0.1"))

    assert SimConfig.model_validate_json(config.model_dump_json()) == config


def test_the_command_lines_words_are_understood() -> None:
    config = SimConfig.model_validate({"balance": ["USDT=500", "BTC=0.25"], "speed": "60x", "seed": "3"})

    assert config.balance == {"USDT": Decimal(500), "BTC": Decimal("0.25")}
    assert config.speed == 60
    assert config.seed == 3


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"speed": 601}, "must be 1 to 600"),
        ({"speed": 0.5}, "must be 1 to 600"),
        ({"speed": "nan"}, "must be 1 to 600"),
        ({"speed": "quick"}, "neither a number nor"),
        ({"speed": True}, "neither a number nor"),
        ({"speed": "max"}, "only a replay can run at 'max'"),
        ({"replay": "x.csv"}, "go together"),
        ({"symbol": "BTC/USDT"}, "go together"),
        ({"replay": "x.csv", "symbol": "BTC"}, "not a pair like BTC/USDT"),
        ({"balance": ["USDT"]}, "not a balance like USDT=10000"),
        ({"balance": ["USDT=1", "USDT=2"]}, "given twice"),
        ({"balance": {"USDT": "nan"}}, "must be a finite number"),
        ({"balance": {"USDT": "-1"}}, "greater than or equal to 0"),
        ({"balance": {"US DT": "1"}}, "match pattern"),
        ({"balance": {}}, "at least 1"),
        ({"seed": -1}, "greater than or equal to 0"),
        ({"fee_percent": "101"}, "less than or equal to"),
        ({"leverage": 5}, "not permitted"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(bad: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        SimConfig.model_validate(bad)
