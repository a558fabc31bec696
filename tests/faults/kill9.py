"""Kills a running process at random moments, starts it again each time, and compares its books with the exchange's.

`python tests/faults/kill9.py [KILLS] [SEED] [dca|grid|trade|own]` prints what was found; the suite runs it with few.
"""

import contextlib
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # when called as a script

from desktop_app import app  # noqa: E402
from desktop_app.exchange.sim.ledger import read_ledger  # noqa: E402
from desktop_app.exchange.sim.records import Booked, Kept, read_record  # noqa: E402

START = Decimal(10_000)
PAIRS = ("PEPE/USDT", "DOGE/USDT", "SOL/USDT")
BOT = """\
kind = "dca"
name = "{name}"
account = "demo"
pairs = ["{pair}"]
base_order = {{ volume = "100" }}
safety_orders = {{ volume = "20", price_deviation = "0.2", step_scale = "1.2", volume_scale = "1.2", max_count = 6, max_active = 3 }}
take_profit = {{ percent = "0.3" }}
stop_loss = {{ percent = "5" }}
"""  # noqa: E501 - as a person writes it
GRID = """\
kind = "grid"
name = "{name}"
account = "demo"
pairs = ["{pair}"]
grid = {{ {grid} }}
"""
GRIDS = (
    (
        'lower = "0.000018", upper = "0.000025", lines = 60, spacing = "geometric", volume_per_line = "25", '
        "trailing_up = true"
    ),
    (
        'lower = "0.12", upper = "0.19", lines = 80, volume_per_line = "20", max_active_buy_lines = 5, '
        "max_active_sell_lines = 5, trailing_down = true"
    ),
    'lower = "150", spacing = "geometric", step_percent = "0.5", volume_per_line = "15"',
)
TRADE = """\
kind = "smart_trade"
name = "{name}"
account = "demo"
pair = "{pair}"
amount = "120"
unit = "quote"
entry = {{ {entry} }}
take_profit = {{ steps = [{steps}] }}
stop_loss = {{ percent = "0.6", {stop} }}
"""
ENTRIES = ('type = "market"', 'type = "trailing", trailing_deviation = "0.05"')
STEPS = (
    '{ percent = "0.3", share = "50" }, { percent = "0.6", share = "50" }',
    '{ percent = "0.2", share = "40", type = "market" }, { percent = "0.5", share = "60" }',
)
STOPS = ("native = true, breakeven_after = 1", "trailing = true", 'native = true, type = "limit", limit_percent = "1"')
OWN = """\
kind = "python"
name = "{name}"
account = "demo"
pairs = ["{pair}"]
file = "example.py"
max_funds = "500"
timeframe = "1m"
history = 30
options = {{ spend = "100", length = 4, dip_percent = "0.005", profit_percent = "0.1", stop_percent = "0.3" }}
"""
EXAMPLE = ROOT / "resources" / "strategies" / "example.py"
TEXTS = {"dca": BOT, "grid": GRID, "own": OWN}
_UP_SECONDS = 20.0  # in which the killed process must have begun to work


@dataclass(slots=True)
class Findings:
    """What was compared. `wrong` is empty when everything agrees."""

    kills: int = 0
    orders: int = 0
    fills: int = 0
    deals_closed: int = 0
    deals_open: int = 0
    wrong: list[str] = field(default_factory=list)


