from pathlib import Path
from typing import Any

import pytest

from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.research.past import Source, keep
from desktop_app.research.search import Estimate
from desktop_app.research.search_run import (
    Batch,
    NotSearched,
    Searched,
    SearchOrder,
    planned_funds,
    run_estimate,
    run_search,
)
from desktop_app.research.worker import Part, Reporter
from tests.research.searches import MARKET, RULES, SETTINGS, D, candles, found, search

SOURCE = Source("demo", "BTC/USDT", "1m")


@pytest.fixture
def order(tmp_path: Path) -> SearchOrder:
    past = candles()
    assert keep(tmp_path, SOURCE, past) == ""
    end = int(past.at[-1]) + 60_000
    return SearchOrder(
        SETTINGS, MARKET, RULES, search(unseen_percent=D(30)), tmp_path, SOURCE, int(past.at[0]), end
    )  # fmt: skip


def test_a_search_of_another_process_finds_what_one_of_this_does(order: SearchOrder) -> None:
    sent: list[Any] = []
    answer = run_search(Reporter(sent.append), order)

    assert isinstance(answer, Searched)
    assert [tried.trial for tried in answer.tried] == list(found(order.search).trials)
    assert answer.count == len(answer.tried) and answer.found.trials == ()
    batches = [message.value for message in sent if isinstance(message, Part)]
    told = {tried.trial.point for batch in batches for tried in batch.tried if isinstance(batch, Batch)}
    assert told == {tried.trial.point for tried in answer.tried}


def test_each_run_comes_with_the_money_that_its_settings_plan_to_use(order: SearchOrder) -> None:
    answer = run_search(Reporter(), order)

    assert isinstance(answer, Searched)
    counts = {dict(tried.trial.point.values)["safety_orders.max_count"]: tried.funds for tried in answer.tried}
    assert counts == {D(1): D(150), D(2): D(200)}


def test_a_search_that_is_stopped_hands_over_what_it_has(order: SearchOrder) -> None:
    report = Reporter()
    report.cancel()
    answer = run_search(report, order)

    assert isinstance(answer, Searched)
    assert answer.found.ending == "stopped" and not answer.found.is_complete


def test_without_candles_and_without_sense_there_is_no_search(order: SearchOrder) -> None:
    from dataclasses import replace

    assert run_search(Reporter(), replace(order, end=order.start)) == NotSearched()
    senseless = run_search(Reporter(), replace(order, search=search(objectives=("luck",))))
    assert isinstance(senseless, NotSearched) and "luck" in senseless.why


def test_how_long_it_takes_is_measured(order: SearchOrder) -> None:
    measured = run_estimate(Reporter(), order)

    assert isinstance(measured, Estimate)
    assert measured.runs == order.search.space.size and measured.seconds > 0


def test_every_kind_with_a_past_knows_what_it_plans_to_use() -> None:
    place = {"name": "bot", "account": "demo", "pairs": ["BTC/USDT"]}
    grid = GridSettings.model_validate({**place, "grid": {"lower": 90, "upper": 110, "lines": 5, "investment": 500}})
    trade = SmartTradeSettings.model_validate({**place, "amount": 2, "stop_loss": {"percent": 5}})

    assert planned_funds(SETTINGS, MARKET, D(100)) == D(200)
    assert D(400) < (planned_funds(grid, MARKET, D(100)) or D(0)) <= D(500)
    assert planned_funds(trade, MARKET, D(100)) == pytest.approx(D(200), rel=D("0.01"))
