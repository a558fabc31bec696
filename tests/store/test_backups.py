"""A copy counts only after it was read back whole."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from desktop_app.store import backups
from desktop_app.store.db import Store
from tests.store.stories import clock, database


def test_the_last_backups_are_kept_and_the_newest_whole_one_is_found(tmp_path: Path) -> None:
    with closing(database()) as connection:
        made = [backups.keep(connection, tmp_path, "daily", at) for at in range(backups.KEEP + 3)]
    assert backups.found(tmp_path) == made[:2:-1]

    made[-1].write_bytes(b"damaged" * 1000)
    made[-2].write_bytes(made[-2].read_bytes()[:5000])
    assert backups.newest_verified(tmp_path) == made[-3]


def test_a_copy_that_cannot_be_made_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite3"
    with closing(database()) as connection:
        backups.copy_to(connection, target)
        before = target.read_bytes()
        connection.execute("PRAGMA application_id = 1")
        with pytest.raises(sqlite3.DatabaseError, match="not whole"):
            backups.copy_to(connection, target)
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["copy.sqlite3"]


def test_where_there_are_no_backups_none_is_found(tmp_path: Path) -> None:
    assert backups.newest_verified(tmp_path) is None


def test_a_backup_is_due_once_a_day(tmp_path: Path) -> None:
    day = 86_400_000
    assert backups.is_due(tmp_path, 5 * day)
    with closing(database()) as connection:
        backups.keep(connection, tmp_path, "daily", 5 * day)
    (tmp_path / "backups" / "my own.sqlite3").touch()
    assert not backups.is_due(tmp_path, 6 * day - 1)
    assert backups.is_due(tmp_path, 6 * day)


async def test_opening_makes_the_backup_of_the_day_unless_the_database_is_new(tmp_path: Path) -> None:
    now = 1_700_000_000_000
    for at, expected in ((now, 0), (now + 1, 1), (now + 2, 1), (now + 90_000_000, 2)):
        store = await Store.open(tmp_path, clock=lambda at=at: at)  # type: ignore[misc]
        await store.close()
        assert len(backups.found(tmp_path)) == expected


async def test_a_backup_that_fails_does_not_keep_the_store_from_opening(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await (await Store.open(tmp_path, clock=clock)).close()
    (tmp_path / "backups").write_text("in the way")
    await (await Store.open(tmp_path, clock=clock)).close()
    assert "could not be made" in caplog.text
