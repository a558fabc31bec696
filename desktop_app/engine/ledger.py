"""What one bot has going: its deals, its live orders and the trades already counted."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from desktop_app.core.commands import Command, Tell
from desktop_app.core.deal import Deal
from desktop_app.core.events import Event, OrderCanceled, OrderFilled, OrderRejected
from desktop_app.core.order import Fill, Order, OrderStatus
from desktop_app.core.said import Said
from desktop_app.core.strategy import Step

_REMEMBERED_TRADES = 20_000


@dataclass(frozen=True, slots=True)
class Tracked:
    """A live order and the deal that it belongs to."""

    deal: int
    order: Order
    is_inherited: bool = False  # from before this start: its trades may be known to the database only


@dataclass(frozen=True, slots=True)
class Changes:
    """What one decision changes; the journal takes it whole."""

    deals: tuple[Deal, ...] = ()
    opened: tuple[Deal, ...] = ()
    closed: tuple[Deal, ...] = ()
    orders: tuple[tuple[int, Order], ...] = ()
    fills: tuple[tuple[int, str, Fill], ...] = ()
    tells: tuple[tuple[int, Said, bool], ...] = ()


class Ledger:
    """Compares a decision with what was known before; changed only after the journal has it."""

    def __init__(self) -> None:
        self.deals: dict[int, Deal] = {}
        self.live: dict[str, Tracked] = {}
        self._trades: OrderedDict[tuple[str, str], None] = OrderedDict()

    def load(self, deals: tuple[Deal, ...], live: dict[str, Tracked]) -> None:
        self.deals = {deal.number: deal for deal in deals}
        self.live = live
        self._trades.clear()

    def has_trade(self, symbol: str, trade_id: str) -> bool:
        return (symbol, trade_id) in self._trades

    def remember_trade(self, symbol: str, trade_id: str) -> None:
        self._trades[symbol, trade_id] = None
        while len(self._trades) > _REMEMBERED_TRADES:
            self._trades.popitem(last=False)

    def order_by_exchange_id(self, exchange_id: str) -> str:
        """Our id of an order that a trade names by the exchange's only; empty if there is none."""
        if not exchange_id:
            return ""
        return next((cid for cid, tracked in self.live.items() if tracked.order.exchange_id == exchange_id), "")

    def compare(self, event: Event, step: Step[Any], running: tuple[Deal, ...]) -> Changes:
        """What the step changes against what is known."""
        changed: list[Deal] = []
        opened: list[Deal] = []
        orders: list[tuple[int, Order]] = []
        for deal in (*running, *step.closed):
            known = self.deals.get(deal.number)
            if deal is known or deal == known:
                continue
            changed.append(deal)
            if known is None:
                opened.append(deal)
            self._compare_orders(event, known, deal, orders)
        return Changes(
            deals=tuple(changed),
            opened=tuple(opened),
            closed=step.closed,
            orders=tuple(orders),
            fills=self._fills(event, orders),
            tells=_tells(step.commands),
        )

    @property
    def begun(self) -> frozenset[int]:
        """The deals that have traded or have orders out: not a grid of which every line was refused."""
        out = {tracked.deal for tracked in self.live.values()}
        return frozenset(
            number
            for number, deal in self.deals.items()
            if number in out or deal.position.entry_amount or deal.position.exit_amount
        )

    def apply(self, changes: Changes) -> None:
        for deal in changes.deals:
            self.deals[deal.number] = deal
        for deal in changes.closed:
            self.deals.pop(deal.number, None)
        for number, order in changes.orders:
            if order.is_live:
                before = self.live.get(order.client_id)
                self.live[order.client_id] = Tracked(number, order, before is not None and before.is_inherited)
            else:
                self.live.pop(order.client_id, None)

    def _compare_orders(self, event: Event, known: Deal | None, deal: Deal, orders: list[tuple[int, Order]]) -> None:
        before = {order.client_id: order for order in known.orders} if known is not None else {}
        for order in deal.orders:
            old = before.pop(order.client_id, None)
            if order is not old and order != old:
                orders.append((deal.number, order))
        for client_id in before:
            tracked = self.live.get(client_id)
            ended = _ended(tracked.order, event) if tracked is not None else None
            if ended is not None:
                orders.append((deal.number, ended))

    def _fills(self, event: Event, orders: list[tuple[int, Order]]) -> tuple[tuple[int, str, Fill], ...]:
        if not isinstance(event, OrderFilled):
            return ()
        tracked = self.live.get(event.client_id)
        number = tracked.deal if tracked is not None else 0
        number = next((deal for deal, order in orders if order.client_id == event.client_id), number)
        return ((number, event.client_id, event.fill),)


def _ended(order: Order, event: Event) -> Order | None:
    """How an order ended that a deal no longer lists: what this event said of it, else it stays live for us."""
    if isinstance(event, OrderCanceled) and event.client_id == order.client_id:
        return order.becomes(OrderStatus.CANCELED, reason=event.reason)
    if isinstance(event, OrderRejected) and event.client_id == order.client_id:
        return order.becomes(OrderStatus.REJECTED, reason=event.reason)
    if isinstance(event, OrderFilled) and event.client_id == order.client_id:
        return order.with_fill(event.fill)
    return None


def _tells(commands: tuple[Command, ...]) -> tuple[tuple[int, Said, bool], ...]:
    return tuple((told.deal, told.said, told.is_problem) for told in commands if isinstance(told, Tell))
