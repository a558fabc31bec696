"""Keeping the computer awake: each system's own way, held as long as the object holds, and gone with the process."""

import ctypes
import logging
import os
import shutil
import subprocess
import sys
from typing import Any, Protocol

from desktop_app.gui.i18n import tr_later
from desktop_app.gui.system.unable import Unable, reason_of

_log = logging.getLogger(__name__)
_ES_CONTINUOUS, _ES_SYSTEM_REQUIRED = 0x8000_0000, 0x0000_0001
_CAFFEINATE = "/usr/bin/caffeinate"
_END_SECONDS = 2.0


class Wakefulness(Protocol):
    """May block: it is for one thread of its own, always the same. To hold or let go twice is no mistake."""

    def hold(self) -> None:
        """Raises Unable."""

    def let_go(self) -> None: ...


def wakefulness() -> Wakefulness:
    """This system's way."""
    if sys.platform == "win32":
        return ExecutionState()
    if sys.platform == "darwin":
        return Caffeinate()
    from desktop_app.gui.system.linux_wakefulness import Inhibitors

    return Inhibitors()


class ExecutionState:
    """Windows: a state of the thread that asks; the screen may still go dark."""

    def __init__(self, kernel: Any = None) -> None:
        self._kernel = kernel

    def hold(self) -> None:
        if not self._set(_ES_CONTINUOUS | _ES_SYSTEM_REQUIRED):
            raise Unable(tr_later("Windows did not agree to stay awake. Switch off sleep in its power settings."))

    def let_go(self) -> None:
        self._set(_ES_CONTINUOUS)

    def _set(self, state: int) -> bool:
        kernel: Any = self._kernel
        if kernel is None:
            kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - it exists on Windows only
        return bool(kernel.SetThreadExecutionState(state))


class Caffeinate:
    """macOS: its own program, which ends with ours whatever becomes of us."""

    def __init__(self, program: str = _CAFFEINATE) -> None:
        self._program = program
        self._child: subprocess.Popen[bytes] | None = None

    def hold(self) -> None:
        if self._child is not None and self._child.poll() is None:
            return
        words = (shutil.which(self._program) or self._program, "-i", "-w", str(os.getpid()))
        try:
            self._child = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        except OSError as error:
            raise Unable(
                tr_later("caffeinate could not be started ({reason}). Switch off sleep in the system's settings."),
                reason=reason_of(error),
            ) from None

    def let_go(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.terminate()
        try:
            child.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            _log.warning("caffeinate did not end when told to")
            child.kill()
