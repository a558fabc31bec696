"""A paper account on the prices of stand-in exchanges: it behaves as every exchange does, and fills as a real one."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from time import monotonic

import pytest

from desktop_app.core.market import FeeCurrency
from desktop_app.core.order import Order, OrderStatus, OrderType, Role, Side
from desktop_app.exchange.live_config import LiveConfig
from desktop_app.exchange.paper.exchange import PaperExchange
from desktop_app.exchange.protocol import Refused, TradeReport, Unreachable
from desktop_app.exchange.sim.ledger import read_ledger
from tests.exchange.behaviour import Behaviour, FakeSink, an_order
from tests.exchange.streaming import BTC, ETH, HURRY, Stand, sleep, stand_on, until
from tests.loopback.faults import What
from tests.loopback.floor import wall_clock


class PaperBench:
    symbol = BTC

    def __init__(self, exchange_id: str, stand: Stand, folder: Path, **settings: object) -> None:
        self.exchange_id = exchange_id
        self.stand = stand
        self.folder = folder
        self.settings = settings
        self.sink = FakeSink()
        self.exchange = self._make()

    def _make(self) -> PaperExchange:
        config = LiveConfig(
            rest_url=self.stand.rest_url, ws_url=self.stand.ws_url, balance={"USDT": Decimal(10_000)}, **self.settings
        )
        return PaperExchange(
            self.exchange_id, config, self.folder, wall_clock, sleep=sleep, steady=lambda: monotonic() * HURRY
        )

    async def restart(self) -> None:
        # A killed process says no goodbye to its ledger; sockets end with it.
        old = self.exchange
        await old._care.stop()
        await old._fills.stop()
        session = old._session
        assert session is not None
        await session.feed.close()
        await session.client.close()
        self.exchange = self._make()
        await self.exchange.connect(self.sink)

    def move(self, price: str, symbol: str = "BTCUSDT") -> bool:
        """False: that alone is not yet what a test waits for."""
        self.stand.floor.move(symbol, price)
        return False

    async def listen(self) -> None:
        """Until the streams speak."""
        await self.exchange.subscribe([BTC])
        session = self.exchange._session
        assert session is not None
        feed = session.feed
        await until(lambda: all(line.is_heard for line in feed._lines) or self.move("60000"))

    def status(self, client_id: str) -> OrderStatus | None:
        return next((one.status for one in reversed(self.sink.orders) if one.client_id == client_id), None)

    def bought(self, client_id: str) -> Decimal:
        return sum((trade.fill.amount for trade in self.sink.trades_of(client_id)), Decimal(0))


@pytest.fixture(params=["binance", "kucoin"])
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[PaperBench]:
    async with stand_on(request.param) as stand:
        bench = PaperBench(request.param, stand, tmp_path)
        await bench.exchange.connect(bench.sink)
        yield bench
        await bench.exchange.close()


class TestPaper(Behaviour):
    """The behaviour of every exchange."""


def a_limit(client_id: str, price: str, amount: str = "0.01", side: Side = Side.BUY) -> Order:
    return an_order(client_id, BTC, side, Decimal(amount), Decimal(price))


async def test_its_rules_are_those_of_the_exchange(bench: PaperBench) -> None:
    market = bench.exchange.markets()[BTC]
    pair = bench.stand.floor.pair("BTCUSDT")
    assert market.price_tick == pair.price_tick
    assert market.amount_step == pair.amount_step
    assert market.min_cost == pair.min_cost
    is_received = market.fee_currency is FeeCurrency.RECEIVED
    assert is_received is (bench.exchange_id == "binance")


async def test_a_limit_is_filled_at_its_price_when_the_market_trades_through_it(bench: PaperBench) -> None:
    await bench.listen()
    await bench.exchange.place(a_limit("a", "59990"))
    bench.move("59980")
    await until(lambda: bench.status("a") is OrderStatus.FILLED)
    (trade,) = bench.sink.trades_of("a")
    market = bench.exchange.markets()[BTC]
    assert trade.fill.price == 59990
    assert trade.fill.fee == trade.fill.cost * market.maker_fee


async def test_at_its_very_price_a_limit_gets_only_a_part_of_what_is_traded(bench: PaperBench) -> None:
    await bench.listen()
    # Nobody offers at its price, so that only trades can fill it.
    await bench.exchange.place(a_limit("a", "59990", "0.1"))
    session = bench.exchange._session
    assert session is not None
    teller = session.feed._teller
    assert teller is not None
    teller.trade(BTC, Decimal(59990), Decimal("0.05"), bench.exchange.now(), "by hand")
    await until(lambda: bench.bought("a") == Decimal("0.025"))
    assert bench.status("a") is OrderStatus.OPEN


async def test_a_market_order_walks_the_real_book(bench: PaperBench) -> None:
    await bench.listen()
    order = an_order("a", BTC, Side.BUY, Decimal("0.15"))
    book = await bench.exchange.book(BTC)
    await bench.exchange.place(order)
    first, offered = book.asks[0]
    fills = [trade.fill for trade in bench.sink.trades_of("a")]
    assert fills[0].price == first
    assert fills[0].amount == min(offered, order.amount)


async def test_a_limit_beyond_the_best_offer_is_taken_at_once(bench: PaperBench) -> None:
    await bench.listen()
    report = await bench.exchange.place(a_limit("a", "61000"))
    assert report.status is OrderStatus.FILLED
    assert bench.sink.trades_of("a")[0].fill.price < 60_100


async def test_a_stop_is_sold_into_the_book_when_its_trigger_is_reached(bench: PaperBench) -> None:
    await bench.listen()
    await bench.exchange.place(an_order("a", BTC, Side.BUY, Decimal("0.01")))
    held = (await bench.exchange.balances())["BTC"].free
    amount = bench.exchange.markets()[BTC].amount_down(held)
    stop = Order("b", BTC, Role.MANUAL, 0, Side.SELL, OrderType.STOP, amount, None, Decimal(59000))
    await bench.exchange.place(stop)
    bench.move("58900")
    await until(lambda: bench.status("b") is OrderStatus.FILLED)
    assert 58_800 < bench.sink.trades_of("b")[0].fill.price <= 59_000


async def test_resting_orders_of_pairs_that_nobody_watches_are_filled_too(bench: PaperBench) -> None:
    await bench.exchange.subscribe([])
    await bench.exchange.place(an_order("a", ETH, Side.BUY, Decimal("0.1"), Decimal(2900)))
    session = bench.exchange._session
    assert session is not None
    feed = session.feed
    await until(lambda: any(ETH in line.symbols for line in feed._lines))
    await until(lambda: bench.status("a") is OrderStatus.FILLED or bench.move("2890", "ETHUSDT"))


async def test_while_it_was_away_nothing_fills_but_the_first_price_beyond_does(bench: PaperBench) -> None:
    await bench.listen()
    await bench.exchange.place(a_limit("low", "59000"))
    await bench.exchange.place(a_limit("deep", "50000"))
    await bench.exchange.close()
    bench.move("49000")
    bench.move("58900")
    await bench.exchange.connect(bench.sink)
    await bench.exchange.subscribe([BTC])
    await until(lambda: bench.status("low") is OrderStatus.FILLED)
    assert bench.sink.trades_of("low")[0].fill.price == 59000
    assert bench.status("deep") is OrderStatus.OPEN


async def test_prices_fall_silent_and_come_back_as_on_a_live_account(bench: PaperBench) -> None:
    await bench.listen()
    bench.stand.faults.add(What.MUTE, "ws market", times=1_000)
    bench.move("60001")
    await until(lambda: bench.sink.feed)
    assert bench.sink.feed[0][0] is False
    bench.stand.faults.clear()
    await until(lambda: bench.sink.feed[-1][0] or bench.move("60002"))


async def test_without_its_exchange_it_does_not_connect_and_leaves_nothing_open(tmp_path: Path) -> None:
    async with stand_on("binance") as stand:
        bench = PaperBench("binance", stand, tmp_path)
        stand.faults.add(What.STATUS, "*", times=1_000, number=503)
        with pytest.raises(Unreachable):
            await bench.exchange.connect(bench.sink)
        stand.faults.clear()
        await bench.exchange.connect(bench.sink)
        await bench.exchange.close()


async def test_an_unknown_exchange_is_refused(tmp_path: Path) -> None:
    exchange = PaperExchange("nosuch", LiveConfig(), tmp_path, wall_clock)
    with pytest.raises(Refused):
        await exchange.connect(FakeSink())


async def test_its_own_fee_can_be_set(tmp_path: Path) -> None:
    async with stand_on("binance") as stand:
        bench = PaperBench("binance", stand, tmp_path, fee_percent=Decimal("0.5"))
        await bench.exchange.connect(bench.sink)
        await bench.exchange.place(an_order("a", BTC, Side.BUY, Decimal("0.01")))
        fills = [trade.fill for trade in bench.sink.trades_of("a")]
        assert sum(fill.fee for fill in fills) == sum(fill.cost for fill in fills) * Decimal("0.005")
        await bench.exchange.close()


async def test_changed_rules_hold_for_the_next_order(bench: PaperBench) -> None:
    await bench.exchange.place(a_limit("a", "50000"))
    session = bench.exchange._session
    assert session is not None
    session.markets.rules = {
        symbol: replace(market, price_tick=Decimal(10)) for symbol, market in session.markets.rules.items()
    }
    await bench.exchange._take_rules(session)
    assert bench.sink.market_changes == 1
    with pytest.raises(Refused):
        await bench.exchange.place(a_limit("b", "50001"))
    assert [order.client_id for order in await bench.exchange.open_orders()] == ["a"]


async def test_an_order_on_a_delisted_pair_can_still_be_cancelled(bench: PaperBench) -> None:
    await bench.exchange.place(a_limit("a", "50000"))
    await bench.exchange.close()
    bench.stand.floor.delist("BTCUSDT")
    await bench.exchange.connect(bench.sink)
    assert not bench.exchange.markets()[BTC].is_active
    with pytest.raises(Refused):
        await bench.exchange.place(a_limit("b", "50000"))
    report = await bench.exchange.cancel(BTC, "a", "")
    assert report.status is OrderStatus.CANCELED


async def test_every_trade_is_on_disk_before_it_is_told(bench: PaperBench) -> None:
    told: list[int] = []

    def count(trade: TradeReport) -> None:
        told.append(len(read_ledger(bench.folder / "ledger.jsonl").entries))

    bench.sink.on_trade = count  # type: ignore[method-assign]
    before = len(read_ledger(bench.folder / "ledger.jsonl").entries)
    await bench.exchange.place(an_order("a", BTC, Side.BUY, Decimal("0.01")))
    assert told
    assert min(told) > before
