"""Keeps the closed candles that conditions need, and tells bots what each of them says before its next price."""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop_app.core import indicators
from desktop_app.core.columns import TIMEFRAMES, Candles
from desktop_app.core.conditions import Condition
from desktop_app.core.events import ConditionsRead
from desktop_app.core.gathering import floor_to, gather, joined, rows
from desktop_app.core.market import Candle
from desktop_app.core.reading import Reading
from desktop_app.core.readings import read, unread
from desktop_app.core.strategy import conditions_of
from desktop_app.engine.closed_candles import ClosedCandles
from desktop_app.engine.shapes import Desk, Runner
from desktop_app.exchange.protocol import Refused, Unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping

_log = logging.getLogger(__name__)
_MINUTE_MS = 60_000
_HOUR_MS = 3_600_000
_BACK_OFF = (1.0, 5.0, 15.0, 60.0)
_LATE_MS = 5_000  # so long after its end the last candle of a real market may still be on its way
_LATE = 3  # candles that an exchange may be behind with its list
_AT_ONCE = 4  # pairs whose history is asked for at the same time


@dataclass(slots=True)
class _Pair:
    """One pair: the conditions on it, its candles by timeframe, and what was read last."""

    conditions: dict[str, Condition] = field(default_factory=dict)
    series: dict[str, ClosedCandles] = field(default_factory=dict)
    readings: dict[str, Reading] = field(default_factory=dict)
    waiting: list[Candle] = field(default_factory=list)  # came while the history was asked for
    closed: set[str] = field(default_factory=set)  # timeframes of which a candle closed that was not read yet
    task: asyncio.Task[None] | None = None
    is_read: bool = False  # its history is here
    is_awaited: bool = False  # it was asked for, and nobody knows yet that it does not come


