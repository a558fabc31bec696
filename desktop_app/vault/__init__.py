"""API keys in the operating system's keyring, and in a sentence why that does not work today."""

from desktop_app.vault.problems import (
    KeyDamaged,
    KeyMissing,
    KeyTooLong,
    VaultAbsent,
    VaultLocked,
    VaultProblem,
    VaultSilent,
    VaultState,
    VaultUnsafe,
)
from desktop_app.vault.vault import Vault, fingerprint

__all__ = [
    "KeyDamaged",
    "KeyMissing",
    "KeyTooLong",
    "Vault",
    "VaultAbsent",
    "VaultLocked",
    "VaultProblem",
    "VaultSilent",
    "VaultState",
    "VaultUnsafe",
    "fingerprint",
]
