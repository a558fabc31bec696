import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.core.strategies.smart_settings import SmartTradeSettings
from desktop_app.research import search_run
from desktop_app.research.heat_map import grid_of
from desktop_app.research.past import Source, keep
from desktop_app.research.search import Estimate
from desktop_app.research.search_run import (
    Batch,
    Examined,
    NotSearched,
    Searched,
    SearchOrder,
    planned_funds,
    run_estimate,
    run_examine,
    run_search,
    walking,
)
from desktop_app.research.space import read_space
from desktop_app.research.walk_forward import WalkForward
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


class Heard:
    """What a search sends."""

    def __init__(self) -> None:
        self.report = Reporter(self._take)
        self.parts: list[Any] = []

    def _take(self, message: Any) -> None:
        if isinstance(message, Part):
            self.parts.append(message.value)

    @property
    def answer(self) -> Searched:
        return next(part for part in self.parts if isinstance(part, Searched))


def test_a_search_of_another_process_finds_what_one_of_this_does(order: SearchOrder) -> None:
    heard = Heard()
    assert run_search(heard.report, order) is None

    answer = heard.answer
    assert [tried.trial for tried in answer.tried] == list(found(order.search).trials)
    assert answer.count == len(answer.tried) and answer.found.trials == ()
    told = {tried.trial.point for batch in heard.parts if isinstance(batch, Batch) for tried in batch.tried}
    assert told == {tried.trial.point for tried in answer.tried}


def test_each_run_and_the_bot_come_with_the_money_that_they_plan_to_use(order: SearchOrder) -> None:
    heard = Heard()
    run_search(heard.report, order)

    tried = heard.answer.tried
    counts = {dict(one.trial.point.values)["safety_orders.max_count"]: one.funds for one in tried}
    assert counts == {D(1): D(150), D(2): D(200)}
    assert heard.answer.own_funds == D(200)


def test_the_best_is_examined_and_the_search_walked_forward_where_asked(order: SearchOrder) -> None:
    heard = Heard()
    walk = run_search(heard.report, replace(order, folds=2))

    assert isinstance(walk, WalkForward) and len(walk.folds) == 2
    (examined,) = [part for part in heard.parts if isinstance(part, Examined)]
    best = heard.answer.tried[0].trial
    assert examined.point == best.point and examined.robustness is not None
    again = run_examine(Reporter(), order, tuple(one.trial for one in heard.answer.tried), heard.answer.found)
    assert again == examined


def test_a_search_that_is_stopped_hands_over_what_it_has_and_examines_nothing(order: SearchOrder) -> None:
    heard = Heard()
    heard.report.cancel()
    assert run_search(heard.report, replace(order, folds=2)) is None

    assert heard.answer.found.ending == "stopped" and not heard.answer.found.is_complete
    assert not [part for part in heard.parts if isinstance(part, Examined)]


def test_without_candles_and_without_sense_there_is_no_search(order: SearchOrder) -> None:
    assert run_search(Reporter(), replace(order, end=order.start)) == NotSearched()
    senseless = run_search(Reporter(), replace(order, search=search(objectives=("luck",))))
    assert isinstance(senseless, NotSearched) and "luck" in senseless.why


def test_how_long_it_takes_is_measured(order: SearchOrder) -> None:
    measured = run_estimate(Reporter(), order)

    assert isinstance(measured, Estimate)
    assert measured.runs == order.search.space.size and measured.seconds > 0
    assert walking(0, order.search) == 0 and walking(4, order.search) == pytest.approx(0.7 * 14 / 6)


def test_every_kind_with_a_past_knows_what_it_plans_to_use() -> None:
    place = {"name": "bot", "account": "demo", "pairs": ["BTC/USDT"]}
    grid = GridSettings.model_validate({**place, "grid": {"lower": 90, "upper": 110, "lines": 5, "investment": 500}})
    trade = SmartTradeSettings.model_validate({**place, "amount": 2, "stop_loss": {"percent": 5}})

    assert planned_funds(SETTINGS, MARKET, D(100)) == D(200)
    assert D(400) < (planned_funds(grid, MARKET, D(100)) or D(0)) <= D(500)
    assert planned_funds(trade, MARKET, D(100)) == pytest.approx(D(200), rel=D("0.01"))


def test_of_very_many_runs_the_best_come_back_and_what_a_heat_map_shows(
    order: SearchOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_run, "MOST_KEPT", 2)
    space = read_space(
        "take_profit.percent = { values = [0.4, 0.6, 0.8] }\n"
        "safety_orders.max_count = { values = [2, 3] }\nsafety_orders.max_active = { values = [1, 2] }\n"
    )
    order = replace(order, search=search(space))
    heard = Heard()
    run_search(heard.report, order)

    whole = found(order.search)
    kept = replace(whole, trials=tuple(one.trial for one in heard.answer.tried))
    assert 2 < len(kept.trials) < len(whole.trials) == heard.answer.count
    names = [one.name for one in order.search.space.dimensions]
    for x, y in itertools.combinations(names, 2):
        assert grid_of(kept, x, y).cells == grid_of(whole, x, y).cells
