"""Which pairs a choice comes to, and how it is written and said."""

from decimal import Decimal

import pytest

from desktop_app.core.events import PriceTick
from desktop_app.core.market import Market
from desktop_app.gui.editor.pair_choice import PairChoice, choice_of, choice_words, list_text, pair_rows, quotes_of

D = Decimal
MARKETS = {
    symbol: Market(symbol, symbol.partition("/")[0], symbol.partition("/")[2])
    for symbol in ("BTC/USDT", "ETH/USDT", "SOL/USDT", "ETH/BTC", "SOL/BTC", "DOGE/EUR")
}
PRICES = {
    "BTC/USDT": PriceTick("BTC/USDT", D(1), 0, quote_volume_24h=D(50)),
    "ETH/USDT": PriceTick("ETH/USDT", D(1), 0, quote_volume_24h=D(70)),
    "SOL/USDT": PriceTick("SOL/USDT", D(1), 0),
}
ROWS = pair_rows(MARKETS, PRICES, {"SOL/USDT": D(60)})


def test_the_most_traded_come_first_and_unknown_turnover_does_not_count() -> None:
    assert PairChoice("top", quote="USDT", count=2).now(ROWS) == ("ETH/USDT", "SOL/USDT")
    assert PairChoice("top", quote="BTC", count=2).now(ROWS) == ()
    assert PairChoice("quote", quote="BTC").now(ROWS) == ("ETH/BTC", "SOL/BTC")
    assert PairChoice("listed", ("SOL/BTC",)).now(ROWS) == ("SOL/BTC",)


def test_a_click_is_in_or_out_of_a_list_and_of_those_that_are_never_traded() -> None:
    choice = PairChoice("listed", ("BTC/USDT",)).toggled("ETH/USDT").toggled("BTC/USDT")
    assert choice.pairs == ("ETH/USDT",)
    rule = PairChoice("quote", quote="USDT").toggled("ETH/USDT")
    assert rule.now(ROWS) == ("SOL/USDT", "BTC/USDT")
    assert rule.toggled("ETH/USDT").never == ()


def test_currencies_with_more_pairs_come_first() -> None:
    assert quotes_of(ROWS) == ("USDT", "BTC", "EUR")


@pytest.mark.parametrize("how", ["quote", "top"])
def test_a_rule_comes_back_as_it_was_written_with_what_is_not_chosen_here(how: str) -> None:
    choice = PairChoice(
        how, ("BTC/USDT",), "USDT", 7 if how == "top" else 10, ("DOGE",),  # type: ignore[arg-type]
        {"refresh_minutes": 15, "min_quote_volume_24h": D("1000.5")},
    )  # fmt: skip
    text = list_text(choice)
    assert list_text(choice_of(("BTC/USDT",), text)) == text
    assert choice_of(("BTC/USDT",), text) == choice


def test_a_list_by_hand_has_no_rule() -> None:
    assert list_text(PairChoice("listed", ("BTC/USDT",))) == ""
    assert choice_of(("BTC/USDT",), "") == PairChoice("listed", ("BTC/USDT",))


def test_a_rule_is_said_in_few_words() -> None:
    assert choice_words(PairChoice("listed", ("BTC/USDT",))) == ""
    assert choice_words(PairChoice("quote", quote="USDT", never=("A", "B"))) == "All USDT pairs without 2"
