"""Numbers as exchanges send them: exact, finite and of the right sign, or not a number at all."""

from decimal import Decimal, InvalidOperation
from typing import Any

_MOST_DIGITS = 60
_PLAIN = frozenset("0123456789+-.eE")


def read_number(value: Any) -> Decimal | None:
    """The exact number, or None for anything that is none: "", NaN, infinity, digits of other scripts."""
    match value:
        case Decimal():
            number = value
        case bool() | None:
            return None
        case int():
            number = Decimal(value)
        case float():
            number = Decimal(repr(value))
        case str() if value and len(value) <= _MOST_DIGITS and set(value) <= _PLAIN:
            try:
                number = Decimal(value)
            except InvalidOperation:
                return None
        case _:
            return None
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
        return None
    return number


def read_amount(value: Any) -> Decimal | None:
    """A number that is not negative. Exchanges say "not available" by a negative one."""
    number = read_number(value)
    return number if number is not None and number >= 0 else None


def read_positive(value: Any) -> Decimal | None:
    number = read_number(value)
    return number if number is not None and number > 0 else None


def read_moment(value: Any) -> int | None:
    """A time in ms UTC."""
    number = read_amount(value)
    return int(number) if number else None


def tidy(number: Decimal) -> Decimal:
    """The same number without idle zeros or an exponent: 0.00001000 becomes 0.00001, 1E+3 becomes 1000."""
    shortest = number.normalize()
    exponent = shortest.as_tuple().exponent
    return shortest.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else shortest
