"""Where the kernel and the core say different things about a DCA bot: many settings on few candles of mean shapes.

Many of them: `python -m tests.research.kernel.dca_agreement 5000 [FIRST_SEED] [--seconds N]`.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.core.market import FeeCurrency, Market
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.backtest import BacktestRefused, BacktestResult, BacktestRules
from desktop_app.research.kernel.columns import make_columns
from desktop_app.research.kernel.coverage import is_dca_covered
from desktop_app.research.kernel.dca import (
    BeyondKernel,
    KernelDeal,
    KernelFill,
    KernelResult,
    LadderRefused,
    run_dca,
)
from desktop_app.research.kernel.trial import try_compiled
from desktop_app.research.report import Report, make_report
from desktop_app.research.trial import try_settings
from desktop_app.research.whole_prices import NotWhole
from tests.research.kernel.grid_agreement import summary_difference
from tests.research.oracle import Bar, Rules
from tests.research.random_cases import MINUTE, START, is_plain, make_bars, make_rules, make_settings, some

D = Decimal
NEAR = D("1e-18")
# What prices of about 100 are multiplied with: coins of a tiny price, of a huge one, and one that shifts all digits.
SCALES = [D(1), D(1), D(1), D("0.000001"), D("0.0037"), D(650), D(10_000)]
SETTINGS_PER_CANDLES = 5
PRICES = ("min_price", "max_price")


@dataclass(frozen=True)
class DcaCase:
    seed: int
    given: dict[str, Any]
    candles: Candles
    market: Market
    rules: BacktestRules

    @property
    def settings(self) -> DcaSettings:
        return DcaSettings.model_validate(self.given)


# --- cases ------------------------------------------------------------------------------------------------------------


def make_cases(seed: int, most: int = 120) -> Iterator[DcaCase]:
    """Several bots on one market's candles: first wandering ones, then those drawn to the levels of the first."""
    rng = random.Random(seed)
    rules, scale = make_rules(rng), rng.choice(SCALES)
    market = scaled_market(rules, scale)
    play = BacktestRules(MINUTE, slippage_percent=rules.slippage, fill_through=rules.through)
    given = scaled(legal_settings(rng, rules), scale)
    first = DcaCase(seed, given, scaled_candles(bars_of(rng, rules.tick, [], most), scale, market), market, play)
    yield first
    levels = [level / scale for level in levels_of(first)]
    drawn = scaled_candles(bars_of(rng, rules.tick, sorted(filter(is_plain, levels)), most), scale, market)
    for _ in range(SETTINGS_PER_CANDLES):
        yield replace(first, given=given, candles=drawn)
        given = changed(rng, first.given) if some(rng, 0.8) else scaled(legal_settings(rng, rules), scale)


def legal_settings(rng: random.Random, rules: Rules) -> dict[str, Any]:
    is_simple = some(rng, 0.4)  # as most bots of a search, which the kernel plays in a way of its own
    while True:
        given = simplified(make_settings(rng)) if is_simple else make_settings(rng)
        if rules.lot == 1 and "volume_unit" not in given["base_order"]:
            given["base_order"]["volume"] += 300
        for name in ("take_profit", "stop_loss"):
            if name in given and some(rng, 0.15):
                given[name]["basis"] = "entry"
        if is_legal(given):
            return given


def simplified(given: dict[str, Any]) -> dict[str, Any]:
    """Only a ladder and one target."""
    profit = {name: value for name, value in given["take_profit"].items() if name != "trailing_deviation"}
    if "steps" in profit:
        profit = {"percent": profit["steps"][0]["percent"]}
    limits = {name: value for name, value in given["limits"].items() if name not in (*PRICES, "close_after_seconds")}
    kept = {name: value for name, value in given.items() if name != "stop_loss"}
    return kept | {"take_profit": profit, "limits": limits, "base_order": given["base_order"] | {"type": "market"}}


def is_legal(given: dict[str, Any]) -> bool:
    try:
        DcaSettings.model_validate(given)
    except ValueError:
        return False
    return True


def changed(rng: random.Random, given: dict[str, Any]) -> dict[str, Any]:
    """The same bot but for one part of its settings, so that its levels stay."""
    while True:
        other = make_settings(rng)
        part = rng.choice(["take_profit", "stop_loss", "limits", "reinvest_percent", "risk_reduction_percent"])
        new = deepcopy(given)
        if part == "limits":
            other["limits"] = {name: value for name, value in other["limits"].items() if name not in PRICES}
        if part in other:
            new[part] = other[part]
        else:
            new.pop(part, None)
        count = len(new.get("safety_orders", {}).get("custom", ())) or new.get("safety_orders", {}).get("max_count", 0)
        if count and some(rng, 0.3):
            new["safety_orders"]["max_active"] = rng.randint(1, count)
        if is_legal(new):
            return new


