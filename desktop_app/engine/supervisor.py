"""Everything that a person can do, whichever face they use."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from desktop_app.core.capability import Capability
from desktop_app.core.columns import Candles
from desktop_app.core.credentials import Credentials
from desktop_app.core.deal import Deal
from desktop_app.core.events import Ask, PriceTick
from desktop_app.core.market import Balance, Market
from desktop_app.core.risk import Limits
from desktop_app.core.settings import Settings
from desktop_app.engine.account_config import exchange_list
from desktop_app.engine.accounts import Accounts
from desktop_app.engine.bots import BotRef, Bots, Then
from desktop_app.engine.candle_cache import CandleCache
from desktop_app.engine.desk import AccountDesk
from desktop_app.engine.mirrors import Mirrors
from desktop_app.engine.own import OwnStrategies
from desktop_app.engine.panic import Panic, PanicReport
from desktop_app.engine.problem import FAILED, Problem, of_store, problem
from desktop_app.engine.quitting import QuitSummary, quit_summary
from desktop_app.engine.shapes import Surroundings
from desktop_app.engine.signal_hub import SignalHub
from desktop_app.engine.signal_ways import SignalWays
from desktop_app.engine.telling import account_view, deal_view
from desktop_app.engine.trades import place_trade
from desktop_app.engine.views import (
    EMBEDDED,
    AccountCheck,
    AccountView,
    BotView,
    CheckedBot,
    DealDetail,
    DealView,
    Evidence,
    FundsBar,
    KeyringView,
    SignalAddress,
    SignalAnswer,
    SignalsView,
    SignalView,
    StrategyView,
    TimelineLine,
)
from desktop_app.exchange.protocol import Book, Refused, Unreachable
from desktop_app.own.process import Description
from desktop_app.store.codec import deal_from_json, said_from_json
from desktop_app.store.db import Store
from desktop_app.store.errors import StoreError
from desktop_app.store.rows import AuditResult, DealRow

_MOST_DEALS = 10_000
_MOST_ORDERS = 5_000  # of one deal: a grid makes new ones for years
T = TypeVar("T")


class Supervisor:
    """All methods are for the engine's loop. What cannot be done is a `Problem`; nothing was changed then."""

    def __init__(
        self,
        shared: Surroundings,
        accounts: Accounts,
        bots: Bots,
        panic: Panic,
        candles: CandleCache,
        own: OwnStrategies,
        signals: SignalHub,
        mirrors: Mirrors,
    ) -> None:
        self._shared = shared
        self._accounts = accounts
        self._bots = bots
        self._panic = panic
        self._candles = candles
        self._own = own
        self._signals = signals
        self._mirrors = mirrors
        self.on_focus: Callable[[], None] = lambda: None
        self.on_open: Callable[[str], None] | None = None  # there where a window is
        self.on_chart: Callable[[], None] = lambda: None  # somebody has candles to look at

    @property
    def _store(self) -> Store:
        return self._shared.store

    # --- accounts and markets

    async def accounts(self) -> tuple[AccountView, ...]:
        return self._accounts.views()

    async def add_account(
        self,
        name: str,
        exchange: str,
        *,
        is_paper: bool = False,
        config: Mapping[str, Any] | None = None,
        credentials: Credentials | None = None,
        session_only: bool = False,
    ) -> AccountView:
        """A real account needs `credentials`; they are checked, then kept in the keyring, and it may only watch."""
        await self._accounts.add(
            name,
            exchange,
            is_paper=is_paper,
            config=config or {},
            credentials=credentials,
            session_only=session_only,
            bots=self._bots,
        )
        return account_view(self._accounts.desk(name))

    async def remove_account(self, name: str) -> None:
        """Its key goes with it; its deals stay in the journal."""
        await self._accounts.remove(name, self._bots)

    async def exchanges(self) -> tuple[Capability, ...]:
        """Every exchange that can be connected, and what works there."""
        return exchange_list()

    async def check_key(
        self, exchange: str, config: Mapping[str, Any] | None, credentials: Credentials
    ) -> AccountCheck:
        """What an exchange says about a key, without keeping anything."""
        return await self._accounts.check_key(exchange, config or {}, credentials)

    async def check_account(self, name: str) -> AccountCheck:
        """Ask the exchange now what the account's key may do."""
        return await self._accounts.check_account(name)

    async def replace_key(self, name: str, credentials: Credentials, session_only: bool = False) -> AccountCheck:
        return await self._accounts.replace_key(name, credentials, session_only=session_only)

    async def forget_keys(self) -> tuple[str, ...]:
        """Remove every key from the keyring; the accounts whose keys are gone. They wait until they get one again."""
        gone = await self._accounts.forget_keys()
        await self._signals.forget_secrets()
        return gone

    async def allow_trading(self, name: str) -> None:
        await self._accounts.allow_trading(name)

    async def set_limits(self, name: str, limits: Limits) -> None:
        await self._accounts.set_limits(name, limits)

    async def remind_of_key(self, account: str, days: int = 7) -> None:
        """Until it is bound to an address, the account's view says from then on that this was asked for."""
        await self._accounts.remind_of_key(account, days)

    async def reconnect(self, account: str) -> None:
        """Try again at once: the keyring was unlocked, the key was mended, the network is back."""
        await self._accounts.reconnect(account)

    async def acknowledge_foreign(self, account: str) -> None:
        """ "It was me": the foreign activity seen so far was the user's own; bots go on."""
        await self._accounts.desk(account).watcher.acknowledge()

    async def foreign(self, account: str) -> tuple[Evidence, ...]:
        """What is still unexplained on the account."""
        return self._accounts.desk(account).watcher.evidence

    async def keyring(self) -> KeyringView:
        """Where keys are kept on this computer, as it is now; asks nobody for a password."""
        return await self._accounts.keys.keyring()

    async def test_keyring(self) -> KeyringView:
        """Write, read and delete something of no value; may ask for the keyring's password."""
        return await self._accounts.keys.test_keyring()

    async def set_speed(self, account: str, speed: Decimal) -> None:
        await self._accounts.set_speed(account, speed)

    async def watch(self, account: str, symbols: tuple[str, ...], owner: str = "window") -> None:
        """Have prices of these pairs too, beside those of the bots and of other owners; for the panels of a window."""
        desk = self._accounts.desk(account)
        desk.link.watch(owner, symbols)
        await _answered(desk, desk.link.subscribe())

    async def markets(self, account: str) -> Mapping[str, Market]:
        return self._accounts.desk(account).markets

    async def prices(self, account: str) -> dict[str, PriceTick]:
        return dict(self._accounts.desk(account).last)

    async def volumes(self, account: str, quote: str) -> Mapping[str, Decimal]:
        """What was traded in 24 hours, in quote, of the pairs of a currency: what lists of the largest are made of."""
        desk = self._accounts.desk(account)
        return await _answered(desk, desk.lists.volumes(quote))

    async def balances(self, account: str) -> Mapping[str, Balance]:
        return self._accounts.desk(account).balances

    async def book(self, account: str, symbol: str) -> Book:
        desk = self._desk_with(account, symbol)
        return await _answered(desk, desk.exchange.book(symbol))

    async def candles(self, account: str, symbol: str, timeframe: str, start: int, end: int) -> Candles:
        desk = self._desk_with(account, symbol)
        try:
            return await self._candles_of(desk, symbol, timeframe, start, end)
        finally:
            self.on_chart()

    async def _candles_of(self, desk: AccountDesk, symbol: str, timeframe: str, start: int, end: int) -> Candles:
        if desk.row.exchange == EMBEDDED:
            return await _answered(desk, desk.exchange.candles(symbol, timeframe, start, end))
        return await _answered(desk, self._candles.candles(desk, symbol, timeframe, start, end))

    async def uncommitted(self, account: str, quote: str, excluding: BotRef | None = None) -> FundsBar:
        """What is free of a quote currency over the plans of all bots on the account."""
        bot_id = self._bots.row(excluding).bot_id if excluding is not None else None
        return self._bots.funds(self._accounts.desk(account), quote, bot_id)

    # --- bots

    async def bots(self) -> tuple[BotView, ...]:
        return tuple(self._bots.view(row) for row in self._bots.rows())

    async def bot(self, bot: BotRef) -> BotView:
        return self._bots.view(self._bots.row(bot))

    async def check_bot(self, text: str) -> CheckedBot:
        return self._bots.check(text)

    async def add_bot(self, source: str | Settings) -> int:
        return await self._bots.add(source)

    async def add_trade(self, source: str | Settings, even_if_short: bool = False) -> int:
        """Place a smart trade: it is added and begins at once, or nothing of it stays. The id of its bot.

        Raises:
            Problem: its settings, its account, the money or the coins do not allow it; its name is taken.
        """
        return await place_trade(self._bots, source, even_if_short=even_if_short)

    async def mirror_bot(self, bot: BotRef, account: str, name: str, percent: Decimal | None = None) -> int:
        """Add a bot, stopped, that mirrors another on a further account: kept like it, its deals begun with its own.

        `percent`: its sizes in percent of the source's; None: as the two accounts' balances are to each other.
        """
        return await self._mirrors.add(bot, account, name, percent)

    async def edit_bot(self, bot: BotRef, source: str | Settings, apply_to_open: bool = False) -> None:
        self._mirrors.may_change(bot)
        row = self._bots.row(bot)
        await self._bots.edit(bot, source, apply_to_open=apply_to_open)
        await self._mirrors.edited(row.bot_id, row.name, apply_to_open=apply_to_open)

    async def remove_bot(self, bot: BotRef) -> None:
        bot_id = self._bots.row(bot).bot_id
        self._mirrors.may_go(bot)
        await self._bots.remove(bot)
        await self._signals.bot_removed(bot_id)

    async def start_bot(self, bot: BotRef, even_if_short: bool = False) -> None:
        await self._bots.start(bot, even_if_short=even_if_short)
        await self._mirrors.started(bot)

    async def pause_bot(self, bot: BotRef) -> None:
        await self._bots.pause(bot)
        await self._mirrors.paused(bot)

    async def stop_bot(self, bot: BotRef, then: Then = "leave") -> None:
        await self._bots.stop(bot, then)
        await self._mirrors.stopped(bot, then)

    async def ask(self, bot: BotRef, ask: Ask) -> None:
        """Have a bot do something with itself or a deal; returns when its decision is written down.

        Raises:
            Problem: the bot does not work, the deal is over, or the bot says why it cannot.
        """
        row = self._bots.row(bot)
        number = getattr(ask, "deal", None)
        runner = self._bots.runner(row)
        if number is not None and runner is not None and number not in runner.ledger.deals:
            known = await self._store.deal(row.bot_id, number)
            deal_id = f"{row.bot_id}-{number}"
            raise problem("deal_is_over" if known is not None else "no_such_deal", deal=deal_id)
        problems = await self._bots.ask(row, ask)
        if problems:
            raise Problem(problems[0], FAILED)

    # --- strategies of the user's own

    async def strategies(self) -> tuple[StrategyView, ...]:
        """The files of the strategies folder, and which of them may run as they are now."""
        return await self._own.views()

    async def add_strategy(self, name: str, text: str) -> StrategyView:
        """Put a new file into the strategies folder; it is not trusted by that. Raises Problem."""
        return await self._own.add(name, text)

    async def describe_strategy(self, name: str) -> Description:
        """What a trusted strategy can be told. Raises Problem."""
        return await self._own.describe(name)

    async def trust_strategy(self, name: str, digest: str) -> None:
        """Agree to run the file with exactly this content. Raises Problem."""
        await self._own.trust(name, digest, self._shared.clock())

    # --- signals from outside

    async def signals_state(self) -> SignalsView:
        """How it stands with the ways by which signals come in."""
        return self._signals.state()

    async def signal_ways(self) -> SignalWays:
        return self._signals.ways

    async def set_signal_ways(self, ways: SignalWays) -> SignalsView:
        """Open and close ways at once, and again at every start."""
        return await self._signals.set_ways(ways)

    async def set_mail_password(self, credentials: Credentials) -> SignalsView:
        """Its `api_key` is the password of the mailbox; it goes into the keyring."""
        return await self._signals.set_mail_password(credentials.api_key)

    async def signal_address(self, bot: BotRef) -> SignalAddress:
        """Where the bot's signals come in and what to paste into an alert: with the bot's secret, so show it only to
        the person."""
        return await self._signals.address(bot)

    async def rotate_signal_secret(self, bot: BotRef, session_only: bool = False) -> SignalAddress:
        """A new secret; the old one opens nothing from now on. `session_only`: not in the keyring, until the end."""
        return await self._signals.rotate(bot, session_only=session_only)

    async def signals(
        self, bot: BotRef | None = None, limit: int = 50, before: int | None = None
    ) -> tuple[SignalView, ...]:
        """What came from outside and what became of it, newest first."""
        return await self._signals.list(bot, limit, before)

    async def send_signal(self, bot: BotRef, text: str, is_test: bool = False) -> tuple[SignalAnswer, ...]:
        """Do what a webhook with this message would do; of a test, only tell what the bot would do."""
        return await self._signals.send(bot, text, is_test=is_test)

    # --- deals

    async def deals(
        self, bot: BotRef | None = None, include_closed: bool = False, limit: int = 500, offset: int = 0
    ) -> tuple[DealView, ...]:
        """Running deals first, then the newest."""
        bot_id = self._bots.row(bot).bot_id if bot is not None else None
        limit = min(limit, _MOST_DEALS)
        rows = await self._store.deals(bot_id, include_closed=include_closed, limit=limit, offset=offset)
        return tuple(self._deal_view(row) for row in rows)

    async def deal(self, bot: BotRef, number: int) -> DealDetail:
        bot_id = self._known_bot_id(bot)
        row = await self._store.deal(bot_id, number)
        if row is None:
            raise problem("no_such_deal", deal=f"{bot_id}-{number}")
        orders = await self._store.orders(bot_id, number, _MOST_ORDERS)
        fills = await self._store.fills(bot_id, number, _MOST_ORDERS)
        lines = await self._store.timeline(bot_id, number)
        return DealDetail(
            self._deal_view(row),
            tuple(found.order for found in orders),
            tuple((found.client_id, found.fill) for found in fills),
            tuple(TimelineLine(line.at, said_from_json(line.said_json), line.kind == "problem") for line in lines),
        )

    # --- all at once

    async def panic(self, sell: bool = False, accounts: tuple[str, ...] = ()) -> PanicReport:
        for name in accounts:
            self._accounts.desk(name)
        return await self._panic.start(sell=sell, accounts=accounts)

    async def quit_summary(self) -> QuitSummary:
        return quit_summary(self._accounts.desks.values())

    async def focus(self) -> None:
        """A second start of the application: show the first one."""
        self.on_focus()

    async def open_document(self, document: str) -> bool:
        """A second start was given something to open: the window reads and shows it. False where there is none."""
        if self.on_open is None:
            return False
        self.on_open(document)
        return True

    # --- the journal

    async def verify_audit(self) -> AuditResult:
        try:
            return await self._store.verify_audit()
        except StoreError as error:
            raise of_store(error) from None

    async def export_audit(self, path: str) -> int:
        """Write every decision into a new file, a line of JSON each; how many there were."""
        try:
            with await asyncio.to_thread(Path(path).open, "x", encoding="utf-8") as file:
                return await self._store.export_audit(lambda line: file.write(line + "\n"))
        except StoreError as error:
            raise of_store(error) from None
        except OSError as error:
            raise problem("no_export", FAILED, path=path, reason=error.strerror or str(error)) from None

    async def timeline(self, limit: int = 200, before: int | None = None) -> tuple[tuple[int, int, TimelineLine], ...]:
        """What all bots said, newest first: (bot id, deal, line)."""
        lines = await self._store.notes(limit=limit, before=before)
        return tuple(
            (line.bot_id, line.deal, TimelineLine(line.at, said_from_json(line.said_json), line.kind == "problem"))
            for line in lines
        )

    # --- small

    def _desk_with(self, account: str, symbol: str) -> AccountDesk:
        desk = self._accounts.desk(account)
        if desk.is_connected and symbol not in desk.markets:
            raise problem("no_such_pair", account=account, pair=symbol)
        return desk

    def _known_bot_id(self, bot: BotRef) -> int:
        """Also of a bot that was removed: its deals stay."""
        try:
            return self._bots.row(bot).bot_id
        except Problem:
            if str(bot).isdigit():
                return int(bot)
            raise

    def _deal_view(self, row: DealRow) -> DealView:
        desk = next((d for d in self._accounts.desks.values() if d.row.account_id == row.account_id), None)
        runner = desk.runners.get(row.bot_id) if desk is not None else None
        deal: Deal = deal_from_json(row.deal_json)
        if desk is None or runner is None:
            return self._plain_view(row, desk, deal)
        return deal_view(desk, runner, runner.ledger.deals.get(row.number, deal))

    def _plain_view(self, row: DealRow, desk: AccountDesk | None, deal: Deal) -> DealView:
        """Of a bot that is not at work, or gone."""
        name = next((bot.name for bot in self._bots.rows() if bot.bot_id == row.bot_id), str(row.bot_id))
        tick = desk.last.get(deal.symbol) if desk is not None else None
        market = desk.markets.get(deal.symbol) if desk is not None else None
        last = tick.price if tick is not None else None
        is_open = last is not None and market is not None and not deal.status.is_over
        worth = deal.unrealised(last, market.taker_fee) if is_open and last is not None and market is not None else None
        return DealView(
            row.bot_id,
            name,
            desk.row.name if desk is not None else "",
            deal,
            last,
            worth,
            desk.mode if desk is not None else "live",
        )


async def _answered(desk: AccountDesk, work: Awaitable[T]) -> T:
    """Raises Problem: the exchange did not answer."""
    try:
        return await work
    except Unreachable as error:
        raise problem("account_unreachable", FAILED, account=desk.row.name, reason=str(error)) from None
    except Refused as error:
        raise problem("account_unreachable", FAILED, account=desk.row.name, reason=error.reason) from None
