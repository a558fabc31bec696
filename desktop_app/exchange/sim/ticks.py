"""The synthetic market as one stream of trades over many pairs, in the order in which they happen."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter

from desktop_app.core.columns import exact
from desktop_app.exchange.synthetic.market import SyntheticMarket

MINUTE_MS = 60_000

_at = attrgetter("at")


@dataclass(frozen=True, slots=True)
class SimTick:
    """A trade, or with volume 0 a quote that moved."""

    symbol: str
    at: int
    price: Decimal
    bid: Decimal
    ask: Decimal
    volume: Decimal


class TickStream:
    """Reads the market forward; each minute of a pair is made once."""

    def __init__(self, market: SyntheticMarket) -> None:
        self._market = market
        self._minutes: dict[str, tuple[int, list[SimTick]]] = {}

    def between(self, symbols: Iterable[str], after: int, until: int) -> list[SimTick]:
        """All ticks with after < at <= until, oldest first."""
        found: list[SimTick] = []
        for symbol in symbols:
            minute = after - after % MINUTE_MS
            while minute <= until:
                ticks = self._minute(symbol, minute)
                found += ticks[bisect_right(ticks, after, key=_at) : bisect_right(ticks, until, key=_at)]
                minute += MINUTE_MS
        found.sort(key=_at)
        return found

    def latest(self, symbol: str, at: int) -> SimTick:
        """The tick that is in force at a moment."""
        ticks = self._minute(symbol, at - at % MINUTE_MS)
        return ticks[bisect_right(ticks, at, key=_at) - 1]  # the first is at the full minute

    def next_at(self, symbols: Iterable[str], after: int) -> int:
        """The moment of the first tick later than `after`; at most one minute ahead."""
        minute = after - after % MINUTE_MS
        earliest = minute + MINUTE_MS
        for symbol in symbols:
            ticks = self._minute(symbol, minute)
            place = bisect_right(ticks, after, key=_at)
            if place < len(ticks):
                earliest = min(earliest, ticks[place].at)
        return earliest

    def _minute(self, symbol: str, minute: int) -> list[SimTick]:
        known = self._minutes.get(symbol)
        if known is not None and known[0] == minute:
            return known[1]
        columns = self._market.ticks(symbol, minute)
        ticks = [
            SimTick(symbol, at, exact(price), exact(bid), exact(ask), exact(volume))
            for at, price, bid, ask, volume in zip(
                columns.at.tolist(),
                columns.price.tolist(),
                columns.bid.tolist(),
                columns.ask.tolist(),
                columns.volume.tolist(),
                strict=True,
            )
        ]
        self._minutes[symbol] = (minute, ticks)
        return ticks
