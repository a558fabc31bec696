"""The price feed on stand-ins of Binance and KuCoin, through real ccxt, while everything goes wrong."""

import asyncio
import random
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from desktop_app.exchange.protocol import Refused
from tests.exchange.streaming import BTC, ETH, MARKET, Feeding, feeding, until
from tests.loopback import binance_sockets
from tests.loopback.faults import Fault, What

MANY = 1_000_000


@pytest.fixture(params=["binance", "kucoin"])
async def on(request: pytest.FixtureRequest) -> AsyncIterator[Feeding]:
    async with feeding(request.param) as at:
        yield at


async def test_a_subscribed_pair_has_a_price_at_once_and_hears_every_change(on: Feeding) -> None:
    await on.feed.subscribe([BTC])
    assert on.told == [Decimal(60000)]
    await on.hear()
    on.move("60123.4")
    await until(lambda: on.told[-1] == Decimal("60123.4"))
    await until(lambda: (on.sink.prices[-1].bid or 0) > 60_100)
    assert on.sink.feed == []


async def test_a_pair_that_does_not_exist_is_refused(on: Feeding) -> None:
    with pytest.raises(Refused):
        await on.feed.subscribe(["NO/SUCH"])
    with pytest.raises(Refused):
        await on.feed.book("NO/SUCH")


async def test_the_book_is_sorted_and_exact(on: Feeding) -> None:
    book = await on.feed.book(BTC)
    assert book.bids[0][0] < book.asks[0][0]
    assert [price for price, _ in book.bids] == sorted((price for price, _ in book.bids), reverse=True)
    assert [price for price, _ in book.asks] == sorted(price for price, _ in book.asks)


async def test_a_duplicate_changes_nothing(on: Feeding) -> None:
    await on.hear()
    on.faults.add(What.DUPLICATE, MARKET, times=MANY)
    for price in ("60001", "60002", "60003"):
        on.move(price)
    await until(lambda: on.told[-1] == Decimal(60003))
    teller = on.feed._teller
    assert teller is not None
    await until(lambda: teller.dropped >= 3)


async def test_what_comes_in_another_order_ends_at_the_newest_price(on: Feeding) -> None:
    await on.hear()
    on.faults.add(What.REORDER, MARKET, times=MANY)
    for i in range(40):
        on.move(str(60_000 + i))
        await asyncio.sleep(0.002)
    on.faults.clear()
    on.move("60100")
    await until(lambda: on.told[-1] == Decimal(60100))
    assert on.sink.feed == []


async def test_a_closed_connection_is_opened_again_and_what_was_missed_is_asked_for(on: Feeding) -> None:
    await on.hear()
    await on.stand.sockets.disconnect()
    on.move("61000")
    await until(lambda: on.told[-1] == Decimal(61000))
    await until(lambda: on.sink.feed == [(False, on.sink.feed[0][1]), (True, "")] or on.nudge())
    on.move("61001")
    await until(lambda: on.told[-1] == Decimal(61001))


async def test_a_silent_stream_is_noticed_prices_are_asked_for_and_it_is_opened_again(on: Feeding) -> None:
    await on.hear()
    on.faults.add(What.MUTE, MARKET, times=MANY)
    on.move("60500")
    await until(lambda: on.sink.feed)
    assert on.sink.feed[0][0] is False
    assert "no message for" in on.sink.feed[0][1]
    on.move("60700")
    await until(lambda: on.told[-1] == Decimal(60700))
    assert on.sink.feed[-1][0] is False

    on.faults.clear()
    await until(lambda: on.sink.feed[-1][0] or on.nudge())
    on.move("60800")
    await until(lambda: on.told[-1] == Decimal(60800))


async def test_a_stream_that_has_nothing_to_tell_is_not_taken_for_a_dead_one(on: Feeding) -> None:
    await on.hear()
    await until(lambda: on.sink.prices[-1].bid is not None or on.nudge())
    asked = len(on.faults.calls)
    await until(lambda: len(on.faults.calls) >= asked + 6)  # after thirty seconds of silence it is looked into
    assert on.sink.feed == []
    on.move("60100")
    await until(lambda: on.told[-1] == Decimal(60100))


