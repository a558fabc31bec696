"""Fetches years of candles in parts that are each on the disk before the next is asked for."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.core.gathering import floor_to, rows
from desktop_app.store.candle_rules import step_of

if TYPE_CHECKING:
    from desktop_app.store.candles import CandleStore

Progress = Callable[[int, int], bool]  # (candles seen to, candles in all) → go on?

_AT_ONCE = 20_000  # candles between two writes: a minute or so of asking, and lost at most if the power goes
_BEFORE_OTHERS = 100_000  # where candles follow already: each write then writes those anew, too
_SETTLING = 1  # candles at the end that the exchange may still correct


class Source(Protocol):
    """An exchange's history."""

    def now(self) -> int: ...
    async def candles(self, symbol: str, timeframe: str, start: int, end: int) -> Candles: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """Candles with start <= at < end, kept under `exchange`."""

    exchange: str
    symbol: str
    timeframe: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Downloaded:
    """`added` came now, `known` were there; `missing` the exchange does not have either, in `gaps` places."""

    added: int
    known: int
    gaps: int
    missing: int
    is_complete: bool


async def download(
    source: Source, store: "CandleStore", wanted: Wanted, progress: Progress | None = None
) -> Downloaded:
    """Fetch what is not kept yet; what came is kept whatever happens next, so that calling again goes on from there.

    Raises:
        Unreachable, Refused: the exchange does not answer, or has no such candles.
        CandleProblem: what it sent does not fit to what is kept.
        StoreError: the disk is full or may not be written.
    """
    step = step_of(wanted.timeframe)
    start = floor_to(wanted.start + step - 1, step)
    end = min(wanted.end, floor_to(source.now(), step) - _SETTLING * step)
    kept = await asyncio.to_thread(store.read, wanted.exchange, wanted.symbol, wanted.timeframe, start, end)
    known, added, done = len(kept), 0, len(kept)
    total = max(0, -(-(end - start) // step))
    is_complete = True
    for hole_start, hole_end in holes(kept, step, start, end):
        is_last = not known or hole_start > int(kept.at[-1])
        size = (_AT_ONCE if is_last else _BEFORE_OTHERS) * step
        for part in range(hole_start, hole_end, size):
            if progress is not None and not progress(done, total):
                is_complete = False
                break
            stop = min(part + size, hole_end)
            found = await source.candles(wanted.symbol, wanted.timeframe, part, stop)
            if len(found):
                merged = await asyncio.to_thread(store.merge, wanted.exchange, wanted.symbol, wanted.timeframe, found)
                added += merged.added
            done += (stop - part) // step
        if not is_complete:
            break
    if progress is not None and is_complete:
        progress(total, total)
    now_kept = await asyncio.to_thread(store.read, wanted.exchange, wanted.symbol, wanted.timeframe, start, end)
    gaps, missing = _gaps(now_kept, step)
    return Downloaded(added, known, gaps, missing, is_complete)


def resampled(candles: Candles, every_ms: int) -> Candles:
    """Coarser candles, without one at either end of which a part is not there."""
    from desktop_app.core.gathering import gather

    if not len(candles):
        return candles
    step = int(np.diff(candles.at).min()) if len(candles) > 1 else every_ms
    first = floor_to(int(candles.at[0]) + every_ms - 1, every_ms)
    whole = rows(candles, int(np.searchsorted(candles.at, first)), len(candles))
    return gather(whole, every_ms, int(candles.at[-1]) + step)


def holes(kept: Candles, step: int, start: int, end: int) -> list[tuple[int, int]]:
    """The spans (from, until) that are not kept, oldest first."""
    if not len(kept):
        return [(start, end)] if start < end else []
    first, last = int(kept.at[0]), int(kept.at[-1])
    found = [(start, first)] if start < first else []
    gaps = np.flatnonzero(np.diff(kept.at) > step)
    found += [(int(kept.at[i]) + step, int(kept.at[i + 1])) for i in gaps]
    if last + step < end:
        found.append((last + step, end))
    return found


def _gaps(kept: Candles, step: int) -> tuple[int, int]:
    """How many places lack candles, and how many candles they lack."""
    jumps = np.diff(kept.at)
    wide = jumps[jumps > step]
    return len(wide), int((wide // step - 1).sum())
