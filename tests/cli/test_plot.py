"""`backtest --plot`: a picture without a screen, a drawing, a page."""

from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.cli.calling import Call, WriteBot

START = 1_700_000_040_000


@pytest.fixture(autouse=True)
def the_application_of_other_tests(qapp: QApplication) -> None:
    """Without one the command makes its own, which can paint but has no widgets: they share this process."""


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "btc.csv"
    prices = ["100", "100.5", "99", "98", "101", "103", "103", "103"]
    rows = [f"{a},{max(a, b, key=float)},{min(a, b, key=float)},{b},1" for a, b in pairwise(prices)]
    lines = [f"{START + i * 60_000},{row}" for i, row in enumerate(rows)]
    path.write_text("\n".join(["timestamp,open,high,low,close,volume", *lines]) + "\n")
    return path


def test_a_result_is_written_as_a_picture(call: Call, bot_file: WriteBot, csv: Path, tmp_path: Path) -> None:
    done = call("backtest", bot_file(), "--candles", csv, "--json", "--plot", tmp_path / "out.png")

    assert done.status == 0
    assert done.document["candles"] == 7
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("name", "beginning"), [("out.svg", "<svg"), ("out.html", "<!DOCTYPE html>")])
def test_a_result_is_written_as_a_drawing_or_a_page(
    name: str, beginning: str, call: Call, bot_file: WriteBot, csv: Path, tmp_path: Path
) -> None:
    assert call("backtest", bot_file(), "--candles", csv, "--plot", tmp_path / name).status == 0

    text = (tmp_path / name).read_text(encoding="utf-8")
    assert text.startswith(beginning)
    assert "sha256" in text


def test_several_bots_are_not_drawn(call: Call, bot_file: WriteBot, csv: Path, tmp_path: Path) -> None:
    bot = bot_file()

    done = call("backtest", bot, bot, "--candles", csv, "--balance", "5000", "--plot", tmp_path / "out.png")

    assert done.status != 0
    assert "--plot draws one bot on one pair." in done.err


@pytest.mark.parametrize(("place", "words"), [("out.gif", "must end in .png"), ("none/out.png", "There is no folder")])
def test_a_picture_that_cannot_be_is_refused_before_anything_is_computed(
    place: str, words: str, call: Call, bot_file: WriteBot, csv: Path, tmp_path: Path
) -> None:
    done = call("backtest", bot_file(), "--candles", csv, "--plot", tmp_path / place)

    assert done.status != 0
    assert words in done.err
    assert "No deal was computed" in done.err
