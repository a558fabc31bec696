"""The exchange's clock, from answers that took unequal times on their way."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from statistics import median
from time import monotonic_ns

_SAMPLES = 5
_KEPT = 15
_SPREADS = 3


class OffsetClock:
    """`offset_ms`: the exchange's clock minus ours, the median of the latest samples without the outliers."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._samples: deque[int] = deque(maxlen=_KEPT)
        self._measuring = asyncio.Lock()
        self.offset_ms = 0
        self.is_known = False

    def now(self) -> int:
        return self._clock() + self.offset_ms

    async def measure(self, ask: Callable[[], Awaitable[int | None]], *, afresh: bool = False) -> None:
        """Ask for the time a few times. `afresh`: what was measured before holds no more.

        Raises:
            Unreachable, Refused: as `ask` does.
        """
        async with self._measuring:
            if afresh:
                self._samples.clear()
            for _ in range(_SAMPLES):
                before, started = self._clock(), monotonic_ns()
                told = await ask()
                took = (monotonic_ns() - started) // 1_000_000
                if told:
                    self._samples.append(told - (before + took // 2))
            if self._samples:
                self.offset_ms = typical(tuple(self._samples))
                self.is_known = True


def typical(samples: tuple[int, ...]) -> int:
    """The median of those within three median deviations of the median."""
    middle = median(samples)
    spread = max(median(abs(one - middle) for one in samples), 1)
    return int(median(one for one in samples if abs(one - middle) <= _SPREADS * spread))
