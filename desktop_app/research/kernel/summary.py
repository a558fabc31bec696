"""A kernel's run in the numbers of a report, without making a decimal of every fill."""

from decimal import Decimal

import numpy as np

from desktop_app.core.columns import Candles, exact
from desktop_app.core.market import FeeCurrency, Market
from desktop_app.research.kernel import curve, layout, tally
from desktop_app.research.kernel.columns import Columns
from desktop_app.research.kernel.curve import Course
from desktop_app.research.kernel.formulas import Real, Run, Whole
from desktop_app.research.ratios import ratios_of_days
from desktop_app.research.report import Summary, rounded


def summarise(run: Run, columns: Columns, course: Course, candles: Candles, market: Market, funds: Decimal) -> Summary:
    """What research/report says of the same run through the core, to some 12 digits."""
    side, size, fee = int(run.set[layout.SIDE]), float(funds), float(market.taker_fee)
    share = 1.0 - fee if side > 0 else 1.0 + fee
    after, totals = _added_up(run, columns, market, side)
    results, days = np.zeros(curve.RESULTS), np.zeros(len(course.last_of_day) + 1)
    candle: Whole = np.ascontiguousarray(run.fills[:, layout.FILL_CANDLE])
    curve.follow(course, candle, after, size, share, days, results)
    profit, fall = float(totals[tally.PROFIT]), float(results[curve.FALL])
    is_left_open = bool(totals[tally.OPEN_FILLS])
    unrealised = _worth(run, totals, float(course.close[-1]) * share, market) if is_left_open else 0.0
    deepest = max(results[curve.DEEPEST], -totals[tally.WORST])
    ratios = ratios_of_days(days[1:], float(days[0]), int(candles.at[-1] - candles.at[0]), fall)
    count = int(totals[tally.CLOSED])
    lost = totals[tally.LOST]
    return Summary(
        deals_closed=count,
        deals_open=int(is_left_open),
        profit_quote=rounded(profit),
        unrealised_quote=rounded(unrealised),
        fees_quote=rounded(totals[tally.FEES]),
        profit_percent=rounded(profit / size * 100 if size else 0.0),
        buy_and_hold_percent=(exact(candles.close[-1]) / exact(candles.open[0]) - 1) * 100,
        max_drawdown_percent=rounded(fall * 100),
        max_floating_loss_percent=rounded(deepest / size * 100 if size > 0 else 0.0),
        win_rate_percent=rounded(totals[tally.WINS] / count * 100) if count else None,
        profit_factor=rounded(totals[tally.WON] / lost) if lost else None,
        sharpe=None if ratios.sharpe is None else rounded(ratios.sharpe),
        sortino=None if ratios.sortino is None else rounded(ratios.sortino),
        calmar=None if ratios.calmar is None else rounded(ratios.calmar),
        average_deal_seconds=round(int(totals[tally.LASTED]) / count) if count else None,
        longest_deal_seconds=int(totals[tally.LONGEST]) if count else None,
        max_funds_quote=rounded(totals[tally.MOST_USED]),
        max_safety_orders_used=int(totals[tally.MOST_SAFETY]),
        time_in_market_percent=rounded(results[curve.IN_MARKET] / len(candles) * 100),
    )


def _added_up(run: Run, columns: Columns, market: Market, side: int) -> tuple[Real, Real]:
    """The account after each fill, and the totals."""
    given = np.zeros(tally.GIVEN)
    given[tally.UNIT], given[tally.STEP] = 10.0**-columns.digits, float(market.amount_step)
    given[tally.MAKER], given[tally.TAKER] = float(market.maker_fee), float(market.taker_fee)
    over = int(run.state[layout.DEALS]) - int(run.state[layout.DEAL] != layout.NO_DEAL)
    is_in_coins = market.fee_currency is FeeCurrency.RECEIVED
    after, totals = np.zeros((len(run.fills), curve.AFTER_COLUMNS)), np.zeros(tally.TOTALS)
    tally.add_up(run.fills, run.fill_prices, run.deals, given, over, side, is_in_coins, after, totals)
    coins = after[:, curve.COINS]
    # Sums of floats leave crumbs where nothing is held, as research/curves sees it.
    coins[np.abs(coins) <= 1e-9 * max(1e-300, float(totals[tally.MOST_COINS]))] = 0.0
    return after, totals


def _worth(run: Run, totals: Real, last: float, market: Market) -> float:
    """Of the deal that still runs: what it took so far and the rest at the last close, less the fee of an exit."""
    carried = float(run.pairs[layout.CARRIED]) * float(market.amount_step)
    held = max(0.0, float(totals[tally.OPEN_COINS]) + carried - float(totals[tally.OPEN_COIN_FEE]))
    return float(totals[tally.OPEN_CASH]) + held * last
