"""Brings an older database to the present form: a checked copy first, then all steps in one transaction."""

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from desktop_app.store import backups, schema
from desktop_app.store.errors import DiskFull, MigrationFailed, told

SCRIPTS = Path(__file__).parent / "migrations"


def migrate(connection: sqlite3.Connection, path: Path, version: int, now: int) -> None:
    """Raises: MigrationFailed, DiskFull: the database is as it was."""
    backup = backups.keep(connection, path.parent, f"version-{version}", now)
    connection.execute("PRAGMA foreign_keys = OFF")  # has no effect inside a transaction; tables get rebuilt there
    try:
        upgrade(connection)
    except (SQLAlchemyError, sqlite3.Error, CommandError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(cause, sqlite3.Error) and isinstance(told(cause, path), DiskFull):
            raise DiskFull(path=str(path)) from error
        raise MigrationFailed(path=str(path), detail=str(cause), backup=str(backup)) from error
    finally:
        connection.execute("PRAGMA foreign_keys = ON")


def upgrade(connection: sqlite3.Connection, scripts: Path = SCRIPTS, target: int = schema.VERSION) -> None:
    """Run every step that is still missing, all or none."""
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    over = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool, isolation_level="AUTOCOMMIT")
    with over.begin() as config.attributes["connection"]:
        connection.execute("BEGIN IMMEDIATE")
        command.upgrade(config, f"{target:04d}")
        connection.execute(f"PRAGMA user_version = {target}")
        connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        _check(connection)


def _check(connection: sqlite3.Connection) -> None:
    if broken := connection.execute("PRAGMA foreign_key_check").fetchone():
        raise sqlite3.IntegrityError(f"a row of {broken[0]} refers to nothing")
    if (found := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
        raise sqlite3.DatabaseError(str(found))
