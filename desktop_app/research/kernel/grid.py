"""One grid bot over many candles in compiled numbers: the same fills as the core's, for sweeps."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from desktop_app.core.columns import Candles
from desktop_app.core.market import HUNDRED, FeeCurrency, Market
from desktop_app.core.order import Role, Side
from desktop_app.core.strategies.grid_settings import Grid, GridSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.grid_start import Start, begin, digits_of
from desktop_app.research.grid_table import Frame, GridTable, NoTable, grains_of
from desktop_app.research.kernel import grid_layout as layout
from desktop_app.research.kernel.dca import BeyondKernel
from desktop_app.research.kernel.formulas import Real, Whole
from desktop_app.research.kernel.grid_block import GRID_MEMORY, GridBlock
from desktop_app.research.kernel.grid_candles import GridCandles, grid_candles
from desktop_app.research.kernel.grid_coverage import is_grid_covered
from desktop_app.research.kernel.grid_walking import DONE, play_grid
from desktop_app.research.kernel.touching import BAR_HIGH, BAR_LOW, BAR_OPEN
from desktop_app.research.kernel.twofold import decimal, pair
from desktop_app.research.whole_prices import NotWhole

_MOST_FILLS = 2**24

_ROLES = {layout.GRID: Role.GRID, layout.BALANCING: Role.BALANCING}
_ENDING_ROLES = {layout.COMPLETED: Role.TAKE_PROFIT, layout.STOPPED_OUT: Role.STOP_LOSS}
_ACTIONS = {"stop": layout.THEN_STOP, "stop_and_sell": layout.THEN_SELL, "stop_and_buy": layout.THEN_BUY}


@dataclass(frozen=True, slots=True)
class GridFill:
    """A trade; `line` is the grid's line, None of an order at market."""

    candle: int
    line: int | None
    side: Side
    role: Role
    price: Decimal
    amount: Decimal
    is_maker: bool


@dataclass(frozen=True, slots=True)
class GridPlay:
    """A run after its last candle. `opened`: the candle in which the grid started, None if it never did.

    `fills`, `fill_prices`: as in its block, and those that were taken away before.
    """

    block: GridBlock
    fills: Whole
    fill_prices: Real
    table: GridTable
    kept: GridCandles
    digits: int
    opened: int | None
    funds: Decimal  # what percentages refer to


def played_grid(settings: GridSettings, candles: Candles, market: Market, rules: BacktestRules) -> GridPlay:
    """Play the candles to the bot. `market` already has the fees of the run.

    Raises:
        BacktestRefused: so does the core, before it plays anything.
        BeyondKernel: only the core can play this.
    """
    if not is_grid_covered(settings, rules):
        raise BeyondKernel("settings that the kernel does not know")
    grid = settings.grid
    try:
        kept = grid_candles(candles, digits_of(grid, market.price_tick))
        return _played(grid, kept, market, rules)
    except (NotWhole, NoTable) as error:
        raise BeyondKernel(str(error)) from error


def _played(grid: Grid, kept: GridCandles, market: Market, rules: BacktestRules) -> GridPlay:
    columns, bars = kept.columns, kept.columns.bars
    highest = kept.highest * (1.0 + float(rules.slippage_percent) / 100.0) + 1.0
    frame = Frame(market, columns.digits, kept.lowest, highest)
    begun = begin(grid, frame, bars[:, BAR_OPEN], bars[:, BAR_HIGH], bars[:, BAR_LOW])
    block = _make_block(grid, frame, begun.table, rules)
    fills, prices = block.run.fills[:0], block.run.fill_prices[:0]
    if begun.start is not None:
        fills, prices = _walked(block, kept, begun.start)
    opened = begun.start.candle if begun.start is not None else None
    return GridPlay(block, fills, prices, begun.table, kept, columns.digits, opened, begun.funds)


def _walked(block: GridBlock, kept: GridCandles, start: Start) -> tuple[Whole, Real]:
    index, state = kept.columns.index, block.run.state
    fills: list[Whole] = []
    prices: list[Real] = []
    candle, leg, stand, count = start.candle, start.leg, start.stand, 0
    while True:
        play_grid(
            block.handle, *index, candle, leg, stand,
        )  # fmt: skip
        number, outcome = int(state[layout.FILLS]), int(state[layout.OUTCOME])
        fills.append(block.run.fills[:number])
        prices.append(block.run.fill_prices[:number])
        count += number
        if outcome != layout.NEEDS_ROOM or count > _MOST_FILLS:
            break
        fills[-1], prices[-1] = fills[-1].copy(), prices[-1].copy()
        state[layout.FILLS] = 0
        candle, leg = int(state[layout.CANDLE]), DONE
    if outcome != layout.WENT_WELL:
        raise BeyondKernel("a turn of events that the kernel does not know")
    if len(fills) == 1:
        return fills[0], prices[0]
    return np.concatenate(fills), np.concatenate(prices)


