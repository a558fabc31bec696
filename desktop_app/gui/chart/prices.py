"""Prices as the market quotes them: snapped to its tick and shown with its decimals."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from desktop_app.gui import fmt
from desktop_app.gui.i18n import is_chinese


@dataclass(frozen=True, slots=True)
class PriceFormat:
    """The tick of one market."""

    tick: Decimal = Decimal("0.01")

    @property
    def decimals(self) -> int:
        return fmt.decimals_of(self.tick)

    def text(self, price: float | Decimal) -> str:
        """`63,120.00`: as `fmt.price`, but also for the floats a chart is made of."""
        return f"{price:,.{self.decimals}f}".replace("-", fmt.MINUS)

    def snapped(self, price: float | Decimal) -> Decimal:
        """The nearest price the exchange would accept, at least one tick."""
        exact = price if isinstance(price, Decimal) else Decimal(repr(float(price)))
        ticks = (exact / self.tick).quantize(Decimal(1), ROUND_HALF_EVEN)
        return (max(ticks, Decimal(1)) * self.tick).quantize(Decimal(1).scaleb(-self.decimals))


def percent_text(percent: float) -> str:
    return fmt.percent(Decimal(repr(float(percent))))


def volume_text(volume: float) -> str:
    return fmt.compact(Decimal(repr(float(volume))), chinese=is_chinese())
