from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from desktop_app.gui.chart.ticks import local_time, log_price_ticks, price_ticks, time_ticks
from desktop_app.gui.chart.timeframe import DAY_MS, HOUR_MS, MINUTE_MS

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
NOON = 1_795_608_000_000  # 2026-11-25 12:00 UTC


def test_prices_are_round_and_inside() -> None:
    assert price_ticks(60_110, 60_890, 8, 0.01) == [60_200, 60_300, 60_400, 60_500, 60_600, 60_700, 60_800]


def test_prices_are_never_finer_than_the_tick() -> None:
    assert price_ticks(1.0, 1.2, 10, 0.05) == pytest.approx([1.0, 1.05, 1.1, 1.15, 1.2])


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (2.0, 1.0), (0.0, float("inf")), (float("nan"), 1.0)])
def test_a_range_that_is_none_has_no_ticks(low: float, high: float) -> None:
    assert price_ticks(low, high, 8, 0.01) == []


def test_a_wide_logarithmic_view_has_ticks_in_every_decade() -> None:
    ticks = log_price_ticks(100, 70_000, 12, 0.01)
    assert 3 <= len(ticks) <= 12
    assert {100.0, 1000.0, 10_000.0} <= set(ticks)


def test_times_are_round_where_the_user_lives() -> None:
    ticks = time_ticks(NOON, NOON + 6 * HOUR_MS, 6, MINUTE_MS, ZoneInfo("Asia/Kolkata"))
    assert [f"{tick.local:%H:%M}" for tick in ticks] == ["18:00", "19:00", "20:00", "21:00", "22:00", "23:00"]


def test_midnight_stands_out_as_a_day_and_the_first_as_a_month() -> None:
    ticks = time_ticks(NOON, NOON + DAY_MS, 8, MINUTE_MS, SHANGHAI)
    assert [(tick.local.day, tick.local.hour) for tick in ticks if tick.rank == 1] == [(26, 0)]
    days = time_ticks(NOON, NOON + 40 * DAY_MS, 50, HOUR_MS, UTC)
    assert [(tick.local.month, tick.rank) for tick in days if tick.rank > 1] == [(12, 2), (1, 3)]


def test_ticks_stay_round_across_the_change_of_the_clocks() -> None:
    change = 1_792_886_400_000  # 2026-10-25 00:00 UTC; Berlin falls back at 01:00
    hours = [tick.local.hour for tick in time_ticks(change - 12 * HOUR_MS, change + 12 * HOUR_MS, 8, MINUTE_MS, BERLIN)]
    assert 0 in hours
    assert len(hours) >= 6


def test_years_of_days_are_labelled_by_months_without_end() -> None:
    ticks = time_ticks(0, 60 * 365 * DAY_MS, 10, DAY_MS, UTC)
    assert 5 <= len(ticks) <= 14
    assert all(tick.local.day == 1 and tick.local.month == 1 for tick in ticks)


def test_labels_are_never_closer_than_bars() -> None:
    ticks = time_ticks(NOON, NOON + 5 * DAY_MS, 60, DAY_MS, UTC)
    assert all(tick.local.hour == 0 for tick in ticks)


def test_local_time_is_local() -> None:
    assert f"{local_time(NOON, SHANGHAI):%Y-%m-%d %H:%M}" == "2026-11-25 20:00"
