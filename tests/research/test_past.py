from pathlib import Path

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.research.past import (
    Source,
    coverage_of,
    keep,
    list_series,
    look,
    read_gathered,
    read_past,
    read_warm_up,
)

MINUTE, HOUR = 60_000, 3_600_000
START = 1_700_000_040_000
SOURCE = Source("binance", "BTC/USDT", "1m")


def candles(*minutes: int) -> Candles:
    at = START + np.array(minutes, np.int64) * MINUTE
    prices = np.arange(100, 100 + len(minutes)).astype(np.float64)
    return Candles(at, prices, prices + 1, prices - 1, prices, np.ones(len(minutes)))


def test_a_whole_period_misses_nothing() -> None:
    found = coverage_of(candles(*range(10)), MINUTE, START, START + 10 * MINUTE)

    assert (found.candles, found.missing, found.gap_count, found.gaps) == (10, 0, 0, ())
    assert found.is_whole


def test_weeks_begin_on_monday_so_none_is_missing() -> None:
    week, monday = 7 * 24 * HOUR, 1_699_833_600_000  # 2023-11-13
    prices = np.ones(4)
    kept = Candles(monday + np.arange(4, dtype=np.int64) * week, prices, prices, prices, prices, prices)

    assert coverage_of(kept, week, monday - 24 * HOUR, monday + 4 * week).is_whole
    assert coverage_of(kept, week, monday - 24 * HOUR, monday + 4 * week).gap_count == 0


def test_x_05_what_is_missing_is_listed_ends_included() -> None:
    found = coverage_of(candles(2, 3, 6, 7), MINUTE, START, START + 10 * MINUTE)

    assert [(gap.start - START, gap.end - START, gap.missing) for gap in found.gaps] == [
        (0, 2 * MINUTE, 2),
        (4 * MINUTE, 6 * MINUTE, 2),
        (8 * MINUTE, 10 * MINUTE, 2),
    ]
    assert (found.missing, found.gap_count) == (6, 3)
    assert found.missing_bytes == 6 * 48


def test_nothing_kept_is_one_gap() -> None:
    found = coverage_of(candles(), MINUTE, START + 1, START + 10 * MINUTE)

    assert (found.candles, found.missing, found.gap_count) == (0, 9, 1)


def test_many_gaps_are_counted_all_and_told_in_part() -> None:
    found = coverage_of(candles(*range(0, 1000, 2)), MINUTE, START, START + 999 * MINUTE)

    assert found.gap_count == 499
    assert len(found.gaps) == 200
    assert found.missing == 499


def test_candles_are_kept_listed_and_read_again(tmp_path: Path) -> None:
    assert keep(tmp_path, SOURCE, candles(*range(180))) == ""
    assert keep(tmp_path, SOURCE, candles()) == ""

    (series,) = list_series(tmp_path)
    assert (series.source, series.count, series.first, series.gaps) == (SOURCE, 180, START, 0)
    assert series.end == START + 180 * MINUTE
    assert len(read_past(tmp_path, SOURCE, START + MINUTE, START + 3 * MINUTE)) == 2
    assert len(read_warm_up(tmp_path, SOURCE, START + 10 * MINUTE)) == 10
    assert look(tmp_path, SOURCE, START, START + 180 * MINUTE).is_whole


def test_candles_for_looking_at_are_gathered_whole(tmp_path: Path) -> None:
    keep(tmp_path, SOURCE, candles(*range(180)))

    hours = read_gathered(tmp_path, SOURCE, START, START + 180 * MINUTE, "1h")

    assert [int(at) % HOUR for at in hours.at] == [0] * len(hours)
    assert hours.high.max() == 100 + 179 + 1
    assert len(read_gathered(tmp_path, SOURCE, START, START + 5 * MINUTE, "1m")) == 5


def test_what_does_not_fit_is_not_kept_and_said(tmp_path: Path) -> None:
    keep(tmp_path, SOURCE, candles(1, 2, 3))
    other = candles(2)

    assert "different candle" in keep(tmp_path, SOURCE, other)
