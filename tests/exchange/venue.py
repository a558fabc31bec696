"""A stand-in that answers one exchange's requests with what a test wants to hear, and remembers them."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from desktop_app.core.credentials import Credentials, Secret
from desktop_app.exchange.gateway.budget import Budget
from desktop_app.exchange.gateway.client import Client, open_client
from desktop_app.exchange.live_config import LiveConfig

SYMBOL = "BTC/USDT"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came over the wire."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True, slots=True)
class Answer:
    body: Any
    http: int = 200
    location: str = ""


@dataclass(slots=True)
class Venue:
    """`answers`: patterns of "METHOD /path", or that with "?query", and what is answered; all else gets a 404."""

    answers: dict[str, Answer]
    asked: list[Asked] = field(default_factory=list)
    in_flight: int = 0
    busiest: int = 0  # the most requests that were here at once

    def of(self, pattern: str) -> list[Asked]:
        return [one for one in self.asked if re.search(pattern, f"{one.method} {one.path}")]

    async def handle(self, request: web.Request) -> web.Response:
        self.in_flight += 1
        self.busiest = max(self.busiest, self.in_flight)
        try:
            for _ in range(20):  # so that others who are under way arrive
                await asyncio.sleep(0)
            return await self._answer(request)
        finally:
            self.in_flight -= 1

    async def _answer(self, request: web.Request) -> web.Response:
        text = await request.text()
        asked = Asked(request.method, request.path, dict(request.query), dict(request.headers), text)
        self.asked.append(asked)
        for pattern, answer in self.answers.items():
            line = f"{asked.method} {asked.path}"
            if re.search(pattern, line) or re.search(pattern, f"{line}?{request.query_string}"):
                if answer.location:
                    return web.Response(status=answer.http, headers={"Location": answer.location})
                if isinstance(answer.body, str):
                    return web.Response(text=answer.body, status=answer.http, content_type="text/html")
                return web.json_response(answer.body, status=answer.http)
        return web.json_response({}, status=404)


@asynccontextmanager
async def opened(exchange_id: str, answers: dict[str, Answer], market_id: str) -> AsyncIterator[tuple[Client, Venue]]:
    """A client of the real ccxt that talks to a stand-in with one pair."""
    venue = Venue(answers)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", venue.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        config = LiveConfig(rest_url=f"http://{host}:{port}")
        client = await open_client(exchange_id, config, keys_of(exchange_id), budget=Budget(1_000_000, 10))
        client.api.set_markets([_market(market_id)])
        try:
            yield client, venue
        finally:
            await client.close()
    finally:
        await runner.cleanup()


def keys_of(exchange_id: str) -> Credentials:
    secret = "c2VjcmV0c2VjcmV0c2VjcmV0"  # Kraken's are in base64
    key = "key1key1key1"
    if exchange_id == "coinbase":
        key = "organizations/1/apiKeys/2"
        made = ec.generate_private_key(ec.SECP256R1())
        secret = made.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    if exchange_id == "hyperliquid":
        key, secret = "0x" + "ab" * 20, "0x" + "1" * 64
    return Credentials(Secret(key), Secret(secret), Secret("phrase"))


def _market(market_id: str) -> dict[str, Any]:
    return {
        "id": market_id, "symbol": SYMBOL, "base": "BTC", "quote": "USDT", "baseId": "BTC", "quoteId": "USDT",
        "type": "spot", "spot": True, "margin": False, "swap": False, "future": False, "option": False,
        "contract": False, "inverse": False, "linear": False, "active": True,
        "precision": {"amount": "0.00001", "price": "0.01"},
        "limits": {"amount": {"min": "0.00001"}, "price": {}, "cost": {"min": "5"}},
        "info": {"orderTypes": ["LIMIT", "MARKET"]},
    }  # fmt: skip
