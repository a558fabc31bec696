"""Plays the same bots through another engine and through `strongroom backtest`, and compares them order by order.

    python tests/research/independent/compare.py CANDLES.csv --python /path/to/other/bin/python [--close-jumps]

The other engine lives in an environment of its own (pip install nautilus_trader) and is never one of ours. Run by
hand. What may differ, and why:

- It keeps eight decimals of a fee; ours is not rounded. Fees are compared to 1e-7.
- Of several orders that one move of the price fills it keeps no order; within a candle and a side ours is the ladder's.
- A resting limit that a candle opens beyond fills at the open with us (bots.md 5) and at its own price there, and what
  hangs on that price, the average and the take profit, moves with it. Such orders are counted apart; --close-jumps has
  every candle open where the one before closed, and none of them remains.
- It looks at its orders only where it is told a price, ours all along the path. So it is told each price several times.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from desktop_app.core.bot_file import read_bot_file  # noqa: E402
from desktop_app.research.backtest import BacktestRules  # noqa: E402
from desktop_app.research.market_file import default_market  # noqa: E402
from desktop_app.research.trial import try_settings  # noqa: E402
from desktop_app.store.candle_files import read_candle_file  # noqa: E402
from desktop_app.store.candle_rules import step_of  # noqa: E402

D = Decimal
HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Filled:
    role: str
    index: int
    side: str
    price: Decimal
    amount: Decimal
    at: int
    fee: Decimal


@dataclass(slots=True)
class Tally:
    compared: int = 0
    same: int = 0
    jumps: int = 0
    follow: int = 0
    unexplained: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def dca(every_s: int, first: Decimal) -> tuple[dict[str, Any], str]:
    made = {
        "kind": "dca", "every_s": every_s, "base": "100", "safety": "50", "deviation": "0.5", "step_scale": "1.2",
        "volume_scale": "1.4", "count": 5, "profit": "0.8", "apart": str(first / 500),
    }  # fmt: skip
    text = (
        'kind = "dca"\nname = "other"\naccount = "x"\npairs = ["BTC/USDT"]\nbase_order = { volume = "100" }\n'
        'safety_orders = { volume = "50", price_deviation = "0.5", step_scale = "1.2", volume_scale = "1.4", '
        'max_count = 5 }\ntake_profit = { percent = "0.8" }\n'
    )
    return made, text


def grid(every_s: int, first: Decimal) -> tuple[dict[str, Any], str]:
    lower, upper = (first * D("0.8")).quantize(D(1)), (first * D("1.3")).quantize(D(1))
    made = {"kind": "grid", "every_s": every_s, "lower": str(lower), "upper": str(upper), "lines": 100, "volume": "50"}
    made["apart"] = str((upper - lower) / 99)
    text = (
        'kind = "grid"\nname = "other"\naccount = "x"\npairs = ["BTC/USDT"]\n'
        f'grid = {{ lower = "{lower}", upper = "{upper}", lines = 100, volume_per_line = "50" }}\n'
    )
    return made, text


def ours(candles: Path, bot: Path) -> tuple[list[Filled], float]:
    """The orders of the command, and the CPU seconds of its engine once everything is loaded."""
    with tempfile.TemporaryDirectory() as data:
        words = [sys.executable, "-m", "desktop_app", "backtest", str(bot), "--candles", str(candles), "--json"]
        words += ["--data-dir", data]
        done = subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    orders = [one for deal in json.loads(done.stdout)["deals"] for one in deal["orders"]]
    settings, past = read_bot_file(bot.read_text()).settings, read_candle_file(candles)
    assert settings is not None
    spent = []
    for _ in range(2):
        began = time.process_time()
        try_settings(settings, past.candles, default_market("BTC/USDT"), BacktestRules(step_of(past.timeframe)))
        spent.append(time.process_time() - began)
    return [_read(one, "fee_quote") for one in orders], min(spent)


def theirs(candles: Path, settings: dict[str, Any], folder: Path, python: Path) -> tuple[list[Filled], float]:
    given = folder / "settings.json"
    given.write_text(json.dumps(settings))
    words = [str(python), str(HERE / "other_engine.py"), str(candles), str(given)]
    found = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return [_read(one, "fee") for one in found["fills"]], found["seconds"]


def _read(one: dict[str, Any], fee: str) -> Filled:
    price, amount, paid = (D(one[name]) for name in ("price", "amount", fee))
    return Filled(one["role"], one["index"], one["side"], price, amount, one["filled_at"], paid)


def compare(mine: list[Filled], other: list[Filled], candles: dict[int, tuple[Decimal, Decimal]], tally: Tally) -> None:
    """Order by order within what began in the same candle: a deal, or of a grid all of it."""
    ours_by, theirs_by = dict(_deals(mine)), dict(_deals(other))
    for at in sorted(ours_by.keys() | theirs_by.keys()):
        here, there = ours_by.get(at, []), theirs_by.get(at, [])
        jumped = False
        for nth in range(max(len(here), len(there))):
            tally.compared += 1
            one = here[nth] if nth < len(here) else None
            two = there[nth] if nth < len(there) else None
            if one is not None and two is not None and _is_same(one, two):
                tally.same += 1
                continue
            if one is not None and two is not None and _is_jump(one, two, candles):
                tally.jumps, jumped = tally.jumps + 1, True
                kind = "jump"
            elif jumped or tally.jumps:
                tally.follow += 1
                kind = "follows"
            else:
                tally.unexplained.append(f"{one} / {two}")
                continue
            tally.told.append(f"{kind}: {_short(one)} / {_short(two)}")


def _deals(orders: list[Filled]) -> list[tuple[int, list[Filled]]]:
    number, found = 0, []
    for one in orders:
        number += one.role in ("base", "balancing")
        found.append((number, one))
    deals = [[one for _, one in group] for _, group in groupby(found, key=lambda row: row[0])]
    return [(deal[0].at, _in_order(deal)) for deal in deals]


def _in_order(deal: list[Filled]) -> list[Filled]:
    """Of several that one move of the price filled, the other engine keeps no order: here the ladder's."""
    found: list[Filled] = []
    for (_, side), group in groupby(deal, key=lambda one: (one.at, one.side)):
        found += sorted(group, key=lambda one: -one.price if side == "buy" else one.price)
    return found


