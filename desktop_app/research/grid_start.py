"""Where a grid starts, and with which lines: what a compiled search and one that hops have in common."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.strategies import grid_open
from desktop_app.core.strategies.grid_settings import Grid
from desktop_app.research.backtest import BacktestRefused
from desktop_app.research.grid_table import Frame, GridTable, NoTable, make_table

Column = NDArray[np.floating]

JUMP = -1  # the leg to a candle's open
_FINEST = 12


@dataclass(frozen=True, slots=True)
class Start:
    """Candle, leg of its path, how far that has come, and the price there, in units."""

    candle: int
    leg: int
    stand: float
    price: int


@dataclass(frozen=True, slots=True)
class Begun:
    """A grid before its first order. `start` None: the price never comes there. `funds`: what percentages refer to."""

    table: GridTable
    start: Start | None
    funds: Decimal


def digits_of(grid: Grid, tick: Decimal) -> int:
    """As many decimals as tick, stops and start price have. Raises NoTable where they are too many."""
    stops = [stop.price for stop in (grid.stop_above, grid.stop_below) if stop is not None]
    digits = 0
    for price in (tick, grid.start_price, grid.expand_up_to, grid.expand_down_to, *stops):
        if price is not None:
            exponent = price.normalize().as_tuple().exponent
            assert isinstance(exponent, int)
            digits = max(digits, -exponent)
    if digits > _FINEST:
        raise NoTable("prices with more digits than whole numbers hold")
    return digits


def begin(grid: Grid, frame: Frame, opens: Column, highs: Column, lows: Column) -> Begun:
    """Over candles in the frame's units.

    Raises:
        BacktestRefused: so does the core, before it plays anything.
        NoTable: only the core knows how to go on.
    """
    asked = int(opens[0] if grid.start_price is None else grid.start_price.scaleb(frame.digits))
    table = make_table(grid, frame, asked)
    funds = table.funds * frame.market.amount_step * frame.unit
    start = _start_of(grid, opens, highs, lows, asked)
    if start is not None and start.price != asked:
        table = _table_after_jump(grid, frame, start.price)
    if start is not None and grid_open.is_beyond_stop(grid, frame.price(start.price)):
        raise NoTable("the grid would stop where it starts")
    return Begun(table, start, funds)


def _table_after_jump(grid: Grid, frame: Frame, price: int) -> GridTable:
    try:
        return make_table(grid, frame, price)
    except BacktestRefused as error:
        raise NoTable("the price has to come to the start once more") from error


def _start_of(grid: Grid, opens: Column, highs: Column, lows: Column, level: int) -> Start | None:
    """The first open, or where the path first comes to the start price."""
    open_ = float(opens[0])
    if grid.start_price is None or open_ == level:
        return Start(0, 0, open_, int(open_))
    side = -1 if open_ > level else 1
    found = np.flatnonzero(lows <= level if side < 0 else highs >= level)
    if not len(found):
        return None
    i = int(found[0])
    opened = float(opens[i])
    if i and (opened - level) * side >= 0:
        return Start(i, JUMP, float(level), int(opened))
    high, low = float(highs[i]), float(lows[i])
    is_low_first = opened - low <= high - opened
    ends = (low, high) if is_low_first else (high, low)
    leg = next(k for k, end in enumerate(ends) if (end - level) * side >= 0)
    return Start(i, leg, float(level), level)
