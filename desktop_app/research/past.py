"""The candles that are kept, as the window needs them: which series there are, what they say, what is missing."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from desktop_app.core.columns import TIMEFRAMES, Candles
from desktop_app.core.gathering import floor_to, gather
from desktop_app.store.candle_rules import CandleProblem, step_of
from desktop_app.store.candles import CandleStore
from desktop_app.store.errors import StoreError

BYTES_A_CANDLE = 48  # six columns of eight bytes
WARM_UP = 2_000  # candles before the period that indicators may look at
_MOST_GAPS = 200  # told one by one


@dataclass(frozen=True, slots=True)
class Source:
    """One series of the store: whose candles, of which pair, how long each."""

    exchange: str
    symbol: str
    timeframe: str

    @property
    def step_ms(self) -> int:
        return step_of(self.timeframe)


@dataclass(frozen=True, slots=True)
class KeptSeries:
    """What is kept of it: `count` candles from `first` to `last`."""

    source: Source
    count: int
    first: int
    last: int
    gaps: int

    @property
    def end(self) -> int:
        """Just after the last candle."""
        return self.last + self.source.step_ms


@dataclass(frozen=True, slots=True)
class Gap:
    """`missing` candles, the first at `start`; `end` is when there is one again."""

    start: int
    end: int
    missing: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What there is of a period that was asked for. `gaps` are the first of `gap_count`, the ends included."""

    start: int
    end: int
    candles: int
    missing: int
    gap_count: int
    gaps: tuple[Gap, ...]

    @property
    def is_whole(self) -> bool:
        return self.missing == 0

    @property
    def missing_bytes(self) -> int:
        return self.missing * BYTES_A_CANDLE


def list_series(folder: Path) -> tuple[KeptSeries, ...]:
    """Everything that is kept; may take a moment, so not on a loop."""
    return tuple(
        KeptSeries(Source(one.exchange, one.symbol, one.timeframe), one.count, one.first, one.last, one.gaps)
        for one in CandleStore(folder).kept()
    )


def look(folder: Path, source: Source, start: int, end: int) -> Coverage:
    """What is kept and what is missing of start <= at < end."""
    kept = CandleStore(folder).read(source.exchange, source.symbol, source.timeframe, start, end)
    return coverage_of(kept, source.step_ms, start, end)


def coverage_of(kept: Candles, step: int, start: int, end: int) -> Coverage:
    first_wanted = floor_to(start + step - 1, step)
    expected = max(0, -(-(end - first_wanted) // step))
    if not len(kept):
        gaps = (Gap(first_wanted, end, expected),) if expected else ()
        return Coverage(start, end, 0, expected, len(gaps), gaps)
    at = kept.at
    found: list[Gap] = []
    if at[0] > first_wanted:
        found.append(Gap(first_wanted, int(at[0]), int(at[0] - first_wanted) // step))
    holes = np.flatnonzero(np.diff(at) > step)
    found += [
        Gap(int(at[i]) + step, int(at[i + 1]), int(at[i + 1] - at[i]) // step - 1) for i in holes[:_MOST_GAPS].tolist()
    ]
    behind = first_wanted + expected * step
    if int(at[-1]) + step < behind:
        found.append(Gap(int(at[-1]) + step, end, (behind - int(at[-1])) // step - 1))
    missing = max(0, expected - len(kept))
    edges = len(found) - min(len(holes), _MOST_GAPS)
    return Coverage(start, end, len(kept), missing, len(holes) + edges, tuple(found[: _MOST_GAPS + 2]))


def read_past(folder: Path, source: Source, start: int, end: int) -> Candles:
    return CandleStore(folder).read(source.exchange, source.symbol, source.timeframe, start, end)


def read_warm_up(folder: Path, source: Source, start: int) -> Candles:
    """What lies right before a period, for indicators."""
    return read_past(folder, source, start - WARM_UP * source.step_ms, start)


def read_gathered(folder: Path, source: Source, start: int, end: int, timeframe: str) -> Candles:
    """The candles of a period in a coarser timeframe, for looking at."""
    step = TIMEFRAMES[timeframe]
    candles = read_past(folder, source, start // step * step, end)
    return candles if step == source.step_ms else gather(candles, step, end + step)


def keep(folder: Path, source: Source, candles: Candles) -> str:
    """Add what is new; what could not be kept, in words, or nothing."""
    if not len(candles):
        return ""
    try:
        CandleStore(folder).merge(source.exchange, source.symbol, source.timeframe, candles)
    except (CandleProblem, StoreError) as problem:
        return str(problem)
    return ""
