"""Kept candles grow, are never changed in silence, and survive any cut."""

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.store import candles as module
from desktop_app.store.candle_rules import CandleProblem
from desktop_app.store.candles import CandlesDiffer, CandleStore, Merged, Series
from desktop_app.store.errors import DiskFull
from desktop_app.store.file_lock import open_lock, take

START = 1_600_000_020_000
MINUTE = 60_000
PLACE = ("sim", "BTC/USDT", "1m")


def minutes(first: int, last: int, *left_out: int) -> Candles:
    """One-minute candles first…last−1 of one endless series."""
    number = np.array([n for n in range(first, last) if n not in left_out], np.int64)
    price = (100 + number % 17).astype(np.float64)
    volume = number.astype(np.float64)
    return Candles(number * MINUTE + START, price, price + 2, price - 2, price + 1, volume)


def numbers(candles: Candles) -> list[int]:
    return [int(each) for each in (candles.at - START) // MINUTE]


@pytest.fixture
def kept(tmp_path: Path) -> CandleStore:
    return CandleStore(tmp_path / "candles")


def test_nothing_is_kept_at_first(kept: CandleStore) -> None:
    assert len(kept.read(*PLACE)) == 0
    assert kept.kept() == ()


def test_candles_grow_at_the_end(kept: CandleStore) -> None:
    assert kept.merge(*PLACE, minutes(0, 10)) == Merged(10, 0)
    assert kept.merge(*PLACE, minutes(5, 15)) == Merged(5, 5)
    assert kept.merge(*PLACE, minutes(5, 15)) == Merged(0, 10)
    assert numbers(kept.read(*PLACE)) == list(range(15))


def test_candles_grow_at_the_start_and_in_gaps(kept: CandleStore) -> None:
    kept.merge(*PLACE, minutes(10, 20, 14, 15))
    assert kept.merge(*PLACE, minutes(5, 25)) == Merged(12, 8)
    after = kept.read(*PLACE)
    assert numbers(after) == list(range(5, 25))
    assert after.candle(9) == minutes(14, 15).candle(0)


def test_a_different_candle_is_refused_and_nothing_is_added(kept: CandleStore) -> None:
    kept.merge(*PLACE, minutes(0, 10))
    other = minutes(5, 15)
    other.volume[2] += 1
    with pytest.raises(CandlesDiffer) as refused:
        kept.merge(*PLACE, other)
    assert (refused.value.row, refused.value.at) == (4, START + 7 * MINUTE)
    assert numbers(kept.read(*PLACE)) == list(range(10))


def test_candles_of_another_rhythm_are_refused(kept: CandleStore) -> None:
    kept.merge(*PLACE, minutes(0, 10))
    shifted = minutes(20, 30)
    shifted.at[:] += 30_000
    with pytest.raises(CandleProblem, match="begin at other moments"):
        kept.merge(*PLACE, shifted)


def test_what_is_no_candle_is_refused(kept: CandleStore) -> None:
    bad = minutes(0, 3)
    bad.high[1] = 1
    with pytest.raises(CandleProblem, match="Row 3"):
        kept.merge(*PLACE, bad)
    assert kept.kept() == ()


def test_a_range_includes_its_start_and_not_its_end(kept: CandleStore) -> None:
    kept.merge(*PLACE, minutes(0, 10, 4))
    assert numbers(kept.read(*PLACE, START + 2 * MINUTE, START + 6 * MINUTE)) == [2, 3, 5]
    assert numbers(kept.read(*PLACE, START + 8 * MINUTE)) == [8, 9]
    assert numbers(kept.read(*PLACE, None, START)) == []
    assert numbers(kept.read(*PLACE, START + 6 * MINUTE, START)) == []


def test_every_series_is_listed(kept: CandleStore) -> None:
    kept.merge("sim", "BTC/USDT", "1m", minutes(0, 10, 4, 6, 7))
    kept.merge("kraken", "../..:x/Ü", "1m", minutes(0, 1))
    assert kept.kept() == (
        Series("kraken", "../..:x/Ü", "1m", 1, START, START, 0),
        Series("sim", "BTC/USDT", "1m", 7, START, START + 9 * MINUTE, 2),
    )


def test_nobody_else_writes_while_candles_are_added(
    kept: CandleStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, was_taken = module._add, []

    def add(*arguments: Any) -> None:
        handle = open_lock(tmp_path / "candles" / "writing.lock")  # as the application does while a command imports
        try:
            take(handle)
        except OSError:
            was_taken.append(True)
        finally:
            os.close(handle)
        real(*arguments)

    monkeypatch.setattr(module, "_add", add)
    kept.merge(*PLACE, minutes(0, 10))
    assert was_taken == [True]
    assert len(kept.kept()) == 1


def test_no_name_leads_out_of_the_folder(kept: CandleStore, tmp_path: Path) -> None:
    for name in ("..", "../../x", "a\\b", "C:", "."):
        kept.merge(name, name, "1m", minutes(0, 1))
    assert [path.name for path in tmp_path.iterdir()] == ["candles"]
    assert {series.symbol for series in kept.kept()} == {"..", "../../x", "a\\b", "C:", "."}


def test_a_cut_while_growing_leaves_what_was_there(
    kept: CandleStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.merge(*PLACE, minutes(10, 20))
    real = module._to_disk
    for more in (minutes(20, 30), minutes(0, 10)):
        for cut in range(7):
            left = cut

            def fail(file: object) -> None:
                nonlocal left
                left -= 1
                if left < 0:
                    raise OSError(28, "No space left on device")
                real(file)

            with monkeypatch.context() as patch:
                patch.setattr(module, "_to_disk", fail)
                with pytest.raises(DiskFull):
                    kept.merge(*PLACE, more)
            assert numbers(CandleStore(tmp_path / "candles").read(*PLACE)) == list(range(10, 20))
    assert kept.merge(*PLACE, minutes(0, 30)) == Merged(20, 10)
    assert numbers(kept.read(*PLACE)) == list(range(30))


def test_a_reader_keeps_its_candles_while_everything_is_replaced(kept: CandleStore) -> None:
    kept.merge(*PLACE, minutes(10, 20))
    before = kept.read(*PLACE)
    kept.merge(*PLACE, minutes(0, 10))
    assert numbers(before) == list(range(10, 20))


def test_a_series_whose_columns_are_gone_is_an_error_and_not_empty(kept: CandleStore, tmp_path: Path) -> None:
    kept.merge(*PLACE, minutes(0, 10))
    (column,) = (tmp_path / "candles").rglob("close")
    shutil.rmtree(column.parent)
    with pytest.raises(FileNotFoundError):
        kept.read(*PLACE)
