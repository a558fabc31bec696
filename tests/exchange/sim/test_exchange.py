"""The embedded exchange: an exchange like any other, on a market and a clock of its own."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import pytest

from desktop_app.core.columns import TIMEFRAMES
from desktop_app.core.matching import MatchRules
from desktop_app.core.order import OrderStatus, Side
from desktop_app.core.strategy import Watch
from desktop_app.exchange.protocol import Refused, Unreachable
from desktop_app.exchange.sim.account import SimAccount
from desktop_app.exchange.sim.config import SimConfig
from desktop_app.exchange.sim.exchange import SimExchange
from desktop_app.exchange.sim.ledger import read_ledger
from desktop_app.exchange.sim.records import read_record
from desktop_app.exchange.sim.ticks import SimTick, TickStream
from desktop_app.exchange.synthetic.market import PAIRS
from tests.exchange.behaviour import Behaviour, FakeSink, an_order, until

ROOT = Path(__file__).resolve().parents[3]
START = 1_764_000_000_000


@dataclass
class FakeTime:
    """Time that passes exactly when somebody sleeps."""

    at: int = START

    def __call__(self) -> int:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += max(1, round(seconds * 1000))
        await asyncio.sleep(0)


class SimBench:
    symbol = "BTC/USDT"

    def __init__(self, folder: Path, speed: float = 60) -> None:
        self.folder = folder
        self.time = FakeTime()
        self.speed = speed
        self.sink = FakeSink()
        self.exchange = self._make()

    def _make(self) -> SimExchange:
        return SimExchange(SimConfig(speed=self.speed), self.folder, self.time, sleep=self.time.sleep)

    async def restart(self) -> None:
        await self.exchange._pump.stop()  # a killed process says no goodbye: no close()
        self.exchange = self._make()
        await self.exchange.connect(self.sink)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[SimBench]:
    bench = SimBench(tmp_path)
    await bench.exchange.connect(bench.sink)
    yield bench
    await bench.exchange.close()


class TestSim(Behaviour):
    """The behaviour of every exchange."""


DAY = 86_400_000
BTC = "BTC/USDT"


async def pass_time(bench: SimBench, seconds: float) -> None:
    """Let real time pass, as the exchange sees it."""
    end = bench.time.at + seconds * 1000
    await until(lambda: bench.time.at >= end, turns=1_000_000)


# --- clock and history ------------------------------------------------------------------------------------------------


async def test_thirty_days_are_there_before_the_first_start(bench: SimBench) -> None:
    days = await bench.exchange.candles(BTC, "1d", 0, 2 * START)
    minutes = await bench.exchange.candles(BTC, "1m", START - 2 * DAY, START - DAY)

    assert 28 <= len(days) <= 30
    assert days.at[-1] + DAY <= bench.exchange.now()
    assert len(minutes) == 24 * 60
    of_that_day = days.at.tolist().index(int(minutes.at[0] - minutes.at[0] % DAY))
    assert days.high[of_that_day] >= days.low[of_that_day] > 0


async def test_a_candle_that_is_not_closed_is_not_told(bench: SimBench) -> None:
    await bench.exchange.subscribe([BTC])
    await pass_time(bench, 5)
    for timeframe in ("1m", "5m", "1h"):
        now = bench.exchange.now()
        candles = await bench.exchange.candles(BTC, timeframe, now - DAY, now + DAY)
        assert candles.at[-1] + TIMEFRAMES[timeframe] <= bench.exchange.now()
        assert candles.at[-1] + 2 * TIMEFRAMES[timeframe] > now


async def test_candles_as_they_were_told_are_those_of_the_history(bench: SimBench) -> None:
    await bench.exchange.subscribe([BTC, "MOSS/USDT"])
    await pass_time(bench, 8)
    told = [(symbol, candle) for symbol, candle, is_closed in bench.sink.candles if is_closed]

    assert len(told) >= 10
    for symbol in (BTC, "MOSS/USDT"):
        mine = [candle for one, candle in told if one == symbol]
        known = await bench.exchange.candles(symbol, "1m", mine[0].at, mine[-1].at + 1)
        assert [known.candle(i) for i in range(len(known))] == mine


async def test_volumes_are_known_of_pairs_that_nobody_listens_to(bench: SimBench) -> None:
    found = await bench.exchange.volumes("USDT")

    assert set(found) == {symbol for symbol, market in bench.exchange.markets().items() if market.quote == "USDT"}
    assert all(volume > 0 for volume in found.values()) and await bench.exchange.volumes("XYZ") == {}


async def test_its_clock_runs_at_its_speed_and_the_speed_can_change(bench: SimBench) -> None:
    wall, now = bench.time.at, bench.exchange.now()
    await pass_time(bench, 3)
    assert bench.exchange.now() - now == (bench.time.at - wall) * 60
    await bench.exchange.set_speed(600)
    wall, now = bench.time.at, bench.exchange.now()
    await pass_time(bench, 3)
    assert bench.exchange.now() - now == (bench.time.at - wall) * 600
    assert bench.exchange.speed == 600


@pytest.mark.parametrize("speed", [0, -1, 601, float("nan"), float("inf")])
async def test_a_speed_out_of_range_is_refused(bench: SimBench, speed: float) -> None:
    with pytest.raises(Refused, match="1"):
        await bench.exchange.set_speed(speed)
    assert bench.exchange.speed == 60


async def test_after_an_orderly_stop_time_goes_on_where_it_stood(bench: SimBench) -> None:
    await pass_time(bench, 2)
    now = bench.exchange.now()
    await bench.exchange.close()
    bench.time.at += 8 * 3_600_000
    bench.exchange = bench._make()
    await bench.exchange.connect(bench.sink)

    assert 0 <= bench.exchange.now() - now < 60_000


@pytest.mark.parametrize("speed", [1, 600])
async def test_no_kill_turns_the_clock_back(tmp_path: Path, speed: float) -> None:
    bench = SimBench(tmp_path, speed)
    await bench.exchange.connect(bench.sink)
    for seconds in (0.3, 1.7, 4.1):
        await pass_time(bench, seconds)
        now = bench.exchange.now()
        await bench.restart()
        assert now <= bench.exchange.now() <= now + 10_000 * speed
    await bench.exchange.close()


async def test_the_same_account_goes_on_only_on_the_same_market(bench: SimBench) -> None:
    other = SimExchange(SimConfig(seed=8), bench.folder, bench.time, sleep=bench.time.sleep)
    with pytest.raises(Refused, match="begun on another market"):
        await other.connect(FakeSink())


# --- prices -----------------------------------------------------------------------------------------------------------


def true_ticks(bench: SimBench, symbol: str, after: int, until_: int) -> list[SimTick]:
    assert bench.exchange._session is not None
    return TickStream(bench.exchange._session.market).between([symbol], after, until_)


async def test_at_high_speed_prices_come_at_most_twenty_times_a_second(tmp_path: Path) -> None:
    bench = SimBench(tmp_path, 600)
    await bench.exchange.connect(bench.sink)
    await bench.exchange.subscribe([BTC])
    wall, start = bench.time.at, bench.exchange.now()
    bench.sink.prices.clear()
    await pass_time(bench, 5)

    seconds = (bench.time.at - wall) / 1000
    assert len(true_ticks(bench, BTC, start, bench.exchange.now())) > 100 * seconds
    assert 10 * seconds <= len(bench.sink.prices) <= 20 * seconds + 1
    await bench.exchange.close()


async def test_at_high_speed_no_watched_level_is_skipped(tmp_path: Path) -> None:
    bench = SimBench(tmp_path, 600)
    await bench.exchange.connect(bench.sink)
    await bench.exchange.subscribe([BTC])
    start = bench.exchange.now()
    low, high = (bench.sink.prices[-1].price * Decimal(factor) for factor in ("0.999", "1.001"))
    bench.sink.watches[BTC] = Watch(below=low, above=high)
    await pass_time(bench, 10)

    end = bench.sink.prices[-1].at
    told = {(tick.at, tick.price) for tick in bench.sink.prices}
    below = above = False
    crossings = 0
    for tick in true_ticks(bench, BTC, start, end):
        if (tick.price <= low and not below) or (tick.price >= high and not above):
            crossings += 1
            assert (tick.at, tick.price) in told
        below, above = tick.price <= low, tick.price >= high
    assert crossings > 0
    prices = [tick.price for tick in true_ticks(bench, BTC, start, end)]
    extremes = {min(prices), max(prices)}
    assert {price for price in extremes if not low < price < high} <= {price for _, price in told}
    await bench.exchange.close()


async def test_who_follows_a_price_is_told_every_change(tmp_path: Path) -> None:
    bench = SimBench(tmp_path, 600)
    await bench.exchange.connect(bench.sink)
    bench.sink.watches[BTC] = Watch(follows=True)
    await bench.exchange.subscribe([BTC])
    start = bench.exchange.now()
    bench.sink.prices.clear()
    await pass_time(bench, 2)

    prices = [tick.price for tick in true_ticks(bench, BTC, start, bench.sink.prices[-1].at)]
    told = [tick.price for tick in bench.sink.prices if tick.at > start]
    assert [price for price, _ in groupby(told)] == [price for price, _ in groupby(prices)]
    await bench.exchange.close()


async def test_the_market_waits_for_bots_that_it_called(tmp_path: Path) -> None:
    bench = SimBench(tmp_path, 600)
    await bench.exchange.connect(bench.sink)
    await bench.exchange.subscribe([BTC])
    level = bench.sink.prices[-1].price * Decimal("0.9995")
    bench.sink.watches[BTC] = Watch(below=level)
    moments: list[tuple[int, int]] = []

    async def buy_at_once() -> None:
        tick = bench.sink.prices[-1]
        if tick.price <= level and not moments:
            report = await bench.exchange.place(an_order("a", BTC, Side.BUY, Decimal("0.01")))
            moments.append((tick.at, report.at))

    bench.sink.settling = buy_at_once
    await until(lambda: bool(moments), turns=1_000_000)
    assert moments[0][0] == moments[0][1]
    await bench.exchange.close()


# --- fills ------------------------------------------------------------------------------------------------------------


async def test_a_market_order_walks_the_book(bench: SimBench) -> None:
    symbol = "MOSS/USDT"
    book = await bench.exchange.book(symbol)
    amount = sum((amount for _, amount in book.asks[:4]), Decimal(0))
    report = await bench.exchange.place(an_order("a", symbol, Side.BUY, amount))
    fills = [trade.fill for trade in bench.sink.trades_of("a")]

    assert report.status is OrderStatus.FILLED
    assert len(fills) >= 2
    assert [fill.price for fill in fills] == sorted({fill.price for fill in fills})


async def test_a_market_order_larger_than_the_book_gets_what_there_is(bench: SimBench) -> None:
    bench.exchange._config = SimConfig(balance={"USDT": Decimal(10) ** 9})
    bench.folder = bench.folder / "rich"
    bench.exchange._folder = bench.folder
    await bench.exchange.close()
    await bench.exchange.connect(bench.sink)
    report = await bench.exchange.place(an_order("a", "MOSS/USDT", Side.BUY, Decimal(100_000_000)))

    assert report.status is OrderStatus.CANCELED
    assert 0 < report.filled < report.amount
    assert report.reason


async def test_a_resting_limit_fills_at_its_price_when_the_market_comes(bench: SimBench) -> None:
    await bench.exchange.subscribe([BTC])
    market = bench.exchange.markets()[BTC]
    price = market.price_down(bench.sink.prices[-1].price * Decimal("0.9995"))
    start = bench.exchange.now()
    await bench.exchange.place(an_order("a", BTC, Side.BUY, Decimal("0.01"), price))
    await until(lambda: bool(bench.sink.trades_of("a")), turns=1_000_000)

    first = bench.sink.trades_of("a")[0]
    assert first.fill.price == price
    assert first.fill.fee == first.fill.cost * market.maker_fee
    reached = next(t for t in true_ticks(bench, BTC, start, first.at) if min(t.price, t.ask) <= price)
    assert reached.at == first.at


async def test_a_large_limit_fills_in_parts_with_the_volume_that_trades(tmp_path: Path) -> None:
    bench = SimBench(tmp_path, 600)
    await bench.exchange.connect(bench.sink)
    symbol = "MOSS/USDT"
    await bench.exchange.subscribe([symbol])
    bid = (await bench.exchange.book(symbol)).bids[0][0]
    await bench.exchange.place(an_order("a", symbol, Side.BUY, Decimal(9_000), bid))
    await until(lambda: len(bench.sink.trades_of("a")) >= 2, turns=1_000_000)

    found = await bench.exchange.find_order(symbol, "a")
    assert found is not None
    assert found.filled == sum(trade.fill.amount for trade in await bench.exchange.trades_since(symbol, 0))
    await bench.exchange.close()


# --- what can go wrong ------------------------------------------------------------------------------------------------


async def test_a_full_disk_takes_no_orders_and_says_so_until_it_has_room(
    bench: SimBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(Unreachable, match="No space left"):
            await bench.exchange.place(an_order("a", BTC, Side.BUY, Decimal("0.01")))
        assert bench.sink.trades == []
        with pytest.raises(Unreachable):
            await bench.exchange.find_order(BTC, "a")
        with pytest.raises(Unreachable):
            await bench.exchange.place(an_order("b", BTC, Side.BUY, Decimal("0.01")))
        assert bench.sink.feed[-1][0] is False
    await until(lambda: bench.sink.feed[-1][0])

    found = await bench.exchange.find_order(BTC, "a")
    assert found is not None
    assert found.status is OrderStatus.FILLED
    assert await bench.exchange.find_order(BTC, "b") is None
    assert bench.sink.trades_of("a")


async def test_a_long_ledger_is_made_short_and_loses_nothing(bench: SimBench) -> None:
    for number in range(20):
        await bench.exchange.place(an_order(f"b{number}", BTC, Side.BUY, Decimal("0.001")))
    await bench.exchange.place(an_order("rests", BTC, Side.BUY, Decimal("0.001"), Decimal(20_000)))
    before = [await bench.exchange.find_order(BTC, f"b{number}") for number in range(20)]
    trades, balances = await bench.exchange.trades_since(BTC, 0), await bench.exchange.balances()
    desk = bench.exchange._open().desk
    length = desk._ledger.length
    desk._compact_at = 0
    await desk.compact()
    assert desk._ledger.length < length
    await bench.exchange.place(an_order("after", BTC, Side.BUY, Decimal("0.001"), Decimal(20_000)))
    await bench.exchange.cancel(BTC, "after", "")
    await bench.restart()

    assert [await bench.exchange.find_order(BTC, f"b{number}") for number in range(20)] == before
    assert await bench.exchange.trades_since(BTC, 0) == trades
    assert await bench.exchange.balances() == balances
    assert [one.client_id for one in await bench.exchange.open_orders()] == ["rests"]


def told_balances(account: SimAccount) -> dict[str, Decimal]:
    """What the balances must be by what was traded."""
    totals = {one.asset: one.total for one in account.began.balance}
    for symbol in ("BTC/USDT", "ETH/USDT"):
        base, quote = symbol.split("/")
        for trade in account.trades_since(symbol, 0):
            report = account.order(trade.client_id)
            assert report is not None
            sign = 1 if report.side is Side.BUY else -1
            totals[base] = totals.get(base, Decimal(0)) + sign * trade.fill.amount
            totals[quote] -= sign * trade.fill.cost + trade.fill.fee
    return {asset: total for asset, total in totals.items() if total}


async def test_wherever_a_power_cut_ends_the_ledger_the_account_adds_up(bench: SimBench) -> None:
    for number in range(6):
        side = Side.BUY if number % 3 < 2 else Side.SELL
        await bench.exchange.place(an_order(f"m{number}", BTC, side, Decimal("0.002")))
        await bench.exchange.place(an_order(f"l{number}", "ETH/USDT", Side.BUY, Decimal("0.01"), Decimal(1_000)))
        await bench.exchange.cancel("ETH/USDT", f"l{number}", "")
    await bench.exchange._pump.stop()
    whole = (bench.folder / "ledger.jsonl").read_bytes()
    markets = bench.exchange.markets()
    for cut in range(whole.index(b"\n") + 1, len(whole), 97):
        path = bench.folder / "cut.jsonl"
        path.write_bytes(whole[:cut])
        account = SimAccount([read_record(entry) for entry in read_ledger(path).entries], markets, MatchRules())
        totals = {asset: one.total for asset, one in account.balances().items() if one.total}
        assert totals == told_balances(account)
        locked = sum(one.locked for one in account.balances().values())
        assert locked == sum(
            (one.amount * (one.price or 0) * Decimal("1.001") for one in account.open_orders()), Decimal(0)
        )


TRADER = """
import asyncio, sys, time
from decimal import Decimal
from pathlib import Path
from desktop_app.core.order import Side
from desktop_app.exchange.protocol import Refused
from desktop_app.exchange.sim.exchange import SimExchange
from desktop_app.exchange.sim.config import SimConfig
from tests.exchange.behaviour import FakeSink, an_order

