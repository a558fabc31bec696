"""Situations that bots.md decides by a hair, played by the hop: said by hand, and equal to the core's."""

from collections import Counter
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from desktop_app.core.order import Role
from desktop_app.research.hop.plan import BeyondHop
from tests.research.hop.agreement import difference, hopped
from tests.research.hop.beside import SAFETY, case_of, flat, mirrored, played

D = Decimal


@pytest.mark.parametrize(("low", "count"), [(99.00, 1), (99.01, 0), (98.0, 2), (98.01, 1)])
def test_an_order_fills_when_its_price_is_touched_and_not_a_tick_before(low: float, count: int) -> None:
    bars = [flat(100), (100, 100, low, 100)]
    for direction, candles in (("long", bars), ("short", mirrored(bars))):
        fills = played(candles, direction=direction, safety_orders=SAFETY)
        assert [fill[0] for fill in fills] == [Role.BASE] + [Role.SAFETY] * count


@pytest.mark.parametrize(("high", "count"), [(101.0, 1), (100.99, 0)])
def test_a_target_sells_when_it_is_touched_and_not_a_tick_before(high: float, count: int) -> None:
    bars = [flat(100), (100, high, 100, 100)]
    for direction, candles in (("long", bars), ("short", mirrored(bars))):
        fills = played(candles, direction=direction, take_profit={"percent": D(1)}, limits={"stop_after_deals": 1})
        assert [fill[0] for fill in fills] == [Role.BASE] + [Role.TAKE_PROFIT] * count


@pytest.mark.parametrize(("through", "low", "count"), [(1, 99.0, 0), (1, 98.99, 1), (2, 98.99, 0), (2, 98.98, 1)])
def test_fill_through_wants_that_many_ticks_more_and_still_pays_the_orders_price(
    through: int, low: float, count: int
) -> None:
    fills = played([flat(100), (100, 100, low, 100)], safety_orders=SAFETY | {"max_count": 1}, through=through)
    assert fills[1:] == [(Role.SAFETY, 1, D(99), 1)] * count


@pytest.mark.parametrize(("through", "high", "count"), [(1, 101.0, 0), (1, 101.01, 1), (2, 101.01, 0), (2, 101.02, 1)])
def test_fill_through_wants_as_much_of_a_target(through: int, high: float, count: int) -> None:
    bars = [flat(100), (100, high, 100, 100)]
    for direction, candles, price in (("long", bars, D(101)), ("short", mirrored(bars), D(99))):
        once: dict[str, Any] = {"take_profit": {"percent": D(1)}, "limits": {"stop_after_deals": 1}}
        fills = played(candles, direction=direction, through=through, **once)
        assert fills[1:] == [(Role.TAKE_PROFIT, 1, price, 1)] * count


def test_a_jump_over_several_levels_fills_them_all_at_the_open() -> None:
    bars = [flat(100), flat(97.5)]
    fills = played(bars, safety_orders=SAFETY)
    assert fills[1:] == [(Role.SAFETY, 1, D("97.5"), 1), (Role.SAFETY, 2, D("97.5"), 1)]
    fills = played(mirrored(bars), safety_orders=SAFETY, direction="short")
    assert fills[1:] == [(Role.SAFETY, 1, D("102.5"), 1), (Role.SAFETY, 2, D("102.5"), 1)]


def test_a_jump_over_the_take_profit_sells_at_the_open() -> None:
    fills = played([flat(100), flat(105)], take_profit={"percent": D(2)})
    assert fills[1] == (Role.TAKE_PROFIT, 1, D(105), 1)


def test_one_at_a_time_rests_after_the_other_has_filled_and_fills_further_along() -> None:
    safety = SAFETY | {"max_active": 1}
    fills = played([flat(100), (100, 100, 97, 98)], safety_orders=safety)
    assert [(fill[1], fill[2]) for fill in fills[1:]] == [(1, D(99)), (2, D(98)), (3, D(97))]
    fills = played([flat(100), flat(96)], safety_orders=safety)
    assert [fill[2] for fill in fills[1:]] == [D(96)] * 3


def test_a_target_that_a_safety_order_has_moved_can_be_reached_in_the_same_candle() -> None:
    fills = played([flat(100), (100, 100.4, 98, 99.9)], safety_orders=SAFETY, take_profit={"percent": D("0.5")})
    assert [(fill[0], fill[3]) for fill in fills[-2:]] == [(Role.SAFETY, 1), (Role.TAKE_PROFIT, 1)]


def test_where_a_limit_and_the_stop_stand_at_one_price_the_limit_acts_first() -> None:
    bars = [flat(100), (100, 100, 97, 98)]
    for direction, candles, level in (("long", bars, D(98)), ("short", mirrored(bars), D(102))):
        stop = {"percent": D(2), "then": "stop_bot"}
        fills = played(candles, direction=direction, safety_orders=SAFETY | {"max_count": 2}, stop_loss=stop)
        assert [fill[0] for fill in fills] == [Role.BASE, Role.SAFETY, Role.SAFETY, Role.STOP_LOSS]
        assert [fill[2] for fill in fills[2:]] == [level, level]


