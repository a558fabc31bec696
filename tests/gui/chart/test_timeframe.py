import pytest

from desktop_app.gui.chart.timeframe import DAY_MS, HOUR_MS, MINUTE_MS, countdown, parsed, step_ms


@pytest.mark.parametrize(
    ("typed", "interval"),
    [
        ("15", "15m"), ("15m", "15m"), ("60", "1h"), ("240", "4h"), ("4h", "4h"), ("4H", "4h"), ("d", "1d"),
        ("D", "1d"), ("1d", "1d"), ("w", "1w"), (",30", "30m"), (" 5 ", "5m"), ("m", "1m"), ("24h", "1d"),
        ("7", None), ("", None), ("btc", None), ("1inch", None), ("x", None), ("0", None), ("15mm", None),
    ],
)  # fmt: skip
def test_c_06_typed_intervals_are_understood(typed: str, interval: str | None) -> None:
    assert parsed(typed) == interval


def test_steps() -> None:
    assert (step_ms("15m"), step_ms("4h"), step_ms("1d")) == (15 * MINUTE_MS, 4 * HOUR_MS, DAY_MS)


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (0, "00:00"), (1, "00:01"), (271_000, "04:31"), (HOUR_MS - 1, "1:00:00"), (7_147_000, "1:59:07"),
        (2 * DAY_MS + 3 * HOUR_MS, "2 d 03 h"), (-5, "00:00"),
    ],
)  # fmt: skip
def test_c_07_countdown_to_the_close(left: int, text: str) -> None:
    assert countdown(left) == text
