from decimal import Decimal

from desktop_app.core.market import Candle
from desktop_app.gui.running_candle import RunningCandle, opening_of

D = Decimal
MINUTE = 60_000


def minute(at: int, low: str, high: str, volume: str = "1") -> Candle:
    return Candle(at * MINUTE, D(low), D(high), D(low), D(high), D(volume))


def test_minutes_add_up_to_the_candle_under_way() -> None:
    running = RunningCandle(15 * MINUTE)
    running.take(minute(30, "10", "12"))
    running.take(minute(31, "9", "11"))

    bar = running.take(minute(32, "10", "13", "2"))

    assert bar is not None
    assert (bar.at, bar.open, bar.high, bar.low, bar.close, bar.volume) == (30 * MINUTE, 10, 13, 9, 13, 4)


def test_a_minute_told_again_replaces_itself() -> None:
    running = RunningCandle(15 * MINUTE)
    running.take(minute(30, "10", "12", "1"))

    bar = running.take(minute(30, "10", "14", "3"))

    assert bar is not None
    assert (bar.high, bar.volume) == (14, 3)


def test_the_next_candle_begins_anew_and_the_past_is_ignored() -> None:
    running = RunningCandle(5 * MINUTE)
    running.take(minute(4, "10", "12"))
    bar = running.take(minute(5, "20", "21"))

    assert bar is not None
    assert (bar.at, bar.low) == (5 * MINUTE, 20)
    assert running.take(minute(3, "1", "2")) is None


def test_weeks_begin_on_monday() -> None:
    monday = 1_795_392_000_000  # 2026-11-23

    assert opening_of(monday + 3 * 86_400_000, 604_800_000) == monday
