import numpy as np
import pytest

from desktop_app.gui.chart.series import Bar, CandleSeries, resampled
from tests.gui.chart.hand import MINUTE, START, walk


def rebuilt(series: CandleSeries) -> CandleSeries:
    columns = (series.open, series.high, series.low, series.close, series.volume)
    return CandleSeries.from_arrays(series.step_ms, series.at, *columns)


def bar(n: int, price: float = 100.0) -> Bar:
    return Bar(START + n * MINUTE, price, price + 2, price - 1, price + 1, 3.0)


def test_growing_candle_by_candle_ends_where_loading_at_once_does() -> None:
    whole, grown = walk(3000), CandleSeries(MINUTE)
    for n in range(3000):
        assert grown.upsert(whole.bar(n))
    for level in range(whole.level_count):
        a, b = whole.read(0, 3000, level), grown.read(0, 3000, level)
        for name in ("at", "open", "high", "low", "close", "volume"):
            np.testing.assert_allclose(getattr(a, name), getattr(b, name), err_msg=f"{name} at level {level}")


def test_replacing_the_last_candle_reaches_every_level_of_the_pyramid() -> None:
    series = walk(1025)
    for price in (90_000.0, 50_000.0, 60_100.0):
        series.upsert(Bar(int(series.at[-1]), price, price + 9, price - 9, price, 7.0))
    fresh = rebuilt(series)
    for level in range(fresh.level_count):
        np.testing.assert_allclose(series.read(0, 1025, level).high, fresh.read(0, 1025, level).high)
        np.testing.assert_allclose(series.read(0, 1025, level).low, fresh.read(0, 1025, level).low)
        np.testing.assert_allclose(series.read(0, 1025, level).volume, fresh.read(0, 1025, level).volume)


def test_extremes_agree_with_looking_at_every_candle() -> None:
    series = walk(5000)
    chance = np.random.default_rng(1)
    for _ in range(200):
        start, stop = sorted(int(n) for n in chance.integers(0, 5001, 2))
        if start == stop:
            assert series.extremes(start, stop) is None
        else:
            assert series.extremes(start, stop) == (series.low[start:stop].min(), series.high[start:stop].max())


def test_a_merged_bucket_opens_with_its_first_and_closes_with_its_last_candle() -> None:
    series = walk(10)
    merged = series.read(0, 10, 1)
    assert merged.per_bucket == 4
    assert merged.open.tolist() == [series.open[0], series.open[4], series.open[8]]
    assert merged.close.tolist() == [series.close[3], series.close[7], series.close[9]]


def test_only_a_later_candle_is_appended() -> None:
    series = CandleSeries(MINUTE)
    taken = [series.upsert(candle) for candle in (bar(0), bar(1), bar(1, 105.0), bar(0, 95.0))]
    assert taken == [True, True, False, False]
    assert series.close.tolist() == [96.0, 106.0]


def test_a_late_candle_in_a_hole_is_left_to_a_reload() -> None:
    series = walk(10, missing=(5,))
    before = series.close.tolist()
    assert not series.upsert(bar(5))
    assert series.close.tolist() == before


def test_c_13_holes_are_known_and_stay_holes() -> None:
    series = walk(100, missing=(10, 11, 40))
    assert len(series) == 97
    assert series.gap_starts == (10, 38)
    assert series.gaps_within(START, START + 100 * MINUTE) == 2
    assert series.gaps_within(START + 30 * MINUTE, START + 100 * MINUTE) == 1
    assert series.gaps_within(START + 50 * MINUTE, START + 100 * MINUTE) == 0
    series.upsert(bar(110))
    assert len(series.gap_starts) == 3


def test_nearest_finds_the_closest_open_time() -> None:
    series = walk(10, missing=(4, 5, 6))
    assert series.nearest(START - 1e9) == 0
    assert series.nearest(START + 4.4 * MINUTE) == 3
    assert series.nearest(START + 6.4 * MINUTE) == 4
    assert series.nearest(START + 1e12) == 6
    assert CandleSeries(MINUTE).nearest(0) is None


def test_times_must_rise() -> None:
    zero = np.zeros(2)
    with pytest.raises(AssertionError):
        CandleSeries.from_arrays(MINUTE, np.array([5, 5]), zero, zero, zero, zero, zero)


def test_resampling_keeps_the_first_open_the_extremes_the_last_close_and_the_sum() -> None:
    fine = walk(60, start=START + 2 * MINUTE)
    coarse = resampled(fine, 15 * MINUTE)
    assert coarse.at.tolist() == [START + n * 15 * MINUTE for n in range(5)]
    assert coarse.open[1] == fine.open[13]
    assert coarse.close[1] == fine.close[27]
    assert coarse.high[1] == fine.high[13:28].max()
    assert coarse.low[1] == fine.low[13:28].min()
    assert coarse.volume.sum() == pytest.approx(fine.volume.sum())


def test_resampling_respects_holes_and_the_phase_of_weeks() -> None:
    fine = walk(90, missing=tuple(range(20, 60)))
    coarse = resampled(fine, 15 * MINUTE, phase_ms=5 * MINUTE)
    assert [(int(at) - START) // MINUTE for at in coarse.at] == [-10, 5, 50, 65, 80]
    assert len(coarse.gap_starts) == 1
    assert len(resampled(CandleSeries(MINUTE), 15 * MINUTE)) == 0


def test_trades_stretch_the_running_candle_and_begin_the_next() -> None:
    series = CandleSeries(MINUTE)
    for at, price in ((3_000, 100.0), (9_000, 104.0), (30_000, 99.0), (59_999, 101.0), (60_000, 102.0)):
        series.upsert(series.with_price(START + at, price, 2.0))
    assert series.bar(0) == Bar(START, 100.0, 104.0, 99.0, 101.0, 8.0)
    assert series.bar(1) == Bar(START + MINUTE, 102.0, 102.0, 102.0, 102.0, 2.0)


def test_trades_keep_the_phase_of_weekly_candles() -> None:
    week, monday = 7 * 24 * 60 * MINUTE, START - 2 * 24 * 60 * MINUTE - 12 * 60 * MINUTE
    series = CandleSeries(week)
    series.upsert(Bar(monday, 1.0, 1.0, 1.0, 1.0, 1.0))
    assert series.with_price(monday + week + 5, 2.0).at == monday + week
