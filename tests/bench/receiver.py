"""Sends 10,000 bad requests to the receiver while bots trade: `python tests/bench/receiver.py [REQUESTS]`.

Told is what became of each kind, whether anything acted, how long real alerts in between took, and what bots noticed:
from a tick to the order handed to the exchange, how late the engine's loop was, and how long its longest steps took:
those are all that can ever stand before a bot. The flood comes from a process of its own, by more callers at once than
the receiver lets in; first it goes elsewhere, for what it costs the machine by itself.
"""

import asyncio
import json
import logging
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from desktop_app.config import Paths
from desktop_app.engine.engine import Engine
from desktop_app.engine.signal_ways import SignalWays
from desktop_app.engine.thread import EngineThread
from desktop_app.vault import Vault
from tests.bench.engine import Stopwatch, WatchedExchange, _add_account, _bot, _tick_timed, _venue
from tests.fakes import FakeVenue
from tests.vault.toy_keyrings import ToyKeyring

ROOT = Path(__file__).resolve().parents[2]
REQUESTS, CALLERS = 10_000, 96
KINDS = (
    "wrong secret", "replay", "too old", "10 MB", "deep", "other Host", "browser Origin", "unknown address", "no JSON",
    "no HTTP", "slow",
)  # fmt: skip
SLOW_SHARE = 0.02
SIGNAL_BOT = """
kind = "signal"
name = "TV"
account = "bench"
pairs = ["C1/USDT"]
mode = "custom"
entry = { volume = "100", max_entries = 100 }
signals_a_minute = 600
"""


# --- the flood, in a process of its own


class Flood:
    def __init__(self, port: int, path: str, secret: str, old: str) -> None:
        self.port = port
        self.path = path
        self.secret = secret
        self.old = old.encode()
        self.dice = random.Random(5)
        self.counts: dict[str, Counter[int]] = defaultdict(Counter)
        self.real_ms: list[float] = []
        self.real_status: Counter[int] = Counter()
        self.left = 0

    def body(self, *, secret: str = "", at: float = 0, action: str = "enter_long") -> bytes:
        stamp = str(int((at or time.time()) * 1000))
        return json.dumps(
            {"secret": secret or self.secret, "timestamp": stamp, "tv_instrument": "C1USDT", "action": action}
        ).encode()

    def request(self, kind: str) -> bytes:
        head = {"Host": f"127.0.0.1:{self.port}", "Content-Type": "application/json"}
        path, body, length = self.path, self.body(), 0
        match kind:
            case "wrong secret":
                body = self.body(secret="x" * 43)
            case "replay":
                body = self.old
            case "too old":
                body = self.body(at=time.time() - 3_600)
            case "10 MB":
                length = 10_000_000
            case "deep":
                body = b'{"a":' * 3_000
            case "other Host":
                head["Host"] = "rebound.example"
            case "browser Origin":
                head["Origin"] = "https://page.example"
            case "unknown address":
                path = "/hook/00000000-0000-4000-8000-000000000000"
            case "no JSON":
                body = self.dice.randbytes(400)
            case "no HTTP":
                return self.dice.randbytes(400) + b"\r\n\r\n"
        head["Content-Length"] = str(length or len(body))
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        return f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + body

    async def ask(self, data: bytes, *, is_slow: bool = False, is_huge: bool = False) -> int:
        """The status; 0: cut off without an answer."""
        with suppress(OSError, TimeoutError):
            reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", self.port), 30)
            try:
                if is_slow:
                    for at in range(0, len(data), 4):
                        writer.write(data[at : at + 4])
                        await asyncio.sleep(0.3)
                        if reader.at_eof():
                            return 0
                writer.write(data)
                for _ in range(20 if is_huge else 0):
                    writer.write(b" " * 500_000)
                    await writer.drain()
                answer = await asyncio.wait_for(reader.read(4_096), 30)
                return int(answer.split()[1]) if answer.startswith(b"HTTP/") else 0
            finally:
                writer.close()
        return 0

    async def caller(self) -> None:
        while self.left > 0:
            self.left -= 1
            kind = "slow" if self.dice.random() < SLOW_SHARE else self.dice.choice(KINDS[:-1])
            status = await self.ask(self.request(kind), is_slow=kind == "slow", is_huge=kind == "10 MB")
            self.counts[kind][status] += 1

    async def real_alerts(self) -> None:
        while self.left > 0:
            await asyncio.sleep(2)
            began = time.perf_counter()
            status = await self.ask(self.request("real"))
            self.real_ms.append((time.perf_counter() - began) * 1000)
            self.real_status[status] += 1

    async def run(self, requests: int) -> None:
        logging.getLogger("asyncio").setLevel(logging.ERROR)  # of callers that are cut off
        self.left = requests
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.real_alerts())
            for _ in range(CALLERS):
                group.create_task(self.caller())
        took = time.perf_counter() - began
        print(f"    {requests} bad requests by {CALLERS} callers in {took:.0f} s ({requests / took:.0f} a second)")
        for kind in KINDS:
            told = ", ".join(f"{status or 'cut off'}: {count}" for status, count in sorted(self.counts[kind].items()))
            print(f"      {kind:16} {told}")
        slowest = max(self.real_ms, default=0)
        print(
            f"    real alerts meanwhile: {dict(self.real_status)}, answered after "
            f"{statistics.median(self.real_ms or [0]):.0f} ms (median), {slowest:.0f} ms (slowest)"
        )


