"""Random numbers addressed by place instead of drawn in turn, so that any part of the market can be made alone."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_MASK = (1 << 64) - 1


class Stream(IntEnum):
    """What a stream of random numbers is for; values are part of the layout and never reused."""

    HOURS = 1
    MINUTE_VOLATILITY = 2
    PATH = 3
    TICK_DETAIL = 4
    BOOK = 5


def generator(seed: int, stream: Stream, index: int) -> np.random.Generator:
    """A Philox generator whose key is the place itself; nothing is carried from one place to the next."""
    place = (int(stream) << 56) | (index + (1 << 48))
    return np.random.Generator(np.random.Philox(key=np.array([seed & _MASK, place & _MASK], dtype=np.uint64)))


def autoregressive(noise: Floats, half_life: Floats | float) -> Floats:
    """Sum of the noise so far along the last axis, each part halved every `half_life` steps."""
    growth = np.exp2(np.arange(noise.shape[-1]) / half_life)
    return np.asarray(np.cumsum(noise * growth, axis=-1) / growth)


def scattered(seed: int, place: int, keys: Integers) -> Floats:
    """One uniform number in [0, 1) for each key: a hash, so that neighbours do not depend on who is asked first."""
    bits = keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    bits += np.uint64((seed * 0xD1B54A32D192ED03 + place * 0x8CB92BA72F3D8DD7) & _MASK)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        bits ^= bits >> np.uint64(shift)
        bits *= np.uint64(factor)
    bits ^= bits >> np.uint64(31)
    return np.asarray((bits >> np.uint64(11)).astype(np.float64) * 2.0**-53)
