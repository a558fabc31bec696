"""Reads and writes Parquet and Feather candle files; the only user of arro3."""

from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.store.candle_rules import FIRST_ROW, CandleProblem
from desktop_app.store.candle_text import COLUMNS, LARGEST_FILE, TOO_LARGE

if TYPE_CHECKING:
    from arro3.core import ChunkedArray, Table

PARQUET, FEATHER = "Parquet", "Feather"
_TIME_NAMES = ("timestamp", "date")  # freqtrade's files say date
_MOST_ROWS = LARGEST_FILE // 48
_SECONDS_BELOW = 4_102_444_800 + 1


def read_arrow(stream: BinaryIO, kind: str) -> Candles:
    """The columns of the file; whether they are candles is another question. Raises CandleProblem."""
    table = _read_table(stream, kind)
    names = {name.lower(): name for name in table.column_names}
    time = next((names[name] for name in _TIME_NAMES if name in names), None)
    missing = [name for name in COLUMNS if name not in names and not (name == COLUMNS[0] and time)]
    if time is None or missing:
        raise CandleProblem(1, f"the column {', '.join(missing)} is missing")
    at = _times(table.column(time), time)
    return Candles(at, *(_numbers(table.column(names[name]), name) for name in COLUMNS[1:]))


def write_arrow(stream: BinaryIO, candles: Candles, kind: str) -> None:
    core, files = _libraries(kind)
    columns = (candles.at, candles.open, candles.high, candles.low, candles.close, candles.volume)
    arrays = {name: core.Array.from_numpy(np.ascontiguousarray(c)) for name, c in zip(COLUMNS, columns, strict=True)}
    table = core.Table.from_pydict(arrays)
    if kind == PARQUET:
        files.write_parquet(table, stream)
    else:
        files.write_ipc(table, stream, compression=None)


def _libraries(kind: str) -> tuple[Any, Any]:
    try:
        import arro3.core
        import arro3.io
    except ImportError:
        reason = f"{kind} files need the packages arro3-core and arro3-io; install them, or use a CSV file"
        raise CandleProblem(0, reason) from None
    return arro3.core, arro3.io


def _read_table(stream: BinaryIO, kind: str) -> "Table":
    core, files = _libraries(kind)
    batches: list[Any] = []
    rows = 0
    try:
        reader = (files.read_parquet if kind == PARQUET else files.read_ipc)(stream)
        while rows <= _MOST_ROWS and (batch := next(reader, None)) is not None:
            batches.append(batch)
            rows += batch.num_rows
        table: Table = core.Table.from_batches(batches, schema=reader.schema)
    except BaseException as error:
        # The library's own panics are not Exceptions; whatever is wrong inside it, it is the file that we refuse.
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
            raise
        raise CandleProblem(0, f"the file is not a whole {kind} file: {' '.join(str(error).split())[:200]}") from None
    if rows > _MOST_ROWS:
        raise CandleProblem(0, TOO_LARGE)
    return table


def _times(column: "ChunkedArray", name: str) -> "np.ndarray[Any, np.dtype[np.int64]]":
    core, _ = _libraries("Arrow")
    kind = column.type
    _refuse_empty(column, name)
    types = core.DataType
    if types.is_temporal(kind) and not types.is_time(kind):
        column = column.cast(types.timestamp("ms", tz="UTC")).cast(types.int64())
    elif types.is_integer(kind):
        column = column.cast(types.int64())
    else:
        raise CandleProblem(FIRST_ROW, f"{name} holds {kind}, not times")
    at = np.ascontiguousarray(column.to_numpy(), np.int64)
    is_seconds = types.is_integer(kind) and len(at) and abs(int(at[0])) < _SECONDS_BELOW
    return at * 1000 if is_seconds else at


def _numbers(column: "ChunkedArray", name: str) -> "np.ndarray[Any, np.dtype[np.float64]]":
    core, _ = _libraries("Arrow")
    _refuse_empty(column, name)
    types = core.DataType
    if not (types.is_numeric(column.type) or types.is_decimal(column.type)):
        raise CandleProblem(FIRST_ROW, f"{name} is not a number: the column holds {column.type}")
    return np.ascontiguousarray(column.cast(types.float64()).to_numpy(), np.float64)


def _refuse_empty(column: "ChunkedArray", name: str) -> None:
    if column.null_count:
        row = next(i for i, value in enumerate(column.to_pylist()) if value is None)
        raise CandleProblem(row + FIRST_ROW, f"{name} is empty")
