"""Bots and candles made up at random, mean ones: prices on the very levels, ties, gaps, jumps, tiny ticks."""

import random
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tests.research.oracle import Bar, Oracle, Rules

D = Decimal
MINUTE = 60_000
START = 1_700_000_040_000
GRIDS = [("0.01", "0.0001"), ("0.5", "0.001"), ("0.00001", "0.00000001"), ("1", "0.01"), ("0.1", "1")]
FEES = [("0", "0"), ("0.001", "0.001"), ("0.001", "0.002"), ("0.01", "0.005"), ("0.0002", "0.0005")]
SHARES = [
    ["40", "50", "10"],
    ["50", "50"],
    ["1", "99"],
    ["99", "1"],
    ["10", "10", "10", "70"],
    ["33.3", "33.3", "33.4"],
]


@dataclass(frozen=True)
class Case:
    settings: dict[str, Any]
    rules: Rules
    bars: list[Bar]


def some(rng: random.Random, chance: float) -> bool:
    return rng.random() < chance


def number(rng: random.Random, *texts: str) -> Decimal:
    return D(rng.choice(texts))


def make_rules(rng: random.Random) -> Rules:
    tick, lot = rng.choice(GRIDS)
    maker, taker = rng.choice(FEES)
    min_amount, min_cost = rng.choice([("0", "0"), ("0", "0"), (lot, "1"), ("0.1", "5"), ("0.3", "5"), ("0", "20")])
    return Rules(
        tick=D(tick),
        lot=D(lot),
        min_amount=max(D(min_amount), D(lot)) if D(min_amount) else D(0),
        min_cost=D(min_cost),
        maker=D(maker),
        taker=D(taker),
        timeframe=MINUTE,
        in_coins=some(rng, 0.3),
        slippage=number(rng, "0", "0", "0.1", "1"),
        through=rng.choice([0, 0, 0, 1, 2]),
    )


def make_safety(rng: random.Random, is_long: bool) -> dict[str, Any]:
    if some(rng, 0.15):
        return {}
    safety: dict[str, Any] = {}
    if some(rng, 0.3):
        near = ["-0.5", "-1", "-2", "-2.5", "-4", "0.5", "1", "1.5", "3", "6"]
        some_of = rng.sample(near, rng.randint(1, 5))
        safety["custom"] = [{"deviation": D(d), "volume": number(rng, "20", "50", "150", "600")} for d in some_of]
        if some(rng, 0.1):
            safety["custom"].append({"deviation": D("-100" if is_long else "100"), "volume": D("30")})
    else:
        safety["volume"] = number(rng, "20", "50", "77.7", "200")
        safety["price_deviation"] = number(rng, "0.05", "0.5", "1", "1.3", "2", "10")
        safety["step_scale"] = number(rng, "1", "1", "0.7", "1.5", "2", "4")
        safety["volume_scale"] = number(rng, "1", "1.4", "1.7", "0.8", "3")
        safety["max_count"] = rng.randint(0, 6)
    count = len(safety.get("custom", ())) or safety["max_count"]
    if count and some(rng, 0.5):
        safety["max_active"] = rng.randint(1, count)
    return safety


def make_exits(rng: random.Random) -> tuple[dict[str, Any], dict[str, Any]]:
    profit: dict[str, Any] = {"basis": rng.choice(["total", "base"])}
    if some(rng, 0.5):
        profit["percent"] = number(rng, "0.5", "1", "2", "4", "0.3")
    else:
        shares = rng.choice(SHARES)
        percents = sorted(rng.sample([D("0.4"), D(1), D(2), D("2.5"), D(4), D(6)], len(shares)))
        profit["steps"] = [{"percent": p, "share": D(s)} for p, s in zip(percents, shares, strict=True)]
    if some(rng, 0.35):
        profit["trailing_deviation"] = number(rng, "0.2", "0.5", "1", "2", "5")
    stop: dict[str, Any] = {}
    if some(rng, 0.6):
        stop["percent"] = number(rng, "1", "2", "4", "5", "12")
        stop["basis"] = rng.choice(["start", "average"])
        stop["trailing"] = some(rng, 0.4)
    if profit.get("steps") and some(rng, 0.5):
        stop["breakeven_after"] = rng.randint(1, max(1, len(profit["steps"]) - 1))
    if stop:
        stop["then"] = rng.choice(["continue", "continue", "continue", "stop_bot"])
        if some(rng, 0.35):
            stop["timeout_seconds"] = rng.choice([1, 30, 60, 61, 120, 180])
    return profit, stop


