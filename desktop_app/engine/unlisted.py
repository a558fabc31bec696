"""Stands in for trades that an exchange never listed although it said that their order has filled."""

from desktop_app.core.market import ZERO
from desktop_app.core.order import Fill, Order, OrderType
from desktop_app.engine.shapes import Desk
from desktop_app.exchange.protocol import OrderReport, TradeReport

_MARK = "unlisted-"


def made_trade(desk: Desk, order: Order, report: OrderReport) -> TradeReport:
    """One trade of what is missing, at the best price we know, with the usual fee; its id says what it is."""
    missing = report.filled - order.filled
    tick = desk.last.get(order.symbol)
    price = report.price if order.type is OrderType.LIMIT and report.price else order.price
    if price is None:
        price = tick.price if tick is not None else ZERO
    market = desk.markets.get(order.symbol)
    fee = price * missing * market.taker_fee if market is not None else ZERO
    at = desk.exchange.now()
    fill = Fill(made_id(order.client_id), price, missing, fee, at=at)
    return TradeReport(order.client_id, report.exchange_id or order.exchange_id, order.symbol, fill, at)


def made_id(client_id: str) -> str:
    """There is one at most for an order: it is made only when the order is over."""
    return f"{_MARK}{client_id}"


def was_made(trade_id: str) -> bool:
    return trade_id.startswith(_MARK)
