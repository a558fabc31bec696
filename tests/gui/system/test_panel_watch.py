"""A panel that crashes while the window is hidden in its tray: over a real message bus, where there is one."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtDBus import QDBusConnection
from pytestqt.qtbot import QtBot

from desktop_app.gui.system.panel_watch import PanelWatch, session_bus
from tests.gui.system.message_bus import message_bus

NAME = "org.kde.StatusNotifierWatcher"


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[str]:
    if sys.platform != "linux" or shutil.which("dbus-daemon") is None:
        pytest.skip("no dbus-daemon here")
    with message_bus(tmp_path) as address:
        yield address


def test_a_panel_that_goes_and_comes_is_heard_of(qtbot: QtBot, bus: str) -> None:
    ours = QDBusConnection.connectToBus(bus, "ours")
    theirs = QDBusConnection.connectToBus(bus, "theirs")
    assert theirs.registerService(NAME)
    watch = PanelWatch(ours)
    # One answer later the bus knows for certain what is listened for.
    assert ours.interface().isServiceRegistered(NAME).value()
    heard = [watch.is_gone]
    with qtbot.waitSignal(watch.changed, timeout=20_000):
        theirs.unregisterService(NAME)
    heard.append(watch.is_gone)
    with qtbot.waitSignal(watch.changed, timeout=20_000):
        theirs.registerService(NAME)
    heard.append(watch.is_gone)
    for name in ("ours", "theirs"):
        QDBusConnection.disconnectFromBus(name)
    assert heard == [False, True, False]


def test_without_a_desktop_nobody_is_asked(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    assert session_bus() is None, "tests have no screen"
    assert not PanelWatch(None).is_gone
