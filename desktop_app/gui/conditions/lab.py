"""Tries conditions out over the history of a pair, off the window's loop: only the newest wish counts."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from desktop_app.core.columns import TIMEFRAMES, Candles
from desktop_app.core.condition_groups import Group
from desktop_app.engine.problem import Problem
from desktop_app.gui.conditions.history import Tried, closed, span_of, try_out, wanted
from desktop_app.gui.known import Known

T = TypeVar("T")
PAUSE_MS = 250  # after the last change: fetching and judging a month is not for every keystroke
_FRESH_MS = 60_000
_MOST_KEPT = 12


class HasCandles(Protocol):
    """Runs on the engine's loop and may raise Problem."""

    async def candles(self, account: str, symbol: str, timeframe: str, start: int, end: int) -> Candles: ...


class CandleLink(Protocol):
    """How history is reached: what the engine is asked, how its answer comes here, and what is known already."""

    @property
    def wishes(self) -> HasCandles: ...
    @property
    def known(self) -> Known: ...
    def ask(self, wish: Coroutine[Any, Any, T], /) -> Awaitable[T]: ...
    def spawn(self, work: Coroutine[Any, Any, Any], doing: str = "", /) -> object: ...


@dataclass(frozen=True, slots=True)
class Place:
    account: str = ""
    symbol: str = ""


class ConditionLab(QObject):
    """`tried` tells (path, Tried) of each group; `failed` tells (path, Problem) where candles were not to be had."""

    tried = Signal(str, object)
    failed = Signal(str, object)

    def __init__(self, link: CandleLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._place = Place()
        self._groups: dict[str, Group] = {}
        self._done: dict[str, tuple[Place, Group]] = {}
        self._kept: dict[tuple[Place, str], tuple[int, int, Candles]] = {}  # since, fetched at, candles
        self._is_working = False
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self.begin)

    def want(self, account: str, symbol: str, groups: Mapping[str, Group]) -> None:
        """Try these; what has been tried already is not tried again."""
        place = Place(account, symbol)
        if place == self._place and groups == self._groups:
            return
        self._place, self._groups = place, dict(groups)
        self._done = {path: done for path, done in self._done.items() if path in groups}
        if account and symbol and self._next() is not None:
            self._timer.start()

    def begin(self) -> None:
        """Work through what is wanted."""
        if not self._is_working and self._next() is not None:
            self._is_working = True
            self._link.spawn(self._work(), "trying conditions out")

    # --- inside

    def _next(self) -> str | None:
        return next(
            (path for path, group in self._groups.items() if self._done.get(path) != (self._place, group)), None
        )

    async def _work(self) -> None:
        try:
            while isValid(self) and (path := self._next()) is not None:
                place, group = self._place, self._groups[path]
                self._done[path] = (place, group)
                try:
                    found = await self._try(place, group)
                except Problem as problem:
                    if isValid(self) and self._is_wanted(path, place, group):
                        self.failed.emit(path, problem)
                    continue
                if isValid(self) and self._is_wanted(path, place, group):
                    self.tried.emit(path, found)
        finally:
            if isValid(self):
                self._is_working = False

    def _is_wanted(self, path: str, place: Place, group: Group) -> bool:
        return place == self._place and self._groups.get(path) == group

    async def _try(self, place: Place, group: Group) -> Tried:
        conditions = group.conditions()
        now = self._link.known.now(place.account)
        tick = self._link.known.prices.get((place.account, place.symbol))
        end = max(now, tick.at if tick is not None else 0)
        start = end - span_of(conditions)
        candles = {
            timeframe: await self._candles(place, timeframe, since, end)
            for timeframe, since in wanted(conditions, start).items()
        }
        return await off_loop(lambda: try_out(group, candles, start, end))

    async def _candles(self, place: Place, timeframe: str, since: int, end: int) -> Candles:
        step = TIMEFRAMES[timeframe]
        key = (place, timeframe)
        kept = self._kept.get(key)
        if kept is not None and kept[0] <= since and end - kept[1] < max(_FRESH_MS, step):
            return closed(kept[2], step, end)
        wish = self._link.wishes.candles(place.account, place.symbol, timeframe, since // step * step, end)
        found = closed(await self._link.ask(wish), step, end)
        while len(self._kept) >= _MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[key] = (since, end, found)
        return found


async def off_loop(work: Callable[[], T]) -> T:
    """Run what takes long on a thread of the window's; where no loop runs, nobody waits for one either."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    return await asyncio.to_thread(work)
