"""`optimise`: the document of the contract, and every refusal."""

from pathlib import Path

import pytest

from tests.cli.calling import Call, WriteBot

START = 1_700_000_040_000
SPACE = "[take_profit]\npercent = { values = [0.5, 1] }\n"


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "btc.csv"
    rows = ["timestamp,open,high,low,close,volume"]
    closes = [100, 99, 98, 101, 103, 100, 98, 97, 101, 104] * 4
    before = 100
    for k, close in enumerate(closes):
        rows.append(f"{START + k * 60_000},{before},{max(before, close)},{min(before, close)},{close},1")
        before = close
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.fixture
def space(tmp_path: Path) -> Path:
    path = tmp_path / "space.toml"
    path.write_text(SPACE)
    return path


def test_the_document_is_that_of_the_contract(call: Call, bot_file: WriteBot, csv: Path, space: Path) -> None:
    words = ("--candles", csv, "--space", space, "--workers", "1", "--json")
    done = call("optimise", bot_file(), *words, "--out-of-sample", "25")

    found = done.document
    assert done.status == 0
    assert {"trials", "seconds", "best", "table"} <= found.keys()
    assert found["trials"] == 2
    assert found["best"]["parameters"] == found["table"][0]["parameters"]
    assert found["best"]["summary"] == found["table"][0]["summary"]
    assert set(found["best"]["parameters"]) == {"take_profit.percent"}
    assert found["best"]["out_of_sample"]["fees_quote"]
    assert call("optimise", bot_file(), *words).document["best"]["out_of_sample"] is None


def test_the_text_warns_before_it_praises(call: Call, bot_file: WriteBot, csv: Path, space: Path) -> None:
    done = call("optimise", bot_file(), "--candles", csv, "--space", space, "--workers", "1")

    assert done.status == 0
    assert "chance alone" in done.out
    assert "Nothing was kept back" in done.out
    assert "No bot was changed" in done.out


@pytest.mark.parametrize(
    ("text", "options", "told"),
    [
        ("[take_profit]\npercent = { low = 2, high = 1, step = 1 }", (), "above high"),
        (SPACE, ("--trials", "1"), "2 points"),
        (SPACE, ("--objective", "luck"), "no objective"),
        (SPACE, ("--out-of-sample", "99"), "kept back"),
    ],
)
def test_what_cannot_be_searched_is_refused_in_a_sentence(
    call: Call, bot_file: WriteBot, csv: Path, space: Path, text: str, options: tuple[str, ...], told: str
) -> None:
    space.write_text(text)

    done = call("optimise", bot_file(), "--candles", csv, "--space", space, *options)

    assert done.status == 2
    assert told in done.err and "Nothing was tried" in done.err


def test_a_space_of_unknown_settings_makes_no_bot(call: Call, bot_file: WriteBot, csv: Path, space: Path) -> None:
    space.write_text("[take_profit]\npercents = { values = [1, 2] }")

    done = call("optimise", bot_file(), "--candles", csv, "--space", space, "--workers", "1")

    assert done.status == 1
    assert "None of the 2 points" in done.err
