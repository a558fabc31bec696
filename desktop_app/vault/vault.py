"""One installation's API keys: kept, fetched, forgotten, off the loop and within a time."""

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from desktop_app.core.credentials import Credentials, Secret
from desktop_app.core.redaction import Scrubber
from desktop_app.core.said import said
from desktop_app.vault import keyrings
from desktop_app.vault.keyrings import Backend, Keyring
from desktop_app.vault.line import Line
from desktop_app.vault.problems import VaultAbsent, VaultLocked, VaultProblem, VaultSilent, VaultState, problem_of

T = TypeVar("T")

_SERVICE = "strongroom"
_PARTS = ("api_key", "secret", "password")
_PATIENCE_SECONDS = 5.0
_UNLOCK_SECONDS = 60.0  # as long as a person may take to type the keyring's password
_ENTRY = "entry"  # whose secrets they are before they have a name: the key that somebody is just entering


class Vault:
    """The keys of one installation, named `scope` in the keyring. A name is used for one key, once.

    Everything that asks the keyring happens on a thread of its own, which nothing waits for: not the loop, and not the
    end of the program. `backend` replaces the choice among the keyrings that we trust.
    """

    def __init__(
        self,
        scope: str,
        *,
        backend: Backend | None = None,
        patience: float = _PATIENCE_SECONDS,
        scrubber: Scrubber | None = None,
    ) -> None:
        self._scope = scope
        self._given = backend
        self._patience = patience
        self._scrubber = scrubber
        self._chosen: Keyring | None = None
        self._session: dict[str, Credentials] = {}
        self._line = Line()

    async def keep(self, name: str, credentials: Credentials) -> None:
        """Write, read back, compare. Raises VaultProblem, and then nothing of it stays in the keyring."""
        self.guard(credentials, name)
        parts = [(self._place(name, part), secret.reveal()) for part, secret in credentials.parts()]
        keyrings.check_length(text for _, text in parts)
        try:
            await self._ask(partial(keyrings.keep, parts=parts))
        except (VaultSilent, asyncio.CancelledError):
            # What was asked for may still happen: then this undoes it.
            self._clean_up([place for place, _ in parts])
            raise
        self._session.pop(name, None)

    def keep_for_session(self, name: str, credentials: Credentials) -> None:
        """In memory only, until the program ends."""
        self.guard(credentials, name)
        self._session[name] = credentials

    async def fetch(self, name: str) -> Credentials:
        """Whole and unchanged since it was kept. Whether it is the one that was meant, `fingerprint` tells."""
        if name in self._session:
            return self._session[name]
        places = [self._place(name, part) for part in _PARTS]
        texts = await self._ask(partial(keyrings.fetch, places=places))
        credentials = Credentials(*(Secret(text) for text in texts))
        self.guard(credentials, name)
        return credentials

    async def forget(self, name: str, *, may_ask: bool = True) -> None:
        """Nothing is there afterwards; that nothing was there before is no problem.

        Unless it `may_ask` a person to unlock the keyring, a locked one raises VaultLocked at once.
        """
        if self._session.pop(name, None) is None:
            places = [self._place(name, part) for part in _PARTS]
            await self._ask(partial(keyrings.wipe, places=places), may_ask=may_ask)
        if self._scrubber is not None:
            self._scrubber.forget(name)

    def guard(self, credentials: Credentials, owner: str = _ENTRY) -> None:
        """From now on no log shows them."""
        if self._scrubber is not None:
            self._scrubber.add(owner, (secret for _, secret in credentials.parts()))

    async def state(self) -> VaultState:
        """As it is now, without asking the person anything and without writing."""
        try:
            keyring = await self._choose()
            if await self._asks_first(keyring):
                return VaultState("locked", keyring.label, said("vault_locked", keyring=keyring.label))
            if not keyring.may_ask:
                await self._run(keyring, partial(keyrings.look, place=self._place("state", "look")), self._patience)
        except VaultProblem as problem:
            return VaultState(problem.kind, self._label, problem.said)
        return VaultState("ok", keyring.label, said("vault_ok", keyring=keyring.label))

    async def self_test(self) -> None:
        """Write, read and delete something of no value. Raises VaultProblem."""
        place = self._place(f"test-{secrets.token_hex(8)}", "text")
        await self._ask(partial(keyrings.prove, place=place, text=secrets.token_hex(16)))

    # --- asking -------------------------------------------------------------------------------------------------------

    @property
    def _label(self) -> str:
        return self._chosen.label if self._chosen is not None else ""

    def _place(self, name: str, part: str) -> str:
        # One entry for each part: Windows renames the others where several share a service.
        return f"{_SERVICE}/{self._scope}/{name}/{part}"

    async def _ask(self, act: "Callable[[Keyring], T]", *, may_ask: bool = True) -> T:
        keyring = await self._choose()
        patience = self._patience
        asks_first = await self._asks_first(keyring)
        if asks_first and not may_ask:
            raise VaultLocked(said("vault_locked", keyring=keyring.label))
        if keyring.may_ask or asks_first:
            patience = max(patience, _UNLOCK_SECONDS)
        return await self._run(keyring, act, patience)

    async def _choose(self) -> "Keyring":
        if self._chosen is None:
            if self._given is None:
                await asyncio.to_thread(keyrings.load)
                choose = keyrings.choose
            else:
                choose = partial(keyrings.given, self._given)
            self._chosen = await self._wait(choose, self._patience)
        return self._chosen

    async def _asks_first(self, keyring: "Keyring") -> bool:
        return keyring.is_secret_service and await self._run(keyring, keyrings.is_locked, self._patience)

    async def _run(self, keyring: "Keyring", act: "Callable[[Keyring], T]", patience: float) -> T:
        def translated() -> T:
            try:
                return act(keyring)
            except VaultProblem:
                raise
            except Exception as error:  # noqa: BLE001 - each backend has exceptions of its own
                raise problem_of(error, keyring.label) from None

        try:
            return await self._wait(translated, patience)
        except VaultAbsent:
            self._chosen = None  # another one may be there next time
            raise

    async def _wait(self, call: Callable[[], T], patience: float) -> T:
        future = self._line.add(call)
        try:
            async with asyncio.timeout(patience):  # wait_for of 3.11 may lose a cancelling that comes with the answer
                return await asyncio.wrap_future(future)
        except TimeoutError:
            raise VaultSilent(said("vault_silent", seconds=round(patience))) from None

    def _clean_up(self, places: list[str]) -> None:
        keyring = self._chosen
        if keyring is not None:
            self._line.add(partial(keyrings.wipe, keyring, places=places))


def fingerprint(credentials: Credentials, key: bytes) -> str:
    """Tells whether these are the credentials seen before, and nothing about them. `key`: 16 to 32 bytes."""
    digest = hashlib.blake2s(key=key, digest_size=16)
    for _, secret in credentials.parts():
        text = secret.reveal().encode("utf-8", "surrogatepass")
        digest.update(len(text).to_bytes(4, "big") + text)
    return digest.hexdigest()
