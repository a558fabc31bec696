"""Finds out what became of orders: never by sending again, always by asking, and absence only by proof."""

import logging
from dataclasses import dataclass

from desktop_app.core.commands import CancelOrder
from desktop_app.core.events import OrderCanceled, OrderRejected
from desktop_app.core.order import Order, OrderStatus
from desktop_app.core.said import said
from desktop_app.engine.changes import Before, what_changed
from desktop_app.engine.keys import KEY_STATES
from desktop_app.engine.ledger import Tracked
from desktop_app.engine.mailbox import Reported, Traded
from desktop_app.engine.news import LogNews
from desktop_app.engine.problem import worded
from desktop_app.engine.shapes import Desk, Runner
from desktop_app.engine.unlisted import made_trade
from desktop_app.engine.views import OrderChange
from desktop_app.exchange.protocol import OrderReport, Refused, TradeReport, Unreachable

_log = logging.getLogger(__name__)
_BACK_OFF = (0.5, 1.0, 2.0, 5.0, 15.0)
_OVERLAP_MS = 60_000
_A_MOMENT = 0.05
_BETWEEN_PROOFS = 2.0  # seconds
_QUICK_TRIES = 12  # after so many looks without a conclusion it is asked for no more than four times a minute
_PROOFS = 3  # complete searches after the last moment at which the order could still arrive
_UNLISTED_MS = 60_000  # how long trades may be missing from the list after their order was said to have filled
_NEEDS_YOU_MS = 600_000
_YOUNG_MS = 5_000


@dataclass(slots=True)
class Doubt:
    """An order of which something is not known. `since` is on the exchange's clock, not before it was sent."""

    runner: Runner
    client_id: str
    since: int
    tries: int = 0
    proofs: int = 0
    unlisted_since: int = 0  # it was said to be over, and some of its trades were not listed
    is_told: bool = False


