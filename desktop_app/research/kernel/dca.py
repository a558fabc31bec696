"""One DCA bot over many candles in compiled numbers: the same deals and fills as the core's, for sweeps."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from desktop_app.core import ladder
from desktop_app.core.deal import DealStatus, Direction
from desktop_app.core.market import HUNDRED, FeeCurrency, Market
from desktop_app.core.order import OrderType, Role, Side
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.kernel import layout
from desktop_app.research.kernel.columns import Columns
from desktop_app.research.kernel.formulas import RUNG_COLUMNS, SOLD_COLUMNS, Run
from desktop_app.research.kernel.twofold import decimal, pair
from desktop_app.research.kernel.walking import walk_candles

_ORDERS = 512
_EVENTS = 4096
_TOLD = 256
_FILLS = 4096
_MANY = 2**62

_ROLES = (Role.BASE, Role.SAFETY, Role.TAKE_PROFIT, Role.STOP_LOSS, Role.CLOSE)
_STATUSES = {
    layout.COMPLETED: DealStatus.COMPLETED,
    layout.STOPPED_OUT: DealStatus.STOPPED_OUT,
    layout.TIMED_OUT: DealStatus.TIMED_OUT,
    layout.CLOSED_BY_USER: DealStatus.CLOSED_BY_USER,
}
_RUNNING = {
    layout.IS_OPENING: DealStatus.OPENING,
    layout.IS_OPEN: DealStatus.OPEN,
    layout.IS_TRAILING: DealStatus.TRAILING,
    layout.IS_CLOSING: DealStatus.CLOSING,
}


class BeyondKernel(ValueError):
    """Settings, or a turn of events, that only the core knows how to handle."""


class LadderRefused(ValueError):
    """An order of the ladder came out under the market's minimum: the core says which."""


@dataclass(frozen=True, slots=True)
class KernelFill:
    """A trade; `deal` counts from 1, `index` is that of its role."""

    candle: int
    at: int
    deal: int
    role: Role
    index: int
    side: Side
    type: OrderType
    price: Decimal
    amount: Decimal
    is_maker: bool


@dataclass(frozen=True, slots=True)
class KernelDeal:
    """A deal that traded; `closed_at` None while it runs."""

    number: int
    opened_at: int
    closed_at: int | None
    status: DealStatus
    safety_filled: int


@dataclass(frozen=True, slots=True)
class KernelResult:
    """`profit` is of closed deals, net of fees, in quote, good to some 15 digits."""

    deals: tuple[KernelDeal, ...]
    fills: tuple[KernelFill, ...]
    profit: float


def is_covered(settings: DcaSettings, rules: BacktestRules) -> bool:
    """Whether the kernel knows all that these settings ask for; of a setting that it never heard of it does not."""
    units = (settings.base_order.volume_unit, settings.safety_orders.volume_unit)
    limits = settings.limits
    return (
        rules.balance is None
        and "percent" not in units
        and "entry" not in (settings.take_profit.basis, settings.stop_loss.basis)
        and settings.profit_currency == "quote"
        and settings.start.mode == "asap"
        and limits.max_deals_per_pair == limits.max_active_deals == 1
        and _KNOWN.issuperset(_set_names(settings.model_dump(exclude_defaults=True)))
    )


_NAMES = (
    "kind name account pairs direction profit_currency reinvest_percent reinvest_mode risk_reduction_percent "
    "base_order.volume base_order.volume_unit base_order.type "
    "safety_orders.volume safety_orders.volume_unit safety_orders.price_deviation safety_orders.step_scale "
    "safety_orders.volume_scale safety_orders.max_count safety_orders.max_active safety_orders.custom.deviation "
    "safety_orders.custom.volume take_profit.basis take_profit.percent take_profit.steps.percent "
    "take_profit.steps.share take_profit.trailing_deviation stop_loss.percent stop_loss.basis stop_loss.trailing "
    "stop_loss.timeout_seconds stop_loss.breakeven_after stop_loss.then start.mode limits.max_active_deals "
    "limits.max_deals_per_pair limits.cooldown_seconds limits.min_price limits.max_price limits.stop_after_deals "
    "limits.close_after_seconds limits.start_delay_seconds"
)
_KNOWN = frozenset(_NAMES.split())


