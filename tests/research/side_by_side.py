"""Random bots side by side over one account, and with their very paths as finer candles: nothing may change.

python tests/research/side_by_side.py [COUNT] [FIRST_SEED]
"""

import random
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from desktop_app.core.columns import Candles
from desktop_app.core.deal import Direction
from desktop_app.core.market import Market
from desktop_app.core.settings import Settings
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.core.walk import path
from desktop_app.research.backtest import BacktestRefused, BacktestResult, BacktestRules
from desktop_app.research.detail import make_finer
from desktop_app.research.portfolio import Member, PairPast, run_portfolio
from desktop_app.research.trial import try_settings
from tests.research import grid_cases, random_cases, smart_cases
from tests.research.random_cases import Case
from tests.research.smart_agreement import candles_of, market_of


def made(seed: int) -> tuple[list[Settings], Case]:
    """Two DCA bots and two smart trades for the candles and the market of the first."""
    rng = random.Random(seed)
    cases = [random_cases.make_case(rng, most=50) for _ in range(2)]
    bots: list[Settings] = [DcaSettings.model_validate(case.settings) for case in cases]
    bots += [SmartTradeSettings.model_validate(smart_cases.make_case(rng).settings) for _ in range(2)]
    return bots, cases[0]


def alone(settings: Settings, candles: Candles, market: Market, rules: BacktestRules) -> BacktestResult | None:
    try:
        return try_settings(settings, candles, market, rules)
    except BacktestRefused:
        return None


def bare(result: BacktestResult) -> list[Any]:
    trades = [(t.index, t.deal, t.side, t.fill.price, t.fill.amount, t.fill.fee, t.fill.at) for t in result.trades]
    return [trades, [(d.opened_at, d.closed_at, d.status, d.position) for d in result.deals]]


def along_its_path(candles: Candles, every_ms: int, *, is_short: bool) -> Candles:
    """The path that would be assumed, as three straight candles for each."""
    rows = []
    for i in range(len(candles)):
        corners = path(candles.candle(i), is_high_first_on_tie=is_short)
        for nth, (start, stop) in enumerate(pairwise(corners)):
            at = int(candles.at[i]) + nth * every_ms // 3
            rows.append((at, float(start), float(max(start, stop)), float(min(start, stop)), float(stop), 1.0))
    columns = [np.array(column, np.float64) for column in zip(*rows, strict=True)]
    return Candles(columns[0].astype(np.int64), *columns[1:])


def differences(seed: int) -> tuple[int, list[str]]:
    """How many bots were compared, and what came out differently."""
    bots, case = made(seed)
    rules = BacktestRules(case.rules.timeframe, slippage_percent=case.rules.slippage, fill_through=case.rules.through)
    candles, market = candles_of(case), market_of(case)
    expected = [alone(one, candles, market, rules) for one in bots]
    pairs = [(one, result) for one, result in zip(bots, expected, strict=True) if result is not None]
    found: list[str] = []
    if not pairs:
        return 0, found
    members = [Member(one, (market.symbol,)) for one, _ in pairs]
    together = run_portfolio(members, {market.symbol: PairPast(candles, rules.applied_to(market))}, rules)
    for part, (one, result) in zip(together.parts, pairs, strict=True):
        if bare(part.result) != bare(result):
            found.append(f"seed {seed}: {one.kind} together with others")
        direction = getattr(one, "direction", Direction.LONG)
        fine = along_its_path(candles, rules.timeframe_ms, is_short=direction is Direction.SHORT)
        finer = make_finer(candles, rules.timeframe_ms, fine, rules.timeframe_ms // 3)
        if bare(try_settings(one, candles, market, rules, inside=finer.inside)) != bare(result):
            found.append(f"seed {seed}: {one.kind} along its own path")
    return len(pairs), found


def grid_differences(seed: int) -> tuple[int, list[str]]:
    """The same of a grid, beside another copy of itself."""
    case = grid_cases.make_grid_case(random.Random(seed))
    rules = BacktestRules(MINUTE, slippage_percent=case.rules.slippage, fill_through=case.rules.through)
    result = alone(case.settings, case.candles, case.market, rules)
    if result is None:
        return 0, []
    symbol = case.market.symbol
    fine = along_its_path(case.candles, MINUTE, is_short=False)
    finer = make_finer(case.candles, MINUTE, fine, MINUTE // 3)
    members = [Member(case.settings, (symbol,))] * 2
    past = PairPast(case.candles, rules.applied_to(case.market), inside=finer.inside)
    together = run_portfolio(members, {symbol: past}, rules)
    return 1, [f"seed {seed}: grid" for part in together.parts if bare(part.result) != bare(result)]


MINUTE = 60_000


def main() -> int:
    count, first = (int(word) for word in (*sys.argv[1:], *("200", "0")[len(sys.argv) - 1 :]))
    compared = 0
    wrong: list[str] = []
    for seed in range(first, first + count):
        for one in (differences, grid_differences):
            number, found = one(seed)
            compared, wrong = compared + number, wrong + found
    print(f"{compared} bots of {count} seeds compared; {len(wrong)} differ.", *wrong[:20], sep="\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
