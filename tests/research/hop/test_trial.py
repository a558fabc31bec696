"""A bot's settings tried by hopping: the core's summary, its refusals, and None for what is the core's alone."""

from dataclasses import replace

import numpy as np
import pytest

from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.research.backtest import BacktestRefused
from desktop_app.research.hop.trial import try_hopping
from desktop_app.research.report import make_report
from desktop_app.research.trial import try_settings
from tests.research.searches import MARKET, RULES, SETTINGS, candles


def changed(**changes: object) -> DcaSettings:
    return DcaSettings.model_validate(SETTINGS.model_dump(mode="json") | changes)


@pytest.mark.parametrize("direction", ["long", "short"])
def test_the_summary_is_the_cores_to_the_last_digit(direction: str) -> None:
    settings = changed(direction=direction)
    theirs = make_report(try_settings(settings, candles(), MARKET, RULES)).summary
    assert try_hopping(settings, candles(), MARKET, RULES) == theirs


def test_what_the_core_refuses_is_refused() -> None:
    settings = changed(base_order={"volume": "1"})
    with pytest.raises(BacktestRefused):
        try_hopping(settings, candles(), MARKET, RULES)
    with pytest.raises(BacktestRefused):
        try_settings(settings, candles(), MARKET, RULES)


def test_what_only_the_core_can_play_is_left_to_it() -> None:
    waiting = changed(stop_loss={"percent": "5", "timeout_seconds": 60})
    assert try_hopping(waiting, candles(), MARKET, RULES) is None
    at_once = changed(safety_orders={"volume": "50", "price_deviation": "0.05", "max_count": 2})
    assert try_hopping(at_once, candles(), MARKET, RULES) is None
    past = candles()
    assert try_hopping(SETTINGS, replace(past, close=past.close + np.pi), MARKET, RULES) is None


def test_somebody_who_asks_to_stop_gets_nothing() -> None:
    assert try_hopping(SETTINGS, candles(), MARKET, RULES, is_stopped=lambda: True) is None


def test_a_grid_is_hopped_as_well() -> None:
    given = {"lower": "97", "upper": "103", "lines": 7, "volume_per_line": "50"}
    grid = GridSettings.model_validate({"name": "a grid", "account": "demo", "pairs": ["BTC/USDT"], "grid": given})
    theirs = make_report(try_settings(grid, candles(), MARKET, RULES)).summary
    assert try_hopping(grid, candles(), MARKET, RULES) == theirs
