"""Reads the zips of Binance's public archive: one CSV each, mostly without a header, since 2025 in microseconds."""

import io
import re
import zipfile
from typing import BinaryIO

from desktop_app.core.columns import Candles
from desktop_app.store.candle_rules import CandleProblem, check_candles
from desktop_app.store.candle_text import COLUMNS, read_text

_LARGEST = 512 << 20  # a month of one-second candles is 350 MB
_TOO_LARGE = "the archive is larger than 512 MB unpacked"
_FIELDS = 12  # open time, open, high, low, close, volume, close time and six that nobody needs here
_MICROSECONDS = 16  # digits of a time that is told in them
_HEADER = (",".join(COLUMNS) + "\n").encode()
_ROW = re.compile(rb"([0-9]{13}|[0-9]{13}000)((?:,[^,\n]*){5})(?:,[^,\n]*){6}\r?")


def read_archive(stream: BinaryIO) -> Candles:
    """The candles of the one file in the archive.

    Raises:
        CandleProblem: it is damaged, holds something else, or a row cannot be one; its number is the file's own.
    """
    lines = _unpacked(stream).split(b"\n")
    while lines and not lines[-1].strip():
        lines.pop()
    has_header = bool(lines) and lines[0].startswith(b"open_time")
    rows = lines[1:] if has_header else lines
    text = io.BytesIO(_HEADER + b"".join(_as_ours(row, i + 1 + has_header) for i, row in enumerate(rows)))
    try:
        candles = read_text(text)
        check_candles(candles)
    except CandleProblem as problem:
        raise CandleProblem(max(0, problem.row - (not has_header)), problem.reason) from None
    return candles


def _unpacked(stream: BinaryIO) -> bytes:
    try:
        with zipfile.ZipFile(stream) as archive:
            inside = [one for one in archive.infolist() if not one.is_dir()]
            if len(inside) != 1:
                raise CandleProblem(0, f"an archive of candles holds one file, and this one {len(inside)}")
            if inside[0].file_size > _LARGEST:
                raise CandleProblem(0, _TOO_LARGE)
            with archive.open(inside[0]) as file:
                text = file.read(_LARGEST + 1)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise CandleProblem(0, f"the archive is damaged or of a kind that cannot be read: {error}") from None
    if len(text) > _LARGEST:
        raise CandleProblem(0, _TOO_LARGE)
    return text


def _as_ours(row: bytes, number: int) -> bytes:
    found = _ROW.fullmatch(row)
    if found is None:
        fields = row.count(b",") + 1
        if fields != _FIELDS:
            raise CandleProblem(number, f"a row of the archive has {_FIELDS} fields, and this one {fields}")
        raise CandleProblem(number, "its time is no moment in milliseconds or microseconds")
    at = found[1]
    return (at[:-3] if len(at) == _MICROSECONDS else at) + found[2] + b"\n"
