"""What a bot with a strategy of the user's own remembers: its deals, and what the strategy has yet to be told."""

from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core.change import replace
from desktop_app.core.deal import Deal, DealStatus
from desktop_app.core.market import ONE, ZERO, Market
from desktop_app.core.order import Order, Role, Side
from desktop_app.core.strategies.own import Facts, Mine, Told

MOST_WAITING = 100  # happenings that a strategy has not been told of; the oldest are dropped beyond that


@dataclass(frozen=True, slots=True)
class Failure:
    """Why the strategy is asked no more: `code` ends a template's name, `place` is where in the file."""

    code: str
    place: str
    error: str


@dataclass(frozen=True, slots=True)
class Resting:
    """A sell order that should rest: placed once, when coins and cancels allow it."""

    name: str
    price: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class OwnDeal:
    """The run from the first coin bought to the last one sold."""

    deal: Deal
    serial: int = 0
    entries: int = 0  # buys made so far
    exits: int = 0  # limit sells made so far
    names: tuple[tuple[str, str], ...] = ()  # client id, what the strategy calls the order
    to_rest: tuple[Resting, ...] = ()
    doomed: tuple[str, ...] = ()  # client ids that are to be cancelled as soon as they are known to rest
    sell_now: Decimal = ZERO  # coins that are wanted out at market
    ending: DealStatus | None = None
    last: Decimal = ZERO
    refusals: int = 0
    blocked_until: int = 0  # exits that were refused are tried again then
    bar_end: int = 0

    @property
    def number(self) -> int:
        return self.deal.number

    def live(self, side: Side) -> tuple[Order, ...]:
        return tuple(order for order in self.deal.live_orders if order.side is side)

    def name_of(self, client_id: str) -> str:
        return next((name for known, name in self.names if known == client_id), "")

    def with_deal(self, **changes: object) -> "OwnDeal":
        return replace(self, deal=replace(self.deal, **changes))  # type: ignore[arg-type]

    def with_order(self, before: Order, after: Order) -> "OwnDeal":
        return self.with_deal(orders=tuple(after if order is before else order for order in self.deal.orders))

    def ends(self, status: DealStatus) -> "OwnDeal":
        """On the way to its end; whoever calls knows that it was not before."""
        return replace(self, ending=status, to_rest=()).with_deal(status=DealStatus.CLOSING)

    def bound(self, market: Market) -> Decimal:
        """Quote that is in coins, or may yet come to be."""
        resting = sum((order.remaining * (order.price or self.last) for order in self.live(Side.BUY)), ZERO)
        return self.deal.average * self.deal.held + resting * (ONE + market.taker_fee)


@dataclass(frozen=True, slots=True)
class OwnPair:
    """What outlives the deals on a pair."""

    symbol: str
    asks_at: int  # when the next candle closes
    due: int = 0  # when the candle closed that the strategy hears of with the next price
    price: Decimal = ZERO  # the pair's at the moment of the last happening
    priced_at: int = 0
    memory: str = "null"  # the strategy's own state, as JSON
    number: int = 0  # questions answered so far
    waiting: tuple[Told, ...] = ()
    saying: str = ""
    refusal: str = ""  # why its last buy was not made
    dust: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class OwnState:
    pairs: tuple[OwnPair, ...]
    deals: tuple[OwnDeal, ...] = ()
    next_number: int = 1
    deals_closed: int = 0
    is_paused: bool = False
    failure: Failure | None = None

    def pair(self, symbol: str) -> OwnPair:
        """Nothing yet of a pair that an edit added."""
        return next((pair for pair in self.pairs if pair.symbol == symbol), OwnPair(symbol, 0))

    def with_pair(self, changed: OwnPair) -> "OwnState":
        others = tuple(pair for pair in self.pairs if pair.symbol != changed.symbol)
        return replace(self, pairs=(*others, changed))

    def telling(self, symbol: str, told: Told) -> "OwnState":
        """The strategy hears of this with its next question; of a candle only the newest."""
        if self.failure is not None:
            return self
        pair = self.pair(symbol)
        kept = tuple(one for one in pair.waiting if not (one.kind == "candle" and told.kind == "candle"))
        return self.with_pair(replace(pair, waiting=(*kept[-MOST_WAITING + 1 :], told)))

    def deal_on(self, symbol: str) -> OwnDeal | None:
        return next((deal for deal in self.deals if deal.deal.symbol == symbol), None)

    def with_deal(self, changed: OwnDeal) -> "OwnState":
        return replace(self, deals=tuple(changed if deal.number == changed.number else deal for deal in self.deals))


def facts(state: OwnState, symbol: str, market: Market, budget: Decimal) -> Facts:
    """What the strategy may know of its own deal on a pair; while that is closing, as if it were over."""
    deal = state.deal_on(symbol)
    if deal is None or deal.ending is not None:
        return Facts(symbol, ZERO, ZERO, ZERO, ZERO if deal is not None else budget, None, (), state.is_paused)
    orders = tuple(
        Mine(deal.name_of(order.client_id), order.side.value, order.price, order.amount, order.filled)
        for order in deal.deal.live_orders
        if order.role is not Role.MANUAL
    )
    held = deal.deal.held
    invested = deal.deal.average * held
    left = max(ZERO, budget - deal.bound(market))
    return Facts(symbol, held, deal.deal.average, invested, left, deal.deal.stop_loss, orders, state.is_paused)
