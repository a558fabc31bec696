"""Whether a Linux desktop's panel is still there: Qt asks for a tray over D-Bus once, at the start, and never again."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:  # other systems do not need it, nor have it everywhere
    from PySide6.QtDBus import QDBusConnection

_SERVICE = "org.kde.StatusNotifierWatcher"  # the trays of KDE, Xfce, Cinnamon, and of GNOME's extension
_PLATFORMS = ("xcb", "wayland", "wayland-egl")


def session_bus() -> QDBusConnection | None:
    """The bus that Qt uses itself; None where there is none to ask."""
    if sys.platform != "linux" or "DBUS_SESSION_BUS_ADDRESS" not in os.environ:
        return None
    from PySide6.QtDBus import QDBusConnection

    return QDBusConnection.sessionBus() if QGuiApplication.platformName() in _PLATFORMS else None


class PanelWatch(QObject):
    """Hears of it as it happens, and asks nobody anything."""

    changed = Signal()

    def __init__(self, bus: QDBusConnection | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_gone = False  # only of a panel that was there
        if bus is None or not bus.isConnected():
            return
        from PySide6.QtDBus import QDBusServiceWatcher

        self._watcher = QDBusServiceWatcher(
            _SERVICE, bus, QDBusServiceWatcher.WatchModeFlag.WatchForOwnerChange, self
        )  # fmt: skip
        self._watcher.serviceOwnerChanged.connect(self._owner_changed)

    def _owner_changed(self, _service: str, _before: str, after: str) -> None:
        self.is_gone = not after
        self.changed.emit()
