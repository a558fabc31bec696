"""`candles`: files are kept whole or refused whole, and come out again as they went in."""

import gzip
from pathlib import Path

import pytest

from tests.cli.calling import Call

HEAD = "timestamp,open,high,low,close,volume\n"
ROWS = [f"{1_700_000_000_000 // 60_000 * 60_000 + i * 60_000},100,101,99,100.5,{i}\n" for i in range(10)]


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "btc.csv"
    path.write_text(HEAD + "".join(ROWS))
    return path


def test_candles_are_imported_once_listed_and_exported(call: Call, csv: Path, tmp_path: Path) -> None:
    first = call("candles", "import", csv, "--symbol", "BTC/USDT", "--timeframe", "1m", "--json").document
    again = call("candles", "import", csv, "--symbol", "BTC/USDT", "--json").document
    listed = call("candles", "list", "--json").document

    assert (first["added"], first["skipped"], again["added"], again["skipped"]) == (10, 0, 0, 10)
    assert [(one["symbol"], one["timeframe"], one["candles"], one["gaps"]) for one in listed] == [
        ("BTC/USDT", "1m", 10, 0)
    ]
    out = tmp_path / "out.csv"
    assert call("candles", "export", out, "--symbol", "BTC/USDT").status == 0
    assert [line.split(",")[:1] for line in out.read_text().splitlines()] == [
        line.split(",")[:1] for line in csv.read_text().splitlines()
    ]
    assert call("candles", "import", out, "--symbol", "BTC/USDT", "--json").document["skipped"] == 10
    assert "10" in call("candles", "list").out


def test_gaps_are_counted_and_compressed_files_are_read(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "gap.csv.gz"
    path.write_bytes(gzip.compress((HEAD + "".join(ROWS[:3] + ROWS[5:])).encode()))

    done = call("candles", "import", path, "--symbol", "BTC/USDT")

    assert done.status == 0 and "1 gap (2 candles missing)" in done.out


def test_different_candles_are_refused_and_nothing_changes(call: Call, csv: Path) -> None:
    call("candles", "import", csv, "--symbol", "BTC/USDT")
    csv.write_text(csv.read_text().replace("100.5,9", "100.75,9"))

    done = call("candles", "import", csv, "--symbol", "BTC/USDT")

    assert done.status == 2 and "Row 11" in done.err and "Nothing of it was imported." in done.err


@pytest.mark.parametrize(
    ("old", "new", "row"),
    [
        ("100.5,3", "abc,3", 5),
        ("101,99,100.5,4", "98,99,100.5,4", 6),
        ("100.5,2", "100.5,-2", 4),
        ("100.5,2", "100.5,inf", 4),
        ("100,101,99,100.5,1\n", "0,101,0,100.5,1\n", 3),
        (ROWS[4], ROWS[3], 6),
        (ROWS[4], ROWS[1], 6),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_kept(call: Call, csv: Path, old: str, new: str, row: int) -> None:
    assert old in csv.read_text()
    csv.write_text(csv.read_text().replace(old, new, 1))

    done = call("candles", "import", csv, "--symbol", "BTC/USDT")

    assert done.status == 2 and f"Row {row}:" in done.err
    assert call("candles", "list", "--json").document == []


def test_what_is_no_candle_file_is_refused(call: Call, csv: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00\x01" * 100)
    for name in ("none.csv", "empty.csv", "bytes.csv", "."):
        assert call("candles", "import", tmp_path / name, "--symbol", "BTC/USDT").status == 2
    for symbol in ("BTC", "BTC/", "a/a", "../x", "B\nC/D"):
        assert call("candles", "import", csv, "--symbol", symbol).status == 2
    assert call("candles", "import", csv, "--symbol", "BTC/USDT", "--timeframe", "7x").status == 2
    assert call("candles", "import", csv, "--symbol", "BTC/USDT", "--timeframe", "5m").status == 2


def test_only_what_is_kept_can_be_exported(call: Call, csv: Path, tmp_path: Path) -> None:
    assert call("candles", "export", tmp_path / "x.csv", "--symbol", "BTC/USDT").status == 2
    call("candles", "import", csv, "--symbol", "BTC/USDT")
    call("candles", "import", csv, "--symbol", "BTC/USDT", "--exchange", "other")

    several = call("candles", "export", tmp_path / "x.csv", "--symbol", "BTC/USDT")
    assert several.status == 2 and "--exchange other" in several.err
    words = ("candles", "export", tmp_path / "x.txt", "--symbol", "BTC/USDT", "--exchange", "other")
    assert call(*words).status == 2
    late = call(*words, "--from", "2030-01-01")
    assert late.status == 2 and "No candles are kept between" in late.err
    assert call(*words, "--from", "yesterday").status == 2
