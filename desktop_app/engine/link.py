"""Keeps one account connected, compared with its exchange, and honest about how fresh its prices are."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from desktop_app.core.events import FundsSeen
from desktop_app.core.said import said
from desktop_app.engine.news import AccountNews, BalanceNews, FeedNews, HappenedNews, LogNews, ReconciledNews
from desktop_app.engine.problem import worded
from desktop_app.engine.resolve import reconcile
from desktop_app.engine.shapes import Desk, Runner
from desktop_app.engine.telling import account_view
from desktop_app.exchange.protocol import Refused, Unreachable

_log = logging.getLogger(__name__)
_BACK_OFF = (0.5, 1.0, 2.0, 5.0, 15.0)
_REFRESH_SECONDS = 30.0
_RECONCILES_EVERY = 10  # refreshes
_QUIET_MS = 30_000
_FEW_MARKETS = 60
_AFTER_FILL_SECONDS = 0.3

LoadBots = Callable[[], Awaitable[None]]


class Link:
    """From the first connection to the last: connect, load the bots, compare, only then let prices in."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.is_connected = False
        self.is_reconciled = False
        self.is_open = False  # prices and clocks reach the bots
        self.is_live_feed = False
        self.reason = ""
        self.since = 0
        self.first_try = asyncio.Event()
        self.ready = asyncio.Event()
        self.watched: set[str] = set()
        self._heard_at = 0
        self._subscribed: tuple[str, ...] = ()
        self._balances_wanted = False
        self._is_reconciling = asyncio.Lock()
        self._is_quiet = False

    async def run(self, load_bots: LoadBots) -> None:
        """For ever. An error of the exchange is waited out, any other ends this run and starts the next."""
        desk = self._desk
        try:
            await self._until_answered(self._connect)
            await load_bots()
            await self._until_answered(self.reconcile)
            self.is_open = True
            for runner in desk.runners.values():
                runner.open_gates()
            self.ready.set()
            await self._until_answered(self.subscribe)
            await self._until_answered(self.refresh_balances)
        finally:
            self.first_try.set()
        desk.bus.publish(AccountNews(account_view(desk)))
        refreshes = 0
        while True:
            await desk.sleep(_REFRESH_SECONDS)
            refreshes += 1
            self._check_quiet()
            await self._attempt(self.refresh_balances)
            if refreshes % _RECONCILES_EVERY == 0:
                await self._attempt(self.reconcile)

    def close(self) -> None:
        self.is_open = False

    # --- asking the exchange

    async def _connect(self) -> None:
        desk = self._desk
        if not self.is_connected:
            await desk.exchange.connect(desk)
            desk.markets = desk.exchange.markets()
            self.is_connected = True
            self.is_live_feed = True
            self.since = desk.clock()
        desk.bus.publish(AccountNews(account_view(desk)))

    async def reconcile_bot(self, runner: Runner) -> None:
        """Compare what one bot has going. Raises Unreachable, Refused."""
        if runner.ledger.live or runner.ledger.deals:
            async with self._is_reconciling:
                await reconcile(self._desk, only=runner)

    async def reconcile(self) -> None:
        """Compare with the exchange. Raises Unreachable, Refused."""
        desk = self._desk
        async with self._is_reconciling:
            differences, fills = await reconcile(desk)
        self.is_reconciled = True
        self.reason = "" if self.is_live_feed else self.reason
        now = desk.exchange.now()
        desk.bus.publish(ReconciledNews(desk.row.name, now, differences, fills))
        desk.bus.publish(HappenedNews(now, "reconciled", desk.row.name))
        if differences or fills:
            told = said("reconciled", account=desk.row.name, differences=differences, fills=fills)
            desk.bus.publish(LogNews(now, "info", desk.row.name, "", 0, "reconciled", told))

    async def subscribe(self) -> None:
        """Have prices of every pair that a bot or a face needs. Raises Unreachable."""
        desk = self._desk
        if not self.is_connected:
            return
        wanted = set(self.watched)
        for runner in desk.runners.values():
            wanted.update(runner.bot.symbols)
        if len(desk.markets) <= _FEW_MARKETS:
            wanted.update(desk.markets)
        symbols = tuple(sorted(wanted & set(desk.markets)))
        if symbols != self._subscribed:
            await desk.exchange.subscribe(symbols)
            self._subscribed = symbols
            self._heard_at = desk.clock()

    async def refresh_balances(self) -> None:
        """Raises Unreachable."""
        desk = self._desk
        balances = await desk.exchange.balances()
        if balances == desk.balances:
            return
        desk.balances = balances
        desk.bus.publish(BalanceNews(desk.row.name, balances))
        free = tuple(sorted((asset, balance.free) for asset, balance in balances.items()))
        for runner in desk.runners.values():
            if '"percent"' in runner.row.settings_json:  # some order of it may be sized by the free balance
                runner.deliver(FundsSeen(free, desk.exchange.now()))

    def want_balances(self) -> None:
        """A fill came: look at the balances soon, once for many fills."""
        if not self._balances_wanted:
            self._balances_wanted = True
            self._desk.crew.spawn(self._refresh_soon(), "balances after a fill")

    async def _refresh_soon(self) -> None:
        await self._desk.sleep(_AFTER_FILL_SECONDS)
        self._balances_wanted = False
        if self.is_connected and self.is_open:
            await self._attempt(self.refresh_balances)

    async def _attempt(self, work: Callable[[], Awaitable[None]]) -> bool:
        try:
            await work()
        except (Unreachable, Refused) as error:
            self._note_trouble(str(error))
            return False
        return True

    async def _until_answered(self, work: Callable[[], Awaitable[None]]) -> None:
        tries = 0
        while not await self._attempt(work):
            self.first_try.set()
            await self._desk.sleep(_BACK_OFF[min(tries, len(_BACK_OFF) - 1)])
            tries += 1

    def _note_trouble(self, reason: str) -> None:
        desk = self._desk
        is_news = self.reason != reason
        self.reason = reason
        if is_news:
            told = said("reconcile_failed", account=desk.row.name, reason=reason)
            desk.bus.publish(LogNews(desk.clock(), "warning", desk.row.name, "", 0, "reconcile_failed", told))
            desk.bus.publish(AccountNews(account_view(desk)))

    # --- how fresh prices are

    def heard(self) -> None:
        self._heard_at = self._desk.clock()
        if self._is_quiet:
            self._is_quiet = False
            self.feed_changed(is_live=True, reason="")

    def feed_changed(self, *, is_live: bool, reason: str) -> None:
        desk = self._desk
        if is_live == self.is_live_feed:
            self.reason = reason
            return
        self.is_live_feed = is_live
        self.reason = reason
        self.since = self._heard_at if not is_live and self._heard_at else desk.clock()
        event = "feed_restored" if is_live else "feed_lost"
        desk.bus.publish(FeedNews(desk.row.name, is_live, reason, self.since))
        desk.bus.publish(HappenedNews(desk.clock(), event, desk.row.name, reason=reason))
        told = said(event, account=desk.row.name, reason=reason) if not is_live else said(event, account=desk.row.name)
        level = "info" if is_live else "warning"
        desk.bus.publish(LogNews(desk.clock(), level, desk.row.name, "", 0, event, told))
        desk.bus.publish(AccountNews(account_view(desk)))
        if is_live and self.is_open:
            desk.crew.spawn(self._reconcile_again(), "comparison after the feed came back")

    async def _reconcile_again(self) -> None:
        await self._attempt(self.reconcile)

    def _check_quiet(self) -> None:
        """A feed that says nothing for long is lost, whatever it claims. A simulated one may be paused."""
        desk = self._desk
        if desk.exchange.is_simulated or not self._subscribed or not self.is_live_feed:
            return
        quiet = desk.clock() - self._heard_at
        if quiet > _QUIET_MS:
            self._is_quiet = True
            self.feed_changed(is_live=False, reason=worded(said("feed_quiet", seconds=quiet // 1000)))
