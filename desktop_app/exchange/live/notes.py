"""What a live account remembers between answers: whose order is whose, and what has been told already."""

from collections import OrderedDict
from collections.abc import Callable
from decimal import Decimal
from typing import Generic, TypeVar

from desktop_app.exchange.protocol import OrderReport, TradeReport

_KEPT_ORDERS = 20_000
_KEPT_TRADES = 100_000

Key = TypeVar("Key")
Value = TypeVar("Value")


class Bounded(Generic[Key, Value]):
    """Forgets the oldest."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        return self._kept.get(key)

    def put(self, key: Key, value: Value) -> None:
        self._kept[key] = value
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)


class Notes:
    """Passes on what is news, once: an order only ever moves on, a trade happens one time."""

    def __init__(self) -> None:
        self.tell_order: Callable[[OrderReport], None] = _nobody
        self.tell_trade: Callable[[TradeReport], None] = _nobody
        self._client_ids: Bounded[str, str] = Bounded(_KEPT_ORDERS)  # by the exchange's
        self._exchange_ids: Bounded[str, str] = Bounded(_KEPT_ORDERS)  # by ours
        self._orders: Bounded[str, OrderReport] = Bounded(_KEPT_ORDERS)
        self._trades: Bounded[tuple[str, str], bool] = Bounded(_KEPT_TRADES)
        self.open_symbols: dict[str, str] = {}  # of orders that can still trade, by the exchange's id

    def note(self, client_id: str, exchange_id: str) -> None:
        if client_id and exchange_id:
            self._client_ids.put(exchange_id, client_id)
            self._exchange_ids.put(client_id, exchange_id)

    def note_nobodys(self, exchange_id: str) -> None:
        """It has no client id: nobody needs to look again."""
        self._client_ids.put(exchange_id, "")

    def client_id(self, exchange_id: str) -> str | None:
        return self._client_ids.get(exchange_id)

    def exchange_id(self, client_id: str) -> str:
        return self._exchange_ids.get(client_id) or ""

    def latest(self, exchange_id: str) -> OrderReport | None:
        return self._orders.get(exchange_id)

    def hear_order(self, report: OrderReport) -> None:
        """Tell of it, if it has moved on."""
        if self.remember(report):
            self.tell_order(report)

    def remember(self, report: OrderReport) -> bool:
        """Keep what somebody has been told as an answer; whether it was news."""
        self.note(report.client_id, report.exchange_id)
        before = self._orders.get(report.exchange_id)
        if before is not None and _rank(report) <= _rank(before):
            return False
        self._orders.put(report.exchange_id, report)
        if report.status.is_final:
            self.open_symbols.pop(report.exchange_id, None)
        else:
            self.open_symbols[report.exchange_id] = report.symbol
        return True

    def hear_trade(self, trade: TradeReport) -> bool:
        """Whether it is news."""
        key = (trade.symbol, trade.fill.trade_id)
        if self._trades.get(key):
            return False
        self._trades.put(key, True)
        self.tell_trade(trade)
        return True


def _rank(report: OrderReport) -> tuple[bool, Decimal]:
    return report.status.is_final, report.filled


def _nobody(_: object) -> None: ...
