"""Where the kernel and the core say different things about a grid, on cases like those of grid_cases.

Many of them: `python -m tests.research.kernel.grid_agreement 5000 [FIRST_SEED]`.
"""

import random
import sys
from collections import Counter
from dataclasses import fields, replace
from decimal import Decimal

from desktop_app.core import grid_lines
from desktop_app.core.columns import Candles
from desktop_app.core.market import Market
from desktop_app.core.order import Role
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.research.backtest import BacktestRefused, BacktestResult, BacktestRules
from desktop_app.research.kernel.dca import BeyondKernel
from desktop_app.research.kernel.grid import GridFill, GridPlay, fills_of, played_grid
from desktop_app.research.kernel.grid_coverage import is_grid_covered
from desktop_app.research.kernel.grid_trial import try_compiled_grid
from desktop_app.research.report import Summary, make_report
from desktop_app.research.trial import try_settings
from tests.research.grid_cases import GridCase, is_legal, make_grid, make_rules
from tests.research.oracle import Bar
from tests.research.random_cases import is_plain, make_bars, number, some

_NEAR = Decimal("1e-18")
_NO_FALL = Decimal("1e-6")
_RATIOS = ("sharpe", "sortino", "calmar")


def make_case(rng: random.Random, most: int = 40) -> GridCase:
    """As grid_cases makes them, more of them dense, and the candles drawn to lines within the grid and beyond it."""
    grid = make_grid(rng)
    while not is_legal(grid):
        grid = make_grid(rng)
    if "lines" in grid and some(rng, 0.2):
        grid |= {"lines": rng.choice([25, 40, 100]), "upper": grid["lower"] + number(rng, "9.9", "15", "33.3")}
        grid = {name: value for name, value in grid.items() if name not in ("stop_above", "expand_up_to")}
    case = GridCase(grid, make_rules(rng), [])
    settings, market = case.settings.grid, case.market
    count = settings.lines or 12
    levels = {grid_lines.line_price(settings, index, market) for index in range(-4, count + 8)}
    levels |= {stop["price"] for name in ("stop_above", "stop_below") if (stop := grid.get(name))}
    levels |= {grid["start_price"]} if "start_price" in grid else set()
    near = sorted(level for level in levels if level > 0 and is_plain(level))
    bars = make_bars(rng, case.rules.tick, near if some(rng, 0.85) else [], rng.randint(3, most))
    if some(rng, 0.2):  # over many days
        bars = [replace_at(bar, bar.at * 240) for bar in bars]
    return replace(case, bars=bars)


def replace_at(bar: Bar, at: int) -> Bar:
    return Bar(at, *bar[1:])


def rules_of(case: GridCase) -> BacktestRules:
    return BacktestRules(60_000, slippage_percent=case.rules.slippage, fill_through=case.rules.through)


def core_fills(result: BacktestResult) -> tuple[GridFill, ...]:
    found = []
    for trade in result.trades:
        order, fill = result.orders[trade.client_id], trade.fill
        cost = fill.price * fill.amount
        is_maker = order.type == "limit"
        assert fill.fee == cost * (result.market.maker_fee if is_maker else result.market.taker_fee)
        line = order.index if order.role is Role.GRID else None
        found.append(GridFill(trade.index, line, trade.side, order.role, fill.price, fill.amount, is_maker))
    return tuple(found)


def is_same_fill(one: GridFill, other: GridFill) -> bool:
    is_priced = abs(one.price - other.price) <= _NEAR * max(Decimal(1), other.price)
    if one.role is Role.GRID:
        is_priced = one.price == other.price
    return is_priced and replace(one, price=other.price) == other


def fill_difference(mine: tuple[GridFill, ...], theirs: tuple[GridFill, ...]) -> str:
    for k in range(max(len(mine), len(theirs))):
        one, other = mine[k] if k < len(mine) else None, theirs[k] if k < len(theirs) else None
        if one is None or other is None or not is_same_fill(one, other):
            return f"fill {k}: kernel {one}\n        core {other}"
    return ""


