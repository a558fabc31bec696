"""The synthetic market trading through an account's resting orders, tick by tick."""

from decimal import Decimal

from desktop_app.core.events import Event
from desktop_app.core.matching import Point
from desktop_app.exchange.sim.account import SimAccount
from desktop_app.exchange.sim.records import Booked
from desktop_app.exchange.sim.ticks import SimTick, TickStream
from desktop_app.exchange.synthetic.market import SyntheticMarket

QUEUE_SHARE = Decimal("0.5")  # of what trades at the very price of a limit; the rest goes to others in the queue


class Floor:
    """Limits get their share of what is traded at or through their price; takers walk the book."""

    def __init__(self, market: SyntheticMarket, ticks: TickStream, account: SimAccount) -> None:
        self._market = market
        self._ticks = ticks
        self._account = account

    def point(self, symbol: str, at: int) -> Point:
        """The market that an order meets which arrives now."""
        return self._point(symbol, self._ticks.latest(symbol, at).price, at)

    def trade(self, tick: SimTick) -> Booked | None:
        """What a tick does to the resting orders of its pair."""
        matcher = self._account.matcher
        below, above = matcher.levels(tick.symbol)
        events: tuple[Event, ...] = ()
        if tick.volume and _is_reached(tick.price, tick.price, below, above):
            share = QUEUE_SHARE if tick.price in {below, above} else 1
            point = self._point(tick.symbol, tick.price, tick.at)
            events = matcher.reach(tick.symbol, point, tick.volume * share)
            below, above = matcher.levels(tick.symbol)
        # A quote that has moved over a limit has traded all of it.
        if _is_reached(tick.ask, tick.bid, below, above):
            price = tick.ask if below is not None and tick.ask <= below else tick.bid
            events += matcher.reach(tick.symbol, self._point(tick.symbol, price, tick.at))
        return self._account.book(events, tick.at) if events else None

    def _point(self, symbol: str, price: Decimal, at: int) -> Point:
        book = self._market.book(symbol, at)
        return Point(price, at, bids=book.bids, asks=book.asks)


def _is_reached(fallen: Decimal, risen: Decimal, below: Decimal | None, above: Decimal | None) -> bool:
    return (below is not None and fallen <= below) or (above is not None and risen >= above)
