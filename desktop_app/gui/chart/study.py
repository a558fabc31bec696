"""What an indicator says over time, and the moments when conditions came true: data that the chart only paints."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_NO_MOMENTS: Ints = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One line of a study. `at` are the moments at which each value was known: the close of its candle, ms, rising."""

    name: str
    at: Ints
    values: Floats  # nan while not ready
    is_dotted: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """An indicator with the levels that a condition compares it to, and when that condition came true."""

    key: str
    title: str  # `RSI(14) 5m`
    step_ms: int  # the timeframe that it is computed on
    curves: tuple[Curve, ...]
    is_on_price: bool = False
    levels: tuple[float, ...] = ()
    fired: Ints = field(default_factory=lambda: _NO_MOMENTS)
    ready_at: int | None = None  # nothing is known before; None: ready throughout


@dataclass(frozen=True, slots=True, eq=False)
class Firings:
    """When a whole group of conditions came true. `colour` names a colour of the theme."""

    key: str
    text: str  # what to say about each of them; one line or several
    at: Ints
    ready_at: int | None = None
    colour: str = "accent"


def text_of(value: float, span: float) -> str:
    """A value with as many decimals as the range in sight can tell apart."""
    from desktop_app.gui import fmt

    if not math.isfinite(value):
        return fmt.UNKNOWN
    decimals = min(max(0, 2 - math.floor(math.log10(span))), 8) if span > 0 else 2
    return f"{value:,.{decimals}f}".replace("-", fmt.MINUS)


def value_known_at(curve: Curve, at: int) -> float:
    """The newest value that was known at a moment; nan before the first."""
    index = int(curve.at.searchsorted(at, "right")) - 1
    return float(curve.values[index]) if index >= 0 else math.nan


def thinned(at: Ints, values: Floats, most: int) -> tuple[Ints, Floats]:
    """At most about `most` points that keep every peak: lowest and highest of each stretch, in place of all of it."""
    per = math.ceil(2 * len(at) / max(most, 2))
    if per <= 2:
        return at, values
    starts = np.arange(0, len(at), per)
    low, high = np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)
    both = np.column_stack((low, high)).ravel()
    return np.repeat(at[starts], 2), both


def stepped(at: Ints, values: Floats) -> tuple[Ints, Floats]:
    """A staircase: each value holds until the next one is known."""
    if len(at) < 2:
        return at, values
    return np.repeat(at, 2)[1:], np.repeat(values, 2)[:-1]
