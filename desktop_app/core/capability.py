"""What an exchange can do, as far as the program is concerned."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much of an exchange was tried before anybody relied on it."""

    FULL = "full"  # orders, fills, streams, refusals and recovery, against a stand-in built from its documents
    CHECKED = "checked"  # orders and refusals through the same library, against made-up answers in its form
    CONNECTABLE = "connectable"  # nothing of its own was tried; whatever is not understood counts as unknown


@dataclass(frozen=True, slots=True)
class Capability:
    """One exchange. `credentials` names what opens an account there; `can_trade`: it fits a key, secret and passphrase.

    `key_check`: it tells what a key may do, so that a key which can withdraw is found out.
    """

    id: str
    name: str
    level: Level
    can_trade: bool
    credentials: tuple[str, ...]
    key_check: bool
    websockets: bool
    private_stream: bool
    candles: bool
    stop_orders: bool
    cancel_all: bool
    sandbox: bool
    note: str = ""

    @property
    def needs_password(self) -> bool:
        return "password" in self.credentials
