"""What several bots over one balance leave to the eye together: the balance's course, its months, its deepest fall."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from desktop_app.research.backtest import BacktestResult
from desktop_app.research.curves import make_curves
from desktop_app.research.insight import (
    Course,
    Fall,
    Floats,
    Month,
    booked_of,
    course_of,
    fall_of,
    held_alone,
    in_use_of,
    months_of,
)
from desktop_app.research.portfolio_report import PortfolioReport, along, moments_of


@dataclass(frozen=True, slots=True)
class PortfolioInsight:
    """As Insight, of the whole balance. `holding` puts the same sum into each pair."""

    course: Course
    months: tuple[Month, ...]
    fall: Fall | None


def make_portfolio_insight(
    results: Sequence[BacktestResult], report: PortfolioReport, funds: float
) -> PortfolioInsight:
    """`results`: of every bot on each of its pairs; `funds`: what all of them began with."""
    at = moments_of(results)
    equity, booked, in_use = np.full(len(at), funds), np.full(len(at), funds), np.zeros(len(at))
    holding: dict[str, Floats] = {}
    for one in results:
        own, before = one.candles.at, float(one.funds)
        equity += along(at, own, make_curves(one).equity - before)
        booked += along(at, own, booked_of(one) - before)
        in_use += along(at, own, in_use_of(one))
        if one.market.symbol not in holding:
            holding[one.market.symbol] = along(at, own, held_alone(one), before=1.0)
    held = np.mean(list(holding.values()), axis=0)
    deals = [deal for bot in report.bots for part in bot.parts for deal in part.deals]
    return PortfolioInsight(
        course=course_of(at, funds, equity, booked, held, in_use),
        months=months_of(at, funds, equity, held, deals),
        fall=fall_of(at, funds, equity),
    )
