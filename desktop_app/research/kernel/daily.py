"""Sharpe and Sortino of a curve's days in compiled numbers, as research/ratios computes them."""

from math import nan, sqrt

from desktop_app.research.kernel.formulas import Real
from desktop_app.research.kernel.jit import inner

_ROOT_OF_DAYS = sqrt(365.0)


@inner
def rates_of(days: Real) -> tuple[float, float]:
    """`days`: the very first value, then the last one of each day. NaN where a ratio is undefined."""
    count = len(days) - 2
    if count < 2:
        return nan, nan
    total, lost = 0.0, 0.0
    for k in range(1, len(days)):
        if days[k] <= 0.0:
            return nan, nan
    for k in range(1, count + 1):
        change = days[k + 1] / days[k] - 1.0
        total += change
        if change < 0.0:
            lost += change * change
    mean = total / count
    spread = 0.0
    for k in range(1, count + 1):
        off = days[k + 1] / days[k] - 1.0 - mean
        spread += off * off
    deviation, downside = sqrt(spread / (count - 1)), sqrt(lost / count)
    sharpe = mean / deviation * _ROOT_OF_DAYS if deviation > 0.0 else nan
    return sharpe, mean / downside * _ROOT_OF_DAYS if downside > 0.0 else nan
