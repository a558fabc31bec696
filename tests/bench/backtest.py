"""Prints what a backtest costs: `python -m tests.bench.backtest`.

A year of one-minute candles (525,600) made from a seed, a DCA bot and a grid of a hundred lines. All in one run, in CPU
seconds of the process (the whole commands: user and system time of theirs), since a busy machine stretches wall time:

(a) The engine with its list of orders, and what the report (equity of every candle, deals, document) adds. Against it
    two yardsticks that come to the very same orders: the same bot written by hand as a linear scan over lists, and as a
    naive loop over candle objects.
(b) The whole command from a CSV file to its document: the first time after the file was forgotten by the system, where
    that can be asked for, and again; then three years.
(c) The candle store: three years loaded and looked through, a thousand candles appended so that they survive a power
    cut, and what a candle takes on the disk.
"""

import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from desktop_app.core.bot_file import read_bot_file
from desktop_app.core.columns import Candles
from desktop_app.core.gathering import rows
from desktop_app.core.settings import Settings
from desktop_app.research.backtest import BacktestResult, BacktestRules
from desktop_app.research.document import to_json
from desktop_app.research.market_file import default_market
from desktop_app.research.report import make_report
from desktop_app.research.trial import try_settings
from desktop_app.research.worker import GARBAGE_THRESHOLD
from desktop_app.store.candle_files import read_candle_file, write_candle_file
from desktop_app.store.candles import CandleStore
from tests.bench._by_hand import BOT, Bar, Fill, linear_scan, naive_loop

YEAR, START, MINUTE = 525_600, 1_700_000_040_000, 60_000
ROUNDS = 5
APPENDED = 1000
PAIR = "BTC/USDT"
GRID = """
kind = "grid"
name = "measured"
account = "bench"
pairs = ["BTC/USDT"]
grid = { lower = "25000", upper = "60000", lines = 100, volume_per_line = "50" }
"""


def random_walk(count: int) -> Candles:
    """Minute candles that look like a market, with prices on the tick."""
    chance = np.random.default_rng(7)
    close = np.round(40_000 * np.exp(np.cumsum(chance.normal(0, 0.0006, count))), 2)
    open_ = np.concatenate(([40_000.0], close[:-1]))
    high = np.round(np.maximum(open_, close) * (1 + np.abs(chance.normal(0, 0.0003, count))), 2)
    low = np.round(np.minimum(open_, close) * (1 - np.abs(chance.normal(0, 0.0003, count))), 2)
    volume = np.round(chance.random(count) * 10, 3)
    return Candles(START + np.arange(count, dtype=np.int64) * MINUTE, open_, high, low, close, volume)


