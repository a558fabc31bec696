"""`strategy`: looked at, trusted by its content, shown, and refused where it cannot be used."""

from pathlib import Path

import numpy as np
import pytest

from tests.cli.calling import Call
from tests.own.played import PlayedProcess

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


CANDLES = "timestamp,open,high,low,close,volume\n" + "".join(
    f"{1_700_000_100_000 + i * 60_000},{100 + i % 7},108,99,{100 + (i + 1) % 7},5\n" for i in range(60)
)
DIPS = """
from strongroom import buy, sell

def on_event(settings, state, event, view):
    if event.kind != "candle" or len(view.candles) < 2:
        return state, []
    if view.candles.close[-1] < view.candles.close[-2] and not view.has_position:
        return state, [buy(quote=50)]
    return state, [sell()] if view.has_position else []
"""
DICE = """
import numpy

def on_event(settings, state, event, view):
    return next(numpy.dice), []
"""


def test_a_strategy_is_checked_for_looking_ahead(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("asking", "process"):
        monkeypatch.setattr(f"desktop_app.own.{place}.StrategyProcess", PlayedProcess)
    csv, dips = tmp_path / "btc.csv", tmp_path / "dips.py"
    csv.write_text(CANDLES)
    dips.write_text(DIPS)
    assert call("strategy", "check", dips, "--candles", csv).status == 2, "not among the strategies yet"
    call("strategy", "trust", dips, "--yes")

    said = call("strategy", "check", "dips.py", "--candles", csv, "--cuts", 3)
    found = call("strategy", "check", "dips.py", "--candles", csv, "--cuts", 3, "--json").document

    assert said.status == 0 and "decides from the past alone" in said.out and "in 3 places" in said.out
    assert found["ok"] and found["cuts"] == 3 and found["decisions"] > 5 and found["peeked"] is None
    (tmp_path / "data" / "strategies" / "dips.py").write_text(DIPS + "# changed\n")
    assert call("strategy", "check", "dips.py", "--candles", csv).status == 3
    assert call("strategy", "check", "dips.py", "--candles", csv, "--cuts", 0).status == 2


def test_a_strategy_that_does_not_decide_the_same_way_twice_is_named(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("asking", "process"):
        monkeypatch.setattr(f"desktop_app.own.{place}.StrategyProcess", PlayedProcess)
    monkeypatch.setattr(np, "dice", iter(range(10_000)), raising=False)
    csv, path, bot = tmp_path / "btc.csv", tmp_path / "dice.py", tmp_path / "own.toml"
    csv.write_text(CANDLES)
    path.write_text(DICE)
    bot.write_text(
        'kind = "python"\nname = "Own"\naccount = "demo"\npairs = ["BTC/USDT"]\nfile = "dice.py"\n'
        'max_funds = "500"\ntimeframe = "1m"\n'
    )
    call("strategy", "trust", path, "--yes")

    said = call("strategy", "check", bot, "--candles", csv)
    found = call("strategy", "check", bot, "--candles", csv, "--json")

    assert said.status == 1 and "does not decide the same way twice. At 2023-11-14 22:15" in said.out
    assert found.status == 1 and not found.document["ok"] and found.document["wavered"]["at"] == 1_700_000_100_000
    assert call("strategy", "check", bot, "--candles", path).status == 2
