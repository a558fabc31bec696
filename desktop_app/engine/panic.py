"""PANIC: stop new entries, cancel, only if asked sell at market, report what is left - always in this order."""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from desktop_app.core.commands import PlaceOrder
from desktop_app.core.deal import Deal, Direction
from desktop_app.core.events import CancelDeal, CloseDeal, PauseBot
from desktop_app.core.market import ZERO
from desktop_app.core.order import OrderType
from desktop_app.core.risk import is_exit
from desktop_app.core.said import Said, said
from desktop_app.engine.bots import Bots
from desktop_app.engine.desk import AccountDesk
from desktop_app.engine.mailbox import Unanswered
from desktop_app.engine.news import LogNews, PanicNews
from desktop_app.engine.problem import of_store
from desktop_app.engine.runner import BotRunner
from desktop_app.engine.shapes import Halt, Surroundings
from desktop_app.engine.telling import tell_bot
from desktop_app.exchange.protocol import Refused, Unreachable
from desktop_app.store.codec import deal_from_json, said_to_json
from desktop_app.store.errors import StoreError

_log = logging.getLogger(__name__)
_META = "panic"
_LOOK_SECONDS = 0.05
_PATIENCE_MS = 10_000  # how long selling waits for cancels that do not succeed, and the caller for the whole
STOP, CANCEL, SELL, REPORT = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class PanicReport:
    """`unconfirmed` are the client ids still being cancelled; `left` what remains, in sentences."""

    bots_stopped: int
    cancelled: int
    orders: int
    unconfirmed: tuple[str, ...]
    sold_deals: int
    deals: int
    left: tuple[Said, ...]
    is_done: bool
    is_written_down: bool = True


@dataclass(slots=True)
class _Run:
    """One PANIC under way. `orders` and `deals` are what there was at its beginning."""

    at: int
    is_selling: bool
    accounts: tuple[str, ...]
    orders: set[str]
    deals: set[tuple[int, int]]
    pairs: set[tuple[str, str]] = field(default_factory=set)  # (account, pair) of the bots
    bots: int = 0
    left: tuple[Said, ...] = ()
    step: int = STOP
    is_written_down: bool = True
    is_done: bool = False
    told: dict[tuple[int, str, int, int], Said] = field(default_factory=dict)


