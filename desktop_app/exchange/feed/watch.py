"""Notices that a stream has gone silent, and says how long to wait before the next attempt to open it."""

import random

LEAST_PATIENCE_MS = 30_000
MOST_PATIENCE_MS = 300_000
GAPS_OF_PATIENCE = 3
FORGETTING = 0.98  # how much of the longest gap is still remembered at the next message

FIRST_PAUSE_SECONDS = 5.0  # no address is dialled more often than this
LONGEST_PAUSE_SECONDS = 60.0
SHORTEST_PAUSE_SECONDS = 0.2


class Watchdog:
    """Of one stream. Its patience is three of its usual gaps, so that a quiet pair is not taken for a dead line."""

    def __init__(self, at: int) -> None:
        """`at`: ms of a clock that never goes back."""
        self._heard_at = at
        self._usual_gap = 0.0

    @property
    def patience_ms(self) -> int:
        return int(min(max(LEAST_PATIENCE_MS, GAPS_OF_PATIENCE * self._usual_gap), MOST_PATIENCE_MS))

    def heard(self, at: int) -> None:
        gap = at - self._heard_at
        self._heard_at = at
        # The longest gap of late: an average would make every longer rest of a random market an alarm.
        self._usual_gap = max(float(gap), self._usual_gap * FORGETTING)

    def opened(self, at: int) -> None:
        """The line was opened (again): its silence is counted from here, its habits are still known."""
        self._heard_at = at

    def silent_ms(self, at: int) -> int:
        return at - self._heard_at

    def is_silent(self, at: int) -> bool:
        return self.silent_ms(at) > self.patience_ms


class BackOff:
    """The pauses between attempts: longer each time and never the same, so that many lines do not dial as one."""

    def __init__(self, chance: random.Random | None = None) -> None:
        self._chance = chance or random.Random()  # noqa: S311 - spreads load, guards no secret
        self._failures = 0

    def seconds(self, lasted: float) -> float:
        """How long to wait before the next attempt; each question counts as a failure.

        `lasted`: seconds since the last attempt began. What was open for long is opened again at once.
        """
        pause: float = min(FIRST_PAUSE_SECONDS * 2**self._failures, LONGEST_PAUSE_SECONDS)
        if not self._failures and lasted >= FIRST_PAUSE_SECONDS:
            pause = SHORTEST_PAUSE_SECONDS
        self._failures = min(self._failures + 1, 10)
        return pause * self._chance.uniform(1.0, 1.5)

    def worked(self) -> None:
        self._failures = 0
