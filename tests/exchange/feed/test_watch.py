"""When a stream counts as silent, and how long to wait before dialling again."""

import random

from desktop_app.exchange.feed.watch import (
    FIRST_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    MOST_PATIENCE_MS,
    BackOff,
    Watchdog,
)


def test_a_busy_stream_is_silent_after_thirty_seconds() -> None:
    dog = Watchdog(0)
    for at in range(0, 10_000, 100):
        dog.heard(at)
    assert not dog.is_silent(9_900 + 30_000)
    assert dog.is_silent(9_900 + 30_001)


def test_a_stream_that_never_said_anything_is_silent_too() -> None:
    assert Watchdog(0).is_silent(30_001)


def test_a_slow_stream_is_given_three_of_its_usual_gaps() -> None:
    dog = Watchdog(0)
    for at in range(0, 600_000, 20_000):
        dog.heard(at)
    assert not dog.is_silent(580_000 + 60_000)
    assert dog.is_silent(580_000 + 60_001)


def test_patience_has_an_end_however_slow_a_stream_is() -> None:
    dog = Watchdog(0)
    dog.heard(3_600_000)
    assert dog.patience_ms == MOST_PATIENCE_MS


def test_a_long_gap_is_forgotten_in_a_busy_stream() -> None:
    dog = Watchdog(0)
    dog.heard(60_000)
    assert dog.patience_ms == 180_000
    for i in range(200):
        dog.heard(60_000 + 100 * i)
    assert dog.patience_ms == 30_000


def test_opening_a_line_again_starts_the_wait_anew() -> None:
    dog = Watchdog(0)
    dog.opened(40_000)
    assert not dog.is_silent(70_000)
    assert dog.silent_ms(70_000) == 30_000


def test_pauses_grow_with_jitter_up_to_a_minute_and_a_half() -> None:
    pauses = BackOff(random.Random(7))
    seen = [pauses.seconds(0) for _ in range(12)]
    assert FIRST_PAUSE_SECONDS <= seen[0] <= 1.5 * FIRST_PAUSE_SECONDS
    assert seen[0] < seen[1] < seen[3]
    assert all(LONGEST_PAUSE_SECONDS <= pause <= 1.5 * LONGEST_PAUSE_SECONDS for pause in seen[4:])
    assert len(set(seen)) == len(seen)


def test_after_a_success_the_first_pause_is_short_again() -> None:
    pauses = BackOff(random.Random(7))
    for _ in range(5):
        pauses.seconds(0)
    pauses.worked()
    assert pauses.seconds(0) <= 1.5 * FIRST_PAUSE_SECONDS


def test_what_was_open_for_long_is_opened_again_at_once() -> None:
    pauses = BackOff(random.Random(7))
    assert pauses.seconds(3_600) < 1
    assert pauses.seconds(3_600) >= FIRST_PAUSE_SECONDS
