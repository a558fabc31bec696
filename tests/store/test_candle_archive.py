"""Zips of Binance's public archive are read as they are, and refused with the row that cannot be."""

import tracemalloc
import zipfile
from pathlib import Path

import pytest

from desktop_app.store.candle_files import read_candle_file
from desktop_app.store.candle_rules import CandleProblem

START = 1_700_000_040_000
TAIL = "{close},12.5,7,3.1,4.2,0"


def line(i: int, *, micro: bool = False, close: str = "100.5") -> str:
    at, until = START + i * 60_000, START + i * 60_000 + 59_999
    times = (f"{at}000", f"{until}999") if micro else (str(at), str(until))
    return f"{times[0]},100.1,101.0,99.5,{close},{i}.25,{TAIL.format(close=times[1])}\n"


def packed(folder: Path, text: str, *more: str) -> Path:
    path = folder / "BTCUSDT-1m-2025-01.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("BTCUSDT-1m-2025-01.csv", text)
        for name in more:
            archive.writestr(name, "x")
    return path


@pytest.mark.parametrize("micro", [False, True])
@pytest.mark.parametrize("header", ["", "open_time,open,high,low,close,volume,close_time,a,b,c,d,ignore\n"])
def test_a_month_of_the_archive_is_read(tmp_path: Path, header: str, micro: bool) -> None:
    file = read_candle_file(packed(tmp_path, header + "".join(line(i, micro=micro) for i in range(5))))

    assert file.timeframe == "1m"
    assert file.candles.at.tolist() == [START + i * 60_000 for i in range(5)]
    assert file.candles.volume.tolist() == [0.25, 1.25, 2.25, 3.25, 4.25]
    assert (file.candles.open[0], file.candles.high[0], file.candles.low[0], file.candles.close[0]) == (
        100.1, 101.0, 99.5, 100.5,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "row", "reason"),
    [
        (line(0) + line(1, close="abc"), 2, "number"),
        (line(0) + line(1, close="1000"), 2, "outside"),
        ("open_time,open\n" + line(0) + "1,2\n", 3, "12 fields"),
        (line(0).replace("17000000", "99", 1), 1, "no moment"),
        (line(0) + "\n" + line(1), 2, "empty"),
        (line(0) + "9" * 1_100_000, 2, "too long|12 fields"),
        ("", 0, "no rows|no candles|empty"),
    ],
)
def test_a_row_that_cannot_be_is_named_by_its_own_line(tmp_path: Path, text: str, row: int, reason: str) -> None:
    with pytest.raises(CandleProblem, match=reason) as problem:
        read_candle_file(packed(tmp_path, text))

    assert problem.value.row == row


def test_an_archive_of_several_files_or_a_broken_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CandleProblem, match="holds one file"):
        read_candle_file(packed(tmp_path, line(0), "another.csv"))
    path = packed(tmp_path, "".join(line(i) for i in range(50)))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(CandleProblem, match="damaged"):
        read_candle_file(path)


def test_damage_inside_the_packed_rows_is_told_as_damage(tmp_path: Path) -> None:
    path = packed(tmp_path, "".join(line(i * 7 % 5000) for i in range(5000)))
    content = bytearray(path.read_bytes())
    content[2000:2100] = bytes(255 - byte for byte in content[2000:2100])
    path.write_bytes(content)

    with pytest.raises(CandleProblem, match="damaged"):
        read_candle_file(path)


def test_a_small_archive_of_endless_lines_takes_no_more_memory_than_a_block(tmp_path: Path) -> None:
    path = packed(tmp_path, line(0) + "ab\n" * 5_000_000)
    assert path.stat().st_size < 100_000

    tracemalloc.start()
    try:
        with pytest.raises(CandleProblem, match="12 fields") as problem:
            read_candle_file(path)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert problem.value.row == 2
    assert most < 80_000_000


def test_rows_are_whole_wherever_a_block_ends(tmp_path: Path) -> None:
    count = 9000  # more than a block of them
    file = read_candle_file(packed(tmp_path, "".join(line(i) for i in range(count)).rstrip("\n")))

    assert len(file.candles) == count
    assert file.candles.volume[-1] == count - 1 + 0.25
