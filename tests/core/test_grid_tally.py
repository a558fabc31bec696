"""The numbers of a running grid that people compare."""

from decimal import Decimal

from desktop_app.core.grid_tally import GridTally

D = Decimal


def test_holding_is_what_all_money_in_coins_would_have_made_from_when_it_was_given() -> None:
    tally = GridTally().given(D(1000), D(100)).given(D(500), D(50))
    assert tally.funds == D(1500) and tally.hold_coins == 20
    assert tally.holding(D(60)) == -300 and tally.holding(D(100)) == 500


def test_round_trips_add_up() -> None:
    tally = GridTally().with_round_trip(D("1.5")).with_round_trip(D("-0.5"))
    assert (tally.profit, tally.round_trips) == (D(1), 2)
