"""What fills, levels and the end do to a grid of the hop, said by hand and equal to the core's."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from desktop_app.core.order import Role, Side
from tests.research.hop.beside import flat
from tests.research.hop.grid_beside import Shown, played

D = Decimal
BUY, SELL = Side.BUY, Side.SELL
BALANCED, STOPPED, WON = Role.BALANCING, Role.STOP_LOSS, Role.TAKE_PROFIT


def lines(trades: list[Shown]) -> list[tuple[Side, int | Role]]:
    """Of what the lines traded."""
    return [trade[:2] for trade in trades if not isinstance(trade[1], Role)]


def test_coins_for_the_sell_lines_are_bought_first_and_with_what_the_fee_takes_of_them() -> None:
    trades = played([flat(100), (100, 101, 99, 99)], lot="0.1", fee="0.001", in_coins=True)
    # 1000/101 + 1000/102 = 9.9 + 9.8 coins; 19.7/(1 − 0.002) = 19.74 → 19.8.
    assert trades[0] == (BUY, BALANCED, D(100), D("19.8"), 0)
    # At 99 10.1 are bought, 10.0899 come, 10.0 can be sold.
    assert trades[1:3] == [(BUY, 1, D(99), D("10.1"), 1), (SELL, 2, D(100), D("10.0"), 1)]


def test_what_a_buy_bought_is_sold_or_as_much_as_the_size_with_profit_in_coins() -> None:
    bars = [flat(100), (100, 100, 99, 99), (99, 100, 99, 100)]
    in_quote, in_coins = played(bars, fee="0.001")[-1], played(bars, fee="0.001", profit_currency="base")[-1]
    assert in_quote == (SELL, 2, D(100), D("10.101"), 2)
    assert in_coins == (SELL, 2, D(100), D("10"), 2)


def test_round_trips_leave_coins_that_are_worth_the_price_they_were_left_at() -> None:
    bars = [flat(100)] + [(100.0, 100.0, 99.0, 99.0), (99.0, 100.0, 99.0, 100.0)] * 5
    for in_coins in (False, True):
        assert len(played(bars, fee="0.001", in_coins=in_coins, profit_currency="base")) == 11


@pytest.mark.parametrize(("then", "last"), [("stop", (SELL, 4)), ("stop_and_sell", (SELL, 4))])
def test_above_all_lines_there_is_nothing_left_to_sell(then: str, last: Any) -> None:
    stop = {"price": "103", "then": then}
    trades = played([flat(100), (100, 101.5, 100, 101.5), flat(103.5)], stop_above=stop, slippage="1", fee="0.001")
    assert trades[-1][:2] == last


def test_a_stop_buys_back_what_the_lines_were_there_to_buy() -> None:
    stop = {"price": "103", "then": "stop_and_buy"}
    trades = played([flat(100), (100, 101.5, 100, 101.5), flat(103.5)], stop_above=stop, slippage="1", fee="0.001")
    assert trades[-1][:3] == (BUY, BALANCED, D("103.5") * D("1.01"))
    # 98 · 10.204 + … + 101 · 9.9 = 3,999.891 for 103.5 with 0.2 % on top.
    assert trades[-1][3] == D("38.569")


@pytest.mark.parametrize(("low", "is_stopped"), [(97.51, False), (97.5, True)])
def test_a_stop_sells_with_slippage_all_that_is_held(low: float, is_stopped: bool) -> None:
    stop = {"price": "97.5", "then": "stop_and_sell"}
    trades = played([flat(100), (100, 100, low, 98.5), flat(90)], stop_below=stop, slippage="1")
    wanted = (SELL, STOPPED, D("97.5") if is_stopped else D(90))
    assert trades[-1][:3] == (wanted[0], wanted[1], wanted[2] * D("0.99"))
    assert trades[-1][4] == (1 if is_stopped else 2)


def test_coins_that_a_stop_leaves_are_worth_what_they_were_then() -> None:
    stop = {"price": "97.95", "then": "stop"}
    trades = played([flat(100), (100, 100, 97, 97), flat(130), flat(60)], through=10, stop_below=stop, fee="0.003")
    assert lines(trades) == [(BUY, 1)]


def test_the_total_profit_is_taken_at_its_level_between_two_ticks() -> None:
    trades = played([flat(100), (100, 101.9, 100, 101.9)], lower="90", upper="110", lines=3, take_profit_percent="0.5")
    side, role, price, _, candle = trades[-1]
    assert (side, role, candle) == (SELL, WON, 1)
    # 9.09 coins for 909; with 11.111 · 90 for the buy that is 1908.99, of which 0.5 % are to be earned.
    assert price == D("918.54495") / D("9.09")


def test_a_level_of_the_profit_in_a_jump_sells_at_the_open() -> None:
    trades = played([flat(100), flat(101.9)], lower="90", upper="110", lines=3, take_profit_percent="0.5")
    assert trades[-1][:3] == (SELL, WON, D("101.9"))


def test_a_profit_that_is_there_already_is_taken_where_the_price_stands() -> None:
    bars = [flat(100), (100.0, 102.5, 100.0, 102.5)]
    trades = played(bars, take_profit_percent="0.6", stop_above={"price": "103"})
    assert trades[-1][1] is WON


def test_only_some_sells_rest_and_the_next_ones_coins_are_bought_when_its_turn_comes() -> None:
    trades = played([flat(100), (100, 102, 100, 101.5)], upper="104", lines=7, max_active_sell_lines=1)
    assert [trade[:2] for trade in trades[:4]] == [(BUY, BALANCED), (SELL, 3), (BUY, BALANCED), (SELL, 4)]


def test_coins_for_the_next_line_are_bought_with_what_the_fee_takes_of_them() -> None:
    given: dict[str, Any] = {"upper": "104", "lines": 7, "max_active_sell_lines": 1}
    trades = played([flat(100), (100, 101, 100, 101)], fee="0.001", in_coins=True, **given)
    # 1000/102 = 9.803 coins are to be sold at 102: 9.803/(1 − 0.002) = 9.8226… → 9.823.
    assert trades[-1][:4] == (BUY, BALANCED, D(101), D("9.823"))


def test_coins_that_are_profit_are_not_sold_by_the_next_line() -> None:
    """The first round trip leaves 0.101 coins; line 4's are bought in full all the same."""
    given: dict[str, Any] = {"upper": "104", "lines": 7, "max_active_sell_lines": 1, "profit_currency": "base"}
    trades = played([flat(100), (100, 100, 99, 99), (99, 102, 99, 102)], **given)
    assert [trade[3] for trade in trades if trade[1] is BALANCED and trade[4] == 2] == [D("9.803"), D("9.708")]


