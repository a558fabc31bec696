"""The numbers of a kernel's run against those of the report that the core's run gets."""

import random
from dataclasses import fields
from decimal import Decimal

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.core.market import FeeCurrency, Market
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.backtest import BacktestRefused, BacktestRules
from desktop_app.research.kernel.dca import BeyondKernel, make_run, walked
from desktop_app.research.kernel.dca_candles import make_dca_candles
from desktop_app.research.kernel.dca_table import ladder_rows, make_terms
from desktop_app.research.kernel.summary import summarise
from desktop_app.research.report import Summary, make_report
from desktop_app.research.trial import try_settings
from tests.research.agreement import is_valid
from tests.research.random_cases import Case, make_case


def both(case: Case, spread: int) -> tuple[Summary, Summary] | None:
    """(the kernel's, the core's); `spread`: candles this many times as far apart."""
    rules = case.rules
    currency = FeeCurrency.RECEIVED if rules.in_coins else FeeCurrency.QUOTE
    market = Market(
        "BTC/USDT", "BTC", "USDT", rules.tick, rules.lot, rules.min_amount, rules.min_cost, rules.maker, rules.taker,
        currency,
    )  # fmt: skip
    settings = DcaSettings.model_validate(case.settings)
    opens, highs, lows, closes = (np.array([float(bar[k]) for bar in case.bars]) for k in range(1, 5))
    at = np.array([bar.at * spread for bar in case.bars], dtype=np.int64)
    candles = Candles(at, opens, highs, lows, closes, np.ones(len(at)))
    play = BacktestRules(
        rules.timeframe * spread, slippage_percent=rules.slippage, fill_through=rules.through, fee_currency=currency
    )
    try:
        result = try_settings(settings, candles, market, play)
    except BacktestRefused:
        return None
    side = 1 if settings.direction == "long" else -1
    kept = make_dca_candles(candles, side, market.price_tick)
    terms = make_terms(kept.columns.digits, market, play)
    try:
        run = walked(make_run(settings, terms, ladder_rows(settings, terms)), kept.columns)
    except BeyondKernel:
        return None
    return summarise(run, kept, terms, float(result.funds)), make_report(result).summary


@pytest.mark.parametrize("seed", range(12))
def test_a_kernels_summary_is_the_reports(seed: int) -> None:
    case = make_case(random.Random(seed + 70_000), most=40)
    found = both(case, 1 if seed % 2 else 240) if is_valid(case) else None
    if found is None:
        return
    mine, theirs = found
    for field in fields(theirs):
        ours, wanted = getattr(mine, field.name), getattr(theirs, field.name)
        if isinstance(wanted, Decimal):
            assert ours is not None, field.name
            assert float(ours) == pytest.approx(float(wanted), rel=1e-7, abs=2e-8), field.name
        else:
            assert ours == wanted, field.name
