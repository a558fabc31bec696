"""The KuCoin stand as the real client sees it: what it asks for is understood, what it gets can be parsed."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from typing import Any

import pytest
from ccxt.base import errors

from desktop_app.exchange.gateway.loader import load_class
from tests.loopback.faults import Faults, What
from tests.loopback.floor import Kind, Order, Status
from tests.loopback.kucoin import KEY, PASSWORD, SECRET, KucoinStand, a_floor
from tests.loopback.kucoin_floor import KucoinFloor

PAIR = "BTC/USDT"
_PATIENCE_SECONDS = 10


@pytest.fixture
def floor() -> KucoinFloor:
    floor = a_floor()
    floor.history("BTCUSDT", ["60000"] * 30)
    return floor


@pytest.fixture(params=[True, False], ids=["newer", "classic"])
async def stand(request: pytest.FixtureRequest, floor: KucoinFloor) -> AsyncIterator[KucoinStand]:
    async with KucoinStand(floor, is_hf=request.param) as stand:
        yield stand


@pytest.fixture
async def client(stand: KucoinStand) -> AsyncIterator[Any]:
    client = a_client(stand)
    await client.load_markets()
    yield client
    await client.close()


def a_client(stand: KucoinStand, **keys: str) -> Any:
    settings = {"apiKey": KEY, "secret": SECRET, "password": PASSWORD} | keys
    options = {"fetchMarkets": {"types": ["spot"]}}
    client = load_class("kucoin")(settings | {"enableRateLimit": False, "options": options})
    client.urls["api"].update(stand.api_urls())
    return client


async def limit_buy(client: Any, client_id: str, amount: float = 0.001, price: float = 50000) -> Any:
    return await client.create_order(PAIR, "limit", "buy", amount, price, {"clientOrderId": client_id})


async def code_of(call: Any) -> str:
    with pytest.raises(errors.BaseError) as problem:
        await call
    return str(json.loads(str(problem.value).removeprefix("kucoin "))["code"])


def order_of(floor: KucoinFloor, client_id: str) -> Order:
    order = floor.find(floor.accounts[KEY], client_id=client_id)
    assert order is not None
    return order


async def test_markets_balances_and_prices_are_read(client: Any, floor: KucoinFloor) -> None:
    market = client.market(PAIR)
    assert (market["precision"]["price"], market["precision"]["amount"], market["taker"]) == (0.1, 0.00001, 0.001)
    assert abs(await client.fetch_time() - floor.now()) < 5000
    assert (await client.fetch_balance())["USDT"] == {"free": 10000.0, "used": 0.0, "total": 10000.0}
    assert (await client.fetch_tickers())[PAIR]["last"] == 60000.0
    book = await client.fetch_order_book(PAIR, 20)
    assert (book["bids"][0], book["asks"][0]) == ([60000.0, 10.0], [60000.1, 10.0])
    candles = await client.fetch_ohlcv(PAIR, "1m", floor.now() - 600_000)
    assert len(candles) >= 9
    assert candles == sorted(candles)
    assert (await client.fetch_trading_fee(PAIR))["maker"] == 0.001


async def test_a_buy_holds_its_fee_back_too_and_a_cancel_frees_both(client: Any) -> None:
    await limit_buy(client, "a")
    assert (await client.fetch_balance())["USDT"]["used"] == 50.05
    found = await client.fetch_order(None, PAIR, {"clientOrderId": "a"})
    assert (found["status"], found["amount"], found["clientOrderId"]) == ("open", 0.001, "a")
    assert [order["clientOrderId"] for order in await client.fetch_open_orders(PAIR)] == ["a"]

    await client.cancel_order(None, PAIR, {"clientOrderId": "a"})
    assert (await client.fetch_balance())["USDT"]["free"] == 10000.0
    assert (await client.fetch_order(found["id"], PAIR))["status"] == "canceled"
    assert await code_of(client.cancel_order(found["id"], PAIR)) == "400100"


async def test_fills_are_paid_in_quote_and_add_up(client: Any, floor: KucoinFloor) -> None:
    sent = await client.create_order(PAIR, "market", "buy", 0.01, None, {"clientOrderId": "a"})
    (trade,) = await client.fetch_my_trades(PAIR)
    assert (trade["order"], trade["fee"]["currency"], trade["fee"]["cost"]) == (sent["id"], "USDT", 0.600001)
    assert [order["clientOrderId"] for order in await client.fetch_closed_orders(PAIR)] == ["a"]
    balances = floor.books(floor.accounts[KEY]).balances
    assert balances["BTC"].free == Decimal("0.01")
    assert balances["USDT"].total == Decimal(10000) - Decimal("600.001") - Decimal("0.600001")


async def test_an_order_that_is_done_is_not_found_by_its_client_id(client: Any) -> None:
    await client.create_order(PAIR, "market", "buy", 0.01, None, {"clientOrderId": "a"})
    assert await code_of(client.fetch_order(None, PAIR, {"clientOrderId": "a"})) == "400100"
    assert await code_of(client.fetch_order(None, PAIR, {"clientOrderId": "nobody"})) == "400100"


async def test_the_newer_look_up_can_find_it_as_the_documents_say(floor: KucoinFloor) -> None:
    async with KucoinStand(floor, finds_done=True) as stand:
        client = a_client(stand)
        await client.load_markets()
        await client.create_order(PAIR, "market", "buy", 0.01, None, {"clientOrderId": "a"})
        assert (await client.fetch_order(None, PAIR, {"clientOrderId": "a"}))["status"] == "closed"
        await client.close()


@pytest.mark.parametrize(
    ("amount", "price", "codes"),
    [
        ("0.000015", "50000", {"400100"}),
        ("0.001", "50000.05", {"400100"}),
        ("0.00001", "5000", {"600101", "400760", "400370"}),
        ("5", "50000", {"200004"}),
        ("0.000001", "50000", {"400100"}),
    ],
)
async def test_refusals_have_the_real_codes(client: Any, amount: str, price: str, codes: set[str]) -> None:
    order = {"clientOid": "a", "side": "buy", "symbol": "BTC-USDT", "type": "limit", "size": amount, "price": price}
    place = client.privatePostHfOrders if client.options["hf"] else client.privatePostOrders
    assert await code_of(place(order)) in codes
    assert await code_of(place(order | {"symbol": "NO-SUCH"})) == "900001"
    assert await code_of(client.privatePostStopOrder(order | {"stopPrice": "1"})) == "400200"


async def test_a_client_id_is_taken_while_its_order_is_open(client: Any) -> None:
    await limit_buy(client, "a")
    assert await code_of(limit_buy(client, "a")) == "400100"
    await client.cancel_order(None, PAIR, {"clientOrderId": "a"})
    await limit_buy(client, "a")


async def test_wrong_keys_are_told_apart(stand: KucoinStand, floor: KucoinFloor) -> None:
    async def code(**keys: str) -> str:
        client = a_client(stand, **keys)
        try:
            return await code_of(client.privateGetUserApiKey())
        finally:
            await client.close()

    assert await code(apiKey="nobody") == "400003"
    assert await code(secret="wrong") == "400005"
    assert await code(password="wrong") == "400004"
    floor.skew_ms = 6000
    assert await code() == "400002"
    floor.skew_ms = 0
    floor.accounts[KEY].is_revoked = True
    assert await code() == "400003"


async def test_a_key_tells_its_rights(client: Any, floor: KucoinFloor) -> None:
    account = floor.accounts[KEY]
    assert (await client.privateGetUserApiKey())["data"]["permission"] == "General,Spot"
    account.may_withdraw, account.may_trade, account.is_ip_bound = True, False, False
    told = (await client.privateGetUserApiKey())["data"]
    assert told["permission"] == "General,Transfer"
    assert "ipWhitelist" not in told
    assert await code_of(limit_buy(client, "a")) == "400007"


async def test_lists_are_paged_and_reach_back_seven_days(client: Any, floor: KucoinFloor, stand: KucoinStand) -> None:
    now = floor.now()
    for number in range(130):
        floor.place(order := _market_buy(floor, f"o{number}"))
        assert order.status is Status.FILLED
    if client.options["hf"]:
        first = (await client.privateGetHfFills({"symbol": "BTC-USDT", "limit": 500}))["data"]
        rest = (await client.privateGetHfFills({"symbol": "BTC-USDT", "limit": 100, "lastId": first["lastId"]}))["data"]
        assert (len(first["items"]), len(rest["items"])) == (100, 30)
    else:
        pages = [(await client.privateGetFills({"currentPage": page, "pageSize": 100}))["data"] for page in (1, 2)]
        assert [len(page["items"]) for page in pages] == [100, 30]
        assert pages[0]["totalNum"] == 130
    floor.skew_ms = 8 * 86_400_000
    client.options["timeDifference"] = -floor.skew_ms
    assert await client.fetch_my_trades(PAIR, limit=100) == []
    assert len(await client.fetch_my_trades(PAIR, now - 60_000, limit=100)) > 0


def _market_buy(floor: KucoinFloor, client_id: str) -> Order:
    return Order(floor.accounts[KEY], floor.pair("BTCUSDT"), client_id, "buy", Kind.MARKET, Decimal("0.0001"))


async def test_streams_tell_prices_candles_and_books(client: Any, floor: KucoinFloor, stand: KucoinStand) -> None:
    watches = {
        "trades": lambda: client.watch_trades(PAIR),
        "candles": lambda: client.watch_ohlcv(PAIR, "1m"),
        "best": lambda: client.watch_bids_asks([PAIR]),
        "day": lambda: client.watch_ticker(PAIR),
    }
    told = await _while_moving(floor, stand, watches, "61000")
    assert told["trades"][-1]["price"] == 61000.0
    assert told["candles"][-1][4] == 61000.0
    assert told["best"][PAIR]["ask"] == 61000.1
    assert told["day"]["last"] == 61000.0


async def _while_moving(
    floor: KucoinFloor, stand: KucoinStand, watches: dict[str, Callable[[], Any]], price: str
) -> dict[str, Any]:
    running = {name: asyncio.ensure_future(watch()) for name, watch in watches.items()}
    async with asyncio.timeout(_PATIENCE_SECONDS):
        await stand.sockets.until_heard(len(watches))
        floor.move("BTCUSDT", price)
        return {name: await one for name, one in running.items()}


async def test_the_private_stream_tells_every_step_of_an_order(
    client: Any, floor: KucoinFloor, stand: KucoinStand
) -> None:
    steps: list[tuple[str, float]] = []
    watching = asyncio.ensure_future(client.watch_orders(PAIR))
    async with asyncio.timeout(_PATIENCE_SECONDS):
        await stand.sockets.until_heard(1)
        await limit_buy(client, "a", 0.002)
        order = order_of(floor, "a")
        for step in (lambda: None, lambda: floor.fill(order, "0.001"), lambda: floor.fill(order)):
            step()
            (told,) = await watching
            steps.append((told["info"]["type"], told["filled"]))
            watching = asyncio.ensure_future(client.watch_orders(PAIR))
        (told,) = await watching
        steps.append((told["info"]["type"], told["filled"]))
    assert steps == [("open", 0.0), ("match", 0.001), ("match", 0.002), ("filled", 0.002)]
    assert [trade["amount"] for trade in client.myTrades] == [0.001, 0.001]
    rest_ids = {trade["id"] for trade in await client.fetch_my_trades(PAIR)}
    assert {trade["id"] for trade in client.myTrades} == rest_ids


async def test_a_lost_answer_leaves_the_order_and_a_lost_request_does_not(client: Any, stand: KucoinStand) -> None:
    where = "POST /api/v1/hf/orders" if client.options["hf"] else "POST /api/v1/orders"
    client.options["maxRetriesOnFailure"] = 0
    stand.faults.add(What.ANSWER_LOST, where)
    stand.faults.add(What.NEVER_ARRIVES, where)
    for client_id in ("a", "b"):
        with pytest.raises(errors.NetworkError):
            await limit_buy(client, client_id)
    assert [order["clientOrderId"] for order in await client.fetch_open_orders(PAIR)] == ["a"]


async def test_errors_can_be_planned(floor: KucoinFloor) -> None:
    faults = Faults()
    async with KucoinStand(floor, faults) as stand:
        client = a_client(stand)
        await client.load_markets()
        for code in (408000, 500000, 400006, 300000):
            faults.add(What.CODE, "/api/v1/hf/orders", number=code)
            assert await code_of(limit_buy(client, "a")) == str(code)
        faults.add(What.TOO_MANY, "/api/v1/hf/orders")
        with pytest.raises(errors.NetworkError):
            await limit_buy(client, "a")
        assert floor.books(floor.accounts[KEY]).orders == ()
        await client.close()


async def test_a_socket_that_is_hung_up_on_can_come_back(client: Any, floor: KucoinFloor, stand: KucoinStand) -> None:
    first = asyncio.ensure_future(client.watch_trades(PAIR))
    async with asyncio.timeout(_PATIENCE_SECONDS):
        await stand.sockets.until_heard(1)
        await stand.sockets.disconnect()
        with pytest.raises(errors.NetworkError):
            await first
        told = await _while_moving(floor, stand, {"trades": lambda: client.watch_trades(PAIR)}, "60500")
    assert told["trades"][-1]["price"] == 60500.0
