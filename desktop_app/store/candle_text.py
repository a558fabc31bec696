"""Reads the text of a candle file fast, and slowly again where something is wrong, to say in which line."""

import csv
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.store.candle_digits import LONGEST_CELL, read_digits
from desktop_app.store.candle_rules import NEWEST, OLDEST, CandleProblem

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLUMNS = ("timestamp", "open", "high", "low", "close", "volume")
LONGEST_LINE = 1_000_000
LARGEST_FILE = 2 * 1024**3
_BLOCK = 1 << 19  # shorter than the longest line, so that only the first line of a block can be longer
_PIECE = 1 << 22
_LINE_END = ord("\n")
_ROOM = 1 << 20  # rows: two years of minutes, none of which takes memory before it is there
_UNITS = {"ms": 1, "s": 1000, "iso": 1}  # ms
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_SHOWN = 40
_TOO_LONG = f"the line is longer than {LONGEST_LINE:,} bytes"
TOO_LARGE = "the file holds more than 2 GB"


def read_text(stream: BinaryIO) -> Candles:
    """The columns of a CSV file; whether they are candles is another question. Raises CandleProblem."""
    # Linux gives memory back after each block, to fetch it anew for the next, unless a larger piece has come and gone:
    np.empty(_PIECE, np.uint8)
    table = _Table()
    for first_row, lines in _blocks(stream):
        table.add(first_row, lines)
    return table.candles()


