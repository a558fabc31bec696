"""Locks of the operating system's on a file: held by one at a time, of whatever process, and free at whatever death."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MODE = 0o600

if sys.platform == "win32":
    import msvcrt

    def take(handle: int) -> None:
        """Raises OSError: another one has it."""
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

    def _await(handle: int) -> None:
        while True:
            try:
                msvcrt.locking(handle, msvcrt.LK_LOCK, 1)  # gives up after ten seconds
            except OSError:
                continue
            return

else:
    import fcntl

    def take(handle: int) -> None:
        """Raises OSError: another one has it."""
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _await(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX)


def open_lock(path: Path) -> int:
    """A handle on the file, which is made where it is missing. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), _MODE)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Wait until nobody else is in here: no other thread, no other process. Raises OSError."""
    handle = open_lock(path)
    try:
        _await(handle)
        yield
    finally:
        os.close(handle)  # the lock goes with it; the file stays, or two could lock two files
