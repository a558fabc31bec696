"""The frame of every command: help, mistakes in the call, data that cannot be used, and what nobody foresaw."""

import sqlite3
from pathlib import Path

import pytest

from desktop_app import __version__, app
from desktop_app.cli.main import main
from desktop_app.cli.opening import Opening
from desktop_app.cli.session import House
from desktop_app.config import Paths
from desktop_app.engine.engine import Engine
from desktop_app.engine.work import Work
from tests.cli.calling import Call, WriteBot

NOUNS = ("run", "account", "bot", "deal", "candles", "backtest", "panic", "audit", "doctor")


def test_version_and_help_are_shown(call: Call) -> None:
    assert call("--version").out == f"Strongroom {__version__} (from source)\n"
    done = call("--help")
    assert done.status == 0 and "strongroom bot check btc.toml" in done.out
    for noun in NOUNS:
        assert noun in done.out
        assert call(noun, "--help").status == 0
    assert "examples:" in call("backtest", "--help").out


@pytest.mark.parametrize(
    "words",
    [
        ("trade",),
        ("bot",),
        ("bot", "fly"),
        ("bot", "add"),
        ("account", "add", "demo"),
        ("deal", "close"),
        ("run", "--for"),
        ("--unknown",),
        ("bot", "list", "extra"),
        ("candles", "import", "x.csv"),
        ("bot", "stop", "1", "--then", "explode"),
    ],
)
def test_a_call_that_is_none_is_one_sentence(call: Call, words: tuple[str, ...]) -> None:
    done = call(*words)

    assert done.status == 2 and done.out == ""
    assert "Nothing was done." in done.err and "--help` shows how" in done.err


def test_options_of_everywhere_stand_before_or_after_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (
        ["--json", "--data-dir", str(tmp_path / "a"), "bot", "list"],
        ["bot", "list", "--data-dir", str(tmp_path / "a"), "--json"],
        ["bot", "--data-dir", str(tmp_path / "a"), "list", "--json"],
    ):
        assert app.main(words) == 0
        assert capsys.readouterr().out == "[]\n"


def test_profiles_keep_data_apart(call: Call) -> None:
    call("--profile", "one", "account", "add", "demo", "--exchange", "sim")

    assert len(call("--profile", "one", "account", "list", "--json").document) == 1
    assert call("--profile", "two", "account", "list", "--json").document == []
    done = call("--profile", "../x", "account", "list")
    assert done.status == 2 and "Nothing was done." in done.err


def test_without_a_command_the_window_opens(tmp_path: Path) -> None:
    opened: list[Path] = []

    def open_window(house: House, opening: Opening) -> int:
        opened.append(house.paths.data_dir)
        return 7

    assert main(["--data-dir", str(tmp_path)], build_engine=app.build_engine, open_window=open_window) == 7
    assert opened == [tmp_path]


@pytest.mark.parametrize(
    "words", [("bot", "list"), ("account", "add", "x", "--exchange", "sim"), ("run", "--for", "1")]
)
def test_a_damaged_database_is_kept_and_told(demo: Call, tmp_path: Path, words: tuple[str, ...]) -> None:
    file = tmp_path / "data" / "strongroom.sqlite3"
    file.write_bytes(b"SQLite format 3\x00" + b"garbage " * 4000)
    before = file.read_bytes()

    done = demo(*words)

    assert done.status == 1 and "is damaged" in done.err and "orders on the exchange stay" in done.err
    assert file.read_bytes() == before


def test_a_newer_database_is_left_alone(demo: Call, tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "data" / "strongroom.sqlite3")
    database.execute("PRAGMA user_version = 9999")
    database.close()

    done = demo("bot", "list")

    assert done.status == 3 and "newer Strongroom" in done.err


def test_a_data_folder_that_cannot_be_is_told(call: Call, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, not a folder")

    for words in (("bot", "list"), ("run", "--for", "1"), ("account", "add", "x", "--exchange", "sim")):
        done = call(*words)
        assert done.status in (1, 3) and "No bot was started." in done.err


def test_what_nobody_foresaw_is_a_sentence_and_a_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(paths: Paths, work: Work) -> Engine:
        raise RuntimeError("a\nbug \x1b[31m")

    status = main(["--data-dir", str(tmp_path), "bot", "list"], build_engine=broken, open_window=lambda *_: 0)

    said = capsys.readouterr().err
    assert status == 1 and said.count("\n") == 1 and "\x1b" not in said
    log = tmp_path / "logs" / "strongroom.log"
    assert str(log) in said and "RuntimeError" in log.read_text(encoding="utf-8")


def test_ctrl_c_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(paths: Paths, work: Work) -> Engine:
        raise KeyboardInterrupt

    status = main(["--data-dir", str(tmp_path), "bot", "list"], build_engine=interrupted, open_window=lambda *_: 0)

    assert status == 1 and "Stopped by Ctrl-C." in capsys.readouterr().err


def test_names_from_outside_cannot_act_on_the_terminal(demo: Call, bot_file: WriteBot) -> None:
    demo("bot", "add", bot_file(("BTC starter", "%s {0} \u00e9 =cmd")))

    done = demo("bot", "list")

    assert done.status == 0 and "%s {0} \u00e9 =cmd" in done.out
