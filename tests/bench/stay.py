"""What the window costs while it stays open: memory with three bots at 60×, and the processor when nothing happens.

python tests/bench/stay.py [MINUTES]      (2 by default)
"""

import asyncio
import os
import resource
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).parents[2]
IDLE_SECONDS = 30
BOTS = (("BTC", "BTC/USDT"), ("ETH", "ETH/USDT"), ("SOL", "SOL/USDT"))


def bot_file(name: str, pair: str) -> str:
    """A bot that trades often."""
    return f"""
kind = "dca"
name = "{name}"
account = "Paper wallet"
pairs = ["{pair}"]
base_order = {{ volume = "100" }}
safety_orders = {{ volume = "100", price_deviation = "0.3", max_count = 5, max_active = 3, step_scale = "1.2" }}
take_profit = {{ percent = "0.5" }}
"""


def memory() -> float:
    """Resident, MB."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 1e6


def main(minutes: float) -> None:
    """Run the window and print what it takes."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path.insert(0, str(ROOT))
    from desktop_app.app import build_engine
    from desktop_app.config import AppSettings, Paths
    from desktop_app.gui import session
    from desktop_app.gui.bridge import Bridge
    from desktop_app.gui.main_window import MainWindow

    start = session.Session._start_engine

    async def measure(window: MainWindow, bridge: Bridge) -> None:
        wishes = bridge.wishes
        await asyncio.sleep(10)
        began, used = time.perf_counter(), time.process_time()
        await asyncio.sleep(IDLE_SECONDS)
        share = (time.process_time() - used) / (time.perf_counter() - began)
        print(f"idle at 1×, no bots   {share:6.1%} of a core   {memory():4.0f} MB   goal 3 %", flush=True)
        for bot in BOTS:
            await bridge.ask(wishes.start_bot(await bridge.ask(wishes.add_bot(bot_file(*bot)))))
        await bridge.ask(wishes.set_speed("Paper wallet", Decimal(60)))
        began, used = time.perf_counter(), time.process_time()
        while time.perf_counter() - began < minutes * 60:
            await asyncio.sleep(min(60, minutes * 60))
            share = (time.process_time() - used) / (time.perf_counter() - began)
            passed = (time.perf_counter() - began) / 60
            words = f"{share:6.1%} of a core   {memory():4.0f} MB   goal 260 MB"
            print(f"3 bots at 60×, {passed:4.1f} min {words}", flush=True)
        window.quit_confirmed.emit()

    async def started(self: session.Session, window: MainWindow, bridge: Bridge, **kept: bool) -> bool:
        kept["adds_paper"] = True
        is_up = await start(self, window, bridge, **kept)
        bridge.spawn(measure(window, bridge), "measuring")
        return is_up

    session.Session._start_engine = started  # type: ignore[method-assign]
    with tempfile.TemporaryDirectory() as folder:
        paths = Paths(Path(folder))
        AppSettings(is_first_run_done=True).save(paths.settings)
        session.run_window(paths, lambda: build_engine(paths))


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 2)
