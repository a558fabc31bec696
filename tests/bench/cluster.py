"""How much a search costs on a Dask cluster beside the same search on workers of this computer.

python -m tests.bench.cluster [trials] [candles]
"""

import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil  # type: ignore[import-untyped]

from desktop_app.core.columns import Candles
from desktop_app.research import judging
from desktop_app.research.optimiser import optimise
from desktop_app.research.search import Found, Search
from desktop_app.research.space import read_space
from tests.research.dask_here import DaskHere, dask_here
from tests.research.searches import MARKET, RULES, SETTINGS, search

_WORKERS = 2
_SPACE = read_space(
    "[take_profit]\npercent = { low = 0.5, high = 5, step = 0.01 }\n"
    "[safety_orders]\nprice_deviation = { low = 0.5, high = 5, step = 0.01 }\n"
)


def wandering(count: int) -> Candles:
    """A price that goes up and down by chance, the same each time."""
    chance = np.random.default_rng(1)
    steps = chance.normal(0, 0.0008, (count, 4))
    opens = np.round(60_000 * np.exp(np.cumsum(steps[:, 0])), 2)
    closes = np.append(opens[1:], opens[-1])
    highs = np.round(np.maximum(opens, closes) * (1 + np.abs(steps[:, 1])), 2)
    lows = np.round(np.minimum(opens, closes) * (1 - np.abs(steps[:, 2])), 2)
    at = 1_700_000_040_000 + np.arange(count, dtype=np.int64) * 60_000
    return Candles(at, opens, highs, lows, closes, np.ones(count))


def cpu_seconds(here: DaskHere) -> float:
    """Of this process, its children that have ended, and the cluster's processes."""
    there = [psutil.Process(one.pid).cpu_times() for one in (here.scheduler, *here.workers) if one is not None]
    return sum(os.times()[:4]) + float(sum(one.user + one.system for one in there))


def timed(name: str, here: DaskHere, candles: Candles, one: Search) -> tuple[Found, float]:
    began, spent = time.perf_counter(), cpu_seconds(here)
    found = optimise(SETTINGS, candles, MARKET, RULES, one)
    took, cost = time.perf_counter() - began, cpu_seconds(here) - spent
    each = cost / len(found.trials) * 1000
    print(f"{name:<20} {took:7.2f} s, {cost:7.2f} CPU-s, {each:8.2f} CPU-ms a trial, {found.engine}")
    return found, cost


def compared(here: DaskHere, candles: Candles, one: Search) -> None:
    local, mine = timed("this computer", here, candles, one)
    away, theirs = timed("cluster", here, candles, replace(one, cluster=here.address))
    again, later = timed("cluster, once more", here, candles, replace(one, cluster=here.address))
    same = local.trials == away.trials == again.trials
    print(
        f"the same table: {same}; CPU of the cluster {theirs / mine:.2f}, then {later / mine:.2f} times this computer's"
    )


def main() -> None:
    from distributed import Client  # here, so that local workers need not import it

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    candles = wandering(int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
    size = sum(column.nbytes for column in (candles.at, candles.open, candles.high, candles.low, candles.close)) / 1e6
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    print(f"{count} trials, {len(candles):,} candles ({size:.0f} MB), {_WORKERS} workers, load {load:.1f}")
    one = search(_SPACE, sampler="random", trials=count, workers=_WORKERS)
    with tempfile.TemporaryDirectory() as folder, dask_here(_WORKERS, Path(folder)) as here:
        with Client(here.address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            client.wait_for_workers(_WORKERS)
        judging._WORTH_LOADING = 10**18  # the core first: both need processes for it
        compared(here, candles, one)
        judging._WORTH_LOADING = judging._WORTH_COMPILING = 0
        optimise(SETTINGS, candles, MARKET, RULES, replace(one, trials=2))  # loads what was compiled
        optimise(SETTINGS, candles, MARKET, RULES, replace(one, trials=4, cluster=here.address))
        compared(here, candles, replace(one, trials=25 * count))


if __name__ == "__main__":
    main()