def scaled(given: dict[str, Any], scale: Decimal) -> dict[str, Any]:
    """Prices and money as many times as large; what is counted in coins stays."""
    new = deepcopy(given)
    for name in PRICES:
        if name in new.get("limits", {}):
            new["limits"][name] *= scale
    for name in ("base_order", "safety_orders"):
        part = new.get(name, {})
        if "volume" in part and part.get("volume_unit") != "base":
            part["volume"] *= scale
    for rung in new.get("safety_orders", {}).get("custom", ()):
        rung["volume"] *= scale
    return new


def scaled_market(rules: Rules, scale: Decimal) -> Market:
    currency = FeeCurrency.RECEIVED if rules.in_coins else FeeCurrency.QUOTE
    tick = D(1).scaleb((rules.tick * scale).adjusted()) if scale not in (1, 10_000) else rules.tick
    return Market(
        "BTC/USDT", "BTC", "USDT", tick, rules.lot, rules.min_amount, rules.min_cost * scale, rules.maker, rules.taker,
        currency,
    )  # fmt: skip


def bars_of(rng: random.Random, tick: Decimal, levels: list[Decimal], most: int) -> list[Bar]:
    shape = rng.choice(["wild", "wild", "calm", "ticks", "leaps"])
    count = rng.randint(20, most)
    if shape == "wild":
        return make_bars(rng, tick, levels, count // 3 + 5)
    if shape == "calm":
        return calm_bars(rng, tick, levels, count * 4)
    return stepping_bars(rng, min(tick, D("0.5")), levels, count // 2, leaps=shape == "leaps")


def calm_bars(rng: random.Random, tick: Decimal, levels: list[Decimal], count: int) -> list[Bar]:
    """Long stretches in which nothing is reached: what a kernel leaps over."""
    bars: list[Bar] = []
    at, price = START, D(100)
    for _ in range(count):
        at += MINUTE * (rng.randint(2, 90) if some(rng, 0.01) else 1)
        move = D(rng.randint(-100, 100)) / 1000
        if some(rng, 0.02):
            move *= 40
        aim = rng.choice(levels) if levels and some(rng, 0.03) else price + move
        end = max(on_tick(aim if abs(aim - price) < 8 else price + move, tick), D(40))
        high, low = max(price, end) + tick * rng.randint(0, 2), min(price, end) - tick * rng.randint(0, 2)
        bars.append(Bar(at, price, high, low, end))
        price = end
    return bars


def stepping_bars(rng: random.Random, tick: Decimal, levels: list[Decimal], count: int, *, leaps: bool) -> list[Bar]:
    """A few ticks up and down, so that levels are met exactly and often; or leaps over several levels at once."""
    bars: list[Bar] = []
    at, price = START, on_tick(rng.choice([x for x in levels if 60 < x < 160] or [D(100)]), tick)
    for _ in range(count):
        at += MINUTE * (rng.randint(2, 5) if some(rng, 0.1) else 1)
        reach = rng.randint(0, 5) * tick
        start = price
        if leaps and some(rng, 0.4):
            start = max(on_tick(price * D(rng.randint(88, 113)) / 100, tick), D(40))
        elif some(rng, 0.3):
            start = price + rng.randint(-2, 2) * tick
        if leaps:
            reach *= rng.randint(1, 40)
        high, low = start + reach, start - (reach if some(rng, 0.3) else rng.randint(0, 5) * tick)
        close = rng.choice([high, low, start, on_tick((high + low) / 2, tick)])
        bars.append(Bar(at, start, high, max(low, tick), max(close, tick)))
        price = bars[-1][4]
    return bars


def on_tick(price: Decimal, tick: Decimal) -> Decimal:
    return (price / tick).to_integral_value() * tick


def scaled_candles(bars: list[Bar], scale: Decimal, market: Market) -> Candles:
    def column(place: int) -> np.ndarray:
        prices = (bar[place] * scale for bar in bars)
        return np.array([float(price if scale == 1 else on_tick(price, market.price_tick)) for price in prices])

    at = np.array([bar.at for bar in bars], dtype=np.int64)
    return Candles(at, column(1), column(2), column(3), column(4), np.ones(len(at)))


def levels_of(case: DcaCase) -> list[Decimal]:
    """Prices of the orders that the core placed, filled or not."""
    try:
        result = try_settings(case.settings, case.candles, case.market, case.rules)
    except BacktestRefused:
        return []
    found = {order.price for order in result.orders.values() if order.price is not None}
    return sorted(found | {trade.fill.price for trade in result.trades})


# --- comparing --------------------------------------------------------------------------------------------------------


def core_fills(result: BacktestResult) -> list[KernelFill]:
    found = []
    for trade in result.trades:
        order = result.orders[trade.client_id]
        price, amount = trade.fill.price, trade.fill.amount
        cost = price * amount
        rates = (result.market.maker_fee, result.market.taker_fee)
        is_maker = order.type == "limit" and trade.fill.fee == cost * rates[0]
        at = int(result.candles.at[trade.index])
        found.append(
            KernelFill(
                trade.index, at, trade.deal, order.role, order.index, trade.side, order.type, price, amount, is_maker
            )
        )
    return found


def is_same(mine: KernelFill, theirs: KernelFill, *, are_rates_equal: bool) -> bool:
    is_priced = abs(mine.price - theirs.price) <= NEAR * max(D(1), theirs.price)
    maker = mine.is_maker if are_rates_equal else theirs.is_maker  # told by the fee, which tells nothing where equal
    return is_priced and replace(mine, price=theirs.price, is_maker=maker) == replace(theirs, is_maker=maker)


def fills_difference(mine: KernelResult, result: BacktestResult) -> str:
    theirs = core_fills(result)
    are_rates_equal = result.market.maker_fee == result.market.taker_fee
    for k in range(max(len(mine.fills), len(theirs))):
        one, other = mine.fills[k] if k < len(mine.fills) else None, theirs[k] if k < len(theirs) else None
        if one is None or other is None or not is_same(one, other, are_rates_equal=are_rates_equal):
            return f"fill {k}: kernel {one}\n        core {other}"
        if not are_rates_equal and one.is_maker != other.is_maker:
            return f"fill {k}: the kernel pays the fee of {'a maker' if one.is_maker else 'a taker'}, the core does not"
    return ""


def deals_difference(mine: KernelResult, report: Report) -> str:
    theirs = [
        (line.opened_at, line.closed_at, line.status, line.safety_orders_filled, line.profit_quote)
        for line in report.deals
    ]
    if len(mine.deals) != len(theirs):
        return f"{len(mine.deals)} deals by the kernel, {len(theirs)} by the core"
    profit = 0.0
    for deal, other in zip(mine.deals, theirs, strict=True):
        if _of(deal) != other[:4]:
            return f"kernel {deal}, core {other}"
        profit += float(other[4]) if other[1] is not None else 0.0
    size = max((float(fill.price * fill.amount) for fill in mine.fills), default=0.0)
    return "" if abs(profit - mine.profit) <= 1e-11 * size + 1e-9 else f"profit: kernel {mine.profit}, core {profit}"


def _of(deal: KernelDeal) -> tuple[int, int | None, str, int]:
    return deal.opened_at, deal.closed_at, str(deal.status.value), deal.safety_filled


def difference(case: DcaCase, seen: Counter[str]) -> str:
    """What kernel and core do not agree on; nothing where only the core plays."""
    settings, market = case.settings, case.rules.applied_to(case.market)
    if not is_dca_covered(settings, case.rules):
        seen["not covered"] += 1
        return ""
    try:
        result = try_settings(settings, case.candles, market, case.rules)
    except BacktestRefused:
        result = None
    try:
        columns = make_columns(case.candles, 1 if settings.direction == "long" else -1, market.price_tick)
        mine = run_dca(settings, columns, market, case.rules)
    except (BeyondKernel, NotWhole) as error:
        seen[f"left to the core: {error}"] += 1
        return ""
    except LadderRefused:
        seen["refused by both"] += 1
        return "" if result is None else "the kernel refuses what the core plays"
    if result is None:
        seen["refused beforehand"] += 1
        return ""  # by the preview, which research/kernel asks too before it plays anything
    seen["compared"] += 1
    seen["long" if settings.direction == "long" else "short"] += 1
    seen["candles"] += len(case.candles)
    seen["fills"] += len(mine.fills)
    for deal in mine.deals:
        seen[f"deals {deal.status.value}"] += 1
    if found := fills_difference(mine, result):
        return found
    report = make_report(result)
    return deals_difference(mine, report) or _summaries(case, report, mine)


def _summaries(case: DcaCase, report: Report, mine: KernelResult) -> str:
    summary = try_compiled(case.settings, case.candles, case.market, case.rules)
    if summary is None:
        return "the kernel plays it but makes no summary"
    size = sum(float(fill.price * fill.amount) for fill in mine.fills)
    lost = -sum(min(0.0, float(line.profit_quote)) for line in report.deals if line.closed_at is not None)
    if lost < 1e-3 * size:  # what is left of large numbers: a ratio with it says nothing
        summary = replace(summary, profit_factor=report.summary.profit_factor)
    return summary_difference(summary, report.summary, size)


def agree(first: int, count: int, seconds: float, most: int) -> Counter[str]:
    """Stops at the first difference, which it prints."""
    seen: Counter[str] = Counter()
    began, seed = time.process_time(), first
    while seen["cases"] < count and time.process_time() - began < seconds:
        for k, case in enumerate(make_cases(seed, most)):
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
