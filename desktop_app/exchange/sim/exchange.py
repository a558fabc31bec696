"""The embedded exchange: an account on a seeded synthetic market, with its own fast clock and its own memory."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from desktop_app.core.columns import Candles
from desktop_app.core.gathering import floor_to, gather
from desktop_app.core.market import Balance, Market
from desktop_app.core.matching import MatchRules, Point
from desktop_app.core.order import Order
from desktop_app.exchange.protocol import Book, OrderReport, Refused, Sink, TradeReport, Unreachable
from desktop_app.exchange.pump import Pump
from desktop_app.exchange.sim.candles import timeframe_ms
from desktop_app.exchange.sim.clock import LONGEST_STEP_MS, SimClock
from desktop_app.exchange.sim.config import SimConfig, speed_problem
from desktop_app.exchange.sim.desk import Desk
from desktop_app.exchange.sim.floor import Floor
from desktop_app.exchange.sim.records import Began
from desktop_app.exchange.sim.teller import Teller
from desktop_app.exchange.sim.ticks import MINUTE_MS, TickStream
from desktop_app.exchange.synthetic.market import MODEL_VERSION, SyntheticMarket

HOUR_MS = 3_600_000
HISTORY_MS = 30 * 86_400_000  # of the market before the account began
STEP_SECONDS = 0.05  # of real time between two looks at the market: at most 20 prices a second
IDLE_SECONDS = 0.25
PATIENCE_SECONDS = 0.5  # the market waits no longer than this for bots that it called
TRAVEL_SECONDS = (0.01, 0.06)  # one way, at speed 1


@dataclass(slots=True)
class _Session:
    """What exists while the exchange is connected."""

    desk: Desk
    market: SyntheticMarket
    ticks: TickStream
    floor: Floor
    teller: Teller
    clock: SimClock
    traded_until: int  # all ticks up to here have met the resting orders
    is_holding: bool = False  # the market waits for bots that it called
    prepared_hour: int = 0


class SimExchange:
    """Implements Exchange. The market trails the clock by a step at most; orders meet it where it is."""

    def __init__(
        self,
        config: SimConfig,
        folder: Path,
        wall: Callable[[], int],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`wall`: our own clock, ms UTC."""
        assert isinstance(config.speed, int | float), "only a replay runs at 'max'"
        assert not config.is_replay
        self._config = config
        self._folder = folder
        self._wall = wall
        self._sleep = sleep
        self._speed = float(config.speed)
        self._chance = random.Random(config.seed)  # noqa: S311 - how long pretended packets travel
        self._markets = {pair.symbol: pair.market for pair in SyntheticMarket(config.seed, 0).pairs}
        self._session: _Session | None = None
        self._pump = Pump("simulated market", self._run, self._failed)

    @property
    def is_simulated(self) -> bool:
        return True

    @property
    def absent_after_ms(self) -> int:
        return 1_000

    # --- life ----------------------------------------------------------------------------------------------------

    async def connect(self, sink: Sink) -> None:
        if self._session is None:
            self._session = await self._begin(sink)
        self._session.desk.sink = self._session.teller.sink = sink
        self._pump.spawn()

    async def close(self) -> None:
        await self._pump.stop()
        session, self._session = self._session, None
        if session is None:
            return
        desk = session.desk
        async with desk.turn:
            if not desk.trouble:
                now = _advance(session, session.clock.now())
                desk.note(desk.account.tick(now, now))
        await desk.close()

    async def _begin(self, sink: Sink) -> _Session:
        now = floor_to(self._wall(), MINUTE_MS)
        balance = tuple(Balance(asset, amount) for asset, amount in sorted(self._config.balance.items()))
        began = Began(now, f"synthetic {MODEL_VERSION}, seed {self._config.seed}", balance)
        desk = await Desk.open(self._folder, began, self._markets, MatchRules(), sink)
        account = desk.account
        traded_until = max(account.at, account.clock.at)
        now = max(traded_until, account.clock.until)
        market = SyntheticMarket(self._config.seed, account.began.at - HISTORY_MS)
        await asyncio.to_thread(_warm, market, now)
        ticks = TickStream(market)
        session = _Session(
            desk=desk,
            market=market,
            ticks=ticks,
            floor=Floor(market, ticks, account),
            teller=Teller(market, ticks, sink),
            clock=SimClock(self._wall, now, self._speed),
            traded_until=traded_until,
        )
        async with desk.turn:
            # After a kill the clock goes on where it may have been, and the market is traded up to there.
            _advance(session, now)
            _lend_time(session, self._speed)
            await desk.tell()
        return session

    def _open(self) -> _Session:
        if self._session is None:
            raise Unreachable("The simulated exchange is not running.")
        return self._session

    def _failed(self, words: str) -> None:
        if self._session is not None:
            self._session.desk.sink.on_feed(is_live=False, reason=f"The simulated market has stopped: {words}")

    # --- the market moves ----------------------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            await self._sleep(await self.step())

    async def step(self) -> float:
        """Let the market come to where the clock is; the answer is how many seconds to wait for more."""
        session = self._open()
        desk, now = session.desk, 0
        try:
            while True:
                async with desk.turn:
                    await desk.tell(durable=False)
                    # Only now: while the disk takes nothing the clock must stand still.
                    now = now or session.clock.turn()
                    session.is_holding = _advance(session, now, is_patient=True) < now
                    if now + LONGEST_STEP_MS * session.clock.speed > desk.account.clock.until:
                        _lend_time(session, session.clock.speed)
                    await desk.tell(durable=False)
                if not session.is_holding:
                    break
                await _settled(desk.sink)
        except Unreachable:
            return IDLE_SECONDS
        finally:
            session.is_holding = False
        session.teller.catch_up(self._wall())
        await desk.compact()
        await _prepare(session, now)
        ahead = session.ticks.next_at(_active(session), now)
        return min(max(session.clock.wall_seconds_until(ahead), STEP_SECONDS), IDLE_SECONDS)

    def _arrive(self, symbol: str) -> Point:
        session = self._open()
        return session.floor.point(symbol, self._catch_up())

    def _catch_up(self) -> int:
        """The moment at which what arrives now happens: the market's own, which has come up to the clock."""
        session = self._open()
        return session.traded_until if session.is_holding else _advance(session, session.clock.now())

    async def _travel(self) -> None:
        shortest, longest = TRAVEL_SECONDS
        await self._sleep(self._chance.uniform(shortest, longest) / self.speed)

    # --- what the engine asks ------------------------------------------------------------------------------------

    def markets(self) -> Mapping[str, Market]:
        return self._markets

    def now(self) -> int:
        return self._open().clock.now()

    @property
    def speed(self) -> float:
        return self._speed

    async def set_speed(self, speed: float) -> None:
        """Raises Refused when the clock cannot run that fast."""
        if problem := speed_problem(speed, is_replay=False):
            raise Refused(problem, "wrong_speed")
        session = self._open()
        async with session.desk.turn:
            self._catch_up()
            _lend_time(session, max(speed, self._speed))
            await session.desk.tell(durable=False)
            session.clock.set_speed(speed)
            self._speed = speed

    async def subscribe(self, symbols: Sequence[str]) -> None:
        for symbol in symbols:
            self._require(symbol)
        session = self._open()
        async with session.desk.turn:
            session.teller.subscribe(symbols, self._catch_up())
            await session.desk.tell()
            session.teller.catch_up(self._wall())

    async def place(self, order: Order) -> OrderReport:
        desk = self._open().desk
        await self._travel()
        try:
            self._require(order.symbol)
            return await desk.place(order, lambda: self._arrive(order.symbol))
        finally:
            await self._travel()

    async def cancel(self, symbol: str, client_id: str, exchange_id: str) -> OrderReport:  # noqa: ARG002
        desk = self._open().desk
        await self._travel()
        try:
            return await desk.cancel(symbol, client_id, self._catch_up)
        finally:
            await self._travel()

    async def find_order(self, symbol: str, client_id: str) -> OrderReport | None:
        return await self._open().desk.find_order(symbol, client_id)

    async def open_orders(self) -> Sequence[OrderReport]:
        return await self._open().desk.open_orders()

    async def trades_since(self, symbol: str, at: int) -> Sequence[TradeReport]:
        return await self._open().desk.trades_since(symbol, at)

    async def balances(self) -> Mapping[str, Balance]:
        return await self._open().desk.balances()

    async def book(self, symbol: str) -> Book:
        self._require(symbol)
        session = self._open()
        return session.market.book(symbol, session.clock.now())

    async def candles(self, symbol: str, timeframe: str, start: int, end: int) -> Candles:
        self._require(symbol)
        session, every = self._open(), timeframe_ms(timeframe)
        now = floor_to(session.clock.now(), MINUTE_MS)
        # Whole candles only, at both ends.
        first = floor_to(max(start, session.market.start_ms) + every - 1, every)
        last = min(floor_to(end - 1, every) + every, now)
        minutes = await asyncio.to_thread(session.market.history, symbol, first, last)
        return gather(minutes, every, now)

    async def volumes(self, quote: str) -> Mapping[str, Decimal]:
        session = self._open()
        now = session.clock.now()
        symbols = [symbol for symbol, market in self._markets.items() if market.quote == quote]

        def add_up() -> dict[str, Decimal]:
            market = session.market
            return {symbol: Decimal(repr(round(market.quote_volume_24h(symbol, now), 2))) for symbol in symbols}

        return await asyncio.to_thread(add_up)

    def _require(self, symbol: str) -> None:
        if symbol not in self._markets:
            raise Refused(f"there is no pair {symbol}", "unknown_symbol")


