"""A first range and number of lines for a grid, from how much the price moved lately, and how they came about."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from desktop_app.core.columns import Candles, exact
from desktop_app.core.market import HUNDRED, ONE, ZERO, Candle, Market
from desktop_app.core.said import Said, said

_DAY_MS = 86_400_000
_MOST_MS = 30 * _DAY_MS  # further back is another market
_HOUR_MS = 3_600_000
_LEAST_CANDLES = 24
_FEWEST, _MANY = 5, 150  # lines
_FEE_SHARE = 4  # a step is at least so many times a buy's and a sell's fee: most of what it earns is kept


@dataclass(frozen=True, slots=True)
class Proposal:
    """`how` says in one sentence where the numbers come from."""

    lower: Decimal
    upper: Decimal
    lines: int
    how: Said


def propose(candles: Candles, every_ms: int, price: Decimal, market: Market) -> Proposal | None:
    """A geometric grid around the price; None where there is too little past to tell.

    The range is as far as the price would come by chance in as much time as was looked at (one standard deviation);
    the step is what it moves in an hour on average, and never so little that fees take more than a quarter of it.
    """
    bars = _bars(candles, max(1, _HOUR_MS // every_ms), max(_LEAST_CANDLES, _MOST_MS // max(every_ms, _HOUR_MS)))
    if len(bars) < _LEAST_CANDLES:
        return None
    moves = [(later.close / earlier.close).ln() for earlier, later in pairwise(bars)]
    ranges = [(max(b.high, a.close) - min(b.low, a.close)) / a.close for a, b in pairwise(bars)]
    spread = sum((move * move for move in moves), ZERO).sqrt()
    true_range = sum(ranges, ZERO) / len(ranges)
    step = max(true_range, 2 * market.maker_fee * _FEE_SHARE, market.price_tick * 2 / price)
    if not step or not spread:
        return None
    half = max(spread, step * (_FEWEST - 1) / 2)
    lower, upper = market.price_nearest(price / half.exp()), market.price_nearest(price * half.exp())
    if lower <= 0:
        return None
    lines = int((2 * half / (ONE + step).ln()).to_integral_value()) + 1
    lines = min(_MANY, max(_FEWEST, lines))
    how = said(
        "grid_proposed",
        days=round(Decimal(len(bars) * max(every_ms, _HOUR_MS)) / _DAY_MS, 1),
        spread=round((half.exp() - ONE) * HUNDRED, 2),
        hours=max(every_ms, _HOUR_MS) // _HOUR_MS,
        bar=round(true_range * HUNDRED, 3),
        lines=lines,
        step=round(((2 * half / (lines - 1)).exp() - ONE) * HUNDRED, 3),
        fees=2 * market.maker_fee * HUNDRED,
    )
    return Proposal(lower, upper, lines, how)


def _bars(candles: Candles, group: int, most: int) -> list[Candle]:
    """The last candles, so many made one that each is an hour at least; oldest first."""
    bars: list[Candle] = []
    for end in range(len(candles), 0, -group):
        start = max(0, end - group)
        if len(bars) == most:
            break
        high, low = exact(candles.high[start:end].max()), exact(candles.low[start:end].min())
        first, last = exact(candles.open[start]), exact(candles.close[end - 1])
        bars.append(Candle(int(candles.at[start]), first, high, low, last))
    return bars[::-1]
