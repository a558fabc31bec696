"""Keeps one account connected, compared with its exchange, and honest about how fresh its prices are."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from decimal import Decimal

from desktop_app.core.said import said
from desktop_app.engine.key_check import check_again, trouble_said
from desktop_app.engine.keys import KEY_STATES
from desktop_app.engine.news import (
    AccountNews,
    AwayNews,
    BalanceNews,
    FeedNews,
    HappenedNews,
    LogNews,
    ReconciledNews,
)
from desktop_app.engine.portfolio import funds_seen, sees_funds
from desktop_app.engine.problem import worded
from desktop_app.engine.resolve import glance, reconcile
from desktop_app.engine.shapes import Desk, Runner
from desktop_app.engine.telling import account_view
from desktop_app.engine.views import EMBEDDED
from desktop_app.exchange.protocol import Refused, Unreachable

_log = logging.getLogger(__name__)
_BACK_OFF = (0.5, 1.0, 2.0, 5.0, 15.0)
_KEY_BACK_OFF = 300.0
_REFUSED_BACK_OFF = 3_600.0
_KEY_TRIES = 3  # of a key that the exchange refuses; then it is left in peace
_REFRESH_SECONDS = 30.0
_RECONCILES_EVERY = 10  # refreshes
_KEY_EVERY = 20  # refreshes
_QUIET_MS = 30_000
_STRAY = Decimal("0.003")  # how far a last trade may lie outside the spread
_FEW_MARKETS = 60
_AFTER_FILL_SECONDS = 0.3
_CLOSE_SECONDS = 5.0

LoadBots = Callable[[], Awaitable[None]]


class Link:
    """From the first connection to the last: connect, load the bots, compare, only then let prices in."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.is_connected = False
        self.is_reconciled = False
        self.is_open = False  # prices and clocks reach the bots
        self.is_shut = False  # since a connection was lost until all is compared again: nothing leaves
        self.is_live_feed = False
        self.reason = ""
        self.since = 0
        self.first_try = asyncio.Event()
        self.ready = asyncio.Event()
        self._watched: dict[str, set[str]] = {}
        self._heard_at = 0
        self._subscribed: tuple[str, ...] = ()
        self._balances_wanted = False
        self._is_reconciling = asyncio.Lock()
        self._is_quiet = False
        self._called = asyncio.Event()
        self._must_renew = False
        self._away: tuple[str, int, int] | None = None  # what kind, since when, until when
        self._compared_at = 0

    async def run(self, load_bots: LoadBots) -> None:
        """For ever. An error of the exchange is waited out, any other ends this run and starts the next."""
        desk = self._desk
        try:
            await self._until_answered(self._connect)
            await load_bots()
            await self._until_answered(self._check_key)
            await self._until_answered(lambda: self.reconcile("start"))
            self._open_gates()
            self.ready.set()
            await self._until_answered(self.subscribe)
            await self._until_answered(self.refresh_balances)
        finally:
            self.first_try.set()
        desk.bus.publish(AccountNews(account_view(desk)))
        refreshes = 0
        while True:
            if self._must_renew:
                await self._come_back(load_bots)
                refreshes = 0
            await self._pause(_REFRESH_SECONDS)
            if self._must_renew:
                continue
            refreshes += 1
            await self._refresh(refreshes)

    def close(self) -> None:
        self.is_open = False

    def reconnect(self, reason: str = "") -> None:
        """Begin anew with a new connection, at once; until all is compared nothing leaves."""
        desk = self._desk
        desk.key.refusals = 0
        self._called.set()
        if desk.renew is None or self._must_renew:
            return
        self._must_renew = True
        if not self.is_connected:
            return
        self.is_connected = self.is_reconciled = False
        self.is_shut = True
        self.feed_changed(is_live=False, reason=reason or worded(said("reconnecting")))
        desk.risk_changed()

    def slept(self, since: int, until: int) -> None:
        """The computer was off for a while: whatever was connected is not, whatever was known may be over."""
        if self._desk.row.exchange == EMBEDDED or not self.is_connected:
            return
        if until > since:
            self._away = ("slept", since, until)
        self.reconnect(worded(said("computer_slept")))

    def was_away(self, since: int, until: int) -> None:
        """The program did not run: once compared, it is told what happened meanwhile."""
        if self._desk.row.exchange != EMBEDDED:
            self._away = ("not_running", since, until)

    def watch(self, owner: str, symbols: tuple[str, ...]) -> None:
        """What a face wants prices of; each owner has its own list."""
        if symbols:
            self._watched[owner] = set(symbols)
        else:
            self._watched.pop(owner, None)

    # --- up and up again

    async def _connect(self) -> None:
        desk = self._desk
        if self._must_renew:
            await self._renew()
        if not self.is_connected:
            await desk.exchange.connect(desk)
            desk.on_markets()
            self.is_connected = True
            self.since = self._heard_at = desk.clock()
            if self.is_shut:
                self.feed_changed(is_live=True, reason="")
            self.is_live_feed = True
        desk.key.is_good()
        desk.bus.publish(AccountNews(account_view(desk)))

    async def _renew(self) -> None:
        """A new exchange object in the place of the old one, which may hang."""
        desk = self._desk
        self._must_renew = self.is_connected = False
        self._subscribed = ()
        if desk.renew is None:
            return
        old = desk.exchange
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await old.close()
        except Exception:  # noqa: BLE001 - it is given up anyway
            _log.warning("the old connection of %s could not be closed in order", desk.row.name, exc_info=True)
        desk.exchange = desk.renew()

    async def _come_back(self, load_bots: LoadBots) -> None:
        cause = "wake" if self._away is not None else "feed"
        await self._until_answered(self._connect)
        await self._until_answered(self._check_key)
        await load_bots()
        await self._until_answered(lambda: self.reconcile(cause))
        if self._must_renew:
            return
        self.is_shut = False
        self._open_gates()
        self._desk.departures.poke()
        await self._until_answered(self.subscribe)
        await self._until_answered(self.refresh_balances)

    def _open_gates(self) -> None:
        self.is_open = True
        for runner in self._desk.runners.values():
            runner.open_gates()

    async def _check_key(self) -> None:
        """Whether the key may still do what it may do. Raises Unreachable, and Refused where it is the key's fault."""
        if self._desk.mark is None:
            return
        try:
            await check_again(self._desk)
        except Refused as refused:
            if refused.code in KEY_STATES:
                raise
            _log.warning("the rights of the key of %s were not told: %s", self._desk.row.name, refused.code)

    async def _refresh(self, refreshes: int) -> None:
        await self._check_quiet()
        works: list[Callable[[], Awaitable[None]]] = [self.refresh_balances, self._desk.lists.look]
        if refreshes % _KEY_EVERY == 0:
            works.append(self._check_key)
        if refreshes % _RECONCILES_EVERY == 0 or not self.is_reconciled:
            works.append(self.reconcile)
        elif self._desk.row.exchange != EMBEDDED:
            works.append(self._glance)
        for work in works:
            if not self._must_renew:
                await self._attempt(work)
        self._desk.departures.poke()

    # --- asking the exchange

    async def reconcile_bot(self, runner: Runner) -> None:
        """Compare what one bot has going. Raises Unreachable, Refused."""
        if runner.ledger.live or runner.ledger.deals:
            async with self._is_reconciling:
                await reconcile(self._desk, only=runner)

    async def _glance(self) -> None:
        async with self._is_reconciling:
            await glance(self._desk)

    async def reconcile(self, cause: str = "regular") -> None:
        """Compare with the exchange. Raises Unreachable, Refused."""
        desk = self._desk
        async with self._is_reconciling:
            found = await reconcile(desk)
        self.is_reconciled = True
        self.reason = "" if self.is_live_feed else self.reason
        now, name = desk.exchange.now(), desk.row.name
        since = self._away[1] if self._away is not None else self._compared_at
        self._compared_at = desk.clock()
        desk.bus.publish(ReconciledNews(name, now, found.differences, found.fills, cause, since, found.changes))
        desk.bus.publish(HappenedNews(now, "reconciled", name))
        if found.differences or found.fills:
            told = said("reconciled", account=name, differences=found.differences, fills=found.fills)
            desk.bus.publish(LogNews(now, "info", name, "", 0, "reconciled", told))
        away, self._away = self._away, None
        if away is not None and (desk.runners or found.changes):
            desk.bus.publish(AwayNews(name, *away, changes=found.changes))
        desk.risk_changed()
        desk.departures.poke()

    async def subscribe(self) -> None:
        """Have prices of every pair that a bot or a face needs. Raises Unreachable."""
        desk = self._desk
        if not self.is_connected:
            return
        wanted = set().union(*self._watched.values())
        for runner in desk.runners.values():
            wanted.update(runner.symbols)
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
        asked_at = desk.clock()
        balances = await desk.exchange.balances()
        desk.balances_at = asked_at
        is_same = balances == desk.balances
        desk.balances = balances
        desk.departures.balances_seen()
        desk.watcher.balances_seen()
        if is_same:
            return
        desk.bus.publish(BalanceNews(desk.row.name, balances))
        for runner in desk.runners.values():
            if sees_funds(runner.row.settings_json):
                runner.deliver(funds_seen(balances, desk.exchange.now()))

    def want_balances(self) -> None:
        """A fill came: look at the balances soon, once for many fills."""
        if not self._balances_wanted:
            self._balances_wanted = True
            self._desk.crew.spawn(self._refresh_soon(), "balances after a fill")

    def want_pairs(self) -> None:
        """The pairs of some bot are others now."""
        self._desk.crew.spawn(self._when_open(self.subscribe), "prices of other pairs")

    def want_lists(self) -> None:
        """A bot with a list of pairs has begun, or has another one now."""
        self._desk.crew.spawn(self._when_open(self._desk.lists.look), "lists of pairs")

    async def _when_open(self, work: Callable[[], Awaitable[None]]) -> None:
        if self.is_connected and self.is_open:
            await self._attempt(work)

    def look_soon(self) -> None:
        """Something does not add up: look at our orders now instead of within half a minute."""
        self._desk.crew.spawn(self._look(), "a look at our orders")

    async def _look(self) -> None:
        if self.is_connected and self.is_open:
            await self._attempt(self._glance)

    async def _refresh_soon(self) -> None:
        await self._desk.sleep(_AFTER_FILL_SECONDS)
        self._balances_wanted = False
        if self.is_connected and self.is_open:
            await self._attempt(self.refresh_balances)

    async def _attempt(self, work: Callable[[], Awaitable[None]]) -> bool:
        try:
            await work()
        except Unreachable as error:
            self._note_trouble(str(error))
            return False
        except Refused as refused:
            if refused.code in KEY_STATES:
                self.key_trouble(refused)
            else:
                self._note_trouble(str(refused))
            return False
        return True

    async def _until_answered(self, work: Callable[[], Awaitable[None]]) -> None:
        tries = 0
        while not await self._attempt(work):
            self.first_try.set()
            await self._pause(self._wait_after(tries))
            tries += 1
            if self._must_renew and self.is_connected is False and work != self._connect:
                await self._until_answered(self._connect)

    def _wait_after(self, tries: int) -> float:
        """A keyring that is locked and a key that is refused do not get better by being asked again and again."""
        key = self._desk.key
        if not key.state:
            return _BACK_OFF[min(tries, len(_BACK_OFF) - 1)]
        return _REFUSED_BACK_OFF if key.refusals >= _KEY_TRIES else _KEY_BACK_OFF

    async def _pause(self, seconds: float) -> None:
        """Wait so long, or until somebody calls."""
        self._called.clear()
        alarm = self._desk.crew.spawn(self._ring_after(seconds), "a pause")
        try:
            await self._called.wait()
        finally:
            alarm.cancel()

    async def _ring_after(self, seconds: float) -> None:
        await self._desk.sleep(seconds)
        self._called.set()

    # --- trouble

    def key_trouble(self, refused: Refused) -> None:
        """The key cannot be had or is not taken: the account rests, its bots keep what they know, nobody hammers."""
        desk = self._desk
        remedy = trouble_said(refused)
        is_news = desk.key.remedy != remedy
        desk.key.is_bad(refused.code, remedy)
        self.reason = worded(remedy)
        if self.is_connected and desk.renew is not None:
            refusals = desk.key.refusals
            self.reconnect(self.reason)
            desk.key.refusals = refusals
        if is_news:
            at, name = desk.clock(), desk.row.name
            desk.bus.publish(LogNews(at, "error", name, "", 0, refused.code, remedy))
            desk.bus.publish(HappenedNews(at, refused.code, name, reason=remedy.code))
        desk.bus.publish(AccountNews(account_view(desk)))

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
        if is_live:
            desk.conditions.restored()
        else:
            desk.conditions.lost()
        self.since = self._heard_at if not is_live and self._heard_at else desk.clock()
        event = "feed_restored" if is_live else "feed_lost"
        desk.bus.publish(FeedNews(desk.row.name, is_live, reason, self.since))
        desk.bus.publish(HappenedNews(desk.clock(), event, desk.row.name, reason=reason))
        told = said(event, account=desk.row.name, reason=reason) if not is_live else said(event, account=desk.row.name)
        level = "info" if is_live else "warning"
        desk.bus.publish(LogNews(desk.clock(), level, desk.row.name, "", 0, event, told))
        if is_live and self.is_open and not self.is_shut:
            self.is_reconciled = False  # first see what was missed, then take new risk
            desk.crew.spawn(self._reconcile_again(), "comparison after the feed came back")
        desk.risk_changed()
        desk.departures.poke()
        desk.bus.publish(AccountNews(account_view(desk)))

    async def _reconcile_again(self) -> None:
        tries = 0
        while self.is_connected and not self.is_reconciled and not await self._attempt(lambda: self.reconcile("feed")):
            await self._desk.sleep(_BACK_OFF[min(tries, len(_BACK_OFF) - 1)])
            tries += 1

    async def _check_quiet(self) -> None:
        """Nothing was heard for long: either nobody trades, or we do not hear. The book of a pair tells which."""
        desk = self._desk
        if desk.row.exchange == EMBEDDED or not self._subscribed or not (self.is_live_feed or self._is_quiet):
            return
        quiet = desk.clock() - self._heard_at
        if quiet <= _QUIET_MS:
            return
        if await self._is_as_heard():
            if self._is_quiet:
                self.heard()
        elif not self._is_quiet:
            self._is_quiet = True
            self.feed_changed(is_live=False, reason=worded(said("feed_quiet", seconds=quiet // 1000)))

    async def _is_as_heard(self) -> bool:
        """Whether the last price that was heard is still where the exchange buys and sells."""
        desk = self._desk
        wanted = [symbol for runner in desk.runners.values() for symbol in runner.symbols]
        symbol = next((one for one in (*wanted, *self._subscribed) if one in desk.last), None)
        if symbol is None:
            return False
        try:
            book = await desk.exchange.book(symbol)
        except (Unreachable, Refused):
            return False
        if not book.bids or not book.asks:
            return False
        last = desk.last[symbol].price
        return book.bids[0][0] * (1 - _STRAY) <= last <= book.asks[0][0] * (1 + _STRAY)
