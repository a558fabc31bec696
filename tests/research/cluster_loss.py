"""Kills a worker process of a Dask cluster again and again, in the middle of searches: the tables must stay those of
this computer.

    python -m tests.research.cluster_loss [searches]
"""

import sys
import tempfile
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from distributed import Client

import tests.conftest  # noqa: F401 - nothing beyond loopback
from desktop_app.research.optimiser import optimise
from desktop_app.research.search import Trial
from tests.research.dask_here import DaskHere, dask_here
from tests.research.searches import MARKET, RULES, SETTINGS, candles, search


def wait_for_workers(address: str, count: int) -> None:
    with Client(address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
        client.wait_for_workers(count, timeout=60)


def tried(here: DaskHere, seed: int) -> bool:
    """Whether one search came to the same table in spite of a killed worker."""
    past = candles(3000)
    one = search(sampler=("random", "tpe")[seed % 2], trials=12, seed=seed, unseen_percent=Decimal(30))
    alone = optimise(SETTINGS, past, MARKET, RULES, one)
    kills_at, told = seed % len(alone.trials), list[Trial]()

    def on_trial(trial: Trial) -> None:
        told.append(trial)
        if len(told) == kills_at + 1:
            here.workers[-1].kill()

    began = time.perf_counter()
    away = optimise(SETTINGS, past, MARKET, RULES, replace(one, cluster=here.address), on_trial=on_trial)
    same = away.ending == "complete" and (away.trials, away.refused) == (alone.trials, alone.refused)
    took = time.perf_counter() - began
    print(f"seed {seed}, {one.sampler}: killed after {kills_at + 1} of {len(alone.trials)}, {took:.1f} s", end=" ")
    print("the same" if same else "DIFFERENT")
    return same


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as folder, dask_here(2, Path(folder)) as here:
        wait_for_workers(here.address, 2)
        same = []
        for seed in range(1, count + 1):
            same.append(tried(here, seed))
            here.add_worker()
            wait_for_workers(here.address, 2)
    return 0 if all(same) else 1


if __name__ == "__main__":
    sys.exit(main())