@pytest.mark.parametrize("price", ["0", "-1", "NaN", "1000000000000"])
async def test_an_absurd_price_is_never_told(on: Feeding, price: str) -> None:
    await on.hear()
    fault = on.faults.add(What.REWRITE, MARKET, times=MANY, change=lambda frame: frame.replace("60001", price))
    on.move("60001")
    await until(lambda: fault.done)
    on.faults.clear()
    on.move("60002")
    await until(lambda: on.told[-1] == Decimal(60002))
    assert set(on.told) <= {Decimal(60000), Decimal(60001), Decimal(60002)}
    assert all(60_000 < tick.ask < 61_000 for tick in on.sink.prices if tick.ask is not None)


async def test_a_real_crash_is_believed_after_a_second_question(on: Feeding) -> None:
    await on.hear()
    on.move("20000")
    await until(lambda: on.told[-1] == Decimal(20000))
    on.move("20001")
    await until(lambda: on.told[-1] == Decimal(20001))


@pytest.mark.parametrize("frame", ["[1", "{}", "[]", "null", "7", '"x"', "\x00", '{"e":"trade","s":"BTCUSDT"}'])
async def test_a_message_that_makes_no_sense_does_no_lasting_harm(on: Feeding, frame: str) -> None:
    await on.hear()
    on.faults.add(What.REWRITE, MARKET, change=lambda _: frame)
    on.move("60001")
    await until(lambda: on.told[-1] == Decimal(60001) or on.nudge())
    on.move("60002")
    await until(lambda: on.told[-1] == Decimal(60002))


async def test_of_a_flood_only_the_latest_is_told(on: Feeding) -> None:
    await on.hear()
    before = len(on.sink.prices)
    for i in range(1_000):
        on.move(str(60_000 + i % 50))
        if i % 100 == 0:
            await asyncio.sleep(0)
    on.move("60777")
    await until(lambda: on.told[-1] == Decimal(60777))
    assert len(on.sink.prices) - before < 300
    assert not on.client.api.trades.get(BTC)


async def test_pairs_come_and_go(on: Feeding) -> None:
    await on.hear()
    await on.feed.subscribe([BTC, ETH])
    await until(lambda: any(tick.symbol == ETH for tick in on.sink.prices))
    await until(lambda: on.lines_heard or on.nudge() or on.nudge("ETHUSDT"))
    await on.feed.subscribe([ETH])
    lines = len(on.feed._lines)
    await on.feed.subscribe([BTC, ETH])
    await on.feed.subscribe([ETH])
    assert len(on.feed._lines) == lines
    on.sink.prices.clear()
    on.move("60500")
    on.floor.move("ETHUSDT", "3010")
    await until(lambda: any(tick.price == 3010 for tick in on.sink.prices))
    assert {tick.symbol for tick in on.sink.prices} == {ETH}
    await on.feed.subscribe([])
    assert on.feed._lines == {}
    assert on.client.api.clients == {}


async def test_a_delisted_pair_does_not_close_the_line_to_the_others(on: Feeding) -> None:
    await on.feed.subscribe([BTC, ETH])
    await until(lambda: on.lines_heard or on.nudge() or on.nudge("ETHUSDT"))
    on.client.api.markets = {symbol: one for symbol, one in on.client.api.markets.items() if symbol != ETH}
    await on.stand.sockets.disconnect()
    await until(lambda: on.sink.feed[-1:] == [(True, "")] or on.nudge())
    on.move("60100")
    await until(lambda: Decimal(60100) in on.told)


