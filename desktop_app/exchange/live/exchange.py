"""An account on a real exchange: REST is the truth, streams are hints, and every answer is one of three things."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from time import monotonic

from desktop_app.core.columns import Candles
from desktop_app.core.credentials import Credentials
from desktop_app.core.market import Balance, Market
from desktop_app.core.order import Order
from desktop_app.exchange.feed.prices import PublicFeed
from desktop_app.exchange.gateway.budget import Budget, Budgets
from desktop_app.exchange.gateway.client import Client, open_client
from desktop_app.exchange.gateway.outcomes import Malformed
from desktop_app.exchange.live.clock import OffsetClock
from desktop_app.exchange.live.markets import Markets
from desktop_app.exchange.live.notes import Notes
from desktop_app.exchange.live.orders import Orders
from desktop_app.exchange.live.private_stream import PrivateStream
from desktop_app.exchange.live.reading import read_balances
from desktop_app.exchange.live.trades import TradeHistory
from desktop_app.exchange.live_config import LiveConfig
from desktop_app.exchange.numbers import read_moment, read_number
from desktop_app.exchange.protocol import Book, KeyReport, OrderReport, Refused, Sink, TradeReport, Unreachable
from desktop_app.exchange.pump import Pump
from desktop_app.exchange.venues.permissions import read_rights
from desktop_app.exchange.venues.table import quirks_of

log = logging.getLogger(__name__)

Keys = Callable[[], Awaitable[Credentials]]
Sleep = Callable[[float], Awaitable[None]]

MARKETS_EVERY_S = 3_600.0
HALTED_EVERY_S = 300.0  # while a pair that somebody needs is halted: its end is told by nothing else
MARKETS_AT_MOST_EVERY_S = 60.0
CLOCK_EVERY_S = 600.0
ORDERS_EVERY_S = 30.0  # while the account's stream is heard
ORDERS_WITHOUT_STREAM_S = 5.0
KEPT_TO_ITSELF_MS = 10_000  # what the stream has not told by then it never will
LOOK_S = 1.0
_JITTER_MS = 2_000
_HIGHEST_FEE = Decimal("0.1")


class _Session:
    """What exists while the account is connected."""

    def __init__(
        self,
        trading: Client,
        data: Client,
        markets: Markets,
        clock: OffsetClock,
        sleep: Sleep,
        steady: Callable[[], float],
    ) -> None:
        self.trading = trading
        self.data = data
        self.markets = markets
        self.clock = clock
        self.notes = Notes()
        self.trades = TradeHistory(trading, self.notes, lambda: markets.rules, clock.now, self.price_of)
        self.orders = Orders(
            trading, self.notes, self.trades, lambda: markets.rules, now=clock.now, resync_clock=self.resync_clock
        )
        self.feed = PublicFeed(
            data, lambda: markets.rules, clock.now, sleep=sleep, steady=lambda: int(steady() * 1_000)
        )
        self.stream = PrivateStream(
            trading,
            self.notes,
            self.trades,
            lambda: markets.rules,
            self.catch_up,
            sleep=sleep,
            steady=lambda: int(steady() * 1_000),
        )
        self.symbols: tuple[str, ...] = ()
        self.looked_at = clock.now()
        self.assets: set[str] = set()

    @property
    def has_halted(self) -> bool:
        return any(not self.markets.rules[symbol].is_active for symbol in self.symbols)

    def price_of(self, symbol: str) -> Decimal | None:
        """The latest that the streams have told, where they tell of this pair."""
        known = self.feed.price_of(symbol)
        return known.price if known is not None else None

    async def resync_clock(self) -> None:
        await _measure(self.trading, self.clock, afresh=True)
        self.data.offset_ms = self.clock.offset_ms

    async def catch_up(self) -> None:
        """Ask for what the streams may have left out: ends and fills of orders that were open when last seen."""
        looked_at, was_up = self.clock.now(), self.stream.is_up
        missing = dict(self.notes.open_symbols)
        symbols = sorted(set(missing.values()))
        since, late = self.looked_at - self.trades.overlap_ms, 0
        for report in await self.orders.open_orders(symbols) if symbols else ():
            self.notes.hear_order(report)
            missing.pop(report.exchange_id, None)
        for symbol in symbols:
            for trade in await self.trades.since(symbol, since):
                is_news = self.notes.hear_trade(trade)
                late += is_news and looked_at - trade.at > KEPT_TO_ITSELF_MS
        for exchange_id, symbol in missing.items():
            # Missing in a list proves nothing: it is asked for by itself.
            gone = await self.orders.by_exchange_id(symbol, exchange_id)
            if gone is None:
                self.notes.open_symbols.pop(exchange_id, None)
            else:
                self.notes.hear_order(gone)
        self.looked_at = looked_at
        if late and was_up:
            await self.stream.distrust(f"{late} fills were not told")

    async def close(self) -> None:
        for end in (self.stream.close, self.feed.close, self.data.close, self.trading.close):
            try:
                await end()
            except Exception:
                log.exception("closing %s", self.trading.id)


class LiveExchange:
    """Implements Exchange and HasKey. `keys` is asked when connecting; it raises Refused with a key_* code."""

    def __init__(
        self,
        exchange_id: str,
        config: LiveConfig,
        keys: Keys,
        clock: Callable[[], int],
        *,
        budgets: Budgets | None = None,
        sleep: Sleep = asyncio.sleep,
        steady: Callable[[], float] = monotonic,
    ) -> None:
        """`clock`: our own, ms UTC; `steady`: seconds that never go back.

        `budgets` is shared by all accounts of the program.
        """
        self._id = exchange_id
        self._config = config
        self._keys = keys
        self._clock = clock
        self._budgets = budgets if budgets is not None else Budgets()
        self._sleep = sleep
        self._steady = steady
        self._quirks = quirks_of(exchange_id)
        self._session: _Session | None = None
        self._sink: Sink | None = None
        self._connecting = asyncio.Lock()
        self._pump = Pump(f"{exchange_id} account", self._run, self._failed)
        self._due: dict[str, float] = {}
        self._read_markets_at = float("-inf")
        self._told_time = 0

    @property
    def is_simulated(self) -> bool:
        return False

    @property
    def absent_after_ms(self) -> int:
        return self._quirks.absent_after_ms

    # --- life

    async def connect(self, sink: Sink) -> None:
        async with self._connecting:
            if self._session is None:
                self._session = await self._open_session()
            self._sink = sink
            session = self._session
            session.notes.tell_order, session.notes.tell_trade = sink.on_order, sink.on_trade
            await session.feed.start(sink)
            await session.stream.start()
            now = self._steady()
            self._due = {"markets": now + MARKETS_EVERY_S, "clock": now + CLOCK_EVERY_S, "orders": now + ORDERS_EVERY_S}
            self._pump.spawn()

    async def close(self) -> None:
        await self._pump.stop()
        async with self._connecting:
            session, self._session = self._session, None
            if session is not None:
                await session.close()

    async def _open_session(self) -> _Session:
        trading = await self._client(await self._keys())
        try:
            markets, clock = Markets(trading), OffsetClock(self._clock)
            await _measure(trading, clock)
            # First what needs the key: one that is refused must not cost megabytes of pairs at every try.
            if (prepare := self._quirks.prepare) is not None:
                await trading.call(lambda: prepare(trading.api))
            await _read_fees(trading, markets)
            await markets.refresh()
            data = await open_client(self._id, self._config, None, budget=trading.budget, purpose="data")
        except BaseException:
            await trading.close()
            raise
        data.share_markets(trading)
        data.clock, data.offset_ms = self._clock, clock.offset_ms
        return _Session(trading, data, markets, clock, self._sleep, self._steady)

    async def _client(self, keys: Credentials) -> Client:
        client = await open_client(self._id, self._config, keys, make_budget=self._budget)
        client.clock = self._clock
        client.clock = self._clock
        if self._quirks.needs_password and not client.api.password:
            await client.close()
            raise Refused(f"{self._quirks.name} needs the passphrase of the key too.", "key_refused")
        return client

    def _budget(self, limit: float, window_s: float) -> Budget:
        return self._budgets.of(self._id, self._config.rest_url, limit, window_s)

    def _open(self) -> _Session:
        if self._session is None:
            raise Unreachable("The account is not connected.")
        return self._session

    def _failed(self, words: str) -> None:
        if self._sink is not None:
            self._sink.on_feed(is_live=False, reason=f"Strongroom has a bug: {words}")

    # --- the key

    async def check_key(self) -> KeyReport:
        keys = await self._keys()
        client = await self._client(keys)
        try:
            clock = OffsetClock(self._clock)
            await _measure(client, clock)
            rights = await read_rights(client)
            return KeyReport(rights, clock.offset_ms if clock.is_known else None)
        finally:
            await client.close()

    # --- what goes on by itself

    async def _run(self) -> None:
        while True:
            await self._sleep(LOOK_S)
            try:
                await self._do_what_is_due(self._steady())
            except (Unreachable, Refused) as error:
                log.info("%s: asked in vain: %s", self._id, error)

    async def _do_what_is_due(self, now: float) -> None:
        session = self._open()
        if now >= self._due["orders"]:
            self._due["orders"] = now + (ORDERS_EVERY_S if session.stream.is_up else ORDERS_WITHOUT_STREAM_S)
            await session.catch_up()
        if now >= self._due["clock"]:
            self._due["clock"] = now + CLOCK_EVERY_S
            await _measure(session.trading, session.clock)
            session.data.offset_ms = session.clock.offset_ms
        if now >= self._due["markets"]:
            self._due["markets"] = now + MARKETS_EVERY_S
            await self._refresh_markets(session)
            if session.has_halted:
                self._due["markets"] = now + HALTED_EVERY_S

    async def _refresh_markets(self, session: _Session) -> None:
        self._read_markets_at = self._steady()
        has_changed = await session.markets.refresh()
        session.data.share_markets(session.trading)
        if has_changed and self._sink is not None:
            self._sink.on_markets()

    # --- what the engine asks

    def markets(self) -> Mapping[str, Market]:
        return self._session.markets.rules if self._session is not None else {}

    def now(self) -> int:
        """Never goes back by the little that every new measurement of the offset differs from the last."""
        now = self._session.clock.now() if self._session is not None else self._clock()
        if not now < self._told_time < now + _JITTER_MS:
            self._told_time = now
        return self._told_time

    async def subscribe(self, symbols: Sequence[str]) -> None:
        session = self._open()
        session.symbols = tuple(symbol for symbol in symbols if symbol in session.markets.rules)
        await session.feed.subscribe(session.symbols)

    async def place(self, order: Order) -> OrderReport:
        session = self._open()
        try:
            return await session.orders.place(order)
        except Refused as refused:
            if refused.code in ("bad_order", "too_small", "halted", "unknown_symbol"):
                # Its rules may have changed.
                self._due["markets"] = min(self._due["markets"], self._read_markets_at + MARKETS_AT_MOST_EVERY_S)
            raise

    async def cancel(self, symbol: str, client_id: str, exchange_id: str) -> OrderReport:
        session = self._open()
        report = await session.orders.cancel(symbol, client_id, exchange_id)
        if report.filled:
            self._due["orders"] = 0.0
        return report

    async def find_order(self, symbol: str, client_id: str) -> OrderReport | None:
        session = self._open()
        report = await session.orders.find(symbol, client_id)
        if report is not None:
            session.notes.remember(report)
        return report

    async def open_orders(self) -> Sequence[OrderReport]:
        session = self._open()
        reports = await session.orders.open_orders(session.symbols)
        for report in reports:
            session.notes.remember(report)
        return reports

    async def trades_since(self, symbol: str, at: int) -> Sequence[TradeReport]:
        session = self._open()
        return await session.orders.read(lambda: session.trades.since(symbol, at))

    async def balances(self) -> Mapping[str, Balance]:
        session = self._open()
        params = dict(self._quirks.balance_parameters)
        answer = await session.orders.read(lambda: session.trading.api.fetch_balance(params))
        try:
            found = read_balances(answer)
        except Malformed:
            raise session.trading.unusable() from None
        # What was there before and is listed no more is used up.
        session.assets.update(found)
        return {asset: found.get(asset) or Balance(asset) for asset in sorted(session.assets)}

    async def book(self, symbol: str) -> Book:
        return await self._open().feed.book(symbol)

    async def volumes(self, quote: str) -> Mapping[str, Decimal]:
        return await self._open().feed.volumes(quote)

    async def candles(self, symbol: str, timeframe: str, start: int, end: int) -> Candles:
        return await self._open().feed.candles(symbol, timeframe, start, end)


async def _measure(client: Client, clock: OffsetClock, *, afresh: bool = False) -> None:
    if not client.api.has.get("fetchTime"):
        return

    async def ask() -> int | None:
        return read_moment(await client.call(client.api.fetch_time))

    await clock.measure(ask, afresh=afresh)
    client.offset_ms = clock.offset_ms


async def _read_fees(client: Client, markets: Markets) -> None:
    """What this account pays, where the exchange tells it; else what it tells everybody stays."""
    ask = client.quirks.read_account_fees
    if ask is None:
        return
    try:
        told = await client.call(lambda: ask(client.api))
    except Unreachable as error:
        log.info("%s does not tell this account's fees: %s", client.id, error)
        return
    maker, taker = (read_number(one) for one in told)
    if maker is not None and taker is not None and abs(maker) < _HIGHEST_FEE and 0 <= taker < _HIGHEST_FEE:
        markets.set_fees(maker, taker)