def _warm(market: SyntheticMarket, now: int) -> None:
    """Have made what the first seconds need, so that the loop does not wait for it."""
    for pair in market.pairs:
        market.ticks(pair.symbol, now)
        market.quote_volume_24h(pair.symbol, now)


async def _prepare(session: _Session, now: int) -> None:
    """Have the next hour made on another thread: here it would take longer than the loop may be held up."""
    hour = now // HOUR_MS + 1
    if hour != session.prepared_hour:
        session.prepared_hour = hour
        await asyncio.to_thread(session.market.ticks, next(iter(session.market.pairs)).symbol, hour * HOUR_MS)


def _active(session: _Session) -> Sequence[str]:
    """Pairs that are listened to, or have orders that could fill."""
    return tuple(dict.fromkeys((*session.teller.symbols, *session.desk.account.resting_symbols())))


def _advance(session: _Session, until: int, *, is_patient: bool = False) -> int:
    """Trade through the market up to `until`; a patient one stops at the first moment that concerns somebody."""
    stop_at = until
    for tick in session.ticks.between(_active(session), session.traded_until, until):
        if tick.at > stop_at:
            break
        booked = session.floor.trade(tick)
        if booked is not None:
            session.desk.note(booked)
        if session.teller.hear(tick) or booked is not None:
            stop_at = tick.at if is_patient else until
    session.traded_until = max(session.traded_until, stop_at)
    return session.traded_until


def _lend_time(session: _Session, speed: float) -> None:
    """Write down how far the clock may run before this is done again, so that no kill ever turns it back."""
    until = session.clock.now() + int(2 * LONGEST_STEP_MS * speed)
    session.desk.note(session.desk.account.tick(session.traded_until, until))


async def _settled(sink: Sink) -> None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await sink.settled()
    except TimeoutError:
        return
