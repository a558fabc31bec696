"""A grid's settings tried by hopping, refused where the core would refuse them."""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.columns import Candles, exact
from desktop_app.core.deal import Direction, Position
from desktop_app.core.grid_tally import GridTally
from desktop_app.core.market import HUNDRED, ONE, ZERO, Market
from desktop_app.core.order import Side
from desktop_app.core.strategies.grid_settings import Grid
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.grid_start import begin, digits_of
from desktop_app.research.grid_table import Frame, NoTable
from desktop_app.research.hop.columns import Columns
from desktop_app.research.hop.course import Account, Floats, Traded, course_of, make_account
from desktop_app.research.hop.grid import GridRun
from desktop_app.research.hop.grid_plan import make_grid_plan
from desktop_app.research.hop.grid_walk import walk_grid
from desktop_app.research.hop.log import HopDeal
from desktop_app.research.hop.plan import BeyondHop, digits_after_point
from desktop_app.research.hop.prepared import prepared
from desktop_app.research.report import Summary, summary_of
from desktop_app.research.whole_prices import NotWhole

_MOST = 10**27  # more digits than the core's decimals keep
_EXACT = 2.0**53  # the largest number up to which floats are whole numbers


class Hopped(NamedTuple):
    """A grid after its last candle; `run` None: the price never came to its start. `funds`: percents refer to them."""

    run: GridRun | None
    opened: int
    funds: Decimal


def hop_grid(
    grid: Grid, candles: Candles, market: Market, rules: BacktestRules, is_stopped: Callable[[], bool]
) -> Summary | None:
    """The core's summary; None where only the core can make it, and where somebody asked to stop. `market` has the fees
    of the run.

    Raises:
        BacktestRefused: so would the core.
    """
    try:
        columns, prices = prepared(candles, 1, ONE.scaleb(-digits_of(grid, market.price_tick)))
        hopped = hop_over(grid, columns, market, rules, is_stopped)
    except (NotWhole, NoTable, BeyondHop):
        return None
    if hopped is None:
        return None
    first, last, run = exact(candles.open[0]), exact(candles.close[-1]), hopped.run
    funds = float(hopped.funds)
    traded = run if run is not None and run.trades else None
    deal = _deal_of(traded, int(columns.at[hopped.opened]), columns, last) if traded is not None else None
    losses = [] if deal is None or deal.closed_at is None else [float(deal.profit_quote)]
    account = _account_of(traded, losses, funds, float(market.taker_fee))
    course = course_of(account, losses, prices, len(candles), funds, last / first - 1)
    return summary_of(
        () if deal is None else (deal,),
        () if traded is None else (_tally_of(traded),),
        course,
        funds=hopped.funds,
        most_used=ZERO if traded is None else traded.most,
    )


def hop_over(
    grid: Grid, columns: Columns, market: Market, rules: BacktestRules, is_stopped: Callable[[], bool] = lambda: False
) -> Hopped | None:
    """None: somebody asked to stop.

    Raises:
        BacktestRefused: so would the core.
        BeyondHop, NoTable: run the core instead.
    """
    total = len(columns)
    highs, lows = columns.highs[:total], columns.lows[:total]
    highest = float(highs.max()) * (1.0 + float(rules.slippage_percent) / 100.0) + 1.0
    frame = Frame(market, columns.digits, float(lows.min()), highest)
    begun = begin(grid, frame, np.asarray(columns.open), highs, lows)
    if begun.start is None:
        return Hopped(None, 0, begun.funds)
    run = walk_grid(make_grid_plan(grid, frame, begun.table, rules), columns, begun.start, is_stopped)
    if run is None:
        return None
    _check_digits(run, market, rules)
    return Hopped(run, begun.start.candle, begun.funds)


def _check_digits(run: GridRun, market: Market, rules: BacktestRules) -> None:
    """Raises BeyondHop where the core would round a sum."""
    fees = max(digits_after_point(market.maker_fee), digits_after_point(market.taker_fee))
    parts = 10 ** (fees + digits_after_point(rules.slippage_percent / HUNDRED))
    one = run.plan.money * run.plan.fee_parts
    moved = max(run.spent, run.sold) + int(run.market_position.entry_quote / one) + 1
    if max(moved * parts, abs(run.earned)) > _MOST:
        raise BeyondHop("more digits than decimals keep")


