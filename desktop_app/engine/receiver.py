"""The door for alerts: a web server on this computer alone that takes little, believes nothing and says less."""

import asyncio
import importlib
import json
import logging
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop_app.core.credentials import Secret
from desktop_app.core.said import Said, said
from desktop_app.core.signal_reading import LARGEST_BODY
from desktop_app.engine.crew import Crew
from desktop_app.engine.problem import worded
from desktop_app.engine.receiver_pace import Pace
from desktop_app.engine.signal_desk import STRANGER, Proof, SignalDesk, Verdict
from desktop_app.engine.signal_log import Arrival, SignalLog
from desktop_app.exchange.pump import end

if TYPE_CHECKING:
    from aiohttp.web import BaseRequest, Response, Server

_log = logging.getLogger(__name__)
HOST = "127.0.0.1"
PATH = "/hook/"
_CONNECTIONS = 256  # at 100 new ones a second, each has more than two seconds to say what it wants
_HEAD_SECONDS = 2.0  # alerts say at once what they want
_SECONDS = 5.0  # that a connection may live, whatever it does meanwhile
_HEADER_BYTES = 8_190
_TYPES = ("application/json", "text/plain", "")
_CHUNK = 16_384


class Receiver:
    """Listens on loopback only: whoever wants alerts from elsewhere lets a tunnel of his own end here.

    What comes from a web page (it has an Origin, or names a foreign Host) is refused unread, and so is every address
    that is not a bot's. Each connection carries one request, and is cut off after five seconds, or when newer ones
    need its place.
    """

    def __init__(self, desk: SignalDesk, log: SignalLog, crew: Crew, pace: Pace) -> None:
        self._desk = desk
        self._log = log
        self._crew = crew
        self._pace = pace
        self._socket: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._web: Server | None = None
        self._hosts: frozenset[str] = frozenset()
        self._open: dict[
            asyncio.BaseProtocol, _Guarded
        ] = {}  # oldest first, by what aiohttp calls a request's protocol
        self._has_room = asyncio.Event()
        self.port = 0

    @property
    def is_listening(self) -> bool:
        return self._socket is not None

    async def open(self, port: int, public_host: str = "") -> None:
        """Raises OSError."""
        await self.close()
        # On a thread: to load the library takes longer than a bot may wait.
        http = await asyncio.to_thread(importlib.import_module, "desktop_app.engine.receiver_http")
        self._web = http.make_server(self._answer, self._garbled)
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if sys.platform == "win32":  # there, to reuse means that another program may listen on the same port
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            else:
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((HOST, port))
            listening.listen(128)
            listening.setblocking(False)
        except BaseException:
            listening.close()
            raise
        self._socket = listening
        self.port = listening.getsockname()[1]
        names = {f"{name}:{self.port}" for name in (HOST, "localhost")}
        self._hosts = frozenset(names | ({public_host} if public_host else set()))
        self._accepting = self._crew.keep(self._accept, "receiver")

    async def close(self) -> None:
        task, self._accepting = self._accepting, None
        if task is not None:
            await end(task)
        listening, self._socket = self._socket, None
        if listening is not None:
            listening.close()
        web, self._web = self._web, None
        if web is not None:
            await web.shutdown(1.0)
        self.port = 0

    async def _accept(self) -> None:
        """Let connections in one by one, each costing the loop less than a bot would notice."""
        assert self._socket is not None
        loop = asyncio.get_running_loop()
        while True:
            await self._room()
            try:
                caller, _ = await loop.sock_accept(self._socket)
                await loop.connect_accepted_socket(self._guarded, caller)
            except OSError:
                _log.debug("a caller went away before it was let in")
            await self._pace.connection()

    async def _room(self) -> None:
        """Return when another caller fits in. Those who have not said all they want to say make place first."""
        while len(self._open) >= _CONNECTIONS:
            idle = next((name for name, one in self._open.items() if not one.is_complete), None)
            if idle is not None:
                self._open.pop(idle).cut()
                return
            self._has_room.clear()
            await self._has_room.wait()

    def _guarded(self) -> asyncio.Protocol:
        assert self._web is not None
        inner = self._web()
        self._open[inner] = made = _Guarded(inner, self._gone)
        return made

    def _gone(self, inner: asyncio.BaseProtocol) -> None:
        self._open.pop(inner, None)
        self._has_room.set()

    # --- one request

    async def _answer(self, request: "BaseRequest") -> "Response":
        """Cheap checks first: nothing is read of what is refused by its head."""
        sender = request.remote or ""
        verdict = self._by_head(request)
        if verdict is not None:
            self._log.refused(Arrival("hook", sender, ""), 0, verdict.status, verdict.said)
            return _reply((verdict,))
        bot_id = self._desk.bot_of(request.path[len(PATH) :]) if request.path.startswith(PATH) else 0
        if not bot_id or request.path[len(PATH) :].isdigit():
            self._log.refused(Arrival("hook", sender, ""), 0, 401, STRANGER)
            return _reply((Verdict(401, STRANGER),))
        if not self._pace.may_read(str(bot_id), request.content_length):
            return self._refuse(sender, bot_id, 429, said("signal_busy"))
        body = await self._read(request)
        caller = self._open.get(request.protocol)
        if caller is not None:
            caller.is_complete = True
        if isinstance(body, Verdict):
            return self._refuse(sender, bot_id, body.status, body.said)
        await self._pace.message()
        given = request.headers.get("X-Signal-Secret")
        proof = Proof(
            Secret(given) if given else None,
            request.headers.get("X-Signature", "").removeprefix("sha256="),
            request.headers.get("X-Timestamp", ""),
        )
        arrival = Arrival("hook", sender, self._desk.masked(body))
        return _reply(await self._desk.from_outside(body, arrival, addressed=bot_id, proof=proof))

    def _garbled(self, sender: str) -> "Response":
        """What came was no HTTP that anybody understands."""
        return self._refuse(sender, 0, 400, said("signal_no_http"))

    def _by_head(self, request: "BaseRequest") -> Verdict | None:
        headers = request.headers
        if headers.get("Host", "").lower() not in self._hosts or len(headers.getall("Host")) > 1:
            return Verdict(421, said("signal_foreign_host"))
        if "Origin" in headers or any(name.lower().startswith("sec-fetch-") for name in headers):
            return Verdict(403, said("signal_from_browser"))
        if request.method != "POST":
            return Verdict(405, said("signal_not_posted"))
        if headers.get("Content-Type", "").partition(";")[0].strip().lower() not in _TYPES:
            return Verdict(415, said("signal_wrong_type"))
        if headers.get("Content-Encoding", "identity").lower() != "identity":
            return Verdict(415, said("signal_wrong_type"))
        if request.content_length is not None and request.content_length > LARGEST_BODY:
            return Verdict(413, said("signal_too_large", limit=LARGEST_BODY))
        return None

    async def _read(self, request: "BaseRequest") -> bytes | Verdict:
        """At most as much as a message may have, for at most as long as a connection lives."""
        parts: list[bytes] = []
        length = 0
        try:
            async with asyncio.timeout(_SECONDS - 0.5):
                while part := await request.content.read(_CHUNK):
                    length += len(part)
                    if length > LARGEST_BODY:
                        return Verdict(413, said("signal_too_large", limit=LARGEST_BODY))
                    parts.append(part)
        except TimeoutError:
            return Verdict(408, said("signal_too_slow"))
        return b"".join(parts)

    def _refuse(self, sender: str, bot_id: int, status: int, why: Said) -> "Response":
        self._log.refused(Arrival("hook", sender, ""), bot_id, status, why)
        return _reply((Verdict(status, why, bot_id),))


