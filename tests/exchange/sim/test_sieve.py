"""Which prices must be told although nobody could look at all of them."""

from decimal import Decimal

from desktop_app.core.strategy import Watch
from desktop_app.exchange.sim.sieve import PriceSieve


def told(watch: Watch, *prices: int) -> list[int]:
    sieve = PriceSieve()
    return [price for at, price in enumerate(prices) if sieve.must_tell(Decimal(price), at, watch)]


def test_a_price_that_nobody_waits_for_need_not_be_told() -> None:
    assert told(Watch(below=Decimal(10), above=Decimal(20)), 11, 19, 15) == []


def test_reaching_a_level_is_told_once_until_the_price_was_back() -> None:
    assert told(Watch(below=Decimal(10)), 11, 10, 10, 11, 10) == [10, 10]
    assert told(Watch(above=Decimal(10)), 9, 10, 10, 9, 12) == [10, 12]


def test_beyond_a_level_every_new_extreme_is_told_for_the_levels_behind_it() -> None:
    assert told(Watch(below=Decimal(10)), 9, 8, 9, 7, 7, 8) == [9, 8, 7]
    assert told(Watch(above=Decimal(10)), 11, 12, 11, 13, 12) == [11, 12, 13]


def test_a_follower_is_told_every_change() -> None:
    assert told(Watch(follows=True), 5, 5, 6, 5, 5) == [5, 6, 5]


def test_who_wants_to_open_is_told_the_first_price_of_that_moment() -> None:
    assert told(Watch(wants_open=True, opens_after=2), 1, 2, 3, 4) == [3]


def test_a_level_that_moved_to_where_the_price_is_is_told_anew() -> None:
    sieve = PriceSieve()
    assert sieve.must_tell(Decimal(9), 0, Watch(below=Decimal(10)))
    assert not sieve.must_tell(Decimal(9), 1, Watch(below=Decimal(10)))
    assert sieve.must_tell(Decimal(9), 2, Watch(below=Decimal("9.5")))
