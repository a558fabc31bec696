"""Candles that cannot be are refused, with the row and the reason."""

import math
import random

import numpy as np
import pytest

from desktop_app.core.columns import TIMEFRAMES, Candles
from desktop_app.store import candle_rules
from desktop_app.store.candle_rules import CandleProblem, check_candles, find_spacing, step_of, timeframe_name

START = 1_600_000_000_000
MINUTE = 60_000


def candles(count: int = 5, **changed: dict[int, float]) -> Candles:
    """Sound one-minute candles, with single cells changed."""
    columns = {
        "at": np.arange(count, dtype=np.int64) * MINUTE + START,
        "open": np.full(count, 100.0),
        "high": np.full(count, 110.0),
        "low": np.full(count, 90.0),
        "close": np.full(count, 105.0),
        "volume": np.full(count, 3.0),
    }
    for name, cells in changed.items():
        for row, value in cells.items():
            columns[name][row] = value
    return Candles(**columns)


def test_sound_candles_pass() -> None:
    check_candles(candles(open={1: 90.0}, close={1: 110.0}, volume={2: 0.0}))


@pytest.mark.parametrize(
    ("bad", "row", "reason"),
    [
        (candles(0), 0, "the file has no candles"),
        (candles(open={2: float("nan")}), 4, "open is not a number"),
        (candles(volume={0: float("nan")}), 2, "volume is not a number"),
        (candles(high={4: float("inf")}), 6, "high is infinite"),
        (candles(low={1: float("-inf")}), 3, "low is infinite"),
        (candles(at={0: 1}), 2, "the time is outside the years 2000 to 2100"),
        (candles(at={4: 4_102_444_800_000}), 6, "the time is outside the years 2000 to 2100"),
        (candles(at={2: START}), 4, "the time goes back"),
        (candles(at={3: START + 2 * MINUTE}), 5, "the time is the same as in the row before"),
        (candles(low={1: 0.0}), 3, "low is not above zero"),
        (candles(open={1: -1.0}), 3, "open is not above zero"),
        (candles(volume={3: -0.1}), 5, "volume is negative"),
        (candles(high={2: 80.0}), 4, "high is below low"),
        (candles(open={2: 111.0}), 4, "open is outside low and high"),
        (candles(close={2: 89.0}), 4, "close is outside low and high"),
    ],
)
def test_each_impossibility_has_its_row_and_reason(bad: Candles, row: int, reason: str) -> None:
    with pytest.raises(CandleProblem) as refused:
        check_candles(bad)
    assert (refused.value.row, refused.value.reason) == (row, reason)


def test_the_first_bad_row_is_named() -> None:
    with pytest.raises(CandleProblem, match="Row 3: volume is negative"):
        check_candles(candles(volume={1: -1.0}, open={2: float("nan")}))


def times(*minutes: float) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.array([START + int(minute * MINUTE) for minute in minutes], np.int64)


def test_the_timeframe_is_the_smallest_spacing_and_gaps_are_counted() -> None:
    spacing = find_spacing(times(0, 5, 10, 25, 30, 50), None)
    assert (spacing.timeframe, spacing.step_ms, spacing.gaps, spacing.missing) == ("5m", 300_000, 2, 5)


def test_a_given_timeframe_is_kept() -> None:
    assert find_spacing(times(0, 1, 2, 4), "1m").gaps == 1
    assert find_spacing(times(0), "1h").gaps == 0


@pytest.mark.parametrize(
    ("at", "timeframe", "row"),
    [
        (times(0, 1, 2.5, 3.5), "1m", 4),
        (times(0, 5, 6, 11), "5m", 4),
        (times(0, 5, 10, 15), "1m", 3),
        (times(*range(30), 29.5, *range(30, 60)), None, 32),
        (times(0), None, 0),
        (times(0, 1), "1x", 0),
        (times(0, 0.0005), None, 0),
    ],
)
def test_a_wrong_spacing_is_refused(
    at: "np.ndarray[tuple[int], np.dtype[np.int64]]", timeframe: str | None, row: int
) -> None:
    with pytest.raises(CandleProblem) as refused:
        find_spacing(at, timeframe)
    assert refused.value.row == row


@pytest.mark.parametrize("name", TIMEFRAMES)
def test_every_timeframe_has_its_name(name: str) -> None:
    assert timeframe_name(step_of(name)) == name


@pytest.mark.parametrize("name", ["", "0m", "m", "1", "1M", "-5m", "1.5h", "１m", "5 m"])
def test_what_is_no_timeframe_is_refused(name: str) -> None:
    with pytest.raises(CandleProblem, match="is not one like"):
        step_of(name)


def test_unusual_timeframes_are_read_too() -> None:
    assert step_of("10m") == 600_000
    assert timeframe_name(600_000) == "10m"
    assert timeframe_name(1_209_600_000) == "14d"


def test_the_quick_look_finds_right_what_every_single_check_finds_right(monkeypatch: pytest.MonkeyPatch) -> None:
    quick_look = candle_rules._are_candles
    monkeypatch.setattr(candle_rules, "_are_candles", lambda _: False)
    rng = random.Random(4)
    seen = set()
    for _ in range(400):
        name = rng.choice(["open", "high", "low", "close", "volume", "at"])
        odd = [math.nan, math.inf, -math.inf, -1.0, 0.0, 90.0, 105.0, 110.0, 1e300]
        times = [0.0, 1e13, START, START + MINUTE, START + 4 * MINUTE]
        made = candles()
        getattr(made, name)[rng.randrange(5)] = rng.choice(times if name == "at" else odd)
        is_refused = False
        try:
            check_candles(made)
        except CandleProblem:
            is_refused = True
        assert quick_look(made) is not is_refused
        seen.add((name, is_refused))
    assert len(seen) == 12
