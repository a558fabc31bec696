"""A second, naive reading of the smart trade, from the text alone: one trade over candles, slow on purpose.

Nothing here is shared with the program. The path is walked from level to level; at each place everything that has been
reached happens, resting limits first, stops on the exchange next, then what the program itself watches.
"""

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from typing import Any

from tests.research.oracle import Bar, Fill, Rules, rounded

D = Decimal
ROUNDS = 200  # at one place


@dataclass
class Resting:
    role: str
    index: int
    side: str
    price: Decimal  # of a stop: its trigger
    amount: Decimal
    kind: str = "limit"
    limit: Decimal | None = None  # of a stop


@dataclass
class Step:
    index: int
    share: Decimal
    price: Decimal
    at_market: bool
    amount: Decimal = D(0)


@dataclass
class Outcome:
    opened: int
    status: str = "opening"
    closed: int | None = None
    fills: list[Fill] = field(default_factory=list)


class SmartOracle:
    def __init__(self, settings: dict[str, Any], rules: Rules) -> None:
        self.s, self.r = settings, rules
        self.trade = settings.get("trade", "trade")
        self.buys = self.trade in ("buy", "trade", "hold")
        self.entry = settings.get("entry", {"type": "market"})
        self.stop = settings.get("stop_loss", {})
        self.trail_by = settings.get("take_profit", {}).get("trailing_deviation")
        self.native = self.stop.get("native", False)
        self.deal: Outcome | None = None
        self.resting: list[Resting] = []
        self.steps: list[Step] = []
        self.hit: set[int] = set()
        self.bought = self.paid = self.fee_in = self.kept_back = self.sold = D(0)
        self.x = D(0)  # where the path is
        self.land: Decimal | None = None  # where a jump ends
        self.bar = 0
        self.clock = 0
        self.wait_from: str = ""  # "above" or "below": the side from which a trigger is waited for
        self.entry_best: Decimal | None = None
        self.best = self.origin = D(0)
        self.stop_pinned: Decimal | None = None
        self.even: Decimal | None = None
        self.trail_best: Decimal | None = None
        self.beyond: int | None = None
        self.ending = ""
        self.levels: set[Decimal] = set()
        self.is_unsaid = False

    # --- where we are

    @property
    def price(self) -> Decimal:
        """What trades here trade at."""
        return self.x if self.land is None else self.land

    def came_down_to(self, level: Decimal) -> bool:
        return max(self.x, self.price) <= level

    def came_up_to(self, level: Decimal) -> bool:
        return min(self.x, self.price) >= level

    def lost(self, level: Decimal) -> bool:
        """The price has come to a level at which an open trade loses."""
        return self.came_down_to(level) if self.buys else self.came_up_to(level)

    def won(self, level: Decimal) -> bool:
        return self.came_up_to(level) if self.buys else self.came_down_to(level)

    def better(self, one: Decimal, other: Decimal) -> bool:
        return one > other if self.buys else one < other

    @property
    def way_in(self) -> str:
        return "buy" if self.buys else "sell"

    @property
    def way_out(self) -> str:
        return "sell" if self.buys else "buy"

    # --- sums

    @property
    def held(self) -> Decimal:
        return self.bought - (self.kept_back if self.buys else 0) - self.sold

    @property
    def average(self) -> Decimal:
        return (self.paid + (self.fee_in if self.buys else -self.fee_in)) / self.bought

    @property
    def entry_price(self) -> Decimal:
        return self.paid / self.bought

    def lots(self, amount: Decimal) -> Decimal:
        return rounded(amount, self.r.lot, ROUND_FLOOR)

    def small(self, amount: Decimal, price: Decimal) -> bool:
        return amount <= 0 or amount < self.r.min_amount or amount * price < self.r.min_cost

    def on_tick(self, price: Decimal, side: str) -> Decimal:
        return rounded(price, self.r.tick, ROUND_FLOOR if side == "buy" else ROUND_CEILING)

    # --- the candles

    def run(self, bars: list[Bar]) -> Outcome | None:
        with localcontext() as context:
            context.prec = 50
            close: Decimal | None = None
            for number, bar in enumerate(bars):
                self.bar = self.clock = bar.at
                if close is not None and close != bar.open:
                    self.walk(close, bar.open, jumps=True)
                self.x, self.land, self.clock = bar.open, None, bar.at
                self.settle()
                self.strike(bar.at)
                if number == 0:
                    self.begin()
                self.settle()
                up, down = bar.high - bar.open, bar.open - bar.low
                high_first = up < down or (up == down and not self.buys)
                corners = [bar.high, bar.low] if high_first else [bar.low, bar.high]
                self.clock = bar.at + self.r.timeframe
                stand = bar.open
                for corner in (*corners, bar.close):
                    self.walk(stand, corner, jumps=False)
                    stand = corner
                close = bar.close
            has_traded = self.deal is not None and (self.deal.fills or self.bought)
            return self.deal if has_traded else None

    def walk(self, start: Decimal, end: Decimal, *, jumps: bool) -> None:
        self.x = start
        self.land = end if jumps else None
        while self.x != end:
            self.x = self.next_place(end)
            self.settle(corner=self.x == end)
        self.land = None

    def next_place(self, end: Decimal) -> Decimal:
        ahead = [level for level in self.interesting() if min(self.x, end) < level < max(self.x, end)]
        if not ahead:
            return end
        return min(ahead, key=lambda level: abs(level - self.x))

    def interesting(self) -> list[Decimal]:
        found: list[Decimal] = []
        for one in self.resting:
            away = self.r.through * self.r.tick if one.kind == "limit" else D(0)
            found.append(one.price - away if one.side == "buy" else one.price + away)
        found += [level for level in self.watched() if level is not None]
        self.levels.update(found)
        return found

    def watched(self) -> list[Decimal | None]:
        if self.deal is None or self.deal.closed is not None or self.ending:
            return []
        if self.deal.status == "opening":
            if self.resting:
                return []
            return [self.turn()] if self.entry_best is not None else [self.entry.get("price")]
        found = [self.level(), self.turn_out(), self.arm() if self.trail_best is None else None]
        found += [step.price for step in self.steps if step.at_market and step.index not in self.hit]
        return found

    def strike(self, at: int) -> None:
        wait = self.stop.get("timeout_seconds", 0) * 1000
        if self.beyond is not None and not self.ending and self.beyond + wait <= at:
            self.end("stopped_out")

    # --- what happens at a place

    def settle(self, *, corner: bool = False) -> None:
        for _ in range(ROUNDS):
            if not (self.limits() or self.stops() or self.watch()):
                return
        raise AssertionError("no end of it")

    def limits(self) -> bool:
        for one in sorted(self.resting, key=lambda one: one.index):
            away = self.r.through * self.r.tick
            if one.kind != "limit":
                continue
            if self.came_down_to(one.price - away) if one.side == "buy" else self.came_up_to(one.price + away):
                self.resting.remove(one)
                price = one.price if self.land is None else self.land
                self.fill(one.role, one.index, one.side, "limit", price, one.amount, self.r.maker)
                return True
        return False

    def stops(self) -> bool:
        for one in self.resting:
            if one.kind != "stop":
                continue
            if self.came_down_to(one.price) if one.side == "sell" else self.came_up_to(one.price):
                self.resting.remove(one)
                self.stop_acts(one)
                return True
        return False

    def stop_acts(self, one: Resting) -> None:
        if one.limit is None:
            self.fill(one.role, 0, one.side, "stop", self.slipped(one.side), one.amount, self.r.taker)
        elif self.takes(one.side, one.limit):
            self.fill(one.role, 0, one.side, "stop", self.price, one.amount, self.r.taker)
        else:
            self.resting.append(Resting(one.role, 0, one.side, one.limit, one.amount, "limit"))
            self.ending = "stopped_out"
            self.is_unsaid = True  # when the program notices that, nobody tells

    def watch(self) -> bool:
        deal = self.deal
        if deal is None or deal.closed is not None or self.ending:
            return False
        if deal.status == "opening":
            return self.watch_entry()
        return self.watch_stop_and_trailing() or self.watch_targets()

    def watch_entry(self) -> bool:
        if self.resting:
            return False
        price = self.entry.get("price")
        if self.entry_best is None:
            if not (self.came_down_to(price) if self.wait_from == "above" else self.came_up_to(price)):
                return False
            if self.entry["type"] == "trailing":
                self.entry_best = self.price
            elif "limit_price" in self.entry:
                self.enter_at(self.entry["limit_price"])
            else:
                self.enter_now()
            return True
        turned = self.came_up_to(self.turn()) if self.buys else self.came_down_to(self.turn())
        if turned:
            self.enter_now()
            return True
        if self.better(self.entry_best, self.price):
            self.entry_best = self.price
        return False

    def turn(self) -> Decimal:
        assert self.entry_best is not None
        part: Decimal = self.entry["trailing_deviation"] / 100
        return self.entry_best * (1 + part if self.buys else 1 - part)

    def watch_stop_and_trailing(self) -> bool:
        level, close = self.level(), self.turn_out()
        stop_first = close is None or (level is not None and not self.better(close, level))
        if stop_first and self.watch_stop(level):
            return True
        if self.trail_best is not None and self.watch_trailing():
            return True
        if not stop_first and not self.ending and self.watch_stop(level):
            return True
        if self.better(self.price, self.best):
            self.best = self.price
            if self.stop.get("trailing"):
                self.pin()
        return False

    def watch_stop(self, level: Decimal | None) -> bool:
        if level is None or any(one.kind == "stop" for one in self.resting):
            return False
        if not self.lost(level):
            if self.better(self.price, level):
                self.beyond = None
            return False
        if self.stop.get("timeout_seconds"):
            self.beyond = self.beyond if self.beyond is not None else self.clock
            return False
        self.end("stopped_out")
        return True

    def watch_trailing(self) -> bool:
        assert self.trail_best is not None
        turn_out = self.turn_out()
        assert turn_out is not None
        if self.better(self.worth(), self.price):
            self.trail_best = None
            return True
        if self.lost(turn_out):
            self.end("completed")
            return True
        if self.better(self.price, self.trail_best):
            self.trail_best = self.price
        return False

    def worth(self) -> Decimal:
        """Out of profit is below this, or below the target where that does not earn the fees."""
        level = self.average / (1 - self.r.taker if self.buys else 1 + self.r.taker)
        arm = self.arm()
        return arm if arm is not None and self.better(level, arm) else level

    def turn_out(self) -> Decimal | None:
        if self.trail_best is None or self.trail_by is None:
            return None
        part: Decimal = self.trail_by / 100
        return self.trail_best * (1 - part if self.buys else 1 + part)

    def arm(self) -> Decimal | None:
        if self.trail_by is None or not self.steps:
            return None
        last = len(self.s["take_profit"]["steps"])
        return next((step.price for step in self.steps if step.index == last), None)

    def watch_targets(self) -> bool:
        found = False
        for step in self.steps:
            if step.at_market and step.index not in self.hit and self.won(step.price):
                self.hit.add(step.index)
                found = True
        arm = self.arm()
        if self.trail_best is None and arm is not None and self.won(arm):
            self.trail_best = self.price
            found = True
        if found:
            self.arrange()
        return found

    # --- getting in

    def begin(self) -> None:
        self.deal = Outcome(self.bar)
        paid = self.s.get("price_paid")
        if paid is not None:
            self.bought = self.lots(self.s["amount"])
            self.paid = self.bought * paid
            self.is_in()
            return
        kind, price = self.entry["type"], self.entry.get("price")
        if kind == "market":
            self.enter_now()
        elif kind == "limit":
            self.enter_at(price)
        elif price is None:
            self.entry_best = self.x
        elif self.x == price:
            self.wait_from = "above"
        else:
            self.wait_from = "above" if self.x > price else "below"

    def size(self, price: Decimal) -> Decimal:
        amount = self.s["amount"]
        return rounded(amount / price if self.s.get("unit") == "quote" else amount, self.r.lot, ROUND_CEILING)

    def enter_now(self) -> None:
        amount = self.size(self.price)
        self.is_unsaid |= self.small(amount, self.price)
        self.fill("base", 0, self.way_in, "market", self.slipped(self.way_in), amount, self.r.taker)

    def enter_at(self, price: Decimal) -> None:
        price = self.on_tick(price, self.way_in)
        amount = self.size(price)
        self.is_unsaid |= self.small(amount, price)
        self.place("base", 0, self.way_in, price, amount)

    def is_in(self) -> None:
        assert self.deal is not None
        last = self.price
        if self.deal.fills and self.deal.fills[-1].type == "limit":
            last = self.deal.fills[-1].price
        if self.trade in ("buy", "sell"):
            self.over("completed", self.deal.fills[-1].at)
            return
        self.deal.status = "open"
        self.best = last
        self.origin = last if self.better(last, self.entry_price) else self.entry_price
        self.steps = self.share()
        if self.stop.get("trailing"):
            self.pin()
        self.arrange()

    def share(self) -> list[Step]:
        """Floor to the lot, the last takes what is left; what is too small gives its share on."""
        given = self.s.get("take_profit", {}).get("steps", [])
        left = self.lots(self.held)
        total = sum((one["share"] for one in given), D(0))
        made: list[Step] = []
        spare = used = D(0)
        for index, one in enumerate(given, 1):
            if "price" in one:
                price = one["price"]
            else:
                part = one["percent"] / 100
                price = self.entry_price * (1 + part if self.buys else 1 - part)
            price = self.on_tick(price, self.way_out)
            share = one["share"] + spare
            is_last = index == len(given)
            wanted = left - used if is_last else left * share / total
            amount = wanted if is_last else self.lots(wanted)
            at_market = one.get("type") == "market" or self.native
            if is_last and self.trail_by is not None:
                at_market = False
            if not self.small(wanted, price) and not self.small(amount, price):
                made.append(Step(index, share, price, at_market, amount))
                used += amount
                spare = D(0)
            elif not is_last:
                spare = share
            elif made:
                made[-1].amount += left - used
        return made

    # --- getting out

    def level(self) -> Decimal | None:
        """The stop loss in force: from the settings, where it trailed to, or the break-even."""
        found = [one for one in (self.set_level(), self.stop_pinned, self.even) if one is not None]
        if not found:
            return None
        return max(found) if self.buys else min(found)

    def set_level(self) -> Decimal | None:
        follows = self.stop.get("trailing", False)
        if "price" in self.stop:
            level: Decimal = self.stop["price"]
            if follows and self.better(self.origin, level) and self.better(self.best, self.origin):
                level = level * self.best / self.origin
            return level
        if "percent" not in self.stop:
            return None
        reference = self.entry_price
        if follows and self.better(self.best, reference):
            reference = self.best
        part: Decimal = self.stop["percent"] / 100
        return reference * (1 - part if self.buys else 1 + part)

    def pin(self) -> None:
        self.stop_pinned = self.level()

    def limit_of(self, level: Decimal) -> Decimal | None:
        if self.stop.get("type") != "limit":
            return None
        if "limit_price" in self.stop:
            price = level * self.stop["limit_price"] / self.stop["price"]
        else:
            part = self.stop.get("limit_percent", D(0)) / 100
            price = level * (1 - part if self.buys else 1 + part)
        return self.on_tick(price, self.way_out)

    def is_over(self) -> bool:
        return self.deal is not None and self.deal.closed is not None

    def arrange(self) -> None:
        """Have on the exchange what should be there now."""
        assert self.deal is not None
        if self.deal.status == "opening" or self.deal.closed is not None or self.ending:
            return
        self.resting = [one for one in self.resting if one.kind == "limit"]  # a stop is made anew below
        last = len(self.s.get("take_profit", {}).get("steps", []))
        promised = D(0)
        for step in list(self.steps):
            trails = step.index == last and self.trail_by is not None
            if step.index in self.hit:
                self.is_unsaid |= self.small(step.amount, self.price)
                self.steps.remove(step)
                self.fill(
                    "take_profit", step.index, self.way_out, "market", self.slipped(self.way_out), step.amount,
                    self.r.taker,
                )  # fmt: skip
                return
            if not step.at_market and not trails:
                promised += step.amount
                if not any(one.index == step.index for one in self.resting):
                    self.place("take_profit", step.index, self.way_out, step.price, step.amount)
                    if self.is_over() or step not in self.steps:
                        return
        level = self.level()
        if not self.native or level is None:
            return
        trigger = rounded(level, self.r.tick, ROUND_FLOOR if self.buys else ROUND_CEILING)
        amount = self.lots(self.held - promised)
        if self.small(amount, trigger):
            return
        one = Resting("stop_loss", 0, self.way_out, trigger, amount, "stop", self.limit_of(level))
        if self.came_down_to(trigger) if one.side == "sell" else self.came_up_to(trigger):
            self.stop_acts(one)
        else:
            self.resting.append(one)

    def end(self, status: str) -> None:
        assert self.deal is not None
        level = self.level()
        self.ending = status
        self.deal.status = "closing"
        self.resting = []
        amount = self.lots(self.held)
        if self.small(amount, self.price):
            self.is_unsaid |= self.sold == 0
            self.over(status, self.bar)
            return
        role = "take_profit" if status == "completed" else "stop_loss"
        limit = self.limit_of(level) if status == "stopped_out" and level is not None else None
        if limit is not None:
            self.is_unsaid |= self.small(amount, limit)
            self.place(role, 0, self.way_out, limit, amount)
            return
        index = len(self.s["take_profit"]["steps"]) if role == "take_profit" else 0
        self.fill(role, index, self.way_out, "market", self.slipped(self.way_out), amount, self.r.taker)

    def over(self, status: str, at: int) -> None:
        assert self.deal is not None
        self.deal.status, self.deal.closed = status, at
        self.resting = []

    # --- orders

    def slipped(self, side: str) -> Decimal:
        part = self.r.slippage / 100
        return self.price * (1 + part if side == "buy" else 1 - part)

    def takes(self, side: str, price: Decimal) -> bool:
        """A limit that is placed here trades at once."""
        gain = price - max(self.x, self.price) if side == "buy" else min(self.x, self.price) - price
        return gain > 0 or (gain == 0 and not self.r.through)

    def place(self, role: str, index: int, side: str, price: Decimal, amount: Decimal) -> None:
        if self.takes(side, price):
            self.fill(role, index, side, "limit", self.price, amount, self.r.taker)
        else:
            self.resting.append(Resting(role, index, side, price, amount))

    def fill(self, role: str, index: int, side: str, kind: str, price: Decimal, amount: Decimal, rate: Decimal) -> None:
        assert self.deal is not None
        fee = price * amount * rate
        self.deal.fills.append(Fill(role, index, side, kind, price, amount, self.bar, fee))
        if role == "base":
            self.bought, self.paid, self.fee_in = self.bought + amount, self.paid + price * amount, self.fee_in + fee
            if side == "buy" and self.r.in_coins:
                self.kept_back += amount * rate
            self.is_in()
            return
        self.sold += amount
        if kind == "limit" and self.trail_best is not None and not self.ending and self.better(self.worth(), price):
            self.trail_best = None
        if kind == "limit" and self.beyond is not None:
            level = self.level()
            if level is None or self.better(price, level):
                self.beyond = None
        if role == "stop_loss":
            self.ending = "stopped_out"
        if self.ending:
            self.over(self.ending, self.bar)
            return
        self.steps = [step for step in self.steps if step.index != index]
        self.move_even(index)
        if self.lots(self.held) <= 0 or (not self.steps and self.small(self.lots(self.held), self.price)):
            self.over("completed", self.bar)
            return
        self.arrange()

    def move_even(self, index: int) -> None:
        after = self.stop.get("breakeven_after")
        if after is None or index > after:
            return
        steps = self.s["take_profit"]["steps"]
        if index == 1:
            level = self.average
        else:
            before = steps[index - 2]
            part = before.get("percent", D(0)) / 100
            price = before.get("price", self.entry_price * (1 + part if self.buys else 1 - part))
            level = self.on_tick(price, self.way_out)
        if self.even is None or self.better(level, self.even):
            self.even = level


def expected_status(oracle: SmartOracle) -> str:
    """An open trade whose last target follows the price is said to be trailing."""
    assert oracle.deal is not None
    if oracle.deal.closed is None and oracle.ending:
        return "closing"
    if oracle.deal.status == "open" and oracle.trail_best is not None:
        return "trailing"
    return oracle.deal.status
