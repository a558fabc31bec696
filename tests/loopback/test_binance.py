"""The Binance stand against the real client, against Binance's own rules, and against recorded answers."""

import asyncio
import gzip
import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import aiohttp
import ccxt.pro
import pytest

from tests.loopback.binance import KEY, SECRET, BinanceStand, a_floor
from tests.loopback.binance_sockets import sign
from tests.loopback.faults import Fault, Faults, What
from tests.loopback.floor import Account, Floor, Kind, Status

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
RECORDED = DATA / "binance-http-recorded.json.gz"
RECORDED_STREAM = DATA / "binance-spot-ws-BTCUSDT-20240808.gz"
Client = Any  # ccxt has no types that hold
NOW = 1_767_225_600_000
AT_MARKET: dict[str, object] = {"type": "MARKET", "price": None, "timeInForce": None}
MAKER: dict[str, object] = {"type": "LIMIT_MAKER", "timeInForce": None}
DIGITS = r"^([0-9]{1,20})(\.[0-9]{1,20})?$"


class HandClock:
    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> int:
        return self.at


@pytest.fixture
def floor() -> Floor:
    return a_floor()


@pytest.fixture
async def stand(floor: Floor) -> AsyncIterator[BinanceStand]:
    async with BinanceStand(floor, Faults()) as stand:
        yield stand


@pytest.fixture
def me(floor: Floor) -> Account:
    return floor.accounts[KEY]


def a_client(stand: BinanceStand) -> Client:
    client = ccxt.pro.binance(
        {
            "apiKey": KEY,
            "secret": SECRET,
            "enableRateLimit": False,
            "options": {
                "defaultType": "spot",
                "fetchMarkets": {"types": ["spot"]},
                "fetchMargins": False,
                "fetchCurrencies": False,
            },
        }
    )
    client.urls["api"].update(stand.api_urls())
    return client


@pytest.fixture
async def client(stand: BinanceStand) -> AsyncIterator[Client]:
    client = a_client(stand)
    await client.load_markets()
    yield client
    await client.close()


# --- the real client --------------------------------------------------------------------------------------------------


async def test_ccxt_reads_the_rules_of_the_market(client: Client) -> None:
    market = client.markets["BTC/USDT"]

    assert (market["spot"], market["active"]) == (True, True)
    assert market["precision"]["price"] == 0.01
    assert market["precision"]["amount"] == 0.00001
    assert market["limits"]["cost"]["min"] == 5


async def test_ccxt_places_finds_and_cancels_an_order(client: Client, me: Account) -> None:
    order = await client.create_order("BTC/USDT", "limit", "buy", 0.01, 50_000, {"clientOrderId": "one"})
    found = await client.fetch_order(None, "BTC/USDT", {"clientOrderId": "one"})
    opened = await client.fetch_open_orders("BTC/USDT")
    balance = await client.fetch_balance()

    assert (order["status"], order["clientOrderId"]) == ("open", "one")
    assert found["id"] == order["id"]
    assert [one["id"] for one in opened] == [order["id"]]
    assert balance["USDT"]["used"] == 500

    canceled = await client.cancel_order(order["id"], "BTC/USDT")
    assert canceled["status"] == "canceled"
    assert me.of("USDT").free == 10_000
    listed = await client.fetch_orders("BTC/USDT")
    assert [one["status"] for one in listed] == ["canceled"]


async def test_ccxt_buys_at_market_and_lists_the_trade(client: Client, floor: Floor, me: Account) -> None:
    order = await client.create_order("BTC/USDT", "market", "buy", 0.1, None, {"clientOrderId": "two"})
    trades = await client.fetch_my_trades("BTC/USDT")

    assert (order["status"], order["filled"], order["average"]) == ("closed", 0.1, 60_000.01)
    assert [(one["order"], one["fee"]["currency"]) for one in trades] == [(order["id"], "BTC")]
    assert me.of("BTC").free == Decimal("0.0999")
    assert me.of("USDT").free == 10_000 - Decimal("6000.001")
    assert floor.books(me).accepted("two") == 1


