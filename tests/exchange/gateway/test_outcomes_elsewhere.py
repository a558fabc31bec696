"""The other exchanges, through the library: nothing that comes back for an order that may be there is a refusal."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from desktop_app.core.credentials import Credentials, Secret
from desktop_app.core.order import Side
from desktop_app.exchange.gateway.client import Client, open_client
from desktop_app.exchange.live.markets import read_markets
from desktop_app.exchange.live.notes import Notes
from desktop_app.exchange.live.orders import Orders
from desktop_app.exchange.live.trades import TradeHistory
from desktop_app.exchange.live_config import LiveConfig
from desktop_app.exchange.protocol import Refused, Unreachable
from tests.exchange.behaviour import an_order

PAIR = "BTC/USDT"
EXCHANGES = ["okx", "bybit", "kraken", "gate", "bitget", "coinbase", "htx", "mexc"]
STATUSES = (400, 401, 403, 404, 408, 409, 418, 425, 429, 500, 502, 503, 504, 520, 522, 523, 524, 527, 529, 530, 599)
PAGE = "<!DOCTYPE html><html><body>Please sign in to the network</body></html>"
BODIES = (
    "",
    "null",
    "{}",
    "[]",
    "[1, 2, 3]",
    PAGE,
    '{"code": "0", "data": [{"ordId": "1',
    '"text"',
    "NaN",
    '{"code": ',
)
# What the exchanges' own tables call a time-out or an overload, in the form in which each of them says so.
AMBIGUOUS = {
    "okx": [
        '{"code":"1","data":[{"sCode":"51149","sMsg":"Order timed out."}],"msg":""}',
        '{"code":"50004","msg":"timeout"}',
    ],
    "bybit": ['{"retCode":10000,"retMsg":"Server Timeout"}', '{"retCode":170146,"retMsg":"Order creation timeout"}'],
    "kraken": ['{"error":["EService:Timeout"]}', '{"error":["EGeneral:Internal error"]}'],
    "gate": ['{"label":"REQUEST_TIMEOUT","message":"Request timed out"}', '{"label":"SERVER_ERROR","message":"x"}'],
    "bitget": ['{"code":"40010","msg":"Request timed out"}', '{"code":"40725","msg":"service return an error"}'],
    "coinbase": ['{"success":false,"failure_reason":"UNKNOWN_FAILURE_REASON"}', '{"error":"INTERNAL","message":"x"}'],
    "htx": ['{"status":"error","err-code":"base-request-timeout","err-msg":"x"}'],
    "mexc": ['{"code":500,"msg":"Server error"}', '{"code":-1007,"msg":"Timeout"}'],
}


@dataclass
class Answering:
    """A server that takes everything and answers what a test wants."""

    status: int = 200
    body: str = ""
    drops: bool = False
    posts: int = 0

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        sent = await request.text()
        self.posts += "fed0" in sent + str(request.rel_url)
        if self.drops and request.transport is not None:
            request.transport.close()
        return web.Response(status=self.status, text=self.body, content_type="application/json")


def _keys(exchange_id: str) -> Credentials:
    secret = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"
    if exchange_id == "coinbase":
        key = ec.generate_private_key(ec.SECP256R1())
        form = serialization.PrivateFormat.TraditionalOpenSSL
        secret = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
        return Credentials(Secret("organizations/a/apiKeys/b"), Secret(secret))
    return Credentials(Secret("k" * 32), Secret(secret), Secret("passphrase"))


def _market(client: Client) -> dict[str, Any]:
    named = {"okx": "BTC-USDT", "coinbase": "BTC-USDT", "gate": "BTC_USDT", "kraken": "XBTUSDT"}
    market: dict[str, Any] = client.api.safe_market_structure(
        {
            "id": named.get(client.id, "BTCUSDT"), "symbol": PAIR, "base": "BTC", "quote": "USDT", "baseId": "BTC",
            "quoteId": "USDT", "type": "spot", "spot": True, "active": True, "swap": False, "future": False,
            "contract": False, "precision": {"amount": "0.0001", "price": "0.1"},
            "limits": {"amount": {}, "price": {}, "cost": {}}, "info": {},
        }
    )  # fmt: skip
    return market


@pytest.fixture(params=EXCHANGES)
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Client, Orders, Answering]]:
    answering = Answering()
    runner = web.ServerRunner(web.Server(answering))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    config = LiveConfig(rest_url=f"http://127.0.0.1:{runner.addresses[0][1]}")
    client = await open_client(request.param, config, _keys(request.param))
    client.api.set_markets([_market(client)])
    client.api.timeout = 2_000
    if client.id == "htx":
        client.api.accounts = [{"id": "1", "type": "spot", "code": None, "info": {}}]
    markets = read_markets(client.api.markets, client.quirks, int(client.api.precisionMode))
    notes = Notes()
    trades = TradeHistory(client, notes, lambda: markets, client.clock, lambda _: None)
    client.budget.stop = lambda seconds: None  # type: ignore[method-assign] # nobody waits for an exchange in a test

    async def resync() -> None: ...

    yield client, Orders(client, notes, trades, lambda: markets, now=client.clock, resync_clock=resync), answering
    await client.close()
    await runner.cleanup()


async def _end(orders: Orders, number: int) -> str:
    order = an_order(f"fed0{number:024x}", PAIR, Side.BUY, Decimal("0.001"), Decimal(30_000))
    try:
        async with asyncio.timeout(10):
            return (await orders.place(order)).status.value
    except (Refused, Unreachable) as error:
        return type(error).__name__


async def test_no_trouble_on_the_way_back_is_called_a_refusal(bench: tuple[Client, Orders, Answering]) -> None:
    client, orders, answering = bench
    troubles = [
        *((status, body, False) for status in STATUSES for body in ("", PAGE)),
        *((200, body, False) for body in BODIES),
        *((200, body, False) for body in AMBIGUOUS[client.id]),
        *((500, body, False) for body in AMBIGUOUS[client.id]),
        (200, "", True),
    ]
    wrong = []
    most = 0
    for number, (status, body, drops) in enumerate(troubles):
        answering.status, answering.body, answering.drops, answering.posts = status, body, drops, 0
        ended = await _end(orders, number)
        most = max(most, answering.posts)
        if ended != "Unreachable" or answering.posts > 1:
            wrong.append((status, body, drops, ended, answering.posts))
    assert wrong == []
    assert most == 1  # the order did leave
