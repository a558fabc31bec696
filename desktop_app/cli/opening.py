"""The call without a command: the window of a data folder, or the one that is open already, and what it shall show."""

import os
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from desktop_app.cli.output import BAD_INPUT, DONE, complain, show, visible, wording
from desktop_app.cli.session import House, running

if TYPE_CHECKING:
    from desktop_app.config import Paths
    from desktop_app.engine.door import DoorClient

_PATIENCE_SECONDS = 15.0  # another one is just starting
_LOOK_SECONDS = 0.05
_ANY_PROCESS = 0xFFFF_FFFF


@dataclass(frozen=True, slots=True)
class Opening:
    """What the window is opened for."""

    document: str = ""  # a bot file or a link
    is_in_background: bool = False


class OpenWindow(Protocol):
    """The composition root's way of showing the window until it is closed."""

    def __call__(self, house: House, opening: Opening, /) -> int: ...


def opened(house: House, opening: Opening, open_window: OpenWindow) -> int:
    """The exit status. A second start shows the first, and hands it what it was given itself."""
    if opening.document:
        from desktop_app.engine.documents import absolute

        opening = Opening(absolute(opening.document), opening.is_in_background)
    is_refused = bool(opening.document) and _is_refused(opening.document)
    client = _first_one(house.paths)
    if client is None:
        return open_window(house, opening)
    with client:
        return _hand_over(client, opening, house.paths, is_refused=is_refused)


def _is_refused(document: str) -> bool:
    """Who typed it reads the sentence here and nothing opens; who clicked on it has no terminal, so the window tells.

    Raises:
        Problem: it cannot be opened.
    """
    from desktop_app.engine.documents import read_document
    from desktop_app.engine.problem import Problem

    try:
        read_document(document)
    except Problem as problem:
        if _has_terminal() or not _has_screen():
            raise
        complain(wording(problem.said))
        return True
    return False


def _has_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _has_screen() -> bool:
    """Whether a window could tell it."""
    return sys.platform != "linux" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")))


def _first_one(paths: "Paths") -> "DoorClient | None":
    """The application that runs here; one that is just starting is waited for. None: it is ours to start."""
    if not paths.lock.exists():
        return None
    from desktop_app.engine.lock import InstanceLock
    from desktop_app.engine.problem import Problem

    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        client = running(paths)
        if client is not None:
            return client
        lock = InstanceLock(paths.lock)
        try:
            lock.acquire()
        except Problem as problem:
            if problem.said.code != "second_instance" or time.monotonic() >= deadline:
                return None  # the window tells what is wrong
        else:
            lock.release()
            return None
        time.sleep(_LOOK_SECONDS)


def _let_come_forward() -> None:
    """Windows lets nobody into the foreground but who was just started: we pass that on to the one that runs."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(_ANY_PROCESS)


def _hand_over(client: "DoorClient", opening: Opening, paths: "Paths", *, is_refused: bool) -> int:
    first = client.supervisor()
    _let_come_forward()
    if not opening.document:
        if not opening.is_in_background:
            first.call("focus")
        show("Strongroom is already running on this data folder. If it has a window, that is in front now.")
        return DONE
    name = visible(opening.document)[:200]
    if not first.call("open_document", document=opening.document):
        from desktop_app.engine.problem import FAILED, problem

        raise problem("no_window_here", FAILED, path=str(paths.data_dir), document=name)
    if is_refused:  # the window says so, too
        return BAD_INPUT
    show(f"The Strongroom that is running opens {name} as a draft. Nothing was started.")
    return DONE
