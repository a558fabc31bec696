"""What the built application costs to come up, beside a start from source: seconds to a painted window, and CPU.

A real window on a screen of its own, on a data folder that has been used before. Cold starts, which need the right to
empty the cache of files, have read nothing from the disk yet. STRONGROOM_PROGRAM names the program; without, it is the
one in build/dist.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.screen import Screen, screen

ROOT = Path(__file__).parents[2]
WARM, COLD = 7, 3
_DROP = Path("/proc/sys/vm/drop_caches")
_PATIENCE_SECONDS = 60


def main() -> None:
    """Take turns, so that what else the machine does hits all alike; tell the medians and the range."""
    built = os.environ.get("STRONGROOM_PROGRAM", str(ROOT / "build" / "dist" / "strongroom" / "strongroom"))
    if not Path(built).exists():
        print(f"{built} is not there; `python3 dev.py package bundle` makes it.")
        return
    ways = {"frozen": [built], "source": [sys.executable, "-P", "-m", "desktop_app"]}
    with tempfile.TemporaryDirectory() as folder, screen() as shown:
        for way, command in ways.items():
            _furnish(command, Path(folder) / way)
            _start(command, Path(folder) / way, shown)
        figures: dict[str, list[tuple[float, float]]] = {}
        for _ in range(WARM):
            for way, command in ways.items():
                figures.setdefault(f"{way}, warm", []).append(_start(command, Path(folder) / way, shown))
        for _ in range(COLD if os.access(_DROP, os.W_OK) else 0):
            for way, command in ways.items():
                os.sync()
                _DROP.write_text("3", encoding="ascii")
                figures.setdefault(f"{way}, cold", []).append(_start(command, Path(folder) / way, shown))
    for name, values in figures.items():
        wall, cpu = zip(*values, strict=True)
        print(
            f"{name:13} {median(wall):5.2f} s ({min(wall):.2f}-{max(wall):.2f})  "
            f"{median(cpu):5.2f} CPU-s ({min(cpu):.2f}-{max(cpu):.2f})  of {len(values)}"
        )
    print(f"load {os.getloadavg()[0]:.1f}")


def _furnish(command: list[str], folder: Path) -> None:
    from desktop_app.config import AppSettings, Paths

    folder.mkdir()
    AppSettings(is_first_run_done=True).save(Paths(folder).settings)
    words = ["--data-dir", str(folder), "account", "add", "demo", "--exchange", "sim", "--balance", "USDT=10000"]
    subprocess.run([*command, *words], cwd=ROOT, capture_output=True, check=True)


def _start(command: list[str], folder: Path, shown: Screen) -> tuple[float, float]:
    """To the first painted window."""
    environment = os.environ | {"DISPLAY": shown.display, "QT_QPA_PLATFORM": "xcb"}
    begin = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--data-dir", str(folder)], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        while not shown.is_painted():
            assert process.poll() is None
            assert time.perf_counter() < begin + _PATIENCE_SECONDS
            time.sleep(0.005)
        wall, cpu = time.perf_counter() - begin, _cpu(process.pid)
    finally:
        process.kill()
        process.wait()
    while shown.is_painted():
        time.sleep(0.005)
    return wall, cpu


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
