"""The course of the account under the hop's trades: what research/curves computes of every candle, by blocks."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.columns import Candles
from desktop_app.core.order import Role
from desktop_app.research.hop.log import Log
from desktop_app.research.hop.plan import Plan
from desktop_app.research.ratios import day_ends, ratios_of_days
from desktop_app.research.report import Course

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

_BLOCK = 64  # candles
_SLACK = 1e-12  # of a fall: more than rounding makes of a bound


@dataclass(frozen=True, slots=True)
class Prices:
    """Closing and worst prices in rows of _BLOCK candles, the last ones repeated to its end, and each row's extremes.

    `ends` are the last candles of the UTC days.
    """

    at: Places
    close: Floats
    worst: Floats
    tops: Floats
    bottoms: Floats
    worsts: Floats
    ends: Places


def make_prices(candles: Candles, side: int) -> Prices:
    rows = -(-len(candles) // _BLOCK)
    missing = rows * _BLOCK - len(candles)
    close = np.pad(candles.close, (0, missing), mode="edge").reshape(rows, _BLOCK)
    worst = np.pad(candles.low if side > 0 else candles.high, (0, missing), mode="edge").reshape(rows, _BLOCK)
    return Prices(
        at=candles.at,
        close=close,
        worst=worst,
        tops=close.max(axis=1),
        bottoms=close.min(axis=1),
        worsts=worst.min(axis=1) if side > 0 else worst.max(axis=1),
        ends=day_ends(candles.at),
    )


@dataclass(frozen=True, slots=True)
class Account:
    """Before the first candle that trades and from each of them on: what there is beside the coins, these, what they
    keep of their worth when sold, and what shows of open deals beside them. `places` are those candles."""

    places: Places
    base: Floats
    held: Floats
    share: float
    shown: Floats
    is_open: NDArray[np.bool_]

    def equity(self, stretch: Places, price: Floats) -> Floats:
        return self.held[stretch] * price * self.share + self.base[stretch]

    def floating(self, stretch: Places, price: Floats) -> Floats:
        return self.held[stretch] * price * self.share + self.shown[stretch]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Which stretch between two trades each row of prices is in, and, of rows with trades inside, each candle.

    `mixed` are the numbers of those rows; `does_trade` tells the candles of them that trade.
    """

    stretch: Places
    mixed: Places
    inside: Places
    does_trade: NDArray[np.bool_]


def course_of(
    account: Account, losses: list[float], prices: Prices, total: int, funds: float, holding: Decimal
) -> Course:
    """Of this many candles. `losses`: what deals that are over have won or lost."""
    places = account.places
    rows = _rows(places, len(prices.tops))
    fall = _fall(account, rows, prices, funds)
    deepest = max(0.0, -_lowest(account, rows, prices), -min(losses, default=0.0))
    daily = account.equity(places.searchsorted(prices.ends, side="right"), prices.close.ravel()[prices.ends])
    first = account.equity(places.searchsorted(np.zeros(1, np.int64), side="right"), prices.close[0, :1])
    lengths = np.diff(places, append=total)
    return Course(
        ratios=ratios_of_days(daily, float(first[0]), int(prices.at[-1] - prices.at[0]), fall),
        max_drawdown=fall,
        max_floating_loss=deepest / funds,
        time_in_market=int(np.where(account.is_open[1:], lengths, 1).sum()) / total,
        holding=holding,
    )


def account_of_deals(log: Log, plan: Plan, funds: float) -> Account:
    side, num, den = plan.side, plan.money.num, plan.money.den
    lot_num, lot_den = plan.market.amount_step.as_integer_ratio()
    places, cash, coins, booked, is_open = [-1], [0.0], [0.0], [0.0], [False]
    deals = iter(log.deals)
    for candle, role, _, _, lots, paid in log.trades:
        is_entry = role is Role.BASE or role is Role.SAFETY
        way = side if is_entry else -side
        quote = -way * paid * num / den if isinstance(paid, int) else paid
        if places[-1] != candle:
            places.append(candle)
            cash.append(quote)
            coins.append(way * lots * lot_num / lot_den)
            booked.append(0.0)
            is_open.append(is_entry)
        else:
            cash[-1] += quote
            coins[-1] += way * lots * lot_num / lot_den
            is_open[-1] = is_entry
        if not is_entry:
            booked[-1] += float(next(deals).profit_quote)
    traded = Traded(np.array(places[1:], np.int64), np.array(cash), np.array(coins), np.array(booked))
    return make_account(traded, np.array(is_open), funds, side * float(plan.market.taker_fee))


