"""The DCA bot of the measurement as somebody would write it for it alone: what any backtest can be held against.

Prices are whole cents and amounts whole hundred-thousandths of a coin, so that it comes to the very same orders.
`linear_scan` looks at the extremes of each candle and at no more unless they reach a level; `naive_loop` walks every
candle's path. Neither can do anything else: no other bot, no fees in coins, no report.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

BOT = """
kind = "dca"
name = "measured"
account = "bench"
pairs = ["BTC/USDT"]
base_order = { volume = "100" }
safety_orders = { volume = "15", price_deviation = "1.0", step_scale = "1.3", volume_scale = "1.5", max_count = 6 }
take_profit = { percent = "2.0" }
start = { mode = "asap" }
"""
_VOLUME, _SAFETY_VOLUME, _STEP_SCALE, _VOLUME_SCALE, _COUNT = 100, 15, Decimal("1.3"), Decimal("1.5"), 6
_NEVER = -1.0


def _ladder() -> Iterator[tuple[Decimal, Decimal]]:
    """The part of the first price that each rung lies at, and its volume."""
    deviation, step, volume = Decimal(0), Decimal(1), Decimal(_SAFETY_VOLUME)
    for _ in range(_COUNT):
        deviation += step
        yield 1 - deviation / 100, volume
        step, volume = step * _STEP_SCALE, volume * _VOLUME_SCALE


_RUNGS = tuple(_ladder())

Fill = tuple[int, int, int]  # candle, cents, amount: below zero for a sell


@dataclass(slots=True)
class Bar:
    open: float
    high: float
    low: float
    close: float


class Deal:
    """One deal from its base order on; `fills` are those of all deals."""

    __slots__ = ("amount", "below", "cost", "fills", "is_over", "rungs", "target")

    def __init__(self, index: int, price: float, fills: list[Fill]) -> None:
        first = round(price * 100)
        self.fills, self.is_over = fills, False
        self.cost = self.amount = 0
        paid = first * Decimal("1.001")  # the ladder hangs on what the base order cost, with its fee
        self.rungs = [(int(paid * part), volume) for part, volume in reversed(_RUNGS)]
        self._buy(index, first, -(-_VOLUME * 10_000_000 // first))

    def _buy(self, index: int, cents: int, amount: int) -> None:
        self.fills.append((index, cents, amount))
        self.cost, self.amount = self.cost + cents * amount, self.amount + amount
        # Two percent above the average with the fee of the buys, and the fee of the sell on top, rounded up.
        self.target = -(-self.cost * 1001 * 102 // (self.amount * 999 * 100)) / 100
        self.below = self.rungs[-1][0] / 100 if self.rungs else _NEVER

    def move(self, index: int, end: float, *, is_jump: bool) -> None:
        """Follow the price to `end`; in a jump everything trades there."""
        if end >= self.target:
            self.fills.append((index, round((end if is_jump else self.target) * 100), -self.amount))
            self.is_over = True
        while end <= self.below:
            level, volume = self.rungs.pop()
            amount = ceil(volume * 10_000_000 / level)
            self._buy(index, round(end * 100) if is_jump else level, amount)

    def walk(self, index: int, before: float | None, open_: float, high: float, low: float, close: float) -> None:
        """Along the path of a candle; `before`: the close from which the price jumps to its open."""
        if before is not None:
            self.move(index, open_, is_jump=True)
        nearer, farther = (high, low) if high - open_ < open_ - low else (low, high)
        for end in (nearer, farther, close):
            if self.is_over:
                return
            self.move(index, end, is_jump=False)


def linear_scan(
    opens: Sequence[float], highs: Sequence[float], lows: Sequence[float], closes: Sequence[float]
) -> list[Fill]:
    fills: list[Fill] = []
    index, count = 0, len(opens)
    while index < count:
        deal = Deal(index, opens[index], fills)
        deal.walk(index, None, opens[index], highs[index], lows[index], closes[index])
        index += 1
        while index < count and not deal.is_over:
            below, target = deal.below, deal.target
            first = index
            for index in range(first, count):
                if lows[index] <= below or highs[index] >= target:
                    break
            else:
                return fills
            deal.walk(index, closes[index - 1], opens[index], highs[index], lows[index], closes[index])
            index += 1
    return fills


def naive_loop(bars: Iterable[Bar]) -> list[Fill]:
    fills: list[Fill] = []
    deal: Deal | None = None
    before: float | None = None
    for index, bar in enumerate(bars):
        if deal is None or deal.is_over:
            deal, before = Deal(index, bar.open, fills), None
        deal.walk(index, before, bar.open, bar.high, bar.low, bar.close)
        before = bar.close
    return fills
