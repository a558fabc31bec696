"""The pretended exchange's own memory: an append-only file of checked lines that survives a kill at any moment."""

import asyncio
import os
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import TypeVar

S = TypeVar("S")


class LedgerBroken(Exception):
    """The file was damaged before its end, so nothing in it can be trusted to be complete."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a ledger file still holds: its entries, the bytes they take, and whether a torn end follows."""

    entries: tuple[bytes, ...] = ()
    length: int = 0
    is_torn: bool = False


def read_ledger(path: Path) -> Recovered:
    """All entries of a file. A torn end, as a power cut leaves it, is left out.

    Raises:
        LedgerBroken: a line is damaged although whole lines follow it.
        OSError: the file cannot be read.
    """
    if not path.exists():
        return Recovered()
    lines = path.read_bytes().split(b"\n")
    entries: list[bytes] = []
    length = 0
    for number, line in enumerate(lines[:-1]):
        entry = _parse(line)
        if entry is None or entry[0] != number:
            if any(_parse(later) for later in lines[number:]):
                raise LedgerBroken(f"line {number + 1} of {path.name} is damaged")
            return Recovered(tuple(entries), length, is_torn=True)
        entries.append(entry[1])
        length += len(line) + 1
    return Recovered(tuple(entries), length, is_torn=bool(lines[-1]))


def _line(number: int, entry: bytes) -> bytes:
    head = b'{"line":%d,' % number
    return b'%s"sum":"%08x","entry":%s}\n' % (head, zlib.crc32(entry, zlib.crc32(head)), entry)


def _parse(line: bytes) -> tuple[int, bytes] | None:
    head, found, rest = line.partition(b'"sum":"')
    if not found or not head.startswith(b'{"line":') or rest[8:18] != b'","entry":' or not rest.endswith(b"}"):
        return None
    entry = rest[18:-1]
    if rest[:8] != b"%08x" % zlib.crc32(entry, zlib.crc32(head)):
        return None
    number = head[8:-1]
    return (int(number), entry) if number.isdigit() else None


class Ledger:
    """Appends entries (JSON without line breaks); `commit` puts them on disk, on a thread of its own.

    Entries that a failing disk did not take are kept and written first as soon as it takes some again.
    """

    def __init__(self, path: Path, recovered: Recovered) -> None:
        self._path = path
        self._lines = len(recovered.entries)
        self._length = recovered.length
        self._pending: list[bytes] = []
        self._backlog: list[bytes] = []  # only touched on the disk thread, or while it is idle
        self._file: FileIO | None = None
        self._disk = ThreadPoolExecutor(1, "sim-ledger")
        self._turn = asyncio.Lock()

    @property
    def length(self) -> int:
        """Bytes in the file."""
        return self._length

    def append(self, entry: bytes) -> None:
        self._pending.append(entry)

    async def commit(self, *, durable: bool = True) -> None:
        """Return when everything appended so far is in the file; `durable`: and survives a power cut.

        Raises:
            OSError: the disk did not take it.
        """
        async with self._turn:
            if self._pending or self._backlog:
                batch, self._pending = self._pending, []
                await self._on_disk(batch, None, durable=durable)

    async def rewrite(self, take: Callable[[], S], dump: Callable[[S], bytes]) -> None:
        """Put one entry in the place of the whole file, that says all that was appended so far.

        `take` gets what to say, at once; `dump` puts it into bytes on the disk thread.

        Raises:
            OSError: the disk did not take it; the old file stands.
        """
        async with self._turn:
            batch, self._pending = self._pending, []
            snapshot = take()
            await self._on_disk(batch, lambda: dump(snapshot), durable=True)

    async def close(self) -> None:
        try:
            await self.commit()
        finally:
            self._disk.shutdown(wait=False)
            if self._file is not None:
                self._file.close()
                self._file = None

    async def _on_disk(self, batch: Sequence[bytes], whole: Callable[[], bytes] | None, *, durable: bool) -> None:
        # Shielded: who waits may give up, the bytes are written all the same and in order.
        work = asyncio.get_running_loop().run_in_executor(self._disk, self._write, batch, whole, durable)
        await asyncio.shield(work)

    def _write(self, batch: Sequence[bytes], whole: Callable[[], bytes] | None, durable: bool) -> None:
        self._backlog.extend(batch)
        if whole is None:
            self._extend(durable)
            self._backlog.clear()
        else:
            self._replace(whole)

    def _extend(self, durable: bool) -> None:
        lines = b"".join(_line(self._lines + i, entry) for i, entry in enumerate(self._backlog))
        file = self._file or self._open()
        try:
            rest = memoryview(lines)
            while rest:
                rest = rest[file.write(rest) :]
            if durable:
                os.fsync(file.fileno())
        except OSError:
            self._drop_torn_end()
            raise
        self._lines += len(self._backlog)
        self._length += len(lines)

    def _replace(self, whole: Callable[[], bytes]) -> None:
        fresh = self._path.with_suffix(".new")
        lines = _line(0, whole())
        try:
            with fresh.open("wb") as file:
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())
            if self._file is not None:
                self._file.close()  # Windows replaces no file that is open
                self._file = None
            fresh.replace(self._path)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise
        self._lines, self._length = 1, len(lines)
        self._backlog.clear()
        _sync_folder(self._path.parent)

    def _open(self) -> FileIO:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Unbuffered: what a failed write left in a buffer would come out later, behind our back.
        file = FileIO(self._path, "r+" if self._path.exists() else "w+")
        file.truncate(self._length)
        file.seek(self._length)
        _sync_folder(self._path.parent)
        self._file = file
        return file

    def _drop_torn_end(self) -> None:
        """Reopen before the next write, which cuts off whatever the failed one left."""
        file, self._file = self._file, None
        if file is not None:
            file.close()


def _sync_folder(folder: Path) -> None:
    """Make a file's name survive a power cut too; Windows does that by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
