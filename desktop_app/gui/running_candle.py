"""The candle under way of a coarse interval, kept from the minutes that the exchange tells."""

from dataclasses import dataclass

from desktop_app.core.market import Candle

WEEK_MS = 604_800_000
_MONDAY_MS = 4 * 86_400_000  # the epoch was a Thursday


def opening_of(at: int, step_ms: int) -> int:
    """The opening moment of the candle that `at` is in; weeks begin on Monday."""
    phase = _MONDAY_MS if step_ms == WEEK_MS else 0
    return (at - phase) // step_ms * step_ms + phase


@dataclass(frozen=True, slots=True)
class FloatCandle:
    at: int
    open: float
    high: float
    low: float
    close: float
    volume: float


class RunningCandle:
    """Adds up minutes. A minute told again replaces what it had said before."""

    def __init__(self, step_ms: int) -> None:
        self._step_ms = step_ms
        self._at = -1
        self._minutes: dict[int, Candle] = {}

    def take(self, minute: Candle) -> FloatCandle | None:
        """The candle with this minute in it; None for a minute of the past."""
        at = opening_of(minute.at, self._step_ms)
        if at < self._at:
            return None
        if at > self._at:
            self._at = at
            self._minutes.clear()
        self._minutes[minute.at] = minute
        minutes = [self._minutes[moment] for moment in sorted(self._minutes)]
        return FloatCandle(
            at,
            float(minutes[0].open),
            float(max(candle.high for candle in minutes)),
            float(min(candle.low for candle in minutes)),
            float(minutes[-1].close),
            float(sum(candle.volume for candle in minutes)),
        )
