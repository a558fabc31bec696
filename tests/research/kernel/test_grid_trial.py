"""What is played by the kernel, what is left to the core, and what is refused."""

from typing import Any

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.core.market import Market
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.research.backtest import BacktestRefused, BacktestRules
from desktop_app.research.kernel.grid_coverage import is_grid_covered
from desktop_app.research.kernel.grid_trial import try_compiled_grid
from desktop_app.research.kernel.trial import is_covered, try_compiled

MARKET = Market("BTC/USDT", "BTC", "USDT")
RULES = BacktestRules(60_000)


def settings_of(**changes: Any) -> GridSettings:
    grid = {"lower": "98", "upper": "102", "lines": 5, "volume_per_line": "1000"} | changes
    return GridSettings.model_validate({"name": "a grid", "account": "demo", "pairs": ["BTC/USDT"], "grid": grid})


def candles_of(*prices: float) -> Candles:
    column = np.array(prices)
    return Candles(np.arange(len(prices)) * 60_000, column, column, column, column, column)


@pytest.mark.parametrize(
    "changes",
    [
        {"trailing_up": True, "pump_protection_percent": "5"},
        {"trailing_down": True, "max_active_sell_lines": 2},
    ],
)
def test_what_the_kernel_does_not_know_is_left_to_the_core(changes: dict[str, Any]) -> None:
    settings = settings_of(**changes)
    assert not is_grid_covered(settings, RULES)
    assert try_compiled_grid(settings, candles_of(100, 99), MARKET, RULES) is None


def test_a_balance_is_left_to_the_core() -> None:
    rules = BacktestRules(60_000, balance=MARKET.min_cost * 1000)
    assert not is_covered(settings_of(), rules)
    assert is_covered(settings_of(), RULES)


def test_a_turn_of_events_that_the_kernel_does_not_know_is_left_to_the_core() -> None:
    """It would stop where it starts: the core waits for another open."""
    stopped = settings_of(stop_below={"price": "97", "then": "stop"})
    assert try_compiled_grid(stopped, candles_of(96, 100, 99), MARKET, RULES) is None


def test_prices_with_too_many_digits_are_left_to_the_core() -> None:
    assert try_compiled_grid(settings_of(), candles_of(100, 100 / 3), MARKET, RULES) is None


def test_a_grid_that_loses_to_its_fees_is_refused() -> None:
    rules = BacktestRules(60_000, fee_percent=MARKET.min_cost)
    with pytest.raises(BacktestRefused):
        try_compiled_grid(settings_of(), candles_of(100, 99), MARKET, rules)


def test_the_fees_of_the_run_take_the_place_of_the_markets() -> None:
    rules = BacktestRules(60_000, fee_percent=MARKET.min_cost / 100)
    some, other = (try_compiled(settings_of(), candles_of(100, 99), MARKET, one) for one in (RULES, rules))
    assert some is not None
    assert other is not None
    assert float(some.fees_quote) == pytest.approx(2 * float(other.fees_quote), rel=1e-7)
    assert some.fees_quote > 1
