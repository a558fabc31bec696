"""Where connections of one exchange may go, and what one call puts on the wire."""

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field

from desktop_app.exchange.live_config import is_loopback

LONGEST_ANSWER = 8 << 20
LONGEST_MARKETS = 32 << 20


class Barred(Exception):
    """Something that never is an answer of the exchange: a redirect, another host, an answer without end."""


@dataclass(slots=True)
class Wire:
    """What one call has put on the wire, and how much it may read. `changes` counts requests that are no GET."""

    longest: int = LONGEST_ANSWER
    is_urgent: bool = False
    requests: int = 0
    changes: int = 0


WIRE: ContextVar[Wire | None] = ContextVar("wire", default=None)


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where connections may go: these hosts, and everything under these domains."""

    exact: frozenset[str]
    domains: tuple[str, ...] = ()
    addresses: set[str] = field(default_factory=set)  # which the names were resolved to

    def allows(self, host: str) -> bool:
        host = host.lower().rstrip(".")
        return host in self.exact or any(host == one or host.endswith(f".{one}") for one in self.domains)

    @property
    def is_loopback(self) -> bool:
        return not self.domains and all(is_loopback(host) for host in self.exact)


def hosts_of(addresses: Iterable[str], domains: tuple[str, ...]) -> Hosts:
    return Hosts(frozenset(address.lower() for address in addresses if address), domains)
