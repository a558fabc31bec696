"""An account on a pretended exchange: what rests, what is held, and what became of every order."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from desktop_app.core.events import Event, OrderAccepted, OrderCanceled, OrderFilled, OrderRejected
from desktop_app.core.market import Balance, Market
from desktop_app.core.matching import (
    DUPLICATE_ID,
    NO_FUNDS,
    NO_PRICE,
    OFF_LOT,
    OFF_TICK,
    TOO_SMALL,
    UNKNOWN_PAIR,
    Matcher,
    MatcherState,
    MatchRules,
    Point,
    Resting,
)
from desktop_app.core.order import Order, OrderStatus
from desktop_app.exchange.protocol import OrderReport, Refused, TradeReport
from desktop_app.exchange.sim.records import Began, Booked, Clock, Kept, Place, Record

KEPT_ORDERS = 5_000  # finished ones that can still be asked for
KEPT_TRADES = 10_000

CODES = {
    UNKNOWN_PAIR: "unknown_symbol",
    DUPLICATE_ID: "duplicate_client_id",
    NO_PRICE: "no_price",
    OFF_TICK: "price_off_tick",
    OFF_LOT: "amount_off_step",
    TOO_SMALL: "too_small",
    NO_FUNDS: "insufficient_funds",
}


class SimAccount:
    """A matcher with a memory. Each change gives the record that tells of it, and records make the same account again.

    What a record tells is true at once for whoever asks here: write it down before anything is told outside.
    """

    def __init__(self, records: Iterable[Record], markets: Mapping[str, Market], rules: MatchRules) -> None:
        """Raises ValueError: the records are not those of an account."""
        self._markets = markets
        self._changed_at: dict[str, int] = {}
        self._orders: dict[str, Order] = {}  # those that rest
        self._finished: dict[str, Order] = {}
        self._trades: deque[TradeReport] = deque(maxlen=KEPT_TRADES)
        self.place: Place | None = None
        self.began, self.clock, self.at, state = self._restore(iter(records))
        missing = sorted({one.order.symbol for one in state.resting} - markets.keys())
        if missing:
            raise ValueError(f"orders rest on a pair that is not there: {', '.join(missing)}")
        self.matcher = Matcher.from_state(state, markets.values(), rules)

    # Questions

    def order(self, client_id: str) -> OrderReport | None:
        order = self._orders.get(client_id) or self._finished.get(client_id)
        return None if order is None else self._report(order)

    def open_orders(self) -> Sequence[OrderReport]:
        """Oldest first."""
        return tuple(self._report(order) for order in self._orders.values())

    def resting_symbols(self) -> Iterable[str]:
        return {order.symbol: None for order in self._orders.values()}

    def trades_since(self, symbol: str, at: int) -> Sequence[TradeReport]:
        return tuple(trade for trade in self._trades if trade.symbol == symbol and trade.at >= at)

    def balances(self) -> Mapping[str, Balance]:
        return {balance.asset: balance for balance in self.matcher.balances()}

    def snapshot(self) -> Kept:
        return Kept(
            began=self.began,
            clock=self.clock,
            at=self.at,
            matcher=self.matcher.state(),
            finished=tuple((self._changed_at[order.client_id], order) for order in self._finished.values()),
            rested=tuple((self._changed_at[client_id], client_id) for client_id in self._orders),
            trades=tuple(self._trades),
            place=self.place,
        )

    # Changes

    def take(self, order: Order, point: Point) -> Booked:
        """Place an order.

        Raises:
            Refused: it was not taken; nothing changed.
        """
        if order.client_id in self._finished:
            raise Refused(DUPLICATE_ID, CODES[DUPLICATE_ID])
        events = self.matcher.place(order, point)
        first = events[0]
        if isinstance(first, OrderRejected):
            raise Refused(first.reason, CODES[first.reason])
        assert isinstance(first, OrderAccepted)
        self._orders[order.client_id] = order.becomes(
            OrderStatus.OPEN, exchange_id=first.exchange_id, placed_at=first.at
        )
        return self.book(events, first.at)

    def cancel(self, client_id: str, at: int) -> Booked | None:
        """Take an order out of the book; None when it rests no longer."""
        return self.book(self.matcher.cancel(client_id, at), at) if client_id in self._orders else None

    def book(self, events: Sequence[Event], at: int) -> Booked:
        """Remember what the matcher says has happened."""
        changed: dict[str, None] = {}
        trades: list[TradeReport] = []
        for event in events:
            assert isinstance(event, OrderAccepted | OrderFilled | OrderCanceled)
            changed[event.client_id] = None
            order = self._orders[event.client_id]
            if isinstance(event, OrderFilled):
                trades.append(
                    TradeReport(order.client_id, order.exchange_id, order.symbol, event.fill, event.at, event.bar_end)
                )
                order = order.with_fill(event.fill)
            elif isinstance(event, OrderCanceled):
                order = order.becomes(OrderStatus.CANCELED, reason=event.reason)
            self._orders[event.client_id] = order
        orders = tuple(self._orders[client_id] for client_id in changed)
        state = self.matcher.state()
        booked = Booked(
            at=at,
            orders=orders,
            trades=tuple(trades),
            rests=tuple(one for one in state.resting if one.order.client_id in changed),
            totals=self._touched(orders, state),
            next_order=state.next_order,
            next_trade=state.next_trade,
            place=self.place,
        )
        self._remember(booked)
        return booked

    def tick(self, at: int, until: int) -> Clock:
        """Remember how far the market has come, and how far the clock may."""
        self.clock = clock = Clock(at, until, self.place)
        self.at = max(self.at, clock.at)
        return clock

    def reports(self, booked: Booked) -> Sequence[OrderReport]:
        """The orders of a record as they are told."""
        return tuple(_report(order, booked.at) for order in booked.orders)

    def use_markets(self, markets: Mapping[str, Market], rules: MatchRules) -> None:
        """The rules of the pairs have changed; pairs with resting orders must still be among them."""
        self._markets = markets
        self.matcher = Matcher.from_state(self.matcher.state(), markets.values(), rules)

    # From records

    def _restore(self, records: Iterable[Record]) -> tuple[Began, Clock, int, MatcherState]:
        began: Began | None = None
        clock, at = Clock(0, 0), 0
        state = MatcherState()
        resting: dict[str, Resting] = {}
        for record in records:
            match record:
                case Began():
                    began, clock, state = record, Clock(record.at, record.at), MatcherState(totals=record.balance)
                case Kept():
                    began, clock, state = record.began, record.clock, record.matcher
                    resting = {one.order.client_id: one for one in state.resting}
                    self._recall(record)
                case Clock():
                    clock = record
                    self.place = record.place
                case Booked():
                    for order in record.orders:
                        resting.pop(order.client_id, None)
                    resting.update((one.order.client_id, one) for one in record.rests)
                    totals = {one.asset: one for one in (*(state.totals or ()), *record.totals)}
                    state = MatcherState(record.next_order, record.next_trade, tuple(totals.values()))
                    self._remember(record)
            at = max(at, record.at)
        if began is None:
            raise ValueError("it does not say how the account began")
        return began, clock, at, replace(state, resting=tuple(resting.values()))

    def _recall(self, kept: Kept) -> None:
        self.place = kept.place
        self._trades.extend(kept.trades)
        for at, order in kept.finished:
            self._finished[order.client_id] = order
            self._changed_at[order.client_id] = at
        orders = {one.order.client_id: one.order for one in kept.matcher.resting}
        for at, client_id in kept.rested:
            self._orders[client_id] = orders[client_id]
            self._changed_at[client_id] = at

    def _remember(self, booked: Booked) -> None:
        self.place = booked.place
        self.at = booked.at
        self._trades.extend(booked.trades)
        for order in booked.orders:
            self._changed_at[order.client_id] = booked.at
            if order.is_live:
                self._orders[order.client_id] = order
            else:
                self._orders.pop(order.client_id, None)
                self._finished[order.client_id] = order
        while len(self._finished) > KEPT_ORDERS:
            oldest = next(iter(self._finished))
            del self._finished[oldest], self._changed_at[oldest]

    def _report(self, order: Order) -> OrderReport:
        return _report(order, self._changed_at[order.client_id])

    def _touched(self, orders: Iterable[Order], state: MatcherState) -> tuple[Balance, ...]:
        markets = [self._markets[order.symbol] for order in orders]
        assets = {asset for market in markets for asset in (market.base, market.quote)}
        return tuple(total for total in state.totals or () if total.asset in assets)


def _report(order: Order, at: int) -> OrderReport:
    return OrderReport(
        client_id=order.client_id,
        exchange_id=order.exchange_id,
        symbol=order.symbol,
        side=order.side,
        type=order.type,
        amount=order.amount,
        filled=order.filled,
        status=order.status,
        at=at,
        price=order.price,
        reason=order.reason,
    )
