"""One account at work: its exchange, the bots on it, and the way of every price and report to them."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from desktop_app.core import risk
from desktop_app.core.client_id import BotIdentity, read_client_id
from desktop_app.core.commands import Command, PlaceOrder
from desktop_app.core.events import ClockStruck, PriceTick
from desktop_app.core.market import Balance, Candle, Market
from desktop_app.core.order import Order, OrderType
from desktop_app.core.said import Said, said
from desktop_app.core.strategies import Kind
from desktop_app.core.strategy import Watch
from desktop_app.engine.courier import Courier
from desktop_app.engine.gates import Gate
from desktop_app.engine.ledger import Changes
from desktop_app.engine.link import Link
from desktop_app.engine.mailbox import Reported, Traded
from desktop_app.engine.news import BotNews, CandleNews, ForeignNews, HappenedNews
from desktop_app.engine.problem import worded
from desktop_app.engine.pulse import Pulse
from desktop_app.engine.runner import BotRunner
from desktop_app.engine.shapes import Halt, Runner, Surroundings
from desktop_app.engine.telling import bot_view, tell_bot
from desktop_app.engine.views import mode_of
from desktop_app.engine.wakes import Wakes
from desktop_app.exchange.protocol import Exchange, OrderReport, TradeReport
from desktop_app.store.codec import said_to_json
from desktop_app.store.errors import StoreError
from desktop_app.store.rows import AccountRow, BotRow

_log = logging.getLogger(__name__)
_STUBBORN_WAKE_MS = 1_000
_NO_WATCH = Watch()


class AccountDesk:
    """Is the exchange's sink. Everything here runs on the engine's loop."""

    def __init__(self, row: AccountRow, exchange: Exchange, shared: Surroundings) -> None:
        self.row = row
        self.exchange = exchange
        self.store = shared.store
        self.bus = shared.bus
        self.crew = shared.crew
        self.clock = shared.clock
        self.sleep = shared.sleep
        self.tallies = shared.tallies
        self.shared = shared
        self.limits = risk.Limits.model_validate_json(row.limits_json)
        self.runners: dict[int, BotRunner] = {}
        self.held: dict[int, Said] = {}
        self.last: dict[str, PriceTick] = {}
        self.balances: Mapping[str, Balance] = {}
        self.markets: Mapping[str, Market] = {}
        self.halt = Halt(set(), is_selling=False, may_sell=asyncio.Event())
        self.courier = Courier(self)
        self.link = Link(self)
        self.pulse = Pulse(self)
        self.task: asyncio.Task[None] | None = None  # of the link
        self._gates: dict[str, Gate] = {}
        self._wakes = Wakes()
        self._struck: dict[int, int] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._busy: set[BotRunner] = set()
        self._waiting: list[asyncio.Future[None]] = []

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
        self.last[symbol] = tick
        gate = self._gates.get(symbol)
        if gate is not None:
            visited = gate.visits(tick)
            for bot_id in visited:
                self.runners[bot_id].deliver(tick)
            for runner in self._busy:
                if runner.bot_id not in visited and symbol in runner.bot.symbols:
                    runner.missed[symbol] = tick
        due = self._wakes.next()
        if due is not None and tick.at >= due:
            # A replay's prices within a candle are stamped with its end; its clock is not there yet.
            self._strike(min(tick.at, self.exchange.now()))
        self.pulse.price(tick)
        self.link.heard()

    def on_candle(self, symbol: str, candle: Candle, *, is_closed: bool) -> None:
        self.bus.publish(CandleNews(self.row.name, symbol, candle, is_closed))

    def on_order(self, report: OrderReport) -> None:
        owner = self.owner(report.client_id, report.exchange_id)
        if owner is not None:
            owner.deliver(Reported(report))

    def on_trade(self, trade: TradeReport) -> None:
        owner = self.owner(trade.client_id, trade.exchange_id)
        if owner is not None:
            owner.deliver(Traded(trade))
        else:
            self.money_moved()

    def on_feed(self, *, is_live: bool, reason: str) -> None:
        self.link.feed_changed(is_live=is_live, reason=reason)

    def on_markets(self) -> None:
        self.markets = self.exchange.markets()

    def watch(self, symbol: str) -> Watch:
        gate = self._gates.get(symbol)
        return gate.nearest() if gate is not None else _NO_WATCH

    def wake_at(self) -> int | None:
        return self._wakes.next()

    async def settled(self) -> None:
        while True:
            self._strike(self.exchange.now())
            if not self._busy and not self.courier.busy:
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

    def vet(
        self, runner: Runner, commands: tuple[Command, ...]
    ) -> tuple[tuple[Command, ...], tuple[tuple[PlaceOrder, str], ...]]:
        """What may be sent, and the orders that a limit forbids with the reason."""
        limits = self.limits
        if limits == risk.Limits():
            return commands, ()
        deals = sum(len(other.ledger.deals) for other in self.runners.values())
        exposure = risk.Exposure(deals, self.courier.orders_last_minute(self.exchange.now()))
        prices = {symbol: self.last[symbol].price for symbol in runner.bot.symbols if symbol in self.last}
        approved, refused = risk.vet(commands, limits, exposure, prices)
        return approved, tuple((refusal.command, refusal.reason.code) for refusal in refused)

    def why_not_send(self, runner: Runner, order: Order) -> str:
        """The last word before an order leaves; empty when it may."""
        if not self.may_trade:
            return worded(said("order_not_sent_stopped"))
        if runner.bot_id in self.halt.bots and not self._is_panic_exit(order):
            return worded(said("order_not_sent_panic"))
        return ""

    def _is_panic_exit(self, order: Order) -> bool:
        is_market = order.type is OrderType.MARKET
        return self.halt.is_selling and is_market and risk.is_exit(PlaceOrder(order, 0))

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
        self.pulse.bot(runner)

    def money_moved(self) -> None:
        self.link.want_balances()

    def check_foreign(self, report: OrderReport) -> None:
        """An order that carries our mark but is not in our books."""
        origin = read_client_id(report.client_id, self.shared.key)
        if origin is None or origin.bot in self.runners or origin.bot in self.held:
            return
        told = said("foreign_order", account=self.row.name, side=report.side.value, amount=report.amount,
                    pair=report.symbol)  # fmt: skip
        self._tell_foreign(told, report.symbol, report.client_id, report.exchange_id)

    def foreign_trade(self, trade: TradeReport) -> None:
        told = said("foreign_trade", account=self.row.name, amount=trade.fill.amount, pair=trade.symbol)
        self._tell_foreign(told, trade.symbol, trade.client_id, trade.exchange_id)

    def _tell_foreign(self, told: Said, pair: str, client_id: str, exchange_id: str) -> None:
        now, name = self.exchange.now(), self.row.name
        event = "foreign_activity"
        self.bus.publish(ForeignNews(name, now, told))
        happened = HappenedNews(now, event, name, pair=pair, client_id=client_id, exchange_id=exchange_id)
        self.bus.publish(replace(happened, reason=worded(told)))

    # --- bots come and go

    def make_runner(self, row: BotRow, kind: Kind) -> BotRunner:
        """Raises ValueError: the settings cannot be read."""
        settings = kind.settings.model_validate_json(row.settings_json)
        who = BotIdentity(row.bot_id, self.shared.install, self.shared.key)
        return BotRunner(row, kind.make_bot(who, settings, self.markets), kind.state, self)

    def begin(self, runner: BotRunner) -> None:
        """Let a loaded bot hear of its orders; prices reach it only after `open_gates`."""
        self.held.pop(runner.bot_id, None)
        self.runners[runner.bot_id] = runner
        runner.start()

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
        if runner.bot_id in self.halt.bots:
            why = said("why_stopped_by_panic")
        await self.let_go(runner.bot_id)
        row = runner.with_row(is_wanted=False, status="stopped", reason_json=said_to_json(why))
        await self.store.save_bot(row)
        tell_bot(self, runner.bot_id, row.name, "bot_stopped", why)
        self.bus.publish(BotNews(bot_view(self, runner)))

    async def close(self) -> None:
        """Stop the bots where they are, then the exchange."""
        self.link.close()
        if self.task is not None:
            self.task.cancel()
            await asyncio.wait([self.task])
        if self._timer is not None:
            self._timer.cancel()
        for runner in tuple(self.runners.values()):
            await runner.stop()
        while self.courier.busy:
            await self.progress()
        self.pulse.flush()
        await self.exchange.close()
