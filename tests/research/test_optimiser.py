"""Searches: how many points, which come first, what is kept back, and what is refused."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from desktop_app.core.columns import Candles
from desktop_app.core.market import Market
from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.core.strategies.grid_settings import GridSettings
from desktop_app.core.strategies.signal_settings import SignalSettings
from desktop_app.research.backtest import BacktestRules
from desktop_app.research.kernel.dca_trial import try_compiled
from desktop_app.research.optimised import to_text
from desktop_app.research.optimiser import (
    BadSearch,
    Found,
    Search,
    check,
    objectives,
    optimise,
    score_of,
    total_of,
    usual_objective,
)
from desktop_app.research.report import make_report
from desktop_app.research.space import Space, read_space
from desktop_app.research.trial import try_settings

D = Decimal
MARKET = Market("BTC/USDT", "BTC", "USDT")
RULES = BacktestRules(60_000)
SETTINGS = DcaSettings.model_validate(
    {
        "name": "a bot",
        "account": "demo",
        "pairs": ["BTC/USDT"],
        "base_order": {"volume": "100"},
        "safety_orders": {"volume": "50", "price_deviation": "0.5", "max_count": 2},
        "take_profit": {"percent": "0.5"},
    }
)
SPACE = read_space(
    "[take_profit]\npercent = { low = 0.4, high = 0.8, step = 0.2 }\n"
    "[safety_orders]\nmax_count = { values = [1, 2] }\nmax_active = { values = [1, 2] }\n"
)


def candles(count: int = 240) -> Candles:
    """A price that swings by about 3 % every hour."""
    middle = 100 + 3 * np.sin(np.arange(count + 1) / 9.5)
    opens, closes = np.round(middle[:-1], 2), np.round(middle[1:], 2)
    highs, lows = np.maximum(opens, closes) + 0.05, np.minimum(opens, closes) - 0.05
    at = 1_700_000_040_000 + np.arange(count, dtype=np.int64) * 60_000
    return Candles(at, opens, np.round(highs, 2), np.round(lows, 2), closes, np.ones(count))


def search(space: Space = SPACE, **changes: object) -> Search:
    return Search(space, **changes)  # type: ignore[arg-type]


def found(one: Search) -> Found:
    return optimise(SETTINGS, candles(), MARKET, RULES, one)


def test_a_grid_tries_every_point_and_sorts_them_best_first() -> None:
    result = found(search())

    assert len(result.trials) + result.refused == SPACE.size == 12
    assert result.refused == 3  # two orders at once of one at most
    assert [trial.score for trial in result.trials] == sorted((t.score for t in result.trials), reverse=True)
    assert result.is_complete


def test_a_trial_is_the_backtest_of_its_settings() -> None:
    best = found(search()).trials[0]

    changed = SETTINGS.model_validate(best.point.applied_to(SETTINGS.model_dump(mode="json")))
    assert make_report(try_settings(changed, candles(), MARKET, RULES)).summary == best.summary


def test_the_compiled_bot_says_the_same_as_the_core_of_every_point() -> None:
    for trial in found(search()).trials:
        settings = SETTINGS.model_validate(trial.point.applied_to(SETTINGS.model_dump(mode="json")))
        mine = try_compiled(settings, candles(), MARKET, RULES)
        assert mine is not None
        assert (mine.deals_closed, mine.max_safety_orders_used) == (
            trial.summary.deals_closed,
            trial.summary.max_safety_orders_used,
        )
        assert float(mine.profit_quote) == pytest.approx(float(trial.summary.profit_quote), abs=1e-7)


def test_what_is_kept_back_is_never_chosen_by() -> None:
    all_of_it, first = found(search()), found(search(unseen_percent=D(50)))

    assert all(trial.unseen is None for trial in all_of_it.trials)
    assert all(trial.unseen is not None for trial in first.trials)
    settings = SETTINGS.model_validate(first.trials[0].point.applied_to(SETTINGS.model_dump(mode="json")))
    half = candles(120)
    assert make_report(try_settings(settings, half, MARKET, RULES)).summary == first.trials[0].summary


@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_drawn_points_are_the_same_for_the_same_seed(sampler: str) -> None:
    once = found(search(sampler=sampler, trials=6, seed=7))
    again = found(search(sampler=sampler, trials=6, seed=7))

    assert [trial.point for trial in once.trials] == [trial.point for trial in again.trials]
    assert len(once.trials) + once.refused == 6


def test_random_points_never_repeat_and_end_with_the_space() -> None:
    result = found(search(sampler="random", trials=500))

    points = [trial.point for trial in result.trials]
    assert len(points) + result.refused == SPACE.size
    assert len(set(points)) == len(points)


def test_a_search_can_be_stopped_and_keeps_what_it_has() -> None:
    result = optimise(SETTINGS, candles(), MARKET, RULES, search(), progress=lambda done, total: done < 4)

    assert not result.is_complete
    assert 1 <= len(result.trials) + result.refused < SPACE.size


@pytest.mark.parametrize("objective", objectives())
def test_every_objective_gives_a_score(objective: str) -> None:
    summary = found(search(read_space("[take_profit]\npercent = { values = [0.5] }"))).trials[0].summary

    assert isinstance(score_of(summary, objective), float)


def test_less_drawdown_and_less_funds_are_better() -> None:
    trials = found(search(objective="max_funds_quote")).trials

    assert trials[0].summary.max_funds_quote == min(trial.summary.max_funds_quote for trial in trials)


def test_a_grid_is_searched_by_what_it_is_worth_though_its_deal_goes_on() -> None:
    grid = {"lower": "96", "upper": "104", "lines": 9, "volume_per_line": "20"}
    data = {"name": "a", "account": "demo", "pairs": ["BTC/USDT"], "grid": grid}
    settings = GridSettings.model_validate(data)
    space = read_space("[grid]\nlines = { values = [5, 9] }")

    result = optimise(settings, candles(), MARKET, RULES, search(space, objective=usual_objective("grid")))

    assert [trial.summary.profit_quote for trial in result.trials] == [0, 0]
    totals = [total_of(trial.summary) for trial in result.trials]
    assert totals[0] > totals[1] and "round trips" in to_text(result, search(space), 5)


def test_a_bot_whose_deals_come_from_outside_is_refused() -> None:
    data = {"name": "a", "account": "demo", "pairs": ["BTC/USDT"], "entry": {"volume": "50"}}
    settings = SignalSettings.model_validate(data)

    with pytest.raises(BadSearch, match="no past"):
        optimise(settings, candles(), MARKET, RULES, search())


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        ({"trials": 5}, "12 points"),
        ({"objective": "luck"}, "no objective"),
        ({"unseen_percent": D(95)}, "kept back"),
        ({"trials": 0, "sampler": "random"}, "at least one"),
    ],
)
def test_a_search_without_sense_is_refused(wish: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadSearch, match=reason):
        check(search(**wish))
