"""The bot whose decisions come from a strategy of the user's own, asked elsewhere; here they are carried out.

The strategy runs in a process of its own, so this bot cannot call it: it keeps a question ready (`question`), whoever
drives it has the strategy answer, and the answer comes back as an event. So live, backtest and recovery share this one
code path, the journal holds every answer, and a strategy that fails or never ends cannot take anything else down.
"""

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
    OrderAccepted,
    OrderCanceled,
    OrderFilled,
    OrderRejected,
    PriceTick,
    StrategyAnswered,
    StrategyFailed,
    UserAsked,
)
from desktop_app.core.gathering import floor_to
from desktop_app.core.market import ZERO, Market
from desktop_app.core.order import Order
from desktop_app.core.said import Said, said
from desktop_app.core.strategies import python_asks, python_orders, python_wants
from desktop_app.core.strategies.own import CandleClosed
from desktop_app.core.strategies.python_plan import next_orders, over_if_done, tell
from desktop_app.core.strategies.python_settings import PythonSettings
from desktop_app.core.strategies.python_state import Failure, OwnDeal, OwnPair, OwnState, facts
from desktop_app.core.strategy import Question, Step, Watch

Change = Callable[[OwnDeal], tuple[OwnDeal, tuple[Command, ...]]]
OrderNews = OrderAccepted | OrderFilled | OrderCanceled | OrderRejected | CancelRefused


