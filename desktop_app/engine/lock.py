"""One running application per data folder: a lock of the operating system's, free again at whatever death."""

import os
import sys
from pathlib import Path

from desktop_app.engine.problem import REFUSED_FOR_SAFETY, problem

_MODE = 0o600


class InstanceLock:
    """Held from `acquire` to `release`, or to the end of the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    @property
    def is_held(self) -> bool:
        return self._handle is not None

    def acquire(self) -> None:
        """Raises Problem: another process has it, or the folder cannot be written."""
        assert self._handle is None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), _MODE)
        except OSError as error:
            reason = error.strerror or str(error)
            raise problem("no_lock", REFUSED_FOR_SAFETY, path=str(self._path.parent), reason=reason) from None
        try:
            _lock(handle)
        except OSError:
            os.close(handle)
            raise problem("second_instance", 1, path=str(self._path.parent)) from None
        self._handle = handle

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)  # the lock goes with it; the file stays, or two could lock two files
            self._handle = None


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
