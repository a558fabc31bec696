"""Answers of exchanges, checked before they are believed."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.market import ZERO, Market
from desktop_app.core.order import OrderStatus, OrderType
from desktop_app.exchange.gateway.outcomes import Malformed
from desktop_app.exchange.live.reading import read_balances, read_order, read_trade, tells_fee
from desktop_app.exchange.venues.table import quirks_of

QUIRKS = quirks_of("binance")
MARKET = Market("BTC/USDT", "BTC", "USDT")
ORDER: dict[str, Any] = {
    "id": "17", "clientOrderId": "a", "symbol": "BTC/USDT", "side": "buy", "type": "limit", "amount": "3",
    "filled": "1", "price": "100.5", "status": "open", "timestamp": 5, "lastUpdateTimestamp": 9,
}  # fmt: skip
TRADE: dict[str, Any] = {
    "id": "7", "order": "17", "symbol": "BTC/USDT", "side": "buy", "price": "100", "amount": "2", "timestamp": 9,
    "fee": {"cost": "0.2", "currency": "USDT"},
}  # fmt: skip
JUNK = (
    st.none() | st.text(max_size=20) | st.floats() | st.integers() | st.lists(st.integers(), max_size=2) | st.booleans()
)


def test_an_order_is_read_whole() -> None:
    report = read_order(ORDER, QUIRKS, "BTC/USDT")
    assert (report.client_id, report.exchange_id, report.status, report.at) == ("a", "17", OrderStatus.OPEN, 9)
    assert (report.amount, report.filled, report.price) == (Decimal(3), Decimal(1), Decimal("100.5"))
    assert report.type is OrderType.LIMIT


@pytest.mark.parametrize(
    ("status", "filled", "meant"),
    [
        ("open", "0", OrderStatus.OPEN), ("canceling", "1", OrderStatus.OPEN), ("closed", "3", OrderStatus.FILLED),
        ("closed", "1", OrderStatus.CANCELED), ("canceled", "0", OrderStatus.CANCELED),
        ("expired", "1", OrderStatus.CANCELED), ("rejected", "0", OrderStatus.REJECTED),
        ("rejected", "1", OrderStatus.CANCELED),
    ],
)  # fmt: skip
def test_every_status_is_open_or_final(status: str, filled: str, meant: OrderStatus) -> None:
    assert read_order({**ORDER, "status": status, "filled": filled}, QUIRKS).status is meant


@pytest.mark.parametrize(
    "change",
    [
        {"id": ""}, {"id": None}, {"side": "hold"}, {"amount": "0"}, {"amount": "NaN"}, {"amount": None},
        {"filled": "-1"}, {"filled": None}, {"filled": ""}, {"status": "limbo"}, {"status": None},
        {"symbol": "ETH/USDT"},
    ],
)  # fmt: skip
def test_an_order_that_does_not_fit_is_none(change: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read_order({**ORDER, **change}, QUIRKS, "BTC/USDT")


@given(st.dictionaries(st.sampled_from(list(ORDER)), JUNK))
def test_no_junk_becomes_an_order_with_impossible_numbers(change: dict[str, Any]) -> None:
    try:
        report = read_order({**ORDER, **change}, QUIRKS, "BTC/USDT")
    except Malformed:
        return
    assert report.amount.is_finite()
    assert report.amount > 0
    assert report.filled >= 0
    assert report.exchange_id


def test_a_fee_in_quote_is_what_it_is() -> None:
    fill = read_trade(TRADE, MARKET, {}).fill
    assert (fill.fee, fill.coin_fee, fill.cost) == (Decimal("0.2"), ZERO, Decimal(200))


def test_a_fee_in_the_coin_that_was_bought_is_valued_and_kept_back() -> None:
    fill = read_trade({**TRADE, "fee": {"cost": "0.002", "currency": "BTC"}}, MARKET, {}).fill
    assert (fill.fee, fill.coin_fee) == (Decimal("0.2"), Decimal("0.002"))
    sold = read_trade({**TRADE, "side": "sell", "fee": {"cost": "0.002", "currency": "BTC"}}, MARKET, {}).fill
    assert (sold.fee, sold.coin_fee) == (Decimal("0.2"), ZERO)


def test_a_fee_in_a_third_coin_is_valued_by_its_price_or_taken_for_the_usual_one() -> None:
    trade = {**TRADE, "fee": {"cost": "0.001", "currency": "BNB"}}
    assert read_trade(trade, MARKET, {"BNB": Decimal(600)}).fill.fee == Decimal("0.6")
    assert read_trade(trade, MARKET, {}).fill.fee == 200 * MARKET.taker_fee


@pytest.mark.parametrize(
    ("trade", "is_told"),
    [
        ({"fee": {"cost": Decimal("0.1"), "currency": "USDT"}}, True),
        ({"fee": {"cost": "0", "currency": "USDT"}}, True),
        ({"fee": {"cost": None, "currency": "BTC"}}, False),
        ({"fee": None, "fees": []}, False),
        ({"fees": [{"cost": "1", "currency": "A"}, {"cost": "", "currency": "B"}]}, False),
    ],
)
def test_a_fee_that_is_not_told_is_not_taken_for_none(trade: dict[str, Any], *, is_told: bool) -> None:
    assert tells_fee(trade) is is_told


def test_a_rebate_is_a_negative_fee_and_several_fees_are_added() -> None:
    assert read_trade({**TRADE, "fee": {"cost": "-0.1", "currency": "USDT"}}, MARKET, {}).fill.fee == Decimal("-0.1")
    fees = [{"cost": "0.1", "currency": "USDT"}, {"cost": "0.001", "currency": "BTC"}]
    assert read_trade({**TRADE, "fees": fees}, MARKET, {}).fill.fee == Decimal("0.2")
    assert read_trade({**TRADE, "fee": None}, MARKET, {}).fill.fee == 0


@pytest.mark.parametrize(
    "change", [{"id": None}, {"price": "0"}, {"price": "-1"}, {"amount": ""}, {"amount": "NaN"}, {"timestamp": None}]
)
def test_a_trade_that_does_not_fit_is_none(change: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read_trade({**TRADE, **change}, MARKET, {})


def test_balances_are_read_and_never_negative() -> None:
    told = {"info": {"x": 1}, "free": {"BTC": "1.5", "USDT": "-3", "X": "NaN"}, "used": {"BTC": "0.5"}}
    found = read_balances(told)
    assert (found["BTC"].free, found["BTC"].locked, found["USDT"].free) == (Decimal("1.5"), Decimal("0.5"), ZERO)
    assert "X" not in found
    for answer in ({}, {**told, "info": {}}, None):
        with pytest.raises(Malformed):
            read_balances(answer)
