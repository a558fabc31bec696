"""Smart trades made up at random, with mean candles: prices on the very levels, ties, gaps, jumps."""

import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from tests.research.random_cases import Case, is_plain, make_bars, make_rules, number, some
from tests.research.smart_oracle import SmartOracle

D = Decimal


def make_entry(rng: random.Random) -> dict[str, Any]:
    kind = rng.choice(["market", "market", "limit", "limit", "conditional", "trailing"])
    near = number(rng, "97", "98.5", "99.333", "100", "100.5", "101", "102.7")
    if kind == "limit":
        return {"type": kind, "price": near}
    if kind == "conditional":
        entry = {"type": kind, "price": near}
        return entry | {"limit_price": near + number(rng, "-1", "0", "0.5")} if some(rng, 0.4) else entry
    if kind == "trailing":
        entry = {"type": kind, "trailing_deviation": number(rng, "0.2", "0.7", "1.5")}
        return entry | {"price": near} if some(rng, 0.5) else entry
    return {"type": kind}


def make_exits(rng: random.Random, sign: int) -> tuple[dict[str, Any], dict[str, Any]]:
    count = rng.choice([0, 1, 1, 2, 3])
    shares = {0: [], 1: ["100"], 2: rng.choice([["50", "50"], ["1", "99"], ["99", "1"]]), 3: ["33.3", "33.3", "33.4"]}
    percents = sorted(rng.sample([D("0.5"), D(1), D(2), D("2.5"), D(4)], count))
    steps: list[dict[str, Any]] = []
    by_price = some(rng, 0.5)
    for percent, share in zip(percents, shares[count], strict=True):
        step: dict[str, Any] = {"share": D(share)}
        step |= {"price": 100 + sign * (percent + 1)} if by_price else {"percent": percent}
        steps.append(step | {"type": "market"} if some(rng, 0.3) else step)
    profit: dict[str, Any] = {"steps": steps}
    if steps and some(rng, 0.4):
        profit["trailing_deviation"] = number(rng, "0.2", "0.5", "1", "3")
    stop: dict[str, Any] = {}
    if some(rng, 0.8):
        distance = number(rng, "0.5", "1", "1.7", "3", "5")
        stop |= {"price": 100 - sign * (distance + 2)} if some(rng, 0.5) else {"percent": distance}
        if some(rng, 0.3):
            stop["type"] = "limit"
            if "price" in stop and some(rng, 0.5):
                stop["limit_price"] = stop["price"] - sign * number(rng, "0", "0.3", "1")
            else:
                stop["limit_percent"] = number(rng, "0", "0.2", "1")
        mode = rng.choice(["", "", "trailing", "timeout", "both", "native", "native"])
        if mode in ("trailing", "both"):
            stop["trailing"] = True
        if mode in ("timeout", "both"):
            stop["timeout_seconds"] = rng.choice([1, 30, 60, 61, 120])
        if mode == "native":
            stop["native"] = True
    if count > 1 and some(rng, 0.5):
        stop["breakeven_after"] = rng.randint(1, count)
    return profit, stop


def make_settings(rng: random.Random) -> dict[str, Any]:
    kind = rng.choice(["trade"] * 5 + ["cover"] * 3 + ["hold"] * 2 + ["buy", "sell"])
    sign = -1 if kind in ("cover", "sell") else 1
    given: dict[str, Any] = {"name": "a trade", "account": "demo", "pairs": ["BTC/USDT"], "trade": kind}
    given["amount"] = number(rng, "1", "0.75", "2.5", "3")
    if kind == "hold" or (kind == "cover" and some(rng, 0.2)):
        given["price_paid"] = number(rng, "95", "99.5", "100", "101.25")
    else:
        given["entry"] = make_entry(rng)
        if some(rng, 0.4):
            given |= {"unit": "quote", "amount": number(rng, "100", "333.3")}
    if kind not in ("buy", "sell"):
        profit, stop = make_exits(rng, sign)
        given |= {"take_profit": profit} if profit["steps"] else {}
        given |= {"stop_loss": stop} if stop else {}
    return given


def make_case(rng: random.Random, most: int = 40) -> Case:
    """Settings that are allowed, then candles that are drawn to the levels of a first try."""
    settings = make_settings(rng)
    while not is_allowed(settings):
        settings = make_settings(rng)
    rules = make_rules(rng)
    if rules.lot == 1:  # a single coin less its fee could not be sold
        settings["amount"] += 300 if settings.get("unit") == "quote" else 3
    count = rng.randint(5, most)
    bars = make_bars(rng, rules.tick, [], count)
    if some(rng, 0.8):
        oracle = SmartOracle(settings, rules)
        oracle.run(bars)
        bars = make_bars(rng, rules.tick, sorted(filter(is_plain, oracle.levels)), count)
    return Case(settings, rules, bars)


def is_allowed(settings: dict[str, Any]) -> bool:
    try:
        SmartTradeSettings.model_validate(settings)
    except ValidationError:
        return False
    return True


def shorter(case: Case) -> list[Case]:
    """The same case with a candle less, or without one of its settings."""
    fewer = [replace(case, bars=case.bars[:k] + case.bars[k + 1 :]) for k in reversed(range(1, len(case.bars)))]
    for name in ("stop_loss", "take_profit", "entry"):
        if name in case.settings:
            fewer.append(replace(case, settings={key: part for key, part in case.settings.items() if key != name}))
            for part in case.settings[name]:
                less = {key: value for key, value in case.settings[name].items() if key != part}
                fewer.append(replace(case, settings=case.settings | {name: less}))
    rules = case.rules
    tamer = (
        replace(rules, maker=D(0), taker=D(0)),
        replace(rules, slippage=D(0)),
        replace(rules, through=0),
        replace(rules, in_coins=False),
        replace(rules, min_amount=D(0), min_cost=D(0)),
    )
    fewer += [replace(case, rules=one) for one in tamer if one != rules]
    return [one for one in fewer if is_allowed(one.settings)]
