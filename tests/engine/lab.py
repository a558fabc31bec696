"""Puts an engine on a fake exchange, kills it, and starts it again over the same files."""

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from desktop_app.config import Paths
from desktop_app.core.deal import Deal, DealStatus
from desktop_app.core.strategies import Kind
from desktop_app.engine.desk import AccountDesk
from desktop_app.engine.engine import Engine
from desktop_app.engine.keys import FetchKey
from desktop_app.engine.news import News
from desktop_app.store.codec import deal_from_json
from desktop_app.store.rows import AccountRow
from desktop_app.vault import Vault
from tests.fakes import FakeClock, FakeExchange, FakeVenue, KeyedExchange, Power, breathe, open_cut_store
from tests.toys import TOY_KINDS
from tests.vault.toy_keyrings import ToyKeyring

# Of the seams of the larger bots the suite cuts every third share; with this variable set it cuts them all.
EACH_SHARE = 1 if os.environ.get("STRONGROOM_EVERY_SEAM") else 3

BOT = """
kind = "toy"
name = "Toy"
account = "demo"
pairs = ["BTC/USDT"]
deals = 1
"""


@dataclass
class Lab:
    """One data folder, one exchange, and as many engines one after another as a test wants."""

    folder: Path
    clock: FakeClock = field(default_factory=FakeClock)
    power: Power = field(default_factory=Power)
    news: list[News] = field(default_factory=list)
    opens_door: bool = False
    beat_seconds: float = 600
    keyring: ToyKeyring = field(default_factory=ToyKeyring)
    kinds: Mapping[str, Kind] = field(default_factory=lambda: TOY_KINDS)

    def __post_init__(self) -> None:
        self.venue = FakeVenue(self.clock)
        self.engine: Engine | None = None

    async def start(self) -> Engine:
        self.engine = Engine(
            Paths(self.folder),
            lambda row, paths, clock, fetch: self.make_exchange(row, fetch),
            clock=self.clock,
            sleep=self.clock.sleep,
            kinds=self.kinds,
            open_store=lambda folder, clock: open_cut_store(folder, clock, self.power),
            opens_door=self.opens_door,
            beat_seconds=self.beat_seconds,
            vault=Vault("test", backend=self.keyring, patience=60),
        )
        self.engine.bus.subscribe(self.news.append)
        await self.engine.start()
        await self.settle()
        return self.engine

    def make_exchange(self, row: AccountRow, fetch: FetchKey) -> FakeExchange:
        if row.exchange == "keyed" and not row.is_paper:
            return KeyedExchange(self.venue, self.power, fetch)
        return FakeExchange(self.venue, self.power)

    async def add(self, text: str = BOT, *, is_started: bool = True) -> int:
        """The demo account, and a bot on it."""
        supervisor = self.running.supervisor
        if not await supervisor.accounts():
            await supervisor.add_account("demo", "fake")
            await supervisor.allow_trading("demo")
            await self.settle()
        bot = await supervisor.add_bot(text)
        if is_started:
            await supervisor.start_bot(bot)
            await self.settle()
        return bot

    @property
    def running(self) -> Engine:
        assert self.engine is not None
        return self.engine

    @property
    def desk(self) -> AccountDesk:
        accounts = self.running._accounts
        assert accounts is not None
        return accounts.desks["demo"]

    async def price(self, price: str, symbol: str = "BTC/USDT", *, opens: bool = True) -> None:
        self.venue.set_price(symbol, price, opens=opens)
        await self.settle()

    async def settle(self) -> None:
        if self.power.is_off:
            return
        await breathe()
        settled = asyncio.ensure_future(self.running.settled())
        while not settled.done() and not self.power.is_off:
            await breathe(4)
        settled.cancel()
        await breathe(8)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Let time pass until something holds, for a minute at most."""
        for _ in range(60):
            if is_so():
                return
            await self.clock.advance(1)
            await self.settle()
        assert is_so()

    @property
    def is_cut(self) -> bool:
        return self.power.is_off

    async def kill(self) -> None:
        """The process is gone; nothing that it had in mind is written down."""
        engine, self.engine = self.engine, None
        assert engine is not None
        self.power.is_off = True
        self.venue.session = None
        await engine._crew.dismiss()
        if engine._door is not None:
            await engine._door.close()
        if hasattr(engine, "store"):
            await engine.store.close()
        engine._lock.release()
        self.power = Power()

    async def stop(self) -> None:
        if self.engine is not None:
            await self.engine.stop()
            self.engine = None

    async def deals(self, bot: int = 1) -> list[Deal]:
        rows = await self.running.store.deals(bot)
        return sorted((deal_from_json(row.deal_json) for row in rows), key=lambda deal: deal.number)

    async def check_books(self, bot: int = 1) -> None:
        """What must hold after whatever happened: every trade once, every coin accounted for, the journal whole."""
        venue, store = self.venue, self.running.store
        assert len(set(venue.accepted)) == len(venue.accepted)
        fills = [row.fill.trade_id for row in await store.fills(bot)]
        assert sorted(fills) == sorted(trade.fill.trade_id for trade in venue.trades)
        deals = await self.deals(bot)
        bought = sum((deal.position.entry_amount - deal.position.exit_amount for deal in deals), Decimal(0))
        assert venue.balances["BTC"] == bought
        cash = sum((deal.position.cash(deal.direction) for deal in deals), Decimal(0))
        assert venue.balances["USDT"] == Decimal(10_000) + cash
        assert (await store.verify_audit()).is_whole

    async def statuses(self, bot: int = 1) -> list[DealStatus]:
        return [deal.status for deal in await self.deals(bot)]
