"""Client order ids: deterministic, within every exchange's limits, and readable from the exchange alone."""

from dataclasses import dataclass
from hashlib import blake2s

from desktop_app.core.change import quick
from desktop_app.core.order import Role

LENGTH = 28  # hexadecimal characters: the shortest limit among the exchanges (Gate)
_VERSION = 1
_FIELDS = (("version", 4), ("install", 12), ("bot", 16), ("deal", 20), ("role", 4), ("index", 12), ("serial", 20))
_MAC_BITS = 24
_ROLES = tuple(Role)
_NUMBERS = {role: number for number, role in enumerate(_ROLES)}


@dataclass(frozen=True, slots=True)
class BotIdentity:
    """Who makes orders: goes into every client id. `key` signs the ids of this installation."""

    bot_id: int
    install: int = 0
    key: bytes = b"strongroom"


@quick
@dataclass(frozen=True, slots=True)
class Origin:
    """Whose order an id stands for. `serial` counts the orders of a deal, so no id is ever used twice."""

    install: int
    bot: int
    deal: int
    role: Role
    index: int
    serial: int


def make_client_id(origin: Origin, key: bytes) -> str:
    """28 hexadecimal characters: the origin and a keyed check, so that others' orders cannot pass for ours."""
    install, bot, deal, index, serial = origin.install, origin.bot, origin.deal, origin.index, origin.serial
    # What is left beyond its bits would spoil the field before; a negative number leaves everything.
    assert not (install >> 12 or bot >> 16 or deal >> 20 or index >> 12 or serial >> 20), f"{origin} does not fit"
    packed = ((_VERSION << 12 | install) << 16 | bot) << 20 | deal
    packed = ((packed << 4 | _NUMBERS[origin.role]) << 12 | index) << 20 | serial
    return f"{packed << _MAC_BITS | _mac(packed, key):0{LENGTH}x}"


def read_client_id(client_id: str, key: bytes) -> Origin | None:
    """The origin of one of our own ids, or None when it is somebody else's."""
    if len(client_id) != LENGTH or not set(client_id) <= set("0123456789abcdef"):
        return None
    number = int(client_id, 16)
    packed = number >> _MAC_BITS
    if number & (1 << _MAC_BITS) - 1 != _mac(packed, key):
        return None
    values: list[int] = []
    for _, bits in reversed(_FIELDS):
        values.append(packed & (1 << bits) - 1)
        packed >>= bits
    serial, index, role, deal, bot, install, version = values
    if version != _VERSION or role >= len(_ROLES):
        return None
    return Origin(install, bot, deal, _ROLES[role], index, serial)


def _mac(packed: int, key: bytes) -> int:
    digest = blake2s(packed.to_bytes(11, "big"), key=key, digest_size=_MAC_BITS // 8).digest()
    return int.from_bytes(digest, "big")