async def main(folder, name):
    exchange = SimExchange(SimConfig(speed=600), Path(folder), lambda: int(time.time() * 1000))
    await exchange.connect(FakeSink())
    await exchange.subscribe(["BTC/USDT", "ETH/USDT"])
    print("ready", exchange.now(), flush=True)
    for number in range(100_000):
        side = Side.BUY if number % 2 else Side.SELL
        client_id = f"{name}-{number}"
        try:
            await exchange.place(an_order(client_id, "BTC/USDT", side, Decimal("0.001")))
            price = Decimal(1000 + number % 9)
            await exchange.place(an_order(client_id + "r", "ETH/USDT", Side.BUY, Decimal("0.01"), price))
            print("placed", client_id, client_id + "r", flush=True)
            await exchange.cancel("ETH/USDT", client_id + "r", "")
            print("cancelled", client_id + "r", exchange.now(), flush=True)
        except Refused:
            pass

asyncio.run(main(*sys.argv[1:]))
"""


def test_a_killed_process_keeps_every_order_that_it_was_promised(tmp_path: Path) -> None:
    folder = tmp_path / "account"
    placed: set[str] = set()
    cancelled: set[str] = set()
    now = 0
    for run, lines in enumerate((3, 11, 26)):
        process = subprocess.Popen(
            [sys.executable, "-c", TRADER, str(folder), f"run{run}"], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert process.stdout is not None
        said = [process.stdout.readline().split() for _ in range(lines)]
        process.kill()
        said += [line.split() for line in process.stdout.read().splitlines()]
        process.wait()
        process.stdout.close()
        assert said[0][0] == "ready"
        assert int(said[0][1]) >= now
        for kind, *words in said[1:]:
            if kind == "placed":
                placed.update(words)
            else:
                cancelled.add(words[0])
                now = int(words[1])
    markets = {pair.symbol: pair.market for pair in PAIRS}
    records = [read_record(entry) for entry in read_ledger(folder / "ledger.jsonl").entries]
    account = SimAccount(records, markets, MatchRules())

    assert len(placed) > 15
    reports = {client_id: account.order(client_id) for client_id in placed}
    assert all(reports.values())
    assert {reports[one].status for one in cancelled if (reports[one])} == {OrderStatus.CANCELED}  # type: ignore[union-attr]
    trades = account.trades_since(BTC, 0)
    assert len({trade.fill.trade_id for trade in trades}) == len(trades)
    totals = {asset: one.total for asset, one in account.balances().items() if one.total}
    assert totals == told_balances(account)
