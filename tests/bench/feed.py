"""What a message of Binance's streams costs on its way through ccxt's connection and the price feed to a bot.

python tests/bench/feed.py [RECORDING]      (default: ../shared/data/binance-spot-ws-BTCUSDT-20240808.gz)

The recording is real: a gzip of lines "nanoseconds {stream, data}". Trades and best offers of it are handed to ccxt's
own connection object, as its socket would, with an engine and a DCA bot with resting orders behind. Each further round
is the same quarter of an hour again, with its times and trade numbers moved on.
"""

import asyncio
import gc
import gzip
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from desktop_app.config import Paths
from desktop_app.engine.engine import Engine
from desktop_app.exchange.live_config import LiveConfig
from desktop_app.exchange.paper.exchange import PaperExchange
from tests.loopback.binance import BinanceStand, a_floor
from tests.loopback.floor import Floor

ROOT = Path(__file__).resolve().parents[2]
RECORDING = Path("shared") / "data" / "binance-spot-ws-BTCUSDT-20240808.gz"  # beside the checkout
ROUNDS = 6
PLANTED_EVERY = 1_000  # in the last round, every so many trades one is left out
TURN_EVERY = 100  # messages, as many as a busy socket has ready at once
SYMBOL = "BTC/USDT"
BOT = """
kind = "dca"
name = "Bench"
account = "paper"
pairs = ["BTC/USDT"]
base_order = { volume = "100", volume_unit = "quote", type = "market" }
safety_orders = { volume = "100", price_deviation = "2", max_count = 3, max_active = 2 }
take_profit = { percent = "3" }
start = { mode = "asap" }
limits = { max_active_deals = 1 }
"""


@dataclass
class Played:
    """The clock of the recording."""

    at: int

    def __call__(self) -> int:
        return self.at


@dataclass(frozen=True, slots=True)
class Message:
    at: int
    text: str
    is_trade: bool


