"""What else the same deals could have come to: their order shuffled, and deals drawn anew from them."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

_FEWEST_DEALS = 2
_RUNS = 2000
_MOST_AT_ONCE = 4_000_000  # numbers in memory


@dataclass(frozen=True, slots=True)
class Spread:
    """The values that 5, 50 and 95 percent of the runs stay below."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Resampled:
    """`shuffled_drawdown`: percent of the highest point so far, for the same deals in another order (their sum stays
    the same). `drawn_profit` and `drawn_drawdown`: for as many deals drawn from them, each as often as chance has it.
    `losing_share`: of those draws that lose; where no deal closed with a loss (`losing_deals`), none can. A deal falls
    as deep as it stood at its worst while it was open; deals follow one another, none begins before the one before has
    ended.
    """

    runs: int
    deals: int
    own_drawdown: float
    shuffled_drawdown: Spread
    drawn_profit: Spread
    drawn_drawdown: Spread
    losing_share: float
    losing_deals: int = 0


def resample(
    profits: NDArray[np.float64],
    worst: NDArray[np.float64],
    funds: Decimal,
    *,
    seed: int = 1,
    runs: int = _RUNS,
) -> Resampled | None:
    """`profits` of closed deals in their order, the `worst` that each showed while open (0 or less), and the funds at
    the start. None for less than two deals.

    Shuffling the order of trades: R. Pardo, "The Evaluation and Optimization of Trading Strategies", 2008; drawing
    anew: B. Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7(1), 1979.
    """
    count = len(profits)
    if count < _FEWEST_DEALS or funds <= 0:
        return None
    chance = np.random.default_rng(seed)
    start = float(funds)
    shuffled, drawn, sums = [], [], []
    left = runs
    while left:
        rows = min(left, max(1, _MOST_AT_ONCE // count))
        left -= rows
        order = chance.permuted(np.tile(np.arange(count), (rows, 1)), axis=1)
        shuffled.append(drawdowns(profits[order], worst[order], start))
        chosen = chance.integers(0, count, (rows, count))
        drawn.append(drawdowns(profits[chosen], worst[chosen], start))
        sums.append(profits[chosen].sum(axis=1))
    profit = np.concatenate(sums)
    return Resampled(
        runs=runs,
        deals=count,
        own_drawdown=float(drawdowns(profits[np.newaxis], worst[np.newaxis], start)[0]),
        shuffled_drawdown=_spread(np.concatenate(shuffled)),
        drawn_profit=_spread(profit),
        drawn_drawdown=_spread(np.concatenate(drawn)),
        losing_share=float((profit < 0).mean()),
        losing_deals=int((profits < 0).sum()),
    )


def drawdowns(profits: NDArray[np.float64], worst: NDArray[np.float64], start: float) -> NDArray[np.float64]:
    """The deepest fall, in percent of the highest point so far, of each row of deals."""
    before = start + np.cumsum(profits, axis=1) - profits
    peak = np.maximum.accumulate(before, axis=1)
    falls: NDArray[np.float64] = ((peak - before - np.minimum(worst, profits)) / peak).max(axis=1) * 100
    return np.maximum(falls, 0.0)


def _spread(values: NDArray[np.float64]) -> Spread:
    low, middle, high = np.percentile(values, (5, 50, 95))
    return Spread(float(low), float(middle), float(high))