class House:
    """A data folder with bots that trade often, and the real command to run them with."""

    def __init__(self, folder: Path, kind: str = "dca") -> None:
        self.folder = folder
        self.kind = kind
        self.data = folder / "data"
        self.events = folder / "events.jsonl"

    def command(self, *words: object) -> list[str]:
        return [sys.executable, "-m", "desktop_app", "--data-dir", str(self.data), *map(str, words)]

    def ask(self, *words: object) -> str:
        """A command that nobody kills; in this process, because starting one takes longer than the command."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = app.main(["--data-dir", str(self.data), *map(str, words)])
        assert status == 0, f"{words}: {status} {err.getvalue()}"
        return out.getvalue()

    def place_trades(self, round_: int) -> None:
        """Some more smart trades: each has one deal only."""
        for number, pair in enumerate(PAIRS):
            name = f"Trade {round_}-{number}"
            parts = {"entry": ENTRIES[(round_ + number) % 2], "steps": STEPS[round_ % 2], "stop": STOPS[number]}
            file = self.folder / f"{name}.toml"
            file.write_text(TRADE.format(name=name, pair=pair, **parts), encoding="utf-8")
            self.ask("trade", "add", file)

    def build(self) -> None:
        self.ask("account", "add", "demo", "--exchange", "sim", "--speed", 600, "--seed", 11, "--balance", "USDT=10000")
        if self.kind == "trade":
            return
        if self.kind == "own":
            self.ask("strategy", "trust", EXAMPLE, "--yes")
        for number, pair in enumerate(PAIRS, 1):
            file = self.folder / f"{number}.toml"
            text = TEXTS[self.kind].format(name=f"Bot {number}", pair=pair, grid=GRIDS[number - 1])
            file.write_text(text, encoding="utf-8")
            self.ask("bot", "add", file)
            self.ask("bot", "start", number)

    def run_and_kill(self, after_seconds: float) -> None:
        """Kill −9 that long after the process has begun to tell events: in the middle of its work."""
        size = self.events.stat().st_size if self.events.exists() else 0
        process = subprocess.Popen(
            self.command("run", "--events", self.events), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        deadline = time.monotonic() + _UP_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            if self.events.exists() and self.events.stat().st_size > size:
                break
            time.sleep(0.01)
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        time.sleep(after_seconds)
        process.kill()
        process.communicate()


def compare(house: House) -> Findings:
    """After one more orderly run, and with nothing left that could fill: our books against the exchange's own."""
    found = Findings()
    house.ask("run", "--for", 4, "--events", house.events)
    house.ask("panic")
    house.ask("audit", "verify")
    deals = json.loads(house.ask("deal", "list", "--all", "--json"))
    details = [json.loads(house.ask("deal", "show", deal["id"], "--json")) for deal in deals]
    found.deals_closed = sum(deal["closed_at"] is not None for deal in deals)
    found.deals_open = len(deals) - found.deals_closed
    placed, trades, totals = _ledger(house.data / "sim" / "1" / "ledger.jsonl")
    found.orders, found.fills = len(placed), len(trades)
    _compare_orders(found, details, placed)
    _compare_fills(found, details, trades)
    _compare_balances(found, details, totals)
    _compare_profit(found, details)
    return found


def _ledger(path: Path) -> tuple[Counter[str], dict[str, Decimal], dict[str, Decimal]]:
    """How often each client id was taken as a new order, the amount of each trade, and what the account holds."""
    exchange_ids: dict[str, set[str]] = {}
    trades: dict[str, Decimal] = {}
    totals: dict[str, Decimal] = {}
    for line in read_ledger(path).entries:
        record = read_record(line)
        if isinstance(record, Booked):
            for order in record.orders:
                exchange_ids.setdefault(order.client_id, set()).add(order.exchange_id)
            trades.update({trade.fill.trade_id: trade.fill.amount for trade in record.trades})
            totals.update({balance.asset: balance.free + balance.locked for balance in record.totals})
        assert not isinstance(record, Kept), "the ledger was summed up: run fewer kills"
    return Counter({client_id: len(ids) for client_id, ids in exchange_ids.items()}), trades, totals


def _compare_orders(found: Findings, details: list[dict[str, object]], placed: Counter[str]) -> None:
    ours = Counter(order["client_id"] for deal in details for order in _rows(deal, "orders"))
    found.wrong += [f"{client_id} is two orders on the exchange" for client_id, times in placed.items() if times > 1]
    found.wrong += [f"{client_id} is in our books {times} times" for client_id, times in ours.items() if times > 1]
    found.wrong += [
        f"{client_id} is on the exchange and not in our books" for client_id in placed if not ours[client_id]
    ]


