"""The pretended exchange's clock: fast, steady, and never backwards."""

from dataclasses import dataclass

from desktop_app.exchange.sim.clock import LONGEST_STEP_MS, SimClock


@dataclass
class Wall:
    at: int = 1_000_000

    def __call__(self) -> int:
        return self.at


def test_it_runs_as_many_times_faster_as_its_speed() -> None:
    wall = Wall()
    clock = SimClock(wall, 50, speed=60)
    wall.at += 1_000

    assert clock.now() == 50 + 60_000
    assert clock.wall_seconds_until(50 + 120_000) == 1.0


def test_a_change_of_speed_counts_from_now_on() -> None:
    wall = Wall()
    clock = SimClock(wall, 0, speed=1)
    wall.at += 1_000
    clock.set_speed(600)
    wall.at += 1_000

    assert clock.now() == 1_000 + 600_000
    assert clock.speed == 600


def test_many_small_turns_lose_no_time() -> None:
    wall = Wall()
    clock = SimClock(wall, 0, speed=1.25)
    for _ in range(1_000):
        wall.at += 1
        clock.turn()

    assert clock.now() == 1_250


def test_it_stands_still_while_the_computer_sleeps() -> None:
    wall = Wall()
    clock = SimClock(wall, 0, speed=1)
    wall.at += 8 * 3_600_000

    assert clock.now() == LONGEST_STEP_MS
    assert clock.turn() == LONGEST_STEP_MS
    wall.at += 500
    assert clock.now() == LONGEST_STEP_MS + 500


def test_a_wall_clock_set_back_does_not_turn_it_back() -> None:
    wall = Wall()
    clock = SimClock(wall, 0, speed=1)
    wall.at += 1_000
    assert clock.now() == 1_000
    wall.at -= 3_600_000

    assert clock.now() == 1_000
    assert clock.turn() == 1_000
    wall.at += 500
    assert clock.now() == 1_500
