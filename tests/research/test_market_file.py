"""Market files: what they say, what they leave out, what is refused."""

from decimal import Decimal

import pytest

from desktop_app.core.market import FeeCurrency, Market
from desktop_app.research.market_file import BadMarket, default_market, read_market, with_fee_percent

D = Decimal


def test_an_empty_file_is_the_default_market_of_the_pair() -> None:
    assert read_market("{}", "BTC/USDT") == default_market("BTC/USDT")
    assert read_market("{}", "BTC/USDT") == Market(
        "BTC/USDT", "BTC", "USDT", D("0.01"), D("0.00001"), D(0), D(5), D("0.001"), D("0.001"), FeeCurrency.QUOTE
    )


def test_numbers_may_be_strings_integers_or_floats_and_stay_exact() -> None:
    text = (
        '{"symbol": "ETH/EUR", "base": "ETH", "quote": "EUR", "price_tick": "0.1", "amount_step": 0.0001,'
        ' "min_amount": 0.001, "min_cost": 10, "maker_fee": 0, "taker_fee": 0.0026, "fee_currency": "received"}'
    )

    assert read_market(text, "BTC/USDT") == Market(
        "ETH/EUR", "ETH", "EUR", D("0.1"), D("0.0001"), D("0.001"), D(10), D(0), D("0.0026"), FeeCurrency.RECEIVED
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", ""),
        ("[1]", ""),
        ("{" * 100_000, ""),
        ('{"tick": 1}', "tick"),
        ('{"price_tick": 0}', "price_tick"),
        ('{"price_tick": NaN}', "price_tick"),
        ('{"amount_step": -1}', "amount_step"),
        ('{"min_cost": 1e400}', "min_cost"),
        ('{"maker_fee": 1}', "maker_fee"),
        ('{"taker_fee": true}', "taker_fee"),
        ('{"symbol": ""}', "symbol"),
        ('{"symbol": "BTCUSDT"}', "symbol"),
        ('{"fee_currency": "BNB"}', "fee_currency"),
    ],
)
def test_what_no_market_can_be_is_refused_with_its_place(text: str, place: str) -> None:
    with pytest.raises(BadMarket) as refused:
        read_market(text, "BTC/USDT")

    assert [problem[0] for problem in refused.value.problems] == [place]
    assert place in str(refused.value)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(BadMarket) as refused:
        read_market('{"price_tick": 0, "min_cost": -1, "what": 2}', "BTC/USDT")

    assert {problem[0] for problem in refused.value.problems} == {"price_tick", "min_cost", "what"}


def test_a_fee_percent_replaces_both_fees() -> None:
    market = with_fee_percent(default_market("BTC/USDT"), D("0.075"))

    assert (market.maker_fee, market.taker_fee) == (D("0.00075"), D("0.00075"))
    assert market.price_tick == D("0.01")
