"""Binance spot on 127.0.0.1: the real client works against it unchanged but for its addresses.

In a test: `async with BinanceStand(floor, faults) as stand`. As a program, `python tests/loopback/binance.py`, it
prints one line of JSON with its addresses and a key, and obeys `POST /_control` (`control.Control`) until its input
closes.
"""

import argparse
import asyncio
import hmac
import json
import sys
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl

from aiohttp import web

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.loopback.binance_desk import Desk, Params
from tests.loopback.binance_sockets import Sockets, sign
from tests.loopback.binance_words import Json, Wrong, wrong
from tests.loopback.control import Control, wander
from tests.loopback.faults import Faults
from tests.loopback.floor import ONE_MINUTE, Account, Floor, Pair

KEY = "k" * 60 + "test"
SECRET = "s" * 60 + "test"
BEAT_SECONDS = 0.02


def a_floor(now: Callable[[], int] | None = None) -> Floor:
    """A floor with three pairs, BNB for fees, and one account of 10,000 USDT that `KEY` opens."""
    floor = Floor() if now is None else Floor(now)
    floor.list_pair(Pair("BTC", "USDT"), "60000")
    floor.list_pair(Pair("ETH", "USDT", amount_step=Decimal("0.0001"), min_amount=Decimal("0.0001")), "3000")
    floor.list_pair(Pair("BNB", "USDT", amount_step=Decimal("0.001"), min_amount=Decimal("0.001")), "600")
    floor.open_account(KEY, SECRET, USDT="10000", BTC="0")
    return floor


