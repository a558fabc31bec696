"""Situations that bots.md decides by a hair, played by the kernel: said by hand, and equal to the core's."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.core.market import FeeCurrency, Market
from desktop_app.core.order import Role
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.kernel import walking
from desktop_app.research.kernel.block import MOST_FILLS
from desktop_app.research.kernel.columns import make_columns
from desktop_app.research.kernel.dca import KernelFill, run_dca
from tests.research.kernel.dca_agreement import DcaCase, difference

D = Decimal
START, MINUTE = 1_700_000_040_000, 60_000
PLAIN = {"name": "a bot", "account": "demo", "pairs": ["BTC/USDT"], "base_order": {"volume": D(100)}}
SAFETY = {"volume": D(50), "price_deviation": D(1), "max_count": 3}
Bars = list[tuple[float, float, float, float]]


def played(
    bars: Bars,
    *,
    tick: str = "0.01",
    lot: str = "0.0001",
    fee: str = "0",
    in_coins: bool = False,
    through: int = 0,
    slippage: str = "0",
    missing_after: int | None = None,
    **changes: Any,
) -> list[tuple[Role, int, Decimal, int]]:
    """(role, index, price, candle) of each fill; fails where the core says anything else."""
    given = PLAIN | {"take_profit": {"percent": D(50)}} | changes
    numbers = [
        START + MINUTE * (k if missing_after is None or k <= missing_after else k + 10) for k in range(len(bars))
    ]
    at = np.array(numbers, dtype=np.int64)
    opens, highs, lows, closes = (np.array([bar[k] for bar in bars]) for k in range(4))
    currency = FeeCurrency.RECEIVED if in_coins else FeeCurrency.QUOTE
    market = Market("BTC/USDT", "BTC", "USDT", D(tick), D(lot), D(0), D(0), D(fee), D(fee) * 2, currency)
    rules = BacktestRules(MINUTE, slippage_percent=D(slippage), fill_through=through)
    case = DcaCase(0, given, Candles(at, opens, highs, lows, closes, np.ones(len(bars))), market, rules)
    seen: Counter[str] = Counter()
    never_reached = {"limits": changes.get("limits", {}) | {"max_price": D(10) ** 12}}  # is one that is not plain
    for one in (case, replace(case, given=given | never_reached)):
        assert difference(one, seen) == ""
    assert seen["compared"] == 2, seen
    side = 1 if case.settings.direction == "long" else -1
    fills = run_dca(case.settings, make_columns(case.candles, side, market.price_tick), market, rules).fills
    return [shown(fill) for fill in fills]


def shown(fill: KernelFill) -> tuple[Role, int, Decimal, int]:
    return fill.role, fill.index, fill.price, fill.candle


def flat(price: float) -> tuple[float, float, float, float]:
    return (price, price, price, price)


def mirrored(bars: Bars) -> Bars:
    """The same candles upside down about 100."""
    return [(200 - o, 200 - low, 200 - high, 200 - c) for o, high, low, c in bars]


@pytest.mark.parametrize(("low", "count"), [(99.00, 1), (99.01, 0), (98.0, 2), (98.01, 1)])
def test_an_order_fills_when_its_price_is_touched_and_not_a_tick_before(low: float, count: int) -> None:
    bars = [flat(100), (100, 100, low, 100)]
    for direction, candles in (("long", bars), ("short", mirrored(bars))):
        fills = played(candles, direction=direction, safety_orders=SAFETY)
        assert [fill[0] for fill in fills] == [Role.BASE] + [Role.SAFETY] * count


@pytest.mark.parametrize("later", [1, 63, 64, 65, 4095, 4096, 4100])
def test_a_touch_is_found_wherever_in_the_blocks_it_is(later: int) -> None:
    bars = [flat(100)] * (later + 70)
    bars[later] = (100, 100, 99, 100)
    fills = played(bars, safety_orders=SAFETY)
    assert fills == [(Role.BASE, 0, D(100), 0), (Role.SAFETY, 1, D(99), later)]


@pytest.mark.parametrize(("through", "low", "count"), [(1, 99.0, 0), (1, 98.99, 1), (2, 98.99, 0), (2, 98.98, 1)])
def test_fill_through_wants_that_many_ticks_more_and_still_pays_the_orders_price(
    through: int, low: float, count: int
) -> None:
    fills = played([flat(100), (100, 100, low, 100)], safety_orders=SAFETY | {"max_count": 1}, through=through)
    assert fills[1:] == [(Role.SAFETY, 1, D(99), 1)] * count


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
    fills = played([flat(99.99), (99.99, 99.99, 97.99, 99)], stop_loss=stop)
    assert fills[1] == (Role.STOP_LOSS, 0, D("97.9951995"), 1)


@pytest.mark.parametrize(("open_", "first"), [(100.0, Role.SAFETY), (100.01, Role.TAKE_PROFIT)])
def test_the_nearer_extreme_comes_first_and_of_equal_ones_the_bad_one(open_: float, first: Role) -> None:
    bars = [flat(100), (open_, 101, 99, 100)]
    for direction, candles in (("long", bars), ("short", mirrored(bars))):
        profit = {"percent": D(1)}
        fills = played(candles, direction=direction, safety_orders=SAFETY | {"max_count": 1}, take_profit=profit)
        assert fills[1][0] == first


def test_a_plain_deal_that_meets_something_odd_goes_on_as_any_other() -> None:
    up, safety = (100, 103, 100, 100), SAFETY | {"max_count": 2}
    bars = [up, (100, 100, 98.5, 99), flat(97), (97, 103, 97, 100), up, flat(100), flat(97), flat(104), up]
    for direction, candles in (("long", bars), ("short", mirrored(bars))):
        fills = played(candles, direction=direction, safety_orders=safety, take_profit={"percent": D(2)})
        assert [fill[3] for fill in fills] == [0, 0, 1, 1, 2, 3, 4, 4, 5, 6, 6, 7, 8, 8]
    rising = [flat(100), (100, 125, 100, 125)]
    at_once = played(rising, fee="0.02", safety_orders=safety, take_profit={"percent": D(9)})
    assert [fill[3] for fill in at_once] == [0, 0, 0, 1]  # by the fee, the rungs stand over the price
    none_over = played([flat(100), flat(101), flat(97)], take_profit={"percent": D(9)}, safety_orders=safety)
    assert [fill[3] for fill in none_over] == [0, 2, 2]


def test_a_plain_deal_sells_where_its_target_is_just_touched() -> None:
    bars = [flat(100), (100, 102, 100, 100), (100, 103, 100, 103)]
    assert [fill[3] for fill in played(bars, take_profit={"percent": D(2)})] == [0, 1, 2, 2]


def test_a_rung_that_comes_to_rest_where_the_price_stands_takes_and_does_not_make() -> None:
    rungs = [{"deviation": D(part), "volume": D(50)} for part in ("-0.5", "-0.9")]
    fills = played(
        [flat(100), (100, 100, 98, 100), (100, 104, 100, 104)],
        tick="1",
        fee="0.0001",
        safety_orders={"custom": rungs, "max_active": 1},
        take_profit={"percent": D(1)},
    )
    assert [fill[2] for fill in fills] == [D(100), D(99), D(99), D(101)]


def test_buys_round_down_sells_up_and_amounts_up() -> None:
    fills = played(
        [flat(99.97), (99.97, 99.97, 98.97, 99.5), (99.5, 102, 99.5, 102)],
        safety_orders=SAFETY | {"max_count": 1},
        take_profit={"percent": D("1.3")},
    )
    assert fills[1][2] == D("98.97")  # of 98.9703
    assert fills[2][2] == D("100.93")  # of 100.92975…
    fills = played(
        [flat(100.03), (100.03, 101.04, 100, 100.5), (100.5, 100.5, 98, 98)],
        safety_orders=SAFETY | {"max_count": 1},
        take_profit={"percent": D("1.3")},
        direction="short",
    )
    assert fills[1][2] == D("101.04")  # of 101.0303
    assert fills[2][2] == D("99.05")  # of 99.0589…


def test_amounts_are_lots_rounded_up() -> None:
    case = [flat(99.97), flat(99.97)]
    assert played(case, lot="0.001") == [(Role.BASE, 0, D("99.97"), 0)]
    market = Market("BTC/USDT", "BTC", "USDT", D("0.01"), D("0.001"), D(0), D(0), D(0), D(0))
    price = np.array([99.97])
    candles = Candles(np.array([START], dtype=np.int64), price, price, price, price, np.ones(1))
    settings = DcaCase(0, PLAIN | {"take_profit": {"percent": D(1)}}, candles, market, BacktestRules(MINUTE)).settings
    (fill,) = run_dca(settings, make_columns(candles, 1, market.price_tick), market, BacktestRules(MINUTE)).fills
    assert fill.amount == D("1.001")


def test_a_level_that_is_a_tick_but_for_what_does_not_end_is_that_tick() -> None:
    safety = {"custom": [{"deviation": D("-33.333333333333333334"), "volume": D(50)}]}
    fills = played([flat(3.0), (3, 3, 2.0, 2.5)], safety_orders=safety)
    assert fills[1] == (Role.SAFETY, 1, D("2.00"), 1)


def test_trailing_closes_where_the_price_has_come_back_by_its_deviation() -> None:
    profit = {"percent": D(1), "trailing_deviation": D("0.5")}
    limits = {"stop_after_deals": 1}
    rising = [flat(100), (100, 102, 100, 102)]
    assert len(played([*rising, (102, 102, 101.5, 102)], take_profit=profit, limits=limits)) == 1
    fills = played([*rising, (102, 102, 101.49, 102)], take_profit=profit, limits=limits)
    assert fills[1] == (Role.TAKE_PROFIT, 1, D("101.49"), 2)
    fills = played([*rising, (103, 104, 103, 104), flat(103)], take_profit=profit, limits=limits)
    assert fills[1] == (Role.TAKE_PROFIT, 1, D(103), 3)


def test_trailing_from_a_target_under_the_fees_goes_on_down_to_that_target() -> None:
    profit = {"percent": D("0.5"), "trailing_deviation": D("0.2"), "basis": "entry"}
    limits = {"stop_after_deals": 1}
    fills = played([flat(100), (100, 100.9, 100, 100.3)], fee="0.005", take_profit=profit, limits=limits)
    assert fills[1] == (Role.TAKE_PROFIT, 1, D("100.6982"), 1)


def test_break_even_climbs_to_the_average_and_then_to_the_step_before() -> None:
    steps = [{"percent": D(1), "share": D(40)}, {"percent": D(2), "share": D(30)}, {"percent": D(9), "share": D(30)}]
    rules: dict[str, Any] = {
        "take_profit": {"steps": steps},
        "stop_loss": {"breakeven_after": 2},
        "limits": {"stop_after_deals": 1},
    }
    fills = played([flat(100), (100, 101, 100, 101), (101, 101, 99, 100)], **rules)
    assert fills[2] == (Role.STOP_LOSS, 0, D(100), 2)
    fills = played([flat(100), (100, 102, 100, 102), (102, 102, 99, 100)], **rules)
    assert fills[3] == (Role.STOP_LOSS, 0, D(101), 2)


def test_a_stop_that_waits_is_undone_by_one_price_on_the_good_side() -> None:
    stop = {"percent": D(2), "timeout_seconds": 120, "then": "stop_bot"}
    beyond, back = (97.5, 97.9, 97, 97.5), (97.5, 98.01, 97, 97.5)
    fills = played([flat(100), beyond, beyond, beyond, beyond, beyond], stop_loss=stop)
    assert fills[1] == (Role.STOP_LOSS, 0, D("97.5"), 3)
    fills = played([flat(100), beyond, back, beyond, beyond, beyond, beyond], stop_loss=stop)
    assert fills[1] == (Role.STOP_LOSS, 0, D("97.5"), 5)


def test_a_clock_that_runs_out_where_candles_are_missing_acts_at_the_next_open() -> None:
    rules: dict[str, Any] = {"limits": {"close_after_seconds": 300, "stop_after_deals": 1}}
    fills = played([flat(100), flat(100.5), flat(101), flat(101)], missing_after=1, **rules)
    assert fills[1] == (Role.CLOSE, 0, D(101), 2)


def test_a_base_order_with_a_limit_moves_with_the_price_until_it_fills() -> None:
    base = {"volume": D(100), "type": "limit"}
    fills = played([flat(100.004), (100.5, 101, 100.01, 101), flat(101)], tick="0.01", base_order=base)
    assert fills[0][0] == Role.BASE


def test_fees_in_coins_leave_less_to_sell() -> None:
    profit = {"percent": D(1)}
    rising = [flat(100), (100, 103, 100, 103), flat(100), (100, 103, 100, 103)]
    assert len(played(rising, fee="0.001", in_coins=True, take_profit=profit)) >= 3


@pytest.mark.parametrize(
    ("scale", "tick", "lot"),
    [(1e-7, "0.0000000001", "1"), (1e-4, "0.00000001", "0.1"), (1e6, "1", "0.00000001"), (1e4, "0.5", "0.000001")],
)
def test_tiny_ticks_and_huge_prices_make_no_difference(scale: float, tick: str, lot: str) -> None:
    digits = 10 if scale < 1e-5 else 8 if scale < 1 else 0
    wave = [100 + 3 * np.sin(k / 3) for k in range(60)]
    opens = [round(price * scale, digits) for price in wave]
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


def test_more_fills_than_the_kernel_has_room_for_at_once_are_read_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "SPARE", MOST_FILLS - 50)
    wave = [(100.0, 101.0, 100.0, 101.0)] * 128
    assert len(played(wave, take_profit={"percent": D(1)})) == 256
