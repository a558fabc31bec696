"""What the trades of a real market would have done to orders that only exist here."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from desktop_app.core.change import replace
from desktop_app.core.events import Event
from desktop_app.core.market import HUNDRED, ONE, Market
from desktop_app.core.matching import Matcher, Point
from desktop_app.core.order import Order, OrderType, Side
from desktop_app.exchange.feed.teller import PublicTrade
from desktop_app.exchange.protocol import Book

QUEUE_SHARE = Decimal("0.5")  # of what trades at the very price of a limit; the rest goes to others in the queue
MOST_WAITING = 1_000  # trades of one pair that the account has not met yet

Levels = tuple[tuple[Decimal, Decimal], ...]


class PaperFloor:
    """Keeps the trades that reach an order until the account can meet them; all others are let pass at once."""

    def __init__(self, matcher: Callable[[], Matcher]) -> None:
        self._matcher = matcher
        self._waiting: dict[str, list[PublicTrade]] = {}

    def hear(self, trade: PublicTrade) -> bool:
        """True when it concerns an order."""
        below, above = self._matcher().levels(trade.symbol)
        if below is None and above is None:
            return False
        lowest, highest = _reach(trade)
        if (below is None or lowest > below) and (above is None or highest < above):
            return False
        waiting = self._waiting.setdefault(trade.symbol, [])
        waiting.append(trade)
        if len(waiting) > MOST_WAITING:
            # Nothing that an order could meet is lost with what lies between.
            extremes = (min(waiting, key=lambda one: _reach(one)[0]), max(waiting, key=lambda one: _reach(one)[1]))
            self._waiting[trade.symbol] = list(extremes)
        return True

    def take(self) -> list[PublicTrade]:
        """Those that are waiting, oldest first within each pair."""
        waiting, self._waiting = self._waiting, {}
        return [trade for trades in waiting.values() for trade in trades]

    def put_back(self, trades: Sequence[PublicTrade]) -> None:
        for trade in trades:
            self._waiting.setdefault(trade.symbol, []).append(trade)

    @property
    def is_waiting(self) -> bool:
        return bool(self._waiting)


def has_stops(matcher: Matcher, symbol: str) -> bool:
    return any(order.type is OrderType.STOP for order in matcher.orders(symbol))


def meet(matcher: Matcher, market: Market, trade: PublicTrade, at: int, book: Book | None) -> tuple[Event, ...]:
    """What a trade does to the resting orders of its pair.

    Who would sell at 99 has had everything bought that waited at 100; of what trades at 100 itself, others get a part.
    """
    bids, asks = (book.bids, book.asks) if book is not None else ((), ())

    def point(price: Decimal) -> Point:
        return Point(price, at, bids=bids, asks=asks)

    lowest, highest = _reach(trade)
    events: tuple[Event, ...] = ()
    below, above = matcher.levels(trade.symbol)
    if below is not None and lowest < below:
        events += matcher.reach(trade.symbol, point(lowest + market.price_tick))
    if above is not None and highest > above:
        events += matcher.reach(trade.symbol, point(highest - market.price_tick))
    below, above = matcher.levels(trade.symbol)
    if trade.amount and trade.price in {below, above}:
        events += matcher.reach(trade.symbol, point(trade.price), trade.amount * QUEUE_SHARE)
    for offer, level in ((trade.ask, below), (trade.bid, above)):
        # An offer at the very price of an order of ours would have been taken by it.
        if offer is not None and offer == level:
            events += matcher.reach(trade.symbol, point(offer))
    return events


def arrival(order: Order, price: Decimal, book: Book | None, at: int, slippage_percent: Decimal) -> Point:
    """The market that an order meets; without a book nothing of it is taken at once."""
    if book is None:
        nothing: Levels = ((_far(order), ONE),)
        return Point(price, at, bids=nothing, asks=nothing)
    slip = slippage_percent / HUNDRED if order.type is OrderType.MARKET else Decimal(0)
    bids = tuple((level * (ONE - slip), amount) for level, amount in book.bids)
    asks = tuple((level * (ONE + slip), amount) for level, amount in book.asks)
    best = asks if order.side is Side.BUY else bids
    return replace(Point(price, at, bids=bids, asks=asks), price=best[0][0] if best else price)


def may_take(order: Order, known: PublicTrade | None) -> bool:
    """Whether an order could trade the moment it arrives, as far as is known."""
    if order.type is not OrderType.LIMIT or order.price is None or known is None:
        return True
    if order.side is Side.BUY:
        return order.price >= min(known.price, known.ask or known.price)
    return order.price <= max(known.price, known.bid or known.price)


def _far(order: Order) -> Decimal:
    """A price at which nobody takes this order."""
    assert order.price is not None
    return order.price * 2 if order.side is Side.BUY else order.price / 2


def _reach(trade: PublicTrade) -> tuple[Decimal, Decimal]:
    """The lowest and the highest price at which somebody was ready to trade."""
    if not trade.amount:
        return trade.ask or trade.price, trade.bid or trade.price
    return trade.price, trade.price