class BinanceStand:
    """The server. `beat`: also republish every price this often (seconds), as a busy market would; 0: never."""

    def __init__(self, floor: Floor, faults: Faults | None = None, *, beat: float = 0) -> None:
        self.floor = floor
        self.faults = faults if faults is not None else Faults()
        self.faults.make_error = _error_answer
        self.faults.later = self._carry_out_later
        self.desk = Desk(floor)
        self.sockets = Sockets(floor, self.desk, self.faults, self._authorize)
        self.weight_limit = 6000
        self.weighs = True  # False: requests cost nothing, as for many machines with an address each
        self.used_weight = 0
        self.banned_until = 0
        self._beat = beat
        self._minute = 0
        self._warnings = 0
        self._port = 0
        self._runner: web.AppRunner | None = None
        self._work: set[asyncio.Future[None]] = set()
        self._beating: asyncio.Future[None] | None = None

    @property
    def rest_url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def ws_url(self) -> str:
        """Where both kinds of sockets are: `…/stream.binance.com/ws/<n>` and `…/ws-api/v3`."""
        return f"ws://127.0.0.1:{self._port}"

    def api_urls(self) -> Json:
        """What to update ccxt's `urls['api']` with."""
        sockets = {"spot": f"{self.ws_url}/stream.binance.com/ws", "ws-api": {"spot": f"{self.ws_url}/ws-api/v3"}}
        base = self.rest_url
        return {"public": f"{base}/api/v3", "private": f"{base}/api/v3", "sapi": f"{base}/sapi/v1", "ws": sockets}

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self.faults.middleware], client_max_size=64 * 1024)
        app.router.add_get("/stream.binance.com/ws/{number}", self.sockets.market)
        app.router.add_get("/stream.binance.com/ws", self.sockets.market)
        app.router.add_get("/ws-api/v3", self.sockets.api)
        app.router.add_post("/_control", Control(self, KEY).answer)
        app.router.add_route("*", "/{path:.*}", self._rest)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self._beating = asyncio.ensure_future(self._keep_time())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.faults.close()
        if self._beating is not None:
            self._beating.cancel()
        await self.sockets.disconnect()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _keep_time(self) -> None:
        spoken = asyncio.get_running_loop().time()
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            self.floor.arrive()
            self.sockets.beat()
            if self._beat and asyncio.get_running_loop().time() - spoken >= self._beat:
                spoken = asyncio.get_running_loop().time()
                for pair in [*self.floor.pairs.values()]:
                    self.floor.move(pair.symbol, pair.price)

    def _carry_out_later(self, delay_ms: int, action: Callable[[], Awaitable[None]]) -> None:
        def start() -> None:
            self._work.add(work := asyncio.ensure_future(action()))
            work.add_done_callback(self._work.discard)

        self.floor.later(self.floor.now() + delay_ms, start)

    # --- requests -----------------------------------------------------------------------------------------------------

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        body = await request.text()
        params = dict(parse_qsl(request.query_string) + parse_qsl(body))
        endpoint = (request.method, request.path)
        try:
            self._count_weight(self.desk.weight(*endpoint, params))
            result = self._result(request, body, params)
        except Wrong as problem:
            answer = web.json_response(problem.json(), status=problem.http)
            if problem.http in (418, 429):
                answer.headers["Retry-After"] = self._retry_after()
        else:
            answer = web.json_response(result)
        answer.headers["X-MBX-USED-WEIGHT"] = answer.headers["X-MBX-USED-WEIGHT-1M"] = str(self.used_weight)
        if endpoint == ("POST", "/api/v3/order"):
            answer.headers["X-MBX-ORDER-COUNT-10S"] = answer.headers["X-MBX-ORDER-COUNT-1D"] = "1"
        return answer

    def _result(self, request: web.Request, body: str, params: Params) -> object:
        endpoint = (request.method, request.path)
        if endpoint in self.desk.public:
            return self.desk.public[endpoint](params)
        if endpoint in self.desk.private:
            return self.desk.private[endpoint](self._account(request, body, params), params)
        raise Wrong(-1000, f"No such endpoint: {request.method} {request.path}", 404)

    def _count_weight(self, weight: int) -> None:
        now = self.floor.now()
        if now < self.banned_until:
            text = f"Way too much request weight used; IP banned until {self.banned_until}. "
            raise Wrong(-1003, text + "Please use WebSocket Streams for live updates to avoid bans.", 418)
        if now // ONE_MINUTE != self._minute:
            self._minute, self.used_weight, self._warnings = now // ONE_MINUTE, 0, 0
        self.used_weight += weight if self.weighs else 0
        if self.used_weight > self.weight_limit:
            self._warnings += 1
            if self._warnings > 10:
                self.banned_until = now + 2 * ONE_MINUTE
            raise wrong(-1003)

    def _retry_after(self) -> str:
        now = self.floor.now()
        until = self.banned_until if self.banned_until > now else (now // ONE_MINUTE + 1) * ONE_MINUTE
        return str(-(-(until - now) // 1000))

    def _account(self, request: web.Request, body: str, params: Params) -> Account:
        signed, _, signature = (request.query_string + body).rpartition("&signature=")
        return self._authorize(request.headers.get("X-MBX-APIKEY", ""), signed, signature, params)

    def _authorize(self, key: str, signed: str, signature: str, params: Params) -> Account:
        if not 16 <= len(key) <= 128 or not key.isalnum():
            raise wrong(-2014)
        account = self.floor.accounts.get(key)
        if account is None or account.is_revoked:
            raise wrong(-2015)
        if not params.get("timestamp", "").isdigit():
            raise wrong(-1102, "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.")
        if not signature or not hmac.compare_digest(sign(account.secret, signed), signature):
            raise wrong(-1022)
        now, sent = self.floor.now(), int(params["timestamp"])
        window = float(params.get("recvWindow", "5000"))
        if window > 60_000:
            raise wrong(-1131, "recvWindow must be less than 60000")
        if sent >= now + 1000:
            raise wrong(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
        if now - sent > window:
            raise wrong(-1021)
        return account


def _error_answer(code: int, text: str) -> web.Response:
    problem = wrong(-1003 if code in (418, 429) else code, text)
    return web.json_response(problem.json(), status=problem.http)


# --- as a program -----------------------------------------------------------------------------------------------------


async def _serve(arguments: argparse.Namespace) -> None:
    floor = a_floor()
    for symbol in floor.pairs:
        floor.history(symbol, [str(floor.pairs[symbol].price)] * 300)
    async with BinanceStand(floor, beat=arguments.beat) as stand:
        stand.weighs = not arguments.weightless
        line = {"exchange": "binance", "rest_url": stand.rest_url, "ws_url": stand.ws_url, "key": KEY, "secret": SECRET}
        line["control_url"] = f"{stand.rest_url}/_control"
        print(json.dumps(line), flush=True)
        moving = asyncio.ensure_future(wander(floor, arguments.seed, arguments.wander)) if arguments.wander else None
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        if moving is not None:
            moving.cancel()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beat", type=float, default=1.0, help="republish the prices every so many seconds")
    parser.add_argument("--wander", type=float, default=0.0, help="move the prices every so many seconds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--weightless", action="store_true", help="let requests cost nothing")
    asyncio.run(_serve(parser.parse_args()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
