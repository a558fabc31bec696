"""The formulas, against the reference's own numbers and against their own rules."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core import ladder
from desktop_app.core.deal import Direction
from desktop_app.core.ladder import Sizing
from desktop_app.core.market import Market
from desktop_app.core.strategies.dca_settings import BaseOrder, SafetyOrders, TakeProfitStep
from tests.core.dialogue import MARKET

D = Decimal
LONG, SHORT = Direction.LONG, Direction.SHORT


def rungs(**given: object) -> SafetyOrders:
    return SafetyOrders.model_validate(given)


def test_deviations_and_funds_of_reference_c() -> None:
    safety = rungs(volume=140, price_deviation=2, step_scale="1.5", volume_scale="1.4", max_count=4)
    assert ladder.deviations(safety) == (D("2"), D("5"), D("9.5"), D("16.25"))
    assert ladder.funds(BaseOrder(volume=D(100)), safety, D(100), LONG, MARKET, Sizing()) == D("1094.56")


def test_a_step_scale_of_one_makes_even_steps() -> None:
    assert ladder.deviations(rungs(volume=10, price_deviation="1.5", max_count=3)) == (D("1.5"), D("3"), D("4.5"))
    assert ladder.deviations(rungs()) == ()
    assert ladder.planned(rungs(), LONG) == ()


def test_rungs_at_or_below_zero_are_left_out_and_not_counted() -> None:
    safety = rungs(volume=10, price_deviation=40, max_count=4)
    made = ladder.make_ladder(D(100), LONG, safety, MARKET)
    assert [rung.index for rung in made.rungs] == [1, 2]
    assert made.left_out == (3, 4)
    assert ladder.funds(BaseOrder(volume=D(10)), safety, D(100), LONG, MARKET, Sizing()) == D(30)
    assert len(ladder.make_ladder(D(100), SHORT, safety, MARKET).rungs) == 4


def test_an_amount_under_the_minimum_is_raised_to_it() -> None:
    market = Market("A/B", "A", "B", D("0.01"), D("0.0001"), D("0.5"))
    made = ladder.make_ladder(D(100), LONG, rungs(volume=10, price_deviation=1, max_count=1), market)
    assert made.rungs[0].amount == D("0.5")


def test_a_free_ladder_takes_its_signs_as_they_are() -> None:
    safety = rungs(custom=[{"deviation": -5, "volume": 10}, {"deviation": 3, "volume": 10}], volume_unit="base")
    long = ladder.make_ladder(D(100), LONG, safety, MARKET)
    assert [(r.price, r.amount, r.is_trigger) for r in long.rungs] == [(D(95), D(10), False), (D(103), D(10), True)]
    short = ladder.make_ladder(D(100), SHORT, safety, MARKET)
    assert [(r.price, r.is_trigger) for r in short.rungs] == [(D(95), True), (D(103), False)]
    assert long.rungs[0].volume == D(950)


def test_percent_volumes_are_of_the_free_balance() -> None:
    assert ladder.quote_volume(D(10), "percent", D(100), Sizing(free=D(500))) == D(50)
    assert ladder.order_amount(D(2), "base", D(100), MARKET) == D(2)


STEPS = [TakeProfitStep(percent=D(p), share=D(s)) for p, s in ((2, 40), (3, 50), (4, 10))]


def spread(left: str, prices: tuple[int, ...] = (100, 101, 102), market: Market = MARKET) -> list[tuple[int, Decimal]]:
    steps = [(i, step, D(price)) for i, (step, price) in enumerate(zip(STEPS, prices, strict=False), 1)]
    return [(target.index, target.amount) for target in ladder.share_out(D(left), steps, market)]


@pytest.mark.parametrize(
    ("left", "amounts"),
    [
        ("1", [(1, D("0.4")), (2, D("0.5")), (3, D("0.1"))]),
        ("1.00019", [(1, D("0.4")), (2, D("0.5")), (3, D("0.1001"))]),
        ("0.4", [(1, D("0.16")), (2, D("0.24"))]),  # the last is too small: it joins the one before
        ("0.11", [(2, D("0.11"))]),  # the first is too small: it gives its share to the next
        ("0.05", [(3, D("0.05"))]),
        ("0.04", []),  # everything together is too small
        ("0", []),
    ],
)
def test_steps_share_what_is_held(left: str, amounts: list[tuple[int, Decimal]]) -> None:
    assert spread(left) == amounts


@given(st.decimals("0.05", "1000", places=6))
def test_steps_never_share_out_more_than_is_held_and_keep_only_what_a_lot_cannot_hold(left: Decimal) -> None:
    total = sum((amount for _, amount in spread(str(left))), D(0))
    assert total == MARKET.amount_down(left)


def test_levels_mirror_for_a_short() -> None:
    assert ladder.retraced(D(100), D(4), LONG) == D(96)
    assert ladder.retraced(D(100), D(4), SHORT) == D(104)
    assert ladder.out_of_profit_level(D("99.9"), LONG, D("0.001")) == D(100)
    assert ladder.out_of_profit_level(D("100.1"), SHORT, D("0.001")) == D(100)


def test_rungs_that_cannot_exist_take_no_part_in_reinvesting() -> None:
    safety = rungs(volume=10, price_deviation=60, max_count=2)
    sizing = ladder.closed_profit_sizing(
        D(30), D(100), D(0), "equal", BaseOrder(volume=D(20)), safety, D(100), LONG, MARKET, D(0)
    )
    assert sizing.extra == D(15)
