"""The bots of all accounts: their rows, and how they are added, started, stopped and taken up again."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Literal

from pydantic import BaseModel, ValidationError

from desktop_app.core.bot_file import read_bot_file
from desktop_app.core.deal import Deal
from desktop_app.core.events import Ask, CancelDeal, CloseDeal, EditDeal, PauseBot, ResumeBot
from desktop_app.core.market import ZERO
from desktop_app.core.pair_list import PairList
from desktop_app.core.said import Said, said
from desktop_app.core.settings import Settings
from desktop_app.core.strategies import Kind
from desktop_app.core.strategy import ListsPairs
from desktop_app.engine.desk import AccountDesk
from desktop_app.engine.mailbox import Unanswered
from desktop_app.engine.news import BotGone, BotNews
from desktop_app.engine.portfolio import funds_bar
from desktop_app.engine.problem import FAILED, REFUSED_FOR_SAFETY, BadBotFile, Problem, of_store, problem
from desktop_app.engine.runner import BotRunner
from desktop_app.engine.shapes import Runner
from desktop_app.engine.tally import Tallies
from desktop_app.engine.telling import bot_view, deals_max, needed_by, tell_bot
from desktop_app.engine.views import BotView, CheckedBot, FundsBar
from desktop_app.engine.work import Work
from desktop_app.exchange.protocol import Refused, Unreachable
from desktop_app.store.codec import said_from_json, said_to_json
from desktop_app.store.db import Store
from desktop_app.store.errors import NameTaken, StoreError
from desktop_app.store.rows import BotRow, OrderRow

_log = logging.getLogger(__name__)

Then = Literal["leave", "close", "cancel"]
BotRef = int | str
PYTHON = "python"  # the kind that asks a strategy of the user's own


class Bots:
    """Knows every bot, at work or not. A bot at work has a runner at its account's desk."""

    def __init__(
        self, store: Store, kinds: Mapping[str, Kind], tallies: Tallies, desks: Mapping[str, AccountDesk]
    ) -> None:
        self._store = store
        self._kinds = kinds
        self._tallies = tallies
        self._desks = desks
        self._rows: dict[int, BotRow] = {}
        self.on_opened: Callable[[Runner, tuple[Deal, ...]], None] = lambda _runner, _deals: None

    def opened(self, runner: Runner, deals: tuple[Deal, ...]) -> None:
        """A bot has begun deals, and that is written down."""
        self.on_opened(runner, deals)

    def ended(self, row: BotRow) -> None:
        """A bot at work has stopped itself, and leaves its desk."""
        self._rows[row.bot_id] = row

    async def load(self) -> None:
        self._rows = {row.bot_id: row for row in await self._store.bots()}

    # --- finding

    def rows(self) -> list[BotRow]:
        return [self._current(row) for row in self._rows.values()]

    def row(self, ref: BotRef) -> BotRow:
        """A bot by id or name. Raises Problem."""
        text = str(ref).strip()
        found = self._rows.get(int(text)) if text.isascii() and text.isdigit() else None
        if found is None:
            found = next((row for row in self._rows.values() if row.name == text), None)
        if found is None:
            raise problem("no_such_bot", bot=text[:80])
        return self._current(found)

    def desk_of(self, row: BotRow) -> AccountDesk:
        return next(desk for desk in self._desks.values() if desk.row.account_id == row.account_id)

    def runner(self, row: BotRow) -> BotRunner | None:
        runner = self.desk_of(row).runners.get(row.bot_id)
        return runner if runner is not None and runner.is_running and not runner.is_held else None

    def _current(self, row: BotRow) -> BotRow:
        runner = self.desk_of(row).runners.get(row.bot_id)
        if runner is not None:
            self._rows[row.bot_id] = runner.row
            return runner.row
        return self._rows[row.bot_id]

    # --- views

    def view(self, row: BotRow) -> BotView:
        desk = self.desk_of(row)
        runner = desk.runners.get(row.bot_id)
        if runner is not None:
            return bot_view(desk, runner)
        settings = _fields(row)
        tally = self._tallies.get(row.bot_id)
        return BotView(
            bot_id=row.bot_id,
            name=row.name,
            kind=row.kind,
            account=desk.row.name,
            pairs=settings.pairs if settings is not None else (),
            status=row.status,
            why=self._why(row, desk),
            deals_open=0,
            deals_max=deals_max(row.settings_json),
            profit=tally.profit,
            profit_today=tally.profit_today(desk.exchange.now() if desk.is_connected else desk.clock()),
            funds_used=ZERO,
            funds_max=ZERO,
            started_at=0,
            version=row.version,
            settings_json=row.settings_json,
            mode=desk.mode,
            deals_closed=tally.deals_closed,
        )

    def _why(self, row: BotRow, desk: AccountDesk) -> Said:
        if row.bot_id in desk.held:
            return desk.held[row.bot_id]
        if row.is_wanted and desk.shared.work is Work.READ:
            return said("why_app_is_closed")
        if row.is_wanted and not desk.is_connected:
            return said("why_waits_for_account", account=desk.row.name, reason=desk.link.reason)
        if row.reason_json and row.status in ("held", "stopped"):
            return said_from_json(row.reason_json)
        return said("why_bot_stopped")

    # --- adding and changing

    def check(self, text: str) -> CheckedBot:
        """Read a bot file without adding it."""
        try:
            settings = self._read(text)
        except BadBotFile as bad:
            return CheckedBot(bad.problems)
        problems = self._misfits(settings)
        return CheckedBot(problems, settings.kind, settings.model_dump_json())

    async def add(self, source: str | Settings) -> int:
        """Add a bot, stopped. Raises Problem."""
        settings = self._read(source) if isinstance(source, str) else source
        desk = self._desks.get(settings.account)
        if desk is None:
            raise problem("no_such_account", account=settings.account)
        self._must_fit(settings)
        row = BotRow(0, settings.name, settings.kind, desk.row.account_id, settings.model_dump_json())
        try:
            bot_id = await self._store.add_bot(row)
        except NameTaken:
            raise problem("name_taken", name=settings.name) from None
        except StoreError as error:
            raise of_store(error) from None
        row = next(found for found in await self._store.bots() if found.bot_id == bot_id)
        self._rows[bot_id] = row
        await self._tallies.load(bot_id)
        desk.bus.publish(BotNews(self.view(row)))
        return bot_id

    async def edit(self, ref: BotRef, source: str | Settings, *, apply_to_open: bool) -> None:
        """Replace the settings; new deals run on them at once, open ones only if wished. Raises Problem."""
        row = self.row(ref)
        settings = self._read(source) if isinstance(source, str) else source
        self._must_fit(settings)
        desk = self.desk_of(row)
        runner = desk.runners.get(row.bot_id)
        deals = tuple(runner.ledger.deals.values()) if runner is not None else ()
        has_moved = settings.account != desk.row.name or settings.kind != row.kind
        has_lost = getattr(settings, "pair_list", None) is None and any(d.symbol not in settings.pairs for d in deals)
        if deals and (has_moved or has_lost):
            raise problem("bot_other_account")
        if has_moved and runner is not None:
            raise problem("bot_runs", bot=row.name)
        text = settings.model_dump_json()
        changed = replace(
            row,
            name=settings.name,
            kind=settings.kind,
            account_id=self._desks[settings.account].row.account_id,
            settings_json=text,
            version=row.version + 1,
        )
        await self.save(changed)
        if runner is not None:
            await self._restart(desk, changed)
            if apply_to_open:
                for deal in deals:
                    await self.ask(changed, EditDeal(deal.number, text))
        desk.bus.publish(BotNews(self.view(self.row(row.bot_id))))

    async def remove(self, ref: BotRef) -> None:
        row = self.row(ref)
        desk = self.desk_of(row)
        runner = desk.runners.get(row.bot_id)
        if runner is not None and runner.ledger.deals:
            raise problem("bot_has_deals", bot=row.name, count=len(runner.ledger.deals))
        if runner is None and (count := await self._open_deals(row)):
            raise problem("bot_has_deals", bot=row.name, count=count)
        if runner is not None and row.is_wanted:
            raise problem("bot_runs", bot=row.name)
        await desk.let_go(row.bot_id)
        await self._store.remove_bot(row.bot_id)
        desk.held.pop(row.bot_id, None)
        self._rows.pop(row.bot_id, None)
        self._tallies.forget(row.bot_id)
        desk.bus.publish(BotGone(row.bot_id))

    # --- starting and stopping

    async def start(self, ref: BotRef, *, even_if_short: bool = False) -> None:
        """Mark the bot wanted and let it trade. Raises Problem."""
        row = self.row(ref)
        desk = self.desk_of(row)
        if not desk.may_trade:
            raise problem("account_watch_only", REFUSED_FOR_SAFETY, account=desk.row.name)
        if row.kind == PYTHON and desk.shared.own is not None:
            await desk.shared.own.must_run(self._kinds[PYTHON].settings.model_validate_json(row.settings_json))
        changed = replace(row, is_wanted=True, status="running", reason_json="")
        if not desk.is_connected and self.runner(row) is None:
            await self.save(changed)
            desk.bus.publish(BotNews(self.view(changed)))
            return
        runner = self.runner(row) or await self._take_up(desk, row)
        await self._list_pairs(desk, runner)
        if not even_if_short and not runner.ledger.deals:
            await self._must_be_affordable(desk, runner)
        desk.halt.bots.discard(row.bot_id)
        desk.held.pop(row.bot_id, None)
        await self.save(changed)
        runner.with_row(is_wanted=True, status="running", reason_json="")
        await self.ask(changed, ResumeBot())
        if desk.link.is_open:
            runner.open_gates()
            await _quietly(desk.link.subscribe())
        tell_bot(desk, row.bot_id, row.name, "bot_started", said("engine_bot_started"))
        desk.bus.publish(BotNews(self.view(changed)))

    async def _list_pairs(self, desk: AccountDesk, runner: BotRunner) -> None:
        """What a bot may come to need is known when its pairs are, and their prices."""
        if not isinstance(runner.bot, ListsPairs) or runner.bot.pair_list is None:
            return
        await _quietly(desk.lists.look())
        while runner.is_running and not runner.is_idle:
            await desk.progress()
        await _quietly(desk.link.subscribe())

    async def pause(self, ref: BotRef) -> None:
        """No new deals; open ones go on. Raises Problem."""
        row = self.row(ref)
        await self.ask(row, PauseBot())
        await self.save(replace(self.row(row.bot_id), status="paused"))
        self.desk_of(row).bus.publish(BotNews(self.view(self.row(row.bot_id))))

    async def stop(self, ref: BotRef, then: Then = "leave") -> None:
        """No new deals, also after a restart; open ones go on, are sold at market, or are left alone.

        Raises Problem.
        """
        row = self.row(ref)
        desk = self.desk_of(row)
        why = said("engine_bot_stopped")
        changed = replace(row, is_wanted=False, status="stopped", reason_json=said_to_json(why))
        await self.save(changed)
        desk.held.pop(row.bot_id, None)
        runner = self.runner(row)
        if runner is None:
            await desk.let_go(row.bot_id)
            desk.bus.publish(BotNews(self.view(changed)))
            return
        deals = tuple(runner.ledger.deals)
        await self.ask(changed, PauseBot())
        for number in deals if then != "leave" else ():
            await self.ask(changed, CloseDeal(number) if then == "close" else CancelDeal(number))
        if deals:
            tell_bot(desk, row.bot_id, row.name, "bot_stopped", why)
        desk.bus.publish(BotNews(self.view(changed)))

    def settings_of(self, row: BotRow) -> Settings | None:
        """None: this version cannot read them."""
        try:
            return self._kinds[row.kind].settings.model_validate_json(row.settings_json)
        except (ValidationError, KeyError):
            return None

    async def ask(self, row: BotRow, ask: Ask, by: str = "you") -> tuple[Said, ...]:
        """Have a bot at work decide about a wish; the problems that it met. Raises Problem."""
        runner = self.runner(row)
        desk = self.desk_of(row)
        if runner is None:
            if row.bot_id in desk.held:
                raise problem("bot_is_held", FAILED, bot=row.name, why="")
            raise problem("bot_not_running", FAILED, bot=row.name)
        try:
            return await runner.ask(ask, by)
        except Unanswered:
            raise problem("bot_is_held", FAILED, bot=row.name, why="") from None

    # --- taking up work

    async def begin_made(self) -> None:
        """Take up the bots that a decision has written down."""
        for row in await self._store.bots():
            if row.bot_id in self._rows:
                continue
            self._rows[row.bot_id] = row
            await self._tallies.load(row.bot_id)
            try:
                await self.start(row.bot_id, even_if_short=True)
                self.desk_of(row).money_moved()  # what it takes over was in orders a moment ago
            except Problem as error:
                _log.warning("%s does not begin: %s", row.name, error)
                self.desk_of(row).bus.publish(BotNews(self.view(row)))

    async def take_up_all(self, desk: AccountDesk) -> None:
        """After a start: every bot that is wanted, or that has something going on the exchange."""
        live = _by_bot(await self._store.live_orders(desk.row.account_id))
        for row in list(self._rows.values()):
            if row.account_id != desk.row.account_id or row.bot_id in desk.runners:
                continue
            if row.status == "held":
                desk.held[row.bot_id] = said_from_json(row.reason_json)
                continue
            try:
                runner = desk.make_runner(row, self._kinds[row.kind])
                await runner.load(live.get(row.bot_id, []))
                if row.is_wanted or runner.ledger.deals or runner.ledger.live:
                    desk.begin(runner)
                    tell_bot(desk, row.bot_id, row.name, "bot_started", said("engine_bot_started"))
            except (ValueError, KeyError) as error:
                await self._hold_unread(desk, row, error)
        for row in [row for row in self._rows.values() if row.account_id == desk.row.account_id]:
            desk.crew.spawn(self._load_tally(desk, row), f"sums of {row.name}")

    async def _take_up(self, desk: AccountDesk, row: BotRow) -> BotRunner:
        """A bot that was not at work, compared with the exchange before it may act. Raises Problem."""
        await desk.let_go(row.bot_id)
        live = _by_bot(await self._store.live_orders(desk.row.account_id))
        try:
            runner = desk.make_runner(row, self._kinds[row.kind])
            await runner.load(live.get(row.bot_id, []))
        except (ValueError, KeyError) as error:
            await self._hold_unread(desk, row, error)
            raise problem("bot_is_held", FAILED, bot=row.name, why="") from error
        except StoreError as error:
            raise of_store(error) from None
        desk.begin(runner)
        try:
            await desk.link.reconcile_bot(runner)
        except (Unreachable, Refused) as error:
            await desk.let_go(row.bot_id)
            raise problem("account_unreachable", FAILED, account=desk.row.name, reason=str(error)) from None
        return runner

    async def _restart(self, desk: AccountDesk, row: BotRow) -> None:
        """Go on under new settings, from the same state."""
        await desk.let_go(row.bot_id)
        runner = await self._take_up(desk, row)
        if desk.link.is_open:
            runner.open_gates()
            await _quietly(desk.link.subscribe())

    async def _hold_unread(self, desk: AccountDesk, row: BotRow, error: Exception) -> None:
        _log.error("bot %s cannot be taken up", row.name, exc_info=error)
        short = f"{error.error_count()} problems" if isinstance(error, ValidationError) else str(error)[:200]
        why = said("why_held_settings", error=short)
        desk.held[row.bot_id] = why
        await self.save(replace(row, status="held", reason_json=said_to_json(why)))
        tell_bot(desk, row.bot_id, row.name, "bot_held", why)
        desk.bus.publish(BotNews(self.view(self.row(row.bot_id))))

    async def _load_tally(self, desk: AccountDesk, row: BotRow) -> None:
        await self._tallies.load(row.bot_id)
        if row.bot_id in self._rows:
            desk.bus.publish(BotNews(self.view(self.row(row.bot_id))))

    # --- funds

    def funds(self, account: AccountDesk, quote: str, excluding: int | None = None) -> FundsBar:
        """What is free of a quote currency over the plans of all bots at work."""
        reserved = [
            (runner.row.name, needed_by(account, runner))
            for runner in account.runners.values()
            if runner.bot_id != excluding
            and runner.is_running
            and not runner.is_held
            and runner.row.is_wanted
            and runner.quote == quote
        ]
        return funds_bar(quote, account.balances, reserved)

    async def _must_be_affordable(self, desk: AccountDesk, runner: BotRunner) -> None:
        quote = runner.quote
        bar = self.funds(desk, quote, excluding=runner.bot_id)
        needed = needed_by(desk, runner)
        if desk.balances and needed > bar.uncommitted:
            if not runner.row.is_wanted:
                await desk.let_go(runner.bot_id)
            raise problem(
                "not_affordable", FAILED, bot=runner.row.name, needed=needed, quote=quote,
                uncommitted=bar.uncommitted, account=desk.row.name,
            )  # fmt: skip

    # --- small

    def _read(self, text: str) -> Settings:
        read = read_bot_file(text, self._kinds)
        if read.settings is None:
            raise BadBotFile(tuple((problem.place, problem.reason) for problem in read.problems))
        return read.settings

    def _must_fit(self, settings: Settings) -> None:
        problems = self._misfits(settings)
        if problems:
            raise BadBotFile(problems)
        if settings.mirror is not None and self._ends_in_a_mirror(settings.name, settings.mirror.of):
            raise problem("mirror_of_mirror", bot=settings.mirror.of)

    def _ends_in_a_mirror(self, name: str, source: str) -> bool:
        """Whether one that mirrors `source` makes a row of mirrors, or a ring, where deals would begin each other."""
        others = [(row.name, found.mirror) for row in self.rows() if (found := self.settings_of(row)) is not None]
        return name == source or any(
            mirror is not None and (other == source or mirror.of == name) for other, mirror in others
        )

    def _misfits(self, settings: Settings) -> tuple[tuple[str, str], ...]:
        desk = self._desks.get(settings.account)
        if desk is None:
            return (("account", f"there is no account {settings.account}"),)
        if not desk.is_connected:
            return ()
        missing = [pair for pair in settings.pairs if pair not in desk.markets]
        wanted: PairList | None = getattr(settings, "pair_list", None)
        if wanted is not None and all(market.quote != wanted.quote for market in desk.markets.values()):
            return (("pair_list.quote", f"{desk.row.name} trades no pair of {wanted.quote}"),)
        return tuple(("pairs", f"{desk.row.name} does not trade {pair}") for pair in missing)

    async def _open_deals(self, row: BotRow) -> int:
        return len(await self._store.deals(row.bot_id, include_closed=False))

    async def save(self, row: BotRow) -> None:
        try:
            await self._store.save_bot(row)
        except NameTaken:
            raise problem("name_taken", name=row.name) from None
        except StoreError as error:
            raise of_store(error) from None
        self._rows[row.bot_id] = row
        runner = self.desk_of(row).runners.get(row.bot_id)
        if runner is not None:
            runner.row = row


def _fields(row: BotRow) -> "_Common | None":
    try:
        return _Common.model_validate_json(row.settings_json)
    except ValidationError:
        return None


class _Common(BaseModel, frozen=True, extra="ignore"):
    """What can be told of settings of whatever kind."""

    pairs: tuple[str, ...] = ()


def _by_bot(rows: list[OrderRow]) -> dict[int, list[OrderRow]]:
    by_bot: dict[int, list[OrderRow]] = {}
    for row in rows:
        by_bot.setdefault(row.bot_id, []).append(row)
    return by_bot


async def _quietly(work: Awaitable[None]) -> None:
    """The exchange may be away just now; the link tries again by itself."""
    try:
        await work
    except (Unreachable, Refused, Problem) as error:
        _log.info("later: %s", error)