class _Guarded(asyncio.Protocol):
    """A connection with an end: aiohttp itself waits for a request's first bytes for ever."""

    def __init__(self, inner: asyncio.Protocol, on_end: Callable[[asyncio.BaseProtocol], None]) -> None:
        self._inner = inner
        self._on_end = on_end
        self._transport: asyncio.Transport | None = None
        self._ends: asyncio.TimerHandle | None = None
        self._ends_without_head: asyncio.TimerHandle | None = None
        self._tail = b""
        self.is_complete = False  # all of its request is here

    def cut(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        later = asyncio.get_running_loop().call_later
        self._ends = later(_SECONDS, self.cut)
        self._ends_without_head = later(_HEAD_SECONDS, self.cut)
        self._inner.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._on_end(self._inner)
        for timer in (self._ends, self._ends_without_head):
            if timer is not None:
                timer.cancel()
        self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._ends_without_head is not None:
            self._tail = (self._tail + data)[-_HEADER_BYTES:]
            if b"\r\n\r\n" in self._tail or b"\n\n" in self._tail:
                self._ends_without_head.cancel()
                self._ends_without_head, self._tail = None, b""
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()


def _reply(verdicts: tuple[Verdict, ...]) -> "Response":
    from aiohttp import web

    worst = max(verdict.status for verdict in verdicts)
    document: object = [{"status": one.status, "reason": worded(one.said)} for one in verdicts]
    if len(verdicts) == 1:
        document = {"status": worst, "reason": worded(verdicts[0].said)}
    answer = web.Response(status=worst, text=json.dumps(document) + "\n", content_type="application/json")
    answer.force_close()
    answer.headers["Server"] = "-"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    if worst == 405:
        answer.headers["Allow"] = "POST"
    return answer
