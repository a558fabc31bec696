"""How the cells of a grid change: laid out, filled, given coins, moved after the price."""

from decimal import Decimal

from desktop_app.core import grid_lines
from desktop_app.core.change import replace
from desktop_app.core.grid_lines import Layout, line_amount, line_price, sell_amount
from desktop_app.core.market import HUNDRED, ONE, ZERO, Market
from desktop_app.core.strategies.grid_settings import Grid
from desktop_app.core.strategies.grid_state import Cell, GridDeal

_JUMP_MS = 3_600_000  # a jump is a way that the grid went within this time


def laid_out(layout: Layout, grid: Grid, market: Market) -> tuple[Cell, ...]:
    """One cell between each two lines: empty below the line that waits, to be filled with coins above it."""
    cells: list[Cell] = []
    for lower, upper in zip(layout.lines, layout.lines[1:], strict=False):
        is_holding = lower.index >= layout.waiting
        at = upper.price if is_holding else lower.price
        amount = line_amount(grid, layout.volume, at, market)
        cells.append(Cell(lower.index, lower.price, upper.price, is_holding, amount))
    return tuple(cells)


def turned(deal: GridDeal, cell: Cell, market: Market) -> Cell:
    """The cell once its order is complete: after a buy the line above sells, after a sell the line below buys."""
    if cell.is_holding:
        amount = line_amount(deal.grid, deal.volume, cell.low, market)
        return Cell(cell.index, cell.low, cell.high, is_holding=False, amount=amount)
    amount = sell_amount(deal.grid, deal.volume, cell.received, cell.high, market)
    return replace(cell, is_holding=True, amount=amount, coins=amount, done=ZERO, got=ZERO, blocked_until=0)


def kept_of(deal: GridDeal, cell: Cell, full: Cell) -> Decimal:
    """Coins of a complete buy that are profit: the line above does not sell them."""
    return cell.received - full.amount if deal.grid.profit_currency == "base" else ZERO


def earned_by(cell: Cell, price: Decimal) -> Decimal | None:
    """What the round trip of a complete sell earned; None where its coins came from elsewhere than the line below."""
    if not cell.received:
        return None
    if cell.received >= cell.done:
        return grid_lines.earned(cell.paid, cell.received, cell.got, cell.done, price)
    return cell.got * cell.received / cell.done - cell.paid


def completed(deal: GridDeal, cell: Cell, price: Decimal, market: Market) -> tuple[GridDeal, Decimal | None]:
    """The order of a cell is complete; also what its round trip earned, if this ended one."""
    after = turned(deal, cell, market)
    deal = deal.with_cell(after)
    if after.is_holding:
        return replace(deal, kept=deal.kept + kept_of(deal, cell, after)), None
    earned = earned_by(cell, price)
    return deal if earned is None else deal.with_tally(deal.tally.with_round_trip(earned)), earned


# --- which of them have orders


def resting_buys(deal: GridDeal) -> tuple[Cell, ...]:
    """Empty cells whose line may rest, nearest first. The one that leaves has its place until it is gone."""
    cells = [cell for cell in reversed(deal.cells) if not cell.is_holding][: deal.grid.max_active_buy_lines]
    return tuple(cell for cell in cells if cell.index != deal.retired)


def resting_sells(deal: GridDeal) -> tuple[Cell, ...]:
    """Cells with coins, or to be filled with coins, whose line may rest, nearest first."""
    cells = [cell for cell in deal.cells if cell.is_holding][: most_sells(deal.grid)]
    return tuple(cell for cell in cells if cell.index != deal.retired)


def lines_that_rest(deal: GridDeal) -> int:
    """How many lines may rest at once."""
    return len(resting_buys(deal)) + len(resting_sells(deal)) if has_windows(deal.grid) else len(deal.cells)


def has_windows(grid: Grid) -> bool:
    """Whether only the lines nearest to the price rest."""
    return grid.max_active_buy_lines is not None or most_sells(grid) is not None


