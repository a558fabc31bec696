"""The formulas of a grid: where its lines are, what each trades, what a cell earns. Bots, checks and editors take
them from here.

Prices and amounts are Decimals; percents are percents; fees are fractions. A cell lies between two neighbouring
lines and is called by the lower one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal
from typing import TYPE_CHECKING

from desktop_app.core.market import HUNDRED, ONE, ZERO, FeeCurrency, Market
from desktop_app.core.order import Side

if TYPE_CHECKING:  # annotations only: the strategies import the formulas, so these must not wait for them
    from desktop_app.core.strategies.grid_settings import Grid

_WIDE = Context(prec=60)
_EVEN = Decimal("1e-30")
MOST_LINES = 1000
NEAR_SELL_LINES = 20  # of a grid without an end above: how many rest at once if nobody says


@dataclass(frozen=True, slots=True)
class GridLine:
    """`side` None: the line that waits, because the price is there."""

    index: int
    price: Decimal
    side: Side | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class CellProfit:
    """What buying at a line and selling at the next one earns: `net` in quote after both fees, percents of the cost."""

    index: int
    net: Decimal
    percent: Decimal
    step_percent: Decimal


@dataclass(frozen=True, slots=True)
class Layout:
    """A grid around a price. `volume` is per line, in the unit of the settings; `balancing` are the coins to buy.

    `funds` is what the orders come to, `total` that with fees, `spare` what is left of an investment.
    """

    lines: tuple[GridLine, ...]
    waiting: int
    volume: Decimal
    sold: Decimal  # coins on the sell lines that rest at once
    balancing: Decimal
    balancing_cost: Decimal
    funds: Decimal
    total: Decimal
    spare: Decimal
    most_coins: Decimal  # held once the price is below all lines

    @property
    def buys(self) -> tuple[GridLine, ...]:
        return tuple(line for line in self.lines if line.side is Side.BUY)

    @property
    def sells(self) -> tuple[GridLine, ...]:
        return tuple(line for line in self.lines if line.side is Side.SELL)


# --- where the lines are


def step(grid: "Grid") -> Decimal:
    """The distance of neighbouring lines: in quote if arithmetic, else the ratio of their prices. Not rounded."""
    if grid.upper is None or grid.lines is None:
        return grid.ratio
    if grid.spacing == "arithmetic":
        return _WIDE.divide(grid.upper - grid.lower, Decimal(grid.lines - 1))
    return _WIDE.power(_WIDE.divide(grid.upper, grid.lower), _WIDE.divide(ONE, Decimal(grid.lines - 1)))


def line_price(grid: "Grid", index: int, market: Market) -> Decimal:
    """The line's price: exact from the lower end, then on the nearest tick. Lines go on beyond both ends."""
    return market.price_nearest(_exact(grid, index))


def line_prices(grid: "Grid", market: Market) -> tuple[Decimal, ...]:
    """All lines between the two ends, lowest first."""
    assert grid.lines is not None
    return tuple(line_price(grid, index, market) for index in range(grid.lines))


def _exact(grid: "Grid", index: int) -> Decimal:
    if grid.upper is None or grid.lines is None:
        return _WIDE.multiply(grid.lower, _WIDE.power(grid.ratio, Decimal(index)))
    cells = Decimal(grid.lines - 1)
    if grid.spacing == "arithmetic":  # divided last, so that a price midway between two ticks is exactly that
        return _WIDE.add(grid.lower, _WIDE.divide(_WIDE.multiply(grid.upper - grid.lower, Decimal(index)), cells))
    part = _WIDE.divide(Decimal(index), cells)
    return _WIDE.multiply(grid.lower, _WIDE.power(_WIDE.divide(grid.upper, grid.lower), part))


def waiting_line(prices: tuple[Decimal, ...], price: Decimal) -> int:
    """The line nearest the price; midway between two the lower one; outside of them all the one at that end."""
    return min(range(len(prices)), key=lambda index: (abs(prices[index] - price), index))


def lines_below(grid: "Grid", price: Decimal) -> int:
    """About how many lines a grid without an end above has up to this price."""
    if price <= grid.lower:
        return 1
    return int(_WIDE.divide(_WIDE.ln(_WIDE.divide(price, grid.lower)), _WIDE.ln(grid.ratio))) + 1


