"""Which keyring is used is decided here, by nobody's environment and by no settings file."""

import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.vault import VaultAbsent
from desktop_app.vault.keyrings import _ALLOWED, choose

ROOT = Path(__file__).resolve().parents[2]


def test_every_allowed_keyring_is_a_class_of_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib import import_module

    from keyring.backend import KeyringBackend

    for allowed in (one for those in _ALLOWED.values() for one in those):
        kind = getattr(import_module(allowed.module), allowed.name)
        assert issubclass(kind, KeyringBackend)


def test_without_a_session_bus_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nobody")

    if sys.platform.startswith("linux"):
        with pytest.raises(VaultAbsent):
            choose()


def test_a_system_that_we_do_not_know_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "amiga")

    with pytest.raises(VaultAbsent):
        choose()


def test_what_the_environment_wants_is_not_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = tmp_path / "python_keyring"
    config.mkdir()
    (config / "keyringrc.cfg").write_text("[backend]\ndefault-keyring=keyring.backends.null.Keyring\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nobody")

    if sys.platform.startswith("linux"):
        with pytest.raises(VaultAbsent):
            choose()


def test_nothing_of_it_is_loaded_before_it_is_needed() -> None:
    program = (
        "import sys; from desktop_app.vault import Vault; Vault('here');"
        "sys.exit(any(name in sys.modules for name in ('keyring', 'secretstorage', 'cryptography')))"
    )

    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