def _compare_fills(found: Findings, details: list[dict[str, object]], trades: dict[str, Decimal]) -> None:
    fills = [(str(fill["trade_id"]), Decimal(str(fill["amount"]))) for deal in details for fill in _rows(deal, "fills")]
    ours = dict(fills)
    if len(ours) != len(fills):
        found.wrong.append("a fill is in our books twice")
    found.wrong += [f"fill {trade_id} was lost" for trade_id in trades.keys() - ours.keys()]
    found.wrong += [f"fill {trade_id} never happened" for trade_id in ours.keys() - trades.keys()]
    found.wrong += [f"fill {one} differs" for one in trades.keys() & ours.keys() if trades[one] != ours[one]]


def _compare_balances(found: Findings, details: list[dict[str, object]], totals: dict[str, Decimal]) -> None:
    wanted = {"USDT": START}
    for deal in details:
        base = str(deal["pair"]).partition("/")[0]
        sides = {str(order["client_id"]): order["side"] for order in _rows(deal, "orders")}
        for fill in _rows(deal, "fills"):
            amount, price = Decimal(str(fill["amount"])), Decimal(str(fill["price"]))
            sign = 1 if sides[str(fill["client_id"])] == "buy" else -1
            wanted[base] = wanted.get(base, Decimal(0)) + sign * amount
            wanted["USDT"] -= sign * amount * price + Decimal(str(fill["fee_quote"]))
    for asset in wanted.keys() | totals.keys():
        has, should = totals.get(asset, START if asset == "USDT" else Decimal(0)), wanted.get(asset, Decimal(0))
        if has != should:
            found.wrong.append(f"{asset}: the exchange has {has}, our fills add up to {should}")


def _compare_profit(found: Findings, details: list[dict[str, object]]) -> None:
    for deal in details:
        if deal["closed_at"] is None or deal["status"] == "cancelled":  # its coins are kept: no result yet
            continue
        sides = {str(order["client_id"]): order["side"] for order in _rows(deal, "orders")}
        profit = Decimal(0)
        for fill in _rows(deal, "fills"):
            cost = Decimal(str(fill["amount"])) * Decimal(str(fill["price"]))
            profit += (cost if sides[str(fill["client_id"])] == "sell" else -cost) - Decimal(str(fill["fee_quote"]))
        if profit != Decimal(str(deal["profit_quote"])):
            found.wrong.append(f"deal {deal['id']}: profit {deal['profit_quote']}, its fills add up to {profit}")


def _rows(deal: dict[str, object], name: str) -> list[dict[str, object]]:
    rows = deal[name]
    assert isinstance(rows, list)
    return rows


def torture(folder: Path, kills: int, seed: int, kind: str = "dca") -> Findings:
    chance = random.Random(seed)
    house = House(folder, kind)
    house.build()
    for number in range(kills):
        if kind == "trade":
            house.place_trades(number)
        house.run_and_kill(chance.uniform(0.0, 4.0) ** 2 / 4)  # also soon after the start, while it looks around
    found = compare(house)
    found.kills = kills
    return found


def main() -> int:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int.from_bytes(os.urandom(4), "big")
    kind = sys.argv[3] if len(sys.argv) > 3 else "dca"
    with tempfile.TemporaryDirectory(prefix="kill9-", ignore_cleanup_errors=True) as folder:
        found = torture(Path(folder), kills, seed, kind)
    print(
        f"seed {seed}: killed {found.kills} times; {found.orders} orders, {found.fills} fills, "
        f"{found.deals_closed} deals closed, {found.deals_open} open"
    )
    for line in found.wrong:
        print(f"WRONG: {line}")
    print("all agrees" if not found.wrong else f"{len(found.wrong)} disagreements")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
