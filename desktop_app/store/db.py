"""The store: everything that must survive a restart, asked from any loop and done one thing at a time."""

import asyncio
import importlib
import logging
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from desktop_app.core.order import Order
from desktop_app.store import audit, backups
from desktop_app.store.errors import DatabaseErrors, StoreError, folder_problem, told
from desktop_app.store.journal import Journal
from desktop_app.store.opening import FILE_NAME, connect, grow_log, open_database
from desktop_app.store.register import Register
from desktop_app.store.rows import (
    AccountRow,
    AuditResult,
    BotRow,
    DealRow,
    DecisionRow,
    FillRow,
    OrderRow,
    SignalRow,
    TimelineRow,
    Write,
)
from desktop_app.store.signals import Signals
from desktop_app.store.writer import WriterThread

if TYPE_CHECKING:
    from desktop_app.store.history import History

T = TypeVar("T")
P = ParamSpec("P")
_LOG = logging.getLogger(__name__)
_INSTALL_BITS = 12
_QUICK_SECONDS = 0.004  # after a slower commit the next one is the thread's: no loop may wait long
_COMMITS_IN_LOG = 64  # about 1000 pages
_DOUBTFUL = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_READONLY}
ORDERS_UPDATED = '{"type":"OrdersUpdated"}'


class Store:
    """Every method is safe on any loop, raises StoreError, and returns after the change is on the disk."""

    def __init__(self, data_dir: Path, clock: Callable[[], int], writer: WriterThread) -> None:
        self._data_dir = data_dir
        self._path = data_dir / FILE_NAME
        self._clock = clock
        self._writer = writer
        self._connection: sqlite3.Connection | None = None
        self._is_quick = True
        self._commits = 0
        self._journal: Journal
        self._register: Register
        self._history: History | None = None

    @classmethod
    async def open(cls, data_dir: Path, *, clock: Callable[[], int]) -> "Store":
        """Open or create the database of a data folder, migrated and checked.

        Raises:
            StoreError: the database cannot be used; it is as it was.
        """
        store = cls(data_dir, clock, WriterThread("store"))
        try:
            await store._writer.call(store._open)
        except BaseException:
            await store._writer.stop()
            raise
        return store

    async def close(self) -> None:
        if self._writer.is_open:
            await self._writer.call(self._close)
            await self._writer.stop()

    @property
    def path(self) -> Path:
        return self._path

    # --- the journal

    async def record(self, write: Write) -> int:
        """Write one decision down, whole or not at all; its number in the journal."""
        number = await self._recorded(write)
        if self._commits >= _COMMITS_IN_LOG:
            self._commits = 0
            self._writer.call(self._copy_back)
        return number

    async def _recorded(self, write: Write) -> int:
        """Here and now while nobody is before us and the disk is quick, else by the thread."""
        if not self._writer.claim():
            return await self._do(lambda: self._record(write))
        failed: Exception | None = None
        try:
            if self._is_quick:
                return self._timed(write)
        except DatabaseErrors as error:
            failed = error
        finally:
            self._writer.release()
        if failed is None:
            return await self._do(lambda: self._record(write))
        return await self._do(lambda: self._after_failure(failed))

    async def mark_unknown(self, client_ids: Iterable[str], at: int) -> None:
        """Note since when nobody knows whether these orders exist; it is forgotten once they are open or final."""
        ids = tuple(client_ids)
        await self._do(lambda: self._journal.mark_unknown(ids, at))

    async def update_orders(
        self, account_id: int, bot_id: int, orders: Iterable[tuple[int, Order]], *, event_json: str = ORDERS_UPDATED
    ) -> None:
        """Write down what the exchange told of orders (deal, order), as a decision of its own."""
        await self.record(Write(bot_id, account_id, self._clock(), event_json, orders=tuple(orders)))

    async def prepare(self) -> None:
        """Do beforehand what would make the first decisions wait for the disk."""
        await self._do(lambda: grow_log(self._db))

    async def load_state(self, bot_id: int) -> str | None:
        return await self._facts(Register.load_state, bot_id)

    async def live_orders(self, account_id: int) -> list[OrderRow]:
        return await self._facts(Register.live_orders, account_id)

    async def order(self, client_id: str) -> OrderRow | None:
        return await self._facts(Register.order, client_id)

    async def has_exchange_order(self, account_id: int, exchange_id: str) -> bool:
        """Whether an order of ours has this number at the exchange."""
        return bool(exchange_id) and await self._facts(Register.has_exchange_order, account_id, exchange_id)

    async def known_trades(self, account_id: int, symbol: str, trade_ids: Iterable[str]) -> frozenset[str]:
        """Those of the trades whose fills are already written down."""
        ids = tuple(trade_ids)
        return await self._facts(Register.known_trades, account_id, symbol, ids)

    async def last_deal_number(self, bot_id: int) -> int:
        return await self._facts(Register.last_deal_number, bot_id)

    # --- the past

    async def deals(
        self, bot_id: int | None = None, include_closed: bool = True, limit: int = 500, offset: int = 0
    ) -> list[DealRow]:
        """Running deals first, then newest first."""
        return await self._ask(
            lambda past: past.deals(bot_id, include_closed=include_closed, limit=limit, offset=offset)
        )

    async def deal(self, bot_id: int, number: int) -> DealRow | None:
        return await self._ask(lambda past: past.deal(bot_id, number))

    async def orders(self, bot_id: int, deal: int, newest: int | None = None) -> list[OrderRow]:
        return await self._ask(lambda past: past.orders(bot_id, deal, newest))

    async def fills(self, bot_id: int, deal: int | None = None, newest: int | None = None) -> list[FillRow]:
        return await self._ask(lambda past: past.fills(bot_id, deal, newest))

    async def timeline(self, bot_id: int, deal: int | None = None, limit: int = 1000) -> list[TimelineRow]:
        return await self._ask(lambda past: past.timeline(bot_id, deal, limit=limit))

    async def notes(self, limit: int = 200, before: int | None = None) -> list[TimelineRow]:
        """What all bots said, newest first."""
        return await self._ask(lambda past: past.notes(limit=limit, before=before))

    async def log(
        self, limit: int = 200, before_seq: int | None = None, bot_id: int | None = None
    ) -> list[DecisionRow]:
        return await self._ask(lambda past: past.log(limit=limit, before=before_seq, bot_id=bot_id))

    # --- signals from outside

    async def has_signal(self, key: str) -> bool:
        """Whether it was acted on before."""
        return await self._do(lambda: Signals(self._db).is_known(key))

    async def note_signals(self, rows: Iterable[SignalRow]) -> None:
        """Write down signals that caused no decision. Raises RuleBroken: one with a key was acted on before."""
        lines = tuple(rows)
        await self._do(lambda: Signals(self._db).note(lines, self._clock()))

    async def describe_signal(self, row: SignalRow) -> None:
        """Say more of one that is written down: where it had come from, what became of it in the end."""
        await self._do(lambda: Signals(self._db).describe(row))

    async def signals(self, bot_id: int | None = None, limit: int = 50, before: int | None = None) -> list[SignalRow]:
        """Newest first; `before` is the line after which the page before ended."""
        return await self._do(lambda: Signals(self._db).newest(bot_id, limit, before))

    # --- accounts and bots

    async def accounts(self) -> list[AccountRow]:
        return await self._facts(Register.accounts)

    async def add_account(self, row: AccountRow) -> int:
        stamped = replace(row, created_at=row.created_at or self._clock())
        return await self._facts(Register.add_account, stamped)

    async def save_account(self, row: AccountRow) -> None:
        await self._facts(Register.save_account, row)

    async def remove_account(self, account_id: int) -> None:
        await self._facts(Register.remove_account, account_id, self._clock())

    async def bots(self) -> list[BotRow]:
        return await self._facts(Register.bots)

    async def add_bot(self, row: BotRow) -> int:
        stamped = replace(row, created_at=row.created_at or self._clock())
        return await self._facts(Register.add_bot, stamped)

    async def save_bot(self, row: BotRow) -> None:
        await self._facts(Register.save_bot, row)

    async def remove_bot(self, bot_id: int) -> None:
        """Its deals, orders and decisions stay in the journal."""
        await self._facts(Register.remove_bot, bot_id, self._clock())

    # --- small facts

    async def cursor(self, account_id: int, symbol: str) -> int:
        """Up to when the trades of a pair are known, ms; 0 when none is."""
        return await self._facts(Register.cursor, account_id, symbol)

    async def save_cursor(self, account_id: int, symbol: str, at: int) -> None:
        await self._facts(Register.save_cursor, account_id, symbol, at)

    async def meta(self, key: str) -> str | None:
        return await self._facts(Register.meta, key)

    async def set_meta(self, key: str, value: str) -> None:
        await self._facts(Register.set_meta, key, value)

    async def refers_to(self, name: str) -> bool:
        """Whether what is written down refers to the secret that the keyring has under this name."""
        return await self._facts(Register.refers_to, name)

    # --- care

    async def verify_audit(self) -> AuditResult:
        """Read the journal back link by link, between the writes of the bots."""
        check = audit.Check()
        while await self._do(lambda: check.next_page(self._db)):
            pass
        return check.result

    async def export_audit(self, write_line: Callable[[str], object]) -> int:
        """Hand out every decision as a line of JSON, oldest first; how many there were."""
        after = count = 0
        while page := await self._do(lambda: audit.page(self._db, after)):  # noqa: B023 - awaited within the turn
            for row in page:
                write_line(audit.line(row))
            after, count = page[-1].seq, count + len(page)
        return count

    async def backup(self, path: Path) -> None:
        """Put a checked copy of the database at `path`."""
        await self._do(lambda: backups.copy_to(self._db, path))

    async def keep_backup(self, label: str = "kept") -> Path:
        """Put a checked copy among the backups of the data folder, of which the last ones are kept."""
        return await self._do(lambda: backups.keep(self._db, self._data_dir, label, self._clock()))

    # --- by whoever has the turn

    @property
    def _db(self) -> sqlite3.Connection:
        assert self._connection is not None, "the store is not open"
        return self._connection

    def _open(self) -> None:
        is_new = not self._path.exists()
        self._connection = open_database(self._data_dir, self._clock())
        try:
            self._use(self._connection)
            self._give_identity()
            if not is_new and backups.is_due(self._data_dir, self._clock()):
                self._back_up_the_day()
        except DatabaseErrors as error:
            self._close()
            raise told(error, self._path) from error

    def _back_up_the_day(self) -> None:
        """A backup that cannot be made keeps nobody from trading; what it failed of shows soon enough."""
        try:
            backups.keep(self._db, self._data_dir, "daily", self._clock())
        except (sqlite3.Error, OSError) as error:
            _LOG.warning("The daily backup could not be made: %s", error)

    def _give_identity(self) -> None:
        if self._register.meta("install") is None:
            self._register.set_meta("client_id_key", secrets.token_hex(16))
            self._register.set_meta("install", str(secrets.randbelow(1 << _INSTALL_BITS)))

    def _use(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._journal = Journal(connection)
        self._register = Register(connection)
        self._history = None

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._is_quick = False

    async def _facts(self, method: Callable[Concatenate[Register, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._do(lambda: method(self._register, *args, **kwargs))

    async def _do(self, work: Callable[[], T]) -> T:
        return await self._writer.call(self._guarded, work)

    async def _ask(self, question: "Callable[[History], T]") -> T:
        # SQLAlchemy takes half a second to import: not before it is needed, and never while a bot waits to write.
        module = await asyncio.to_thread(importlib.import_module, "desktop_app.store.history")

        def work() -> T:
            if self._history is None:
                self._history = module.History(self._db)
            return question(self._history)

        return await self._do(work)

    def _guarded(self, work: Callable[[], T]) -> T:
        """Do it; tell what goes wrong in our words, and never go on over a connection whose disk failed."""
        try:
            if self._connection is None:
                self._use(connect(self._path))
            return work()
        except DatabaseErrors as error:
            self._let_go(error)
            raise told(error, self._path) from error
        except OSError as error:
            raise folder_problem(error, self._data_dir) from error

    def _record(self, write: Write) -> int:
        try:
            return self._timed(write)
        except DatabaseErrors as error:
            return self._after_failure(error)

    def _timed(self, write: Write) -> int:
        began = time.perf_counter()
        self._commits += 1
        try:
            return self._journal.record(write)
        finally:
            self._is_quick = time.perf_counter() - began < _QUICK_SECONDS

    def _copy_back(self) -> None:
        """Bring the write-ahead log into the database, beside the way of what was just written."""
        try:
            self._guarded(lambda: self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall())
        except StoreError as error:
            _LOG.warning("The write-ahead log could not be copied back: %s", error)

    def _after_failure(self, error: Exception) -> int:
        """A commit whose disk failed under it may have arrived all the same: then it counts."""
        attempted = self._journal.attempted
        if not self._let_go(error):
            raise error
        self._use(connect(self._path))
        if self._journal.head != attempted:
            raise error
        return attempted.seq

    def _let_go(self, error: Exception) -> bool:
        """After a failure that leaves open what is on the disk, only a new reading of the file can tell."""
        if (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF not in _DOUBTFUL:
            return False
        self._close()
        return True


__all__ = ["Store", "StoreError"]
