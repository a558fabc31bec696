"""Reads alerts from the user's own mailbox: connects only to the server that was named, and changes nothing there."""

import asyncio
import json
import logging
import secrets
import ssl
import time
from collections.abc import Callable

from desktop_app.core.credentials import Credentials, Secret
from desktop_app.core.said import Said, said
from desktop_app.engine.imap import LARGEST_MAIL, Folder, ImapClient, ImapGone, ImapRefused, Mail, MakeContext
from desktop_app.engine.leftovers import Leftovers
from desktop_app.engine.mail_reading import MailUnreadable, read_mail
from desktop_app.engine.problem import REFUSED_FOR_SAFETY, Problem
from desktop_app.engine.receiver_pace import Pace
from desktop_app.engine.shapes import Surroundings
from desktop_app.engine.signal_desk import SignalDesk
from desktop_app.engine.signal_log import Arrival, SignalLog
from desktop_app.engine.signal_ways import MailWay
from desktop_app.exchange.pump import end
from desktop_app.vault import Vault, VaultProblem

_log = logging.getLogger(__name__)
_PASSWORD_NAME = "mail_password"  # noqa: S105 - in the database: what it is called in the keyring
_SEEN = "mail_seen"
_IDLE_SECONDS = 1_500.0  # servers hang up after half an hour
_POLL_SECONDS = 30.0
_BACK_OFF = (5.0, 15.0, 60.0, 300.0)
_REFUSED_SECONDS = 900.0  # a wrong password is not tried again and again: servers lock accounts for that
_MOST_AT_ONCE = 50


class MailReader:
    """One mailbox. `state` is "off", "connecting", "listening" or "problem", with the reason."""

    def __init__(
        self,
        shared: Surroundings,
        vault: Vault | None,
        desk: SignalDesk,
        log: SignalLog,
        on_change: Callable[[], None],
        make_context: MakeContext = ssl.create_default_context,
    ) -> None:
        self._shared = shared
        self._vault = vault
        self._desk = desk
        self._log = log
        self._on_change = on_change
        self._make_context = make_context
        self.leftovers = Leftovers(shared.store, vault, "mail")
        self._way = MailWay()
        self._pace = Pace(time.monotonic, asyncio.sleep)
        self._task: asyncio.Task[None] | None = None
        self.state: tuple[str, Said | None] = ("off", None)

    async def open(self, way: MailWay) -> None:
        await self.close()
        self._way = way
        if way.is_on:
            self._task = self._shared.crew.keep(self._run, "mailbox")

    async def close(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            await end(task)
        self.state = ("off", None)

    # --- its password

    async def keep_password(self, password: Secret) -> None:
        """Raises Problem: there is no safe place for it."""
        if self._vault is None:
            raise Problem(said("vault_absent"), REFUSED_FOR_SAFETY)
        name = f"mail-{secrets.token_hex(8)}"
        try:
            async with self.leftovers.in_hand(name, await self._password_name()):
                await self._vault.keep(name, Credentials(password, Secret("")))
                await self._shared.store.set_meta(_PASSWORD_NAME, json.dumps({"name": name}))
        except VaultProblem as error:
            raise Problem(error.said, REFUSED_FOR_SAFETY) from None

    async def forget_password(self) -> None:
        if name := await self._password_name():
            async with self.leftovers.in_hand(name):
                await self._shared.store.set_meta(_PASSWORD_NAME, "{}")

    async def _password(self) -> Secret | None:
        name = await self._password_name()
        if not name or self._vault is None:
            return None
        try:
            return (await self._vault.fetch(name)).api_key
        except VaultProblem as error:
            _log.warning("the mailbox's password cannot be had: %s", error.said.code)
            return None

    async def _password_name(self) -> str:
        text = await self._shared.store.meta(_PASSWORD_NAME)
        return str(json.loads(text).get("name", "")) if text else ""

    # --- listening

    async def _run(self) -> None:
        failures = 0
        while True:
            self._is("connecting")
            wait = _BACK_OFF[min(failures, len(_BACK_OFF) - 1)]
            try:
                await self._listen()
                failures = 0
            except ImapGone as error:
                self._is("problem", said("mail_unreachable", host=self._way.host, reason=str(error)))
                failures += 1
            except ImapRefused as error:
                self._is("problem", said("mail_refused", reason=str(error)))
                wait = _REFUSED_SECONDS
            except Problem as error:
                self._is("problem", error.said)
                wait = _REFUSED_SECONDS
            await self._shared.sleep(wait)

    async def _listen(self) -> None:
        """Until the connection ends. Raises ImapGone, ImapRefused, Problem."""
        password = await self._password()
        if password is None:
            raise Problem(said("mail_no_password"))
        way = self._way
        context = await asyncio.to_thread(self._make_context)
        client = await ImapClient.connect(way.host, way.port, context)
        try:
            await client.log_in(way.user, password.reveal())
            folder = await client.open_folder(way.folder)
            can_idle = "IDLE" in client.capabilities
            uid = await self._first_uid(folder)  # from here on nothing is missed, and only then it is said to listen
            self._is("listening", None if can_idle else said("mail_no_idle", seconds=round(_POLL_SECONDS)))
            while True:
                uid = await self._take_new(client, folder, uid)
                if can_idle:
                    await client.wait(_IDLE_SECONDS)
                else:
                    await self._shared.sleep(_POLL_SECONDS)
                    await client.poke()
        finally:
            client.close()

    async def _first_uid(self, folder: Folder) -> int:
        """Where we stopped; in a mailbox that is new to us, behind the last mail: what is old is no signal."""
        text = await self._shared.store.meta(_SEEN)
        seen = json.loads(text) if text else {}
        if seen.get("box") == self._box(folder):
            return int(seen["uid"])
        await self._save_uid(folder, folder.next_uid)
        return folder.next_uid

    def _box(self, folder: Folder) -> str:
        return f"{self._way.user}@{self._way.host}:{self._way.port}/{self._way.folder}/{folder.validity}"

    async def _save_uid(self, folder: Folder, uid: int) -> None:
        await self._shared.store.set_meta(_SEEN, json.dumps({"box": self._box(folder), "uid": uid}))

    async def _take_new(self, client: ImapClient, folder: Folder, uid: int) -> int:
        while uids := (await client.uids_from(uid))[:_MOST_AT_ONCE]:
            for found in uids:
                await self._pace.message()
                mail = await client.fetch(found)
                uid = found + 1
                await self._save_uid(folder, uid)  # before it acts: a mail that breaks us is not read again and again
                await self._take(mail)
        return uid

    async def _take(self, mail: Mail) -> None:
        way = self._way
        if mail.raw is None:
            self._refuse("", 413, said("mail_too_large", limit=LARGEST_MAIL))
            return
        try:
            read = await asyncio.to_thread(read_mail, mail.raw, way.checked_by)
        except MailUnreadable:
            self._refuse("", 400, said("mail_unreadable"))
            return
        if read.sender not in way.senders:
            self._refuse(read.sender, 403, said("mail_other_sender", sender=read.sender[:100]))
            return
        if way.needs_check and not read.vouched:
            self._refuse(read.sender, 403, said("mail_not_genuine", sender=read.sender))
            return
        arrival = Arrival("mail", read.sender, self._desk.masked(read.text))
        await self._desk.from_outside(read.text, arrival)

    def _refuse(self, sender: str, status: int, why: Said) -> None:
        self._log.refused(Arrival("mail", sender, ""), 0, status, why)

    def _is(self, state: str, why: Said | None = None) -> None:
        if self.state != (state, why):
            self.state = (state, why)
            self._on_change()
