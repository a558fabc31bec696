"""What a closed candle says about a condition, apart from how that is worked out: all that events know of it."""

from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum


class Outcome(IntEnum):
    """What a closed candle says about a condition."""

    NOT_READY = -1
    NO = 0
    YES = 1


@dataclass(frozen=True, slots=True)
class Reading:
    """True (or not) from one closed candle to the next of its timeframe.

    `value` and `against` are what was compared, rounded for people; `candles` is how many closed ones there are.
    """

    key: str
    outcome: Outcome
    value: Decimal | None = None
    against: Decimal | None = None
    candles: int = 0