def test_only_some_buys_rest_and_the_others_come_as_the_price_does() -> None:
    trades = played([flat(102), (102, 102, 98, 98)], max_active_buy_lines=1)
    assert lines(trades) == [(BUY, line) for line in (3, 2, 1, 0)]


@pytest.mark.parametrize("key", ["trailing_up", "expand_up_to"])
def test_the_grid_follows_the_price_up(key: str) -> None:
    given: dict[str, Any] = {key: True if key == "trailing_up" else "104"}
    trades = played([flat(100), (100, 105.5, 100, 105.5), flat(98)], **given)
    bought = [line for side, line in lines(trades) if side is BUY]
    assert bought == ([6, 5, 4, 3] if key == "trailing_up" else [5, 4, 3, 2, 1, 0])


@pytest.mark.parametrize("key", ["trailing_down", "expand_down_to"])
def test_the_grid_follows_the_price_down(key: str) -> None:
    given: dict[str, Any] = {key: True if key == "trailing_down" else "95"}
    trades = played([flat(100), (100, 100, 94.5, 94.5), flat(99)], **given)
    bought = [line for side, line in lines(trades) if side is BUY]
    assert bought == ([1, 0] if key == "trailing_down" else [1, 0, -1, -2, -3])
    sold = [line for side, line in lines(trades) if side is SELL]
    assert sold == [-2, -1, 0, 1]


def test_a_grid_without_an_end_above_sells_ever_less_ever_higher() -> None:
    given: dict[str, Any] = {"upper": None, "lines": None, "step_percent": "1", "spacing": "geometric"}
    trades = played([flat(100), (100, 107, 100, 107)], max_active_sell_lines=2, **given)
    assert [side for side, _ in lines(trades)] == [SELL] * 6
    assert all(one[3] > other[3] for one, other in pairwise(trades[1:]))
