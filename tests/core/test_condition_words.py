"""Conditions in words."""

import pytest

from desktop_app.core.condition_groups import Group
from desktop_app.core.condition_words import limit, phrase, subject, waits_for
from desktop_app.core.indicator_catalogue import catalogue, condition
from desktop_app.core.reading import Outcome, Reading
from desktop_app.core.readings import read
from desktop_app.core.words import sentence
from tests.core.series import made


def test_every_indicator_has_its_name() -> None:
    assert [subject(one.first) for one in catalogue()] == [
        "RSI 14", "Ultimate Oscillator 7/14/28", "Bollinger %B 20/2", "SMA 9", "EMA 9", "WMA 9", "ADX 14",
        "Stochastic %K 14/3/3", "MACD 12/26/9", "price", "MFI 14", "CCI 20", "Heikin-Ashi", "Price change 1",
        "Volume spike 20", "ATR % 14",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"indicator": "adx", "line": "plus_di", "value": "minus_di", "trigger": "crosses_above"}, ("+DI 14", "−DI")),
        (
            {"indicator": "macd", "line": "histogram", "value": 0, "trigger": "less_than"},
            ("MACD histogram 12/26/9", "0"),
        ),
        ({"indicator": "ema_cross", "trigger": "crosses_above"}, ("EMA 9", "EMA 21")),
        ({"indicator": "parabolic_sar", "trigger": "crosses_above"}, ("price", "SAR")),
    ],
)
def test_lines_have_their_names(parts: dict[str, object], words: tuple[str, str]) -> None:
    one = condition(**(parts | {"timeframe": "5m"}))  # type: ignore[arg-type]

    assert (subject(one), limit(one)) == words


def test_what_a_condition_waits_for_is_one_sentence() -> None:
    rsi = condition("rsi", timeframe="5m", trigger="less_than", value=30)

    assert sentence(waits_for(rsi, None)) == "RSI 14 on 5m is not ready: 0 of 15 candles."
    assert sentence(waits_for(rsi, Reading(rsi.key(), Outcome.NOT_READY, candles=12))) == (
        "RSI 14 on 5m is not ready: 12 of 15 candles."
    )
    told = sentence(waits_for(rsi, read(rsi, made(300))))
    assert told.startswith("RSI 14 on 5m is ") and told.endswith(", waits for below 30.")
    assert "is —, waits" in sentence(waits_for(rsi, Reading(rsi.key(), Outcome.NO)))


def test_a_line_is_told_with_where_it_is() -> None:
    cross = condition("ema_cross", timeframe="1h", trigger="crosses_above")

    assert "waits to cross above EMA 21 (" in sentence(waits_for(cross, read(cross, made(300))))


@pytest.mark.parametrize("trigger", ["less_than", "greater_than", "crosses_above", "crosses_below"])
def test_every_trigger_has_its_words(trigger: str) -> None:
    one = condition("rsi", timeframe="5m", trigger=trigger, value=30)

    assert trigger.replace("less_than", "below").replace("greater_than", "above").replace("_", " ").replace(
        "crosses", "cross"
    ) in sentence(waits_for(one, Reading(one.key(), Outcome.NO)))


def test_conditions_and_groups_are_the_rest_of_a_sentence() -> None:
    rsi = condition("rsi", timeframe="5m", trigger="crosses_below", value=30)
    ema = condition("ema_cross", timeframe="1h", trigger="greater_than")

    assert phrase(rsi) == "RSI 14 on 5m crosses below 30"
    assert phrase(Group(all=(rsi,))) == "RSI 14 on 5m crosses below 30"
    assert phrase(Group(all=(rsi, ema))) == "all of: RSI 14 on 5m crosses below 30; EMA 9 on 1h is above EMA 21"
    assert phrase(Group(all=(rsi, Group(any=(ema, rsi))), any=(ema,))) == (
        "all of: RSI 14 on 5m crosses below 30; (any of: EMA 9 on 1h is above EMA 21; RSI 14 on 5m crosses below 30), "
        "and EMA 9 on 1h is above EMA 21"
    )