def cpu_of(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The best of some rounds: what else runs on the machine only ever adds."""
    took = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return min(took)


def settings_of(text: str) -> Settings:
    found = read_bot_file(text).settings
    assert found is not None
    return found


def run(text: str, candles: Candles) -> BacktestResult:
    return try_settings(settings_of(text), candles, default_market(PAIR), BacktestRules(MINUTE))


def measure_engine(year: Candles) -> None:
    run(BOT, rows(year, 0, 1000))  # what is imported late is not the engine's time
    run(GRID, rows(year, 0, 1000))
    result, grid = run(BOT, year), run(GRID, year)
    engine = cpu_of(lambda: run(BOT, year))
    report = cpu_of(lambda: to_json(make_report(result)))
    grid_engine = cpu_of(lambda: run(GRID, year))
    grid_report = cpu_of(lambda: to_json(make_report(grid)))
    columns = [column.tolist() for column in (year.open, year.high, year.low, year.close)]
    scan = cpu_of(lambda: linear_scan(*columns))
    bars = [Bar(*prices) for prices in zip(*columns, strict=True)]
    naive = cpu_of(lambda: naive_loop(bars), 2)
    orders = orders_of(result)
    assert linear_scan(*columns) == naive_loop(bars) == orders, "the yardsticks trade otherwise"
    print(f"(a) {len(year):,} candles; {len(result.deals)} deals of {len(orders)} orders, all three ways the same:")
    print(f"    DCA engine           {engine * 1000:9.1f} ms   goal 50, then 10: {word(engine, 0.05, 0.01)}")
    print(f"    + equity and report  {report * 1000:9.1f} ms   together {(engine + report) * 1000:.1f}")
    print(f"    linear scan by hand  {scan * 1000:9.1f} ms   the engine takes {engine / scan:.2f} times as long")
    print(f"    naive loop by hand   {naive * 1000:9.1f} ms   the engine is {naive / engine:.1f} times as fast")
    each = grid_engine / len(grid.trades) * 1e6
    print(f"    grid of 100 lines    {grid_engine * 1000:9.1f} ms   goal 100: {word(grid_engine, 0.1)}; ", end="")
    print(f"{len(grid.trades):,} orders, {each:.0f} us each; report {grid_report * 1000:.1f} ms")


def orders_of(result: BacktestResult) -> list[Fill]:
    made = []
    for trade in result.trades:
        amount = int(trade.fill.amount * 100_000)
        made.append((trade.index, int(trade.fill.price * 100), amount if trade.side == "buy" else -amount))
    return made


_WATCH = """
import os, sys, time
began, output = time.perf_counter(), os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
started = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, output, 1)])
_, status, used = os.wait4(started, 0)
megabytes = used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
print(used.ru_utime + used.ru_stime, time.perf_counter() - began, megabytes)
sys.exit(status != 0)
"""


@dataclass(frozen=True, slots=True)
class Cost:
    cpu: float
    wall: float
    megabytes: float


def cost_of(command: list[str], output: Path) -> Cost:
    """Of a process of its own. A small one starts it, since a system counts the memory of whoever does."""
    done = subprocess.run([sys.executable, "-c", _WATCH, str(output), *command], stdout=subprocess.PIPE, check=True)
    return Cost(*map(float, done.stdout.split()))


def forget(path: Path) -> bool:
    """Have the system drop the file from its memory, if it can be asked to."""
    if not hasattr(os, "posix_fadvise"):
        return False
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return True


def measure_command(folder: Path, three_years: Candles) -> None:
    bot, year_file, long_file = folder / "bot.toml", folder / "year.csv", folder / "years.csv"
    bot.write_text(BOT, encoding="utf-8")
    write_candle_file(year_file, rows(three_years, 0, YEAR))
    write_candle_file(long_file, three_years)
    start = [sys.executable, "-P", "-m", "desktop_app", "--data-dir", str(folder / "data"), "backtest", str(bot)]

    def ask(file: Path) -> Cost:
        return cost_of([*start, "--candles", str(file), "--json"], folder / "out.json")

    ask(year_file)  # compiles what was never imported before
    is_cold = forget(year_file)
    cold = ask(year_file)
    warm = min((ask(year_file) for _ in range(ROUNDS)), key=lambda cost: cost.cpu)
    long = min((ask(long_file) for _ in range(2)), key=lambda cost: cost.cpu)
    reading = cpu_of(lambda: read_candle_file(year_file))
    print("(b) the whole command, a CSV file to a JSON document:")
    print(f"    {'cold' if is_cold else 'first'}   {told(cold)}")
    print(f"    warm   {told(warm)}   goal 1.1 s CPU, then 0.6: {word(warm.cpu, 1.1, 0.6)}; reading {reading:.2f} s")
    print(f"    three years {told(long)}   goal 250 MB: {word(long.megabytes, 250)}; ", end="")
    print(f"{long.cpu / warm.cpu:.2f} times the CPU of one")


def told(cost: Cost) -> str:
    return f"{cost.cpu:.2f} s CPU, {cost.wall:.2f} s wall, {cost.megabytes:.0f} MB"


def measure_store(folder: Path, candles: Candles) -> None:
    store, kept = CandleStore(folder / "candles"), len(candles) - APPENDED
    store.merge("bench", PAIR, "1m", rows(candles, 0, kept))

    def load() -> None:
        loaded = store.read("bench", PAIR, "1m")
        columns = (loaded.at, loaded.open, loaded.high, loaded.low, loaded.close, loaded.volume)
        assert all(column.sum() for column in columns)

    loading = cpu_of(load)
    began, wall = time.process_time(), time.perf_counter()
    store.merge("bench", PAIR, "1m", rows(candles, kept, len(candles)))
    appending, wall = time.process_time() - began, time.perf_counter() - wall
    size = sum(path.stat().st_size for path in (folder / "candles").rglob("*") if path.is_file())
    print(f"(c) {len(candles):,} candles in the store:")
    print(f"    loaded, every number read  {loading * 1000:6.1f} ms   goal 50: {word(loading, 0.05)}")
    print(
        f"    {APPENDED} appended, on the disk  {appending * 1000:6.1f} ms   goal 10: {word(appending, 0.01)}", end=""
    )
    print(f"; {wall * 1000:.1f} ms wall, with the disk")
    print(f"    {size / len(candles):.2f} bytes a candle")


def word(value: float, *goals: float) -> str:
    return ", ".join("met" if value <= goal else "MISSED" for goal in goals)


def main() -> None:
    gc.set_threshold(GARBAGE_THRESHOLD)  # as wherever the program runs backtests
    three_years = random_walk(3 * YEAR)
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    measure_engine(rows(three_years, 0, YEAR))
    with tempfile.TemporaryDirectory() as folder:
        measure_store(Path(folder), three_years)
        if hasattr(os, "wait4"):  # nothing tells on Windows what a process took
            measure_command(Path(folder), three_years)
    print(f"load of the machine {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
