"""API keys on their way through the program: values that never show what they hold unless they are asked to."""

from dataclasses import dataclass, field
from typing import NoReturn

_MASK = "•••"
_TAIL = 4
_SHORTEST_WITH_TAIL = 12


class Secret:
    """A text that prints as dots, whoever prints it. `reveal` is for the keyring and for whoever signs requests."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return _MASK

    def __str__(self) -> str:
        return _MASK

    def __format__(self, spec: str) -> str:
        return _MASK

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(_MASK)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is never written anywhere")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What opens an account at an exchange. `password`: the passphrase that some exchanges add to a key."""

    api_key: Secret
    secret: Secret
    password: Secret = field(default_factory=lambda: Secret(""))

    @property
    def tail(self) -> str:
        """How people tell keys apart: the last characters of the (public) key, never of the secret."""
        key = self.api_key.reveal()
        return "…" + key[-_TAIL:] if len(key) >= _SHORTEST_WITH_TAIL else "…"

    def parts(self) -> tuple[tuple[str, Secret], ...]:
        return (("api_key", self.api_key), ("secret", self.secret), ("password", self.password))
