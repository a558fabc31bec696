"""Conditions as written: a tree of texts that can be taken apart, put together and read."""

from typing import Any

import pytest

from desktop_app.core.condition_groups import Group
from desktop_app.core.indicator_catalogue import catalogue, condition
from desktop_app.gui.conditions.clauses import Block, Clause, block_from_json, block_of, clause_of
from desktop_app.gui.conditions.presets import PRESETS
from desktop_app.gui.conditions.reading import indicators, read_block, read_clause
from desktop_app.gui.conditions.words import condition_words, group_words
from desktop_app.gui.i18n import Language, set_language

RSI = clause_of(condition("rsi", timeframe="5m", trigger="crosses_below", value=30))
MACD = clause_of(condition("macd", timeframe="1h", trigger="crosses_above"))


def first(name: str, **settings: Any) -> Clause:
    return clause_of(condition(name, **settings))


def test_every_indicator_reads_back_as_it_was_written() -> None:
    for one in catalogue():
        block = Block("all", (clause_of(one.first),))
        assert read_block(block).group == Group(all=(one.first,)), one.name
        assert block_from_json(block.to_json()) == block


def test_a_group_with_both_kinds_becomes_one_within_the_other() -> None:
    rsi, macd = read_block(Block("all", (RSI, MACD))).group.conditions()  # type: ignore[union-attr]
    block = block_of(Group(all=(rsi,), any=(macd, rsi)))
    assert block == Block("all", (RSI, Block("any", (MACD, RSI))))
    again = read_block(block).group
    assert again is not None
    assert block_of(again) == block


def test_entries_are_added_moved_and_removed_in_their_place() -> None:
    block = Block().added((), RSI).added((), Block("any", (MACD,))).added((1,), RSI)
    assert block.clauses() == (((0,), RSI), ((1, 0), MACD), ((1, 1), RSI))
    assert block.moved((1, 1), -1).at((1, 0)) == RSI
    assert block.moved((0,), -1) == block
    assert block.without((1, 0)).without((1, 0)) == Block("all", (RSI,))


@pytest.mark.parametrize("text", ["{", "[]", "7", '{"all": 3}', '{"indicator": "rsi"}', '{"all": [{"all": [{}]}]}'])
def test_what_is_no_conditions_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        block_from_json(text)


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


def test_a_condition_reads_as_a_sentence() -> None:
    group = read_block(
        Block("all", (RSI, Block("any", (MACD, RSI.with_text("value", "-0.5").with_text("value", "20")))))
    ).group
    assert group is not None
    assert group_words(group) == (
        "RSI(14) on 5m falls below 30 and "
        "(MACD(12, 26, 9) on 1h: MACD rises above signal or RSI(14) on 5m falls below 20)"
    )


def test_numbers_in_a_sentence_have_their_unit_and_a_real_minus() -> None:
    found = condition("price_change", timeframe="15m", trigger="less_than", value="-2.5", length=3)
    assert condition_words(found) == "Price change(3) on 15m is below −2.5 %"


def test_a_condition_reads_as_a_sentence_in_chinese() -> None:
    set_language(Language.CHINESE)
    try:
        group = read_block(Block("any", (RSI, MACD))).group
        assert group is not None
        assert group_words(group) == "5m RSI(14) 下穿 30 或 1h MACD(12, 26, 9) MACD 上穿 信号线"
    finally:
        set_language(Language.ENGLISH)


def test_every_preset_is_a_condition_that_can_be_judged() -> None:
    for preset in PRESETS:
        assert read_clause(preset.clause()) == (), preset.key


def test_everything_in_the_catalogue_has_chinese_words() -> None:
    from desktop_app.gui.i18n import load_texts

    texts = load_texts(Language.CHINESE)
    for one in indicators().values():
        said = [one.title, one.summary, *(line.title for line in one.lines), *(p.title for p in one.parameters)]
        assert [text for text in said if text not in texts] == [], one.name
