"""Candles as growing columns with a min/max pyramid, so that a million bars paint as fast as a thousand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_T = TypeVar("_T", np.float64, np.int64)

FANOUT = 4
_FIRST_CAPACITY = 1024
_COLUMNS = ("open", "high", "low", "close", "volume")


@dataclass(frozen=True, slots=True)
class Bar:
    """One candle, or several consecutive ones seen as one."""

    at: int
    open: float
    high: float
    low: float
    close: float
    volume: float


@dataclass(frozen=True, slots=True)
class Slice:
    """Columns of a stretch of bars at one pyramid level; `at` is the open time of each bucket's first candle."""

    per_bucket: int
    at: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats


class CandleSeries:
    """Candles of one market and interval, oldest first, times strictly rising; missing candles stay missing."""

    def __init__(self, step_ms: int) -> None:
        assert step_ms > 0
        self.step_ms = step_ms
        self._count = 0
        self._at: Ints = np.empty(0, np.int64)
        self._columns: list[Floats] = [np.empty(0, np.float64) for _ in _COLUMNS]
        self._levels: list[_Level] = []
        self._gaps: list[int] = []  # index of the first candle after each hole

    @classmethod
    def from_arrays(
        cls, step_ms: int, at: Ints, open_: Floats, high: Floats, low: Floats, close: Floats, volume: Floats
    ) -> CandleSeries:
        """Take whole columns at once; they are copied, so the caller may reuse his."""
        series = cls(step_ms)
        series._count = len(at)
        series._at = np.array(at, np.int64)
        assert bool(np.all(np.diff(series._at) > 0)), "candle times must rise"
        series._columns = [np.array(column, np.float64) for column in (open_, high, low, close, volume)]
        assert all(len(column) == series._count for column in series._columns)
        series._gaps = [int(i) + 1 for i in np.flatnonzero(np.diff(series._at) > step_ms)]
        series._build_levels()
        return series

    def __len__(self) -> int:
        return self._count

    @property
    def at(self) -> Ints:
        return self._at[: self._count]

    @property
    def open(self) -> Floats:
        return self._columns[0][: self._count]

    @property
    def high(self) -> Floats:
        return self._columns[1][: self._count]

    @property
    def low(self) -> Floats:
        return self._columns[2][: self._count]

    @property
    def close(self) -> Floats:
        return self._columns[3][: self._count]

    @property
    def volume(self) -> Floats:
        return self._columns[4][: self._count]

    @property
    def level_count(self) -> int:
        """How many levels the pyramid has, the candles themselves included."""
        return len(self._levels) + 1

    @property
    def gap_starts(self) -> tuple[int, ...]:
        """Index of the first candle after each hole."""
        return tuple(self._gaps)

    def bar(self, index: int) -> Bar:
        open_, high, low, close, volume = (float(column[index]) for column in self._columns)
        return Bar(int(self._at[index]), open_, high, low, close, volume)

    @property
    def last(self) -> Bar | None:
        return self.bar(self._count - 1) if self._count else None

    def span(self, from_at: float, until_at: float) -> tuple[int, int]:
        """Half-open index range of the candles that open in [from_at, until_at]."""
        # Whole numbers: numpy would copy a million integers to compare them with one float.
        times, first, last = self.at, math.ceil(from_at), math.floor(until_at)
        return int(times.searchsorted(first, "left")), int(times.searchsorted(last, "right"))

    def nearest(self, at: float) -> int | None:
        """Index of the candle that opens closest to `at`."""
        if not self._count:
            return None
        right = min(int(self.at.searchsorted(math.ceil(at))), self._count - 1)
        left = max(right - 1, 0)
        return left if abs(at - int(self._at[left])) <= abs(int(self._at[right]) - at) else right

    def upsert(self, bar: Bar) -> bool:
        """Append a new candle, or replace the one with the same open time; True when one was appended."""
        if self._count == 0 or bar.at > int(self._at[self._count - 1]):
            self._append(bar)
            return True
        index = int(np.searchsorted(self.at, bar.at))
        if int(self._at[index]) == bar.at:  # else: a late candle in a hole; the owner reloads history for those
            self._write(index, bar)
        return False

    def with_price(self, at: int, price: float, volume: float = 0.0) -> Bar:
        """The running candle after a trade at `at`: the last one stretched, or a new one; to be upserted."""
        phase = int(self._at[0]) % self.step_ms if self._count else 0
        opens_at, last = (at - phase) // self.step_ms * self.step_ms + phase, self.last
        if last is None or opens_at > last.at:
            return Bar(opens_at, price, price, price, price, volume)
        return Bar(last.at, last.open, max(last.high, price), min(last.low, price), price, last.volume + volume)

    def extremes(self, start: int, stop: int) -> tuple[float, float] | None:
        """Lowest low and highest high of [start, stop), in O(levels)."""
        start, stop = max(start, 0), min(stop, self._count)
        if start >= stop:
            return None
        low, high = np.inf, -np.inf
        for lows, highs, a, b in self._pieces(start, stop):
            low = min(low, float(lows[a:b].min()))
            high = max(high, float(highs[a:b].max()))
        return low, high

    def read(self, start: int, stop: int, level: int) -> Slice:
        """The candles of [start, stop) merged 4**level at a time; whole buckets, so a little more than asked."""
        start, stop = max(start, 0), min(stop, self._count)
        if level == 0 or start >= stop:
            o, h, lo, c, v = (column[start:stop] for column in self._columns)
            return Slice(1, self._at[start:stop], o, h, lo, c, v)
        per = FANOUT**level
        first, last = start // per, -(-stop // per)
        source = self._levels[level - 1]
        heads = slice(first * per, min(last * per, self._count), per)
        tails = np.minimum(np.arange(first + 1, last + 1) * per, self._count) - 1
        return Slice(
            per,
            self._at[heads],
            self._columns[0][heads],
            source.high[first:last],
            source.low[first:last],
            self._columns[3][tails],
            source.volume[first:last],
        )

    def gaps_within(self, from_at: float, until_at: float) -> int:
        """How many holes lie (partly) in the stretch."""
        if not self._gaps:
            return 0
        resumes = self._at[np.array(self._gaps)]
        stops = self._at[np.array(self._gaps) - 1] + self.step_ms
        return int(np.count_nonzero((resumes > from_at) & (stops < until_at)))

    # -- growing ------------------------------------------------------------------------------------------------------

    def _append(self, bar: Bar) -> None:
        index = self._count
        if index == len(self._at):
            size = max(_FIRST_CAPACITY, index + index // 2)
            self._at = _grown(self._at, size)
            self._columns = [_grown(column, size) for column in self._columns]
        if index and bar.at - int(self._at[index - 1]) > self.step_ms:
            self._gaps.append(index)
        self._at[index] = bar.at
        self._count += 1
        self._write(index, bar)

    def _write(self, index: int, bar: Bar) -> None:
        for column, value in zip(self._columns, (bar.open, bar.high, bar.low, bar.close, bar.volume), strict=True):
            column[index] = value
        below_high, below_low, below_volume = self._columns[1], self._columns[2], self._columns[4]
        count, depth = self._count, 0
        while count > FANOUT:
            if depth == len(self._levels):
                self._levels.append(_Level.over(below_high[:count], below_low[:count], below_volume[:count]))
            level = self._levels[depth]
            index //= FANOUT
            a, b = index * FANOUT, min((index + 1) * FANOUT, count)
            level.put(index, float(below_high[a:b].max()), float(below_low[a:b].min()), float(below_volume[a:b].sum()))
            below_high, below_low, below_volume = level.high, level.low, level.volume
            count, depth = -(-count // FANOUT), depth + 1

    def _build_levels(self) -> None:
        high, low, volume = self.high, self.low, self.volume
        while len(high) > FANOUT:
            level = _Level.over(high, low, volume)
            self._levels.append(level)
            high, low, volume = level.high, level.low, level.volume

    def _pieces(self, start: int, stop: int) -> list[tuple[Floats, Floats, int, int]]:
        """The few runs of buckets, fine at the ends and coarse in the middle, that cover [start, stop) exactly."""
        pieces: list[tuple[Floats, Floats, int, int]] = []
        lows, highs, depth = self._columns[2], self._columns[1], 0
        while stop - start > 2 * FANOUT and depth < len(self._levels):
            head, tail = -(-start // FANOUT), stop // FANOUT
            if head * FANOUT > start:
                pieces.append((lows, highs, start, head * FANOUT))
            if tail * FANOUT < stop:
                pieces.append((lows, highs, tail * FANOUT, stop))
            start, stop = head, tail
            lows, highs = self._levels[depth].low, self._levels[depth].high
            depth += 1
        if start < stop:
            pieces.append((lows, highs, start, stop))
        return pieces


class _Level:
    """Highs, lows and volumes of four buckets of the level below, each."""

    __slots__ = ("high", "low", "volume")

    def __init__(self, high: Floats, low: Floats, volume: Floats) -> None:
        self.high, self.low, self.volume = high, low, volume

    @classmethod
    def over(cls, high: Floats, low: Floats, volume: Floats) -> _Level:
        starts = np.arange(0, len(high), FANOUT)
        return cls(np.maximum.reduceat(high, starts), np.minimum.reduceat(low, starts), np.add.reduceat(volume, starts))

    def put(self, index: int, high: float, low: float, volume: float) -> None:
        if index >= len(self.high):
            size = max(16, index + 1 + index // 2)
            self.high, self.low, self.volume = (_grown(column, size) for column in (self.high, self.low, self.volume))
        self.high[index], self.low[index], self.volume[index] = high, low, volume


def _grown(column: npt.NDArray[_T], size: int) -> npt.NDArray[_T]:
    bigger = np.empty(size, column.dtype)
    bigger[: len(column)] = column
    return bigger


def resampled(series: CandleSeries, step_ms: int, phase_ms: int = 0) -> CandleSeries:
    """The same history in a coarser interval; buckets start at multiples of `step_ms` after `phase_ms`."""
    assert step_ms % series.step_ms == 0, "the coarser interval must be a multiple of the finer"
    if not len(series):
        return CandleSeries(step_ms)
    bucket = (series.at - phase_ms) // step_ms
    starts = np.concatenate(([0], np.flatnonzero(np.diff(bucket)) + 1))
    ends = np.append(starts[1:], len(series)) - 1
    return CandleSeries.from_arrays(
        step_ms,
        bucket[starts] * step_ms + phase_ms,
        series.open[starts],
        np.maximum.reduceat(series.high, starts),
        np.minimum.reduceat(series.low, starts),
        series.close[ends],
        np.add.reduceat(series.volume, starts),
    )
