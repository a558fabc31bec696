"""What the window costs to come up: CPU and wall seconds and memory to the first paint and to a moving chart.

Each round is a process of its own on a data folder that has been used before, as on every day but the first. Rounds
without any account of a real exchange take turns with rounds that have ten of them, which cannot be reached.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_app.gui.bridge import Bridge
    from desktop_app.gui.main_window import MainWindow

Figures = dict[str, dict[str, float]]

ROUNDS = 5
ROOT = Path(__file__).parents[2]


def child(folder: str) -> None:
    """One start: prints the figures as JSON and ends."""
    import time

    wall = time.perf_counter()
    from desktop_app.config import AppSettings, Paths

    paths = Paths(Path(folder))
    paths.data_dir.mkdir(parents=True, exist_ok=True)
    AppSettings(is_first_run_done=True).save(paths.settings)

    from desktop_app.app import build_engine
    from desktop_app.gui import session

    found: dict[str, dict[str, float]] = {}

    def note(name: str) -> None:
        rss = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 1e6
        usage = resource.getrusage(resource.RUSAGE_SELF)
        cpu = usage.ru_utime + usage.ru_stime
        found[name] = {"cpu": cpu, "wall": time.perf_counter() - wall, "mb": rss}

    painted = session._painted

    async def noted() -> None:
        await painted()
        note("first paint")

    session._painted = noted
    start = session.Session._start_engine

    async def started(self: session.Session, window: "MainWindow", bridge: "Bridge", **kept: bool) -> bool:
        import asyncio

        kept["adds_paper"] = True
        is_up = await start(self, window, bridge, **kept)
        for _ in range(400):
            await asyncio.sleep(0.02)
            page = window.active_chart()
            if page is not None and page.chart is not None and page.chart.caption():
                break
        note("moving chart")
        window.quit_confirmed.emit()
        return is_up

    session.Session._start_engine = started  # type: ignore[method-assign]
    session.run_window(paths, lambda: build_engine(paths))
    print(json.dumps(found))


def main() -> None:
    """Print the medians."""
    rounds: dict[str, list[Figures]] = {"no account": [], "ten accounts": []}
    with tempfile.TemporaryDirectory() as folder:
        folders = {name: Path(folder) / name for name in rounds}
        for where in folders.values():
            _start(where)  # makes the data folder
        asyncio.run(_add_accounts(folders["ten accounts"]))
        for _ in range(ROUNDS):
            for name, where in folders.items():
                rounds[name].append(_start(where))
    for name, figures in rounds.items():
        for event, goals in (("first paint", "goal 0.65 CPU-s, 130 MB"), ("moving chart", "")):
            cpu, wall, mb = (median(one[event][kind] for one in figures) for kind in ("cpu", "wall", "mb"))
            print(f"{name:12}  {event:12} {cpu:5.2f} CPU-s  {wall:5.2f} s  {mb:5.0f} MB  {goals}")


def _start(folder: Path) -> Figures:
    done = subprocess.run(
        [sys.executable, __file__, str(folder)],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


async def _add_accounts(folder: Path) -> None:
    """Five with a key that the keyring has not, five on paper; all at an address where nobody answers."""
    sys.path.insert(0, str(ROOT))
    from desktop_app.engine.engine import wall_clock
    from desktop_app.store.db import Store
    from desktop_app.store.rows import AccountRow

    nowhere = {"rest_url": "http://127.0.0.1:9", "ws_url": "ws://127.0.0.1:9"}
    key = {"name": "0" * 16, "tail": "…x7Q2", "mark": "0" * 16}
    store = await Store.open(folder, clock=wall_clock)
    for number in range(10):
        exchange = ("binance", "kucoin", "okx", "bybit", "kraken")[number % 5]
        config = nowhere | ({"key": key} if number < 5 else {"balance": ["USDT=10000"]})
        row = AccountRow(0, f"{exchange} {number}", exchange, is_paper=number >= 5, config_json=json.dumps(config))
        await store.add_account(row)
    await store.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        child(sys.argv[1])
    else:
        main()
