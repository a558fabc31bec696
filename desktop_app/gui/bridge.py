"""Brings the engine's news to the window's thread in batches, and the window's wishes to the engine's loop."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.gui.known import Known
from desktop_app.gui.wishes import Wishes

if TYPE_CHECKING:  # the first paint does without
    from desktop_app.engine.news import News
    from desktop_app.gui.inbox import Changes, Inbox

T = TypeVar("T")
_log = logging.getLogger(__name__)
BATCH_MS = 100
_TOLD_ONCE = frozenset({"ReconciledNews", "ForeignNews", "PanicNews", "AwayNews"})
_PICTURES = frozenset(
    {"AccountNews", "AccountGone", "BotNews", "BotGone", "DealNews", "OrderNews", "PriceNews", "BalanceNews"}
)  # what `reload` reads, too
_MOST_WAITING = 50_000  # a window that slept through more than this reads everything anew


class NewsSource(Protocol):
    """The engine's bus, as far as the window needs it."""

    def subscribe(self, listener: Callable[[News], None]) -> Callable[[], None]: ...


class Bridge(QObject):
    """Listens on the engine's thread, speaks on the window's: ten batches a second, the latest of each thing."""

    accounts_changed = Signal(list)  # AccountView
    bots_changed = Signal(list)  # BotView
    bots_gone = Signal(list)  # bot ids
    deals_changed = Signal(list)  # DealView
    orders_changed = Signal(list)  # KnownOrder, also those that rest no longer
    prices_changed = Signal(list)  # (account, pair)
    days_changed = Signal(list)  # (account, pair)
    candles_changed = Signal(list)  # CandleNews, closed ones in order, then the running one
    balances_changed = Signal(list)  # account names
    feed_changed = Signal(list)  # FeedNews
    fills_added = Signal(list)  # FillNews
    timeline_added = Signal(list)  # TimelineNews
    log_added = Signal(list)  # LogNews
    panic_changed = Signal(list)  # PanicNews
    reconciled = Signal(list)  # ReconciledNews
    foreign_seen = Signal(list)  # ForeignNews
    away_told = Signal(list)  # AwayNews
    signals_came = Signal(list)  # SignalView
    ways_changed = Signal(list)  # SignalsView
    reloaded = Signal()  # everything was read anew
    focus_requested = Signal()  # a second start wants this window; may be emitted on any thread
    open_requested = Signal(str)  # ... and was given a file or a link to open; on any thread, too
    failed = Signal(object, str)  # the exception, what was being done

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.known = Known()
        self._waiting: deque[News] = deque()
        self._has_missed = False
        self._readings: dict[object, list[News]] = {}  # what was handed over since each `reload` began to read
        self._engine: asyncio.AbstractEventLoop | None = None
        self._wishes: Wishes | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._inbox: Inbox | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(BATCH_MS)
        self._timer.timeout.connect(self.deliver)

    # --- the engine comes and goes

    @property
    def is_attached(self) -> bool:
        return self._wishes is not None

    @property
    def is_listening(self) -> bool:
        """Attached and not detached again: what comes by a timer asks this before it asks the engine."""
        return self.is_attached and self._unsubscribe is not None

    @property
    def wishes(self) -> Wishes:
        """The supervisor. Its calls give coroutines: hand them to `ask`."""
        assert self._wishes is not None, "the engine is not here yet"
        return self._wishes

    def hear(self, source: NewsSource) -> None:
        """Collect news before the engine is up: what it found at its start is told only once. On any thread."""
        self._unsubscribe = source.subscribe(self.receive)

    def attach(self, wishes: Wishes, source: NewsSource, engine: asyncio.AbstractEventLoop | None = None) -> None:
        """Listen and speak from now on. `engine` is the loop that wishes run on; None is the window's own."""
        self._wishes, self._engine = wishes, engine
        # Pictures of things are read anew by `reload`; older ones must not come after it.
        early = tuple(self._waiting)
        self._waiting.clear()
        self._waiting.extend(news for news in early if type(news).__name__ in _TOLD_ONCE)
        if self._unsubscribe is None:
            self.hear(source)
        self._timer.start()

    def detach(self) -> None:
        """Hear nothing any more; what is under way is cancelled."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._timer.stop()
        self._waiting.clear()
        for task in tuple(self._tasks):
            task.cancel()

    # --- news, from the engine's thread

    def receive(self, news: News) -> None:
        """Take news on whatever thread they come; costs one append."""
        if len(self._waiting) < _MOST_WAITING:
            self._waiting.append(news)
        else:
            self._has_missed = True

    # --- news, on the window's thread

    def deliver(self) -> None:
        """Hand over what has come since the last time."""
        if not self._waiting:
            return
        inbox = self._sorted()
        for _ in range(len(self._waiting)):
            news = self._waiting.popleft()
            inbox.take(news)
            if self._readings and type(news).__name__ in _PICTURES:
                for meanwhile in self._readings.values():
                    meanwhile.append(news)
        if self._has_missed:
            self._has_missed = False
            self.spawn(self.reload(), "reading everything anew")
        for signal, batch in self._signals(inbox.drain()):
            if batch:
                signal.emit(batch)

    def _sorted(self) -> Inbox:
        if self._inbox is None:
            from desktop_app.gui.inbox import Inbox

            self._inbox = Inbox(self.known)
        return self._inbox

    def _signals(self, batches: Changes) -> Iterable[tuple[Any, list[Any]]]:
        accounts = [self.known.accounts[name] for name in batches.accounts if name in self.known.accounts]
        if batches.accounts:  # also when an account went away
            self.accounts_changed.emit(accounts)
        yield self.bots_gone, batches.bots_gone
        yield self.bots_changed, list(batches.bots.values())
        yield self.prices_changed, list(batches.prices)
        yield self.candles_changed, [*batches.closed_candles, *batches.candles.values()]
        yield self.deals_changed, list(batches.deals.values())
        yield self.orders_changed, list(batches.orders.values())
        yield self.balances_changed, list(batches.balances)
        yield self.fills_added, batches.fills
        yield self.timeline_added, batches.timeline
        yield self.log_added, batches.log
        yield self.feed_changed, batches.feeds
        yield self.panic_changed, batches.panic
        yield self.reconciled, batches.reconciled
        yield self.foreign_seen, batches.foreign
        yield self.away_told, batches.away
        yield self.signals_came, batches.signals
        yield self.ways_changed, batches.ways

    # --- reading everything

    async def reload(self) -> None:
        """Read accounts, bots, deals and prices from the supervisor; news that come meanwhile win."""
        reading = object()
        meanwhile = self._readings[reading] = []
        try:
            await self._read(meanwhile)
        finally:
            del self._readings[reading]
        self.reloaded.emit()

    async def _read(self, meanwhile: list[News]) -> None:
        from desktop_app.engine.problem import Problem

        known, wishes = self.known, self.wishes
        accounts: Sequence[Any] = await self.ask(wishes.accounts())
        known.accounts = {view.name: view for view in accounts}
        self._catch_up(meanwhile)
        for view in accounts:
            try:
                known.markets[view.name] = dict(await self.ask(wishes.markets(view.name)))
                for tick in (await self.ask(wishes.prices(view.name))).values():
                    known.take_price(view.name, tick)
                known.balances[view.name] = await self.ask(wishes.balances(view.name))
            except Problem as problem:  # one account that cannot be reached must not hide the others
                self.failed.emit(problem, view.name)
        bots: Sequence[Any] = await self.ask(wishes.bots())
        deals: Sequence[Any] = await self.ask(wishes.deals())
        known.bots = {view.bot_id: view for view in bots}
        known.deals, known.orders = {}, {}
        for deal in deals:
            known.take_deal(deal)
        self._catch_up(meanwhile)

    def _catch_up(self, meanwhile: list[News]) -> None:
        """An answer may have been made before news that were handed over before it came here: those hold again."""
        from desktop_app.gui.inbox import Inbox

        inbox = Inbox(self.known)  # nobody is told twice
        for news in meanwhile:
            inbox.take(news)

    # --- wishes

    async def ask(self, wish: Coroutine[Any, Any, T]) -> T:
        """Run a supervisor's coroutine on the engine's loop and wait for its answer here."""
        if self._engine is None or self._engine is asyncio.get_running_loop():
            return await wish
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(wish, self._engine))

    def spawn(self, work: Coroutine[Any, Any, Any], doing: str = "") -> asyncio.Task[Any]:
        """Run window work to its end. The one place that holds tasks: what goes wrong is told by `failed`."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._finished(done, doing))
        return task

    def _finished(self, task: asyncio.Task[Any], doing: str) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            return
        from desktop_app.engine.problem import Problem

        if not isinstance(error, Problem):
            _log.error("window work went wrong: %s", doing, exc_info=error)
        self.failed.emit(error, doing)
