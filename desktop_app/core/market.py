"""Markets and what is known about their price, with the only rounding the program does."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from enum import StrEnum

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)

# A value this close to a grid point (as a part of the step) is that point: no 100.000…01 → 100.01.
_SNAP = Decimal("1e-9")
_WIDE = Context(prec=60)


class FeeCurrency(StrEnum):
    """What an exchange takes its fee in."""

    QUOTE = "quote"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class Market:
    """A pair on an exchange with its exact rules. Fees are fractions: 0.001 is 0.1 %."""

    symbol: str
    base: str
    quote: str
    price_tick: Decimal = Decimal("0.01")
    amount_step: Decimal = Decimal("0.00001")
    min_amount: Decimal = ZERO
    min_cost: Decimal = Decimal(5)
    maker_fee: Decimal = Decimal("0.001")
    taker_fee: Decimal = Decimal("0.001")
    fee_currency: FeeCurrency = FeeCurrency.QUOTE
    takes_stops: bool = True  # stop orders can rest there
    is_active: bool = True  # False: halted by the exchange; it takes cancels, but no orders

    def price_down(self, price: Decimal) -> Decimal:
        """The highest price on the tick that is not above `price`: where buy limits go."""
        return round_to(price, self.price_tick, ROUND_FLOOR)

    def price_up(self, price: Decimal) -> Decimal:
        """The lowest price on the tick that is not below `price`: where sell limits go."""
        return round_to(price, self.price_tick, ROUND_CEILING)

    def price_nearest(self, price: Decimal) -> Decimal:
        """The nearest price on the tick, half up: where grid lines go."""
        return round_to(price, self.price_tick, ROUND_HALF_UP)

    def amount_down(self, amount: Decimal) -> Decimal:
        return round_to(amount, self.amount_step, ROUND_FLOOR)

    def amount_up(self, amount: Decimal) -> Decimal:
        return round_to(amount, self.amount_step, ROUND_CEILING)

    def is_too_small(self, amount: Decimal, price: Decimal) -> bool:
        """Whether the exchange refuses an order of this amount at this price."""
        return amount <= 0 or amount < self.min_amount or amount * price < self.min_cost


def round_to(value: Decimal, step: Decimal, rounding: str) -> Decimal:
    """Round to a multiple of `step`; a value within 1e-9 of a step from a multiple is that multiple."""
    steps = _WIDE.divide(value, step)
    nearest = steps.to_integral_value(ROUND_HALF_UP)
    if abs(steps - nearest) > _SNAP:
        nearest = steps.to_integral_value(rounding)
    return _WIDE.multiply(nearest, step)


@dataclass(frozen=True, slots=True)
class Candle:
    """One candle; `at` is its opening moment, ms UTC; volume in base coins."""

    at: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account holds of one asset."""

    asset: str
    free: Decimal = ZERO
    locked: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.free + self.locked