async def test_ccxt_hears_prices_books_and_candles(client: Client, floor: Floor) -> None:
    watched = [
        asyncio.ensure_future(one)
        for one in (
            client.watch_trades("BTC/USDT"),
            client.watch_bids_asks(["BTC/USDT"]),
            client.watch_ohlcv("BTC/USDT", "1m"),
            client.watch_ticker("BTC/USDT"),
        )
    ]
    await _until(lambda: sum(len(one.streams) for one in floor_sockets(floor)) == 4)
    floor.move("BTCUSDT", "60100")
    trades, tops, candles, ticker = await asyncio.gather(*watched)

    assert trades[-1]["price"] == 60_100
    assert tops["BTC/USDT"]["bid"] in (60_000, 60_100)
    assert candles[-1][4] == 60_100
    assert ticker["last"] in (60_000, 60_100)


async def test_ccxt_keeps_a_book_by_its_changes(client: Client, floor: Floor) -> None:
    watching = asyncio.ensure_future(client.watch_order_book("BTC/USDT"))
    await _until(lambda: any(one.streams for one in floor_sockets(floor)))
    for step in range(50):
        floor.move("BTCUSDT", 60_000 + step)
        await asyncio.sleep(0)
        if watching.done():
            break
        await asyncio.sleep(0.005)
    book = await watching

    assert book["bids"][0][0] < book["asks"][0][0]


async def test_ccxt_hears_what_becomes_of_its_orders(client: Client, floor: Floor) -> None:
    watching = asyncio.ensure_future(client.watch_orders())
    await _until(lambda: any(one.subscriptions for one in floor_sockets(floor)))
    await client.create_order("BTC/USDT", "limit", "buy", 0.01, 59_000, {"clientOrderId": "three"})
    heard = (await watching)[-1]
    assert (heard["clientOrderId"], heard["status"]) == ("three", "open")

    watching = asyncio.ensure_future(client.watch_my_trades())
    await _until(lambda: "myTrades" in str(next(iter(client.clients.values())).futures))
    floor.move("BTCUSDT", "58900")
    trade = (await watching)[-1]
    assert (trade["price"], trade["amount"]) == (59_000, 0.01)


async def test_ccxt_places_over_the_websocket_too(client: Client, floor: Floor, me: Account) -> None:
    order = await client.create_order_ws("BTC/USDT", "limit", "buy", 0.01, 50_000, {"clientOrderId": "four"})
    await client.cancel_order_ws(order["id"], "BTC/USDT")

    assert [one.status for one in floor.books(me).orders] == [Status.CANCELED]


async def test_ccxt_reads_the_rights_of_its_key(client: Client, me: Account) -> None:
    me.may_withdraw = True
    rights = await client.sapiGetAccountApiRestrictions()
    fees = await client.fetch_trading_fees()

    assert (rights["enableWithdrawals"], rights["ipRestrict"]) == (True, True)
    assert fees["BTC/USDT"]["maker"] == 0.001


# --- Binance's rules --------------------------------------------------------------------------------------------------


