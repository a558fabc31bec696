"""What a backtest's report leaves to the eye: its curves, its months, and how far deals went wrong on their way."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.deal import Deal, Direction
from desktop_app.core.market import HUNDRED, ZERO
from desktop_app.research.backtest import BacktestResult, Trade
from desktop_app.research.curves import make_curves
from desktop_app.research.report import DealLine, DealNumbers, Report, rounded

Floats = NDArray[np.float64]
Moments = NDArray[np.int64]
_POINTS = 1200  # of each curve: more than a screen has columns for


@dataclass(frozen=True, slots=True)
class Course:
    """The run in at most 1,200 steps. `equity`: all that there was at a step's last close; `booked`: the funds and
    what closed deals brought; `holding`: the funds, had they bought coins at the first open. `drawdown`: percent under
    the highest so far, the deepest of the step, 0 or less. `in_use`: the most that deals had in the market."""

    at: tuple[int, ...]
    equity: tuple[float, ...]
    booked: tuple[float, ...]
    holding: tuple[float, ...]
    drawdown: tuple[float, ...]
    in_use: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month (UTC), or what the candles have of it. Percents are of the values at its beginning."""

    year: int
    month: int
    profit_quote: Decimal
    profit_percent: Decimal
    holding_percent: Decimal
    deals_closed: int


@dataclass(frozen=True, slots=True)
class Excursion:
    """The worst and the best that a deal showed while it was in the market, if it had been closed there: of what was
    spent in all, after fees, at the candles' extremes with what was held at their ends, and at its own end."""

    worst_quote: Decimal
    worst_percent: Decimal
    best_quote: Decimal
    best_percent: Decimal


@dataclass(frozen=True, slots=True)
class Ending:
    """How many deals ended (or stand) like this, and what they brought."""

    status: str
    deals: int
    profit_quote: Decimal


@dataclass(frozen=True, slots=True)
class Fall:
    """The deepest fall of the equity: from where, where it was deepest, and when it was made good (None: not yet)."""

    start: int
    deepest: int
    recovered: int | None


@dataclass(frozen=True, slots=True)
class Insight:
    """`excursions` are those of the report's deals, in their order; `ladder`: (safety orders filled, deals)."""

    course: Course
    months: tuple[Month, ...]
    excursions: tuple[Excursion, ...]
    endings: tuple[Ending, ...]
    ladder: tuple[tuple[int, int], ...]
    fall: Fall | None


def make_insight(result: BacktestResult, report: Report) -> Insight:
    at, funds, equity = result.candles.at, float(result.funds), make_curves(result).equity
    holding = held_alone(result)
    return Insight(
        course=course_of(at, funds, equity, booked_of(result), holding, in_use_of(result)),
        months=months_of(at, funds, equity, holding, report.deals),
        excursions=_excursions(result),
        endings=_endings(report.deals),
        ladder=tuple(sorted(Counter(deal.safety_orders_filled for deal in report.deals).items())),
        fall=fall_of(at, funds, equity),
    )


# --- curves


def course_of(at: Moments, funds: float, equity: Floats, booked: Floats, holding: Floats, in_use: Floats) -> Course:
    """All columns candle by candle; `holding` as parts of what was there at the start."""
    total = len(at)
    edges = np.unique(np.linspace(0, total, min(_POINTS, total) + 1).round().astype(np.int64))
    first, last = edges[:-1], edges[1:] - 1
    highest = np.maximum.accumulate(np.maximum(equity, funds))
    under = (equity - highest) / np.where(highest > 0, highest, 1.0) * 100
    return Course(
        at=tuple(at[last].tolist()),
        equity=_short(equity[last]),
        booked=_short(booked[last]),
        holding=_short(funds * holding[last]),
        drawdown=_short(np.minimum.reduceat(under, first)),
        in_use=_short(np.maximum.reduceat(in_use, first)),
    )


def _short(values: Floats) -> tuple[float, ...]:
    return tuple((values.round(8) + 0.0).tolist())


def held_alone(result: BacktestResult) -> Floats:
    """What each part of the funds would be worth at the candles' ends, had it bought coins at the first open."""
    held: Floats = result.candles.close / float(result.candles.open[0])
    return held


def booked_of(result: BacktestResult) -> Floats:
    """The funds, and what deals brought that are over by each candle's end."""
    booked: Floats = np.zeros(len(result.candles))
    booked[0] = float(result.funds)
    ends = {trade.deal: trade.index for trade in result.trades}
    for deal in result.deals:
        if deal.status.is_over:
            booked[ends[deal.number]] += float(deal.profit)
    return np.cumsum(booked)


