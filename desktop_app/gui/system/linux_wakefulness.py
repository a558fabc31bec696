"""Keeping a Linux desktop awake, over D-Bus: by every service that is there, since each desktop listens to another.

Only falling asleep by itself is held off: whoever closes the lid or chooses Suspend means it. All of it is bound to our
connections, so that it ends with them, however this process ends.
"""

import logging
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from desktop_app.config import APP_ID
from desktop_app.gui.i18n import tr_later
from desktop_app.gui.system.unable import Unable

_log = logging.getLogger(__name__)
_WHO, _WHY = "Strongroom", "Trading bots are running"
_SECONDS = 3.0
_SUSPEND = 4  # the bit for it, in the session manager's and in the portal's flags
BusName = Literal["SYSTEM", "SESSION"]


class Bus(Protocol):
    """A connection, as jeepney makes it."""

    def send_and_get_reply(self, message: Any, *, timeout: float | None = None) -> Any: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Way:
    bus: BusName
    service: str
    path: str
    interface: str
    signature: str
    arguments: tuple[Any, ...]


WAYS = (
    # The system's own: what decides where no desktop does.
    _Way("SYSTEM", "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager", "ssss",
         ("idle", _WHO, _WHY, "block")),
    # GNOME and its kin.
    _Way("SESSION", "org.gnome.SessionManager", "/org/gnome/SessionManager", "org.gnome.SessionManager", "susu",
         (APP_ID, 0, _WHY, _SUSPEND)),
    # KDE, Xfce.
    _Way("SESSION", "org.freedesktop.PowerManagement", "/org/freedesktop/PowerManagement/Inhibit",
         "org.freedesktop.PowerManagement.Inhibit", "ss", (_WHO, _WHY)),
    # From inside a sandbox, and the desktops that have only this.
    _Way("SESSION", "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop",
         "org.freedesktop.portal.Inhibit", "sua{sv}", ("", _SUSPEND, {"reason": ("s", _WHY)})),
)  # fmt: skip


def open_bus(name: BusName) -> Bus:
    """Raises whatever comes of a bus that is not there."""
    from jeepney.io.blocking import open_dbus_connection

    bus: Bus = open_dbus_connection(name, enable_fds=name == "SYSTEM")
    return bus


class Inhibitors:
    """Held by the system's service and by the first of the session's that answers; one of them is enough."""

    def __init__(self, open_bus: Callable[[BusName], Bus] = open_bus) -> None:
        self._open_bus = open_bus
        self._held: list[Any] = []  # what ends it when it is closed
        self.services: tuple[str, ...] = ()

    def hold(self) -> None:
        if self._held:
            return
        services: list[str] = []
        names: tuple[BusName, ...] = ("SYSTEM", "SESSION")
        for name in names:
            services += self._hold_by(name, [way for way in WAYS if way.bus == name])
        self.services = tuple(services)
        if not services:
            raise Unable(
                tr_later("No service of this desktop keeps the computer awake. Switch off sleep in its power settings.")
            )

    def let_go(self) -> None:
        held, self._held, self.services = self._held, [], ()
        for one in held:
            with suppress(OSError):
                one.close()

    def _hold_by(self, name: BusName, ways: list[_Way]) -> list[str]:
        try:
            bus = self._open_bus(name)
        except Exception as error:  # noqa: BLE001 - no bus, a wrong address, a server that says no: none is a bug of ours
            _log.info("no %s bus to keep the computer awake by: %s", name.lower(), type(error).__name__)
            return []
        for way in ways:
            descriptor = self._ask(bus, way)
            if descriptor is not _REFUSED:
                self._held += [one for one in (descriptor, bus) if one is not None]
                return [way.service]
        with closing(bus):
            return []

    def _ask(self, bus: Bus, way: _Way) -> Any:
        """A descriptor whose end ends it; None where the connection's end does."""
        from jeepney import DBusAddress, MessageType, new_method_call

        address = DBusAddress(way.path, way.service, way.interface)
        try:
            reply = bus.send_and_get_reply(
                new_method_call(address, "Inhibit", way.signature, way.arguments), timeout=_SECONDS
            )
        except Exception as error:  # noqa: BLE001 - the bus went away, or answered something that is no D-Bus
            _log.info("%s did not answer: %s", way.service, type(error).__name__)
            return _REFUSED
        if reply.header.message_type is not MessageType.method_return:
            return _REFUSED
        given = reply.body[0] if reply.body else None
        return given if hasattr(given, "fileno") else None


_REFUSED = object()
