"""`strongroom FILE` and `strongroom LINK`: the window, or the one that is open already, gets what it was given."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app import app
from desktop_app.cli import opening as opening_module
from desktop_app.cli.main import main
from desktop_app.cli.opening import Opening
from desktop_app.cli.session import House
from desktop_app.config import Paths
from desktop_app.engine.thread import EngineThread
from tests.cli.calling import BOT


class Window:
    """Stands for the one that the composition root would open."""

    def __init__(self) -> None:
        self.openings: list[Opening] = []

    def __call__(self, house: House, opening: Opening, /) -> int:
        self.openings.append(opening)
        return 0


@pytest.fixture
def window() -> Window:
    return Window()


@pytest.fixture
def bot(tmp_path: Path) -> Path:
    path = tmp_path / "dip.strongroom"
    path.write_text(BOT)
    return path


def call(window: Window, folder: Path, *words: str) -> int:
    return main(["--data-dir", str(folder), *words], build_engine=app.build_engine, open_window=window)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[EngineThread]:
    """An application on the data folder; whether it has a window is for the test to say."""
    thread = EngineThread(lambda: app.build_engine(Paths(tmp_path / "data")))
    thread.start().result(30)
    yield thread
    assert thread.stop(10)


def test_the_window_gets_the_file_with_its_whole_path(
    window: Window, tmp_path: Path, bot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(window, tmp_path / "data", bot.name) == 0
    assert call(window, tmp_path / "data", "--in-background") == 0
    assert call(window, tmp_path / "data", "strongroom:bot?toml=x") == 0
    assert window.openings == [
        Opening(str(bot)), Opening("", is_in_background=True), Opening("strongroom:bot?toml=x")
    ]  # fmt: skip


def test_a_word_that_is_neither_is_still_a_wrong_call(
    window: Window, tmp_path: Path, bot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (("dip",), (str(bot), "bot", "list"), (str(bot), str(bot))):
        assert call(window, tmp_path / "data", *words) == 2
        assert "Nothing was done." in capsys.readouterr().err
    assert window.openings == []


def test_what_cannot_be_opened_is_told_at_a_terminal_and_nothing_opens(
    window: Window, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening_module, "_has_terminal", lambda: True)
    for word in ("gone.toml", "/etc/passwd", "strongroom:start?x=1", "file://elsewhere/x.toml"):
        assert call(window, tmp_path / "data", word) == 2
        said = capsys.readouterr().err
        assert "Nothing was opened." in said and said.count("\n") == 1
    assert window.openings == []


def test_without_a_terminal_the_window_tells_it_and_without_a_screen_nobody_can(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening_module, "_has_terminal", lambda: False)
    monkeypatch.setattr(opening_module, "_has_screen", lambda: True)
    assert call(window, tmp_path / "data", "/etc/passwd") == 0
    assert window.openings == [Opening("/etc/passwd")]
    monkeypatch.setattr(opening_module, "_has_screen", lambda: False)
    assert call(window, tmp_path / "data", "/etc/passwd") == 2


def test_the_window_that_is_open_gets_it(
    window: Window, running: EngineThread, tmp_path: Path, bot: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(opening_module, "_has_terminal", lambda: False)
    monkeypatch.setattr(opening_module, "_has_screen", lambda: True)
    got: list[str] = []
    running.engine.supervisor.on_open = got.append
    running.engine.supervisor.on_focus = lambda: got.append("front")

    assert call(window, tmp_path / "data", str(bot)) == 0
    assert "as a draft. Nothing was started." in capsys.readouterr().out
    assert call(window, tmp_path / "data") == 0
    assert call(window, tmp_path / "data", "--in-background") == 0, "who did not ask to see it does not get it in front"
    assert call(window, tmp_path / "data", "/etc/passwd") == 2, "it is refused there, too"

    assert got == [str(bot), "front", "/etc/passwd"]
    assert window.openings == []
    assert running.call(running.engine.supervisor.bots).result(10) == (), "a draft is nothing that the engine knows of"


def test_an_application_without_a_window_says_so(
    window: Window, running: EngineThread, tmp_path: Path, bot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(window, tmp_path / "data", str(bot)) == 1
    assert "without a window" in capsys.readouterr().err
    assert window.openings == []


def test_one_that_is_just_starting_is_waited_for(window: Window, tmp_path: Path, bot: Path) -> None:
    """Two files opened at once start two programs: the second hands its file to the first."""
    from desktop_app.engine.lock import InstanceLock

    paths = Paths(tmp_path / "data")
    paths.data_dir.mkdir()
    lock = InstanceLock(paths.lock)
    lock.acquire()
    done: list[int] = []
    second = threading.Thread(target=lambda: done.append(call(window, paths.data_dir, str(bot))))
    second.start()
    second.join(0.3)
    assert second.is_alive() and window.openings == []
    lock.release()
    second.join(20)
    assert done == [0] and window.openings == [Opening(str(bot))]
