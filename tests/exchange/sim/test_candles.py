"""Coarser candles from finer ones, and the one under way."""

from decimal import Decimal

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.core.gathering import floor_to, gather
from desktop_app.core.market import Candle
from desktop_app.exchange.protocol import Refused
from desktop_app.exchange.sim.candles import Forming, timeframe_ms

MINUTE = 60_000
WEEK = 604_800_000
MONDAY = 1_699_833_600_000  # 2023-11-13


def minutes(start: int, *closes: float) -> Candles:
    price = np.array(closes)
    at = start + MINUTE * np.arange(len(closes), dtype=np.int64)
    return Candles(at, price - 0.5, price + 1, price - 1, price, np.full(len(closes), 2.0))


def test_five_minutes_make_one_candle() -> None:
    five = gather(minutes(MONDAY, 10, 14, 9, 11, 12, 30), 5 * MINUTE, MONDAY + 6 * MINUTE)

    assert len(five) == 1
    assert five.candle(0) == Candle(MONDAY, *(Decimal(text) for text in ("9.5", "15.0", "8.0", "12.0", "10.0")))


def test_minutes_that_are_missing_leave_no_candle() -> None:
    both = [minutes(MONDAY, 1, 2), minutes(MONDAY + 20 * MINUTE, 3)]
    columns = [np.concatenate([getattr(part, name) for part in both]) for name in Candles.__slots__]
    five = gather(Candles(*columns), 5 * MINUTE, MONDAY + 30 * MINUTE)

    assert five.at.tolist() == [MONDAY, MONDAY + 20 * MINUTE]


def test_nothing_makes_nothing() -> None:
    assert len(gather(minutes(MONDAY), 5 * MINUTE, MONDAY)) == 0
    assert len(gather(minutes(MONDAY, 1, 2), 5 * MINUTE, MONDAY + 2 * MINUTE)) == 0


def test_weeks_begin_on_monday() -> None:
    assert floor_to(MONDAY + 3 * 86_400_000, WEEK) == MONDAY
    assert floor_to(MONDAY, WEEK) == MONDAY
    assert gather(minutes(MONDAY + 5, 1), WEEK, MONDAY + WEEK).at.tolist() == [MONDAY]


def test_an_unknown_timeframe_is_refused() -> None:
    with pytest.raises(Refused, match="no timeframe '7m'"):
        timeframe_ms("7m")


def test_a_candle_grows_with_its_trades() -> None:
    forming = Forming.opened(MONDAY, Decimal(5)).with_trade(Decimal(7), Decimal(1)).with_trade(Decimal(4), Decimal(2))

    assert forming.candle == Candle(MONDAY, Decimal(5), Decimal(7), Decimal(4), Decimal(4), Decimal(3))
