"""Runs one bot: one event at a time, decide, vet, write down, act - in that order, always."""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from desktop_app.core.commands import CancelOrder, Command, OpenTrade, PlaceOrder
from desktop_app.core.events import (
    Ask,
    CancelRefused,
    ClockStruck,
    ConditionsRead,
    Event,
    OrderAccepted,
    OrderCanceled,
    OrderFilled,
    OrderRejected,
    PairsListed,
    PriceTick,
    StrategyAnswered,
    StrategyFailed,
    TakeSignal,
    UserAsked,
)
from desktop_app.core.order import OrderStatus
from desktop_app.core.said import Said, said
from desktop_app.core.strategy import AsksStrategy, Bot, ListsPairs, ReadsConditions, Step, Watch
from desktop_app.engine.codec import adapter, commands_to_json, event_to_json
from desktop_app.engine.gates import is_reached
from desktop_app.engine.heirs import made_by
from desktop_app.engine.ledger import Changes, Ledger, Tracked
from desktop_app.engine.mailbox import Item, Mailbox, MailboxFull, Reported, Traded, Unanswered, Wish
from desktop_app.engine.portfolio import funds_seen, sees_funds
from desktop_app.engine.problem import unforeseen
from desktop_app.engine.reports import answer_to
from desktop_app.engine.shapes import Desk, Needed
from desktop_app.engine.signal_log import signal_row
from desktop_app.engine.telling import tell_decision, tell_late_fill, tell_problem
from desktop_app.engine.unlisted import made_id
from desktop_app.engine.work import Work
from desktop_app.exchange.pump import end
from desktop_app.store.errors import StoreError
from desktop_app.store.rows import BotRow, OrderRow, Write

if TYPE_CHECKING:
    from desktop_app.exchange.protocol import OrderReport, TradeReport

_log = logging.getLogger(__name__)
_MINOR_EVERY_MS = 1_000