class ConditionFeed:
    """All conditions of one account. Nothing here waits on the way of a price."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pairs: dict[str, _Pair] = {}
        self._told: dict[tuple[int, str], tuple[Condition, ...]] = {}
        self._due: dict[str, None] = {}
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._drain: asyncio.Handle | None = None

    @property
    def is_busy(self) -> bool:
        """Histories that bots wait for are on their way."""
        return any(pair.is_awaited for pair in self._pairs.values())

    @property
    def base_ms(self) -> int:
        """The spacing of the candles that the exchange tells one by one."""
        return int(getattr(self._desk.exchange, "candle_ms", _MINUTE_MS))

    @property
    def _late_ms(self) -> int:
        """A replay tells every candle before the next begins; others may still have to ask for one."""
        return 0 if hasattr(self._desk.exchange, "candle_ms") else _LATE_MS

    # --- who wants what

    def want(self, runner: Runner, symbols: Iterable[str]) -> None:
        """Look again which conditions a bot has on these pairs; what is known of new ones it is told at once."""
        for symbol in symbols:
            wanted = conditions_of(runner.bot, runner.state, symbol)
            key = (runner.bot_id, symbol)
            before = self._told.get(key, ())
            if wanted == before:
                continue
            if wanted:
                self._told[key] = wanted
            else:
                del self._told[key]
            self._gather_conditions(symbol)
            known = {one.key() for one in before}
            self._tell_all(runner, symbol, tuple(one for one in wanted if one.key() not in known))

    def forget(self, bot_id: int) -> None:
        """The bot is no longer at work."""
        for key in [key for key in self._told if key[0] == bot_id]:
            del self._told[key]
            self._gather_conditions(key[1])

    def _gather_conditions(self, symbol: str) -> None:
        wanted = {one.key(): one for (_, pair), told in self._told.items() if pair == symbol for one in told}
        pair = self._pairs.get(symbol)
        if not wanted:
            if pair is not None:
                self._end(symbol, pair)
            return
        if pair is None:
            pair = self._pairs[symbol] = _Pair()
        pair.conditions = wanted
        pair.readings = {key: reading for key, reading in pair.readings.items() if key in wanted}
        if any(key not in pair.readings for key in wanted):
            self._reload(symbol, pair)

    def _end(self, symbol: str, pair: _Pair) -> None:
        self._due.pop(symbol, None)
        del self._pairs[symbol]
        if pair.task is not None:
            pair.task.cancel()

    def _tell_all(self, runner: Runner, symbol: str, conditions: tuple[Condition, ...]) -> None:
        if not conditions:
            return
        known = self._pairs[symbol].readings
        readings = tuple(known.get(one.key()) or unread((one,))[0] for one in conditions)
        runner.deliver(ConditionsRead(symbol, readings, self._desk.exchange.now()))

    # --- what the exchange tells

    def closed(self, symbol: str, candle: Candle) -> None:
        """A base candle has closed."""
        pair = self._pairs.get(symbol)
        if pair is None:
            return
        if not pair.is_read:
            pair.waiting.append(candle)
            return
        if any(series.is_late(candle) for series in pair.series.values()):
            self._reload(symbol, pair)  # one that was missed came late: what was read without it was not true
            return
        pair.closed.update(name for name, series in pair.series.items() if series.add(candle))
        self._note(symbol, pair)

    def passes(self, symbol: str, at: int) -> None:
        """A candle that opens at `at` has begun: coarser ones that ended before it are closed."""
        pair = self._pairs.get(symbol)
        if pair is None or not pair.is_read:
            return
        at -= self._late_ms
        pair.closed.update(name for name, series in pair.series.items() if series.passes(at))
        self._note(symbol, pair)

    def before_price(self, symbol: str) -> None:
        """A price of this pair comes next: what its last candle said must have been told."""
        if symbol in self._due:
            self._read(symbol)

    def work_off(self) -> None:
        """Read everything that has closed."""
        for symbol in tuple(self._due):
            self._read(symbol)

    def lost(self) -> None:
        """Candles may be missed from here on: nothing that was read counts any more."""
        for symbol, pair in self._pairs.items():
            if pair.task is not None:
                pair.task.cancel()
                pair.task = None
            pair.is_read = pair.is_awaited = False
            pair.waiting.clear()
            pair.closed.clear()
            self._due.pop(symbol, None)
            self._publish(symbol, pair, unread(pair.conditions.values()))

    def restored(self) -> None:
        """Candles come again: ask for those that were missed."""
        for symbol, pair in self._pairs.items():
            if pair.task is None:
                self._reload(symbol, pair)

    # --- reading

    def _note(self, symbol: str, pair: _Pair) -> None:
        if not pair.closed:
            return
        self._due[symbol] = None
        if self._drain is None:
            self._drain = asyncio.get_running_loop().call_soon(self._read_next)

    def _read_next(self) -> None:
        """One pair at a time, so that a minute that closes for many pairs holds nobody up."""
        self._drain = None
        if self._due:
            self._read(next(iter(self._due)))
        if self._due:
            self._drain = asyncio.get_running_loop().call_soon(self._read_next)

    def _read(self, symbol: str) -> None:
        del self._due[symbol]
        pair = self._pairs[symbol]
        closed, pair.closed = pair.closed, set()
        found = [
            read(condition, pair.series[condition.timeframe].candles)
            for condition in pair.conditions.values()
            if condition.timeframe in closed
        ]
        self._publish(symbol, pair, found)

    def _publish(self, symbol: str, pair: _Pair, found: Iterable[Reading]) -> None:
        """Tell each bot the readings of its own conditions that are new."""
        news = {reading.key: reading for reading in found if reading != pair.readings.get(reading.key)}
        pair.readings.update(news)
        if not news:
            return
        at = self._desk.exchange.now()
        for (bot_id, told_symbol), conditions in self._told.items():
            if told_symbol != symbol:
                continue
            own = tuple(news[one.key()] for one in conditions if one.key() in news)
            runner = self._desk.runners.get(bot_id)
            if own and runner is not None:
                runner.deliver(ConditionsRead(symbol, own, at))

    # --- histories

    def _reload(self, symbol: str, pair: _Pair) -> None:
        pair.is_read, pair.is_awaited = False, True
        pair.waiting.clear()
        if pair.task is not None:
            pair.task.cancel()
        pair.task = self._desk.crew.spawn(self._load(symbol, pair), f"candles of {symbol} for conditions")

    async def _load(self, symbol: str, pair: _Pair) -> None:
        tries = 0
        while True:
            try:
                async with self._gate:
                    await self._load_once(symbol, pair)
            except (Unreachable, Refused) as error:
                _log.warning("candles of %s for conditions did not come: %s", symbol, error)
                self._publish(symbol, pair, unread(pair.conditions.values()))
            else:
                break
            self._is_no_longer_awaited(pair)
            await self._desk.sleep(_BACK_OFF[min(tries, len(_BACK_OFF) - 1)])
            tries += 1
        pair.task = None
        self._is_no_longer_awaited(pair)

    def _is_no_longer_awaited(self, pair: _Pair) -> None:
        pair.is_awaited = False
        self._desk.note_progress()

    async def _load_once(self, symbol: str, pair: _Pair) -> None:
        """Raises Unreachable, Refused."""
        await asyncio.to_thread(indicators.load)  # once half a second, which the loop does not have
        series: dict[str, ClosedCandles] = {}
        now = self._desk.exchange.now()
        for timeframe, history in _histories(pair.conditions.values()).items():
            series[timeframe] = await self._begin(symbol, timeframe, history)
        pair.series = {name: one for name, one in series.items() if one.every_ms >= self.base_ms}
        pair.is_read = True
        for one in pair.series.values():
            one.passes(now - self._late_ms)
            for candle in pair.waiting:
                one.add(candle)
        pair.waiting.clear()
        found = [
            read(condition, pair.series[condition.timeframe].candles)
            if condition.timeframe in pair.series
            else unread((condition,))[0]
            for condition in pair.conditions.values()
        ]
        pair.closed.clear()
        self._due.pop(symbol, None)
        self._publish(symbol, pair, found)

    async def _begin(self, symbol: str, timeframe: str, history: int) -> ClosedCandles:
        every, base = TIMEFRAMES[timeframe], self.base_ms
        series = ClosedCandles(every, base, history)
        if every < base:
            return series
        now = self._desk.exchange.now()
        opened = floor_to(now, every)
        closed = await self._candles(symbol, timeframe, opened - history * every, opened + every)
        if len(closed):
            # The exchange may not list the one yet that has just closed: it is added up here.
            opened = max(opened - _LATE * every, int(closed.at[-1]) + every)
        since = await self._since(symbol, opened, now + base) if every > base else rows(closed, 0, 0)
        series.begin(closed, since)
        return series

    async def _since(self, symbol: str, start: int, end: int) -> Candles:
        """What the candle under way is made of so far: hours where it is long, then base candles."""
        base = self.base_ms
        hour = floor_to(end, _HOUR_MS)
        name = next(name for name, ms in TIMEFRAMES.items() if ms == base)
        if hour <= start or base >= _HOUR_MS:
            return await self._desk.exchange.candles(symbol, name, start, end)
        hours = await self._desk.exchange.candles(symbol, "1h", start, hour)
        known = int(hours.at[-1]) + _HOUR_MS if len(hours) else start
        minutes = await self._desk.exchange.candles(symbol, name, known, end)
        return joined(hours, minutes)

    async def _candles(self, symbol: str, timeframe: str, start: int, end: int) -> Candles:
        """The exchange's own candles; where it has none of this timeframe, finer ones added up."""
        exchange, every = self._desk.exchange, TIMEFRAMES[timeframe]
        try:
            return await exchange.candles(symbol, timeframe, start, end)
        except Refused:
            finer = next((name for name in ("1h", "1m") if TIMEFRAMES[name] < every), None)
            if finer is None or every % TIMEFRAMES[finer]:
                raise
            parts = await exchange.candles(symbol, finer, start, end)
            return gather(parts, every, exchange.now())


def _histories(conditions: Iterable[Condition]) -> "Mapping[str, int]":
    """How many closed candles of each timeframe it takes."""
    needed: dict[str, int] = {}
    for condition in conditions:
        needed[condition.timeframe] = max(needed.get(condition.timeframe, 0), condition.history)
    return needed
