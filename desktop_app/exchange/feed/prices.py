"""The public side of a real exchange: prices and candles from its streams, from questions where those fail."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from decimal import Decimal
from time import monotonic
from typing import Any

from desktop_app.core.columns import Candles
from desktop_app.core.market import Market
from desktop_app.exchange.feed.candles import CandleSource
from desktop_app.exchange.feed.channels import Channel, channels_of
from desktop_app.exchange.feed.errands import Errands
from desktop_app.exchange.feed.line import Line, Sleep, connections_of, forget, forget_addresses, hang_up
from desktop_app.exchange.feed.questions import Asks, Questions, Quote
from desktop_app.exchange.feed.raw import READERS, TRADES, BinanceReader, CacheReader, KucoinReader
from desktop_app.exchange.feed.teller import MINUTE_MS, LiveTeller, PublicTrade
from desktop_app.exchange.protocol import Book, Refused, Sink, Unreachable
from desktop_app.exchange.pump import Pump, end

log = logging.getLogger(__name__)

MOST_LINES = 12  # beyond which pairs that came one by one are put together
FEW_PAIRS_A_LINE = 10
FLUSH_SECONDS = 0.05
LOOK_SECONDS = 1.0
POLL_SECONDS = 5.0
POLLS_A_VOLUME = 12  # looks at what was traded in 24 hours: once a minute
QUIET_POLLS = 3  # without anything told between them
SURELY_SILENT_MS = 10_000  # no ticker is that much behind
ERRAND_SECONDS = 0.25
ON_ITS_WAY_SECONDS = 1.0  # what is asked for may overtake what is told
OVERLAP_SECONDS = 10.0  # how long an old connection is still heard beside its successor
POLLING = "polling"  # what is wrong when it is not a line


def _steady_ms() -> int:
    return int(monotonic() * 1000)


class PublicFeed:
    """What an exchange says about prices. Everything that it starts ends with `close`; it can be started once."""

    def __init__(
        self,
        client: Asks,
        markets: Callable[[], Mapping[str, Market]],
        clock: Callable[[], int],
        *,
        ear: Callable[[PublicTrade], None] | None = None,
        sleep: Sleep = asyncio.sleep,
        steady: Callable[[], int] = _steady_ms,
    ) -> None:
        """`clock`: the exchange's, ms UTC; `steady`: ms that never go back; `ear` hears every believed trade."""
        self._client = client
        self._questions = Questions(client, markets, clock)
        self._candles = CandleSource(self._questions.rows, clock)
        self._clock = clock
        self._steady = steady
        self._sleep = sleep
        self._ear = ear
        self._teller: LiveTeller | None = None
        self._reader: BinanceReader | KucoinReader | None = None
        self._caches: CacheReader | None = None
        self._lines: dict[Line, asyncio.Task[None]] = {}
        self._line_of: dict[tuple[str, str], Line] = {}
        self._group: asyncio.TaskGroup | None = None
        self._is_running = asyncio.Event()
        self._subscribing = asyncio.Lock()
        self._pump = Pump("price streams", self._run, lambda words: self._trouble("bug", words))
        self._troubles: dict[object, str] = {}
        self._errands = Errands(self._questions, self._ask_prices, steady)
        self._missed: dict[str, int] = {}  # pair → the minute in which its trades were last heard
        self._suspects: set[Line] = set()  # silent lines that are looked into
        self._leaving: list[Any] = []  # connections that have a successor
        self._polls = 0
        self._quiet_polls = 0
        self._told = 0

    # Life

    async def start(self, sink: Sink) -> None:
        if self._teller is not None:
            self._teller.sink = sink
            return
        api = self._client.api
        teller = LiveTeller(sink, self._clock, ear=self._ear, doubt=self._errands.doubt, want=self._errands.want)
        self._teller = teller
        make_reader = READERS.get(str(api.id))
        if make_reader is not None:
            self._reader = make_reader(teller, self._heard, self._renew)
            api.hear = self._hear
        else:
            self._caches = CacheReader(api, teller, self._heard)
        self._pump.spawn()
        await self._is_running.wait()

    async def close(self) -> None:
        """Stop; the connections end with the client."""
        await self._pump.stop()
        self._client.api.hear = None
        self._lines.clear()
        self._line_of.clear()
        for connection in self._leaving:
            await hang_up(self._client.api, connection, "the program closes it")

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as group:
            self._group = group
            group.create_task(self._forever(self._flush, FLUSH_SECONDS))
            group.create_task(self._forever(self._look, LOOK_SECONDS))
            group.create_task(self._forever(self._poll, POLL_SECONDS))
            group.create_task(self._forever(lambda: self._errands.run(self._open()), ERRAND_SECONDS))
            self._is_running.set()
            try:
                await asyncio.Event().wait()
            finally:
                self._group = None

    async def _forever(self, work: Callable[[], Awaitable[None]], seconds: float) -> None:
        while True:
            await self._sleep(seconds)
            try:
                await work()
            except (Unreachable, Refused) as error:
                log.info("asking for prices failed: %s", error)
            except Exception:
                log.exception("the price feed has a bug")  # and lives on: prices matter more

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        """Something on the side; it ends with the feed at the latest."""
        if self._group is None:
            work.close()
        else:
            self._group.create_task(self._guarded(work))

    async def _guarded(self, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception:
            log.exception("the price feed has a bug")

    def _open(self) -> LiveTeller:
        if self._teller is None:
            raise Unreachable("Prices are not connected.")
        return self._teller

    # What is asked

    async def subscribe(self, symbols: Sequence[str]) -> None:
        """Have exactly these pairs told. Raises Unreachable, and Refused for a pair that does not exist."""
        for symbol in symbols:
            self._questions.require(symbol)
        teller = self._open()
        async with self._subscribing:
            fresh = [symbol for symbol in symbols if symbol not in teller.symbols]
            quotes = await self._questions.quotes(fresh) if fresh else []
            teller.subscribe(symbols, self._clock())
            for quote in quotes:
                self._take(teller, quote)
            teller.flush()
            await self._drop_lines(set(symbols))
            if fresh and len(self._lines) >= MOST_LINES and len(symbols) < len(self._lines) * FEW_PAIRS_A_LINE:
                await self._drop_lines(set())
                fresh = list(symbols)
            self._open_lines([symbol for symbol in fresh if (TRADES, symbol) not in self._line_of])

    async def book(self, symbol: str) -> Book:
        return await self._questions.book(symbol)

    async def volumes(self, quote: str) -> Mapping[str, Decimal]:
        return await self._questions.volumes(quote)

    async def candles(self, symbol: str, timeframe: str, start: int, end: int) -> Candles:
        """Closed candles with start <= at < end, oldest first."""
        return await self._candles.closed(symbol, timeframe, start, end)

    def price_of(self, symbol: str) -> PublicTrade | None:
        """The latest that is believed of a subscribed pair."""
        return self._teller.latest(symbol) if self._teller is not None else None

    # Lines

    def _open_lines(self, symbols: Sequence[str]) -> None:
        api, group = self._client.api, self._group
        assert group is not None
        if self._reader is not None:
            self._reader.names = {
                api.market(symbol)["id"]: symbol for symbol in self._open().symbols if symbol in api.markets
            }
        for channel in channels_of(api, self._caches):
            for i in range(0, len(symbols), channel.most):
                line = self._make_line(channel, tuple(symbols[i : i + channel.most]))
                self._line_of.update(((channel.kind, symbol), line) for symbol in line.symbols)
                self._lines[line] = group.create_task(line.run(), name=line.name)

    def _make_line(self, channel: Channel, symbols: tuple[str, ...]) -> Line:
        return Line(
            f"{channel.kind} of {', '.join(symbols)}",
            symbols,
            lambda: self._ask(channel, symbols),
            lambda _: channel.take(symbols),
            self,
            clock=self._steady,
            sleep=self._sleep,
        )

    async def _ask(self, channel: Channel, symbols: tuple[str, ...]) -> object:
        """One delisted pair must not close the line to all others."""
        listed = tuple(symbol for symbol in symbols if symbol in self._client.api.markets)
        if not listed:
            await asyncio.Event().wait()
        return await self._client.call(lambda: channel.ask(listed))

    async def _drop_lines(self, kept: set[str]) -> None:
        """Lines of which nothing is wanted any more; a line with one wanted pair stays, the others are not told."""
        gone = [line for line in self._lines if not kept.intersection(line.symbols)]
        for line in gone:
            connections = connections_of(self._client.api, line.symbols)
            task = self._lines.pop(line)
            await end(task)
            self._settle(line)
            self._interrupted(line)
            self._line_of = {place: one for place, one in self._line_of.items() if one is not line}
            for connection in connections:
                if not any(connection in connections_of(self._client.api, one.symbols) for one in self._lines):
                    await hang_up(self._client.api, connection, "nobody listens any more")

    def _hear(self, connection: Any, message: Any) -> bool:  # noqa: ARG002
        reader = self._reader
        return reader is not None and isinstance(message, dict) and reader(message)

    def _heard(self, kind: str, symbol: str) -> None:
        line = self._line_of.get((kind, symbol))
        if line is not None:
            line.note()

    def _renew(self) -> None:
        """The exchange closes its connections soon: new ones are opened while the old ones still speak."""
        api = self._client.api
        old = {id(one): one for line in self._lines for one in connections_of(api, line.symbols)}
        for line in self._lines:
            line.renew()
        for connection in old.values():
            forget(api, connection, "the exchange closes this connection")
            connection.reject(connection.error)
            self._leaving.append(connection)
            self._spawn(self._hang_up_later(connection))

    async def _hang_up_later(self, connection: Any) -> None:
        await self._sleep(OVERLAP_SECONDS)
        await hang_up(self._client.api, connection, "the exchange closes this connection")
        self._leaving.remove(connection)

    # How the lines are (Listener)

    def line_lost(self, line: Line, reason: str) -> None:
        self._trouble(line, reason)
        forget_addresses(self._client.api)
        self._interrupted(line)

    def line_dialled(self, line: Line) -> None:
        if line.dials > 1:
            self._interrupted(line)

    def _interrupted(self, line: Line) -> None:
        """Trades may be missed from here on: the candles are asked for once they are heard again."""
        now = self._clock()
        if self._teller is not None:
            self._teller.interrupted(line.symbols, now)
            for symbol in line.symbols:
                if symbol in self._teller.symbols:
                    self._missed.setdefault(symbol, now - now % MINUTE_MS)

    def line_heard(self, line: Line) -> None:
        if line in self._troubles or not self._missed.keys().isdisjoint(line.symbols):
            self._spawn(self._catch_up(line))

    async def _catch_up(self, line: Line) -> None:
        """What was missed is asked for before the line is trusted again."""
        try:
            await self._ask_prices(line.symbols)
        except (Unreachable, Refused) as error:
            log.info("after a reconnection: %s", error)
            return  # the next poll tries again
        if line.is_heard:
            for symbol in line.symbols:
                if symbol in self._missed:
                    self._errands.want(symbol, self._missed.pop(symbol))
            self._settle(line)

    def _trouble(self, source: object, reason: str) -> None:
        was_live = not self._troubles
        self._troubles[source] = reason
        if was_live and self._teller is not None:
            self._teller.sink.on_feed(is_live=False, reason=reason)

    def _settle(self, source: object) -> None:
        if self._troubles.pop(source, None) is not None and not self._troubles and self._teller is not None:
            self._teller.sink.on_feed(is_live=True, reason="")

    # What runs all the time

    async def _flush(self) -> None:
        self._open().flush()

    async def _look(self) -> None:
        for line in tuple(self._lines):
            silent_ms = line.look()
            if silent_ms and line not in self._suspects:
                self._suspects.add(line)
                self._spawn(self._examine(line, silent_ms))

    async def _examine(self, line: Line, silent_ms: int) -> None:
        """A line is silent for longer than it used to be: either nothing has happened, or it is dead."""
        messages = line.messages
        try:
            has_missed = await self._has_missed(line)
            if line.messages != messages:
                return
            line.dog.opened(self._steady())
            if has_missed:
                await self._drop(line, silent_ms)
        finally:
            self._suspects.discard(line)

    async def _drop(self, line: Line, silent_ms: int) -> None:
        reason = f"no message for {silent_ms // 1000} seconds"
        self._trouble(line, reason)
        api = self._client.api
        for connection in connections_of(api, line.symbols) or list(api.clients.values()):
            await hang_up(api, connection, reason)

    async def _has_missed(self, line: Line) -> bool:
        """Whether something has happened that the line should have told. Who cannot be asked proves nothing."""
        teller = self._open()
        try:
            quotes = await self._questions.quotes([symbol for symbol in line.symbols if symbol in teller.symbols])
        except (Unreachable, Refused):
            return True
        has_missed = any(self._is_news(line, quote) for quote in quotes)
        if has_missed:
            await self._sleep(ON_ITS_WAY_SECONDS)
        for quote in quotes:
            self._take(teller, quote)
        return has_missed

    def _is_news(self, line: Line, quote: Quote) -> bool:
        known = self._open().latest(quote.symbol)
        if known is None:
            return True
        if self._line_of.get((TRADES, quote.symbol)) is line:
            return quote.price != known.price
        return None not in (quote.bid, quote.ask) and (quote.bid, quote.ask) != (known.bid, known.ask)

    async def _poll(self) -> None:
        """Prices of lines that are down, and of exchanges without streams; of all pairs once a minute and when all
        are quiet: a price that stays as it is must be known to be fresh."""
        teller = self._open()
        self._polls += 1
        self._quiet_polls = self._quiet_polls + 1 if teller.told == self._told else 0
        self._told = teller.told
        is_quiet = self._quiet_polls >= QUIET_POLLS or not self._lines
        down = [line for line in self._lines if line in self._troubles or not line.is_heard]
        symbols = {symbol for line in down for symbol in line.symbols}
        has_all = is_quiet or self._polls % POLLS_A_VOLUME == 0
        asked = teller.symbols if has_all else [symbol for symbol in teller.symbols if symbol in symbols]
        if not asked:
            return
        try:
            quotes = await self._questions.quotes(asked)
        except (Unreachable, Refused) as error:
            if not self._lines:
                self._trouble(POLLING, str(error))
            raise
        self._settle(POLLING)
        changed = set()
        for quote in quotes:
            if quote.quote_volume is not None:
                teller.volume(quote.symbol, quote.quote_volume)
            if (is_quiet or quote.symbol in symbols) and self._take(teller, quote):
                changed.add(quote.symbol)
        await self._judge(down, changed, is_quiet=is_quiet)

    async def _judge(self, down: Sequence[Line], changed: set[str], *, is_quiet: bool) -> None:
        """What a poll says about the lines."""
        for line in down:
            # A quiet pair says nothing when it is connected again; that it missed nothing is proof enough.
            has_missed = not line.is_heard and changed.intersection(line.symbols)
            if line in self._troubles and not has_missed and self._is_connected(line):
                self._settle(line)
        for symbol in changed if is_quiet else ():
            line_of = self._line_of.get((TRADES, symbol))
            if line_of is not None and line_of not in down and line_of not in self._troubles:
                silent_ms = line_of.silent_ms()
                if silent_ms >= SURELY_SILENT_MS:
                    await self._drop(line_of, silent_ms)

    def _is_connected(self, line: Line) -> bool:
        return any(one.isConnected for one in connections_of(self._client.api, line.symbols))

    async def _ask_prices(self, symbols: Sequence[str]) -> None:
        teller = self._open()
        for quote in await self._questions.quotes([symbol for symbol in symbols if symbol in teller.symbols]):
            self._take(teller, quote)

    def _take(self, teller: LiveTeller, quote: Quote) -> bool:
        if quote.quote_volume is not None:
            teller.volume(quote.symbol, quote.quote_volume)
        return teller.polled(quote.symbol, quote.price, quote.bid, quote.ask, quote.at)
