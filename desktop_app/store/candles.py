"""The candles that are kept: memory-mapped columns per exchange, pair and timeframe."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.columns import Candles
from desktop_app.store.candle_rules import CandleProblem, check_candles, find_spacing, step_of
from desktop_app.store.errors import folder_problem
from desktop_app.store.file_lock import held

_WIDTH = 8  # bytes of a cell of any column
_COLUMNS = (("open", "<f8"), ("high", "<f8"), ("low", "<f8"), ("close", "<f8"), ("volume", "<f8"), ("at", "<i8"))
_POINTER = "current"
_LOCK = "writing.lock"


class CandlesDiffer(CandleProblem):
    """A candle is already there and is another one; neither was changed."""

    def __init__(self, at: int, row: int) -> None:
        super().__init__(row, f"a different candle is already kept for this time ({at})")
        self.at = at


@dataclass(frozen=True, slots=True)
class Merged:
    added: int
    skipped: int  # already there and identical


@dataclass(frozen=True, slots=True)
class Series:
    """What is kept of one pair: `count` candles from `first` to `last`, with `gaps` places where some are missing."""

    exchange: str
    symbol: str
    timeframe: str
    count: int
    first: int
    last: int
    gaps: int


class CandleStore:
    """Files below one folder. Any thread of any process may use it: they write one at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def merge(self, exchange: str, symbol: str, timeframe: str, candles: Candles) -> Merged:
        """Add what is new. A candle that is there must be identical.

        Raises:
            CandlesDiffer: one is there and differs; nothing was added.
            CandleProblem: they are no candles of this timeframe, or fall between those that are there.
            StoreError: the disk is full or may not be written.
        """
        check_candles(candles)
        find_spacing(candles.at, timeframe)
        place = self._place(exchange, symbol, timeframe)
        try:
            with held(self._folder / _LOCK):
                kept = _read(place)
                is_new = _compare(kept, candles, step_of(timeframe))
                added = int(is_new.sum())
                if added:
                    _add(place, kept, _rows(candles, is_new))
        except OSError as error:
            raise folder_problem(error, place) from error
        return Merged(added, len(candles) - added)

    def read(
        self, exchange: str, symbol: str, timeframe: str, start: int | None = None, end: int | None = None
    ) -> Candles:
        """Candles with start <= at < end, oldest first, straight from the mapped files; none if none are kept."""
        kept = _read(self._place(exchange, symbol, timeframe))
        low = 0 if start is None else int(np.searchsorted(kept.at, start))
        high = len(kept) if end is None else int(np.searchsorted(kept.at, end))
        return _rows(kept, slice(low, max(low, high)))

    def kept(self) -> tuple[Series, ...]:
        return tuple(self._walk())

    def _walk(self) -> Iterator[Series]:
        for pointer in sorted(self._folder.glob(f"*/*/*/{_POINTER}")):
            place = pointer.parent
            kept = _read(place)
            if not len(kept):
                continue
            timeframe = unquote(place.name)
            gaps = int((np.diff(kept.at) > step_of(timeframe)).sum())
            yield Series(
                exchange=unquote(place.parent.parent.name),
                symbol=unquote(place.parent.name),
                timeframe=timeframe,
                count=len(kept),
                first=int(kept.at[0]),
                last=int(kept.at[-1]),
                gaps=gaps,
            )

    def _place(self, exchange: str, symbol: str, timeframe: str) -> Path:
        step_of(timeframe)
        return self._folder / _safe(exchange) / _safe(symbol) / timeframe


def _safe(name: str) -> str:
    """A file name on every system, from which the name can be read again."""
    assert name, "candles need an exchange and a pair"
    return quote(name, safe="").replace(".", "%2E")


def _read(place: Path) -> Candles:
    while (current := _current(place)) is not None:
        folder, count = current
        try:
            return Candles(**{name: _mapped(folder / name, kind, count) for name, kind in _COLUMNS})
        except FileNotFoundError:
            if _current(place) == current:  # else another thread has just replaced everything
                raise
    return Candles(**{name: np.empty(0, kind) for name, kind in _COLUMNS})


def _current(place: Path) -> tuple[Path, int] | None:
    """The folder of the columns and how many candles count; None while there are none."""
    try:
        name, count = (place / _POINTER).read_text(encoding="ascii").split()
    except FileNotFoundError:
        return None
    return place / name, int(count)


def _point(place: Path, folder: Path, count: int) -> None:
    """Make it so with one rename: until then, nothing of what was written counts."""
    draft = place / f"{_POINTER}.part"
    with draft.open("w", encoding="ascii") as file:
        file.write(f"{folder.name} {count}")
        _to_disk(file)
    draft.replace(place / _POINTER)


def _mapped(path: Path, kind: str, count: int) -> NDArray[Any]:
    return np.memmap(path, dtype=kind, mode="r", shape=(count,))


def _rows(candles: Candles, which: Any) -> Candles:
    return Candles(**{name: getattr(candles, name)[which] for name, _ in _COLUMNS})


def _compare(kept: Candles, candles: Candles, step: int) -> NDArray[np.bool_]:
    """Which candles are not there yet."""
    if not len(kept):
        return np.ones(len(candles), np.bool_)
    if int(candles.at[0] - kept.at[0]) % step:
        raise CandleProblem(0, "the candles begin at other moments than those that are already kept")
    places = np.minimum(np.searchsorted(kept.at, candles.at), len(kept) - 1)
    is_there: NDArray[np.bool_] = kept.at[places] == candles.at
    differs = np.zeros(len(candles), np.bool_)
    for name, _ in _COLUMNS:
        differs |= is_there & (getattr(kept, name)[places] != getattr(candles, name))
    if differs.any():
        i = int(differs.argmax())
        raise CandlesDiffer(int(candles.at[i]), i + 2)
    return ~is_there


def _add(place: Path, kept: Candles, new: Candles) -> None:
    current = _current(place)
    if current and new.at[0] > kept.at[-1]:
        _append(place, *current, new)
        return
    order = np.argsort(np.concatenate([kept.at, new.at]), kind="stable")
    merged = {name: np.concatenate([getattr(kept, name), getattr(new, name)])[order] for name, _ in _COLUMNS}
    _replace(place, current, Candles(**merged))


def _append(place: Path, folder: Path, count: int, new: Candles) -> None:
    """Write behind what counts; what a power cut leaves there is overwritten by the next append."""
    for name, kind in _COLUMNS:
        with (folder / name).open("r+b") as file:
            file.seek(count * _WIDTH)
            file.write(getattr(new, name).astype(kind).tobytes())
            _to_disk(file)
    _point(place, folder, count + len(new))


def _replace(place: Path, current: tuple[Path, int] | None, candles: Candles) -> None:
    """Write everything anew beside the old, then switch over."""
    place.mkdir(parents=True, exist_ok=True)
    taken = [int(path.name) for path in place.iterdir() if path.name.isdecimal()]
    folder = place / str(max(taken, default=0) + 1)
    try:
        folder.mkdir()
        for column, kind in _COLUMNS:
            with (folder / column).open("wb") as file:
                file.write(getattr(candles, column).astype(kind).tobytes())
                _to_disk(file)
        _point(place, folder, len(candles))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    if current:  # Windows keeps files that are still mapped: they stay behind, and do no harm
        shutil.rmtree(current[0], ignore_errors=True)


def _to_disk(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())
