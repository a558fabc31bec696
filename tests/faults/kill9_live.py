"""Kills a process that trades on an account with a key, mostly between an order and its answer, and compares books.

`python tests/faults/kill9_live.py [KILLS] [SEED]`. The exchange is a stand-in in a process of its own: it goes on while
ours is dead, answers orders slowly, and sometimes not at all. The keys are in a real keyring.
"""

import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # when called as a script

from tests.secret_service import SecretService, secret_service  # noqa: E402

Json = dict[str, Any]
PAIRS = ("BTC/USDT", "ETH/USDT")
SYMBOLS = {"BTC/USDT": "BTCUSDT", "ETH/USDT": "ETHUSDT"}
BOT = """\
kind = "dca"
name = "{name}"
account = "main"
pairs = ["{pair}"]
base_order = {{ volume = "100" }}
safety_orders = {{ volume = "50", price_deviation = "0.15", step_scale = "1.2", max_count = 5, max_active = 3 }}
take_profit = {{ percent = "0.35" }}
"""
# What never arrives holds a bot up for a while: proof of absence takes longer than most of these runs.
ANSWERS = ("slow",) * 12 + ("accept_then_silence", "answer_lost") * 3 + ("never_arrives",)
_PATIENCE_SECONDS = 60.0
_INTENT = b'"event": "order_intended"'
_LAST_RUN_SECONDS = 45


@dataclass(slots=True)
class Findings:
    """What was compared. `wrong` is empty when everything agrees."""

    kills: int = 0
    between: int = 0  # kills after an order was meant and before its answer was told
    orders: int = 0
    fills: int = 0
    deals: int = 0
    wrong: list[str] = field(default_factory=list)


