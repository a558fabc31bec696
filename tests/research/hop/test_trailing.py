"""Trailing by a hair, played by the hop: said by hand, and equal to the core's."""

from decimal import Decimal
from typing import Any

import pytest

from desktop_app.core.order import Role
from tests.research.hop.beside import SAFETY, Bars, flat, mirrored, played

D = Decimal
ONCE: dict[str, Any] = {"limits": {"stop_after_deals": 1}}
PROFIT = {"percent": D(1), "trailing_deviation": D("0.5")}
RISING: Bars = [flat(100), (100, 102, 100, 102)]


def test_trailing_closes_where_the_price_has_come_back_by_its_deviation() -> None:
    assert len(played([*RISING, (102, 102, 101.5, 102)], take_profit=PROFIT, **ONCE)) == 1
    fills = played([*RISING, (102, 102, 101.49, 102)], take_profit=PROFIT, **ONCE)
    assert fills[1] == (Role.TAKE_PROFIT, 1, D("101.49"), 2)
    fills = played([*RISING, (103, 104, 103, 104), flat(103)], take_profit=PROFIT, **ONCE)
    assert fills[1] == (Role.TAKE_PROFIT, 1, D(103), 3)


def test_a_short_trails_down() -> None:
    profit = {"percent": D(1), "trailing_deviation": D(1)}
    bars = [*mirrored(RISING), (98, 98.97, 98, 98), (98, 98.98, 98, 98.5)]
    fills = played(bars, take_profit=profit, direction="short", **ONCE)
    assert fills[1] == (Role.TAKE_PROFIT, 1, D("98.98"), 3)


def test_the_target_is_reached_by_its_very_price_whatever_fill_through_asks() -> None:
    bars = [flat(100), (100, 101, 100, 101), flat(100.4)]
    assert len(played(bars, take_profit=PROFIT, through=2, **ONCE)) == 2
    assert len(played([flat(100), (100, 100.99, 100, 100.9), flat(100.4)], take_profit=PROFIT, **ONCE)) == 1


def test_a_candle_can_arm_and_close_and_a_better_price_arms_no_second_time() -> None:
    fills = played([flat(100), (100, 102, 100, 101)], take_profit=PROFIT, **ONCE)
    assert fills[1] == (Role.TAKE_PROFIT, 1, D("101.49"), 1)


@pytest.mark.parametrize(("landing", "is_closed"), [(100.0, True), (99.99, False)])
def test_a_jump_that_lands_out_of_profit_undoes_trailing_though_it_passed_the_closing_level(
    landing: float, is_closed: bool
) -> None:
    for direction, mirror in (("long", list), ("short", mirrored)):
        bars = mirror([*RISING, flat(landing), (landing, 101.01, landing, 101.01), flat(100.2)])
        fills = played(bars, take_profit=PROFIT | {"percent": D("0.9")}, direction=direction, **ONCE)
        assert fills[1][3] == (2 if is_closed else 4)


def test_what_comes_back_slowly_out_of_profit_goes_on_as_before() -> None:
    wide = {"percent": D(1), "trailing_deviation": D(3)}
    bars = [flat(100), (100, 101.5, 100, 101), (101, 101, 99, 99), (99, 101, 99, 101), (101, 104, 100.5, 100.5)]
    fills = played(bars, take_profit=wide, safety_orders=SAFETY | {"max_count": 1}, **ONCE)
    assert [fill[0] for fill in fills] == [Role.BASE, Role.SAFETY, Role.TAKE_PROFIT]
    assert fills[2] == (Role.TAKE_PROFIT, 1, D("100.88"), 4)


def test_trailing_from_a_target_under_the_fees_goes_on_down_to_that_target() -> None:
    profit = {"percent": D("0.5"), "trailing_deviation": D("0.2"), "basis": "entry"}
    fills = played([flat(100), (100, 100.9, 100, 100.3)], fee="0.005", take_profit=profit, **ONCE)
    assert fills[1] == (Role.TAKE_PROFIT, 1, D("100.6982"), 1)


def test_what_trailing_closes_at_slips() -> None:
    fills = played([*RISING, (102, 102, 101, 102)], take_profit=PROFIT, slippage="0.1", **ONCE)
    assert fills[1][2] == D("101.49") * D("0.999")


@pytest.mark.parametrize("later", [1, 2, 100, 127, 128, 129, 1200])
def test_the_best_price_of_candles_that_are_left_out_counts(later: int) -> None:
    climbing: Bars = [(102 + k / 100, 102 + (k + 1) / 100, 102 + k / 100, 102 + (k + 1) / 100) for k in range(later)]
    bars = [tuple(round(price, 2) for price in bar) for bar in climbing]
    best = bars[-1][1]
    level = D(str(best)) * D("0.995")
    low = float(level.quantize(D("0.01"), "ROUND_FLOOR"))
    under = round(best - 0.3, 2)
    fills = played([*RISING, *bars, (under, under, low, under)], take_profit=PROFIT, **ONCE)  # type: ignore[list-item]
    assert fills[1] == (Role.TAKE_PROFIT, 1, level, later + 2)
