"""Copies of the database that were read back and found whole before they count."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from desktop_app.store import schema

FOLDER = "backups"
KEEP = 14
_DAY_MS = 86_400_000


def copy_to(connection: sqlite3.Connection, target: Path) -> None:
    """Copy the live database, check the copy, and only then give it its name.

    Raises:
        sqlite3.Error: the copy could not be made or is not whole; `target` is as it was.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(target.name + ".part")
    draft.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(draft, isolation_level=None)) as copy:
            connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE").fetchall()
        if not is_whole(draft):
            raise sqlite3.DatabaseError(f"the copy {draft} is not whole")
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def keep(connection: sqlite3.Connection, data_dir: Path, label: str, at: int) -> Path:
    """Put a verified copy among the backups and drop the oldest ones beyond those that are kept."""
    target = data_dir / FOLDER / f"{at:013d}-{label}.sqlite3"
    copy_to(connection, target)
    for old in found(data_dir)[KEEP:]:
        old.unlink(missing_ok=True)
    return target


def found(data_dir: Path) -> list[Path]:
    """The backups, newest first."""
    return sorted((data_dir / FOLDER).glob("*.sqlite3"), reverse=True)


def is_due(data_dir: Path, now: int) -> bool:
    """Whether the newest backup is a day old; a name that is not ours tells no age."""
    ages = [now - int(at) for path in found(data_dir) if (at := path.name.partition("-")[0]).isdecimal()]
    return min(ages, default=_DAY_MS) >= _DAY_MS


def newest_verified(data_dir: Path) -> Path | None:
    return next((path for path in found(data_dir) if is_whole(path)), None)


def is_whole(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
            is_ours = copy.execute("PRAGMA application_id").fetchone()[0] == schema.APPLICATION_ID
            return bool(is_ours and copy.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.Error:
        return False
