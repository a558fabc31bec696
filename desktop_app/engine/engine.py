"""Builds the engine, starts it in the right order, and stops it in the reverse one."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path

from desktop_app.config import Paths
from desktop_app.core.said import said
from desktop_app.core.strategies import KINDS, Kind
from desktop_app.engine import calls
from desktop_app.engine.accounts import Accounts, MakeExchange
from desktop_app.engine.bots import Bots
from desktop_app.engine.bus import Bus
from desktop_app.engine.candle_cache import CandleCache
from desktop_app.engine.crew import Crew, Sleep
from desktop_app.engine.door import Door
from desktop_app.engine.heartbeat import Heartbeat, steady_clock
from desktop_app.engine.keys import Keys
from desktop_app.engine.leftovers import Leftovers
from desktop_app.engine.lock import InstanceLock
from desktop_app.engine.mirrors import Mirrors
from desktop_app.engine.news import LogNews
from desktop_app.engine.own import OwnStrategies
from desktop_app.engine.panic import Panic
from desktop_app.engine.problem import of_store, unforeseen
from desktop_app.engine.shapes import Surroundings
from desktop_app.engine.signal_hub import SignalHub
from desktop_app.engine.supervisor import Supervisor
from desktop_app.engine.tally import Tallies
from desktop_app.engine.turns import Turns
from desktop_app.engine.views import EMBEDDED
from desktop_app.engine.work import Work
from desktop_app.own.folder import StrategyFolder
from desktop_app.store.db import Store
from desktop_app.store.errors import StoreError
from desktop_app.vault import Vault

_log = logging.getLogger(__name__)
_FIRST_TRY_SECONDS = 10.0

OpenStore = Callable[[Path, Callable[[], int]], Awaitable[Store]]


def wall_clock() -> int:
    """Now, ms UTC."""
    return time.time_ns() // 1_000_000


async def _open_store(data_dir: Path, clock: Callable[[], int]) -> Store:
    return await Store.open(data_dir, clock=clock)


class Engine:
    """Everything that trades. Lives on one asyncio loop; `supervisor` and `bus` are its two faces.

    `work`: less than all of it is for commands that only ask or change something while no application runs.
    """

    def __init__(
        self,
        paths: Paths,
        make_exchange: MakeExchange,
        *,
        clock: Callable[[], int] = wall_clock,
        sleep: Sleep = asyncio.sleep,
        kinds: Mapping[str, Kind] = KINDS,
        open_store: OpenStore = _open_store,
        work: Work = Work.TRADE,
        opens_door: bool = True,
        vault: Vault | None = None,
        steady: Callable[[], int] | None = None,
        beat_seconds: float = 1.0,
    ) -> None:
        self.bus = Bus()
        self.supervisor: Supervisor
        self.store: Store
        self._paths = paths
        self._make_exchange = make_exchange
        self._clock = clock
        self._sleep = sleep
        self._kinds = kinds
        self._open_store = open_store
        self._work = work
        self._opens_door = opens_door and work is Work.TRADE
        self._lock = InstanceLock(paths.lock)
        self._door: Door | None = None
        self._vault = vault
        # Whoever brings a clock of his own has none to compare it with.
        self._steady = steady or (steady_clock if clock is wall_clock else clock)
        self._beat_seconds = beat_seconds
        self._heartbeat: Heartbeat | None = None
        self._holds_back = False
        self._accounts: Accounts | None = None
        self._signals: SignalHub | None = None
        self._own = OwnStrategies(StrategyFolder(paths.strategies))
        self._crew = Crew(self._task_failed, sleep)

    async def start(self) -> None:
        """Start-up is crash recovery: lock, database, accounts, comparison with the exchanges; then trading.

        Raises:
            Problem: another instance runs, or the database cannot be used. Nothing was started.
        """
        self._lock.acquire()
        try:
            await self._build()
        except StoreError as error:
            await self.stop()
            raise of_store(error) from None
        except BaseException:
            await self.stop()
            raise

    async def _build(self) -> None:
        self.store = await self._open_store(self._paths.data_dir, self._clock)
        install, key = await self.store.meta("install"), await self.store.meta("client_id_key")
        assert install is not None
        assert key is not None
        tallies = Tallies(self.store)
        shared = Surroundings(
            store=self.store,
            bus=self.bus,
            crew=self._crew,
            clock=self._clock,
            sleep=self._sleep,
            install=int(install),
            key=bytes.fromhex(key),
            tallies=tallies,
            work=self._work,
            own=self._own,
        )
        keys = Keys(self._vault, shared.key, Leftovers(self.store, self._vault, "accounts"))
        accounts = Accounts(shared, self._paths, self._make_exchange, keys, connects=self._connects)
        self._accounts = accounts
        bots = Bots(self.store, self._kinds, tallies, accounts.desks)
        panic = Panic(shared, accounts.desks, bots)
        mirrors = Mirrors(bots, self._kinds, self._crew, accounts.desks)
        bots.on_opened = mirrors.opened
        self._signals = signals = SignalHub(shared, bots, self._vault)
        candles = CandleCache(self._paths.candles)
        self.supervisor = Supervisor(shared, accounts, bots, panic, candles, self._own, signals, mirrors)
        await bots.load()
        await accounts.open()
        if not self._connects:
            await signals.start()
            return
        await panic.restore()  # before anything connects: what PANIC stopped must not start for a moment
        if self._work is Work.TRADE:
            await self.store.prepare()
            await self._begin_beating(accounts)
        accounts.connect(bots, self._turns())
        if self._opens_door:
            self._open_door()
        await self._first_tries(accounts)
        await signals.start()
        self._crew.spawn(self._wipe_leftovers(keys, signals), "leftovers in the keyring")

    @staticmethod
    async def _wipe_leftovers(keys: Keys, signals: SignalHub) -> None:
        await keys.wipe_leftovers()
        await signals.wipe_leftovers()

    def hold_back(self) -> None:
        """Call before the start: accounts on a network connect only after the window has come up."""
        self._holds_back = True

    def _turns(self) -> Turns | None:
        if not self._holds_back:
            return None
        turns = Turns(self._crew, self._sleep)
        self.supervisor.on_chart = turns.open
        return turns

    @property
    def _connects(self) -> bool:
        return self._work in (Work.HANDLE, Work.TRADE)

    async def _begin_beating(self, accounts: Accounts) -> None:
        """From now on it is known when the program is alive; what happened before this start is told once."""

        def on_gap(since: int, until: int) -> None:
            for desk in accounts.desks.values():
                desk.link.slept(since, until)

        def on_beat() -> None:
            for desk in accounts.desks.values():
                desk.departures.poke()

        self._heartbeat = Heartbeat(
            self.store, self._clock, self._steady, self._sleep, on_gap, on_beat, every_seconds=self._beat_seconds
        )
        away = await self._heartbeat.last_seen()
        if away is not None:
            for desk in accounts.desks.values():
                desk.link.was_away(*away)
        self._crew.keep(self._heartbeat.run, "heartbeat")

    def _open_door(self) -> None:
        paths = self._paths
        self._door = Door(paths.door_address, paths.door_key, lambda request: calls.answer(self.supervisor, request))
        try:
            self._door.open()
        except OSError:
            _log.exception("the door for other processes could not be opened; bots run without it")
            self._door = None

    async def _first_tries(self, accounts: Accounts) -> None:
        """Wait until each account is up or has failed once, but never long: a window must come up offline too.

        A command waits for all accounts; an application only for those that need no network.
        """
        desks = [
            desk for desk in accounts.desks.values() if self._work is not Work.TRADE or desk.row.exchange == EMBEDDED
        ]
        try:
            async with asyncio.timeout(_FIRST_TRY_SECONDS):
                for desk in desks:
                    await desk.link.first_try.wait()
        except TimeoutError:
            _log.info("an account had not answered when the start went on without it")

    async def settled(self) -> None:
        """Return when no bot has anything to decide and nothing is on its way."""
        if self._accounts is not None:
            for desk in tuple(self._accounts.desks.values()):
                await desk.settled()

    async def stop(self) -> None:
        """Orderly: nothing new, what is on its way arrives, all is written down. Orders stay where they are."""
        if self._door is not None:
            await self._door.close()
            self._door = None
        if self._signals is not None:
            await self._signals.stop()
            self._signals = None
        if self._accounts is not None:
            await self._accounts.close()
            self._accounts = None
        await self._own.close()
        await self._crew.dismiss()
        if self._heartbeat is not None:
            await self._heartbeat.stop()
            self._heartbeat = None
        if hasattr(self, "store"):
            with suppress(StoreError):
                await self.store.close()
        self._lock.release()

    def _task_failed(self, name: str, error: BaseException, is_restarted: bool) -> None:
        code = "task_failed" if is_restarted else "task_lost"
        told = said(code, task=name, error=unforeseen(error))
        self.bus.publish(LogNews(self._clock(), "error", "", "", 0, code, told))
