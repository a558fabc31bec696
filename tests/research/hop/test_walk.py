"""Deal after deal, beside the core's: random bots on candles of mean shapes, and what time decides."""

from collections import Counter
from decimal import Decimal

import pytest

from desktop_app.core.columns import exact
from desktop_app.core.order import Role
from desktop_app.research.hop.columns import make_columns
from desktop_app.research.hop.plan import BeyondHop, make_plan
from desktop_app.research.hop.walk import walk
from tests.research.hop.agreement import difference, hopped, plainer_cases
from tests.research.hop.beside import case_of, flat, played

D = Decimal


@pytest.mark.parametrize("seed", [0, 2, 3, 4, 6, 8, 10])
def test_hop_and_core_agree_on_candles_of_mean_shapes(seed: int) -> None:
    seen: Counter[str] = Counter()
    for case in plainer_cases(seed + 700, most=40):
        assert difference(case, seen) == "", case
    assert seen["compared"]


def test_the_next_deal_opens_at_the_next_candle_or_after_the_pause() -> None:
    rising = [(100.0, 101.0, 100.0, 101.0)] * 6
    opened = [fill[3] for fill in played(rising, take_profit={"percent": D(1)}) if fill[0] is Role.BASE]
    assert opened == [0, 1, 2, 3, 4, 5]
    for seconds, candles in ((60, [0, 2, 4]), (61, [0, 3])):
        pause = {"cooldown_seconds": seconds}
        fills = played(rising, take_profit={"percent": D(1)}, limits=pause)
        assert [fill[3] for fill in fills if fill[0] is Role.BASE] == candles


def test_a_bot_waits_at_its_start_and_stops_after_its_last_deal() -> None:
    rising = [(100.0, 101.0, 100.0, 101.0)] * 6
    limits = {"start_delay_seconds": 90, "stop_after_deals": 1}
    fills = played(rising, take_profit={"percent": D(1)}, limits=limits)
    assert [(fill[0], fill[3]) for fill in fills] == [(Role.BASE, 2), (Role.TAKE_PROFIT, 2)]


def test_a_bot_that_starts_after_the_last_candle_has_no_deals() -> None:
    assert played([flat(100)] * 3, limits={"start_delay_seconds": 3600}) == []


def test_a_stop_that_ends_the_bot_is_the_last_deal() -> None:
    falling = [flat(100), flat(97), flat(95), flat(92)]
    assert len(played(falling, stop_loss={"percent": D(2)})) > 3
    assert len(played(falling, stop_loss={"percent": D(2), "then": "stop_bot"})) == 2


def test_a_clock_that_runs_out_where_candles_are_missing_acts_at_the_next_open() -> None:
    limits = {"close_after_seconds": 300, "stop_after_deals": 1}
    fills = played([flat(100), flat(100.5), flat(101), flat(101)], missing_after=1, limits=limits)
    assert fills[1] == (Role.CLOSE, 0, D(101), 2)


def test_what_a_jump_meets_comes_before_the_clock() -> None:
    limits = {"close_after_seconds": 60, "stop_after_deals": 1}
    fills = played([flat(100), flat(103)], take_profit={"percent": D(2)}, limits=limits)
    assert fills[1] == (Role.TAKE_PROFIT, 1, D(103), 1)


def test_earnings_make_the_next_deal_larger() -> None:
    case = case_of([(100.0, 110.0, 100.0, 110.0)] * 4, take_profit={"percent": D(10)}, reinvest_percent=D(100))
    seen: Counter[str] = Counter()
    assert difference(case, seen) == "" and seen["compared"]


def test_a_rung_that_losses_leave_nothing_of_is_for_the_core_to_refuse() -> None:
    case = case_of(
        [flat(100), flat(60), flat(100), flat(60)],
        stop_loss={"percent": D(10)},
        safety_orders={"volume": D(5), "price_deviation": D(1), "max_count": 1},
        risk_reduction_percent=D(100),
        reinvest_mode="equal",
    )
    assert difference(case, Counter()) == ""
    with pytest.raises(BeyondHop):
        hopped(case)


def test_a_walk_ends_when_somebody_asks_to_stop() -> None:
    case = case_of([(100.0, 101.0, 100.0, 101.0)] * 9, take_profit={"percent": D(1)})
    columns = make_columns(case.candles, 1, case.market.price_tick)
    plan, last, asked = make_plan(case.settings, columns, case.market, case.rules), exact(101.0), Counter[int]()

    def is_stopped() -> bool:
        asked[0] += 1
        return asked[0] > 3

    assert walk(plan, columns, None, last, is_stopped) is None
    assert asked[0] == 4
