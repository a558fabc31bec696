"""No secret stays in the keyring that nobody uses, wherever the power fails; and none that somebody uses is wiped."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from desktop_app.engine.problem import Problem
from desktop_app.store.errors import StoreError
from tests.engine.lab import EACH_SHARE, Lab
from tests.engine.test_keys import KEY, OTHER, SAFE
from tests.fakes import Power, PowerCut
from tests.vault.toy_keyrings import LockedKeyring, ToyKeyring, gone


class CutKeyring(ToyKeyring):
    """The power fails before and after everything that it writes."""

    power = Power()

    def set_password(self, service: str, username: str, password: str) -> None:
        self.power.seam("write before")
        super().set_password(service, username, password)
        self.power.seam("write after")

    def delete_password(self, service: str, username: str) -> None:
        self.power.seam("wipe before")
        super().delete_password(service, username)
        self.power.seam("wipe after")


async def _start(lab: Lab) -> None:
    """Start, and wait until what was left over was looked at."""
    if isinstance(lab.keyring, CutKeyring):
        lab.keyring.power = lab.power
    await lab.start()
    tasks = lab.running._crew._tasks
    await asyncio.gather(*(task for task in tasks if task.get_name() == "leftovers in the keyring"))


async def _restart(lab: Lab) -> None:
    await lab.kill()
    await _start(lab)


async def _add_keyed(lab: Lab) -> None:
    if not await lab.running.supervisor.accounts():
        await lab.running.supervisor.add_account("demo", "keyed", credentials=KEY)


async def _life_of_an_account(lab: Lab, cut_at: int) -> None:
    lab.power.seams, lab.power.cut_at = 0, cut_at
    await _add_keyed(lab)
    await lab.running.supervisor.replace_key("demo", OTHER)
    await lab.running.supervisor.remove_account("demo")


async def _life_of_a_signal(lab: Lab, cut_at: int) -> None:
    bot = await lab.add(is_started=False)
    lab.power.seams, lab.power.cut_at = 0, cut_at
    await lab.running.supervisor.set_mail_password(KEY)
    await lab.running.supervisor.rotate_signal_secret(bot)
    await lab.running.supervisor.remove_bot(bot)


def _names(lab: Lab) -> set[str]:
    return {place.split("/")[2] for place in lab.keyring.entries}


async def _used(lab: Lab) -> set[str]:
    """Those names in the keyring to which the database refers."""
    return {name for name in _names(lab) if await lab.running.store.refers_to(name)}


@pytest.mark.parametrize(("life", "step"), [(_life_of_an_account, 1), (_life_of_a_signal, EACH_SHARE)])
async def test_wherever_the_power_fails_no_secret_is_left_over(
    tmp_path: Path, life: Callable[[Lab, int], Awaitable[None]], step: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL + 1, logger="desktop_app")
    lab = Lab(tmp_path, keyring=CutKeyring())
    lab.venue.rights = SAFE
    await _start(lab)
    cuts = left_over = 0
    while True:
        with suppress(PowerCut, asyncio.CancelledError):
            await life(lab, cuts * step + 1)
        if not lab.is_cut:
            break
        cuts += 1
        written, seams = _names(lab), lab.power.names
        await _restart(lab)
        left_over += written != _names(lab)
        assert await _used(lab) == _names(lab), seams
        for view in await lab.running.supervisor.accounts():
            assert view.key_state in ("ok", "missing", "none"), seams
        for row in await lab.running.supervisor.bots():
            await lab.running.supervisor.remove_bot(row.bot_id)
        for view in await lab.running.supervisor.accounts():
            if view.exchange == "keyed":
                await lab.running.supervisor.remove_account(view.name)
    assert cuts * step > 30
    assert left_over > 1  # else this proves nothing
    lab.power.cut_at = 0
    await lab.stop()


async def _cut_while_adding(lab: Lab) -> set[str]:
    """Start with a key in the keyring that has lost its account; its name."""
    lab.venue.rights = SAFE
    await _start(lab)
    lab.power.cut_on = "add_account before"
    with suppress(PowerCut, asyncio.CancelledError):
        await _add_keyed(lab)
    assert len(_names(lab)) == 1
    return _names(lab)


async def test_a_locked_keyring_delays_the_wiping_and_is_not_asked_to_be_opened(tmp_path: Path) -> None:
    keyring = LockedKeyring()
    keyring.is_locked = False
    lab = Lab(tmp_path, keyring=keyring)
    lost = await _cut_while_adding(lab)
    keyring.is_locked = True
    await _restart(lab)
    assert _names(lab) == lost

    keyring.is_locked = False
    await _restart(lab)
    assert not _names(lab)
    await lab.stop()


class AwayKeyring(ToyKeyring):
    """Not there while `is_away`."""

    is_away = False

    def delete_password(self, service: str, username: str) -> None:
        if self.is_away:
            raise gone()
        super().delete_password(service, username)


async def test_a_keyring_that_is_not_there_delays_the_wiping_to_the_next_account(tmp_path: Path) -> None:
    keyring = AwayKeyring()
    lab = Lab(tmp_path, keyring=keyring)
    lost = await _cut_while_adding(lab)
    keyring.is_away = True
    await _restart(lab)
    assert _names(lab) == lost

    keyring.is_away = False
    await _add_keyed(lab)
    assert len(_names(lab)) == 1 and not _names(lab) & lost
    await lab.stop()


async def test_the_key_of_an_account_that_went_while_no_keyring_was_there_is_wiped_once_it_is(tmp_path: Path) -> None:
    keyring = AwayKeyring()
    lab = Lab(tmp_path, keyring=keyring)
    lab.venue.rights = SAFE
    await _start(lab)
    await _add_keyed(lab)
    keyring.is_away = True
    await lab.running.supervisor.remove_account("demo")
    assert len(_names(lab)) == 1

    keyring.is_away = False
    await _restart(lab)
    assert not _names(lab)
    await lab.stop()


async def test_a_name_that_an_account_refers_to_is_never_wiped_though_it_is_noted(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    lab.venue.rights = SAFE
    await _start(lab)
    lab.power.cut_on = "add_account after"
    with suppress(PowerCut, asyncio.CancelledError):
        await _add_keyed(lab)
    kept = dict(lab.keyring.entries)
    await _restart(lab)

    assert lab.keyring.entries == kept != {}
    await lab.until(lambda: lab.desk.link.is_connected)
    await lab.stop()


async def test_a_start_does_not_wait_for_a_keyring_that_hangs(tmp_path: Path) -> None:
    hanging = asyncio.Event()
    loop = asyncio.get_running_loop()

    class HangingKeyring(ToyKeyring):
        gate: threading.Event | None = None

        def delete_password(self, service: str, username: str) -> None:
            if self.gate is not None:
                loop.call_soon_threadsafe(hanging.set)
                self.gate.wait(60)
            super().delete_password(service, username)

    keyring = HangingKeyring()
    lab = Lab(tmp_path, keyring=keyring)
    lost = await _cut_while_adding(lab)
    await lab.kill()
    keyring.gate = threading.Event()
    await lab.start()  # as if nothing were
    await hanging.wait()
    assert _names(lab) == lost
    keyring.gate.set()
    await lab.until(lambda: not _names(lab))
    await lab.stop()


async def test_nothing_is_kept_where_its_name_cannot_be_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise StoreError(detail="the disk is full")

    lab = Lab(tmp_path)
    lab.venue.rights = SAFE
    await _start(lab)
    monkeypatch.setattr(lab.running.store, "set_meta", fails)
    with pytest.raises(Problem) as refused:
        await _add_keyed(lab)

    assert refused.value.said.code == "store_problem"
    assert lab.keyring.entries == {}
    assert await lab.running.store.accounts() == []
    monkeypatch.undo()
    await lab.stop()


async def test_an_old_key_that_cannot_be_wiped_now_does_not_keep_the_new_one_from_working(tmp_path: Path) -> None:
    class StickyKeyring(ToyKeyring):
        sticks = False

        def delete_password(self, service: str, username: str) -> None:
            if self.sticks:
                raise OSError("not now")
            super().delete_password(service, username)

    keyring = StickyKeyring()
    lab = Lab(tmp_path, keyring=keyring)
    lab.venue.rights = SAFE
    await _start(lab)
    await _add_keyed(lab)
    keyring.sticks = True
    await lab.running.supervisor.replace_key("demo", OTHER)
    await lab.until(lambda: lab.desk.link.is_connected)
    assert lab.venue.keys_asked[-1] == "…5678"
    assert len(_names(lab)) == 2

    keyring.sticks = False
    await _restart(lab)
    assert len(_names(lab)) == 1
    await lab.stop()
