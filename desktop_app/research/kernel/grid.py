"""One grid bot over many candles in compiled numbers: the same fills as the core's, for sweeps."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from desktop_app.core.columns import Candles, exact
from desktop_app.core.market import HUNDRED, FeeCurrency, Market
from desktop_app.core.order import Role, Side
from desktop_app.core.strategies.grid_settings import Grid, GridSettings
from desktop_app.research.backtest import BacktestRefused, BacktestRules
from desktop_app.research.kernel import grid_layout as layout
from desktop_app.research.kernel.columns import Columns
from desktop_app.research.kernel.dca import BeyondKernel
from desktop_app.research.kernel.formulas import Real, Whole
from desktop_app.research.kernel.grid_block import GRID_MEMORY, GridBlock
from desktop_app.research.kernel.grid_candles import GridCandles, grid_candles
from desktop_app.research.kernel.grid_coverage import is_grid_covered
from desktop_app.research.kernel.grid_table import Frame, GridTable, NoTable, grains_of, make_table
from desktop_app.research.kernel.grid_walking import DONE, JUMP, play_grid
from desktop_app.research.kernel.touching import BAR_HIGH, BAR_LOW, BAR_OPEN
from desktop_app.research.kernel.twofold import decimal, pair
from desktop_app.research.whole_prices import NotWhole

_MOST_FILLS = 2**24
_FINEST = 12

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


@dataclass(frozen=True, slots=True)
class _Start:
    """Where the grid starts: candle, leg of its path, how far that has come, and the price there, in units."""

    candle: int
    leg: int
    stand: float
    price: int


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
        kept = grid_candles(candles, _digits_of(grid, market))
        return _played(grid, candles, kept, market, rules)
    except (NotWhole, NoTable) as error:
        raise BeyondKernel(str(error)) from error


def _digits_of(grid: Grid, market: Market) -> int:
    """As many decimals as tick, stops and start price have."""
    stops = [stop.price for stop in (grid.stop_above, grid.stop_below) if stop is not None]
    digits = 0
    for price in (market.price_tick, grid.start_price, grid.expand_up_to, grid.expand_down_to, *stops):
        if price is not None:
            exponent = price.normalize().as_tuple().exponent
            assert isinstance(exponent, int)
            digits = max(digits, -exponent)
    if digits > _FINEST:
        raise NoTable("prices with more digits than a kernel holds")
    return digits


def _played(grid: Grid, candles: Candles, kept: GridCandles, market: Market, rules: BacktestRules) -> GridPlay:
    columns = kept.columns
    highest = kept.highest * (1.0 + float(rules.slippage_percent) / 100.0) + 1.0
    frame = Frame(market, columns.digits, kept.lowest, highest)
    first = grid.start_price if grid.start_price is not None else exact(candles.open[0])
    asked = int(first.scaleb(columns.digits))
    table = make_table(grid, frame, asked)
    money = market.amount_step.scaleb(-columns.digits)
    funds = Decimal(table.funds) * money
    start = _start_of(grid, columns, asked)
    if start is not None and start.price != asked:
        table = _table_after_jump(grid, frame, start.price)
    block = _make_block(grid, frame, table, rules)
    fills, prices = block.run.fills[:0], block.run.fill_prices[:0]
    if start is not None:
        if _is_beyond_stop(grid, frame.price(start.price)):
            raise BeyondKernel("the grid would stop where it starts")
        fills, prices = _walked(block, kept, start)
    opened = start.candle if start is not None else None
    return GridPlay(block, fills, prices, table, kept, columns.digits, opened, funds)


def _walked(block: GridBlock, kept: GridCandles, start: _Start) -> tuple[Whole, Real]:
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


def _table_after_jump(grid: Grid, frame: Frame, price: int) -> GridTable:
    try:
        return make_table(grid, frame, price)
    except BacktestRefused as error:
        raise BeyondKernel("the price has to come to the start once more") from error


def _is_beyond_stop(grid: Grid, price: Decimal) -> bool:
    below, above = grid.stop_below, grid.stop_above
    return (below is not None and price <= below.price) or (above is not None and price >= above.price)


# --- where it starts --------------------------------------------------------------------------------------------------


def _start_of(grid: Grid, columns: Columns, level: int) -> _Start | None:
    """The first open, or where the path first comes to the start price."""
    open_ = float(columns.bars[0, BAR_OPEN])
    if grid.start_price is None or open_ == level:
        return _Start(0, 0, open_, int(open_))
    side = -1 if open_ > level else 1
    reached = columns.bars[:, BAR_LOW] <= level if side < 0 else columns.bars[:, BAR_HIGH] >= level
    found = np.flatnonzero(reached)
    if not len(found):
        return None
    i = int(found[0])
    opened = float(columns.bars[i, BAR_OPEN])
    if i and (opened - level) * side >= 0:
        return _Start(i, JUMP, float(level), int(opened))
    high, low = float(columns.bars[i, BAR_HIGH]), float(columns.bars[i, BAR_LOW])
    is_low_first = opened - low <= high - opened
    ends = (low, high) if is_low_first else (high, low)
    leg = next(k for k, end in enumerate(ends) if (end - level) * side >= 0)
    return _Start(i, leg, float(level), level)


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
