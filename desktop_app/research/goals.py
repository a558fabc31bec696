"""What a search is for: numbers of a backtest that are better the more (or the less), limits, and the Pareto front."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from math import inf

import numpy as np
from numpy.typing import NDArray

from desktop_app.research.report import Summary

# Ratios of two numbers of a summary, beside its own.
PROFIT_OVER_DRAWDOWN = "profit_over_drawdown"
PROFIT_PER_FUNDS = "profit_per_funds"
TOTAL = "total_quote"  # closed and open: a grid is one deal that need not end

_NOT_GOALS = frozenset({"buy_and_hold_percent", "deals_open", "unrealised_quote", "max_safety_orders_used"})
_SMALLER_IS_BETTER = frozenset(
    {
        "fees_quote",
        "max_drawdown_percent",
        "max_floating_loss_percent",
        "average_deal_seconds",
        "longest_deal_seconds",
        "max_funds_quote",
        "time_in_market_percent",
    }
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a choice of settings has to keep to; one that does not is shown, below all that do. None: no limit."""

    max_funds: Decimal | None = None
    max_drawdown: Decimal | None = None
    min_deals: int | None = None

    def excesses(self, summary: Summary) -> dict[str, float]:
        """By which share of itself each limit is broken; 0 or less: kept. The names are those of the options."""
        found: dict[str, float] = {}
        if self.max_funds is not None:
            found["max-funds"] = _excess(summary.max_funds_quote, self.max_funds)
        if self.max_drawdown is not None:
            found["max-drawdown"] = _excess(summary.max_drawdown_percent, self.max_drawdown)
        if self.min_deals is not None:
            found["min-deals"] = -_excess(Decimal(deals_of(summary)), Decimal(self.min_deals))
        return found

    def broken(self, summary: Summary) -> tuple[str, ...]:
        return tuple(name for name, excess in self.excesses(summary).items() if excess > 0)


def objectives() -> tuple[str, ...]:
    """The names that a search can be for."""
    numbers = tuple(field.name for field in fields(Summary) if field.name not in _NOT_GOALS)
    return (*numbers, TOTAL, PROFIT_OVER_DRAWDOWN, PROFIT_PER_FUNDS)


def usual_objective(kind: str) -> str:
    """What to look for where nobody says."""
    return TOTAL if kind == "grid" else "profit_quote"


def total_of(summary: Summary) -> Decimal:
    """What came of closed deals, and what the open ones would bring now."""
    return summary.profit_quote + summary.unrealised_quote


def deals_of(summary: Summary) -> int:
    """How often something was bought and sold again: a grid does that within one deal."""
    return summary.deals_closed if summary.round_trips is None else summary.round_trips


def score_of(summary: Summary, objective: str) -> float:
    """How good; more is better. What is undefined is worst."""
    if objective == TOTAL:
        return float(total_of(summary))
    if objective == PROFIT_OVER_DRAWDOWN:
        return float(summary.profit_percent) / max(float(summary.max_drawdown_percent), 0.01)
    if objective == PROFIT_PER_FUNDS:
        return float(summary.profit_quote) / max(float(summary.max_funds_quote), 1e-9)
    value = getattr(summary, objective)
    if value is None:
        return -inf
    return -float(value) if objective in _SMALLER_IS_BETTER else float(value)


def shown_score(score: float, objective: str) -> float | None:
    """The number itself, as a person knows it: a drawdown is not negative. None where it is undefined."""
    if score == -inf:
        return None
    return -score + 0.0 if objective in _SMALLER_IS_BETTER else score


def _excess(value: Decimal, limit: Decimal) -> float:
    return float((value - limit) / (limit or 1))


def is_less_better(objective: str) -> bool:
    return objective in _SMALLER_IS_BETTER


def front_of(scores: Sequence[tuple[float, ...]]) -> NDArray[np.bool_]:
    """Which of these no other one beats: at least as good in every objective, and better in one (V. Pareto).

    What is undefined in an objective is on no front.
    """
    table = np.array(scores, dtype=np.float64).reshape(len(scores), len(scores[0]) if scores else 1)
    on_front = np.zeros(len(table), dtype=np.bool_)
    left = np.flatnonzero(np.isfinite(table).all(axis=1))
    # In the order of a dictionary, largest first, nothing later beats anything earlier: the first one left is on it.
    left = left[np.lexsort(-table[left].T[::-1])]
    while len(left):
        first, rest = left[0], left[1:]
        on_front[first] = True
        is_beaten = (table[rest] <= table[first]).all(axis=1) & (table[rest] < table[first]).any(axis=1)
        left = rest[~is_beaten]
    return on_front