@dataclass(frozen=True, slots=True)
class PythonBot:
    """Carries out what a strategy wants, within its budget."""

    who: BotIdentity
    settings: PythonSettings
    markets: Mapping[str, Market]

    @property
    def bot_id(self) -> int:
        return self.who.bot_id

    @property
    def symbols(self) -> tuple[str, ...]:
        return self.settings.pairs

    def first_state(self, at: int) -> OwnState:
        return OwnState(tuple(OwnPair(symbol, self._next_close(at - 1)) for symbol in self.settings.pairs))

    def question(self, state: OwnState) -> Question | None:
        """What the strategy is to answer next; None while there is nothing to ask."""
        if state.failure is not None:
            return None
        for symbol in self.settings.pairs:
            pair, market = state.pair(symbol), self.markets.get(symbol)
            if pair.waiting and not pair.due and market is not None:
                told = pair.waiting[0]
                # What trades inside a candle of the past is told as of its end, when that candle is not yet known.
                until = min(self._next_close(told.at), pair.asks_at) - self.settings.every_ms
                known = facts(state, symbol, market, self.settings.max_funds)
                return Question(symbol, pair.number, told, until, pair.price, pair.memory, known)
        return None

    def on_event(self, state: OwnState, event: Event) -> Step[OwnState]:
        """Decide what to do next. Pure: same state and event, same answer."""
        match event:
            case PriceTick():
                return self._on_tick(state, event)
            case ClockStruck():
                return self._on_clock(state, event.at)
            case StrategyAnswered():
                return self._on_answer(state, event)
            case StrategyFailed():
                return self._on_failure(state, event)
            case UserAsked():
                return self._on_ask(state, event)
            case OrderAccepted() | OrderFilled() | OrderCanceled() | OrderRejected() | CancelRefused():
                return self._on_order(state, event)
            case _:
                return Step(state)

    def watch(self, state: OwnState, symbol: str) -> Watch:
        deal = state.deal_on(symbol)
        is_due = state.pair(symbol).due > 0
        if deal is None or deal.ending is not None:
            return Watch(follows=is_due)
        return Watch(below=deal.deal.stop_loss, follows=is_due)

    def wake_at(self, state: OwnState) -> int | None:
        retries = [deal.blocked_until for deal in state.deals if deal.blocked_until]
        candles = [state.pair(symbol).asks_at for symbol in self.settings.pairs] if state.failure is None else []
        return min((*candles, *retries), default=None)

    def deals(self, state: OwnState) -> tuple[Deal, ...]:
        return tuple(deal.deal for deal in state.deals)

    def why(self, state: OwnState, symbol: str, at: int, price: Decimal | None) -> Said:  # noqa: ARG002
        pair, deal = state.pair(symbol), state.deal_on(symbol)
        if state.failure is not None:
            return failure_said(self.settings.file, state.failure)
        if symbol not in self.markets:
            return said("why_no_market", pair=symbol)
        if deal is not None and deal.ending is not None:
            return said("why_closing")
        if state.is_paused and deal is None:
            return said("why_paused")
        if pair.saying:
            return said("own_says", file=self.settings.file, text=pair.saying)
        return said("own_waits", file=self.settings.file, timeframe=self.settings.timeframe)

    def funds_needed(self, state: OwnState, symbol: str, price: Decimal) -> Decimal:  # noqa: ARG002
        if state.failure is not None or state.is_paused or symbol not in self.settings.pairs:
            return ZERO
        deal = state.deal_on(symbol)
        bound = deal.bound(self.markets[symbol]) if deal is not None else ZERO
        return max(ZERO, self.settings.max_funds - bound)

    def is_done(self, state: OwnState) -> bool:
        """After a failure nothing is left to do once the last deal is over."""
        return state.failure is not None and not state.deals

    def end(self, state: OwnState) -> Said | None:
        """Why it stopped itself."""
        return failure_said(self.settings.file, state.failure) if state.failure is not None else None

    # What happens

    def _next_close(self, after: int) -> int:
        """The first close of a candle after this moment."""
        return floor_to(after, self.settings.every_ms) + self.settings.every_ms

    def _on_tick(self, state: OwnState, tick: PriceTick) -> Step[OwnState]:
        pair, deal = state.pair(tick.symbol), state.deal_on(tick.symbol)
        if pair.due:
            # Only now: a strategy is asked with a price, and the first one after a candle is the same everywhere.
            state = state.with_pair(replace(pair, due=0, price=tick.price, priced_at=tick.at)).telling(
                tick.symbol, CandleClosed(pair.due)
            )
        if deal is None:
            return Step(state)
        fallen = tick.price if tick.path is None else max(tick.price, tick.path)
        stop = deal.deal.stop_loss

        def change(deal: OwnDeal) -> tuple[OwnDeal, tuple[Command, ...]]:
            deal = replace(deal, last=tick.price)
            if deal.ending is not None or stop is None or fallen > stop or not deal.deal.held:
                return deal, ()
            return deal.ends(DealStatus.STOPPED_OUT), (tell(deal, "stop_loss_reached", price=tick.price),)

        step = self._change(state, deal.number, tick.at, change)
        return replace(step, is_minor=not pair.due and not step.commands and not step.closed)

    def _on_clock(self, state: OwnState, at: int) -> Step[OwnState]:
        if state.failure is None:
            for symbol in self.settings.pairs:
                pair = state.pair(symbol)
                if pair.asks_at <= at:
                    closed = self._next_close(at) - self.settings.every_ms
                    state = state.with_pair(replace(pair, asks_at=closed + self.settings.every_ms, due=closed))
        commands: tuple[Command, ...] = ()
        closed_deals: tuple[Deal, ...] = ()
        for deal in state.deals:
            if deal.blocked_until and deal.blocked_until <= at:
                step = self._change(state, deal.number, at, lambda deal: (replace(deal, blocked_until=0), ()))
                state, commands = step.state, commands + step.commands
                closed_deals += step.closed
        return Step(state, commands, closed_deals)

    def _on_answer(self, state: OwnState, event: StrategyAnswered) -> Step[OwnState]:
        pair = state.pair(event.symbol)
        if event.number != pair.number or not pair.waiting or state.failure is not None:
            return Step(state)  # an answer to a question of before a failure
        try:
            answer = python_wants.read_answer(event.answer)
        except ValueError as error:
            failed = StrategyFailed(event.symbol, event.number, "answer", "", str(error)[:300], event.at)
            return self._on_failure(state, failed)
        pair = replace(pair, memory=answer.state, number=pair.number + 1, waiting=pair.waiting[1:], saying="")
        state = state.with_pair(pair)
        commands: tuple[Command, ...] = ()
        closed: tuple[Deal, ...] = ()
        for action in answer.actions:
            wants = python_wants.Wants(self.who, self.settings, self.markets[event.symbol], event.price, pair.priced_at)
            state, done = wants.carry_out(state, event.symbol, action)
            commands += done
            deal = state.deal_on(event.symbol)
            if deal is not None:
                step = self._change(state, deal.number, event.at, lambda deal: (deal, ()))
                state, commands, closed = step.state, commands + step.commands, closed + step.closed
        return Step(state, commands, closed)

    def _on_failure(self, state: OwnState, event: StrategyFailed) -> Step[OwnState]:
        """It is asked no more. What it left - targets, the stop - goes on, resting buys are taken back."""
        pair = state.pair(event.symbol)
        if event.number != pair.number or state.failure is not None:
            return Step(state)
        failure = Failure(event.code, event.place, event.error)
        state = replace(state, failure=failure)
        for kept in state.pairs:
            state = state.with_pair(replace(kept, waiting=(), due=0))
        commands: tuple[Command, ...] = (Tell(failure_said(self.settings.file, failure), is_problem=True),)
        closed: tuple[Deal, ...] = ()
        for deal in state.deals:
            step = self._change(state, deal.number, event.at, python_orders.without_buys)
            state, commands, closed = step.state, commands + step.commands, closed + step.closed
        return Step(state, commands, closed)

    def _on_ask(self, state: OwnState, event: UserAsked) -> Step[OwnState]:
        answer = python_asks.on_ask(state, event, self.markets, self.who)
        if answer.deal is None:
            return Step(answer.state, answer.commands)
        step = self._change(answer.state, answer.deal, event.at, lambda deal: (deal, ()))
        return replace(step, commands=answer.commands + step.commands)

    def _on_order(self, state: OwnState, event: OrderNews) -> Step[OwnState]:
        for deal in state.deals:
            order = deal.deal.order(event.client_id)
            if order is not None:
                return self._on_own_order(state, deal, order, event)
        if isinstance(event, OrderFilled) and event.returned is not None:
            number, order = event.returned
            for deal in state.deals:
                if deal.number == number:
                    back = deal.with_deal(orders=(*deal.deal.orders, order))
                    return self._on_order(state.with_deal(back), replace(event, returned=None))
        return Step(state, (Tell(said("unknown_order", client_id=event.client_id), is_problem=True),))

    def _on_own_order(self, state: OwnState, deal: OwnDeal, order: Order, event: OrderNews) -> Step[OwnState]:
        at = max(event.at, event.bar_end) if isinstance(event, OrderFilled) else event.at
        news = python_orders.on_news(deal, order, event)
        if isinstance(event, OrderFilled):
            state = state.with_pair(replace(state.pair(deal.deal.symbol), price=event.fill.price, priced_at=event.at))
        if news.told is not None:
            state = state.telling(deal.deal.symbol, news.told)
        return self._change(state, deal.number, at, lambda _: (news.deal, news.commands))

    def _change(self, state: OwnState, number: int, at: int, change: Change) -> Step[OwnState]:
        """Change a deal; each change ends in a new plan of orders, and in the deal's end if nothing is left."""
        before = next(deal for deal in state.deals if deal.number == number)
        market = self.markets[before.deal.symbol]
        deal, told = change(before)
        deal, planned = next_orders(deal, market, self.who, at)
        deal = python_orders.with_levels(over_if_done(deal, market, at))
        if not deal.deal.status.is_over:
            return Step(state.with_deal(deal) if deal is not before else state, (*told, *planned))
        ended = deal.deal
        pair = state.pair(ended.symbol)
        has_traded = bool(ended.position.entry_amount)
        keeps_coins = has_traded and ended.status is DealStatus.CANCELLED
        dust = ZERO if keeps_coins else ended.held
        state = replace(
            state.with_pair(replace(pair, dust=pair.dust + dust)),
            deals=tuple(other for other in state.deals if other.number != number),
            deals_closed=state.deals_closed + has_traded,
        )
        over = tell(deal, "deal_closed", status=ended.status, profit=ended.profit)
        return Step(state, (*told, *planned, over), (ended,))


def failure_said(file: str, failure: Failure) -> Said:
    """What went wrong with a strategy, what that means for the money, and what to do."""
    return said(
        {
            "raised": "own_raised",
            "slow": "own_slow",
            "broken": "own_broken",
            "answer": "own_answer",
            "changed": "own_changed",
            "missing": "own_missing",
        }[failure.code],
        file=file,
        place=failure.place,
        error=failure.error,
    )