def test_a_stop_acts_at_its_level_exactly_and_not_a_tick_before() -> None:
    stop = {"percent": D(2), "then": "stop_bot"}
    assert len(played([flat(100), (100, 100, 98.01, 99)], stop_loss=stop)) == 1
    assert played([flat(100), (100, 100, 98.0, 99)], stop_loss=stop)[1] == (Role.STOP_LOSS, 0, D(98), 1)
    assert played([flat(100), flat(95)], stop_loss=stop)[1] == (Role.STOP_LOSS, 0, D(95), 1)


def test_a_stop_between_two_ticks_trades_at_its_own_level() -> None:
    stop = {"percent": D("1.995"), "then": "stop_bot"}
    assert len(played([flat(99.99), (99.99, 99.99, 98, 99)], stop_loss=stop)) == 1
    fills = played([flat(99.99), (99.99, 99.99, 97.99, 99)], stop_loss=stop)
    assert fills[1] == (Role.STOP_LOSS, 0, D("97.9951995"), 1)


@pytest.mark.parametrize(("open_", "first"), [(100.0, Role.SAFETY), (100.01, Role.TAKE_PROFIT)])
def test_the_nearer_extreme_comes_first_and_of_equal_ones_the_bad_one(open_: float, first: Role) -> None:
    bars = [flat(100), (open_, 101, 99, 100)]
    for direction, candles in (("long", bars), ("short", mirrored(bars))):
        profit = {"percent": D(1)}
        fills = played(candles, direction=direction, safety_orders=SAFETY | {"max_count": 1}, take_profit=profit)
        assert fills[1][0] == first


def test_buys_round_down_sells_up_and_amounts_up() -> None:
    fills = played(
        [flat(99.97), (99.97, 99.97, 98.97, 99.5), (99.5, 102, 99.5, 102)],
        safety_orders=SAFETY | {"max_count": 1},
        take_profit={"percent": D("1.3")},
        lot="0.001",
    )
    assert [fill[2] for fill in fills[1:3]] == [D("98.97"), D("100.93")]  # of 98.9703 and 100.92…
    fills = played(
        [flat(100.03), (100.03, 101.04, 100, 100.5), (100.5, 100.5, 98, 98)],
        safety_orders=SAFETY | {"max_count": 1},
        take_profit={"percent": D("1.3")},
        direction="short",
    )
    assert [fill[2] for fill in fills[1:3]] == [D("101.04"), D("99.05")]  # of 101.0303 and 99.0589…


def test_a_level_that_is_a_tick_but_for_what_does_not_end_is_that_tick() -> None:
    safety = {"custom": [{"deviation": D("-33.333333333333333334"), "volume": D(50)}]}
    fills = played([flat(3.0), (3, 3, 2.0, 2.5)], safety_orders=safety)
    assert fills[1] == (Role.SAFETY, 1, D("2.00"), 1)


@pytest.mark.parametrize(
    ("scale", "tick", "lot"),
    [(1e-7, "0.0000000001", "1"), (1e-4, "0.00000001", "0.1"), (1e6, "1", "0.00000001"), (1e4, "0.5", "0.000001")],
)
def test_tiny_ticks_and_huge_prices_make_no_difference(scale: float, tick: str, lot: str) -> None:
    digits = 10 if scale < 1e-5 else 8 if scale < 1 else 0
    opens = [round((100 + 3 * np.sin(k / 3)) * scale, digits) for k in range(60)]
    bars = [(a, max(a, b), min(a, b), b) for a, b in pairwise(opens)]
    for direction in ("long", "short"):
        fills = played(
            bars,
            tick=tick,
            lot=lot,
            fee="0.001",
            slippage="0.05",
            direction=direction,
            base_order={"volume": D(100) * D(str(scale))},
            safety_orders=SAFETY | {"volume": D(50) * D(str(scale))},
            take_profit={"percent": D(1)},
            stop_loss={"percent": D(5)},
        )
        assert len(fills) > 6


@pytest.mark.parametrize(
    "changes",
    [
        {"fee": "0.01", "safety_orders": SAFETY | {"price_deviation": D("0.5")}},  # the fee puts a rung over the price
        {
            "safety_orders": {"custom": [{"deviation": D(d), "volume": D(50)} for d in ("-1.001", "-1.009")]}
        },  # on one tick
        {"least": "60", "safety_orders": SAFETY},
        {"slippage": "5", "stop_loss": {"percent": D(1)}},
    ],
)
def test_what_is_decided_otherwise_is_left_to_the_core(changes: dict[str, object]) -> None:
    case = case_of([flat(100), (100, 100, 97, 98)], **changes)  # type: ignore[arg-type]
    seen: Counter[str] = Counter()
    assert difference(case, seen) == "" and not seen["compared"]
    with pytest.raises(BeyondHop):
        hopped(case)
