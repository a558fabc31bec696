"""The rules of pairs, read exactly."""

from decimal import Decimal
from typing import Any

import pytest

from desktop_app.core.market import ZERO
from desktop_app.exchange.gateway.outcomes import Malformed
from desktop_app.exchange.live.markets import read_market, read_markets
from desktop_app.exchange.venues.table import quirks_of

QUIRKS = quirks_of("binance")
TICKS, PLACES, DIGITS = 4, 2, 3
TOLD: dict[str, Any] = {
    "symbol": "BTC/USDT", "base": "BTC", "quote": "USDT", "spot": True, "active": True,
    "precision": {"price": "0.01000000", "amount": "0.00001000"},
    "limits": {"amount": {"min": "0.00010000"}, "cost": {"min": "5.00000000"}}, "maker": "0.0008", "taker": "0.001",
}  # fmt: skip


def test_a_pair_has_exact_steps_without_idle_zeros() -> None:
    market = read_market(TOLD, QUIRKS, TICKS)
    told = (market.price_tick, market.amount_step, market.min_amount, market.min_cost, market.maker_fee)
    assert [str(one) for one in told] == ["0.01", "0.00001", "0.0001", "5", "0.0008"]
    assert market.is_active


def test_a_number_of_places_is_a_step() -> None:
    market = read_market({**TOLD, "precision": {"price": "2", "amount": "0"}}, QUIRKS, PLACES)
    assert (market.price_tick, market.amount_step) == (Decimal("0.01"), Decimal(1))


@pytest.mark.parametrize(
    "change",
    [
        {"precision": None}, {"precision": {"price": "0", "amount": "1"}}, {"base": "USDT"}, {"symbol": ""},
        {"precision": {"price": "-1", "amount": "1"}}, {"precision": {"price": "NaN", "amount": "1"}},
    ],
)  # fmt: skip
def test_a_pair_whose_rules_are_not_known_is_left_out(change: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read_market({**TOLD, **change}, QUIRKS, TICKS)
    assert read_markets({"x": {**TOLD, **change}, "y": TOLD}, QUIRKS, TICKS).keys() == {"BTC/USDT"}


def test_only_spot_pairs_are_taken_and_halted_ones_are_marked() -> None:
    told = {"a": {**TOLD, "spot": False}, "b": {**TOLD, "symbol": "ETH/USDT", "base": "ETH", "active": False}}
    found = read_markets(told, QUIRKS, TICKS)
    assert found.keys() == {"ETH/USDT"}
    assert not found["ETH/USDT"].is_active


def test_limits_and_fees_that_are_not_told_are_nothing_and_the_usual() -> None:
    market = read_market({**TOLD, "limits": {}, "maker": None, "taker": "7"}, QUIRKS, TICKS)
    assert (market.min_amount, market.min_cost, market.taker_fee) == (ZERO, ZERO, Decimal("0.001"))