class Plain:
    """Speaks HTTP by hand, so that nothing but the stand is tested."""

    def __init__(self, stand: BinanceStand, session: aiohttp.ClientSession) -> None:
        self.stand = stand
        self.session = session
        self.key = KEY
        self.secret = SECRET

    async def ask(self, verb: str, path: str, **params: object) -> tuple[int, Any]:
        params.setdefault("timestamp", self.stand.floor.now())
        query = "&".join(f"{name}={value}" for name, value in params.items())
        query += f"&signature={sign(self.secret, query)}"
        url, body = f"{self.stand.rest_url}{path}", None
        if verb == "POST":
            body = query
        else:
            url += f"?{query}"
        headers = {"X-MBX-APIKEY": self.key, "Content-Type": "application/x-www-form-urlencoded"}
        async with self.session.request(verb, url, data=body, headers=headers, allow_redirects=False) as answer:
            return answer.status, json.loads(await answer.text() or "null")

    async def order(self, **changes: object) -> tuple[int, Any]:
        order: dict[str, object] = {
            "symbol": "BTCUSDT",
            "side": "BUY",
            "type": "LIMIT",
            "timeInForce": "GTC",
            "quantity": "0.01",
            "price": "50000",
            "newClientOrderId": "a",
        }
        order |= changes
        return await self.ask("POST", "/api/v3/order", **{name: one for name, one in order.items() if one is not None})


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def plain(clock: HandClock) -> AsyncIterator[Plain]:
    async with BinanceStand(a_floor(clock), Faults()) as stand, aiohttp.ClientSession() as session:
        yield Plain(stand, session)


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        ({"quantity": "0.000001"}, -1013, "Filter failure: LOT_SIZE"),
        ({"quantity": "0.010000001"}, -1111, "Parameter 'quantity' has too much precision."),
        (AT_MARKET | {"quantity": "150"}, -1013, "Filter failure: MARKET_LOT_SIZE"),
        ({"price": "50000.001"}, -1013, "Filter failure: PRICE_FILTER"),
        ({"price": "1000"}, -1013, "Filter failure: PERCENT_PRICE_BY_SIDE"),
        ({"quantity": "0.00001"}, -1013, "Filter failure: NOTIONAL"),
        ({"quantity": "1"}, -2010, "Account has insufficient balance for requested action."),
        ({"symbol": "NOUSDT"}, -1121, "Invalid symbol."),
        (MAKER | {"price": "60000.01"}, -2010, "Order would immediately match and take."),
        ({"price": None}, -1102, "Mandatory parameter 'price' was not sent, was empty/null, or malformed."),
        ({"quantity": "-1"}, -1100, f"Illegal characters found in parameter 'quantity'; legal range is '{DIGITS}'."),
    ],
)  # fmt: skip
async def test_wrong_orders_are_refused_in_the_exchanges_words(
    plain: Plain, changes: dict[str, object], code: int, text: str
) -> None:
    assert await plain.order(**changes) == (400, {"code": code, "msg": text})
    assert plain.stand.floor.orders == {}


async def test_older_markets_name_their_least_cost_otherwise(plain: Plain) -> None:
    plain.stand.floor.pair("BTCUSDT").cost_filter = "MIN_NOTIONAL"
    answer = await plain.order(quantity="0.00001")
    assert answer == (400, {"code": -1013, "msg": "Filter failure: MIN_NOTIONAL"})
    info = (await plain.ask("GET", "/api/v3/exchangeInfo", symbol="BTCUSDT"))[1]
    assert "MIN_NOTIONAL" in {one["filterType"] for one in info["symbols"][0]["filters"]}


async def test_a_client_id_is_unique_among_open_orders_only(plain: Plain) -> None:
    assert (await plain.order())[0] == 200
    assert await plain.order() == (400, {"code": -2010, "msg": "Duplicate order sent."})
    plain.stand.floor.move("BTCUSDT", "49999")
    assert (await plain.order(price="45000"))[0] == 200
    assert plain.stand.floor.books(plain.stand.floor.accounts[KEY]).doubled == ["a"]


async def test_unknown_orders_are_told_apart_by_what_was_asked(plain: Plain) -> None:
    nobody = {"symbol": "BTCUSDT", "origClientOrderId": "nobody"}
    assert (await plain.ask("GET", "/api/v3/order", **nobody))[1]["code"] == -2013
    assert await plain.ask("DELETE", "/api/v3/order", **nobody) == (400, {"code": -2011, "msg": "Unknown order sent."})
    await plain.order()
    assert (await plain.ask("DELETE", "/api/v3/order", symbol="BTCUSDT", origClientOrderId="a"))[0] == 200
    again = await plain.ask("DELETE", "/api/v3/order", symbol="BTCUSDT", origClientOrderId="a")
    assert again[1]["code"] == -2011


async def test_halted_pairs_take_no_orders_but_let_them_go(plain: Plain) -> None:
    await plain.order()
    plain.stand.floor.pair("BTCUSDT").status = "cancel_only"

    assert await plain.order(newClientOrderId="b") == (400, {"code": -1013, "msg": "Market is closed."})
    info = (await plain.ask("GET", "/api/v3/exchangeInfo", symbol="BTCUSDT"))[1]
    assert info["symbols"][0]["status"] == "CANCEL_ONLY"
    assert (await plain.ask("DELETE", "/api/v3/order", symbol="BTCUSDT", origClientOrderId="a"))[0] == 200


