"""The built application under test: `python3 dev.py package check`, or pytest with STRONGROOM_PROGRAM set to it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PROGRAM = "STRONGROOM_PROGRAM"
_PATIENCE_SECONDS = 180

# Nothing is built in an ordinary test run, so there is nothing to look at either.
collect_ignore_glob = [] if PROGRAM in os.environ else ["test_*.py"]


@dataclass
class Program:
    """The application as somebody has it who downloaded it, on a data folder and a home of its own."""

    path: Path
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        """Where it is installed."""
        return self.path.resolve().parent

    @property
    def inside(self) -> Path:
        return self.home / "_internal"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def command(self, *words: object) -> list[str]:
        return [str(self.path), "--data-dir", str(self.data), *map(str, words)]

    def start(self, *words: object, environment: Mapping[str, str] | None = None) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            self.command(*words), cwd=self.folder, env={**self.environment, **(environment or {})},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def call(
        self, *words: object, text: str = "", environment: Mapping[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        process = self.start(*words, environment=environment)
        try:
            out, err = process.communicate(text, timeout=_PATIENCE_SECONDS)
        finally:
            process.kill()
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def ask(self, *words: object, text: str = "", environment: Mapping[str, str] | None = None) -> str:
        done = self.call(*words, text=text, environment=environment)
        assert done.returncode == 0, f"{words}: {done.returncode} {done.stdout} {done.stderr}"
        return done.stdout


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Nothing of this checkout, its environment or its Python helps it."""
    home = tmp_path / "home"
    home.mkdir()
    if sys.platform == "win32":  # there, much does not work without much of it
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))}
    else:
        environment = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TMPDIR") if name in os.environ}
        environment |= {"HOME": str(home), "PATH": os.defpath}
    environment["QT_QPA_PLATFORM"] = "offscreen"
    return Program(Path(os.environ[PROGRAM]), tmp_path, environment)
