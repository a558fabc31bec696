"""The DCA bot: opens a deal, averages down a ladder, takes profit, stops losses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from operator import attrgetter
from typing import assert_never

from desktop_app.core.change import replace
from desktop_app.core.client_id import BotIdentity
from desktop_app.core.commands import Command, Tell
from desktop_app.core.conditions import Condition
from desktop_app.core.deal import Deal, DealStatus, Position
from desktop_app.core.events import (
    CancelRefused,
    ClockStruck,
    ConditionsRead,
    Event,
    FundsSeen,
    OrderAccepted,
    OrderCanceled,
    OrderFilled,
    OrderRejected,
    PairsListed,
    PauseBot,
    PriceTick,
    ResumeBot,
    StartDeal,
    StrategyAnswered,
    StrategyFailed,
    TakeSignal,
    UserAsked,
)
from desktop_app.core.market import ZERO, Market
from desktop_app.core.order import Order, OrderType, Role
from desktop_app.core.pair_list import PairList
from desktop_app.core.said import Said, said
from desktop_app.core.strategies import dca_asks, dca_conditions, dca_open, dca_orders, dca_signals, entry_watch
from desktop_app.core.strategies.dca_close import closed_state, ended_by_exits, over_if_done
from desktop_app.core.strategies.dca_plan import committed, is_settled, make_plan, place
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.dca_state import DcaDeal, DcaState, PairState
from desktop_app.core.strategies.dca_stop import stop_wait_ms
from desktop_app.core.strategies.dca_targets import shared_anew
from desktop_app.core.strategies.dca_triggers import on_price, tell, with_levels, with_moved_levels
from desktop_app.core.strategies.dca_watch import deal_wake_at, merged, outlook
from desktop_app.core.strategies.dca_why import why
from desktop_app.core.strategies.wanted import Wanted
from desktop_app.core.strategy import Step, Watch

Change = Callable[[DcaDeal], tuple[DcaDeal, tuple[Command, ...]]]


@dataclass(frozen=True, slots=True)
class DcaBot:
    """Decides for one DCA bot. Deals keep the settings that they were opened with; `settings` is for new ones."""

    who: BotIdentity
    settings: DcaSettings
    markets: Mapping[str, Market]

    @property
    def bot_id(self) -> int:
        return self.who.bot_id

    @property
    def symbols(self) -> tuple[str, ...]:
        return self.settings.pairs

    def first_state(self, at: int) -> DcaState:
        opens_after = at + self.settings.limits.start_delay_seconds * 1000
        return DcaState(tuple(PairState(symbol, opens_after) for symbol in self.settings.pairs))

    def on_event(self, state: DcaState, event: Event) -> Step[DcaState]:
        """Decide what to do next. Pure: same state and event, same answer."""
        match event:
            case OrderFilled() | OrderAccepted() | OrderCanceled() | OrderRejected() | CancelRefused():
                return self._on_order(state, event)
            case PriceTick():
                return self._on_tick(state, event)
            case ClockStruck():
                return self._on_clock(state, event.at)
            case FundsSeen():
                return Step(replace(state, free=event.free), is_minor=True)
            case ConditionsRead():
                pair = dca_conditions.with_readings(state.pair(event.symbol), event.readings)
                return Step(state.with_pair(pair), is_minor=True)
            case PairsListed():
                return self._on_list(state, event)
            case UserAsked():
                return self._on_ask(state, event)
            case StrategyAnswered() | StrategyFailed():
                return Step(state)  # it has no strategy to ask
            case _:
                assert_never(event)

    def watch(self, state: DcaState, symbol: str) -> Watch:
        watches = [outlook(deal, self._market(deal)).watch for deal in state.deals if deal.deal.symbol == symbol]
        pair = state.pair(symbol)
        if dca_open.may_open(self.settings, state, pair):
            watches.append(Watch(wants_open=True, opens_after=0 if pair.is_asked else pair.opens_after))
        if dca_conditions.conditions_of(self.settings, state, symbol):
            deals = [deal for deal in state.deals if deal.deal.symbol == symbol]
            is_on = any(dca_conditions.wants_open(deal, pair, self._market(deal)) for deal in deals)
            watches.append(Watch(reads=True, wants_open=is_on))
        return merged(watches)

    def conditions(self, state: object, symbol: str) -> tuple[Condition, ...]:
        assert isinstance(state, DcaState)
        return dca_conditions.conditions_of(self.settings, state, symbol)

    @property
    def pair_list(self) -> PairList | None:
        return self.settings.pair_list

    def listed(self, state: object) -> tuple[str, ...]:
        assert isinstance(state, DcaState)
        return state.listed

    def wake_at(self, state: DcaState) -> int | None:
        return min((at for deal in state.deals if (at := deal_wake_at(deal)) is not None), default=None)

    def deals(self, state: DcaState) -> tuple[Deal, ...]:
        return tuple(deal.deal for deal in state.deals)

    def deal_settings(self, state: object, number: int) -> DcaSettings | None:
        assert isinstance(state, DcaState)
        return next((deal.settings for deal in state.deals if deal.deal.number == number), None)

    def why(self, state: DcaState, symbol: str, at: int, price: Decimal | None) -> Said:
        return why(self.settings, self.markets.get(symbol), state, symbol, at, price)

    def funds_needed(self, state: DcaState, symbol: str, price: Decimal) -> Decimal:
        market = self.markets[symbol]
        running = [deal for deal in state.deals if deal.deal.symbol == symbol]
        needed = sum((committed(deal, market) for deal in running), ZERO)
        pair = state.pair(symbol)
        if not running and dca_open.needs_funds(self.settings, state, pair):
            needed += dca_open.funds_with_fees(self.settings, state, pair, market, price)
        return needed

    def is_done(self, state: DcaState) -> bool:
        return not state.deals and (state.is_stopped or dca_open.has_had_enough(self.settings, state))

    # What happens

    def _on_tick(self, state: DcaState, tick: PriceTick) -> Step[DcaState]:
        pair = state.pair(tick.symbol)
        if pair.asked_until and tick.at > pair.asked_until:
            pair, late = replace(pair, is_asked=False, asked_until=0), dca_signals.too_late(pair)
            step = self._on_tick(state.with_pair(pair), tick)
            return Step(step.state, late + step.commands, step.closed)
        if tick.quote_volume_24h is not None and tick.quote_volume_24h != pair.volume_24h:
            pair = replace(pair, volume_24h=tick.quote_volume_24h)
            state = state.with_pair(pair)
        numbers = tuple(deal.deal.number for deal in state.deals if deal.deal.symbol == tick.symbol)
        step = self._change(state, numbers, tick.at, lambda deal: self._tick(deal, tick, pair))
        pair = step.state.pair(tick.symbol)
        market = self.markets.get(tick.symbol)
        opening = None
        if market is not None and tick.opens and tick.may_begin:
            opening = dca_open.opening(self.settings, step.state, pair, tick, market)
        if opening is None:
            return Step(step.state, step.commands, step.closed, is_minor=not step.commands and not step.closed)
        state, commands = self._open(step.state, pair, tick, opening)
        return Step(state, step.commands + commands, step.closed)

    def _on_list(self, state: DcaState, event: PairsListed) -> Step[DcaState]:
        """New pairs wait as at a bot's start; what is remembered of one that left waits for its return."""
        after = event.at + self.settings.limits.start_delay_seconds * 1000
        known = {pair.symbol for pair in state.pairs}
        new = tuple(PairState(symbol, after) for symbol in event.symbols if symbol not in known)
        return Step(replace(state, listed=event.symbols, pairs=state.pairs + new))

    def _tick(self, deal: DcaDeal, tick: PriceTick, pair: PairState) -> tuple[DcaDeal, tuple[Command, ...]]:
        if deal.entry is not None and not deal.has_base:
            return entry_watch.on_price(deal, deal.entry, tick, self._market(deal))
        if deal.has_base or deal.base_price is None:
            deal, told = self._seen(deal, tick)
            if not tick.opens:
                return deal, told
            deal, signalled = dca_conditions.on_signals(deal, pair, self._market(deal), may_buy=tick.may_begin)
            return deal, told + signalled
        live = deal.live(Role.BASE)
        if tick.opens and tick.may_begin and (not live or tick.at >= live[0].placed_at + 60_000):
            deal = replace(deal, base_price=dca_open.limit_price(deal.direction, self._market(deal), tick))
        return replace(deal, last=tick.price), ()

    def _seen(self, deal: DcaDeal, tick: PriceTick) -> tuple[DcaDeal, tuple[Command, ...]]:
        market = self._market(deal)
        ahead = outlook(deal, market)
        if tick.path is None and ahead.quiet is not None and ahead.quiet.has(tick.price):
            return replace(deal, last=tick.price).looks_out(ahead), ()
        return on_price(deal, tick, market)

    def _on_clock(self, state: DcaState, at: int) -> Step[DcaState]:
        return self._change(
            state, tuple(deal.deal.number for deal in state.deals), at, lambda deal: self._clock(deal, at)
        )

    def _clock(self, deal: DcaDeal, at: int) -> tuple[DcaDeal, tuple[Command, ...]]:
        if any(block.until <= at for block in deal.blocked):
            deal = replace(deal, blocked=tuple(block for block in deal.blocked if block.until > at))
        if deal.ending is not None:
            return deal, ()
        limit = deal.settings.limits.close_after_seconds
        times_out = deal.deal.opened_at + limit * 1000 if limit is not None else at + 1
        stops = deal.beyond_stop_since + stop_wait_ms(deal) if deal.beyond_stop_since else at + 1
        # A gap may bring both at once: the one that was due first acts, of two due together the stop loss.
        if stops <= min(at, times_out):
            return deal.ends(DealStatus.STOPPED_OUT), (tell(deal, "stop_loss_reached", price=deal.last),)
        if limit is not None and times_out <= at:
            return deal.ends(DealStatus.TIMED_OUT), (tell(deal, "deal_timed_out", seconds=limit),)
        return deal, ()

    def _on_order(
        self, state: DcaState, event: OrderAccepted | OrderFilled | OrderCanceled | OrderRejected | CancelRefused
    ) -> Step[DcaState]:
        for deal in state.deals:
            order = deal.deal.order(event.client_id)
            if order is not None and isinstance(event, OrderAccepted) and is_settled(deal, order, self._market(deal)):
                resting, _ = dca_orders.accepted(deal, order, event)
                return Step(state.with_deal(deal, resting.remembers(deal.planned)))
            if order is not None:
                at = max(event.at, event.bar_end) if isinstance(event, OrderFilled) else event.at
                return self._change(state, (deal.deal.number,), at, self._order_change(order, event))
        if isinstance(event, OrderFilled) and event.returned is not None:
            number, order = event.returned
            deals = tuple(_with_order(deal, order) if deal.deal.number == number else deal for deal in state.deals)
            if deals != state.deals:
                return self._on_order(replace(state, deals=deals), replace(event, returned=None))
        return Step(state, (Tell(said("unknown_order", client_id=event.client_id), is_problem=True),))

    def _order_change(
        self, order: Order, event: OrderAccepted | OrderFilled | OrderCanceled | OrderRejected | CancelRefused
    ) -> Change:
        def change(deal: DcaDeal) -> tuple[DcaDeal, tuple[Command, ...]]:
            match event:
                case OrderAccepted():
                    return dca_orders.accepted(deal, order, event)
                case OrderFilled():
                    return dca_orders.filled(deal, order, event, self._market(deal))
                case OrderCanceled():
                    return dca_orders.canceled(deal, order, event, self._market(deal))
                case OrderRejected():
                    return dca_orders.rejected(deal, order, event, self._market(deal))
                case CancelRefused():
                    return dca_orders.still_open(deal, order)
                case _:
                    assert_never(event)

        return change

    def _on_ask(self, state: DcaState, event: UserAsked) -> Step[DcaState]:
        ask = event.ask
        if isinstance(ask, TakeSignal):
            return self._on_signal(state, ask, event)
        if isinstance(ask, StartDeal | PauseBot | ResumeBot):
            state, told = dca_asks.on_bot(self.settings, state, ask)
            return Step(state, told)
        if all(deal.deal.number != ask.deal for deal in state.deals):
            return Step(state, (Tell(said("no_such_deal", deal=ask.deal), is_problem=True),))

        def change(deal: DcaDeal) -> tuple[DcaDeal, tuple[Command, ...]]:
            answer = dca_asks.on_deal(deal, ask, self.markets)
            if answer.order is None:
                return answer.deal, (*answer.told, *([answer.cancel] if answer.cancel is not None else ()))
            changed, placed = place(answer.deal, answer.order, self.who, event.at)
            return changed, (*answer.told, placed)

        return self._change(state, (ask.deal,), event.at, change)

    def _on_signal(self, state: DcaState, taken: TakeSignal, event: UserAsked) -> Step[DcaState]:
        market = self.markets.get(taken.symbol)
        if market is None:
            return Step(state, (Tell(said("why_no_market", pair=taken.symbol), is_problem=True),))
        wishes, refused = dca_signals.wishes(self.settings, state, taken, event.at, market)
        step = Step(state, (Tell(refused, is_problem=True),) if refused is not None else ())
        for wish in wishes:
            then = self._on_ask(step.state, replace(event, ask=wish))
            step = Step(then.state, step.commands + then.commands, step.closed + then.closed)
        return Step(step.state, dca_signals.by_signal(step.commands), step.closed)

    # How a deal begins and how every change of it ends

    def taken_up(self, state: DcaState, deal: DcaDeal, at: int, change: Change) -> Step[DcaState]:
        """A deal that was begun elsewhere joins the others, with a first change that plans its orders."""
        state = replace(state, deals=(*state.deals, deal), next_number=state.next_number + 1)
        return self.change_deal(state, deal.deal.number, at, change)

    def change_deal(self, state: DcaState, number: int, at: int, change: Change) -> Step[DcaState]:
        """Change a deal from elsewhere; its orders follow."""
        return self._change(state, (number,), at, change)

    def _open(
        self, state: DcaState, pair: PairState, tick: PriceTick, opening: dca_open.Opening
    ) -> tuple[DcaState, tuple[Command, ...]]:
        amount, price = opening.amount, opening.price
        is_limit = self.settings.base_order.type == "limit"
        deal = DcaDeal(
            deal=Deal(
                number=state.next_number,
                symbol=pair.symbol,
                direction=self.settings.direction,
                status=DealStatus.OPENING,
                opened_at=tick.at,
                position=Position(carried=pair.dust),
            ),
            settings=self.settings,
            sizing=opening.sizing,
            last=tick.price,
            base_price=price if is_limit else None,
        )
        kind = OrderType.LIMIT if is_limit else OrderType.MARKET
        want = Wanted(Role.BASE, 0, deal.direction.entry, kind, amount, deal.base_price)
        deal, placed = place(deal, want, self.who, tick.at)
        if pair.is_asked or pair.dust:
            state = state.with_pair(replace(pair, is_asked=False, asked_until=0, dust=ZERO))
        state = replace(state, deals=(*state.deals, deal), next_number=state.next_number + 1)
        return state, (tell(deal, "deal_started", pair=pair.symbol, amount=amount, price=price), placed)

    def _change(self, state: DcaState, numbers: tuple[int, ...], at: int, change: Change) -> Step[DcaState]:
        """Change these deals; each change ends in a new plan of orders, and in the deal's end if nothing is left."""
        commands: tuple[Command, ...] = ()
        closed: tuple[Deal, ...] = ()
        for before in state.deals:
            if before.deal.number not in numbers:
                continue
            deal, told = change(before)
            commands += told
            if deal is before:
                continue
            deal, planned = self._planned(before, deal, at)
            commands += planned
            if deal.deal.status.is_over:
                closed += (deal.deal,)
                commands += (tell(deal, "deal_closed", status=deal.deal.status, profit=deal.deal.profit),)
                heir = dca_asks.trade_of(deal, self._market(deal))
                commands += (heir,) if heir is not None else ()
                state = closed_state(self.settings, state, deal, at)
            else:
                state = state.with_deal(before, deal)
        return Step(state, commands, closed)

    def _planned(self, before: DcaDeal, deal: DcaDeal, at: int) -> tuple[DcaDeal, tuple[Command, ...]]:
        market = self._market(deal)
        if deal.outlook is not None:
            return deal, ()  # it waits for what it waited for before
        if _only_price_moved(before, deal):
            return with_moved_levels(deal), ()
        known = deal.planned
        if known is not None and deal.ending is not None:
            return over_if_done(deal, market, at).remembers(known), ()
        if known is None and deal.ending is None and deal.has_base:
            deal = shared_anew(before, ended_by_exits(deal, market))
        plan = make_plan(deal, market, self.who, at, known)
        targets = plan.planned.targets if plan.planned is not None else None
        deal = with_levels(over_if_done(plan.deal, market, at), market, targets)
        return deal.remembers(plan.planned), plan.commands

    def _market(self, deal: DcaDeal) -> Market:
        return self.markets[deal.deal.symbol]


_PRICES = ("last", "best", "trail_best", "rung_worst", "entry_best")
_plan = attrgetter(*(field.name for field in fields(DcaDeal) if field.name not in _PRICES))


def _only_price_moved(before: DcaDeal, after: DcaDeal) -> bool:
    """Only prices were remembered: nothing that the plan of orders depends on was touched."""
    return after.deal is before.deal and bool(_plan(after) == _plan(before))


def _with_order(deal: DcaDeal, order: Order) -> DcaDeal:
    return deal.with_deal(orders=(*deal.deal.orders, order))
