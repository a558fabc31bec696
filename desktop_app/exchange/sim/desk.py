"""The order desk of a pretended exchange: one wish at a time, written down before anything is told about it."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from desktop_app.core.market import Balance, Market
from desktop_app.core.matching import MatchRules, Point
from desktop_app.core.order import Order
from desktop_app.exchange.protocol import OrderReport, Refused, Sink, TradeReport, Unreachable
from desktop_app.exchange.sim.account import SimAccount
from desktop_app.exchange.sim.ledger import Ledger, LedgerBroken, Recovered, read_ledger
from desktop_app.exchange.sim.records import Began, Booked, Kept, Record, read_record, write_record

log = logging.getLogger(__name__)

COMPACT_BYTES = 4_000_000


class Desk:
    """Whoever changes the account holds `turn`, notes what happened and then lets it be told."""

    def __init__(self, account: SimAccount, ledger: Ledger, sink: Sink) -> None:
        self.account = account
        self.sink = sink
        self.turn = asyncio.Lock()
        self._ledger = ledger
        self._untold: list[Booked] = []
        self._compact_at = COMPACT_BYTES
        self.trouble = ""

    @classmethod
    async def open(
        cls, folder: Path, begin: Began, markets: Mapping[str, Market], rules: MatchRules, sink: Sink
    ) -> "Desk":
        """The desk of the account that `folder` holds; a new one begins as `begin` says.

        Raises:
            Refused: what the folder holds cannot be gone on with; in words.
            Unreachable: the disk does not let us read or write it.
        """
        path = folder / "ledger.jsonl"
        try:
            recovered, records = await asyncio.to_thread(_read, path)
            ledger = Ledger(path, recovered)
            if not records:
                ledger.append(write_record(begin))
                await ledger.commit()
            account = SimAccount(records or [begin], markets, rules)
        except OSError as error:
            raise Unreachable(f"The simulated exchange cannot use its folder: {error.strerror or error}.") from error
        except (LedgerBroken, ValueError) as error:
            raise Refused(
                f"The memory of this simulated account cannot be read: {error}. No real money is concerned. "
                "Remove the account and add it again, or put back a copy of its folder.",
                "ledger_broken",
            ) from error
        if account.began.market != begin.market:
            await ledger.close()
            raise Refused(
                f"This simulated account was begun on another market ({account.began.market}, now {begin.market}). "
                "Nothing was changed. Add a new account for the new market.",
                "other_market",
            )
        return cls(account, ledger, sink)

    # What the engine asks

    async def place(self, order: Order, point: Callable[[], Point]) -> OrderReport:
        async with self.turn:
            if self.trouble:
                raise Unreachable(self.trouble)
            self.note(self.account.take(order, point()))
            await self.tell()
            return self._known(order.symbol, order.client_id)

    async def cancel(self, symbol: str, client_id: str, now: Callable[[], int]) -> OrderReport:
        async with self.turn:
            if self.trouble:
                raise Unreachable(self.trouble)
            at = now()  # the market up to here comes first: it may have filled the order
            self._known(symbol, client_id)
            booked = self.account.cancel(client_id, at)
            if booked is not None:
                self.note(booked)
            await self.tell()
            return self._known(symbol, client_id)

    async def find_order(self, symbol: str, client_id: str) -> OrderReport | None:
        async with self.turn:
            await self.tell()
            report = self.account.order(client_id)
            return report if report is not None and report.symbol == symbol else None

    async def open_orders(self) -> Sequence[OrderReport]:
        async with self.turn:
            await self.tell()
            return self.account.open_orders()

    async def trades_since(self, symbol: str, at: int) -> Sequence[TradeReport]:
        async with self.turn:
            await self.tell()
            return self.account.trades_since(symbol, at)

    async def balances(self) -> Mapping[str, Balance]:
        async with self.turn:
            await self.tell()
            return self.account.balances()

    # What the market does

    def note(self, record: Record) -> None:
        """Have a change written down, and told after that; only within `turn`."""
        self._ledger.append(write_record(record))
        if isinstance(record, Booked):
            self._untold.append(record)

    async def tell(self, *, durable: bool = True) -> None:
        """Put on disk what was noted, then tell the sink; only within `turn`.

        Raises:
            Unreachable: the disk does not take it. It is told as soon as the disk does.
        """
        try:
            await self._ledger.commit(durable=durable or bool(self._untold))
        except OSError as error:
            if not self.trouble:
                log.warning("the ledger of a simulated account cannot be written: %s", error)
            self.trouble = f"The simulated exchange cannot write its memory: {error.strerror or error}."
            self.sink.on_feed(is_live=False, reason=self.trouble)
            raise Unreachable(self.trouble) from error
        if self.trouble:
            self.trouble = ""
            self.sink.on_feed(is_live=True, reason="")
        untold, self._untold = self._untold, []
        for booked in untold:
            for trade in booked.trades:
                self.sink.on_trade(trade)
            for report in self.account.reports(booked):
                self.sink.on_order(report)

    async def compact(self) -> None:
        """Make a long ledger short; not within `turn`."""
        if self._ledger.length < self._compact_at:
            return
        try:
            await self._ledger.rewrite(self.account.snapshot, write_record)
        except OSError as error:
            log.warning("the ledger of a simulated account cannot be shortened: %s", error)
        self._compact_at = max(COMPACT_BYTES, 2 * self._ledger.length)

    async def close(self) -> None:
        async with self.turn:
            try:
                await self._ledger.close()
            except OSError as error:
                log.warning("the ledger of a simulated account cannot be written: %s", error)

    def _known(self, symbol: str, client_id: str) -> OrderReport:
        report = self.account.order(client_id)
        if report is None or report.symbol != symbol:
            raise Refused("there is no such order", "unknown_order")
        return report


def pairs_of(folder: Path) -> frozenset[str]:
    """Every pair that the account of a folder has had an order on; empty where nothing can be read."""
    try:
        _, records = _read(folder / "ledger.jsonl")
    except (OSError, LedgerBroken, ValueError):
        return frozenset()  # opening it says what is wrong
    orders: list[Order] = []
    for record in records:
        if isinstance(record, Booked):
            orders += record.orders
        elif isinstance(record, Kept):
            orders += [resting.order for resting in record.matcher.resting]
    return frozenset(order.symbol for order in orders)


def _read(path: Path) -> tuple[Recovered, list[Record]]:
    recovered = read_ledger(path)
    if recovered.is_torn:
        log.warning("%s ended in a torn line, as after a power cut; it was left out", path.name)
    return recovered, [read_record(entry) for entry in recovered.entries]
