"""Candles as the kernel of DCA bots keeps them."""

from decimal import Decimal

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.research.kernel.dca_candles import dca_candles


def test_the_same_candles_are_made_once_for_each_side() -> None:
    column = np.array([100.0, 110.0, 120.0])
    candles = Candles(np.arange(3, dtype=np.int64) * 60_000, column, column + 1, column - 1, column, column)
    kept = dca_candles(candles, 1, Decimal("0.01"))
    assert dca_candles(candles, 1, Decimal("0.01")) is kept
    assert dca_candles(candles, -1, Decimal("0.01")) is not kept
    assert (kept.first, kept.held_percent, kept.span, kept.last_close) == (Decimal(100), Decimal(20), 120_000, 120.0)
