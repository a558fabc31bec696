"""What was acknowledged is there after any fault, and what was not leaves no trace."""

import asyncio
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from desktop_app.store import opening
from desktop_app.store.db import Store
from desktop_app.store.errors import DatabaseLocked, DiskFailed, DiskFull
from tests.store.stories import client_id, clock, fill, order, with_bot, write

ROOT = Path(__file__).parents[2]

# Writes as fast as it can and says after each write that it is done; the parent decides when the power fails.
WRITER = """
import asyncio, sys, pathlib
from desktop_app.store.db import Store
from tests.store.stories import clock, fill, order, with_bot, write

async def main():
    store = await Store.open(pathlib.Path(sys.argv[1]), clock=clock)
    if not await store.accounts():
        await with_bot(store)
    number = int(sys.argv[2])
    while True:
        trade = fill(f"t{number}")
        await store.record(write(order(number).with_fill(trade), fills=(trade,), state="x" * (number % 9000)))
        print(number, flush=True)
        number += 1

asyncio.run(main())
"""

# Reaches a limit on the size of its files in the middle of a write, goes on once it is lifted, and tells.
LIMITED = """
import asyncio, pathlib, resource, sys
from desktop_app.store.db import Store
from desktop_app.store.errors import StoreError
from tests.store.stories import clock, fill, order, with_bot, write

async def main():
    store = await with_bot(await Store.open(pathlib.Path(sys.argv[1]), clock=clock))
    size = pathlib.Path(str(store.path) + "-wal").stat().st_size
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + int(sys.argv[2]), most))
    kept, failed = [], []
    for number in range(40):
        if len(failed) == 3:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        try:
            await store.record(write(order(number), state="x" * 3000))
            kept.append(number)
        except StoreError as error:
            failed.append(type(error).__name__)
    found = {int(row.order.client_id, 16) for row in await store.live_orders(1)}
    result = await store.verify_audit()
    print(found == set(kept), result.is_whole, result.rows == len(kept), set(failed))
    await store.close()

asyncio.run(main())
"""


def test_a_killed_writer_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    chance = random.Random(11)
    acknowledged: set[int] = set()
    for cut in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(cut * 10_000)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert process.stdout is not None
        for _ in range(chance.randrange(1, 120)):
            acknowledged.add(int(process.stdout.readline()))
        process.kill()
        acknowledged.update(int(line) for line in process.stdout.read().splitlines() if line)
        process.wait()
        asyncio.run(_expect(tmp_path, acknowledged, extra=cut + 1))


async def _expect(data_dir: Path, acknowledged: set[int], extra: int) -> None:
    """Every acknowledged write is there; of the others at most the one under way at each cut."""
    store = await Store.open(data_dir, clock=clock)
    try:
        result = await store.verify_audit()
        fills = {int(row.client_id, 16) for row in await store.fills(1)}
    finally:
        await store.close()
    assert result.is_whole, result.reason
    assert acknowledged <= fills
    assert len(fills) - len(acknowledged) <= extra
    assert result.rows == len(fills)


async def test_a_full_disk_at_any_write_keeps_all_or_nothing(store: Store) -> None:
    written: list[int] = []
    sentences: set[str] = set()
    refused = 0
    for number in range(1, 60):
        await store._do(lambda: _let_grow(store._db, 0))
        for attempt in range(8):
            try:
                big = write(order(number), state="x" * 2000 * (number % 5), event="y" * 700)
                await store.record(big)
                break
            except DiskFull as error:
                refused += 1
                sentences.add(error.sentences[0])
                assert await store.order(client_id(number)) is None
                assert (await store.verify_audit()).rows == len(written)
                await store._do(lambda: _let_grow(store._db, attempt + 1))  # noqa: B023
        written.append(number)
    assert refused > 10
    assert sentences == {f"The disk that holds {store.path} is full."}
    result = await store.verify_audit()
    assert (result.is_whole, result.rows) == (True, 59)
    await store._do(lambda: _let_grow(store._db, 10_000))


def _let_grow(connection: sqlite3.Connection, pages: int) -> None:
    now = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {now + pages}")


@pytest.mark.skipif(sys.platform == "win32", reason="processes have no such limit there")
@pytest.mark.parametrize("room", [0, 100, 4200, 9000, 20_000])
def test_a_disk_that_fails_at_any_write_keeps_all_or_nothing(tmp_path: Path, room: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path), str(room)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.stderr == ""
    assert done.stdout.strip() == f"True True True {{'{DiskFailed.__name__}'}}"


async def test_a_full_disk_while_creating_leaves_no_half_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(opening, "_PRAGMAS", (*opening._PRAGMAS, "PRAGMA max_page_count = 9"))
        with pytest.raises(DiskFull):
            await Store.open(tmp_path, clock=clock)
    store = await with_bot(await Store.open(tmp_path, clock=clock))
    assert (await store.verify_audit()).is_whole
    await store.close()


async def test_a_write_that_meets_a_held_file_is_refused_and_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_BUSY_SECONDS", 0.01)
    store = await with_bot(await Store.open(tmp_path, clock=clock))
    await store._do(store._close)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseLocked):
            await store.record(write(order()))
    await store.record(write(order()))
    assert (await store.verify_audit()).rows == 1
    await store.close()


async def test_a_commit_that_arrived_although_the_disk_complained_counts(store: Store) -> None:
    journal = store._journal
    real = journal._connection

    class Complaining:
        """Commits, and then reports that the disk failed."""

        in_transaction = False

        def execute(self, query: str, *arguments: object) -> sqlite3.Cursor:
            cursor = real.execute(query, *arguments)  # type: ignore[arg-type]
            if query == "COMMIT":
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorcode = sqlite3.SQLITE_IOERR
                raise error
            return cursor

        def __getattr__(self, name: str) -> object:
            return getattr(real, name)

    journal._connection = Complaining()  # type: ignore[assignment]

    assert await store.record(write(order())) == 1
    assert await store.record(write(order(2))) == 2
    assert (await store.verify_audit()).rows == 2


async def test_a_row_that_cannot_be_read_does_not_hide_the_others(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    await store.record(write(order(1), order(2)))

    def damage() -> None:
        store._db.execute("UPDATE orders SET role = 'jester', amount = '1.1.1' WHERE client_id = ?", (client_id(1),))

    await store._do(damage)

    assert [row.order.amount for row in await store.orders(1, 1)] == [Decimal("0.010")]
    assert "cannot be read" in caplog.text


async def test_fills_are_summed_from_their_rows(store: Store) -> None:
    for number in range(5):
        await store.record(write(order(1), fills=(fill(f"t{number}", "0.1", "0.2"),)))
    total = sum(row.fill.cost for row in await store.fills(1, 1))
    assert total == Decimal("0.10")
