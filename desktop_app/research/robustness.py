"""Whether a choice of settings deserves belief: its neighbours, other orders of its deals, dearer trading, and luck.

    examine(found, settings, candles, market, rules, progress=…) -> Robustness        of the best, or of `trial`

Everything here is computed on the candles that the choice was made by, and through the core.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.columns import Candles
from desktop_app.core.market import HUNDRED, Market
from desktop_app.core.settings import Settings
from desktop_app.research.backtest import BacktestRefused, BacktestResult, BacktestRules
from desktop_app.research.curves import make_curves
from desktop_app.research.deflated_sharpe import DeflatedSharpe, deflated_sharpe
from desktop_app.research.goals import deals_of
from desktop_app.research.insight import make_insight
from desktop_app.research.judging import Interrupted, Stretch, Workbench
from desktop_app.research.neighbours import Neighbourhood, neighbourhood_of, neighbours_of
from desktop_app.research.plan import make_plan
from desktop_app.research.ratios import DAY_MS
from desktop_app.research.report import Summary, make_report
from desktop_app.research.resampling import Resampled, resample
from desktop_app.research.search import Found, Trial
from desktop_app.research.space import Point

Progress = Callable[[int, int], bool]  # (steps done, steps in all) → go on?

FEW_DEALS = 30  # closed ones, or round trips; below that chance alone can make a result
_DEARER = (Decimal(1), Decimal("1.5"), Decimal(2))
_SLIPPAGE = Decimal("0.05")  # percent; what doubling means where none was assumed


@dataclass(frozen=True, slots=True)
class Cost:
    """The same settings where trading costs `times` as much. `summary` None: refused."""

    times: Decimal
    maker_fee_percent: Decimal
    taker_fee_percent: Decimal
    slippage_percent: Decimal
    summary: Summary | None


@dataclass(frozen=True, slots=True)
class Robustness:
    """None: it could not be said. `deals`: on how many all of this rests."""

    deals: int
    neighbourhood: Neighbourhood
    resampled: Resampled | None
    costs: tuple[Cost, ...]
    deflated: DeflatedSharpe | None

    @property
    def are_deals_few(self) -> bool:
        return self.deals < FEW_DEALS


def examine(
    found: Found,
    settings: Settings,
    candles: Candles,
    market: Market,
    rules: BacktestRules,
    *,
    trial: Trial | None = None,
    before: Candles | None = None,
    progress: Progress | None = None,
) -> Robustness | None:
    """Of one trial of what was found with these very arguments; default the best. None: stopped by `progress`."""
    chosen = trial or found.trials[0]
    plan = make_plan(settings, candles, market, rules, found.search, before, len(found.trials))
    job = replace(plan.job, engine=found.engine)
    steps = _Steps(progress, 1 + len(_DEARER) + len(neighbours_of(found.search.space, chosen.point)))
    bench = Workbench(job, steps.is_stopped)
    known = {one.point: one for one in found.trials}
    try:
        result = bench.run(chosen.point, plan.seen)
        steps.step()
        costs = tuple(_cost(bench, chosen, plan.seen, times, steps) for times in _DEARER)

        def judge(point: Point) -> Trial | None:
            steps.step()
            return bench.judge(point, plan.seen, None)

        neighbourhood = neighbourhood_of(found.search.space, chosen, known, judge)
    except Interrupted:
        return None
    return Robustness(
        deals=deals_of(chosen.summary),
        neighbourhood=neighbourhood,
        resampled=resample(*_closed(result), result.funds, seed=found.search.seed),
        costs=costs,
        deflated=deflated_sharpe(_daily_returns(result), _tried(found)),
    )


class _Steps:
    """Tells progress, and hears of a stop also in the middle of a step."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._done, self._total = 0, total

    def is_stopped(self) -> bool:
        return self._progress is not None and not self._progress(self._done, self._total)

    def step(self) -> None:
        self._done = min(self._done + 1, self._total)
        if self.is_stopped():
            raise Interrupted


def _cost(bench: Workbench, trial: Trial, stretch: Stretch, times: Decimal, steps: _Steps) -> Cost:
    job = bench.job
    market = job.rules.applied_to(job.market)
    maker, taker = market.maker_fee * times, market.taker_fee * times
    slippage = job.rules.slippage_percent
    slippage = slippage * times if slippage else _SLIPPAGE * (times - 1)
    dearer = replace(
        job,
        market=replace(market, maker_fee=maker, taker_fee=taker),
        rules=replace(job.rules, fee_percent=None, slippage_percent=slippage),
    )
    summary = None
    with suppress(BacktestRefused):
        summary = make_report(Workbench(dearer, steps.is_stopped).run(trial.point, stretch)).summary
    steps.step()
    return Cost(times, maker * HUNDRED, taker * HUNDRED, slippage, summary)


def _closed(result: BacktestResult) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of the closed deals what they brought, and the worst that they showed while they were open."""
    shown = make_insight(result, make_report(result)).excursions
    closed = [
        (float(deal.profit), float(excursion.worst_quote))
        for deal, excursion in zip(result.deals, shown, strict=True)
        if deal.status.is_over
    ]
    columns = np.array(closed).reshape(-1, 2)
    return columns[:, 0], columns[:, 1]


def _daily_returns(result: BacktestResult) -> NDArray[np.float64]:
    """From one UTC day's last value to the next, as for the ratios."""
    days = result.candles.at // DAY_MS
    daily = make_curves(result).equity[np.flatnonzero(np.append(days[1:] != days[:-1], True))]
    if len(daily) < 2 or (daily <= 0).any():
        return np.zeros(0)
    returns: NDArray[np.float64] = daily[1:] / daily[:-1] - 1
    return returns


def _tried(found: Found) -> list[float]:
    """The Sharpe ratios per day of all trials that have one."""
    yearly = (trial.summary.sharpe for trial in found.trials)
    return [float(sharpe) / sqrt(365) for sharpe in yearly if sharpe is not None]
