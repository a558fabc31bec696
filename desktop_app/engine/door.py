"""The local door: a second process hands its wishes to the running application and gets the answers back."""

import asyncio
import hmac
import logging
import secrets
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any, Self

from desktop_app.engine.calls import Remote
from desktop_app.engine.problem import FAILED, problem

_log = logging.getLogger(__name__)
_MOST_BYTES = 8_000_000
_AT_ONCE = 8
_CLOSE_SECONDS = 1.0
_GREETING_SECONDS = 3.0
_IDLE_SECONDS = 30.0
_ANSWER_SECONDS = 600.0
_NONCE, _PROOF = 32, 32  # bytes

Answer = Callable[[bytes], Coroutine[Any, Any, bytes]]


class Door:
    """Listens on a socket that only this user can reach, and answers each call on the engine's loop.

    Only JSON as bytes goes through it: nothing that is received is ever executed or unpickled.
    """

    def __init__(self, address: str, key_file: Path, answer: Answer) -> None:
        self._address = address
        self._key_file = key_file
        self._answer = answer
        self._listener: Listener | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._callers = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="door")
        self._thread: threading.Thread | None = None
        self._key = b""
        self._is_open = threading.Event()

    def open(self) -> None:
        """Raises OSError."""
        self._loop = asyncio.get_running_loop()
        key = secrets.token_bytes(32)
        _write_key(self._key_file, key)
        if not self._address.startswith("\\\\"):
            folder = Path(self._address).parent
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
            Path(self._address).unlink(missing_ok=True)  # left by a killed process: the instance lock is ours
        self._listener = Listener(self._address)
        self._key = key
        self._is_open.set()
        self._thread = threading.Thread(target=self._listen, name="door", daemon=True)
        self._thread.start()

    async def close(self) -> None:
        if self._listener is None:
            return
        self._is_open.clear()
        # Wakes the listening thread. It may have gone by itself meanwhile: then closing the socket ends the knock.
        knock = threading.Thread(target=_knock, args=(self._address,), name="door knock", daemon=True)
        knock.start()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, _CLOSE_SECONDS)
        self._listener.close()
        self._callers.shutdown(wait=False, cancel_futures=True)
        self._key_file.unlink(missing_ok=True)

    def _listen(self) -> None:
        assert self._listener is not None
        while self._is_open.is_set():
            try:
                caller = self._listener.accept()
            except (OSError, EOFError):
                if not self._is_open.is_set():
                    return
                continue
            if not self._is_open.is_set():
                caller.close()
                return
            self._callers.submit(self._serve, caller)

    def _serve(self, caller: "Connection[Any, Any]") -> None:
        with caller:
            try:
                if not _greet(caller, self._key):
                    return
                while self._is_open.is_set() and caller.poll(_IDLE_SECONDS):
                    request = caller.recv_bytes(_MOST_BYTES)
                    assert self._loop is not None
                    answer = asyncio.run_coroutine_threadsafe(self._answer(request), self._loop).result()
                    caller.send_bytes(answer)
            except (EOFError, OSError):
                return
            except Exception:  # noqa: BLE001 - one caller's failure is no other's
                _log.exception("a call through the door failed")


class DoorClient:
    """The other side. Blocking: it is for a process that does nothing else meanwhile."""

    def __init__(self, address: str, key_file: Path) -> None:
        """Raises Problem: nobody answers, or not with our key."""
        try:
            self._connection: Connection[Any, Any] = Client(address)
            if not _introduce(self._connection, key_file.read_bytes()):
                self._connection.close()
                raise problem("door_closed", FAILED, reason="it is not the application's own")
        except (OSError, EOFError) as error:
            raise problem("door_closed", FAILED, reason=str(error) or type(error).__name__) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def send(self, request: bytes) -> bytes:
        """Raises Problem: the other side went away."""
        try:
            self._connection.send_bytes(request)
            if not self._connection.poll(_ANSWER_SECONDS):
                raise problem("door_closed", FAILED, reason="no answer came")
            return self._connection.recv_bytes(_MOST_BYTES)
        except (OSError, EOFError) as error:
            raise problem("door_closed", FAILED, reason=str(error) or type(error).__name__) from None

    def supervisor(self) -> Remote:
        return Remote(self.send)


def _greet(caller: "Connection[Any, Any]", key: bytes) -> bool:
    """Let the caller prove that it knows the key, then prove it ourselves; who stays silent is let go."""
    ours = secrets.token_bytes(_NONCE)
    caller.send_bytes(ours)
    if not caller.poll(_GREETING_SECONDS):
        return False
    said = caller.recv_bytes(_NONCE + _PROOF)
    theirs, proof = said[:_NONCE], said[_NONCE:]
    if not hmac.compare_digest(proof, _proof(key, b"caller", ours)):
        return False
    caller.send_bytes(_proof(key, b"door", theirs))
    return True


def _introduce(door: "Connection[Any, Any]", key: bytes) -> bool:
    """The caller's side of `_greet`."""
    if not door.poll(_GREETING_SECONDS):
        return False
    theirs = door.recv_bytes(_NONCE)
    ours = secrets.token_bytes(_NONCE)
    door.send_bytes(ours + _proof(key, b"caller", theirs))
    if not door.poll(_GREETING_SECONDS):
        return False
    return hmac.compare_digest(door.recv_bytes(_PROOF), _proof(key, b"door", ours))


def _proof(key: bytes, who: bytes, nonce: bytes) -> bytes:
    return hmac.digest(key, who + nonce, "sha256")


def _knock(address: str) -> None:
    with suppress(OSError, EOFError):
        Client(address).close()


def _write_key(path: Path, key: bytes) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(key)
