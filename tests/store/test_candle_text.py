"""Text files are read as they come, and refused with the line and the reason."""

import contextlib
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.core.columns import Candles
from desktop_app.store import candle_text
from desktop_app.store.candle_rules import CandleProblem
from desktop_app.store.candle_text import read_text

HEADER = "timestamp,open,high,low,close,volume"
START = 1_600_000_000_000
LINES = [f"{START + n * 60_000},100.5,110,90.25,105,{n}.5" for n in range(5)]


def read(text: str | bytes) -> Candles:
    return read_text(io.BytesIO(text if isinstance(text, bytes) else text.encode()))


def joined(*lines: str, header: str = HEADER, end: str = "\n") -> str:
    return "".join(line + end for line in (header, *lines))


def refused(text: str | bytes) -> CandleProblem:
    with pytest.raises(CandleProblem) as caught:
        read(text)
    return caught.value


def same(one: Candles, other: Candles) -> bool:
    names = ("at", "open", "high", "low", "close", "volume")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


def test_a_plain_file_is_read() -> None:
    candles = read(joined(*LINES))
    assert candles.at.tolist() == [START + n * 60_000 for n in range(5)]
    assert candles.open.tolist() == [100.5] * 5
    assert candles.volume.tolist() == [0.5, 1.5, 2.5, 3.5, 4.5]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + joined(*LINES),
        joined(*LINES, end="\r\n"),
        joined(*LINES).rstrip("\n"),
        joined(*LINES) + "\n\r\n",
        joined(*LINES, header=" Timestamp, OPEN,high,low,close,volume "),
        joined(*(line.replace(",", ", ") for line in LINES)),
        joined(*('"' + line.replace(",", '","') + '"' for line in LINES)),
        joined(*(line.replace(str(START)[:5], f"{START // 1000}"[:5]) for line in LINES)),
        joined(*(f"{line},extra" for line in LINES), header=HEADER + ",note"),
        joined(*(line.replace("100.5", "1.005e2") for line in LINES)),
        joined(*(line.replace(",", ".0,", 1) for line in LINES)),
        joined(*(f"{int(line[:13]) // 1000}{line[13:]}" for line in LINES)),
        joined(*(f"2020-09-13T12:{26 + n:02d}:40Z{line[13:]}" for n, line in enumerate(LINES))),
        joined(*(f"2020-09-13 20:{26 + n:02d}:40.000+08:00{line[13:]}" for n, line in enumerate(LINES))),
        joined(*(f"2020-09-13 12:{26 + n:02d}:40{line[13:]}" for n, line in enumerate(LINES))),
    ],
)
def test_every_usual_way_of_writing_it_reads_the_same(text: str) -> None:
    assert same(read(text), read(joined(*LINES)))


def test_columns_may_come_in_any_order() -> None:
    turned = [",".join(reversed(line.split(","))) for line in LINES]
    assert same(read(joined(*turned, header=",".join(reversed(HEADER.split(","))))), read(joined(*LINES)))


def test_a_file_longer_than_a_block_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = read(joined(*LINES))
    for block in (7, 60, 61, 100):
        monkeypatch.setattr(candle_text, "_BLOCK", block)
        assert same(read(joined(*LINES)), expected)


@pytest.mark.parametrize(
    ("cell", "value", "reason"),
    [
        (0, "yesterday", "timestamp 'yesterday' is written otherwise"),
        (0, "", "timestamp '' is written otherwise"),
        (0, "1600000000000.5", "is not a time"),
        (0, "1600000120", "outside the years 2000 to 2100"),
        (0, "1600000120000000", "outside the years 2000 to 2100"),
        (0, "1e999", "is not a time"),
        (0, "2020-09-13T12:28:40Z", "is written otherwise"),
        (1, "abc", "open 'abc' is not a number"),
        (1, "", "open '' is not a number"),
        (2, "nan", "high 'nan' is not a number"),
        (3, "inf", "low 'inf' is infinite"),
        (3, "-Infinity", "low '-Infinity' is infinite"),
        (4, "1e400", "close '1e400' is infinite"),
        (5, "1_000", "volume '1_000' is not a number"),
        (5, "0x10", "volume '0x10' is not a number"),
        (5, "１２", "volume '１２' is not a number"),
        (5, "1\x00", "is not a number"),
        (5, "1,5", "there are 7 cells, the header has 6"),
        (5, "9" * 60 + "x", "9…' is not a number"),
        (1, '"1', "the line is not CSV"),
    ],
)
def test_a_bad_cell_is_named_with_its_line(cell: int, value: str, reason: str) -> None:
    cells = LINES[2].split(",")
    cells[cell] = value
    problem = refused(joined(*LINES[:2], ",".join(cells), *LINES[3:]))
    assert problem.row == 4
    assert reason in problem.reason


@pytest.mark.parametrize(
    ("text", "row", "reason"),
    [
        (b"", 0, "the file is empty"),
        (b"\n", 1, "the column timestamp, open, high, low, close, volume is missing"),
        (joined(*LINES, header="timestamp,open,high,low,close"), 1, "the column volume is missing"),
        (joined(*LINES[1:], header=LINES[0]), 1, "is missing"),
        (joined(*LINES, header=HEADER + ",open"), 1, "the column open is there twice"),
        (joined(LINES[0], "", LINES[1]), 3, "the line is empty"),
        (joined(LINES[0], "1,2,3"), 3, "there are 3 cells"),
        (joined(*LINES).encode() + b"\xff\xfe,1,1,1,1,1\n", 7, "byte 1 of the line is not UTF-8 text"),
        (joined(*LINES).encode("utf-16"), 1, "is not UTF-8 text"),
        (joined(LINES[0], "x" * 1_000_001, LINES[1]), 3, "longer than 1,000,000 bytes"),
        ("x" * 3_000_000, 1, "longer than 1,000,000 bytes"),
        (joined(*LINES) + "y" * 2_500_000, 7, "longer than 1,000,000 bytes"),
    ],
)
def test_a_bad_file_is_named_with_its_line(text: str | bytes, row: int, reason: str) -> None:
    problem = refused(text)
    assert problem.row == row
    assert reason in problem.reason


def test_the_first_bad_line_is_found_far_down_too() -> None:
    lines = [f"{START + n * 60_000},100.5,110,90.25,105,1" for n in range(60_000)]
    lines[50_000] = lines[50_000].replace("110", "1l0")
    assert refused(joined(*lines)).row == 50_002


def test_a_file_over_two_gigabytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candle_text, "LARGEST_FILE", 200)
    assert "2 GB" in refused(joined(*LINES)).reason


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(tail: bytes) -> None:
    for text in (tail, joined(*LINES).encode() + tail):
        with contextlib.suppress(CandleProblem):
            read(text)


@given(st.lists(st.tuples(*[st.floats(min_value=1e-12, max_value=1e12, allow_nan=False)] * 5), min_size=1, max_size=20))
@settings(max_examples=100, deadline=None)
def test_numbers_come_back_exactly(rows: list[tuple[float, ...]]) -> None:
    lines = [f"{START + n * 60_000},{','.join(map(repr, row))}" for n, row in enumerate(rows)]
    candles = read(joined(*lines))
    columns = (candles.open, candles.high, candles.low, candles.close, candles.volume)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == rows