def summary_difference(mine: Summary, theirs: Summary, size: float) -> str:
    """Within a part in 10^11, of the numbers themselves or of the money that was moved."""
    for field in fields(theirs):
        one, other = getattr(mine, field.name), getattr(theirs, field.name)
        if field.name in _RATIOS and theirs.max_drawdown_percent < _NO_FALL:
            continue  # of a curve that hardly moves they are what floats round off
        if isinstance(other, Decimal) and one is not None:
            loss = 1e-5 if field.name in _RATIOS else 1e-11  # returns of a crumb are what is left of large numbers
            near = loss * max(abs(float(other)), size if field.name.endswith("quote") else 1.0) + 1.01e-8
            if abs(float(one) - float(other)) > near:
                return f"{field.name}: kernel {one}, core {other}"
        elif one != other:
            return f"{field.name}: kernel {one}, core {other}"
    return ""


def difference(
    settings: GridSettings, candles: Candles, market: Market, rules: BacktestRules, seen: Counter[str]
) -> str:
    """What kernel and core do not agree on; nothing where only the core plays."""
    if not is_grid_covered(settings, rules):
        seen["not covered"] += 1
        return ""
    play: GridPlay | BacktestRefused
    try:
        play = played_grid(settings, candles, market, rules)
    except BeyondKernel as error:
        seen[f"beyond: {error}"] += 1
        return ""
    except BacktestRefused as error:
        play = error
    try:
        result = try_settings(settings, candles, market, rules)
    except BacktestRefused as error:
        seen["refused"] += 1
        is_so_too = isinstance(play, BacktestRefused) and play.problems == error.problems
        return "" if is_so_too else f"the core refuses {error}, the kernel {play}"
    if isinstance(play, BacktestRefused):
        return f"only the kernel refuses {play}"
    theirs = core_fills(result)
    for fill in theirs:
        seen[f"{fill.role} {fill.side}"] += 1
    for deal in result.deals:
        seen[f"deal {deal.status}"] += 1
    if found := fill_difference(fills_of(play, market), theirs):
        return found
    summary = try_compiled_grid(settings, candles, market, rules)
    assert summary is not None
    seen["agreed"] += 1
    seen["round trips"] += summary.round_trips or 0
    moved = sum(float(fill.price * fill.amount) for fill in theirs)
    return summary_difference(summary, make_report(result).summary, moved)


def differs(case: GridCase, seen: Counter[str] | None = None) -> str:
    return difference(case.settings, case.candles, case.market, rules_of(case), Counter() if seen is None else seen)


def shrunk(case: GridCase) -> GridCase:
    smaller = True
    while smaller:
        smaller = False
        for i in reversed(range(len(case.bars))):
            if len(case.bars) > 1 and differs(less := replace(case, bars=case.bars[:i] + case.bars[i + 1 :])):
                case, smaller = less, True
        for name in [name for name in case.grid if name not in ("lower", "upper", "lines", "volume_per_line")]:
            less = replace(case, grid={key: value for key, value in case.grid.items() if key != name})
            if is_legal(less.grid) and differs(less):
                case, smaller = less, True
                break
    return case


def main(count: int, first: int) -> int:
    seen: Counter[str] = Counter()
    wrong = 0
    for seed in range(first, first + count):
        case = make_case(random.Random(seed))
        if differs(case, seen):
            wrong += 1
            if wrong > 5:
                continue
            small = shrunk(case)
            print(f"seed {seed}: {len(small.bars)} candles\n{small.grid}\n{small.rules}")
            print("\n".join(f"  {bar.at // 60000 - 28333333} {bar[1:]}" for bar in small.bars).replace("Decimal", ""))
            print(differs(small), "\n")
    print(f"{count} cases, {wrong} disagreements; {dict(seen)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
