"""A bot for tests: buys at market, adds one safety order below, sells all above."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from desktop_app.core.client_id import BotIdentity, Origin, make_client_id
from desktop_app.core.commands import CancelOrder, Command, PlaceOrder, Tell
from desktop_app.core.deal import Deal, DealStatus, Direction
from desktop_app.core.events import (
    CancelDeal,
    CancelRefused,
    CloseDeal,
    Event,
    OrderAccepted,
    OrderCanceled,
    OrderFilled,
    OrderRejected,
    PauseBot,
    PriceTick,
    ResumeBot,
    UserAsked,
)
from desktop_app.core.market import ZERO, Market
from desktop_app.core.order import Order, OrderStatus, OrderType, Role, Side
from desktop_app.core.said import Said, said
from desktop_app.core.settings import Positive, Settings
from desktop_app.core.strategies import Kind
from desktop_app.core.strategy import Step, Watch
from tests.fakes import FEE


class ToySettings(Settings, frozen=True):
    """What a toy can be told. `explode_at`: the price at which it has a bug."""

    volume: Positive = Decimal(100)
    safety: bool = True
    take_profit_percent: Positive = Decimal(1)
    deals: int = 1_000
    explode_at: Decimal | None = None
    remembers: bool = False


@dataclass(frozen=True, slots=True)
class ToyDeal:
    deal: Deal
    serial: int = 0
    ending: DealStatus | None = None


@dataclass(frozen=True, slots=True)
class ToyState:
    deal: ToyDeal | None = None
    number: int = 0
    is_paused: bool = False
    last: Decimal = ZERO


@dataclass(frozen=True)
class ToyBot:
    """Small, but with everything that makes recovery hard: several orders, cancel and replace, partial fills."""

    who: BotIdentity
    settings: ToySettings
    markets: Mapping[str, Market]

    @property
    def bot_id(self) -> int:
        return self.who.bot_id

    @property
    def symbols(self) -> tuple[str, ...]:
        return self.settings.pairs

    def first_state(self, at: int) -> ToyState:
        return ToyState()

    def watch(self, state: ToyState, symbol: str) -> Watch:
        opens = state.deal is None and not state.is_paused and state.number < self.settings.deals
        below = self.settings.explode_at if symbol == self.symbols[0] else None
        return Watch(below=below, wants_open=opens and symbol == self.symbols[0], follows=self.settings.remembers)

    def wake_at(self, state: ToyState) -> int | None:
        return None

    def deals(self, state: ToyState) -> tuple[Deal, ...]:
        return (state.deal.deal,) if state.deal is not None else ()

    def why(self, state: ToyState, symbol: str, at: int, price: Decimal | None) -> Said:
        return said("toy")

    def funds_needed(self, state: ToyState, symbol: str, price: Decimal) -> Decimal:
        return ZERO if state.deal is not None else self.settings.volume * 2

    def is_done(self, state: ToyState) -> bool:
        return state.deal is None and state.number >= self.settings.deals

    def on_event(self, state: ToyState, event: Event) -> Step[ToyState]:
        match event:
            case PriceTick():
                return self._on_tick(state, event)
            case UserAsked():
                return self._on_ask(state, event)
            case OrderAccepted():
                return self._on_order(state, event.client_id, event.at, lambda order: _accepted(order, event))
            case OrderFilled():
                return self._on_order(
                    state, event.client_id, event.at, lambda order: order.with_fill(event.fill), event
                )
            case OrderCanceled():
                change = lambda order: order.becomes(OrderStatus.CANCELED, reason=event.reason)  # noqa: E731
                return self._on_order(state, event.client_id, event.at, change)
            case OrderRejected():
                change = lambda order: order.becomes(OrderStatus.REJECTED, reason=event.reason)  # noqa: E731
                return self._on_order(state, event.client_id, event.at, change)
            case CancelRefused():
                change = lambda order: order.becomes(OrderStatus.OPEN)  # noqa: E731
                return self._on_order(state, event.client_id, event.at, change)
            case _:
                return Step(state)

    def _on_tick(self, state: ToyState, tick: PriceTick) -> Step[ToyState]:
        explode_at = self.settings.explode_at
        if explode_at is not None and tick.price <= explode_at:
            raise ZeroDivisionError("a bug of the toy")
        may_open = state.deal is None and not state.is_paused and state.number < self.settings.deals
        if not may_open or not tick.opens or tick.symbol != self.symbols[0]:
            return Step(replace(state, last=tick.price), is_minor=True) if self.settings.remembers else Step(state)
        deal = ToyDeal(Deal(state.number + 1, tick.symbol, Direction.LONG, DealStatus.OPENING, opened_at=tick.at))
        market = self.markets[tick.symbol]
        amount = market.amount_up(self.settings.volume / tick.price)
        deal, command = self._place(deal, Role.BASE, Side.BUY, OrderType.MARKET, amount, None, tick.at)
        return Step(replace(state, deal=deal, number=state.number + 1), (command,))

    def _on_ask(self, state: ToyState, event: UserAsked) -> Step[ToyState]:
        ask = event.ask
        if isinstance(ask, PauseBot):
            return Step(replace(state, is_paused=True))
        if isinstance(ask, ResumeBot):
            return Step(replace(state, is_paused=False))
        if isinstance(ask, CloseDeal | CancelDeal):
            if state.deal is None or state.deal.deal.number != ask.deal:
                return Step(state, (Tell(said("no_deal"), is_problem=True),))
            ending = DealStatus.CLOSED_BY_USER if isinstance(ask, CloseDeal) else DealStatus.CANCELLED
            deal = replace(state.deal, ending=ending, deal=replace(state.deal.deal, status=DealStatus.CLOSING))
            return self._plan(replace(state, deal=deal), deal, event.at)
        return Step(state)

    def _on_order(
        self, state: ToyState, client_id: str, at: int, change: Any, filled: OrderFilled | None = None
    ) -> Step[ToyState]:
        deal = state.deal
        if deal is not None and filled is not None and filled.returned is not None and not deal.deal.order(client_id):
            deal = replace(deal, deal=replace(deal.deal, orders=(*deal.deal.orders, filled.returned[1])))
        order = deal.deal.order(client_id) if deal is not None else None
        if deal is None or order is None:
            return Step(state, (Tell(said("unknown_order"), is_problem=True),))
        after = change(order)
        orders = tuple(after if o.client_id == client_id else o for o in deal.deal.orders)
        orders = tuple(o for o in orders if o.is_live or o.filled)
        position = deal.deal.position
        if filled is not None:
            position = position.with_fill(filled.fill, is_entry=order.side is Side.BUY)
        deal = replace(deal, deal=replace(deal.deal, orders=orders, position=position))
        return self._plan(replace(state, deal=deal), deal, at)

    def _plan(self, state: ToyState, deal: ToyDeal, at: int) -> Step[ToyState]:
        """Everything follows from what is held and what rests."""
        commands: list[Command] = []
        live = deal.deal.live_orders
        market = self.markets[deal.deal.symbol]
        held = market.amount_down(deal.deal.held)
        if deal.ending is not None:
            return self._end(state, deal, deal.ending, at)
        if deal.deal.status is DealStatus.OPENING:
            if not live and not held:
                return self._over(state, deal, DealStatus.FAILED, commands, at)
            if not live:
                deal = replace(deal, deal=replace(deal.deal, status=DealStatus.OPEN))
                if self.settings.safety:
                    price = market.price_down(deal.deal.average * Decimal("0.98"))
                    amount = market.amount_up(self.settings.volume / price)
                    deal, command = self._place(deal, Role.SAFETY, Side.BUY, OrderType.LIMIT, amount, price, at)
                    commands.append(command)
        if deal.ending is None and deal.deal.status is DealStatus.OPEN:
            exits = [order for order in deal.deal.live_orders if order.role is Role.TAKE_PROFIT]
            if not held and not exits:
                deal = replace(deal, ending=DealStatus.COMPLETED)
                return self._merged(commands, self._plan(state, deal, at))
            if not exits:
                factor = 1 + self.settings.take_profit_percent / 100
                price = market.price_up(deal.deal.average * factor / (1 - FEE))
                deal, command = self._place(deal, Role.TAKE_PROFIT, Side.SELL, OrderType.LIMIT, held, price, at)
                commands.append(command)
            elif exits[0].remaining != held and exits[0].status is OrderStatus.OPEN:
                deal = _with(deal, exits[0].becomes(OrderStatus.CANCELING))
                commands.append(CancelOrder(exits[0].client_id, exits[0].symbol, deal.deal.number))
        return Step(replace(state, deal=deal), tuple(commands))

    def _end(self, state: ToyState, deal: ToyDeal, ending: DealStatus, at: int) -> Step[ToyState]:
        commands: list[Command] = []
        live = deal.deal.live_orders
        held = self.markets[deal.deal.symbol].amount_down(deal.deal.held)
        for order in live:
            if order.role is not Role.CLOSE and order.status in (OrderStatus.OPEN, OrderStatus.PENDING):
                deal = _with(deal, order.becomes(OrderStatus.CANCELING))
                commands.append(CancelOrder(order.client_id, order.symbol, deal.deal.number))
        if not live and (ending is DealStatus.CANCELLED or not held):
            return self._over(state, deal, ending, commands, at)
        if not live:
            deal, command = self._place(deal, Role.CLOSE, Side.SELL, OrderType.MARKET, held, None, at)
            commands.append(command)
        return Step(replace(state, deal=deal), tuple(commands))

    def _merged(self, commands: list[Command], step: Step[ToyState]) -> Step[ToyState]:
        return replace(step, commands=(*commands, *step.commands))

    def _over(
        self, state: ToyState, deal: ToyDeal, status: DealStatus, commands: list[Command], at: int
    ) -> Step[ToyState]:
        closed = replace(deal.deal, status=status, closed_at=at)
        return Step(replace(state, deal=None), tuple(commands), (closed,))

    def _place(
        self, deal: ToyDeal, role: Role, side: Side, kind: OrderType, amount: Decimal, price: Decimal | None, at: int
    ) -> tuple[ToyDeal, PlaceOrder]:
        origin = Origin(self.who.install, self.bot_id, deal.deal.number, role, 0, deal.serial)
        order = Order(
            make_client_id(origin, self.who.key), deal.deal.symbol, role, 0, side, kind, amount, price, placed_at=at
        )
        grown = replace(deal.deal, orders=(*deal.deal.orders, order))
        return replace(deal, deal=grown, serial=deal.serial + 1), PlaceOrder(order, deal.deal.number)


def _with(deal: ToyDeal, changed: Order) -> ToyDeal:
    orders = tuple(changed if o.client_id == changed.client_id else o for o in deal.deal.orders)
    return replace(deal, deal=replace(deal.deal, orders=orders))


def _accepted(order: Order, event: OrderAccepted) -> Order:
    status = OrderStatus.OPEN if order.status is OrderStatus.PENDING else order.status
    return order.becomes(status, exchange_id=event.exchange_id)


TOY_KINDS = {"toy": Kind(ToySettings, ToyState, ToyBot)}
