"""A grid's lines as whole numbers, as the core lays them: by floats where they leave no doubt, else by the core.

What a compiled search and one that hops start from.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from desktop_app.core import grid_lines
from desktop_app.core.grid_preview import make_grid_preview
from desktop_app.core.market import ONE, FeeCurrency, Market
from desktop_app.core.strategies.grid_settings import Grid
from desktop_app.research.backtest import BacktestRefused

Real = NDArray[np.float64]
Whole = NDArray[np.int64]

MOST_ROWS = 4096  # of a table: what years of prices can ask for
_DOUBT = 4e-12  # relative: what floats may be wrong by, with room to spare
_SNAP = 2e-9  # bots.md 1.2: a value this close to a step is that step
_FINEST_GRAIN = 8
_LARGEST = 2**61


class NoTable(ValueError):
    """These lines do not fit into whole numbers, or behave as only the core can tell."""


@dataclass(frozen=True, slots=True)
class Grains:
    """How a lot is parted so that fees in coins are whole: `rest` grains, of which the fees take so many."""

    rest: int
    maker: int
    taker: int


@dataclass(frozen=True, slots=True)
class GridTable:
    """The lines around a start. `first` is the index of row 0; the grid's own lines are rows `low` to `high`.

    `prices` in units; `lots` of each line by its own price, `again` what the line above a filled buy sells, `least`
    what the market takes. `missing` are the lots to be bought first, `funds` what it all comes to, in units · lots.
    """

    first: int
    low: int
    high: int
    waiting: int
    prices: Whole
    lots: Whole
    again: Whole
    least: Whole
    missing: int
    funds: int


@dataclass(frozen=True, slots=True)
class Frame:
    """What is the same for many grids: the market, the units of its prices, how far the candles reach."""

    market: Market
    digits: int
    lowest: float  # in units
    highest: float

    @property
    def unit(self) -> Decimal:
        return ONE.scaleb(-self.digits)

    @property
    def tick_units(self) -> int:
        return int(self.market.price_tick / self.unit)

    def price(self, units: int) -> Decimal:
        return Decimal(int(units)).scaleb(-self.digits)


def grains_of(market: Market) -> Grains:
    """Raises NoTable where the fees are too fine."""
    if market.fee_currency is not FeeCurrency.RECEIVED:
        return Grains(1, 0, 0)
    for digits in range(_FINEST_GRAIN + 1):
        maker, taker = market.maker_fee.scaleb(digits), market.taker_fee.scaleb(digits)
        if maker == int(maker) and taker == int(taker):
            return Grains(10**digits, int(maker), int(taker))
    raise NoTable("fees with more digits than grains have")


def make_table(grid: Grid, frame: Frame, price: int) -> GridTable:
    """The lines as the grid starts at this price, in units.

    Raises:
        BacktestRefused: so does the core, with these problems.
        NoTable: only the core knows how to go on.
    """
    if grid.is_infinite:
        return _as_the_core_lays(grid, frame, price)
    assert grid.lines is not None
    prices = line_prices(grid, frame, 0, grid.lines)
    if prices[0] <= 0 or (np.diff(prices) <= 0).any():
        _refuse(grid, frame, price)
    waiting = int(np.abs(prices - price).argmin())
    volume = _volume(grid, frame, price, prices, waiting)
    try:
        return _around(grid, frame, price, prices, waiting, volume, is_sure=False)
    except _Doubt:
        return _as_the_core_lays(grid, frame, price)


class _Doubt(ValueError):
    """Floats do not settle it."""


def _refuse(grid: Grid, frame: Frame, price: int) -> None:
    preview = make_grid_preview(grid, frame.market, frame.price(price))
    if preview.blocks or preview.layout is None:
        raise BacktestRefused(preview.blocks)


def _as_the_core_lays(grid: Grid, frame: Frame, price: int) -> GridTable:
    preview = make_grid_preview(grid, frame.market, frame.price(price))
    if preview.blocks or preview.layout is None:
        raise BacktestRefused(preview.blocks)
    layout = preview.layout
    prices = np.array([int(line.price.scaleb(frame.digits)) for line in layout.lines], dtype=np.int64)
    table = _around(grid, frame, price, prices, layout.waiting, layout.volume, is_sure=True)
    missing = int(layout.balancing / frame.market.amount_step)
    resting = int((layout.funds - layout.balancing_cost) / frame.market.amount_step / frame.unit)
    if missing != table.missing or resting + missing * price != table.funds:
        table = _with_missing(table, missing, resting + missing * price)
    return table


def _with_missing(table: GridTable, missing: int, funds: int) -> GridTable:
    return GridTable(
        table.first, table.low, table.high, table.waiting, table.prices, table.lots, table.again, table.least, missing,
        funds,
    )  # fmt: skip


def _around(
    grid: Grid, frame: Frame, price: int, prices: Whole, waiting: int, volume: float | Decimal, *, is_sure: bool
) -> GridTable:
    """The table with the grid's own lines and those that it may come to have. `is_sure`: the core finds no fault."""
    count = len(prices)
    below, above = _beyond(grid, frame, prices)
    if below or above:
        prices = np.concatenate(
            (line_prices(grid, frame, -below, 0), prices, line_prices(grid, frame, count, count + above))
        )
        while below and prices[0] <= 0:
            prices, below = prices[1:], below - 1
        if (np.diff(prices) <= 0).any():
            raise NoTable("lines beyond the grid's ends touch")
    market, grains = frame.market, grains_of(frame.market)
    lots = _lots(grid, frame, volume, prices)
    received = lots * (grains.rest - grains.maker)
    again = received // grains.rest
    if grid.profit_currency == "base":
        again = np.minimum(again, np.append(lots[1:], lots[-1]))
    if float(lots.sum()) * grains.rest > _LARGEST or float((lots * prices.astype(np.float64)).sum()) > _LARGEST:
        raise NoTable("amounts beyond whole numbers")
    own = slice(below, below + count)
    if not is_sure and not _is_fine(frame, prices[own], lots[own], again[own], received[own] / grains.rest):
        _refuse(grid, frame, price)
    is_plain = count == len(prices) and not grid.is_infinite
    least = np.zeros(count, dtype=np.int64) if is_plain else _least(frame, prices)
    start = below + waiting
    most = grid.max_active_sell_lines
    end = below + count if most is None else min(below + count, start + 1 + most)
    sold = int(lots[start + 1 : end].sum())
    each = grains.rest - grains.taker
    missing = -(-sold * grains.rest // each)
    funds = int((lots[below:start] * prices[below:start]).sum()) + missing * price
    return GridTable(
        first=-below,
        low=below,
        high=below + count - 1,
        waiting=start,
        prices=prices,
        lots=lots,
        again=again,
        least=least,
        missing=missing if market.taker_fee < 1 else 0,
        funds=funds,
    )


def _beyond(grid: Grid, frame: Frame, prices: Whole) -> tuple[int, int]:
    """How many lines below and above the grid may come to need: two more than the candles reach."""
    below = above = 0
    if grid.trailing_down or grid.expand_down_to is not None:
        below = 2 + _reach(grid, frame, prices, -1)
    if grid.trailing_up or grid.expand_up_to is not None:
        above = 2 + _reach(grid, frame, prices, 1)
    if grid.is_infinite:
        most = grid.max_active_sell_lines or grid_lines.NEAR_SELL_LINES
        above = most + 2 + _reach(grid, frame, prices, 1)
    if below + above + len(prices) > MOST_ROWS:
        raise NoTable("more lines than a table holds")
    return below, above


def _reach(grid: Grid, frame: Frame, prices: Whole, side: int) -> int:
    """About how many lines lie between an end of the grid and the candles' farthest price, rounded up."""
    end = float(prices[0] if side < 0 else prices[-1])
    goal = max(frame.lowest, 1.0) if side < 0 else frame.highest
    if (goal - end) * side <= 0:
        return 0
    if grid.spacing == "arithmetic":
        cell = float(prices[-1] - prices[0]) / (len(prices) - 1)
        return int((goal - end) * side / cell) + 2
    ratio = float(grid_lines.step(grid))
    return int(np.log(goal / end) * side / np.log(ratio)) + 2


# --- the core's roundings ---------------------------------------------------------------------------------------------


def line_prices(grid: Grid, frame: Frame, start: int, stop: int) -> Whole:
    """In units, of the lines with these indexes."""
    index = np.arange(start, stop, dtype=np.float64)
    lower = float(grid.lower)
    if grid.upper is None or grid.lines is None:
        exact = lower * np.exp(index * np.log(float(grid.ratio)))
    elif grid.spacing == "arithmetic":
        exact = lower + (float(grid.upper) - lower) * (index / (grid.lines - 1))
    else:
        exact = lower * np.exp(index * (np.log(float(grid.upper) / lower) / (grid.lines - 1)))
    ticks = exact / float(frame.market.price_tick)
    nearest = np.floor(ticks + 0.5)
    doubtful = np.abs(ticks - np.floor(ticks) - 0.5) <= np.abs(ticks) * _DOUBT + _SNAP
    doubtful |= np.abs(ticks) > 1e11
    for k in np.flatnonzero(doubtful):
        line = grid_lines.line_price(grid, int(index[k]), frame.market)
        nearest[k] = float(line / frame.market.price_tick)
    ticks_of: Whole = nearest.astype(np.int64) * frame.tick_units
    return ticks_of


def _floored(steps: Real, of: Callable[[int], Decimal]) -> Whole:
    """Whole steps; where floats leave a doubt, as the core has them."""
    if len(steps) and float(steps.max()) > 1e11:
        raise NoTable("amounts beyond whole numbers")
    whole = np.floor(steps)
    doubtful = np.abs(steps - np.rint(steps)) <= np.abs(steps) * _DOUBT + _SNAP
    for k in np.flatnonzero(doubtful):
        whole[k] = float(of(int(k)))
    return whole.astype(np.int64)


def _lots(grid: Grid, frame: Frame, volume: float | Decimal, prices: Whole) -> Whole:
    market, step = frame.market, float(frame.market.amount_step)
    unit = float(frame.unit)

    def exactly(k: int) -> Decimal:
        if not isinstance(volume, Decimal):
            raise _Doubt("the size of a line is not known well enough")
        price = frame.price(prices[k])
        return grid_lines.line_amount(grid, volume, price, market) / market.amount_step

    size = float(volume)
    if grid.volume_unit == "base":
        one = _floored(np.array([size / step]), exactly)
        return np.full(len(prices), one[0], dtype=np.int64)
    steps: Real = size / (prices.astype(np.float64) * unit) / step
    return _floored(steps, exactly)


def _volume(grid: Grid, frame: Frame, price: int, prices: Whole, waiting: int) -> float | Decimal:
    """What the core's volume_for gives, in floats: sizes that hang on its last digits are left to the core."""
    if grid.volume_per_line is not None:
        return grid.volume_per_line
    assert grid.investment is not None
    market, unit = frame.market, float(frame.unit)
    maker, taker = float(market.maker_fee), float(market.taker_fee)
    if market.fee_currency is FeeCurrency.RECEIVED:
        maker, taker = 0.0, 1.0 / (1.0 - taker) - 1.0
    most = grid.max_active_sell_lines
    buys = prices[:waiting] * unit
    sells = prices[waiting + 1 : None if most is None else waiting + 1 + most] * unit
    money, at = float(grid.investment), price * unit
    if grid.volume_unit == "base":
        return money / (float(buys.sum()) * (1.0 + maker) + len(sells) * at * (1.0 + taker))
    coins = float((1.0 / sells).sum())
    return money / (len(buys) * (1.0 + maker) + coins * at * (1.0 + taker))


def _is_fine(frame: Frame, prices: Whole, lots: Whole, again: Whole, received: Real) -> bool:
    """Whether beyond doubt every cell earns, and every line is large enough."""
    market = frame.market
    fee = float(market.maker_fee)
    low, high = prices[:-1].astype(np.float64), prices[1:].astype(np.float64)
    bought, sold = lots[:-1], again[:-1]
    cost = low * bought
    paid = cost if market.fee_currency is FeeCurrency.RECEIVED else cost * (1.0 + fee)
    net = sold * high * (1.0 - fee) - paid + np.maximum(0.0, received[:-1] - sold) * high
    if not (net > cost * _DOUBT).all() or not (cost > 0).all():
        return False
    upper = np.minimum(sold, lots[1:])
    least_money = float(market.min_cost) / float(market.amount_step) / float(frame.unit) * (1.0 + _DOUBT)
    least_lots = float(market.min_amount) / float(market.amount_step) * (1.0 + _DOUBT)
    few = min(bought.min(), upper.min())
    return bool(few > 0 and few >= least_lots and cost.min() >= least_money and (upper * high).min() >= least_money)


def _least(frame: Frame, prices: Whole) -> Whole:
    """The fewest lots that the market takes at each price."""
    market = frame.market
    by_amount = max(1, int((market.min_amount / market.amount_step).to_integral_value("ROUND_CEILING")))
    money = market.min_cost / market.amount_step / frame.unit
    by_cost = (divmod(money, Decimal(int(price))) for price in prices)
    return np.array([max(by_amount, int(lots) + (rest > 0)) for lots, rest in by_cost], dtype=np.int64)