def make_settings(rng: random.Random) -> dict[str, Any]:
    is_long = some(rng, 0.55)
    profit, stop = make_exits(rng)
    limits: dict[str, Any] = {}
    ranges: dict[str, list[Any]] = {
        "cooldown_seconds": [30, 60, 120, 150],
        "start_delay_seconds": [1, 60, 90],
        "stop_after_deals": [1, 2, 3],
        "close_after_seconds": [60, 90, 120, 300, 600],
        "min_price": [D(97), D(99), D(100)],
        "max_price": [D(101), D(100), D(104)],
    }
    for key, values in ranges.items():
        if some(rng, 0.12):
            limits[key] = rng.choice(values)
    settings: dict[str, Any] = {
        "name": "a bot",
        "account": "demo",
        "pairs": ["BTC/USDT"],
        "direction": "long" if is_long else "short",
        "base_order": {"volume": number(rng, "100", "33.3", "250"), "type": rng.choice(["market", "market", "limit"])},
        "take_profit": profit,
        "limits": limits,
    }
    if safety := make_safety(rng, is_long):
        settings["safety_orders"] = safety
    if some(rng, 0.15):
        settings["base_order"] |= {"volume": number(rng, "1", "0.75", "2.5"), "volume_unit": "base"}
    if safety and "custom" not in safety and some(rng, 0.15):
        safety |= {"volume": number(rng, "0.5", "1.23", "3"), "volume_unit": "base"}
    if stop:
        settings["stop_loss"] = stop
    if some(rng, 0.3):
        settings["reinvest_percent"] = number(rng, "100", "50", "33")
        settings["reinvest_mode"] = rng.choice(["scale", "equal"])
    if some(rng, 0.3):
        settings["risk_reduction_percent"] = number(rng, "100", "50")
    return settings


def make_bars(rng: random.Random, tick: Decimal, levels: list[Decimal], count: int) -> list[Bar]:
    """A wandering price; where levels are known, it often stops exactly on one, or a tick off it."""
    wild = rng.choice([D("0.4"), D(1), D(3)])

    def near(price: Decimal) -> Decimal:
        if levels and some(rng, 0.35):
            close = [level for level in levels if abs(level - price) <= 5 * wild]
            if close:
                return rng.choice(close) + rng.choice([0, 0, 0, 1, -1]) * tick
        moved = price + wild * D(rng.randint(-100, 100)) / 50
        return max((moved / tick).to_integral_value() * tick, 40 * (tick if tick > 1 else D(1)))

    bars: list[Bar] = []
    at, price = START, D(100)
    for _ in range(count):
        at += MINUTE * (rng.randint(2, 5) if bars and some(rng, 0.08) else 1)
        start = near(price) if some(rng, 0.35) else price
        ends = [start, near(start), near(start), near(start)]
        if some(rng, 0.15):  # a tie of high and low
            reach = abs(ends[1] - start)
            ends = [start, start + reach, start - reach, near(start)]
            ends[3] = min(max(ends[3], start - reach), start + reach)
        if some(rng, 0.1):
            ends = [start] * 4
        price = ends[3]
        bars.append(Bar(at, start, max(ends), min(ends), price))
    return bars


def is_plain(level: Decimal) -> bool:
    """Candles are floats: only a level with few digits can be met exactly."""
    return len(level.normalize().as_tuple().digits) <= 15


def make_case(rng: random.Random, most: int = 60) -> Case:
    """Settings, then candles that are drawn to the levels of a first try."""
    settings, rules = make_settings(rng), make_rules(rng)
    if rules.lot == 1 and "volume_unit" not in settings["base_order"]:  # a single coin less its fee could not be sold
        settings["base_order"]["volume"] += 300
    count = rng.randint(5, most)
    bars = make_bars(rng, rules.tick, [], count)
    if some(rng, 0.7):
        oracle = Oracle(settings, rules)
        oracle.run(bars)
        bars = make_bars(rng, rules.tick, sorted(filter(is_plain, oracle.levels)), count)
    return Case(settings, rules, bars)


def without(case: Case, bar: int) -> Case:
    return replace(case, bars=case.bars[:bar] + case.bars[bar + 1 :])