# --- the engine


def _make_engine(venue: FakeVenue, folder: str) -> Engine:
    vault = Vault("bench", backend=ToyKeyring())
    return Engine(Paths(Path(folder)), lambda *_: WatchedExchange(venue), opens_door=False, vault=vault)


async def _ready(engine: Engine, venue: FakeVenue) -> dict[str, str]:
    """Bots at work; what a caller needs to know."""
    await _add_account(engine)
    for pair in ("C0/USDT", "C1/USDT"):
        venue.set_price(pair, "100", opens=False)
    await engine.supervisor.start_bot(await engine.supervisor.add_bot(_bot(0, "C0/USDT", safety="", profit="1")))
    signal_bot = await engine.supervisor.add_bot(SIGNAL_BOT)
    await engine.supervisor.start_bot(signal_bot)
    await engine.supervisor.set_signal_ways(SignalWays(hook_is_on=True, port=0))
    address = await engine.supervisor.signal_address(signal_bot)
    secret = json.loads(address.messages[0][1])["secret"]
    port, _, path = address.url.partition("127.0.0.1:")[2].partition("/")
    old = json.dumps({"secret": secret, "timestamp": str(int(time.time() * 1000)), "action": "exit_long"})
    await engine.supervisor.send_signal(signal_bot, old)
    return {"port": port, "path": f"/{path}", "secret": secret, "old": old}


@dataclass
class Noticed:
    """What bots and their loop noticed, in microseconds. Steps are told in CPU time: other programs do not count."""

    orders: list[float]
    late: list[float] = field(default_factory=list)
    steps: list[float] = field(default_factory=list)


async def _measure(engine: Engine, venue: FakeVenue, is_over: Callable[[], bool]) -> Noticed:
    """Until it is over."""
    stopwatch = WatchedExchange.stopwatch = Stopwatch()
    noticed = Noticed(stopwatch.microseconds)
    run = asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        began = time.thread_time()
        run(handle)
        noticed.steps.append((time.thread_time() - began) * 1e6)

    with patch.object(asyncio.Handle, "_run", timed):
        while not is_over():
            _tick_timed(venue, stopwatch)
            await engine.settled()
            venue.set_price("C0/USDT", "110", opens=False)
            await engine.settled()
            for _ in range(3):
                began = time.perf_counter()
                await asyncio.sleep(0.01)
                noticed.late.append((time.perf_counter() - began - 0.01) * 1e6)
    return noticed


def _resident() -> float:
    with suppress(OSError), Path("/proc/self/statm").open(encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096 / 1e6
    return 0.0


def _told(name: str, values: list[float]) -> None:
    cuts = statistics.quantiles(values, n=100) if len(values) > 1 else [0.0] * 99
    shown = ", ".join(f"p{n} {cuts[n - 1]:,.0f} µs" for n in (50, 95, 99))
    print(f"    {name}: {shown}, most {max(values, default=0):,.0f} µs, n = {len(values)}")


def main(requests: int = REQUESTS) -> None:
    logging.basicConfig(level=logging.WARNING)
    venue = _venue(2)
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        thread = EngineThread(lambda: _make_engine(venue, folder))
        engine = thread.start().result()
        known = thread.call(lambda: _ready(engine, venue)).result()
        sink = subprocess.Popen(_call("sink"), cwd=ROOT, stdout=subprocess.PIPE)
        assert sink.stdout is not None
        elsewhere = known | {"port": sink.stdout.readline().decode().strip()}
        for name, whom, count in (("elsewhere", elsewhere, requests // 4), ("here", known, requests)):
            memory, cpu, began = _resident(), time.process_time(), time.perf_counter()
            flood = subprocess.Popen(_call("flood", json.dumps(whom), str(count)), cwd=ROOT)

            def is_over(flood: "subprocess.Popen[bytes]" = flood) -> bool:
                return flood.poll() is not None

            noticed = thread.call(lambda: _measure(engine, venue, is_over)).result()
            _told(f"flood {name}: tick to order", noticed.orders)
            _told(f"flood {name}: lateness of the loop", noticed.late)
            _told(f"flood {name}: CPU of one step of the loop", noticed.steps)
            busy = (time.process_time() - cpu) / (time.perf_counter() - began) * 100
            print(f"    flood {name}: {busy:.0f} % of a core, memory {_resident() - memory:+.1f} MB")
        sink.kill()
        bought = sum(1 for trade in venue.trades if trade.symbol == "C1/USDT")
        print(f"    {bought} trades of the signal bot: as many as there were real alerts")
        thread.stop()


def _call(*words: str) -> list[str]:
    return [sys.executable, "-m", "tests.bench.receiver", *words]


async def _sink() -> None:
    """Takes what the receiver takes, as fast: the flood costs the machine the same, and the engine nothing."""
    turn = asyncio.Lock()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError):
            async with turn:
                await asyncio.sleep(0.005)
            await asyncio.wait_for(reader.read(4_096), 5)
            writer.write(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1:2] == ["flood"]:
        given = json.loads(sys.argv[2])
        flood = Flood(int(given["port"]), given["path"], given["secret"], given["old"])
        asyncio.run(flood.run(int(sys.argv[3])))
    elif sys.argv[1:2] == ["sink"]:
        asyncio.run(_sink())
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS)
