"""The only way out to an exchange: to its own hosts, over verified TLS, following nobody anywhere else."""

import asyncio
import socket
import ssl
from functools import cache
from typing import Any

import aiohttp
import certifi
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_middlewares import ClientHandlerType

from desktop_app.exchange.gateway.wire import LONGEST_ANSWER, WIRE, Barred, Hosts

_KEEP_ALIVE_SECONDS = 65.0  # an account asks something every 30: an order finds its connection open
_REDIRECTS = range(300, 400)
_NOT_MODIFIED = 304


class _Answer(aiohttp.ClientResponse):
    async def read(self) -> bytes:
        if self._body is None:
            wire = WIRE.get()
            longest = wire.longest if wire else LONGEST_ANSWER
            parts, length = [], 0
            async for part in self.content.iter_any():
                parts.append(part)
                length += len(part)
                if length > longest:
                    self.close()
                    raise Barred("The answer is too long to be one of the exchange.")
            self._body = b"".join(parts)
        return await super().read()


class _Resolver(AbstractResolver):
    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts
        self._names = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if not self._hosts.allows(host):
            raise OSError(f"{host} is not a host of this exchange")
        found = await self._names.resolve(host, port, family)
        self._hosts.addresses.update(one["host"] for one in found)
        return found

    async def close(self) -> None:
        await self._names.close()


class GuardedSession:
    """What ccxt takes for an aiohttp session."""

    def __init__(self, hosts: Hosts, tls: ssl.SSLContext | None) -> None:
        self.hosts = hosts
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                ssl=tls if tls is not None else True,
                resolver=_Resolver(hosts),
                socket_factory=self._socket,
                keepalive_timeout=_KEEP_ALIVE_SECONDS,
            ),
            trust_env=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            response_class=_Answer,
            middlewares=(self._guard,),
        )

    def get(self, url: Any, **options: Any) -> Any:
        return self._request("GET", url, options)

    def post(self, url: Any, **options: Any) -> Any:
        return self._request("POST", url, options)

    def put(self, url: Any, **options: Any) -> Any:
        return self._request("PUT", url, options)

    def patch(self, url: Any, **options: Any) -> Any:
        return self._request("PATCH", url, options)

    def delete(self, url: Any, **options: Any) -> Any:
        return self._request("DELETE", url, options)

    def ws_connect(self, url: Any, **options: Any) -> Any:
        return self._session.ws_connect(url, **options)

    @property
    def headers(self) -> Any:
        return self._session.headers

    @property
    def cookie_jar(self) -> aiohttp.abc.AbstractCookieJar:
        return self._session.cookie_jar

    @property
    def closed(self) -> bool:
        return self._session.closed

    async def close(self) -> None:
        await self._session.close()

    def _request(self, method: str, url: Any, options: dict[str, Any]) -> Any:
        wire = WIRE.get()
        if wire is not None:
            wire.requests += 1
            wire.changes += method != "GET"
        return self._session.request(method, url, allow_redirects=False, **options)

    async def _guard(self, request: aiohttp.ClientRequest, go_on: ClientHandlerType) -> aiohttp.ClientResponse:
        """For streams too, which aiohttp would follow to wherever they are sent."""
        if not self.hosts.allows(request.url.host or ""):
            raise Barred("A connection to a host that is not the exchange's was not made.")
        answer = await go_on(request)
        if answer.status in _REDIRECTS and answer.status != _NOT_MODIFIED:
            answer.close()
            raise Barred("The network answers with a redirect. It may ask for a login.")
        return answer

    def _socket(self, where: Any) -> socket.socket:
        family, kind, protocol, _, address = where
        host = str(address[0])
        if host not in self.hosts.addresses and host not in self.hosts.exact:
            raise OSError(f"{host} is not an address of this exchange")
        return socket.socket(family, kind, protocol)


async def open_session(hosts: Hosts) -> GuardedSession:
    tls = None if hosts.is_loopback else await asyncio.to_thread(_tls)
    return GuardedSession(hosts, tls)


@cache
def _tls() -> ssl.SSLContext:
    """Reading the certificates takes tens of milliseconds: not for a loop."""
    return ssl.create_default_context(cafile=certifi.where())
