"""Over a real message bus where there is one, with the desktop's services played by the test."""

import os
import select
import shutil
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop_app.gui.system.linux_wakefulness import Bus, BusName, Inhibitors, open_bus
from desktop_app.gui.system.unable import Unable
from tests.gui.system.message_bus import message_bus

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="other systems have other ways"),
    pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="no dbus-daemon here"),
]


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """One bus that plays both the system's and the session's."""
    with message_bus(tmp_path) as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address


class Service:
    """Answers Inhibit under one name; `calls` is what it was asked."""

    def __init__(self, address: str, name: str, *, gives: str) -> None:
        from jeepney.bus_messages import message_bus
        from jeepney.io.blocking import open_dbus_connection

        self.calls: list[tuple[Any, ...]] = []
        self._gives = gives
        self.kept, given = os.pipe()
        self._given = given
        self._bus = open_dbus_connection(address, enable_fds=True)
        self._bus.send_and_get_reply(message_bus.RequestName(name))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        from jeepney import MessageType, new_error, new_method_return
        from jeepney.fds import FileDescriptor

        while True:
            try:
                message = self._bus.receive()
            except (OSError, EOFError):
                return  # closed
            if message.header.message_type is not MessageType.method_call:
                continue
            self.calls.append(message.body)
            match self._gives:
                case "fd":
                    reply = new_method_return(message, "h", (FileDescriptor(self._given),))
                case "cookie":
                    reply = new_method_return(message, "u", (7,))
                case _:
                    reply = new_error(message, "org.freedesktop.DBus.Error.AccessDenied")
            self._bus.send(reply)
            del reply  # and with it our own end of the pipe, which it has taken over

    def close(self) -> None:
        self._bus.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._bus.close()
        os.close(self.kept)

    def is_let_go(self, seconds: float = 10) -> bool:
        """Nobody holds the other end of the pipe any more."""
        readable, _, _ = select.select([self.kept], [], [], seconds)
        return bool(readable) and os.read(self.kept, 1) == b""


def test_the_systems_and_the_desktops_service_both_hold_and_both_are_let_go(bus: str) -> None:
    system = Service(bus, "org.freedesktop.login1", gives="fd")
    desktop = Service(bus, "org.gnome.SessionManager", gives="cookie")
    opened: list[Any] = []

    def opening(name: BusName) -> Bus:
        bus = open_bus(name)
        opened.append(bus)
        return bus

    way = Inhibitors(opening)
    way.hold()
    way.hold()

    assert list(way.services) == ["org.freedesktop.login1", "org.gnome.SessionManager"]
    assert system.calls == [("idle", "Strongroom", "Trading bots are running", "block")]
    assert [call[3] for call in desktop.calls] == [4], "falling asleep, not the screen"
    was_let_go = system.is_let_go(0)

    way.let_go()
    way.let_go()
    assert (was_let_go, system.is_let_go(), len(way.services)) == (False, True, 0)
    assert len(opened) == 2 and {one.sock.fileno() for one in opened} == {-1}, "what the connections held is over"
    system.close()
    desktop.close()


@pytest.mark.parametrize("name", ["org.freedesktop.PowerManagement", "org.freedesktop.portal.Desktop"])
def test_other_desktops_have_other_services(bus: str, name: str) -> None:
    refusing = Service(bus, "org.gnome.SessionManager", gives="nothing")
    service = Service(bus, name, gives="cookie")
    way = Inhibitors()
    way.hold()
    assert way.services == (name,) and len(service.calls) == 1
    way.let_go()
    refusing.close()
    service.close()


def test_where_no_service_is_or_wants_to_it_is_a_sentence(bus: str) -> None:
    with pytest.raises(Unable, match="No service of this desktop"):
        Inhibitors().hold()
    refusing = Service(bus, "org.freedesktop.login1", gives="nothing")
    with pytest.raises(Unable):
        Inhibitors().hold()
    refusing.close()


def test_without_a_bus_it_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/gone")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    with pytest.raises(Unable, match="power settings"):
        Inhibitors().hold()