def _is_same(one: Filled, two: Filled) -> bool:
    exact = (one.role, one.side, one.price, one.amount, one.at) == (two.role, two.side, two.price, two.amount, two.at)
    return exact and abs(one.fee - two.fee) < D("1e-7")  # the other engine keeps eight decimals of a fee


def _is_jump(one: Filled, two: Filled, candles: dict[int, tuple[Decimal, Decimal]]) -> bool:
    opened, before = candles[one.at]
    is_between = min(opened, before) <= two.price <= max(opened, before)
    return one.price == opened and is_between and (one.role, one.side, one.amount) == (two.role, two.side, two.amount)


def _short(one: Filled | None) -> str:
    return "nothing" if one is None else f"{one.role} {one.index} {one.side} {one.amount} at {one.price} in {one.at}"


def closed_up(source: Path, target: Path) -> None:
    """Every candle opens where the one before closed."""
    with source.open(newline="") as read, target.open("w", newline="") as written:
        rows = csv.DictReader(read)
        out = csv.writer(written)
        out.writerow(["timestamp", "open", "high", "low", "close", "volume"])
        before: Decimal | None = None
        for row in rows:
            opened, high, low, close = (D(row[name]) for name in ("open", "high", "low", "close"))
            opened = opened if before is None else before
            out.writerow([row["timestamp"], opened, max(opened, high), min(opened, low), close, row["volume"]])
            before = close


def opens(path: Path) -> dict[int, tuple[Decimal, Decimal]]:
    """Each candle's open, and the close before it."""
    found, before = {}, None
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            opened = D(row["open"])
            found[int(row["timestamp"])] = (opened, opened if before is None else before)
            before = D(row["close"])
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("candles", type=Path)
    parser.add_argument("--python", type=Path, required=True)
    parser.add_argument("--bot", choices=("dca", "grid"), help="only this one")
    parser.add_argument("--close-jumps", action="store_true")
    parser.add_argument("--only-time", action="store_true", help="let it play the candles as bars, and compare nothing")
    parser.add_argument("--show", type=int, default=5, help="how many differences to print of each bot")
    call = parser.parse_args()
    is_odd = False
    with tempfile.TemporaryDirectory() as folder:
        candles = call.candles
        if call.close_jumps:
            candles = Path(folder) / "closed.csv"
            closed_up(call.candles, candles)
        known = opens(candles)
        times = sorted(known)
        every_s = min(later - at for at, later in pairwise(times)) // 1000
        for make in (dca, grid):
            if call.bot not in (None, make.__name__):
                continue
            settings, text = make(every_s, known[times[0]][0])
            bot = Path(folder) / "bot.toml"
            bot.write_text(text)
            mine, seconds = ours(candles, bot)
            of_bars, their_seconds = theirs(candles, settings | {"feed": "bars"}, Path(folder), call.python)
            if call.only_time:
                print(
                    f"{settings['kind']}: {len(known)} candles, {len(mine)} orders in {seconds:.3f} s of CPU, "
                    f"{len(of_bars)} in {their_seconds:.2f} s there: {their_seconds / seconds:.0f} times."
                )
                continue
            other, _ = theirs(candles, settings | {"feed": "quotes"}, Path(folder), call.python)
            tally = Tally()
            compare(mine, other, known, tally)
            is_odd |= bool(tally.unexplained)
            print(
                f"{settings['kind']}: {len(known)} candles, {len(mine)} orders against {len(other)}; "
                f"{tally.same} the same, {tally.jumps} filled in a jump, {tally.follow} that follow from one, "
                f"{len(tally.unexplained)} unexplained. CPU of the engines: {seconds:.3f} s, and {their_seconds:.2f} s "
                f"for bars: {their_seconds / seconds:.0f} times."
            )
            for line in (*tally.unexplained, *tally.told)[: call.show]:
                print("  ", line)
    return int(is_odd)


if __name__ == "__main__":
    sys.exit(main())
