"""One account at work: its exchange, the bots on it, and the way of every price and report to them."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from desktop_app.core import risk
from desktop_app.core.client_id import BotIdentity, read_client_id
from desktop_app.core.commands import PlaceOrder
from desktop_app.core.deal import Deal
from desktop_app.core.events import ClockStruck, PriceTick
from desktop_app.core.market import Balance, Candle, Market
from desktop_app.core.order import Order, OrderType
from desktop_app.core.said import Said, said
from desktop_app.core.strategies import Kind
from desktop_app.core.strategy import AsksStrategy, Bot, Watch
from desktop_app.engine.account_config import address_of, mark_of, with_mark
from desktop_app.engine.condition_feed import ConditionFeed
from desktop_app.engine.courier import Courier
from desktop_app.engine.departures import Departures
from desktop_app.engine.gates import Gate
from desktop_app.engine.keys import KeyState
from desktop_app.engine.ledger import Changes
from desktop_app.engine.link import Link
from desktop_app.engine.mailbox import Reported, Traded
from desktop_app.engine.news import AccountNews, BotNews, CandleNews, HappenedNews, LogNews
from desktop_app.engine.pair_lists import PairLists
from desktop_app.engine.problem import worded
from desktop_app.engine.pulse import Pulse
from desktop_app.engine.room import Room
from desktop_app.engine.runner import BotRunner
from desktop_app.engine.shapes import Halt, Runner, Surroundings
from desktop_app.engine.telling import account_view, bot_view, tell_bot
from desktop_app.engine.views import mode_of
from desktop_app.engine.wakes import Wakes
from desktop_app.engine.watch import ForeignWatch
from desktop_app.exchange.live_config import KeyMark
from desktop_app.exchange.protocol import Exchange, OrderReport, TradeReport
from desktop_app.exchange.pump import end
from desktop_app.store.codec import said_to_json
from desktop_app.store.errors import StoreError
from desktop_app.store.rows import AccountRow, BotRow

_log = logging.getLogger(__name__)
_STUBBORN_WAKE_MS = 1_000
_NO_WATCH = Watch()


class AccountDesk:
    """Is the exchange's sink. Everything here runs on the engine's loop."""

    def __init__(self, row: AccountRow, exchange: Exchange, shared: Surroundings) -> None:
        self.use(row)
        self.exchange = exchange
        self.renew: Callable[[], Exchange] | None = None
        self.on_row: Callable[[BotRow], None] = lambda _row: None  # of a bot that has ended by itself
        self.on_opened: Callable[[Runner, tuple[Deal, ...]], None] | None = None
        self.begin_made: Callable[[], Coroutine[object, object, None]] | None = None  # bots that a decision has made
        self.store = shared.store
        self.bus = shared.bus
        self.crew = shared.crew
        self.clock = shared.clock
        self.sleep = shared.sleep
        self.tallies = shared.tallies
        self.shared = shared
        self.key = KeyState()
        self.runners: dict[int, BotRunner] = {}
        self.held: dict[int, Said] = {}
        self.last: dict[str, PriceTick] = {}
        self.balances: Mapping[str, Balance] = {}
        self.balances_at = 0
        self.markets: Mapping[str, Market] = {}
        self.halt = Halt(set(), is_selling=False, may_sell=asyncio.Event())
        self.conditions = ConditionFeed(self)
        self.lists = PairLists(self)
        self.departures = Departures(self)
        self.room = Room(self)
        self.watcher = ForeignWatch(self)
        self.courier = Courier(self)
        self.link = Link(self)
        self.pulse = Pulse(self)
        self.task: asyncio.Task[None] | None = None  # of the link
        self._gates: dict[str, Gate] = {}
        self._wakes = Wakes()
        self._struck: dict[int, int] = {}
        self._timer: asyncio.TimerHandle | None = None
        self.remind_at = 0  # of a key that is not bound to an address; 0: nobody asked
        self._changing = asyncio.Lock()
        self._is_closing = False
        self._busy: set[BotRunner] = set()
        self._waiting: list[asyncio.Future[None]] = []
        self._frozen: dict[str, Said] = {}
        self._takes_no_risk = False
        self._resting_pairs: frozenset[str] = frozenset()  # halted or gone
        self._kinds: dict[int, Kind] = {}

    def use(self, row: AccountRow) -> None:
        """The account is described anew."""
        self.row = row
        self.limits = risk.Limits.model_validate_json(row.limits_json)
        self.mark = mark_of(row)
        self.address = address_of(row)

    async def change_row(self, change: Callable[[AccountRow], AccountRow]) -> None:
        """One change after another, each upon what the one before has written down. Raises StoreError."""
        async with self._changing:
            row = change(self.row)
            if row != self.row:
                await self.store.save_account(row)
                self.use(row)

    async def know_key(self, mark: KeyMark) -> None:
        """The exchange told more of the key; that it was replaced or removed meanwhile stands. Raises StoreError."""

        def told(row: AccountRow) -> AccountRow:
            now = mark_of(row)
            return with_mark(row, mark) if now is not None and now.name == mark.name else row

        await self.change_row(told)

    async def remind(self, at: int) -> None:
        """Say from then on that the key still works from everywhere. Raises StoreError."""
        await self.store.set_meta(self._reminder, str(at))
        self.remind_at = at

    @property
    def _reminder(self) -> str:
        return f"key_reminder/{self.row.account_id}"

    async def restore(self) -> None:
        """What held this account back before the last stop still does. Raises StoreError."""
        await self.watcher.restore()
        self.remind_at = int(await self.store.meta(self._reminder) or 0)

    # --- facts

    @property
    def mode(self) -> str:
        return mode_of(self.row.exchange, is_simulated=self.exchange.is_simulated, is_paper=self.row.is_paper)

    @property
    def is_connected(self) -> bool:
        return self.link.is_connected

    @property
    def may_trade(self) -> bool:
        return self.row.may_trade or self.row.is_paper or self.exchange.is_simulated

    @property
    def speed(self) -> Decimal:
        speed = getattr(self.exchange, "speed", 1)
        return Decimal("Infinity") if speed == "max" else Decimal(str(speed))

    @property
    def frozen(self) -> Said | None:
        """Why nothing on this account may open or add to anything."""
        return next(iter(self._frozen.values()), None)

    def freeze(self, cause: str, why: Said) -> bool:
        """Take no new risk until `thaw`; whether that is news."""
        if self._frozen.get(cause) == why:
            return False
        self._frozen[cause] = why
        self._freeze_changed()
        return True

    def thaw(self, cause: str) -> None:
        if self._frozen.pop(cause, None) is not None:
            self._freeze_changed()

    def _freeze_changed(self) -> None:
        self.risk_changed()
        self.departures.poke()
        self.bus.publish(AccountNews(account_view(self)))
        for runner in self.runners.values():
            self.pulse.bot(runner)

    def risk_changed(self) -> None:
        """Something that new deals depend on has changed: asked here, so that no price has to ask."""
        link = self.link
        self._takes_no_risk = bool(self._frozen) or not link.is_reconciled or not link.is_live_feed

    def owner_has(self, client_id: str, exchange_id: str) -> bool:
        """Whether a bot at work has this order among its live ones."""
        return any(
            client_id in runner.ledger.live or runner.ledger.order_by_exchange_id(exchange_id)
            for runner in self.runners.values()
        )

    def owner(self, client_id: str, exchange_id: str) -> BotRunner | None:
        """Whose order this is, read from its id alone where it is one of ours."""
        origin = read_client_id(client_id, self.shared.key)
        if origin is not None and origin.install == self.shared.install:
            return self.runners.get(origin.bot)
        for runner in self.runners.values():
            if client_id in runner.ledger.live or runner.ledger.order_by_exchange_id(exchange_id):
                return runner
        return None

    # --- what the exchange tells (Sink)

    def on_price(self, tick: PriceTick) -> None:
        symbol = tick.symbol
        self.link.heard()
        if tick.opens and (self._takes_no_risk or symbol in self._resting_pairs):
            tick = replace(tick, opens=False)
        self.last[symbol] = tick
        if tick.opens:
            self.conditions.passes(symbol, tick.at)
        self.conditions.before_price(symbol)
        gate = self._gates.get(symbol)
        if gate is not None:
            visited = gate.visits(tick)
            short = self.departures.short_bots if visited else ()
            for bot_id in visited:
                self.runners[bot_id].deliver(replace(tick, may_begin=False) if bot_id in short else tick)
            for runner in self._busy:
                if runner.bot_id not in visited and runner.hears_of(symbol):
                    runner.missed[symbol] = tick
        due = self._wakes.next()
        if due is not None and tick.at >= due:
            # A replay's prices within a candle are stamped with its end; its clock is not there yet.
            self._strike(min(tick.at, self.exchange.now()))
        self.pulse.price(tick)

    def nudge(self, runner: BotRunner, symbol: str) -> None:
        """Show a bot the last price again: it has been asked for something that needs one, and must not wait long."""
        tick = self.last.get(symbol)
        if tick is None:
            return
        opens = not self._takes_no_risk and symbol not in self._resting_pairs
        may_begin = runner.bot_id not in self.departures.short_bots
        runner.deliver(replace(tick, at=max(tick.at, self.exchange.now()), opens=opens, may_begin=may_begin))

    def on_candle(self, symbol: str, candle: Candle, *, is_closed: bool) -> None:
        if is_closed:
            self.conditions.closed(symbol, candle)
        else:
            self.conditions.passes(symbol, candle.at)
        self.bus.publish(CandleNews(self.row.name, symbol, candle, is_closed))

    def on_order(self, report: OrderReport) -> None:
        owner = self.owner(report.client_id, report.exchange_id)
        if owner is not None:
            owner.deliver(Reported(report))
        else:
            self.watcher.saw_order(report)

    def on_trade(self, trade: TradeReport) -> None:
        owner = self.owner(trade.client_id, trade.exchange_id)
        if owner is not None:
            owner.deliver(Traded(trade))
        else:
            self.watcher.saw_trade(trade)
            self.money_moved()

    def on_feed(self, *, is_live: bool, reason: str) -> None:
        self.link.feed_changed(is_live=is_live, reason=reason)

    def on_markets(self) -> None:
        """New rules of pairs: bots go on under them, and rest where their pair is halted or gone."""
        before = self.markets
        self.markets = self._with_missing(self.exchange.markets())
        self._note_resting()
        for runner in self.runners.values():
            if any(self.markets.get(symbol) != before.get(symbol) for symbol in runner.symbols):
                runner.use_bot(self._make_bot(runner.row, self._kinds[runner.bot_id]))
                self.pulse.bot(runner)
        self.departures.poke()

    def _with_missing(self, markets: Mapping[str, Market]) -> Mapping[str, Market]:
        """A pair that bots have and the exchange no longer: kept as halted, with the rules that it had."""
        wanted = {symbol for runner in self.runners.values() for symbol in runner.symbols}
        gone = {symbol: replace(_known(self.markets, symbol), is_active=False) for symbol in wanted - set(markets)}
        return {**markets, **gone} if gone else markets

    def _note_resting(self) -> None:
        wanted = {symbol for runner in self.runners.values() for symbol in runner.symbols}
        resting = frozenset(symbol for symbol in wanted if not _known(self.markets, symbol).is_active)
        for symbol in sorted(resting ^ self._resting_pairs):
            event = "pair_halted" if symbol in resting else "pair_resumed"
            level = "warning" if symbol in resting else "info"
            told = said(event, account=self.row.name, pair=symbol)
            self.bus.publish(LogNews(self.clock(), level, self.row.name, "", 0, event, told))
            self.bus.publish(HappenedNews(self.clock(), event, self.row.name, pair=symbol))
        self._resting_pairs = resting

    def why_pairs_rest(self, runner: Runner) -> Said | None:
        pairs = [symbol for symbol in runner.symbols if symbol in self._resting_pairs]
        return said("wait_halted", pair=", ".join(pairs)) if pairs and len(pairs) == len(runner.symbols) else None

    def watch(self, symbol: str) -> Watch:
        gate = self._gates.get(symbol)
        return gate.nearest() if gate is not None else _NO_WATCH

    def wake_at(self) -> int | None:
        return self._wakes.next()

    async def settled(self) -> None:
        while True:
            if self._is_closing:
                # The bots hear nothing any more: a market that waits for them must not go on without them.
                await asyncio.Event().wait()
            self._strike(self.exchange.now())
            self.conditions.work_off()
            if not self._busy and not self.courier.busy and not self.conditions.is_busy:
                return
            await self.progress()

    # --- gates and clocks of the bots

    def gate(self, symbol: str) -> Gate:
        gate = self._gates.get(symbol)
        if gate is None:
            gate = self._gates[symbol] = Gate()
        return gate

    def close_gates(self, bot_id: int) -> None:
        for gate in self._gates.values():
            gate.remove(bot_id)
        self._wakes.set(bot_id, None)
        self._struck.pop(bot_id, None)

    def set_wake(self, bot_id: int, at: int | None) -> None:
        struck = self._struck.get(bot_id)
        if at is not None and struck is not None and at <= struck:
            at = struck + _STUBBORN_WAKE_MS  # it was just woken for that: never in a circle
        if self._wakes.set(bot_id, at):
            self._arm()

    def rearm(self) -> None:
        """The exchange's clock runs at another speed from now on."""
        self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        at = self._wakes.next()
        if at is not None and self.link.is_open:
            wait = max(0, at - self.exchange.now()) / 1000 / float(self.speed)
            self._timer = asyncio.get_running_loop().call_later(min(wait + 0.001, 1.0), self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self._strike(self.exchange.now())
        self._arm()

    def _strike(self, now: int) -> None:
        if not self.link.is_open:
            return
        for bot_id in self._wakes.take_due(now):
            self._struck[bot_id] = now
            runner = self.runners.get(bot_id)
            if runner is not None:
                runner.deliver(ClockStruck(now))

    # --- who is at work

    def note_busy(self, runner: BotRunner) -> None:
        self._busy.add(runner)

    def note_idle(self, runner: BotRunner) -> None:
        self._busy.discard(runner)
        self.note_progress()

    def note_progress(self) -> None:
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            for waiter in waiting:
                if not waiter.done():
                    waiter.set_result(None)

    async def progress(self) -> None:
        """Return when something has moved."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        await waiter

    # --- what a decision passes on its way

    def why_not_send(self, runner: Runner, order: Order) -> str:
        """The last word before an order leaves; empty when it may."""
        if not self.may_trade:
            return worded(said("order_not_sent_stopped"))
        if runner.bot_id in self.halt.bots and not self.is_panic_exit(runner, order):
            return worded(said("order_not_sent_panic"))
        return ""

    def is_panic_exit(self, runner: Runner, order: Order) -> bool:
        """What PANIC itself sells."""
        is_market = order.type is OrderType.MARKET
        is_halted = runner.bot_id in self.halt.bots
        return is_halted and self.halt.is_selling and is_market and risk.is_exit(PlaceOrder(order, 0))

    def must_wait(self, bot_id: int) -> bool:
        return bot_id in self.halt.bots and self.halt.is_selling and not self.halt.may_sell.is_set()

    async def may_go(self) -> None:
        await self.halt.may_sell.wait()

    # --- after a decision

    def later(self, tell: Callable[[], None]) -> None:
        self.pulse.later(tell)

    def decided(self, runner: Runner, changes: Changes) -> None:
        if changes.closed:
            self.tallies.add(runner.bot_id, changes.closed)
        if changes.opened and self.on_opened is not None:
            self.on_opened(runner, changes.opened)
        self.pulse.bot(runner)

    def bots_were_made(self) -> None:
        if self.begin_made is not None:
            self.crew.spawn(self.begin_made(), f"new bots on {self.row.name}")

    def money_moved(self) -> None:
        self.link.want_balances()

    # --- bots come and go

    def make_runner(self, row: BotRow, kind: Kind) -> BotRunner:
        """Raises ValueError: the settings cannot be read."""
        self._kinds[row.bot_id] = kind
        settings = kind.settings.model_validate_json(row.settings_json)
        gone = {symbol: _known(self.markets, symbol) for symbol in settings.pairs if symbol not in self.markets}
        if gone:
            self.markets = {**self.markets, **gone}
        return BotRunner(row, self._make_bot(row, kind), kind.state, self)

    def _make_bot(self, row: BotRow, kind: Kind) -> Bot[Any]:
        """Raises ValueError: the settings cannot be read."""
        settings = kind.settings.model_validate_json(row.settings_json)
        who = BotIdentity(row.bot_id, self.shared.install, self.shared.key)
        return kind.make_bot(who, settings, self.markets)

    def begin(self, runner: BotRunner) -> None:
        """Let a loaded bot hear of its orders; prices reach it only after `open_gates`."""
        self.held.pop(runner.bot_id, None)
        self.runners[runner.bot_id] = runner
        runner.start()
        self._note_resting()

    async def let_go(self, bot_id: int) -> None:
        runner = self.runners.get(bot_id)
        if runner is not None:
            await runner.stop()
            self.runners.pop(bot_id, None)

    async def bot_is_held(self, runner: Runner, why: Said) -> None:
        self.held[runner.bot_id] = why
        row = runner.with_row(status="held", reason_json=said_to_json(why))
        try:
            await self.store.save_bot(row)
        except StoreError:
            _log.warning("that bot %s is held could not be written down", row.name)
        tell_bot(self, runner.bot_id, row.name, "bot_held", why)
        self.bus.publish(BotNews(bot_view(self, runner)))

    async def bot_is_done(self, runner: Runner) -> None:
        """It stopped itself, or was stopped and its last deal is over."""
        if self.runners.get(runner.bot_id) is not runner or not runner.is_done:
            return
        why = said("bot_finished" if runner.row.is_wanted else "engine_bot_stopped")
        if isinstance(runner.bot, AsksStrategy):
            why = runner.bot.end(runner.state) or why
        if runner.bot_id in self.halt.bots:
            why = said("why_stopped_by_panic")
        await self.let_go(runner.bot_id)
        row = runner.with_row(is_wanted=False, status="stopped", reason_json=said_to_json(why))
        self.on_row(row)
        await self.store.save_bot(row)
        tell_bot(self, runner.bot_id, row.name, "bot_stopped", why)
        self.bus.publish(BotNews(bot_view(self, runner)))

    async def close(self) -> None:
        """Stop the bots where they are, then the exchange."""
        self._is_closing = True
        self.link.close()
        if self.task is not None:
            await end(self.task)
        if self._timer is not None:
            self._timer.cancel()
        for runner in tuple(self.runners.values()):
            await runner.stop()
        while self.courier.busy:
            await self.progress()
        self.pulse.flush()
        await self.exchange.close()


def _known(markets: Mapping[str, Market], symbol: str) -> Market:
    """The rules of a pair; of one that the exchange does not have, what its name says, and that it is halted."""
    base, _, quote = symbol.partition("/")
    return markets.get(symbol) or Market(symbol, base, quote, is_active=False)
