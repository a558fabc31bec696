"""The ledger keeps what it was given, whatever happens to the process or the disk."""

import os
from pathlib import Path

import pytest

from desktop_app.exchange.sim.ledger import Ledger, LedgerBroken, read_ledger


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sim" / "demo" / "ledger.jsonl"


async def write(path: Path, *entries: bytes) -> None:
    ledger = Ledger(path, read_ledger(path))
    for entry in entries:
        ledger.append(entry)
    await ledger.close()


async def test_what_was_committed_is_read_again(path: Path) -> None:
    await write(path, b'{"a":1}', b'{"b":2}')
    await write(path, b'{"c":3}')

    assert read_ledger(path).entries == (b'{"a":1}', b'{"b":2}', b'{"c":3}')


async def test_a_missing_file_is_an_empty_ledger(path: Path) -> None:
    assert read_ledger(path).entries == ()


@pytest.mark.parametrize("cut", range(1, 40))
async def test_a_torn_end_is_left_out_and_overwritten(path: Path, cut: int) -> None:
    await write(path, b'{"a":1}', b'{"b":2}')
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])

    recovered = read_ledger(path)
    assert recovered.entries == (b'{"a":1}',)
    assert recovered.is_torn

    await write(path, b'{"b":2}')
    assert path.read_bytes() == whole


async def test_zeros_at_the_end_are_a_torn_end(path: Path) -> None:
    await write(path, b'{"a":1}')
    with path.open("ab") as file:
        file.write(bytes(5_000) + b"\n" + bytes(10))

    assert read_ledger(path).entries == (b'{"a":1}',)


async def test_damage_before_the_end_is_refused(path: Path) -> None:
    await write(path, b'{"a":1}', b'{"b":2}')
    path.write_bytes(path.read_bytes().replace(b'"a":1', b'"a":7'))

    with pytest.raises(LedgerBroken, match="line 1 of ledger"):
        read_ledger(path)


async def test_a_line_that_is_missing_before_the_end_is_refused(path: Path) -> None:
    await write(path, b'{"a":1}', b'{"b":2}', b'{"c":3}')
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])

    with pytest.raises(LedgerBroken):
        read_ledger(path)


async def test_a_rewrite_replaces_the_file_and_appending_goes_on(path: Path) -> None:
    await write(path, b'{"a":1}', b'{"b":2}')
    ledger = Ledger(path, read_ledger(path))
    ledger.append(b'{"c":3}')
    await ledger.rewrite(lambda: 6, lambda six: b'{"all":%d}' % six)
    ledger.append(b'{"d":4}')
    await ledger.close()

    assert read_ledger(path).entries == (b'{"all":6}', b'{"d":4}')
    assert ledger.length == path.stat().st_size


async def test_entries_that_a_full_disk_refused_are_written_once_it_takes_some(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(path, read_ledger(path))
    ledger.append(b'{"a":1}')
    await ledger.commit()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    ledger.append(b'{"b":2}')
    with pytest.raises(OSError, match="No space"):
        await ledger.commit()
    with pytest.raises(OSError, match="No space"):
        await ledger.rewrite(lambda: 3, lambda three: b'{"all":%d}' % three)
    monkeypatch.undo()

    ledger.append(b'{"c":3}')
    await ledger.close()
    assert read_ledger(path).entries == (b'{"a":1}', b'{"b":2}', b'{"c":3}')