async def test_keys_signatures_and_clocks_are_checked(plain: Plain) -> None:
    now = plain.stand.floor.now()
    assert (await plain.order(timestamp=now - 5001))[1]["code"] == -1021
    assert "1000ms ahead" in (await plain.order(timestamp=now + 1000))[1]["msg"]
    assert (await plain.order(timestamp=now + 999, newClientOrderId="early"))[0] == 200
    plain.secret = "another"
    assert (await plain.order())[1]["code"] == -1022
    plain.key = "x" * 64
    assert (await plain.order()) == (401, {"code": -2015, "msg": "Invalid API-key, IP, or permissions for action."})
    plain.key = "bad key"
    assert (await plain.order())[1]["code"] == -2014
    plain.key, plain.secret = KEY, SECRET
    plain.stand.floor.accounts[KEY].is_revoked = True
    assert (await plain.order())[1]["code"] == -2015


async def test_weight_is_counted_by_the_minute_and_ends_in_a_ban(plain: Plain, clock: HandClock) -> None:
    plain.stand.weight_limit = 100
    for _ in range(5):
        assert (await plain.ask("GET", "/api/v3/account"))[0] == 200
    async with plain.session.get(f"{plain.stand.rest_url}/api/v3/time") as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "60")
        assert answer.headers["X-MBX-USED-WEIGHT-1M"] == "101"
    for _ in range(10):
        await plain.ask("GET", "/api/v3/account")
    assert (await plain.ask("GET", "/api/v3/account"))[0] == 418
    clock.at += 121_000
    assert (await plain.ask("GET", "/api/v3/account"))[0] == 200


async def test_trades_are_listed_by_day_by_id_and_by_page(plain: Plain, clock: HandClock) -> None:
    floor = plain.stand.floor
    for number in range(6):
        await plain.order(
            type="MARKET",
            price=None,
            timeInForce=None,
            quantity="0.001",
            newClientOrderId=f"m{number}",
            timestamp=clock.at,
        )
        clock.at += 6 * 3_600_000

    async def ids(**params: object) -> list[int]:
        rows = (await plain.ask("GET", "/api/v3/myTrades", symbol="BTCUSDT", **params))[1]
        return [row["id"] for row in rows]

    first = floor.seen_trades(floor.accounts[KEY])[0].id
    assert len(await ids()) == 6
    assert await ids(limit=2) == [first + 4, first + 5]
    assert await ids(fromId=first + 1, limit=2) == [first + 1, first + 2]
    assert await ids(startTime=NOW, limit=2) == [first, first + 1]
    assert len(await ids(startTime=NOW)) == 5, "a day from there, and no more"
    assert len(await ids(startTime=NOW + 1, endTime=NOW + 86_400_001)) == 4
    long = await plain.ask("GET", "/api/v3/myTrades", symbol="BTCUSDT", startTime=NOW, endTime=NOW + 86_400_001)
    assert long[1] == {"code": -1127, "msg": "More than 24 hours between startTime and endTime."}
    both = await plain.ask("GET", "/api/v3/myTrades", symbol="BTCUSDT", startTime=NOW, fromId=1)
    assert both[1]["code"] == -1128


@pytest.mark.parametrize(
    ("fee_in", "asset", "fee", "btc"),
    [
        ("received", "BTC", "0.0001", "0.0999"),
        ("quote", "USDT", "6.000001", "0.1"),
        ("BNB", "BNB", "0.00750000", "0.1"),
    ],
)
async def test_fees_are_taken_in_whatever_coin_the_account_says(
    plain: Plain, fee_in: str, asset: str, fee: str, btc: str
) -> None:
    account = plain.stand.floor.accounts[KEY]
    account.fee_in = fee_in
    plain.stand.floor.give(account, "BNB", 1)
    answer = await plain.order(type="MARKET", price=None, timeInForce=None, quantity="0.1")

    (fill,) = answer[1]["fills"]
    assert (fill["commissionAsset"], Decimal(fill["commission"])) == (asset, Decimal(fee))
    assert account.of("BTC").free == Decimal(btc)


