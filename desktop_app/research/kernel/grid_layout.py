"""Where a grid run keeps its numbers, in plain arrays that compiled code can take.

Prices are counted in units of 10^−digits, as the candles are; amounts in lots; money in units · lots. Coins in the
account are counted in grains, so small that the fees in coins are whole ones: REST of them make a lot. A cell is called
by its lower line, a line by its row in the table. Cells from LOW to BOUNDARY wait to buy, those from there to HIGH hold
coins or are to be given some: those from FUNDED on still have none.
"""

from typing import NamedTuple

from desktop_app.research.kernel.formulas import Real, Whole

MOST_FILLS = 32_768  # until they are taken away

# --- `set`: settings ---
THROUGH = 0  # how many units beyond its price a limit fills
REST = 1  # grains in a lot
MAKER_GRAINS = 2  # what the fee takes of a lot bought
TAKER_GRAINS = 3
IS_FEE_IN_COINS = 4
IS_PROFIT_IN_COINS = 5
MOST_BUYS = 6  # lines that rest at once; 0: all
MOST_SELLS = 7
IS_ENDLESS = 8
DOES_TRAIL_UP = 9
DOES_TRAIL_DOWN = 10
EXPAND_UP = 11  # the highest line that may come; 0: none
EXPAND_DOWN = 12
STOP_ABOVE = 13  # 0: none
STOP_BELOW = 14
THEN_ABOVE = 15
THEN_BELOW = 16
HAS_PROFIT_GOAL = 17
LEAST_LOTS = 18  # by amount
DOES_MOVE = 19  # its lines, or which of them rest, change as the price goes
ROWS = 20  # of the table
SETTINGS = 21

# What becomes of coins and quote at the end.
THEN_STOP = 0
THEN_SELL = 1
THEN_BUY = 2

# --- `set_pairs`: settings that are no whole numbers, two floats each ---
MAKER = 0
TAKER = 2
SLIPPAGE = 4
GOAL = 6  # money to be earned in all
LEAST_MONEY = 8  # of an order
SET_PAIRS = 10

# --- `state` ---
OUTCOME = 0
FILLS = 1
CANDLE = 2
LOW = 3
HIGH = 4
BOUNDARY = 5
FUNDED = 6
LOOSE = 7  # grains that no line sells and that are no profit
HELD = 8  # grains in all
MISSING = 9  # lots to be bought before the lines rest
IS_OVER = 10
ENDED_AT = 11  # candle
STATUS = 12
ROUND_TRIPS = 13
HAS_LEVEL = 14  # of the profit wished for
MOMENTS = 15
WHOLE = 16

# --- `pairs` ---
CASH = 0  # came in less went out
LAST = 2  # price as the bot last saw it
LEVEL = 4  # price at which the profit is reached
EARNED = 6  # by round trips
MOST_USED = 8
FEES = 10
LEFT_WORTH = 12
PAIRS = 14

# --- `near`: where the next line below and above fills, and what the bot watches for beside its lines ---
LOWER_LINE = 0
UPPER_LINE = 1
LOWER_WATCH = 2
UPPER_WATCH = 3
NEAR = 4

# Outcomes.
WENT_WELL = 0
BEYOND_KERNEL = 1
NEEDS_ROOM = 2  # for fills; it goes on where it stands

# Statuses.
RUNS = 0
COMPLETED = 1
STOPPED_OUT = 2

# --- columns of `fill_prices`: the price, two floats, and the lines between which the price then stays to the next
# candle that fills; without end where they may move meanwhile ---
PRICE = 0
STAYS_OVER = 2
STAYS_UNDER = 3
CLOSE = 4  # of the candle, and its low: fetched anew they would have to come from afar
LOW_OF_BAR = 5
PRICE_COLUMNS = 6

# --- columns of `fills` ---
FILL_CANDLE = 0
FILL_LINE = 1  # row of the table; −1: no line's order
FILL_SIDE = 2  # 1 buy, −1 sell
FILL_LOTS = 3
FILL_IS_MAKER = 4
FILL_ROLE = 5
FILL_COLUMNS = 6

# Roles.
GRID = 0
BALANCING = 1
EXIT = 2


class GridRun(NamedTuple):
    """All arrays of one run. `prices` to `least` are per line of the table, `coins` and `paid` per cell."""

    set: Whole
    set_pairs: Real
    prices: Real
    lots: Whole  # of the line by its own price
    again: Whole  # sold at the line above once a cell's buy has filled
    least: Whole  # of an order here that the market takes
    coins: Whole  # lots that a cell sells
    paid: Real  # for the coins that a cell bought itself; 0: they come from elsewhere
    state: Whole
    pairs: Real
    near: Real  # the prices that matter next, see below
    fills: Whole
    fill_prices: Real
