"""One deal of the hop, from its first order to its exit: the levels that it waits at, and what it has paid."""

from decimal import Decimal
from math import floor, inf

from desktop_app.core import ladder
from desktop_app.core.deal import Position
from desktop_app.core.ladder import Sizing
from desktop_app.core.market import ZERO
from desktop_app.core.order import Role
from desktop_app.research.hop.columns import Columns
from desktop_app.research.hop.log import Trade
from desktop_app.research.hop.plan import FAR, NEAR, BeyondHop, Plan, comparable, surely_down

_MOST = 10**27  # more digits than the core's decimals keep


class Deal:
    """Prices are in units, signed (see Columns). `below` and `above` are those that it waits for; `paid` is money."""

    __slots__ = (
        "_base", "_base_paid", "_cost", "_extra", "_p0", "_plan", "_rung", "_rung_lots", "_scale", "_sizing", "_stop",
        "_target", "_trades", "above", "below", "closed", "fees", "is_over", "is_stopped_out", "lots", "opened_at",
        "paid", "profit", "safety",
    )  # fmt: skip

    def __init__(self, plan: Plan, trades: list[Trade], candle: int, at: int, price: float, sizing: Sizing) -> None:
        """Buys its base order where a candle opens."""
        self._plan, self._trades, self._sizing = plan, trades, sizing
        self._scale, self._extra = float(sizing.scale), float(sizing.extra) * plan.per_money
        self.opened_at, self.safety, self.is_over, self.is_stopped_out = at, 0, False, False
        units, money = int(price) * plan.side, plan.money
        lots = plan.base.surely(units, self._scale, self._extra)
        if lots is None:
            lots = self._exact_base(units)
        if lots < plan.least_lots or lots * units < plan.least_money:
            raise BeyondHop("a base order under the market's minimum")
        parts = units * money.slipped
        self.lots, self._base, self._cost = lots, (parts, lots), parts * lots
        self.paid = self._base_paid = self._cost * money.entry_taker
        self._p0 = price * plan.first
        trades.append(Trade(candle, Role.BASE, 0, parts, lots, self.paid))
        self._next_rung(price)
        self._aim(price, price)
        if self._stop >= price:
            raise BeyondHop("a stop loss that is reached at once")

    # --- the levels --------------------------------------------------------------------------------------------------

    def _next_rung(self, reached: float) -> None:
        """The rung that is next, below what the price has reached."""
        plan = self._plan
        if self.safety == len(plan.rungs):
            self._rung = -inf
            return
        step = plan.rungs[self.safety]
        raw = self._p0 * step.level
        price = floor(raw)
        lots = None
        if price and NEAR < raw - price < FAR:
            price *= plan.tick
            lots = step.volume.surely(price * plan.side, self._scale, self._extra)
        if lots is None:
            price, lots = self._exact_rung(step.number)
        lots = max(lots, plan.least_lots)
        if price >= reached or price * plan.side * lots < plan.least_money:
            raise BeyondHop("a rung that is bought at once, or by nobody")
        self._rung, self._rung_lots = price, lots

    def _aim(self, price: float, reached: float) -> None:
        """The levels after an entry at this price, where the price had come to `reached`."""
        plan, lots = self._plan, self.lots
        paid: float = self._cost if plan.is_target_of_entries else self.paid
        if plan.target_base:
            paid += plan.target_base * self._base_paid
        raw = paid / lots * plan.target
        below = floor(raw)
        self._target = target = (below + 1) * plan.tick if NEAR < raw - below < FAR else self._exact_target()
        if target <= price or target * plan.side * lots < plan.least_money:
            raise BeyondHop("a target that is reached at once, or too small")
        self.above: float = target + plan.through_target
        if plan.stop is None:
            self._stop = -inf
            self.below = self._rung - plan.through
            return
        self._stop = self._stop_level(plan.stop)
        if self._stop > reached:
            raise BeyondHop("a stop loss that an entry puts over the price")
        self.below = max(self._rung - plan.through, self._stop)

    def _stop_level(self, part: float) -> float:
        """A whole number where the level is one, else half a unit over the one below: that is reached just as it is."""
        plan, money = self._plan, self._plan.money
        basis, reference = plan.settings.stop_loss.basis, self._p0
        if basis != "start":
            paid = self._cost * money.fee_parts if basis == "entry" else self.paid
            reference = plan.side * paid / (self.lots * money.price_parts * money.fee_parts)
        low = surely_down(reference * part)
        if low is not None:
            return low + 0.5
        return comparable(plan.side * (self._exact_stop() / plan.unit))

    def next_touch(self, columns: Columns, start: int, stop: int) -> int:
        """The first candle of start…stop−1 in which something happens, else `stop`."""
        return columns.touching(start, stop, self.below, self.above)

    # --- the path ----------------------------------------------------------------------------------------------------

    def follow(self, i: int, open_: float, high: float, low: float, close: float) -> None:
        """The path of a candle from its open on."""
        if open_ - low > high - open_:
            if high >= self.above:
                self._reach(i, self._target)
                return
            high = close
        if low <= self.below:
            self._fall(i, low, is_jump=False)
        if not self.is_over and high >= self.above:
            self._reach(i, self._target)

    def jump(self, i: int, end: float) -> None:
        """To the open of a candle, where all trades that the price meets on the way are made."""
        if end <= self.below:
            self._fall(i, end, is_jump=True)
        elif end >= self.above:
            self._reach(i, end)

    def _fall(self, i: int, end: float, *, is_jump: bool) -> None:
        plan = self._plan
        money = plan.money
        while end <= self.below:
            level = self._rung - plan.through
            if level < self._stop:
                self.leave(i, Role.STOP_LOSS, 0, plan.exactly(end) if is_jump else self._exact_stop())
                return
            price, lots = end if is_jump else self._rung, self._rung_lots
            parts = int(price) * plan.side * money.price_parts
            cost = parts * lots
            paid = cost * money.entry_maker
            self.lots += lots
            self._cost += cost
            self.paid += paid
            self._trades.append(Trade(i, Role.SAFETY, plan.rungs[self.safety].number, parts, lots, paid))
            self.safety += 1
            self._next_rung(level)
            self._aim(price, level)

    def _reach(self, i: int, price: float) -> None:
        """Sells at the target, or where a jump lands beyond it."""
        plan, lots = self._plan, self.lots
        money = plan.money
        parts = int(price) * plan.side * money.price_parts
        cost = parts * lots
        got = cost * money.exit_maker
        if got > _MOST:
            raise BeyondHop("more digits than decimals keep")
        self._trades.append(Trade(i, Role.TAKE_PROFIT, 1, parts, lots, got))
        fees = plan.side * (self.paid - self._cost * money.fee_parts) + cost * money.maker
        self._close(i, plan.side * (got - self.paid) * money.unit, fees * money.unit)

    def leave(self, i: int, role: Role, number: int, start: Decimal) -> None:
        """At market, from this price."""
        plan, market = self._plan, self._plan.market
        amount = self.lots * market.amount_step
        if market.is_too_small(amount, start):
            raise BeyondHop("what is left is under the market's minimum")
        price = start * plan.exit_share
        cost = price * amount
        fee = cost * market.taker_fee
        self._trades.append(Trade(i, role, number, price, self.lots, float(plan.side * cost - fee)))
        position = self._position(self.lots, self._cost, self.paid, (amount, cost, fee))
        self.is_stopped_out = role is Role.STOP_LOSS
        self._close(i, position.cash(plan.settings.direction), position.fees)

    def _close(self, i: int, profit: Decimal, fees: Decimal) -> None:
        if self.paid > _MOST:
            raise BeyondHop("more digits than decimals keep")
        self.is_over, self.closed, self.profit, self.fees = True, i, profit, fees

    # --- exactly, as the core has it ---------------------------------------------------------------------------------

    @property
    def position(self) -> Position:
        return self._position(self.lots, self._cost, self.paid)

    def _position(
        self, lots: int, cost: int, paid: int, left: tuple[Decimal, Decimal, Decimal] = (ZERO, ZERO, ZERO)
    ) -> Position:
        """`left`: amount, cost and fee of what was exited."""
        plan, money = self._plan, self._plan.money
        fee = plan.side * (paid - cost * money.fee_parts) * money.unit
        return Position(lots * plan.market.amount_step, cost * money.fee_parts * money.unit, fee, *left)

    def _exact_p0(self) -> Decimal:
        return self._based().average(self._plan.settings.direction)

    def _based(self) -> Position:
        """After the base order."""
        parts, lots = self._base
        return self._position(lots, parts * lots, self._base_paid)

    def _exact_base(self, units: int) -> int:
        plan, base = self._plan, self._plan.settings.base_order
        amount = ladder.order_amount(base.volume, base.volume_unit, units * plan.unit, plan.market, self._sizing)
        return int(amount / plan.market.amount_step)

    def _exact_rung(self, number: int) -> tuple[int, int]:
        plan, settings, market = self._plan, self._plan.settings, self._plan.market
        made = ladder.make_ladder(
            self._exact_p0(), settings.direction, settings.safety_orders, market, self._sizing
        )  # fmt: skip
        rung = next((rung for rung in made.rungs if rung.index == number), None)
        if rung is None:
            raise BeyondHop("a rung below zero")
        return plan.side * int(rung.price / plan.unit), int(rung.amount / market.amount_step)

    def _exact_target(self) -> int:
        plan, settings, market = self._plan, self._plan.settings, self._plan.market
        profit, position = settings.take_profit, self.position
        (step,) = profit.targets
        if profit.basis == "entry":
            price = ladder.step_price(step, position.entry_price, settings.direction, market)
        else:
            base = self._based()
            price = ladder.take_profit_price(
                position, base.average(settings.direction), base.entry_amount, step.percent, profit,
                settings.direction, market, market.maker_fee if plan.trail is None else market.taker_fee,
            )  # fmt: skip
        return plan.side * int(price / plan.unit)

    def _exact_stop(self) -> Decimal:
        settings = self._plan.settings
        percent, basis = settings.stop_loss.percent, settings.stop_loss.basis
        assert percent is not None
        if basis == "start":
            reference = self._exact_p0()
        else:
            reference = self.position.entry_price if basis == "entry" else self.position.average(settings.direction)
        return ladder.retraced(reference, percent, settings.direction)
