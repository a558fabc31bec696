"""From a tick on the websocket to the order's first byte on the wire: `python tests/bench/wire.py`.

The whole engine on its own thread, as the window runs it, with the real client library, the journal on the disk before
the order leaves, and a stand-in exchange in a process of its own. A third process sits between the two and notes when
it hands over a tick and when the first byte of the order arrives; so both networks' ways are in the figure.

Measured idle, then while a chart of 200,000 candles is panned 20 times a second and a backtest runs beside it.
"""

import asyncio
import contextlib
import itertools
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

ROUNDS, WARM_UP = 200, 20
BARS, FRAMES_A_SECOND = 200_000, 20
LOW, HIGH = "60000.00", "61000.00"  # a deal opens at the one and takes its profit on the way to the other
BOT = """
kind = "dca"
name = "Bench"
account = "main"
pairs = ["BTC/USDT"]
base_order = { volume = "100", volume_unit = "quote", type = "market" }
take_profit = { percent = "1" }
start = { mode = "asap" }
limits = { max_active_deals = 1, max_price = "60500" }
"""
GOALS = {"idle": "goal p50 1,000 µs, p99 10,000 µs", "under load": "goal p99 25,000 µs"}


# --- the process between


class Tap:
    """Forwards every connection, and keeps the time of what passes."""

    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self.ticked = 0  # when the last tick at the low price was handed over
        self.took: list[int] = []
        self.ordered = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            near, _ = self._server.accept()
            far = socket.create_connection(("127.0.0.1", self._upstream))
            for one in (near, far):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._pump, args=(near, far, self._sent), daemon=True).start()
            threading.Thread(target=self._pump, args=(far, near, self._told), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, see: Callable[[bytes], None]) -> None:
        with contextlib.suppress(OSError):  # the other way has closed it
            while data := source.recv(1 << 16):
                see(data)
                # Uncompressed, so that it can be read on its way.
                target.sendall(data.replace(b"Sec-WebSocket-Extensions:", b"X-Left-Out:"))
        for one in (source, target):
            one.close()

    def _told(self, data: bytes) -> None:
        if b'"e": "trade"' in data and LOW.encode() in data:
            self.ticked = time.perf_counter_ns()

    def _sent(self, data: bytes) -> None:
        if data.startswith(b"POST /api/v3/order") and not self.ordered.is_set():
            if self.ticked:
                self.took.append(time.perf_counter_ns() - self.ticked)
            self.ordered.set()


def _drive(upstream: int, rounds: int) -> None:
    """Print the port, wait for a line, move the price round after round, print the nanoseconds."""
    tap = Tap(upstream)
    print(tap.port, flush=True)
    sys.stdin.readline()
    dice = random.Random(7)
    for _ in range(rounds):
        tap.ordered.clear()
        tap.ticked = 0
        _control(upstream, do="move", symbol="BTCUSDT", price=LOW)
        assert tap.ordered.wait(20), "no order came"
        _until(upstream, resting=1)
        time.sleep(dice.uniform(0.02, 0.06))
        _control(upstream, do="move", symbol="BTCUSDT", price=HIGH)
        _until(upstream, resting=0)
        time.sleep(dice.uniform(0.05, 0.1))
    print(json.dumps(tap.took), flush=True)


def _until(upstream: int, *, resting: int) -> None:
    for _ in range(2_000):
        books = _control(upstream, do="books")
        if sum(order["status"] in {"NEW", "new", "open"} for order in books["orders"]) == resting:
            return
        time.sleep(0.01)
    raise TimeoutError(f"{resting} resting orders did not come about")


