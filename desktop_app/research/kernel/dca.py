"""One DCA bot over many candles in compiled numbers: the same deals and fills as the core's, for sweeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from desktop_app.core.deal import DealStatus, Direction
from desktop_app.core.market import Market
from desktop_app.core.order import OrderType, Role, Side
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.kernel import layout
from desktop_app.research.kernel.block import DCA_MEMORY, MOST_RUNGS, MOST_TARGETS
from desktop_app.research.kernel.columns import Columns
from desktop_app.research.kernel.coverage import is_dca_covered
from desktop_app.research.kernel.dca_table import Row, Terms, ladder_rows, make_terms, write_settings
from desktop_app.research.kernel.formulas import Real, Run, Whole
from desktop_app.research.kernel.memory import Block
from desktop_app.research.kernel.twofold import decimal
from desktop_app.research.kernel.walking import walk_candles

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
    terms = make_terms(columns.digits, market, rules)
    return walked(make_run(settings, terms, ladder_rows(settings, terms)), columns)


def make_run(settings: DcaSettings, terms: Terms, rows: Sequence[Row]) -> Block[Run]:
    """A run that has not begun. `rows`: of the ladder."""
    if len(rows) > MOST_RUNGS or len(settings.take_profit.targets) > MOST_TARGETS:
        raise BeyondKernel("more steps than the kernel has room for")
    block = DCA_MEMORY.take()
    write_settings(block.run, settings, terms, rows)
    return block


def walked(block: Block[Run], columns: Columns) -> Run:
    """The run after the last candle, with all its fills and deals, however many; raises as run_dca does."""
    run, at, index = block.run, columns.at, columns.index
    state, following = run.state, 0
    state[layout.OPENS_AFTER] = at[0] + run.set[layout.START_DELAY]
    taken: list[tuple[Whole, Real, Whole]] = []
    while True:
        following = walk_candles(block.handle, at, *index, following)
        if following >= len(at) or state[layout.OUTCOME]:
            break
        taken.append(_take(run))
    _check(int(state[layout.OUTCOME]))
    fills, prices, deals = _written(run)
    if taken:
        taken.append((fills, prices, deals))
        fills, prices, deals = (np.concatenate(parts) for parts in zip(*taken, strict=True))
        state[layout.FILLS] = len(fills)
    return run._replace(fills=fills, fill_prices=prices, deals=deals)


def _check(outcome: int) -> None:
    if outcome == layout.REFUSED:
        raise LadderRefused("an order of the ladder came out under the market's minimum")
    if outcome != layout.WENT_WELL:
        raise BeyondKernel("a turn of events that the kernel does not know")


def _written(run: Run) -> tuple[Whole, Real, Whole]:
    """The fills, and the deals that are over."""
    state = run.state
    over = int(state[layout.DEALS] - state[layout.DEALS_TAKEN])
    if state[layout.DEAL] != layout.NO_DEAL:
        over -= 1
    fills = int(state[layout.FILLS])
    return run.fills[:fills], run.fill_prices[:fills], run.deals[:over]


def _take(run: Run) -> tuple[Whole, Real, Whole]:
    """A copy of them, which makes room for more."""
    fills, prices, deals = _written(run)
    fills, prices, deals = fills.copy(), prices.copy(), deals.copy()
    run.state[layout.FILLS] = 0
    run.state[layout.DEALS_TAKEN] += len(deals)
    return fills, prices, deals


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
