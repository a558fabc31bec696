"""Notices what happens on a real account that this program did not do, says so at once, and stops new risk there."""

import logging
from collections import OrderedDict
from decimal import Decimal

from pydantic import BaseModel, TypeAdapter, ValidationError

from desktop_app.core.client_id import read_client_id
from desktop_app.core.market import ZERO
from desktop_app.core.order import Order, OrderType
from desktop_app.core.said import Said, said
from desktop_app.engine.news import AccountNews, ForeignNews, HappenedNews, LogNews
from desktop_app.engine.problem import worded
from desktop_app.engine.shapes import Desk
from desktop_app.engine.telling import account_view, tell_problem
from desktop_app.engine.views import EMBEDDED, Evidence
from desktop_app.engine.work import Work
from desktop_app.exchange.protocol import OrderReport, Refused, TradeReport, Unreachable
from desktop_app.store.errors import StoreError

_log = logging.getLogger(__name__)
CAUSE = "foreign"  # of a freeze
_CHECK_SECONDS = 3.0  # our own order may still be on its way into the books
_LOOK_AGAIN_SECONDS = 3.0
_GRACE_MS = 5_000  # around a trade of ours a balance proves nothing
_MOST_KNOWN = 2_000
_MOST_EVIDENCE = 50
_DUST = Decimal("0.001")  # the part of a balance that fees and rounding may take
_FEE_DUST = Decimal("0.02")  # the same while we traded: fees may be taken in a third coin


class _Kept(BaseModel, frozen=True, extra="ignore"):
    """What must survive a restart: since when strangers are told from us, those already looked at, and the alarm."""

    based_at: int = 0
    known: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


_KEPT = TypeAdapter(_Kept)


