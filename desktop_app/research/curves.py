"""The course of a backtest candle by candle: what the account was worth and how deep it was under water."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.deal import Direction
from desktop_app.research.backtest import BacktestResult

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curves:
    """`equity`: the value at each candle's close, from the funds at the start. The rest are fractions.

    `max_drawdown` is the largest fall of the equity from its highest point so far, the funds included.
    `max_floating_loss` is the largest loss, of the funds, that open deals ever showed: at the candles' worst price
    with what was held at their end, and at the exits themselves.
    `time_in_market` is the part of the candles in which a deal held coins (a short: owed them): `is_in_market`.
    `floating` is what open deals showed in each candle, at its worst price.
    """

    equity: Floats
    max_drawdown: float
    max_floating_loss: float
    time_in_market: float
    floating: Floats
    is_in_market: NDArray[np.bool_]


def make_curves(result: BacktestResult) -> Curves:
    candles = result.candles
    total = len(candles)
    funds = float(result.funds)
    quote, base = np.zeros(total), np.zeros(total)
    for trade in result.trades:
        quote[trade.index] += float(trade.quote)
        base[trade.index] += float(trade.base)
    # Sums of floats leave crumbs where nothing is held: a billionth of what was ever held is nothing.
    cash, held = quote.cumsum(), base.cumsum()
    held[np.abs(held) <= 1e-9 * max(1e-300, np.abs(held).max())] = 0.0
    fee = float(result.market.taker_fee)
    is_long = all(deal.direction is Direction.LONG for deal in result.deals)
    exit_share = np.where(held >= 0, 1.0 - fee, 1.0 + fee)
    equity = funds + cash + held * candles.close * exit_share
    booked, is_in_market = _booked(result)
    worst = candles.low if is_long else candles.high
    floating = np.where(is_in_market, cash - booked + held * worst * exit_share, 0.0)
    losses = [float(deal.profit) for deal in result.deals if deal.status.is_over]
    deepest = max(0.0, -float(floating.min()), -min(losses, default=0.0))
    return Curves(
        equity=equity,
        max_drawdown=drawdown_of(equity, funds),
        max_floating_loss=deepest / funds if funds > 0 else 0.0,
        time_in_market=float(is_in_market.mean()),
        floating=floating,
        is_in_market=is_in_market,
    )


def drawdown_of(equity: Floats, funds: float) -> float:
    """The largest fall from the highest point so far, the funds at the start included, as a part of that point."""
    peak = np.maximum.accumulate(np.maximum(equity, funds))
    return float(((peak - equity) / np.where(peak > 0, peak, 1.0)).max())


def _booked(result: BacktestResult) -> tuple[Floats, NDArray[np.bool_]]:
    """The profit of deals closed so far at each candle's end, and whether a deal was in the market in it."""
    total = len(result.candles)
    booked = np.zeros(total)
    is_in_market = np.zeros(total, dtype=np.bool_)
    spans: dict[int, tuple[int, int]] = {}
    for trade in result.trades:
        first, _ = spans.get(trade.deal, (trade.index, trade.index))
        spans[trade.deal] = (first, trade.index)
    for deal in result.deals:
        first, last = spans[deal.number]
        if deal.status.is_over:
            booked[last] += float(deal.profit)
        is_in_market[first : last + 1 if deal.status.is_over else total] = True
    return booked.cumsum(), is_in_market
