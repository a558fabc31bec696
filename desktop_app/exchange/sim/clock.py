"""The clock of a pretended exchange, which runs faster than ours and goes on where it was after a restart."""

from collections.abc import Callable

# While nobody turns the clock (the computer sleeps, the loop is stuck) it runs this long and then stands still, so
# that waking up never means living through a night at once.
LONGEST_STEP_MS = 2_000


class SimClock:
    """Runs `speed` times faster than `wall` (ms), and never backwards whatever that one does."""

    def __init__(self, wall: Callable[[], int], at: int, speed: float) -> None:
        self._wall = wall
        self._speed = speed
        self._at = float(at)  # with parts of a ms, or many small turns would make a slow clock of it
        self._wall_at = wall()
        self._latest = at

    @property
    def speed(self) -> float:
        return self._speed

    def now(self) -> int:
        self._latest = max(self._latest, int(self._exactly()))
        return self._latest

    def turn(self) -> int:
        """The time, and permission to run on for another step from it."""
        self._at, self._wall_at = max(self._exactly(), self._latest), self._wall()
        return self.now()

    def _exactly(self) -> float:
        passed = min(max(0, self._wall() - self._wall_at), LONGEST_STEP_MS)
        return self._at + passed * self._speed

    def set_speed(self, speed: float) -> None:
        assert speed > 0
        self.turn()
        self._speed = speed

    def wall_seconds_until(self, at: int) -> float:
        """How long we wait until this clock shows `at`."""
        return max(0, at - self.now()) / self._speed / 1000
