"""What aiohttp does for the receiver, and what it is kept from doing: saying who it is, and logging every bad byte."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp.web import BaseRequest, Response, Server, StreamResponse
from aiohttp.web_protocol import RequestHandler

HEADER_BYTES = 8_190
_log = logging.getLogger(__name__)

Answer = Callable[[BaseRequest], Awaitable[StreamResponse]]
Garbled = Callable[[str], Response]


def make_server(answer: Answer, garbled: Garbled) -> Server:
    """Makes protocols of one request each. `garbled` answers, by the caller's address, what is no HTTP."""
    return _Server(
        answer,
        garbled,
        access_log=None,
        keepalive_timeout=30,  # it also ends what is silent at first, and the receiver has clocks of its own for that
        lingering_time=0,
        max_line_size=HEADER_BYTES,
        max_field_size=HEADER_BYTES,
        tcp_keepalive=False,
    )


class _Server(Server):
    def __init__(self, answer: Answer, garbled: Garbled, **kwargs: Any) -> None:
        super().__init__(answer)
        self._garbled = garbled
        self._options = kwargs

    def __call__(self) -> RequestHandler:
        handler = _Handler(self, loop=asyncio.get_running_loop(), **self._options)
        handler.garbled = self._garbled
        return handler


class _Handler(RequestHandler):
    __slots__ = ("garbled",)

    garbled: Garbled

    def handle_error(
        self, request: BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> StreamResponse:
        del message  # it would tell a stranger what it runs into
        if request.writer.output_size > 0:
            raise ConnectionError("an answer is on its way already")
        if status >= 500:
            _log.error("a signal could not be answered", exc_info=exc)
            return Response(status=500)
        return self.garbled(request.remote or "")
