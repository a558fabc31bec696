"""Mirror bots: kept like their source, and told to begin a deal at the moment in which the source begins one.

What the source's deal does afterwards is not copied: a mirror's deal ends by its own fills, on its own account.
"""

import logging
from collections.abc import Awaitable, Mapping
from decimal import Decimal

from pydantic import ValidationError

from desktop_app.core.deal import Deal
from desktop_app.core.events import StartDeal
from desktop_app.core.market import ZERO, Balance
from desktop_app.core.mirror import MIRRORED, factor_of, is_other, mirrored
from desktop_app.core.said import said
from desktop_app.core.settings import Mirror, Settings
from desktop_app.core.strategies import Kind
from desktop_app.engine.bots import BotRef, Bots, Then
from desktop_app.engine.crew import Crew
from desktop_app.engine.desk import AccountDesk
from desktop_app.engine.news import LogNews
from desktop_app.engine.problem import FAILED, Problem, problem
from desktop_app.engine.shapes import Desk, Runner
from desktop_app.store.rows import BotRow

_log = logging.getLogger(__name__)
_WAITS_SECONDS = 30  # a mirrored deal that could not begin by then does not begin at all
_LOOK_SECONDS = 0.5
_FASTEST = Decimal(100_000)


class Mirrors:
    """Finds the mirrors of a bot by what their settings say; nothing else is kept."""

    def __init__(self, bots: Bots, kinds: Mapping[str, Kind], crew: Crew, desks: Mapping[str, AccountDesk]) -> None:
        self._bots = bots
        self._kinds = kinds
        self._crew = crew
        self._desks = desks
        self._read: dict[str, Settings] = {}  # by their JSON

    # --- what a person does

    async def add(self, ref: BotRef, account: str, name: str, percent: Decimal | None) -> int:
        """Add a mirror of a bot, stopped. Raises Problem."""
        source = self._bots.row(ref)
        if self._settings(source).mirror is not None:
            raise problem("mirror_of_mirror", bot=source.name)
        if source.kind not in MIRRORED:
            raise problem("mirror_kind", bot=source.name)
        if account not in self._desks:
            raise problem("no_such_account", account=account)
        if account == self._bots.desk_of(source).row.name:
            raise problem("mirror_same_account", bot=source.name, account=account)
        mirror = Mirror(of=source.name, percent=percent)
        return await self._bots.add(self._derived(source, mirror, name, account))

    def may_change(self, ref: BotRef) -> None:
        """A mirror is changed by changing its source. Raises Problem."""
        row = self._bots.row(ref)
        mirror = self._mirror(row)
        if mirror is not None and any(other.name == mirror.of for other in self._bots.rows()):
            raise problem("mirror_is_not_edited", bot=row.name, source=mirror.of)

    def may_go(self, ref: BotRef) -> None:
        """A source stays as long as it is mirrored. Raises Problem."""
        row = self._bots.row(ref)
        mirrors = self.of(row.name)
        if mirrors:
            raise problem("mirror_needs_source", bot=row.name, mirrors=", ".join(other.name for other in mirrors))

    def of(self, name: str) -> tuple[BotRow, ...]:
        """The mirrors of the bot of this name."""
        rows = self._bots.rows()
        return tuple(row for row in rows if (mirror := self._mirror(row)) is not None and mirror.of == name)

    async def edited(self, ref: BotRef, former: str, *, apply_to_open: bool) -> None:
        source = self._bots.row(ref)
        for row in self.of(former):
            await self._try(row, "changed", self._edit(source, row, apply_to_open=apply_to_open))

    async def started(self, ref: BotRef) -> None:
        source = self._bots.row(ref)
        for row in self.of(source.name):
            if await self._try(row, "changed", self._edit(source, row, apply_to_open=False)):
                await self._try(row, "started", self._bots.start(row.bot_id, even_if_short=False))

    async def paused(self, ref: BotRef) -> None:
        for row in self.of(self._bots.row(ref).name):
            if row.status == "running":
                await self._try(row, "paused", self._bots.pause(row.bot_id))

    async def stopped(self, ref: BotRef, then: Then) -> None:
        for row in self.of(self._bots.row(ref).name):
            await self._try(row, "stopped", self._bots.stop(row.bot_id, then))

    # --- what the source does

    def opened(self, runner: Runner, deals: tuple[Deal, ...]) -> None:
        """The source's deals are written down: have its mirrors begin theirs."""
        if runner.row.kind != "dca":
            return
        for row in self.of(runner.row.name):
            for deal in deals:
                self._crew.spawn(self._begin(runner.row, row, deal), f"mirror {row.name}")

    async def _begin(self, source: BotRow, row: BotRow, deal: Deal) -> None:
        desk = self._bots.desk_of(row)
        if row.status != "running":
            return
        if not await self._ready(desk):
            self._tell(desk, row, "mirror_missed", pair=deal.symbol, source=source.name)
            return
        try:
            await self._edit(source, row, apply_to_open=False)
            waits_ms = int(_WAITS_SECONDS * 1000 * min(desk.speed, _FASTEST))
            ask = StartDeal(deal.symbol, desk.exchange.now() + waits_ms)
            await self._bots.ask(self._bots.row(row.bot_id), ask, by="mirror")
        except Problem as error:
            _log.info("%s does not mirror a deal: %s", row.name, error)
            self._tell(desk, row, "mirror_missed", pair=deal.symbol, source=source.name)

    async def _ready(self, desk: AccountDesk) -> bool:
        """Whether the account can trade now, or in a moment: after a start not all come up at once."""
        for _ in range(round(_WAITS_SECONDS / _LOOK_SECONDS)):
            link = desk.link
            if link.is_connected and link.is_reconciled and link.is_live_feed and desk.frozen is None:
                return True
            await desk.sleep(_LOOK_SECONDS)
        return False

    # --- inside

    async def _edit(self, source: BotRow, row: BotRow, *, apply_to_open: bool) -> None:
        """Make the mirror like its source again, if it is not. Raises Problem."""
        settings = self._settings(row)
        assert settings.mirror is not None
        mirror = Mirror(of=source.name, percent=settings.mirror.percent)
        wanted = self._derived(source, mirror, row.name, settings.account)
        if is_other(settings, wanted):
            await self._bots.edit(row.bot_id, wanted, apply_to_open=apply_to_open)

    def _derived(self, source: BotRow, mirror: Mirror, name: str, account: str) -> Settings:
        """Raises Problem: the balances that it hangs on are not known, or the source is of a kind without mirrors."""
        if source.kind not in MIRRORED:
            raise problem("mirror_kind", bot=source.name)
        settings = self._settings(source)
        factor = factor_of(mirror, self._worth(self._desks[account], settings), self._worth_of(source, settings))
        if factor is None:
            raise problem("mirror_no_balance", FAILED, bot=source.name, account=account)
        return mirrored(settings, mirror, name, account, factor)

    def _worth_of(self, row: BotRow, settings: Settings) -> Decimal:
        return self._worth(self._bots.desk_of(row), settings)

    def _worth(self, desk: AccountDesk, settings: Settings) -> Decimal:
        """What an account holds of the bot's currencies, in quote."""
        listed = getattr(settings, "pair_list", None)
        quote = str(listed.quote) if listed is not None else settings.pairs[0].partition("/")[2]
        total = desk.balances.get(quote, Balance(quote)).total
        for pair in settings.pairs:
            base, tick = pair.partition("/")[0], desk.last.get(pair)
            total += desk.balances.get(base, Balance(base)).total * (tick.price if tick is not None else ZERO)
        return total

    def _mirror(self, row: BotRow) -> Mirror | None:
        try:
            return self._settings(row).mirror
        except (ValidationError, KeyError):
            return None  # of another version: it mirrors nothing that this one could tell

    def _settings(self, row: BotRow) -> Settings:
        known = self._read.get(row.settings_json)
        if known is None:
            if len(self._read) > 1000:
                self._read.clear()
            known = self._kinds[row.kind].settings.model_validate_json(row.settings_json)
            self._read[row.settings_json] = known
        return known

    async def _try(self, row: BotRow, what: str, work: Awaitable[None]) -> bool:
        """What a mirror cannot follow is told; the source has done it all the same."""
        try:
            await work
        except Problem as error:
            desk = self._bots.desk_of(row)
            reason = error.said.code
            _log.warning("mirror %s was not %s: %s", row.name, what, error)
            self._tell(desk, row, "mirror_not_followed", reason=reason)
            return False
        return True

    def _tell(self, desk: Desk, row: BotRow, code: str, **values: str) -> None:
        told = said(code, bot=row.name, account=desk.row.name, **values)
        desk.bus.publish(LogNews(desk.clock(), "warning", desk.row.name, row.name, 0, code, told))
