"""What goes on around the window: the tray, a computer kept awake, files that arrive, newer versions, the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from desktop_app.config import AppSettings, Paths
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.i18n import tr
from desktop_app.gui.status_bar import POWER
from desktop_app.gui.system.awake_watch import AwakeWatch
from desktop_app.gui.system.system_notices import SystemNotices
from desktop_app.gui.system.tray import Tray
from desktop_app.gui.system.wakefulness import Wakefulness, wakefulness

if TYPE_CHECKING:
    from desktop_app.gui.main_window import MainWindow
    from desktop_app.gui.settings_page import SettingsPage


class Resident(QObject):
    """Made once the engine is there: nothing of this may hold up the first paint."""

    def __init__(
        self,
        window: MainWindow,
        bridge: Bridge,
        paths: Paths,
        *,
        make_wakefulness: Callable[[], Wakefulness] = wakefulness,
        has_tray: Callable[[], bool] = QSystemTrayIcon.isSystemTrayAvailable,
    ) -> None:
        super().__init__(window)
        self._window, self._bridge, self._paths = window, bridge, paths
        self.awake = AwakeWatch(bridge, self, make=make_wakefulness)
        self.tray = Tray(window, bridge, is_available=has_tray)
        self.notices = SystemNotices(window, bridge, self.tray)
        self._page: SettingsPage | None = None
        window.has_tray = lambda: self.tray.is_there
        window.appearance.settings_changed.connect(self._follow)
        window.commands.settings.triggered.connect(lambda _=False: self._open_setting("language"))
        window.search.setting_names = _setting_names
        window.search.setting_requested.connect(self._open_setting)
        window.documents.document_closed.connect(self._closed)
        window.status.panel_requested.connect(self._panel)
        self.awake.changed.connect(self._show_awake)
        self._follow(window.appearance.settings)
        self._show_awake()

    def open_settings(self) -> SettingsPage:
        """The settings in a tab of their own; there is one."""
        from desktop_app.gui.settings_page import SettingsPage

        if self._page is None:
            window = self._window
            self._page = SettingsPage(
                self._bridge, window.appearance, self.awake, window.help, self._paths.data_dir,
                has_tray=lambda: self.tray.is_there, parent=window,
            )  # fmt: skip
        self._window.open_document(self._page, tr("Settings"))
        return self._page

    def _open_setting(self, name: str) -> None:
        self.open_settings().focus_on(name)

    def stop(self) -> None:
        self.tray.stop()
        self.awake.stop()

    def _follow(self, settings: AppSettings) -> None:
        self.awake.follow(settings)
        self._window.help.follow(settings)
        self.tray.retranslate()
        self._show_awake()
        if self._page is not None:
            self._window.documents.rename(self._page, tr("Settings"))

    def _show_awake(self) -> None:
        self._window.status.show_awake(self.awake.state, self.awake.sentence())

    def _panel(self, name: str) -> None:
        if name == POWER:
            self._open_setting("awake")

    def _closed(self, document: QWidget) -> None:
        if document is self._page:
            self._page = None


def _setting_names() -> Mapping[str, str]:
    from desktop_app.gui.settings_page import NAMES

    return NAMES
