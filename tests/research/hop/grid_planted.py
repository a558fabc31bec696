"""Shows that the tests see faults of the hop's grids: plants each in a copy and runs the tests on it.

`python -m tests.research.hop.grid_planted [NAMES...]`; ends with status 1 if a fault goes unseen. Random grids are left
out: what is said by hand has to see them.
"""

import sys

from tests.research.kernel.planted import Fault, main

TESTS = (
    *(f"tests/research/hop/test_grid{name}.py" for name in ("", "_walk", "_plan", "_trial")),
    "-k",
    "not random",
)
GRID_FAULTS = (
    Fault("the high first on a tie", "../hop/grid_walk.py", "if open_ - low <= high", "if open_ - low < high"),
    Fault(
        "a stop right at a line passed over",
        "../hop/grid_walk.py",
        "run.lower > run.watch_below",
        "run.lower >= run.watch_below",
    ),
    Fault(
        "candles that just touch a line passed over",
        "../hop/grid_walk.py",
        "        if end <= run.below or end >= run.above:",
        "        if end < run.below or end >= run.above:",
    ),
    Fault(
        "a line jumped over that pays its own price",
        "../hop/grid_walk.py",
        "run.buy_line(int(end) if is_jump else prices[run.boundary - 1], stand)",
        "run.buy_line(prices[run.boundary - 1], stand)",
    ),
    Fault(
        "a sale in a jump at the line's price",
        "../hop/grid_walk.py",
        "run.sell_line(int(end) if is_jump else prices[run.boundary + 1], stand)",
        "run.sell_line(prices[run.boundary + 1], stand)",
    ),
    Fault(
        "a level of the profit in a jump that sells at the level",
        "../hop/grid_walk.py",
        "run.plan.exactly(end) if is_jump else run.level",
        "run.level",
    ),
    Fault(
        "a start in a jump from where the price was",
        "../hop/grid_walk.py",
        "run.begin(start.candle, open_, max(open_, stand))",
        "run.begin(start.candle, stand, max(open_, stand))",
    ),
    Fault(
        "fill-through forgotten by buys",
        "../hop/grid.py",
        "self.lower = prices[boundary - 1] - plan.through if boundary > self.low else -inf",
        "self.lower = prices[boundary - 1] if boundary > self.low else -inf",
    ),
    Fault("a buy that pays no fee", "../hop/grid.py", "self.cash -= cost * plan.buying", "self.cash -= cost"),
    Fault(
        "a round trip that forgets coins left over",
        "../hop/grid.py",
        " * plan.rest + left * price * plan.fee_parts",
        " * plan.rest",
    ),
    Fault(
        "coins for the lines without what the fee takes",
        "../hop/grid.py",
        "each = self.plan.rest - self._taken_at_market()",
        "each = self.plan.rest",
    ),
    Fault(
        "profit in coins that a line sells",
        "../hop/grid.py",
        'if plan.grid.profit_currency != "base":',
        'if plan.grid.profit_currency != "none":',
    ),
    Fault(
        "a price that slips the wrong way",
        "../hop/grid.py",
        "ONE + plan.slippage if is_buy else ONE - plan.slippage",
        "ONE + plan.slippage",
    ),
    Fault(
        "money for a stop's buy without its fee",
        "../hop/grid.py",
        "unspent / (price * (ONE + market.taker_fee))",
        "unspent / price",
    ),
    Fault(
        "coins left behind worth nothing",
        "../hop/grid.py",
        "        self.left_worth = plan.coins(self.held) * price",
        "        self.left_worth = 0 * price",
    ),
    Fault(
        "the level of the profit without the fee of its sale",
        "../hop/grid.py",
        "lacks / (plan.coins(self.held) * (ONE - plan.market.taker_fee))",
        "lacks / plan.coins(self.held)",
    ),
    Fault(
        "a grid that grows above its limit",
        "../hop/grid.py",
        "return level if grid.trailing_up or level <= plan.expand_up else inf",
        "return level",
    ),
    Fault("a grid that trails up and keeps its lowest line", "../hop/grid.py", "self.low += 1", "self.low += 0"),
    Fault(
        "a grid that trails down and gives no coins",
        "../hop/grid.py",
        "self.coins[cell], self.paid[cell] = self.coins[giver], 0",
        "self.coins[cell], self.paid[cell] = plan.lots[cell + 1], 0",
    ),
    Fault(
        "a fee in coins that leaves all coins",
        "../hop/grid_plan.py",
        "received=[one * (grains.rest - grains.maker) for one in lots]",
        "received=[one * grains.rest for one in lots]",
    ),
    Fault(
        "a grid that is over and still in the market",
        "../hop/grid_trial.py",
        "booked[-1], is_open[-1] = losses[0], False",
        "booked[-1] = losses[0]",
    ),
    Fault(
        "a grid's end that the course does not book",
        "../hop/grid_trial.py",
        "booked[-1], is_open[-1] = losses[0], False",
        "is_open[-1] = False",
    ),
)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], GRID_FAULTS, TESTS))
