"""How much of the best Sharpe ratio is left once it is known how many were tried to find it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import e, sqrt
from statistics import NormalDist, variance

import numpy as np
from numpy.typing import NDArray

_EULER_MASCHERONI = 0.5772156649015329
_FEWEST_DAYS = 10  # returns below which skewness and kurtosis say nothing
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class DeflatedSharpe:
    """`probability` that the strategy's true Sharpe ratio is above 0, in spite of the choice of the best of `trials`.

    `sharpe` and `by_luck` (the best that so many trials of strategies worth nothing would be expected to show) are per
    day, as they were computed with; `days` returns were measured.
    """

    probability: float
    sharpe: float
    by_luck: float
    trials: int
    days: int
    skewness: float
    kurtosis: float


def deflated_sharpe(returns: NDArray[np.float64], tried: Sequence[float]) -> DeflatedSharpe | None:
    """Of daily `returns` of the best, and the Sharpe ratios per day of all that were `tried`, the best included.

    None where there are too few days or the returns do not move.

    D. H. Bailey, M. López de Prado, "The Deflated Sharpe Ratio: Correcting for Selection Bias, Backtest Overfitting and
    Non-Normality", Journal of Portfolio Management 40(5), 2014. Neighbouring settings trade alike, so the number of
    independent trials is smaller than that of all: counting all of them makes this err on the careful side.
    """
    days = len(returns)
    deviation = float(returns.std(ddof=1)) if days > 1 else 0.0
    if days < _FEWEST_DAYS or deviation <= 0:
        return None
    sharpe = float(returns.mean()) / deviation
    centred = returns - returns.mean()
    spread = float(np.sqrt(np.mean(centred**2)))
    skewness = float(np.mean(centred**3)) / spread**3
    kurtosis = float(np.mean(centred**4)) / spread**4
    by_luck = luckiest(variance(tried), len(tried)) if len(tried) > 1 else 0.0
    probability = probability_above(by_luck, sharpe, days, skewness, kurtosis)
    return DeflatedSharpe(probability, sharpe, by_luck, len(tried), days, skewness, kurtosis)


def luckiest(spread: float, trials: int) -> float:
    """The largest of `trials` Sharpe ratios to be expected where their mean is 0 and their variance `spread`."""
    if trials < 2 or spread <= 0:
        return 0.0
    first = _NORMAL.inv_cdf(1 - 1 / trials)
    second = _NORMAL.inv_cdf(1 - 1 / (trials * e))
    return sqrt(spread) * ((1 - _EULER_MASCHERONI) * first + _EULER_MASCHERONI * second)


def probability_above(threshold: float, sharpe: float, days: int, skewness: float, kurtosis: float) -> float:
    """That the true Sharpe ratio is above `threshold`: the probabilistic Sharpe ratio. All are per day."""
    spread = 1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe**2
    if spread <= 0:
        return float(sharpe > threshold)
    return _NORMAL.cdf((sharpe - threshold) * sqrt(days - 1) / sqrt(spread))
