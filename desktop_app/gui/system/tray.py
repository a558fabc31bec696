"""The icon in the tray: what the bots do, without a number anybody could read over a shoulder, and the way back in."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from desktop_app.gui import wording
from desktop_app.gui.bridge import Bridge
from desktop_app.gui.i18n import tr
from desktop_app.gui.known import Known
from desktop_app.gui.system.panel_watch import PanelWatch, session_bus
from desktop_app.gui.system.tray_marks import State, tray_icon

if TYPE_CHECKING:
    from desktop_app.gui.main_window import MainWindow

_LOOK_MS = 5_000  # trays come after the login and go with a crashed panel
_MUTE_MS = 3_600_000


class Tray(QObject):
    """There only where the desktop has one. If it goes away, a hidden window comes back: nobody would find it."""

    def __init__(
        self,
        window: MainWindow,
        bridge: Bridge,
        *,
        is_available: Callable[[], bool] = QSystemTrayIcon.isSystemTrayAvailable,
    ) -> None:
        super().__init__(window)
        self._window, self._bridge, self._asks_qt = window, bridge, is_available
        self.panel = PanelWatch(session_bus(), self)
        self.panel.changed.connect(self.look)
        self.menu = QMenu(window)
        self.head, self.show_window, self.mute = QAction(self), QAction(self), QAction(self)
        self.pause, self.panic, self.quit = QAction(self), QAction(self), QAction(self)
        self.icon = QSystemTrayIcon(self)
        self.state: State = "idle"
        self._muted = QTimer(self)
        self._muted.setSingleShot(True)
        self._muted.setInterval(_MUTE_MS)
        self._muted.timeout.connect(lambda: self.mute.setChecked(False))
        self._looking = QTimer(self)
        self._looking.setInterval(_LOOK_MS)
        self._looking.timeout.connect(self.look)
        self._fill()
        self._connect()
        self._looking.start()
        self.refresh()
        self.look()

    def _is_available(self) -> bool:
        return self._asks_qt() and not self.panel.is_gone

    @property
    def is_there(self) -> bool:
        return self.icon.isVisible() and self._is_available()

    @property
    def is_muted(self) -> bool:
        return self.mute.isChecked()

    def look(self) -> None:
        """Whether the desktop has a tray now."""
        is_available = self._is_available()
        if is_available != self.icon.isVisible():
            self.icon.setVisible(is_available)
        if not is_available and self._window.isHidden() and self._bridge.is_listening:
            self._window.showMinimized()

    def stop(self) -> None:
        self._looking.stop()
        self.icon.hide()

    def refresh(self, *_: object) -> None:
        state = state_of(self._bridge.known, is_attached=self._bridge.is_attached)
        self.state = state
        self.icon.setIcon(tray_icon(state))
        self.icon.setToolTip(f"Strongroom — {_state_words(state)}")
        self.head.setText(_head(self._bridge.known))

    def retranslate(self) -> None:
        self.show_window.setText(tr("Show window"))
        self.pause.setText(tr("Pause all bots…"))
        self.mute.setText(tr("Mute notifications for 1 hour"))
        self.panic.setText(tr("PANIC…"))
        self.quit.setText(tr("Quit…"))
        self.refresh()

    # --- inside

    def _fill(self) -> None:
        self.head.setEnabled(False)
        self.mute.setCheckable(True)
        commands = (self.head, None, self.show_window, None, self.pause, self.mute, None, self.panic, None, self.quit)
        for action in commands:
            if action is None:
                self.menu.addSeparator()
            else:
                self.menu.addAction(action)
        self.icon.setContextMenu(self.menu)
        self.retranslate()

    def _connect(self) -> None:
        bridge, window = self._bridge, self._window
        for told in (bridge.bots_changed, bridge.bots_gone, bridge.accounts_changed, bridge.reloaded):
            told.connect(self.refresh)
        self.icon.activated.connect(self._activated)
        self.icon.messageClicked.connect(window.come_to_front)
        self.show_window.triggered.connect(window.come_to_front)
        self.pause.triggered.connect(lambda: self._in_front(window.commands.pause_all))
        self.panic.triggered.connect(lambda: self._in_front(window.commands.panic))
        self.quit.triggered.connect(lambda: self._in_front(window.commands.quit))
        app = QGuiApplication.instance()
        if sys.platform == "darwin" and isinstance(app, QGuiApplication):  # a click on the Dock
            app.applicationStateChanged.connect(self._application_changed)
        self.mute.toggled.connect(lambda is_on: self._muted.start() if is_on else self._muted.stop())

    def _in_front(self, action: QAction) -> None:
        """What asks, asks in front of the window; nothing is done from the menu alone."""
        self._window.come_to_front()
        action.trigger()

    def _application_changed(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive and self._window.isHidden():
            self._window.come_to_front()

    def _activated(self, how: QSystemTrayIcon.ActivationReason) -> None:
        if how in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self._window.come_to_front()


def state_of(known: Known, *, is_attached: bool) -> State:
    """The worst that anybody should know of."""
    bots = known.bots.values()
    at_work = {bot.account for bot in bots if bot.status in ("running", "paused", "held")}
    if any(bot.status == "held" for bot in bots):
        return "attention"
    if is_attached and any(not view.is_live_feed for view in known.accounts.values() if view.name in at_work):
        return "offline"
    return "running" if any(bot.status == "running" for bot in bots) else "idle"


def _state_words(state: State) -> str:
    words: dict[State, str] = {
        "idle": tr("no bot is running"),
        "running": tr("bots are running"),
        "attention": tr("a bot needs attention"),
        "offline": tr("no prices"),
    }
    return words[state]


def _head(known: Known) -> str:
    """ "2 bots running, 1 paused · PAPER" """
    bots = [bot for bot in known.bots.values() if bot.status in ("running", "paused", "held")]
    running, paused = (sum(bot.status == status for bot in bots) for status in ("running", "paused"))
    words = tr("1 bot running") if running == 1 else tr("{count} bots running").format(count=running)
    if not running:
        words = tr("No bot is running")
    if paused:
        words = tr("{running}, {count} paused").format(running=words, count=paused)
    modes = {bot.mode for bot in bots}
    badge = wording.mode_word("live" if "live" in modes else "paper") if modes else ""
    return f"{words} · {badge}" if badge else words
