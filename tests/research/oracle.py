"""A second, naive reading of the DCA bot and of how candles are walked, to hold the real one against.

Nothing here is shared with the program: one pair, one deal at a time, plain dicts in and out, slow on purpose.
Prices are walked in *signed* coordinates (a short's are negative), so that profit is always upwards.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, localcontext
from typing import Any, NamedTuple

D = Decimal
DIGITS = 50
PAST = D("1e-30")  # "strictly beyond" a level is this far beyond it


class Bar(NamedTuple):
    at: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal


@dataclass(frozen=True)
class Rules:
    """The market and how the past is played; fees are fractions."""

    tick: Decimal
    lot: Decimal
    min_amount: Decimal
    min_cost: Decimal
    maker: Decimal
    taker: Decimal
    timeframe: int
    in_coins: bool = False
    slippage: Decimal = D(0)
    through: int = 0


def rounded(value: Decimal, step: Decimal, mode: str) -> Decimal:
    steps = value / step
    near = (steps + D("0.5")).to_integral_value(ROUND_FLOOR)
    return (near if abs(steps - near) <= D("1e-9") else steps.to_integral_value(mode)) * step


@dataclass
class Limit:
    role: str
    index: int
    price: Decimal
    amount: Decimal
    stamp: int
    order: int = 0  # in the ladder, nearest first


@dataclass
class Fill:
    role: str
    index: int
    side: str
    type: str
    price: Decimal
    amount: Decimal
    at: int
    fee: Decimal


@dataclass
class Rung:
    """`averages` is False on the profit side."""

    index: int
    deviation: Decimal
    volume: Decimal
    averages: bool


class Move(NamedTuple):
    """Something that happens once the path has gone `far`; limits are class 0, triggers 1."""

    far: Decimal
    strictly_after: bool
    rank: int
    order: int
    act: Callable[[], None]


@dataclass
class Deal:
    opened: int
    rungs: list[Rung]
    scale: Decimal
    more: Decimal
    status: str = "opening"
    closed: int | None = None
    fills: list[Fill] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    triggers: list[Limit] = field(default_factory=list)
    waiting: list[Limit] = field(default_factory=list)
    trail: tuple[int, Decimal, Decimal] | None = None
    trail_best: Decimal | None = None
    sold: dict[int, Decimal] = field(default_factory=dict)
    best: Decimal = D(0)
    stop: Decimal | None = None
    floor: Decimal | None = None
    beyond_since: int | None = None


class Oracle:
    def __init__(self, settings: dict[str, Any], rules: Rules) -> None:
        self.s, self.r = settings, rules
        self.long = settings.get("direction", "long") == "long"
        self.g = D(1) if self.long else D(-1)
        self.safety = settings.get("safety_orders", {})
        self.tp, self.sl, self.lim = settings["take_profit"], settings.get("stop_loss", {}), settings.get("limits", {})
        self.steps = self.tp.get("steps") or [{"percent": self.tp["percent"], "share": D(100)}]
        self.deals: list[Deal] = []
        self.deal: Deal | None = None
        self.dust = D(0)
        self.profit = D(0)
        self.opened = 0
        self.is_stopped = False
        self.stamp = 0
        self.x = D(0)  # where the path is, signed
        self.landing: Decimal | None = None  # where a jump ends, signed
        self.bar_at = 0
        self.clock = 0
        self.free_at = 0
        self.levels: set[Decimal] = set()
        self.is_unsaid = False  # a close under the market's minimum: what then, the rules leave open

    # --- sums ---------------------------------------------------------------------------------------------------------

    def entries(self, deal: Deal) -> list[Fill]:
        return [f for f in deal.fills if (f.side == "buy") == self.long]

    def net(self, fills: list[Fill]) -> Decimal:
        return sum((f.price * f.amount + self.g * f.fee for f in fills), D(0))

    def average(self, deal: Deal) -> Decimal:
        got = self.entries(deal)
        return self.net(got) / sum(f.amount for f in got)

    def p0(self, deal: Deal) -> Decimal:
        base = deal.fills[0]
        return self.net([base]) / base.amount

    def coins(self, fill: Fill) -> Decimal:
        """What a fill of a long did to its coins."""
        if fill.side == "sell":
            return -fill.amount
        return fill.amount - (fill.fee / fill.price if self.r.in_coins else 0)

    def left(self, deal: Deal) -> Decimal:
        """Not yet closed: coins to sell, or to buy back."""
        if self.long:
            return self.dust + sum((self.coins(f) for f in deal.fills), D(0))
        return sum((f.amount if f.side == "sell" else -f.amount for f in deal.fills), D(0))

    def cash(self, deal: Deal) -> Decimal:
        total = D(0)
        for f in deal.fills:
            total += f.price * f.amount if f.side == "sell" else -f.price * f.amount
            if f.side == "sell" or not self.r.in_coins or not self.long:
                total -= f.fee
        return total

    def too_small(self, amount: Decimal, price: Decimal) -> bool:
        return amount <= 0 or amount < self.r.min_amount or amount * price < self.r.min_cost

    # --- ladder -------------------------------------------------------------------------------------------------------

    def entry_price(self, price: Decimal) -> Decimal:
        return rounded(price, self.r.tick, ROUND_FLOOR if self.long else ROUND_CEILING)

    def ladder(self) -> list[Rung]:
        """Signed deviations in percent of P0; not yet scaled."""
        if custom := self.safety.get("custom"):
            rungs = [Rung(i, c["deviation"], c["volume"], c["deviation"] * self.g < 0) for i, c in enumerate(custom, 1)]
            return sorted(rungs, key=lambda rung: abs(rung.deviation))
        rungs = []
        dev, width, volume = D(0), self.safety.get("price_deviation"), self.safety.get("volume")
        for k in range(1, self.safety.get("max_count", 0) + 1):
            dev += width
            rungs.append(Rung(k, -self.g * dev, volume, True))
            width, volume = width * self.safety.get("step_scale", D(1)), volume * self.safety.get("volume_scale", D(1))
        return rungs

    def existing(self, price: Decimal) -> list[Rung]:
        return [
            r for r in self.ladder() if r.deviation > -100 and self.entry_price(price * (1 + r.deviation / 100)) > 0
        ]

    def sizing(self, price: Decimal) -> tuple[Decimal, Decimal]:
        """By 1.6: what the next deal's volumes are multiplied with, and the quote added to each."""
        rungs, in_coins = self.existing(price), self.safety.get("volume_unit") == "base"
        levels = [price, *(price * (1 + rung.deviation / 100) for rung in rungs)]
        worths = [self.s["base_order"]["volume"] * (price if self.is_base_in_coins else 1)]
        worths += [r.volume * (level if in_coins else 1) for r, level in zip(rungs, levels[1:], strict=True)]
        least = [max(self.r.min_cost, self.r.min_amount * level) for level in levels]
        percent = self.s.get("reinvest_percent" if self.profit > 0 else "risk_reduction_percent", D(0))
        more = percent / 100 * self.profit
        if self.s.get("reinvest_mode") == "equal":
            each = more / len(worths)
            if each < 0:
                each = max(each, min(D(0), max(low - one for one, low in zip(worths, least, strict=True))))
            return D(1), each
        scale = 1 + more / sum(worths, D(0))
        if scale < 1:
            scale = max(scale, min(D(1), max(low / one for one, low in zip(worths, least, strict=True))))
        return scale, D(0)

    @property
    def is_base_in_coins(self) -> bool:
        return bool(self.s["base_order"].get("volume_unit") == "base")

    def amount(self, volume: Decimal, is_in_coins: bool, price: Decimal, scale: Decimal, more: Decimal) -> Decimal:
        coins = volume * scale if is_in_coins else volume * scale / price
        return rounded(coins + more / price, self.r.lot, ROUND_CEILING)

    # --- fills --------------------------------------------------------------------------------------------------------

    def fill(
        self, role: str, index: int, is_entry: bool, kind: str, price: Decimal, amount: Decimal, fee: Decimal
    ) -> None:
        side = "buy" if is_entry == self.long else "sell"
        assert self.deal is not None
        self.deal.fills.append(Fill(role, index, side, kind, price, amount, self.bar_at, price * amount * fee))

    def market(self, role: str, index: int, is_entry: bool, at: Decimal, amount: Decimal) -> None:
        worse = 1 if is_entry == self.long else -1
        self.fill(role, index, is_entry, "market", at * (1 + worse * self.r.slippage / 100), amount, self.r.taker)

    def price_here(self, level: Decimal | None = None) -> Decimal:
        """The price at which a market order fills: in a jump the open, else where the path is."""
        signed = self.landing if self.landing is not None else self.x if level is None else level
        return abs(signed)

    def after_base(self) -> None:
        deal = self.deal
        assert deal is not None
        deal.status, deal.best = "open", self.x if self.landing is None else self.landing
        p0 = self.p0(deal)
        for place, rung in enumerate(deal.rungs):
            level = self.entry_price(p0 * (1 + rung.deviation / 100))
            if rung.deviation <= -100 or level <= 0:
                continue
            in_coins = self.safety.get("volume_unit") == "base"
            amount = self.amount(rung.volume, in_coins, level, deal.scale, deal.more)
            amount = max(amount, rounded(self.r.min_amount, self.r.lot, ROUND_CEILING))
            (deal.waiting if rung.averages else deal.triggers).append(
                Limit("safety", rung.index, level, amount, 0, place)
            )
        self.place_rungs()
        self.plan_exit()

    def place_rungs(self) -> None:
        deal = self.deal
        assert deal is not None
        most = self.safety.get("max_active") or 10**9
        while deal.waiting and sum(o.role == "safety" for o in deal.limits) < most:
            order = deal.waiting.pop(0)
            order.stamp = self.stamp
            deal.limits.append(order)

    def step_price(self, i: int) -> Decimal:
        """1.3 for step i (from 0)."""
        deal = self.deal
        assert deal is not None
        got = self.entries(deal)
        part = self.net(got[:1]) / self.net(got) if self.tp.get("basis") == "base" else D(1)
        trails = self.tp.get("trailing_deviation") is not None and i == len(self.steps) - 1
        fee = self.r.taker if trails else self.r.maker
        exact = self.average(deal) * (1 + self.g * self.steps[i]["percent"] / 100 * part) / (1 - self.g * fee)
        return rounded(exact, self.r.tick, ROUND_CEILING if self.long else ROUND_FLOOR)

    def plan_exit(self) -> None:
        """Share what is left among the steps not yet sold, and rest them anew."""
        deal = self.deal
        assert deal is not None
        last = len(self.steps) - 1
        todo = [i for i in range(len(self.steps)) if i > max(deal.sold, default=-1)]
        left = rounded(self.left(deal), self.r.lot, ROUND_FLOOR)
        shares = sum((self.steps[i]["share"] for i in todo), D(0))
        amounts: dict[int, Decimal] = {}
        handed_on, rest = D(0), left
        for i in todo:
            share = self.steps[i]["share"] + handed_on
            exact = left * share / shares
            amount = rest if i == last else rounded(exact, self.r.lot, ROUND_FLOOR)
            if self.too_small(amount, self.step_price(i)):
                if i == last and amounts:
                    amounts[max(amounts)] += rest
                handed_on = share
                continue
            amounts[i], handed_on, rest = amount, D(0), rest - amount
        rested = {(o.index, o.price, o.amount): o.stamp for o in deal.limits if o.role == "take_profit"}
        deal.limits = [o for o in deal.limits if o.role != "take_profit"]
        deal.trail = None
        for i, amount in amounts.items():
            if i == last and self.tp.get("trailing_deviation") is not None:
                deal.trail = (i, self.step_price(i), amount)
            else:
                price = self.step_price(i)
                stamp = rested.get((i + 1, price, amount), self.stamp)  # nothing to move: it goes on resting
                deal.limits.append(Limit("take_profit", i + 1, price, amount, stamp))

    def limit_filled(self, order: Limit, price: Decimal, fee: Decimal) -> None:
        deal = self.deal
        assert deal is not None
        deal.limits.remove(order)
        self.fill(order.role, order.index, order.role != "take_profit", "limit", price, order.amount, fee)
        if order.role == "base":
            self.after_base()
        elif order.role == "safety":
            self.place_rungs()
            self.plan_exit()
        else:
            self.step_sold(order)

    def step_sold(self, order: Limit) -> None:
        deal = self.deal
        assert deal is not None
        i = order.index - 1
        deal.sold[i] = order.price
        if order.index <= (self.sl.get("breakeven_after") or 0):
            level = self.average(deal) if i == 0 else deal.sold.get(i - 1, self.step_price(i - 1))
            deal.floor = self.g * level if deal.floor is None else max(deal.floor, self.g * level)
        rests = deal.trail is not None or any(o.role == "take_profit" for o in deal.limits)
        if not rests:
            self.over("completed")

    def over(self, status: str) -> None:
        deal = self.deal
        assert deal is not None
        deal.status, deal.closed, deal.limits, deal.triggers = status, self.bar_at, [], []
        if self.long:
            self.dust = self.left(deal)
        self.profit += self.cash(deal)
        if status == "stopped_out" and self.sl.get("then") == "stop_bot":
            self.is_stopped = True
        self.free_at = self.bar_at + self.r.timeframe + 1000 * self.lim.get("cooldown_seconds", 0)
        self.deal = None

    def close(self, role: str, status: str, index: int = 0, level: Decimal | None = None) -> None:
        assert self.deal is not None
        amount = rounded(self.left(self.deal), self.r.lot, ROUND_FLOOR)
        if self.too_small(amount, self.price_here(level)):
            self.is_unsaid = True
        self.market(role, index, False, self.price_here(level), amount)
        self.over(status)

    # --- the path -----------------------------------------------------------------------------------------------------

    def met(self, level: Decimal, target: Decimal, falling: bool, strict: bool = False) -> Decimal | None:
        """How far the path goes from here until it is at or under `level` (over it: not `falling`); None: it is not."""
        turn = D(1) if falling else D(-1)

        def beyond(x: Decimal) -> bool:
            return turn * x < turn * level or (not strict and x == level)

        if self.landing is not None and not beyond(self.landing):
            return None
        if beyond(self.x):
            return D(0)
        if beyond(target):
            return abs(self.x - level)
        return None

    def moves(self, target: Decimal) -> Iterator[Move]:
        deal = self.deal
        if deal is None:
            return
        for order in deal.limits:
            yield from self.limit_moves(order, target)
        if deal.status not in {"open", "trailing"}:
            return
        for rung in deal.triggers:
            far = self.met(self.g * rung.price, target, falling=False)
            if far is not None:
                yield Move(far, False, 1, 10 + rung.order, lambda rung=rung: self.trigger_rung(rung))  # type: ignore[misc]
        yield from self.stop_moves(target)
        yield from self.trailing_moves(target)

    def limit_moves(self, order: Limit, target: Decimal) -> Iterator[Move]:
        falling = order.role != "take_profit"
        level = self.g * order.price
        turn = D(1) if falling else D(-1)
        here = self.x if self.landing is None else self.landing
        rank = order.index if falling else 500 + order.index
        # A new order is beyond the price if both the place on the path and, in a jump, its landing are past it.
        gain = turn * level - max(turn * here, turn * self.x)
        if order.stamp == self.stamp and (gain > 0 or (gain == 0 and not self.r.through)):
            price = abs(here)
            yield Move(D(0), False, 0, order.order - 1000, lambda: self.limit_filled(order, price, self.r.taker))
            return
        touch = level - turn * self.r.through * self.r.tick
        far = self.met(touch, target, falling)
        if far is not None:
            at = order.price if self.landing is None else abs(self.landing)
            yield Move(far, False, 0, rank, lambda: self.limit_filled(order, at, self.r.maker))

    def trigger_rung(self, rung: Limit) -> None:
        assert self.deal is not None
        self.deal.triggers.remove(rung)
        self.market("safety", rung.index, True, self.price_here(), rung.amount)
        self.plan_exit()

    def stop_level(self) -> Decimal | None:
        deal = self.deal
        assert deal is not None
        levels = [] if deal.floor is None else [deal.floor]
        if percent := self.sl.get("percent"):
            reference = self.g * (self.average(deal) if self.sl.get("basis") == "average" else self.p0(deal))
            if self.sl.get("trailing"):
                reference = max(reference, deal.best)
            level = reference - abs(reference) * percent / 100
            if self.sl.get("trailing"):
                deal.stop = level = level if deal.stop is None else max(level, deal.stop)
            levels.append(level)
        return max(levels, default=None)

    def stop_moves(self, target: Decimal) -> Iterator[Move]:
        deal, level = self.deal, self.stop_level()
        assert deal is not None
        if level is None:
            return
        if deal.beyond_since is not None:
            back = self.met(level, target, falling=False, strict=True)
            if back is not None:
                yield Move(back, True, 1, 0, lambda: setattr(deal, "beyond_since", None))
            return
        far = self.met(level, target, falling=True)
        if far is None:
            return
        if self.sl.get("timeout_seconds"):
            yield Move(far, False, 1, 0, lambda: setattr(deal, "beyond_since", self.clock))
        else:
            yield Move(far, False, 1, 0, lambda: self.close("stop_loss", "stopped_out"))

    def trailing_moves(self, target: Decimal) -> Iterator[Move]:
        deal = self.deal
        assert deal is not None
        if deal.trail is None:
            return
        if deal.trail_best is None:
            far = self.met(self.g * deal.trail[1], target, falling=False)
            if far is not None:
                yield Move(far, False, 1, 2, self.arm)
            return
        even = self.g * self.average(deal) / (1 - self.g * self.r.taker)
        undone = self.met(even, target, falling=True, strict=True)
        if undone is not None:
            yield Move(undone, True, 1, 3, self.undo)
            if self.landing is not None:
                return
        level = deal.trail_best - abs(deal.trail_best) * self.tp["trailing_deviation"] / 100
        far = self.met(level, target, falling=True)
        index = deal.trail[0] + 1
        if far is not None:
            yield Move(far, False, 1, 1, lambda: self.close("take_profit", "completed", index))

    def arm(self) -> None:
        assert self.deal is not None
        self.deal.status, self.deal.trail_best = "trailing", self.x if self.landing is None else self.landing

    def undo(self) -> None:
        assert self.deal is not None
        self.deal.status, self.deal.trail_best = "open", None

    def go(self, price: Decimal, *, is_jump: bool = False) -> None:
        """Walk one leg, doing whatever it meets in the order in which it meets it."""
        target = self.g * price
        self.landing = target if is_jump else None
        while True:
            self.look()
            self.note_levels()
            nearest = min(self.moves(target), key=lambda move: move[:4], default=None)
            if nearest is None:
                break
            far = nearest.far + (PAST if nearest.strictly_after and target != self.x else 0)
            if far:
                self.x += far if target > self.x else -far
                self.stamp += 1
                self.look()
            nearest.act()
        if self.x != target:
            self.x = target
            self.stamp += 1
        self.landing = None
        self.look()

    def note_levels(self) -> None:
        if self.deal is not None and self.deal.fills:
            self.levels |= {order.price for order in self.deal.limits + self.deal.triggers}
            stop = self.stop_level()
            self.levels |= set() if stop is None else {abs(stop)}

    def look(self) -> None:
        """Remember the best price; on a jump nobody traded on the way."""
        if self.deal is not None and self.deal.fills and self.landing is None:
            self.deal.best = max(self.deal.best, self.x)
            if self.deal.trail_best is not None:
                self.deal.trail_best = max(self.deal.trail_best, self.x)

    # --- candles ------------------------------------------------------------------------------------------------------

    def due(self) -> None:
        deal = self.deal
        if deal is None:
            return
        never = self.clock + 1
        waited, after = 1000 * self.sl.get("timeout_seconds", 0), self.lim.get("close_after_seconds")
        stops = never if deal.beyond_since is None else deal.beyond_since + waited
        times_out = deal.opened + 1000 * after if after else never
        if stops < never and stops <= times_out:
            self.close("stop_loss", "stopped_out")
        elif times_out < never:
            if deal.fills:
                self.close("close", "timed_out")
            else:
                self.over("timed_out")
                self.free_at -= self.r.timeframe

    def open_deal(self, price: Decimal) -> None:
        if self.is_stopped or self.opened >= (self.lim.get("stop_after_deals") or 10**9):
            return
        if self.clock < self.free_at + 1000 * self.lim.get("start_delay_seconds", 0) or self.bar_at < self.free_at:
            return
        if not (self.lim.get("min_price") or 0) <= price <= (self.lim.get("max_price") or price):
            return
        scale, more = self.sizing(price)
        if self.too_small(self.base_amount(price, scale, more), self.base_price(price)):
            return
        self.deal = Deal(self.bar_at, self.existing(price), scale, more)
        self.deals.append(self.deal)
        self.opened += 1
        self.base_order(price)

    def base_price(self, price: Decimal) -> Decimal:
        return self.entry_price(price) if self.s["base_order"].get("type") == "limit" else price

    def base_amount(self, price: Decimal, scale: Decimal, more: Decimal) -> Decimal:
        volume = self.s["base_order"]["volume"]
        return self.amount(volume, self.is_base_in_coins, self.base_price(price), scale, more)

    def base_order(self, price: Decimal) -> None:
        deal = self.deal
        assert deal is not None
        amount = self.base_amount(price, deal.scale, deal.more)
        if self.s["base_order"].get("type") == "limit":
            deal.limits = [Limit("base", 0, self.base_price(price), amount, self.stamp)]
        else:
            self.market("base", 0, True, price, amount)
            self.after_base()

    def run(self, bars: list[Bar]) -> list[Deal]:
        with localcontext(Context(prec=DIGITS)):
            self.free_at = bars[0].at
            self.x = self.g * bars[0].open
            for bar in bars:
                self.walk(bar)
            return [deal for deal in self.deals if deal.fills]

    def walk(self, bar: Bar) -> None:
        before = self.deal
        self.stamp += 1
        self.bar_at = self.clock = bar.at
        self.go(bar.open, is_jump=True)
        self.due()
        if self.deal is None and (before is None or not before.fills):
            self.open_deal(bar.open)
        elif self.deal is not None and not self.deal.fills:
            self.base_order(bar.open)
        self.go(bar.open)
        self.clock = bar.at + self.r.timeframe
        up, down = bar.high - bar.open, bar.open - bar.low
        high_first = up < down or (up == down and not self.long)
        for price in [bar.high, bar.low] if high_first else [bar.low, bar.high]:
            self.go(price)
        self.go(bar.close)
