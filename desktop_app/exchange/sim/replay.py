"""A candle file played again as an exchange, in step with the bots: the same deals as the backtest of that file."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from math import inf
from pathlib import Path
from typing import Literal

from desktop_app.core.columns import TIMEFRAMES, Candles
from desktop_app.core.events import ClockStruck, Event, OrderCanceled, OrderFilled, PriceTick
from desktop_app.core.gathering import floor_to, gather, rows
from desktop_app.core.market import Balance, Candle, Market
from desktop_app.core.matching import MatchRules, Point
from desktop_app.core.order import Order
from desktop_app.core.strategy import Watch
from desktop_app.core.walk import Moment, Walk
from desktop_app.exchange.protocol import Book, OrderReport, Refused, Sink, TradeReport, Unreachable
from desktop_app.exchange.pump import Pump
from desktop_app.exchange.sim.candles import timeframe_ms
from desktop_app.exchange.sim.config import SimConfig, speed_problem
from desktop_app.exchange.sim.desk import Desk
from desktop_app.exchange.sim.records import Began, Place

FINISHED = 3  # the leg after the last
SHOW_EVERY_MS = 50  # real time: at most 20 prices a second that nobody but people look at
MARK_EVERY_MS = 200  # real time between two notes of how far the file was played
POLL_SECONDS = 0.05
BOTS_WITHIN_SECONDS = 2.0  # after a restart; until then the market waits for them
LATEST_MS = 1_000  # a replay that cannot keep its speed does not hurry afterwards

Speed = float | Literal["max"]


@dataclass(slots=True)
class _Session:
    """What exists while the exchange is connected."""

    desk: Desk
    walk: Walk
    index: int  # of the candle under way
    now: int
    shown_at: int = 0
    marked_at: int = 0
    due_at: float = 0.0  # real ms at which the next candle begins
    is_subscribed: bool = False
    has_ended: bool = False


class ReplayExchange:
    """Implements Exchange. Its clock shows the opening moment of the candle under way, as a backtest's does.

    The market waits after every event until the bots have acted, and at first until there is a bot. After a kill
    in the middle of a candle it goes on at the last place of that candle's path that was written down: what had
    filled stays filled, what a bot was told but had not acted upon it is told again.
    """

    def __init__(
        self,
        config: SimConfig,
        candles: Candles,
        market: Market,
        timeframe: str,
        folder: Path,
        wall: Callable[[], int],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`market` with the fees of the replay; `wall`: our own clock, ms UTC."""
        assert len(candles), "a replay needs candles"
        self._config = config
        self._file = candles
        self._market = market
        self._symbol = market.symbol
        self._every_ms = TIMEFRAMES[timeframe]
        self._timeframe = timeframe
        self._folder = folder
        self._wall = wall
        self._sleep = sleep
        self._speed: Speed = config.speed
        self._session: _Session | None = None
        self._pump = Pump("replay", self._run, self._failed)

    @property
    def is_simulated(self) -> bool:
        return True

    @property
    def candle_ms(self) -> int:
        """The spacing of the candles that the sink is told of."""
        return self._every_ms

    @property
    def absent_after_ms(self) -> int:
        return -1  # nothing travels: what is not here when asked for never comes, and the clock may stand still

    # --- life ----------------------------------------------------------------------------------------------------

    async def connect(self, sink: Sink) -> None:
        if self._session is None:
            self._session = await self._begin(sink)
        self._session.desk.sink = sink

    async def close(self) -> None:
        await self._pump.stop()
        session, self._session = self._session, None
        if session is None:
            return
        async with session.desk.turn:
            self._mark(session)
        await session.desk.close()

    async def _begin(self, sink: Sink) -> _Session:
        start = int(self._file.at[0])
        balance = tuple(Balance(asset, amount) for asset, amount in sorted(self._config.balance.items()))
        began = Began(start, f"replay of {self._symbol} {self._timeframe}, {_fingerprint(self._file)}", balance)
        rules = MatchRules(self._config.slippage_percent, self._config.fill_through)
        desk = await Desk.open(self._folder, began, self.markets(), rules, sink)
        place = desk.account.place
        index = 0 if place is None else place.candle
        walk = Walk(
            desk.account.matcher,
            self._symbol,
            self._every_ms,
            lambda: desk.sink.watch(self._symbol),
            lambda: desk.sink.wake_at(),  # noqa: PLW0108 - the sink may be another one later
            is_high_first_on_tie=self._config.is_high_first_on_tie,
        )
        walk.point = self._stand(place)
        now, has_ended = desk.account.clock.until, False
        if place is not None and place.leg == FINISHED:
            now, has_ended = max(now, int(self._file.at[index])), index == len(self._file) - 1
        return _Session(desk, walk, index, now, due_at=self._wall(), has_ended=has_ended)

    def _open(self) -> _Session:
        if self._session is None:
            raise Unreachable("The replay is not running.")
        return self._session

    def _failed(self, words: str) -> None:
        if self._session is not None:
            self._session.desk.sink.on_feed(is_live=False, reason=f"The replay has stopped: {words}")

    def _tell_end(self, session: _Session) -> None:
        reason = "The replay has come to the end of its candle file. Orders keep resting."
        session.desk.sink.on_feed(is_live=False, reason=reason)

    # --- the market moves ----------------------------------------------------------------------------------------

    async def _run(self) -> None:
        session = self._open()
        if session.has_ended:
            self._tell_end(session)
            return
        await self._wait_for_bots(session)
        place = session.desk.account.place
        while session.index < len(self._file):
            candle = self._file.candle(session.index)
            if place is None:
                await self._begin_candle(session, candle)
                moments = session.walk.candle(candle)
            else:
                moments = session.walk.resume(candle, place.leg, place.price)
            place = None
            await self._play(session, moments)
            await self._finish(session)
            session.index += 1
        session.index -= 1
        session.has_ended = True
        self._tell_end(session)

    async def _begin_candle(self, session: _Session, candle: Candle) -> None:
        """After a gap: coarser candles may have ended in it, and bots must know before the next price."""
        index, is_read = session.index, session.desk.sink.watch(self._symbol).reads
        if is_read and index and int(self._file.at[index - 1]) + self._every_ms < candle.at:
            opening = Candle(candle.at, candle.open, candle.open, candle.open, candle.open, Decimal(0))
            session.desk.sink.on_candle(self._symbol, opening, is_closed=False)
            await session.desk.sink.settled()

    async def _play(self, session: _Session, moments: Iterator[Moment]) -> None:
        """Walk one candle, and wait at every moment for what the bots do about it."""
        desk = session.desk
        while True:
            async with desk.turn:
                moment = next(moments, None)
                if moment is None:
                    return
                self._note(session, moment)
            await self._tell(desk)
            for event in moment.events:
                if isinstance(event, PriceTick):
                    desk.sink.on_price(event)
            await desk.sink.settled()
            async with desk.turn:
                # Who has lived through this moment must not be sent back to one before it: trailing remembers.
                self._mark(session)
            await self._tell(desk)

    def _note(self, session: _Session, moment: Moment) -> None:
        """Have written down what the matcher did; only within the desk's turn."""
        account, point, now = session.desk.account, moment.point, session.now
        # Alarms are due at the open when the jump to it has been walked, and then not before the next open.
        if point.at == point.bar_end or any(map(_is_of_the_open, moment.events)):
            session.now = int(self._file.at[session.index])
        if session.now != now:
            self._mark(session)  # what is told of this time must not become the future after a kill
        account.place = Place(session.index, session.walk.leg, point.price if point.path is None else point.path)
        fills = [event for event in moment.events if isinstance(event, OrderFilled | OrderCanceled)]
        if fills:
            session.desk.note(account.book(fills, point.at))

    async def _finish(self, session: _Session) -> None:
        candle, wall = self._file.candle(session.index), self._wall()
        session.now = candle.at
        session.desk.account.place = Place(session.index, FINISHED, candle.close)
        sink = session.desk.sink
        if is_read := sink.watch(self._symbol).reads:
            async with session.desk.turn:
                self._mark(session)  # what bots read of this candle they must not be told to have been the future
            await self._tell(session.desk)
        sink.on_candle(self._symbol, candle, is_closed=True)
        if is_read:
            await sink.settled()
        if wall - session.shown_at >= SHOW_EVERY_MS:
            session.shown_at = wall
            self._show(session)
        if wall - session.marked_at >= MARK_EVERY_MS or session.index == len(self._file) - 1:
            session.marked_at = wall
            async with session.desk.turn:
                self._mark(session)
            await self._tell(session.desk)
            await session.desk.compact()
        await self._pace(session)

    async def _tell(self, desk: Desk) -> None:
        """Go on only when what happened is written down, fills on disk; a full disk stops the market."""
        while True:
            async with desk.turn:
                try:
                    await desk.tell(durable=False)
                except Unreachable:
                    pause = POLL_SECONDS
                else:
                    return
            await self._sleep(pause)

    async def _pace(self, session: _Session) -> None:
        wall = self._wall()
        if self._speed == "max":
            session.due_at = wall
        else:
            session.due_at = max(session.due_at, wall - LATEST_MS) + self._every_ms / self._speed
        await self._sleep(max(0.0, session.due_at - wall) / 1000)

    async def _wait_for_bots(self, session: _Session) -> None:
        """A file is played for somebody: without a bot and without an order it stays where it is."""
        waited = 0.0
        while not self._is_wanted(session, waited):
            await self._sleep(POLL_SECONDS)
            waited += POLL_SECONDS
        await session.desk.sink.settled()
        session.due_at = self._wall()

    def _is_wanted(self, session: _Session, waited: float) -> bool:
        sink = session.desk.sink
        if sink.watch(self._symbol) != Watch() or sink.wake_at() is not None:
            return True
        return waited >= BOTS_WITHIN_SECONDS and bool(session.desk.account.open_orders())

    def _mark(self, session: _Session) -> None:
        session.desk.note(session.desk.account.tick(session.now, session.now))

    def _show(self, session: _Session) -> None:
        """A price for people: bots that must know it have been told on the way."""
        price = self._point(session).price
        watch = session.desk.sink.watch(self._symbol)
        is_reached = (watch.below is not None and price <= watch.below) or (
            watch.above is not None and price >= watch.above
        )
        if not (is_reached or watch.follows):
            session.desk.sink.on_price(PriceTick(self._symbol, price, session.now, opens=False))

    def _point(self, session: _Session) -> Point:
        assert session.walk.point is not None
        return session.walk.point

    def _stand(self, place: Place | None) -> Point:
        """Where the walk stands before it goes on."""
        candle = self._file.candle(0 if place is None else place.candle)
        end = candle.at + self._every_ms
        if place is None or (place.leg == 0 and place.price == candle.open):
            return Point(candle.open, candle.at, None, candle.at, end)
        if place.leg < 0:
            return Point(candle.open, candle.at, place.price, candle.at, end)
        return Point(place.price, end, None, candle.at, end)

    # --- what the engine asks ------------------------------------------------------------------------------------

    def markets(self) -> Mapping[str, Market]:
        return {self._symbol: self._market}

    def now(self) -> int:
        return self._open().now

    @property
    def speed(self) -> Speed:
        return self._speed

    async def set_speed(self, speed: Speed) -> None:
        """Raises Refused when it cannot run that fast."""
        if problem := speed_problem(speed, is_replay=True):
            raise Refused(problem, "wrong_speed")
        self._speed = "max" if speed == inf else speed
        self._open().due_at = self._wall()

    async def subscribe(self, symbols: Sequence[str]) -> None:
        for symbol in symbols:
            self._require(symbol)
        session = self._open()
        if not symbols:
            return
        if not session.is_subscribed:
            session.is_subscribed = True
            self._show(session)
        self._pump.spawn()

    async def place(self, order: Order) -> OrderReport:
        session = self._open()
        self._require(order.symbol)
        return await session.desk.place(order, lambda: self._point(session))

    async def cancel(self, symbol: str, client_id: str, exchange_id: str) -> OrderReport:  # noqa: ARG002
        session = self._open()
        return await session.desk.cancel(symbol, client_id, lambda: self._point(session).at)

    async def find_order(self, symbol: str, client_id: str) -> OrderReport | None:
        return await self._open().desk.find_order(symbol, client_id)

    async def open_orders(self) -> Sequence[OrderReport]:
        return await self._open().desk.open_orders()

    async def trades_since(self, symbol: str, at: int) -> Sequence[TradeReport]:
        return await self._open().desk.trades_since(symbol, at)

    async def balances(self) -> Mapping[str, Balance]:
        return await self._open().desk.balances()

    async def book(self, symbol: str) -> Book:
        """A file knows no book: one price, on both sides as much as the candle traded."""
        self._require(symbol)
        session = self._open()
        amount = max(self._file.candle(session.index).volume, Decimal(1))
        level = ((self._point(session).price, amount),)
        return Book(level, level, session.now)

    async def candles(self, symbol: str, timeframe: str, start: int, end: int) -> Candles:
        self._require(symbol)
        session, every = self._open(), timeframe_ms(timeframe)
        if every < self._every_ms:
            raise Refused(f"the replayed file has no candles finer than {self._timeframe}", "too_fine")
        place = session.desk.account.place
        done = 0 if place is None else place.candle + (place.leg == FINISHED)  # never a look into the future
        first = int(self._file.at.searchsorted(floor_to(start + every - 1, every)))
        last = min(int(self._file.at.searchsorted(floor_to(end - 1, every) + every)), done)
        known = rows(self._file, first, max(first, last))
        return gather(known, every, int(self._file.at[done - 1]) + self._every_ms if done else 0)

    def _require(self, symbol: str) -> None:
        if symbol != self._symbol:
            raise Refused(f"there is no pair {symbol}: this account replays {self._symbol}", "unknown_symbol")


def _is_of_the_open(event: Event) -> bool:
    return isinstance(event, ClockStruck) or (isinstance(event, PriceTick) and event.opens)


def _fingerprint(candles: Candles) -> str:
    digest = blake2b(digest_size=6)
    for column in (candles.at, candles.open, candles.high, candles.low, candles.close):
        digest.update(column.tobytes())
    return digest.hexdigest()
