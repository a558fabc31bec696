"""A DCA bot's settings, and the market that it trades on, as the numbers of its kernel."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from math import fsum

import numpy as np

from desktop_app.core import ladder
from desktop_app.core.deal import Direction
from desktop_app.core.market import HUNDRED, ONE, FeeCurrency, Market
from desktop_app.core.strategies.dca_settings import DcaSettings, SafetyOrders
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.kernel import layout, tally
from desktop_app.research.kernel.formulas import Real, Run
from desktop_app.research.kernel.twofold import pair

_MANY = 2**62
# What leaves no doubt that the market takes an order, whatever the tick and the fee make of its price.
_AMPLE = 1.5
_MOST_FEE = 0.1
_MANY_TICKS = 100.0

Row = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Terms:
    """What is the same for all bots on a market. `money`: one unit of a price times one lot."""

    unit: Decimal
    lot: Decimal
    money: Decimal
    whole: tuple[int, ...]
    pairs: tuple[float, ...]
    given: Real  # for adding fills up
    least_cost: float
    least_amount: float
    is_usual: bool  # its fees


@lru_cache(maxsize=16)
def make_terms(digits: int, market: Market, rules: BacktestRules) -> Terms:
    unit = ONE.scaleb(-digits)
    money = unit * market.amount_step
    ticks = int(market.price_tick / unit)
    whole = [0] * layout.SETTINGS
    whole[layout.TICK_UNITS] = ticks
    whole[layout.THROUGH] = ticks * rules.fill_through
    whole[layout.EVERY] = rules.timeframe_ms
    whole[layout.IS_FEE_IN_COINS] = int(market.fee_currency is FeeCurrency.RECEIVED)
    whole[layout.LEAST_LOTS] = int(market.amount_up(market.min_amount) / market.amount_step)
    pairs = [0.0] * layout.SETTING_PAIRS
    values = {
        layout.MAKER: market.maker_fee,
        layout.TAKER: market.taker_fee,
        layout.SLIPPAGE: rules.slippage_percent / HUNDRED,
        layout.LEAST_MONEY: market.min_cost / money,
        layout.LEAST_AMOUNT: market.min_amount / market.amount_step,
    }
    for place, value in values.items():
        pairs[place : place + 2] = pair(value)
    given = np.zeros(tally.GIVEN)
    given[tally.UNIT], given[tally.STEP] = 10.0**-digits, float(market.amount_step)
    given[tally.MAKER], given[tally.TAKER] = float(market.maker_fee), float(market.taker_fee)
    return Terms(
        unit=unit,
        lot=market.amount_step,
        money=money,
        whole=tuple(whole),
        pairs=tuple(pairs),
        given=given,
        least_cost=float(market.min_cost),
        least_amount=float(market.min_amount),
        is_usual=max(market.maker_fee, market.taker_fee) < _MOST_FEE,
    )


def ladder_rows(settings: DcaSettings, terms: Terms) -> tuple[Row, ...]:
    """Of each rung: its deviation as a part of P0, and its volume in money or lots; as pairs."""
    safety = settings.safety_orders
    return _ladder_rows(safety, settings.direction, terms.lot if safety.volume_unit == "base" else terms.money)


@lru_cache(maxsize=4096)  # the bots of a search have the same few ladders
def _ladder_rows(safety: SafetyOrders, direction: Direction, size: Decimal) -> tuple[Row, ...]:
    planned = ladder.planned(safety, direction)
    return tuple((*pair(deviation / HUNDRED), *pair(volume / size)) for _, deviation, volume in planned)


def write_settings(run: Run, settings: DcaSettings, terms: Terms, rows: Sequence[Row]) -> None:
    """Into the arrays of a run that has not begun."""
    if rows:
        run.ladder[: len(rows)] = rows
        run.near[: len(rows)] = nearest_first(rows)
    if steps := target_rows(settings):
        run.targets[: len(steps)] = steps
    run.set[:] = whole_of(settings, terms, len(rows))
    run.set_pairs[:] = pairs_of(settings, terms)


def nearest_first(rows: Sequence[Row]) -> list[int]:
    return sorted(range(len(rows)), key=lambda k: _distance(rows[k]))


def target_rows(settings: DcaSettings) -> list[Row]:
    return [(*pair(step.percent / HUNDRED), *pair(step.share)) for step in settings.take_profit.targets]


def _distance(row: Row) -> tuple[float, float]:
    return (row[0], row[1]) if row[0] > 0 else (-row[0], -row[1])


def whole_of(settings: DcaSettings, terms: Terms, rungs: int) -> list[int]:
    limits, stop, profit, safety = settings.limits, settings.stop_loss, settings.take_profit, settings.safety_orders
    base = settings.base_order
    values = list(terms.whole)
    values[layout.SIDE] = 1 if settings.direction is Direction.LONG else -1
    values[layout.IS_LIMIT_BASE] = base.type == "limit"
    values[layout.IS_BASE_IN_COINS] = base.volume_unit == "base"
    values[layout.ARE_RUNGS_IN_COINS] = safety.volume_unit == "base"
    values[layout.ACTIVE] = safety.active
    values[layout.LADDER] = rungs
    values[layout.TARGETS] = len(profit.targets)
    values[layout.IS_BASIS_BASE] = profit.basis == "base"
    values[layout.IS_BASIS_ENTRY] = profit.basis == "entry"
    values[layout.DOES_TRAIL] = profit.trailing_deviation is not None
    values[layout.HAS_STOP_LOSS] = stop.percent is not None
    values[layout.IS_STOP_FROM_AVERAGE] = stop.basis == "average"
    values[layout.IS_STOP_FROM_ENTRY] = stop.basis == "entry"
    values[layout.DOES_STOP_TRAIL] = stop.trailing
    values[layout.STOP_WAIT] = stop.timeout_seconds * 1000
    values[layout.BREAK_EVEN_AFTER] = stop.breakeven_after or 0
    values[layout.DOES_STOP_END] = stop.then == "stop_bot"
    values[layout.COOLDOWN] = (limits.cooldown_seconds + limits.start_delay_seconds) * 1000
    values[layout.START_DELAY] = limits.start_delay_seconds * 1000
    values[layout.MOST_DEALS] = _MANY if limits.stop_after_deals is None else limits.stop_after_deals
    values[layout.CLOSE_AFTER] = (limits.close_after_seconds or 0) * 1000
    values[layout.IS_EQUAL] = settings.reinvest_mode == "equal"
    values[layout.HAS_LEAST_PRICE] = limits.min_price is not None
    values[layout.HAS_MOST_PRICE] = limits.max_price is not None
    return values


def pairs_of(settings: DcaSettings, terms: Terms) -> list[float]:
    base, limits = settings.base_order, settings.limits
    values = list(terms.pairs)
    size = terms.lot if base.volume_unit == "base" else terms.money
    values[layout.BASE_VOLUME : layout.BASE_VOLUME + 2] = pair(base.volume / size)
    for place, value, whole in (
        (layout.TRAILING, settings.take_profit.trailing_deviation, HUNDRED),
        (layout.STOP_PART, settings.stop_loss.percent, HUNDRED),
        (layout.REINVEST, settings.reinvest_percent, HUNDRED),
        (layout.REDUCTION, settings.risk_reduction_percent, HUNDRED),
        (layout.LEAST_PRICE, limits.min_price, terms.unit),
        (layout.MOST_PRICE, limits.max_price, terms.unit),
    ):
        if value:
            values[place : place + 2] = pair(value / whole)
    return values


def plain_funds(settings: DcaSettings, terms: Terms, rows: Sequence[Row], price: Decimal) -> float | None:
    """What such a bot needs; None where it takes the preview to say whether all its orders are large enough."""
    base, first = settings.base_order, float(price)
    worth = float(base.volume) * (first if base.volume_unit == "base" else 1.0)
    least = _AMPLE * max(terms.least_cost, terms.least_amount * first, float(terms.lot) * first)
    if not terms.is_usual or worth < least:
        return None
    are_in_coins, size = settings.safety_orders.volume_unit == "base", float(terms.money)
    parts, least_level = [worth], _MANY_TICKS * terms.whole[layout.TICK_UNITS] * float(terms.unit)
    for deviation, _, volume, _ in rows:
        level = first * (1.0 + deviation)
        worth = volume * float(terms.lot) * level if are_in_coins else volume * size
        if level < least_level or worth < _AMPLE * max(terms.least_cost, float(terms.lot) * level):
            return None
        parts.append(worth)
    return fsum(parts)
