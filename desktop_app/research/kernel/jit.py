"""Compiles a kernel's functions where numba is installed, and leaves them plain Python where it is not."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

_njit: Callable[..., Any] | None
try:
    import numba

    _njit = numba.njit
except ImportError:
    _njit = None  # slower, same numbers

HAS_COMPILER = _njit is not None


def compiled(function: F) -> F:
    """Kept on disk between runs; holds no lock of the interpreter while it works."""
    if _njit is None:
        return function
    return cast("F", _njit(cache=True, nogil=True, error_model="numpy")(function))
