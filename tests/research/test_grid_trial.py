"""A grid's backtest: what it reports, what it refuses, and that it knows nothing of the future."""

import json
import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from desktop_app.core.market import Market
from desktop_app.research.backtest import BacktestRefused, BacktestRules
from desktop_app.research.document import to_json, to_text
from desktop_app.research.report import make_report
from desktop_app.research.trial import try_settings
from tests.core.grid_dialogue import grid_settings
from tests.research.grid_cases import GridCase, make_grid_case, product
from tests.research.random_cases import make_bars
from tests.research.test_report import MARKET, START, past

D = Decimal
RULES = BacktestRules(60_000)


def report(*rows: str, market: Market = MARKET, rules: BacktestRules = RULES, **grid: Any) -> dict[str, Any]:
    made = make_report(try_settings(grid_settings(**grid), past(*rows), market, rules))
    assert to_text(made)
    document: dict[str, Any] = json.loads(to_json(made))
    return document


def test_one_deal_holds_all_orders_and_the_summary_tells_the_grid_profit() -> None:
    found = report("100", "100 100 95 95", "95 100 95 100", "100 105 100 105")
    (deal,) = found["deals"]
    rows = [(order["role"], order["index"], order["side"], order["type"]) for order in deal["orders"]]
    assert rows == [
        ("balancing", 0, "buy", "market"),
        ("grid", 1, "buy", "limit"),
        ("grid", 2, "sell", "limit"),
        ("grid", 3, "sell", "limit"),
    ]
    assert deal["status"] == "open" and deal["closed_at"] is None and deal["opened_at"] == START
    bought = D("1.0526")
    assert D(found["summary"]["grid_profit_quote"]) == bought * (100 * D("0.999") - 95 * D("1.001"))
    assert found["summary"]["round_trips"] == 1
    sells = bought * 100 + D("0.9523") * 105
    buys = D("1.8613") * 100 + bought * 95
    left = D("1.8613") - D("0.9523")
    total = sells - buys - (sells + buys) * D("0.001") + left * 105 * D("0.999")
    assert D(deal["profit_quote"]) == total == D(found["summary"]["unrealised_quote"])
    assert found["summary"]["deals_open"] == 1 and found["summary"]["profit_quote"] == "0"


def test_a_grid_that_ends_is_closed_with_its_coins_valued_where_it_ended() -> None:
    found = report("100", "100 100 84 90", stop_below={"price": 85})
    (deal,) = found["deals"]
    assert deal["status"] == "stopped_out" and deal["closed_at"] == START + 60_000
    held = D(deal["bought_amount"]) - D(deal["sold_amount"])
    cash = D(deal["sold_quote"]) - D(deal["bought_quote"]) - D(deal["fees_quote"])
    assert D(deal["profit_quote"]) == cash + held * 85 * D("0.999")
    assert found["summary"]["deals_closed"] == 1


def test_a_start_inside_a_candle_is_told_with_the_candles_time() -> None:
    found = report("100", "100 100 93 100", start_price=94)
    assert found["deals"][0]["opened_at"] == START + 60_000


@pytest.mark.parametrize(
    ("grid", "code"),
    [
        ({"lines": 200}, "grid_cells_lose"),
        ({"lower": 100, "upper": "100.02", "lines": 5}, "grid_lines_touch"),
        ({"volume_per_line": 3}, "grid_line_too_small"),
    ],
)
def test_a_grid_that_could_not_start_is_refused(grid: dict[str, Any], code: str) -> None:
    with pytest.raises(BacktestRefused) as refused:
        report("100", "101", **grid)
    assert [problem.reason.code for problem in refused.value.problems] == [code]


def test_with_too_little_money_the_grid_never_comes_to_be_and_the_run_says_so() -> None:
    result = try_settings(grid_settings(), past("100", "101"), MARKET, replace(RULES, balance=D(50)))
    assert result.deals == () and result.told_problems[0].said.code == "order_refused"


def test_a_dca_document_says_nothing_of_grids() -> None:
    from tests.research.test_report import report as dca_report

    assert "round_trips" not in json.loads(to_json(dca_report(past("100", "111"))))["summary"]


@pytest.mark.parametrize("seed", range(30))
def test_another_future_changes_no_past_decision(seed: int) -> None:
    """Up to the candle from which on two pasts differ, a grid did the same in both."""
    chance = random.Random(seed)
    case = make_grid_case(chance, most=30)
    cut = chance.randint(1, len(case.bars))
    moved = [bar._replace(at=bar.at + case.bars[-1].at) for bar in make_bars(chance, case.rules.tick, [], 20)]
    other = replace(case, bars=[*case.bars[:cut], *moved])
    assert _orders_until(case, cut) == _orders_until(other, cut)


def _orders_until(case: GridCase, cut: int) -> list[dict[str, Any]]:
    document = product(case)
    if document is None or not document["deals"]:
        return []
    last = case.bars[cut - 1].at
    return [order for order in document["deals"][0]["orders"] if order["filled_at"] <= last]