# --- settings into arrays ---------------------------------------------------------------------------------------------


def _make_block(grid: Grid, frame: Frame, table: GridTable, rules: BacktestRules) -> GridBlock:
    market, grains = frame.market, grains_of(frame.market)
    block = GRID_MEMORY.take()
    run, rows = block.run, len(table.prices)
    state = run.state
    state[layout.LOW], state[layout.HIGH] = table.low, table.high
    state[layout.BOUNDARY] = state[layout.FUNDED] = table.waiting
    state[layout.MISSING] = table.missing
    run.prices[:rows], run.lots[:rows] = table.prices, table.lots
    run.again[:rows], run.least[:rows] = table.again, table.least
    _put_pairs(run.set_pairs, grid, frame, table, rules)
    most_sells = grid.max_active_sell_lines or (table.high - table.waiting if grid.is_infinite else 0)
    above, below = grid.stop_above, grid.stop_below
    values = {
        layout.ROWS: rows,
        layout.THROUGH: rules.fill_through * frame.tick_units,
        layout.REST: grains.rest,
        layout.MAKER_GRAINS: grains.maker,
        layout.TAKER_GRAINS: grains.taker,
        layout.IS_FEE_IN_COINS: market.fee_currency is FeeCurrency.RECEIVED,
        layout.IS_PROFIT_IN_COINS: grid.profit_currency == "base",
        layout.MOST_BUYS: grid.max_active_buy_lines or 0,
        layout.MOST_SELLS: most_sells,
        layout.IS_ENDLESS: grid.is_infinite,
        layout.DOES_TRAIL_UP: grid.trailing_up,
        layout.DOES_TRAIL_DOWN: grid.trailing_down,
        layout.EXPAND_UP: _units(grid.expand_up_to, frame),
        layout.EXPAND_DOWN: _units(grid.expand_down_to, frame),
        layout.STOP_ABOVE: _units(above.price if above is not None else None, frame),
        layout.STOP_BELOW: _units(below.price if below is not None else None, frame),
        layout.THEN_ABOVE: _ACTIONS[above.then] if above is not None else 0,
        layout.THEN_BELOW: _ACTIONS[below.then] if below is not None else 0,
        layout.HAS_PROFIT_GOAL: grid.take_profit_percent is not None,
        layout.DOES_MOVE: bool(
            most_sells
            or grid.trailing_up
            or grid.trailing_down
            or grid.expand_up_to is not None
            or grid.expand_down_to is not None
        ),
        layout.LEAST_LOTS: int(market.amount_up(market.min_amount) / market.amount_step),
    }
    for place, value in values.items():
        run.set[place] = int(value)
    return block


def _units(price: Decimal | None, frame: Frame) -> int:
    return 0 if price is None else int(price.scaleb(frame.digits))


def _put_pairs(places: Real, grid: Grid, frame: Frame, table: GridTable, rules: BacktestRules) -> None:
    market = frame.market
    percent = grid.take_profit_percent
    values = {
        layout.MAKER: market.maker_fee,
        layout.TAKER: market.taker_fee,
        layout.SLIPPAGE: rules.slippage_percent / HUNDRED,
        layout.GOAL: Decimal(table.funds) * percent / HUNDRED if percent is not None else Decimal(0),
        layout.LEAST_MONEY: market.min_cost / market.amount_step.scaleb(-frame.digits),
    }
    for place, value in values.items():
        places[place : place + 2] = pair(value)


# --- arrays into fills ------------------------------------------------------------------------------------------------


def fills_of(play: GridPlay, market: Market) -> tuple[GridFill, ...]:
    """Exact but for what a level of the profit has beyond 28 digits."""
    unit, status = Decimal(1).scaleb(-play.digits), int(play.block.run.state[layout.STATUS])
    found = []
    for fill, priced in zip(play.fills.tolist(), play.fill_prices.tolist(), strict=True):
        line, role = fill[layout.FILL_LINE], fill[layout.FILL_ROLE]
        found.append(
            GridFill(
                candle=fill[layout.FILL_CANDLE],
                line=None if line < 0 else line + play.table.first,
                side=Side.BUY if fill[layout.FILL_SIDE] > 0 else Side.SELL,
                role=_ENDING_ROLES[status] if role == layout.EXIT else _ROLES[role],
                price=decimal((priced[0], priced[1])) * unit,
                amount=fill[layout.FILL_LOTS] * market.amount_step,
                is_maker=bool(fill[layout.FILL_IS_MAKER]),
            )
        )
    return tuple(found)
