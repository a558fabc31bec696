"""Where the kernel and the core say different things about a smart trade, on cases like those of smart_cases.

Many of them: `python -m tests.research.kernel.smart_agreement 5000 [FIRST_SEED]`.
"""

import random
import sys
from collections import Counter

from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.research.backtest import BacktestRefused, BacktestRules
from desktop_app.research.kernel.columns import make_columns
from desktop_app.research.kernel.coverage import is_smart_covered
from desktop_app.research.kernel.dca import BeyondKernel, LadderRefused, run_dca
from desktop_app.research.kernel.smart_trial import one_deal
from desktop_app.research.kernel.trial import try_compiled
from desktop_app.research.report import make_report
from desktop_app.research.trial import try_settings
from desktop_app.research.whole_prices import NotWhole
from tests.research import smart_agreement
from tests.research.kernel.dca_agreement import deals_difference, fills_difference
from tests.research.kernel.grid_agreement import summary_difference
from tests.research.random_cases import Case
from tests.research.smart_cases import is_allowed, make_case


def coverable(case: Case) -> Case:
    """The case without what only the core plays."""
    given = dict(case.settings)
    if given["trade"] not in ("trade", "cover") or "price_paid" in given:
        given["trade"] = "trade" if given["trade"] in ("buy", "trade", "hold") else "cover"
        given.pop("price_paid", None)
    given.pop("entry", None)
    if "take_profit" in given:
        steps = [{"percent": "0.5", "share": step["share"]} | step for step in given["take_profit"]["steps"]]
        for k, step in enumerate(steps):
            if "price" in step:
                step["percent"] = k + 1
            for name in ("price", "type"):
                step.pop(name, None)
        given["take_profit"] = given["take_profit"] | {"steps": steps}
    if "stop_loss" in given:
        stop = given["stop_loss"]
        stop = {"percent": 2} | stop if "price" in stop else dict(stop)
        given["stop_loss"] = {
            name: value
            for name, value in stop.items()
            if name not in ("price", "type", "limit_price", "limit_percent", "native")
        }
    return Case(given, case.rules, case.bars)


def difference(case: Case, seen: Counter[str]) -> str:
    """What kernel and core do not agree on; nothing where only the core plays."""
    settings = SmartTradeSettings.model_validate(case.settings)
    market, candles = smart_agreement.market_of(case), smart_agreement.candles_of(case)
    rules = BacktestRules(60_000, slippage_percent=case.rules.slippage, fill_through=case.rules.through)
    if not is_smart_covered(settings, rules):
        seen["not covered"] += 1
        return ""
    try:
        result = try_settings(settings, candles, market, rules)
    except BacktestRefused as refusal:
        seen["refused"] += 1
        try:
            try_compiled(settings, candles, market, rules)
        except BacktestRefused as error:
            return "" if error.problems == refusal.problems else "refused for another reason"
        return "the kernel plays what the core refuses"
    side = 1 if settings.direction == "long" else -1
    try:
        mine = run_dca(one_deal(settings), make_columns(candles, side, market.price_tick), market, rules)
    except (BeyondKernel, NotWhole, LadderRefused) as error:
        seen[f"left to the core: {error}"] += 1
        return ""
    seen["compared"] += 1
    seen["fills"] += len(mine.fills)
    for deal in mine.deals:
        seen[f"deals {deal.status.value}"] += 1
    if found := fills_difference(mine, result):
        return found
    report = make_report(result)
    summary = try_compiled(settings, candles, market, rules)
    size = sum(float(fill.price * fill.amount) for fill in mine.fills)
    if summary is None:
        return "the kernel plays it but makes no summary"
    return deals_difference(mine, report) or summary_difference(summary, report.summary, size)


def main(arguments: list[str]) -> int:
    count, first = int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 1
    seen: Counter[str] = Counter()
    for seed in range(first, first + count):
        case = coverable(make_case(random.Random(seed)))
        if not is_allowed(case.settings):
            seen["not allowed"] += 1
            continue
        if found := difference(case, seen):
            print(f"seed {seed}: {found}\n{case}")
            return 1
    for name, times in sorted(seen.items()):
        print(f"{times:10,} {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