def position_of(run: GridRun) -> Position:
    """All trades together."""
    plan, one = run.plan, run.plan.money * run.plan.fee_parts
    bought, sold, at_market = run.spent * one, run.sold * one, run.market_position
    maker = plan.market.maker_fee
    in_coins = maker if plan.is_fee_in_coins else ZERO
    lots = sum(trade[3] for trade in run.trades if trade[3] > 0 and trade[1] >= 0)
    out = -sum(trade[3] for trade in run.trades if trade[3] < 0 and trade[1] >= 0)
    step = plan.market.amount_step
    return Position(
        entry_amount=lots * step + at_market.entry_amount,
        entry_quote=bought + at_market.entry_quote,
        entry_fee=bought * maker + at_market.entry_fee,
        exit_amount=out * step + at_market.exit_amount,
        exit_quote=sold + at_market.exit_quote,
        exit_fee=sold * maker + at_market.exit_fee,
        coin_fee=lots * step * in_coins + at_market.coin_fee,
        coin_fee_quote=bought * in_coins + at_market.coin_fee_quote,
    )


def _deal_of(run: GridRun, opened_at: int, columns: Columns, last: Decimal) -> HopDeal:
    position = position_of(run)
    if run.is_over:
        profit, closed_at = position.cash(Direction.LONG) + run.left_worth, int(columns.at[run.ended])
        return HopDeal(opened_at, closed_at, profit, position.fees, 0)
    return HopDeal(opened_at, None, position.worth(Direction.LONG, last, run.plan.market.taker_fee), position.fees, 0)


def _tally_of(run: GridRun) -> GridTally:
    return GridTally(profit=run.earned * run.plan.money / run.plan.rest, round_trips=run.round_trips)


def _account_of(run: GridRun | None, losses: list[float], funds: float, fee: float) -> Account:
    nothing = np.zeros(1)
    if run is None:
        traded = Traded(np.zeros(0, np.int64), nothing, nothing, nothing)
        return make_account(traded, np.zeros(1, np.bool_), funds, fee)
    candles = np.array([trade[0] for trade in run.trades], np.int64)
    is_first = np.diff(candles, prepend=-1) > 0
    places, place = candles[is_first], is_first.cumsum()
    booked, is_open = np.zeros(len(places) + 1), np.ones(len(places) + 1, np.bool_)
    is_open[0] = False
    if losses:
        booked[-1], is_open[-1] = losses[0], False
    # Sums in the order of the trades, as research/curves makes them.
    cash, coins = (np.bincount(place, moved).astype(np.float64) for moved in _moved(run))
    traded = Traded(places, cash, coins, booked)
    return make_account(traded, is_open, funds, fee)


def _moved(run: GridRun) -> tuple[Floats, Floats]:
    """What each trade did to the quote and to the coins."""
    plan = run.plan
    step, rest = plan.market.amount_step, plan.rest
    costs = [price * lots for _, _, price, lots in run.trades]
    quote = _floats([-cost * (plan.buying if cost > 0 else plan.selling) for cost in costs], plan.money)
    base = _floats([lots * (plan.kept if lots > 0 else rest) for _, _, _, lots in run.trades], step / rest)
    at_market = (k for k, trade in enumerate(run.trades) if trade[1] < 0)
    for k, trade in zip(at_market, run.at_market, strict=True):
        fill, is_buy = trade.fill, trade.side is Side.BUY
        quote[k] = float((-fill.cost if is_buy else fill.cost) - (fill.fee if not fill.coin_fee else 0))
        base[k] = float((fill.amount if is_buy else -fill.amount) - fill.coin_fee)
    return quote, base


def _floats(values: list[int], one: Decimal) -> NDArray[np.float64]:
    """The floats nearest to so many of these."""
    num, den = one.as_integer_ratio()
    if den <= _EXACT and num * max(map(abs, values)) <= _EXACT:
        return np.array(values, np.float64) * num / den
    return np.array([value * num / den for value in values])
