"""No line of the log shows a secret, whichever part of it the secret came in."""

import asyncio
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.cli.log_file import keep_traceback, logged
from desktop_app.config import Paths
from desktop_app.core.credentials import Secret
from desktop_app.core.redaction import Scrubber

SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"


@pytest.fixture
def scrubber() -> Scrubber:
    scrubber = Scrubber()
    scrubber.add("account", [Secret(SECRET)])
    return scrubber


@pytest.fixture
def log(tmp_path: Path, scrubber: Scrubber) -> "Iterator[Path]":
    with logged(Paths(tmp_path), scrubber):
        yield tmp_path / "logs" / "strongroom.log"


def test_message_arguments_traceback_and_stack_pass_the_scrubber(log: Path) -> None:
    logger = logging.getLogger("somebody.else")
    logger.warning("message " + SECRET)  # noqa: G003 - as others do
    logger.warning("arguments %s %r", SECRET, {"secret": SECRET})
    try:
        int(SECRET)
    except ValueError:
        logger.exception("with a traceback")
    logger.warning("with a stack %s", SECRET[:20], stack_info=True)

    text = log.read_text(encoding="utf-8")
    assert text.count("•••") >= 5 and "Traceback" in text
    assert SECRET[:11] not in text


def test_so_does_what_nobody_caught_in_a_thread_a_destructor_a_task_or_a_warning(log: Path) -> None:
    class Careless:
        def __del__(self) -> None:
            raise ValueError(SECRET)

    def careless() -> None:
        raise ValueError(SECRET)

    async def lose_a_task() -> None:
        loop = asyncio.get_running_loop()
        loop.call_exception_handler({"message": SECRET, "exception": ValueError(SECRET)})

    thread = threading.Thread(target=careless)
    thread.start()
    thread.join()
    Careless()
    asyncio.run(lose_a_task())
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(SECRET, stacklevel=1)

    text = log.read_text(encoding="utf-8")
    assert text.count("ValueError: •••") == 3
    assert "UserWarning: •••" in text
    assert SECRET[:11] not in text


def test_so_does_the_traceback_of_what_ends_the_command(tmp_path: Path, scrubber: Scrubber) -> None:
    file = keep_traceback(ValueError(f"apiKey={SECRET}, password=other"), Paths(tmp_path), scrubber)

    assert file is not None
    assert file.read_text(encoding="utf-8").endswith("ValueError: apiKey=•••, password=•••\n")


def test_afterwards_everything_is_as_it_was(tmp_path: Path, scrubber: Scrubber) -> None:
    before = threading.excepthook, sys.unraisablehook, logging.getLogger().level, logging.getLogger().handlers[:]
    with logged(Paths(tmp_path), scrubber):
        assert threading.excepthook is not before[0]

    assert before == (
        threading.excepthook,
        sys.unraisablehook,
        logging.getLogger().level,
        logging.getLogger().handlers,
    )
