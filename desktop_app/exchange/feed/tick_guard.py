"""Keeps prices that cannot be true from everybody who would act on them."""

from decimal import Decimal
from enum import Enum

LARGEST_JUMP = Decimal("0.3")  # of the last price; a larger one must be confirmed by a second source


class Verdict(Enum):
    GOOD = "good"
    DOUBTFUL = "doubtful"  # may be true: ask another source
    ABSURD = "absurd"


def judge_price(price: Decimal, last: Decimal | None) -> Verdict:
    """What to make of a price that was heard; `last` is the newest one believed."""
    if not price.is_finite() or price <= 0:
        return Verdict.ABSURD
    if last is None or abs(price - last) <= last * LARGEST_JUMP:
        return Verdict.GOOD
    return Verdict.DOUBTFUL


def read_price(text: object) -> Decimal | None:
    """A price as an exchange writes it; None when it is none that can be true."""
    if text is None or isinstance(text, bool):
        return None
    try:
        price = text if isinstance(text, Decimal) else Decimal(str(text))
    except ArithmeticError:
        return None
    return price if price.is_finite() and price > 0 else None