class Panic:
    """The kill switch. What it has begun is on disk before it is acknowledged, and goes on after a restart."""

    def __init__(self, shared: Surroundings, desks: Mapping[str, AccountDesk], bots: Bots) -> None:
        self._shared = shared
        self._desks = desks
        self._bots = bots
        self._run: _Run | None = None

    async def start(self, *, sell: bool, accounts: tuple[str, ...] = ()) -> PanicReport:
        """Returns when all is done, or after ten seconds with what is still being tried. No account named: all."""
        names = accounts or tuple(self._desks)
        run = _Run(self._shared.clock(), sell, names, set(), set())
        self._halt(run)  # at once, before anything is awaited: from here on nothing new leaves
        self._run = run
        try:
            await self._write_down(run)
        except StoreError as error:
            run.is_written_down = False  # the switch works on a full disk too, but it says so
            _log.exception("PANIC could not be written down")
            self._warn(of_store(error).said)
        self._tell(run, STOP, run.bots, run.bots, said("panic_stopped", bots=run.bots))
        self._shared.crew.spawn(self._carry_out(run), "PANIC")
        deadline = self._shared.clock() + 4 * _PATIENCE_MS
        while not run.is_done and self._shared.clock() < deadline:
            await self._shared.sleep(_LOOK_SECONDS)
        return self._report(run)

    async def restore(self) -> None:
        """After a start, before any account connects: what was begun stays in force. Raises StoreError."""
        text = await self._shared.store.meta(_META)
        kept = json.loads(text) if text else {}
        if not kept or kept.get("is_done"):
            return
        run = _Run(int(kept["at"]), bool(kept["sell"]), tuple(kept["accounts"]), set(), set())
        self._run = run
        self._halt(run)
        await self._write_down(run)
        self._shared.crew.spawn(self._resume(run), "PANIC")

    # --- the four steps

    def _halt(self, run: _Run) -> None:
        for desk in self._of(run):
            ids = {row.bot_id for row in self._bots.rows() if row.account_id == desk.row.account_id}
            desk.halt = Halt(ids, is_selling=run.is_selling, may_sell=asyncio.Event())
            _count(run, desk)

    async def _write_down(self, run: _Run) -> None:
        await self._shared.store.set_meta(_META, _to_json(run))
        why = said_to_json(said("why_stopped_by_panic"))
        for desk in self._of(run):
            for row in self._bots.rows():
                if row.account_id == desk.row.account_id and (row.is_wanted or row.status != "stopped"):
                    status = row.status if row.status == "held" else "stopped"
                    kept = row.reason_json if row.status == "held" else why
                    await self._bots.save(replace(row, is_wanted=False, status=status, reason_json=kept))
                    tell_bot(desk, row.bot_id, row.name, "bot_stopped", said("why_stopped_by_panic"))

    async def _resume(self, run: _Run) -> None:
        for desk in self._of(run):
            await desk.link.ready.wait()
            _count(run, desk)
        await self._carry_out(run)

    async def _carry_out(self, run: _Run) -> None:
        run.step = CANCEL
        await self._ask_all(run)
        await self._until(run, CANCEL, lambda: not self._unconfirmed(run))
        for desk in self._of(run):
            desk.halt.may_sell.set()
        run.step = SELL
        if run.is_selling:
            await self._until(run, SELL, lambda: not self._open_deals(run))
        while self._unconfirmed(run) or self._open_deals(run):
            self._tell_progress(run)
            await self._ask_all(run)
            await self._shared.sleep(1.0)
        run.step = REPORT
        run.left = await self._left(run)
        run.is_done = True
        try:
            await self._shared.store.set_meta(_META, _to_json(run))
        except StoreError:
            _log.exception("the end of PANIC could not be written down")
        for told in run.left:
            self._tell(run, REPORT, 0, 0, told)
        self._tell(run, REPORT, 1, 1, said("panic_done"), is_done=True)

    async def _ask_all(self, run: _Run) -> None:
        """Through the bots where they work, so that their books stay whole; past them where they do not."""
        for desk in self._of(run):
            for runner in tuple(desk.runners.values()):
                if runner.is_running and not runner.is_held:
                    await self._ask_bot(run, runner)
                if not runner.is_running or runner.is_held:
                    await self._cancel_directly(desk, runner)
            for bot_id in tuple(desk.held):
                if bot_id not in desk.runners:
                    await self._cancel_of_held(desk, bot_id)

    async def _ask_bot(self, run: _Run, runner: BotRunner) -> None:
        try:
            run.orders |= _to_cancel(runner)
            await runner.ask(PauseBot(), by="panic")
            for number, deal in tuple(runner.ledger.deals.items()):
                run.deals.add((runner.bot_id, number))
                if deal.status.is_over or _is_ending(deal, is_selling=run.is_selling):
                    continue
                await runner.ask(CloseDeal(number) if run.is_selling else CancelDeal(number), by="panic")
        except Unanswered:
            _log.warning("bot %s is held; its orders are cancelled past it", runner.row.name)

    async def _cancel_directly(self, desk: AccountDesk, runner: BotRunner) -> None:
        for client_id, tracked in tuple(runner.ledger.live.items()):
            order = tracked.order
            if await self._is_cancelled(desk, order.symbol, client_id, order.exchange_id):
                runner.ledger.live.pop(client_id, None)  # the database keeps it for the next start to look at

    async def _cancel_of_held(self, desk: AccountDesk, bot_id: int) -> None:
        if self._run is None or not desk.is_connected:
            return
        for row in await self._shared.store.live_orders(desk.row.account_id):
            order = row.order
            if row.bot_id == bot_id and order.client_id not in desk.halt.gone:
                self._run.orders.add(order.client_id)
                if await self._is_cancelled(desk, order.symbol, order.client_id, order.exchange_id):
                    desk.halt.gone.add(order.client_id)

    async def _is_cancelled(self, desk: AccountDesk, symbol: str, client_id: str, exchange_id: str) -> bool:
        try:
            report = await desk.exchange.cancel(symbol, client_id, exchange_id)
        except Refused:
            try:
                found = await desk.exchange.find_order(symbol, client_id)
            except (Unreachable, Refused):
                return False
            return found is None or found.status.is_final
        except Unreachable as error:
            self._warn(said("panic_unreachable", account=desk.row.name, reason=str(error)))
            return False
        return report.status.is_final

    async def _until(self, run: _Run, step: int, is_done: Callable[[], bool]) -> None:
        """Wait for a step, telling how it goes; after ten seconds the next one begins and this goes on beside."""
        deadline = self._shared.clock() + _PATIENCE_MS
        run.step = step
        while not is_done() and self._shared.clock() < deadline:
            self._tell_progress(run)
            await self._shared.sleep(_LOOK_SECONDS)
        self._tell_progress(run)

    # --- how it stands

    def _of(self, run: _Run) -> list[AccountDesk]:
        return [self._desks[name] for name in run.accounts if name in self._desks]

    def _unconfirmed(self, run: _Run) -> dict[str, AccountDesk]:
        """Orders from before that may still rest. The ones that sell for PANIC are not among them."""
        waiting: dict[str, AccountDesk] = {}
        for desk in self._of(run):
            for runner in desk.runners.values():
                for client_id in runner.ledger.live:
                    if client_id in run.orders:
                        waiting[client_id] = desk
        return waiting

    def _open_deals(self, run: _Run) -> list[tuple[AccountDesk, BotRunner, Deal]]:
        return [
            (desk, runner, deal)
            for desk in self._of(run)
            for runner in desk.runners.values()
            if runner.is_running and not runner.is_held
            for deal in runner.ledger.deals.values()
        ]

    def _tell_progress(self, run: _Run) -> None:
        waiting = self._unconfirmed(run)
        total = len(run.orders)
        done = total - len(waiting)
        self._tell(run, CANCEL, done, total, said("panic_cancelled", done=done, total=total))
        for client_id, desk in waiting.items():
            tries = desk.courier.tries(client_id)
            if tries:
                told = said("panic_cancel_retry", client_id=client_id, tries=tries)
                self._tell(run, CANCEL, done, total, told)
        if run.step == SELL and run.is_selling:
            left, deals = len(self._open_deals(run)), len(run.deals)
            self._tell(run, SELL, deals - left, deals, said("panic_sold", done=deals - left, total=deals))

    async def _left(self, run: _Run) -> tuple[Said, ...]:
        """Coins that stay: first those of deals, then what no bot bought."""
        left: list[Said] = []
        of_deals: dict[str, Decimal] = {}
        for bot_id, number in sorted(run.deals):
            row = await self._shared.store.deal(bot_id, number)
            deal = deal_from_json(row.deal_json) if row is not None else None
            if deal is None or deal.held <= ZERO or deal.direction is not Direction.LONG:
                continue
            base = deal.symbol.partition("/")[0]
            of_deals[base] = of_deals.get(base, ZERO) + deal.held
            name = next((bot.name for bot in self._bots.rows() if bot.bot_id == bot_id), str(bot_id))
            left.append(said("panic_deal_left", amount=deal.held, base=base, bot=name))
        for desk in self._of(run):
            try:
                await desk.link.refresh_balances()
            except (Unreachable, Refused) as error:
                left.append(said("panic_unreachable", account=desk.row.name, reason=str(error)))
            pairs = {symbol for account, symbol in run.pairs if account == desk.row.name}
            for asset in sorted({desk.markets[symbol].base for symbol in pairs if symbol in desk.markets}):
                balance = desk.balances.get(asset)
                rest = (balance.total if balance is not None else ZERO) - of_deals.get(asset, ZERO)
                if rest > ZERO:
                    left.append(said("panic_left", amount=rest, asset=asset))
        return tuple(left)

    def _report(self, run: _Run) -> PanicReport:
        waiting = self._unconfirmed(run)
        open_deals = len(self._open_deals(run))
        return PanicReport(
            bots_stopped=run.bots,
            cancelled=len(run.orders) - len(waiting),
            orders=len(run.orders),
            unconfirmed=tuple(sorted(waiting)),
            sold_deals=len(run.deals) - open_deals if run.is_selling else 0,
            deals=len(run.deals),
            left=run.left,
            is_done=run.is_done,
            is_written_down=run.is_written_down,
        )

    def _tell(self, run: _Run, step: int, done: int, total: int, told: Said, *, is_done: bool = False) -> None:
        news = PanicNews(self._shared.clock(), step, done, total, told, is_done)
        if run.told.get((step, told.code, done, total)) == told:
            return
        run.told[step, told.code, done, total] = told
        self._shared.bus.publish(news)
        self._shared.bus.publish(LogNews(news.at, "warning", "", "", 0, "panic", told))

    def _warn(self, told: Said) -> None:
        self._shared.bus.publish(LogNews(self._shared.clock(), "error", "", "", 0, "panic", told))


def _is_ending(deal: Deal, *, is_selling: bool) -> bool:
    """It is on its way out already; only when selling, for a deal that sells itself must still be cancelled."""
    return is_selling and deal.status.value == "closing"


def _to_json(run: _Run) -> str:
    return json.dumps({"at": run.at, "sell": run.is_selling, "accounts": run.accounts, "is_done": run.is_done})


def _to_cancel(runner: BotRunner) -> set[str]:
    """Everything that may rest; market exits are on their way out by themselves."""
    return {
        client_id
        for client_id, tracked in runner.ledger.live.items()
        if not (tracked.order.type is OrderType.MARKET and is_exit(PlaceOrder(tracked.order, 0)))
    }


def _count(run: _Run, desk: AccountDesk) -> None:
    for runner in desk.runners.values():
        run.orders |= _to_cancel(runner)
        run.deals |= {(runner.bot_id, number) for number in runner.ledger.deals}
        run.pairs |= {(desk.row.name, symbol) for symbol in runner.symbols}
        run.bots += runner.is_running
