"""Adds up the fills of a DCA bot's run: cash, coins, profits of deals, in one pass."""

from desktop_app.research.kernel.curve import BOOKED, CASH, COINS, IS_OPEN
from desktop_app.research.kernel.formulas import Real, Whole
from desktop_app.research.kernel.jit import compiled, inner
from desktop_app.research.kernel.layout import (
    DEAL_CLOSED,
    DEAL_OPENED,
    FILL_CANDLE,
    FILL_DEAL,
    FILL_IS_ENTRY,
    FILL_IS_MAKER,
    FILL_LOTS,
    FILL_ROLE,
    SAFETY,
)

# What is given.
UNIT = 0  # of prices
STEP = 1  # of amounts
MAKER = 2
TAKER = 3
GIVEN = 4
# What comes back: sums, in quote.
PROFIT = 0
FEES = 1
WON = 2
LOST = 3
WORST = 4  # deal, nothing at most
WINS = 5
CLOSED = 6  # deals that traded and are over
LASTED = 7  # seconds
LONGEST = 8
MOST_USED = 9
MOST_SAFETY = 10
MOST_COINS = 11  # at a candle's end
OPEN_COINS = 12  # of the deal that runs: bought less sold
OPEN_COIN_FEE = 13
OPEN_CASH = 14
OPEN_FILLS = 15
TOTALS = 16

_NOTHING = 1e-9  # of the most coins ever held: as research/curves sees it
_CRUMB = 1e-13  # of what was traded: less than that is what sums of floats leave of nothing


@compiled
def add_up(
    fills: Whole, prices: Real, deals: Whole, given: Real, over: int, side: int, is_in_coins: bool, after: Real,
    totals: Real,
) -> None:  # fmt: skip
    """Fill `after`, a row for each fill, and `totals`. `over`: how many deals are; fee `is_in_coins` of what is bought.

    `side`: 1 for long, −1 for short.
    """
    count, cash, coins, booked = len(fills), 0.0, 0.0, 0.0
    gained, turnover, safety, held, kept, own_fills = 0.0, 0.0, 0, 0.0, 0.0, 0
    for k in range(count):
        number, is_entry = fills[k, FILL_DEAL], fills[k, FILL_IS_ENTRY] != 0
        is_buy = is_entry == (side > 0)
        price, amount = prices[k, 0] * given[UNIT], fills[k, FILL_LOTS] * given[STEP]
        rate = given[MAKER] if fills[k, FILL_IS_MAKER] else given[TAKER]
        cost = price * amount
        fee = cost * rate
        coin_fee = amount * rate if is_in_coins and is_buy else 0.0
        worth = -cost if is_buy else cost
        cash += worth if coin_fee != 0.0 else worth - fee
        coins += (amount if is_buy else -amount) - coin_fee
        gained += worth - fee
        turnover += cost
        held += amount if is_entry else -amount
        if is_entry and side > 0:
            gained += coin_fee * price
            kept += coin_fee
        totals[FEES] += fee
        totals[MOST_USED] = max(totals[MOST_USED], -gained if side > 0 else gained)
        own_fills += 1
        if fills[k, FILL_ROLE] == SAFETY:
            safety += 1
            totals[MOST_SAFETY] = max(totals[MOST_SAFETY], safety)
        is_last = k + 1 == count or fills[k + 1, FILL_DEAL] != number
        is_over = is_last and number <= over
        if is_over:
            if abs(gained) <= _CRUMB * turnover:
                gained = 0.0
            booked += gained
            _close(deals, number - 1, gained, totals)
        if k + 1 == count or fills[k + 1, FILL_CANDLE] != fills[k, FILL_CANDLE]:
            totals[MOST_COINS] = max(totals[MOST_COINS], abs(coins))
        after[k, CASH] = cash
        after[k, COINS] = side * coins
        after[k, BOOKED] = booked
        after[k, IS_OPEN] = 0.0 if is_over else 1.0
        if is_last and not is_over:
            totals[OPEN_COINS], totals[OPEN_COIN_FEE] = held, kept
            totals[OPEN_CASH], totals[OPEN_FILLS] = gained, own_fills
        if is_last:
            gained, turnover, safety, held, kept, own_fills = 0.0, 0.0, 0, 0.0, 0.0, 0
    totals[PROFIT] = booked
    crumb = _NOTHING * max(1e-300, totals[MOST_COINS])
    for k in range(count):
        if abs(after[k, COINS]) <= crumb:
            after[k, COINS] = 0.0


@inner
def _close(deals: Whole, place: int, gained: float, totals: Real) -> None:
    lasted = (deals[place, DEAL_CLOSED] - deals[place, DEAL_OPENED]) // 1000
    totals[CLOSED] += 1
    totals[LASTED] += lasted
    totals[LONGEST] = max(totals[LONGEST], lasted)
    totals[WORST] = min(totals[WORST], gained)
    if gained > 0.0:
        totals[WINS] += 1
        totals[WON] += gained
    elif gained < 0.0:
        totals[LOST] -= gained
