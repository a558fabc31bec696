"""Moments are read as they were meant, or not at all."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.moments import read_moment


@given(
    st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(-14 * 60, 14 * 60),
)
def test_every_moment_of_the_century_is_read_in_every_zone(moment: datetime, minutes: int) -> None:
    at = int(moment.timestamp()) * 1000 + moment.microsecond // 1000
    there = moment.astimezone(timezone(timedelta(minutes=minutes)))
    assert read_moment(there.isoformat()) == at
    assert read_moment(moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")) == at
    assert read_moment(str(at)) == at if len(str(at)) == 13 else True


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-26T01:00:00Z", 1_795_654_800_000),
        ("2026-11-26 01:00Z", 1_795_654_800_000),
        ("2026-11-26T02:00:00+0100", 1_795_654_800_000),
        ("1795654800", 1_795_654_800_000),
        ("2000-02-29T00:00:00z", 951_782_400_000),
    ],
)
def test_spellings(text: str, at: int) -> None:
    assert read_moment(text) == at


@pytest.mark.parametrize(
    "text",
    [
        "", "now", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:60Z", "1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z", "9999999999999", "0000000001", "4102444800", "２０２６-01-01T00:00:00Z",
    ],
)  # fmt: skip
def test_what_is_no_moment_is_none(text: str) -> None:
    assert read_moment(text) is None
