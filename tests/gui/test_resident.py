import pytest
from PySide6.QtWidgets import QWidget

from desktop_app.config import Paths
from desktop_app.gui.resident import Resident
from desktop_app.gui.settings_page import SettingsPage
from tests.gui.shell import Shell


class Way:
    is_held = False

    def hold(self) -> None:
        self.is_held = True

    def let_go(self) -> None:
        self.is_held = False


@pytest.fixture
def resident(shell: Shell) -> Resident:
    shell.arrive()
    return Resident(
        shell.window, shell.bridge, Paths(shell.folder), make_wakefulness=Way, has_tray=lambda: True
    )  # fmt: skip


def front(shell: Shell) -> QWidget:
    return shell.window.documents.currentWidget()


def test_the_settings_open_once_from_menu_and_status_bar_and_can_be_closed(shell: Shell, resident: Resident) -> None:
    shell.do(shell.window.commands.settings.trigger)
    page = front(shell)
    assert isinstance(page, SettingsPage)
    assert page.looks["language"].hasFocus()
    shell.do(lambda: shell.window.appearance.change({"keeps_awake": True}))
    shell.do(shell.window.status.awake.click)
    assert front(shell) is page and page.awake.hasFocus()
    assert shell.window.documents.count() == 2
    shell.do(lambda: shell.window.close_document(page))
    shell.do(shell.window.commands.settings.trigger)
    assert front(shell) is not page and shell.window.documents.count() == 2


def test_the_status_bar_tells_of_sleep_and_the_window_knows_whether_it_can_hide(
    shell: Shell, resident: Resident
) -> None:
    cell = shell.window.status.awake
    assert cell.isHidden()
    shell.bridge.known.bots = {}
    shell.bridge.known.deals = {}
    shell.do(lambda: shell.window.appearance.change({"keeps_awake": True}))
    assert cell.text() == "Sleep allowed" and "No bot is at work" in cell.toolTip()
    shell.window.status.show_awake("failed", "no service")
    assert cell.text() == "Not kept awake" and "no service" in cell.accessibleName()
    assert shell.window.has_tray()
    resident.stop()
    assert not shell.window.has_tray()
