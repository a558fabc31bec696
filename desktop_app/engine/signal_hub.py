"""Signals from outside as a whole: which ways are open, what a bot's address is, and what came."""

import asyncio
import logging
import time

from desktop_app.core.credentials import Secret
from desktop_app.core.said import Said, said
from desktop_app.engine.bots import BotRef, Bots
from desktop_app.engine.mail import MailReader
from desktop_app.engine.news import LogNews, SignalsNews
from desktop_app.engine.problem import of_store, problem
from desktop_app.engine.receiver import HOST, PATH, Receiver
from desktop_app.engine.receiver_pace import Pace
from desktop_app.engine.shapes import Surroundings
from desktop_app.engine.signal_desk import SignalDesk, Verdict
from desktop_app.engine.signal_keys import SignalKeys
from desktop_app.engine.signal_log import SignalLog, view_of
from desktop_app.engine.signal_messages import messages_of
from desktop_app.engine.signal_ways import SignalWays, load_ways, save_ways
from desktop_app.engine.views import SignalAddress, SignalAnswer, SignalsView, SignalView
from desktop_app.engine.work import Work
from desktop_app.store.errors import StoreError
from desktop_app.store.rows import BotRow
from desktop_app.vault import Vault

_log = logging.getLogger(__name__)
_MOST_LINES = 1_000


class SignalHub:
    """Everything here runs on the engine's loop. Without somebody switching them on, no way in is open."""

    def __init__(self, shared: Surroundings, bots: Bots, vault: Vault | None) -> None:
        self._shared = shared
        self._bots = bots
        self._keys = SignalKeys(shared.store, vault, shared.key)
        self._log = SignalLog(shared.store, shared.bus, shared.crew, shared.clock, shared.sleep)
        self._desk = SignalDesk(shared, bots, self._keys, self._log)
        pace = Pace(time.monotonic, asyncio.sleep)
        self._receiver = Receiver(self._desk, self._log, shared.crew, pace)
        self._mail = MailReader(shared, vault, self._desk, self._log, self._changed)
        self._ways = SignalWays()
        self._hook_problem: tuple[str, Said] | None = None

    async def start(self) -> None:
        """Open the ways that are switched on. One that cannot be opened is told, and stops nothing else."""
        self._ways = await load_ways(self._shared.store)
        if self._shared.work is Work.TRADE:
            await self._open_ways()

    async def wipe_leftovers(self) -> None:
        """Secrets that lost their bot or mailbox. What the keyring keeps from that is tried the next time."""
        await self._keys.leftovers.wipe()
        await self._mail.leftovers.wipe()

    async def stop(self) -> None:
        await self._receiver.close()
        await self._mail.close()
        await self._log.flush()

    # --- ways

    @property
    def ways(self) -> SignalWays:
        return self._ways

    async def set_ways(self, ways: SignalWays) -> SignalsView:
        try:
            await save_ways(self._shared.store, ways)
        except StoreError as error:
            raise of_store(error) from None
        self._ways = ways
        if self._shared.work is Work.TRADE:
            await self._open_ways()
        return self.state()

    def state(self) -> SignalsView:
        hook = "listening" if self._receiver.is_listening else "off"
        if self._hook_problem is not None:
            hook = self._hook_problem[0]
        mail_state, mail_problem = self._mail.state
        return SignalsView(
            hook_state=hook,
            port=self._receiver.port or self._ways.port,
            mail_state=mail_state,
            hook_problem=self._hook_problem[1] if self._hook_problem is not None else None,
            mail_problem=mail_problem,
            last_at=self._desk.last_at,
            public_url=self._ways.public_url,
        )

    async def set_mail_password(self, password: Secret) -> SignalsView:
        """Raises Problem: there is no safe place for it."""
        await self._mail.keep_password(password)
        if self._shared.work is Work.TRADE:
            await self._open_ways()
        return self.state()

    async def forget_secrets(self) -> None:
        """Nothing may come in any more until new secrets are made."""
        for row in self._bots.rows():
            await self._keys.forget(row.bot_id)
        await self._mail.forget_password()

    async def bot_removed(self, bot_id: int) -> None:
        await self._keys.forget(bot_id)

    async def _open_ways(self) -> None:
        await self._receiver.close()
        self._hook_problem = None
        if self._ways.hook_is_on:
            try:
                await self._receiver.open(self._ways.port, self._ways.public_host)
            except OSError as error:
                self._hook_problem = _why_not(error, self._ways.port)
                self._tell(self._hook_problem[1])
        await self._mail.open(self._ways.mail)
        if self._ways.hook_is_on or self._ways.mail.is_on:
            self._shared.crew.spawn(self._learn_secrets(), "signal secrets")
        self._changed()

    async def _learn_secrets(self) -> None:
        """Before the first signal comes: an alert waits three seconds for its answer, and a keyring may take longer."""
        for row in self._bots.rows():
            await self._keys.load(row.bot_id)

    def _changed(self) -> None:
        self._shared.bus.publish(SignalsNews(self.state()))

    def _tell(self, why: Said) -> None:
        self._shared.bus.publish(LogNews(self._shared.clock(), "warning", "", "", 0, why.code, why))

    # --- one bot's signals

    async def address(self, bot: BotRef) -> SignalAddress:
        """Where the bot's signals come in; it gets its first secret with it. Raises Problem."""
        row = self._bots.row(bot)
        secret = await self._keys.load(row.bot_id) or await self._keys.make(row.bot_id)
        return self._address(row, secret)

    async def rotate(self, bot: BotRef, *, session_only: bool = False) -> SignalAddress:
        """A new secret; the old one opens nothing from now on. Raises Problem."""
        row = self._bots.row(bot)
        return self._address(row, await self._keys.make(row.bot_id, session_only=session_only))

    def _address(self, row: BotRow, secret: Secret) -> SignalAddress:
        settings = self._bots.settings_of(row)
        if settings is None:
            raise problem("signal_bot_unreadable")
        uuid = self._keys.uuid_of(row.bot_id)
        port = self._receiver.port or self._ways.port
        public = f"{self._ways.public_url}{PATH}{uuid}" if self._ways.public_url else ""
        messages = messages_of(uuid, secret.reveal(), settings)
        return SignalAddress(row.bot_id, uuid, f"http://{HOST}:{port}{PATH}{uuid}", public, messages)

    async def list(self, bot: BotRef | None, limit: int, before: int | None) -> tuple[SignalView, ...]:
        await self._log.flush()
        bot_id = self._bots.row(bot).bot_id if bot is not None else None
        rows = await self._shared.store.signals(bot_id, min(limit, _MOST_LINES), before)
        return tuple(view_of(row) for row in rows)

    async def send(self, bot: BotRef, text: str, *, is_test: bool = False) -> tuple[SignalAnswer, ...]:
        """What a webhook would do, from here: needs no secret. A test does everything but act."""
        row = self._bots.row(bot)
        began = time.perf_counter()
        verdicts = await self._desk.from_here(row.bot_id, text.encode(), "test" if is_test else "command")
        took = round((time.perf_counter() - began) * 1000)
        return tuple(_answer(verdict, took) for verdict in verdicts)


def _answer(verdict: Verdict, took_ms: int) -> SignalAnswer:
    return SignalAnswer(verdict.status, verdict.said, took_ms)


def _why_not(error: OSError, port: int) -> tuple[str, Said]:
    import errno

    if error.errno in (errno.EADDRINUSE, 10048):
        return "port_in_use", said("hook_port_in_use", port=port)
    return "blocked", said("hook_blocked", port=port, reason=error.strerror or str(error))
