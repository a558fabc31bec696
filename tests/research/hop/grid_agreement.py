"""Where the hop and the core say different things about a grid: many settings on few candles of mean shapes.

Many of them: `python -m tests.research.hop.grid_agreement 5000 [FIRST_SEED] [--seconds N]`.
"""

import argparse
import random
import sys
import time
from collections import Counter
from decimal import Decimal

from desktop_app.core.columns import Candles
from desktop_app.core.market import ONE, Market
from desktop_app.core.order import Role, Side
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.research.backtest import BacktestRefused, BacktestResult, BacktestRules
from desktop_app.research.grid_start import digits_of
from desktop_app.research.grid_table import NoTable
from desktop_app.research.hop.columns import make_columns
from desktop_app.research.hop.coverage import is_hop_covered
from desktop_app.research.hop.grid import GridRun
from desktop_app.research.hop.grid_trial import hop_over
from desktop_app.research.hop.plan import BeyondHop
from desktop_app.research.hop.trial import try_hopping
from desktop_app.research.report import make_report
from desktop_app.research.trial import try_settings
from desktop_app.research.whole_prices import NotWhole
from tests.research.grid_cases import GridCase
from tests.research.kernel.grid_agreement import make_case, rules_of

Line = tuple[int, Role, int, Side, Decimal, Decimal]  # candle, role, line, side, price, amount


def hop_lines(run: GridRun) -> list[Line]:
    plan, found, at_market = run.plan, list[Line](), iter(run.at_market)
    for candle, line, price, lots in run.trades:
        if line < 0:
            one = next(at_market)
            found.append((candle, one.role, one.number, one.side, one.fill.price, one.fill.amount))
            continue
        side, amount = Side.BUY if lots > 0 else Side.SELL, abs(lots) * plan.market.amount_step
        found.append((candle, Role.GRID, line + plan.table.first, side, plan.exactly(price), amount))
    return found


def core_lines(result: BacktestResult) -> list[Line]:
    orders = ((trade, result.orders[trade.client_id]) for trade in result.trades)
    return [
        (trade.index, order.role, order.index, trade.side, trade.fill.price, trade.fill.amount)
        for trade, order in orders
    ]


def difference(
    settings: GridSettings, candles: Candles, market: Market, rules: BacktestRules, seen: Counter[str]
) -> str:
    """What hop and core do not agree on; nothing where only the core plays."""
    if not is_hop_covered(settings, market, rules):
        seen["not covered"] += 1
        return ""
    applied = rules.applied_to(market)
    run: GridRun | BacktestRefused | None
    try:
        columns = make_columns(candles, 1, ONE.scaleb(-digits_of(settings.grid, market.price_tick)))
        hopped = hop_over(settings.grid, columns, applied, rules)
        assert hopped is not None
        run = hopped.run
    except (BeyondHop, NotWhole, NoTable) as error:
        seen[f"left to the core: {error}"] += 1
        return ""
    except BacktestRefused as error:
        run = error
    try:
        result = try_settings(settings, candles, market, rules)
    except BacktestRefused as error:
        seen["refused"] += 1
        is_so_too = isinstance(run, BacktestRefused) and run.problems == error.problems
        return "" if is_so_too else f"the core refuses {error}, the hop {run}"
    if isinstance(run, BacktestRefused):
        return f"only the hop refuses {run}"
    mine, theirs = hop_lines(run) if run is not None else [], core_lines(result)
    for k in range(max(len(mine), len(theirs))):
        one, other = mine[k] if k < len(mine) else None, theirs[k] if k < len(theirs) else None
        if one != other:
            return f"trade {k}: hop {one}\n         core {other}"
    note(result, seen)
    summary, core = try_hopping(settings, candles, market, rules), make_report(result).summary
    return "" if summary == core else f"summary: hop {summary}\n         core {core}"


def note(result: BacktestResult, seen: Counter[str]) -> None:
    seen["compared"] += 1
    for trade in result.trades:
        seen[f"{result.orders[trade.client_id].role} {trade.side}"] += 1
    for deal in result.deals:
        seen[f"deal {deal.status}"] += 1
        seen["round trips"] += deal.grid.round_trips if deal.grid is not None else 0


def differs(case: GridCase, seen: Counter[str]) -> str:
    return difference(case.settings, case.candles, case.market, rules_of(case), seen)


def agree(first: int, count: int, seconds: float = 1e9, most: int = 40) -> Counter[str]:
    """Stops at the first difference, which it prints."""
    seen: Counter[str] = Counter()
    began = time.process_time()
    for seed in range(first, first + count):
        if time.process_time() - began > seconds:
            break
        seen["cases"] += 1
        case = make_case(random.Random(seed), most)
        if found := differs(case, seen):
            bars = "\n".join(f"  {bar.at} {bar[1:]}" for bar in case.bars)
            print(f"seed {seed}: {found}\n{case.grid}\n{case.rules}\n{bars}")
            seen["differences"] += 1
            break
    return seen


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("first", type=int, nargs="?", default=1)
    parser.add_argument("--seconds", type=float, default=1e9, help="of CPU")
    parser.add_argument("--most", type=int, default=40, help="candles, about")
    options = parser.parse_args()
    seen = agree(options.first, options.count, options.seconds, options.most)
    for name, count in sorted(seen.items()):
        print(f"{count:10,} {name}")
    return 1 if seen["differences"] else 0


if __name__ == "__main__":
    sys.exit(main())
