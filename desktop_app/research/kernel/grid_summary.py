"""A grid run of the kernel in the numbers of a report, without making a decimal of every fill."""

from math import isnan, nan

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.core.market import Market
from desktop_app.research.kernel import grid_curve
from desktop_app.research.kernel import grid_layout as layout
from desktop_app.research.kernel.formulas import Real, Whole
from desktop_app.research.kernel.grid import GridPlay
from desktop_app.research.kernel.grid_layout import (
    FILL_CANDLE,
    FILL_IS_MAKER,
    FILL_LOTS,
    FILL_SIDE,
    IS_FEE_IN_COINS,
    MAKER,
    PRICE,
    TAKER,
    GridRun,
)
from desktop_app.research.kernel.jit import compiled
from desktop_app.research.ratios import ratios_of_days
from desktop_app.research.report import Summary, rounded

_NOTHING = 1e-9  # of the most coins held at a candle's end: as research/curves sees it


@compiled
def add_up(
    run: GridRun, fills: Whole, prices: Real, unit: float, step: float, cash: Real, coins: Real
) -> None:  # fmt: skip
    """Fill `cash` and `coins` with what the account had gained after each fill."""
    quote, base, most, count = 0.0, 0.0, 0.0, len(fills)
    is_in_coins = run.set[IS_FEE_IN_COINS] != 0
    maker, taker = run.set_pairs[MAKER], run.set_pairs[TAKER]
    for k in range(count):
        rate = maker if fills[k, FILL_IS_MAKER] else taker
        amount = fills[k, FILL_LOTS] * step
        cost = prices[k, PRICE] * unit * amount
        if fills[k, FILL_SIDE] < 0:
            quote += cost - cost * rate
            base -= amount
        else:
            quote -= cost if is_in_coins else cost + cost * rate
            base += amount - (amount * rate if is_in_coins else 0.0)
        cash[k], coins[k] = quote, base
        if k + 1 == count or fills[k + 1, FILL_CANDLE] != fills[k, FILL_CANDLE]:
            most = max(most, abs(base))
    crumb = _NOTHING * max(1e-300, most)
    for k in range(count):
        if abs(coins[k]) <= crumb:
            coins[k] = 0.0


def summarise_grid(play: GridPlay, candles: Candles, market: Market) -> Summary:
    """What research/report says of the same run through the core, to some 12 digits."""
    run, kept, funds, opened = play.block.run, play.kept, play.funds, play.opened or 0
    count = len(play.fills)
    unit, step, fee = float(10.0**-play.digits), float(market.amount_step), float(market.taker_fee)
    cash, coins = np.empty(count), np.empty(count)
    add_up(play.block.handle, play.fills, play.fill_prices, unit, step, cash, coins)
    money = unit * step
    is_over = bool(run.state[layout.IS_OVER]) and count > 0
    gained = float(run.pairs[layout.CASH] + run.pairs[layout.CASH + 1]) * money
    earned = float(run.pairs[layout.EARNED] + run.pairs[layout.EARNED + 1]) * money
    closed, unrealised = 0.0, 0.0
    if is_over:
        closed = gained + float(run.pairs[layout.LEFT_WORTH]) * money
    elif count:
        held = max(0, int(run.state[layout.HELD])) / int(run.set[layout.REST]) * step
        unrealised = gained + held * float(candles.close[-1]) * (1.0 - fee)
    size = float(funds)
    results, days = np.zeros(grid_curve.RESULTS), np.zeros(len(kept.course.last_of_day) + 1)
    grid_curve.follow_grid(
        kept.course, play.fills[:, FILL_CANDLE], cash, coins, play.fill_prices, 10.0**play.digits, size, fee,
        closed if is_over else nan, days, results,
    )  # fmt: skip
    fall, sharpe, sortino = (float(results[k]) for k in (grid_curve.FALL, grid_curve.SHARPE, grid_curve.SORTINO))
    calmar = ratios_of_days(days[-1:], float(days[0]), int(candles.at[-1] - candles.at[0]), fall).calmar
    deepest = max(float(results[grid_curve.DEEPEST]), -min(closed, 0.0))
    lasted = int(candles.at[run.state[layout.ENDED_AT]] - candles.at[opened]) // 1000 if is_over else None
    return Summary(
        deals_closed=int(is_over),
        deals_open=int(count > 0 and not is_over),
        profit_quote=rounded(closed),
        unrealised_quote=rounded(unrealised),
        fees_quote=rounded(float(run.pairs[layout.FEES]) * money),
        profit_percent=rounded(closed / size * 100 if size else 0.0),
        buy_and_hold_percent=kept.held_percent,
        max_drawdown_percent=rounded(fall * 100),
        max_floating_loss_percent=rounded(deepest / size * 100 if size > 0 else 0.0),
        win_rate_percent=rounded(100.0 if closed > 0 else 0.0) if is_over else None,
        profit_factor=rounded(0.0) if is_over and closed < 0 else None,
        sharpe=None if isnan(sharpe) else rounded(sharpe),
        sortino=None if isnan(sortino) else rounded(sortino),
        calmar=None if calmar is None else rounded(calmar),
        average_deal_seconds=lasted,
        longest_deal_seconds=lasted,
        max_funds_quote=rounded(float(run.pairs[layout.MOST_USED]) * money),
        max_safety_orders_used=0,
        time_in_market_percent=rounded(float(results[grid_curve.IN_MARKET]) / len(candles) * 100),
        grid_profit_quote=rounded(earned) if count else None,
        round_trips=int(run.state[layout.ROUND_TRIPS]) if count else None,
    )
