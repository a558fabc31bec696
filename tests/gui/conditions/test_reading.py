"""Written conditions become settings, or faults that name the word and say why."""

from typing import Any

from desktop_app.core.condition_groups import Group
from desktop_app.core.indicator_catalogue import catalogue, condition
from desktop_app.gui.conditions.clauses import Block, Clause, block_from_json, clause_of
from desktop_app.gui.conditions.reading import read_block, read_clause

RSI = clause_of(condition("rsi", timeframe="5m", trigger="crosses_below", value=30))
MACD = clause_of(condition("macd", timeframe="1h", trigger="crosses_above"))


def first(name: str, **settings: Any) -> Clause:
    return clause_of(condition(name, **settings))


def test_every_indicator_reads_back_as_it_was_written() -> None:
    for one in catalogue():
        block = Block("all", (clause_of(one.first),))
        assert read_block(block).group == Group(all=(one.first,)), one.name
        assert block_from_json(block.to_json()) == block


def test_a_fault_names_the_word_that_cannot_stay() -> None:
    faults = read_clause(RSI.with_text("length", "1"))
    assert [(fault.name, fault.text) for fault in faults] == [("length", "Must be at least 2.")]
    faults = read_clause(RSI.with_text("value", "abc"))
    assert faults[0].name == "value"
    assert "not a number" in faults[0].text
    assert read_clause(RSI.with_text("length", "14.5"))[0].text == "Must be a whole number."
    assert read_clause(RSI.with_text("length", ""))[0].text == "This is needed."


def test_settings_that_do_not_fit_together_are_said_in_plain_words() -> None:
    (fault,) = read_clause(MACD.with_text("fast", "30"))
    assert (fault.name, fault.text) == ("slow", "The slow length must be longer than the fast one.")
    (fault,) = read_clause(
        first("ultimate_oscillator", timeframe="5m", trigger="less_than", value=30).with_text("middle", "40")
    )
    assert fault.name == "long"
    (fault,) = read_clause(first("parabolic_sar", timeframe="5m", trigger="crosses_above").with_text("step", "0.5"))
    assert fault.name == "maximum"
    assert read_clause(Clause("moon", "5m", "less_than"))[0].name == "indicator"


def test_more_conditions_than_a_bot_takes_are_said() -> None:
    many = Block("all", tuple(RSI.with_text("length", str(number)) for number in range(2, 60)))
    assert read_block(many).faults[-1].text == "At most 50 conditions."


def test_full_width_figures_are_read() -> None:
    assert read_clause(RSI.with_text("value", "３０")) == ()
