"""A kernel's run in the numbers of a report, without making a decimal of every fill."""

from decimal import Decimal

import numpy as np

from desktop_app.core.columns import Candles, exact
from desktop_app.core.deal import Direction
from desktop_app.core.market import FeeCurrency, Market
from desktop_app.research.kernel import curve, layout
from desktop_app.research.kernel.columns import Columns
from desktop_app.research.kernel.formulas import Real, Run, Whole
from desktop_app.research.ratios import ratios_of_days
from desktop_app.research.report import Summary, rounded


class _Fills:
    """The fills as columns: coins, quote and what they did to cash and coins of the account."""

    def __init__(self, run: Run, columns: Columns, market: Market, *, is_long: bool) -> None:
        count = int(run.state[layout.FILLS])
        fills = run.fills[:count]
        unit, step = float(10.0**-columns.digits), float(market.amount_step)
        self.candle: Whole = np.ascontiguousarray(fills[:, layout.FILL_CANDLE])
        self.at: Whole = fills[:, layout.FILL_AT]
        self.deal: Whole = fills[:, layout.FILL_DEAL]
        self.is_entry = fills[:, layout.FILL_IS_ENTRY] != 0
        self.is_safety = fills[:, layout.FILL_ROLE] == layout.SAFETY
        is_buy = self.is_entry == is_long
        price = run.fill_prices[:count, 0] * unit
        self.amount: Real = fills[:, layout.FILL_LOTS].astype(np.float64) * step
        self.cost: Real = price * self.amount
        rate = np.where(fills[:, layout.FILL_IS_MAKER] != 0, float(market.maker_fee), float(market.taker_fee))
        self.fee: Real = self.cost * rate
        in_coins = is_buy & (market.fee_currency is FeeCurrency.RECEIVED)
        self.coin_fee: Real = np.where(in_coins, self.amount * rate, 0.0)
        self.quote: Real = np.where(is_buy, -self.cost, self.cost) - np.where(self.coin_fee != 0.0, 0.0, self.fee)
        self.coins: Real = np.where(is_buy, self.amount, -self.amount) - self.coin_fee
        kept_back = np.where(self.is_entry & is_long, self.coin_fee * price, 0.0)
        self.cash: Real = np.where(is_buy, -self.cost, self.cost) - self.fee + kept_back


def summarise(
    run: Run, columns: Columns, candles: Candles, market: Market, direction: Direction, funds: Decimal
) -> Summary:
    """What research/report says of the same run through the core, to some 12 digits."""
    is_long = direction is Direction.LONG
    fills = _Fills(run, columns, market, is_long=is_long)
    opened = int(run.state[layout.DEALS])
    is_running = bool(run.state[layout.DEAL] != layout.NO_DEAL)
    over = opened - 1 if is_running else opened
    numbers = np.arange(1, opened + 1)
    profits = _sums(fills.cash, fills.deal, opened)
    has_traded = np.isin(numbers, fills.deal)
    closed = profits[:over][has_traded[:over]]
    lasted = (run.deals[:over, layout.DEAL_CLOSED] - run.deals[:over, layout.DEAL_OPENED])[has_traded[:over]] // 1000
    last = float(candles.close[-1])
    is_left_open = bool(is_running and has_traded[-1])
    unrealised = _worth(run, fills, opened, last, market, is_long=is_long) if is_left_open else 0.0
    won, lost = float(closed[closed > 0].sum()), -float(closed[closed < 0].sum())
    results, days = _follow(fills, candles, profits, over, float(funds), market, is_long=is_long)
    deepest = max(results[curve.DEEPEST], -float(closed.min(initial=0.0)))
    size = float(funds)
    ratios = ratios_of_days(
        days, float(results[curve.FIRST]), int(candles.at[-1] - candles.at[0]), float(results[curve.FALL])
    )
    count = len(closed)
    safety = _sums(fills.is_safety.astype(np.float64), fills.deal, opened)
    return Summary(
        deals_closed=count,
        deals_open=1 if is_left_open else 0,
        profit_quote=rounded(closed.sum()),
        unrealised_quote=rounded(unrealised),
        fees_quote=rounded(fills.fee.sum()),
        profit_percent=rounded(closed.sum() / size * 100 if size else 0.0),
        buy_and_hold_percent=(exact(last) / exact(candles.open[0]) - 1) * 100,
        max_drawdown_percent=rounded(results[curve.FALL] * 100),
        max_floating_loss_percent=rounded(deepest / size * 100 if size > 0 else 0.0),
        win_rate_percent=rounded((closed > 0).sum() / count * 100) if count else None,
        profit_factor=rounded(won / lost) if lost else None,
        sharpe=None if ratios.sharpe is None else rounded(ratios.sharpe),
        sortino=None if ratios.sortino is None else rounded(ratios.sortino),
        calmar=None if ratios.calmar is None else rounded(ratios.calmar),
        average_deal_seconds=round(int(lasted.sum()) / count) if count else None,
        longest_deal_seconds=int(lasted.max()) if count else None,
        max_funds_quote=rounded(_most_used(fills, is_long=is_long)),
        max_safety_orders_used=int(safety.max(initial=0)),
        time_in_market_percent=rounded(results[curve.IN_MARKET] * 100),
    )


