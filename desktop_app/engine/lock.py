"""One running application per data folder: a lock of the operating system's, free again at whatever death."""

import os
from pathlib import Path

from desktop_app.engine.problem import REFUSED_FOR_SAFETY, problem
from desktop_app.store.file_lock import open_lock, take


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
            handle = open_lock(self._path)
        except OSError as error:
            reason = error.strerror or str(error)
            raise problem("no_lock", REFUSED_FOR_SAFETY, path=str(self._path.parent), reason=reason) from None
        try:
            take(handle)
        except OSError:
            os.close(handle)
            raise problem("second_instance", 1, path=str(self._path.parent)) from None
        self._handle = handle

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)  # the lock goes with it; the file stays, or two could lock two files
            self._handle = None
