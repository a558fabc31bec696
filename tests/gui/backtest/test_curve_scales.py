from datetime import UTC, datetime, timedelta, timezone

import pytest

from desktop_app.gui.backtest.curve_scales import time_ticks, value_ticks, value_words


def at(*moment: int) -> float:
    return datetime(*moment, tzinfo=UTC).timestamp()  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("low", "high", "most", "said"),
    [
        (0.0, 100.0, 5, ["0", "20", "40", "60", "80", "100"]),
        (975.0, 1_086.0, 4, ["1,000", "1,050"]),
        (-12.8, 0.0, 3, ["−10", "−5", "0"]),
        (-0.02, 0.03, 5, ["−0.02", "−0.01", "0.00", "0.01", "0.02", "0.03"]),
        (0.0, 1.0, 4, ["0.00", "0.25", "0.50", "0.75", "1.00"]),
    ],
)
def test_values_are_round_and_have_the_decimals_that_tell_them_apart(
    low: float, high: float, most: int, said: list[str]
) -> None:
    values, decimals = value_ticks(low, high, most)
    assert [value_words(value, decimals) for value in values] == said


def test_a_range_without_a_span_has_no_ticks_and_nothing_is_scientific() -> None:
    assert value_ticks(5.0, 5.0, 3) == ([], 0)
    assert value_ticks(float("nan"), 5.0, 3) == ([], 0)
    assert value_words(-0.0000004, 2, " %") == "0.00 %"
    assert value_words(-12_345_678.9, 1, " %") == "−12,345,678.9 %"


def test_days_months_and_hours_begin_where_people_are() -> None:
    kathmandu = timezone(timedelta(hours=5, minutes=45))
    days = time_ticks(at(2026, 1, 1), at(2026, 1, 11), 5, kathmandu)
    assert [text for _, text in days] == ["01-02", "01-04", "01-06", "01-08", "01-10"]
    assert {datetime.fromtimestamp(when, kathmandu).hour for when, _ in days} == {0}

    months = time_ticks(at(2025, 11, 14), at(2026, 11, 13), 6, UTC)
    assert [text for _, text in months] == ["2026-01", "2026-03", "2026-05", "2026-07", "2026-09", "2026-11"]
    hours = time_ticks(at(2026, 1, 1, 1), at(2026, 1, 1, 13), 4, UTC)
    assert [text for _, text in hours] == ["01-01 03:00", "01-01 06:00", "01-01 09:00", "01-01 12:00"]
    assert time_ticks(5.0, 5.0, 4, UTC) == ()


def test_a_hundred_years_have_no_more_ticks_than_asked_for() -> None:
    assert 1 <= len(time_ticks(at(1970, 1, 2), at(2069, 1, 1), 6, UTC)) <= 11
