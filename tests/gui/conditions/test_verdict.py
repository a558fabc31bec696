"""What a trial comes to, in words."""

from dataclasses import replace

import numpy as np
import pytest

from desktop_app.core.condition_groups import Group
from desktop_app.core.indicator_catalogue import condition
from desktop_app.gui.conditions.clauses import Block, Clause, clause_of
from desktop_app.gui.conditions.history import DAY_MS, Tried
from desktop_app.gui.conditions.verdict import firings_of, notes, studies_of, verdict

RSI = condition("rsi", timeframe="5m", trigger="crosses_below", value=30)
TRIED = Tried(0, 30 * DAY_MS, np.arange(14, dtype=np.int64), None, is_true_now=False, counts={RSI.key(): 14})


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "Did not fire in 30 days on BTC/USDT."),
        (1, "Fired once in 30 days on BTC/USDT."),
        (14, "Fired 14 times in 30 days on BTC/USDT."),
    ],
)
def test_how_often_is_said_plainly(count: int, words: str) -> None:
    assert verdict(replace(TRIED, fired=np.arange(count, dtype=np.int64)), "BTC/USDT") == words


def test_the_days_before_it_was_ready_do_not_count() -> None:
    late = replace(TRIED, ready_at=20 * DAY_MS, is_true_now=True)
    assert verdict(late, "BTC/USDT") == "Fired 14 times in 10 days on BTC/USDT. True now."
    never = replace(TRIED, ready_at=30 * DAY_MS)
    assert verdict(never, "BTC/USDT") == "Not ready: BTC/USDT has too few candles for this yet."
    short = replace(TRIED, end=DAY_MS // 2)
    assert verdict(short, "BTC/USDT") == "Fired 14 times in 0.5 days on BTC/USDT."


def test_each_condition_says_what_it_needs_and_how_often_it_was_true() -> None:
    clause = clause_of(RSI)
    block = Block("all", (clause, clause.with_text("value", "nothing"), Clause("moon", "5m", "less_than")))
    assert notes(block, TRIED) == {(0,): "needs 16 candles of 5m · came true 14 times"}


def test_a_mark_says_what_it_is_for_and_the_condition() -> None:
    firings = firings_of("take_profit.on_conditions", Group(all=(RSI,)), TRIED)
    assert firings.text == "Sell\nRSI(14) on 5m falls below 30"
    assert firings.colour == "line_take_profit"


def test_an_indicator_that_serves_two_purposes_is_drawn_once() -> None:
    from desktop_app.gui.chart.study import Study

    study = Study("rsi", "RSI(14) 5m", 300_000, ())
    assert studies_of({"a": replace(TRIED, studies=(study,)), "b": replace(TRIED, studies=(study,))}) == (study,)