def _control(upstream: int, **wish: Any) -> dict[str, Any]:
    body = json.dumps(wish).encode()
    request = Request(f"http://127.0.0.1:{upstream}/_control", body, {"Content-Type": "application/json"})
    with urlopen(request, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


# --- the application


def measure(wait: Callable[["Future[list[int]]"], None]) -> list[float]:
    """Microseconds of each round; `wait` is what the main thread does meanwhile."""
    stand = subprocess.Popen(
        [sys.executable, str(ROOT / "tests/loopback/binance.py"), "--beat", "0"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert stand.stdout is not None
    about = json.loads(stand.stdout.readline())
    upstream = int(about["rest_url"].rpartition(":")[2])
    _control(upstream, do="move", symbol="BTCUSDT", price=HIGH)
    tap = subprocess.Popen(
        [sys.executable, __file__, str(upstream), str(ROUNDS + WARM_UP)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert tap.stdout is not None
    port = int(tap.stdout.readline())
    try:
        with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
            return _with_engine(folder, port, about, tap, wait)
    finally:
        for child in (tap, stand):
            child.kill()
            child.wait()


def _with_engine(
    folder: str, port: int, about: dict[str, str], tap: "subprocess.Popen[str]",
    wait: Callable[["Future[list[int]]"], None],
) -> list[float]:  # fmt: skip
    from desktop_app.app import build_engine
    from desktop_app.config import Paths
    from desktop_app.core.credentials import Credentials, Secret
    from desktop_app.engine.thread import EngineThread

    thread = EngineThread(lambda: build_engine(Paths(Path(folder))))
    engine = thread.start().result()
    engine.bus.subscribe(lambda news: None)

    async def rounds() -> list[int]:
        where = {"rest_url": f"http://127.0.0.1:{port}", "ws_url": f"ws://127.0.0.1:{port}"}
        keys = Credentials(Secret(about["key"]), Secret(about["secret"]))
        supervisor = engine.supervisor
        await supervisor.add_account("main", "binance", config=where, credentials=keys, session_only=True)
        await supervisor.allow_trading("main")
        await supervisor.start_bot(await supervisor.add_bot(BOT))
        await asyncio.sleep(3)  # until its pair is streamed
        assert tap.stdin is not None
        assert tap.stdout is not None
        tap.stdin.write("go\n")
        tap.stdin.flush()
        found: list[int] = json.loads(await asyncio.to_thread(tap.stdout.readline))
        return found

    done = thread.call(rounds)
    wait(done)
    thread.stop()
    return [nanoseconds / 1_000 for nanoseconds in done.result()[WARM_UP:]]


def _just_wait(done: "Future[list[int]]") -> None:
    done.result()


def _under_load(done: "Future[list[int]]") -> None:
    """Pan a chart until it is over, while backtests run one after another in another process."""
    from tests.bench.chart import frame_costs, opened, random_walk

    candles = random_walk(BARS)
    widget = opened(candles)
    with tempfile.TemporaryDirectory() as folder:
        backtests = threading.Thread(target=_backtests, args=(Path(folder), done), daemon=True)
        backtests.start()
        costs: list[float] = []
        due = time.perf_counter()
        while not done.done():
            costs += frame_costs(widget, 1)
            due = max(due + 1 / FRAMES_A_SECOND, time.perf_counter())
            time.sleep(max(0.0, due - time.perf_counter()))
        backtests.join()
    widget.hide()
    print(f"    ({len(costs)} frames of {statistics.median(costs):.1f} ms)")


def _backtests(folder: Path, done: "Future[list[int]]") -> None:
    dice = random.Random(7)
    price, lines = 60_000.0, ["timestamp,open,high,low,close,volume"]
    for minute in range(40_000):
        close = price * (1 + dice.gauss(0, 0.0005))
        low, high = min(price, close) * 0.9997, max(price, close) * 1.0003
        lines.append(f"{1_700_000_040_000 + minute * 60_000},{price:.2f},{high:.2f},{low:.2f},{close:.2f},1")
        price = round(close, 2)
    candles, bot = folder / "candles.csv", folder / "bot.toml"
    candles.write_text("\n".join(lines), encoding="utf-8")
    bot.write_text(BOT, encoding="utf-8")
    call = [sys.executable, "-m", "desktop_app", "backtest", str(bot), "--candles", str(candles), "--json"]
    for _ in itertools.takewhile(lambda _: not done.done(), itertools.count()):
        with subprocess.Popen(call, cwd=ROOT, stdout=subprocess.DEVNULL) as child:
            while child.poll() is None:
                if done.done():
                    child.kill()
                time.sleep(0.05)


def main() -> None:
    from PySide6.QtWidgets import QApplication

    from desktop_app.gui.theme import apply_theme, make_theme

    app = QApplication([])
    apply_theme(app, make_theme("dark"))
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    print(f"tick on the websocket to the first byte of the order; load before {load}")
    for name, wait in (("idle", _just_wait), ("under load", _under_load)):
        values = measure(wait)
        cuts = statistics.quantiles(values, n=100)
        shown = ", ".join(f"p{n} {cuts[n - 1]:,.0f} µs" for n in (1, 10, 50, 95, 99))
        print(f"    {name}: {shown}, n = {len(values)}; {GOALS[name]}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _drive(int(sys.argv[1]), int(sys.argv[2]))
    else:
        main()
