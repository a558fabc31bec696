"""Where the hop and the core say different things about a DCA bot: many settings on few candles of mean shapes.

Many of them: `python -m tests.research.hop.agreement 5000 [FIRST_SEED] [--seconds N]`.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from typing import Any

from desktop_app.core.columns import exact
from desktop_app.core.market import FeeCurrency
from desktop_app.research.backtest import BacktestRefused, BacktestResult
from desktop_app.research.hop.columns import make_columns
from desktop_app.research.hop.coverage import is_hop_covered
from desktop_app.research.hop.log import Log, Trade
from desktop_app.research.hop.openings import openings_of
from desktop_app.research.hop.plan import BeyondHop, Plan, make_plan
from desktop_app.research.hop.trial import try_hopping
from desktop_app.research.hop.walk import walk
from desktop_app.research.report import make_report
from desktop_app.research.trial import try_settings
from desktop_app.research.whole_prices import NotWhole
from tests.research.kernel.dca_agreement import DcaCase, is_legal, make_cases
from tests.research.random_cases import number, some

D = Decimal


def plainer_cases(seed: int, most: int = 120) -> Iterator[DcaCase]:
    """The kernel's cases, less what the hop leaves to the core."""
    rng = random.Random(seed)
    for case in make_cases(seed, most):
        given = plainer(rng, case.given)
        if is_legal(given):
            yield replace(case, given=given, market=replace(case.market, fee_currency=FeeCurrency.QUOTE))


def plainer(rng: random.Random, given: dict[str, Any]) -> dict[str, Any]:
    new = deepcopy(given)
    profit, stop, limits = new["take_profit"], new.get("stop_loss", {}), new["limits"]
    if profit.pop("steps", None):
        profit["percent"] = number(rng, "0.4", "1", "2.5", "6")
    for name in ("breakeven_after", "timeout_seconds", "trailing"):
        stop.pop(name, None)
    if "percent" not in stop:
        new.pop("stop_loss", None)
    if some(rng, 0.3):
        new["start"] = {"mode": "conditions"} | group(rng)
    if some(rng, 0.15):
        limits["on_conditions"] = group(rng)
    new["base_order"].pop("type", None)
    safety = new.get("safety_orders", {})
    if custom := safety.get("custom"):
        sign = -1 if new["direction"] == "long" else 1
        own = {sign * abs(rung["deviation"]): rung["volume"] for rung in custom}
        safety["custom"] = [{"deviation": deviation, "volume": volume} for deviation, volume in own.items()]
        safety.pop("max_active", None)
    if some(rng, 0.6):
        new.pop("reinvest_percent", None)
        new.pop("risk_reduction_percent", None)
    return new


def group(rng: random.Random, depth: int = 0) -> dict[str, Any]:
    """Of conditions that are true now and then on short candles."""
    made: list[dict[str, Any]] = []
    for _ in range(rng.randint(1, 3)):
        if depth < 2 and some(rng, 0.2):
            made.append(group(rng, depth + 1))
            continue
        one = {"timeframe": rng.choice(["1m", "1m", "3m"]), "trigger": rng.choice(["less_than", "greater_than"])}
        if some(rng, 0.5):
            made.append(one | {"indicator": "rsi", "length": rng.randint(2, 4), "value": rng.choice([30, 50, 70])})
        else:
            made.append(
                one | {"indicator": "price_change", "length": rng.randint(1, 3), "value": rng.choice([-1, 0, 1])}
            )
    return {rng.choice(["all", "any"]): made}