async def test_orders_are_filled_in_parts_and_may_expire(plain: Plain) -> None:
    floor = plain.stand.floor
    account = floor.accounts[KEY]
    await plain.order()
    order = floor.find(account, client_id="a")
    assert order is not None
    floor.fill(order, "0.004")
    row = (await plain.ask("GET", "/api/v3/order", symbol="BTCUSDT", origClientOrderId="a"))[1]
    assert (row["status"], row["executedQty"]) == ("PARTIALLY_FILLED", "0.00400000")
    floor.expire(order, Status.EXPIRED_IN_MATCH)
    row = (await plain.ask("GET", "/api/v3/order", symbol="BTCUSDT", origClientOrderId="a"))[1]
    assert row["status"] == "EXPIRED_IN_MATCH"
    assert account.of("USDT").locked == 0

    floor.pair("BTCUSDT").liquidity = Decimal("0.003")
    answer = await plain.order(type="MARKET", price=None, timeInForce=None, newClientOrderId="b")
    assert (answer[1]["status"], answer[1]["executedQty"]) == ("EXPIRED", "0.00300000")


async def test_stop_limits_wait_for_their_price(plain: Plain) -> None:
    floor = plain.stand.floor
    floor.give(floor.accounts[KEY], "BTC", "1")
    answer = await plain.order(type="STOP_LOSS_LIMIT", side="SELL", stopPrice="58000", price="57900")
    assert (answer[0], answer[1].get("status")) == (200, None)
    assert floor.orders[answer[1]["orderId"]].kind is Kind.STOP_LIMIT
    floor.move("BTCUSDT", "58500")
    assert floor.orders[answer[1]["orderId"]].is_open
    floor.move("BTCUSDT", "58000")
    assert floor.orders[answer[1]["orderId"]].status is Status.FILLED


# --- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "what",
    [What.ANSWER_LOST, What.ANSWER_RESET, What.CUT, What.BAD_GZIP, What.BAD_CHUNK, What.ACCEPT_THEN_STATUS, What.HTML,
     What.TRUNCATED, What.ACCEPT_THEN_CODE],
)  # fmt: skip
async def test_an_order_whose_answer_is_spoilt_is_on_the_floor(plain: Plain, what: What) -> None:
    number = -1007 if what is What.ACCEPT_THEN_CODE else 503
    plain.stand.faults.add(what, "POST /api/v3/order", number=number)
    try:
        status, answer = await plain.order()
    except (aiohttp.ClientError, json.JSONDecodeError):
        status, answer = 0, None

    assert not (status == 200 and "orderId" in (answer or {}))
    assert [order.client_id for order in plain.stand.floor.orders.values()] == ["a"]
    assert plain.stand.faults.calls[-1].fault is what
    assert (await plain.order(newClientOrderId="b"))[0] == 200, "it goes wrong once"


async def test_a_late_order_arrives_when_its_time_has_come_unless_it_is_too_old(plain: Plain, clock: HandClock) -> None:
    for client_id, delay in (("soon", 4000), ("never", 6000)):
        plain.stand.faults.add(What.LATE, "POST /api/v3/order", number=delay)
        with pytest.raises(aiohttp.ClientError):
            await plain.order(newClientOrderId=client_id)
    assert plain.stand.floor.orders == {}
    clock.at += 4000
    await _until(lambda: len(plain.stand.floor.orders) == 1)
    clock.at += 4000
    await plain.ask("GET", "/api/v3/time")
    await asyncio.sleep(0.05)
    assert [order.client_id for order in plain.stand.floor.orders.values()] == ["soon"]


async def test_requests_that_never_arrive_leave_no_trace(plain: Plain) -> None:
    plain.stand.faults.add(What.NEVER_ARRIVES, "*", at=1)
    plain.stand.faults.add(What.BANNED, "*", at=2, retry_after="7")
    plain.stand.faults.add(What.MOVED, "*", at=3, text="http://127.0.0.1:9/")
    with pytest.raises(aiohttp.ClientError):
        await plain.order()
    assert (await plain.order())[0] == 418
    assert (await plain.order())[0] == 307
    assert plain.stand.floor.orders == {}
    assert plain.stand.faults.count("POST /api/v3/order") == 3


