"""A running grid of the hop: what a fill, a level and the end do to it."""

from dataclasses import dataclass
from decimal import Decimal
from math import inf

from desktop_app.core.deal import DealStatus, Direction, Position
from desktop_app.core.market import ONE, ZERO
from desktop_app.core.order import Fill, Role, Side
from desktop_app.core.strategies.grid_settings import StopAction
from desktop_app.research.hop.grid_plan import GridPlan
from desktop_app.research.hop.plan import BeyondHop, comparable

AT_MARKET = -1  # the line of a trade that is no line's
_MOST_MOVES = 1000  # in one go
_ENDING_ROLES = {DealStatus.COMPLETED: Role.TAKE_PROFIT, DealStatus.STOPPED_OUT: Role.STOP_LOSS}

LineTrade = tuple[int, int, int, int]  # candle, line, price, lots: of a sale fewer than none


@dataclass(frozen=True, slots=True)
class MarketTrade:
    candle: int
    role: Role
    number: int
    side: Side
    fill: Fill


class GridRun:
    """Prices are in units; cells from `low` to `boundary` wait to buy, those from there to `high` hold coins or are to
    be given some: those from `funded` on still have none.

    `below` and `above` are where something happens next; `lower` and `upper` where a line fills, `watch_below` and
    `watch_above` what is watched for beside them, `level` where the profit is reached. `is_still`: all lines have their
    coins, and nothing but lines and stops is to be thought of. `trades` are those of the lines,
    and where one is AT_MARKET, the next of `at_market`. `loose` are grains that no line sells and that are no profit.
    """

    __slots__ = (
        "above", "at_market", "below", "boundary", "candle", "cash", "coins", "earned", "ended", "funded", "held",
        "high", "is_over", "is_still", "last", "left_worth", "level", "level_at", "loose", "low", "lower",
        "lowest_cash", "market_cash", "market_position", "most", "paid", "plan", "round_trips", "sold", "spent",
        "trades", "upper", "watch_above", "watch_below",
    )  # fmt: skip

    def __init__(self, plan: GridPlan) -> None:
        self.plan, table = plan, plan.table
        self.candle, self.ended, self.left_worth = 0, -1, ZERO
        self.is_over = self.is_still = False
        self.low, self.high = table.low, table.high
        self.boundary = self.funded = table.waiting
        self.coins, self.paid = [0] * len(plan.prices), [0] * len(plan.prices)
        self.loose = self.held = self.cash = self.lowest_cash = 0
        self.spent = self.sold = self.earned = self.round_trips = 0
        self.market_position, self.market_cash, self.most = Position(), ZERO, ZERO
        self.trades: list[LineTrade] = []
        self.at_market: list[MarketTrade] = []
        self.last: int | Decimal = 0
        self.level: Decimal | None = None
        self.level_at = self.upper = self.watch_above = self.above = inf
        self.lower = self.watch_below = self.below = -inf

    # --- the beginning and the end -----------------------------------------------------------------------------------

    def begin(self, candle: int, price: float, highest: float) -> None:
        """The coins for the sell lines, at market; then the lines rest."""
        self.candle, self.last = candle, int(price)
        if missing := self.plan.table.missing:
            self._buy_coins(missing, price)
        self._settle_lines(price, highest)

    def finish(self, status: DealStatus, then: StopAction, price: Decimal) -> None:
        """All lines off, and what the ending asks for at market."""
        plan, market = self.plan, self.plan.market
        self.measure()
        self.ended, self.is_over = self.candle, True
        role, side, number, amount = _ENDING_ROLES[status], Side.SELL, 0, ZERO
        if then == "stop_and_sell":
            amount = market.amount_down(plan.coins(self.held))
        elif then == "stop_and_buy":
            role, side, number = Role.BALANCING, Side.BUY, 1
            lines = range(self.low, self.boundary)
            unspent = sum(plan.prices[k] * plan.lots[k] for k in lines) * plan.money * plan.fee_parts
            amount = market.amount_down(unspent / (price * (ONE + market.taker_fee)))
        if not market.is_too_small(amount, price):
            price = self._trade_at_market(role, number, side, price, amount)
        self.left_worth = plan.coins(self.held) * price * (ONE - market.taker_fee)

    # --- a line fills ------------------------------------------------------------------------------------------------

    def buy_line(self, price: int, path: float) -> None:
        """The highest line below fills: the one above it sells. `path`: how far the price has come."""
        plan, cell = self.plan, self.boundary - 1
        lots, received, again = plan.lots[cell], plan.received[cell], plan.again[cell]
        cost = price * lots
        self.trades.append((self.candle, cell, price, lots))
        self.spent += cost
        self.cash -= cost * plan.buying
        self.lowest_cash = min(self.lowest_cash, self.cash)
        self.held += received
        self.paid[cell], self.coins[cell] = cost, again
        if plan.grid.profit_currency != "base":
            self.loose += received - again * plan.rest
        self.boundary, self.last = cell, price
        if again < plan.least[cell + 1]:
            raise BeyondHop("fewer coins than the market takes")
        entering = cell - plan.most_buys
        if plan.most_buys and entering >= self.low and plan.prices[entering] >= path:
            raise BeyondHop("a line that fills at once")

    def sell_line(self, price: int, path: float) -> None:
        """The lowest line above fills: the one below it buys."""
        plan, cell = self.plan, self.boundary
        lots, paid = self.coins[cell], self.paid[cell]
        cost = price * lots
        self.trades.append((self.candle, cell + 1, price, -lots))
        self.sold += cost
        self.cash += cost * plan.selling
        self.held -= lots * plan.rest
        if paid:
            left = max(0, plan.received[cell] - lots * plan.rest)
            self.earned += (cost * plan.selling - paid * plan.buying) * plan.rest + left * price * plan.fee_parts
            self.round_trips += 1
        self.paid[cell] = self.coins[cell] = 0
        self.boundary, self.last = cell + 1, price
        entering = cell + 1 + plan.most_sells
        is_there = entering <= self.high or (plan.grid.is_infinite and entering < len(plan.prices))
        if plan.most_sells and is_there and plan.prices[entering] <= path:
            raise BeyondHop("a line that fills at once")

    # --- what follows from it ----------------------------------------------------------------------------------------

    def seen(self, price: float, highest: float) -> None:
        """A price that is watched for and ends nothing."""
        self.last = int(price)
        self._settle_lines(price, highest)

    def settle(self, price: float, highest: float) -> None:
        """Coins for the lines that lack some, lines after the price, the level of the profit.

        `price`: what an order at market pays here; `highest`: what a buy limit must pay.
        """
        if self.is_still:
            self.settle_still()
        else:
            self._settle_lines(price, highest)

    def settle_still(self) -> None:
        """Where the grid stays as it is: only other lines are the nearest now."""
        plan, boundary, prices = self.plan, self.boundary, self.plan.prices
        self.lower = prices[boundary - 1] - plan.through if boundary > self.low else -inf
        self.upper = prices[boundary + 1] + plan.through if boundary < self.high else inf
        self.below = max(plan.stop_below, self.lower)
        self.above = min(plan.stop_above, self.upper)

    def _settle_lines(self, price: float, highest: float) -> None:
        if self.plan.does_move or self.funded < self.high:
            self._fund()
            self._follow_price()
            self._grow_down(highest)
            if self.plan.grid.is_infinite:
                self._reach_up()
            while (lacks := self._fund()) > 0:
                each = self.plan.rest - self._taken_at_market()
                self._buy_coins(-(-lacks // each), price)
                self._follow_price()
            self.is_still = self.funded == self.high and not self.plan.does_move and self.plan.wanted is None
        if self.plan.wanted is not None:
            self._set_level(self.plan.wanted)
        self._set_near()

    def _set_near(self) -> None:
        plan, boundary = self.plan, self.boundary
        is_lowest, is_highest = boundary == self.low, boundary == self.high
        if not is_highest and self.funded == boundary:
            raise BeyondHop("a nearest line without coins")
        self.lower = -inf if is_lowest else plan.prices[boundary - 1] - plan.through
        self.upper = inf if is_highest else plan.prices[boundary + 1] + plan.through
        self.watch_below, self.watch_above = plan.stop_below, plan.stop_above
        if is_lowest:
            self.watch_below = max(self.watch_below, self._down_level())
        if is_highest:
            self.watch_above = min(self.watch_above, self._up_level())
        self.below = max(self.lower, self.watch_below)
        self.above = min(self.upper, self.watch_above, self.level_at)

    def _fund(self) -> int:
        """Loose coins for the lines that lack some, nearest first; the grains that then have to be bought."""
        plan, most = self.plan, self.plan.most_sells
        end = min(self.high, self.boundary + most) if most else self.high
        while self.funded < end:
            cell = self.funded
            lots = plan.lots[cell + 1]
            if lots * plan.rest > self.loose:
                break
            self.loose -= lots * plan.rest
            self.coins[cell], self.paid[cell] = lots, 0
            self.funded = cell + 1
        short = sum(plan.lots[self.funded + 1 : end + 1]) * plan.rest
        return max(0, short - max(0, self.loose)) if short else 0

    def _follow_price(self) -> None:
        """Move or grow after the price, as far as the bot has seen it."""
        plan, moves = self.plan, 0
        while self.last >= self._up_level():
            grown = self.high
            if plan.lots[grown] < plan.least[grown]:
                raise BeyondHop("a line under the market's minimum")
            self.high = self.boundary = self.funded = grown + 1
            if plan.grid.trailing_up:
                self.low += 1
            moves += 1
        while self.last <= self._down_level():
            cell, giver = self.low - 1, self.high - 1
            self.coins[cell], self.paid[cell] = self.coins[giver], 0
            if self.coins[cell] < plan.least[cell + 1]:
                raise BeyondHop("a line under the market's minimum")
            self.low = self.boundary = cell
            self.high = self.funded = giver
            moves += 1
        if moves > _MOST_MOVES:
            raise BeyondHop("a price that is not followed to its end")

    def _up_level(self) -> float:
        """Where a line comes on top; infinity for nowhere."""
        plan, grid = self.plan, self.plan.grid
        if self.boundary < self.high or self.boundary == self.low:
            return inf
        if not grid.trailing_up and grid.expand_up_to is None:
            return inf
        if self.high + 1 >= len(plan.prices):
            raise BeyondHop("more lines than the table has")
        level = plan.prices[self.high + 1]
        return level if grid.trailing_up or level <= plan.expand_up else inf

    def _down_level(self) -> float:
        """Where the highest line leaves for below."""
        if not self.plan.grid.trailing_down or self.boundary > self.low or self.low == 0:
            return -inf  # a table ends where no price is left, or where none of the candles comes
        return self.plan.prices[self.low - 1]

    def _grow_down(self, highest: float) -> None:
        """One more line to buy at, once all lines have bought."""
        plan, cell = self.plan, self.low - 1
        if self.boundary > self.low or self.low == 0:
            return
        if plan.prices[cell] < plan.expand_down or plan.lots[cell] < plan.least[cell]:
            return
        if plan.prices[cell] >= highest:
            raise BeyondHop("a line that fills at once")
        self.low = cell

    def _reach_up(self) -> None:
        """A grid without an end above always has lines above the price, as far as its coins go."""
        plan = self.plan
        while self.high - self.boundary < plan.most_sells:
            cell = self.high
            if cell + 1 >= len(plan.prices):
                raise BeyondHop("more lines than the table has")
            lots = plan.lots[cell + 1]
            if lots < plan.least[cell + 1] or self.loose < lots * plan.rest:
                return
            if self.funded < self.high:
                raise BeyondHop("a farther line with coins before a nearer one")
            self.loose -= lots * plan.rest
            self.coins[cell], self.paid[cell] = lots, 0
            self.high = self.funded = cell + 1

    def _set_level(self, wanted: Decimal) -> None:
        """The price at which everything sold would have earned what is wished for; 0 where it has already."""
        plan = self.plan
        lacks = wanted - (self.cash * plan.money + self.market_cash)
        if lacks <= 0:
            self.level = ZERO
        elif self.held > 0:
            self.level = lacks / (plan.coins(self.held) * (ONE - plan.market.taker_fee))
        else:
            self.level = None
        self.level_at = inf if self.level is None else comparable(self.level.scaleb(plan.frame.digits))

    # --- at market ---------------------------------------------------------------------------------------------------

    def _taken_at_market(self) -> int:
        """Grains that the fee takes of a lot."""
        plan = self.plan
        return int(plan.market.taker_fee * plan.rest) if plan.is_fee_in_coins else 0

    def _buy_coins(self, lots: int, price: float) -> None:
        market, units = self.plan.market, self.plan.frame.digits
        amount, here = lots * market.amount_step, self.plan.exactly(price)
        last = self.last if isinstance(self.last, Decimal) else Decimal(self.last)
        if market.is_too_small(amount, last.scaleb(-units)) or market.is_too_small(amount, here):
            raise BeyondHop("coins to buy that nobody sells")  # the lines make do with what is there
        paid = self._trade_at_market(Role.BALANCING, 0, Side.BUY, here, amount)
        self.loose += lots * (self.plan.rest - self._taken_at_market())
        self.last = paid.scaleb(units)
        self.measure()

    def _trade_at_market(self, role: Role, number: int, side: Side, price: Decimal, amount: Decimal) -> Decimal:
        """The price that it traded at."""
        plan, market, is_buy = self.plan, self.plan.market, side is Side.BUY
        self.measure()
        price *= ONE + plan.slippage if is_buy else ONE - plan.slippage
        lots = int(amount / market.amount_step)
        coin_fee = amount * market.taker_fee if is_buy and plan.is_fee_in_coins else ZERO
        fill = Fill("", price, amount, price * amount * market.taker_fee, coin_fee)
        self.trades.append((self.candle, AT_MARKET, 0, lots))
        self.at_market.append(MarketTrade(self.candle, role, number, side, fill))
        self.market_position = self.market_position.with_fill(fill, is_entry=is_buy)
        self.market_cash = self.market_position.cash(Direction.LONG)
        self.held += lots * (plan.rest - self._taken_at_market()) if is_buy else -lots * plan.rest
        self.lowest_cash = self.cash
        return price

    def measure(self) -> None:
        """The most quote that the grid had in the market at once."""
        self.most = max(self.most, -(self.lowest_cash * self.plan.money + self.market_cash))
