"""What a search can be for, in plain words."""

from dataclasses import dataclass

from desktop_app.gui.i18n import tr_later
from desktop_app.research.goals import PROFIT_OVER_DRAWDOWN, PROFIT_PER_FUNDS, TOTAL

DRAWDOWN = "max_drawdown_percent"
PARETO = "pareto"


@dataclass(frozen=True, slots=True)
class Goal:
    """`title` and `hint` are English. With several objectives the first one is the score."""

    key: str
    title: str
    hint: str
    objectives: tuple[str, ...]


def _goal(key: str, title: str, hint: str, *objectives: str) -> Goal:
    return Goal(key, title, hint, objectives or (key,))


GOALS: tuple[Goal, ...] = (
    _goal(PROFIT_OVER_DRAWDOWN, tr_later("profit ÷ max drawdown"),
          tr_later("Closed profit for each percent that the worst fall cost. Prefers calm over greed.")),
    _goal(TOTAL, tr_later("profit, open deals included"),
          tr_later("What it brought in all. Prefers whoever risked most.")),
    _goal(PROFIT_PER_FUNDS, tr_later("profit per money used"),
          tr_later("Closed profit for the most money that was in the market at once.")),
    _goal("sharpe", tr_later("steadiness (Sharpe)"),
          tr_later("Daily gain over its ups and downs, scaled to a year.")),
    _goal("sortino", tr_later("steadiness, only falls count (Sortino)"),
          tr_later("Daily gain over its downs, scaled to a year.")),
    _goal("calmar", tr_later("yearly gain ÷ max drawdown (Calmar)"),
          tr_later("Yearly gain, open deals included, over the worst fall.")),
    _goal(DRAWDOWN, tr_later("smallest max drawdown"),
          tr_later("The least painful fall. Nothing traded falls least: set a least number of deals below.")),
    _goal(PARETO, tr_later("profit and drawdown at once (Pareto)"),
          tr_later("Runs that no other run beats in both come first, the most profitable on top."), TOTAL, DRAWDOWN),
)  # fmt: skip
BY_KEY = {goal.key: goal for goal in GOALS}
_CLOSED_ONLY = {PROFIT_OVER_DRAWDOWN, PROFIT_PER_FUNDS}


def goals_of(kind: str) -> tuple[Goal, ...]:
    """What makes sense for a kind of bot: a grid is one deal that need not close."""
    if kind == "grid":
        return tuple(goal for goal in GOALS if goal.key not in _CLOSED_ONLY)
    return GOALS


def usual_goal(kind: str) -> Goal:
    return BY_KEY[TOTAL if kind == "grid" else PROFIT_OVER_DRAWDOWN]