def _set_names(value: object, place: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _set_names(part, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list | tuple) and any(isinstance(part, dict) for part in value):
        for part in value:
            yield from _set_names(part, place)
    else:
        yield place


def run_dca(settings: DcaSettings, columns: Columns, market: Market, rules: BacktestRules) -> KernelResult:
    """Play the candles to the bot. `market` already has the fees of the run.

    Raises:
        BeyondKernel: run the core instead.
        LadderRefused: so would the core.
    """
    return _read(played(settings, columns, market, rules), columns, market, settings.direction)


def played(settings: DcaSettings, columns: Columns, market: Market, rules: BacktestRules) -> Run:
    """The arrays after the last candle; raises as run_dca does."""
    if not is_covered(settings, rules):
        raise BeyondKernel("settings that the kernel does not know")
    fills = _FILLS
    while True:
        run = make_run(settings, columns.digits, market, rules, fills)
        walk(run, columns)
        outcome = int(run.state[layout.OUTCOME])
        if outcome != layout.TOO_MANY_FILLS:
            break
        fills *= 8
    if outcome == layout.REFUSED:
        raise LadderRefused("an order of the ladder came out under the market's minimum")
    if outcome != layout.WENT_WELL:
        raise BeyondKernel("a turn of events that the kernel does not know")
    return run


def walk(run: Run, columns: Columns) -> None:
    run.state[layout.OPENS_AFTER] = columns.at[0] + run.set[layout.START_DELAY]
    walk_candles(
        run,
        columns.at,
        columns.open,
        columns.high,
        columns.low,
        columns.close,
        columns.tops,
        columns.bottoms,
        columns.wide_tops,
        columns.wide_bottoms,
        float("nan"),
    )


# --- settings into arrays ---------------------------------------------------------------------------------------------


def make_run(settings: DcaSettings, digits: int, market: Market, rules: BacktestRules, fills: int = _FILLS) -> Run:
    unit = Decimal(1).scaleb(-digits)
    money = unit * market.amount_step
    safety, targets = settings.safety_orders, settings.take_profit.targets
    planned = ladder.planned(safety, settings.direction)
    rungs = np.zeros((max(1, len(planned)), 4))
    for k, (_, deviation, volume) in enumerate(planned):
        rungs[k, 0:2] = pair(deviation / HUNDRED)
        rungs[k, 2:4] = pair(volume / (market.amount_step if safety.volume_unit == "base" else money))
    steps = np.zeros((max(1, len(targets)), 4))
    for k, step in enumerate(targets):
        steps[k, 0:2] = pair(step.percent / HUNDRED)
        steps[k, 2:4] = pair(step.share)
    near = sorted(range(len(planned)), key=lambda k: abs(planned[k][1]))
    state = np.zeros(layout.WHOLE, dtype=np.int64)
    return Run(
        set=_whole_settings(settings, market, rules, unit),
        set_pairs=_paired_settings(settings, market, rules, unit),
        ladder=rungs,
        near=np.array(near or [0], dtype=np.int64),
        targets=steps,
        state=state,
        pairs=np.zeros(layout.PAIRS),
        rungs=np.zeros((max(1, len(planned)), RUNG_COLUMNS), dtype=np.int64),
        sold=np.zeros((max(1, len(targets)), SOLD_COLUMNS), dtype=np.int64),
        orders=np.zeros((_ORDERS, layout.ORDER_COLUMNS), dtype=np.int64),
        events=np.zeros((_EVENTS, 3), dtype=np.int64),
        event_prices=np.zeros((_EVENTS, 2)),
        told=np.zeros((_TOLD, 7)),
        wanted=np.zeros((len(planned) + len(targets) + 2, 6), dtype=np.int64),
        plan=np.zeros((len(targets) + 1, 3), dtype=np.int64),
        fills=np.zeros((fills, layout.FILL_COLUMNS), dtype=np.int64),
        fill_prices=np.zeros((fills, 2)),
        deals=np.zeros((fills, layout.DEAL_COLUMNS), dtype=np.int64),
    )


def _whole_settings(settings: DcaSettings, market: Market, rules: BacktestRules, unit: Decimal) -> "np.ndarray":
    limits, stop, profit, safety = settings.limits, settings.stop_loss, settings.take_profit, settings.safety_orders
    values = {
        layout.SIDE: 1 if settings.direction is Direction.LONG else -1,
        layout.TICK_UNITS: int(market.price_tick / unit),
        layout.THROUGH: int(market.price_tick / unit) * rules.fill_through,
        layout.IS_LIMIT_BASE: settings.base_order.type == "limit",
        layout.IS_BASE_IN_COINS: settings.base_order.volume_unit == "base",
        layout.ARE_RUNGS_IN_COINS: safety.volume_unit == "base",
        layout.ACTIVE: safety.active,
        layout.LADDER: len(ladder.planned(safety, settings.direction)),
        layout.TARGETS: len(profit.targets),
        layout.IS_BASIS_BASE: profit.basis == "base",
        layout.DOES_TRAIL: profit.trailing_deviation is not None,
        layout.HAS_STOP_LOSS: stop.percent is not None,
        layout.IS_STOP_FROM_AVERAGE: stop.basis == "average",
        layout.DOES_STOP_TRAIL: stop.trailing,
        layout.STOP_WAIT: stop.timeout_seconds * 1000,
        layout.BREAK_EVEN_AFTER: stop.breakeven_after or 0,
        layout.DOES_STOP_END: stop.then == "stop_bot",
        layout.COOLDOWN: (limits.cooldown_seconds + limits.start_delay_seconds) * 1000,
        layout.START_DELAY: limits.start_delay_seconds * 1000,
        layout.MOST_DEALS: _MANY if limits.stop_after_deals is None else limits.stop_after_deals,
        layout.CLOSE_AFTER: (limits.close_after_seconds or 0) * 1000,
        layout.EVERY: rules.timeframe_ms,
        layout.IS_FEE_IN_COINS: market.fee_currency is FeeCurrency.RECEIVED,
        layout.LEAST_LOTS: int(market.amount_up(market.min_amount) / market.amount_step),
        layout.IS_EQUAL: settings.reinvest_mode == "equal",
        layout.HAS_LEAST_PRICE: limits.min_price is not None,
        layout.HAS_MOST_PRICE: limits.max_price is not None,
    }
    return np.array([int(values[place]) for place in range(layout.SETTINGS)], dtype=np.int64)


def _paired_settings(settings: DcaSettings, market: Market, rules: BacktestRules, unit: Decimal) -> "np.ndarray":
    base, limits = settings.base_order, settings.limits
    money = unit * market.amount_step
    nothing = Decimal(0)
    values = {
        layout.MAKER: market.maker_fee,
        layout.TAKER: market.taker_fee,
        layout.SLIPPAGE: rules.slippage_percent / HUNDRED,
        layout.BASE_VOLUME: base.volume / (market.amount_step if base.volume_unit == "base" else money),
        layout.LEAST_MONEY: market.min_cost / money,
        layout.LEAST_AMOUNT: market.min_amount / market.amount_step,
        layout.TRAILING: (settings.take_profit.trailing_deviation or nothing) / HUNDRED,
        layout.STOP_PART: (settings.stop_loss.percent or nothing) / HUNDRED,
        layout.REINVEST: settings.reinvest_percent / HUNDRED,
        layout.REDUCTION: settings.risk_reduction_percent / HUNDRED,
        layout.LEAST_PRICE: (limits.min_price or nothing) / unit,
        layout.MOST_PRICE: (limits.max_price or nothing) / unit,
    }
    pairs = np.zeros(layout.SETTING_PAIRS)
    for place, value in values.items():
        pairs[place : place + 2] = pair(value)
    return pairs


# --- and back ---------------------------------------------------------------------------------------------------------


def _read(run: Run, columns: Columns, market: Market, direction: Direction) -> KernelResult:
    unit = Decimal(1).scaleb(-columns.digits)
    fills = tuple(
        _fill(run.fills[k], decimal((run.fill_prices[k, 0], run.fill_prices[k, 1])) * unit, market, direction)
        for k in range(int(run.state[layout.FILLS]))
    )
    number = int(run.state[layout.DEALS])
    is_running = run.state[layout.DEAL] != layout.NO_DEAL
    traded = {fill.deal for fill in fills}
    deals = []
    for k in range(number - (1 if is_running else 0)):
        ending, opened, closed, safety = (int(value) for value in run.deals[k])
        if k + 1 in traded:
            deals.append(KernelDeal(k + 1, opened, closed, _STATUSES[ending], safety))
    if is_running and number in traded:
        status = _RUNNING[int(run.state[layout.DEAL])]
        filled = int(run.state[layout.SAFETY_FILLED])
        deals.append(KernelDeal(number, int(run.state[layout.OPENED_AT]), None, status, filled))
    profit = float(run.pairs[layout.PROFIT]) * float(unit * market.amount_step)
    return KernelResult(tuple(deals), fills, profit)


def _fill(row: "np.ndarray", price: Decimal, market: Market, direction: Direction) -> KernelFill:
    return KernelFill(
        candle=int(row[layout.FILL_CANDLE]),
        at=int(row[layout.FILL_AT]),
        deal=int(row[layout.FILL_DEAL]),
        role=_ROLES[int(row[layout.FILL_ROLE])],
        index=int(row[layout.FILL_INDEX]),
        side=direction.entry if row[layout.FILL_IS_ENTRY] else direction.exit,
        type=OrderType.MARKET if row[layout.FILL_IS_MARKET] else OrderType.LIMIT,
        price=price,
        amount=int(row[layout.FILL_LOTS]) * market.amount_step,
        is_maker=bool(row[layout.FILL_IS_MAKER]),
    )
