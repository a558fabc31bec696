"""A whole engine on a real-exchange account, against a stand on loopback, with a clock that a test turns.

Nothing of the product is replaced: clock and sleep go in where the engine and the account take them.
"""

import asyncio
import heapq
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from threading import Lock
from typing import Any, Self

from desktop_app.config import Paths
from desktop_app.core.client_id import read_client_id
from desktop_app.core.credentials import Credentials, Secret
from desktop_app.core.deal import Deal
from desktop_app.core.order import OrderStatus, Side
from desktop_app.engine.desk import AccountDesk
from desktop_app.engine.engine import Engine
from desktop_app.engine.news import LogNews, News
from desktop_app.exchange.gateway.budget import Budgets
from desktop_app.exchange.live.exchange import LiveExchange
from desktop_app.exchange.live_config import LiveConfig
from desktop_app.store.codec import deal_from_json
from desktop_app.store.db import Store
from desktop_app.store.rows import AccountRow, FillRow
from tests.fakes import FakeClock
from tests.loopback import binance, kucoin
from tests.loopback.faults import Faults
from tests.loopback.floor import Account, Floor, Order, Trade

START_AT = 1_767_225_600_000
MONEY = Decimal(10_000)
COINS = Decimal("0.5")  # belong to nobody's bot: without them the exchange itself would stop an oversale
SYMBOL, PAIR = "BTCUSDT", "BTC/USDT"
LONGEST_QUIET_TURNS = 60_000
STILL_TURNS = 7
NEVER = 2**62
GRAIN_MS = 250  # who would wake within this time of each other wakes together

BOT = """\
kind = "dca"
name = "Table"
account = "live"
pairs = ["BTC/USDT"]
base_order = { volume = "100", type = "market" }
safety_orders = { volume = "100", price_deviation = "1", step_scale = "1.5", volume_scale = "1.2", max_count = 2 }
take_profit = { percent = "1" }
limits = { stop_after_deals = 1 }
"""

Stand = binance.BinanceStand | kucoin.KucoinStand


class TurnedClock(FakeClock):
    """Lets time pass from one sleeper to the next, and everything come to rest in between."""

    quiet: Callable[[], Awaitable[None]]
    arrival: Callable[[], int | None]  # of what is still on its way to the exchange

    async def advance(self, seconds: float) -> None:
        end = self.at + round(seconds * 1000)
        while (at := self._next()) <= end:
            self.at = max(self.at, at)
            self.wake()
            await self.quiet()
        self.at = max(self.at, end)
        await self.quiet()

    def _next(self) -> int:
        wake = self._sleepers[0][0] + GRAIN_MS if self._sleepers else NEVER
        arrival = self.arrival()
        return min(wake, NEVER if arrival is None else max(arrival, self.at))

    def wake(self) -> None:
        while self._sleepers and self._sleepers[0][0] <= self.at:
            _, _, waiter = heapq.heappop(self._sleepers)
            if not waiter.done():
                waiter.set_result(None)

    def steady(self) -> float:
        return self.at / 1000


class CountedThreads(ThreadPoolExecutor):
    """Knows how much it has to do: importing ccxt and reading pairs are done there."""

    at_work = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        with _counting:
            self.at_work += 1
        future = super().submit(fn, *args, **kwargs)
        future.add_done_callback(self._done)
        return future

    def _done(self, _: Future[Any]) -> None:
        with _counting:
            self.at_work -= 1


_counting = Lock()


