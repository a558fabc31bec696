"""Where the backtest and the oracle say different things about one case."""

import json
from collections import Counter
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.core.market import FeeCurrency, Market
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.backtest import BacktestRefused, BacktestRules
from desktop_app.research.document import to_json
from desktop_app.research.report import make_report
from desktop_app.research.trial import try_settings
from tests.research.oracle import Deal, Fill, Oracle
from tests.research.random_cases import Case, without

D = Decimal
CLOSE_ENOUGH = D("1e-18")


def product(case: Case) -> list[dict[str, Any]] | None:
    """The deals of the program's own document; None: it refuses this bot."""
    rules = case.rules
    market = Market(
        "BTC/USDT", "BTC", "USDT", rules.tick, rules.lot, rules.min_amount, rules.min_cost, rules.maker, rules.taker
    )
    currency = FeeCurrency.RECEIVED if rules.in_coins else FeeCurrency.QUOTE
    play = BacktestRules(
        rules.timeframe, fee_currency=currency, slippage_percent=rules.slippage, fill_through=rules.through
    )
    opens, highs, lows, closes = (np.array([float(bar[k]) for bar in case.bars]) for k in range(1, 5))
    at = np.array([bar.at for bar in case.bars], dtype=np.int64)
    settings = DcaSettings.model_validate(case.settings)
    try:
        result = try_settings(settings, Candles(at, opens, highs, lows, closes, np.ones(len(at))), market, play)
    except BacktestRefused:
        return None
    deals: list[dict[str, Any]] = json.loads(to_json(make_report(result)))["deals"]
    return deals


def same(one: Decimal, other: str) -> bool:
    return abs(one - D(other)) <= CLOSE_ENOUGH * max(abs(one), D(1))


def is_same(fill: Fill, order: dict[str, Any]) -> bool:
    numbers = ((fill.price, "price"), (fill.amount, "amount"), (fill.fee, "fee_quote"))
    words = [order[key] for key in ("role", "index", "side", "type", "filled_at")]
    named = [fill.role, fill.index, fill.side, fill.type, fill.at]
    return words == named and all(same(value, order[key]) for value, key in numbers)


def compare_deal(mine: Deal, theirs: dict[str, Any]) -> list[str]:
    found = []
    for name, value in (("status", mine.status), ("opened_at", mine.opened), ("closed_at", mine.closed)):
        if value != theirs[name]:
            found.append(f"{name}: oracle {value}, program {theirs[name]}")
    for i in range(max(len(mine.fills), len(theirs["orders"]))):
        fill = mine.fills[i] if i < len(mine.fills) else None
        order = theirs["orders"][i] if i < len(theirs["orders"]) else None
        if fill is None or order is None:
            found.append(f"order {i}: oracle {fill}, program {order}")
            break
        if not is_same(fill, order):
            found.append(f"order {i}: oracle {fill},\n         program {order}")
            break
    return found


def differences(case: Case, seen: Counter[str] | None = None) -> list[str]:
    theirs = product(case)
    seen = Counter() if seen is None else seen
    if theirs is None:
        seen["refused"] += 1
        return []
    oracle = Oracle(case.settings, case.rules)
    mine = oracle.run(case.bars)
    if oracle.is_unsaid:
        seen["unsaid"] += 1
        return []
    seen["deals"] += len(mine)
    for deal in mine:
        seen[deal.status] += 1
        for fill in deal.fills:
            seen[f"{fill.role} {fill.type}"] += 1
    if len(mine) != len(theirs):
        extra = (mine if len(mine) > len(theirs) else theirs)[min(len(mine), len(theirs))]
        return [f"{len(mine)} deals by the oracle, {len(theirs)} by the program; {extra}"]
    for k, (one, other) in enumerate(zip(mine, theirs, strict=True)):
        if found := compare_deal(one, other):
            return [f"deal {k}", *found]
    return []


def shrunk(case: Case) -> Case:
    """A smaller case about which they still disagree: fewer candles, fewer settings."""
    smaller = True
    while smaller:
        smaller = False
        for i in reversed(range(len(case.bars))):
            if len(case.bars) > 1 and differences(less := without(case, i)):
                case, smaller = less, True
        for less in simpler(case):
            if differences(less):
                case, smaller = less, True
                break
    return case


def simpler(case: Case) -> list[Case]:
    fewer = []
    for place in (("stop_loss",), ("safety_orders",), ("limits",), ("reinvest_percent",), ("risk_reduction_percent",)):
        if place[0] in case.settings:
            settings = deepcopy(case.settings)
            del settings[place[0]]
            fewer.append(replace(case, settings=settings))
    for table in ("stop_loss", "limits", "safety_orders", "take_profit"):
        for name in case.settings.get(table, {}):
            if name in {"percent", "steps", "volume", "price_deviation", "max_count"}:
                continue
            settings = deepcopy(case.settings)
            del settings[table][name]
            fewer.append(replace(case, settings=settings))
    rules = case.rules
    tamer = (
        replace(rules, maker=D(0), taker=D(0)),
        replace(rules, slippage=D(0)),
        replace(rules, through=0),
        replace(rules, in_coins=False),
        replace(rules, min_amount=D(0), min_cost=D(0)),
    )
    fewer += [replace(case, rules=one) for one in tamer if one != rules]
    return [one for one in fewer if is_valid(one)]


def is_valid(case: Case) -> bool:
    try:
        DcaSettings.model_validate(case.settings)
    except ValueError:
        return False
    return True
