"""Floats tell only what they surely know."""

from decimal import Decimal

import pytest

from desktop_app.research.hop.columns import make_columns
from desktop_app.research.hop.plan import BeyondHop, Plan, Volume, make_plan, surely_down
from tests.research.hop.beside import SAFETY, case_of, flat
from tests.research.kernel.dca_agreement import DcaCase

D = Decimal


def plan_of(case: DcaCase) -> Plan:
    columns = make_columns(case.candles, 1, case.market.price_tick)
    return make_plan(case.settings, columns, case.market, case.rules)


@pytest.mark.parametrize(
    ("value", "known"),
    [(3.5, 3), (-3.5, -4), (3.0, None), (3 - 1e-7, None), (3 + 1e-7, None), (2.9999, 2), (1e12 + 0.5, None)],
)
def test_what_is_near_a_step_or_too_large_is_for_the_core(value: float, known: int | None) -> None:
    assert surely_down(value) == known


def test_an_order_in_coins_is_what_it_is_until_it_is_scaled() -> None:
    coins = Volume(0.0, 15.0, 15)
    assert coins.surely(123.0, 1.0, 0.0) == 15
    assert coins.surely(123.0, 1.01, 0.0) == 16
    assert Volume(1000.0, 0.0, 0).surely(300.0, 1.0, 0.0) == 4


def test_money_is_counted_so_finely_that_nothing_is_rounded() -> None:
    case = case_of([flat(100)], fee="0.00075", slippage="0.05", lot="5", safety_orders=SAFETY)
    money = plan_of(case).money
    assert money.price_parts == 10_000 and money.slipped == 10_005
    assert money.fee_parts == 100_000 and (money.maker, money.entry_taker) == (75, 100_150)
    assert money.unit == D("0.01") * 5 / 10**9 == D(money.num) / money.den


def test_rungs_go_from_the_nearest_on() -> None:
    rungs = [{"deviation": D(d), "volume": D(50)} for d in ("-3", "-1", "-100", "-2")]
    case = case_of([flat(100)], safety_orders={"custom": rungs})
    plan = plan_of(case)
    assert [step.number for step in plan.rungs] == [2, 4, 1]


def test_prices_of_too_many_ticks_are_left_to_the_core() -> None:
    with pytest.raises(BeyondHop):
        plan_of(case_of([flat(100_000)], tick="0.0001"))
