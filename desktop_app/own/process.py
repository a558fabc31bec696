"""A strategy's process seen from outside: started, asked, and stopped when it does not answer in time.

Calls block, so an engine makes them on a thread of their own.
"""

import json
import os
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import desktop_app
from desktop_app.own.check import look
from desktop_app.own.folder import StrategyFile

LOAD_SECONDS = 30.0
ANSWER_SECONDS = 5.0
_LONGEST_ANSWER = 2_000_000  # bytes
_MOST_UNREAD = 8  # answers: one that nobody asked for is one too many already
_KEPT = ("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "LD_LIBRARY_PATH", "TMPDIR", "TEMP")


class StrategyTrouble(Exception):
    """It cannot be asked: `code` raised, slow, broken; `place` is where in its file, empty where that is unknown."""

    def __init__(self, code: str, error: str, line: int = 0) -> None:
        super().__init__(error)
        self.code = code
        self.error = error
        self.line = line

    @property
    def place(self) -> str:
        return f"line {self.line}" if self.line else "—"


@dataclass(frozen=True, slots=True)
class OptionField:
    """A setting of the strategy as a form shows it. `kind`: number, whole, flag, text, choice."""

    name: str
    title: str
    description: str
    default: bool | int | str
    kind: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """What a strategy says of itself."""

    title: str
    about: str
    fields: tuple[OptionField, ...]


class StrategyProcess:
    """One strategy at work. After a StrategyTrouble it is over: the next one needs a new process."""

    def __init__(self, file: StrategyFile, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self.file = file
        self._answer_seconds = answer_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> Description:
        """Load the file. Raises StrategyTrouble."""
        found = look(self.file.text, self.file.name)
        if found:
            raise StrategyTrouble("broken", found[0].reason, found[0].line)
        self._process = subprocess.Popen(
            _command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment(),
            cwd=_root(), close_fds=True, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
        assert self._process.stdout is not None
        threading.Thread(
            target=_read_lines, args=(self._process.stdout, self._lines), name="strategy", daemon=True
        ).start()
        answer = self._call({"do": "load", "name": self.file.name, "text": self.file.text}, LOAD_SECONDS, "broken")
        fields = tuple(OptionField(**{**one, "choices": tuple(one["choices"])}) for one in answer["ok"]["fields"])
        return Description(answer["ok"]["title"], answer["ok"]["about"], fields)

    def check(self, options: dict[str, Any]) -> tuple[tuple[str, str], ...]:
        """What is wrong with these settings, as (place, reason). Raises StrategyTrouble."""
        answer = self._call({"do": "options", "options": options}, self._answer_seconds, "broken")
        return tuple((f"options.{place}", reason) for place, reason in answer.get("problems", ()))

    def ask(self, request: dict[str, Any]) -> str:
        """The answer as JSON of core/strategies/own.Answer. Raises StrategyTrouble."""
        answer = self._call({"do": "ask", **request}, self._answer_seconds, "raised")
        return json.dumps(answer["ok"])

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        process.wait()

    def _call(self, request: dict[str, Any], seconds: float, code: str) -> dict[str, Any]:
        process = self._process
        if process is None or process.stdin is None:
            raise StrategyTrouble("broken", "its process is over")
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            self.close()
            raise StrategyTrouble("slow", f"{seconds:g} s") from None
        except OSError:
            line = b""
        if not line:
            self.close()
            raise StrategyTrouble(code, "its process ended by itself")
        try:
            answer: Any = json.loads(line)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            self.close()
            raise StrategyTrouble(code, "its answer cannot be read")
        if "error" in answer:
            raise StrategyTrouble(code, answer["error"], int(answer.get("line", 0)))
        return answer


def _read_lines(pipe: IO[bytes], lines: "queue.SimpleQueue[bytes]") -> None:
    """Until the process is over, which an empty line tells."""
    with suppress(OSError, ValueError):
        while (line := pipe.readline(_LONGEST_ANSWER)) and lines.qsize() < _MOST_UNREAD:
            lines.put(line)
    lines.put(b"")


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, "--strategy"]
    return [sys.executable, "-P", "-s", "-m", "desktop_app.own.child"]


def _environment() -> dict[str, str]:
    """Nothing of ours goes along: no home, no bus of a keyring, no proxy. The same order of sets every time."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    fixed = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", "PYTHONPATH": _root()}
    return kept | fixed | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def _root() -> str:
    return str(Path(desktop_app.__file__).parent.parent)
