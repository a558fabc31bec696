"""Candles of a pretended exchange: the one under way."""

from dataclasses import dataclass, replace
from decimal import Decimal

from desktop_app.core.columns import TIMEFRAMES
from desktop_app.core.market import ZERO, Candle
from desktop_app.exchange.protocol import Refused


def timeframe_ms(timeframe: str) -> int:
    """Raises Refused when there is no such timeframe."""
    if timeframe not in TIMEFRAMES:
        raise Refused(f"there is no timeframe {timeframe!r}; there are {', '.join(TIMEFRAMES)}", "unknown_timeframe")
    return TIMEFRAMES[timeframe]


@dataclass(frozen=True, slots=True)
class Forming:
    """A candle under way."""

    candle: Candle

    @classmethod
    def opened(cls, at: int, price: Decimal, volume: Decimal = ZERO) -> "Forming":
        return cls(Candle(at, price, price, price, price, volume))

    def with_trade(self, price: Decimal, volume: Decimal) -> "Forming":
        candle = self.candle
        return Forming(
            replace(
                candle,
                high=max(candle.high, price),
                low=min(candle.low, price),
                close=price,
                volume=candle.volume + volume,
            )
        )
