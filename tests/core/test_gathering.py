"""Coarser candles from finer ones."""

import numpy as np

from desktop_app.core.columns import TIMEFRAMES, Candles
from desktop_app.core.gathering import floor_to, gather, joined, rows

MINUTE = 60_000


def _candles(*minutes: int) -> Candles:
    at = np.array(minutes, dtype=np.int64) * MINUTE
    close = np.arange(1.0, len(minutes) + 1)
    return Candles(at, close - 0.5, close + 1, close - 1, close, np.ones(len(minutes)))


def test_a_coarse_candle_is_made_of_all_its_parts_and_only_when_it_is_over() -> None:
    made = gather(_candles(0, 1, 2, 4, 5, 6), 5 * MINUTE, 7 * MINUTE)

    assert made.at.tolist() == [0]
    assert (made.open[0], made.high[0], made.low[0], made.close[0], made.volume[0]) == (0.5, 5.0, 0.0, 4.0, 4.0)
    assert len(gather(_candles(0, 1), 5 * MINUTE, 2 * MINUTE)) == 0


def test_weeks_begin_on_monday_and_days_at_midnight() -> None:
    day = TIMEFRAMES["1d"]
    assert floor_to(5 * day + 7, TIMEFRAMES["1w"]) == 4 * day
    assert floor_to(5 * day + 7, day) == 5 * day


def test_candles_follow_each_other_when_they_are_joined() -> None:
    whole = joined(_candles(1, 2), _candles(3))
    assert whole.at.tolist() == [1 * MINUTE, 2 * MINUTE, 3 * MINUTE]
    assert [len(column) for column in (whole.open, whole.high, whole.low, whole.close, whole.volume)] == [3] * 5


def test_rows_are_a_part() -> None:
    assert rows(_candles(1, 2, 3), 1, 3).at.tolist() == [2 * MINUTE, 3 * MINUTE]
