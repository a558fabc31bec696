"""The keyrings that we trust, and how a key lies in them: a few entries, each checked when it is read.

Everything here blocks. It runs on the thread of a Line; only `load` runs where the end of the program waits for it.
"""

import hashlib
import os
import sys
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from desktop_app.core.said import said
from desktop_app.vault.problems import KeyDamaged, KeyMissing, KeyTooLong, VaultAbsent, VaultUnsafe

_USER = "strongroom"
# Windows keeps 1280 UTF-16 units an entry; an RSA key in PEM has some 1700 characters.
_CHUNK_UNITS = 1200
_MOST_CHUNKS = 16
_DIGEST_BYTES = 8


class Backend(Protocol):
    """What is used of keyring.backend.KeyringBackend."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


@dataclass(frozen=True, slots=True)
class _Allowed:
    """A keyring we trust. `may_ask`: it can put a question to the person before it answers."""

    module: str
    name: str
    label: str
    may_ask: bool = False


_SECRET_SERVICE = _Allowed("keyring.backends.SecretService", "Keyring", "Secret Service")
_ALLOWED = {
    "win32": (_Allowed("keyring.backends.Windows", "WinVaultKeyring", "Windows Credential Manager"),),
    "darwin": (_Allowed("keyring.backends.macOS", "Keyring", "macOS Keychain", may_ask=True),),
    "linux": (
        _SECRET_SERVICE,
        _Allowed("keyring.backends.libsecret", "Keyring", "libsecret", may_ask=True),
        _Allowed("keyring.backends.kwallet", "DBusKeyring", "KWallet", may_ask=True),
    ),
}
# They store in the clear, store nothing, or ask whatever else is installed.
_REFUSED_MODULES = ("keyring.backends.null", "keyring.backends.fail", "keyring.backends.chainer", "keyrings.")


@dataclass(frozen=True, slots=True)
class Keyring:
    backend: Backend
    label: str
    may_ask: bool = False
    is_secret_service: bool = False


def load() -> None:
    """Import what `choose` will want. A thread that the end of the program finds in an import of native code would
    take the whole process down with it, and a Line's thread may be found anywhere.
    """
    for allowed in _ALLOWED.get(sys.platform, ()):
        with suppress(ImportError):
            import_module(allowed.module)
            return


def choose() -> Keyring:
    """The first that works here of those we trust, whatever the environment or its settings file would choose."""
    for allowed in _ALLOWED.get(sys.platform, ()):
        try:
            kind = getattr(import_module(allowed.module), allowed.name)
            if kind.viable:
                return Keyring(_untouched(kind()), allowed.label, allowed.may_ask, allowed is _SECRET_SERVICE)
        except (ImportError, AttributeError):
            continue
    raise VaultAbsent(said("vault_absent"))


def _untouched(backend: Backend) -> Backend:
    """Without the properties that keyring takes from the environment: one of them chooses where things are kept."""
    for name in os.environ:
        if name.startswith("KEYRING_PROPERTY_"):
            vars(backend).pop(name.removeprefix("KEYRING_PROPERTY_").lower(), None)
    if hasattr(backend, "keychain"):
        backend.keychain = None
    return backend


def given(backend: Backend) -> Keyring:
    kind = type(backend)
    label = f"{kind.__module__}.{kind.__qualname__}"
    if kind.__module__.startswith(_REFUSED_MODULES):
        raise VaultUnsafe(said("vault_unsafe", keyring=label))
    return Keyring(backend, label)


def is_locked(_: Keyring) -> bool:
    """Whether the Secret Service would ask for a password first: to open it, or to set it up."""
    import secretstorage

    with closing(secretstorage.dbus_init()) as connection:
        try:
            return bool(secretstorage.Collection(connection).is_locked())
        except secretstorage.ItemNotFoundException:
            return True


def check_length(texts: Iterable[str]) -> None:
    if any(len(_chunks(text)) > _MOST_CHUNKS for text in texts):
        raise KeyTooLong(said("key_too_long", most=_MOST_CHUNKS * _CHUNK_UNITS))


def keep(keyring: Keyring, parts: list[tuple[str, str]]) -> None:
    try:
        for place, text in parts:
            _write(keyring.backend, place, text)
        _compare(keyring, parts)
    except Exception:
        for place, _ in parts:
            # Why it could not be kept is about to be told; that it cannot be wiped has the same reason.
            with suppress(Exception):
                wipe(keyring, [place])
        raise


def _compare(keyring: Keyring, parts: list[tuple[str, str]]) -> None:
    try:
        is_same = all(_read(keyring, place) == text for place, text in parts)
    except KeyDamaged:
        is_same = False
    if not is_same:
        raise VaultUnsafe(said("vault_unfaithful", keyring=keyring.label))


def fetch(keyring: Keyring, places: list[str]) -> list[str]:
    texts = [_read(keyring, place) for place in places]
    whole = [text for text in texts if text is not None]
    if not whole:
        raise KeyMissing(said("key_missing", keyring=keyring.label))
    if len(whole) < len(texts):
        raise KeyDamaged(said("key_damaged", keyring=keyring.label))
    return whole


def look(keyring: Keyring, place: str) -> None:
    keyring.backend.get_password(place, _USER)


def prove(keyring: Keyring, place: str, text: str) -> None:
    keep(keyring, [(place, text)])
    wipe(keyring, [place])
    if _read(keyring, place) is not None:
        raise VaultUnsafe(said("vault_unfaithful", keyring=keyring.label))


def wipe(keyring: Keyring, places: Iterable[str]) -> None:
    from keyring.errors import PasswordDeleteError

    for place in places:
        for number in range(_MOST_CHUNKS):
            try:
                keyring.backend.delete_password(_chunk_place(place, number), _USER)
            except PasswordDeleteError:
                if keyring.backend.get_password(_chunk_place(place, number), _USER) is not None:
                    raise
                break


def _write(backend: Backend, place: str, text: str) -> None:
    chunks = _chunks(text)
    head = f"{len(chunks)}:{_digest(text)}:"
    for number, chunk in enumerate(chunks):
        backend.set_password(_chunk_place(place, number), _USER, chunk if number else head + chunk)


def _read(keyring: Keyring, place: str) -> str | None:
    first = keyring.backend.get_password(place, _USER)
    if first is None:
        return None
    count, _, rest = first.partition(":")
    digest, _, text = rest.partition(":")
    if count.isdecimal() and int(count) <= _MOST_CHUNKS:
        more = [keyring.backend.get_password(_chunk_place(place, number), _USER) for number in range(1, int(count))]
        text += "".join(chunk or "" for chunk in more)
        if _digest(text) == digest:
            return text
    raise KeyDamaged(said("key_damaged", keyring=keyring.label))


def _chunk_place(place: str, number: int) -> str:
    return f"{place}/{number}" if number else place


def _chunks(text: str) -> list[str]:
    # A character may be two of Windows' units.
    size = _CHUNK_UNITS if text.isascii() else _CHUNK_UNITS // 2
    return [text[start : start + size] for start in range(0, len(text), size)] or [""]


def _digest(text: str) -> str:
    return hashlib.blake2s(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).hexdigest()
