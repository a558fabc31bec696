"""How far long work is, told on one line of a terminal; where nobody watches, nothing is."""

import sys
import time
from collections.abc import Callable

_FIRST_WORD = 2.0  # seconds after which the time that is left is known well enough to be said


class ProgressLine:
    """To be called with (done, total); answers whether to go on."""

    def __init__(self, what: str, is_stopped: Callable[[], bool] = lambda: False) -> None:
        """`what` is done, such as "candles"."""
        self._what = what
        self._is_stopped = is_stopped
        self._told = ""
        self._began = time.monotonic()

    def __call__(self, done: int, total: int) -> bool:
        if is_watched():
            self._tell(done, total)
        return not self._is_stopped()

    def _tell(self, done: int, total: int) -> None:
        from desktop_app.research.optimiser import lasting

        took = time.monotonic() - self._began
        left = ""
        if done < total and done and took >= _FIRST_WORD:
            left = f", {lasting(took / done * (total - done))} left"
        line = f"{done:,} of {total:,} {self._what}{left}"
        if line != self._told:
            end = "\n" if done == total else ""
            sys.stderr.write(f"\r{line.ljust(len(self._told))}{end}")
            sys.stderr.flush()
            self._told = line


def is_watched() -> bool:
    """Somebody sits at a terminal."""
    return sys.stderr is not None and sys.stderr.isatty()
