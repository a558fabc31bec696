"""A way back in, the state without a number, and never a window that cannot be found again."""

import re

import pytest
from PySide6.QtWidgets import QDialog, QSystemTrayIcon

from desktop_app.gui.i18n import Language, set_language
from desktop_app.gui.known import Known
from desktop_app.gui.system.tray import Tray, state_of
from tests.gui.fake_engine import account_view, bot_view
from tests.gui.shell import Shell, button, words


class Panel:
    """A desktop's tray, which may go away."""

    def __init__(self) -> None:
        self.is_there = True

    def __call__(self) -> bool:
        return self.is_there


@pytest.fixture
def panel() -> Panel:
    return Panel()


@pytest.fixture
def tray(shell: Shell, panel: Panel) -> Tray:
    made = Tray(shell.window, shell.bridge, is_available=panel)
    shell.window.has_tray = lambda: made.is_there
    shell.arrive()
    return made


def test_the_state_is_the_worst_that_anybody_should_know_of() -> None:
    known = Known()
    assert state_of(known, is_attached=True) == "idle"
    known.bots = {1: bot_view(), 2: bot_view(bot_id=2, status="paused")}
    known.accounts = {view.name: view for view in [account_view()]}
    assert state_of(known, is_attached=True) == "running"
    known.accounts = {view.name: view for view in [account_view(is_live_feed=False)]}
    assert state_of(known, is_attached=True) == "offline"
    assert state_of(known, is_attached=False) == "running", "before the engine is there nothing is known to be off"
    known.bots[3] = bot_view(bot_id=3, status="held")
    assert state_of(known, is_attached=True) == "attention"


def test_g_05_keeping_on_in_the_tray_hides_the_window_and_it_always_comes_back(
    shell: Shell, tray: Tray, panel: Panel
) -> None:
    quits: list[bool] = []
    shell.window.quit_confirmed.connect(lambda: quits.append(True))

    def stay(sheet: QDialog) -> None:
        assert button(sheet, "Cancel").isDefault()
        assert "no tray" not in words(sheet)
        button(sheet, "Keep running in the tray").click()

    shell.answer(shell.window.close, stay)
    assert shell.window.isHidden() and quits == []

    shell.do(lambda: tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger))
    assert shell.window.isVisible()

    # H-07: a tray that goes away gives the window back.
    shell.do(shell.window.hide)
    panel.is_there = False
    shell.do(tray.look)
    assert shell.window.isVisible() and shell.window.isMinimized()
    assert not shell.window.has_tray() and not tray.icon.isVisible()
    panel.is_there = True
    shell.do(tray.look)
    assert shell.window.has_tray()
    shell.do(shell.window.hide)
    tray.panel.is_gone = True  # of which Qt would never know
    shell.do(tray.panel.changed.emit)
    assert shell.window.isVisible() and not shell.window.has_tray()


def test_the_menu_names_what_runs_and_the_most_dangerous_money_in_the_language_in_force(
    shell: Shell, tray: Tray
) -> None:
    said = [action.text() for action in tray.menu.actions() if not action.isSeparator()]
    assert said == [
        "2 bots running · PAPER", "Show window", "Pause all bots…", "Mute notifications for 1 hour", "PANIC…", "Quit…"
    ]  # fmt: skip
    assert not tray.head.isEnabled()

    shell.bridge.known.bots = {1: bot_view(mode="live"), 2: bot_view(bot_id=2, status="paused")}
    tray.refresh()
    assert tray.head.text() == "1 bot running, 1 paused · LIVE"
    set_language(Language.CHINESE)
    try:
        tray.retranslate()
        assert tray.show_window.text() == "显示窗口" and "机器人在运行" in tray.head.text()
    finally:
        set_language(Language.ENGLISH)
        tray.retranslate()

    # H-07: the tooltip has no numbers.
    for status in ("running", "paused", "held", "stopped"):
        shell.bridge.known.bots = {1: bot_view(status=status)}
        tray.refresh()
        assert not re.search(r"\d", tray.icon.toolTip())
    assert tray.icon.toolTip() == "Strongroom — no bot is running"
    assert tray.head.text() == "No bot is running"

    # Muting ends by itself.
    tray.mute.setChecked(True)
    before = tray.is_muted, tray._muted.isActive(), tray._muted.interval()
    tray._muted.timeout.emit()
    assert before == (True, True, 3_600_000)
    assert (tray.is_muted, tray._muted.isActive()) == (False, False)


def test_what_asks_asks_in_front_of_the_window_and_nothing_is_done_from_the_menu_alone(
    shell: Shell, tray: Tray
) -> None:
    asked: list[str] = []

    def cancel(sheet: QDialog) -> None:
        assert shell.window.isVisible()
        asked.append(words(sheet) + sheet.windowTitle())
        sheet.reject()

    for action in (tray.quit, tray.pause, tray.panic):
        shell.do(shell.window.hide)
        shell.answer(action.trigger, cancel)
    for said, title in zip(asked, ("Quit while 2 bots are running?", "Pause", "PANIC"), strict=True):
        assert title in said
    assert [call for call in shell.calls if call[0] in ("panic", "pause_bot")] == []