async def test_pairs_that_came_one_by_one_are_put_together(on: Feeding, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_app.exchange.feed.prices.MOST_LINES", 2)
    await on.hear()
    await on.feed.subscribe([BTC, ETH])
    await until(lambda: on.lines_heard or on.nudge() or on.nudge("ETHUSDT"))
    assert [line.symbols for line in on.feed._lines] == [(BTC, ETH), (BTC, ETH)]
    on.move("60100")
    await until(lambda: Decimal(60100) in on.told)
    assert on.sink.feed == []


async def test_a_whole_minute_is_told_as_the_exchange_has_it(on: Feeding) -> None:
    """It began before we listened, so its candle is the exchange's own."""
    await on.hear()
    for price in ("60010", "59990", "60005"):
        on.move(price)
    await until(lambda: any(not is_closed for _, _, is_closed in on.sink.candles))
    symbol, candle, _ = on.sink.candles[-1]
    assert symbol == BTC
    assert candle.low <= Decimal(59990) or candle.close > 0


async def test_after_closing_nothing_is_left_running(on: Feeding) -> None:
    await on.hear()
    mine = {task for task in asyncio.all_tasks() if "stream" in task.get_name() or "trades" in task.get_name()}
    assert mine
    await on.feed.close()
    assert all(task.done() for task in mine)


async def test_before_a_shutdown_the_next_connection_is_open_and_nothing_is_lost() -> None:
    async with feeding("binance") as on:
        await on.hear()
        sockets = on.stand.sockets
        assert isinstance(sockets, binance_sockets.Sockets)
        first = set(sockets.connections)
        sockets.announce_shutdown()
        await until(lambda: len(set(sockets.connections) - first) == len(first))
        on.move("60100")
        await until(lambda: on.told[-1] == Decimal(60100))
        await until(lambda: not first & set(sockets.connections))
        on.move("60200")
        await until(lambda: on.told[-1] == Decimal(60200))
        assert on.sink.feed == []


@pytest.mark.parametrize("exchange", ["binance", "kucoin"])
async def test_an_exchange_that_nobody_reads_raw_is_heard_through_ccxt(
    monkeypatch: pytest.MonkeyPatch, exchange: str
) -> None:
    monkeypatch.setattr("desktop_app.exchange.feed.prices.READERS", {})
    async with feeding(exchange) as on:
        await on.feed.subscribe([BTC, ETH])
        await until(lambda: on.lines_heard or on.nudge() or on.nudge("ETHUSDT"))
        on.move("60100")
        on.floor.move("ETHUSDT", "3010")
        await until(lambda: {Decimal(60100), Decimal(3010)} <= set(on.told))
        await until(lambda: any((tick.bid or 0) > 60_050 for tick in on.sink.prices) or on.nudge())
        await on.stand.sockets.disconnect()
        await until(lambda: on.sink.feed[-1:] == [(True, "")] or on.nudge())


async def test_an_exchange_without_streams_is_asked() -> None:
    async with feeding("binance") as on:
        on.client.api.has = {**on.client.api.has, "watchTradesForSymbols": None, "watchTrades": None,
                             "watchTickers": None, "watchTicker": None}  # fmt: skip
        await on.feed.subscribe([BTC])
        on.move("60100")
        await until(lambda: on.told[-1] == Decimal(60100))
        assert on.feed._lines == {}
        on.faults.add(What.STATUS, "*", times=MANY, number=503)
        await until(lambda: on.sink.feed)
        on.faults.clear()
        await until(lambda: on.sink.feed[-1] == (True, ""))


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_after_any_mixture_of_faults_the_price_is_right_and_none_was_absurd(on: Feeding, seed: int) -> None:
    await on.hear()
    spoilt = [lambda frame: frame.replace("60", "990000"), lambda _: "{", lambda _: '{"e":"trade"}']
    on.faults.random_kinds = [
        *(Fault(what) for what in (What.DROP, What.DUPLICATE, What.REORDER, What.DISCONNECT, What.MUTE)),
        *(Fault(What.REWRITE, change=change) for change in spoilt),
    ]
    on.faults.random_where, on.faults.chance, on.faults._dice = MARKET, 0.15, random.Random(seed)
    dice = random.Random(seed)
    for _ in range(150):
        on.move(str(60_000 + dice.randrange(1, 500)))
        await asyncio.sleep(0.004)
    on.faults.clear()
    on.move("60600")
    await until(lambda: on.told[-1] == Decimal(60600))
    await until(lambda: not on.sink.feed or on.sink.feed[-1][0] or on.nudge())
    on.move("60700")
    await until(lambda: on.told[-1] == Decimal(60700))
    assert all(59_000 < price < 62_000 for price in on.told)
