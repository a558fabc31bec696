"""Lists of pairs that make themselves."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from desktop_app.core.market import Market
from desktop_app.core.pair_list import PairList, example_pair, may_trade, resolve
from tests.core.dialogue import settings

D = Decimal
COINS = [f"C{i:02}" for i in range(40)]
MARKETS = {f"{coin}/USDT": Market(f"{coin}/USDT", coin, "USDT") for coin in COINS}
MARKETS["C00/BTC"] = Market("C00/BTC", "C00", "BTC")
MARKETS["C01/USDT"] = replace(MARKETS["C01/USDT"], is_active=False)
VOLUMES = {f"{coin}/USDT": D(1000 - 10 * i) for i, coin in enumerate(COINS)}


def test_all_pairs_of_a_currency_but_the_halted_and_the_forbidden_ones() -> None:
    found = resolve(PairList(quote="USDT", blacklist=("C02", "C03/USDT", "C04/BTC")), MARKETS, {})

    assert "C00/USDT" in found and "C00/BTC" not in found
    assert not {"C01/USDT", "C02/USDT", "C03/USDT"} & set(found)
    assert "C04/USDT" in found and len(found) == 37


def test_the_largest_by_volume() -> None:
    found = resolve(PairList(quote="USDT", top=3), MARKETS, VOLUMES)

    assert found == ("C00/USDT", "C02/USDT", "C03/USDT")


def test_a_pair_stays_in_a_list_until_it_has_clearly_fallen_behind() -> None:
    top = PairList(quote="USDT", top=10)
    before = resolve(top, MARKETS, VOLUMES)
    last = before[-1]
    nearly = VOLUMES | {"C12/USDT": VOLUMES[last] + 5}
    far = VOLUMES | {f"C{i}/USDT": D(5000) for i in (12, 13, 14, 15)}

    assert resolve(top, MARKETS, nearly, before) == before
    assert last not in resolve(top, MARKETS, far, before)
    assert resolve(top, MARKETS, nearly) != before


def test_a_volume_around_the_limit_does_not_flicker() -> None:
    wanted = PairList(quote="USDT", min_quote_volume_24h=D(900))
    before = resolve(wanted, MARKETS, VOLUMES)
    assert "C10/USDT" in before and "C11/USDT" not in before

    after = resolve(wanted, MARKETS, VOLUMES | {"C10/USDT": D(850), "C11/USDT": D(890), "C09/USDT": D(800)}, before)
    assert "C10/USDT" in after and not {"C11/USDT", "C09/USDT"} & set(after)


def test_where_no_volume_is_known_nothing_comes_in_and_nothing_goes_out() -> None:
    wanted = PairList(quote="USDT", top=3)

    assert resolve(wanted, MARKETS, {}) == ()
    assert resolve(wanted, MARKETS, {}, ("C07/USDT",)) == ("C07/USDT",)
    assert resolve(wanted, MARKETS, VOLUMES, ("C39/USDT",)) == ("C00/USDT", "C02/USDT", "C03/USDT")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"quote": "BTC/USDT"}, "must be a currency like USDT"),
        ({"quote": " "}, "must be a currency like USDT"),
        ({"quote": "USDT", "top": 0}, "greater than or equal to 1"),
        ({"quote": "USDT", "blacklist": ["A/B/C"]}, "neither a coin"),
        ({"quote": "USDT", "refresh_minutes": 1}, "greater than or equal to 5"),
    ],
)
def test_nonsense_is_refused(given: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        PairList.model_validate(given)


def test_a_bot_with_a_list_may_trade_what_could_be_on_it() -> None:
    listed = settings(pairs=[], pair_list={"quote": "USDT", "blacklist": ["DOGE"]})
    named = settings(pairs=["ETH/USDT"])

    assert may_trade(listed, "SOL/USDT") and not may_trade(listed, "DOGE/USDT") and not may_trade(listed, "ETH/BTC")
    assert may_trade(named, "ETH/USDT") and not may_trade(named, "SOL/USDT")
    assert (example_pair(listed), example_pair(named)) == ("BTC/USDT", "ETH/USDT")
    assert example_pair(settings(pairs=[], pair_list={"quote": "BTC"})) == "ETH/BTC"


@given(
    st.lists(st.dictionaries(st.sampled_from(sorted(MARKETS)), st.integers(0, 1000), min_size=5), min_size=1),
    st.integers(1, 12),
)
def test_whatever_volumes_do_a_list_is_never_longer_than_it_may_be_and_settles(
    story: list[dict[str, int]], top: int
) -> None:
    wanted = PairList(quote="USDT", top=top)
    listed: tuple[str, ...] = ()
    for told in story:
        volumes = {symbol: D(volume) for symbol, volume in told.items()}
        listed = resolve(wanted, MARKETS, volumes, listed)
        assert len(listed) <= top and len(set(listed)) == len(listed)
        assert all(MARKETS[symbol].quote == "USDT" and MARKETS[symbol].is_active for symbol in listed)
        assert resolve(wanted, MARKETS, volumes, listed) == listed, "the same volumes change nothing"
