"""A key is kept whole or not at all, and every way in which that can fail is a state with a remedy."""

import asyncio
import threading
import time

import pytest
from keyring.errors import NoKeyringError, PasswordSetError

from desktop_app.core.credentials import Credentials, Secret
from desktop_app.core.redaction import Scrubber
from desktop_app.core.words import sentence
from desktop_app.engine.words_engine import WORDS
from desktop_app.vault import (
    KeyDamaged,
    KeyMissing,
    KeyTooLong,
    Vault,
    VaultAbsent,
    VaultLocked,
    VaultProblem,
    VaultSilent,
    VaultUnsafe,
    fingerprint,
)
from tests.vault.toy_keyrings import (
    BrokenKeyring,
    ChangingKeyring,
    ForgetfulKeyring,
    HangingKeyring,
    LockedKeyring,
    ToyKeyring,
    gone,
)

NAME = "0123456789abcdef"
RSA = "-----BEGIN PRIVATE KEY-----\n" + "x" * 1700 + "\n-----END PRIVATE KEY-----\n"
MARK_KEY = bytes(range(32))


def credentials(secret: str = "s" * 64, password: str = "") -> Credentials:
    return Credentials(Secret("k" * 60 + "x7Q8"), Secret(secret), Secret(password))


def told(problem: VaultProblem) -> str:
    assert problem.said.code in WORDS
    text = sentence(problem.said, WORDS)
    assert "—" not in text, "each value is filled in"
    return text


@pytest.mark.parametrize("secret", ["s" * 64, RSA, "密" * 900, "a:b:" + "\n", "\x00", "0:0:"])
@pytest.mark.parametrize("password", ["", " with blanks "])
async def test_what_was_kept_comes_back_to_the_character(secret: str, password: str) -> None:
    keyring = ToyKeyring()
    await Vault("here", backend=keyring).keep(NAME, credentials(secret, password))

    assert await Vault("here", backend=keyring).fetch(NAME) == credentials(secret, password)


async def test_each_part_has_an_entry_of_its_own_under_the_installation_and_the_name() -> None:
    keyring = ToyKeyring()
    await Vault("here", backend=keyring).keep(NAME, credentials(RSA))

    assert sorted(keyring.entries) == [
        f"strongroom/here/{NAME}/api_key",
        f"strongroom/here/{NAME}/password",
        f"strongroom/here/{NAME}/secret",
        f"strongroom/here/{NAME}/secret/1",
    ]


async def test_two_installations_do_not_see_each_other() -> None:
    keyring = ToyKeyring()
    await Vault("here", backend=keyring).keep(NAME, credentials())

    with pytest.raises(KeyMissing):
        await Vault("there", backend=keyring).fetch(NAME)


async def test_a_forgotten_key_leaves_nothing_and_can_be_forgotten_again() -> None:
    keyring = ToyKeyring()
    vault = Vault("here", backend=keyring)
    await vault.keep(NAME, credentials(RSA))

    await vault.forget(NAME)
    await vault.forget(NAME)

    assert keyring.entries == {}
    with pytest.raises(KeyMissing) as missing:
        await vault.fetch(NAME)
    assert missing.value.refusal == "key_missing"
    assert "Enter the key again" in told(missing.value)


async def test_a_key_for_this_session_only_is_in_no_keyring() -> None:
    keyring = ToyKeyring()
    vault = Vault("here", backend=keyring)
    vault.keep_for_session(NAME, credentials())

    assert await vault.fetch(NAME) == credentials()
    assert keyring.entries == {}
    with pytest.raises(KeyMissing):
        await Vault("here", backend=keyring).fetch(NAME)
    await vault.forget(NAME)
    with pytest.raises(KeyMissing):
        await vault.fetch(NAME)


async def test_a_session_key_needs_no_keyring_at_all() -> None:
    vault = Vault("here", backend=BrokenKeyring(NoKeyringError()))
    vault.keep_for_session(NAME, credentials())

    assert await vault.fetch(NAME) == credentials()


