"""Stands where an exchange could not be made, or is not wanted, so that its account is still seen."""

# ruff: noqa: ARG002 - the arguments are the protocol's

from collections.abc import Mapping, Sequence
from typing import NoReturn

from desktop_app.core.columns import Candles
from desktop_app.core.market import Balance, Market
from desktop_app.core.order import Order
from desktop_app.exchange.protocol import Book, OrderReport, Sink, TradeReport, Unreachable


class NoExchange:
    """Answers nothing; every call says why."""

    absent_after_ms = 0

    def __init__(self, reason: str, *, is_simulated: bool, speed: float | str = 1) -> None:
        self.is_simulated = is_simulated
        self.speed = speed
        self._reason = reason

    def _unreachable(self) -> NoReturn:
        raise Unreachable(self._reason)

    async def connect(self, sink: Sink) -> None:
        self._unreachable()

    def markets(self) -> Mapping[str, Market]:
        return {}

    def now(self) -> int:
        return 0

    async def subscribe(self, symbols: Sequence[str]) -> None:
        self._unreachable()

    async def place(self, order: Order) -> OrderReport:
        self._unreachable()

    async def cancel(self, symbol: str, client_id: str, exchange_id: str) -> OrderReport:
        self._unreachable()

    async def find_order(self, symbol: str, client_id: str) -> OrderReport | None:
        self._unreachable()

    async def open_orders(self) -> Sequence[OrderReport]:
        self._unreachable()

    async def trades_since(self, symbol: str, at: int) -> Sequence[TradeReport]:
        self._unreachable()

    async def balances(self) -> Mapping[str, Balance]:
        self._unreachable()

    async def book(self, symbol: str) -> Book:
        self._unreachable()

    async def candles(self, symbol: str, timeframe: str, start: int, end: int) -> Candles:
        self._unreachable()

    async def close(self) -> None:
        return None
