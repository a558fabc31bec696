"""Secrets of bots: random, renewable, in the keyring, and compared without telling anything."""

import hmac
from pathlib import Path

import pytest

from desktop_app.core.credentials import Secret
from desktop_app.engine.problem import Problem
from desktop_app.engine.signal_keys import SignalKeys
from desktop_app.store.db import Store
from desktop_app.vault import Vault
from tests.vault.toy_keyrings import BrokenKeyring, ToyKeyring

KEY = b"k" * 16


async def test_a_secret_is_long_random_and_found_again(tmp_path: Path) -> None:
    store, keyring = await Store.open(tmp_path, clock=lambda: 1), ToyKeyring()
    keys = SignalKeys(store, Vault("t", backend=keyring), KEY)
    assert await keys.load(1) is None
    first, second = await keys.make(1), await keys.make(2)
    assert len(first.reveal()) >= 43
    assert first != second
    again = SignalKeys(store, Vault("t", backend=keyring), KEY)
    assert await again.load(1) == first
    assert again.uuid_of(1) == keys.uuid_of(1) != keys.uuid_of(2)
    assert SignalKeys(store, None, b"o" * 16).uuid_of(1) != keys.uuid_of(1)
    await store.close()


async def test_only_the_bots_own_secret_is_right_and_a_new_one_ends_the_old(tmp_path: Path) -> None:
    store, keyring = await Store.open(tmp_path, clock=lambda: 1), ToyKeyring()
    keys = SignalKeys(store, Vault("t", backend=keyring), KEY)
    first, second = await keys.make(1), await keys.make(2)
    assert keys.is_right(1, first)
    assert not keys.is_right(1, second)
    assert not keys.is_right(3, first)
    assert not keys.is_right(1, Secret(""))
    assert not keys.is_right(1, Secret("\ud800"))
    proof = hmac.digest(first.reveal().encode(), b"1.body", "sha256").hex()
    assert keys.has_signed(1, b"1.body", proof.upper())
    assert not keys.has_signed(1, b"2.body", proof)
    assert not keys.has_signed(2, b"1.body", proof)
    assert not keys.has_signed(1, b"1.body", "ü")
    renewed = await keys.make(1)
    assert not keys.is_right(1, first)
    assert keys.is_right(1, renewed)
    assert not any(first.reveal() in text for text in keyring.entries.values())
    assert keys.masked(f"x {renewed.reveal()} y") == "x ••• y"
    await keys.forget(1)
    assert not keys.is_right(1, renewed)
    assert await keys.load(1) is None
    await store.close()


async def test_without_a_safe_keyring_there_are_no_secrets(tmp_path: Path) -> None:
    store = await Store.open(tmp_path, clock=lambda: 1)
    for vault in (None, Vault("t", backend=BrokenKeyring(OSError("no")))):
        keys = SignalKeys(store, vault, KEY)
        with pytest.raises(Problem) as refused:
            await keys.make(1)
        assert refused.value.exit_status == 3
        assert await keys.load(1) is None
        assert not keys.has(1)
    await store.set_meta("signal_secret/1", '{"name": "signal-gone"}')
    assert await SignalKeys(store, Vault("t", backend=ToyKeyring()), KEY).load(1) is None
    await store.close()


async def test_without_a_safe_keyring_a_secret_lasts_until_the_end(tmp_path: Path) -> None:
    store = await Store.open(tmp_path, clock=lambda: 1)
    vault = Vault("t", backend=BrokenKeyring(OSError("no")))
    keys = SignalKeys(store, vault, KEY)
    made = await keys.make(1, session_only=True)
    assert keys.is_right(1, made)
    assert await SignalKeys(store, vault, KEY).load(1) == made
    assert await SignalKeys(store, Vault("t", backend=ToyKeyring()), KEY).load(1) is None
    await store.close()
