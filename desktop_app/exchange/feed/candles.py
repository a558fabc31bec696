"""Closed candles of a real exchange: page by page, what is missing asked for again, what is known not asked twice."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from desktop_app.core.columns import Candles
from desktop_app.core.gathering import floor_to, rows
from desktop_app.exchange.sim.candles import timeframe_ms

if TYPE_CHECKING:
    from numpy.typing import NDArray

PAGE = 1000  # rows that are asked for; what comes may be fewer
MOST_PAGES = 5_000
MOST_REPAIRS = 20  # holes that are asked for again: more than that are no accident of a page
KEPT_ROWS = 200_000
KEPT_BLOCKS = 24

Row = tuple[int, float, float, float, float, float]
Fetch = Callable[[str, str, int, int], Awaitable[Sequence[Sequence[object]]]]  # (pair, timeframe, since, limit)


@dataclass(frozen=True, slots=True)
class _Block:
    """Everything there is of one pair and timeframe with start <= at < end."""

    candles: Candles
    start: int
    end: int


def read_row(row: Sequence[object], every_ms: int) -> Row | None:
    """A candle as ccxt hands it over; None when it cannot be one."""
    try:
        at, (opened, high, low, close, volume) = int(str(row[0])), (float(str(value or 0)) for value in row[1:6])
    except (ValueError, IndexError):
        return None
    if floor_to(at, every_ms) != at or not all(map(isfinite, (opened, high, low, close, volume))):
        return None
    is_true = 0 < low <= min(opened, close) and max(opened, close) <= high and volume >= 0
    return (at, opened, high, low, close, volume) if is_true else None


def holes(known: Iterable[int], every_ms: int, start: int, end: int) -> list[tuple[int, int]]:
    """The ranges (start, end) of candles that are missing between others; `known` is sorted.

    Before the first candle a pair may not have been traded yet, after the last one the next page comes: neither is a
    hole, unless `start`/`end` say that the range is in the middle of what there is.
    """
    found: list[tuple[int, int]] = []
    expected = start
    for at in known:
        if at > expected:
            found.append((expected, at))
        expected = at + every_ms
    if expected < end:
        found.append((expected, end))
    return found


class CandleSource:
    """Asks `fetch` no more than it must. Raises what that raises."""

    def __init__(self, fetch: Fetch, now: Callable[[], int]) -> None:
        """`now`: the exchange's clock, by which a candle is closed."""
        self._fetch = fetch
        self._now = now
        self._blocks: OrderedDict[tuple[str, str], _Block] = OrderedDict()

    async def closed(self, symbol: str, timeframe: str, start: int, end: int) -> Candles:
        """Closed candles with start <= at < end, oldest first."""
        every = timeframe_ms(timeframe)
        first = floor_to(max(start, 0) + every - 1, every)
        last = min(floor_to(end - 1, every) + every, floor_to(self._now(), every))
        if last <= first:
            return _columns([])
        block = await self._extended(symbol, timeframe, first, last)
        return _between(block.candles, first, last)

    async def _extended(self, symbol: str, timeframe: str, start: int, end: int) -> _Block:
        """The block that holds this range; only what is not known of it is asked for."""
        key = (symbol, timeframe)
        block = self._blocks.get(key)
        if block is None or start > block.end or end < block.start:
            block = _Block(_columns([]), start, start)
        older: list[Row] = []
        newer: list[Row] = []
        if start < block.start:
            older = await self._range(symbol, timeframe, start, block.start)
        if end > block.end:
            newer = await self._range(symbol, timeframe, block.end, end)
        candles = _joined(older, block.candles, newer)
        block = _Block(candles, min(start, block.start), max(end, block.end))
        # The newest candle may still be corrected: it is asked for again the next time.
        every = timeframe_ms(timeframe)
        settled = min(block.end, floor_to(self._now(), every) - every)
        if len(candles) <= KEPT_ROWS and settled > block.start:
            self._blocks[key] = _Block(_between(candles, block.start, settled), block.start, settled)
            self._blocks.move_to_end(key)
            while len(self._blocks) > KEPT_BLOCKS:
                self._blocks.popitem(last=False)
        return block

    async def _range(self, symbol: str, timeframe: str, start: int, end: int) -> list[Row]:
        every = timeframe_ms(timeframe)
        found = await self._pages(symbol, timeframe, start, end)
        if not found:
            return []
        missing = holes(sorted(found), every, min(found), max(found) + every)
        for hole_start, hole_end in missing[:MOST_REPAIRS]:
            found.update(await self._pages(symbol, timeframe, hole_start, hole_end))
        return [found[at] for at in sorted(found)]

    async def _pages(self, symbol: str, timeframe: str, start: int, end: int) -> dict[int, Row]:
        every = timeframe_ms(timeframe)
        found: dict[int, Row] = {}
        cursor, span = start, PAGE
        for _ in range(MOST_PAGES):
            if cursor >= end:
                break
            page = await self._fetch(symbol, timeframe, cursor, min(PAGE, (end - cursor) // every + 1))
            read = [row for row in (read_row(raw, every) for raw in page) if row is not None and row[0] >= cursor]
            found.update((row[0], row) for row in read if row[0] < end)
            if read:
                cursor, span = max(row[0] for row in read) + every, PAGE
            else:
                # Nothing was traded here, or not yet: in longer and longer steps to where something was.
                cursor += span * every
                span *= 2
        return found


def _columns(read: Sequence[Row]) -> Candles:
    import numpy as np

    columns: list[NDArray[np.float64]] = [np.array([row[i] for row in read], dtype=np.float64) for i in range(1, 6)]
    at: NDArray[np.int64] = np.array([row[0] for row in read], dtype=np.int64)
    return Candles(at, *columns)


def _between(candles: Candles, start: int, end: int) -> Candles:
    import numpy as np

    return rows(candles, int(np.searchsorted(candles.at, start)), int(np.searchsorted(candles.at, end)))


def _joined(older: Sequence[Row], known: Candles, newer: Sequence[Row]) -> Candles:
    import numpy as np

    parts = [part for part in (_columns(older), known, _columns(newer)) if len(part)]
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return _columns([])
    return Candles(
        np.concatenate([part.at for part in parts]),
        np.concatenate([part.open for part in parts]),
        np.concatenate([part.high for part in parts]),
        np.concatenate([part.low for part in parts]),
        np.concatenate([part.close for part in parts]),
        np.concatenate([part.volume for part in parts]),
    )
