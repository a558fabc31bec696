"""The vault on a real Secret Service: gnome-keyring in a D-Bus session that the tests start."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.core.credentials import Credentials, Secret
from desktop_app.vault import (
    KeyDamaged,
    KeyMissing,
    Vault,
    VaultAbsent,
    VaultLocked,
    VaultSilent,
    fingerprint,
)
from tests.secret_service import SecretService, secret_service, skip_without_secret_service

pytestmark = pytest.mark.needs_keyring

ROOT = Path(__file__).resolve().parents[2]
NAME = "0123456789abcdef"
PLACE = f"strongroom/here/{NAME}"
KEY = Credentials(Secret("k" * 64), Secret("-----BEGIN PRIVATE KEY-----\n" + "密x" * 900), Secret("pass phrase"))
MARK_KEY = bytes(range(32))


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    skip_without_secret_service()
    with secret_service() as running:
        use(running, monkeypatch)
        yield running


def use(service: SecretService, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in service.changes.items():
        monkeypatch.setenv(name, value)


def _run(program: str, service: SecretService) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=service.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_a_key_is_stored_read_and_deleted(service: SecretService) -> None:
    vault = Vault("here")

    await vault.keep(NAME, KEY)

    assert await Vault("here").fetch(NAME) == KEY
    entries = service.entries()
    assert {place.removeprefix(PLACE) for place in entries} == {
        "/api_key",
        "/secret",
        "/secret/1",
        "/secret/2",
        "/secret/3",
        "/password",
    }
    await vault.forget(NAME)
    assert service.entries() == {}
    with pytest.raises(KeyMissing):
        await vault.fetch(NAME)


async def test_it_says_where_keys_are_kept_and_proves_it(service: SecretService) -> None:
    vault = Vault("here")

    state = await vault.state()
    await vault.self_test()

    assert (state.kind, state.backend) == ("ok", "Secret Service")
    assert service.entries() == {}


async def test_another_process_reads_what_this_one_kept(service: SecretService) -> None:
    await Vault("here").keep(NAME, KEY)
    program = (
        "import asyncio; from desktop_app.vault import Vault, fingerprint;"
        f"print(fingerprint(asyncio.run(Vault('here').fetch({NAME!r})), bytes(range(32))))"
    )

    done = _run(program, service)

    assert done.stdout.strip() == fingerprint(KEY, MARK_KEY)


async def test_keys_outlive_the_service(service: SecretService) -> None:
    vault = Vault("here")
    await vault.keep(NAME, KEY)

    service.stop_keyring()
    with pytest.raises(VaultAbsent):
        await vault.fetch(NAME)
    assert (await vault.state()).kind == "absent"

    service.start_keyring()
    assert await vault.fetch(NAME) == KEY


async def test_locked_while_it_runs_is_told_at_once_and_nothing_is_lost(service: SecretService) -> None:
    vault = Vault("here")
    await vault.keep(NAME, KEY)

    service.lock()

    assert (await vault.state()).kind == "locked"
    with pytest.raises(VaultLocked):
        await vault.fetch(NAME)
    with pytest.raises(VaultLocked):
        await vault.keep("another", KEY)
    with pytest.raises(VaultLocked):
        await vault.forget(NAME)

    service.stop_keyring()
    service.start_keyring()
    assert await vault.fetch(NAME) == KEY
    assert set(service.entries()) == {place for place in service.entries() if place.startswith(PLACE)}


async def test_a_keyring_with_another_password_is_a_locked_one(service: SecretService) -> None:
    vault = Vault("here")
    await vault.keep(NAME, KEY)

    service.stop_keyring()
    service.start_keyring(password="not this")

    with pytest.raises(VaultLocked):
        await vault.fetch(NAME)


async def test_a_keyring_set_up_anew_has_no_key(service: SecretService) -> None:
    vault = Vault("here")
    await vault.keep(NAME, KEY)

    service.lose()

    with pytest.raises(KeyMissing):
        await vault.fetch(NAME)


async def test_an_entry_deleted_or_emptied_by_hand_is_damage(service: SecretService) -> None:
    vault = Vault("here")
    await vault.keep(NAME, KEY)
    service.put(f"{PLACE}/api_key", "")
    with pytest.raises(KeyDamaged):
        await vault.fetch(NAME)

    await vault.keep(NAME, KEY)
    service.delete(f"{PLACE}/secret/2")
    with pytest.raises(KeyDamaged):
        await vault.fetch(NAME)


async def test_another_key_under_the_same_name_is_noticed(service: SecretService) -> None:
    vault = Vault("here")
    await vault.keep(NAME, KEY)
    mark = fingerprint(KEY, MARK_KEY)
    assert fingerprint(await vault.fetch(NAME), MARK_KEY) == mark

    await Vault("here").keep(NAME, Credentials(Secret("other"), Secret("other"), Secret("")))

    assert fingerprint(await vault.fetch(NAME), MARK_KEY) != mark


async def test_a_service_that_hangs_is_given_up_and_works_when_it_wakes(service: SecretService) -> None:
    await Vault("here").keep(NAME, KEY)
    hasty = Vault("here", patience=0.2)

    service.hang()
    with pytest.raises(VaultSilent):
        await hasty.fetch(NAME)
    assert (await hasty.state()).kind == "silent"

    service.wake()
    assert await Vault("here", patience=60).fetch(NAME) == KEY


def test_a_service_that_hangs_does_not_keep_the_program_from_ending(service: SecretService) -> None:
    program = (
        "import asyncio; from desktop_app.vault import Vault;"
        "print(asyncio.run(Vault('here', patience=0.2).state()).kind)"
    )
    service.hang()

    done = _run(program, service)

    assert (done.returncode, done.stdout, done.stderr) == (0, "silent\n", "")


async def test_a_keyring_that_was_never_set_up_is_a_locked_one(monkeypatch: pytest.MonkeyPatch) -> None:
    skip_without_secret_service()
    with secret_service(is_locked=True) as service:
        use(service, monkeypatch)

        assert (await Vault("here").state()).kind == "locked"
        with pytest.raises(VaultLocked):
            await Vault("here").keep(NAME, KEY)


async def test_a_bus_without_a_keyring_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    skip_without_secret_service()
    with secret_service(has_keyring=False) as service:
        use(service, monkeypatch)
        vault = Vault("here")

        assert (await vault.state()).kind == "absent"
        with pytest.raises(VaultAbsent):
            await vault.keep(NAME, KEY)

        service.start_keyring()
        await vault.keep(NAME, KEY)
        assert await vault.fetch(NAME) == KEY


async def test_no_variable_and_no_settings_file_leads_keys_elsewhere(
    service: SecretService, monkeypatch: pytest.MonkeyPatch
) -> None:
    null = "keyring.backends.null.Keyring"
    config = Path(service.changes["XDG_CONFIG_HOME"]) / "python_keyring"
    config.mkdir(parents=True)
    (config / "keyringrc.cfg").write_text(f"[backend]\ndefault-keyring={null}\n", encoding="utf-8")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", null)
    monkeypatch.setenv("KEYRING_PROPERTY_SCHEME", "KeePassXC")
    monkeypatch.setenv("KEYRING_PROPERTY_PREFERRED_COLLECTION", "/org/freedesktop/secrets/collection/session")

    await Vault("here").keep(NAME, KEY)

    assert len(service.entries()) == 6