def _blocks(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Runs of whole lines with the number of the first one; the memory used does not depend on the file."""
    row, rest, size = 1, b"", 0
    while block := stream.read(_BLOCK):
        size += len(block)
        if size > LARGEST_FILE:
            raise CandleProblem(0, TOO_LARGE)
        text = rest + block
        end = text.rfind(b"\n") + 1
        lines, rest = text[:end], text[end:]
        if lines.find(b"\n") > LONGEST_LINE:
            raise CandleProblem(row, _TOO_LONG)
        rows = int(np.count_nonzero(np.frombuffer(lines, np.uint8) == _LINE_END))
        if len(rest) > LONGEST_LINE:
            raise CandleProblem(row + rows, _TOO_LONG)
        if lines:
            yield row, lines
            row += rows
    if rest:
        yield row, rest + b"\n"


@dataclass(slots=True)
class _Column:
    """Numbers of one column, with room to grow: what is not used yet takes no memory."""

    values: "NDArray[Any]"
    count: int = 0

    def add(self, more: "NDArray[Any]") -> None:
        count = self.count + len(more)
        if count > len(self.values):
            grown = np.empty(max(count, 2 * len(self.values)), self.values.dtype)
            grown[: self.count] = self.values[: self.count]
            self.values = grown
        self.values[self.count : count] = more
        self.count = count

    def filled(self) -> "NDArray[Any]":
        return self.values[: self.count]


@dataclass(slots=True)
class _Table:
    """The columns read so far. `unit` is what a time is counted in: "ms", "s" or "iso", as in the first row."""

    places: list[int] = field(default_factory=list)
    width: int = 0
    unit: str = ""
    empty_row: int = 0
    times: _Column = field(default_factory=lambda: _Column(np.empty(_ROOM, np.int64)))
    values: list[_Column] = field(default_factory=lambda: [_Column(np.empty(_ROOM)) for _ in COLUMNS[1:]])

    def add(self, row: int, text: bytes) -> None:
        """Take whole lines, each with its end."""
        if not self.width:
            line, _, text = text.partition(b"\n")
            self._read_header(line)
            row += 1
        if text and not self.unit:  # the first line tells how times are written
            line, _, text = text.partition(b"\n")
            self._add_slowly(row, [line])
            row += 1
        if not text or self._add_digits(text):
            return
        lines = text[:-1].split(b"\n")
        if not self._add_fast(lines):
            self._add_slowly(row, lines)

    def candles(self) -> Candles:
        if not self.width:
            raise CandleProblem(0, "the file is empty")
        return Candles(self.times.filled(), *(column.filled() for column in self.values))

    def _read_header(self, line: bytes) -> None:
        names = [cell.strip().lower() for cell in _cells(1, line.removeprefix(b"\xef\xbb\xbf"))]
        if missing := [name for name in COLUMNS if name not in names]:
            raise CandleProblem(1, f"the column {', '.join(missing)} is missing")
        if twice := [name for name in COLUMNS if names.count(name) > 1]:
            raise CandleProblem(1, f"the column {', '.join(twice)} is there twice")
        self.places = [names.index(name) for name in COLUMNS]
        self.width = len(names)

    def _add_digits(self, text: bytes) -> bool:
        """Whether these lines hold nothing but plain numbers; otherwise nothing was added."""
        if self.empty_row:
            return False
        numbers = read_digits(text, self.width, self.places, is_iso=self.unit == "iso")
        return numbers is not None and self._kept(numbers.whole, _UNITS[self.unit], numbers.others)

    def _add_fast(self, lines: list[bytes]) -> bool:
        """Whether these lines hold nothing unusual; otherwise nothing was added."""
        commas = self.width - 1
        text = b",".join(lines)
        if self.empty_row or not text.isascii() or b"_" in text or b'"' in text:
            return False
        if any(line.count(b",") != commas or len(line) > LONGEST_CELL for line in lines):
            return False
        if text.count(b"\r") != sum(line.endswith(b"\r") for line in lines):
            return False
        cells = text.decode("ascii").split(",")
        place, *places = self.places
        try:
            times = np.array(self._times_fast(cells[place :: self.width]), np.int64)
            columns = [np.array(list(map(float, cells[place :: self.width]))) for place in places]
        except (ValueError, OverflowError):
            return False
        return self._kept(times, _UNITS[self.unit], columns)

    def _times_fast(self, cells: list[str]) -> list[int]:
        if self.unit == "iso":
            return [_from_iso(cell.strip()) for cell in cells]
        return list(map(int, cells))

    def _kept(self, times: "NDArray[np.int64]", unit_ms: int, columns: "list[NDArray[np.float64]]") -> bool:
        """Whether these are times of our century and finite numbers; otherwise nothing was added."""
        if int(times.min()) * unit_ms < OLDEST or int(times.max()) * unit_ms >= NEWEST:
            return False
        if not all(np.isfinite(column).all() for column in columns):
            return False
        self._keep(times * unit_ms, columns)
        return True

    def _add_slowly(self, first_row: int, lines: list[bytes]) -> None:
        times: list[int] = []
        columns: list[list[float]] = [[] for _ in COLUMNS[1:]]
        for row, line in enumerate(lines, first_row):
            cells = _cells(row, line)
            if not any(cell.strip() for cell in cells) and len(cells) <= 1:
                self.empty_row = self.empty_row or row
                continue
            if self.empty_row:
                raise CandleProblem(self.empty_row, "the line is empty")
            if len(cells) != self.width:
                raise CandleProblem(row, f"there are {len(cells)} cells, the header has {self.width}")
            place, *places = self.places
            times.append(self._time(row, cells[place].strip()))
            for name, column, at in zip(COLUMNS[1:], columns, places, strict=True):
                column.append(_number(row, name, cells[at].strip()))
        self._keep(np.array(times, np.int64), [np.array(column, np.float64) for column in columns])

    def _time(self, row: int, text: str) -> int:
        is_number = _NUMBER.fullmatch(text) is not None
        if not self.unit:
            self.unit = "iso" if not is_number else "ms" if abs(float(text)) >= OLDEST else "s"
        if is_number != (self.unit != "iso"):
            raise CandleProblem(row, f"timestamp {_shown(text)} is written otherwise than in the rows before")
        try:
            at = _from_iso(text) if self.unit == "iso" else _whole(float(text) * (1000 if self.unit == "s" else 1))
        except (ValueError, OverflowError):
            raise CandleProblem(row, f"timestamp {_shown(text)} is not a time") from None
        if not OLDEST <= at < NEWEST:
            raise CandleProblem(row, f"timestamp {_shown(text)} is outside the years 2000 to 2100")
        return at

    def _keep(self, times: "NDArray[np.int64]", columns: "list[NDArray[np.float64]]") -> None:
        self.times.add(times)
        for kept, column in zip(self.values, columns, strict=True):
            kept.add(column)


def _cells(row: int, line: bytes) -> list[str]:
    try:
        text = line.removesuffix(b"\r").decode("utf-8")
    except UnicodeDecodeError as error:
        raise CandleProblem(row, f"byte {error.start + 1} of the line is not UTF-8 text") from None
    try:
        return next(csv.reader([text], strict=True), [])
    except csv.Error as error:
        raise CandleProblem(row, f"the line is not CSV: {error}") from None


def _number(row: int, name: str, text: str) -> float:
    if not _NUMBER.fullmatch(text):
        bare = text.lower().lstrip("+-")
        reason = "is infinite" if bare in ("inf", "infinity") else "is not a number"
        raise CandleProblem(row, f"{name} {_shown(text)} {reason}")
    value = float(text)
    if math.isinf(value):
        raise CandleProblem(row, f"{name} {_shown(text)} is infinite")
    return value


def _whole(value: float) -> int:
    if value != int(value):
        raise ValueError(value)
    return int(value)


def _from_iso(text: str) -> int:
    """ms UTC of an ISO 8601 time; one without a zone is in UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    since = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH
    if since % _MILLISECOND:
        raise ValueError(text)
    return since // _MILLISECOND


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")
