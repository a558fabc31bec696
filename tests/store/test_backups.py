"""A copy counts only after it was read back whole."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from desktop_app.store import backups
from tests.store.stories import database


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
