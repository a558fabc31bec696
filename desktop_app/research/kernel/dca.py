"""One DCA bot over many candles in compiled numbers: the same deals and fills as the core's, for sweeps."""

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
from desktop_app.research.kernel.block import MOST_RUNGS, MOST_TARGETS, Block
from desktop_app.research.kernel.columns import Columns
from desktop_app.research.kernel.coverage import is_dca_covered
from desktop_app.research.kernel.formulas import Real, Run, Whole
from desktop_app.research.kernel.twofold import decimal, pair
from desktop_app.research.kernel.walking import walk_candles

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


def run_dca(settings: DcaSettings, columns: Columns, market: Market, rules: BacktestRules) -> KernelResult:
    """Play the candles to the bot. `market` already has the fees of the run.

    Raises:
        BeyondKernel: run the core instead.
        LadderRefused: so would the core.
    """
    if not is_dca_covered(settings, rules):
        raise BeyondKernel("settings that the kernel does not know")
    return _read(played(settings, columns, market, rules), columns, market, settings.direction)


def played(settings: DcaSettings, columns: Columns, market: Market, rules: BacktestRules) -> Run:
    """The arrays after the last candle, of settings that are covered; raises as run_dca does."""
    run = walked(make_run(settings, columns.digits, market, rules), columns)
    outcome = int(run.state[layout.OUTCOME])
    if outcome == layout.REFUSED:
        raise LadderRefused("an order of the ladder came out under the market's minimum")
    if outcome != layout.WENT_WELL:
        raise BeyondKernel("a turn of events that the kernel does not know")
    return run


def walked(block: Block, columns: Columns) -> Run:
    """The run after the last candle, with all its fills and deals, however many."""
    run, c = block.run, columns
    state, following = run.state, 0
    state[layout.OPENS_AFTER] = c.at[0] + run.set[layout.START_DELAY]
    taken: list[tuple[Whole, Real, Whole]] = []
    while following < len(c.at) and not state[layout.OUTCOME]:
        following = walk_candles(
            block.handle, c.at, c.open, c.high, c.low, c.close, c.tops, c.bottoms, c.wide_tops, c.wide_bottoms,
            following,
        )  # fmt: skip
        taken.append(_take(run))
    state[layout.FILLS] = sum(len(part[0]) for part in taken)
    fills, prices, deals = (np.concatenate(parts) for parts in zip(*taken, strict=True))
    return run._replace(fills=fills, fill_prices=prices, deals=deals)


def _take(run: Run) -> tuple[Whole, Real, Whole]:
    """The fills and the deals that are over, which make room for more."""
    state = run.state
    over = int(state[layout.DEALS] - state[layout.DEALS_TAKEN])
    if state[layout.DEAL] != layout.NO_DEAL:
        over -= 1
    fills = int(state[layout.FILLS])
    taken = run.fills[:fills].copy(), run.fill_prices[:fills].copy(), run.deals[:over].copy()
    run.deals[:over] = 0
    state[layout.FILLS] = 0
    state[layout.DEALS_TAKEN] += over
    return taken


# --- settings into arrays ---------------------------------------------------------------------------------------------


def make_run(settings: DcaSettings, digits: int, market: Market, rules: BacktestRules) -> Block:
    unit = Decimal(1).scaleb(-digits)
    money = unit * market.amount_step
    block = Block()
    run = block.run
    safety, targets = settings.safety_orders, settings.take_profit.targets
    planned = ladder.planned(safety, settings.direction)
    if len(planned) > MOST_RUNGS or len(targets) > MOST_TARGETS:
        raise BeyondKernel("more steps than the kernel has room for")
    for k, (_, deviation, volume) in enumerate(planned):
        run.ladder[k, 0:2] = pair(deviation / HUNDRED)
        run.ladder[k, 2:4] = pair(volume / (market.amount_step if safety.volume_unit == "base" else money))
    for k, step in enumerate(targets):
        run.targets[k, 0:2] = pair(step.percent / HUNDRED)
        run.targets[k, 2:4] = pair(step.share)
    run.near[: len(planned)] = sorted(range(len(planned)), key=lambda k: abs(planned[k][1]))
    run.set[:] = _whole_settings(settings, market, rules, unit)
    run.set_pairs[:] = _paired_settings(settings, market, rules, unit)
    return block


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
        layout.IS_BASIS_ENTRY: profit.basis == "entry",
        layout.DOES_TRAIL: profit.trailing_deviation is not None,
        layout.HAS_STOP_LOSS: stop.percent is not None,
        layout.IS_STOP_FROM_AVERAGE: stop.basis == "average",
        layout.IS_STOP_FROM_ENTRY: stop.basis == "entry",
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
