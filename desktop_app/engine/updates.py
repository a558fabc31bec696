"""Whether there is a newer version: one question to one address, asked only when somebody wants to know.

It carries nothing about who asks, follows nobody elsewhere, and takes from the answer a number and nothing else:
nothing is downloaded, no address in the answer is ever shown or opened.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from desktop_app.engine.problem import FAILED, problem

if TYPE_CHECKING:  # the window knows the addresses before its first paint, and rarely asks
    import http.client
    import ssl

# Whoever publishes this program from somewhere else changes it here, and nowhere else.
PROJECT = "strongroom-app/strongroom"
RELEASES = f"https://api.github.com/repos/{PROJECT}/releases/latest"
PAGE = f"https://github.com/{PROJECT}/releases"

_SECONDS = 10.0
_MOST_BYTES = 256_000
_HEADERS = {"User-Agent": "Strongroom", "Accept": "application/vnd.github+json", "Connection": "close"}
_VERSION = re.compile(r"v?(\d{1,5})\.(\d{1,5})\.(\d{1,5})", re.ASCII)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")

Version = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Newest:
    """What the project's page offers, compared with what runs."""

    version: str
    is_newer: bool


def look_for_newest(running: str, address: str = RELEASES) -> Newest:
    """Ask once. Blocks for up to ten seconds a step: it is for a thread that has nothing else to do.

    Raises:
        Problem: it could not be learnt.
    """
    newest = read_version(_tag(_answer(address)))
    return Newest(".".join(map(str, newest)), newest > read_version(running))


def read_version(text: str) -> Version:
    """Raises Problem: it is no version of ours; a pre-release is none that anybody is told of."""
    found = _VERSION.fullmatch(text)
    if found is None:
        raise problem("updates_not_understood", FAILED)
    first, second, third = map(int, found.groups())
    return first, second, third


def _tag(answer: bytes) -> str:
    try:
        told = json.loads(answer)
        tag = told["tag_name"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise problem("updates_not_understood", FAILED) from None
    if not isinstance(tag, str):
        raise problem("updates_not_understood", FAILED)
    return tag


def _answer(address: str) -> bytes:
    """The answer's body. No proxy, cookie or credential of the environment has a part in it."""
    import http.client

    parts = urlsplit(address)
    host = parts.hostname or ""
    link: http.client.HTTPConnection
    if parts.scheme == "https":
        link = http.client.HTTPSConnection(host, parts.port, timeout=_SECONDS, context=_tls())
    elif host in _LOOPBACK:
        link = http.client.HTTPConnection(host, parts.port, timeout=_SECONDS)
    else:
        raise problem("updates_unreachable", FAILED, reason="not encrypted")
    try:
        link.request("GET", parts.path, headers=_HEADERS)
        response = link.getresponse()
        if response.status != http.client.OK:  # a redirect, too: a network that asks for a login answers like that
            raise problem("updates_refused", FAILED, status=response.status)
        body = _body(response)
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise problem("updates_unreachable", FAILED, reason=reason) from None
    finally:
        link.close()
    return body


def _body(response: http.client.HTTPResponse) -> bytes:
    """Whoever sends much, or little by little without end, is not listened to. Raises Problem, OSError."""
    body, ends_at = b"", time.monotonic() + _SECONDS
    while part := response.read1(_MOST_BYTES):
        body += part
        if len(body) > _MOST_BYTES or time.monotonic() > ends_at:
            raise problem("updates_not_understood", FAILED)
    return body


def _tls() -> ssl.SSLContext:
    """The certificates that ship with the program: a frozen one finds none of the system's everywhere."""
    import ssl

    import certifi

    context = ssl.create_default_context(cafile=certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
