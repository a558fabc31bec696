"""The secrets by which bots know their signals: random, one for each bot, in the keyring, compared in constant time."""

import hashlib
import hmac
import json
import logging
import secrets
import time
import uuid

from desktop_app.core.credentials import Credentials, Secret
from desktop_app.core.redaction import Scrubber
from desktop_app.core.said import said
from desktop_app.engine.leftovers import Leftovers
from desktop_app.engine.problem import REFUSED_FOR_SAFETY, Problem
from desktop_app.store.db import Store
from desktop_app.vault import Vault, VaultProblem

_log = logging.getLogger(__name__)
_BYTES = 32
_REST_SECONDS = 30.0  # before a keyring that had no secret for us is asked again
_META = "signal_secret/"  # and the bot's id: the name of its secret in the keyring, never the secret


class SignalKeys:
    """Knows in memory what the keyring gave it; asks for each secret once."""

    def __init__(self, store: Store, vault: Vault | None, key: bytes) -> None:
        self._store = store
        self._vault = vault
        self._key = key
        self.leftovers = Leftovers(store, vault, "signals")
        self._known: dict[int, Secret] = {}
        self._scrubber = Scrubber()
        self._failed: dict[int, float] = {}  # when the keyring last had nothing to say, by bot
        self._nobody = Secret(secrets.token_urlsafe(_BYTES))

    def uuid_of(self, bot_id: int) -> str:
        """The bot's name in addresses: tells nothing about the bot, and nobody can guess another one."""
        digest = hashlib.blake2s(b"bot %d" % bot_id, key=self._key, digest_size=16, person=b"signals").digest()
        return str(uuid.UUID(bytes=digest, version=4))

    def has(self, bot_id: int) -> bool:
        return bot_id in self._known

    async def load(self, bot_id: int) -> Secret | None:
        """The bot's secret; None if it has none, or where it is kept says nothing. Raises StoreError."""
        known = self._known.get(bot_id)
        if known is not None or self._vault is None:
            return known
        if time.monotonic() < self._failed.get(bot_id, 0.0):
            return None  # whoever knocks ten times a second must not make the keyring ask for its password as often
        name = await self._name(bot_id)
        if not name:
            return None
        try:
            credentials = await self._vault.fetch(name)
        except VaultProblem as error:
            _log.warning("the signal secret of bot %d cannot be had: %s", bot_id, error.said.code)
            self._failed[bot_id] = time.monotonic() + _REST_SECONDS
            return None
        self._learn(bot_id, credentials.api_key)
        return credentials.api_key

    async def make(self, bot_id: int, *, session_only: bool = False) -> Secret:
        """A new secret; from this moment on the one before opens nothing. Raises Problem, StoreError.

        `session_only`: in memory until the program ends, for who has no safe keyring.
        """
        if self._vault is None:
            raise Problem(said("vault_absent"), REFUSED_FOR_SAFETY)
        before = await self._name(bot_id)
        made = Secret(secrets.token_urlsafe(_BYTES))
        name = f"signal-{secrets.token_hex(8)}"
        credentials = Credentials(made, Secret(""))
        try:
            async with self.leftovers.in_hand(name, before):
                if session_only:
                    self._vault.keep_for_session(name, credentials)
                else:
                    await self._vault.keep(name, credentials)
                await self._store.set_meta(f"{_META}{bot_id}", json.dumps({"name": name}))
                self._learn(bot_id, made)
        except VaultProblem as error:
            raise Problem(error.said, REFUSED_FOR_SAFETY) from None
        return made

    async def forget(self, bot_id: int) -> None:
        """The bot is gone, or nothing may come in any more."""
        self._known.pop(bot_id, None)
        if name := await self._name(bot_id):
            async with self.leftovers.in_hand(name):
                await self._store.set_meta(f"{_META}{bot_id}", "{}")

    def is_right(self, bot_id: int, given: Secret) -> bool:
        """Takes as long for a bot that does not exist."""
        expected = self._known.get(bot_id, self._nobody)
        is_same = hmac.compare_digest(_digest(expected), _digest(given))
        return is_same and bot_id in self._known

    def has_signed(self, bot_id: int, signed: bytes, signature: str) -> bool:
        """Whether whoever knows the secret wrote this: HMAC-SHA256 in hex."""
        expected = self._known.get(bot_id, self._nobody)
        proof = hmac.digest(expected.reveal().encode(), signed, "sha256").hex()
        is_same = hmac.compare_digest(proof.encode(), signature.strip().lower().encode("utf-8", "replace"))
        return is_same and bot_id in self._known

    def masked(self, text: str) -> str:
        """Without secrets, known ones and whatever else looks like one."""
        return self._scrubber.scrub(text)

    def _learn(self, bot_id: int, secret: Secret) -> None:
        self._known[bot_id] = secret
        self._scrubber.add(str(bot_id), (secret,))

    async def _name(self, bot_id: int) -> str:
        text = await self._store.meta(f"{_META}{bot_id}")
        return str(json.loads(text).get("name", "")) if text else ""


def _digest(secret: Secret) -> bytes:
    return hashlib.sha256(secret.reveal().encode("utf-8", "surrogatepass")).digest()
