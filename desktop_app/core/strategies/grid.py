"""The grid bot: buys at lines below the price, sells one line higher, again and again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from desktop_app.core.change import replace
from desktop_app.core.client_id import BotIdentity
from desktop_app.core.commands import Command, Tell
from desktop_app.core.deal import Deal, DealStatus
from desktop_app.core.events import (
    CancelRefused,
    ClockStruck,
    Event,
    FundsSeen,
    OrderAccepted,
    OrderCanceled,
    OrderFilled,
    OrderRejected,
    PauseBot,
    PriceTick,
    ResumeBot,
    StartDeal,
    UserAsked,
)
from desktop_app.core.market import ONE, ZERO, Market
from desktop_app.core.order import Order, OrderStatus
from desktop_app.core.said import Said, said
from desktop_app.core.strategies import grid_asks, grid_open, grid_orders, grid_price
from desktop_app.core.strategies.grid_cells import with_levels
from desktop_app.core.strategies.grid_flip import flipped
from desktop_app.core.strategies.grid_plan import (
    changed_cells,
    closing_amount,
    could_be_even,
    is_only_price,
    next_orders,
    settled,
    tell,
)
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.core.strategies.grid_state import GridDeal, GridState
from desktop_app.core.strategies.grid_why import why
from desktop_app.core.strategy import Step, Watch

_OrderNews = OrderAccepted | OrderFilled | OrderCanceled | OrderRejected | CancelRefused
_FAILED_PAUSE_MS = 60_000


@dataclass(frozen=True, slots=True)
class GridBot:
    """Decides for one grid bot. A running grid keeps its settings; `settings` is for the next one."""

    who: BotIdentity
    settings: GridSettings
    markets: Mapping[str, Market]

    @property
    def bot_id(self) -> int:
        return self.who.bot_id

    @property
    def symbols(self) -> tuple[str, ...]:
        return self.settings.pairs

    def first_state(self, at: int) -> GridState:
        return GridState(opens_after=at)

    def on_event(self, state: GridState, event: Event) -> Step[GridState]:
        """Decide what to do next. Pure: same state and event, same answer."""
        match event:
            case OrderFilled() | OrderAccepted() | OrderCanceled() | OrderRejected() | CancelRefused():
                return self._on_order(state, event)
            case PriceTick():
                return self._on_tick(state, event)
            case ClockStruck():
                return self._change(state, event.at, lambda deal: (grid_price.on_clock(deal, event.at), ()))
            case FundsSeen():
                return Step(replace(state, free=event.free), is_minor=True)
            case UserAsked():
                return self._on_ask(state, event)
            case _:
                return Step(state)

    def watch(self, state: GridState, symbol: str) -> Watch:
        if symbol not in self.settings.pairs:
            return Watch()
        if state.deal is not None:
            return grid_price.deal_watch(state.deal)
        return grid_open.start_watch(self.settings, state)

    def wake_at(self, state: GridState) -> int | None:
        return grid_price.deal_wake_at(state.deal) if state.deal is not None else None

    def deals(self, state: GridState) -> tuple[Deal, ...]:
        return (state.deal.deal,) if state.deal is not None else ()

    def deal_settings(self, state: object, number: int) -> GridSettings | None:
        deal = state.deal if isinstance(state, GridState) else None
        return deal.settings if deal is not None and deal.deal.number == number else None

    def why(self, state: GridState, symbol: str, at: int, price: Decimal | None) -> Said:
        return why(self.settings, self.markets.get(symbol), state, symbol, at, price)

    def funds_needed(self, state: GridState, symbol: str, price: Decimal) -> Decimal:
        market = self.markets[symbol]
        if state.deal is not None:
            return grid_open.committed(state.deal, market)
        if not grid_open.may_start(state):
            return ZERO
        layout = grid_open.preview(self.settings, state, market, price).layout
        return layout.total if layout is not None else ZERO

    def is_done(self, state: GridState) -> bool:
        return state.deal is None and state.is_stopped

    # What happens

    def _on_tick(self, state: GridState, tick: PriceTick) -> Step[GridState]:
        if state.deal is not None:
            return self._change(state, tick.at, lambda deal: self._tick(deal, tick))
        market = self.markets.get(self.settings.pairs[0])
        if market is None or tick.symbol != market.symbol or not grid_open.may_start(state):
            return Step(state)
        if grid_open.is_blind(self.settings, state):
            return Step(state)
        if not grid_open.has_come(self.settings, state, tick):
            if state.came_from is None and self.settings.grid.start_price is not None:
                state = replace(state, came_from=tick.price)
            return Step(state, is_minor=True)
        return self._start(state, tick, market)

    def _start(self, state: GridState, tick: PriceTick, market: Market) -> Step[GridState]:
        made = grid_open.preview(self.settings, state, market, tick.price)
        if made.layout is None or made.blocks or grid_open.is_beyond_stop(self.settings.grid, tick.price):
            came_from = tick.price if self.settings.grid.start_price is not None else None
            return Step(replace(state, came_from=came_from), is_minor=True)  # it has to come there again
        deal = grid_open.first_deal(self.settings, state, made.layout, market, tick)
        told = tell(
            deal,
            "grid_started",
            pair=tick.symbol,
            lines=len(made.layout.lines),
            price=tick.price,
            waiting=made.layout.lines[made.layout.waiting].price,
        )
        state = replace(
            state, deal=deal, next_number=state.next_number + 1, came_from=None, is_asked=False, dust=ZERO,
            dust_worth=ZERO,
        )  # fmt: skip
        return self._planned(state, deal, tick.at, (told,))

    def _tick(self, deal: GridDeal, tick: PriceTick) -> tuple[GridDeal, tuple[Command, ...]]:
        deal, told = grid_price.on_price(deal, tick)
        if deal.is_rebuilding and deal.ending is None and not deal.deal.live_orders:
            anew = grid_open.laid_anew(deal, self._market(deal))
            if anew is None:
                return deal, told
            return anew, (*told, tell(deal, "grid_rebuilt", lines=len(anew.cells) + 1))
        return deal, told

    def _on_order(self, state: GridState, event: _OrderNews) -> Step[GridState]:
        deal = state.deal
        order = deal.order(event.client_id) if deal is not None else None
        if deal is not None and order is None and isinstance(event, OrderFilled) and event.returned is not None:
            number, returned = event.returned
            if number == deal.deal.number:
                order = returned
                deal = replace(deal, is_even=False).with_deal(orders=(*deal.deal.orders, order))
                state = replace(state, deal=deal)
        if deal is None or order is None:
            return Step(state, (Tell(said("unknown_order", client_id=event.client_id), is_problem=True),))
        at = max(event.at, event.bar_end) if isinstance(event, OrderFilled) else event.at
        if isinstance(event, OrderAccepted) and self._is_wanted(deal, order):
            return Step(replace(state, deal=grid_orders.accepted(deal, order, event)))
        if isinstance(event, OrderCanceled) and _is_awaited(deal, order, event):
            return Step(replace(state, deal=grid_orders.canceled(deal, order, event)[0]))
        is_fill = isinstance(event, OrderFilled)
        if isinstance(event, OrderFilled) and (flip := flipped(deal, order, event, self._market(deal), self.who, at)):
            return Step(replace(state, deal=flip[0]), flip[1])
        return self._change(state, at, lambda deal: self._order(deal, order, event), is_fill=is_fill)

    def _order(self, deal: GridDeal, order: Order, event: _OrderNews) -> tuple[GridDeal, tuple[Command, ...]]:
        match event:
            case OrderAccepted():
                return grid_orders.accepted(deal, order, event), ()
            case OrderFilled():
                return grid_orders.filled(deal, order, event, self._market(deal))
            case OrderCanceled():
                return grid_orders.canceled(deal, order, event)
            case OrderRejected():
                return grid_orders.rejected(deal, order, event)
        return grid_orders.still_open(deal, order), ()

    def _is_wanted(self, deal: GridDeal, order: Order) -> bool:
        """Whether the order rests where it should, so that hearing of its arrival changes no plan."""
        if deal.is_even:
            return True
        cell = deal.cell_of(order)
        is_calm = deal.ending is None and not deal.is_rebuilding and cell is not None and cell.index != deal.retired
        return is_calm and cell is not None and cell.left == order.remaining

    def _on_ask(self, state: GridState, event: UserAsked) -> Step[GridState]:
        ask = event.ask
        if isinstance(ask, StartDeal | PauseBot | ResumeBot):
            state, told = grid_asks.on_bot(self.settings, state, ask)
            if isinstance(ask, ResumeBot) and state.deal is not None:
                return self._change(state, event.at, lambda deal: (grid_price.unblocked(deal), told))
            return Step(state, told)
        number = getattr(ask, "deal", 0)
        if state.deal is None or state.deal.deal.number != number:
            return Step(state, (Tell(said("no_such_deal", deal=number), is_problem=True),))
        return self._change(state, event.at, lambda deal: grid_asks.on_deal(deal, ask, self._market(deal)))

    # How every change of the grid ends

    def _change(
        self,
        state: GridState,
        at: int,
        change: Callable[[GridDeal], tuple[GridDeal, tuple[Command, ...]]],
        *,
        is_fill: bool = False,
    ) -> Step[GridState]:
        """Change the grid; each change ends in a new plan of orders, and in the grid's end if nothing is left."""
        before = state.deal
        if before is None:
            return Step(state)
        deal, told = change(before)
        if deal is before:
            return Step(state, told)
        if not told and is_only_price(before, deal):
            return Step(replace(state, deal=deal), is_minor=True)
        return self._planned(state, deal, at, told, before if is_fill else None)

    def _planned(
        self,
        state: GridState,
        deal: GridDeal,
        at: int,
        told: tuple[Command, ...],
        filled: GridDeal | None = None,
    ) -> Step[GridState]:
        """`filled`: the grid before a fill that is all that happened."""
        market = self._market(deal)
        deal, said_so, lacks = settled(deal, market, at)
        is_local = filled is not None and not lacks and not deal.missing and not could_be_even(filled)
        cells = changed_cells(filled, deal) if filled is not None and is_local else None
        deal, orders = next_orders(deal, market, self.who, at, lacks, cells)
        deal = grid_open.described(with_levels(deal, market))
        commands = (*told, *said_so, *orders)
        if deal.ending is None or deal.deal.live_orders or closing_amount(deal, market):
            return Step(replace(state, deal=deal), commands)
        ended = self._ended(deal, market, at)
        commands = (*commands, tell(deal, "deal_closed", status=ended.status, profit=ended.profit))
        return Step(_after(state, deal, ended, at), commands, (ended,))

    def _ended(self, deal: GridDeal, market: Market, at: int) -> Deal:
        status = deal.ending
        assert status is not None
        worth = deal.deal.held * deal.last * (ONE - market.taker_fee)
        deal = deal.with_tally(replace(deal.tally, left_worth=worth))
        return replace(deal.deal, status=status, closed_at=at)

    def _market(self, deal: GridDeal) -> Market:
        return self.markets[deal.deal.symbol]


def _is_awaited(deal: GridDeal, order: Order, event: OrderCanceled) -> bool:
    """An even grid waits for nothing else than that this line leaves."""
    return deal.is_even and order.status is OrderStatus.CANCELING and not (event.reason or order.filled)


def _after(state: GridState, deal: GridDeal, ended: Deal, at: int) -> GridState:
    """The bot's state without the grid. A grid that ended is not begun again but by a person; one that never came to
    be is tried again."""
    is_failed = ended.status is DealStatus.FAILED
    has_dust = ended.grid is not None and (is_failed or deal.then == "stop_and_sell")
    return replace(
        state,
        deal=None,
        opens_after=max(at, deal.bar_end) + (_FAILED_PAUSE_MS if is_failed else 0),
        is_stopped=state.is_stopped or not is_failed,
        dust=ended.held if has_dust else ZERO,
        dust_worth=ended.grid.left_worth if has_dust and ended.grid is not None else ZERO,
    )
