"""Keeps the candles of real exchanges on disk, so that each is asked for once and a chart opens without a network."""

import asyncio
import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_app.core.columns import Candles
from desktop_app.core.gathering import floor_to
from desktop_app.engine.desk import AccountDesk
from desktop_app.exchange.protocol import Refused, Unreachable
from desktop_app.store.errors import StoreError

if TYPE_CHECKING:
    from desktop_app.store.candles import CandleStore

_log = logging.getLogger(__name__)
_SETTLING = 2  # candles at the end that the exchange may still correct
_MOST_HOLES = 8  # asked for in one go; the rest when they are looked at again

Span = tuple[int, int]  # start <= at < end


class CandleCache:
    """Between a face and an exchange; what is kept and what is told now are one answer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store: CandleStore | None = None
        self._empty: set[tuple[str, str, str, Span]] = set()  # nothing was traded there: the exchange was asked

    async def candles(self, desk: AccountDesk, symbol: str, timeframe: str, start: int, end: int) -> Candles:
        """Raises Unreachable, Refused: nothing is kept, and the exchange did not answer."""
        from desktop_app.store.candle_rules import step_of  # numpy must not hold up the start

        step = step_of(timeframe)
        name = _name_of(desk)
        kept = await asyncio.to_thread(self._read, name, symbol, timeframe, start, end)
        settled = desk.exchange.now() - desk.exchange.now() % step - _SETTLING * step
        pieces = [kept]
        for hole in self._holes(kept, name, symbol, timeframe, (start, end))[:_MOST_HOLES]:
            try:
                found = await desk.exchange.candles(symbol, timeframe, *hole)
            except (Unreachable, Refused):
                if not len(kept):
                    raise
                break  # what is kept is better than nothing
            pieces.append(found)
            if not len(found) and hole[1] <= settled:
                self._empty.add((name, symbol, timeframe, hole))
            await asyncio.to_thread(self._keep, name, symbol, timeframe, found, settled)
        return pieces[0] if len(pieces) == 1 else await asyncio.to_thread(_joined, pieces)

    def _holes(self, kept: Candles, name: str, symbol: str, timeframe: str, wanted: Span) -> list[Span]:
        """The spans that are not kept, the newest first: that is what people look at."""
        from desktop_app.engine.candle_download import holes
        from desktop_app.store.candle_rules import step_of

        step = step_of(timeframe)
        start, end = wanted
        found = holes(kept, step, floor_to(start + step - 1, step), end)
        return [hole for hole in reversed(found) if (name, symbol, timeframe, hole) not in self._empty]

    # --- on a thread

    def _open(self) -> "CandleStore":
        if self._store is None:
            from desktop_app.store.candles import CandleStore

            self._store = CandleStore(self._folder)
        return self._store

    def _read(self, name: str, symbol: str, timeframe: str, start: int, end: int) -> Candles:
        return self._open().read(name, symbol, timeframe, start, end)

    def _keep(self, name: str, symbol: str, timeframe: str, found: Candles, settled: int) -> None:
        """What does not fit to what is there is shown all the same, and not kept."""
        from desktop_app.store.candle_rules import CandleProblem

        closed = _until(found, settled)
        if not len(closed):
            return
        try:
            self._open().merge(name, symbol, timeframe, closed)
        except CandleProblem as problem:
            _log.warning("candles of %s on %s were not kept: %s", symbol, name, problem)
        except StoreError as error:
            _log.warning("candles could not be kept: %s", error)


def _name_of(desk: AccountDesk) -> str:
    return kept_name(desk.row.exchange, desk.address)


def kept_name(exchange: str, address: str) -> str:
    """The name that candles are kept under: an exchange at another address than its own has other prices."""
    if not address:
        return exchange
    return f"{exchange} at {hashlib.blake2s(address.encode(), digest_size=4).hexdigest()}"


def _until(candles: Candles, end: int) -> Candles:
    import numpy as np

    count = int(np.searchsorted(candles.at, end))
    return Candles(*(column[:count] for column in _columns(candles)))


def _joined(pieces: list[Candles]) -> Candles:
    """All of them, oldest first; of two for one moment the one told last."""
    import numpy as np

    at = np.concatenate([piece.at for piece in pieces])
    order = np.lexsort((np.arange(len(at)), at))
    last_of_each = np.append(np.diff(at[order]) > 0, True) if len(at) else np.zeros(0, bool)
    chosen = order[last_of_each]
    return Candles(*(np.concatenate(columns)[chosen] for columns in zip(*map(_columns, pieces), strict=True)))


def _columns(candles: Candles) -> tuple[Any, ...]:
    return (candles.at, candles.open, candles.high, candles.low, candles.close, candles.volume)
