"""What goes wrong between a client and an exchange, by plan: at the n-th call, at an endpoint, or by a seeded chance.

A stand puts `Faults.middleware` before its handlers and passes every websocket frame through `Faults.frames`.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ErrorMaker = Callable[[int, str], web.Response]


class What(StrEnum):
    """`executed`: whether the exchange did what was asked is in `EXECUTED`; everything else never reached it."""

    # The request is carried out, its answer is spoilt
    ACCEPT_THEN_SILENCE = "accept_then_silence"
    ACCEPT_THEN_STATUS = "accept_then_status"  # `number`: 503, 504, 408, 523 …
    ACCEPT_THEN_CODE = "accept_then_code"  # `number`: -1007, the exchange's own error
    ANSWER_LOST = "answer_lost"  # the connection is closed without an answer
    ANSWER_RESET = "answer_reset"
    HTML = "html"
    EMPTY = "empty"
    NULL = "null"
    BRACES = "braces"
    TRUNCATED = "truncated"  # half of the JSON in a whole HTTP answer
    CUT = "cut"  # the connection breaks in the middle of the body
    BAD_GZIP = "bad_gzip"
    BAD_CHUNK = "bad_chunk"
    MALFORMED = "malformed"  # JSON, but a list of numbers where an object should be
    SPOILT = "spoilt"  # `change` rewrites the answer's JSON text
    SLOW = "slow"  # `number` ms later
    # It arrives when nobody waits any more
    LATE = "late"  # `number` ms later by the exchange's clock; the connection is closed at once
    # It is not carried out
    NEVER_ARRIVES = "never_arrives"
    SILENCE = "silence"
    STATUS = "status"  # `number`
    CODE = "code"  # `number`, `text`
    REDIRECT = "redirect"  # 302 to a login page; `text` is the address
    MOVED = "moved"  # 307 to another host; `text` is the address
    TOO_MANY = "429"
    BANNED = "418"
    FORBIDDEN = "403"
    # Sockets
    DROP = "drop"
    DUPLICATE = "duplicate"
    REORDER = "reorder"
    MUTE = "mute"  # the connection stays up and says nothing more
    DISCONNECT = "disconnect"
    DISCONNECT_AFTER = "disconnect_after"
    REWRITE = "rewrite"  # `change` rewrites the frame


EXECUTED = frozenset(
    {
        What.ACCEPT_THEN_SILENCE, What.ACCEPT_THEN_STATUS, What.ACCEPT_THEN_CODE, What.ANSWER_LOST, What.ANSWER_RESET,
        What.HTML, What.EMPTY, What.NULL, What.BRACES, What.TRUNCATED, What.CUT, What.BAD_GZIP, What.BAD_CHUNK,
        What.MALFORMED, What.SPOILT, What.SLOW,
    }
)  # fmt: skip
_LOGIN_PAGE = (
    "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in to the network</body></html>"
)


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong.

    `where`: "*", "POST", "/api/v3/order", "POST /api/v3/order", or a socket's name ("ws market", "ws private").
    `at`: only the call of that number counted from 1 over the whole stand; `skip`: let that many pass first.
    """

    what: What
    where: str = "*"
    times: int = 1
    skip: int = 0
    at: int = 0
    number: int = 0
    text: str = ""
    retry_after: str = "1"
    change: Callable[[str], str] = str
    done: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A request that came, faulty or not."""

    number: int
    verb: str
    path: str
    query: str
    body: str
    at: float
    fault: What | None

    @property
    def name(self) -> str:
        return f"{self.verb} {self.path}"


@dataclass
class Faults:
    """The plan and the count of one stand. `chance` of `random_kinds` at every call is drawn from `seed`."""

    plan: list[Fault] = field(default_factory=list)
    seed: int = 0
    chance: float = 0.0
    random_kinds: Sequence[Fault] = ()
    random_where: str = "*"
    make_error: ErrorMaker | None = None
    later: Callable[[int, Callable[[], Awaitable[None]]], None] | None = None
    calls: list[Call] = field(default_factory=list)
    injected: int = 0

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        self._closing = asyncio.Event()
        self.in_flight = 0  # requests that somebody waits for and that are being answered
        self.frames_sent = 0
        self._held: dict[int, str] = {}
        self._muted: set[int] = set()

    def add(self, what: What, where: str = "*", **details: object) -> Fault:
        fault = Fault(what, where, **details)  # type: ignore[arg-type] # a short hand for tests
        self.plan.append(fault)
        return fault

    def clear(self) -> None:
        """From now on all is well, and muted sockets stay as they are: only a new connection talks."""
        self.plan.clear()
        self.chance = 0.0

    def count(self, where: str) -> int:
        return sum(_is_at(where, call.verb, call.path) for call in self.calls)

    def close(self) -> None:
        self._closing.set()

    # --- requests -----------------------------------------------------------------------------------------------------

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() == "websocket" or request.path.startswith("/_"):
            return await handler(request)
        body = await request.text()
        fault = self._take(request.method, request.path, len(self.calls) + 1)
        what = None if fault is None else fault.what
        now = asyncio.get_running_loop().time()
        self.calls.append(
            Call(len(self.calls) + 1, request.method, request.path, request.query_string, body, now, what)
        )
        self.in_flight += 1
        try:
            if fault is None:
                return await handler(request)
            if fault.what in EXECUTED:
                return await self._spoil(fault, request, await handler(request))
            return await self._instead(fault, request, handler)
        finally:
            self.in_flight -= 1

    def _take(self, verb: str, path: str, number: int = 0) -> Fault | None:
        for fault in self.plan:
            if fault.done >= fault.times or not _is_at(fault.where, verb, path) or fault.at not in (0, number):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.done += 1
            self.injected += 1
            return fault
        if self.random_kinds and _is_at(self.random_where, verb, path) and self._dice.random() < self.chance:
            self.injected += 1
            return self._dice.choice(self.random_kinds)
        return None

    async def _spoil(self, fault: Fault, request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
        body = answer.text if isinstance(answer, web.Response) else None
        body = body or ""
        match fault.what:
            case What.ACCEPT_THEN_SILENCE:
                return await self._silence(request)
            case What.ACCEPT_THEN_STATUS:
                return web.Response(status=fault.number, text=fault.text)
            case What.ACCEPT_THEN_CODE:
                return self._error(fault)
            case What.ANSWER_LOST | What.ANSWER_RESET:
                return _hang_up(request, is_reset=fault.what is What.ANSWER_RESET)
            case What.HTML:
                return web.Response(text=_LOGIN_PAGE, content_type="text/html")
            case What.EMPTY | What.NULL | What.BRACES | What.MALFORMED:
                texts = {What.EMPTY: "", What.NULL: "null", What.BRACES: "{}", What.MALFORMED: "[1, 2, 3]"}
                return web.Response(text=texts[fault.what], content_type="application/json")
            case What.TRUNCATED:
                return web.Response(text=body[: len(body) // 2], content_type="application/json")
            case What.SPOILT:
                return web.Response(status=answer.status, text=fault.change(body), content_type="application/json")
            case What.SLOW:
                await asyncio.sleep(fault.number / 1000)
                return answer
            case _:
                return _break_body(fault.what, request, body)

    async def _instead(self, fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
        match fault.what:
            case What.LATE:
                assert self.later is not None, "the stand has no floor to arrive at"

                async def carry_out() -> None:
                    await handler(request)

                self.later(fault.number, carry_out)
                return _hang_up(request)
            case What.SILENCE:
                return await self._silence(request)
            case What.STATUS:
                return web.Response(status=fault.number, text=fault.text or _LOGIN_PAGE)
            case What.CODE:
                return self._error(fault)
            case What.REDIRECT | What.MOVED:
                where = fault.text or "/_login"
                return web.Response(status=302 if fault.what is What.REDIRECT else 307, headers={"Location": where})
            case What.TOO_MANY | What.BANNED | What.FORBIDDEN:
                return self._refuse(fault)
            case _:
                return _hang_up(request)

    def _error(self, fault: Fault) -> web.Response:
        assert self.make_error is not None
        return self.make_error(fault.number, fault.text)

    def _refuse(self, fault: Fault) -> web.Response:
        if fault.what is What.FORBIDDEN or self.make_error is None:
            return web.Response(status=int(fault.what), text="<html><title>403 Forbidden</title></html>")
        answer = self.make_error(fault.number or int(fault.what), fault.text)
        answer.set_status(int(fault.what))
        answer.headers["Retry-After"] = fault.retry_after
        return answer

    async def _silence(self, request: web.Request) -> web.StreamResponse:
        self.in_flight -= 1
        while not self._closing.is_set() and request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        self.in_flight += 1
        return web.Response()

    # --- sockets ------------------------------------------------------------------------------------------------------

    def frames(self, socket: str, connection: int, frame: str) -> list[str] | None:
        """What really goes out for one frame; None: hang up now."""
        fault = self._take(socket, "")
        self.frames_sent += 1
        if connection in self._muted:
            return []
        out = [frame]
        match None if fault is None else fault.what:
            case What.MUTE:
                self._muted.add(connection)
                return []
            case What.DISCONNECT:
                return None
            case What.DROP:
                return []
            case What.DUPLICATE:
                out = [frame, frame]
            case What.REORDER if connection not in self._held:
                self._held[connection] = frame
                return []
            case What.REWRITE if fault is not None:
                out = [fault.change(frame)]
        if connection in self._held:
            out.append(self._held.pop(connection))
        return out

    def has_muted(self, connection: int) -> bool:
        return connection in self._muted


def _is_at(where: str, verb: str, path: str) -> bool:
    return where in ("*", verb, path, f"{verb} {path}") and not (where == "*" and verb.startswith("ws "))


def _hang_up(request: web.Request, *, is_reset: bool = False) -> web.StreamResponse:
    if request.transport is not None:
        if is_reset:
            request.transport.abort()
        else:
            request.transport.close()
    return web.Response()


def _break_body(what: What, request: web.Request, body: str) -> web.StreamResponse:
    raw = body.encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    match what:
        case What.CUT:
            answer = head + b"Content-Length: %d\r\n\r\n" % len(raw) + raw[: len(raw) // 2]
        case What.BAD_CHUNK:
            answer = (
                head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(raw) + raw[: len(raw) // 2] + b"\r\nZZ\r\n"
            )
        case _:  # a gzip that is none
            answer = head + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(raw) + raw
    if request.transport is not None and not request.transport.is_closing():
        assert isinstance(request.transport, asyncio.WriteTransport)
        request.transport.write(answer)
    return _hang_up(request)


ALL_ORDER_DOUBTS: tuple[Fault, ...] = (
    *(Fault(What.ACCEPT_THEN_STATUS, number=status) for status in (500, 502, 503, 504, 408, 523, 527)),
    *(
        Fault(what)
        for what in (
            What.ANSWER_LOST, What.ANSWER_RESET, What.HTML, What.EMPTY, What.NULL, What.BRACES, What.TRUNCATED,
            What.CUT, What.BAD_GZIP, What.BAD_CHUNK, What.MALFORMED,
        )
    ),
    Fault(What.NEVER_ARRIVES),
    Fault(What.STATUS, number=503),
    Fault(What.REDIRECT),
)  # fmt: skip
