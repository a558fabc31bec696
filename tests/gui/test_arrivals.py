"""Files and links that come from outside: a draft or a sentence, and never anything that starts."""

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from desktop_app.engine.documents import link_of
from desktop_app.gui.arrivals import Arrivals
from desktop_app.gui.editor import bench as bench_module
from desktop_app.gui.editor.bench import EditorBench
from desktop_app.gui.editor.bot_editor import BotEditor
from desktop_app.gui.editor.gallery import NewBotGallery
from tests.gui.fake_engine import ACCOUNT
from tests.gui.shell import Shell, words

BOT = """
kind = "dca"
name = "Handed over"
account = "elsewhere"
pairs = ["BTC/USDT"]
mirror = { of = "BTC starter", percent = "100" }
base_order = { volume = "100" }
safety_orders = { volume = "15", price_deviation = "1.0", max_count = 3 }
take_profit = { percent = "2.0" }
"""


@pytest.fixture
def bench(shell: Shell) -> EditorBench:
    shell.arrive()
    return EditorBench(shell.window, shell.bridge, shell.folder / "drafts")


@pytest.fixture
def arrivals(shell: Shell, bench: EditorBench) -> Arrivals:
    made = Arrivals(shell.window)
    made.listen(shell.bridge)
    made.settle(shell.window, bench)
    return made


def editors(shell: Shell) -> list[BotEditor]:
    return shell.window.documents.findChildren(BotEditor)


def test_a_file_opens_as_a_draft_on_an_account_that_is_here_and_nothing_starts(
    shell: Shell, arrivals: Arrivals, tmp_path: Path
) -> None:
    path = tmp_path / "dip.strongroom"
    path.write_text(BOT)
    before = list(shell.calls)
    shell.do(shell.window.showMinimized)
    shell.live(lambda: shell.bridge.open_requested.emit(str(path)), lambda: editors(shell))

    (editor,) = editors(shell)
    assert shell.window.documents.currentWidget() is editor
    assert (editor.draft.text("name"), editor.draft.text("account")) == ("Handed over", ACCOUNT)
    assert shell.window.toasts.texts() == ["dip.strongroom is open as a draft. Nothing was started."]
    assert not shell.window.isMinimized()
    done = {call[0] for call in shell.calls[len(before) :]}
    assert not done & {"add_bot", "start_bot", "mirror_bot", "add_trade", "edit_bot"}


def test_what_is_wrong_is_listed_what_is_none_refused_and_nothing_opens(shell: Shell, arrivals: Arrivals) -> None:
    link = link_of(BOT + "\nsurprise = 1\n[take_profit2]\n")
    assert link is not None
    shell.live(lambda: arrivals.take(link), lambda: shell.window.documents.count() > 1)
    said = words(shell.window.documents.currentWidget())
    for document in ("/etc/passwd", "strongroom:run?bot=1", "file://elsewhere/x.toml"):
        shown = len(shell.window.toasts.texts())
        shell.live(lambda word=document: arrivals.take(word), lambda at=shown: shell.window.toasts.texts()[at:])  # type: ignore[misc]
    assert len(shell.window.toasts.texts()) == 3
    assert all("Nothing was opened." in text for text in shell.window.toasts.texts())
    assert "The link has 2 problems. Nothing was imported." in said and "surprise" in said
    assert editors(shell) == []


def test_what_comes_before_there_is_a_place_waits_and_a_flood_is_turned_away(
    shell: Shell, bench: EditorBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "early.toml"
    path.write_text(BOT)
    arrivals = Arrivals(shell.window)
    for _ in range(30):
        arrivals.take("strongroom:")
    link = link_of(BOT)
    assert link is not None
    arrivals.take(str(path))
    arrivals.take(link)
    arrivals.listen(shell.bridge)
    assert len(arrivals._waiting) == 20
    shell.live(lambda: arrivals.settle(shell.window, bench), lambda: len(editors(shell)) == 2)
    assert {editor.draft.text("name") for editor in editors(shell)} == {"Handed over"}

    # A page may call its link again and again.
    monkeypatch.setattr(bench_module, "MOST_OPEN", 2)
    before = len(shell.window.toasts.texts())
    shell.live(lambda: arrivals.take(link), lambda: len(shell.window.toasts.texts()) > before)
    assert shell.window.toasts.texts()[-1] == "2 editors are open. The link was not opened. Close some first."
    assert len(editors(shell)) == 2


def test_the_mac_hands_files_and_links_over_as_events(qapp: QApplication) -> None:
    arrivals = Arrivals()
    assert arrivals.eventFilter(qapp, QFileOpenEvent("/x/dip.strongroom"))
    assert arrivals.eventFilter(qapp, QFileOpenEvent(QUrl("strongroom:bot?toml=x")))
    assert arrivals._waiting == ["/x/dip.strongroom", "strongroom:bot?toml=x"]


def test_a_new_bot_that_is_asked_for_while_the_engine_starts_opens_once_it_has(shell: Shell) -> None:
    made = Arrivals(shell.window)
    made.wait(shell.window)
    shell.window.commands.new_bot.trigger()
    assert shell.window.toasts.texts() == ["Strongroom is still starting. The new bot opens as soon as it has."]
    assert shell.window.documents.findChildren(NewBotGallery) == []

    shell.arrive()
    made.settle(shell.window, EditorBench(shell.window, shell.bridge, shell.folder / "drafts"))
    (gallery,) = shell.window.documents.findChildren(NewBotGallery)
    assert shell.window.documents.currentWidget() is gallery
    shell.window.commands.new_bot.trigger()
    assert len(shell.window.toasts.texts()) == 1, "there is nothing to wait for any more"
