"""The curves, months and excursions of a backtest, against numbers worked out by hand."""

import itertools
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.core.market import ZERO, Market
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.curves import make_curves
from desktop_app.research.insight import Insight, make_insight
from desktop_app.research.report import make_report
from desktop_app.research.trial import try_settings

D = Decimal
PAIR = "BTC/USDT"
FREE = Market(PAIR, "BTC", "USDT", D("0.01"), D("0.00000001"), maker_fee=ZERO, taker_fee=ZERO)
MINUTE, DAY = 60_000, 86_400_000
START = 1_706_659_200_000  # 2024-01-31


def past(*rows: str, every_ms: int = MINUTE) -> Candles:
    """Rows like "100" or "100 103 98 101"."""
    full = [[float(word) for word in (row.split() * 4)[:4]] for row in rows]
    opens, highs, lows, closes = np.array(full).T
    at = START + np.arange(len(rows), dtype=np.int64) * every_ms
    return Candles(at, opens, highs, lows, closes, np.ones(len(rows)))


def insight(candles: Candles, every_ms: int = MINUTE, market: Market = FREE, **parts: Any) -> Insight:
    given: dict[str, Any] = {
        "name": "BTC starter", "account": "demo", "pairs": [PAIR], "base_order": {"volume": "100"},
        "take_profit": {"percent": "10"},
    }  # fmt: skip
    settings = DcaSettings.model_validate(given | parts)
    result = try_settings(settings, candles, market, BacktestRules(every_ms, balance=D(1000)))
    return make_insight(result, make_report(result))


LADDER: dict[str, Any] = {"safety_orders": {"volume": "100", "price_deviation": "10", "max_count": 2, "max_active": 2}}


def test_the_curves_follow_the_account_what_is_booked_and_what_is_in_the_market() -> None:
    course = insight(past("100", "90", "110 110 99 99", "99")).course

    assert course.at == tuple(START + number * MINUTE for number in range(4))
    # 1 coin at 100, down to 90, sold at 110; the next deal buys 100 quote at 99.
    assert course.equity[:2] == (1000.0, 990.0)
    assert course.booked[0] == 1000.0
    assert course.booked[2:] == (1010.0, 1010.0)
    assert course.drawdown[1] == -1.0
    assert course.holding == (1000.0, 900.0, 990.0, 990.0)
    assert course.in_use[:2] == (100.0, 100.0)
    assert course.in_use[3] == pytest.approx(100)


def test_money_comes_back_from_the_market_when_a_deal_ends() -> None:
    course = insight(past("100", "90", "99", "99"), limits={"cooldown_seconds": 6000}, **LADDER).course

    # 1 at 100 and 1.11… at 90 average 94.74; the target of 104.21 is not reached.
    assert course.in_use == pytest.approx((100.0, 200.0, 200.0, 200.0))

    over = insight(past("100", "110", "110"), limits={"cooldown_seconds": 6000}).course
    assert over.in_use == (100.0, 0.0, 0.0)


def test_the_deepest_fall_says_when_it_was_made_good() -> None:
    fall = insight(past("100", "95", "90", "99", "100", "104")).fall

    assert fall is not None
    assert (fall.start, fall.deepest) == (START, START + 2 * MINUTE)
    assert fall.recovered == START + 4 * MINUTE


def test_a_fall_that_lasts_is_not_made_good_and_a_rise_has_none() -> None:
    lasting = insight(past("100", "95", "90")).fall

    assert lasting is not None
    assert lasting.recovered is None
    assert insight(past("100", "101", "102")).fall is None


def test_months_add_up_to_the_whole() -> None:
    made = insight(past("100", "110", "121", every_ms=DAY), every_ms=DAY)

    january, february = made.months
    assert [(month.year, month.month) for month in made.months] == [(2024, 1), (2024, 2)]
    assert january.holding_percent == 0
    assert february.holding_percent == D(21)
    assert february.deals_closed == 1
    assert january.profit_quote + february.profit_quote == pytest.approx(D("10"), abs=D("0.0001"))
    assert february.profit_percent == february.profit_quote / 10


def test_a_deal_says_how_bad_and_how_good_it_looked_on_its_way() -> None:
    made = insight(past("100", "100 108 80 100", "110"))

    deal = made.excursions[0]
    assert (deal.worst_quote, deal.worst_percent) == (D(-20), D(-20))
    assert (deal.best_quote, deal.best_percent) == (D(10), D(10))


def test_a_deal_that_never_was_under_water_has_no_worst() -> None:
    deal = insight(past("100", "100 105 100 105", "110")).excursions[0]

    assert deal.worst_quote == 0
    assert deal.best_quote == D(10)


def test_fees_count_in_what_a_deal_would_have_brought() -> None:
    market = replace(FREE, maker_fee=D("0.001"), taker_fee=D("0.001"))

    deal = insight(past("100", "100"), market=market).excursions[0]

    assert deal.worst_quote == D("-0.2")


def test_endings_are_counted_the_running_ones_last() -> None:
    stop: dict[str, Any] = {"stop_loss": {"percent": "10"}}
    made = insight(past("100", "110", "110", "90", "100", "110", "110", "100"), **stop)

    assert [(ending.status, ending.deals) for ending in made.endings] == [
        ("completed", 2),
        ("stopped_out", 1),
        ("", 1),
    ]
    assert made.endings[0].profit_quote > 0 > made.endings[1].profit_quote


def test_the_ladder_says_how_many_safety_orders_deals_used() -> None:
    made = insight(past("100", "90", "104.3", "104", "115"), **LADDER)

    assert dict(made.ladder)[1] == 1
    assert sum(deals for _, deals in made.ladder) == len(made.excursions)


def test_long_runs_are_thinned_without_losing_the_worst() -> None:
    rows = ["100"] * 3001
    rows[1501] = "100 100 50 50"
    made = insight(past(*rows))

    assert len(made.course.at) <= 1200
    assert made.course.at[-1] == START + 3000 * MINUTE
    assert min(made.course.drawdown) == -5.0
    assert all(first < second for first, second in itertools.pairwise(made.course.at))


def test_the_curve_ends_with_what_the_report_has() -> None:
    settings = DcaSettings.model_validate(
        {"name": "x", "account": "demo", "pairs": [PAIR], "base_order": {"volume": "100"},
         "take_profit": {"percent": "1"}}
    )  # fmt: skip
    rng = np.random.default_rng(3)
    closes = 100 * np.exp(np.cumsum(rng.standard_normal(3000)) * 0.003)
    candles = past(*(f"{close}" for close in closes))
    result = try_settings(settings, candles, FREE, BacktestRules(MINUTE, balance=D(1000)))
    made = make_insight(result, make_report(result))

    assert made.course.equity[-1] == pytest.approx(make_curves(result).equity[-1])
    assert max(made.course.in_use) == pytest.approx(float(result.most_funds_used), rel=1e-6)
    summary = make_report(result).summary
    assert -min(made.course.drawdown) == pytest.approx(float(summary.max_drawdown_percent), abs=1e-6)
    assert min(deal.worst_quote for deal in made.excursions) == pytest.approx(
        -summary.max_floating_loss_percent * 10, abs=D("0.0001")
    )