def in_use_of(result: BacktestResult) -> Floats:
    """What deals had in the market at each candle's end: paid for coins (a short: got for them) and not yet back."""
    used = np.zeros(len(result.candles))
    for deal, trades in _by_deal(result):
        sign = -1.0 if deal.direction is Direction.LONG else 1.0
        before, cash = 0.0, 0.0
        for trade in trades:
            cash += float(trade.quote) * sign
            now = max(0.0, cash)
            used[trade.index] += now - before
            before = now
        if deal.status.is_over:
            used[trades[-1].index] -= before
    held: Floats = np.maximum(used.cumsum(), 0.0)
    return held


def _by_deal(result: BacktestResult) -> list[tuple[Deal, list[Trade]]]:
    found: dict[int, list[Trade]] = defaultdict(list)
    for trade in result.trades:
        found[trade.deal].append(trade)
    return [(deal, found[deal.number]) for deal in result.deals if found[deal.number]]


def fall_of(at: Moments, funds: float, equity: Floats) -> Fall | None:
    highest = np.maximum.accumulate(np.maximum(equity, funds))
    falls = (highest - equity) / np.where(highest > 0, highest, 1.0)
    deepest = int(falls.argmax())
    if falls[deepest] <= 0:
        return None
    top = highest[deepest]
    before = np.flatnonzero(equity[: deepest + 1] >= top)
    after = np.flatnonzero(equity[deepest:] >= top)
    return Fall(
        start=int(at[before[-1]] if len(before) else at[0]),
        deepest=int(at[deepest]),
        recovered=int(at[deepest + after[0]]) if len(after) else None,
    )


# --- months


def months_of(
    at: Moments, funds: float, equity: Floats, holding: Floats, deals: Sequence[DealNumbers]
) -> tuple[Month, ...]:
    """`equity` and `holding` candle by candle, the latter as parts of what was there at the start."""
    number = _month_of(at)
    last = np.flatnonzero(np.append(np.diff(number) != 0, True))
    closed = Counter(int(_month_of(np.int64(deal.closed_at))) for deal in deals if deal.closed_at is not None)
    worth, held = funds, 1.0
    found: list[Month] = []
    for i in last.tolist():
        month, now, holds = int(number[i]), float(equity[i]), float(holding[i])
        found.append(
            Month(
                year=1970 + month // 12,
                month=month % 12 + 1,
                profit_quote=rounded(now - worth),
                profit_percent=rounded((now / worth - 1) * 100) if worth > 0 else ZERO,
                holding_percent=rounded((holds / held - 1) * 100),
                deals_closed=closed[month],
            )
        )
        worth, held = now, holds
    return tuple(found)


def _month_of(at: Any) -> Any:
    """Moments as numbers of months since 1970."""
    return at.astype("datetime64[ms]").astype("datetime64[M]").astype(np.int64)


# --- deals


def _excursions(result: BacktestResult) -> tuple[Excursion, ...]:
    known = {deal.number: _excursion(deal, trades, result) for deal, trades in _by_deal(result)}
    nothing = Excursion(ZERO, ZERO, ZERO, ZERO)
    return tuple(known.get(deal.number, nothing) for deal in result.deals)


def _excursion(deal: Deal, trades: list[Trade], result: BacktestResult) -> Excursion:
    candles, fee = result.candles, float(result.market.taker_fee)
    first = trades[0].index
    until = trades[-1].index + 1 if deal.status.is_over else len(candles)
    cash, held = np.zeros(until - first), np.zeros(until - first)
    for trade in trades:
        cash[trade.index - first] += float(trade.quote)
        held[trade.index - first] += float(trade.base)
    cash, held = cash.cumsum(), held.cumsum()
    held[np.abs(held) <= 1e-9 * max(1e-300, float(np.abs(held).max()))] = 0.0
    is_long = deal.direction is Direction.LONG
    share = 1.0 - fee if is_long else 1.0 + fee
    low, high = candles.low[first:until], candles.high[first:until]
    worst, best = (low, high) if is_long else (high, low)
    lowest = float((cash + held * worst * share).min())
    highest = float((cash + held * best * share).max())
    if deal.status.is_over:
        end = float(deal.profit)
        lowest, highest = min(lowest, end), max(highest, end)
    spent = deal.position.spent(deal.direction)
    bad, good = rounded(min(lowest, 0.0)), rounded(max(highest, 0.0))
    if not spent:
        return Excursion(bad, ZERO, good, ZERO)
    return Excursion(bad, bad / spent * HUNDRED, good, good / spent * HUNDRED)


def _endings(deals: tuple[DealLine, ...]) -> tuple[Ending, ...]:
    """The most frequent first; those that still run last."""
    brought: dict[str, list[Decimal]] = defaultdict(list)
    for deal in deals:
        brought["" if deal.closed_at is None else deal.status].append(deal.profit_quote)
    found = [Ending(status, len(profits), sum(profits, ZERO)) for status, profits in brought.items()]
    return tuple(sorted(found, key=lambda ending: (not ending.status, -ending.deals, ending.status)))
