"""Parquet and Feather files of other programs, with the types that those use."""

import io
from decimal import Decimal
from typing import Any

import arro3.io as files
import numpy as np
import pytest
from arro3 import core

from desktop_app.store.candle_arrow import FEATHER, PARQUET, read_arrow
from desktop_app.store.candle_rules import CandleProblem

START = 1_600_000_000_000


def array(values: list[Any], kind: core.DataType) -> core.Array:
    return core.Array(values, kind)


def table(**changed: core.Array) -> core.Table:
    columns: dict[str, Any] = {
        "timestamp": array([START, START + 60_000], core.DataType.int64()),
        **{name: array([1.5, 2.5], core.DataType.float64()) for name in ("open", "high", "low", "close", "volume")},
    }
    columns.update(changed)
    return core.Table.from_pydict(columns)


def stored(content: core.Table, kind: str = PARQUET) -> io.BytesIO:
    stream = io.BytesIO()
    (files.write_parquet if kind == PARQUET else files.write_ipc)(content, stream)
    stream.seek(0)
    return stream


@pytest.mark.parametrize("kind", [PARQUET, FEATHER])
@pytest.mark.parametrize(
    "times",
    [
        array([START // 1000, START // 1000 + 60], core.DataType.int64()),
        array([START // 1000, START // 1000 + 60], core.DataType.uint32()),
        array([START, START + 60_000], core.DataType.uint64()),
        array([START, START + 60_000], core.DataType.int64()).cast(core.DataType.timestamp("ms", tz="UTC")),
        array([START, START + 60_000], core.DataType.int64()).cast(core.DataType.timestamp("ms")),
        array([START * 10**6, (START + 60_000) * 10**6], core.DataType.int64()).cast(core.DataType.timestamp("ns")),
    ],
)
def test_times_are_read_in_every_unit(kind: str, times: core.Array) -> None:
    assert read_arrow(stored(table(timestamp=times), kind), kind).at.tolist() == [START, START + 60_000]


def test_a_file_that_calls_the_time_date_is_read() -> None:
    renamed = table().rename_columns(["date", "open", "high", "low", "close", "volume"])
    assert read_arrow(stored(renamed), PARQUET).at.tolist() == [START, START + 60_000]


def test_numbers_may_be_whole_or_decimal() -> None:
    whole = array([1, 2], core.DataType.int32())
    money = array([1.25, 2.5], core.DataType.float64()).cast(core.DataType.decimal128(12, 4))
    candles = read_arrow(stored(table(open=whole, volume=money)), PARQUET)
    assert candles.open.tolist() == [1.0, 2.0]
    assert candles.volume.tolist() == [float(Decimal("1.25")), 2.5]
    assert candles.volume.dtype == np.float64


@pytest.mark.parametrize(
    ("content", "row", "reason"),
    [
        (table().select(["timestamp", "open", "high", "low", "close"]), 1, "the column volume is missing"),
        (table().select(["open", "high", "low", "close", "volume"]), 1, "the column timestamp is missing"),
        (table(open=array([1.5, None], core.DataType.float64())), 3, "open is empty"),
        (table(timestamp=array([None, START], core.DataType.int64())), 2, "timestamp is empty"),
        (table(open=array(["1.5", "2"], core.DataType.string())), 2, "open is not a number"),
        (table(timestamp=array(["a", "b"], core.DataType.string())), 2, "timestamp holds"),
    ],
)
def test_what_cannot_be_is_refused(content: core.Table, row: int, reason: str) -> None:
    with pytest.raises(CandleProblem) as refused:
        read_arrow(stored(content), PARQUET)
    assert refused.value.row == row
    assert reason in refused.value.reason


def test_a_file_that_only_begins_like_one_is_refused() -> None:
    for kind, content in ((PARQUET, b"PAR1" + b"x" * 99), (FEATHER, b"ARROW1" + b"x" * 99)):
        with pytest.raises(CandleProblem, match=f"not a whole {kind} file"):
            read_arrow(io.BytesIO(content), kind)