def _reach(grid: "Grid", price: Decimal, market: Market, most: int) -> tuple[Decimal, ...]:
    """The lines of a grid without an end above, up to and with the first `most` beyond the one at the price."""
    prices = [line_price(grid, 0, market)]
    beyond = 0
    while beyond <= most:
        prices.append(line_price(grid, len(prices), market))
        beyond += prices[-1] > price
    return tuple(prices[: waiting_line(tuple(prices), price) + most + 1])


# --- what a line trades


def line_amount(grid: "Grid", volume: Decimal, price: Decimal, market: Market) -> Decimal:
    """Coins of a line by its own price, rounded down to the lot."""
    return market.amount_down(volume if grid.volume_unit == "base" else volume / price)


def sell_amount(grid: "Grid", volume: Decimal, received: Decimal, price: Decimal, market: Market) -> Decimal:
    """Coins that the line above a filled buy sells: what was bought, or as many as its own size, the rest being
    the profit."""
    bought = market.amount_down(received)
    return min(bought, line_amount(grid, volume, price, market)) if grid.profit_currency == "base" else bought


def received_of(amount: Decimal, market: Market, fee: Decimal) -> Decimal:
    """Coins that a buy of this amount leaves in the account."""
    return amount * (ONE - fee) if market.fee_currency is FeeCurrency.RECEIVED else amount


def balancing_amount(sold: Decimal, owned: Decimal, market: Market) -> Decimal:
    """Coins to buy at market so that the sell lines are covered, with what the fee takes of them."""
    missing = max(ZERO, sold - owned)
    taken = market.taker_fee if market.fee_currency is FeeCurrency.RECEIVED else ZERO
    return market.amount_up(missing / (ONE - taken))


def infinite_coins(grid: "Grid", volume: Decimal, waiting: Decimal, market: Market) -> Decimal:
    """Coins for all the sell lines above a line of a grid without an end: what it holds is always worth the same."""
    return market.amount_up(volume / (waiting * (grid.ratio - ONE)))


def make_layout(
    grid: "Grid", market: Market, price: Decimal, *, owned: Decimal = ZERO, volume: Decimal | None = None
) -> Layout:
    """The grid as it starts at this price. `owned`: coins already there; `volume`: of a line, where it is settled."""
    near = grid.max_active_sell_lines or NEAR_SELL_LINES
    prices = _reach(grid, price, market, near) if grid.is_infinite else line_prices(grid, market)
    waiting = waiting_line(prices, price)
    if volume is None:
        volume = _volume(grid, market, price, prices, waiting)
    lines: list[GridLine] = []
    for index, at in enumerate(prices):
        side = None if index == waiting else Side.BUY if index < waiting else Side.SELL
        amount = line_amount(grid, volume, at, market) if side is not None and at > 0 else ZERO
        lines.append(GridLine(index, at, side, amount))
    bought = lines[:waiting]
    sold = sum((line.amount for line in lines[_sells(grid, waiting)]), ZERO)
    if grid.is_infinite and prices[waiting] > 0:
        sold = max(sold, infinite_coins(grid, volume, prices[waiting], market))
    balancing = balancing_amount(sold, owned, market)
    cost = balancing * price
    resting = sum((line.amount * line.price for line in bought), ZERO)
    maker, taker = _fees_in_quote(market)
    funds = resting + cost
    return Layout(
        lines=tuple(lines),
        waiting=waiting,
        volume=volume,
        sold=sold,
        balancing=balancing,
        balancing_cost=cost,
        funds=funds,
        total=resting * (ONE + maker) + cost * (ONE + taker),
        spare=max(ZERO, grid.investment - funds) if grid.investment is not None else ZERO,
        most_coins=sold + sum((line.amount for line in bought), ZERO),
    )


def _volume(grid: "Grid", market: Market, price: Decimal, prices: tuple[Decimal, ...], waiting: int) -> Decimal:
    """What is given per line, or the largest size whose orders and fees the investment pays for."""
    if grid.volume_per_line is not None:
        return grid.volume_per_line
    assert grid.investment is not None
    sells = prices[_sells(grid, waiting)]
    return volume_for(grid, market, price, grid.investment, prices[:waiting], sells, prices[waiting])


