"""Shuts a Python process off from every network but loopback; found by the tests' child processes on their path."""

import ipaddress
import os
import sys
from typing import Any

RECORD = "STRONGROOM_TEST_CONNECTIONS"  # a file that gets a line for each attempt beyond loopback
_WATCHED = frozenset(
    {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"}
)


class BeyondLoopback(PermissionError):
    """A test tried to reach another machine."""


def is_loopback(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("idna")
    if host is None or host in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _WATCHED:
        return
    if event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host: object = arguments[0]
    else:
        address = arguments[-1]
        if not isinstance(address, tuple):
            return  # a socket of this machine, named by a path
        host = address[0]
    if not is_loopback(host):
        record = os.environ.get(RECORD)
        if record:
            with open(record, "a", encoding="utf-8") as file:  # noqa: PTH123 - nothing is imported here that need not be
                file.write(f"{event} {host}\n")
        raise BeyondLoopback(f"a test tried to reach {host} ({event})")


def shut() -> None:
    """From now on, for the whole life of this process."""
    if not getattr(sys, "_strongroom_loopback_only", False):
        sys._strongroom_loopback_only = True  # type: ignore[attr-defined]
        sys.addaudithook(_watch)


shut()
