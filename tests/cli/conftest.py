"""The command as a person calls it, in this process: arguments in; status, stdout and stderr out."""

from pathlib import Path

import pytest

from desktop_app import app
from tests.cli.calling import BOT, Call, Done, WriteBot


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run one command on a data folder of this test."""

    def run(*arguments: object) -> Done:
        capsys.readouterr()
        status = app.main(["--data-dir", str(tmp_path / "data"), *map(str, arguments)])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        assert said.err.count("\n") <= 1, "a problem is one line"
        return Done(status, said.out, said.err)

    return run


@pytest.fixture
def bot_file(tmp_path: Path) -> WriteBot:
    """A bot file with some of its text replaced."""

    def write(*changes: tuple[str, str], text: str = BOT, name: str = "bot.toml") -> Path:
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def demo(call: Call) -> Call:
    """The same, with an account on the embedded exchange."""
    assert call("account", "add", "demo", "--exchange", "sim", "--speed", 600).status == 0
    return call