# --- states -----------------------------------------------------------------------------------------------------------


async def test_a_locked_keyring_is_told_and_works_when_it_is_opened() -> None:
    keyring = LockedKeyring()
    vault = Vault("here", backend=keyring)

    with pytest.raises(VaultLocked) as locked:
        await vault.keep(NAME, credentials())
    assert "Unlock it, then try again." in told(locked.value)
    assert locked.value.refusal == "key_locked"
    assert (await vault.state()).kind == "locked"

    keyring.is_locked = False
    await vault.keep(NAME, credentials())
    assert await vault.fetch(NAME) == credentials()
    assert (await vault.state()).kind == "ok"


@pytest.mark.parametrize("error", [NoKeyringError("no"), gone(), ConnectionResetError(), EOFError()])
async def test_no_keyring_is_told(error: Exception) -> None:
    vault = Vault("here", backend=BrokenKeyring(error))

    with pytest.raises(VaultAbsent) as absent:
        await vault.keep(NAME, credentials())
    assert "for this session only" in told(absent.value)
    assert absent.value.refusal == "no_keyring"


async def test_a_keyring_that_hangs_is_given_up_in_time_and_answers_later() -> None:
    keyring = HangingKeyring()
    vault = Vault("here", backend=keyring, patience=0.05)

    with pytest.raises(VaultSilent) as silent:
        await vault.fetch(NAME)
    assert "in another window" in told(silent.value)
    assert (await vault.state()).kind == "silent"

    keyring.gate.set()
    patient = Vault("here", backend=keyring, patience=60)
    await patient.keep(NAME, credentials())
    assert await patient.fetch(NAME) == credentials()


async def test_what_a_slow_keyring_writes_too_late_is_undone() -> None:
    keyring = HangingKeyring()
    vault = Vault("here", backend=keyring, patience=0.05)

    with pytest.raises(VaultSilent):
        await vault.keep(NAME, credentials())
    keyring.gate.set()
    vault._patience = 60
    with pytest.raises(KeyMissing):
        await vault.fetch(NAME)  # stands in line behind both

    assert keyring.entries == {}


async def test_what_was_broken_off_is_undone() -> None:
    keyring = HangingKeyring()
    vault = Vault("here", backend=keyring, patience=60)

    async with asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(vault.keep(NAME, credentials()))
        await asyncio.to_thread(keyring.was_asked.wait, 60)
        keeping.cancel()
    keyring.gate.set()
    with pytest.raises(KeyMissing):
        await vault.fetch(NAME)

    assert keyring.entries == {}


@pytest.mark.parametrize("written", [0, 1, 2])
@pytest.mark.parametrize("error", [PasswordSetError("no"), OSError(5, "I/O error"), RuntimeError("s" * 64)])
async def test_a_refusal_leaves_no_half_a_key_and_repeats_no_text_of_the_keyring(
    error: Exception, written: int
) -> None:
    keyring = BrokenKeyring(error, after=written)
    vault = Vault("here", backend=keyring)

    with pytest.raises(VaultProblem) as refused:
        await vault.keep(NAME, credentials())

    assert keyring.entries == {}
    assert f"({type(error).__name__})" in told(refused.value)
    assert "sss" not in told(refused.value) + str(refused.value) + repr(refused.value)
    assert refused.value.__cause__ is None and refused.value.__suppress_context__


@pytest.mark.parametrize("keyring", [ForgetfulKeyring(), ChangingKeyring()])
async def test_a_keyring_that_gives_back_something_else_is_not_used(keyring: ToyKeyring) -> None:
    vault = Vault("here", backend=keyring)

    with pytest.raises(VaultUnsafe) as unsafe:
        await vault.keep(NAME, credentials())
    with pytest.raises(VaultUnsafe):
        await vault.self_test()

    assert "did not give back" in told(unsafe.value)
    assert keyring.entries == {}


