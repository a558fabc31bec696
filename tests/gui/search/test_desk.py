import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop_app.config import Paths
from desktop_app.gui.flows.panic import PanicDialog
from desktop_app.gui.resident import Resident
from desktop_app.gui.search.box import SearchBox
from desktop_app.gui.settings_page import SettingsPage
from tests.gui.fake_engine import ACCOUNT, bot_view
from tests.gui.shell import Shell


class Way:
    def hold(self) -> None:
        pass

    def let_go(self) -> None:
        pass


def box(shell: Shell) -> SearchBox:
    found = shell.window.search.box
    assert found is not None
    return found


def search(shell: Shell, words: str) -> None:
    """Ctrl+K, the words, Enter."""

    def typed() -> None:
        shell.window.commands.search.trigger()
        QTest.keyClicks(box(shell).edit, words)
        QTest.keyClick(box(shell).edit, Qt.Key.Key_Return)

    shell.do(typed)


def test_g_10_a_pair_comes_onto_the_chart(shell: Shell) -> None:
    shell.arrive(with_charts=True)
    assert shell.window.commands.search.shortcut().toString() == "Ctrl+K"

    search(shell, "solusdt")

    page = shell.window.active_chart()
    assert page is not None and page.symbol == "SOL/USDT"
    assert shell.window.selection.choice.symbol == "SOL/USDT"


def test_g_10_a_deal_and_a_bot_are_selected_as_in_their_tables(shell: Shell) -> None:
    shell.arrive()
    shell.engine.bot(bot_view(bot_id=9, name="Other one"))
    shell.hear()

    search(shell, "other one")
    assert shell.window.selection.choice.bot_id == 9
    assert shell.window.panels.bots.table.selected_ids() == ["9"]

    search(shell, "#128")
    choice = shell.window.selection.choice
    assert choice.deal_id.endswith("-128") and choice.account == ACCOUNT
    assert shell.window.panels.deals.selected() == [choice.deal_id]


def test_g_10_a_command_asks_what_it_asks_from_its_menu(shell: Shell) -> None:
    shell.arrive()

    search(shell, "panic")

    assert isinstance(shell.sheet(), PanicDialog)
    assert not any("panic" in str(call[0]) for call in shell.calls)


def test_g_10_a_setting_opens_its_page_with_the_focus_on_it(shell: Shell) -> None:
    shell.arrive()
    Resident(shell.window, shell.bridge, Paths(shell.folder), make_wakefulness=Way, has_tray=lambda: True)

    search(shell, "keep this computer")

    page = shell.window.documents.currentWidget()
    assert isinstance(page, SettingsPage) and page.awake.hasFocus()


def test_g_10_a_panel_is_shown_and_never_hidden(shell: Shell) -> None:
    shell.arrive()
    assert not shell.window.panels.log.isHidden()

    search(shell, "log")

    assert not shell.window.panels.log.isHidden()


def test_letters_over_the_chart_are_searched(shell: Shell) -> None:
    shell.arrive(with_charts=True)
    page = shell.window.active_chart()
    assert page is not None

    shell.do(lambda: page.search_requested.emit("eth"))

    assert box(shell).edit.text() == "eth"
    assert box(shell).model.entries[0].title == "ETH/USDT"


@pytest.mark.usefixtures("themed")
def test_before_the_engine_there_are_commands_only(shell: Shell) -> None:
    shell.do(lambda: shell.window.search.open("quit"))

    assert [entry.title for entry in box(shell).model.entries] == ["Quit"]
