"""KuCoin spot on 127.0.0.1: the real client works against it unchanged but for its addresses.

In a test: `async with KucoinStand(floor, faults) as stand`. As a program, `python tests/loopback/kucoin.py`, it prints
one line of JSON with its addresses and a key, and obeys `POST /_control` (`control.Control`) until its input closes.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.loopback.control import Control, wander
from tests.loopback.faults import Faults
from tests.loopback.floor import Account, Floor, Pair
from tests.loopback.kucoin_desk import Desk
from tests.loopback.kucoin_floor import KucoinFloor
from tests.loopback.kucoin_keys import Refusal, who_signed
from tests.loopback.kucoin_market import Market
from tests.loopback.kucoin_socket import Sockets
from tests.loopback.kucoin_words import Json

KEY = "6744f1d2a9c1e40001test01"
SECRET = "f03a5284-5c39-4aaa-9b20-test0bdcf8e3"
PASSWORD = "a-passphrase"
BEAT_SECONDS = 0.02
_API_NAMES = ("public", "private", "uta", "utaV2", "utaPrivate", "earn", "broker", "webExchange")
_POOL = 4000  # points of weight in 30 seconds


def a_floor(now: Callable[[], int] | None = None) -> KucoinFloor:
    """A floor with two pairs and one account of 10,000 USDT that `KEY` opens."""
    floor = KucoinFloor() if now is None else KucoinFloor(now)
    small = Decimal("0.1")
    floor.list_pair(Pair("BTC", "USDT", price_tick=small, min_cost=small), "60000")
    step = Decimal("0.0001")
    floor.list_pair(Pair("ETH", "USDT", amount_step=step, min_amount=step, min_cost=small), "3000")
    floor.open_account(KEY, SECRET, PASSWORD, USDT="10000", BTC="0")
    return floor


class KucoinStand:
    """The server. `is_hf`, `finds_done`: see Desk. `beat`: republish every price this often (seconds); 0: never."""

    def __init__(
        self,
        floor: Floor,
        faults: Faults | None = None,
        *,
        is_hf: bool = True,
        finds_done: bool = False,
        beat: float = 0,
    ) -> None:
        self.floor = floor
        self.faults = faults if faults is not None else Faults()
        self.faults.make_error = error_answer
        self.faults.later = self._carry_out_later
        self.market = Market(floor)
        self.desk = Desk(floor, is_hf=is_hf, finds_done=finds_done)
        self.sockets = Sockets(floor, self.faults, is_hf=is_hf)
        self._beat = beat
        self._port = 0
        self._runner: web.AppRunner | None = None
        self._work: set[asyncio.Future[None]] = set()
        self._beating: asyncio.Future[None] | None = None

    @property
    def rest_url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def ws_url(self) -> str:
        """Clients are told it by the bullet endpoints."""
        return f"ws://127.0.0.1:{self._port}"

    def api_urls(self) -> Json:
        """What to update ccxt's `urls['api']` with."""
        return dict.fromkeys(_API_NAMES, self.rest_url)

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self.faults.middleware], client_max_size=64 * 1024)
        app.router.add_get("/endpoint", self.sockets.serve)
        key = next(iter(self.floor.accounts), KEY)
        app.router.add_post("/_control", Control(self, key).answer)
        for name, answer in self.market.routes().items():
            self._route(app, name, self._to_everybody(answer))
        for name, private_answer in self.desk.routes().items():
            self._route(app, name, self._to_the_holder(private_answer))
        self._route(app, "POST /api/v1/bullet-public", self._to_everybody(self._public_bullet))
        self._route(app, "POST /api/v1/bullet-private", self._to_the_holder(self._private_bullet))
        app.router.add_route("*", "/{path:.*}", self._nothing)
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

    def _route(
        self, app: web.Application, name: str, answer: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> None:
        verb, _, path = name.partition(" ")
        app.router.add_route(verb, path, answer)

    def _to_everybody(
        self, answer: Callable[[web.Request], Awaitable[object]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                return _answer(await answer(request))
            except Refusal as refusal:
                return _refuse(refusal)

        return handle

    def _to_the_holder(
        self, answer: Callable[[web.Request, Account], Awaitable[object]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                return _answer(await answer(request, await who_signed(request, self.floor)))
            except Refusal as refusal:
                return _refuse(refusal)

        return handle

    async def _public_bullet(self, request: web.Request) -> object:
        return self.sockets.bullet(None, f"{self.ws_url}/endpoint")

    async def _private_bullet(self, request: web.Request, account: Account) -> object:
        return self.sockets.bullet(account, f"{self.ws_url}/endpoint")

    async def _nothing(self, request: web.Request) -> web.StreamResponse:
        return _refuse(Refusal("404000", "Url Not Found", 404))


def _answer(data: object) -> web.Response:
    answer = web.json_response({"code": "200000", "data": data})
    answer.headers.update(
        {"gw-ratelimit-limit": str(_POOL), "gw-ratelimit-remaining": str(_POOL - 2), "gw-ratelimit-reset": "30000"}
    )
    return answer


def _refuse(refusal: Refusal) -> web.Response:
    return web.json_response({"code": refusal.code, "msg": refusal.message}, status=refusal.status)


def error_answer(code: int, text: str) -> web.Response:
    """Any of the exchange's own errors, with the HTTP status and the words that it comes with."""
    if code in (429, 429000):
        message = "Too many requests in a short period of time, please retry later"
        answer = _refuse(Refusal("429000", text or message, 429))
        answer.headers["gw-ratelimit-reset"] = "1000"
        return answer
    if code == 418:
        return _refuse(Refusal("1015", text or "cloudflare frequency limit according to IP, block 30s", 418))
    known = {
        200004: (200, "Balance insufficient!"),
        300000: (200, "Order size invalid."),
        400001: (400, "Please check the header of your request for KC-API-KEY, KC-API-SIGN"),
        400002: (400, "Invalid KC-API-TIMESTAMP"),
        400003: (401, "KC-API-KEY not exists"),
        400004: (401, "Invalid KC-API-PASSPHRASE"),
        400005: (401, "Invalid KC-API-SIGN"),
        400006: (401, "Invalid request ip, the current clientIp is:203.0.113.7"),
        400007: (403, "Access denied, require more permission"),
        400100: (200, "Parameter Error"),
        400600: (200, "validation.createOrder.symbolNotAvailable"),
        408000: (200, "Network timeout, please try again later"),
        411100: (200, "User are frozen"),
        500000: (500, "Internal Server Error"),
        900001: (200, "Symbol not exists"),
    }
    status, message = known.get(code, (200, "Error"))
    return _refuse(Refusal(str(code), text or message, status))


# --- as a program -----------------------------------------------------------------------------------------------------


async def _serve(arguments: argparse.Namespace) -> None:
    floor = a_floor()
    for symbol in floor.pairs:
        floor.history(symbol, [str(floor.pairs[symbol].price)] * 300)
    async with KucoinStand(floor, is_hf=not arguments.classic, beat=arguments.beat) as stand:
        line = {
            "exchange": "kucoin",
            "rest_url": stand.rest_url,
            "ws_url": stand.ws_url,
            "control_url": f"{stand.rest_url}/_control",
            "key": KEY,
            "secret": SECRET,
            "password": PASSWORD,
        }
        print(json.dumps(line), flush=True)
        moving = asyncio.ensure_future(wander(floor, arguments.seed, arguments.wander)) if arguments.wander else None
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        if moving is not None:
            moving.cancel()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--classic", action="store_true", help="an account that trades on the classic endpoints")
    parser.add_argument("--beat", type=float, default=1.0, help="republish the prices every so many seconds")
    parser.add_argument("--wander", type=float, default=0.0, help="move the prices every so many seconds")
    parser.add_argument("--seed", type=int, default=1)
    asyncio.run(_serve(parser.parse_args()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
