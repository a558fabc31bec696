"""A screen of its own for programs under test, whose pixels are read from memory: looking costs the program nothing."""

import mmap
import shutil
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

WIDTH, HEIGHT = 1440, 900
_HEADER_WORDS = 25  # of an X window dump
_COLOUR_BYTES = 12
_PATIENCE_SECONDS = 20.0


def skip_without_screen() -> None:
    if shutil.which("Xvfb") is None:
        pytest.skip("no Xvfb here")


class Screen:
    """An X server without a window manager."""

    def __init__(self, display: str, dump: Path) -> None:
        self.display = display
        with dump.open("rb") as file:
            self._memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        words = struct.unpack(f">{_HEADER_WORDS}I", self._memory[: _HEADER_WORDS * 4])
        self._start = words[0] + words[19] * _COLOUR_BYTES
        self._line = words[12]
        assert (words[4], words[5], words[11]) == (WIDTH, HEIGHT, 32)

    def row(self, y: int) -> bytes:
        """One line of pixels: blue, green, red and nothing, each a byte."""
        at = self._start + y * self._line
        return self._memory[at : at + WIDTH * 4]

    def colours(self, y: int) -> int:
        row = self.row(y)
        return len({row[at : at + 4] for at in range(0, len(row), 4)})

    def is_painted(self) -> bool:
        """Whether a window is there with its words in it: their edges have many colours."""
        return sum(self.colours(y) > 8 for y in range(4, HEIGHT // 2, 6)) > 5

    def picture(self) -> bytes:
        """As a portable pixmap."""
        lines = bytearray()
        for y in range(HEIGHT):
            row = self.row(y)
            pixels = bytearray(WIDTH * 3)
            pixels[0::3], pixels[1::3], pixels[2::3] = row[2::4], row[1::4], row[0::4]
            lines += pixels
        return b"P6 %d %d 255\n" % (WIDTH, HEIGHT) + bytes(lines)

    def close(self) -> None:
        self._memory.close()


@contextmanager
def screen() -> Iterator[Screen]:
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            ["Xvfb", "-displayfd", "1", "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", folder, "-nolisten", "tcp"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        try:
            assert process.stdout is not None
            number = process.stdout.readline().strip()
            assert number, "Xvfb did not start"
            shown = Screen(f":{number}", Path(folder) / "Xvfb_screen0")
            try:
                yield shown
            finally:
                shown.close()
        finally:
            process.terminate()
            process.wait()


def until(is_so: Callable[[], object], seconds: float = _PATIENCE_SECONDS, every: float = 0.05) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(every)