class ForeignWatch:
    """What was on the account when it was added is the user's. What comes later and is not ours is told once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.evidence: tuple[Evidence, ...] = ()
        self._based_at = 0
        self._known: OrderedDict[str, None] = OrderedDict()
        self._totals: dict[str, Decimal] = {}
        self._seen_at = 0
        self._moved: dict[str, int] = {}  # by our own trades
        self._suspects: dict[str, Decimal] = {}
        self._changed: set[str] = set()  # orders of ours that somebody changed, by client id
        self._was_saved = _Kept()

    @property
    def _is_on(self) -> bool:
        desk = self._desk
        is_real = desk.row.exchange != EMBEDDED and not desk.row.is_paper and not desk.exchange.is_simulated
        return is_real and desk.shared.work is Work.TRADE

    # --- surviving

    async def restore(self) -> None:
        """Raises StoreError."""
        text = await self._desk.store.meta(self._key)
        try:
            kept = _KEPT.validate_json(text) if text else _Kept()
        except ValidationError:
            _log.exception("what is known of strangers on %s cannot be read", self._desk.row.name)
            kept = _Kept()
        self._based_at, self.evidence, self._was_saved = kept.based_at, kept.evidence, kept
        self._known = OrderedDict.fromkeys(kept.known)
        if self.evidence:
            self._freeze()

    async def compared(self) -> None:
        """All that rests on the account has been seen once: from here on strangers are news."""
        if self._is_on and not self._based_at:
            self._based_at = max(1, self._desk.exchange.now())
        await self.save()

    async def save(self) -> None:
        kept = _Kept(based_at=self._based_at, known=tuple(self._known), evidence=self.evidence)
        if kept == self._was_saved:
            return
        self._was_saved = kept
        try:
            await self._desk.store.set_meta(self._key, kept.model_dump_json())
        except StoreError:
            _log.warning("what is known of strangers could not be written down", exc_info=True)

    @property
    def _key(self) -> str:
        return f"foreign-{self._desk.row.account_id}"

    async def acknowledge(self) -> None:
        """It was the user himself: nothing of it is held against the account any more."""
        desk = self._desk
        self.evidence = ()
        self._suspects.clear()
        await self.save()
        desk.thaw(CAUSE)
        at, name = desk.clock(), desk.row.name
        told = said("foreign_acknowledged", account=name)
        desk.bus.publish(LogNews(at, "info", name, "", 0, "foreign_acknowledged", told))
        desk.bus.publish(AccountNews(account_view(desk)))

    # --- orders and trades

    def saw_order(self, report: OrderReport) -> None:
        if not self._is_on:
            return
        if self._is_plainly_ours(report.client_id):
            self._compare_with_ours(report)
            return
        evidence = Evidence(
            self._desk.exchange.now(),
            "order",
            self._said("foreign_order", report.client_id, report.amount, report.symbol, report.side.value),
            report.symbol,
            report.side.value,
            report.amount,
            report.price,
            report.client_id,
            report.exchange_id,
        )
        self._consider(evidence)

    def saw_trade(self, trade: TradeReport) -> None:
        if not self._is_on or self._is_plainly_ours(trade.client_id) or trade.at < self._based_at:
            return
        evidence = Evidence(
            self._desk.exchange.now(),
            "trade",
            self._said("foreign_trade", trade.client_id, trade.fill.amount, trade.symbol),
            trade.symbol,
            "",
            trade.fill.amount,
            trade.fill.price,
            trade.client_id,
            trade.exchange_id,
        )
        self._consider(evidence)

    def saw_key(self, told: Said) -> None:
        """The key was changed at the exchange."""
        if self._is_on:
            self._raise(Evidence(self._desk.exchange.now(), "key", told))

    def _compare_with_ours(self, report: OrderReport) -> None:
        """Somebody may have changed an order of ours: what it fills in the end is counted; that it was is told."""
        desk = self._desk
        if report.status.is_final or report.client_id in self._changed:
            return
        for runner in desk.runners.values():
            tracked = runner.ledger.live.get(report.client_id)
            if tracked is None or tracked.order.type is not OrderType.LIMIT:
                continue
            order = tracked.order
            if report.amount != order.amount or (report.price is not None and report.price != order.price):
                self._changed.add(report.client_id)
                told = said("order_changed_outside", pair=order.symbol, side=order.side.value, amount=order.amount)
                tell_problem(desk, runner, tracked.deal, told, "warning")

    def _consider(self, evidence: Evidence) -> None:
        name = evidence.exchange_id or evidence.client_id
        if name in self._known:
            return
        if not self._based_at:
            self._remember(name)
            return
        self._remember(name)
        self._desk.crew.spawn(self._verify(evidence, name), "a look at a stranger's order")

    async def _verify(self, evidence: Evidence, name: str) -> None:
        """Our own order may have been faster than our books: look again before anything is said."""
        desk = self._desk
        await desk.sleep(_CHECK_SECONDS)
        try:
            row = await desk.store.order(evidence.client_id)
            is_ours = (
                desk.owner_has(evidence.client_id, evidence.exchange_id)
                or row is not None
                or await desk.store.has_exchange_order(desk.row.account_id, evidence.exchange_id)
            )
        except StoreError:
            _log.warning("a stranger's order could not be looked up", exc_info=True)
            row, is_ours = None, False
        if is_ours:
            self._known.pop(name, None)
            if row is not None and row.order.status.is_final:
                await self._end_stray(row.order)
            return
        self._raise(evidence)

    async def _end_stray(self, order: Order) -> None:
        """An order of ours that is over in our books and rests all the same: nobody would ever cancel it."""
        desk = self._desk
        try:
            report = await desk.exchange.find_order(order.symbol, order.client_id)
            if report is None or report.status.is_final:
                return
            await desk.exchange.cancel(order.symbol, order.client_id, report.exchange_id)
        except (Unreachable, Refused) as error:
            _log.info("a stray order is looked at again later: %s", error)
            return
        at, name = desk.exchange.now(), desk.row.name
        told = said("stray_cancelled", account=name, side=order.side.value, amount=order.amount, pair=order.symbol)
        desk.bus.publish(LogNews(at, "warning", name, "", 0, "stray_cancelled", told))

    def _is_plainly_ours(self, client_id: str) -> bool:
        return bool(client_id) and self._desk.owner_has(client_id, "")

    def _said(self, code: str, client_id: str, amount: Decimal, pair: str, side: str = "") -> Said:
        """With our mark on it, it is of a journal that was lost, or of somebody who has read it."""
        account = self._desk.row.name
        is_marked = read_client_id(client_id, self._desk.shared.key) is not None
        code = code if is_marked else f"{code}_unmarked"
        return said(code, account=account, side=side, amount=amount, pair=pair)

    # --- balances

    def traded(self, trade: TradeReport) -> None:
        """A trade of ours moved both assets of its pair."""
        for asset in trade.symbol.split("/"):
            self._moved[asset] = self._desk.clock()

    def balances_seen(self) -> None:
        desk = self._desk
        if not self._is_on:
            return
        totals = {asset: balance.total for asset, balance in desk.balances.items()}
        before, since = self._totals, self._seen_at
        self._totals, self._seen_at = totals, desk.balances_at
        suspects, self._suspects = self._suspects, {}
        has_traded = any(at >= since - _GRACE_MS for at in self._moved.values())
        for asset in {*before, *suspects}:
            if self._moved.get(asset, 0) >= since - _GRACE_MS:
                continue
            had, has = suspects.get(asset, before.get(asset, ZERO)), totals.get(asset, ZERO)
            if had - has <= had * (_FEE_DUST if has_traded else _DUST):
                continue
            if asset in suspects:
                told = said("foreign_balance", account=desk.row.name, amount=had - has, asset=asset, there=has)
                self._raise(Evidence(desk.exchange.now(), "balance", told, asset, amount=had - has))
            else:
                self._suspects[asset] = had
        if self._suspects:
            desk.crew.spawn(self._look_again(), "a second look at the balances")

    async def _look_again(self) -> None:
        await self._desk.sleep(_LOOK_AGAIN_SECONDS)
        self._desk.link.want_balances()

    # --- the alarm

    def _raise(self, evidence: Evidence) -> None:
        desk = self._desk
        self.evidence = (*self.evidence, evidence)[-_MOST_EVIDENCE:]
        is_frozen = self._freeze()
        at, name = evidence.at, desk.row.name
        desk.bus.publish(ForeignNews(name, at, evidence.said, self.evidence, is_frozen))
        desk.bus.publish(LogNews(at, "error", name, "", 0, "foreign_activity", evidence.said))
        desk.bus.publish(
            HappenedNews(
                at,
                "foreign_activity",
                name,
                client_id=evidence.client_id,
                exchange_id=evidence.exchange_id,
                pair=evidence.symbol,
                side=evidence.side,
                price="" if evidence.price is None else str(evidence.price),
                amount="" if evidence.amount is None else str(evidence.amount),
                reason=worded(evidence.said),
            )
        )
        desk.crew.spawn(self.save(), "evidence")

    def _freeze(self) -> bool:
        desk = self._desk
        if desk.limits.pause_on_foreign:
            desk.freeze(CAUSE, said("account_frozen_foreign", account=desk.row.name))
        return desk.limits.pause_on_foreign

    def _remember(self, name: str) -> None:
        self._known[name] = None
        while len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
