"""How many requests an exchange takes from one address: all accounts on it share that, and orders come first."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from time import monotonic

_READS_SHARE = 0.8  # of the budget; the rest is for orders and cancels
_LONGEST_WAIT_S = 15.0
_SHORTEST_STOP_S = 5.0
_LONGEST_STOP_S = 3 * 86_400.0  # the longest ban that Binance documents


class Throttled(Exception):
    """Nothing was sent: the exchange has asked for silence, or too much is waiting already."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.0f}")
        self.seconds = seconds


class Budget:
    """Costs within a rolling window. `limit` and costs are in whatever unit the exchange counts."""

    def __init__(
        self,
        limit: float,
        window_s: float,
        *,
        clock: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.limit = limit
        self._window_s = window_s
        self._clock = clock
        self._sleep = sleep
        self._spent: deque[tuple[float, float]] = deque()
        self._sum = 0.0
        self._silent_until = float("-inf")

    @property
    def silent_for(self) -> float:
        """Seconds for which the exchange wants no request."""
        return max(0.0, self._silent_until - self._clock())

    @property
    def used(self) -> float:
        self._forget()
        return self._sum

    async def take(self, cost: float, *, is_urgent: bool) -> None:
        """Return when a request of this cost may leave. Urgent ones never wait.

        Raises:
            Throttled: it may not leave at all, or not soon enough.
        """
        if self.silent_for:
            raise Throttled(self.silent_for)
        if not is_urgent:
            give_up_at = self._clock() + _LONGEST_WAIT_S
            while wait := self._wait(cost):
                if self._clock() + wait > give_up_at:
                    raise Throttled(wait)
                await self._sleep(wait)
                if self.silent_for:
                    raise Throttled(self.silent_for)
        self._spend(cost)

    def heard(self, used: float) -> None:
        """The exchange has told how much of the window is used, by us or by others at this address."""
        missing = used - self.used
        if missing > 0:
            self._spend(missing)

    def stop(self, seconds: float) -> None:
        """Send nothing for so long: the exchange has said so."""
        seconds = min(max(seconds, _SHORTEST_STOP_S), _LONGEST_STOP_S)
        self._silent_until = max(self._silent_until, self._clock() + seconds)

    def _spend(self, cost: float) -> None:
        self._spent.append((self._clock(), cost))
        self._sum += cost

    def _forget(self) -> None:
        start = self._clock() - self._window_s
        while self._spent and self._spent[0][0] <= start:
            self._sum -= self._spent.popleft()[1]
        if not self._spent:
            self._sum = 0.0

    def _wait(self, cost: float) -> float:
        """Seconds until there is room for a read of this cost; one that is larger than the window waits for all."""
        self._forget()
        allowed = max(self.limit * _READS_SHARE - cost, 0.0)
        over = self._sum - allowed
        if over <= 0:
            return 0.0
        for at, spent in self._spent:
            over -= spent
            if over <= 0:
                return max(at + self._window_s - self._clock(), 0.001)
        return 0.001


class Budgets:
    """One budget for each exchange and address, shared by all accounts there."""

    def __init__(
        self, *, clock: Callable[[], float] = monotonic, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._budgets: dict[tuple[str, str], Budget] = {}

    def of(self, exchange_id: str, address: str, limit: float, window_s: float) -> Budget:
        key = (exchange_id, address)
        if key not in self._budgets:
            self._budgets[key] = Budget(limit, window_s, clock=self._clock, sleep=self._sleep)
        return self._budgets[key]
