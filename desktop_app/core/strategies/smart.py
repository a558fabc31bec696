"""The smart trade: one deal by hand, run by the same machinery as the deals of a DCA bot."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from pydantic import ValidationError

from desktop_app.core.change import replace
from desktop_app.core.client_id import BotIdentity
from desktop_app.core.commands import Command, Tell
from desktop_app.core.deal import Deal, DealStatus, Direction, Position
from desktop_app.core.events import EditDeal, Event, PriceTick, StartDeal, UserAsked
from desktop_app.core.ladder import Sizing
from desktop_app.core.market import ONE, ZERO, Market
from desktop_app.core.said import Said, said
from desktop_app.core.strategies import entry_watch
from desktop_app.core.strategies.dca import DcaBot
from desktop_app.core.strategies.dca_asks import Answer, edited, reasons
from desktop_app.core.strategies.dca_orders import base_complete
from desktop_app.core.strategies.dca_state import DcaDeal, DcaState
from desktop_app.core.strategies.dca_triggers import native_told, tell
from desktop_app.core.strategies.entry import Entry
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.core.strategies.smart_state import SmartState
from desktop_app.core.strategy import Step, Watch

Changed = tuple[DcaDeal, tuple[Command, ...]]


@dataclass(frozen=True)
class SmartTradeBot:
    """Decides for one smart trade. It begins with the first price, and is done when its deal is over."""

    who: BotIdentity
    settings: SmartTradeSettings
    markets: Mapping[str, Market]

    @cached_property
    def machine(self) -> DcaBot:
        """Runs the deal; it never opens one by itself."""
        return DcaBot(self.who, self.settings.plan, self.markets)

    @property
    def bot_id(self) -> int:
        return self.who.bot_id

    @property
    def symbols(self) -> tuple[str, ...]:
        return self.settings.pairs

    def first_state(self, at: int) -> SmartState:
        return SmartState(self.machine.first_state(at))

    def on_event(self, state: SmartState, event: Event) -> Step[SmartState]:
        """Decide what to do next. Pure: same state and event, same answer."""
        match event:
            case PriceTick(opens=True, may_begin=True) if (
                self._may_begin(state) and self._why_not(state, event.price) is None
            ):
                return _kept(state, self._begin(state.trade, event))
            case UserAsked(ask=EditDeal() as ask) if state.deal is not None:
                return self._edit(state, event, ask)
            case UserAsked(ask=StartDeal()):
                return Step(state, (Tell(said("trade_begins_itself"), is_problem=True),))
        return _kept(state, self.machine.on_event(state.trade, event))

    def watch(self, state: SmartState, symbol: str) -> Watch:
        if self._may_begin(state):
            return Watch(wants_open=True)
        return self.machine.watch(state.trade, symbol)

    def wake_at(self, state: SmartState) -> int | None:
        return self.machine.wake_at(state.trade)

    def deals(self, state: SmartState) -> tuple[Deal, ...]:
        return self.machine.deals(state.trade)

    def deal_settings(self, state: object, number: int) -> SmartTradeSettings | None:
        assert isinstance(state, SmartState)
        if state.deal is None or state.deal.deal.number != number:
            return None
        settings = state.settings or self.settings
        # Once it is in, its entry is history: exits need not be on their side of where it was to get in.
        return settings.model_copy(update={"entry": Entry()}) if state.deal.has_base else settings

    def why(self, state: SmartState, symbol: str, at: int, price: Decimal | None) -> Said:
        if state.deal is not None:
            waits = _why_waits(state.deal)
            return waits if waits is not None else self.machine.why(state.trade, symbol, at, price)
        if state.has_begun:
            return said("why_trade_over")
        if state.trade.is_paused or price is None or symbol not in self.markets:
            return self.machine.why(state.trade, symbol, at, price)
        return self._why_not(state, price) or said("why_opens_next")

    def funds_needed(self, state: SmartState, symbol: str, price: Decimal) -> Decimal:
        if not self._may_begin(state):
            return self.machine.funds_needed(state.trade, symbol, price)
        if self.settings.direction is Direction.SHORT or self.settings.takes_over:
            return ZERO
        entry = self.settings.entry_price(price)
        return self._amount(state, price) * entry * (ONE + self.markets[symbol].taker_fee)

    def is_done(self, state: SmartState) -> bool:
        return state.has_begun and state.deal is None

    # How it begins

    def _may_begin(self, state: SmartState) -> bool:
        return not state.has_begun and not state.trade.is_paused and self.settings.pair in self.markets

    def _why_not(self, state: SmartState, price: Decimal) -> Said | None:
        """What keeps the trade from beginning at this price."""
        market = self.markets[self.settings.pair]
        entry = self.settings.entry_price(price)
        amount = self._amount(state, price)
        if market.is_too_small(amount, price if self.settings.takes_over else entry):
            return said("why_base_too_small", cost=amount * entry, least=market.min_cost)
        is_sold_from = self.settings.trade == "hold" or self.settings.direction is Direction.SHORT
        if not is_sold_from or (self.settings.direction is Direction.SHORT and self.settings.takes_over):
            return None
        free = state.trade.free_of(market.base)
        if state.trade.free and free < amount:
            return said("why_coins_missing", amount=amount, free=free, coin=market.base)
        return None

    def _amount(self, state: SmartState, price: Decimal) -> Decimal:
        market = self.markets[self.settings.pair]
        sizing = Sizing(free=self._free(state.trade, price))
        return self.settings.entry_amount(self.settings.entry_price(price), market, sizing)

    def _free(self, state: DcaState, price: Decimal) -> Decimal:
        """What a size in percent is of, in quote: the quote that buys, or the coins that are sold, at their price."""
        market = self.markets[self.settings.pair]
        if self.settings.direction is Direction.SHORT:
            return state.free_of(market.base) * self.settings.entry_price(price)
        return state.free_of(market.quote)

    def _begin(self, state: DcaState, tick: PriceTick) -> Step[DcaState]:
        market = self.markets[self.settings.pair]
        deal = DcaDeal(
            deal=Deal(
                number=state.next_number,
                symbol=self.settings.pair,
                direction=self.settings.direction,
                status=DealStatus.OPENING,
                opened_at=tick.at,
                note=self.settings.note,
                keeps_coins=self.settings.ends_with_entry,
            ),
            settings=self.settings.plan,
            sizing=Sizing(free=self._free(state, tick.price)),
        )

        def change(deal: DcaDeal) -> Changed:
            if self.settings.takes_over:
                return _taken_over(replace(deal, last=tick.price), self.settings, market)
            entered, told = entry_watch.begun(deal, self.settings.entry, tick, market)
            return entered, (tell(deal, "trade_started", pair=self.settings.pair, price=tick.price), *told)

        return self.machine.taken_up(state, deal, tick.at, change)

    # How it is changed while it runs

    def _edit(self, state: SmartState, event: UserAsked, ask: EditDeal) -> Step[SmartState]:
        try:
            settings = SmartTradeSettings.model_validate_json(ask.settings)
        except ValidationError as error:
            return self._refused(state, ask, reasons(error))
        before = state.settings or self.settings
        if (settings.pairs, settings.trade, settings.takes_over) != (before.pairs, before.trade, before.takes_over):
            return self._refused(state, ask, "pair, trade, price_paid")
        market = self.markets[settings.pair]
        accepted: list[Answer] = []

        def change(deal: DcaDeal) -> Changed:
            answer = edited(deal, settings.plan, market)
            accepted.append(answer)
            changed = answer.deal
            if not changed.has_base and not changed.entry_now and _entry_of(settings) != _entry_of(before):
                tick = PriceTick(settings.pair, deal.last, event.at)
                changed, told = entry_watch.begun(replace(changed, entry_amount=ZERO), settings.entry, tick, market)
                return changed, (*answer.told, *told)
            return changed, answer.told

        step = _kept(state, self.machine.change_deal(state.trade, ask.deal, event.at, change))
        return replace(step, state=replace(step.state, settings=settings)) if accepted else step

    def _refused(self, state: SmartState, ask: EditDeal, reason: str) -> Step[SmartState]:
        return Step(state, (Tell(said("edit_refused", reason=reason), ask.deal, is_problem=True),))


def _entry_of(settings: SmartTradeSettings) -> tuple[object, ...]:
    return settings.entry, settings.amount, settings.unit


def _taken_over(deal: DcaDeal, settings: SmartTradeSettings, market: Market) -> Changed:
    """The deal as if its entry had just filled, at the price that was paid."""
    assert settings.price_paid is not None
    amount = market.amount_down(settings.amount)
    position = Position(entry_amount=amount, entry_quote=amount * settings.price_paid)
    deal = base_complete(deal.with_deal(position=position), market)
    took_over = tell(deal, "trade_took_over", amount=amount, price=settings.price_paid)
    return deal, (took_over, *native_told(deal, market))


def _why_waits(deal: DcaDeal) -> Said | None:
    """What an entry waits for, while it does."""
    entry = deal.entry
    if entry is None or deal.has_base or deal.ending is not None or deal.entry_now:
        return None
    if deal.base_price is not None:
        return said("why_waits_limit", price=deal.base_price)
    if deal.entry_best:
        return said("why_waits_turn", level=entry_watch.closing_level(deal, entry), best=deal.entry_best)
    return said("why_waits_trigger", price=entry.price if entry.price is not None else ZERO)


def _kept(state: SmartState, step: Step[DcaState]) -> Step[SmartState]:
    """The answer of the machinery, in the state of the trade."""
    after = state if step.state is state.trade else replace(state, trade=step.state)
    return Step(after, step.commands, step.closed, step.is_minor)
