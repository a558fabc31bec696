"""Numbers of 31 digits as pairs of floats, so that a kernel rounds where the core's decimals do.

After T. J. Dekker, "A floating-point technique for extending the available precision", Numerische Mathematik 18
(1971), and D. E. Knuth, "The Art of Computer Programming" 2, 4.2.2 (the exact sum of two floats). A pair is
(high, low) with |low| at most half a unit in the last place of high.
"""

from decimal import Context, Decimal
from functools import lru_cache
from math import floor

from desktop_app.research.kernel.jit import inner

Pair = tuple[float, float]

_SPLIT = 134217729.0  # 2**27 + 1
_SNAP = 1e-9  # bots.md 1.2: a value this close to a step is that step
_EXACT = Context(prec=60)
_DIGITS = Context(prec=28)


@inner
def two_sum(a: float, b: float) -> Pair:
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


@inner
def two_product(a: float, b: float) -> Pair:
    product = a * b
    wide = _SPLIT * a
    a_high = wide - (wide - a)
    a_low = a - a_high
    wide = _SPLIT * b
    b_high = wide - (wide - b)
    b_low = b - b_high
    return product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low


@inner
def plus(a: Pair, b: Pair) -> Pair:
    high, low = two_sum(a[0], b[0])
    tail, rest = two_sum(a[1], b[1])
    low += tail
    total = high + low
    low = low - (total - high)
    low += rest
    high = total + low
    return high, low - (high - total)


@inner
def minus(a: Pair, b: Pair) -> Pair:
    return plus(a, (-b[0], -b[1]))


@inner
def times(a: Pair, b: Pair) -> Pair:
    high, low = two_product(a[0], b[0])
    low += a[0] * b[1] + a[1] * b[0]
    total = high + low
    return total, low - (total - high)


@inner
def over(a: Pair, b: Pair) -> Pair:
    first = a[0] / b[0]
    rest = minus(a, times(b, (first, 0.0)))
    second = rest[0] / b[0]
    rest = minus(rest, times(b, (second, 0.0)))
    third = rest[0] / b[0]
    total, low = two_sum(first, second)
    return plus((total, low), (third, 0.0))


@inner
def less(a: Pair, b: Pair) -> bool:
    return a[0] < b[0] or (a[0] == b[0] and a[1] < b[1])


@inner
def same(a: Pair, b: Pair) -> bool:
    return a[0] == b[0] and a[1] == b[1]


@inner
def snapped(a: Pair) -> Pair:
    """A level that is a whole number but for what two floats cannot hold, as that number."""
    near = floor(a[0] + 0.5)
    if abs((a[0] - near) + a[1]) < 1e-12:
        return near, 0.0
    return a


@inner
def settles(near: float) -> bool:
    """Whether rounding this float, wrong by a few units in its last place, is beyond doubt."""
    gap = near - floor(near)
    doubt = 2.0 * _SNAP + abs(near) * 1e-14
    return doubt < gap < 1.0 - doubt


@inner
def steps_down(a: Pair) -> float:
    """Whole steps in `a`, rounded down but for the snap."""
    near = floor(a[0] + 0.5)
    gap = (a[0] - near) + a[1]
    if abs(gap) <= _SNAP or gap > 0:
        return near
    return near - 1.0


@inner
def steps_up(a: Pair) -> float:
    near = floor(a[0] + 0.5)
    gap = (a[0] - near) + a[1]
    if abs(gap) <= _SNAP or gap < 0:
        return near
    return near + 1.0


@lru_cache(maxsize=1 << 14)
def pair(value: Decimal) -> Pair:
    """The nearest pair; exact up to 31 digits."""
    high = float(value)
    return high, float(_EXACT.subtract(value, Decimal(high)))


def decimal(value: Pair) -> Decimal:
    """The pair to 28 digits, as the core keeps what does not end."""
    return _DIGITS.plus(_EXACT.add(Decimal(value[0]), Decimal(value[1])))