def _sells(grid: "Grid", waiting: int) -> slice:
    """The sell lines that rest when the grid starts: only these need their coins then."""
    most = grid.max_active_sell_lines
    return slice(waiting + 1, None if most is None else waiting + 1 + most)


def volume_for(
    grid: "Grid", market: Market, price: Decimal, money: Decimal, buys: tuple[Decimal, ...],
    sells: tuple[Decimal, ...], waiting: Decimal,
) -> Decimal:  # fmt: skip
    """The size per line at which these buy lines, and the coins of these sell lines at this price, cost `money`."""
    maker, taker = _fees_in_quote(market)
    if market.fee_currency is FeeCurrency.RECEIVED:
        taker = ONE / (ONE - market.taker_fee) - ONE  # the fee comes out of the coins: so many more are bought
    if grid.volume_unit == "base":
        per_unit = sum(buys, ZERO) * (ONE + maker) + len(sells) * price * (ONE + taker)
        return market.amount_down(money / per_unit)
    coins = sum((ONE / at for at in sells), ZERO)
    if grid.is_infinite:
        coins = ONE / (waiting * (grid.ratio - ONE))
    return money / (len(buys) * (ONE + maker) + coins * price * (ONE + taker))


def _fees_in_quote(market: Market) -> tuple[Decimal, Decimal]:
    """What a buy pays on top of its cost, resting and at market."""
    if market.fee_currency is FeeCurrency.RECEIVED:
        return ZERO, ZERO
    return market.maker_fee, market.taker_fee


# --- what a cell earns


def cell_profits(grid: "Grid", layout: Layout, market: Market) -> Iterator[CellProfit]:
    """Of each cell, lowest first; both lines rest, so both pay the maker's fee."""
    for lower, upper in zip(layout.lines, layout.lines[1:], strict=False):
        yield cell_profit(grid, layout.volume, lower, upper, market)


def cell_profit(grid: "Grid", volume: Decimal, lower: GridLine, upper: GridLine, market: Market) -> CellProfit:
    bought = line_amount(grid, volume, lower.price, market)
    received = received_of(bought, market, market.maker_fee)
    sold = sell_amount(grid, volume, received, upper.price, market)
    cost = bought * lower.price
    paid = cost * (ONE + _fees_in_quote(market)[0])
    net = earned(paid, received, sold * upper.price * (ONE - market.maker_fee), sold, upper.price)
    return CellProfit(
        index=lower.index,
        net=net,
        percent=net / cost * HUNDRED if cost else ZERO,
        step_percent=(upper.price / lower.price - ONE) * HUNDRED if lower.price else ZERO,
    )


def earned(paid: Decimal, received: Decimal, proceeds: Decimal, sold: Decimal, price: Decimal) -> Decimal:
    """Of a pair of fills: what came in less what went out, fees in both; coins left over are worth the selling
    price."""
    return proceeds - paid + max(ZERO, received - sold) * price


def break_even_ratio(grid: "Grid", market: Market) -> Decimal:
    """Of two neighbouring prices between which buying and selling just pays its fees."""
    fee = market.maker_fee
    if market.fee_currency is FeeCurrency.RECEIVED:
        return _WIDE.divide(ONE, (ONE - fee) ** 2)
    return ONE + 2 * fee if grid.profit_currency == "base" else _WIDE.divide(ONE + fee, ONE - fee)


def most_cells(grid: "Grid", market: Market) -> int | None:
    """How many cells the range holds before one of them loses to the fees; None: as many as one likes."""
    least = break_even_ratio(grid, market)
    if least <= ONE or grid.upper is None:
        return None
    if grid.spacing == "arithmetic":
        # The top cell is the first to lose: the same step is the smallest part of its price.
        step_part = _WIDE.subtract(ONE, _WIDE.divide(ONE, least))
        cells = _WIDE.divide(grid.upper - grid.lower, _WIDE.multiply(grid.upper, step_part))
    else:
        cells = _WIDE.divide(_WIDE.ln(_WIDE.divide(grid.upper, grid.lower)), _WIDE.ln(least))
    # So many that the last one earns exactly nothing are one too many.
    return int(_WIDE.subtract(cells, _EVEN).to_integral_value(ROUND_CEILING)) - 1
