"""What a real exchange says by itself about our orders and trades: hints that come early, never the last word."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import Any

from desktop_app.core.market import Market
from desktop_app.exchange.feed.line import Line, Sleep, forget, forget_addresses, hang_up
from desktop_app.exchange.gateway.client import Client
from desktop_app.exchange.gateway.outcomes import Malformed
from desktop_app.exchange.live.notes import Notes
from desktop_app.exchange.live.reading import read_order
from desktop_app.exchange.live.trades import OVERLAP_MS, TradeHistory
from desktop_app.exchange.protocol import OrderReport, Refused, Unreachable
from desktop_app.exchange.pump import Pump

log = logging.getLogger(__name__)

CHANNELS = {"watch_orders": "watchOrders", "watch_my_trades": "watchMyTrades"}
LOOK_SECONDS = 0.25
SETTLING_SECONDS = 2.0  # between a subscription and its acceptance something may still be missed
OVERLAP_SECONDS = 10.0
RETRY_SECONDS = 5.0
MOST_WAITING = 10_000

_ENDINGS = ("eventStreamTerminated", "listenKeyExpired")
_SHUTDOWN = "serverShutdown"


class PrivateStream:
    """Passes orders and trades to `notes`, which tells each once. `resync` is called after every subscription.

    Silence is what it says most of the time, so it proves nothing: who finds by asking what should have been heard
    calls `distrust`.
    """

    def __init__(
        self,
        client: Client,
        notes: Notes,
        trades: TradeHistory,
        markets: Callable[[], Mapping[str, Market]],
        resync: Callable[[], Awaitable[None]],
        *,
        sleep: Sleep = asyncio.sleep,
        steady: Callable[[], int] = lambda: int(monotonic() * 1_000),
    ) -> None:
        """`resync` asks for open orders and recent trades; it may raise Unreachable, then it is called again."""
        self._client = client
        self._notes = notes
        self._trades = trades
        self._markets = markets
        self._resync = resync
        self._sleep = sleep
        self._steady = steady
        self._lines: list[Line] = []
        self._down: set[Line] = set()
        self._group: asyncio.TaskGroup | None = None
        self._orders: list[OrderReport] = []
        self._fills: list[Any] = []
        self._leaving: list[Any] = []
        self._has_no_trades = False  # it tells of orders only
        self._is_due = False  # something may have been missed
        self._pump = Pump("account stream", self._run, lambda words: log.error("the account stream ended: %s", words))

    @property
    def is_up(self) -> bool:
        """Whether it would say what happens now. False also where an exchange has no such stream."""
        return bool(self._lines) and not self._down

    async def start(self) -> None:
        quirks, has = self._client.quirks, self._client.api.has
        if self._lines or not quirks.has_private_stream:
            return
        self._client.api.hear = self._hear
        takes = {"watch_orders": self._take_orders, "watch_my_trades": self._take_trades}
        for name in quirks.private_channels:
            if name in takes and has.get(CHANNELS[name]):
                self._lines.append(self._make_line(name, takes[name]))
        self._has_no_trades = len(self._lines) < len(takes)
        self._down.update(self._lines)
        if self._lines:
            self._pump.spawn()

    async def close(self) -> None:
        """Stop; the connection ends with the client."""
        await self._pump.stop()
        self._client.api.hear = None
        self._lines.clear()
        for connection in self._leaving:
            await hang_up(self._client.api, connection, "the program closes it")

    async def distrust(self, reason: str) -> None:
        """It has kept something to itself: its connection is changed for a new one."""
        log.warning("the account stream of %s is opened again: %s", self._client.id, reason)
        for connection in list(self._client.api.clients.values()):
            await hang_up(self._client.api, connection, reason)

    # Listener

    def line_lost(self, line: Line, reason: str) -> None:
        log.info("the account stream of %s was lost: %s", self._client.id, reason)
        self._down.add(line)
        forget_addresses(self._client.api)

    def line_dialled(self, line: Line) -> None:
        if self._group is not None:
            self._group.create_task(self._wait_for(line, line.dials))

    def line_heard(self, line: Line) -> None:
        self._down.discard(line)

    # At work

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                for line in self._lines:
                    group.create_task(line.run(), name=line.name)
                while True:
                    await self._sleep(LOOK_SECONDS)
                    await self._work()
            finally:
                self._group = None

    def _make_line(self, name: str, take: Callable[[object], None]) -> Line:
        method = getattr(self._client.api, name)

        def heard(answer: object) -> None:
            line.note()
            take(answer)

        async def ask() -> object:
            return await self._client.call(method)

        line = Line(f"{name} of {self._client.id}", (), ask, heard, self, clock=self._steady, sleep=self._sleep)
        return line

    async def _wait_for(self, line: Line, dial: int) -> None:
        """Until it is subscribed; from then on nothing is missed, and what was missed before is asked for."""
        while line.dials == dial and not self._is_connected():
            await self._sleep(LOOK_SECONDS)
        await self._sleep(SETTLING_SECONDS)
        if line.dials == dial and self._is_connected():
            self._is_due = True
            self._down.discard(line)

    def _is_connected(self) -> bool:
        # The client of an account has no other connections; without somebody waiting it is of no use.
        return any(connection.isConnected and connection.futures for connection in self._client.api.clients.values())

    def _hear(self, connection: Any, message: Any) -> bool:
        """Ends of the stream of which ccxt does not tell those who wait for orders."""
        event = message.get("event") if isinstance(message, dict) else None
        name = (event if isinstance(event, dict) else message if isinstance(message, dict) else {}).get("e")
        if name in _ENDINGS:
            # After ccxt has taken note that it is no longer subscribed.
            asyncio.get_running_loop().call_soon(connection.reject, Unreachable("the exchange ended the stream"))
        elif name == _SHUTDOWN:
            self._renew(connection)
            return True
        return False

    def _renew(self, connection: Any) -> None:
        """Open a new connection while the old one still speaks."""
        if connection in self._leaving or self._group is None:
            return
        for line in self._lines:
            line.renew()
        forget(self._client.api, connection, "the exchange closes this connection")
        connection.reject(connection.error)
        self._leaving.append(connection)
        self._group.create_task(self._hang_up_later(connection))

    async def _hang_up_later(self, connection: Any) -> None:
        await self._sleep(OVERLAP_SECONDS)
        await hang_up(self._client.api, connection, "the exchange closes this connection")
        self._leaving.remove(connection)

    # What was said

    def _take_orders(self, answer: object) -> None:
        for order in answer if isinstance(answer, list) else ():
            # At once: ccxt changes its orders in place.
            try:
                report = read_order(order, self._client.quirks)
            except Malformed:
                self._is_due = True
                continue
            self._notes.note(report.client_id, report.exchange_id)
            self._orders.append(report)
        self._wake()

    def _take_trades(self, answer: object) -> None:
        if isinstance(answer, list):
            self._fills += answer
        self._wake()

    def _wake(self) -> None:
        if len(self._orders) + len(self._fills) > MOST_WAITING:
            self._orders.clear()
            self._fills.clear()
            self._is_due = True
        elif self._group is not None:
            self._group.create_task(self._tell_soon())

    async def _tell_soon(self) -> None:
        try:
            await self._tell()
        except (Unreachable, Refused) as error:
            log.info("%s: a trade could not be read: %s", self._client.id, error)
            self._is_due = True
        except Exception:
            log.exception("what the account stream said could not be told")
            self._is_due = True

    async def _tell(self) -> None:
        """Trades before what became of their orders."""
        orders, self._orders = self._orders, []
        fills, self._fills = self._fills, []
        told: dict[str, list[Any]] = {}
        asked: dict[str, int] = {}  # pair → since when its trades are asked for
        for fill in fills:
            symbol = str(fill.get("symbol")) if isinstance(fill, Mapping) else ""
            if symbol in self._markets() and _has_fee(fill):
                told.setdefault(symbol, []).append(fill)
            elif symbol in self._markets():
                # Without its fee a trade would be booked wrongly for ever: the whole of it is asked for.
                asked[symbol] = min(asked.get(symbol, self._client.api.milliseconds()), int(fill.get("timestamp") or 0))
        for report in orders if self._has_no_trades else ():
            if report.filled:
                asked[report.symbol] = min(asked.get(report.symbol, report.at), report.at)
        try:
            for symbol, some in told.items():
                for trade in await self._trades.read_all(some, self._markets()[symbol], {}):
                    self._notes.hear_trade(trade)
            for symbol, at in asked.items():
                for trade in await self._trades.since(symbol, at - OVERLAP_MS):
                    self._notes.hear_trade(trade)
        finally:
            for report in orders:
                self._notes.hear_order(report)

    async def _work(self) -> None:
        if not self._is_due:
            return
        self._is_due = False
        try:
            await self._resync()
        except (Unreachable, Refused) as error:
            log.info("%s: the comparison after a subscription failed: %s", self._client.id, error)
            self._is_due = True
            await self._sleep(RETRY_SECONDS)
        except Exception:
            log.exception("the comparison after a subscription has a bug")


def _has_fee(trade: Mapping[str, Any]) -> bool:
    fees = [trade.get("fee"), *(trade.get("fees") or ())]
    return any(isinstance(fee, Mapping) and fee.get("cost") is not None for fee in fees)
