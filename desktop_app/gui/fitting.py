"""The number that a person would write for a price that was dragged to: the shortest that gives exactly that price."""

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal

_FINEST = 12  # decimals of a percent: finer than any tick


def shortest(guess: Decimal, fits: Callable[[Decimal], bool]) -> Decimal | None:
    """The number with the fewest decimals, near a guess, that fits exactly."""
    for places in range(2, _FINEST + 1):
        unit = Decimal(1).scaleb(-places)
        near = guess.quantize(unit, ROUND_HALF_EVEN)
        for value in (near, near - unit, near + unit):
            if fits(value):
                return value
    return None
