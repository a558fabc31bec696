"""How every exchange behaves, whoever pretends to be one: the same stories are told to each."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

import pytest

from desktop_app.core.events import PriceTick
from desktop_app.core.market import ZERO, Candle
from desktop_app.core.order import Order, OrderStatus, OrderType, Role, Side
from desktop_app.core.strategy import Watch
from desktop_app.exchange.protocol import Exchange, OrderReport, Refused, TradeReport, Unreachable


@dataclass
class FakeSink:
    """Writes down all that it is told."""

    prices: list[PriceTick] = field(default_factory=list)
    candles: list[tuple[str, Candle, bool]] = field(default_factory=list)
    orders: list[OrderReport] = field(default_factory=list)
    trades: list[TradeReport] = field(default_factory=list)
    feed: list[tuple[bool, str]] = field(default_factory=list)
    watches: dict[str, Watch] = field(default_factory=dict)
    alarm: int | None = None
    market_changes: int = 0
    settling: Callable[[], Awaitable[None]] | None = None

    def on_price(self, tick: PriceTick) -> None:
        self.prices.append(tick)

    def on_candle(self, symbol: str, candle: Candle, *, is_closed: bool) -> None:
        self.candles.append((symbol, candle, is_closed))

    def on_order(self, report: OrderReport) -> None:
        self.orders.append(report)

    def on_trade(self, trade: TradeReport) -> None:
        self.trades.append(trade)

    def on_markets(self) -> None:
        self.market_changes += 1

    def on_feed(self, *, is_live: bool, reason: str) -> None:
        self.feed.append((is_live, reason))

    def watch(self, symbol: str) -> Watch:
        return self.watches.get(symbol, Watch())

    def wake_at(self) -> int | None:
        return self.alarm

    async def settled(self) -> None:
        if self.settling is not None:
            await self.settling()

    def trades_of(self, client_id: str) -> Sequence[TradeReport]:
        return [trade for trade in self.trades if trade.client_id == client_id]


class Bench(Protocol):
    """An exchange with money on it, in the hands of a test. `symbol` trades against USDT.

    Two rules of the venue may be said by attributes: `duplicate_is_unknown` (it says that it has such an order already,
    so that nobody may take the answer for a no) and `is_id_free_after_fill` (a client id is unique among open orders).
    """

    symbol: str
    sink: FakeSink

    @property
    def exchange(self) -> Exchange: ...
    async def restart(self) -> None:
        """Kill the exchange without a word and start it again."""


async def until(is_so: Callable[[], bool], turns: int = 10_000) -> None:
    """Let the loop turn until something is so; what comes over a socket may then take its time on a busy machine."""
    for turn in range(turns + 10_000):
        if is_so():
            return
        await asyncio.sleep(0 if turn < turns else 0.003)
    pytest.fail("it did not come to be")


def an_order(client_id: str, symbol: str, side: Side, amount: Decimal, price: Decimal | None = None) -> Order:
    kind = OrderType.MARKET if price is None else OrderType.LIMIT
    return Order(client_id, symbol, Role.MANUAL, 0, side, kind, amount, price)


class Behaviour:
    """Inherit from it and give a fixture `bench`."""

    async def test_it_says_whether_it_is_simulated_and_what_time_it_is(self, bench: Bench) -> None:
        assert bench.exchange.is_simulated in (True, False)
        assert bench.exchange.now() > 1_000_000_000_000
        assert bench.symbol in bench.exchange.markets()

    async def test_a_subscribed_pair_has_a_price_at_once(self, bench: Bench) -> None:
        await bench.exchange.subscribe([bench.symbol])
        await until(lambda: any(tick.symbol == bench.symbol for tick in bench.sink.prices))

    async def test_a_limit_far_away_rests_and_locks_its_funds(self, bench: Bench) -> None:
        order = await self._far_buy(bench, "a")
        report = await bench.exchange.place(order)

        assert report.status is OrderStatus.OPEN
        assert report.filled == ZERO
        assert report.exchange_id
        assert [one.client_id for one in await bench.exchange.open_orders()] == ["a"]
        assert order.price is not None
        usdt = (await bench.exchange.balances())["USDT"]
        assert order.price * order.amount <= usdt.locked <= order.price * order.amount * Decimal("1.01")
        await until(lambda: [one.status for one in bench.sink.orders] == [OrderStatus.OPEN])

    async def test_a_cancel_frees_what_was_locked(self, bench: Bench) -> None:
        before = await bench.exchange.balances()
        report = await bench.exchange.place(await self._far_buy(bench, "a"))
        report = await bench.exchange.cancel(bench.symbol, "a", report.exchange_id)

        assert report.status is OrderStatus.CANCELED
        assert await bench.exchange.balances() == before
        assert await bench.exchange.open_orders() == ()
        await until(lambda: bench.sink.orders[-1].status is OrderStatus.CANCELED)

    async def test_a_market_buy_is_traded_at_once_and_paid_with_its_fee(self, bench: Bench) -> None:
        before = (await bench.exchange.balances())["USDT"]
        order = await self._market(bench, "a", Side.BUY)
        report = await bench.exchange.place(order)

        assert report.status is OrderStatus.FILLED
        assert report.filled == order.amount
        await until(lambda: sum(one.fill.amount for one in bench.sink.trades_of("a")) == order.amount)
        after = await bench.exchange.balances()
        market = bench.exchange.markets()[bench.symbol]
        fills = [trade.fill for trade in bench.sink.trades_of("a")]
        in_quote = sum(fill.cost + fill.fee - fill.coin_fee * fill.price for fill in fills)
        assert after["USDT"].free == before.free - in_quote
        assert after[market.base].free == order.amount - sum(fill.coin_fee for fill in fills)
        assert all(fill.fee == fill.cost * market.taker_fee for fill in fills)

    async def test_what_was_bought_can_be_sold_again(self, bench: Bench) -> None:
        base = bench.exchange.markets()[bench.symbol].base
        await bench.exchange.place(await self._market(bench, "a", Side.BUY))
        market = bench.exchange.markets()[bench.symbol]
        received = market.amount_down((await bench.exchange.balances())[base].free)
        sold = await bench.exchange.place(an_order("b", bench.symbol, Side.SELL, received))

        assert sold.status is OrderStatus.FILLED
        assert (await bench.exchange.balances())[base].total < market.amount_step

    async def test_more_than_there_is_cannot_be_bought(self, bench: Bench) -> None:
        before = await bench.exchange.balances()
        far = await self._far_buy(bench, "a")
        market = bench.exchange.markets()[bench.symbol]
        assert far.price is not None
        amount = market.amount_up(before["USDT"].free / far.price)
        with pytest.raises(Refused) as refusal:
            await bench.exchange.place(an_order("a", bench.symbol, Side.BUY, amount, far.price))

        assert refusal.value.code == "insufficient_funds"
        assert await bench.exchange.find_order(bench.symbol, "a") is None
        assert await bench.exchange.balances() == before

    async def test_funds_that_an_order_locks_buy_nothing_else(self, bench: Bench) -> None:
        far = await self._far_buy(bench, "a")
        market = bench.exchange.markets()[bench.symbol]
        assert far.price is not None
        free = (await bench.exchange.balances())["USDT"].free
        most = market.amount_down(free * Decimal("0.6") / far.price)
        await bench.exchange.place(an_order("a", bench.symbol, Side.BUY, most, far.price))
        with pytest.raises(Refused):
            await bench.exchange.place(an_order("b", bench.symbol, Side.BUY, most, far.price))

    @pytest.mark.parametrize("wrong", ["amount", "price", "size", "pair"])
    async def test_what_breaks_the_markets_rules_is_refused(self, bench: Bench, wrong: str) -> None:
        far = await self._far_buy(bench, "a")
        market = bench.exchange.markets()[bench.symbol]
        assert far.price is not None
        amount, price, symbol = far.amount, far.price, bench.symbol
        match wrong:
            case "amount":
                amount += market.amount_step / 2
            case "price":
                price += market.price_tick / 2
            case "size":
                amount = market.amount_step
                price = market.price_tick
            case "pair":
                symbol = "NO/SUCH"
        with pytest.raises(Refused):
            await bench.exchange.place(an_order("a", symbol, Side.BUY, amount, price))
        assert await bench.exchange.open_orders() == ()

    async def test_a_client_id_is_taken_once(self, bench: Bench) -> None:
        await bench.exchange.place(await self._far_buy(bench, "a"))
        if getattr(bench, "duplicate_is_unknown", False):
            with pytest.raises(Unreachable):
                await bench.exchange.place(await self._far_buy(bench, "a"))
        else:
            with pytest.raises(Refused) as refusal:
                await bench.exchange.place(await self._far_buy(bench, "a"))
            assert refusal.value.code == "duplicate_client_id"

        assert len(await bench.exchange.open_orders()) == 1

    async def test_a_client_id_is_not_free_again_after_the_fill(self, bench: Bench) -> None:
        order = await self._market(bench, "a", Side.BUY)
        first = await bench.exchange.place(order)
        if getattr(bench, "is_id_free_after_fill", False):
            second = await bench.exchange.place(order)
            assert second.exchange_id != first.exchange_id  # which is why an order is never sent twice
        else:
            with pytest.raises(Refused):
                await bench.exchange.place(order)

    async def test_an_order_is_found_by_client_id_after_it_filled(self, bench: Bench) -> None:
        order = await self._market(bench, "a", Side.BUY)
        await bench.exchange.place(order)
        found = await bench.exchange.find_order(bench.symbol, "a")

        assert found is not None
        assert (found.status, found.filled) == (OrderStatus.FILLED, order.amount)
        assert await bench.exchange.find_order(bench.symbol, "b") is None

    @pytest.mark.parametrize("has_limit", [False, True], ids=["at market", "with a limit"])
    async def test_a_stop_rests_and_holds_its_coins_until_it_is_cancelled(self, bench: Bench, has_limit: bool) -> None:
        market = bench.exchange.markets()[bench.symbol]
        order = await self._stop(bench, "s", has_limit)
        if not market.takes_stops:
            with pytest.raises(Refused):
                await bench.exchange.place(order)
            return
        await bench.exchange.place(await self._market(bench, "a", Side.BUY))
        bought = (await bench.exchange.balances())[market.base]
        report = await bench.exchange.place(order)

        assert (report.status, report.type, report.filled) == (OrderStatus.OPEN, OrderType.STOP, ZERO)
        assert (await bench.exchange.balances())[market.base].locked == order.amount
        assert [one.client_id for one in await bench.exchange.open_orders()] == ["s"]
        found = await bench.exchange.find_order(bench.symbol, "s")
        assert found is not None and found.status is OrderStatus.OPEN
        rest = market.amount_down(bought.free)
        with pytest.raises(Refused):
            await bench.exchange.place(an_order("b", bench.symbol, Side.SELL, rest, await self._twice(bench)))
        gone = await bench.exchange.cancel(bench.symbol, "s", report.exchange_id)
        assert gone.status is OrderStatus.CANCELED
        assert (await bench.exchange.balances())[market.base] == bought

    async def test_a_stop_survives_a_kill(self, bench: Bench) -> None:
        if not bench.exchange.markets()[bench.symbol].takes_stops:
            return
        await bench.exchange.place(await self._market(bench, "a", Side.BUY))
        await bench.exchange.place(await self._stop(bench, "s", has_limit=False))
        found = await bench.exchange.find_order(bench.symbol, "s")
        await bench.restart()

        assert await bench.exchange.find_order(bench.symbol, "s") == found
        assert [one.client_id for one in await bench.exchange.open_orders()] == ["s"]

    async def test_a_cancel_that_comes_too_late_tells_of_the_fill(self, bench: Bench) -> None:
        report = await bench.exchange.place(await self._market(bench, "a", Side.BUY))
        late = await bench.exchange.cancel(bench.symbol, "a", report.exchange_id)

        assert late.status is OrderStatus.FILLED

    async def test_two_cancels_at_once_are_one(self, bench: Bench) -> None:
        report = await bench.exchange.place(await self._far_buy(bench, "a"))
        both = await asyncio.gather(*(bench.exchange.cancel(bench.symbol, "a", report.exchange_id) for _ in range(2)))

        assert [one.status for one in both] == [OrderStatus.CANCELED] * 2
        await until(lambda: bench.sink.orders[-1].status is OrderStatus.CANCELED)
        assert [one.status for one in bench.sink.orders].count(OrderStatus.CANCELED) == 1

    async def test_what_never_was_cannot_be_cancelled(self, bench: Bench) -> None:
        with pytest.raises(Refused) as refusal:
            await bench.exchange.cancel(bench.symbol, "nobody", "")

        assert refusal.value.code == "unknown_order"

    async def test_trades_are_told_again_to_whoever_asks_since_when(self, bench: Bench) -> None:
        start = bench.exchange.now()
        await bench.exchange.place(await self._market(bench, "a", Side.BUY))
        trades = await bench.exchange.trades_since(bench.symbol, start)

        assert {trade.client_id for trade in trades} == {"a"}
        assert len({trade.fill.trade_id for trade in trades}) == len(trades)
        await until(lambda: bench.sink.trades == list(trades))
        latest = max(trade.at for trade in trades)
        assert await bench.exchange.trades_since(bench.symbol, latest + 1) == ()

    async def test_everything_is_still_there_after_a_kill(self, bench: Bench) -> None:
        start = bench.exchange.now()
        await bench.exchange.place(await self._far_buy(bench, "a"))
        await bench.exchange.place(await self._market(bench, "b", Side.BUY))
        gone = await bench.exchange.place(await self._far_buy(bench, "c"))
        await bench.exchange.cancel(bench.symbol, "c", gone.exchange_id)
        found = [await bench.exchange.find_order(bench.symbol, client_id) for client_id in "abc"]
        trades = await bench.exchange.trades_since(bench.symbol, start)
        balances = await bench.exchange.balances()
        now = bench.exchange.now()
        await bench.restart()

        assert [await bench.exchange.find_order(bench.symbol, client_id) for client_id in "abc"] == found
        assert await bench.exchange.trades_since(bench.symbol, start) == trades
        assert await bench.exchange.balances() == balances
        assert [one.client_id for one in await bench.exchange.open_orders()] == ["a"]
        assert bench.exchange.now() >= now
        again = await bench.exchange.place(await self._far_buy(bench, "d"))
        assert again.exchange_id not in {one.exchange_id for one in found if one is not None}

    # Orders that suit any market

    async def _price(self, bench: Bench, side: Side) -> Decimal:
        book = await bench.exchange.book(bench.symbol)
        return (book.asks if side is Side.BUY else book.bids)[0][0]

    async def _market(self, bench: Bench, client_id: str, side: Side) -> Order:
        market = bench.exchange.markets()[bench.symbol]
        amount = market.amount_up(Decimal(100) / await self._price(bench, side))
        return an_order(client_id, bench.symbol, side, amount)

    async def _stop(self, bench: Bench, client_id: str, has_limit: bool) -> Order:
        """A stop loss for most of what `_market` buys, a tenth under the price."""
        market = bench.exchange.markets()[bench.symbol]
        price = await self._price(bench, Side.SELL)
        trigger = market.price_down(price * Decimal("0.9"))
        limit = market.price_up(price * Decimal("0.89")) if has_limit else None
        amount = market.amount_down(Decimal(90) / price)
        return Order(client_id, bench.symbol, Role.STOP_LOSS, 0, Side.SELL, OrderType.STOP, amount, limit, trigger)

    async def _twice(self, bench: Bench) -> Decimal:
        market = bench.exchange.markets()[bench.symbol]
        return market.price_up(await self._price(bench, Side.SELL) * Decimal("1.5"))

    async def _far_buy(self, bench: Bench, client_id: str) -> Order:
        market = bench.exchange.markets()[bench.symbol]
        price = market.price_down(await self._price(bench, Side.BUY) / 2)
        return an_order(client_id, bench.symbol, Side.BUY, market.amount_up(Decimal(100) / price), price)
