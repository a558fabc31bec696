"""Carries orders and cancels to one exchange, each at most once, and brings the outcome back to its bot."""

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from desktop_app.core.commands import CancelOrder, PlaceOrder
from desktop_app.core.events import CancelRefused, OrderCanceled, OrderRejected
from desktop_app.core.order import Order, OrderStatus
from desktop_app.engine.keys import KEY_STATES
from desktop_app.engine.mailbox import Reported
from desktop_app.engine.problem import unforeseen
from desktop_app.engine.resolve import Doubts
from desktop_app.engine.shapes import Desk, Runner
from desktop_app.engine.telling import tell_order
from desktop_app.exchange.protocol import Refused, Unreachable
from desktop_app.store.errors import StoreError

_log = logging.getLogger(__name__)
T = TypeVar("T")
_REFUSED_AGAIN = (0.0, 1.0, 2.0, 5.0, 15.0)
_MINUTE_MS = 60_000
_CLOCK_TRIES = 2  # our clock was corrected by then; nothing of the order was taken


class Courier:
    """Sends what is written down. Whatever is not a clear answer is a doubt, and a doubt is never sent again."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.doubts = Doubts(desk)
        self.busy = 0
        self.flights: dict[str, asyncio.Future[None]] = {}  # orders on their way, by client id
        self.refusals: dict[str, int] = {}  # cancels refused so far, by client id
        self._sent_at: deque[int] = deque()
        self._unmarked: list[tuple[str, int]] = []

    def orders_last_minute(self, now: int) -> int:
        while self._sent_at and self._sent_at[0] <= now - _MINUTE_MS:
            self._sent_at.popleft()
        return len(self._sent_at)

    def take_sent(self) -> tuple[tuple[str, int], ...]:
        """The orders that went out since this was asked last, for the next write of any bot."""
        sent, self._unmarked = self._unmarked, []
        return tuple(sent)

    def tries(self, client_id: str) -> int:
        """How often a cancel or a search for this order came to nothing."""
        return self.refusals.get(client_id, 0) + self.doubts.tries(client_id)

    def act(self, runner: Runner, cancels: Sequence[CancelOrder], places: Sequence[PlaceOrder]) -> None:
        """Send cancels first, then orders; the caller has written all of them down."""
        loop = asyncio.get_running_loop()
        for command in places:
            self.flights[command.order.client_id] = loop.create_future()
        self.busy += 1 + len(places)
        self._desk.crew.spawn(self._act(runner, cancels, places), "orders on their way")

    async def _act(self, runner: Runner, cancels: Sequence[CancelOrder], places: Sequence[PlaceOrder]) -> None:
        waiting = len(places)
        try:
            await _all([self.cancel(runner, command) for command in cancels])
            waiting = 0
        finally:
            self._is_done(1 + waiting)
        await _all([self._place(runner, command) for command in places])

    def _is_done(self, count: int = 1) -> None:
        self.busy -= count
        self._desk.note_progress()

    async def _place(self, runner: Runner, command: PlaceOrder) -> None:
        order = command.order
        desk = self._desk
        try:
            if desk.must_wait(runner.bot_id):
                await self._aside(desk.may_go())
            while desk.departures.why_wait(runner, order) is not None:
                why_never = await self._aside(desk.departures.wait(runner, order))
                now_at_work = desk.runners.get(runner.bot_id)
                if now_at_work is None or now_at_work.is_held or order.client_id not in now_at_work.ledger.live:
                    return  # it was never sent; whoever finds it in the journal proves that it does not exist
                runner = now_at_work
                if why_never:
                    self._let_go(runner, order, why_never)
                    return
            await self._send(runner, command.deal, order)
        finally:
            flight = self.flights.pop(order.client_id, None)
            if flight is not None and not flight.done():
                flight.set_result(None)
            self._is_done()

    async def _aside(self, waiting: Coroutine[Any, Any, T]) -> T:
        """Who waits does not hold up others: in PANIC everything is cancelled before anything is sold."""
        self._is_done()
        try:
            return await waiting
        finally:
            self.busy += 1

    def _let_go(self, runner: Runner, order: Order, why: str) -> None:
        now = self._desk.exchange.now()
        tracked = runner.ledger.live[order.client_id]
        if tracked.order.status is OrderStatus.CANCELING:
            runner.deliver(OrderCanceled(order.client_id, now))
        else:
            runner.deliver(OrderRejected(order.client_id, why, now))

    async def _send(self, runner: Runner, deal: int, order: Order, tries: int = 0) -> None:
        desk = self._desk
        exchange = desk.exchange
        # The last word of the kill switch: nothing may be awaited between this and the send.
        why_not = desk.why_not_send(runner, order)
        if why_not:
            runner.deliver(OrderRejected(order.client_id, why_not, exchange.now()))
            return
        self._note_sent(runner, deal, order)
        try:
            report = await exchange.place(order)
        except Refused as refused:
            await self._refused(runner, deal, order, refused, tries)
        except Unreachable as error:
            await self._in_doubt(runner, deal, order, str(error))
        except Exception as error:  # noqa: BLE001 - an answer that cannot be understood is no answer
            _log.exception("the answer to an order was not understood")
            await self._in_doubt(runner, deal, order, unforeseen(error))
        else:
            if report.client_id != order.client_id:
                await self._in_doubt(runner, deal, order, f"the answer was about {report.client_id}")
            else:
                runner.deliver(Reported(report))

    async def _refused(self, runner: Runner, deal: int, order: Order, refused: Refused, tries: int) -> None:
        """A definitive no. Where the order itself was not the reason, it waits and goes again under its own id."""
        desk = self._desk
        if refused.code in KEY_STATES:
            desk.link.key_trouble(refused)
        elif refused.code == "halted":
            desk.departures.halted(order.symbol)
        elif refused.code == "clock" and tries < _CLOCK_TRIES:
            await self._send(runner, deal, order, tries + 1)
            return
        elif refused.code == "insufficient_funds":
            desk.departures.fell_short(runner, order)
        if refused.code in KEY_STATES or refused.code == "halted":
            why_never = await self._aside(desk.departures.wait(runner, order))
            runner = desk.runners.get(runner.bot_id, runner)
            if not why_never and order.client_id in runner.ledger.live and not runner.is_held:
                await self._send(runner, deal, order, tries)
                return
            if order.client_id in runner.ledger.live:
                self._let_go(runner, order, why_never)
            return
        runner.deliver(OrderRejected(order.client_id, refused.reason or refused.code, desk.exchange.now()))

    def _note_sent(self, runner: Runner, deal: int, order: Order) -> None:
        desk = self._desk
        now = desk.exchange.now()
        self._sent_at.append(now)
        self._unmarked.append((order.client_id, now))
        desk.later(lambda: tell_order(desk, runner, "order_sent", deal, order))

    async def _in_doubt(self, runner: Runner, deal: int, order: Order, reason: str) -> None:
        desk = self._desk
        self.doubts.chase(runner, order.client_id)
        desk.later(lambda: tell_order(desk, runner, "order_unknown", deal, order, reason=reason))
        try:
            await desk.store.mark_unknown((order.client_id,), desk.exchange.now())
        except StoreError:
            _log.warning("a doubt could not be written down", exc_info=True)

    # --- cancels

    async def cancel(self, runner: Runner, command: CancelOrder) -> None:
        """Ask for a cancel. Asking again is harmless: what became of the order is looked up, never concluded."""
        client_id = command.client_id
        if self._desk.departures.drop(client_id):
            return  # it never left
        flight = self.flights.get(client_id)
        if flight is not None:
            await asyncio.wait([flight])
        tracked = runner.ledger.live.get(client_id)
        if tracked is None:
            return
        exchange = self._desk.exchange
        if not self._desk.link.is_connected:
            self.doubts.chase(runner, client_id)
            return
        try:
            report = await exchange.cancel(command.symbol, client_id, tracked.order.exchange_id)
        except Refused as refused:
            await self._cancel_refused(runner, command, refused)
        except Exception as error:  # noqa: BLE001 - no clear answer
            if not isinstance(error, Unreachable):
                _log.exception("the answer to a cancel was not understood")
            self.doubts.chase(runner, client_id)
        else:
            if report.status.is_final:
                self.refusals.pop(client_id, None)
            else:
                self.doubts.chase(runner, client_id)
            runner.deliver(Reported(report))

    async def _cancel_refused(self, runner: Runner, command: CancelOrder, refused: Refused) -> None:
        """It may be gone already, or it may rest for good: ask, then tell."""
        client_id = command.client_id
        if refused.code in KEY_STATES:
            self._desk.link.key_trouble(refused)
            self.doubts.chase(runner, client_id)
            return
        try:
            report = await self._desk.exchange.find_order(command.symbol, client_id)
        except Exception as error:  # noqa: BLE001 - no clear answer
            if not isinstance(error, Unreachable):
                _log.exception("the answer about an order was not understood")
            report = None
        if report is None:
            self.doubts.chase(runner, client_id)
        elif report.status.is_final:
            self.refusals.pop(client_id, None)
            runner.deliver(Reported(report))
        else:
            count = self.refusals.get(client_id, 0)
            self.refusals[client_id] = count + 1
            news = CancelRefused(client_id, refused.reason or refused.code, self._desk.exchange.now())
            wait = _REFUSED_AGAIN[min(count, len(_REFUSED_AGAIN) - 1)]
            if wait:
                self._desk.crew.spawn(self._deliver_later(runner, news, wait), "a refused cancel")
            else:
                runner.deliver(news)

    async def _deliver_later(self, runner: Runner, news: CancelRefused, seconds: float) -> None:
        await self._desk.sleep(seconds)
        runner.deliver(news)


async def _all(works: Sequence[Coroutine[Any, Any, None]]) -> None:
    if len(works) == 1:
        await works[0]
    elif works:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