class BotRunner:
    """A bot at work on an account. Everything about it happens on the engine's loop, in its own task."""

    def __init__(self, row: BotRow, bot: Bot[Any], state_kind: type, desk: Desk) -> None:
        self.row = row
        self.bot = bot
        self.state: Any = None
        self.ledger = Ledger()
        self.mailbox = Mailbox()
        self.is_held = False
        self.is_deciding = False
        self.is_covered = False  # its trades are known up to the last comparison of the account
        self.started_at = 0
        self.missed: dict[str, PriceTick] = {}  # prices that came while an earlier event was still waiting
        self.needed: Needed | None = None  # for this state and prices
        self._state_kind = adapter(state_kind)
        self._desk = desk
        self._asks_strategy = isinstance(bot, AsksStrategy)
        self._task: asyncio.Task[None] | None = None
        self._is_open = False
        self._is_over = False
        self._watches: dict[str, Watch] = {}
        self._has_unwritten = False
        self._written_at = 0

    # --- life

    @property
    def bot_id(self) -> int:
        return self.row.bot_id

    @property
    def is_running(self) -> bool:
        return self._task is not None and not self._task.done()

    @property
    def is_done(self) -> bool:
        """Nothing is left to do for it: it stopped itself, or was stopped and its last deal is over."""
        if self.ledger.live:
            return False  # the end of an order of a closed deal is still to come, and nobody else would take it down
        return self.bot.is_done(self.state) or (not self.row.is_wanted and not self.ledger.deals)

    @property
    def is_idle(self) -> bool:
        return not self.is_deciding and not len(self.mailbox)

    async def load(self, live: list[OrderRow]) -> None:
        """Take up what the journal has of this bot.

        Raises:
            StoreError, ValueError: it cannot be read.
        """
        text = await self._desk.store.load_state(self.bot_id)
        if text is None:
            self.state = self.bot.first_state(self._desk.exchange.now())
        else:
            self.state = self._state_kind.validate_json(text)
        deals = self.bot.deals(self.state)
        orders = {row.order.client_id: Tracked(row.deal, row.order, is_inherited=True) for row in live}
        for deal in deals:
            for order in deal.live_orders:
                orders[order.client_id] = Tracked(deal.number, order, is_inherited=True)
        self.ledger.load(deals, orders)

    def start(self) -> None:
        assert not self.is_running
        self.is_held = self._is_over = False
        self.started_at = self._desk.exchange.now()
        self._task = self._desk.crew.spawn(self._run(), f"bot {self.row.name}")

    def use_bot(self, bot: Bot[Any]) -> None:
        """Go on under other rules of its pairs; what is being decided at this moment ends under the old ones."""
        self.bot = bot
        self.needed = None
        self._reconsider()
        if self._has_list and self._is_open:
            self._desk.link.want_lists()

    def open_gates(self) -> None:
        """From now on prices and clocks reach the bot."""
        if self._desk.shared.work is not Work.TRADE:
            return
        self._is_open = True
        if sees_funds(self.row.settings_json) and self._desk.balances:
            self.deliver(funds_seen(self._desk.balances, self._desk.exchange.now()))
        self._watches = {}
        self._reconsider()
        if self._has_list:
            self._desk.link.want_lists()
        if self._asks_strategy:
            self.deliver(ClockStruck(self._desk.exchange.now()))  # a question may have been left open

    def _close_gates(self) -> None:
        self._is_open = False
        self.missed.clear()
        self._desk.close_gates(self.bot_id)
        self._desk.conditions.forget(self.bot_id)
        self._desk.lists.forget(self.bot_id)

    async def stop(self) -> None:
        """End without a further decision; what waits is found again by the next reconciliation."""
        self._close_gates()
        task, self._task = self._task, None
        if task is not None and task is not asyncio.current_task():
            while self.is_deciding and not task.done():  # never between the journal and the exchange
                await self._desk.progress()
            await end(task)
        if self._asks_strategy and self._desk.shared.own is not None:
            await self._desk.shared.own.forget(self.bot_id)
        await self.write_minor()
        self._is_over = True  # who is told something now would never be idle again
        self.mailbox.clear()
        self._desk.note_idle(self)

    def deliver(self, item: Item) -> None:
        """Put something before the bot. A held bot is not told: it looks for itself when it starts again."""
        if self.is_held or self._is_over:
            if isinstance(item, Wish) and not item.answer.done():
                item.answer.set_exception(Unanswered())
            return
        try:
            self.mailbox.put(item)
        except MailboxFull:
            self._desk.crew.spawn(self.hold(said("why_held_mailbox")), f"hold {self.row.name}")
            return
        self._desk.note_busy(self)

    async def ask(self, ask: Ask, by: str = "you") -> tuple[Said, ...]:
        """Have the bot decide about a wish; the problems it met, after all of it is written down.

        Raises:
            Unanswered: the bot was held or stopped meanwhile.
        """
        answer: asyncio.Future[tuple[Said, ...]] = asyncio.get_running_loop().create_future()
        self.deliver(Wish(UserAsked(ask, self._desk.exchange.now(), by), answer))
        return await answer

    async def hold(self, why: Said) -> None:
        """Stop deciding, visibly; other bots go on."""
        self.is_held = True
        self.is_covered = False
        self._close_gates()
        self.mailbox.clear()
        self._desk.note_idle(self)
        await self._desk.bot_is_held(self, why)

    # --- one event at a time

    async def _run(self) -> None:
        while not self.is_held:
            item = await self.mailbox.get()
            self.is_deciding = True
            try:
                await self._handle(item)
            except StoreError as error:
                what, effect, next_step = error.sentences
                await self.hold(said("why_held_store", what=what, effect=effect, next_step=next_step))
            except Exception as error:  # noqa: BLE001 - one bot's mistake stops that bot and no other
                _log.exception("bot %s is held", self.row.name)
                await self.hold(said("why_held_error", error=unforeseen(error)))
            finally:
                self.is_deciding = False
                if isinstance(item, Wish) and not item.answer.done():
                    item.answer.set_exception(Unanswered())
                if len(self.mailbox):
                    self._desk.note_progress()
                else:
                    self._desk.note_idle(self)

    async def _handle(self, item: Item) -> None:
        if isinstance(item, Traded):
            await self._on_trade(item.trade)
        elif isinstance(item, Reported):
            await self._on_report(item.report)
        elif isinstance(item, Wish):
            ask = item.event.ask
            if isinstance(ask, TakeSignal) and await self._desk.store.has_signal(ask.key):
                if not item.answer.done():
                    item.answer.set_result((said("signal_repeated"),))
                return
            changes = await self._decide(item.event)
            problems = tuple(told for _, told, is_problem in changes.tells if is_problem)
            if not item.answer.done():
                item.answer.set_result(problems)
        else:
            if isinstance(item, PriceTick) and item.may_begin and self._desk.room.is_shut(self, item.symbol):
                item = replace(item, may_begin=False)
            await self._decide(item)
        if self._asks_strategy:
            await self._ask_strategy()

    async def _ask_strategy(self) -> None:
        """Have the user's strategy answer what the bot would know; each answer is an event like any other."""
        own = self._desk.shared.own
        while own is not None and self._is_open and isinstance(self.bot, AsksStrategy):
            question = self.bot.question(self.state)
            if question is None:
                return
            event = await own.answer(self._desk, self.bot_id, getattr(self.bot, "settings", None), question)
            if event is None:
                return  # asked again with whatever happens next, at the latest when the next candle closes
            await self._decide(event)

    async def _decide(self, event: Event) -> Changes:
        """Decide, vet, write down, act."""
        if isinstance(event, (OrderAccepted, OrderCanceled, OrderRejected, CancelRefused)):
            tracked = self.ledger.live.get(event.client_id)
            if tracked is None:
                return Changes()  # final for us, and told before
            if tracked.deal not in self.ledger.deals:
                if isinstance(event, (OrderCanceled, OrderRejected)):
                    await self._close_stray(event)
                return Changes()
        before = self.state
        step = self.bot.on_event(before, event)
        must_write = isinstance(event, (OrderFilled, UserAsked))
        if step.state is before and not step.commands and not step.closed and not must_write:
            return Changes()
        self.state = step.state
        if step.is_minor and not step.commands and not step.closed and not must_write:
            self._rewatch((event.symbol,) if isinstance(event, PriceTick | ConditionsRead) else None)
            await self._remember_minor(event)
            return Changes()
        try:
            changes = await self._write_and_act(event, step)
        except BaseException:
            self.state = before
            raise
        self._reconsider()  # orders first: a price that comes while they are written down is kept in `missed`
        if isinstance(event, PairsListed):
            self._desk.link.want_pairs()
        return changes

    async def _write_and_act(self, event: Event, step: Step[Any]) -> Changes:
        desk = self._desk
        changes = self.ledger.compare(event, step, self.bot.deals(step.state))
        approved, refused = desk.room.vet(self, step.commands) if step.commands else ((), ())
        now = desk.exchange.now()
        await desk.store.record(self._write(event, step.commands, changes, now, refused))
        self._has_unwritten = False
        self._written_at = desk.clock()
        self.ledger.apply(changes)
        places = tuple(command for command in approved if isinstance(command, PlaceOrder))
        cancels = tuple(command for command in approved if isinstance(command, CancelOrder))
        if places or cancels:
            desk.courier.act(self, cancels, places)
        desk.later(partial(tell_decision, desk, self, event, changes, step.commands, now))
        for command, why in reversed(refused):
            self.mailbox.put_first(OrderRejected(command.order.client_id, why, now))
        desk.decided(self, changes)
        if any(isinstance(command, OpenTrade) for command in step.commands):
            desk.bots_were_made()
        if step.closed or isinstance(event, UserAsked | StrategyFailed | StrategyAnswered):
            self._stop_if_done()
        return changes

    def _write(
        self,
        event: Event,
        commands: tuple[Command, ...],
        changes: Changes,
        at: int,
        refused: "tuple[tuple[PlaceOrder, str], ...]" = (),
    ) -> Write:
        return Write(
            bot_id=self.bot_id,
            account_id=self._desk.row.account_id,
            at=at,
            event_json=event_to_json(event),
            state_json=self._state_kind.dump_json(self.state).decode(),
            deals=changes.deals,
            orders=changes.orders,
            fills=changes.fills,
            tells=changes.tells,
            commands_json=commands_to_json(commands, (command.order.client_id for command, _ in refused)),
            sent=self._desk.courier.take_sent(),
            bots=made_by(commands, self._desk.row.account_id),
            signal=signal_row(self.bot_id, event, changes.tells, self._desk.clock()),
        )

    def _stop_if_done(self) -> None:
        if self.is_done:
            self._desk.crew.spawn(self._desk.bot_is_done(self), f"end {self.row.name}")

    async def _remember_minor(self, event: Event) -> None:
        """Prices that were only remembered are written at most once a second."""
        self._has_unwritten = True
        self._desk.pulse.bot(self)
        if self._desk.clock() - self._written_at >= _MINOR_EVERY_MS:
            await self._desk.store.record(self._write(event, (), Changes(), self._desk.exchange.now()))
            self._has_unwritten = False
            self._written_at = self._desk.clock()

    async def write_minor(self) -> None:
        """Before the end: write what was only remembered."""
        if self._has_unwritten and not self.is_held:
            self._has_unwritten = False
            now = self._desk.exchange.now()
            try:
                await self._desk.store.record(self._write(ClockStruck(now), (), Changes(), now))
            except StoreError:
                _log.warning("the last prices seen by %s were not written down", self.row.name)

    # --- what the exchange says

    async def _on_trade(self, trade: "TradeReport") -> None:
        """Count each trade once, whoever tells it how often."""
        client_id = trade.client_id or self.ledger.order_by_exchange_id(trade.exchange_id)
        if self.ledger.has_trade(trade.symbol, trade.fill.trade_id):
            return
        tracked = self.ledger.live.get(client_id)
        if tracked is None or tracked.is_inherited:
            ids = (trade.fill.trade_id,)
            known = await self._desk.store.known_trades(self._desk.row.account_id, trade.symbol, ids)
            if known:
                self.ledger.remember_trade(trade.symbol, trade.fill.trade_id)
                return
        if tracked is None:
            await self._late_fill(client_id, trade)
        else:
            if trade.exchange_id and not tracked.order.exchange_id:
                # The fill overtook the answer to the order; taken first, so that its number there is known for ever.
                await self._decide(OrderAccepted(client_id, trade.exchange_id, trade.at))
            await self._decide(OrderFilled(client_id, trade.fill, trade.at, trade.bar_end))
            self._check_amount(tracked, trade)
        self.ledger.remember_trade(trade.symbol, trade.fill.trade_id)
        self._desk.departures.traded(trade.symbol)
        self._desk.watcher.traded(trade)
        self._desk.money_moved()

    def _check_amount(self, tracked: Tracked, trade: "TradeReport") -> None:
        """What the exchange reports is what counts; more than was ordered is told."""
        order = tracked.order
        over = order.filled + trade.fill.amount - order.amount
        market = self._desk.markets.get(order.symbol)
        if market is not None and over > market.amount_step:
            told = said("overfilled", amount=over, base=market.base, pair=order.symbol)
            tell_problem(self._desk, self, tracked.deal, told)

    async def _late_fill(self, client_id: str, trade: "TradeReport") -> None:
        """A trade of an order that was final for us: the bot cannot use it any more, but it is ours."""
        desk = self._desk
        row = await desk.store.order(client_id)
        if row is None:
            desk.watcher.saw_trade(trade)
            return
        made = (made_id(client_id),)
        if await desk.store.known_trades(desk.row.account_id, trade.symbol, made):
            _log.info("trade %s of %s is listed at last", trade.fill.trade_id, client_id)
            return  # it was counted when its order was over and the trade was not listed
        deal = self.ledger.deals.get(row.deal)
        if deal is not None and row.order.status in (OrderStatus.CANCELED, OrderStatus.REJECTED):
            # It was over for us, and was not: the deal takes it in, for it is the deal that must sell it.
            returned = (row.deal, deal.order(client_id) or row.order)
            event = OrderFilled(client_id, trade.fill, trade.at, trade.bar_end, returned)
            await self._decide(event)
            tell_problem(desk, self, row.deal, tell_late_fill(trade, is_taken=True))
            return
        order = row.order.with_fill(trade.fill) if row.order.status is not OrderStatus.REJECTED else row.order
        told = tell_late_fill(trade)
        changes = Changes(
            orders=((row.deal, order),),
            fills=((row.deal, client_id, trade.fill),),
            tells=((row.deal, told, True),),
        )
        event = OrderFilled(client_id, trade.fill, trade.at, trade.bar_end)
        now = self._desk.exchange.now()
        await self._desk.store.record(self._write(event, (), changes, now))
        self._desk.later(partial(tell_decision, self._desk, self, event, changes, (), now))
        tell_problem(desk, self, row.deal, told)
        if deal is not None:
            # The deal does not know of these coins and would go on as if they were not there.
            await self.hold(said("why_held_late_fill", amount=trade.fill.amount, pair=trade.symbol))

    async def _on_report(self, report: "OrderReport") -> None:
        """Compare what the exchange says with what we know, and decide about the difference."""
        client_id = report.client_id or self.ledger.order_by_exchange_id(report.exchange_id)
        tracked = self.ledger.live.get(client_id)
        if tracked is None:
            return  # final for us, and told before
        courier = self._desk.courier
        answer = answer_to(tracked.order, report)
        if answer.event is not None:
            await self._decide(answer.event)
        if answer.is_settled:
            courier.doubts.settle(client_id)
        elif answer.wants_look:
            courier.doubts.chase(self, client_id)

    async def _close_stray(self, event: OrderCanceled | OrderRejected) -> None:
        """The end of an order whose deal is over: the bot knows it no longer, our books still do."""
        tracked = self.ledger.live[event.client_id]
        is_rejected = isinstance(event, OrderRejected)
        status = OrderStatus.REJECTED if is_rejected else OrderStatus.CANCELED
        if status is OrderStatus.REJECTED and tracked.order.status is OrderStatus.OPEN:
            status = OrderStatus.CANCELED
        changes = Changes(orders=((tracked.deal, tracked.order.becomes(status, reason=event.reason)),))
        await self._desk.store.record(self._write(event, (), changes, self._desk.exchange.now()))
        self.ledger.apply(changes)
        self._stop_if_done()

    # --- watching

    @property
    def symbols(self) -> tuple[str, ...]:
        """Its pairs: those that it names, those of its list, and those that left while a deal runs on them."""
        listed = self.bot.listed(self.state) if isinstance(self.bot, ListsPairs) and self.state is not None else ()
        running = (deal.symbol for deal in self.ledger.deals.values())
        return tuple(dict.fromkeys((*self.bot.symbols, *listed, *running)))

    @property
    def _has_list(self) -> bool:
        return isinstance(self.bot, ListsPairs) and self.bot.pair_list is not None

    def hears_of(self, symbol: str) -> bool:
        return symbol in self._watches or symbol in self.bot.symbols

    @property
    def quote(self) -> str:
        """The currency that all its pairs are paid in."""
        if isinstance(self.bot, ListsPairs) and self.bot.pair_list is not None:
            return self.bot.pair_list.quote
        return self.bot.symbols[0].partition("/")[2]

    def _reconsider(self) -> None:
        """After a decision that may concern all pairs: what it reads, and what it waits for."""
        if not self._is_open:
            return
        symbols = self.symbols
        gone = [symbol for symbol in self._watches if symbol not in symbols]
        for symbol in gone:
            del self._watches[symbol]
            self._desk.gate(symbol).remove(self.bot_id)
        if isinstance(self.bot, ReadsConditions):
            self._desk.conditions.want(self, (*symbols, *gone))
        self._rewatch(symbols)

    def _rewatch(self, symbols: Iterable[str] | None = None) -> None:
        """Tell the gates what the bot waits for now, and catch up with prices that came meanwhile."""
        if not self._is_open:
            return
        desk = self._desk
        for symbol in self.symbols if symbols is None else symbols:
            watch = self.bot.watch(self.state, symbol)
            if watch == self._watches.get(symbol):
                continue
            self._watches[symbol] = watch
            desk.gate(symbol).update(self.bot_id, watch)
        desk.set_wake(self.bot_id, self.bot.wake_at(self.state))
        if self.missed:
            missed, self.missed = self.missed, {}
            for symbol, tick in missed.items():
                if is_reached(self._watches.get(symbol, Watch()), tick):
                    self.mailbox.put(tick)

    def with_row(self, **changes: Any) -> BotRow:
        self.row = replace(self.row, **changes)
        return self.row
