"""Compiles a kernel's functions where numba is installed, and leaves them plain Python where it is not."""

import hashlib
import os
import shutil
import stat
import sys
import time
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

_KEPT_SECONDS = 30 * 86_400  # compiled code that no run has asked for

# numba itself is imported by the first module that has something to compile: asking costs nothing.
HAS_COMPILER = os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0") and find_spec("numba") is not None


def compiled(function: F) -> F:
    """Kept on disk between runs; holds no lock of the interpreter while it works."""
    return cast("F", _compile(function, {})) if HAS_COMPILER else function


def inner(function: F) -> F:
    """For what only compiled functions call, and what makes no arrays: nothing is made for calls from Python."""
    options = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "no_rewrites": True, "_nrt": False}
    return cast("F", _compile(function, options)) if HAS_COMPILER else function


def _compile(function: Callable[..., Any], options: dict[str, bool]) -> Any:
    numba = _numba()
    keeps = "NUMBA_CACHE_DIR" in os.environ
    dispatcher = numba.njit(cache=keeps, nogil=True, error_model="numpy", **options)(function)
    template = dispatcher.get_call_template

    def forget_constants(arguments: Any, named: Any) -> Any:
        """Else a function called with forty constants would be compiled forty times."""
        return template(tuple(map(numba.types.unliteral, arguments)), named)

    dispatcher.get_call_template = forget_constants
    return dispatcher


@cache
def _numba() -> Any:
    folder = cache_folder()
    if folder is not None:
        os.environ["NUMBA_CACHE_DIR"] = str(folder)  # read when it is imported
    import numba

    return numba


def cache_folder() -> Path | None:
    """Where compiled code is kept: this user's, this version's; None where nothing can be written.

    The compiler notices a change of a function's own file, but not of the functions that it calls: hence the name.
    """
    given = os.environ.get("NUMBA_CACHE_DIR")
    if given:
        return Path(given)
    import platformdirs

    above = platformdirs.user_cache_path("Strongroom", appauthor=False) / "kernel"
    folder = above / _stamp()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.utime(folder)
        if not os.access(folder, os.W_OK):
            return None
        if not _is_ours(folder):
            return None
        _forget_old(above)
    except OSError:
        return None
    return folder


def _is_ours(folder: Path) -> bool:
    """What is kept there is run: nobody else may have put it there."""
    if sys.platform == "win32":
        return True  # below the user's profile, which Windows keeps to its user
    about = folder.stat()
    return about.st_uid == os.getuid() and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _stamp() -> str:
    from desktop_app import __version__

    digest = hashlib.blake2s(digest_size=8)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return f"{__version__}-{version('numba')}-{digest.hexdigest()}"


def _forget_old(above: Path) -> None:
    for folder in above.iterdir():
        if folder.is_dir() and time.time() - folder.stat().st_mtime > _KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
