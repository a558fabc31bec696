"""What ccxt makes of an exchange's answers, checked and turned into our own reports."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from desktop_app.core.market import ZERO, Balance, Market
from desktop_app.core.order import Fill, OrderStatus, OrderType, Side
from desktop_app.exchange.gateway.outcomes import Malformed
from desktop_app.exchange.numbers import read_amount, read_moment, read_number, read_positive
from desktop_app.exchange.protocol import OrderReport, TradeReport
from desktop_app.exchange.venues.quirks import Quirks

_OPEN = frozenset({"open", "canceling"})
_GONE = frozenset({"canceled", "cancelled", "expired", "expired_in_match"})


@dataclass(frozen=True, slots=True)
class Fee:
    """As it was paid; a rebate is negative."""

    asset: str
    amount: Decimal


def read_order(answer: Any, quirks: Quirks, symbol: str = "", client_id: str = "") -> OrderReport:
    """An order in the form of ccxt. `client_id`: what it was found by, where the answer does not repeat it.

    Raises:
        Malformed: it cannot be an order, or not one of this pair.
    """
    if not isinstance(answer, Mapping):
        raise Malformed
    exchange_id, side, amount = str(answer.get("id") or ""), answer.get("side"), read_positive(answer.get("amount"))
    filled = read_amount(answer.get("filled"))
    told_symbol = str(answer.get("symbol") or symbol)
    if not exchange_id or side not in ("buy", "sell") or amount is None or filled is None:
        raise Malformed
    if symbol and told_symbol != symbol:
        raise Malformed
    status, reason = _status(answer, amount, filled)
    price, kind = read_positive(answer.get("price")), _kind(answer)
    return OrderReport(
        client_id=client_id or read_client_id(answer, quirks),
        exchange_id=exchange_id,
        symbol=told_symbol,
        side=Side(side),
        type=kind,
        amount=amount,
        filled=filled,
        status=status,
        at=read_moment(answer.get("lastUpdateTimestamp")) or read_moment(answer.get("timestamp")) or 0,
        price=price if kind is not OrderType.MARKET else None,
        reason=reason,
    )


def _kind(answer: Mapping[str, Any]) -> OrderType:
    if read_positive(answer.get("triggerPrice")) is not None:
        return OrderType.STOP
    return OrderType.MARKET if "market" in str(answer.get("type")).lower() else OrderType.LIMIT


def read_client_id(answer: Mapping[str, Any], quirks: Quirks) -> str:
    return quirks.read_client_id(str(answer.get("clientOrderId") or ""))


def _status(answer: Mapping[str, Any], amount: Decimal, filled: Decimal) -> tuple[OrderStatus, str]:
    told = str(answer.get("status") or "").lower()
    if told in _OPEN:
        return OrderStatus.OPEN, ""
    if told == "closed":
        return (OrderStatus.FILLED if filled >= amount else OrderStatus.CANCELED), ""
    if told in _GONE:
        return OrderStatus.CANCELED, "" if told.startswith("cancel") else told
    if told == "rejected":
        return (OrderStatus.CANCELED if filled else OrderStatus.REJECTED), told
    raise Malformed


def read_fees(trade: Mapping[str, Any]) -> tuple[Fee, ...]:
    told = trade.get("fees") or ()
    if not isinstance(told, list | tuple) or not told:
        told = (trade.get("fee"),)
    fees = []
    for one in told:
        if not isinstance(one, Mapping):
            continue
        amount, asset = read_number(one.get("cost")), one.get("currency")
        if amount is not None and amount and asset:
            fees.append(Fee(str(asset), amount))
    return tuple(fees)


def tells_fee(trade: Mapping[str, Any]) -> bool:
    """Whether it says what the trade cost, be it nothing."""
    told = trade.get("fees") or (trade.get("fee"),)
    return all(isinstance(one, Mapping) and read_number(one.get("cost")) is not None for one in told)


def read_trade(trade: Any, market: Market, fee_values: Mapping[str, Decimal], client_id: str = "") -> TradeReport:
    """A trade of ours in the form of ccxt. `fee_values`: what a third coin is worth in this pair's quote.

    A fee in a coin whose worth is not known is taken to be the pair's usual one.

    Raises:
        Malformed: it cannot be a trade.
    """
    if not isinstance(trade, Mapping):
        raise Malformed
    trade_id, order_id = str(trade.get("id") or ""), str(trade.get("order") or "")
    price, amount = read_positive(trade.get("price")), read_positive(trade.get("amount"))
    at = read_moment(trade.get("timestamp"))
    if not trade_id or price is None or amount is None or at is None:
        raise Malformed
    fee = coin_fee = ZERO
    for one in read_fees(trade):
        if one.asset == market.quote:
            fee += one.amount
        elif one.asset == market.base:
            fee += one.amount * price
            coin_fee += one.amount if trade.get("side") == "buy" else ZERO
        elif one.asset in fee_values:
            fee += one.amount * fee_values[one.asset]
        else:
            fee += price * amount * market.taker_fee
    return TradeReport(client_id, order_id, market.symbol, Fill(trade_id, price, amount, fee, coin_fee, at), at)


def read_balances(answer: Any) -> dict[str, Balance]:
    """Raises Malformed when the exchange has not listed any account at all."""
    if not isinstance(answer, Mapping) or not isinstance(answer.get("free"), Mapping) or not answer.get("info"):
        raise Malformed
    free, used = answer["free"], answer.get("used")
    used = used if isinstance(used, Mapping) else {}
    found = {}
    for asset, told in free.items():
        amount = read_number(told)
        if amount is not None:
            found[str(asset)] = Balance(str(asset), max(amount, ZERO), max(read_number(used.get(asset)) or ZERO, ZERO))
    return found
