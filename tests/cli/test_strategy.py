"""`strategy`: looked at, trusted by its content, shown, and refused where it cannot be used."""

from pathlib import Path

import pytest

from tests.cli.calling import Call

TEXT = '''"""Does nothing."""
from strongroom import Field, Options
TITLE = "Nothing"
class Settings(Options):
    a: int = Field(3, title="A number")
def on_event(settings, state, event, view):
    return state, []
'''


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "nothing.py"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_trusting_says_what_it_means_and_needs_a_yes(call: Call, file: Path) -> None:
    assert "No strategies" in call("strategy", "list").out
    asked = call("strategy", "trust", file)
    assert asked.status == 3 and "no sandbox" in asked.err and "--yes" in asked.err
    assert call("strategy", "list", "--json").document == []

    trusted = call("strategy", "trust", file, "--yes", "--json").document
    assert trusted["file"] == "nothing.py" and len(trusted["sha256"]) == 64 and trusted["title"] == "Nothing"
    assert call("strategy", "list", "--json").document == [{"file": "nothing.py", "trusted": True}]
    shown = call("strategy", "show", "nothing.py", "--json").document
    assert shown["fields"][0] == {
        "name": "a", "title": "A number", "description": "", "default": 3, "kind": "whole", "choices": [],
    }  # fmt: skip
    assert "A number" in call("strategy", "show", "nothing.py").out


def test_a_changed_file_is_not_trusted_any_more(call: Call, file: Path, tmp_path: Path) -> None:
    call("strategy", "trust", file, "--yes")
    kept = tmp_path / "data" / "strategies" / "nothing.py"
    kept.write_text(TEXT + "# changed\n", encoding="utf-8")

    assert call("strategy", "list", "--json").document[0]["trusted"] is False
    refused = call("strategy", "show", "nothing.py")
    assert refused.status == 3 and "not trusted" in refused.err
    assert call("strategy", "distrust", "nothing.py").status == 0
    assert call("strategy", "distrust", "nothing.py").status == 2


def test_what_cannot_be_a_strategy_is_refused_with_its_line(call: Call, tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text("import os\nimport keyring\n", encoding="utf-8")
    done = call("strategy", "trust", bad, "--yes")
    assert done.status == 2 and "line 1: it imports os" in done.err and "line 2: it imports keyring" in done.err
    bad.write_text("x = 1 / 0\ndef on_event(settings, state, event, view): pass\n", encoding="utf-8")
    done = call("strategy", "trust", bad, "--yes")
    assert done.status == 1 and "ZeroDivisionError" in done.err and "line 1" in done.err
    assert call("strategy", "trust", tmp_path / "no.py", "--yes").status == 2
    assert call("strategy", "trust", tmp_path / "no.txt", "--yes").status == 2
    assert call("strategy", "list", "--json").document == []


def test_a_bot_file_of_a_strategy_is_checked_without_running_it(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        'kind = "python"\nname = "Own"\naccount = "demo"\npairs = ["BTC/USDT"]\n'
        'file = "nothing.py"\nmax_funds = "50"\n',
        encoding="utf-8",
    )
    done = call("bot", "check", path, "--json")
    assert done.status == 0 and done.document["ok"] is True and done.document["funds"] == "50"
    assert "spends at most 50 USDT" in call("bot", "check", path).out
