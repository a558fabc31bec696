"""How a test in another process commands a stand and reads its books: `POST /_control` with {"do": name, …}."""

import asyncio
import random
from decimal import Decimal
from typing import Any, Protocol

from aiohttp import web

from tests.loopback.faults import Fault, Faults, What
from tests.loopback.floor import Account, Floor

Json = dict[str, Any]


class _Sockets(Protocol):
    async def disconnect(self, name: str = "") -> None: ...


class Stand(Protocol):
    @property
    def floor(self) -> Floor: ...
    @property
    def faults(self) -> Faults: ...
    @property
    def sockets(self) -> _Sockets: ...


class Control:
    """Every answer is the books of the account, `key`'s unless the wish names another."""

    def __init__(self, stand: Stand, key: str) -> None:
        self._stand = stand
        self._key = key

    async def answer(self, request: web.Request) -> web.Response:
        wish = await request.json()
        floor = self._stand.floor
        account = floor.accounts[wish.get("key", self._key)]
        match wish["do"]:
            case "books":
                pass
            case "move":
                floor.move(wish["symbol"], str(wish["price"]))
            case "give":
                floor.give(account, wish["asset"], str(wish["change"]))
            case "fill":
                order = floor.find(account, client_id=wish["client_id"])
                assert order is not None
                floor.fill(order, wish.get("amount"))
            case "rights":
                account.may_trade = wish.get("trade", account.may_trade)
                account.may_withdraw = wish.get("withdraw", account.may_withdraw)
                account.may_transfer = wish.get("transfer", account.may_transfer)
                account.is_ip_bound = wish.get("ip", account.is_ip_bound)
                account.is_revoked = wish.get("revoked", account.is_revoked)
            case "fault":
                details = {name: value for name, value in wish.items() if name not in ("do", "what", "where")}
                self._stand.faults.plan.append(Fault(What(wish["what"]), wish.get("where", "*"), **details))
            case "clear":
                self._stand.faults.clear()
            case "disconnect":
                await self._stand.sockets.disconnect(wish.get("name", ""))
            case "skew":
                floor.skew_ms = int(wish["ms"])
            case unknown:
                return web.json_response({"error": f"unknown: {unknown}"}, status=400)
        return web.json_response(self._books(account))

    def _books(self, account: Account) -> Json:
        books = self._stand.floor.books(account)
        calls: dict[str, int] = {}
        for call in self._stand.faults.calls:
            calls[call.name] = calls.get(call.name, 0) + 1
        return {
            "orders": [
                {
                    "id": order.id,
                    "client_id": order.client_id,
                    "symbol": order.pair.symbol,
                    "side": order.side,
                    "kind": str(order.kind),
                    "amount": str(order.amount),
                    "price": str(order.price),
                    "filled": str(order.filled),
                    "status": str(order.status),
                }
                for order in books.orders
            ],
            "trades": [
                {
                    "id": trade.id,
                    "order_id": trade.order_id,
                    "symbol": trade.symbol,
                    "side": trade.side,
                    "price": str(trade.price),
                    "amount": str(trade.amount),
                    "fee": str(trade.fee),
                    "fee_asset": trade.fee_asset,
                }
                for trade in books.trades
            ],
            "balances": {
                asset: {"free": str(one.free), "locked": str(one.locked)} for asset, one in books.balances.items()
            },
            "calls": calls,
        }


async def wander(floor: Floor, seed: int, pause: float) -> None:
    """Move every price a little, for ever."""
    chance = random.Random(seed)
    while True:
        await asyncio.sleep(pause)
        for pair in [*floor.pairs.values()]:
            step = Decimal(chance.randint(-30, 30)) / 10_000
            floor.move(pair.symbol, (pair.price * (1 + step)) // pair.price_tick * pair.price_tick)