class Exchange:
    """The stand-in, its price walking up and down for ever."""

    def __init__(self, seed: int) -> None:
        words = ["tests/loopback/binance.py", "--beat", "0.1", "--wander", "0.05", "--seed", str(seed), "--weightless"]
        self._process = subprocess.Popen(
            [sys.executable, *words], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.about: Json = json.loads(self._process.stdout.readline())

    def tell(self, do: str, **details: object) -> Json:
        wish = json.dumps({"do": do, **details}).encode()
        request = urllib.request.Request(self.about["control_url"], wish, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=_PATIENCE_SECONDS) as answer:
            books: Json = json.load(answer)
        return books

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


class House:
    """A data folder with bots that trade often, and the real command to run them with."""

    def __init__(self, folder: Path, exchange: Exchange, keyring: SecretService) -> None:
        self._folder = folder
        self._exchange = exchange
        self._environment = keyring.environment
        self.events = folder / "events.jsonl"

    def _command(self, *words: object) -> list[str]:
        return [sys.executable, "-m", "desktop_app", "--data-dir", str(self._folder / "data"), *map(str, words)]

    def _run(self, *words: object, text: str = "") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            self._command(*words), cwd=ROOT, input=text, env=self._environment, capture_output=True, text=True,
            check=False, timeout=300,
        )  # fmt: skip

    def ask(self, *words: object, text: str = "") -> str:
        done = self._run(*words, text=text)
        assert done.returncode == 0, f"{words}: {done.returncode} {done.stderr}"
        return done.stdout

    def build(self) -> None:
        about = self._exchange.about
        urls = ("--rest-url", about["rest_url"], "--ws-url", about["ws_url"])
        keys = json.dumps({"apiKey": about["key"], "secret": about["secret"]})
        self.ask("account", "add", "main", "--exchange", "binance", *urls, "--credentials-stdin", text=keys)
        self.ask("account", "allow-trading", "main", "--yes")
        for number, pair in enumerate(PAIRS, 1):
            file = self._folder / f"{number}.toml"
            file.write_text(BOT.format(name=f"Bot {number}", pair=pair), encoding="utf-8")
            self.ask("bot", "add", file)
            self.ask("bot", "start", number)

    def run_and_kill(self, chance: random.Random) -> bool:
        """Kill −9 a moment after an order was meant, or at any time; whether that order had no answer yet."""
        with self._started() as process:
            size = self._size()
            if chance.random() < 0.2:
                time.sleep(chance.uniform(0, 2.0))  # while it connects and compares
            else:
                skipped = chance.choice((0, 0, 1, 2, 4))
                deadline = time.monotonic() + 40  # what was meant and not sent must first be proved absent
                while self._intents(size) <= skipped and time.monotonic() < deadline:
                    time.sleep(0.002)
                time.sleep(chance.uniform(0, 0.06))
            assert process.poll() is None, "it ended by itself"
            process.kill()
            process.wait()
        told = self.events.read_bytes()[size:] if self.events.exists() else b""
        return told.count(b'"event": "order_intended"') > told.count(b'"event": "order_accepted"')

    def _size(self) -> int:
        return self.events.stat().st_size if self.events.exists() else 0

    def _intents(self, since: int) -> int:
        if not self.events.exists():
            return 0
        with self.events.open("rb") as file:
            file.seek(since)
            return file.read().count(_INTENT)

    @contextlib.contextmanager
    def _started(self) -> "Iterator[subprocess.Popen[bytes]]":
        process = subprocess.Popen(
            self._command("run", "--events", self.events), cwd=ROOT, env=self._environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def come_to_rest(self) -> None:
        """Long enough for every doubt to be cleared up; then everything that rests is taken back."""
        self.ask("run", "--for", _LAST_RUN_SECONDS, "--events", self.events)
        for _ in range(3):  # on a busy machine an answer may come too late for one call
            if self._run("panic").returncode == 0:
                break
        self.ask("panic")
        for _ in range(10):  # on a busy machine five seconds may pass before the books have been compared
            size = self._size()
            self.ask("run", "--for", 5, "--events", self.events)
            if b'"event": "reconciled"' in self.events.read_bytes()[size:]:
                break
        self.ask("audit", "verify")

    def deals(self) -> list[Json]:
        found: list[Json] = json.loads(self.ask("deal", "list", "--all", "--json"))
        return [json.loads(self.ask("deal", "show", deal["id"], "--json")) for deal in found]


def compare(books: Json, deals: list[Json]) -> Findings:
    """Our books against the exchange's: every order once, every fill once, no coin too many or too few."""
    found = Findings(orders=len(books["orders"]), fills=len(books["trades"]), deals=len(deals))
    theirs: dict[str, Json] = {}
    for order in books["orders"]:
        if order["client_id"] in theirs:
            found.wrong.append(f"{order['client_id']} is two orders on the exchange")
        theirs[order["client_id"]] = order
    ours = {order["client_id"]: order for deal in deals for order in deal["orders"]}
    found.wrong += [f"{one} is on the exchange and not in our books" for one in theirs.keys() - ours.keys()]
    for client_id, order in ours.items():
        their = theirs.get(client_id)
        if their is None:
            if Decimal(order["filled"]) or order["status"] not in ("rejected", "canceled"):
                found.wrong.append(f"{client_id} is {order['status']} here and was never on the exchange")
        elif (Decimal(order["filled"]), order["status"]) != (Decimal(their["filled"]), their["status"]):
            found.wrong.append(
                f"{client_id}: {order['filled']} {order['status']} here, {their['filled']} {their['status']} there"
            )
    # Each pair of an exchange counts its trades by itself.
    fills = [(deal["pair"], fill["trade_id"]) for deal in deals for fill in deal["fills"]]
    if len(set(fills)) != len(fills):
        found.wrong.append("a fill is in our books twice")
    for deal in deals:
        bought = sum((_amount(deal, fill) for fill in deal["fills"]), Decimal(0))
        if bought < 0:
            found.wrong.append(f"deal {deal['id']} sold {-bought} more than it had bought")
    if len(fills) != len(books["trades"]):
        found.wrong.append(f"{len(fills)} fills here, {len(books['trades'])} there")
    return found


def _amount(deal: Json, fill: Json) -> Decimal:
    side = next(order["side"] for order in deal["orders"] if order["client_id"] == fill["client_id"])
    return Decimal(fill["amount"]) * (1 if side == "buy" else -1)


def torture(folder: Path, kills: int, seed: int) -> Findings:
    chance = random.Random(seed)
    exchange = Exchange(seed)
    between = 0
    try:
        with secret_service() as keyring:
            house = House(folder, exchange, keyring)
            house.build()
            for _ in range(kills):
                exchange.tell("clear")
                answer = chance.choice(ANSWERS)
                details = {"number": chance.randint(5, 300), "times": 1_000} if answer == "slow" else {"times": 1}
                exchange.tell("fault", what=answer, where="POST /api/v3/order", **details)
                between += house.run_and_kill(chance)
            exchange.tell("clear")
            house.come_to_rest()
            found = compare(exchange.tell("books"), house.deals())
    finally:
        exchange.close()
    found.kills, found.between = kills, between
    return found


def main() -> int:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int.from_bytes(os.urandom(4), "big")
    with tempfile.TemporaryDirectory(prefix="kill9-", ignore_cleanup_errors=True) as folder:
        found = torture(Path(folder), kills, seed)
    print(
        f"seed {seed}: killed {found.kills} times, {found.between} of them between an order and its answer; "
        f"{found.orders} orders, {found.fills} fills, {found.deals} deals"
    )
    for line in found.wrong:
        print(f"WRONG: {line}")
    print("all agrees" if not found.wrong else f"{len(found.wrong)} disagreements")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
