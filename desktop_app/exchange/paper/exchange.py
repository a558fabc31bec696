"""A paper account: the real prices, book, rules and fees of an exchange, with money and orders that exist only here."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from time import monotonic

from desktop_app.core.change import replace
from desktop_app.core.columns import Candles
from desktop_app.core.market import HUNDRED, Balance, Market
from desktop_app.core.matching import MatchRules
from desktop_app.core.order import Order
from desktop_app.exchange.feed.prices import PublicFeed
from desktop_app.exchange.feed.teller import PublicTrade
from desktop_app.exchange.gateway.budget import Budget, Budgets
from desktop_app.exchange.gateway.client import Client, open_client
from desktop_app.exchange.live.clock import OffsetClock
from desktop_app.exchange.live.markets import Markets
from desktop_app.exchange.live_config import LiveConfig
from desktop_app.exchange.numbers import read_moment
from desktop_app.exchange.paper.floor import PaperFloor, arrival, has_stops, may_take, meet
from desktop_app.exchange.protocol import Book, OrderReport, Refused, Sink, TradeReport, Unreachable
from desktop_app.exchange.pump import Pump
from desktop_app.exchange.sim.desk import Desk, pairs_of
from desktop_app.exchange.sim.records import Began

log = logging.getLogger(__name__)

START_BALANCE: Mapping[str, Decimal] = {"USDT": Decimal(10_000)}
MARKETS_EVERY_S = 3_600.0
LOOK_S = 1.0


@dataclass(slots=True)
class _Session:
    """What exists while the account is connected."""

    client: Client
    markets: Markets
    clock: OffsetClock
    feed: PublicFeed
    desk: Desk
    floor: PaperFloor
    rules: Mapping[str, Market]  # with the fees that the account was given
    wanted: tuple[str, ...] = ()
    refresh_at: float = 0.0
    has_trades: asyncio.Event = field(default_factory=asyncio.Event)


class PaperExchange:
    """Implements Exchange. Limits fill as maker when the real market trades through them, market orders walk its book.

    Money, orders and trades survive a restart. While the program does not run nothing fills: an order that the price
    went through meanwhile fills at its own price with the first price after that which is beyond it, and one that the
    price came to and left again does not fill at all, although a real one would have.
    """

    def __init__(
        self,
        exchange_id: str,
        config: LiveConfig,
        folder: Path,
        clock: Callable[[], int],
        *,
        budgets: Budgets | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        steady: Callable[[], float] = monotonic,
    ) -> None:
        """`clock`: our own, ms UTC; `steady`: seconds that never go back."""
        self._id = exchange_id
        self._config = config
        self._folder = folder
        self._clock = clock
        self._budgets = budgets if budgets is not None else Budgets()
        self._sleep = sleep
        self._steady = steady
        self._match_rules = MatchRules(config.slippage_percent, config.fill_through)
        self._session: _Session | None = None
        self._connecting = asyncio.Lock()
        self._fills = Pump("paper fills", self._fill, self._failed)
        self._care = Pump("paper markets", self._look_after, self._failed)

    @property
    def is_simulated(self) -> bool:
        return True

    @property
    def absent_after_ms(self) -> int:
        return 1_000

    # --- life

    async def connect(self, sink: Sink) -> None:
        async with self._connecting:
            if self._session is None:
                self._session = await self._begin(sink)
            session = self._session
            session.desk.sink = sink
            await session.feed.start(sink)
            async with session.desk.turn:
                await session.desk.tell()
            await self._hear_prices(session)
            self._fills.spawn()
            self._care.spawn()

    async def close(self) -> None:
        await self._care.stop()
        await self._fills.stop()
        async with self._connecting:
            session, self._session = self._session, None
            if session is not None:
                await session.feed.close()
                await session.client.close()
                await session.desk.close()

    async def _begin(self, sink: Sink) -> _Session:
        client = await open_client(self._id, self._config, None, make_budget=self._budget, purpose="data")
        try:
            client.clock = self._clock
            markets, clock = Markets(client), OffsetClock(self._clock)
            await _measure(client, clock)
            await markets.refresh()
            rules = self._with_fees(await self._with_gone(markets.rules))
            given = self._config.balance or START_BALANCE
            balance = tuple(Balance(asset, amount) for asset, amount in sorted(given.items()))
            began = Began(clock.now(), f"prices of {self._id}", balance)
            desk = await Desk.open(self._folder, began, rules, self._match_rules, sink)
        except BaseException:
            await client.close()
            raise
        floor = PaperFloor(lambda: desk.account.matcher)
        feed = PublicFeed(
            client,
            lambda: markets.rules,
            clock.now,
            ear=self._hear,
            sleep=self._sleep,
            steady=lambda: int(self._steady() * 1_000),
        )
        return _Session(client, markets, clock, feed, desk, floor, rules, refresh_at=self._steady() + MARKETS_EVERY_S)

    def _budget(self, limit: float, window_s: float) -> Budget:
        return self._budgets.of(self._id, self._config.rest_url, limit, window_s)

    async def _with_gone(self, rules: Mapping[str, Market]) -> Mapping[str, Market]:
        """Also the pairs that this account had orders on and that were delisted since: those can be cancelled."""
        known = await asyncio.to_thread(pairs_of, self._folder)
        gone = {symbol: _halted(symbol) for symbol in known - rules.keys()}
        return {**rules, **gone}

    def _with_fees(self, rules: Mapping[str, Market]) -> Mapping[str, Market]:
        if self._config.fee_percent is None:
            return rules
        fee = self._config.fee_percent / HUNDRED
        return {symbol: replace(market, maker_fee=fee, taker_fee=fee) for symbol, market in rules.items()}

    def _open(self) -> _Session:
        if self._session is None:
            raise Unreachable("The paper account is not connected.")
        return self._session

    def _failed(self, words: str) -> None:
        if self._session is not None:
            self._session.desk.sink.on_feed(is_live=False, reason=f"The paper account has stopped: {words}")

    # --- the market trades

    def _hear(self, trade: PublicTrade) -> None:
        session = self._session
        if session is not None and session.floor.hear(trade):
            session.has_trades.set()

    async def _fill(self) -> None:
        while True:
            session = self._open()
            await session.has_trades.wait()
            session.has_trades.clear()
            try:
                await self._meet_trades(session)
            except Unreachable:
                await self._sleep(LOOK_S)
                session.has_trades.set()

    async def _meet_trades(self, session: _Session) -> None:
        """Have everything that traded meet the resting orders. Raises Unreachable when the disk takes nothing."""
        desk, floor = session.desk, session.floor
        trades = floor.take()
        books = {trade.symbol: await self._book_for_stops(session, trade.symbol) for trade in trades}
        async with desk.turn:
            if desk.trouble:
                floor.put_back(trades)
            else:
                matcher = desk.account.matcher
                for trade in trades:
                    at = session.clock.now()
                    market = session.rules.get(trade.symbol)
                    events = meet(matcher, market, trade, at, books[trade.symbol]) if market is not None else ()
                    if events:
                        desk.note(desk.account.book(events, at))
            await desk.tell()
        await desk.compact()

    async def _book_for_stops(self, session: _Session, symbol: str) -> Book | None:
        """What a stop that the price reaches will take from; without it, it slips by what was set."""
        if not has_stops(session.desk.account.matcher, symbol):
            return None
        try:
            return await session.feed.book(symbol)
        except (Unreachable, Refused):
            return None

    # --- what goes on by itself

    async def _look_after(self) -> None:
        while True:
            await self._sleep(LOOK_S)
            session = self._open()
            if self._steady() < session.refresh_at:
                continue
            session.refresh_at = self._steady() + MARKETS_EVERY_S
            try:
                await _measure(session.client, session.clock)
                if await session.markets.refresh():
                    await self._take_rules(session)
            except (Unreachable, Refused) as error:
                log.info("the rules of %s could not be read: %s", self._id, error)

    async def _take_rules(self, session: _Session) -> None:
        session.rules = self._with_fees(await self._with_gone(session.markets.rules))
        async with session.desk.turn:
            session.desk.account.use_markets(session.rules, self._match_rules)
        session.desk.sink.on_markets()

    # --- what the engine asks

    def markets(self) -> Mapping[str, Market]:
        return self._session.rules if self._session is not None else {}

    def now(self) -> int:
        return self._session.clock.now() if self._session is not None else self._clock()

    async def subscribe(self, symbols: Sequence[str]) -> None:
        session = self._open()
        for symbol in symbols:
            self._require(session, symbol)
        session.wanted = tuple(symbol for symbol in symbols if symbol in session.client.api.markets)
        await self._hear_prices(session)

    async def _hear_prices(self, session: _Session) -> None:
        """Of what was asked for, and of every pair with orders that could fill."""
        rules = session.rules
        resting = [symbol for symbol in session.desk.account.resting_symbols() if rules[symbol].is_active]
        await session.feed.subscribe(tuple(dict.fromkeys((*session.wanted, *resting))))

    async def place(self, order: Order) -> OrderReport:
        session = self._open()
        market = self._require(session, order.symbol)
        if not market.is_active:
            raise Refused(f"{order.symbol} is halted by the exchange.", "halted")
        known = session.feed.price_of(order.symbol)
        book = await session.feed.book(order.symbol) if may_take(order, known) else None
        price = known.price if known is not None else _middle(book)

        report = await session.desk.place(
            order, lambda: arrival(order, price, book, session.clock.now(), self._config.slippage_percent)
        )
        if not report.status.is_final and known is None:
            await self._hear_prices(session)
        return report

    async def cancel(self, symbol: str, client_id: str, exchange_id: str) -> OrderReport:  # noqa: ARG002
        session = self._open()
        await self._meet_trades(session)
        return await session.desk.cancel(symbol, client_id, session.clock.now)

    async def find_order(self, symbol: str, client_id: str) -> OrderReport | None:
        return await self._open().desk.find_order(symbol, client_id)

    async def open_orders(self) -> Sequence[OrderReport]:
        return await self._open().desk.open_orders()

    async def trades_since(self, symbol: str, at: int) -> Sequence[TradeReport]:
        return await self._open().desk.trades_since(symbol, at)

    async def balances(self) -> Mapping[str, Balance]:
        return await self._open().desk.balances()

    async def book(self, symbol: str) -> Book:
        return await self._open().feed.book(symbol)

    async def volumes(self, quote: str) -> Mapping[str, Decimal]:
        return await self._open().feed.volumes(quote)

    async def candles(self, symbol: str, timeframe: str, start: int, end: int) -> Candles:
        return await self._open().feed.candles(symbol, timeframe, start, end)

    @staticmethod
    def _require(session: _Session, symbol: str) -> Market:
        market = session.rules.get(symbol)
        if market is None:
            raise Refused(f"there is no pair {symbol}", "unknown_symbol")
        return market


async def _measure(client: Client, clock: OffsetClock) -> None:
    if not client.api.has.get("fetchTime"):
        return

    async def ask() -> int | None:
        return read_moment(await client.call(client.api.fetch_time))

    await clock.measure(ask)
    client.offset_ms = clock.offset_ms


def _halted(symbol: str) -> Market:
    base, _, quote = symbol.partition("/")
    return Market(symbol, base, quote, is_active=False)


def _middle(book: Book | None) -> Decimal:
    """A price where nobody has told one."""
    best = [side[0][0] for side in (book.bids, book.asks) if side] if book is not None else []
    if not best:
        raise Unreachable("Nobody offers anything on this pair.")
    return sum(best, Decimal(0)) / len(best)
