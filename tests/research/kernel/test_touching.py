"""The next candle that reaches a level, looked for by blocks."""

import random
from decimal import Decimal

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.research.kernel.columns import Columns, make_columns
from desktop_app.research.kernel.touching import BAR_HIGH, BAR_LOW, BLOCK, touching


def columns(prices: list[float]) -> Columns:
    column = np.array(prices)
    at = np.arange(len(prices), dtype=np.int64) * 60_000
    return make_columns(Candles(at, column, column + 0.5, column - 0.5, column, column), 1, Decimal("0.01"))


def test_the_first_candle_that_touches_is_found_over_blocks_of_blocks() -> None:
    prices = [100.0 + (i % 7) * 0.01 for i in range(BLOCK * BLOCK * 3)]
    prices[BLOCK * BLOCK + 77] = 50.0
    prices[-5] = 150.0
    c = columns(prices)
    first = touching(*c.index, 0, len(prices), 6000.0, 14000.0)
    assert first == BLOCK * BLOCK + 77
    assert touching(*c.index, first + 1, len(prices), 6000.0, 14000.0) == len(prices) - 5
    assert touching(*c.index, 0, first, 6000.0, 14000.0) == first


def test_wherever_it_begins_and_ends_it_finds_what_looking_at_each_does() -> None:
    rng = random.Random(5)
    price, prices = 100.0, []
    for _ in range(BLOCK * 70 + 5):
        price = round(price + rng.gauss(0, 0.05), 2)
        prices.append(price)
    c = columns(prices)
    for _ in range(200):
        start = rng.randrange(len(prices))
        stop = rng.randint(start, len(prices))
        below = c.bars[start, BAR_LOW] - rng.randint(-5, 300)
        above = c.bars[start, BAR_HIGH] + rng.randint(-5, 300)
        bars = c.bars[start:stop]
        hits = np.flatnonzero((bars[:, BAR_LOW] <= below) | (bars[:, BAR_HIGH] >= above))
        first = start + int(hits[0]) if len(hits) else stop
        assert min(touching(*c.index, start, stop, below, above), stop) == first
