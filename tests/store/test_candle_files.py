"""A candle file is told by its content, read whole or refused whole, and written so that it reads back."""

import gzip
import random
import zlib
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.store import candle_arrow, candle_files
from desktop_app.store.candle_files import read_candle_file, write_candle_file
from desktop_app.store.candle_rules import CandleProblem

START = 1_600_000_000_000
NAMES = ("c.csv", "c.csv.gz", "c.parquet", "c.feather", "c.parquet.gz", "c.feather.gz")


def some(count: int = 200) -> Candles:
    price = 100 + np.cumsum(np.sin(np.arange(count))) + 0.12345678
    return Candles(
        at=np.arange(count, dtype=np.int64) * 300_000 + START,
        open=price,
        high=price + 1.5,
        low=price - 1.5,
        close=price + 0.1,
        volume=np.linspace(0, 1e-7, count),
    )


def same(one: Candles, other: Candles) -> bool:
    names = ("at", "open", "high", "low", "close", "volume")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_reads_back_bit_for_bit(tmp_path: Path, name: str) -> None:
    write_candle_file(tmp_path / name, some())
    file = read_candle_file(tmp_path / name)
    assert same(file.candles, some())
    assert (file.timeframe, file.spacing.gaps) == ("5m", 0)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", NAMES)
def test_the_content_tells_the_format_and_not_the_name(tmp_path: Path, name: str) -> None:
    write_candle_file(tmp_path / name, some())
    (tmp_path / name).rename(tmp_path / "download.dat")
    assert same(read_candle_file(tmp_path / "download.dat").candles, some())


def test_numbers_are_written_without_exponents(tmp_path: Path) -> None:
    write_candle_file(tmp_path / "c.csv", some())
    text = (tmp_path / "c.csv").read_text()
    assert text.startswith("timestamp,open,high,low,close,volume\n1600000000000,")
    assert "e" not in text.split("\n", 1)[1]


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_file_is_read_or_refused_and_never_a_traceback(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write_candle_file(path, some())
    content = path.read_bytes()
    chance = random.Random(name)
    refused = 0
    for _ in range(150):
        damaged = bytearray(content)
        for _ in range(chance.randrange(1, 4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        if chance.random() < 0.3:
            damaged = damaged[: chance.randrange(len(damaged))]
        path.write_bytes(damaged)
        try:
            read_candle_file(path)
        except CandleProblem:
            refused += 1
    assert refused > 30


def test_a_cut_or_false_gzip_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.csv.gz"
    write_candle_file(path, some())
    for content in (path.read_bytes()[:-20], b"\x1f\x8bnothing", b"\x1f\x8b"):
        path.write_bytes(content)
        with pytest.raises(CandleProblem, match="damaged or cut off"):
            read_candle_file(path)


def test_a_gzip_bomb_is_refused_before_it_unfolds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_app.store.candle_text.LARGEST_FILE", 1_000_000)
    monkeypatch.setattr(candle_files, "LARGEST_FILE", 1_000_000)
    packed = zlib.compressobj(9, wbits=31)
    line = b"1600000000000,1,1,1,1,1\n"
    content = packed.compress(b"timestamp,open,high,low,close,volume\n" + line * 200_000) + packed.flush()
    (tmp_path / "c.csv.gz").write_bytes(content)
    with pytest.raises(CandleProblem, match="more than 2 GB"):
        read_candle_file(tmp_path / "c.csv.gz")
    (tmp_path / "c.gz").write_bytes(gzip.compress(b"PAR1" + b"\0" * 3_000_000))
    with pytest.raises(CandleProblem, match="more than 2 GB"):
        read_candle_file(tmp_path / "c.gz")
    (tmp_path / "c.csv").write_bytes(b"x" * 1_000_001)
    with pytest.raises(CandleProblem, match="more than 2 GB"):
        read_candle_file(tmp_path / "c.csv")


def test_the_rules_hold_for_every_format(tmp_path: Path) -> None:
    bad = some()
    bad.high[7] = 1.0
    for name in NAMES:
        write_candle_file(tmp_path / name, bad)
        with pytest.raises(CandleProblem, match="Row 9: high is below low"):
            read_candle_file(tmp_path / name)


def test_a_name_that_says_no_format_is_refused_before_writing(tmp_path: Path) -> None:
    with pytest.raises(CandleProblem, match="must end in"):
        write_candle_file(tmp_path / "c.xlsx", some())
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "c.csv"
    write_candle_file(path, some(3))
    before = path.read_bytes()
    monkeypatch.setattr(candle_files, "_plain", lambda value: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_candle_file(path, some(9))
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["c.csv"]


def test_a_missing_library_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_candle_file(tmp_path / "c.parquet", some())
    monkeypatch.setitem(__import__("sys").modules, "arro3.io", None)
    with pytest.raises(CandleProblem, match="need the packages arro3-core and arro3-io"):
        read_candle_file(tmp_path / "c.parquet")
    assert candle_arrow.PARQUET == "Parquet"