class Doubts:
    """One search per order in doubt, slower each time, until the exchange has told or absence is proved."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._open: dict[str, Doubt] = {}

    def __len__(self) -> int:
        return len(self._open)

    def __contains__(self, client_id: str) -> bool:
        return client_id in self._open

    def tries(self, client_id: str) -> int:
        doubt = self._open.get(client_id)
        return doubt.tries if doubt is not None else 0

    def settle(self, client_id: str) -> None:
        self._open.pop(client_id, None)

    def chase(self, runner: Runner, client_id: str) -> None:
        if client_id not in self._open:
            doubt = self._open[client_id] = Doubt(runner, client_id, self._desk.exchange.now())
            self._desk.crew.spawn(self._chase(doubt), "search for an order")

    def _pause(self, doubt: Doubt) -> float:
        """Slower each time, but at the moment from which absence counts, and then quickly until it is proved."""
        pause = _BACK_OFF[min(doubt.tries, len(_BACK_OFF) - 1)]
        exchange = self._desk.exchange
        if exchange.is_simulated or not self._desk.link.is_connected:
            return pause
        left = (doubt.since + exchange.absent_after_ms - exchange.now()) / 1000
        if left > 0:
            return min(pause, left + _A_MOMENT)
        return min(pause, _BETWEEN_PROOFS) if doubt.tries < _QUICK_TRIES else pause

    async def _chase(self, doubt: Doubt) -> None:
        while True:
            await self._desk.sleep(self._pause(doubt))
            tracked = doubt.runner.ledger.live.get(doubt.client_id)
            if self._open.get(doubt.client_id) is not doubt:
                return
            if tracked is None or not doubt.runner.is_running:
                self.settle(doubt.client_id)
                return
            doubt.tries += 1
            self._tell_if_old(doubt, tracked)
            if not self._desk.link.is_connected:
                doubt.proofs = 0
                continue
            try:
                await self._look(doubt, tracked)
            except (Unreachable, Refused) as error:
                doubt.proofs = 0
                if isinstance(error, Refused) and error.code in KEY_STATES:
                    self._desk.link.key_trouble(error)
                _log.info("search %s for order %s: %s", doubt.tries, doubt.client_id, error)
            except Exception:  # noqa: BLE001 - a search goes on whatever the exchange answers
                doubt.proofs = 0
                _log.exception("search %s for order %s", doubt.tries, doubt.client_id)

    async def _look(self, doubt: Doubt, tracked: Tracked) -> None:
        desk, runner, order = self._desk, doubt.runner, tracked.order
        began = desk.exchange.now()
        report = await desk.exchange.find_order(order.symbol, order.client_id)
        trades = await desk.exchange.trades_since(order.symbol, max(0, order.placed_at - _OVERLAP_MS))
        unseen = [trade for trade in trades if _is_of(trade, order) and not _is_seen(runner, trade)]
        for trade in unseen:
            runner.deliver(Traded(trade))
        if report is None:
            if not unseen:
                self._note_absence(doubt, order, began)
            return
        doubt.proofs = 0
        is_resting = not report.status.is_final
        if order.status is OrderStatus.CANCELING and is_resting:
            await desk.courier.cancel(runner, CancelOrder(order.client_id, order.symbol, tracked.deal))
        else:
            if report.status.is_final and report.filled > order.filled and not unseen:
                self._note_unlisted(doubt, tracked, report)
            runner.deliver(Reported(report))

    def _note_unlisted(self, doubt: Doubt, tracked: Tracked, report: OrderReport) -> None:
        """It is over and has filled more than its trades say. After a minute the rest is believed without them."""
        desk, order = self._desk, tracked.order
        now = desk.clock()
        doubt.unlisted_since = doubt.unlisted_since or now
        if now - doubt.unlisted_since < _UNLISTED_MS:
            return
        doubt.unlisted_since = now
        trade = made_trade(desk, order, report)
        told = said("trades_never_listed", account=desk.row.name, amount=trade.fill.amount, pair=order.symbol)
        at, name = desk.exchange.now(), desk.row.name
        desk.bus.publish(LogNews(at, "error", name, doubt.runner.row.name, tracked.deal, "trades_never_listed", told))
        doubt.runner.deliver(Traded(trade))

    def _tell_if_old(self, doubt: Doubt, tracked: Tracked) -> None:
        desk, order = self._desk, tracked.order
        if doubt.is_told or desk.exchange.now() - doubt.since < _NEEDS_YOU_MS:
            return
        doubt.is_told = True
        told = said("order_needs_you", account=desk.row.name, side=order.side.value, amount=order.amount,
                    pair=order.symbol)  # fmt: skip
        at, name = desk.exchange.now(), desk.row.name
        desk.bus.publish(LogNews(at, "error", name, doubt.runner.row.name, tracked.deal, "order_needs_you", told))

    def _note_absence(self, doubt: Doubt, order: Order, began: int) -> None:
        """Not found: proof only if it was looked for after the last moment at which it could still arrive."""
        exchange = self._desk.exchange
        if began <= doubt.since + exchange.absent_after_ms:
            return
        doubt.proofs += 1
        if doubt.proofs < (1 if exchange.is_simulated else _PROOFS):
            return
        self.settle(order.client_id)
        if order.exchange_id or order.filled:
            reason = "" if order.status is OrderStatus.CANCELING else "not found on the exchange"
            doubt.runner.deliver(OrderCanceled(order.client_id, exchange.now(), reason))
        else:
            reason = worded(said("order_never_arrived"))
            doubt.runner.deliver(OrderRejected(order.client_id, reason, exchange.now()))


@dataclass(frozen=True, slots=True)
class Comparison:
    """`differences`: orders that had moved; `fills`: trades that were news; `changes`: what became of our orders."""

    differences: int
    fills: int
    changes: tuple[OrderChange, ...] = ()


async def reconcile(desk: Desk, only: Runner | None = None) -> Comparison:
    """Compare the books with the exchange, which is right about orders and fills.

    `only`: those of one bot that comes to work while the others are at it.

    Raises:
        Unreachable, Refused: the exchange did not answer; nothing was concluded.
    """
    exchange = desk.exchange
    began = exchange.now()
    listed = {report.client_id: report for report in await exchange.open_orders()}
    runners = [only] if only is not None else [runner for runner in desk.runners.values() if runner.is_running]
    before = Before(runners)
    fills = 0
    starts = await _starts(desk, runners)
    for symbol, start in starts.items():
        trades = await exchange.trades_since(symbol, max(0, start))
        known = await desk.store.known_trades(desk.row.account_id, symbol, [trade.fill.trade_id for trade in trades])
        for trade in trades:
            owner = desk.owner(trade.client_id, trade.exchange_id)
            if owner is None:
                desk.watcher.saw_trade(trade)
                continue
            fills += not _is_seen(owner, trade) and trade.fill.trade_id not in known
            owner.deliver(Traded(trade))
    differences = 0
    for runner in runners:
        for tracked in tuple(runner.ledger.live.values()):
            differences += await _compare_order(desk, runner, tracked, listed)
    for report in listed.values():
        desk.watcher.saw_order(report)
    if only is None:
        await desk.watcher.compared()
    await desk.settled()
    for runner in runners:
        runner.is_covered = not runner.is_held
    for symbol in starts if only is None else ():
        await desk.store.save_cursor(desk.row.account_id, symbol, began)
    return Comparison(differences, fills, await what_changed(desk, before))


async def _compare_order(desk: Desk, runner: Runner, tracked: Tracked, listed: dict[str, OrderReport]) -> bool:
    """Whether an order was not as we thought; what it is instead is on its way to its bot."""
    order = tracked.order
    if order.client_id in desk.courier.flights or order.client_id in desk.courier.doubts:
        return False
    report = listed.get(order.client_id) or await desk.exchange.find_order(order.symbol, order.client_id)
    if report is None:
        desk.courier.doubts.chase(runner, order.client_id)
        return True
    if order.status is OrderStatus.CANCELING and not report.status.is_final:
        desk.courier.act(runner, (CancelOrder(order.client_id, order.symbol, tracked.deal),), ())
        return False
    runner.deliver(Reported(report))
    return report.status is not order.status or report.filled != order.filled


async def glance(desk: Desk) -> None:
    """Between two comparisons: what rests on the exchange, and what of ours rests there no longer.

    Raises:
        Unreachable, Refused: the exchange did not answer; nothing was concluded.
    """
    exchange = desk.exchange
    began = exchange.now()
    listed = {report.client_id: report for report in await exchange.open_orders()}
    for report in listed.values():
        desk.watcher.saw_order(report)
    for runner in [runner for runner in desk.runners.values() if runner.is_running]:
        for tracked in tuple(runner.ledger.live.values()):
            order = tracked.order
            if order.status is OrderStatus.PENDING or began - order.placed_at < _YOUNG_MS:
                continue
            found = listed.get(order.client_id)
            if found is None or found.filled != order.filled:
                # One list proves nothing: it is asked for by name before anything is concluded.
                await _compare_order(desk, runner, tracked, {})


async def _starts(desk: Desk, runners: list[Runner]) -> dict[str, int]:
    """Per pair that orders or deals are on: since when trades may be unknown."""
    oldest: dict[str, int] = {}
    for runner in runners:
        now = desk.exchange.now()
        for tracked in runner.ledger.live.values():
            symbol = tracked.order.symbol
            # What a bot at work has been through the last comparison with is known up to there.
            since = now if runner.is_covered else tracked.order.placed_at
            oldest[symbol] = min(oldest.get(symbol, since), since)
        for deal in runner.ledger.deals.values():
            oldest.setdefault(deal.symbol, now)
    starts: dict[str, int] = {}
    for symbol, at in oldest.items():
        cursor = await desk.store.cursor(desk.row.account_id, symbol)
        starts[symbol] = (min(at, cursor) if cursor else at) - _OVERLAP_MS
    return starts


def _is_of(trade: TradeReport, order: Order) -> bool:
    return trade.client_id == order.client_id or (bool(order.exchange_id) and trade.exchange_id == order.exchange_id)


def _is_seen(runner: Runner, trade: TradeReport) -> bool:
    return runner.ledger.has_trade(trade.symbol, trade.fill.trade_id)
