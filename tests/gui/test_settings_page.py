"""Every switch acts at once, shows what is really so, and can be reached by keyboard."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QWidget

from desktop_app.config import load_settings
from desktop_app.engine.updates import Newest
from desktop_app.gui.settings_page import SettingsPage
from desktop_app.gui.system.awake_watch import AwakeWatch
from desktop_app.gui.system.unable import Unable
from tests.gui.fake_engine import bot_view
from tests.gui.shell import Bare, words


class Entry:
    """A system's place for programs at login, which may have a will of its own."""

    place = "/somewhere/autostart"

    def __init__(self) -> None:
        self.on = False
        self.problem: Unable | None = None

    def is_on(self) -> bool:
        return self.on

    def switch(self, *, is_on: bool) -> None:
        if self.problem is not None:
            raise self.problem
        self.on = is_on


class Awake:
    """A computer that stays awake when asked."""

    def hold(self) -> None: ...
    def let_go(self) -> None: ...


@pytest.fixture
def entry() -> Entry:
    return Entry()


@pytest.fixture
def page(bare: Bare, entry: Entry, tmp_path: Path) -> SettingsPage:
    awake = AwakeWatch(bare.bridge, bare.window, make=Awake)
    bare.appearance.settings_changed.connect(awake.follow)
    bare.appearance.settings_changed.connect(bare.help.follow)
    bare.bridge.known.bots = {1: bot_view()}
    made = SettingsPage(
        bare.bridge, bare.appearance, awake, bare.help, bare.folder,
        has_tray=lambda: False, find_entry=lambda _: entry, parent=bare.window,
    )  # fmt: skip
    bare.live(lambda: bare.documents.open(made, "Settings"), made.login_note.text)
    return made


def again(page: SettingsPage) -> None:
    """Away and back, which is when the system is asked anew."""
    page.hide()
    page.show()


def test_starting_at_login_is_off_until_it_is_switched_on_and_the_system_is_believed(
    bare: Bare, page: SettingsPage, entry: Entry
) -> None:
    assert not page.login.isChecked() and page.login_note.text().startswith("Off:")
    bare.live(page.login.click, lambda: page.login_note.text().startswith("On"))
    assert entry.on and page.login.isChecked() and entry.place in page.login_note.text()

    entry.on = False  # somebody did so in the system's own settings
    bare.live(lambda: again(page), lambda: page.login_note.text().startswith("Off:"))
    assert not page.login.isChecked()


def test_a_system_that_will_not_is_told_beside_the_switch_which_stays_as_it_is(
    bare: Bare, page: SettingsPage, entry: Entry
) -> None:
    entry.problem = Unable("{place} cannot be read ({reason}).", place=entry.place, reason="denied")
    bare.live(page.login.click, lambda: "denied" in page.login_note.text())
    assert not page.login.isChecked() and page.login.isEnabled()
    assert page.login_note.property("role") == "problem"


def test_the_switches_act_at_once_and_are_kept(bare: Bare, page: SettingsPage) -> None:
    def kept() -> tuple[bool, bool]:
        settings = load_settings(bare.folder / "settings.json").settings
        return settings.keeps_awake, settings.looks_for_updates

    bare.help.look = lambda: Newest("0.0.1", False)
    assert not page.awake.isChecked() and not page.updates.isChecked()
    assert page.awake_note.text().startswith("Off:")
    bare.live(page.awake.click, lambda: page.awake_note.text().startswith("Bots are at work"))
    assert kept() == (True, False)
    bare.live(page.awake.click, lambda: page.awake_note.text().startswith("Off:"))
    assert kept() == (False, False)
    bare.live(page.updates.click, page.found.text)
    assert kept() == (False, True)


def test_looks_change_here_and_in_the_menu_alike(bare: Bare, page: SettingsPage) -> None:
    theme = page.looks["theme"]
    theme.setCurrentIndex(theme.findData("light"))
    bare.do(lambda: theme.activated.emit(theme.currentIndex()))
    assert bare.appearance.settings.theme == "light"
    dark = next(action for action in bare.actions.themes.actions() if action.data() == "dark")
    bare.do(dark.trigger)
    assert theme.currentData() == "dark"


def test_the_defaults_come_back(bare: Bare, page: SettingsPage, entry: Entry) -> None:
    entry.on = True
    bare.live(lambda: again(page), page.login.isChecked)
    bare.do(lambda: bare.appearance.change({"keeps_awake": True, "palette": "blue_orange"}))
    bare.live(page.back.click, lambda: not entry.on and page.login_note.text().startswith("Off:"))
    settings = bare.appearance.settings
    assert not settings.keeps_awake and settings.palette == "green_red"
    assert settings.time_zone == "UTC", "what is not on this page stays"


def test_a_look_for_a_newer_version_is_answered_beside_the_button(bare: Bare, page: SettingsPage) -> None:
    bare.help.look = lambda: Newest("9.9.9", True)
    assert page.page.isHidden()
    bare.live(page.check.click, lambda: "9.9.9" in page.found.text())
    assert page.page.isVisible() and page.check.isEnabled()


def test_a_02_every_control_is_named_and_reached_by_the_tab_key(bare: Bare, page: SettingsPage) -> None:
    wanted: set[QWidget] = {*page.findChildren(QAbstractButton), *page.findChildren(QComboBox)}
    wanted = {one for one in wanted if one.isVisible() and one.isEnabled()}
    assert len(wanted) == 8
    assert all(one.accessibleName() or (isinstance(one, QAbstractButton) and one.text()) for one in wanted)
    page.focus_on("language")
    reached: set[QWidget] = set()
    for _ in range(20):
        focused: QWidget | None = bare.window.focusWidget()
        assert focused is not None
        reached.add(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert wanted <= reached


def test_it_says_what_the_tray_means_here(page: SettingsPage) -> None:
    assert "A minimised window keeps the bots running." in words(page)
