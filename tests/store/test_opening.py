"""The database is used only when it is whole and of this version, and told about in sentences when it is not."""

import asyncio
import hashlib
import os
import random
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from desktop_app.store import opening, schema
from desktop_app.store.db import Store
from desktop_app.store.errors import DatabaseCorrupt, DatabaseLocked, DatabaseTooNew, NotWritable, StoreError
from tests.store.stories import clock, database, fill, order, with_bot, write

NEWER = schema.VERSION + 998


def opened(data_dir: Path) -> Store:
    return asyncio.run(Store.open(data_dir, clock=clock))


def made(data_dir: Path, decisions: int = 30) -> Path:
    """A closed database with some history; its path."""

    async def make() -> Path:
        store = await with_bot(await Store.open(data_dir, clock=clock))
        for number in range(decisions):
            filled = order(number).with_fill(fill(f"t{number}"))
            await store.record(write(filled, fills=(fill(f"t{number}"),), state=f'{{"n":{number}}}'))
        await store.keep_backup()
        await store.close()
        return store.path

    return asyncio.run(make())


def prints(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.is_file()}


def test_every_safety_is_on(tmp_path: Path) -> None:
    with closing(opening.open_database(tmp_path, 0)) as connection:
        found = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "locking_mode", "synchronous", "foreign_keys", "trusted_schema",
                         "cell_size_check", "user_version", "application_id")
        }  # fmt: skip
    assert found == {
        "journal_mode": "wal",
        "locking_mode": "exclusive",
        "synchronous": 2,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "cell_size_check": 1,
        "user_version": schema.VERSION,
        "application_id": schema.APPLICATION_ID,
    }


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    (tmp_path / opening.FILE_NAME).touch()
    asyncio.run(opened(tmp_path).close())


def test_a_newer_database_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = made(tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {NEWER}")
    before = prints(tmp_path)

    with pytest.raises(DatabaseTooNew, match=f"data version {NEWER}") as refused:
        opened(tmp_path)

    assert prints(tmp_path) == before
    assert refused.value.exit_status == 3


def test_a_newer_database_is_recognised_by_its_unfinished_log_too(tmp_path: Path) -> None:
    path = made(tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA user_version = {NEWER}")
        cut = tmp_path / "cut"
        cut.mkdir()
        for file in tmp_path.glob(f"{path.name}*"):
            shutil.copy(file, cut)
    before = prints(cut)
    assert f"{path.name}-wal" in before

    with pytest.raises(DatabaseTooNew):
        opened(cut)

    assert prints(cut) == before


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / opening.FILE_NAME
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE note (text)")
        connection.commit()

    with pytest.raises(DatabaseCorrupt, match="not a Strongroom database"):
        opened(tmp_path)

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("note",)]


@pytest.mark.parametrize("content", [b"no database at all, only text" * 50, b"SQLite format 3\x00" + b"\xff" * 4000])
def test_a_file_that_is_no_database_is_copied_aside_and_told(tmp_path: Path, content: bytes) -> None:
    path = made(tmp_path)
    path.write_bytes(content)

    with pytest.raises(DatabaseCorrupt) as refused:
        opened(tmp_path)

    assert (tmp_path / "quarantine" / str(clock()) / path.name).read_bytes() == content
    what, effect, next_step = refused.value.sentences
    assert str(path) in what
    assert "No bot was started" in effect
    assert f"{clock()}-kept.sqlite3" in next_step
    assert path.read_bytes() == content, "nothing is restored unasked"


def test_a_damaged_backup_is_not_recommended(tmp_path: Path) -> None:
    path = made(tmp_path)
    path.write_bytes(b"x" * 5000)
    for backup in (tmp_path / "backups").iterdir():
        backup.write_bytes(b"y" * 5000)
    with pytest.raises(DatabaseCorrupt) as refused:
        opened(tmp_path)
    assert "There is no whole backup" in refused.value.sentences[2]


def test_a_truncated_file_is_damaged(tmp_path: Path) -> None:
    path = made(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(DatabaseCorrupt):
        opened(tmp_path)


def test_flipped_bytes_are_refused_or_found_by_the_audit_and_never_a_traceback(tmp_path: Path) -> None:
    path = made(tmp_path / "good")
    content = path.read_bytes()
    chance = random.Random(7)
    outcomes = {"refused": 0, "broken": 0, "unharmed": 0}
    for number in range(120):
        data_dir = tmp_path / str(number)
        data_dir.mkdir()
        flipped = bytearray(content)
        flipped[chance.randrange(100, len(content))] ^= 1 << chance.randrange(8)
        (data_dir / path.name).write_bytes(flipped)
        outcomes[asyncio.run(_look(data_dir))] += 1
        shutil.rmtree(data_dir)
    assert outcomes["refused"]
    assert outcomes["broken"]


async def _look(data_dir: Path) -> str:
    try:
        store = await Store.open(data_dir, clock=clock)
    except DatabaseCorrupt:
        return "refused"
    try:
        result = await store.verify_audit()
        await store.live_orders(1)
        await store.orders(1, 1)
        await store.bots()
    except StoreError:
        return "refused"
    finally:
        await store.close()
    return "unharmed" if result.is_whole else "broken"


def test_a_database_that_another_program_holds_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_BUSY_SECONDS", 0.01)
    store = opened(tmp_path)
    with pytest.raises(DatabaseLocked, match="Another program holds"):
        opened(tmp_path)
    asyncio.run(store.close())
    asyncio.run(opened(tmp_path).close())


def test_a_data_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(NotWritable, match="may not write"):
        opened(tmp_path / "data")


@pytest.fixture
def guarded_folder() -> Iterator[Path]:
    """A folder that we may not write to, also when root runs the tests."""
    if sys.platform == "win32":
        pytest.skip("folders have no such mode there")
    folder = Path(tempfile.mkdtemp())
    is_root = os.geteuid() == 0
    yield folder
    if is_root:
        os.seteuid(0)
    folder.chmod(0o755)
    shutil.rmtree(folder)


def drop_rights(folder: Path) -> None:
    folder.chmod(0o555)
    if os.geteuid() == 0:
        os.seteuid(65534)


def test_a_new_database_in_a_read_only_folder_is_told(guarded_folder: Path) -> None:
    drop_rights(guarded_folder)
    with pytest.raises(NotWritable) as refused:
        opened(guarded_folder)
    assert str(guarded_folder) in refused.value.sentences[0]
    assert "--data-dir" in refused.value.sentences[2]


def test_a_database_in_a_read_only_folder_is_told_and_left_alone(guarded_folder: Path) -> None:
    path = made(guarded_folder)
    before = prints(guarded_folder)
    drop_rights(guarded_folder)
    path_mode = path.stat().st_mode
    with pytest.raises(NotWritable):
        opened(guarded_folder)
    assert prints(guarded_folder) == before
    assert path.stat().st_mode == path_mode


def test_the_fixture_database_is_what_opening_makes(tmp_path: Path) -> None:
    query = "SELECT type, name, sql FROM sqlite_schema ORDER BY name"
    with closing(opening.open_database(tmp_path, 0)) as connection, closing(database()) as expected:
        assert connection.execute(query).fetchall() == expected.execute(query).fetchall()
