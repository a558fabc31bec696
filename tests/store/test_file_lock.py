"""One at a time, whoever asks; free again when its holder has left."""

import os
import threading
from pathlib import Path

import pytest

from desktop_app.store.file_lock import held, open_lock, take


def test_nobody_can_take_what_another_holds_and_everybody_can_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "lock"
    with held(path):
        handle = open_lock(path)
        with pytest.raises((BlockingIOError, PermissionError)):
            take(handle)
    take(handle)
    os.close(handle)


def test_whoever_comes_second_waits_until_the_first_has_left(tmp_path: Path) -> None:
    path, order = tmp_path / "lock", list[str]()

    def come() -> None:
        with held(path):
            order.append("second")

    second = threading.Thread(target=come)
    with held(path):
        second.start()
        second.join(0.1)  # long enough to go in, were nobody there
        order.append("first")
    second.join(10)

    assert order == ["first", "second"]


def test_an_error_inside_leaves_it_free(tmp_path: Path) -> None:
    with pytest.raises(KeyError), held(tmp_path / "lock"):
        raise KeyError
    with held(tmp_path / "lock"):
        pass
