"""What a portfolio comes to: each bot on each pair, each bot, and all of it over one balance."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.columns import exact
from desktop_app.core.market import ZERO, Market
from desktop_app.research.backtest import BacktestResult
from desktop_app.research.curves import Curves, drawdown_of, make_curves
from desktop_app.research.portfolio import BotFunds, Part, PortfolioResult
from desktop_app.research.ratios import make_ratios
from desktop_app.research.report import Course, Report, Summary, make_report, summary_of, thinned

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BotReport:
    """One bot over its pairs; `parts` are one report a pair."""

    bot: str
    summary: Summary
    parts: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class PortfolioReport:
    """`summary` is of all bots together, over the balance that they share; `equity` is the whole's."""

    bots: tuple[BotReport, ...]
    summary: Summary
    equity: tuple[tuple[int, Decimal], ...]
    engine_seconds: float

    @property
    def market(self) -> Market:
        """Of the first pair; all have its quote currency."""
        return self.bots[0].parts[0].market


@dataclass(frozen=True, slots=True)
class _Measured:
    part: Part
    report: Report
    curves: Curves


def make_portfolio_report(result: PortfolioResult) -> PortfolioReport:
    measured = [_Measured(part, make_report(part.result), make_curves(part.result)) for part in result.parts]
    bots = []
    for number, funds in enumerate(result.bots):
        mine = [one for one in measured if one.part.bot == number]
        bots.append(BotReport(funds.name, _total(mine, funds)[0], tuple(one.report for one in mine)))
    summary, at, equity = _total(measured, result.whole)
    return PortfolioReport(tuple(bots), summary, thinned(at, equity), result.engine_seconds)


def _total(parts: Sequence[_Measured], funds: BotFunds) -> tuple[Summary, NDArray[np.int64], Floats]:
    """The parts as one: their sums at every moment at which any of them has a candle."""
    at = moments_of([one.part.result for one in parts])
    start = float(funds.funds)
    equity, floating = np.full(len(at), start), np.zeros(len(at))
    is_in_market = np.zeros(len(at), np.bool_)
    for one in parts:
        own, curves = one.part.result.candles.at, one.curves
        equity += along(at, own, curves.equity - float(one.part.result.funds))
        floating += along(at, own, curves.floating)
        is_in_market |= along(at, own, curves.is_in_market) > 0
    deals = [deal for one in parts for deal in one.report.deals]
    fall = drawdown_of(equity, start)
    losses = [float(deal.profit_quote) for deal in deals if deal.closed_at is not None]
    deepest = max(0.0, -float(floating.min()), -min(losses, default=0.0))
    course = Course(
        ratios=make_ratios(at, equity, fall),
        max_drawdown=fall,
        max_floating_loss=deepest / start if start > 0 else 0.0,
        time_in_market=float(is_in_market.mean()),
        holding=_holding(parts),
    )
    tallies = [deal.grid for one in parts for deal in one.part.result.deals if deal.grid is not None]
    return summary_of(deals, tallies, course, funds=funds.funds, most_used=funds.most_used), at, equity


def moments_of(results: Sequence[BacktestResult]) -> NDArray[np.int64]:
    """Every moment at which any of them has a candle."""
    return np.unique(np.concatenate([one.candles.at for one in results]))


def along(at: NDArray[np.int64], own: NDArray[np.int64], values: NDArray[Any], before: float = 0.0) -> Floats:
    """Values of candles that open at `own`, at all the moments `at`: where there is no candle, the last one's."""
    row = np.searchsorted(own, at, side="right") - 1
    found: Floats = np.where(row >= 0, values[np.maximum(row, 0)], before)
    return found


def _holding(parts: Sequence[_Measured]) -> Decimal:
    """The same sum put into each pair and held."""
    found: dict[str, Decimal] = {}
    for one in parts:
        candles = one.part.result.candles
        found[one.report.pair] = exact(candles.close[-1]) / exact(candles.open[0]) - 1
    return sum(found.values(), ZERO) / len(found)
