"""The keys of the accounts: put into the vault, fetched when an account connects, never held in between."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from desktop_app.core.credentials import Credentials
from desktop_app.core.said import Said, said
from desktop_app.engine.leftovers import Leftovers
from desktop_app.engine.problem import FAILED, REFUSED_FOR_SAFETY, Problem, worded
from desktop_app.engine.views import AccountCheck, KeyringView
from desktop_app.exchange.live_config import KeyMark
from desktop_app.exchange.protocol import Refused
from desktop_app.vault import KeyMissing, Vault, VaultAbsent, VaultProblem, fingerprint

FetchKey = Callable[[], Awaitable[Credentials]]

# What an account's key is like when its exchange refuses with one of these codes.
KEY_STATES = {
    "key_locked": "locked",
    "key_missing": "missing",
    "key_replaced": "replaced",
    "no_keyring": "absent",
    "key_refused": "refused",
}


class KeyTrouble(Refused):
    """The key cannot be had; nothing was asked of the exchange. `said` is the sentence for people."""

    def __init__(self, said: Said, code: str) -> None:
        super().__init__(worded(said), code)
        self.said = said


class Keys:
    """What the accounts need of the vault. `secret` makes the marks by which a replaced key shows."""

    def __init__(self, vault: Vault | None, secret: bytes, leftovers: Leftovers) -> None:
        self._vault = vault
        self._secret = secret
        self._leftovers = leftovers

    def opener(self, mark: Callable[[], KeyMark | None]) -> FetchKey:
        """Fetches the key of an account anew each time, and only the key that was put there."""

        async def fetch() -> Credentials:
            known = mark()
            if known is None:
                raise KeyTrouble(said("key_never_given"), "key_missing")
            try:
                credentials = await self._open().fetch(known.name)
            except VaultProblem as error:
                raise KeyTrouble(error.said, error.refusal) from None
            if known.mark and self.mark_of(credentials) != known.mark:
                raise KeyTrouble(said("key_is_another"), "key_replaced")
            return credentials

        return fetch

    @asynccontextmanager
    async def kept(
        self, credentials: Credentials, check: AccountCheck, *, session_only: bool, instead_of: KeyMark | None = None
    ) -> AsyncIterator[KeyMark]:
        """Put a key away while the account is given how to find it again, maybe instead of another key.

        Of both keys, the one that no account refers to in the end is wiped. Raises Problem, StoreError.
        """
        name = secrets.token_hex(8)
        names = (name,) if instead_of is None else (name, instead_of.name)
        try:
            vault = self._open()
            async with self._leftovers.in_hand(*names):
                if session_only:
                    vault.keep_for_session(name, credentials)
                else:
                    await vault.keep(name, credentials)
                yield KeyMark(
                    name=name,
                    tail=credentials.tail,
                    mark=self.mark_of(credentials),
                    uid=check.rights.uid[:128] or (instead_of.uid if instead_of else ""),
                    rights=check.rights,
                    checked_at=check.checked_at,
                    session_only=session_only,
                )
        except VaultProblem as error:
            raise Problem(error.said, REFUSED_FOR_SAFETY) from None

    async def wipe_leftovers(self) -> None:
        """Keys that lost their account, or never got one. What the keyring keeps from that is tried the next time."""
        await self._leftovers.wipe()

    @asynccontextmanager
    async def given_up(self, mark: KeyMark | None) -> AsyncIterator[None]:
        """Wipe a key while its account is told that it has none: where no keyring is there now, once there is one.

        Raises: Problem: the key is still there, and must not lose its account. StoreError.
        """
        if mark is None:
            yield
            return
        async with self._leftovers.in_hand(mark.name):
            await self.forget(mark)
            yield

    async def forget(self, mark: KeyMark | None) -> None:
        """Raises Problem: the key is still there."""
        if mark is None or self._vault is None:
            return
        try:
            await self._vault.forget(mark.name)
        except (KeyMissing, VaultAbsent):
            return  # nothing is left that could be removed now
        except VaultProblem as error:
            raise Problem(error.said, FAILED) from None

    def guard(self, credentials: Credentials) -> None:
        """From now on no log shows them."""
        if self._vault is not None:
            self._vault.guard(credentials)

    def mark_of(self, credentials: Credentials) -> str:
        return fingerprint(credentials, self._secret)

    async def keyring(self) -> KeyringView:
        """Where keys are kept, as it is now; asks nobody anything."""
        if self._vault is None:
            return KeyringView("absent", remedy=said("vault_absent"))
        state = await self._vault.state()
        return KeyringView(state.kind, state.backend, state.remedy)

    async def test_keyring(self) -> KeyringView:
        """Write, read and delete something of no value."""
        if self._vault is None:
            return await self.keyring()
        try:
            await self._vault.self_test()
        except VaultProblem as error:
            return KeyringView(error.kind, remedy=error.said)
        return await self.keyring()

    def _open(self) -> Vault:
        if self._vault is None:
            raise VaultAbsent(said("vault_absent"))
        return self._vault


@dataclass(slots=True)
class KeyState:
    """How it stands with the key of one account since the program began. `state` is empty while nothing is wrong."""

    state: str = ""
    remedy: Said | None = None
    refusals: int = 0  # by the exchange, one after another
    clock_offset_ms: int | None = None

    def is_good(self) -> None:
        self.state, self.remedy, self.refusals = "", None, 0

    def is_bad(self, code: str, remedy: Said) -> None:
        self.state, self.remedy = KEY_STATES[code], remedy
        self.refusals += code == "key_refused"