def read_recording(path: Path) -> list[dict[str, Any]]:
    """Trades and best offers, each with the moment at which it came as "at"."""
    found = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            nanoseconds, _, text = line.partition(" ")
            told = json.loads(text)
            if str(told.get("stream", "")).endswith(("@trade", "@bookTicker")):
                found.append({**told["data"], "at": int(nanoseconds) // 1_000_000})
    return found


def a_round(recording: list[dict[str, Any]], number: int, *, planted: bool) -> list[Message]:
    first, last = recording[0]["at"], recording[-1]["at"]
    trades = [told["t"] for told in recording if "t" in told]
    shift, ids = number * (last - first + 1_000), number * (trades[-1] - trades[0] + 1)
    messages, count = [], 0
    for told in recording:
        moved = {name: value for name, value in told.items() if name != "at"}
        at = told["at"] + shift
        if "t" in moved:
            count += 1
            if planted and count % PLANTED_EVERY == 0:
                continue
            moved |= {"t": told["t"] + ids, "T": at, "E": at}
        messages.append(Message(at, json.dumps(moved, separators=(",", ":")), "t" in moved))
    return messages


def memory() -> float:
    """Resident, MB."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 1e6


def main(path: Path) -> int:
    if not path.is_file():
        print(f"There is no recording at {os.path.relpath(path)}: nothing was measured.")
        return 0
    recording = read_recording(path)
    trades = sum("t" in told for told in recording)
    print(f"{len(recording)} messages of {SYMBOL}: {trades} trades, {len(recording) - trades} best offers")
    asyncio.run(measure(recording))
    return 0


async def measure(recording: list[dict[str, Any]]) -> None:
    clock = Played(recording[0]["at"])
    floor = a_floor(clock)
    floor.move("BTCUSDT", next(told["p"] for told in recording if "p" in told))
    async with BinanceStand(floor) as stand:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            config = LiveConfig(rest_url=stand.rest_url, ws_url=stand.ws_url, balance={"USDT": Decimal(10_000)})
            exchange = PaperExchange("binance", config, folder / "paper", clock)
            engine = Engine(
                Paths(folder / "data"), lambda *_: exchange, clock=clock, opens_door=False, beat_seconds=3_600
            )
            await engine.start()
            try:
                await run(engine, exchange, floor, clock, recording)
            finally:
                await engine.stop()


async def run(
    engine: Engine, exchange: PaperExchange, floor: Floor, clock: Played, recording: list[dict[str, Any]]
) -> None:
    supervisor = engine.supervisor
    await supervisor.add_account("paper", "binance", is_paper=True, config={})
    await supervisor.start_bot(await supervisor.add_bot(BOT))
    connection = await a_connection(exchange)
    while len(await exchange.open_orders()) < 3:  # take profit and two safety orders
        floor.move("BTCUSDT", floor.pair("BTCUSDT").price)
        await asyncio.sleep(0.2)
    session = exchange._session
    assert session is not None
    feed, api = session.feed, session.client.api
    teller = feed._teller
    assert teller is not None
    told = 0
    sink = teller.sink
    on_price = sink.on_price

    def count(tick: Any) -> None:
        nonlocal told
        told += 1
        on_price(tick)

    sink.on_price = count  # type: ignore[method-assign]
    print(f"{'':>12} | trade, µs      | offer, µs      |")
    print(f"{'messages/s':>12} | {'p50':>6} {'p99':>7} | {'p50':>6} {'p99':>7} | {'told':>6} {'gaps':>5} {'MB':>6}")
    for number in range(1, ROUNDS + 1):
        is_last = number == ROUNDS
        messages = a_round(recording, number, planted=is_last)
        told, gaps = 0, teller.gaps
        began = time.perf_counter()
        took = await play(connection, messages, clock)
        await engine.settled()
        rate = len(messages) / (time.perf_counter() - began)
        gaps = teller.gaps - gaps - (number == 1)  # the recording itself begins in the middle
        columns = [shares(took, messages, is_trade=is_trade) for is_trade in (True, False)]
        texts = (f"{middle:>6.1f} {rare:>7.1f}" for middle, rare in columns)
        print(f"{rate:>12,.0f} | {' | '.join(texts)} | {told:>6} {gaps:>5} {memory():>6.1f}")
        if is_last:
            planted = sum("t" in one for one in recording) // PLANTED_EVERY
            print(f"     of {planted} trades left out of the last round {gaps} were found by their numbers")
    ours = a_round(recording, ROUNDS + 1, planted=False)
    print(f"reading JSON alone {cost(json.loads, (one.text for one in ours)):8.1f} µs a message")
    api.hear = None
    print(f"ccxt's own reading {cost(connection.handle_text_or_binary_message, (one.text for one in ours)):8.1f} µs")


async def a_connection(exchange: PaperExchange) -> Any:
    """The one of ccxt's connections that the trades come over."""
    while True:
        session = exchange._session
        clients = session.client.api.clients if session is not None else {}
        for connection in clients.values():
            if f"trade::{SYMBOL}" in connection.futures and connection.isConnected:
                return connection
        await asyncio.sleep(0.05)


async def play(connection: Any, messages: Iterable[Message], clock: Played) -> list[float]:
    """Seconds of each message, from ccxt's hands until every bot that it concerns has been told."""
    took = []
    take, watch = connection.handle_text_or_binary_message, time.perf_counter
    for number, message in enumerate(messages):
        clock.at = max(clock.at, message.at)
        began = watch()
        take(message.text)
        took.append(watch() - began)
        if number % TURN_EVERY == 0:
            await asyncio.sleep(0)
    return took


def shares(took: list[float], messages: list[Message], *, is_trade: bool) -> tuple[float, float]:
    """p50 and p99 in microseconds."""
    of_kind = [seconds * 1e6 for seconds, one in zip(took, messages, strict=True) if one.is_trade is is_trade]
    return statistics.median(of_kind), statistics.quantiles(of_kind, n=100)[98]


def cost(work: Any, texts: Iterable[str]) -> float:
    """Microseconds of each."""
    ready = list(texts)
    began = time.perf_counter()
    for text in ready:
        work(text)
    return (time.perf_counter() - began) / len(ready) * 1e6


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(Path(given[0]) if given else ROOT.parent / RECORDING))
