"""What can be the matter with a keyring or a key in it, each as a sentence with a remedy."""

from dataclasses import dataclass
from typing import Literal

from desktop_app.core.said import Said, said

Kind = Literal["ok", "locked", "absent", "unsafe", "silent"]


@dataclass(frozen=True, slots=True)
class VaultState:
    """`remedy` says what it means and what to do."""

    kind: Kind
    backend: str
    remedy: Said


class VaultProblem(Exception):
    """`said` is the sentence for people; `refusal` the code under which an exchange without its key refuses."""

    kind: Kind = "silent"
    refusal = "no_keyring"

    def __init__(self, what: Said) -> None:
        super().__init__(what.code)
        self.said = what


class VaultLocked(VaultProblem):
    """It is there and closed, or not set up yet, and nobody opened it when it asked."""

    kind: Kind = "locked"
    refusal = "key_locked"


class VaultAbsent(VaultProblem):
    """This session has no keyring that we trust."""

    kind: Kind = "absent"


class VaultUnsafe(VaultProblem):
    """It would keep keys where others can read them, or does not give back what it was given."""

    kind: Kind = "unsafe"


class VaultSilent(VaultProblem):
    """No answer in time."""

    refusal = "key_locked"


class KeyMissing(VaultProblem):
    """The keyring works and has nothing under this name."""

    kind: Kind = "ok"
    refusal = "key_missing"


class KeyDamaged(KeyMissing):
    """A part is gone or changed, so there is no whole key any more."""


class KeyTooLong(VaultProblem):
    """No exchange has keys of that length."""

    kind: Kind = "ok"


def problem_of(error: Exception, label: str) -> VaultProblem:
    """What a backend's exception means; its text is left out, for nobody knows what it repeats."""
    names = {kind.__name__ for kind in type(error).__mro__}
    cause = type(error.__cause__).__name__
    if {"NoKeyringError", "SecretServiceNotAvailableException", "ConnectionError", "EOFError"} & names:
        return VaultAbsent(said("vault_absent"))
    if cause == "SecretServiceNotAvailableException":
        return VaultAbsent(said("vault_absent"))
    if {"KeyringLocked", "InitError", "LockedException", "PromptDismissedException"} & names:
        return VaultLocked(said("vault_locked", keyring=label))
    return VaultProblem(said("vault_failed", keyring=label, reason=type(error).__name__))
