"""How fast strangers are listened to: so slowly that no bot notices, so fast that real alerts always come through."""

from collections.abc import Callable

from desktop_app.engine.crew import Sleep

_CONNECTIONS_A_SECOND = 100.0
_SMALL = 4_096  # bytes: no real alert is longer
_MESSAGES_A_SECOND = 100.0  # of one address
_LARGE_A_SECOND = 5.0
_BURST = 20.0
_TURN_SECONDS = 0.01  # between two messages that are taken apart: at most a tenth of the time goes to them


class Pace:
    """Turns for all together, and a bucket for each address. `clock`: seconds, steadily."""

    def __init__(self, clock: Callable[[], float], sleep: Sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._buckets: dict[tuple[str, bool], tuple[float, float]] = {}
        self._next_connection = 0.0
        self._next_message = 0.0

    async def connection(self) -> None:
        """Return when the next one may be let in: never many at once, for all that they say would stand in one row."""
        now = self._clock()
        self._next_connection = max(self._next_connection, now) + 1 / _CONNECTIONS_A_SECOND
        if self._next_connection > now:
            await self._sleep(self._next_connection - now)

    def may_read(self, address: str, length: int | None) -> bool:
        """Whether one message more of this address is looked at now; `length` None: its sender does not say."""
        is_small = length is not None and length <= _SMALL
        rate = _MESSAGES_A_SECOND if is_small else _LARGE_A_SECOND
        bucket, now = (address, is_small), self._clock()
        left, since = self._buckets.get(bucket, (_BURST, now))
        left = min(_BURST, left + (now - since) * rate)
        is_allowed = left >= 1
        self._buckets[bucket] = (left - 1 if is_allowed else left, now)
        return is_allowed

    async def message(self) -> None:
        """Return when the next one may be taken apart."""
        now = self._clock()
        at = max(now, self._next_message)
        self._next_message = at + _TURN_SECONDS
        if at > now:
            await self._sleep(at - now)