def most_sells(grid: Grid) -> int | None:
    return grid.max_active_sell_lines or (grid_lines.NEAR_SELL_LINES if grid.is_infinite else None)


# --- coins for sell lines


def funded(deal: GridDeal) -> tuple[GridDeal, Decimal]:
    """Loose coins go to the sell lines that lack some, nearest first; also how many coins then have to be bought."""
    lacking = [cell for cell in resting_sells(deal) if cell.coins < cell.amount]
    if not lacking:
        return deal, ZERO
    loose = deal.loose
    for cell in lacking:
        short = cell.amount - cell.coins
        if short > loose:
            break
        loose -= short
        deal = deal.with_cell(replace(cell, coins=cell.amount))
    short = sum((cell.amount - cell.coins for cell in resting_sells(deal)), ZERO)
    return deal, max(ZERO, short - max(ZERO, loose)) if short else ZERO


def content(deal: GridDeal, market: Market) -> GridDeal:
    """What its sell lines lack is less than could be bought: they make do with what is there."""
    loose = deal.loose
    for cell in resting_sells(deal):
        coins = min(cell.amount, cell.coins + market.amount_down(max(ZERO, loose)))
        if cell.coins < cell.amount and not market.is_too_small(coins - cell.done, cell.high):
            loose -= coins - cell.coins
            deal = deal.with_cell(replace(cell, coins=coins, amount=coins))
    return deal


def enlarged(deal: GridDeal, volume: Decimal, market: Market) -> GridDeal:
    """Every line larger by so much: buys at once, sells as soon as the coins for it are there."""
    grid, total = deal.grid, deal.volume + volume
    cells: list[Cell] = []
    for cell in deal.cells:
        if cell.is_holding:
            more = line_amount(grid, total, cell.high, market) - line_amount(grid, deal.volume, cell.high, market)
            cells.append(replace(cell, amount=cell.amount + more))
        elif cell.done:
            cells.append(cell)
        else:
            cells.append(replace(cell, amount=line_amount(grid, total, cell.low, market)))
    return replace(deal, cells=tuple(cells), volume=total)


# --- after the price
#
# Two lines that the tick puts at one price would trade with each other without end: a grid ends before the second.


def with_levels(deal: GridDeal, market: Market) -> GridDeal:
    """The deal with the prices at which it moves, grows or has earned enough."""
    is_idle = deal.ending is not None or deal.is_opening or deal.is_rebuilding or not deal.cells
    up = down = None
    if not is_idle and deal.retired is None and not deal.paused_until:
        up, down = _next_up(deal, market), _next_down(deal, market)
    profit = None if is_idle else _profit_level(deal, market)
    prices = (profit,) if profit else ()
    if (up, down, profit) != (deal.level_up, deal.level_down, deal.level_profit):
        deal = replace(deal, level_up=up, level_down=down, level_profit=profit)
    return deal if deal.deal.take_profits == prices else deal.with_deal(take_profits=prices)


def _next_up(deal: GridDeal, market: Market) -> Decimal | None:
    grid, top = deal.grid, deal.cells[-1]
    if top.is_holding or deal.cells[0].is_holding or not (grid.trailing_up or grid.expand_up_to):
        return None
    level = line_price(grid, top.index + 2, market)
    is_allowed = grid.trailing_up or (grid.expand_up_to is not None and level <= grid.expand_up_to)
    return level if is_allowed and level > top.high else None


def _next_down(deal: GridDeal, market: Market) -> Decimal | None:
    grid, bottom = deal.grid, deal.cells[0]
    is_below = bottom.is_holding and deal.cells[-1].is_holding
    if not grid.trailing_down or not is_below or leaving_down(deal) is None:
        return None
    level = line_price(grid, bottom.index - 1, market)
    return level if 0 < level < bottom.low else None


