"""The smart trade, order for order, against an independent and naive reading of the same rules."""

import os
import random
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.research.backtest import BacktestRefused, BacktestRules, Trade
from desktop_app.research.trial import try_settings
from tests.research.random_cases import MINUTE, Case, make_bars
from tests.research.smart_agreement import candles_of, differences, market_of
from tests.research.smart_cases import make_case

EXAMPLES = int(os.environ.get("STRONGROOM_ORACLE_EXAMPLES", "200"))


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_every_order_of_random_trades_over_random_candles_is_the_oracles(seed: int) -> None:
    assert differences(make_case(random.Random(seed), most=25)) == []


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_no_trade_looks_ahead(seed: int) -> None:
    """Another future changes nothing of what was traded before it."""
    chance = random.Random(seed)
    case = make_case(chance, most=25)
    cut = chance.randint(1, len(case.bars))
    future = make_bars(chance, case.rules.tick, [], 10)
    shift = case.bars[cut - 1].at + MINUTE - future[0].at
    other = replace(case, bars=case.bars[:cut] + [bar._replace(at=bar.at + shift) for bar in future])

    assert before(case, cut) == before(other, cut)


def before(case: Case, cut: int) -> list[Trade] | None:
    play = BacktestRules(MINUTE, slippage_percent=case.rules.slippage, fill_through=case.rules.through)
    wanted = SmartTradeSettings.model_validate(case.settings)
    try:
        result = try_settings(wanted, candles_of(case), market_of(case), play)
    except BacktestRefused:
        return None
    return [trade for trade in result.trades if trade.index < cut]
