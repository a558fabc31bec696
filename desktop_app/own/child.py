"""The process that a strategy runs in: reads a line of JSON, calls the strategy, writes a line of JSON.

It is started without the environment of the application and holds no key. From the moment the strategy's text is
loaded, an audit hook refuses network, further processes, native code and files: a fence against mistakes. It is no
sandbox against malice, which the consent says plainly.
"""

import json
import os
import sys
import traceback
from collections.abc import Callable
from types import ModuleType
from typing import IO, Any

_MOST_MEMORY = 2_000_000_000  # bytes
_REFUSED = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.kill", "ctypes.",
    "winreg.", "shutil.", "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.putenv", "pty.", "webbrowser.",
    "os.truncate", "os.symlink", "os.link", "os.chmod", "os.chown", "os.startfile",
    "_winapi.CreateProcess", "_winapi.OpenProcess",
    "ftplib.", "smtplib.", "urllib.", "http.", "imaplib.", "sqlite3.", "signal.",
)  # fmt: skip


def main() -> int:
    """Serve until the other side closes the pipe."""
    asks, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - print() is harmless
    _bound_memory()
    import talib  # noqa: F401 - what strategies use most is loaded while files may still be read

    from desktop_app.own.session import Session

    session = Session()
    _fence()
    for line in iter(asks.readline, b""):
        _write(answers, _answer(session.answer, line))
    return 0


def _answer(answer: Callable[[dict[str, Any]], dict[str, Any]], line: bytes) -> dict[str, Any]:
    try:
        return answer(json.loads(line))
    except RecursionError:
        return {"error": "RecursionError: it calls itself without end", "line": 0}
    except MemoryError:
        return {"error": "MemoryError: it wants more memory than a strategy gets", "line": 0}
    except Exception as error:  # noqa: BLE001 - whatever a strategy raises is told, and stops its bot only
        return {"error": f"{type(error).__name__}: {error}"[:500], "line": _line_of(error)}
    except BaseException as error:  # noqa: BLE001 - also an exit
        return {"error": f"{type(error).__name__}"[:500], "line": _line_of(error)}


def _line_of(error: BaseException) -> int:
    """The innermost line of the strategy's own text."""
    from desktop_app.own.session import FILE_MARK

    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(FILE_MARK)]
    return (frames[-1].lineno or 0) if frames else int(getattr(error, "lineno", 0) or 0)


def _write(answers: IO[bytes], answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer).encode() + b"\n")
    answers.flush()


def _bound_memory() -> None:
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))


def _fence() -> None:
    """No way out of this process from here on, but the two pipes."""
    roots = tuple(os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, _package_root()))

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_REFUSED):
            raise PermissionError(f"a strategy may not do this ({event})")
        if event == "open" and not _is_own_reading(arguments, roots):
            raise PermissionError("a strategy may not open files")

    sys.addaudithook(refuse)


def _is_own_reading(arguments: tuple[Any, ...], roots: tuple[str, ...]) -> bool:
    """Modules that are imported late are read, and nothing else is."""
    path, mode, flags = (*arguments, None, None, None)[:3]
    if isinstance(path, int):
        return True
    writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
    if writes or (isinstance(mode, str) and set(mode) & set("wax+")):
        return False
    return str(os.path.realpath(os.fspath(path))).startswith(roots)


def _package_root() -> str:
    module: ModuleType = sys.modules["desktop_app"]
    assert module.__file__ is not None
    return os.path.dirname(os.path.dirname(module.__file__))  # noqa: PTH120


if __name__ == "__main__":
    sys.exit(main())
