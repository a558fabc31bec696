"""Candle files of people, read whole or refused whole, and written so that they can be read again."""

import gzip
import io
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, cast

from desktop_app.core.columns import Candles
from desktop_app.store.candle_arrow import FEATHER, PARQUET, read_arrow, write_arrow
from desktop_app.store.candle_rules import CandleProblem, Spacing, check_candles, find_spacing
from desktop_app.store.candle_text import COLUMNS, LARGEST_FILE, TOO_LARGE, read_text

_GZIP, _ZIP, _PARQUET, _FEATHER = b"\x1f\x8b", b"PK\x03\x04", b"PAR1", b"ARROW1"
_BLOCK = 1 << 20
_ROWS_A_WRITE = 10_000


@dataclass(frozen=True, slots=True)
class CandleFile:
    """What a file held, oldest first."""

    candles: Candles
    spacing: Spacing

    @property
    def timeframe(self) -> str:
        return self.spacing.timeframe


def read_candle_file(path: Path, timeframe: str | None = None) -> CandleFile:
    """Read CSV, Parquet, Feather, each also as .gz, or a zip of Binance's archive; its content tells which it is.

    Raises:
        CandleProblem: something in it cannot be; nothing of it should be used.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size > LARGEST_FILE:
            raise CandleProblem(0, TOO_LARGE)
        start = file.read(len(_FEATHER))
        file.seek(0)
        if start.startswith(_GZIP):
            candles = _unpacked(file)
        else:
            candles = _read(start, file)
    check_candles(candles)
    return CandleFile(candles, find_spacing(candles.at, timeframe))


def write_candle_file(path: Path, candles: Candles) -> None:
    """Write .csv, .parquet or .feather, each also as .gz; the file is there whole or not at all.

    Raises:
        CandleProblem: the name says no format that we write.
        OSError: it cannot be written.
    """
    write = _writer(path.name.lower().removesuffix(".gz"))
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with draft.open("wb") as file:
            if path.name.lower().endswith(".gz"):
                with gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0) as packed:
                    write(cast("BinaryIO", packed), candles)
            else:
                write(file, candles)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _read(start: bytes, stream: BinaryIO) -> Candles:
    if start.startswith(_PARQUET):
        return read_arrow(stream, PARQUET)
    if start.startswith(_FEATHER):
        return read_arrow(stream, FEATHER)
    if start.startswith(_ZIP):
        from desktop_app.store.candle_archive import read_archive  # seldom wanted

        return read_archive(stream)
    return read_text(stream)


def _unpacked(file: BinaryIO) -> Candles:
    try:
        with gzip.GzipFile(fileobj=file) as packed:
            start = packed.peek(len(_FEATHER))
            stream = cast("BinaryIO", packed)
            if start.startswith((_PARQUET, _FEATHER)):
                stream = _in_memory(stream)
            return _read(start, stream)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise CandleProblem(0, f"the compressed file is damaged or cut off: {error}") from None


def _in_memory(stream: BinaryIO) -> BinaryIO:
    """These formats are read from their end, so they must be unpacked first."""
    whole = io.BytesIO()
    while block := stream.read(_BLOCK):
        if whole.tell() + len(block) > LARGEST_FILE:
            raise CandleProblem(0, TOO_LARGE)
        whole.write(block)
    whole.seek(0)
    return whole


def _writer(name: str) -> Callable[[BinaryIO, Candles], None]:
    if name.endswith(".csv"):
        return _write_text
    if name.endswith(".parquet"):
        return lambda stream, candles: write_arrow(stream, candles, PARQUET)
    if name.endswith(".feather"):
        return lambda stream, candles: write_arrow(stream, candles, FEATHER)
    raise CandleProblem(0, f"{name!r} must end in .csv, .parquet or .feather, or in one of these and .gz")


def _write_text(stream: BinaryIO, candles: Candles) -> None:
    stream.write((",".join(COLUMNS) + "\n").encode())
    columns = (candles.open, candles.high, candles.low, candles.close, candles.volume)
    for start in range(0, len(candles), _ROWS_A_WRITE):
        part = slice(start, start + _ROWS_A_WRITE)
        times = map(str, candles.at[part].tolist())
        numbers = [map(_plain, column[part].tolist()) for column in columns]
        stream.write("".join(f"{','.join(row)}\n" for row in zip(times, *numbers, strict=True)).encode())


def _plain(value: float) -> str:
    """The shortest text that reads back as the same number, never with an exponent."""
    text = repr(value)
    return f"{Decimal(text):f}" if "e" in text else text.removesuffix(".0")
