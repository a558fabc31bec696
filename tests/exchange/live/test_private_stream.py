"""What an exchange says of our own orders arrives, once, whatever happens to the stream."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from desktop_app.core.credentials import Credentials, Secret
from desktop_app.core.order import OrderStatus
from desktop_app.exchange.gateway.budget import Budget
from desktop_app.exchange.gateway.client import Client, open_client
from desktop_app.exchange.live.markets import Markets
from desktop_app.exchange.live.notes import Notes
from desktop_app.exchange.live.private_stream import PrivateStream
from desktop_app.exchange.live.trades import TradeHistory
from desktop_app.exchange.live_config import LiveConfig
from desktop_app.exchange.protocol import OrderReport, TradeReport
from tests.exchange.streaming import BTC, Stand, sleep, stand_on, steady, until
from tests.loopback import binance, kucoin
from tests.loopback.binance import BinanceStand
from tests.loopback.faults import Fault, What
from tests.loopback.floor import Kind, Order

PRIVATE = "ws private"
MANY = 1_000_000


@dataclass
class Listening:
    """An account's stream with somebody who trades on that account elsewhere."""

    stand: Stand
    client: Client
    markets: Markets
    orders: list[OrderReport] = field(default_factory=list)
    trades: list[TradeReport] = field(default_factory=list)
    resyncs: int = 0
    count: int = 0

    def __post_init__(self) -> None:
        notes = Notes()
        notes.tell_order, notes.tell_trade = self.orders.append, self.trades.append
        history = TradeHistory(
            self.client, notes, lambda: self.markets.rules, self.client.api.milliseconds, lambda _: None
        )
        self.notes, self.history = notes, history
        self.stream = PrivateStream(
            self.client, notes, history, lambda: self.markets.rules, self._resync, sleep=sleep, steady=steady
        )

    async def _resync(self) -> None:
        self.resyncs += 1
        for trade in await self.history.since(BTC, self.client.api.milliseconds() - 600_000):
            self.notes.hear_trade(trade)

    def place(self, amount: str = "0.01", price: str = "", client_id: str = "") -> Order:
        floor = self.stand.floor
        self.count += 1
        account = next(iter(floor.accounts.values()))
        kind = Kind.LIMIT if price else Kind.MARKET
        return floor.place(
            Order(
                account, floor.pair("BTCUSDT"), client_id or f"order{self.count}", "buy", kind, Decimal(amount),
                Decimal(price or 0),
            )
        )  # fmt: skip

    async def up(self, resyncs: int = 0) -> None:
        """Until it is subscribed and compared, more often than `resyncs` times."""
        await until(lambda: self.stream.is_up and self.resyncs > resyncs)

    def statuses(self, client_id: str) -> list[OrderStatus]:
        return [report.status for report in self.orders if report.client_id == client_id]

    def bought(self, client_id: str) -> Decimal:
        return sum((trade.fill.amount for trade in self.trades if trade.client_id == client_id), Decimal(0))


@pytest.fixture(params=["binance", "kucoin"])
async def at(request: pytest.FixtureRequest) -> AsyncIterator[Listening]:
    stand = stand_on(request.param)
    is_binance = isinstance(stand, BinanceStand)
    words = (binance.KEY, binance.SECRET, "") if is_binance else (kucoin.KEY, kucoin.SECRET, kucoin.PASSWORD)
    async with stand:
        keys = Credentials(*(Secret(word) for word in words))
        # In a world forty times faster, what a minute may cost is spent in a second.
        budget = Budget(1_000_000, 60)
        config = LiveConfig(rest_url=stand.rest_url, ws_url=stand.ws_url)
        client = await open_client(request.param, config, keys, budget=budget)
        markets = Markets(client)
        await markets.refresh()
        listening = Listening(stand, client, markets)
        await listening.stream.start()
        try:
            yield listening
        finally:
            await listening.stream.close()
            await client.close()


async def test_an_order_its_trades_and_its_end_are_heard(at: Listening) -> None:
    await at.up()
    at.place(client_id="mine")
    await until(lambda: at.bought("mine") == Decimal("0.01"))
    await until(lambda: at.statuses("mine") and at.statuses("mine")[-1] is OrderStatus.FILLED)
    fill = at.trades[0].fill
    assert at.trades[0].symbol == BTC
    assert fill.fee == pytest.approx(fill.price * fill.amount / 1000)
    assert at.trades[0].exchange_id == at.orders[0].exchange_id


async def test_a_resting_order_and_its_cancel_are_heard(at: Listening) -> None:
    await at.up()
    order = at.place(price="50000", client_id="rest")
    await until(lambda: at.statuses("rest") == [OrderStatus.OPEN])
    at.stand.floor.fill(order, "0.004")
    await until(lambda: at.bought("rest") == Decimal("0.004"))
    at.stand.floor.cancel(order.account, order)
    await until(lambda: at.statuses("rest")[-1] is OrderStatus.CANCELED)
    assert at.orders[-1].filled == Decimal("0.004")


