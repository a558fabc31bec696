"""Where each number of a run stands in the kernel's arrays: compiled code has no names of its own.

Prices are signed (a short's are negative), in whole units of the finest price digit; amounts are whole lots; money is
price units times lots. So a long and a short are one case: entries buy below, exits sell above.
"""

from typing import Final

# Orders: a column each.
ROLE: Final = 0
INDEX: Final = 1
IS_ENTRY: Final = 2
IS_MARKET: Final = 3
AMOUNT: Final = 4
PRICE: Final = 5
STATUS: Final = 6
RESTS: Final = 7
ORDER_COLUMNS: Final = 8

BASE: Final = 0
SAFETY: Final = 1
TAKE_PROFIT: Final = 2
STOP_LOSS: Final = 3
CLOSE: Final = 4

PENDING: Final = 0
OPEN: Final = 1
CANCELING: Final = 2
FINAL: Final = 3

# Events that wait for the bot: kind, order, is_maker; their prices stand in a second array.
ACCEPTED: Final = 0
FILLED: Final = 1
CANCELED: Final = 2
TICK: Final = 3
OPENING_TICK: Final = 4
CLOCK: Final = 5

# What an event changed.
NOTHING: Final = 0
PRICES: Final = 1  # only what is remembered of the price
PLAN: Final = 2
ENTRIES: Final = 3  # the plan, and coins came in

# The state: whole numbers.
DEAL: Final = 0  # one of the stages below
ENDING: Final = 1
STEPS_DONE: Final = 2
SHARED_AFTER: Final = 3
HAS_SHARED: Final = 4
BEYOND_SINCE: Final = 5
BAR_END: Final = 6
OPENED_AT: Final = 7
RUNGS: Final = 8
ENTERED: Final = 9  # lots
EXITED: Final = 10  # lots
BASE_LOTS: Final = 11
BASE_PRICE: Final = 12
HAS_BASE_PRICE: Final = 13
DEALS: Final = 14  # opened so far
OPENS_AFTER: Final = 15
DEALS_CLOSED: Final = 16
IS_STOPPED: Final = 17
HAS_ARM: Final = 18
HAS_STOP: Final = 19
HAS_BREAK_EVEN: Final = 20
SAFETY_FILLED: Final = 21
LAST_EXIT: Final = 22
CANDLE: Final = 23
POINT_AT: Final = 24
POINT_END: Final = 25
IS_JUMP: Final = 26
ORDERS: Final = 27
EVENTS: Final = 28
HEAD: Final = 29
FILLS: Final = 30
OUTCOME: Final = 31
TOLD: Final = 32
PLACED_AT: Final = 33
CANDLE_AT: Final = 34
MOMENTS: Final = 35
DEALS_TAKEN: Final = 36  # rows of deals that have been read and made room
PLANNED: Final = 37  # 1 and how many orders are wanted, while that is still true
DUE: Final = 38  # before this moment nothing happens by itself
FOLLOWS: Final = 39  # somebody looks at every price
WANTS_OPEN: Final = 40
OPENS_FROM: Final = 41
WHOLE: Final = 42

NO_DEAL: Final = 0
IS_OPENING: Final = 1
IS_OPEN: Final = 2
IS_TRAILING: Final = 3
IS_CLOSING: Final = 4

RUNS: Final = 0
COMPLETED: Final = 1
STOPPED_OUT: Final = 2
TIMED_OUT: Final = 3
CLOSED_BY_USER: Final = 4

# How a run went.
WENT_WELL: Final = 0
REFUSED: Final = 1  # an order of the ladder came out under the market's minimum
BEYOND_KERNEL: Final = 2  # something only the core knows how to go on with
TOO_MANY_FILLS: Final = 3

# The state: pairs, two places each.
LAST: Final = 0
P0: Final = 2
ENTRY_MONEY: Final = 4
ENTRY_FEE: Final = 6
EXIT_MONEY: Final = 8
EXIT_FEE: Final = 10
COIN_FEE: Final = 12  # lots
COIN_FEE_MONEY: Final = 14
CARRIED: Final = 16  # lots
SHARED: Final = 18  # lots
BEST: Final = 20
TRAIL_BEST: Final = 22
ARM: Final = 24
STOP: Final = 26
BREAK_EVEN: Final = 28
SCALE: Final = 30
EXTRA: Final = 32
PROFIT: Final = 34
DUST: Final = 36
POINT: Final = 38
PATH: Final = 40
BELOW: Final = 42  # two single numbers: between these prices nothing happens
ABOVE: Final = 43
RESTS_BELOW: Final = 44  # two single numbers: the nearest of what rests
RESTS_ABOVE: Final = 45
WATCH_BELOW: Final = 46  # pairs: where the deal must be called
WATCH_ABOVE: Final = 48
PAIRS: Final = 50

# What is set: whole numbers.
SIDE: Final = 0  # 1 long, -1 short
TICK_UNITS: Final = 1
THROUGH: Final = 2  # units
IS_LIMIT_BASE: Final = 3
IS_BASE_IN_COINS: Final = 4
ARE_RUNGS_IN_COINS: Final = 5
ACTIVE: Final = 6
LADDER: Final = 7  # rungs in the settings
TARGETS: Final = 8
IS_BASIS_BASE: Final = 9
DOES_TRAIL: Final = 10
HAS_STOP_LOSS: Final = 11
IS_STOP_FROM_AVERAGE: Final = 12
DOES_STOP_TRAIL: Final = 13
STOP_WAIT: Final = 14  # ms
BREAK_EVEN_AFTER: Final = 15
DOES_STOP_END: Final = 16
COOLDOWN: Final = 17  # ms, with the delay of a start
START_DELAY: Final = 18
MOST_DEALS: Final = 19
CLOSE_AFTER: Final = 20  # ms
EVERY: Final = 21
IS_FEE_IN_COINS: Final = 22
LEAST_LOTS: Final = 23
IS_EQUAL: Final = 24
HAS_LEAST_PRICE: Final = 25
HAS_MOST_PRICE: Final = 26
IS_BASIS_ENTRY: Final = 27
IS_STOP_FROM_ENTRY: Final = 28
SETTINGS: Final = 29

# What is set: pairs. Percents are fractions.
MAKER: Final = 0
TAKER: Final = 2
SLIPPAGE: Final = 4
BASE_VOLUME: Final = 6
LEAST_MONEY: Final = 8
LEAST_AMOUNT: Final = 10  # lots, unrounded
TRAILING: Final = 12
STOP_PART: Final = 14
REINVEST: Final = 16
REDUCTION: Final = 18
LEAST_PRICE: Final = 20
MOST_PRICE: Final = 22
SETTING_PAIRS: Final = 24

# A fill: whole numbers, and its price as a pair.
FILL_CANDLE: Final = 0
FILL_DEAL: Final = 1
FILL_ROLE: Final = 2
FILL_INDEX: Final = 3
FILL_IS_ENTRY: Final = 4
FILL_IS_MARKET: Final = 5
FILL_LOTS: Final = 6
FILL_IS_MAKER: Final = 7
FILL_AT: Final = 8
FILL_COLUMNS: Final = 9

# Columns of `fill_prices`: the price as a pair, and of its candle what the curve would have to fetch from afar.
PAID: Final = 0
CLOSE_OF_BAR: Final = 2
WORST_OF_BAR: Final = 3
PRICE_COLUMNS: Final = 4

# A deal that is over.
DEAL_STATUS: Final = 0
DEAL_OPENED: Final = 1
DEAL_CLOSED: Final = 2
DEAL_SAFETY: Final = 3
DEAL_COLUMNS: Final = 4
