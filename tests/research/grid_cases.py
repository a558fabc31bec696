"""Grids and candles made up at random, and where the backtest and the oracle say different things about one."""

import json
import random
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.core.market import FeeCurrency, Market
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.research.backtest import BacktestRefused, BacktestRules
from desktop_app.research.document import to_json
from desktop_app.research.report import make_report
from desktop_app.research.trial import try_settings
from tests.research.agreement import is_same, same
from tests.research.grid_oracle import GridOracle
from tests.research.oracle import Bar, Rules
from tests.research.random_cases import FEES, MINUTE, is_plain, make_bars, number, some

D = Decimal
STEPS = [("0.01", "0.0001"), ("0.5", "0.001"), ("0.00001", "0.00000001"), ("0.01", "0.01"), ("0.1", "1")]


@dataclass(frozen=True)
class GridCase:
    grid: dict[str, Any]
    rules: Rules
    bars: list[Bar]

    @property
    def settings(self) -> GridSettings:
        return GridSettings.model_validate(
            {"name": "a grid", "account": "demo", "pairs": ["BTC/USDT"], "grid": self.grid}
        )

    @property
    def market(self) -> Market:
        r = self.rules
        currency = FeeCurrency.RECEIVED if r.in_coins else FeeCurrency.QUOTE
        return Market("BTC/USDT", "BTC", "USDT", r.tick, r.lot, r.min_amount, r.min_cost, r.maker, r.taker, currency)

    @property
    def candles(self) -> Candles:
        opens, highs, lows, closes = (np.array([float(bar[k]) for bar in self.bars]) for k in range(1, 5))
        at = np.array([bar.at for bar in self.bars], dtype=np.int64)
        return Candles(at, opens, highs, lows, closes, np.ones(len(at)))


def make_rules(rng: random.Random) -> Rules:
    tick, lot = rng.choice(STEPS)
    maker, taker = rng.choice(FEES)
    min_amount, min_cost = rng.choice([("0", "0"), ("0", "5"), (lot, "1"), ("0.1", "5")])
    return Rules(
        D(tick), D(lot), max(D(min_amount), D(lot)) if D(min_amount) else D(0), D(min_cost), D(maker), D(taker), MINUTE,
        in_coins=some(rng, 0.35), slippage=number(rng, "0", "0", "0.1", "1"), through=rng.choice([0, 0, 0, 1, 2]),
    )  # fmt: skip


def make_grid(rng: random.Random) -> dict[str, Any]:
    infinite = some(rng, 0.15)
    lower = number(rng, "80", "90", "95", "97.3", "99", "101")
    grid: dict[str, Any] = {"lower": lower}
    if infinite:
        grid |= {"spacing": "geometric", "step_percent": number(rng, "0.5", "1", "2.5", "7")}
    else:
        grid["upper"] = lower + number(rng, "2", "5", "11.7", "25", "60")
        grid["lines"] = rng.choice([2, 3, 4, 5, 8, 11, 17])
        grid["spacing"] = rng.choice(["arithmetic", "geometric"])
    if not infinite and some(rng, 0.25):
        grid |= {"volume_unit": "base", "volume_per_line": number(rng, "1", "2.5", "3")}
    elif some(rng, 0.3):
        grid["investment"] = number(rng, "1000", "3333", "20000")
        if not infinite and some(rng, 0.3):
            grid["volume_unit"] = "base"
    else:
        grid["volume_per_line"] = number(rng, "100", "333", "150.5", "1000")
    if grid.get("volume_unit") != "base" and some(rng, 0.3):
        grid["profit_currency"] = "base"
    for name, chance in (("max_active_buy_lines", 0.25), ("max_active_sell_lines", 0.25)):
        if some(rng, chance):
            grid[name] = rng.choice([1, 2, 3, 5])
    make_ends(rng, grid)
    return grid


