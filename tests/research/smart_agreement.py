"""Where the backtest and the oracle say different things about one smart trade."""

import json
from collections import Counter
from typing import Any

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.core.market import FeeCurrency, Market
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.research.backtest import BacktestRefused, BacktestRules
from desktop_app.research.document import to_json
from desktop_app.research.report import make_report
from desktop_app.research.trial import try_settings
from tests.research.agreement import is_same
from tests.research.random_cases import Case
from tests.research.smart_cases import shorter
from tests.research.smart_oracle import SmartOracle, expected_status


def market_of(case: Case) -> Market:
    rules = case.rules
    currency = FeeCurrency.RECEIVED if rules.in_coins else FeeCurrency.QUOTE
    return Market(
        "BTC/USDT", "BTC", "USDT", rules.tick, rules.lot, rules.min_amount, rules.min_cost, rules.maker, rules.taker,
        currency,
    )  # fmt: skip


def candles_of(case: Case) -> Candles:
    opens, highs, lows, closes = (np.array([float(bar[k]) for bar in case.bars]) for k in range(1, 5))
    at = np.array([bar.at for bar in case.bars], dtype=np.int64)
    return Candles(at, opens, highs, lows, closes, np.ones(len(at)))


def product(case: Case) -> list[dict[str, Any]] | None:
    """The deals of the program's own document; None: it refuses this trade."""
    rules = case.rules
    play = BacktestRules(rules.timeframe, slippage_percent=rules.slippage, fill_through=rules.through)
    try:
        settings = SmartTradeSettings.model_validate(case.settings)
        result = try_settings(settings, candles_of(case), market_of(case), play)
    except BacktestRefused:
        return None
    deals: list[dict[str, Any]] = json.loads(to_json(make_report(result)))["deals"]
    return deals


def differences(case: Case, seen: Counter[str] | None = None) -> list[str]:
    seen = Counter() if seen is None else seen
    theirs = product(case)
    if theirs is None:
        seen["refused"] += 1
        return []
    oracle = SmartOracle(case.settings, case.rules)
    mine = oracle.run(case.bars)
    if oracle.is_unsaid:
        seen["unsaid"] += 1
        return []
    if mine is None or not theirs:
        seen["never in"] += 1
        return [] if mine is None and not theirs else [f"oracle {mine}, program {theirs}"]
    seen[expected_status(oracle)] += 1
    (deal,) = theirs
    found = []
    for name, value in (("status", expected_status(oracle)), ("opened_at", mine.opened), ("closed_at", mine.closed)):
        if value != deal[name]:
            found.append(f"{name}: oracle {value}, program {deal[name]}")
    for k in range(max(len(mine.fills), len(deal["orders"]))):
        fill = mine.fills[k] if k < len(mine.fills) else None
        order = deal["orders"][k] if k < len(deal["orders"]) else None
        if fill is None or order is None or not is_same(fill, order):
            found.append(f"order {k}: oracle {fill},\n         program {order}")
            break
        seen[f"{fill.role} {fill.type}"] += 1
    return found


def shrunk(case: Case) -> Case:
    """A smaller case about which they still disagree."""
    while less := next((one for one in shorter(case) if differences(one)), None):
        case = less
    return case
