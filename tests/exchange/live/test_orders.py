"""Orders: sent once or not at all, believed only when the answer fits, looked up until their fate is known."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from desktop_app.core.market import ZERO
from desktop_app.core.order import OrderStatus, OrderType, Side
from desktop_app.exchange.protocol import Refused, Unreachable
from tests.exchange.behaviour import an_order, until
from tests.exchange.stands import PAIR, Venue, open_venue
from tests.loopback.faults import What

POSTS = {"binance": "POST /api/v3/order", "kucoin": "POST /api/v1/hf/orders"}
FAR = an_order("a", PAIR, Side.BUY, Decimal("0.001"), Decimal(30_000))


@pytest.fixture(params=["binance", "kucoin"])
async def venue(request: pytest.FixtureRequest) -> AsyncIterator[Venue]:
    async with open_venue(request.param) as venue:
        yield venue


IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    ({"amount": Decimal("NaN")}, "bad_order"), ({"amount": Decimal("Infinity")}, "bad_order"),
    ({"amount": Decimal(-1)}, "bad_order"), ({"amount": Decimal(0)}, "bad_order"),
    ({"amount": Decimal("0.000000001")}, "bad_order"), ({"price": Decimal(-5)}, "bad_order"),
    ({"price": Decimal("NaN")}, "bad_order"), ({"price": Decimal("1.00000001")}, "bad_order"),
    ({"price": None}, "bad_order"), ({"price": Decimal("0.1")}, "too_small"),
    ({"symbol": "NO/SUCH"}, "unknown_symbol"),
]  # fmt: skip


async def test_nothing_impossible_reaches_the_wire(venue: Venue) -> None:
    for change, code in IMPOSSIBLE:
        with pytest.raises(Refused) as refusal:
            await venue.exchange.place(replace(FAR, **change))
        assert refusal.value.code == code
    assert venue.faults.count("POST /api/v3/order") + venue.faults.count("POST /api/v1/hf/orders") == 0


async def test_stops_rest_only_where_a_stop_is_one_order_from_its_placing_to_its_fill(venue: Venue) -> None:
    stop = replace(FAR, type=OrderType.STOP, side=Side.SELL, price=None, trigger=Decimal("1.00000001"))
    with pytest.raises(Refused) as refusal:
        await venue.exchange.place(stop)
    assert refusal.value.code == ("bad_order" if venue.exchange_id == "binance" else "not_allowed")
    assert venue.floor.orders == {}


async def test_a_stop_that_acts_while_nobody_listens_is_found_with_its_fill() -> None:
    async with open_venue("binance") as venue:
        await venue.exchange.place(an_order("a", PAIR, Side.BUY, Decimal("0.002")))
        sold = an_order("s", PAIR, Side.SELL, Decimal("0.001"))
        await venue.exchange.place(replace(sold, type=OrderType.STOP, trigger=Decimal(59_000)))
        await venue.exchange.close()
        venue.floor.move("BTCUSDT", "58990")
        await venue.exchange.connect(venue.sink)
        found = await venue.exchange.find_order(PAIR, "s")
        assert found is not None
        assert (found.status, found.type, found.filled) == (OrderStatus.FILLED, OrderType.STOP, Decimal("0.001"))
        trades = await venue.exchange.trades_since(PAIR, 0)
        assert [trade.fill.amount for trade in trades if trade.client_id == "s"] == [Decimal("0.001")]


async def test_a_stop_whose_answer_is_lost_is_found_by_its_id() -> None:
    async with open_venue("binance") as venue:
        await venue.exchange.place(an_order("a", PAIR, Side.BUY, Decimal("0.002")))
        venue.faults.add(What.SPOILT, POSTS["binance"], change=lambda _: "")
        sold = an_order("s", PAIR, Side.SELL, Decimal("0.001"))
        with pytest.raises(Unreachable):
            await venue.exchange.place(replace(sold, type=OrderType.STOP, trigger=Decimal(59_000)))
        found = await venue.exchange.find_order(PAIR, "s")
        assert found is not None and found.status is OrderStatus.OPEN


async def test_numbers_leave_exactly_as_they_are(venue: Venue) -> None:
    await venue.exchange.place(an_order("a", PAIR, Side.BUY, Decimal("0.00123000"), Decimal("30000.10")))
    account = venue.floor.accounts[venue.key]
    order = venue.floor.find(account, client_id="a")
    assert order is not None
    assert (order.amount, order.price) == (Decimal("0.00123"), Decimal("30000.1"))


@pytest.mark.parametrize(
    "change",
    [{"symbol": "ETHUSDT"}, {"side": "SELL"}, {"origQty": "9.00000000"}, {"clientOrderId": "b"}, {"orderId": ""}],
)
async def test_an_answer_about_another_order_is_not_believed(change: dict[str, str]) -> None:
    async with open_venue("binance") as venue:
        venue.faults.add(What.SPOILT, POSTS["binance"], change=_changed(change))
        with pytest.raises(Unreachable):
            await venue.exchange.place(FAR)
        found = await venue.exchange.find_order(PAIR, "a")
        assert found is not None
        assert found.status is OrderStatus.OPEN


def _changed(change: dict[str, str]) -> Callable[[str], str]:
    return lambda text: json.dumps({**json.loads(text), **change})


@pytest.mark.parametrize("value", ["-1.00000000", "", "1e400"])
async def test_hostile_numbers_in_an_answer_are_not_believed_and_the_order_is_asked_for(value: str) -> None:
    async with open_venue("binance") as venue:
        venue.faults.add(What.SPOILT, POSTS["binance"], change=_changed({"executedQty": value}))
        report = await venue.exchange.place(FAR)
        assert (report.status, report.filled) == (OrderStatus.OPEN, ZERO)


async def test_a_negative_cost_means_not_available() -> None:
    async with open_venue("binance") as venue:
        venue.faults.add(What.SPOILT, POSTS["binance"], change=_changed({"cummulativeQuoteQty": "-1.00000000"}))
        report = await venue.exchange.place(FAR)
        assert (report.status, report.filled) == (OrderStatus.OPEN, ZERO)


async def test_a_clock_that_was_wrong_is_measured_again_and_the_order_is_not_repeated() -> None:
    async with open_venue("binance") as venue:
        venue.faults.add(What.CODE, POSTS["binance"], number=-1021)
        with pytest.raises(Refused) as refusal:
            await venue.exchange.place(FAR)
        assert refusal.value.code == "clock"
        assert venue.faults.count(POSTS["binance"]) == 1
        assert venue.faults.calls[-1].name == "GET /api/v3/time"
        venue.faults.add(What.CODE, "GET /api/v3/account", number=-1021)
        assert (await venue.exchange.balances())["USDT"].free == 10_000


async def test_a_filled_order_is_found_where_only_active_ones_are_looked_up() -> None:
    async with open_venue("kucoin") as venue:
        venue.order("elsewhere")
        found = await venue.exchange.find_order(PAIR, "elsewhere")
        assert found is not None
        assert found.status is OrderStatus.FILLED
        assert await venue.exchange.find_order(PAIR, "nowhere") is None


async def test_where_a_look_fails_nothing_is_concluded(venue: Venue) -> None:
    venue.faults.add(What.STATUS, "GET", number=503, times=99)
    with pytest.raises(Unreachable):
        await venue.exchange.find_order(PAIR, "a")
    venue.faults.clear()
    since = venue.clock()
    exchange = venue.exchange
    for what in (What.EMPTY, What.NULL, What.BRACES, What.HTML, What.TRUNCATED, What.MALFORMED, What.ANSWER_LOST):
        for ask in (
            lambda: exchange.find_order(PAIR, "a"),
            exchange.open_orders,
            exchange.balances,
            lambda: exchange.trades_since(PAIR, since),
        ):
            venue.faults.clear()
            venue.faults.add(what, "GET", times=999)
            with pytest.raises(Unreachable):
                await ask()
    venue.faults.clear()


async def test_orders_that_others_have_placed_are_listed_with_their_own_ids(venue: Venue) -> None:
    venue.order("by-hand", price="20000")
    await venue.exchange.place(FAR)
    assert {order.client_id for order in await venue.exchange.open_orders()} == {"a", "by-hand"}


async def test_a_fill_during_a_cancel_is_told_by_the_answer(venue: Venue) -> None:
    report = await venue.exchange.place(FAR)
    order = venue.floor.find(venue.floor.accounts[venue.key], client_id="a")
    assert order is not None
    venue.floor.fill(order, "0.0004")
    canceled = await venue.exchange.cancel(PAIR, "a", report.exchange_id)
    assert (canceled.status, canceled.filled) == (OrderStatus.CANCELED, Decimal("0.0004"))
    again = await venue.exchange.place(replace(FAR, client_id="b"))
    order = venue.floor.find(venue.floor.accounts[venue.key], client_id="b")
    assert order is not None
    venue.floor.fill(order)
    late = await venue.exchange.cancel(PAIR, "b", again.exchange_id)
    assert (late.status, late.filled, late.client_id) == (OrderStatus.FILLED, Decimal("0.001"), "b")


async def test_an_order_is_cancelled_by_its_client_id_alone(venue: Venue) -> None:
    venue.order("elsewhere", price="20000")
    report = await venue.exchange.cancel(PAIR, "elsewhere", "")
    assert (report.status, report.client_id) == (OrderStatus.CANCELED, "elsewhere")


async def test_a_halted_pair_takes_no_orders_but_cancels() -> None:
    async with open_venue("binance") as venue:
        report = await venue.exchange.place(FAR)
        venue.floor.pair("BTCUSDT").status = "cancel_only"
        with pytest.raises(Refused) as refusal:
            await venue.exchange.place(replace(FAR, client_id="b"))
        assert refusal.value.code == "halted"
        await venue.exchange._do_what_is_due(0.0)
        assert not venue.exchange.markets()[PAIR].is_active
        assert venue.sink.market_changes == 1
        assert (await venue.exchange.cancel(PAIR, "a", report.exchange_id)).status is OrderStatus.CANCELED


async def test_what_the_stream_keeps_to_itself_is_found_by_asking(venue: Venue) -> None:
    await venue.exchange.place(FAR)
    await until(lambda: len(venue.sink.orders) == 1)
    venue.faults.add(What.MUTE, "ws private", times=99)
    order = venue.floor.find(venue.floor.accounts[venue.key], client_id="a")
    assert order is not None
    venue.floor.fill(order)
    session = venue.exchange._session
    assert session is not None
    await session.catch_up()
    assert [trade.client_id for trade in venue.sink.trades] == ["a"]
    assert venue.sink.orders[-1].status is OrderStatus.FILLED
