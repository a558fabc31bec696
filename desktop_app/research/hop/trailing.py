"""A deal of the hop whose target is only where trailing begins."""

from decimal import Decimal
from math import floor

import numpy as np

from desktop_app.core import ladder
from desktop_app.core.order import Role
from desktop_app.research.hop.columns import Columns
from desktop_app.research.hop.deal import Deal
from desktop_app.research.hop.plan import comparable, surely_down

_FEW, _MANY = 128, 1024  # candles looked at in one go: few at first, for trailing mostly ends soon


class TrailingDeal(Deal):
    """While it trails, `above` is what is better than the best price, `below` where trailing closes or is undone."""

    __slots__ = ("_best", "_is_wide", "_lost")

    def _aim(self, price: float, reached: float) -> None:
        super()._aim(price, reached)
        self._best: float | None = None

    def next_touch(self, columns: Columns, start: int, stop: int) -> int:
        """While it trails: in which trailing may close or be undone. What is better before that is the best price."""
        if self._best is None:
            return super().next_touch(columns, start, stop)
        plan, count = self._plan, _FEW
        assert plan.trail is not None
        while start < stop:
            end = min(stop, start + count)
            best = np.maximum.accumulate(columns.highs[start:end])
            np.maximum(best, self._best, out=best)
            # A unit more than the level is surely more than what floats are off by.
            hits = columns.lows[start:end] <= np.maximum(best * plan.trail + 1, self._lost)
            found = int(hits.argmax())
            is_found = bool(hits[found])
            seen = found if is_found else end - start
            if seen and best[seen - 1] > self._best:
                self._reach(start, float(best[seen - 1]))
            if is_found:
                return start + found
            start, count = end, _MANY
        return stop

    def follow(self, i: int, open_: float, high: float, low: float, close: float) -> None:
        falls = open_ - low <= high - open_
        for end in (low, high, close) if falls else (high, low, close):
            if falls:
                if end <= self.below:
                    self._fall(i, end, is_jump=False)
                    if self.is_over:
                        return
            elif end >= self.above:
                self._reach(i, end)
            falls = not falls

    def _reach(self, _: int, price: float) -> None:
        """A best price so far: trailing begins, or closes higher."""
        plan, is_first = self._plan, self._best is None
        assert plan.trail is not None
        self._best, self.above = price, price + 1
        if is_first:
            self._lost = self._last_before_profit()
        low = surely_down(price * plan.trail)
        closing = low + 0.5 if low is not None else comparable(plan.side * (self._exact_closing() / plan.unit))
        self._is_wide = closing <= self._lost + 1 and self._exact_closing_is_wide()
        self.below = self._lost if self._is_wide else closing

    def _fall(self, i: int, end: float, *, is_jump: bool) -> None:
        if self._best is None:
            super()._fall(i, end, is_jump=is_jump)
            return
        if not self._is_wide and not (is_jump and end <= self._lost):
            start = self._plan.exactly(end) if is_jump else self._exact_closing()
            self.leave(i, Role.TAKE_PROFIT, 1, start)
            return
        self._best = None
        self.above, self.below = self._target, max(self._rung - self._plan.through, self._stop)
        if end <= self.below:
            super()._fall(i, end, is_jump=is_jump)

    def _last_before_profit(self) -> float:
        """The best price, a whole number, at which an exit would lose."""
        plan = self._plan
        money = plan.money
        average = plan.side * self.paid / (self.lots * money.price_parts * money.fee_parts)
        low = surely_down(average / (1 - plan.side * float(plan.market.taker_fee)))
        if low is None:
            units = plan.side * (self._exact_loss() / plan.unit)
            whole = floor(units)
            low = whole - 1 if units == whole else whole
        return min(low, self._target - 1)

    def _exact_closing(self) -> Decimal:
        plan, deviation = self._plan, self._plan.settings.take_profit.trailing_deviation
        assert deviation is not None and self._best is not None
        return ladder.retraced(plan.exactly(self._best), deviation, plan.settings.direction)

    def _exact_loss(self) -> Decimal:
        """Where an exit neither wins nor loses."""
        plan = self._plan
        average = self.position.average(plan.settings.direction)
        return ladder.out_of_profit_level(average, plan.settings.direction, plan.market.taker_fee)

    def _exact_closing_is_wide(self) -> bool:
        """Whether the price is out of profit before it has come back far enough to close."""
        plan = self._plan
        level = min(plan.side * self._exact_loss(), self._target * plan.unit)
        return plan.side * self._exact_closing() < level
