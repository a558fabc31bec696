"""Sends signals to a running process while it is killed at random moments, and again what got no answer.

`python tests/faults/kill9_signals.py [KILLS] [SEED]` prints what was found; the suite runs it with few kills.
"""

import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # when called as a script

from desktop_app.config import Paths  # noqa: E402
from desktop_app.engine.door import DoorClient  # noqa: E402
from desktop_app.engine.problem import Problem  # noqa: E402
from tests.faults.kill9 import _UP_SECONDS, House, compare  # noqa: E402

BOT = """\
kind = "signal"
name = "TV"
account = "demo"
pairs = ["SOL/USDT"]
mode = "custom"
entry = { volume = "50", max_entries = 100 }
exit_parts = 3
max_lag_seconds = 86400
signals_a_minute = 600
"""
ACTIONS = ("enter_long", "enter_long", "exit_long", "enter_long", "exit_long", "exit_long")


@dataclass(slots=True)
class Sender:
    """Sends one signal after another for as long as somebody answers; remembers what got no answer."""

    paths: Paths
    sent: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    taken: set[str] = field(default_factory=set)
    unanswered: list[str] = field(default_factory=list)
    repeated: int = 0
    is_over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        try:
            with DoorClient(self.paths.door_address, self.paths.door_key) as door:
                supervisor = door.supervisor()
                while not self.is_over.is_set():
                    text = self.unanswered[0] if self.unanswered else self._next()
                    is_again = bool(self.unanswered)
                    if not is_again:
                        self.unanswered.append(text)
                    (answer,) = supervisor.call("send_signal", bot=1, text=text)
                    self.unanswered.remove(text)
                    self.answers[answer.status] += 1
                    self.repeated += is_again and answer.verdict.code == "signal_repeated"
                    if answer.status == 200:
                        self.taken.add(json.loads(text)["signal_id"])
                    time.sleep(0.01)
        except Problem:
            return  # killed

    def _next(self) -> str:
        action = ACTIONS[self.sent % len(ACTIONS)]
        self.sent += 1
        return json.dumps(
            {"action": action, "timestamp": str(time.time_ns() // 1_000_000), "signal_id": str(self.sent)}
        )


class SignalHouse(House):
    def build(self) -> None:
        self.ask("account", "add", "demo", "--exchange", "sim", "--speed", 60, "--seed", 11, "--balance", "USDT=10000")
        file = self.folder / "tv.toml"
        file.write_text(BOT, encoding="utf-8")
        self.ask("bot", "add", file)
        self.ask("bot", "start", 1)
        self.sender = Sender(Paths(self.data))

    def run_and_kill(self, after_seconds: float) -> None:
        process = subprocess.Popen(
            self.command("run", "--events", self.events), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        deadline = time.monotonic() + _UP_SECONDS
        while time.monotonic() < deadline and process.poll() is None and not self._is_up():
            time.sleep(0.02)
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        sending = threading.Thread(target=self.sender.run)
        sending.start()
        time.sleep(after_seconds)
        process.kill()
        process.communicate()
        sending.join()

    def _is_up(self) -> bool:
        """It is at work: a door that a killed process left behind opens for nobody."""
        try:
            with DoorClient(self.sender.paths.door_address, self.sender.paths.door_key) as door:
                (account,) = door.supervisor().call("accounts")
                return bool(account.is_reconciled and account.is_live_feed)
        except (Problem, OSError):
            return False


def torture(folder: Path, kills: int, seed: int) -> tuple[Sender, list[str]]:
    chance = random.Random(seed)
    house = SignalHouse(folder)
    house.build()
    for _ in range(kills):
        house.run_and_kill(chance.uniform(0.3, 2.0))
    house.sender.is_over.clear()
    found = compare(house)
    rows = json.loads(house.ask("signal", "list", "--limit", 1_000, "--json"))
    details = [json.loads(house.ask("deal", "show", deal["id"], "--json")) for deal in _deals(house)]
    wrong = found.wrong + _compare_signals(house.sender, rows, details)
    return house.sender, wrong


def _deals(house: House) -> list[dict[str, object]]:
    deals: list[dict[str, object]] = json.loads(house.ask("deal", "list", "--all", "--json"))
    return deals


def _compare_signals(sender: Sender, rows: list[dict[str, object]], details: list[dict[str, object]]) -> list[str]:
    """Nothing that was answered is unknown, and nothing acted twice."""
    wrong: list[str] = []
    acted = sum(row["status"] == 200 for row in rows)
    if acted < len(sender.taken):
        wrong.append(f"{len(sender.taken)} signals were answered, and {acted} are written down")
    orders = [order for deal in details for order in deal["orders"]]  # type: ignore[attr-defined]
    entries = sum(order["side"] == "buy" for order in orders)
    most = sum(row["status"] == 200 for row in rows)
    if entries > most:
        wrong.append(f"{entries} entries for {most} signals")
    return wrong


def main() -> int:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with tempfile.TemporaryDirectory() as folder:
        sender, wrong = torture(Path(folder), kills, seed)
    print(
        f"{kills} kills, {sender.sent} signals, answers {dict(sender.answers)}, {sender.repeated} were known when they "
        f"came again, {len(sender.unanswered)} never answered"
    )
    print("\n".join(wrong) or "nothing lost, nothing twice")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
