"""What a grid would do from a price, and what speaks against it: the same formulas that it trades by."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from desktop_app.core import grid_lines
from desktop_app.core.grid_lines import CellProfit, GridLine, Layout
from desktop_app.core.market import HUNDRED, ONE, ZERO, Market
from desktop_app.core.order import Side
from desktop_app.core.preview import Problem
from desktop_app.core.said import said

if TYPE_CHECKING:
    from desktop_app.core.strategies.grid_settings import Grid

_MANY_ORDERS = 200  # live orders of one pair: what the stricter exchanges allow


@dataclass(frozen=True, slots=True)
class GridPreview:
    """`least`/`most`: the cells that earn least and most of their cost; `least_net`/`most_net`: in quote. `layout` is
    None where the lines are so wrong that nothing can be laid out."""

    layout: Layout | None
    least: CellProfit | None
    most: CellProfit | None
    most_cells: int | None
    problems: tuple[Problem, ...]
    least_net: Decimal | None = None
    most_net: Decimal | None = None

    @property
    def blocks(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.is_block)


def make_grid_preview(
    grid: "Grid", market: Market, price: Decimal, *, owned: Decimal = ZERO, volume: Decimal | None = None
) -> GridPreview:
    """The grid as if it started at `price` (slippage aside)."""
    if grid.is_infinite and (count := grid_lines.lines_below(grid, price)) >= grid_lines.MOST_LINES:
        reason = said("grid_too_many_lines", lines=count, most=grid_lines.MOST_LINES)
        return GridPreview(None, None, None, None, (Problem("grid.step_percent", reason),))
    layout = grid_lines.make_layout(grid, market, price, owned=owned, volume=volume)
    bad = _unusable(grid, layout)
    if bad is not None:
        return GridPreview(layout, None, None, grid_lines.most_cells(grid, market), (bad,))
    profits = sorted(grid_lines.cell_profits(grid, layout, market), key=lambda cell: (cell.percent, cell.index))
    problems = (
        *_losing(grid, profits[0], market),
        *_too_small(grid, layout, market),
        *_hints(grid, layout, market, price),
    )
    nets = [cell.net for cell in profits]
    most = grid_lines.most_cells(grid, market)
    return GridPreview(layout, profits[0], profits[-1], most, problems, min(nets), max(nets))


def _place(grid: "Grid") -> str:
    return "grid.step_percent" if grid.is_infinite else "grid.lines"


def _unusable(grid: "Grid", layout: Layout) -> Problem | None:
    if layout.lines[0].price <= 0:
        return Problem("grid.lower", said("grid_line_at_zero"))
    for lower, upper in zip(layout.lines, layout.lines[1:], strict=False):
        if lower.price >= upper.price:
            reason = said("grid_lines_touch", price=upper.price, index=lower.index, other=upper.index)
            return Problem(_place(grid), reason)
    return None


def _losing(grid: "Grid", least: CellProfit, market: Market) -> Iterator[Problem]:
    if least.net > 0:
        return
    fees, step = 2 * market.maker_fee * HUNDRED, round(least.step_percent, 4)
    most = grid_lines.most_cells(grid, market)
    if most is None or most < 1:
        reason = said("grid_cell_loses", step=step, fees=fees)
    else:
        reason = said("grid_cells_lose", step=step, fees=fees, cells=most)
    yield Problem(_place(grid), reason)


def _too_small(grid: "Grid", layout: Layout, market: Market) -> Iterator[Problem]:
    """Each line but the ends buys and sells in turn, so it must be large enough for both."""
    least = ZERO
    first: tuple[GridLine, Decimal] | None = None
    for lower, upper in zip(layout.lines, layout.lines[1:], strict=False):
        bought = grid_lines.line_amount(grid, layout.volume, lower.price, market)
        received = grid_lines.received_of(bought, market, market.maker_fee)
        sold = grid_lines.sell_amount(grid, layout.volume, received, upper.price, market)
        own = grid_lines.line_amount(grid, layout.volume, upper.price, market)
        for line, amount in ((lower, bought), (upper, min(sold, own))):
            if market.is_too_small(amount, line.price):
                first = first or (line, amount)
                least = max(least, _least_volume(grid, line.price, market))
    if first is not None:
        line, amount = first
        cost, unit = amount * line.price, market.base if grid.volume_unit == "base" else market.quote
        place = "grid.volume_per_line" if grid.volume_per_line is not None else "grid.investment"
        reason = said("grid_line_too_small", index=line.index, cost=cost, pair=market.symbol, least=least, unit=unit)
        yield Problem(place, reason)


def _least_volume(grid: "Grid", price: Decimal, market: Market) -> Decimal:
    """The smallest size of a line here of which, fee off, the market still takes what was bought."""
    coins = max(market.amount_up(market.min_cost / price), market.amount_up(market.min_amount), market.amount_step)
    if market.fee_currency == "received":
        coins = market.amount_up(coins / (ONE - market.maker_fee))
    return coins if grid.volume_unit == "base" else coins * price


def _hints(grid: "Grid", layout: Layout, market: Market, price: Decimal) -> Iterator[Problem]:
    lowest, highest = layout.lines[0].price, layout.lines[-1].price
    if price < lowest or (price > highest and not grid.is_infinite):
        is_below = price < lowest
        reason = said("grid_price_below" if is_below else "grid_price_above", price=price, lower=lowest, upper=highest)
        yield Problem("grid.lower" if is_below else "grid.upper", reason, is_block=False)
    for stop, name in ((grid.stop_below, "stop_below"), (grid.stop_above, "stop_above")):
        if stop is not None and (price <= stop.price if name == "stop_below" else price >= stop.price):
            reason = said("grid_beyond_stop", price=price, stop=stop.price)
            yield Problem(f"grid.{name}.price", reason, is_block=False)
    live = sum(1 for line in layout.lines if line.side is Side.BUY)
    live = min(live, grid.max_active_buy_lines or live)
    sells = len(layout.lines) - layout.waiting - 1
    live += min(sells, grid.max_active_sell_lines or sells)
    if live > _MANY_ORDERS:
        reason = said("grid_many_orders", orders=live, most=_MANY_ORDERS)
        yield Problem(_place(grid), reason, is_block=False)
    if grid.stop_below is None:
        reason = said("grid_no_stop", lower=lowest, coins=layout.most_coins, base=market.base)
        yield Problem("grid.stop_below", reason, is_block=False)