def _follow(
    fills: _Fills, candles: Candles, profits: Real, over: int, funds: float, market: Market, *, is_long: bool
) -> tuple[Real, Real]:
    count = len(fills.deal)
    flows = np.zeros((count, curve.FLOW_COLUMNS))
    flows[:, curve.QUOTE], flows[:, curve.COINS] = fills.quote, fills.coins
    is_last = np.append(fills.deal[1:] != fills.deal[:-1], True)[:count] & (fills.deal <= over)
    flows[is_last, curve.BOOKED] = profits[fills.deal[is_last] - 1]
    flows[is_last, curve.IS_LAST] = 1.0
    results = np.zeros(curve.RESULTS)
    days = np.zeros(curve.days_in(candles.at))
    worst = candles.low if is_long else candles.high
    is_candles_last = np.append(fills.candle[1:] != fills.candle[:-1], True)[:count]
    least = 1e-9 * max(1e-300, float(np.abs(fills.coins.cumsum()[is_candles_last]).max(initial=0.0)))
    fee = float(market.taker_fee)
    curve.follow(candles.at, candles.close, worst, fills.candle, flows, funds, fee, least, days, results)
    return results, days[: int(results[curve.DAYS])]


def _sums(values: Real, deal: Whole, opened: int) -> Real:
    """Per deal, from 1."""
    return np.bincount(deal, weights=values, minlength=opened + 1)[1:].astype(np.float64)


def _worth(run: Run, fills: _Fills, number: int, last: float, market: Market, *, is_long: bool) -> float:
    """Of the deal that still runs: what it took so far and the rest at the last close, less the fee of an exit."""
    own = fills.deal == number
    coins = np.where(fills.is_entry, fills.amount, -fills.amount)[own].sum()
    carried = run.pairs[layout.CARRIED] * float(market.amount_step)
    held = max(0.0, float(coins + carried - (fills.coin_fee[own & fills.is_entry].sum() if is_long else 0.0)))
    fee = float(market.taker_fee)
    rest = held * last * (1.0 - fee) if is_long else -held * last * (1.0 + fee)
    return float(fills.cash[own].sum()) + rest


def _most_used(fills: _Fills, *, is_long: bool) -> float:
    """The most quote that a deal had in the market at once."""
    if not len(fills.deal):
        return 0.0
    total = fills.cash.cumsum()
    is_first = np.append(True, fills.deal[1:] != fills.deal[:-1])
    before = np.where(is_first, total - fills.cash, 0.0)
    inside = total - before[np.maximum.accumulate(np.where(is_first, np.arange(len(total)), 0))]
    return max(0.0, float((-inside if is_long else inside).max()))
