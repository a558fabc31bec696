"""A kernel's run in the numbers of a report, without making a decimal of every fill."""

from collections.abc import Sequence
from math import isnan

import numpy as np

from desktop_app.research.kernel import curve, layout, tally
from desktop_app.research.kernel.dca_candles import DcaCandles
from desktop_app.research.kernel.dca_table import Terms
from desktop_app.research.kernel.formulas import Run
from desktop_app.research.ratios import calmar_of
from desktop_app.research.report import Summary, rounded


def summarise(run: Run, kept: DcaCandles, terms: Terms, funds: float) -> Summary:
    """What research/report says of the same run through the core, to some 12 digits."""
    course, share, side, count = kept.course, share_of(kept, terms), kept.side, len(run.fills)
    after, totals = np.zeros((count, curve.AFTER_COLUMNS)), np.zeros(tally.TOTALS)
    results, days = np.zeros(curve.RESULTS), np.zeros(len(course.last_of_day) + 1)
    over = int(run.state[layout.DEALS]) - int(run.state[layout.DEAL] != layout.NO_DEAL)
    is_in_coins = terms.whole[layout.IS_FEE_IN_COINS] != 0
    tally.add_up(run.fills, run.fill_prices, run.deals, terms.given, over, side, is_in_coins, after, totals)
    curve.follow(course, run.fills, run.fill_prices, 10.0**kept.columns.digits, after, funds, share, days, results)
    carried = float(run.pairs[layout.CARRIED])
    return summary_of(totals.tolist(), results.tolist(), (days[0], days[-1]), carried, kept, terms, funds)


def summary_of(
    totals: Sequence[float], results: Sequence[float], days: tuple[float, float], carried: float, kept: DcaCandles,
    terms: Terms, funds: float,
) -> Summary:  # fmt: skip
    """Of what tally and curve say. `days`: the first and the last value of the account; `carried`: lots that the last
    deal began with."""
    worth = _worth(totals, carried, kept, terms)
    profit, fall, lost, count = totals[tally.PROFIT], results[curve.FALL], totals[tally.LOST], int(totals[tally.CLOSED])
    deepest = max(results[curve.DEEPEST], -totals[tally.WORST])
    sharpe, sortino = results[curve.SHARPE], results[curve.SORTINO]
    calmar = calmar_of(kept.span, float(days[0]), float(days[1]), fall)
    return Summary(
        deals_closed=count,
        deals_open=int(totals[tally.OPEN_FILLS] > 0),
        profit_quote=rounded(profit),
        unrealised_quote=rounded(worth),
        fees_quote=rounded(totals[tally.FEES]),
        profit_percent=rounded(profit / funds * 100 if funds else 0.0),
        buy_and_hold_percent=kept.held_percent,
        max_drawdown_percent=rounded(fall * 100),
        max_floating_loss_percent=rounded(deepest / funds * 100 if funds > 0 else 0.0),
        win_rate_percent=rounded(totals[tally.WINS] / count * 100) if count else None,
        profit_factor=rounded(totals[tally.WON] / lost) if lost else None,
        sharpe=None if isnan(sharpe) else rounded(sharpe),
        sortino=None if isnan(sortino) else rounded(sortino),
        calmar=None if calmar is None else rounded(calmar),
        average_deal_seconds=round(int(totals[tally.LASTED]) / count) if count else None,
        longest_deal_seconds=int(totals[tally.LONGEST]) if count else None,
        max_funds_quote=rounded(totals[tally.MOST_USED]),
        max_safety_orders_used=int(totals[tally.MOST_SAFETY]),
        time_in_market_percent=rounded(results[curve.IN_MARKET] / len(kept.columns.at) * 100),
    )


def share_of(kept: DcaCandles, terms: Terms) -> float:
    """Of the coins' worth, what the fee of an exit leaves; of a short's, what they cost with it."""
    return 1.0 - terms.pairs[layout.TAKER] if kept.side > 0 else 1.0 + terms.pairs[layout.TAKER]


def _worth(totals: Sequence[float], carried: float, kept: DcaCandles, terms: Terms) -> float:
    """Of the deal that still runs: what it took so far and the rest at the last close, less the fee of an exit."""
    if not totals[tally.OPEN_FILLS]:
        return 0.0
    held = max(0.0, totals[tally.OPEN_COINS] + carried * float(terms.lot) - totals[tally.OPEN_COIN_FEE])
    return totals[tally.OPEN_CASH] + held * kept.last_close * share_of(kept, terms)
