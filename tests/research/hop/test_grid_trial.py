"""A grid's summary by hopping: the core's, its refusals, and None for what is the core's alone."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from desktop_app.core.market import Market
from desktop_app.research.backtest import BacktestRefused, BacktestRules
from desktop_app.research.hop.grid_trial import _floats, hop_grid
from desktop_app.research.report import Summary, make_report
from desktop_app.research.trial import try_settings
from tests.research.hop.beside import MINUTE, Bars, flat
from tests.research.hop.grid_beside import candles_of, market_of, settings_of
from tests.research.hop.test_course import wave

D = Decimal
RULES = BacktestRules(MINUTE)


def hopped(bars: Bars, market: Market | None = None, **changes: Any) -> Summary | None:
    return hop_grid(settings_of(**changes).grid, candles_of(bars), market or market_of(), RULES, lambda: False)


@pytest.mark.parametrize("in_coins", [False, True])
@pytest.mark.parametrize("changes", [{}, {"stop_below": {"price": "97", "then": "stop"}}, {"take_profit_percent": "2"}])
def test_the_course_over_many_days_is_the_cores(changes: dict[str, Any], in_coins: bool) -> None:
    candles, market = candles_of(wave(900, -0.004, 5)), market_of(fee="0.001", in_coins=in_coins)
    candles.at[:] = candles.at[0] + np.arange(900) * 20 * MINUTE
    settings = settings_of(lower="97.2", upper="104", lines=18, **changes)
    theirs = make_report(try_settings(settings, candles, market, RULES)).summary
    assert hop_grid(settings.grid, candles, market, RULES, lambda: False) == theirs
    assert theirs.round_trips is not None and theirs.round_trips > 10


def test_what_the_core_refuses_is_refused() -> None:
    with pytest.raises(BacktestRefused):
        hopped([flat(100)], market_of(lot="100"))


def test_a_grid_that_stops_where_it_starts_is_the_cores() -> None:
    assert hopped([flat(110)], stop_above={"price": "105"}) is None


def test_a_grid_that_never_starts_has_earned_nothing() -> None:
    summary = hopped([flat(101)] * 3, start_price="100")
    assert summary is not None and summary.round_trips is None
    assert summary.deals_open == summary.profit_quote == 0


def test_numbers_too_large_for_floats_are_the_nearest_floats_all_the_same() -> None:
    for value in (3, 10**15 + 1, 2**60 + 129):
        assert _floats([value, -value], D("1E-7")).tolist() == [float(value * D("1E-7")), float(-value * D("1E-7"))]