async def test_sockets_can_repeat_reorder_lose_mute_and_hang_up(plain: Plain) -> None:
    faults, floor = plain.stand.faults, plain.stand.floor
    url = f"{plain.stand.ws_url}/stream.binance.com/ws/1"
    async with plain.session.ws_connect(url) as socket:
        await socket.send_json({"method": "SUBSCRIBE", "params": ["btcusdt@trade"], "id": 1})
        assert await socket.receive_json() == {"result": None, "id": 1}
        faults.add(What.DUPLICATE, "ws market")
        faults.add(What.REORDER, "ws market")
        faults.add(What.DROP, "ws market", skip=1)
        faults.add(What.DISCONNECT, "ws market", skip=2)
        for step in range(1, 7):
            floor.move("BTCUSDT", 60_000 + step)
        heard = [int(float(json.loads(message.data)["p"])) - 60_000 async for message in socket]
    assert heard == [1, 1, 3, 2, 5]


async def test_scripted_ends_of_the_users_stream(plain: Plain) -> None:
    async with plain.session.ws_connect(f"{plain.stand.ws_url}/ws-api/v3") as socket:
        params: dict[str, object] = {"apiKey": KEY, "timestamp": plain.stand.floor.now()}
        params["signature"] = sign(SECRET, "&".join(f"{name}={value}" for name, value in sorted(params.items())))
        wish = {"id": "1", "method": "userDataStream.subscribe.signature", "params": params}
        await socket.send_json(wish)
        assert (await socket.receive_json())["result"] == {"subscriptionId": 0}
        plain.stand.floor.give(plain.stand.floor.accounts[KEY], "USDT", "5")
        assert (await socket.receive_json())["event"]["e"] == "balanceUpdate"
        assert (await socket.receive_json())["event"]["B"] == [{"a": "USDT", "f": "10005.00000000", "l": "0.00000000"}]
        plain.stand.sockets.announce_shutdown()
        assert (await socket.receive_json())["event"]["e"] == "serverShutdown"
        plain.stand.sockets.terminate()
        assert (await socket.receive_json())["event"]["e"] == "eventStreamTerminated"
        params["signature"] = "0" * 64
        await socket.send_json(wish)
        assert (await socket.receive_json())["error"]["code"] == -1022


async def test_a_seeded_plan_goes_wrong_the_same_way_twice(clock: HandClock) -> None:
    async def run() -> list[What | None]:
        faults = Faults(seed=7, chance=0.4, random_kinds=(Fault(What.STATUS, number=503), Fault(What.NEVER_ARRIVES)))
        async with BinanceStand(a_floor(clock), faults) as stand, aiohttp.ClientSession() as session:
            for _ in range(20):
                try:
                    async with session.get(f"{stand.rest_url}/api/v3/time") as answer:
                        await answer.text()
                except aiohttp.ClientError:
                    continue
        return [call.fault for call in faults.calls]

    first = await run()
    assert first == await run()
    assert {None, What.STATUS, What.NEVER_ARRIVES} == {*first}


# --- the recorded truth -----------------------------------------------------------------------------------------------


@pytest.mark.skipif(not RECORDED.exists(), reason="recorded answers of the exchange are not beside this checkout")
async def test_answers_have_the_shape_of_recorded_ones(plain: Plain) -> None:
    routes = json.loads(gzip.decompress(RECORDED.read_bytes()))["routes"]
    await plain.order()
    await plain.order(newClientOrderId="b", price="55000")
    plain.stand.floor.move("BTCUSDT", "60010")
    asked: dict[str, dict[str, object]] = {
        "/api/v3/exchangeInfo": {},
        "/api/v3/account": {},
        "/api/v3/order": {"symbol": "BTCUSDT", "origClientOrderId": "a"},
        "/api/v3/openOrders": {"symbol": "BTCUSDT"},
        "/api/v3/allOrders": {"symbol": "BTCUSDT"},
        "/api/v3/depth": {"symbol": "BTCUSDT"},
        "/api/v3/trades": {"symbol": "BTCUSDT"},
        "/api/v3/klines": {"symbol": "BTCUSDT", "interval": "1m"},
        "/api/v3/ticker/24hr": {"symbol": "BTCUSDT"},
        "/api/v3/ticker/price": {"symbol": "BTCUSDT"},
        "/api/v3/ticker/bookTicker": {"symbol": "BTCUSDT"},
        "/api/v3/avgPrice": {"symbol": "BTCUSDT"},
    }
    missing = {}
    for path, params in asked.items():
        ours = (await plain.ask("GET", path, **params))[1]
        theirs = routes[path]["GET"][0]["data"]
        if lost := _lacks(theirs, ours):
            missing[path] = lost
    cancelled = (await plain.ask("DELETE", "/api/v3/order", symbol="BTCUSDT", origClientOrderId="a"))[1]
    if lost := _lacks(routes["/api/v3/order"]["DELETE"][0]["data"], cancelled):
        missing["DELETE"] = lost
    assert missing == {}