def difference(case: DcaCase, seen: Counter[str]) -> str:
    """What hop and core do not agree on; nothing where only the core plays."""
    settings, market = case.settings, case.rules.applied_to(case.market)
    if not is_hop_covered(settings, case.market, case.rules):
        seen["not covered"] += 1
        return ""
    try:
        result = try_settings(settings, case.candles, market, case.rules)
    except BacktestRefused:
        seen["refused"] += 1
        return "" if is_left(case) else "the hop plays what the core refuses"
    try:
        plan, log = hopped(case)
    except (BeyondHop, NotWhole) as error:
        seen[f"left to the core: {error}"] += 1
        return ""
    seen["compared"] += 1
    seen[settings.direction] += 1
    seen["fills"] += len(log.trades)
    for role in ("take_profit", "stop_loss", "close", "safety"):
        seen[role] += sum(trade.role == role for trade in log.trades)
    seen["trailed"] += sum(trade.role == "take_profit" and isinstance(trade.price, D) for trade in log.trades)
    if found := trades_difference(plan, log, result):
        return found
    mine = try_hopping(settings, case.candles, case.market, case.rules)
    theirs = make_report(result)
    deals = [
        (deal.opened_at, deal.closed_at, deal.profit_quote, deal.fees_quote, deal.safety_orders_filled)
        for deal in theirs.deals
    ]
    for one, other in zip(log.deals, deals, strict=True):
        numbers = (one.opened_at, one.closed_at, one.profit_quote, one.fees_quote, one.safety_orders_filled)
        if numbers != other:
            return f"deal: hop {one}\n      core {other}"
    return "" if mine == theirs.summary else f"summary: hop {mine}\n         core {theirs.summary}"


def is_left(case: DcaCase) -> bool:
    try:
        return try_hopping(case.settings, case.candles, case.market, case.rules) is None
    except BacktestRefused:
        return True


def hopped(case: DcaCase) -> tuple[Plan, Log]:
    """Raises BeyondHop, NotWhole."""
    market = case.rules.applied_to(case.market)
    columns = make_columns(case.candles, 1 if case.settings.direction == "long" else -1, market.price_tick)
    plan = make_plan(case.settings, columns, market, case.rules)
    openings = openings_of(case.settings, case.candles, None, case.rules.timeframe_ms)
    log = walk(plan, columns, openings, exact(case.candles.close[-1]))
    assert log is not None
    return plan, log


def trades_difference(plan: Plan, log: Log, result: BacktestResult) -> str:
    theirs = []
    for trade in result.trades:
        order = result.orders[trade.client_id]
        theirs.append((trade.index, order.role, order.index, trade.fill.price, trade.fill.amount))
    mine = [
        (
            trade.candle,
            trade.role,
            trade.number,
            price_of(trade, plan),
            trade.lots * plan.market.amount_step,
        )
        for trade in log.trades
    ]
    for k in range(max(len(mine), len(theirs))):
        one, other = mine[k] if k < len(mine) else None, theirs[k] if k < len(theirs) else None
        if one != other:
            return f"trade {k}: hop {one}\n         core {other}"
    return ""


def price_of(trade: Trade, plan: Plan) -> Decimal:
    return trade.price if isinstance(trade.price, D) else trade.price * plan.unit / plan.money.price_parts


def agree(first: int, count: int, seconds: float, most: int) -> Counter[str]:
    """Stops at the first difference, which it prints."""
    seen: Counter[str] = Counter()
    began, seed = time.process_time(), first
    while seen["cases"] < count and time.process_time() - began < seconds:
        for k, case in enumerate(plainer_cases(seed, most)):
            seen["cases"] += 1
            if found := difference(case, seen):
                print(f"seed {seed}, case {k}: {found}\n{case.given}\n{case.market}\n{case.rules}")
                seen["differences"] += 1
                return seen
        seed += 1
    print(f"seeds {first} to {seed - 1}")
    return seen


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("first", type=int, nargs="?", default=1)
    parser.add_argument("--seconds", type=float, default=1e9, help="of CPU")
    parser.add_argument("--most", type=int, default=120, help="candles, about")
    options = parser.parse_args()
    seen = agree(options.first, options.count, options.seconds, options.most)
    for name, count in sorted(seen.items()):
        print(f"{count:10,} {name}")
    return 1 if seen["differences"] else 0


if __name__ == "__main__":
    sys.exit(main())
