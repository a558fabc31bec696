"""Conditions as written: a tree of texts that can be taken apart, put together and read."""

from typing import Any

import pytest

from desktop_app.core.condition_groups import Group
from desktop_app.core.indicator_catalogue import condition
from desktop_app.gui.conditions.clauses import Block, Clause, block_from_json, block_of, clause_of
from desktop_app.gui.conditions.reading import read_block

RSI = clause_of(condition("rsi", timeframe="5m", trigger="crosses_below", value=30))
MACD = clause_of(condition("macd", timeframe="1h", trigger="crosses_above"))


def first(name: str, **settings: Any) -> Clause:
    return clause_of(condition(name, **settings))


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
