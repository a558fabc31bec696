"""What speaks against believing the best of a search."""

from dataclasses import replace

import pytest

from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.report import make_report
from desktop_app.research.robustness import Robustness, examine
from desktop_app.research.trial import try_settings
from tests.research.searches import MARKET, RULES, SETTINGS, D, candles, found, search

FOUND = found(search())


def examined(rules: BacktestRules = RULES) -> Robustness:
    result = examine(FOUND, SETTINGS, candles(), MARKET, rules)
    assert result is not None
    return result


def test_the_best_is_tried_where_trading_costs_more() -> None:
    costs = examined().costs

    assert [(cost.times, cost.taker_fee_percent, cost.slippage_percent) for cost in costs] == [
        (1, D("0.1"), 0),
        (D("1.5"), D("0.15"), D("0.025")),
        (2, D("0.2"), D("0.05")),
    ]
    best = FOUND.trials[0]
    assert costs[0].summary == best.summary
    settings = DcaSettings.model_validate(best.point.applied_to(SETTINGS.model_dump(mode="json")))
    dear = try_settings(settings, candles(), MARKET, replace(RULES, fee_percent=D("0.2"), slippage_percent=D("0.05")))
    assert costs[2].summary == make_report(dear).summary
    own = examined(replace(RULES, slippage_percent=D("0.3"), fee_percent=D("0.4"))).costs[1]
    assert (own.maker_fee_percent, own.slippage_percent) == (D("0.6"), D("0.45"))


def test_neighbours_orders_and_the_count_of_deals_are_those_of_the_best() -> None:
    best, said = FOUND.trials[0], examined()

    assert said.deals == best.summary.deals_closed and said.are_deals_few
    assert said.neighbourhood.score == best.score
    scores = {trial.point: trial.score for trial in FOUND.trials}
    assert said.neighbourhood.neighbours
    assert all(one.score == scores.get(one.point) for one in said.neighbourhood.neighbours)
    assert said.resampled is not None and said.resampled.deals == said.deals
    assert 4 < said.resampled.own_drawdown <= best.summary.max_drawdown_percent  # the last deal is open
    assert said.deflated is None  # four hours are no ten days


def test_many_days_tell_how_much_was_luck() -> None:
    days = candles(24 * 12)
    slow = replace(days, at=days.at[0] + (days.at - days.at[0]) * 60)  # one candle an hour
    best = examine(FOUND, SETTINGS, slow, MARKET, BacktestRules(3_600_000))

    assert best is not None and best.deflated is not None
    assert best.deflated.days == 12 and 0 <= best.deflated.probability <= 1


@pytest.mark.parametrize("patience", [0, 1, 5])
def test_it_can_be_stopped_at_any_moment(patience: int) -> None:
    asked = 0

    def progress(done: int, total: int) -> bool:
        nonlocal asked
        asked += 1
        return asked <= patience

    assert examine(FOUND, SETTINGS, candles(), MARKET, RULES, progress=progress) is None
