"""Trials of a search that nobody had to run."""

from decimal import Decimal
from math import inf

from desktop_app.research.report import Summary
from desktop_app.research.search import Found, Search, Trial
from desktop_app.research.space import Dimension, Point, Space

D = Decimal
STEP, SCALE = "safety_orders.price_deviation", "safety_orders.volume_scale"
SPACE = Space((Dimension(STEP, (D("0.8"), D("1.6"), D("2.4"))), Dimension(SCALE, (D(1), D("1.1"), D("1.2"), D("1.3")))))
SEARCH = Search(SPACE, objectives=("profit_over_drawdown",), unseen_percent=D(30))


def summary(profit: str = "8.9", drawdown: str = "9.1", *, deals: int = 120) -> Summary:
    return Summary(
        deals_closed=deals,
        deals_open=1,
        profit_quote=D(profit),
        unrealised_quote=D("-0.5"),
        fees_quote=D("1.2"),
        profit_percent=D(profit) / 2,
        buy_and_hold_percent=D("19.6"),
        max_drawdown_percent=D(drawdown),
        max_floating_loss_percent=D(drawdown),
        win_rate_percent=D(98),
        profit_factor=D("2.1"),
        sharpe=D("1.1"),
        sortino=D("1.4"),
        calmar=D("0.9"),
        average_deal_seconds=3600,
        longest_deal_seconds=360_000,
        max_funds_quote=D("160"),
        max_safety_orders_used=4,
        time_in_market_percent=D(71),
    )


def point(step: str, scale: str) -> Point:
    return Point(((STEP, D(step)), (SCALE, D(scale))))


def trial(
    step: str,
    scale: str,
    score: float = 0.5,
    *,
    seen: Summary | None = None,
    unseen: Summary | None = None,
    broken: tuple[str, ...] = (),
) -> Trial:
    return Trial(point(step, scale), seen or summary(), unseen or summary("2.1", "11"), (score,), broken)


def found(*trials: Trial, search: Search = SEARCH) -> Found:
    return Found(search, trials, 0, 1.5, "complete", "core", total=len(trials))


SOME = (
    trial("0.8", "1", 0.41),
    trial("0.8", "1.1", 0.44),
    trial("1.6", "1.1", 0.81),
    trial("1.6", "1.2", 0.98),
    trial("2.4", "1.3", -0.5),
    trial("2.4", "1", -inf),
    trial("0.8", "1.3", 1.5, broken=("max-funds",)),
)