@pytest.mark.parametrize("what", [What.DUPLICATE, What.REORDER])
async def test_duplicates_and_another_order_change_nothing(at: Listening, what: What) -> None:
    await at.up()
    at.stand.faults.add(what, PRIVATE, times=MANY)
    order = at.place(price="50000", client_id="rest")
    for _ in range(5):
        at.stand.floor.fill(order, "0.002")
        await asyncio.sleep(0.01)
    at.stand.faults.clear()
    at.place(client_id="after")
    await until(lambda: at.bought("rest") == Decimal("0.01") and at.bought("after") == Decimal("0.01"))
    await until(lambda: at.statuses("rest")[-1] is OrderStatus.FILLED)
    assert at.statuses("rest").count(OrderStatus.FILLED) == 1
    assert len({trade.fill.trade_id for trade in at.trades}) == len(at.trades) == 6


async def test_after_a_disconnection_what_was_missed_is_asked_for(at: Listening) -> None:
    await at.up()
    before = at.resyncs
    await at.stand.sockets.disconnect()
    at.place(client_id="missed")
    await until(lambda: at.bought("missed") == Decimal("0.01"))
    await until(lambda: at.resyncs > before and at.stream.is_up)
    at.place(client_id="heard")
    await until(lambda: at.bought("heard") == Decimal("0.01"))


async def test_the_end_of_a_connection_that_is_heard_of_twice_does_not_end_its_successor(at: Listening) -> None:
    await at.up()
    before = at.resyncs
    (old,) = at.client.api.clients.values()
    await at.stand.sockets.disconnect()
    await at.up(before)
    successors = list(at.client.api.clients.values())
    assert successors
    assert old not in successors
    old.error = None
    at.client.api.on_close(old, 1006)
    assert list(at.client.api.clients.values()) == successors


async def test_a_lost_message_is_found_by_asking_and_the_stream_is_changed_for_a_new_one(at: Listening) -> None:
    await at.up()
    before = at.resyncs
    at.stand.faults.add(What.MUTE, PRIVATE, times=MANY)
    at.place(client_id="unheard")
    await asyncio.sleep(0.1)
    at.stand.faults.clear()
    await at.stream.distrust("an order was missed")
    await until(lambda: at.bought("unheard") == Decimal("0.01"))
    await at.up(before)
    at.place(client_id="heard")
    await until(lambda: at.bought("heard") == Decimal("0.01"))


async def test_an_end_announced_by_the_exchange_is_followed_by_a_new_subscription(at: Listening) -> None:
    if not isinstance(at.stand, BinanceStand):
        pytest.skip("only Binance announces it")
    await at.up()
    before = at.resyncs
    at.stand.sockets.terminate()
    await until(at.stand.sockets.private)
    await at.up(before)
    at.place(client_id="heard")
    await until(lambda: at.bought("heard") == Decimal("0.01"))


async def test_before_a_shutdown_the_next_connection_is_open(at: Listening) -> None:
    if not isinstance(at.stand, BinanceStand):
        pytest.skip("only Binance announces it")
    await at.up()
    sockets = at.stand.sockets
    first = sockets.private()
    sockets.announce_shutdown()
    await until(lambda: set(sockets.private()) - set(first))
    assert first[0] in sockets.private()
    at.place(client_id="both")
    await until(lambda: at.bought("both") == Decimal("0.01"))
    await until(lambda: first[0] not in sockets.private())
    at.place(client_id="new")
    await until(lambda: at.bought("new") == Decimal("0.01"))
    assert len(at.trades) == 2


@pytest.mark.parametrize("frame", ["[1", "{}", "null", '{"subscriptionId":0,"event":{"e":"executionReport"}}'])
async def test_a_message_that_makes_no_sense_does_no_lasting_harm(at: Listening, frame: str) -> None:
    await at.up()
    at.stand.faults.add(What.REWRITE, PRIVATE, change=lambda _: frame)
    at.place(client_id="spoilt")
    if frame == "[1":  # ccxt reads no further, which only asking finds out
        await at.stream.distrust("an order was missed")
    at.place(client_id="whole")
    await until(lambda: at.bought("whole") == Decimal("0.01"))


async def test_after_closing_nothing_is_left_running(at: Listening) -> None:
    await at.up()
    mine = {task for task in asyncio.all_tasks() if "account stream" in task.get_name()}
    assert mine
    await at.stream.close()
    assert all(task.done() for task in mine)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_after_any_mixture_of_faults_every_trade_was_told_once(at: Listening, seed: int) -> None:
    await at.up()
    faults, dice = at.stand.faults, random.Random(seed)
    faults.random_kinds = [
        *(Fault(what) for what in (What.DROP, What.DUPLICATE, What.REORDER, What.DISCONNECT, What.MUTE)),
        Fault(What.REWRITE, change=lambda _: "{"),
    ]
    faults.random_where, faults.chance, faults._dice = PRIVATE, 0.2, random.Random(seed)
    for number in range(12):
        order = at.place(price="50000", client_id=f"rest{number}")
        at.stand.floor.fill(order, "0.004")
        await asyncio.sleep(0.005)
        if dice.random() < 0.5:
            at.stand.floor.fill(order, "0.006")
    faults.clear()
    await at.stream.distrust("to be sure")
    floor = at.stand.floor
    traded = {str(trade.id) for order in floor.orders.values() for trade in order.trades}
    await until(lambda: len(at.trades) >= len(traded))
    assert len(at.trades) == len(traded)
    assert sum(trade.fill.amount for trade in at.trades) == sum(order.filled for order in floor.orders.values())
