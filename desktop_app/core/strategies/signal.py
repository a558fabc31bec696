"""The signal bot: enters, grows, exits and reverses positions as alerts from outside say, on the deals of a DCA bot."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from functools import cached_property

from pydantic import ValidationError

from desktop_app.core import ladder
from desktop_app.core.change import replace
from desktop_app.core.client_id import BotIdentity
from desktop_app.core.commands import Command, Tell
from desktop_app.core.conditions import Condition
from desktop_app.core.deal import Deal, Direction
from desktop_app.core.events import (
    AddFunds,
    Ask,
    CloseDeal,
    EditDeal,
    Event,
    PriceTick,
    ReduceFunds,
    StartDeal,
    TakeSignal,
    UserAsked,
)
from desktop_app.core.market import HUNDRED, ONE, ZERO, Market
from desktop_app.core.said import Said, Value, said
from desktop_app.core.settings import Settings
from desktop_app.core.signals import CUSTOM_ACTIONS, STRATEGY_ACTIONS, Action
from desktop_app.core.strategies import dca_open
from desktop_app.core.strategies.dca import DcaBot
from desktop_app.core.strategies.dca_settings import DcaSettings, StopLoss, TakeProfit, TakeProfitStep
from desktop_app.core.strategies.dca_signals import SIGNAL_WAITS_MS, by_signal
from desktop_app.core.strategies.dca_state import DcaDeal
from desktop_app.core.strategies.dca_watch import merged
from desktop_app.core.strategies.signal_moves import Move, entry_size, move_of
from desktop_app.core.strategies.signal_settings import SignalSettings
from desktop_app.core.strategies.signal_state import SignalState, WaitingEntry
from desktop_app.core.strategy import Step, Watch

_FINEST = Decimal("1e-8")  # of a size that a signal brought: a deal's settings would not take all of its decimals
_POSITIONS = STRATEGY_ACTIONS | CUSTOM_ACTIONS


@dataclass(frozen=True)
class SignalBot:
    """Decides for one signal bot. What a deal does by itself (take profit, stop loss, trailing) the DCA bot decides."""

    who: BotIdentity
    settings: SignalSettings
    markets: Mapping[str, Market]

    @property
    def bot_id(self) -> int:
        return self.who.bot_id

    @property
    def symbols(self) -> tuple[str, ...]:
        return self.settings.pairs

    @cached_property
    def dca(self) -> DcaBot:
        """Runs the deals; it opens none, for nobody asks it to."""
        return self._dca(self.settings.first_deal())

    def _dca(self, settings: DcaSettings) -> DcaBot:
        return DcaBot(self.who, settings, self.markets)

    def first_state(self, at: int) -> SignalState:
        return SignalState(self.dca.first_state(at))

    def on_event(self, state: SignalState, event: Event) -> Step[SignalState]:
        """Decide what to do next. Pure: same state and event, same answer."""
        if isinstance(event, PriceTick) and state.entry(event.symbol) is not None:
            return self._on_wanted_price(state, event)
        if isinstance(event, UserAsked):
            return self._on_ask(state, event)
        return self._run(state, event)

    def watch(self, state: SignalState, symbol: str) -> Watch:
        watch = self.dca.watch(state.dca, symbol)
        return watch if state.entry(symbol) is None else merged((watch, Watch(wants_open=True)))

    def wake_at(self, state: SignalState) -> int | None:
        return self.dca.wake_at(state.dca)

    def deals(self, state: SignalState) -> tuple[Deal, ...]:
        return self.dca.deals(state.dca)

    def deal_settings(self, state: object, number: int) -> Settings | None:
        return self.dca.deal_settings(state.dca, number) if isinstance(state, SignalState) else None

    def conditions(self, state: object, symbol: str) -> tuple[Condition, ...]:
        return self.dca.conditions(state.dca, symbol) if isinstance(state, SignalState) else ()

    def why(self, state: SignalState, symbol: str, at: int, price: Decimal | None) -> Said:
        if state.entry(symbol) is not None and not state.dca.is_paused:
            return said("why_signal_waits", pair=symbol)
        why = self.dca.why(state.dca, symbol, at, price)
        return said("why_waits_exit_signal") if why.code == "why_waits_for_close" else why

    def funds_needed(self, state: SignalState, symbol: str, price: Decimal) -> Decimal:
        """What further entries may take; one that only sells short needs coins, and nothing in quote."""
        market, entry = self.markets[symbol], self.settings.entry
        if self.settings.direction == "short":
            return ZERO
        running = state.running(symbol)
        left = entry.max_entries - (state.mark(running[-1].deal.number).entries if running else 0)
        if left <= 0 or (not running and not self._may_open(state, symbol)):
            return ZERO
        free = ladder.Sizing(free=state.dca.free_of(market.quote))
        volume = entry.max_volume if entry.size_from_signal and entry.max_volume is not None else None
        if volume is None:
            volume = ladder.quote_volume(entry.volume, entry.volume_unit, price, free)
        return volume * left * (ONE + market.taker_fee)

    def is_done(self, state: SignalState) -> bool:
        return not state.waiting and self.dca.is_done(state.dca)

    # What happens

    def _run(self, state: SignalState, event: Event, dca: DcaBot | None = None) -> Step[SignalState]:
        """Let the deals hear it; what was noted of deals that are over is forgotten."""
        step = (dca or self.dca).on_event(state.dca, event)
        if step.state is state.dca:
            return Step(state, step.commands, step.closed, step.is_minor)
        after = replace(state, dca=step.state)
        if step.closed:
            gone = {deal.number for deal in step.closed}
            after = replace(after, marks=tuple(mark for mark in state.marks if mark.deal not in gone))
        return Step(after, step.commands, step.closed, step.is_minor)

    def _on_wanted_price(self, state: SignalState, tick: PriceTick) -> Step[SignalState]:
        """The price that an entry waits for, unless the other direction is still being closed."""
        entry = state.entry(tick.symbol)
        assert entry is not None
        if tick.at > entry.until:
            step = self._run(state.without_entry(tick.symbol), tick)
            return Step(step.state, (*step.commands, _problem("signal_ran_out", pair=tick.symbol)), step.closed)
        if not (tick.opens and tick.may_begin) or not state.is_free_for(entry):
            return self._run(state, tick)
        if state.running(tick.symbol):
            step = self._run(state.without_entry(tick.symbol), tick)
            return self._then(step, self._grow(step.state, entry, tick))
        if any(deal.deal.symbol == tick.symbol for deal in state.dca.deals):
            return self._run(state, tick)  # the deal before is just being closed
        return self._open(state.without_entry(tick.symbol), entry, tick)

    def _open(self, state: SignalState, entry: WaitingEntry, tick: PriceTick) -> Step[SignalState]:
        market = self.markets.get(tick.symbol)
        if market is None:
            return Step(state, (_problem("why_no_market", pair=tick.symbol),))
        settings = self._settings_of(state, entry, tick.price, market)
        refused = self._why_not(state, settings, tick, market)
        if refused is not None:
            step = self._run(state, tick)
            return Step(step.state, (*step.commands, refused), step.closed)
        pair = replace(state.dca.pair(tick.symbol), is_asked=True)
        before = state.dca.next_number
        asked = replace(state, dca=state.dca.with_pair(pair))
        step = self._run(asked, tick, self._dca(settings))
        if step.state.dca.next_number == before:  # for a reason that nobody looked at before
            return self._then(self._run(state, tick), Step(state, (_problem("signal_no_room", pair=tick.symbol),)))
        mark = replace(state.mark(before), last_entry=tick.price)
        return Step(step.state.with_mark(mark), step.commands, step.closed)

    def _why_not(self, state: SignalState, settings: DcaSettings, tick: PriceTick, market: Market) -> Tell | None:
        """Why no deal can open at this price."""
        if not self._may_open(state, tick.symbol):
            return _problem("signal_no_room", pair=tick.symbol)
        pair = state.dca.pair(tick.symbol)
        if tick.quote_volume_24h is not None:
            pair = replace(pair, volume_24h=tick.quote_volume_24h)
        if not dca_open.is_price_allowed(settings, tick.price) or not dca_open.is_volume_allowed(settings, pair):
            return _problem("signal_filtered", pair=tick.symbol, price=tick.price)
        sizing = dca_open.sizing(settings, state.dca, pair, market, tick.price)
        amount, price = dca_open.base_order(settings, market, tick, sizing)
        if market.is_too_small(amount, price):
            return _problem("signal_too_small", value=amount * price, least=market.min_cost)
        coins = state.dca.free_of(market.base)
        if settings.direction is Direction.SHORT and state.dca.free and amount > coins:
            return _problem("signal_no_coins", amount=amount, free=coins, coin=market.base)
        return None

    def _grow(self, state: SignalState, entry: WaitingEntry, tick: PriceTick) -> Step[SignalState]:
        """One entry more into the running deal."""
        running = state.running(tick.symbol)
        if not running:  # it ended at this very price
            return Step(state, (_problem("signal_no_room", pair=tick.symbol),))
        deal, market = running[-1], self.markets[tick.symbol]
        mark = state.mark(deal.deal.number)
        if mark.entries >= self.settings.entry.max_entries:
            return Step(state, (_problem("signal_max_entries", entries=mark.entries),))
        distance = abs(tick.price - mark.last_entry) / mark.last_entry * HUNDRED if mark.last_entry else HUNDRED
        if distance < self.settings.entry.min_distance_percent:
            least = self.settings.entry.min_distance_percent
            return Step(state, (_problem("signal_too_near", distance=round(distance, 4), least=least),))
        volume = self._volume(state, entry, tick.price, market)
        most = self.settings.limits.max_funds
        if most is not None and dca_open.in_deals(state.dca) + volume > most:
            return Step(state, (_problem("signal_no_room", pair=tick.symbol),))
        grown = self._ask(state, AddFunds(deal.deal.number, volume), tick.at)
        if any(isinstance(command, Tell) and command.is_problem for command in grown.commands):
            return grown
        after = replace(mark, entries=mark.entries + 1, last_entry=tick.price)
        return Step(grown.state.with_mark(after), grown.commands, grown.closed)

    # What is asked for

    def _on_ask(self, state: SignalState, event: UserAsked) -> Step[SignalState]:
        ask = event.ask
        match ask:
            case TakeSignal():
                return self._on_signal(state, ask, event)
            case StartDeal():
                direction = Direction.SHORT if self.settings.direction == "short" else Direction.LONG
                entry = self.settings.entry
                until = ask.until or event.at + SIGNAL_WAITS_MS
                wanted = WaitingEntry(ask.symbol, direction, entry.volume, entry.volume_unit, until)
                return self._want(state, wanted, event.at, Tell(said("deal_asked", pair=ask.symbol)))
            case EditDeal():
                return self._edit(state, ask, event)
            case _:
                return self._run(state, event)

    def _on_signal(self, state: SignalState, taken: TakeSignal, event: UserAsked) -> Step[SignalState]:
        match taken.signal.action:
            case Action.START_DEAL:
                return self._on_ask(state, replace(event, ask=StartDeal(taken.symbol)))
            case Action.ADD_FUNDS:
                return Step(state, (_problem("signal_not_for_kind", action=taken.signal.action, kind="signal"),))
            case action if action not in _POSITIONS:
                return self._run(state, event)
            case _:
                return self._on_position(state, taken, event.at)

    def _on_position(self, state: SignalState, taken: TakeSignal, at: int) -> Step[SignalState]:
        running = state.running(taken.symbol)
        waits = state.entry(taken.symbol)
        holds = running[-1].direction if running else waits.direction if waits is not None else None
        move = move_of(self.settings, taken.signal, holds)
        if isinstance(move, Said):
            return Step(state, (Tell(move, is_problem=True),))
        step = self._leave(state, move, taken.symbol, at)
        if move.enter is None:
            return step
        if running and running[-1].direction is move.enter:
            refused = self._why_not_grow(state, running[-1])
            if refused is not None:
                return Step(step.state, (*step.commands, refused), step.closed)
        size = entry_size(self.settings, taken.signal)
        own = self.settings.exits_from_signal
        wanted = WaitingEntry(
            symbol=taken.symbol,
            direction=move.enter,
            volume=size.volume,
            unit=size.unit,
            until=at + min(SIGNAL_WAITS_MS, self.settings.max_lag_seconds * 1000),
            most=size.most,
            take_profit=taken.signal.take_profit if own else (),
            stop_loss=taken.signal.stop_loss if own else None,
        )
        if wanted.take_profit and _steps(wanted.take_profit) is None:
            return Step(step.state, (*step.commands, _problem("signal_bad_steps")), step.closed)
        told = Tell(said("signal_enters", direction=wanted.direction, pair=wanted.symbol))
        return self._then(step, self._want(step.state, wanted, at, told, is_reversal=move.leave is not None))

    def _want(
        self, state: SignalState, entry: WaitingEntry, at: int, told: Tell, *, is_reversal: bool = False
    ) -> Step[SignalState]:
        """Note an entry; the next price decides about it."""
        if entry.symbol not in self.settings.pairs:
            return Step(state, (_problem("pair_not_traded", pair=entry.symbol),))
        is_first = not state.running(entry.symbol) and not is_reversal
        if state.dca.is_paused or state.dca.is_stopped or (is_first and not self._may_open(state, entry.symbol)):
            return Step(state, (_problem("signal_no_room", pair=entry.symbol),))
        pause = state.dca.pair(entry.symbol).opens_after - at
        if is_first and pause > 0:
            return Step(state, (_problem("signal_pause", seconds=(pause + 999) // 1000),))
        return Step(state.with_entry(entry), (told,))

    def _leave(self, state: SignalState, move: Move, symbol: str, at: int) -> Step[SignalState]:
        """Exit all or a part of the deal in this direction, and let go of an entry that waits."""
        entry = state.entry(symbol)
        told: tuple[Command, ...] = ()
        if entry is not None and move.leave is entry.direction:
            state, told = state.without_entry(symbol), (Tell(said("signal_withdrawn", pair=symbol)),)
        deals = tuple(deal for deal in state.running(symbol) if deal.direction is move.leave)
        if not deals:
            if move.is_exit_wish and not told:
                return Step(state, (_problem("signal_nothing_to_exit", pair=symbol),))
            return Step(state, told)
        step = Step(state, told)
        for deal in deals:
            step = self._then(step, self._exit(step.state, deal, move.part, at))
        return step

    def _exit(self, state: SignalState, deal: DcaDeal, part: Decimal | None, at: int) -> Step[SignalState]:
        number, market = deal.deal.number, self.markets[deal.deal.symbol]
        mark = state.mark(number)
        if part is None:
            part = ONE / max(1, self.settings.exit_parts - mark.exits)
        held = deal.deal.held - deal.reduce  # less what earlier signals take out just now
        amount = market.amount_down(held * part)
        rest = market.amount_down(held) - amount
        price = deal.last
        if part >= ONE or not deal.has_base or market.is_too_small(amount, price) or market.is_too_small(rest, price):
            return self._ask(state, CloseDeal(number), at)
        step = self._ask(state, ReduceFunds(number, amount + deal.reduce), at)
        return Step(step.state.with_mark(replace(mark, exits=mark.exits + 1)), step.commands, step.closed)

    def _ask(self, state: SignalState, ask: Ask, at: int) -> Step[SignalState]:
        """What a person could have asked of the deal, asked by a signal."""
        step = self._run(state, UserAsked(ask, at, "signal"))
        return Step(step.state, by_signal(step.commands), step.closed)

    def _edit(self, state: SignalState, ask: EditDeal, event: UserAsked) -> Step[SignalState]:
        """New settings of the bot, as those of a deal of its direction; its own size stays."""
        deal = next((deal for deal in state.dca.deals if deal.deal.number == ask.deal), None)
        try:
            settings = SignalSettings.model_validate_json(ask.settings)
        except ValidationError:
            return self._run(state, event)  # settings of the deal itself, or refused there
        if deal is None:
            return self._run(state, event)
        base = deal.settings.base_order
        changed = settings.of_deal(deal.direction, base.volume, base.volume_unit).model_dump_json()
        return self._run(state, replace(event, ask=EditDeal(ask.deal, changed)))

    # Small

    def _may_open(self, state: SignalState, symbol: str) -> bool:
        pair = replace(state.dca.pair(symbol), is_asked=True)
        return dca_open.may_open(self.dca.settings, state.dca, pair)

    def _why_not_grow(self, state: SignalState, deal: DcaDeal) -> Tell | None:
        entries = state.mark(deal.deal.number).entries
        if entries >= self.settings.entry.max_entries:
            return _problem("signal_max_entries", entries=entries)
        return None

    def _volume(self, state: SignalState, entry: WaitingEntry, price: Decimal, market: Market) -> Decimal:
        """The size of an entry in quote."""
        free = state.dca.free_of(market.quote)
        if entry.direction is Direction.SHORT:
            free = state.dca.free_of(market.base) * price
        volume = ladder.quote_volume(entry.volume, entry.unit, price, ladder.Sizing(free=free))
        if entry.most is None:
            return volume
        return min(volume, entry.most).quantize(_FINEST, ROUND_DOWN)

    def _settings_of(self, state: SignalState, entry: WaitingEntry, price: Decimal, market: Market) -> DcaSettings:
        volume, unit = entry.volume, entry.unit
        if entry.most is not None:
            volume, unit = max(self._volume(state, entry, price, market), market.price_tick), "quote"
        take_profit = TakeProfit(steps=_steps(entry.take_profit) or ()) if entry.take_profit else None
        stop_loss = None
        if entry.stop_loss is not None:
            own = self.settings.stop_loss.model_dump() | {
                "percent": entry.stop_loss,
                "price": None,
                "limit_price": None,
            }
            stop_loss = StopLoss.model_validate(own)
        return self.settings.of_deal(entry.direction, volume, unit, take_profit, stop_loss)

    def _then(self, first: Step[SignalState], second: Step[SignalState]) -> Step[SignalState]:
        return Step(second.state, first.commands + second.commands, first.closed + second.closed)


def _steps(steps: tuple[tuple[Decimal, Decimal], ...]) -> tuple[TakeProfitStep, ...] | None:
    """A signal's take-profit steps as a deal's, None where they make none: shares that do not add up to 100."""
    try:
        data = [{"percent": percent, "share": share} for percent, share in steps]
        return TakeProfit.model_validate({"steps": data}).steps
    except ValidationError:
        return None


def _problem(code: str, **values: Value) -> Tell:
    return Tell(said(code, **values), is_problem=True)
