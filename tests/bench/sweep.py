"""Prints what a sweep costs: `python tests/bench/sweep.py [--settings N] [--candles N] [--kinds dca grid]`.

1,000 bots on 525,600 candles by the compiled kernels, on threads, beside the limit that is known beforehand: a loop
that looks at each candle's high and low once per bot. Then the same without a compiler, for fewer bots.

What the compiler takes at first, and what a later start takes, is told separately: both in processes of their own,
with a fresh folder for compiled code.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.core.market import Market
from desktop_app.core.settings import Settings
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.hop.trial import try_hopping
from desktop_app.research.kernel.trial import try_compiled, try_compiled_all
from desktop_app.research.report import Summary, make_report
from desktop_app.research.trial import try_settings

MARKET = Market("BTC/USDT", "BTC", "USDT")
RULES = BacktestRules(60_000)
AT_ONCE = 100  # bots in one call, as a search hands them out
GOALS = {"dca": 1.5, "grid": 0.5}  # times the linear scan
GOAL_COMPILED, GOAL_WITHOUT = 1e9, 5e7  # set-candles per CPU-second


def make_candles(count: int) -> Candles:
    """A market that wanders by about 70 % a year."""
    dice = np.random.default_rng(7)
    close = np.round(40_000 * np.exp(np.cumsum(dice.normal(0, 0.00095, count))), 2)
    opens = np.concatenate([[40_000.0], close[:-1]])
    reach = np.abs(dice.normal(0, 0.0005, (2, count))) * close
    highs = np.round(np.maximum(opens, close) + reach[0], 2)
    lows = np.round(np.minimum(opens, close) - reach[1], 2)
    at = 1_700_000_040_000 + np.arange(count, dtype=np.int64) * 60_000
    return Candles(at, opens, highs, lows, close, np.ones(count))


def make_dca(number: int) -> DcaSettings:
    k = number
    return DcaSettings.model_validate(
        {
            "name": f"DCA {k}",
            "account": "bench",
            "pairs": ["BTC/USDT"],
            "base_order": {"volume": "100"},
            "safety_orders": {
                "volume": str(15 + k % 5 * 5),
                "price_deviation": str(1 + k // 5 % 5 * 0.25),
                "step_scale": str(1.1 + k // 25 % 5 / 10),
                "volume_scale": "1.5",
                "max_count": 6,
                "max_active": 3,
            },
            "take_profit": {"percent": str(1.5 + k // 125 * 0.25)},
        }
    )


def make_grid(number: int) -> GridSettings:
    low, high = 20_000 + number % 25 * 200, 60_000 + number // 25 * 500
    grid = {"lower": str(low), "upper": str(high), "lines": 100, "volume_per_line": "50"}
    return GridSettings.model_validate({"name": "Grid", "account": "bench", "pairs": ["BTC/USDT"], "grid": grid})


MAKERS: dict[str, Callable[[int], Settings]] = {"dca": make_dca, "grid": make_grid}


def by_core(settings: Settings, candles: Candles, market: Market, rules: BacktestRules) -> Summary:
    return make_report(try_settings(settings, candles, market, rules)).summary


def sweep(kind: str, candles: Candles, count: int, workers: int) -> tuple[float, float, int]:
    """(CPU seconds, seconds, deals or round trips)."""
    bots = [MAKERS[kind](number) for number in range(count)]
    try_compiled(bots[0], candles, MARKET, RULES)  # compiles, or fetches what was compiled, and readies the candles

    def trades_of(some: list[Settings]) -> int:
        found = [one for one in try_compiled_all(some, candles, MARKET, RULES) if isinstance(one, Summary)]
        assert len(found) == len(some), "left to the core"
        return sum(one.round_trips or one.deals_closed for one in found)

    cpu, began = time.process_time(), time.perf_counter()
    with ThreadPoolExecutor(workers) as pool:
        trades = sum(pool.map(trades_of, (bots[k : k + AT_ONCE] for k in range(0, count, AT_ONCE))))
    return time.process_time() - cpu, time.perf_counter() - began, trades


def linear_scan(candles: Candles, count: int) -> float:
    """CPU seconds of looking at every candle once per bot: is the high above, or the low below, what it waits for?"""
    import numba

    @numba.njit(nogil=True)
    def scan(highs: Any, lows: Any, below: float, above: float) -> int:
        touched = 0
        for i in range(len(highs)):
            if lows[i] <= below or highs[i] >= above:
                touched += 1
                below, above = lows[i] * 0.99, highs[i] * 1.01
        return touched

    scan(candles.high[:10], candles.low[:10], 1.0, 2.0)
    cpu = time.process_time()
    for number in range(count):
        scan(candles.high, candles.low, 39_000.0 + number, 41_000.0 + number)
    return time.process_time() - cpu


def first_run(kind: str) -> None:
    """In a process of its own: what must happen before the first bot is done."""
    candles, bot = make_candles(2000), MAKERS[kind](0)
    cpu = time.process_time()
    import numba  # noqa: F401

    imported = time.process_time()
    assert try_compiled(bot, candles, MARKET, RULES) is not None
    print(json.dumps([imported - cpu, time.process_time() - imported]))


def tell_starts(kind: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "NUMBA_CACHE_DIR": folder}
        for when in ("at first", "later on"):
            command = [sys.executable, str(Path(__file__)), "--first-run", kind]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            importing, compiling = json.loads(done.stdout)
            print(f"    {when}: the compiler is there after {importing:.2f} CPU-s, the bot after {compiling:.2f} more")


def tell_compiled(kind: str, candles: Candles, count: int, workers: int) -> bool:
    print(f"{kind}: {count:,} bots on {len(candles):,} candles, {workers} threads")
    tell_starts(kind)
    part = max(1, count // 20)  # before and after, for the machine may be busier at one time than at another
    scanned = linear_scan(candles, part)
    cpu, seconds, trades = sweep(kind, candles, count, workers)
    scanned = (scanned + linear_scan(candles, part)) * count / (2 * part)
    speed, ratio = count * len(candles) / cpu, scanned / cpu
    is_met = ratio >= GOALS[kind] and (kind != "dca" or speed >= GOAL_COMPILED)
    print(
        f"    {trades:,} deals or round trips in {seconds:.2f} s, {cpu:.2f} CPU-s: {speed:.2e} set-candles a CPU-second"
    )
    print(
        f"    the linear scan takes {scanned:.2f} CPU-s, {ratio:.2f} times that; goal {GOALS[kind]} {verdict(is_met)}"
    )
    if hasattr(os, "getloadavg"):
        print(f"    meanwhile {os.getloadavg()[0]:.1f} processes wanted {os.cpu_count()} processors")
    return is_met


def without_compiler(kind: str, candles: Candles, count: int) -> None:
    """In a process of its own, as a search does it: hopping where the bot is one for that, else by the core."""
    bots = [MAKERS[kind](number * 37 % 1000) for number in range(count)]

    def played(bot: Settings) -> Summary:
        return try_hopping(bot, candles, MARKET, RULES) or by_core(bot, candles, MARKET, RULES)

    played(bots[0])
    cpu = time.process_time()
    for bot in bots:
        played(bot)
    print(json.dumps(time.process_time() - cpu))


def tell_without(kind: str, length: int, count: int) -> bool:
    command = [
        sys.executable,
        str(Path(__file__)),
        "--without",
        kind,
        "--settings",
        str(count),
        "--candles",
        str(length),
    ]
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    speed = count * length / float(json.loads(done.stdout))
    print(f"    without a compiler: {speed:.2e} set-candles a CPU-second of each process, goal {GOAL_WITHOUT:.0e} "
          f"{verdict(speed >= GOAL_WITHOUT)}")  # fmt: skip
    return speed >= GOAL_WITHOUT


def verdict(is_met: bool) -> str:
    return "(met)" if is_met else "(NOT met)"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", type=int, default=1000)
    parser.add_argument("--candles", type=int, default=525_600)
    parser.add_argument("--kinds", nargs="+", default=list(MAKERS))
    parser.add_argument("--first-run", help=argparse.SUPPRESS)
    parser.add_argument("--without", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.first_run:
        first_run(options.first_run)
        return 0
    candles = make_candles(options.candles)
    if options.without:
        without_compiler(options.without, candles, options.settings)
        return 0
    workers = min(2, os.cpu_count() or 1)
    are_met = True
    for kind in options.kinds:
        are_met &= tell_compiled(kind, candles, options.settings, workers)
        few = options.settings // (10 if kind == "dca" else 100)
        are_met &= tell_without(kind, options.candles, max(2, few)) or kind != "dca"
    return 0 if are_met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
