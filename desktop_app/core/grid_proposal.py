"""A first range and number of lines for a grid, from how much the price moved lately, and how they came about."""

from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core.columns import Candles
from desktop_app.core.market import HUNDRED, ONE, ZERO, Market
from desktop_app.core.said import Said, said

_DAY_MS = 86_400_000
_MOST_MS = 30 * _DAY_MS  # further back is another market
_MOST_CANDLES = 1500
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
    the step is what it moves in one candle on average, and never so little that fees take more than a quarter of it.
    """
    count = min(len(candles), _MOST_CANDLES, max(_LEAST_CANDLES, _MOST_MS // every_ms))
    if count < _LEAST_CANDLES:
        return None
    closes, ranges = _past(candles, count)
    moves = [(later / earlier).ln() for earlier, later in zip(closes, closes[1:], strict=False)]
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
        days=round(Decimal(count * every_ms) / _DAY_MS, 1),
        spread=round((half.exp() - ONE) * HUNDRED, 2),
        minutes=every_ms // 60_000,
        candle=round(true_range * HUNDRED, 3),
        lines=lines,
        step=round(((2 * half / (lines - 1)).exp() - ONE) * HUNDRED, 3),
        fees=2 * market.maker_fee * HUNDRED,
    )
    return Proposal(lower, upper, lines, how)


def _past(candles: Candles, count: int) -> tuple[list[Decimal], list[Decimal]]:
    """The last closes, and of each candle after the first its true range as a part of the close before."""
    rows = [candles.candle(index) for index in range(len(candles) - count, len(candles))]
    ranges = [
        (max(row.high, before.close) - min(row.low, before.close)) / before.close
        for before, row in zip(rows, rows[1:], strict=False)
    ]
    return [row.close for row in rows], ranges
