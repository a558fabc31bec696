"""A first range and number of lines from how much the price moved."""

from dataclasses import replace
from decimal import Decimal

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.core.grid_preview import make_grid_preview
from desktop_app.core.grid_proposal import propose
from desktop_app.core.words import sentence
from tests.core.dialogue import MARKET
from tests.core.grid_dialogue import grid_settings

D = Decimal
HOUR = 3_600_000


def candles(count: int, move: float, every_ms: int = HOUR, turn: int = 1) -> Candles:
    """A price that goes up and down by `move` in turn, every `turn` candles."""
    start = 100.0
    closes = start * np.exp(move * (np.arange(count) // turn % 2))
    opens = np.concatenate(([start], closes[:-1]))
    at = np.arange(count, dtype=np.int64) * every_ms
    return Candles(at, opens, np.maximum(opens, closes), np.minimum(opens, closes), closes, np.ones(count))


def test_a_livelier_market_gets_a_wider_range_and_wider_steps() -> None:
    calm, lively = (propose(candles(720, move), HOUR, D(100), MARKET) for move in (0.005, 0.02))
    assert calm is not None and lively is not None
    assert lively.lower < calm.lower < 100 < calm.upper < lively.upper
    assert 13 < calm.upper / 100 * 100 - 100 < 15  # 0.5 % an hour for 30 days: √719 · 0.5 %
    assert 25 <= calm.lines <= 60


def test_the_proposed_grid_could_run_and_says_how_it_came_about() -> None:
    found = propose(candles(720, 0.005), HOUR, D(100), MARKET)
    assert found is not None
    grid = grid_settings(lower=found.lower, upper=found.upper, lines=found.lines, spacing="geometric").grid
    preview = make_grid_preview(grid, MARKET, D(100))
    assert preview.blocks == () and preview.least is not None and preview.least.percent > D("0.2")
    text = sentence(found.how)
    assert "30 days" in text and f"{found.lines} lines" in text and "0.2 %" in text


def test_fees_keep_the_lines_apart() -> None:
    dear = replace(MARKET, maker_fee=D("0.01"))
    cheap, costly = (propose(candles(720, 0.005), HOUR, D(100), market) for market in (MARKET, dear))
    assert cheap is not None and costly is not None and costly.lines < cheap.lines
    quiet = propose(candles(720, 0.00001), HOUR, D(100), MARKET)
    assert quiet is not None and quiet.lines == 5 and quiet.lower < 99


def test_minutes_are_put_together_to_hours_and_only_the_last_month_counts() -> None:
    minutes = propose(candles(60 * 24 * 40, 0.001, 60_000, turn=60), 60_000, D(100), MARKET)
    assert minutes is not None and minutes.how["days"] == 30 and minutes.how["hours"] == 1
    days = propose(candles(100, 0.05, 24 * HOUR), 24 * HOUR, D(100), MARKET)
    assert days is not None and days.how["days"] == 30 and days.how["hours"] == 24


def test_too_little_past_or_a_price_that_stands_still_proposes_nothing() -> None:
    assert propose(candles(10, 0.01), HOUR, D(100), MARKET) is None
    assert propose(candles(100, 0.0), HOUR, D(100), MARKET) is None
    assert propose(candles(100, 0.9), HOUR, D("0.01"), MARKET) is None  # the lower end would round to nothing
