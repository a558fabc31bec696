"""A second, naive reading of the grid bot, line by line, to hold the real one against.

Nothing here is shared with the program, and it is built the other way round: a line holds an order, and one line
waits; the program thinks in cells. Slow on purpose.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, localcontext
from typing import Any, NamedTuple

from tests.research.oracle import DIGITS, Bar, Fill, Rules, rounded

D = Decimal


@dataclass
class Resting:
    """What a line is there for. A sell may have to wait for its coins; `bought` is what its own line's buy did."""

    side: str
    amount: Decimal
    has_coins: bool = True
    bought: tuple[Decimal, Decimal] | None = None  # coins received, quote paid
    stamp: int | None = None  # when it was placed; None while it is not


class Meeting(NamedTuple):
    far: Decimal
    rank: int
    order: int
    act: Callable[[], None]


@dataclass
class GridOracle:
    settings: dict[str, Any]
    rules: Rules
    lines: dict[int, Resting] = field(default_factory=dict)
    fills: list[Fill] = field(default_factory=list)
    status: str = "not started"
    opened: int = 0
    closed: int | None = None
    waiting: int = 0
    volume: Decimal = D(0)
    funds: Decimal = D(0)
    kept: Decimal = D(0)
    profit: Decimal = D(0)
    round_trips: int = 0
    came_from: Decimal | None = None
    x: Decimal = D(0)
    landing: Decimal | None = None
    bar_at: int = 0
    stamp: int = 0
    is_unsaid: bool = False  # a line was passed over for want of coins: what then, the rules leave open
    levels: set[Decimal] = field(default_factory=set)
    known: dict[int, Decimal] = field(default_factory=dict)

    # --- lines --------------------------------------------------------------------------------------------------------

    def price(self, k: int) -> Decimal:
        if k not in self.known:
            self.known[k] = self.priced(k)
        return self.known[k]

    def priced(self, k: int) -> Decimal:
        s = self.settings
        if s.get("upper") is None:
            exact: Decimal = s["lower"] * (1 + s["step_percent"] / 100) ** k
        elif s.get("spacing", "arithmetic") == "arithmetic":
            exact = s["lower"] + (s["upper"] - s["lower"]) * k / (s["lines"] - 1)
        else:
            exact = s["lower"] * (s["upper"] / s["lower"]) ** (D(k) / (s["lines"] - 1))
        steps: Decimal = exact / self.rules.tick
        near = (steps + D("0.5")).to_integral_value(ROUND_FLOOR)
        if abs(steps + D("0.5") - (near + 1)) <= D("1e-9"):
            near += 1
        return near * self.rules.tick

    def size(self, k: int) -> Decimal:
        coins = self.volume if self.settings.get("volume_unit") == "base" else self.volume / self.price(k)
        return rounded(coins, self.rules.lot, ROUND_FLOOR)

    def too_small(self, amount: Decimal, price: Decimal) -> bool:
        return amount <= 0 or amount < self.rules.min_amount or amount * price < self.rules.min_cost

    @property
    def most_sells(self) -> int:
        most = self.settings.get("max_active_sell_lines")
        return most or (20 if self.settings.get("upper") is None else 10**9)

    def sells(self) -> list[int]:
        """Lines that may rest with a sell, nearest first."""
        return sorted(k for k, one in self.lines.items() if one.side == "sell")[: self.most_sells]

    def buys(self) -> list[int]:
        most = self.settings.get("max_active_buy_lines") or 10**9
        return sorted((k for k, one in self.lines.items() if one.side == "buy"), reverse=True)[:most]

    # --- money --------------------------------------------------------------------------------------------------------

    def held(self) -> Decimal:
        total = D(0)
        for f in self.fills:
            if f.side == "sell":
                total -= f.amount
            else:
                total += f.amount - (f.fee / f.price if self.rules.in_coins else 0)
        return total

    def cash(self) -> Decimal:
        total = D(0)
        for f in self.fills:
            total += f.price * f.amount if f.side == "sell" else -f.price * f.amount
            if f.side == "sell" or not self.rules.in_coins:
                total -= f.fee
        return total

    def here(self) -> Decimal:
        return self.x if self.landing is None else self.landing

    def fill(self, role: str, k: int, side: str, kind: str, price: Decimal, amount: Decimal, fee: Decimal) -> Fill:
        made = Fill(role, k, side, kind, price, amount, self.bar_at, price * amount * fee)
        self.fills.append(made)
        return made

    def at_market(self, role: str, index: int, side: str, amount: Decimal) -> None:
        worse = 1 if side == "buy" else -1
        price = self.here() * (1 + worse * self.rules.slippage / 100)
        self.fill(role, index, side, "market", price, amount, self.rules.taker)

    # --- beginning ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        s, price = self.settings, self.here()
        infinite = s.get("upper") is None
        prices = [self.price(0)]
        while len(prices) < (s["lines"] if not infinite else 10**9):
            if infinite and prices[-1] > price * 3 and len(prices) > 200:
                break
            prices.append(self.price(len(prices)))
        if len(set(prices)) < len(prices):
            self.status = "refused"  # two lines on one tick
            return
        self.waiting = min(range(len(prices)), key=lambda k: (abs(prices[k] - price), k))
        count = min(len(prices) - 1, self.waiting + self.most_sells) if infinite else len(prices) - 1
        self.volume = s["volume_per_line"] if s.get("volume_per_line") else self.invested(prices, count, price)
        for k in range(count + 1):
            if k != self.waiting:
                is_buy = k < self.waiting
                self.lines[k] = Resting("buy" if is_buy else "sell", self.size(k), has_coins=is_buy)
        self.status, self.opened = "open", self.bar_at
        wanted = sum((self.lines[k].amount for k in self.sells()), D(0))
        if infinite:
            endless = self.volume / (prices[self.waiting] * s["step_percent"] / 100)
            wanted = max(wanted, rounded(endless, self.rules.lot, ROUND_CEILING))
        taken = self.rules.taker if self.rules.in_coins else D(0)
        first = rounded(wanted / (1 - taken), self.rules.lot, ROUND_CEILING)
        self.funds = first * price + sum(
            (one.amount * prices[k] for k, one in self.lines.items() if one.side == "buy"), D(0)
        )
        if not self.too_small(first, price):
            self.at_market("balancing", 0, "buy", first)
        self.settle()

    def invested(self, prices: list[Decimal], count: int, price: Decimal) -> Decimal:
        """The size of a line for which the investment is enough, fees in."""
        r, s = self.rules, self.settings
        fee, market_fee = (D(0), 1 / (1 - r.taker) - 1) if r.in_coins else (r.maker, r.taker)
        below = prices[: self.waiting]
        above = prices[self.waiting + 1 : min(count, self.waiting + self.most_sells) + 1]
        if s.get("volume_unit") == "base":
            cost = sum(below, D(0)) * (1 + fee) + len(above) * price * (1 + market_fee)
            return rounded(s["investment"] / cost, r.lot, ROUND_FLOOR)
        coins = sum((1 / one for one in above), D(0))
        if s.get("upper") is None:
            coins = 1 / (prices[self.waiting] * s["step_percent"] / 100)
        investment: Decimal = s["investment"]
        return investment / (len(below) * (1 + fee) + coins * price * (1 + market_fee))

    # --- what follows from what happened ------------------------------------------------------------------------------

    def settle(self) -> None:
        """New lines where the grid grows, and coins for the sell lines that lack some."""
        if self.status != "open":
            return
        limit = self.settings.get("expand_down_to")
        lowest = min(self.lines.keys() | {self.waiting})
        if limit is not None and self.waiting == lowest:
            below = self.price(lowest - 1)
            if limit <= below < self.price(lowest) and not self.too_small(self.size(lowest - 1), below):
                self.lines[lowest - 1] = Resting("buy", self.size(lowest - 1))
        if self.settings.get("upper") is None:
            self.reach_up()
        self.supply()
        placed = {*self.buys(), *(k for k in self.sells() if self.lines[k].has_coins)}
        for k, one in self.lines.items():
            stamp = self.stamp if one.stamp is None else one.stamp
            one.stamp = stamp if k in placed else None
        self.note()

    def loose(self) -> Decimal:
        bound = sum((one.amount for one in self.lines.values() if one.side == "sell" and one.has_coins), D(0))
        return self.held() - self.kept - bound

    def reach_up(self) -> None:
        while len(self.sells()) < self.most_sells:
            k = max(self.lines.keys() | {self.waiting}) + 1
            if self.price(k) == self.price(k - 1):
                return
            if self.too_small(self.size(k), self.price(k)) or self.loose() < self.size(k):
                return
            self.lines[k] = Resting("sell", self.size(k))

    def supply(self) -> None:
        while True:
            for k in self.sells():
                if not self.lines[k].has_coins:
                    if self.lines[k].amount > self.loose():
                        break
                    self.lines[k].has_coins = True
            missing = sum((self.lines[k].amount for k in self.sells() if not self.lines[k].has_coins), D(0))
            short = missing - max(D(0), self.loose())
            taken = self.rules.taker if self.rules.in_coins else D(0)
            amount = rounded(short / (1 - taken), self.rules.lot, ROUND_CEILING) if missing and short > 0 else D(0)
            if self.too_small(amount, self.here()):
                self.make_do()
                return
            self.at_market("balancing", 0, "buy", amount)

    def make_do(self) -> None:
        """So little is missing that it cannot be bought: lines that lack coins take what is there."""
        for k in self.sells():
            one = self.lines[k]
            there = rounded(max(D(0), self.loose()), self.rules.lot, ROUND_FLOOR)
            if not one.has_coins and not self.too_small(there, self.price(k)):
                one.amount, one.has_coins = min(there, one.amount), True

    def line_filled(self, k: int, price: Decimal, *, at_once: bool = False) -> None:
        one = self.lines.pop(k)
        fee = self.rules.taker if at_once else self.rules.maker
        done = self.fill("grid", k, one.side, "limit", price, one.amount, fee)
        if one.side == "buy":
            self.is_unsaid = self.is_unsaid or k != self.waiting - 1
            received = one.amount - (done.fee / price if self.rules.in_coins else 0)
            sold = rounded(received, self.rules.lot, ROUND_FLOOR)
            if self.settings.get("profit_currency") == "base":
                sold = min(sold, self.size(k + 1))
                self.kept += received - sold
            paid = price * one.amount + (0 if self.rules.in_coins else done.fee)
            self.lines[k + 1] = Resting("sell", sold, bought=(received, paid))
        else:
            self.is_unsaid = self.is_unsaid or k != self.waiting + 1
            self.lines[k - 1] = Resting("buy", self.size(k - 1))
            if one.bought is not None:
                received, paid = one.bought
                self.profit += price * one.amount - done.fee - paid + (received - one.amount) * price
                self.round_trips += 1
        self.waiting = k
        self.settle()

    # --- ends and moves -----------------------------------------------------------------------------------------------

    def end(self, status: str, then: str) -> None:
        self.status, self.closed = status, self.bar_at
        price = self.here()
        if then == "stop_and_buy":
            unspent = sum((one.amount * self.price(k) for k, one in self.lines.items() if one.side == "buy"), D(0))
            amount = rounded(unspent / (price * (1 + self.rules.taker)), self.rules.lot, ROUND_FLOOR)
            if not self.too_small(amount, price):
                self.at_market("balancing", 1, "buy", amount)
        elif then == "stop_and_sell":
            amount = rounded(self.held(), self.rules.lot, ROUND_FLOOR)
            if not self.too_small(amount, price):
                role = {"completed": "take_profit", "stopped_out": "stop_loss"}[status]
                self.at_market(role, 0, "sell", amount)
        self.lines = {}

    def profit_level(self) -> Decimal | None:
        percent = self.settings.get("take_profit_percent")
        if percent is None:
            return None
        lacks = self.funds * percent / 100 - self.cash()
        if lacks <= 0:
            return D(0)
        return lacks / (self.held() * (1 - self.rules.taker)) if self.held() else None

    def ends_of_grid(self) -> tuple[int, int]:
        known = self.lines.keys() | {self.waiting}
        return min(known), max(known)

    def level_up(self) -> Decimal | None:
        top = self.ends_of_grid()[1]
        if self.waiting != top:
            return None
        level = self.price(top + 1)
        if level == self.price(top):
            return None
        if self.settings.get("trailing_up"):
            return level
        limit = self.settings.get("expand_up_to")
        return level if limit is not None and level <= limit else None

    def level_down(self) -> Decimal | None:
        bottom = self.ends_of_grid()[0]
        if self.waiting != bottom or not self.settings.get("trailing_down"):
            return None
        level = self.price(bottom - 1)
        has_coins = any(one.side == "sell" and one.has_coins for one in self.lines.values())
        return level if 0 < level < self.price(bottom) and has_coins else None

    def move_up(self) -> None:
        bottom, top = self.ends_of_grid()
        if self.settings.get("trailing_up"):
            del self.lines[bottom]
        self.lines[top] = Resting("buy", self.size(top))
        self.waiting = top + 1
        self.settle()

    def move_down(self) -> None:
        bottom, top = self.ends_of_grid()
        giver = max(k for k, one in self.lines.items() if one.side == "sell" and one.has_coins)
        coins = self.lines[giver].amount
        self.lines[giver] = Resting("sell", self.lines[giver].amount, has_coins=False)
        del self.lines[top]
        self.lines[bottom] = Resting("sell", coins)
        self.waiting = bottom - 1
        self.settle()

    # --- the path -----------------------------------------------------------------------------------------------------

    def met(self, level: Decimal, target: Decimal, falling: bool) -> Decimal | None:
        turn = 1 if falling else -1

        def beyond(x: Decimal) -> bool:
            return turn * x <= turn * level

        if self.landing is not None and not beyond(self.landing):
            return None
        if beyond(self.x):
            return D(0)
        return abs(self.x - level) if beyond(target) else None

    def meetings(self, target: Decimal) -> list[Meeting]:
        found: list[Meeting] = []

        def add(level: Decimal | None, falling: bool, rank: int, order: int, act: Callable[[], None]) -> None:
            far = None if level is None else self.met(level, target, falling)
            if far is not None:
                found.append(Meeting(far, rank, order, act))

        if self.status == "not started":
            self.start_meeting(add)
            return found
        if self.status != "open":
            return found
        through = self.rules.through * self.rules.tick
        for k in [*self.buys(), *(k for k in self.sells() if self.lines[k].has_coins)]:
            one, price = self.lines[k], self.price(k)
            if self.too_small(one.amount, price):
                continue
            at = price if self.landing is None else self.landing
            is_buy = one.side == "buy"
            gain = price - max(self.x, self.here()) if is_buy else min(self.x, self.here()) - price
            if one.stamp == self.stamp and (gain > 0 or (gain == 0 and not through)):
                now = self.here()
                found.append(Meeting(D(0), 0, k, lambda k=k, now=now: self.line_filled(k, now, at_once=True)))  # type: ignore[misc]
                continue
            level = price - through if is_buy else price + through
            add(level, is_buy, 0, k, lambda k=k, at=at: self.line_filled(k, at))  # type: ignore[misc]
        below, above = self.settings.get("stop_below"), self.settings.get("stop_above")
        if below is not None:
            add(below["price"], True, 1, 0, lambda: self.end("stopped_out", below["then"]))
        profit = self.profit_level()
        if profit is not None:
            add(profit, False, 1, 1, lambda: self.end("completed", "stop_and_sell"))
        if above is not None:
            add(above["price"], False, 1, 2, lambda: self.end("stopped_out", above["then"]))
        add(self.level_up(), False, 2, 0, self.move_up)
        add(self.level_down(), True, 2, 0, self.move_down)
        return found

    def start_meeting(self, add: Callable[..., None]) -> None:
        level = self.settings.get("start_price")
        if level is not None and self.came_from is not None:
            add(level, self.came_from > level, 1, 0, self.start_if_allowed)

    def start_if_allowed(self) -> None:
        price = self.here()
        below, above = self.settings.get("stop_below"), self.settings.get("stop_above")
        is_over = (below and price <= below["price"]) or (above and price >= above["price"])
        if is_over:
            self.came_from = price  # it has to come there again
        else:
            self.start()

    def go(self, target: Decimal, *, is_jump: bool = False) -> None:
        self.landing = target if is_jump else None
        while True:
            nearest = min(self.meetings(target), key=lambda one: one[:3], default=None)
            if nearest is None:
                break
            if nearest.far:
                self.x += nearest.far if target > self.x else -nearest.far
                self.stamp += 1
            nearest.act()
        self.stamp += self.x != target
        self.x = target
        self.landing = None

    def note(self) -> None:
        self.levels |= {self.price(k) for k in self.lines} | {self.price(self.waiting)}

    def run(self, bars: list[Bar]) -> "GridOracle":
        with localcontext(Context(prec=DIGITS)):
            self.x = bars[0].open
            for bar in bars:
                self.bar_at = bar.at
                self.go(bar.open, is_jump=True)
                if self.status == "not started":
                    self.open_bar(bar.open)
                self.go(bar.open)
                up, down = bar.high - bar.open, bar.open - bar.low
                for price in [bar.high, bar.low] if up < down else [bar.low, bar.high]:
                    self.go(price)
                self.go(bar.close)
        return self

    def open_bar(self, price: Decimal) -> None:
        level = self.settings.get("start_price")
        if level is None or price == level:
            self.start_if_allowed()
        self.came_from = self.came_from if self.came_from is not None else price
