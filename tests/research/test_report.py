"""What a backtest comes to, against numbers worked out by hand."""

import json
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
from desktop_app.research.document import exact_text, to_json, to_text
from desktop_app.research.report import Report, make_report
from desktop_app.research.trial import try_settings

D = Decimal
PAIR = "BTC/USDT"
FREE = Market(PAIR, "BTC", "USDT", D("0.01"), D("0.00000001"), maker_fee=ZERO, taker_fee=ZERO)
MARKET = replace(FREE, maker_fee=D("0.001"), taker_fee=D("0.001"), amount_step=D("0.0001"))
MINUTE = 60_000
START = 1_700_000_040_000


def past(*rows: str, every_ms: int = MINUTE, gap_before_last: int = 0) -> Candles:
    """Rows like "100" or "100 103 98 101"."""
    full = [[float(word) for word in (row.split() * 4)[:4]] for row in rows]
    opens, highs, lows, closes = np.array(full).T
    at = START + np.arange(len(rows), dtype=np.int64) * every_ms
    at[-1] += gap_before_last * every_ms
    return Candles(at, opens, highs, lows, closes, np.ones(len(rows)))


def settings(**parts: Any) -> DcaSettings:
    given: dict[str, Any] = {
        "name": "BTC starter",
        "account": "demo",
        "pairs": [PAIR],
        "base_order": {"volume": "100"},
        "take_profit": {"percent": "10"},
    }
    return DcaSettings.model_validate(given | parts)


def report(
    candles: Candles, market: Market = FREE, balance: str | None = None, every_ms: int = MINUTE, **parts: Any
) -> Report:
    rules = BacktestRules(every_ms, balance=None if balance is None else D(balance))
    return make_report(try_settings(settings(**parts), candles, market, rules))


STOPS: dict[str, Any] = {"stop_loss": {"percent": "10"}}


def test_closed_and_open_deals_are_added_up_apart() -> None:
    made = report(past("100", "110", "110", "90", "100", "95"), **STOPS)

    summary = made.summary
    assert [deal.status for deal in made.deals] == ["completed", "stopped_out", "open"]
    assert (summary.deals_closed, summary.deals_open) == (2, 1)
    assert [round(deal.profit_quote, 4) for deal in made.deals] == [D(10), D("-18.1818"), D(-5)]
    assert summary.profit_quote == made.deals[0].profit_quote + made.deals[1].profit_quote
    assert summary.unrealised_quote == D(-5)
    assert summary.profit_percent == summary.profit_quote
    assert summary.win_rate_percent == D(50)
    assert summary.profit_factor is not None
    assert round(summary.profit_factor, 6) == D("0.55")
    assert summary.buy_and_hold_percent == D(-5)
    assert (summary.average_deal_seconds, summary.longest_deal_seconds) == (60, 60)


def test_the_equity_starts_at_the_funds_and_ends_with_all_profit() -> None:
    made = report(past("100", "110", "110", "90", "100", "95"), balance="1000", **STOPS)

    values = [value for _, value in made.equity]
    assert [at for at, _ in made.equity] == [START + number * MINUTE for number in range(6)]
    assert values[:3] == [D(1000), D(1010), D(1010)]
    total = made.summary.profit_quote + made.summary.unrealised_quote
    assert abs(values[-1] - 1000 - total) < D("1e-7")
    assert made.summary.profit_percent == made.summary.profit_quote / 10


def test_drawdown_is_from_the_highest_point_and_floating_loss_of_the_funds() -> None:
    made = report(past("100", "100 105 100 105", "105 105 91 94"), balance="1000")

    assert made.summary.max_drawdown_percent == round(D(11) / D(1005) * 100, 8)
    assert made.summary.max_floating_loss_percent == D("0.9")


def test_a_short_floats_at_the_highs() -> None:
    made = report(past("100", "100 108 100 100"), balance="1000", direction="short")

    assert made.summary.max_floating_loss_percent == D("0.8")
    assert made.deals[0].sold_amount == D(1)
    assert made.deals[0].bought_amount == ZERO


def test_a_stop_is_a_floating_loss_too() -> None:
    assert report(past("100", "90", "90"), balance="1000", **STOPS).summary.max_floating_loss_percent == D(1)


def test_fees_are_in_every_figure_that_says_so() -> None:
    made = report(past("100", "100 110.5 100 110"), MARKET)

    (deal,) = made.deals
    assert deal.average_price == D("100.1")
    assert (deal.bought_quote, deal.bought_amount) == (D(100), D(1))
    assert deal.sold_quote == D("110.23")
    assert deal.fees_quote == D("0.1") + D("0.11023")
    assert deal.profit_quote == D("10.01977")
    assert made.summary.fees_quote == deal.fees_quote
    assert deal.profit_percent == D("10.01977") / D("100.1") * 100
    assert made.summary.max_funds_quote == D("100.1")


def test_an_open_deal_is_worth_its_last_close_less_the_fee_of_a_sale() -> None:
    (deal,) = report(past("100", "102"), MARKET).deals

    assert deal.closed_at is None
    assert deal.profit_quote == D(102) * D("0.999") - D("100.1")


def test_time_in_market_counts_the_candles_of_deals() -> None:
    made = report(past("100", "110", "110", "110"), limits={"cooldown_seconds": 3600})

    assert made.summary.time_in_market_percent == D(50)


def test_safety_orders_and_funds_at_their_most() -> None:
    ladder = {"volume": "50", "price_deviation": "1", "max_count": 3}
    made = report(past("100", "100 100 97.5 98"), safety_orders=ladder)

    assert made.summary.max_safety_orders_used == 2
    assert [(line.role, line.index, line.price) for line in made.deals[0].orders] == [
        ("base", 0, D(100)),
        ("safety", 1, D(99)),
        ("safety", 2, D(98)),
    ]
    assert round(made.summary.max_funds_quote, 4) == D(200)