@dataclass
class LiveHouse:
    """One data folder, one exchange, one engine after another."""

    folder: Path
    venue: str = "binance"
    fee_in: str = "received"
    kind: type[LiveExchange] = LiveExchange
    faults: Faults = field(default_factory=Faults)
    news: list[News] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._threads = CountedThreads()
        self.clock = TurnedClock(START_AT)
        self.clock.quiet = self.quiet
        self.lag_ms = 0  # our clock against the exchange's
        module = binance if self.venue == "binance" else kucoin
        self.floor: Floor = module.a_floor(self.clock)
        self.clock.arrival = lambda: self.floor.next_arrival
        self.account: Account = self.floor.accounts[module.KEY]
        self.account.fee_in = self.fee_in
        self.account.of("BTC").free = COINS
        if self.fee_in not in ("received", "quote"):
            self.account.of(self.fee_in).free = Decimal(10)
        self.keys = Credentials(Secret(module.KEY), Secret(module.SECRET), Secret(getattr(module, "PASSWORD", "")))
        self.stand: Stand = module.a_stand(self.floor, self.faults) if hasattr(module, "a_stand") else _stand(self)
        self.engine: Engine | None = None
        self.bot = 0

    async def __aenter__(self) -> Self:
        asyncio.get_running_loop().set_default_executor(self._threads)
        await self.stand.__aenter__()
        store = await Store.open(Paths(self.folder).data_dir, clock=self.clock)
        urls = LiveConfig(rest_url=self.stand.rest_url, ws_url=self.stand.ws_url)
        row = AccountRow(0, "live", self.venue, is_paper=False, config_json=urls.model_dump_json(), may_trade=True)
        await store.add_account(row)
        await store.close()
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        await self.stand.__aexit__(None, None, None)

    async def start(self) -> None:
        async def keys() -> Credentials:
            return self.keys

        budgets = Budgets(clock=self.clock.steady, sleep=self._wait_for_budget)

        def make(row: AccountRow, paths: Paths, clock: Callable[[], int], *_: object) -> LiveExchange:
            config = LiveConfig.model_validate(json.loads(row.config_json))
            return self.kind(
                row.exchange, config, keys, clock, budgets=budgets, sleep=self.clock.sleep, steady=self.clock.steady
            )

        self.engine = Engine(
            Paths(self.folder),
            make,
            clock=self.our_clock,
            sleep=self.clock.sleep,
            steady=self.clock,
            opens_door=False,
        )
        self.engine.bus.subscribe(self.news.append)
        await self.engine.start()
        await self.until(self.desk.link.ready.is_set, 120)
        await self.quiet()

    async def _wait_for_budget(self, seconds: float) -> None:
        """Pairs are read on a loop of their own, in a thread that nobody here could wake."""
        self.clock.at += round(seconds * 1000)
        await asyncio.sleep(0)

    async def stop(self) -> None:
        if self.engine is not None:
            engine, self.engine = self.engine, None
            await self._driven(engine.stop())

    async def _driven(self, work: Awaitable[None]) -> None:
        """Time has to go on while something waits for it."""
        task = asyncio.ensure_future(work)
        while not task.done():
            await asyncio.wait([task], timeout=0.05)
            if not task.done():
                self.clock.at += 250
                self.clock.wake()
        await task

    def our_clock(self) -> int:
        return self.clock() + self.lag_ms

    @property
    def running(self) -> Engine:
        assert self.engine is not None
        return self.engine

    @property
    def desk(self) -> AccountDesk:
        accounts = self.running._accounts
        assert accounts is not None
        return accounts.desks["live"]

    async def add_bot(self, text: str = BOT) -> None:
        self.bot = await self.running.supervisor.add_bot(text)
        await self.running.supervisor.start_bot(self.bot)
        await self.quiet()

    # --- time

    async def quiet(self) -> None:
        """Return when nothing is on its way, neither at the stand nor in the engine."""
        self.floor.arrive()
        still = 0
        for _ in range(LONGEST_QUIET_TURNS):
            before = self._activity()
            await asyncio.sleep(0 if before == self._settled and still < STILL_TURNS - 2 else 0.0004)
            is_still = before == self._activity() and not self.faults.in_flight and self._is_idle()
            still = still + 1 if is_still else 0
            if still >= STILL_TURNS:
                self._settled = before
                return

    _settled = (-1, -1)

    def _activity(self) -> tuple[int, int]:
        return len(self.faults.calls), self.faults.frames_sent

    def _is_idle(self) -> bool:
        if self._threads.at_work:
            return False
        if self.engine is None or self.engine._accounts is None:
            return True
        if self.engine.store._writer._undone:
            return False
        return all(not desk._busy and not desk.courier.busy for desk in self.engine._accounts.desks.values())

    async def wait(self, seconds: float) -> None:
        await self.clock.advance(seconds)

    async def until(self, is_so: Callable[[], bool], seconds: int, step: float = 1.0) -> bool:
        """Let time pass until something holds."""
        left = float(seconds)
        while not is_so() and left > 0:
            await self.wait(step)
            left -= step
        return is_so()

    async def price(self, price: Decimal | str) -> None:
        tick = self.floor.pairs[SYMBOL].price_tick
        self.floor.move(SYMBOL, Decimal(price) // tick * tick)
        await self.quiet()

    # --- what there is

    def ours(self) -> list[Order]:
        """The orders on the floor that carry the mark of this installation."""
        key = self.desk.shared.key
        orders = self.floor.books(self.account).orders
        return [order for order in orders if read_client_id(order.client_id, key) is not None]

    def resting(self, side: str = "") -> list[Order]:
        return [order for order in self.ours() if order.is_open and side in ("", order.side)]

    async def deals(self) -> list[Deal]:
        rows = await self.running.store.deals(self.bot)
        return sorted((deal_from_json(row.deal_json) for row in rows), key=lambda deal: deal.number)

    @property
    def is_over(self) -> bool:
        """The bot has nothing left to do."""
        return self.bot not in self.desk.runners

    # --- the comparison

    async def wrong(self) -> list[str]:
        """Every place where our books and the exchange's differ; empty when all is well."""
        found: list[str] = []
        books = self.floor.books(self.account)
        ours = self.ours()
        found += [f"order {one} was taken twice" for one in books.doubled]
        found += [one async for one in self._order_faults(ours)]
        trades = {f"{trade.symbol} {trade.id}": (trade, order) for order in ours for trade in order.trades}
        fills = await self.running.store.fills(self.bot)
        found += _compare_fills(trades, fills)
        found += await self._level_faults()
        found += await self._coin_faults(trades)
        if not (await self.running.store.verify_audit()).is_whole:
            found.append("the journal is not whole")
        found += [news.said.code for news in self.news if isinstance(news, LogNews) and news.level == "error"]
        return found

    async def _order_faults(self, ours: list[Order]):  # type: ignore[no-untyped-def]
        live = {cid: one for runner in self.desk.runners.values() for cid, one in runner.ledger.live.items()}
        for order in ours:
            row = await self.running.store.order(order.client_id)
            if row is None:
                yield f"{order.client_id} is at the exchange and not in our books"
            elif order.is_open and row.order.status.is_final:
                yield f"{order.client_id} rests at the exchange and is {row.order.status.value} here"
            elif not order.is_open and not row.order.status.is_final:
                yield f"{order.client_id} is {order.status.value} at the exchange and {row.order.status.value} here"
            elif row.order.filled != order.filled:
                yield f"{order.client_id} has filled {order.filled} at the exchange and {row.order.filled} here"
        at_exchange = {order.client_id for order in ours}
        for client_id, tracked in live.items():
            if client_id in self.desk.departures:
                continue  # it waits here for money or coins, and has not been sent
            if tracked.order.status is OrderStatus.PENDING or client_id not in at_exchange:
                yield f"{client_id} is still {tracked.order.status.value}, and nobody knows more"
        for client_id in self.desk.courier.doubts._open:
            yield f"{client_id} is still looked for"

    async def _level_faults(self) -> list[str]:
        """More traded in one place of a deal than was meant for it."""
        found = []
        for deal in await self.deals():
            rows = await self.running.store.orders(self.bot, deal.number)
            levels: dict[tuple[str, int], list[Decimal]] = {}
            for row in rows:
                if row.order.side is Side.BUY:
                    levels.setdefault((row.order.role.value, row.order.index), []).append(row.order.filled)
            meant = {(row.order.role.value, row.order.index): row.order.amount for row in rows}
            found += [
                f"deal {deal.number}: {sum(filled)} bought as {level}, {meant[level]} was meant"
                for level, filled in levels.items()
                if sum(filled) > meant[level] * Decimal("1.01")
            ]
            bought = sum(
                (row.order.filled - row.order.coin_fee for row in rows if row.order.side is Side.BUY), Decimal(0)
            )
            sold = sum((row.order.filled for row in rows if row.order.side is Side.SELL), Decimal(0))
            if sold > bought:
                found.append(f"deal {deal.number}: sold {sold} of {bought}")
            if deal.position.entry_amount < sum((r.order.filled for r in rows if r.order.side is Side.BUY), Decimal(0)):
                found.append(f"deal {deal.number} knows of fewer coins than its orders have bought")
        return found

    async def _coin_faults(self, trades: dict[str, tuple[Trade, Order]]) -> list[str]:
        """The coins of the account against our own fills."""
        rows = await self.running.store.fills(self.bot)
        signs = {client_id: 1 if order.side == "buy" else -1 for client_id, order in _by_client_id(trades).items()}
        coins = sum((signs.get(row.client_id, 0) * row.fill.amount - row.fill.coin_fee for row in rows), COINS)
        given = self.given
        found = []
        if self.account.of("BTC").total != coins + given:
            found.append(f"the exchange has {self.account.of('BTC').total} BTC, our fills make {coins + given}")
        if self.account.of("BTC").total < COINS + min(given, Decimal(0)):
            found.append(f"coins of nobody's bot were sold: {self.account.of('BTC').total}")
        if self.fee_in in ("received", "quote"):
            cash = MONEY + self.given_quote
            for row in rows:
                paid = Decimal(0) if row.fill.coin_fee else row.fill.fee
                cash -= signs.get(row.client_id, 0) * row.fill.cost + paid
            if abs(self.account.of("USDT").total - cash) > Decimal("1e-6"):
                found.append(f"the exchange has {self.account.of('USDT').total} USDT, our fills make {cash}")
        return found

    given = Decimal(0)  # coins that came or went by hand
    given_quote = Decimal(0)


def _by_client_id(trades: dict[str, tuple[Trade, Order]]) -> dict[str, Order]:
    return {order.client_id: order for _, order in trades.values()}


def _compare_fills(trades: dict[str, tuple[Trade, Order]], fills: list[FillRow]) -> list[str]:
    """By what they are, not by their numbers: some exchanges show others than they count by."""
    theirs = Counter((order.client_id, trade.price, trade.amount) for trade, order in trades.values())
    ours = Counter((row.client_id, row.fill.price, row.fill.amount) for row in fills)
    found = [f"a fill was lost: {one}" for one in (theirs - ours).elements()]
    found += [f"a fill never happened: {one}" for one in (ours - theirs).elements()]
    ids = Counter((row.symbol, row.fill.trade_id) for row in fills)
    return found + [f"{one} is in our books {times} times" for one, times in ids.items() if times > 1]


def _stand(house: LiveHouse) -> Stand:
    if house.venue == "binance":
        return binance.BinanceStand(house.floor, house.faults)
    return kucoin.KucoinStand(house.floor, house.faults)
