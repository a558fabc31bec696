"""What a grid has earned, in the numbers that people compare: grid profit, total, and just holding."""

from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core.change import replace
from desktop_app.core.market import ZERO


@dataclass(frozen=True, slots=True)
class GridTally:
    """Statistics of one grid; edits and added funds leave them as they are.

    `profit` is what round trips earned, net of both fees. `funds` is what the grid was given, to which percents
    refer; `hold_coins` is what that would have bought at the moments when it was given. `own_cost` is the worth of
    coins that the grid did not buy but took over, `left_worth` of those that it left behind.
    """

    profit: Decimal = ZERO
    round_trips: int = 0
    funds: Decimal = ZERO
    hold_coins: Decimal = ZERO
    own_cost: Decimal = ZERO
    left_worth: Decimal = ZERO
    waiting: Decimal | None = None  # price of the line that waits
    lower: Decimal = ZERO
    upper: Decimal = ZERO
    lines: int = 0

    def given(self, funds: Decimal, price: Decimal) -> "GridTally":
        """More money for the grid, at this price."""
        return replace(self, funds=self.funds + funds, hold_coins=self.hold_coins + funds / price)

    def with_round_trip(self, earned: Decimal) -> "GridTally":
        return replace(self, profit=self.profit + earned, round_trips=self.round_trips + 1)

    def holding(self, price: Decimal) -> Decimal:
        """What the same money would have won or lost in coins, without fees."""
        return self.hold_coins * price - self.funds
