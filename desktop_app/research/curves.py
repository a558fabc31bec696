"""The course of a backtest candle by candle: what the account was worth and how deep it was under water."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.deal import Direction
from desktop_app.research.backtest import BacktestResult

Floats = NDArray[np.float64]
_BLOCK = 1 << 16  # candles at a time where a whole column in between would only take memory


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
    """Between two trades nothing changes but the price, so only those are added up one by one."""
    candles, funds = result.candles, float(result.funds)
    steps = _steps(result)
    is_in_market = _is_in_market(result)
    is_long = all(deal.direction is Direction.LONG for deal in result.deals)
    equity = steps.over(steps.held)
    equity *= candles.close
    equity *= steps.exit_share()
    equity += steps.over(funds + steps.cash)
    floating = steps.over(steps.held)
    floating *= candles.low if is_long else candles.high
    floating *= steps.exit_share()
    floating += steps.over(steps.cash - steps.booked)
    np.copyto(floating, 0.0, where=~is_in_market)
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
    highest, deepest = funds, -np.inf
    for start in range(0, len(equity), _BLOCK):
        part = equity[start : start + _BLOCK]
        peak = np.maximum.accumulate(np.maximum(part, highest))
        deepest = max(deepest, float(((peak - part) / np.where(peak > 0, peak, 1.0)).max()))
        highest = float(peak[-1])
    return deepest


@dataclass(frozen=True, slots=True)
class _Steps:
    """The account between trades: `lengths` candles before the first candle that trades, from it to the next, …

    `held` are coins, `cash` is what trades brought, `booked` what of it belongs to deals that are over.
    """

    lengths: NDArray[np.int64]
    cash: Floats
    held: Floats
    booked: Floats
    fee: float

    def over(self, values: Floats) -> Floats:
        """The values at every candle."""
        return np.repeat(values, self.lengths)

    def exit_share(self) -> Floats | float:
        """What is left of the coins' worth, or has to be paid for it, once the fee is taken."""
        if (self.held >= 0).all():
            return 1.0 - self.fee
        return self.over(np.where(self.held >= 0, 1.0 - self.fee, 1.0 + self.fee))


def _steps(result: BacktestResult) -> _Steps:
    quote: dict[int, float] = {}
    base: dict[int, float] = {}
    booked: dict[int, float] = {}
    last: dict[int, int] = {}
    for trade in result.trades:
        quote[trade.index] = quote.get(trade.index, 0.0) + float(trade.quote)
        base[trade.index] = base.get(trade.index, 0.0) + float(trade.base)
        last[trade.deal] = trade.index
    for deal in result.deals:
        if deal.status.is_over:
            booked[last[deal.number]] = booked.get(last[deal.number], 0.0) + float(deal.profit)
    places = sorted(quote)
    held = _sums(base, places)
    # Sums of floats leave crumbs where nothing is held: a billionth of what was ever held is nothing.
    held[np.abs(held) <= 1e-9 * max(1e-300, np.abs(held).max())] = 0.0
    lengths = np.array([*places, len(result.candles)], np.int64) - np.array([0, *places], np.int64)
    return _Steps(lengths, _sums(quote, places), held, _sums(booked, places), float(result.market.taker_fee))


def _sums(changes: dict[int, float], places: list[int]) -> Floats:
    """What the changes add up to before the first of these candles and after each."""
    return np.array([0.0, *(changes.get(place, 0.0) for place in places)]).cumsum()


def _is_in_market(result: BacktestResult) -> NDArray[np.bool_]:
    """Whether a deal was in the market in a candle."""
    total = len(result.candles)
    is_in_market = np.zeros(total, dtype=np.bool_)
    spans: dict[int, tuple[int, int]] = {}
    for trade in result.trades:
        first, _ = spans.get(trade.deal, (trade.index, trade.index))
        spans[trade.deal] = (first, trade.index)
    for deal in result.deals:
        first, last = spans[deal.number]
        is_in_market[first : last + 1 if deal.status.is_over else total] = True
    return is_in_market
