"""Leaves no secret in the keyring that nothing refers to, even if the power fails right after it was put there."""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from desktop_app.store.db import Store
from desktop_app.store.errors import StoreError
from desktop_app.vault import Vault, VaultProblem

_log = logging.getLogger(__name__)
_NAMES = "keyring_names/"  # and whose: in the database, where it counts as no reference


class Leftovers:
    """The names under which the keyring may hold a secret of `owner` that is nobody's, written down before it does.

    Which of them are somebody's the database is asked, never what this process believes.
    """

    def __init__(self, store: Store, vault: Vault | None, owner: str) -> None:
        self._store = store
        self._vault = vault
        self._key = _NAMES + owner
        self._names: set[str] | None = None
        self._in_hand: set[str] = set()

    @asynccontextmanager
    async def in_hand(self, *names: str) -> AsyncIterator[None]:
        """While a secret gets its owner, or an owner another secret: what is nobody's afterwards is wiped.

        An empty name is none. Raises StoreError: a name could not be written down, so nothing may be kept under it.
        """
        self._in_hand.update(names)
        try:
            noted = await self._noted()
            noted.update(filter(None, names))
            await self._write(noted)
            yield
        except VaultProblem:
            raise  # the keyring would do no better now
        except Exception:
            self._in_hand.difference_update(names)
            await self.wipe()
            raise
        finally:
            self._in_hand.difference_update(names)
        await self.wipe()

    async def wipe(self) -> None:
        """Wipe what nobody refers to. What keyring or database do not allow now waits for the next time."""
        if self._vault is None:
            return
        try:
            noted = await self._noted()
            for name in sorted(noted - self._in_hand):
                if not await self._store.refers_to(name):
                    await self._vault.forget(name, may_ask=False)
                noted.discard(name)
                await self._write(noted)
        except VaultProblem as error:
            _log.warning("a secret that is no longer used stays in the keyring for now: %s", error.said.code)
        except StoreError as error:
            _log.warning("what is no longer used in the keyring could not be told: %s", error)

    async def _noted(self) -> set[str]:
        if self._names is None:
            text = await self._store.meta(self._key)
            if self._names is None:  # still: another may have asked at the same time
                self._names = set(json.loads(text or "[]"))
        return self._names

    async def _write(self, noted: set[str]) -> None:
        await self._store.set_meta(self._key, json.dumps(sorted(noted)))
