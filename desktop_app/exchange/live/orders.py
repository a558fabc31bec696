"""Orders on a real exchange: sent once, believed only when the answer fits, and looked up until their fate is known."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from desktop_app.core.change import replace
from desktop_app.core.market import ZERO, Market
from desktop_app.core.order import Order, OrderStatus, OrderType, Side
from desktop_app.exchange.gateway.client import Client
from desktop_app.exchange.gateway.outcomes import Answered, Doing, Malformed, is_not_found, judge
from desktop_app.exchange.live.crossing import crossing_price, wants_cost
from desktop_app.exchange.live.notes import Notes
from desktop_app.exchange.live.reading import read_client_id, read_order, tells_fee
from desktop_app.exchange.live.trades import TradeHistory
from desktop_app.exchange.numbers import read_positive
from desktop_app.exchange.protocol import OrderReport, Refused, Unreachable
from desktop_app.exchange.venues.quirks import Level, Lookup

log = logging.getLogger(__name__)

Found = TypeVar("Found")

_LOOKS_SECONDS = (0.0, 0.1, 0.3, 1.0)  # between the looks at an order whose answer was only an id
_MOST_PAGES = 20
_SURE_PAGE = 20  # how long a list is surely whole at an exchange whose longest list nobody knows
_LOOK_BACK_MS = 28 * 86_400_000  # how far a list of old orders is read for one that is not found otherwise
_MAY_BE_OVER = frozenset({"unknown_order", "bad_order"})  # what a refused cancel can mean: it has ended already
_CLOCK_TRIES = 2


class Orders:
    """Everything about orders that needs the exchange."""

    def __init__(
        self,
        client: Client,
        notes: Notes,
        trades: TradeHistory,
        markets: Callable[[], Mapping[str, Market]],
        *,
        now: Callable[[], int],
        resync_clock: Callable[[], Awaitable[None]],
    ) -> None:
        self._client = client
        self._quirks = client.quirks
        self._notes = notes
        self._trades = trades
        self._markets = markets
        self._now = now
        self._resync_clock = resync_clock

    # --- placing

    async def place(self, order: Order) -> OrderReport:
        """Send it, once."""
        market = self._market_for(order)
        wire_id = self._quirks.shape_client_id(order.client_id)
        api, params = self._client.api, {self._quirks.client_id_parameter: wire_id}
        kind, price = ("limit", order.price) if order.price is not None else ("market", None)
        if order.type is OrderType.STOP:
            params["stopLossPrice"] = str(order.trigger)
        elif kind == "market" and order.side is Side.BUY and wants_cost(self._client):
            kind, price = "limit", await crossing_price(self._client, market, order.amount)
            params["timeInForce"] = "IOC"
        sent_at = self._now()
        answer = await self._change(
            lambda: api.create_order(order.symbol, kind, order.side.value, order.amount, price, params), Doing.ORDER
        )
        exchange_id = self._echoed(answer, order, wire_id)
        self._notes.note(order.client_id, exchange_id)
        report = await self._settled_after_ack(answer, order, exchange_id, sent_at)
        if report.filled:
            await self._tell_trades(answer, report, market)
        self._notes.hear_order(report)
        return replace(report, type=order.type)

    def _market_for(self, order: Order) -> Market:
        """The pair of the order. Raises Refused where the order cannot be right: nothing has been sent then."""
        if not self._quirks.takes_orders:
            raise Refused("Orders here cannot carry ids of ours: prices and paper trading only.", "not_allowed")
        market = self._markets().get(order.symbol)
        if market is None:
            raise Refused(f"There is no pair {order.symbol}.", "unknown_symbol")
        if not market.is_active:
            raise Refused(f"{order.symbol} is halted.", "halted")
        if order.type is OrderType.STOP and not market.takes_stops:
            raise Refused("Stop orders are watched here, not at the exchange.", "not_allowed")
        amount = order.amount
        if not amount.is_finite() or amount <= 0 or market.amount_down(amount) != amount:
            raise Refused(f"The amount is not a multiple of {market.amount_step}.", "bad_order")
        for price in _prices(order):
            if price is None or not price.is_finite() or price <= 0 or market.price_down(price) != price:
                raise Refused(f"The price is not a multiple of {market.price_tick}.", "bad_order")
            if market.is_too_small(amount, price):
                raise Refused("The order is smaller than the exchange takes.", "too_small")
        if amount < market.min_amount:
            raise Refused("The order is smaller than the exchange takes.", "too_small")
        return market

    def _echoed(self, answer: Any, order: Order, wire_id: str) -> str:
        """The exchange's id, from an answer that is about this order. Raises Unreachable for any other."""
        if not isinstance(answer, Mapping):
            raise self._client.unusable()
        exchange_id = str(answer.get("id") or "")
        told_id = str(answer.get("clientOrderId") or wire_id)
        told = {
            "clientOrderId": (self._quirks.read_client_id(told_id), self._quirks.read_client_id(wire_id)),
            "symbol": (answer.get("symbol") or order.symbol, order.symbol),
            "side": (answer.get("side") or order.side.value, order.side.value),
            "amount": (read_positive(answer.get("amount")) or order.amount, order.amount),
        }
        wrong = [name for name, (is_told, meant) in told.items() if is_told != meant]
        if wrong:
            log.error("%s: an answer to order %s tells of another: %s", self._client.id, order.client_id, wrong)
        if wrong or not exchange_id:
            raise self._client.unusable()
        return exchange_id

    async def _settled_after_ack(self, answer: Any, order: Order, exchange_id: str, sent_at: int) -> OrderReport:
        """The order as the exchange has it, or as it was sent where it cannot be asked for just now."""
        if not self._quirks.is_ack_only:
            try:
                return read_order(answer, self._quirks, order.symbol, order.client_id)
            except Malformed:
                log.warning("%s: the answer to order %s is not whole", self._client.id, order.client_id)
        sent = OrderReport(order.client_id, exchange_id, order.symbol, order.side, order.type, order.amount, ZERO,
                           OrderStatus.OPEN, sent_at, order.price)  # fmt: skip
        try:
            seen = await self._look(order.symbol, exchange_id, until_over=order.type is OrderType.MARKET)
        except (Unreachable, Refused):
            return sent
        return replace(seen, client_id=order.client_id) if seen is not None else sent

    async def _tell_trades(self, answer: Mapping[str, Any], report: OrderReport, market: Market) -> None:
        """What has filled at once, from the answer itself or by asking. The stream tells it too, perhaps."""
        try:
            fills = answer.get("trades") or ()
            if fills and all(tells_fee(one) for one in fills):
                same = {"order": report.exchange_id, "side": report.side.value}
                told = [{**one, **same, "timestamp": one.get("timestamp") or report.at} for one in fills]
                trades = await self._trades.read_all(told, market, {report.exchange_id: report.client_id})
                if sum((trade.fill.amount for trade in trades), ZERO) == report.filled:
                    for trade in trades:
                        self._notes.hear_trade(trade)
                    return
            since = min(report.at or self._now(), self._now()) - self._trades.overlap_ms
            for trade in await self._trades.since(report.symbol, since):
                self._notes.hear_trade(trade)
        except (Unreachable, Refused) as error:
            log.info("%s: fills of %s are asked for later: %s", self._client.id, report.client_id, error)

    # --- cancelling

    async def cancel(self, symbol: str, client_id: str, exchange_id: str) -> OrderReport:
        exchange_id = exchange_id or self._notes.exchange_id(client_id)
        if not exchange_id and not self._quirks.cancel_parameter:
            found = await self.find(symbol, client_id)
            if found is None:
                raise Refused("There is no such order.", "unknown_order")
            exchange_id = found.exchange_id
        params = {} if exchange_id else {self._quirks.cancel_parameter: self._quirks.shape_client_id(client_id)}
        api = self._client.api
        try:
            answer = await self._change(lambda: api.cancel_order(exchange_id or None, symbol, params), Doing.CANCEL)
        except Refused as refused:
            if refused.code not in _MAY_BE_OVER:
                raise
            report = await self._look_again(symbol, client_id, exchange_id)
            if report is None:
                raise Refused(refused.reason, "unknown_order") from None
        else:
            report = await self._after_cancel(answer, symbol, client_id, exchange_id)
        report = replace(report, client_id=client_id)
        self._notes.hear_order(report)
        return report

    async def _after_cancel(self, answer: Any, symbol: str, client_id: str, exchange_id: str) -> OrderReport:
        if not self._quirks.is_cancel_ack_only:
            try:
                return read_order(answer, self._quirks, symbol, client_id)
            except Malformed:
                log.warning("%s: the answer to the cancel of %s is not whole", self._client.id, client_id)
        report = await self._look_again(symbol, client_id, exchange_id)
        if report is None:
            raise self._client.unusable()
        return report

    async def _look_again(self, symbol: str, client_id: str, exchange_id: str) -> OrderReport | None:
        if exchange_id:
            report = await self._look(symbol, exchange_id, until_over=True)
            if report is not None:
                return report
        return await self.find(symbol, client_id)

    # --- looking

    async def _look(self, symbol: str, exchange_id: str, *, until_over: bool) -> OrderReport | None:
        """The order by the exchange's own id; None when it knows none."""
        report: OrderReport | None = None
        for pause in _LOOKS_SECONDS:
            if pause:
                await asyncio.sleep(pause)
            report = await self.by_exchange_id(symbol, exchange_id)
            if report is not None and (report.status.is_final or not until_over):
                break
        return report

    async def by_exchange_id(self, symbol: str, exchange_id: str) -> OrderReport | None:
        api = self._client.api
        return await self._one(lambda: api.fetch_order(exchange_id, symbol), symbol, exchange_id=exchange_id)

    async def find(self, symbol: str, client_id: str) -> OrderReport | None:
        """The order, open or over; None only when the exchange has looked everywhere and has none."""
        if symbol not in self._markets():
            raise Unreachable(f"{symbol} is not traded any more: the exchange cannot be asked about it.")
        report = None
        if self._quirks.lookup is not Lookup.NONE:
            params = {self._quirks.lookup_parameter: self._quirks.shape_client_id(client_id)}
            api = self._client.api
            report = await self._one(lambda: api.fetch_order("", symbol, params), symbol, client_id=client_id)
        if report is None and (known := self._notes.exchange_id(client_id)):
            report = await self.by_exchange_id(symbol, known)
        if report is None and self._quirks.lookup is not Lookup.ALL:
            report = await self._find_in_lists(symbol, client_id)
        if report is not None:
            report = replace(report, client_id=client_id)
            self._notes.note(client_id, report.exchange_id)
        return report

    async def _one(
        self, make: Callable[[], Awaitable[Any]], symbol: str, *, client_id: str = "", exchange_id: str = ""
    ) -> OrderReport | None:
        async def asked() -> OrderReport | None:
            try:
                answer = await self._client.ask(make)
            except Answered as answered:
                if is_not_found(self._quirks, answered):
                    return None
                raise judge(self._quirks, answered, Doing.READ) from None
            except Refused as refused:
                if refused.code == "unknown_order":  # said by nothing where an order would be
                    return None
                raise
            if self._quirks.empty_is_not_found and isinstance(answer, Mapping) and not answer.get("id"):
                return None
            told = read_client_id(answer, self._quirks) if isinstance(answer, Mapping) else ""
            report = read_order(answer, self._quirks, symbol, told or self._notes.client_id(exchange_id) or client_id)
            if exchange_id and report.exchange_id != exchange_id:
                raise Malformed
            return report

        return await self.read(asked)

    async def _find_in_lists(self, symbol: str, client_id: str) -> OrderReport | None:
        """Among the open ones, the old ones, and those that have traded, page by page."""
        for order in await self.open_of(symbol, client_id):
            if order.client_id == client_id:
                return order
        window = self._quirks.orders_window_ms or _LOOK_BACK_MS
        until, start = self._now() + 1_000, self._now() - _LOOK_BACK_MS
        pages = 0
        while until > start:
            since = max(until - window, start)
            page = await self._old_orders(symbol, since, until, client_id)
            for order in page:
                self._notes.note(order.client_id, order.exchange_id)
                if order.client_id == client_id:
                    return order
            pages += 1
            is_cut = self._quirks.level is Level.CONNECTABLE and len(page) >= _SURE_PAGE
            if pages > _MOST_PAGES or is_cut:
                raise Unreachable("There are too many old orders to look through.")
            oldest = min((order.at for order in page), default=until)
            is_full = self._quirks.list_orders is None and len(page) >= self._quirks.orders_page
            until = min(oldest, until - 1) if is_full else since
        return await self._find_by_trades(symbol, client_id)

    async def _find_by_trades(self, symbol: str, client_id: str) -> OrderReport | None:
        """A filled order may be in no list yet, but its trades are."""
        for trade in await self._trades.since(symbol, self._now() - self._quirks.absent_after_ms):
            if trade.client_id == client_id:
                return await self.by_exchange_id(symbol, trade.exchange_id)
        return None

    async def _old_orders(self, symbol: str, since: int, until: int, sought: str) -> Sequence[OrderReport]:
        api = self._client.api
        if (whole := self._quirks.list_orders) is not None:
            return self._read_orders(await self.read(lambda: whole(api, symbol, since, until)), symbol)
        if api.has.get("fetchClosedOrders"):
            fetch = api.fetch_closed_orders
        elif api.has.get("fetchOrders"):
            fetch = api.fetch_orders
        else:
            raise Unreachable("This exchange lists no old orders.")
        answer = await self.read(lambda: fetch(symbol, since, self._quirks.orders_page, {"until": until}))
        canceled: Any = []
        if fetch == api.fetch_closed_orders and api.has.get("fetchCanceledOrders") is True:
            canceled = await self.read(
                lambda: api.fetch_canceled_orders(symbol, since, self._quirks.orders_page, {"until": until})
            )
        return self._read_orders([*answer, *canceled], symbol, sought)

    # --- what is open

    async def open_orders(self, symbols: Sequence[str]) -> Sequence[OrderReport]:
        api = self._client.api
        if self._quirks.open_symbols is not None:
            symbols = await self.read(lambda: self._quirks.open_symbols(api))  # type: ignore[misc]
        elif not self._quirks.open_orders_need_symbol:
            answer = await self.read(api.fetch_open_orders)
            return tuple(one for one in self._read_orders(answer, "") if one.symbol in self._markets())
        found: list[OrderReport] = []
        for symbol in sorted(set(symbols) | set(self._notes.open_symbols.values())):
            found.extend(await self.open_of(symbol))
        return tuple(found)

    async def open_of(self, symbol: str, sought: str = "") -> Sequence[OrderReport]:
        api = self._client.api
        return self._read_orders(await self.read(lambda: api.fetch_open_orders(symbol)), symbol, sought)

    def _read_orders(self, answer: Any, symbol: str, sought: str = "") -> tuple[OrderReport, ...]:
        """Orders that others have placed in ways unknown here are left out; our own never are."""
        if not isinstance(answer, list):
            raise self._client.unusable()
        found = []
        for one in answer:
            if not isinstance(one, Mapping) or not one.get("id"):
                raise self._client.unusable()
            client_id = read_client_id(one, self._quirks) or self._notes.client_id(str(one["id"])) or ""
            try:
                found.append(read_order(one, self._quirks, symbol, client_id))
            except Malformed:
                if client_id and (client_id == sought or self._notes.exchange_id(client_id)):
                    raise self._client.unusable() from None
        return tuple(found)

    # --- asking

    async def read(self, make: Callable[[], Awaitable[Found]]) -> Found:
        """A read, once more where only the clock was wrong."""
        for _ in range(_CLOCK_TRIES - 1):
            try:
                return await self._client.call(make)
            except Refused as refused:
                if refused.code != "clock":
                    raise
                await self._resync_clock()
        return await self._client.call(make)

    async def _change(self, make: Callable[[], Awaitable[Found]], doing: Doing) -> Found:
        """An order or a cancel: never a second time from here."""
        try:
            return await self._client.call(make, doing=doing)
        except Refused as refused:
            if refused.code == "clock":
                await self._resync_clock()
            raise


def _prices(order: Order) -> tuple[Decimal | None, ...]:
    """What an order must say of its price: nothing, its limit, its trigger, or a trigger and perhaps a limit."""
    if order.type is OrderType.MARKET:
        return ()
    if order.type is OrderType.LIMIT:
        return (order.price,)
    return (order.trigger,) if order.price is None else (order.trigger, order.price)
