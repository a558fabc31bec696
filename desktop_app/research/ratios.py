"""How much profit came for how much risk: Sharpe, Sortino and Calmar of a day-by-day equity curve."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DAY_MS = 86_400_000
_DAYS = 365  # crypto trades every day of the year
_NOISE = 1e-12  # a fall no deeper is what floats round off


@dataclass(frozen=True, slots=True)
class Ratios:
    """None where the curve is too short or does not move."""

    sharpe: float | None
    sortino: float | None
    calmar: float | None


def make_ratios(at: NDArray[np.int64], equity: NDArray[np.float64], max_drawdown: float) -> Ratios:
    """Of the returns from one UTC day's last value to the next, with a riskless rate of 0.

    `max_drawdown` is the fraction lost from the highest point.
    """
    ends = day_ends(at)
    return ratios_of_days(equity[ends], float(equity[0]), int(at[-1] - at[0]), max_drawdown)


def day_ends(at: NDArray[np.int64]) -> NDArray[np.int64]:
    """The place of the last of these times in each UTC day that has one."""
    midnights = np.arange(int(at[0]) // DAY_MS + 1, int(at[-1]) // DAY_MS + 1) * DAY_MS
    ends = np.append(np.searchsorted(at, midnights), len(at)) - 1
    return ends[np.diff(ends, prepend=-1) > 0]


def ratios_of_days(daily: NDArray[np.float64], first: float, span: int, max_drawdown: float) -> Ratios:
    """`daily`: the last value of each UTC day; `first`: the very first value; `span`: of the whole curve, ms."""
    calmar = calmar_of(span, first, float(daily[-1]), max_drawdown)
    if len(daily) < 3 or (daily <= 0).any():
        return Ratios(None, None, calmar)
    returns = daily[1:] / daily[:-1] - 1
    return Ratios(_sharpe(returns), _sortino(returns), calmar)


def _sharpe(returns: NDArray[np.float64]) -> float | None:
    """mean(r) / sd(r) · √365, sd with n − 1 (W. F. Sharpe, "The Sharpe Ratio", J. Portfolio Management, 1994)."""
    deviation = float(returns.std(ddof=1))
    return float(returns.mean()) / deviation * _DAYS**0.5 if deviation > 0 else None


def _sortino(returns: NDArray[np.float64]) -> float | None:
    """mean(r) / √(mean(min(r, 0)²)) · √365 (F. Sortino, L. Price, "Performance Measurement in a Downside Risk
    Framework", J. Investing, 1994; target 0, all days in the denominator)."""
    downside = float(np.sqrt(np.mean(np.minimum(returns, 0) ** 2)))
    return float(returns.mean()) / downside * _DAYS**0.5 if downside > 0 else None


def calmar_of(span: int, first: float, last: float, max_drawdown: float) -> float | None:
    """Compound yearly return / maximum drawdown (T. W. Young, "Calmar Ratio: A Smoother Tool", Futures, 1991).

    Young takes 36 months; here it is the whole run, and none of less than a day.
    """
    if span < DAY_MS or max_drawdown <= _NOISE or first <= 0 or last <= 0:
        return None
    years = span / (_DAYS * DAY_MS)
    growth = (np.log(last) - np.log(first)) / years
    return float(np.expm1(growth)) / max_drawdown if growth < 700 else None
