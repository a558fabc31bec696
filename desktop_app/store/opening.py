"""How the database is opened: refused when it is newer or damaged, migrated when it is older, else just used."""

import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path

from desktop_app.store import backups, schema
from desktop_app.store.errors import (
    DatabaseCorrupt,
    DatabaseErrors,
    DatabaseLost,
    DatabaseSetAside,
    DatabaseTooNew,
    DiskFull,
    folder_problem,
    told,
)
from desktop_app.store.journal import transaction

FILE_NAME = "strongroom.sqlite3"
_MAGIC = b"SQLite format 3\x00"
_BUSY_SECONDS = 5.0
_LOG_BYTES = 4 << 20
_WAL_HEADER, _FRAME_HEADER = 32, 24
_PRAGMAS = (
    # One connection in one process: no shared memory file, and SQLite's rare two-connection WAL bug cannot occur.
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA mmap_size = 0",
    "PRAGMA journal_size_limit = 67108864",
    # The store copies the log back between commits; SQLite itself, within one, only when that does not come about.
    "PRAGMA wal_autocheckpoint = 4000",
)
_MAC_PRAGMAS = ("PRAGMA fullfsync = ON", "PRAGMA checkpoint_fullfsync = ON")


def open_database(data_dir: Path, now: int) -> sqlite3.Connection:
    """The one connection, to a whole database of this version.

    Raises:
        StoreError: it cannot be used; the file is as it was.
    """
    path = data_dir / FILE_NAME
    make_folder(data_dir)
    _refuse_unwritable(path)
    _refuse_newer(path)
    try:
        connection = connect(path)
    except DatabaseErrors as error:
        raise _named(error, path, now) from error
    try:
        _check_and_migrate(connection, path, now)
    except DatabaseErrors as error:
        connection.close()
        raise _named(error, path, now) from error
    except BaseException:
        connection.close()
        raise
    return connection


def connect(path: Path) -> sqlite3.Connection:
    """A connection with every safety on; it holds the file alone from its first read."""
    # The writer sees to it that only one thread uses it at a time.
    connection = sqlite3.connect(
        path, timeout=_BUSY_SECONDS, isolation_level=None, cached_statements=256, check_same_thread=False
    )
    try:
        for pragma in (*_PRAGMAS, *(_MAC_PRAGMAS if sys.platform == "darwin" else ())):
            connection.execute(pragma).fetchall()
        # Takes the lock now, so that a second program is found out here and a read-only folder too.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except BaseException:
        connection.close()
        raise
    return connection


def grow_log(connection: sqlite3.Connection) -> None:
    """Take the room that the write-ahead log needs anyway: to overwrite costs the disk a third less than to append.

    A transaction larger than the cache spills into the log, and rolled back it leaves nothing but the longer file.
    A disk without that room refuses it, which is no reason not to trade.
    """
    (cache,) = connection.execute("PRAGMA cache_size").fetchone()
    connection.execute("PRAGMA cache_size = -100")
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("CREATE TABLE room (bytes BLOB)")
        connection.execute("INSERT INTO room VALUES (zeroblob(?))", (_LOG_BYTES,))
        connection.execute("ROLLBACK")
        # Any commit will do: the first one of a bot shall not have to bring all of that to the disk.
        connection.execute(f"PRAGMA user_version = {schema.VERSION}")
    except sqlite3.OperationalError as error:
        if not isinstance(told(error, Path()), DiskFull):
            raise
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        connection.execute(f"PRAGMA cache_size = {cache}")


def make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise folder_problem(error, folder) from error


def _refuse_unwritable(path: Path) -> None:
    """Ask the system itself: the database library would call it a disk error."""
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            if path.exists():
                path.open("r+b").close()
    except OSError as error:
        raise folder_problem(error, path.parent) from error


def _check_and_migrate(connection: sqlite3.Connection, path: Path, now: int) -> None:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > schema.VERSION:
        raise DatabaseTooNew(path=str(path), found=version, known=schema.VERSION)
    if version == 0 and not connection.execute("SELECT 1 FROM sqlite_schema").fetchone():
        _create(connection)
        return
    problem = first_problem(connection)
    if problem:
        raise _quarantined(path, problem, now)
    if version < schema.VERSION:
        from desktop_app.store.migration import migrate  # alembic costs 0.5 s: only when there is something to do

        migrate(connection, path, version, now)


def _create(connection: sqlite3.Connection) -> None:
    with transaction(connection):
        for statement in schema.CREATE:
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {schema.VERSION}")


def first_problem(connection: sqlite3.Connection) -> str:
    """What SQLite's own check finds, empty when the file is whole."""
    if connection.execute("PRAGMA application_id").fetchone()[0] != schema.APPLICATION_ID:
        return "it is not a Strongroom database"
    found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    return "" if found == "ok" else " ".join(found.split())


def _refuse_newer(path: Path) -> None:
    """Look at the bytes alone: a newer database must not be touched, and opening it already touches it."""
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        return
    except OSError as error:
        raise folder_problem(error, path) from error
    if len(header) < 100 or not header.startswith(_MAGIC):
        return
    page_size = int.from_bytes(header[16:18], "big")
    version = max(_version_of(header), _version_in_wal(path, 65536 if page_size == 1 else page_size))
    if version > schema.VERSION:
        raise DatabaseTooNew(path=str(path), found=version, known=schema.VERSION)


def _version_in_wal(path: Path, page_size: int) -> int:
    """The newest version that pages still waiting in the write-ahead log name."""
    wal = path.with_name(path.name + "-wal")
    newest = 0
    if not wal.exists():
        return 0
    with wal.open("rb") as file:
        file.seek(_WAL_HEADER)
        while len(head := file.read(_FRAME_HEADER)) == _FRAME_HEADER:
            page = file.read(page_size)
            if int.from_bytes(head[:4], "big") == 1 and page.startswith(_MAGIC):
                newest = max(newest, _version_of(page))
    return newest


def _version_of(header: bytes) -> int:
    is_ours = int.from_bytes(header[68:72], "big") == schema.APPLICATION_ID
    return int.from_bytes(header[60:64], "big") if is_ours else 0


def _named(error: Exception, path: Path, now: int) -> BaseException:
    problem = told(error, path)
    return _quarantined(path, str(error), now) if isinstance(problem, DatabaseCorrupt) else problem


def _quarantined(path: Path, detail: str, now: int) -> DatabaseCorrupt:
    """Keep a copy of the damaged file; what is done about it is for its owner to say."""
    folder = path.parent / "quarantine" / str(now)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for suffix in ("", "-wal"):
            source = path.with_name(path.name + suffix)
            if source.exists():
                shutil.copy2(source, folder / source.name)
    except OSError as error:
        raise folder_problem(error, folder) from error
    named = {"path": str(path), "detail": detail, "quarantine": str(folder)}
    newest = backups.newest_verified(path.parent)
    return DatabaseSetAside(**named, backup=str(newest)) if newest else DatabaseLost(**named)