def _profit_level(deal: GridDeal, market: Market) -> Decimal | None:
    """The price at which everything sold would have earned what is wished for; 0 where it has already."""
    if deal.grid.take_profit_percent is None:
        return None
    wanted = deal.tally.funds * deal.grid.take_profit_percent / HUNDRED
    position = deal.deal.position
    lacks = wanted - position.cash(deal.deal.direction) + deal.tally.own_cost
    if lacks <= 0:
        return ZERO
    held = deal.deal.held
    return lacks / (held * (ONE - market.taker_fee)) if held else None


def grown_up(deal: GridDeal, market: Market) -> GridDeal:
    """One more line on top; the one below it buys."""
    top = deal.cells[-1]
    amount = line_amount(deal.grid, deal.volume, top.high, market)
    price = line_price(deal.grid, top.index + 2, market)
    return replace(deal, cells=(*deal.cells, Cell(top.index + 1, top.high, price, is_holding=False, amount=amount)))


def grown_down(deal: GridDeal, market: Market) -> GridDeal:
    """One more line to buy at, once all lines have bought."""
    limit = deal.grid.expand_down_to
    if limit is None or not deal.cells[0].is_holding:
        return deal
    bottom = deal.cells[0]
    price = line_price(deal.grid, bottom.index - 1, market)
    amount = line_amount(deal.grid, deal.volume, price, market) if price > 0 else ZERO
    if price < limit or price == bottom.low or market.is_too_small(amount, price):
        return deal
    return replace(
        deal, cells=(Cell(bottom.index - 1, price, bottom.low, is_holding=False, amount=amount), *deal.cells)
    )


def reached_up(deal: GridDeal, market: Market) -> GridDeal:
    """A grid without an end above always has lines above the price, as far as its coins go."""
    most = most_sells(deal.grid)
    assert most is not None
    while len(resting_sells(deal)) < most:
        top = deal.cells[-1]
        price = line_price(deal.grid, top.index + 2, market)
        amount = line_amount(deal.grid, deal.volume, price, market)
        if price == top.high or market.is_too_small(amount, price) or deal.loose < amount:
            break
        deal = replace(
            deal,
            cells=(*deal.cells, Cell(top.index + 1, top.high, price, is_holding=True, amount=amount, coins=amount)),
        )
    return deal


def leaving_down(deal: GridDeal) -> int | None:
    """The cell whose coins go below when the grid follows a falling price: the highest that has some."""
    return next((cell.index for cell in reversed(deal.cells) if cell.coins > cell.done), None)


def moved_up(deal: GridDeal, market: Market) -> GridDeal:
    """The lowest line leaves, one on top comes."""
    grown = grown_up(deal, market)
    return replace(grown, cells=grown.cells[1:], retired=None)


def moved_down(deal: GridDeal, market: Market) -> GridDeal:
    """The highest line leaves; its coins, or those of the highest that has some, are for sale below."""
    assert deal.retired is not None
    giver = deal.cell(deal.retired)
    assert giver is not None
    coins = giver.coins - giver.done
    deal = deal.with_cell(Cell(giver.index, giver.low, giver.high, is_holding=True, amount=giver.amount))
    bottom = deal.cells[0]
    price = line_price(deal.grid, bottom.index - 1, market)
    cell = Cell(bottom.index - 1, price, bottom.low, is_holding=True, amount=coins, coins=coins)
    return replace(deal, cells=(cell, *deal.cells[:-1]), retired=None)


def noted(deal: GridDeal, at: int, price: Decimal) -> GridDeal:
    """An end of the grid was reached here: what a jump is measured from."""
    if deal.grid.pump_protection_percent is None:
        return deal
    recent = tuple(move for move in deal.moves if move[0] > at - _JUMP_MS)
    return replace(deal, moves=(*recent, (at, price)))


def is_jump(deal: GridDeal, level: Decimal, at: int) -> bool:
    """Whether moving to this level would follow a jump rather than a trend."""
    limit = deal.grid.pump_protection_percent
    recent = [price for when, price in deal.moves if when > at - _JUMP_MS]
    return limit is not None and bool(recent) and abs(level / recent[0] - ONE) * HUNDRED >= limit


def pause_ends(at: int) -> int:
    return at + _JUMP_MS
