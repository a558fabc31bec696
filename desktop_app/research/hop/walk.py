"""Deal after deal over the candles, looking only at those that touch a level."""

from bisect import bisect_left
from collections.abc import Callable
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from desktop_app.core import ladder
from desktop_app.core.ladder import PLAIN, Sizing
from desktop_app.core.market import ZERO
from desktop_app.core.order import Role
from desktop_app.research.hop.columns import Columns
from desktop_app.research.hop.deal import Deal
from desktop_app.research.hop.log import HopDeal, Log
from desktop_app.research.hop.plan import Plan
from desktop_app.research.hop.trailing import TrailingDeal

Places = NDArray[np.int64]


def walk(
    plan: Plan, columns: Columns, openings: Places | None, last: Decimal,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Log | None:  # fmt: skip
    """What the bot does; `openings` are the candles in which deals may open, None all, `last` is the last close.
    None: somebody asked to stop.

    Raises:
        BeyondHop: run the core instead.
    """
    limits, every, total = plan.settings.limits, plan.rules.timeframe_ms, len(columns)
    wait = (limits.cooldown_seconds + limits.start_delay_seconds) * 1000
    log, at, profit = Log(), columns.at, ZERO
    kind = Deal if plan.trail is None else TrailingDeal
    left = limits.stop_after_deals or total
    i = _opening(openings, _first(columns, 0, int(at[0]) + limits.start_delay_seconds * 1000), total)
    while i < total and left:
        if is_stopped():
            return None
        sizing = _sizing(plan, profit, columns, i) if plan.is_sized else PLAIN
        deal = kind(plan, log.trades, i, int(at[i]), columns.open[i], sizing)
        _play(deal, plan, columns, i)
        log.most = max(log.most, deal.paid)
        if not deal.is_over:
            log.deals.append(_running(deal, plan, last))
            break
        profit, left, i = profit + deal.profit, left - 1, deal.closed
        log.deals.append(HopDeal(deal.opened_at, int(at[i]), deal.profit, deal.fees, deal.safety))
        if deal.is_stopped_out and plan.settings.stop_loss.then == "stop_bot":
            break
        after = _first(columns, i + 1, int(at[i]) + every + wait) if wait else i + 1
        i = _opening(openings, after, total)
    return log


def _play(deal: Deal, plan: Plan, columns: Columns, i: int) -> None:
    """From its first candle to its end, or that of the candles."""
    opens, highs, lows, closes = columns.open, columns.high, columns.low, columns.close
    due = total = len(columns)
    limit = plan.settings.limits.close_after_seconds
    if limit is not None:
        due = _first(columns, i + 1, deal.opened_at + limit * 1000)
    deal.follow(i, opens[i], highs[i], lows[i], closes[i])
    while not deal.is_over:
        i = deal.next_touch(columns, i + 1, due)
        if i == total:
            return
        start = opens[i]
        if start <= deal.below or start >= deal.above:
            deal.jump(i, start)
        if i == due and not deal.is_over:
            deal.leave(i, Role.CLOSE, 0, plan.exactly(start))
        if not deal.is_over:
            deal.follow(i, start, highs[i], lows[i], closes[i])


def _first(columns: Columns, start: int, at: int) -> int:
    """The first candle from `start` on that is not before this moment."""
    return bisect_left(columns.at, at, lo=min(start, len(columns)))


def _opening(openings: Places | None, i: int, total: int) -> int:
    """The first candle from `i` on in which a deal may open, else `total`."""
    if openings is None:
        return i
    place = int(openings.searchsorted(i))
    return int(openings[place]) if place < len(openings) else total


def _sizing(plan: Plan, profit: Decimal, columns: Columns, i: int) -> Sizing:
    """Of a deal that opens in this candle, after deals that have earned this."""
    settings, price = plan.settings, plan.exactly(columns.open[i])
    return ladder.closed_profit_sizing(
        profit, settings.reinvest_percent, settings.risk_reduction_percent, settings.reinvest_mode,
        settings.base_order, settings.safety_orders, price, settings.direction, plan.market, ZERO,
    )  # fmt: skip


def _running(deal: Deal, plan: Plan, last: Decimal) -> HopDeal:
    position = deal.position
    worth = position.worth(plan.settings.direction, last, plan.market.taker_fee)
    return HopDeal(deal.opened_at, None, worth, position.fees, deal.safety)