@pytest.mark.skipif(
    not RECORDED_STREAM.exists(), reason="recorded streams of the exchange are not beside this checkout"
)
async def test_streams_have_the_shape_of_recorded_ones(plain: Plain) -> None:
    theirs: dict[str, Any] = {}
    with gzip.open(RECORDED_STREAM, "rt") as lines:
        for line in islice(lines, 200):
            frame = json.loads(line.partition(" ")[2])
            theirs.setdefault(frame.get("stream", ""), frame.get("data"))
    theirs.pop("", None)
    ours: dict[str, Any] = {}
    for number, stream in enumerate(theirs):
        async with plain.session.ws_connect(f"{plain.stand.ws_url}/stream.binance.com/ws/{number}") as socket:
            await socket.send_json({"method": "SUBSCRIBE", "params": [stream], "id": 1})
            await socket.receive_json()
            plain.stand.floor.move("BTCUSDT", 60_000 + number)
            ours[stream] = await socket.receive_json()

    assert {"btcusdt@trade", "btcusdt@bookTicker", "btcusdt@depth@100ms"} <= theirs.keys()
    assert [one for stream in theirs for one in _lacks(theirs[stream], ours[stream], stream)] == []


def _lacks(theirs: object, ours: object, path: str = "") -> list[str]:
    """Where ours has no such field or another kind of value."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        lost = [f"{path}.{name}" for name in theirs.keys() - ours.keys()]
        return lost + [
            one for name in theirs.keys() & ours.keys() for one in _lacks(theirs[name], ours[name], f"{path}.{name}")
        ]
    if isinstance(theirs, list) and isinstance(ours, list):
        if theirs and ours and "filterType" in str(theirs[0]) and "symbol" not in theirs[0]:
            kinds = {one["filterType"]: one for one in ours}
            return [
                one
                for theirs_one in theirs
                for one in _lacks(
                    theirs_one, kinds.get(theirs_one["filterType"], {}), f"{path}[{theirs_one['filterType']}]"
                )
            ]
        return _lacks(theirs[0], ours[0], f"{path}[]") if theirs and ours else []
    return [] if type(theirs) is type(ours) else [f"{path}: {type(theirs).__name__} is {type(ours).__name__} here"]


# --- as a program -----------------------------------------------------------------------------------------------------


def test_it_runs_as_a_program_that_another_process_steers() -> None:
    script = Path(__file__).with_name("binance.py")
    process = subprocess.Popen([sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        line = json.loads(process.stdout.readline())
        assert (line["key"], line["secret"]) == (KEY, SECRET)

        def control(**wish: object) -> Any:
            request = urllib.request.Request(line["control_url"], json.dumps(wish).encode(), method="POST")
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)

        control(do="move", symbol="BTCUSDT", price=61_000)
        books = control(do="books")
        assert books["balances"]["USDT"] == {"free": "10000", "locked": "0"}
        with urllib.request.urlopen(f"{line['rest_url']}/api/v3/ticker/price?symbol=BTCUSDT", timeout=10) as answer:
            assert json.load(answer)["price"] == "61000.00000000"
        control(do="fault", what="status", where="GET /api/v3/time", number=503)
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{line['rest_url']}/api/v3/time", timeout=10)
    finally:
        process.stdin.close()
        assert process.wait(10) == 0
        process.stdout.close()


# --- tools ------------------------------------------------------------------------------------------------------------


def floor_sockets(floor: Floor) -> list[Any]:
    """The open sockets of the stand on this floor."""
    return [one for listener in floor.listeners for one in listener.__self__.connections]  # type: ignore[attr-defined]


async def _until(is_so: Any, tries: int = 3_000) -> None:
    for _ in range(tries):
        if is_so():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not come to be")
