"""A grid's settings as the whole numbers of its walk."""

from dataclasses import dataclass
from decimal import Decimal
from math import inf

from desktop_app.core.market import HUNDRED, ONE, FeeCurrency, Market
from desktop_app.core.strategies.grid_settings import Grid
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.grid_table import Frame, GridTable, grains_of
from desktop_app.research.hop.plan import BeyondHop, digits_after_point


@dataclass(frozen=True, slots=True)
class GridPlan:
    """Prices are in units, amounts in lots, coins of the account in grains: `rest` of them make a lot, so that fees in
    coins are whole; a lot bought at a line leaves `kept`. Money is in units times lots, parted by `fee_parts` so that
    fees are whole, too.

    Lines and cells go by their row in the table; a cell is called by its lower line. A buy brings `received` grains.
    `buying` is what a line's buy costs of its price, `selling` what a sale brings. `wanted` is the profit to end with.
    `most_sells` 0: all. `does_move`: its lines, or which of them rest, change as the price goes. Levels that there are
    not lie at ±infinity.
    """

    grid: Grid
    market: Market
    frame: Frame
    table: GridTable
    prices: list[int]
    lots: list[int]
    again: list[int]
    least: list[int]
    received: list[int]
    rest: int
    kept: int
    fee_parts: int
    buying: int
    selling: int
    through: int
    slippage: Decimal
    most_buys: int
    most_sells: int
    stop_below: float
    stop_above: float
    expand_up: float
    expand_down: float
    wanted: Decimal | None
    does_move: bool
    money: Decimal

    @property
    def is_fee_in_coins(self) -> bool:
        return self.market.fee_currency is FeeCurrency.RECEIVED

    def coins(self, grains: int) -> Decimal:
        return grains * self.market.amount_step / self.rest

    def exactly(self, units: float) -> Decimal:
        return self.frame.price(int(units))


def make_grid_plan(grid: Grid, frame: Frame, table: GridTable, rules: BacktestRules) -> GridPlan:
    """Raises BeyondHop, NoTable."""
    market, grains = frame.market, grains_of(frame.market)
    if market.taker_fee >= ONE or market.maker_fee >= ONE:
        raise BeyondHop("fees that leave nothing")
    fee_parts = 10 ** digits_after_point(market.maker_fee)
    maker = int(market.maker_fee * fee_parts)
    is_in_coins = market.fee_currency is FeeCurrency.RECEIVED
    lots: list[int] = table.lots.tolist()
    most_sells = grid.max_active_sell_lines or (table.high - table.waiting if grid.is_infinite else 0)
    does_grow = grid.expand_up_to is not None or grid.expand_down_to is not None
    money = market.amount_step * frame.unit
    above, below, percent = grid.stop_above, grid.stop_below, grid.take_profit_percent
    return GridPlan(
        grid=grid,
        market=market,
        frame=frame,
        table=table,
        prices=table.prices.tolist(),
        lots=lots,
        again=table.again.tolist(),
        least=table.least.tolist(),
        received=[one * (grains.rest - grains.maker) for one in lots],
        rest=grains.rest,
        kept=grains.rest - grains.maker,
        fee_parts=fee_parts,
        buying=fee_parts if is_in_coins else fee_parts + maker,
        selling=fee_parts - maker,
        through=rules.fill_through * frame.tick_units,
        slippage=rules.slippage_percent / HUNDRED,
        most_buys=grid.max_active_buy_lines or 0,
        most_sells=most_sells,
        stop_below=-inf if below is None else float(below.price.scaleb(frame.digits)),
        stop_above=inf if above is None else float(above.price.scaleb(frame.digits)),
        expand_up=-inf if grid.expand_up_to is None else float(grid.expand_up_to.scaleb(frame.digits)),
        expand_down=inf if grid.expand_down_to is None else float(grid.expand_down_to.scaleb(frame.digits)),
        wanted=None if percent is None else table.funds * money * percent / HUNDRED,
        does_move=bool(most_sells) or grid.trailing_up or grid.trailing_down or does_grow,
        money=money / fee_parts,
    )
