"""Reads the zips of Binance's public archive: one CSV each, mostly without a header, since 2025 in microseconds."""

import lzma
import re
import struct
import zipfile
import zlib
from typing import IO, BinaryIO, cast

from desktop_app.core.columns import Candles
from desktop_app.store.candle_rules import CandleProblem, check_candles
from desktop_app.store.candle_text import COLUMNS, LARGEST_FILE, LONGEST_LINE, TOO_LARGE, read_text

_FIELDS = 12  # open time, open, high, low, close, volume, close time and six that nobody needs here
_MICROSECONDS = 16  # digits of a time that is told in them
_HEADER = (",".join(COLUMNS) + "\n").encode()
_ROW = re.compile(rb"([0-9]{13}|[0-9]{13}000)((?:,[^,\n]*){5})(?:,[^,\n]*){6}\r?")
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError, RuntimeError,
    UnicodeDecodeError,
)  # fmt: skip


def read_archive(stream: BinaryIO) -> Candles:
    """The candles of the one file in the archive, however large it claims to be: it is unpacked piece by piece.

    Raises:
        CandleProblem: it is damaged, holds something else, or a row cannot be one; its number is the file's own.
    """
    rows: _Rows | None = None
    try:
        with zipfile.ZipFile(stream) as archive, archive.open(_only_file(archive)) as file:
            rows = _Rows(file)
            candles = read_text(cast("BinaryIO", rows))
        check_candles(candles)
    except CandleProblem as problem:
        has_own_header = rows is not None and rows.has_header
        raise CandleProblem(max(0, problem.row - (not has_own_header)), problem.reason) from None
    except _DAMAGE as error:
        raise CandleProblem(0, f"the archive is damaged or of a kind that cannot be read: {error}") from None
    return candles


def _only_file(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    inside = [one for one in archive.infolist() if not one.is_dir()]
    if len(inside) != 1:
        raise CandleProblem(0, f"an archive of candles holds one file, and this one {len(inside)}")
    return inside[0]


class _Rows:
    """The archive's file as one of ours: with our header, and of each row only what we read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.has_header = False
        self._file = file
        self._rest = b""
        self._number = 0  # of the last row handed over, as we count them: our header is row 1
        self._has_empty = False  # a line without anything: right at the end only
        self._size = 0

    def read(self, size: int) -> bytes:
        """About so many bytes, whole rows; nothing at the end."""
        if not self._number:
            self._number = 1
            return _HEADER
        while block := self._file.read(size):
            self._size += len(block)
            if self._size > LARGEST_FILE:
                raise CandleProblem(0, TOO_LARGE)
            *lines, self._rest = (self._rest + block).split(b"\n")
            if len(self._rest) > LONGEST_LINE:
                raise CandleProblem(self._number + len(lines) + 1, "the line is too long for a row of the archive")
            if text := self._ours(lines):
                return text
        last, self._rest = self._rest, b""
        return self._ours([last]) if last else b""

    def _ours(self, lines: list[bytes]) -> bytes:
        found = []
        for line in lines:
            if self._number == 1 and not self.has_header and line.startswith(b"open_time"):
                self.has_header = True  # stands where ours does, and so has its number
                continue
            if not line.strip():
                self._has_empty = True
                continue
            if self._has_empty:
                raise CandleProblem(self._number + 1, "the line is empty")
            self._number += 1
            found.append(_as_ours(line, self._number))
        return b"".join(found)


def _as_ours(row: bytes, number: int) -> bytes:
    found = _ROW.fullmatch(row)
    if found is None:
        fields = row.count(b",") + 1
        if fields != _FIELDS:
            raise CandleProblem(number, f"a row of the archive has {_FIELDS} fields, and this one {fields}")
        raise CandleProblem(number, "its time is no moment in milliseconds or microseconds")
    at = found[1]
    return (at[:-3] if len(at) == _MICROSECONDS else at) + found[2] + b"\n"
