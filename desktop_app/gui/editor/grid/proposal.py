"""Proposes a range and lines from how a pair has moved, and says how it came to them."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.core.market import HUNDRED, ONE, Market
from desktop_app.gui import fmt
from desktop_app.gui.editor.draft import Draft
from desktop_app.gui.editor.grid.catalogue import INFINITE, LINES, LOWER, SHAPE, SPACING, STEP, UPPER
from desktop_app.gui.i18n import tr

DAYS = 30
TIMEFRAME = "1h"
WIDTH = Decimal(8)  # percent to each side of the price, for the plain proposal
_HOURS_OF_DAY = 24
_LEAST_HOURS = 48
_OUTLIERS = 5  # percent of the closes at each end that the range leaves out
_MARGIN = Decimal("1.02")  # the price is at least this far inside
_PART_OF_SWING = Decimal(4)
_LEAST_FEES = 4  # a cell is at least so many times both fees
_FEWEST, _MOST = 5, 100  # cells


@dataclass(frozen=True, slots=True)
class Proposal:
    """`how` is translated: it names what was measured and what follows from it."""

    lower: Decimal
    upper: Decimal
    lines: int
    step_percent: Decimal
    how: str

    def put_into(self, draft: Draft) -> Draft:
        """The form with this in it: one step, so that it can be undone."""
        draft = draft.with_text(LOWER, fmt.plain(self.lower))
        if draft.text(SHAPE) == INFINITE:
            return draft.with_text(STEP, fmt.plain(self.step_percent))
        draft = draft.with_text(UPPER, fmt.plain(self.upper)).with_text(LINES, str(self.lines))
        return draft.with_text(SPACING, draft.text(SPACING) or "arithmetic")


def from_history(candles: Candles, price: Decimal, market: Market) -> Proposal | None:
    """Where the price has been most of the time, cells by how much a usual day moves; None if too little is known."""
    if len(candles) < _LEAST_HOURS:
        return None
    low, high = (_exact(float(value)) for value in np.percentile(candles.close, (_OUTLIERS, 100 - _OUTLIERS)))
    lower, upper = min(low, price / _MARGIN), max(high, price * _MARGIN)
    swing = _usual_day(candles)
    step = _step(swing, lower, upper, market)
    lower, upper, lines = *_round_ends(lower, upper, market), _count(lower, upper, step)
    days = round(len(candles) / _HOURS_OF_DAY)
    words = tr(
        "From {days} days of prices: nine of ten hours closed between {low} and {high}. A usual day moves {swing}; "
        "a cell is a quarter of that and at least {least} times both fees, so about {step}."
    )
    how = words.format(
        days=days, low=fmt.price(low, market.price_tick), high=fmt.price(high, market.price_tick),
        swing=fmt.percent(swing, sign=False), least=_LEAST_FEES, step=fmt.percent(step, sign=False),
    )  # fmt: skip
    return Proposal(lower, upper, lines, _two(step), how)


def around(price: Decimal, market: Market, lines: int) -> Proposal:
    """The same distance to each side of the price; only the range, the lines stay as they are."""
    lower, upper = price * (ONE - WIDTH / HUNDRED), price * (ONE + WIDTH / HUNDRED)
    step = _two((upper / lower - ONE) * HUNDRED / max(1, lines - 1))
    lower, upper = _round_ends(lower, upper, market)
    words = tr("{width} to each side of the price {price}. The number of lines stays.")
    how = words.format(width=fmt.percent(WIDTH, sign=False, decimals=0), price=fmt.price(price, market.price_tick))
    return Proposal(lower, upper, lines, step, how)


def _usual_day(candles: Candles) -> Decimal:
    """The median over days of how far high and low lie apart, in percent."""
    whole = len(candles) // _HOURS_OF_DAY * _HOURS_OF_DAY
    highs = candles.high[-whole:].reshape(-1, _HOURS_OF_DAY).max(axis=1)
    lows = candles.low[-whole:].reshape(-1, _HOURS_OF_DAY).min(axis=1)
    return _exact(float(np.median(highs / lows - 1) * 100))


def _step(swing: Decimal, lower: Decimal, upper: Decimal, market: Market) -> Decimal:
    width = (upper / lower - ONE) * HUNDRED
    least = max(2 * market.maker_fee * HUNDRED * _LEAST_FEES, width / _MOST)
    return min(max(swing / _PART_OF_SWING, least), max(width / _FEWEST, least))


def _count(lower: Decimal, upper: Decimal, step: Decimal) -> int:
    cells = (upper / lower - ONE) * HUNDRED / step
    return max(_FEWEST, min(_MOST, int(cells.to_integral_value(ROUND_HALF_EVEN)))) + 1


def _round_ends(lower: Decimal, upper: Decimal, market: Market) -> tuple[Decimal, Decimal]:
    """Prices that people would type: to a hundredth of the range's width, never finer than the tick."""
    unit = max(market.price_tick, Decimal(1).scaleb((upper - lower).adjusted() - 1))
    return tuple(max(unit, (end / unit).to_integral_value(ROUND_HALF_EVEN) * unit) for end in (lower, upper))  # type: ignore[return-value]


def _two(value: Decimal) -> Decimal:
    return max(Decimal("0.01"), value.quantize(Decimal("0.01"), ROUND_HALF_EVEN))


def _exact(value: float) -> Decimal:
    return Decimal(repr(value))
