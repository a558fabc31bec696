"""What is read eight digits at a time is, to the last bit, what reading line by line makes of it."""

import io
import os
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.core.columns import Candles
from desktop_app.store import candle_text
from desktop_app.store.candle_digits import read_digits
from desktop_app.store.candle_rules import CandleProblem
from desktop_app.store.candle_text import read_text

FILES = int(os.environ.get("STRONGROOM_CANDLE_FILES", "60"))
NAMES = ("at", "open", "high", "low", "close", "volume")
START = 1_600_000_000_000
ODD = ("", " 1", "1 ", "-1", "+1", "1e3", "1.", ".5", ".", "1.2.3", "1_0", "nan", "inf", "0x1", "1\r", "1;2", "１", "a")
LONG = (
    "9007199254740993",
    "9139962084.340797",
    "0.30000000000000004",
    "123456789.123456789",
    "1" * 17,
    "0." + "0" * 20 + "1",
    "00000000000000001.5",
)


@given(
    st.lists(st.from_regex(r"[0-9]{1,16}|[0-9]{0,9}\.[0-9]{1,9}|[0-9]{1,9}\.[0-9]{0,9}", fullmatch=True), min_size=1)
)
@settings(max_examples=80, deadline=None)
def test_a_number_is_the_very_float_of_its_text_or_is_left_to_the_slow_reader(cells: list[str]) -> None:
    for cell in cells:
        one = read_digits(f"1,{cell}\n".encode(), 2, [0, 1])
        assert one is None or one.others[0].tobytes() == np.array([float(cell)]).tobytes()
        assert one is not None or len(cell.lstrip("0").replace(".", "")) >= 15 or len(cell) > 15
    whole = read_digits("".join(f"1,{cell}\n" for cell in cells).encode(), 2, [0, 1])
    assert whole is None or whole.others[0].tolist() == [float(cell) for cell in cells]


def outcome(text: bytes) -> tuple[object, ...]:
    try:
        candles = read_text(io.BytesIO(text))
    except CandleProblem as problem:
        return problem.row, problem.reason
    return tuple(getattr(candles, name).tobytes() for name in NAMES)


def slow_outcome(text: bytes) -> tuple[object, ...]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(candle_text._Table, "_add_digits", lambda *_: False)
        patch.setattr(candle_text._Table, "_add_fast", lambda *_: False)
        return outcome(text)


def number(rng: random.Random) -> str:
    value = rng.choice([rng.random() * 10 ** rng.randint(-6, 7), float(rng.randint(0, 10**6))])
    return rng.choice(
        [f"{value:.2f}", f"{value:.8f}", f"{value:.0f}", repr(round(value, 3)), f"{value:012.4f}", f"{value:.13f}"]
    )


def make_file(rng: random.Random) -> bytes:
    """A file as somebody's program wrote it; in every second one of them something is odd."""
    header = ["timestamp", *NAMES[1:]] + ["note"] * rng.choice([0, 0, 1, 2])
    rng.shuffle(header)
    unit = rng.choice(["ms", "ms", "s", "iso"])
    between, zone = rng.choice("T "), rng.choice(["", "Z", "+00:00", ".000Z"])
    rows = []
    for n in range(rng.randint(1, 60)):
        at = START + n * 60_000
        written = {"ms": str(at), "s": str(at // 1000), "iso": f"2020-09-13{between}12:{n % 60:02d}:40{zone}"}
        cells = {
            "timestamp": written[unit],
            "note": rng.choice(["", "x", "1.2.3", "2020-01-01"]),
        }
        rows.append([cells.get(name) or number(rng) for name in header])
    for _ in range(rng.choice([0, 0, 0, 1, 1, 2])):
        row = rng.choice(rows)
        row[rng.randrange(len(row))] = rng.choice(ODD + LONG)
    if rng.random() < 0.1:
        rows.insert(rng.randrange(len(rows) + 1), rng.choice([[], [""], ["1", "2"], [*rows[0], "3"]]))
    end = rng.choice(["\n", "\n", "\r\n"])
    text = end.join(",".join(row) for row in [header, *rows])
    text += rng.choice(["", end, "\r", end + end, "\r\r\n"])
    return rng.choice([b"", b"\xef\xbb\xbf"]) + text.encode() + rng.choice([b"", b"", b"", b"\xff"])


@pytest.mark.parametrize("block", [200, 1 << 19])
def test_files_good_and_broken_come_out_as_when_read_line_by_line(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr(candle_text, "_BLOCK", block)
    rng = random.Random(block)
    for _ in range(FILES):
        text = make_file(rng)
        assert outcome(text) == slow_outcome(text), text


@pytest.mark.parametrize("cell", [*ODD, *LONG])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_one_odd_cell_among_plain_ones_comes_out_as_when_read_line_by_line(cell: str, end: str) -> None:
    for place in range(6):
        rows = [[str(START + n * 60_000), "100.5", "110.25", "90", "101.125", "3.5"] for n in range(4)]
        rows[2][place] = cell
        text = end.join(",".join(row) for row in [["timestamp", *NAMES[1:]], *rows, []]).encode()
        assert outcome(text) == slow_outcome(text), text


def candles_of(text: str) -> Candles:
    return read_text(io.BytesIO(text.encode()))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_plain_files_never_need_the_slow_reader(monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    lines = [f"{START + n * 60_000},{100 + n}.5,{200 + n}.25,90,{101 + n}.00000001,{n}.5" for n in range(50)]
    slow: list[int] = []
    add_slowly = candle_text._Table._add_slowly

    def watched(table: candle_text._Table, row: int, rows: list[bytes]) -> None:
        slow.append(len(rows))
        add_slowly(table, row, rows)

    monkeypatch.setattr(candle_text._Table, "_add_slowly", watched)
    monkeypatch.setattr(candle_text._Table, "_add_fast", lambda *_: False)
    candles = candles_of(end.join(["timestamp,open,high,low,close,volume", *lines, ""]))
    assert len(candles) == 50
    assert slow == [1]