@pytest.mark.parametrize("part", ["api_key", "secret", "password"])
async def test_a_part_that_is_gone_emptied_or_changed_is_damage(part: str) -> None:
    place = f"strongroom/here/{NAME}/{part}"
    for spoil in (None, "", "junk", "99:00:x", "1:00:", "x:y:z", "²:a:b"):
        keyring = ToyKeyring()
        vault = Vault("here", backend=keyring)
        await vault.keep(NAME, credentials(RSA, "pass"))
        del keyring.entries[place]
        if spoil is not None:
            keyring.entries[place] = spoil

        with pytest.raises(KeyDamaged) as damaged:
            await vault.fetch(NAME)
        assert "incomplete" in told(damaged.value)
        assert damaged.value.refusal == "key_missing"


async def test_a_lost_piece_of_a_long_key_is_damage() -> None:
    keyring = ToyKeyring()
    vault = Vault("here", backend=keyring)
    await vault.keep(NAME, credentials(RSA))
    del keyring.entries[f"strongroom/here/{NAME}/secret/1"]

    with pytest.raises(KeyDamaged):
        await vault.fetch(NAME)


async def test_a_text_that_no_exchange_gives_is_refused_before_anything_is_written() -> None:
    keyring = ToyKeyring()

    with pytest.raises(KeyTooLong) as too_long:
        await Vault("here", backend=keyring).keep(NAME, credentials("x" * 20_000))

    assert keyring.entries == {}
    assert "19200" in told(too_long.value)


async def test_it_proves_itself_and_leaves_nothing() -> None:
    keyring = ToyKeyring()

    await Vault("here", backend=keyring).self_test()

    assert keyring.entries == {}


async def test_the_keyring_is_asked_away_from_the_loop() -> None:
    keyring = ToyKeyring()
    await Vault("here", backend=keyring).keep(NAME, credentials())

    assert keyring.threads == {"vault"}


async def test_a_store_in_the_clear_is_refused() -> None:
    from keyring.backends import chainer, fail, null

    for kind in (null.Keyring, fail.Keyring, chainer.ChainerBackend):
        vault = Vault("here", backend=kind())
        with pytest.raises(VaultUnsafe) as unsafe:
            await vault.keep(NAME, credentials())
        assert "does not keep secrets safe" in told(unsafe.value)
        assert (await vault.state()).kind == "unsafe"


# --- secrets stay secret ----------------------------------------------------------------------------------------------


async def test_the_scrubber_knows_what_is_kept_fetched_or_just_entered_until_it_is_forgotten() -> None:
    keyring, scrubber = ToyKeyring(), Scrubber()
    await Vault("here", backend=keyring).keep(NAME, credentials())
    vault = Vault("here", backend=keyring, scrubber=scrubber)
    assert scrubber.scrub("s" * 64) == "s" * 64

    await vault.fetch(NAME)
    assert scrubber.scrub("s" * 64) == "•••"

    await vault.forget(NAME)
    assert scrubber.scrub("s" * 64) == "s" * 64

    vault.guard(credentials("typed by somebody"))
    assert scrubber.scrub("typed by somebody") == "•••"


def test_a_fingerprint_knows_a_key_again_and_shows_nothing_of_it() -> None:
    mark = fingerprint(credentials(), MARK_KEY)

    assert mark == fingerprint(credentials(), MARK_KEY)
    assert len(mark) == 32
    assert mark != fingerprint(credentials(), bytes(32))
    assert mark != fingerprint(credentials(password="p"), MARK_KEY)
    assert fingerprint(Credentials(Secret("a"), Secret("bc")), MARK_KEY) != fingerprint(
        Credentials(Secret("ab"), Secret("c")), MARK_KEY
    )


async def test_a_cancelling_that_comes_with_the_answer_is_not_lost() -> None:
    keyring = HangingKeyring()
    task = asyncio.ensure_future(Vault("here", backend=keyring, patience=60).fetch(NAME))
    await asyncio.to_thread(keyring.was_asked.wait, 20)
    keyring.gate.set()
    while any(thread.name == "vault" for thread in threading.enumerate()):
        time.sleep(0.001)  # noqa: ASYNC251 - the loop must not hear of the answer yet

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