def test_gaps_are_counted() -> None:
    made = report(past("100", "100", "100", gap_before_last=5))

    assert (made.candles, made.gaps, made.start, made.end) == (3, 1, START, START + 7 * MINUTE)


def test_a_run_without_deals_has_no_rates() -> None:
    made = report(past("100", "101"), start={"mode": "manual"})

    summary = made.summary
    assert made.deals == ()
    assert (summary.win_rate_percent, summary.profit_factor, summary.sharpe) == (None, None, None)
    assert (summary.average_deal_seconds, summary.longest_deal_seconds) == (None, None)
    assert (summary.time_in_market_percent, summary.max_drawdown_percent) == (ZERO, ZERO)


def test_a_curve_of_many_candles_is_thinned_but_keeps_its_ends() -> None:
    made = report(past(*["100"] * 2500))

    assert len(made.equity) == 1000
    assert (made.equity[0][0], made.equity[-1][0]) == (START, START + 2499 * MINUTE)


def test_days_of_trading_have_ratios() -> None:
    day = 86_400_000
    made = report(past("100", "112", "112", "101", "101", "120", every_ms=day), every_ms=day, **STOPS)

    assert made.timeframe == "1d"
    assert None not in (made.summary.sharpe, made.summary.sortino, made.summary.calmar)


def test_no_funds_give_no_percentages() -> None:
    rules = BacktestRules(MINUTE)
    result = replace(try_settings(settings(), past("100", "110"), FREE, rules), funds=ZERO)

    assert make_report(result).summary.profit_percent == ZERO
    assert make_curves(result).max_floating_loss == 0.0


# --- faces ------------------------------------------------------------------------------------------------------------


def test_the_document_has_every_name_of_the_contract() -> None:
    document = json.loads(to_json(report(past("100", "112", "110"), MARKET)))

    assert list(document) == [
        "bot", "pair", "timeframe", "candles", "gaps", "from", "to", "market", "deals", "summary", "equity",
        "engine_seconds",
    ]  # fmt: skip
    assert list(document["deals"][0]) == [
        "opened_at", "closed_at", "status", "average_price", "bought_amount", "bought_quote", "sold_amount",
        "sold_quote", "fees_quote", "profit_quote", "profit_percent", "safety_orders_filled", "orders",
    ]  # fmt: skip
    assert list(document["deals"][0]["orders"][0]) == [
        "role", "index", "side", "type", "price", "amount", "filled_at", "fee_quote",
    ]  # fmt: skip
    assert list(document["summary"]) == [
        "deals_closed", "deals_open", "profit_quote", "unrealised_quote", "fees_quote", "profit_percent",
        "buy_and_hold_percent", "max_drawdown_percent", "max_floating_loss_percent", "win_rate_percent",
        "profit_factor", "sharpe", "sortino", "calmar", "average_deal_seconds", "longest_deal_seconds",
        "max_funds_quote", "max_safety_orders_used", "time_in_market_percent",
    ]  # fmt: skip
    assert document["deals"][1]["closed_at"] is None
    assert document["deals"][0]["orders"][1] == {
        "role": "take_profit", "index": 1, "side": "sell", "type": "limit", "price": "112", "amount": "1",
        "filled_at": START + MINUTE, "fee_quote": "0.112",
    }  # fmt: skip


def test_decimals_are_strings_times_are_integers_and_nothing_is_a_float_but_seconds() -> None:
    def look(name: str, value: object) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                look(key, inner)
        elif isinstance(value, list):
            for inner in value:
                look(name, inner)
        else:
            assert not isinstance(value, float) or name == "engine_seconds", name
            if isinstance(value, str) and name.endswith(("quote", "percent", "price", "amount")) and name != "quote":
                assert D(value).is_finite()
                assert "e" not in value.lower()

    look("", json.loads(to_json(report(past("100", "110", "110", "90"), MARKET, **STOPS))))


@pytest.mark.parametrize(
    ("value", "text"), [("100.00", "100"), ("1E+3", "1000"), ("1E-8", "0.00000001"), ("-0.00", "0"), ("-0.50", "-0.5")]
)
def test_decimals_are_written_out_without_idle_zeros(value: str, text: str) -> None:
    assert exact_text(D(value)) == text


def test_the_text_tells_people_profit_holding_and_what_is_open() -> None:
    text = to_text(report(past("100", "110", "110", "90", "100", "95", gap_before_last=2), **STOPS))

    assert "BTC starter on BTC/USDT, 6 candles of 1m, 1 gaps" in text
    assert "Profit            −8.1818 USDT (−8.1818 %)" in text
    assert "Just holding      −5 %" in text
    assert "2 closed, 1 still open (−5 USDT)" in text
    assert "Sharpe            —" in text
    assert "0 h 1 min" in text
    assert "—                 open" in text


def test_the_text_of_a_long_run_shows_the_last_deals_only() -> None:
    text = to_text(report(past(*["100", "110"] * 30), take_profit={"percent": "5"}))

    assert "The last 20 of " in text


def test_the_text_of_a_run_without_deals_has_dashes() -> None:
    text = to_text(report(past("100", "101"), start={"mode": "manual"}))

    assert "Won               —" in text
    assert "Longest deal      —" in text


def test_the_text_of_long_deals_counts_days() -> None:
    day = 86_400_000
    text = to_text(report(past("100", "101", "112", every_ms=day), every_ms=day))

    assert "2 d 0 h" in text
