"""What conditions would have said in the past is what bots hear, candle for candle, and nothing before its time."""

from typing import Any

import numpy as np
import pytest

from desktop_app.core.columns import TIMEFRAMES, Candles
from desktop_app.core.condition_groups import Group
from desktop_app.core.indicator_catalogue import catalogue, condition
from desktop_app.core.reading import Outcome
from desktop_app.core.readings import judge, read
from desktop_app.gui.conditions import history
from desktop_app.gui.conditions.history import closed, span_of, try_out, wanted

START = 1_795_608_000_000 // 3_600_000 * 3_600_000
MINUTE = 60_000


def walk(timeframe: str, count: int, seed: int = 4, missing: tuple[int, ...] = ()) -> Candles:
    """Candles of one random path, the same in every timeframe."""
    chance = np.random.default_rng(seed)
    step = TIMEFRAMES[timeframe]
    close = 100 + np.cumsum(chance.normal(0, 0.6, count))
    open_ = np.concatenate(([100.0], close[:-1]))
    high, low = np.maximum(open_, close) + 0.2, np.minimum(open_, close) - 0.2
    kept = np.setdiff1d(np.arange(count), np.array(missing, np.int64))
    columns = (open_, high, low, close, chance.exponential(10, count))
    return Candles(START + kept * step, *(column[kept] for column in columns))


def group(**parts: Any) -> Group:
    return Group.model_validate(parts)


MIXED = group(
    all=[{"indicator": "rsi", "timeframe": "5m", "trigger": "less_than", "value": 55}],
    any=[
        {"indicator": "ema_cross", "timeframe": "15m", "trigger": "crosses_above", "fast": 3, "slow": 8},
        {"all": [
            {"indicator": "stochastic", "timeframe": "15m", "trigger": "less_than", "value": 40},
            {"indicator": "heikin_ashi", "timeframe": "5m", "trigger": "less_than", "value": 0},
        ]},
    ],
)  # fmt: skip


def spoken(wanted_group: Group, candles: dict[str, Candles], moments: list[int]) -> list[Outcome]:
    """What a bot is told at each moment, condition by condition, of closed candles alone."""
    found = []
    for moment in moments:
        readings = {}
        for one in wanted_group.conditions():
            known = closed(candles[one.timeframe], one.every_ms, moment)
            readings[one.key()] = read(one, known)
        found.append(judge(wanted_group, readings))
    return found


def test_the_trial_says_what_a_bot_hears_candle_for_candle() -> None:
    candles = {"5m": walk("5m", 240), "15m": walk("15m", 80)}
    end = START + 240 * 5 * MINUTE
    tried = try_out(MIXED, candles, START, end)
    moments = [START + n * 5 * MINUTE for n in range(1, 241)]
    outcomes = spoken(MIXED, candles, moments)
    rises = [
        moment
        for moment, before, now in zip(moments, [Outcome.NO, *outcomes], outcomes, strict=False)
        if now is Outcome.YES and before is not Outcome.YES
    ]
    assert len(rises) >= 3
    assert tried.fired.tolist() == rises
    assert tried.is_true_now == (outcomes[-1] is Outcome.YES)
    first_ready = next(moment for moment, one in zip(moments, outcomes, strict=True) if one is not Outcome.NOT_READY)
    assert tried.ready_at == first_ready


@pytest.mark.parametrize("name", [one.name for one in catalogue()])
def test_another_future_changes_nothing_of_the_past(name: str) -> None:
    one = next(found for found in catalogue() if found.name == name).first
    whole, other = walk("5m", 400), walk("5m", 400, seed=9)
    columns = [
        np.concatenate((getattr(whole, column)[:300], getattr(other, column)[300:]))
        for column in ("open", "high", "low", "close", "volume")
    ]
    changed = Candles(whole.at, *columns)
    cut = START + 300 * 5 * MINUTE
    end = START + 400 * 5 * MINUTE
    first = try_out(Group(all=(one,)), {"5m": whole}, START, end)
    second = try_out(Group(all=(one,)), {"5m": changed}, START, end)
    assert first.fired[first.fired <= cut].tolist() == second.fired[second.fired <= cut].tolist()
    for mine, theirs in zip(first.studies[0].curves, second.studies[0].curves, strict=True):
        known = mine.at <= cut
        assert np.array_equal(mine.values[known], theirs.values[known], equal_nan=True)


def test_what_was_true_counts_no_longer_than_to_the_next_close_that_is_due() -> None:
    rsi = condition("rsi", timeframe="5m", trigger="greater_than", value=0, length=2)
    candles = walk("5m", 60, missing=tuple(range(30, 40)))
    quick = condition("price_change", timeframe="1m", trigger="greater_than", value=-100)
    minutes = walk("1m", 300)
    tried = try_out(Group(all=(rsi, quick)), {"5m": candles, "1m": minutes}, START, START + 300 * MINUTE)
    gap_over = int(candles.at[30]) + 5 * MINUTE
    assert gap_over in tried.fired.tolist()


def test_without_enough_candles_nothing_fires_and_all_of_it_is_not_ready() -> None:
    rsi = condition("rsi", timeframe="5m", trigger="less_than", value=100)
    tried = try_out(Group(all=(rsi,)), {"5m": walk("5m", 10)}, START, START + 50 * MINUTE)
    assert len(tried.fired) == 0
    assert tried.ready_at == tried.end
    assert try_out(Group(all=(rsi,)), {"5m": walk("5m", 0)}, START, START + 50 * MINUTE).ready_at is not None


def test_the_stretch_is_a_month_or_what_few_calls_bring() -> None:
    slow = condition("rsi", timeframe="1h", trigger="less_than", value=30)
    fast = condition("rsi", timeframe="1m", trigger="less_than", value=30)
    assert span_of((slow,)) == 30 * history.DAY_MS
    assert span_of((slow, fast)) == 9_000 * MINUTE


def test_each_timeframe_begins_early_enough_for_its_values_to_settle() -> None:
    rsi = condition("rsi", timeframe="5m", trigger="less_than", value=30)
    longer = condition("rsi", timeframe="5m", trigger="less_than", value=30, length=100)
    assert wanted((rsi,), START) == {"5m": START - rsi.history * 5 * MINUTE}
    assert wanted((rsi, longer), START) == {"5m": START - longer.history * 5 * MINUTE}


def test_a_study_has_the_level_and_the_lines_that_are_compared() -> None:
    candles = {"5m": walk("5m", 200)}
    rsi = condition("rsi", timeframe="5m", trigger="less_than", value=30)
    ema = condition("ema_cross", timeframe="5m", trigger="crosses_above")
    tried = try_out(Group(all=(rsi, ema)), candles, START, START + 1000 * MINUTE)
    first, second = tried.studies
    assert (first.title, first.levels, first.is_on_price, len(first.curves)) == ("RSI(14) 5m", (30.0,), False, 1)
    assert (second.is_on_price, [curve.name for curve in second.curves]) == (True, ["fast", "slow"])
    assert first.ready_at == START + 15 * 5 * MINUTE


def test_a_year_of_five_minutes_is_judged_in_one_go() -> None:
    candles = {"5m": walk("5m", 105_000)}
    rsi = condition("rsi", timeframe="5m", trigger="crosses_below", value=30)
    tried = try_out(Group(all=(rsi,)), candles, START, START + 105_000 * 5 * MINUTE)
    assert len(tried.fired) > 100