def make_ends(rng: random.Random, grid: dict[str, Any]) -> None:
    lower, upper = grid["lower"], grid.get("upper")
    if upper is not None and some(rng, 0.25):
        grid["trailing_up"] = True
    elif upper is not None and some(rng, 0.2):
        grid["expand_up_to"] = upper + number(rng, "3", "10")
    if upper is not None and some(rng, 0.25):
        grid["trailing_down"] = True
    elif some(rng, 0.2):
        grid["expand_down_to"] = lower - number(rng, "3", "10")
    actions = ["stop", "stop_and_sell", "stop_and_buy"]
    if some(rng, 0.25):
        high = grid.get("expand_up_to") or upper or lower
        grid["stop_above"] = {"price": high + number(rng, "0.5", "4", "12"), "then": rng.choice(actions)}
    if some(rng, 0.25):
        low = grid.get("expand_down_to") or lower
        grid["stop_below"] = {"price": low - number(rng, "0.5", "4", "12"), "then": rng.choice(actions)}
    if some(rng, 0.25):
        grid["take_profit_percent"] = number(rng, "0.1", "0.5", "1", "3", "10")
    if some(rng, 0.2):
        grid["start_price"] = number(rng, "98", "99.5", "100", "101", "103")


def is_legal(grid: dict[str, Any]) -> bool:
    try:
        GridSettings.model_validate({"name": "a grid", "account": "demo", "pairs": ["BTC/USDT"], "grid": grid})
    except ValueError:
        return False
    return True


def make_grid_case(rng: random.Random, most: int = 40) -> GridCase:
    """Settings, then candles that are drawn to the lines."""
    grid = make_grid(rng)
    while not is_legal(grid):
        grid = make_grid(rng)
    case = GridCase(grid, make_rules(rng), [])
    count = rng.randint(3, most)
    case = replace(case, bars=make_bars(rng, case.rules.tick, [], count))
    if some(rng, 0.8):
        levels = GridOracle(case.grid, case.rules).run(case.bars).levels
        levels |= {stop["price"] for name in ("stop_above", "stop_below") if (stop := grid.get(name))}
        case = replace(case, bars=make_bars(rng, case.rules.tick, sorted(filter(is_plain, levels)), count))
    return case


def product(case: GridCase) -> dict[str, Any] | None:
    """The program's own document; None: it refuses this grid."""
    play = BacktestRules(MINUTE, slippage_percent=case.rules.slippage, fill_through=case.rules.through)
    try:
        result = try_settings(case.settings, case.candles, case.market, play)
    except BacktestRefused:
        return None
    document: dict[str, Any] = json.loads(to_json(make_report(result)))
    return document


def differences(case: GridCase, seen: Counter[str] | None = None) -> list[str]:
    seen = Counter() if seen is None else seen
    document = product(case)
    if document is None:
        seen["refused"] += 1
        return []
    mine = GridOracle(case.grid, case.rules).run(case.bars)
    if mine.is_unsaid:
        seen["unsaid"] += 1
        return []
    for fill in mine.fills:
        seen[f"{fill.role} {fill.side}"] += 1
    seen[mine.status] += 1
    seen["round trips"] += mine.round_trips
    if len(document["deals"]) != (1 if mine.fills else 0):
        return [f"{len(document['deals'])} deals; oracle {mine.fills}"]
    if not mine.fills:
        return []
    return compare(mine, document)


def compare(mine: GridOracle, document: dict[str, Any]) -> list[str]:
    (theirs,) = document["deals"]
    found = []
    for i in range(max(len(mine.fills), len(theirs["orders"]))):
        fill = mine.fills[i] if i < len(mine.fills) else None
        order = theirs["orders"][i] if i < len(theirs["orders"]) else None
        if fill is None or order is None or not is_same(fill, order):
            found.append(f"order {i}: oracle {fill},\n         program {order}")
            break
    for name, value in (("status", mine.status), ("opened_at", mine.opened), ("closed_at", mine.closed)):
        if value != theirs[name]:
            found.append(f"{name}: oracle {value}, program {theirs[name]}")
    summary = document["summary"]
    if mine.round_trips != summary["round_trips"] or not same(mine.profit, summary["grid_profit_quote"]):
        found.append(f"profit: oracle {mine.round_trips} {mine.profit}, program {summary}")
    return found


def shrunk(case: GridCase) -> GridCase:
    """A smaller case about which they still disagree."""
    smaller = True
    while smaller:
        smaller = False
        for i in reversed(range(len(case.bars))):
            if len(case.bars) > 1 and differences(less := replace(case, bars=case.bars[:i] + case.bars[i + 1 :])):
                case, smaller = less, True
        for name in [name for name in case.grid if name not in ("lower", "upper", "lines", "volume_per_line")]:
            less = replace(case, grid={key: value for key, value in case.grid.items() if key != name})
            if is_legal(less.grid) and differences(less):
                case, smaller = less, True
                break
    return case