@dataclass(frozen=True, slots=True)
class Traded:
    """The candles that trade, and before the first and in each of them what trades brought of quote and of coins, and
    what belongs to deals that are over by then."""

    places: Places
    cash: Floats
    coins: Floats
    booked: Floats


def make_account(traded: Traded, is_open: NDArray[np.bool_], funds: float, fee: float) -> Account:
    """`fee`: what a sale of the coins costs of their worth; below zero where they have to be bought back."""
    held, brought = traded.coins.cumsum(), traded.cash.cumsum()
    # Sums of floats leave crumbs where nothing is held, as research/curves sees it.
    held[np.abs(held) <= 1e-9 * max(1e-300, np.abs(held).max())] = 0.0
    return Account(
        places=traded.places,
        base=funds + brought,
        held=held,
        share=1.0 - fee,
        shown=brought - traded.booked.cumsum(),
        is_open=is_open,
    )


def _rows(places: Places, count: int) -> _Rows:
    row = places // _BLOCK
    trades = np.bincount(row, minlength=count)
    mixed = np.flatnonzero(trades)
    does_trade = np.zeros((len(mixed), _BLOCK), np.bool_)
    does_trade[mixed.searchsorted(row), places % _BLOCK] = True
    inside = does_trade.ravel().cumsum().reshape(does_trade.shape)
    return _Rows(trades.cumsum(), mixed, inside, does_trade)


def _fall(account: Account, rows: _Rows, prices: Prices, funds: float) -> float:
    """The largest fall of the equity from its highest point so far, as a part of that.

    Extremes of prices are those of the equity, for the worth of coins never falls as their price rises, not even
    rounded. Rows that by their extremes cannot have the largest fall are left out.
    """
    one, other = account.equity(rows.stretch, prices.tops), account.equity(rows.stretch, prices.bottoms)
    tops, bottoms = np.maximum(one, other), np.minimum(one, other)
    equity = account.equity(rows.inside, prices.close[rows.mixed])
    tops[rows.mixed], bottoms[rows.mixed] = equity.max(axis=1), equity.min(axis=1)
    before = np.maximum.accumulate(np.concatenate(((funds,), tops[:-1])))
    peaks = np.maximum(before, tops)
    # How deep a row's lowest point is below a highest one that lies between these two.
    one, other = (before - bottoms) / before, (peaks - bottoms) / peaks
    surely, at_most = np.minimum(one, other).max(), np.maximum(one, other)
    wanted = np.flatnonzero(at_most >= surely - _SLACK * max(1.0, surely))
    stretch = np.repeat(rows.stretch[wanted, None], _BLOCK, axis=1)
    places = np.minimum(rows.mixed.searchsorted(wanted), max(0, len(rows.mixed) - 1))
    if len(rows.mixed):
        is_mixed = rows.mixed[places] == wanted
        stretch[is_mixed] = rows.inside[places[is_mixed]]
    equity = account.equity(stretch, prices.close[wanted])
    highest = np.maximum.accumulate(np.maximum(equity, before[wanted, None]), axis=1)
    return float(((highest - equity) / highest).max())


def _lowest(account: Account, rows: _Rows, prices: Prices) -> float:
    """The deepest that open deals showed, at the candles' worst prices."""
    shown = np.where(account.is_open[rows.stretch], account.floating(rows.stretch, prices.worsts), 0.0)
    inside = account.floating(rows.inside, prices.worst[rows.mixed])
    shown[rows.mixed] = 0.0
    is_shown = account.is_open[rows.inside] | rows.does_trade
    return min(float(shown.min()), float(np.where(is_shown, inside, 0.0).min(initial=0.0)))
