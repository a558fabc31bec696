"""The log file: where everything goes that is not for the person at the terminal, tracebacks above all."""

import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import logging

    from desktop_app.config import Paths
    from desktop_app.core.redaction import Scrubber

_NAME = "strongroom.log"
_MOST_BYTES = 5_000_000
_OLD_FILES = 3


@contextmanager
def logged(paths: "Paths", scrubber: "Scrubber") -> Iterator[None]:
    """While this lasts, all logging of the process goes into the log file; nothing of it reaches the terminal.

    Whatever a line is made of, message, arguments and traceback, passes the scrubber on its way.
    """
    import logging
    from logging.handlers import RotatingFileHandler

    handler: logging.Handler
    try:
        paths.logs.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            paths.logs / _NAME, maxBytes=_MOST_BYTES, backupCount=_OLD_FILES, encoding="utf-8", delay=True
        )
    except OSError:  # the engine will say what is wrong with the folder
        handler = logging.NullHandler()
    handler.setFormatter(_formatter(scrubber))
    root, raises = logging.getLogger(), logging.raiseExceptions
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.raiseExceptions = False  # a full disk must not print a traceback for each line
    logging.captureWarnings(True)
    thread_hook, unraisable_hook = threading.excepthook, sys.unraisablehook
    threading.excepthook = _log_thread
    sys.unraisablehook = _log_unraisable
    try:
        yield
    finally:
        threading.excepthook, sys.unraisablehook = thread_hook, unraisable_hook
        logging.captureWarnings(False)
        logging.raiseExceptions = raises
        root.setLevel(level)
        root.removeHandler(handler)
        handler.close()


def keep_traceback(error: BaseException, paths: "Paths | None", scrubber: "Scrubber") -> Path | None:
    """Write an unexpected error where it can be found; the file, or None where nothing can be written."""
    text = scrubber.scrub("".join(traceback.format_exception(error)))
    folders = [paths.logs] if paths is not None else []
    for folder in (*folders, Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / _NAME).open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
        except OSError:
            continue
        return folder / _NAME
    return None


def _formatter(scrubber: "Scrubber") -> "logging.Formatter":
    import logging

    class Scrubbed(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            return scrubber.scrub(super().format(record))

    return Scrubbed("%(asctime)s %(levelname)s %(name)s: %(message)s")


def _log_thread(arguments: threading.ExceptHookArgs) -> None:
    import logging

    name = arguments.thread.name if arguments.thread is not None else "?"
    logging.getLogger(__name__).error("thread %s ended", name, exc_info=arguments.exc_value)


def _log_unraisable(unraisable: Any) -> None:
    import logging

    logging.getLogger(__name__).error("%s", unraisable.err_msg or "ignored", exc_info=unraisable.exc_value)
